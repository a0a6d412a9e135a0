//! `campo user`.

use anyhow::{Context as _, Result};
use campo_protocol::model::Ref;
use campo_server::{access::Caller, app::App, config::Config, users::rescue};
use clap::Subcommand;

/// Lists the users of a company, and lets one in who is locked out
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists the users of an account: code, state, log-in and name, a line each, separated by tabs
    List(Account),
    /// Gives a user a new password and prints it; every session of the user ends
    ResetPassword(One),
    /// Lets a user who was disabled log in again
    Enable(One),
    /// Takes the second factor of a user away, such as when the phone with it is lost
    RemoveSecondFactor(One),
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: campo user list --account acme\n\nExit codes: 0 listed, 1 not listed, 2 a setting is wrong."
)]
struct Account {
    /// The code of the account
    #[arg(long)]
    account: String,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: campo user reset-password --account acme --user administrator\n\n\
    Exit codes: 0 done, 1 not done (the message says why), 2 the command line or a setting is wrong.")]
struct One {
    /// The code of the account
    #[arg(long)]
    account: String,
    /// The code of the user, as `campo user list` shows it
    #[arg(long)]
    user: String,
}

pub(crate) async fn run(arguments: Arguments, config: &Config) -> Result<()> {
    let app = super::open(config).await?;
    match arguments.command {
        Command::List(Account { account }) => {
            for user in rescue::list(&app, &operator(&app, &account).await?).await? {
                let draft = user.draft;
                super::print(&format!(
                    "{}\t{}\t{}\t{}",
                    draft.code,
                    draft.state.name(),
                    draft.login,
                    draft.name
                ))?;
            }
        }
        Command::ResetPassword(one) => {
            let (operator, user) = named(&app, one).await?;
            super::print(rescue::reset_password(&app, &operator, &user).await?.reveal())?;
        }
        Command::Enable(one) => {
            let (operator, user) = named(&app, one).await?;
            rescue::enable(&app, &operator, &user).await?;
        }
        Command::RemoveSecondFactor(one) => {
            let (operator, user) = named(&app, one).await?;
            rescue::remove_second_factor(&app, &operator, &user).await?;
        }
    }
    app.db.close().await;
    Ok(())
}

async fn operator(app: &App, account: &str) -> Result<Caller> {
    let (_, caller) = super::callers(app, Some(account)).await?.pop().context("an account")?;
    Ok(caller)
}

async fn named(app: &App, one: One) -> Result<(Caller, Ref)> {
    Ok((operator(app, &one.account).await?, Ref::of_code(&one.user)))
}

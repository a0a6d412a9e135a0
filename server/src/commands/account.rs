//! `campo account`.

use anyhow::Result;
use campo_server::{
    accounts::{self, Administrator, NewAccount},
    app::App,
    config::Config,
};
use clap::Subcommand;

/// Makes and lists accounts: the companies that use this server
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(Create),
    List(List),
}

/// Makes an account and prints its id
///
/// With an administrator it also makes a profile that may do everything and a user of it, and prints the first password
/// in a second line; nothing else knows it. It can be run while servers run.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: campo account create --code acme --name 'Acme S.A.' --zone America/Lima --language es \
    --administrator ana@acme.example\n\n\
    Exit codes: 0 made, 1 not made (the message says why), 2 the command line or a setting is wrong."
)]
struct Create {
    /// Its stable code: letters, digits and `-`
    #[arg(long)]
    code: String,
    /// Its name, as people read it
    #[arg(long)]
    name: String,
    /// Its time zone (IANA), such as America/Lima
    #[arg(long)]
    zone: String,
    /// Its language
    #[arg(long, value_parser = ["es", "en"])]
    language: String,
    /// The name with which its first user logs in; up to three accounts may have the same
    #[arg(long, value_name = "LOGIN")]
    administrator: Option<String>,
    /// The name of that user, as people read it [default: the log-in]
    #[arg(long, value_name = "NAME", requires = "administrator")]
    administrator_name: Option<String>,
}

/// Lists the accounts: id, code, state, zone and name, a line each, separated by tabs
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: campo account list | cut -f 2\n\nExit codes: 0 listed, 1 not listed, 2 a setting is wrong."
)]
struct List {}

pub(crate) async fn run(arguments: Arguments, config: &Config) -> Result<()> {
    let app = super::open(config).await?;
    match arguments.command {
        Command::Create(arguments) => create(&app, arguments).await?,
        Command::List(List {}) => {
            for account in accounts::list(&app).await? {
                let accounts::Account { id, code, name, zone, state } = account;
                super::print(&format!("{id}\t{code}\t{state}\t{zone}\t{name}"))?;
            }
        }
    }
    app.db.close().await;
    Ok(())
}

async fn create(app: &App, arguments: Create) -> Result<()> {
    let Create { code, name, zone, language, administrator, administrator_name } = arguments;
    let new = NewAccount { code, name, zone, language };
    let Some(login) = administrator else {
        return super::print(&accounts::create(app, &new).await?.to_string());
    };
    let administrator = Administrator { name: administrator_name.unwrap_or_else(|| login.clone()), login };
    let made = accounts::create_with_administrator(app, &new, &administrator).await?;
    super::print(&format!("{}\n{}", made.account, made.password.reveal()))
}

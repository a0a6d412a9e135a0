//! `campo account`.

use anyhow::Result;
use campo_server::{
    accounts::{self, NewAccount},
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
/// It can be run while servers run.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: campo account create --code acme --name 'Acme S.A.' --zone America/Lima --language es\n\n\
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
        Command::Create(Create { code, name, zone, language }) => {
            let id = accounts::create(&app, &NewAccount { code, name, zone, language }).await?;
            super::print(&id.to_string())?;
        }
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

//! `campo demo`: a sample company at work on real parts, each a process of its own: the server, four phones, a receiver.

mod api;
mod child;
mod company;
mod exchange;
mod folder;
mod handset;
mod info;
mod listener;
mod office;
mod orders;
mod phone;
mod picture;
mod receiver;
mod screen;
mod server;
mod stage;
mod story;
mod table;
mod texts;
mod worker;

use std::net::SocketAddr;

use anyhow::Result;
use clap::Subcommand;

use self::texts::Language;

/// Shows Campo at work with a sample company
///
/// Starts a server on SQLite in a temporary folder, imports a spreadsheet, lets four simulated phones work and a receiver
/// take notifications, and prints each step, with addresses and credentials to look around with. Runs until Ctrl-C
/// (SIGINT, SIGTERM or SIGHUP), which ends everything and leaves nothing behind. Speaks the language of the environment
/// (LC_ALL, LC_MESSAGES, LANG), and in colour on a terminal, without NO_COLOR. Reads no settings.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example: campo demo --listen 127.0.0.1:8080 --language en\n\n\
    Exit codes: 0 ended as asked, or nobody reads on, 1 a part failed, 2 the command line is wrong."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, clap::Args)]
struct Options {
    /// Where the server listens; with port 0 on one that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// How fast everybody works: 2 is twice as fast
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = pace)]
    pace: f64,
    /// The language, instead of that of the environment
    #[arg(long, value_name = "LANGUAGE", value_parser = ["es", "en"])]
    language: Option<String>,
}

/// What `campo demo` starts besides the server.
#[derive(Debug, Subcommand)]
enum Part {
    #[command(hide = true)]
    Phone(phone::Arguments),
    #[command(hide = true)]
    Receiver(receiver::Arguments),
}

/// Runs the demo, or a part of it.
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    match arguments.part {
        Some(Part::Phone(arguments)) => phone::run(&arguments),
        Some(Part::Receiver(arguments)) => receiver::run(arguments),
        None => {
            let Options { listen, pace, language } = arguments.options;
            let language = language.map_or_else(Language::of_environment, |tag| Language::of_tag(&tag));
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(stage::play(listen, pace, language))
        }
    }
}

fn pace(text: &str) -> Result<f64, String> {
    let pace = text.parse().ok().filter(|pace| (0.1..=100.0).contains(pace));
    pace.ok_or_else(|| "a number from 0.1 to 100 is expected".to_owned())
}

//! `campo-agent`: carries files between folders of a customer's machine and Campo, over HTTPS alone.
//!
//! What it does is in one file, `campo-agent.toml`. A file that it brings has an id that was kept before its first byte
//! left, so that the server knows it when it is brought again; a file that it takes appears under its name by one rename,
//! and that it will is kept before. Killed at any moment it goes on where it was: each file is there once.

mod api;
mod clock;
mod config;
mod durable;
mod install;
mod inward;
mod journal;
mod logfile;
mod outward;
mod round;
#[cfg(windows)]
mod service;
mod task;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Carries files between folders of this machine and Campo.
#[derive(Debug, Parser)]
#[command(name = "campo-agent", version)]
struct Arguments {
    /// What it does, and where Campo is
    #[arg(long, env = "CAMPO_AGENT_CONFIG", default_value = "campo-agent.toml")]
    config: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Carries files until it is stopped
    Run {
        /// Looks once and ends
        #[arg(long)]
        once: bool,
    },
    /// Has it start with the machine: as a unit of systemd, or a service of Windows
    Install {
        /// With your session instead, and with what you can reach, such as shares
        #[arg(long)]
        user: bool,
    },
    /// Carries files as a service: Windows starts it so
    #[cfg(windows)]
    #[command(hide = true)]
    Service,
    /// Says whether the configuration can be read, and whether Campo answers
    Status,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let worked = config::Config::read(&arguments.config).and_then(|config| match arguments.what {
        What::Run { once } => to_its_end(round::run(&config, once)),
        What::Status => to_its_end(round::status(&config)),
        #[cfg(windows)]
        What::Service => service::run(config),
        What::Install { user } => {
            let whom = if user { install::For::Person } else { install::For::Machine };
            install::install(&arguments.config, &config.state, whom)
        }
    });
    match worked {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&format!("campo-agent: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn to_its_end(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// Writes a line to whoever started the program.
#[expect(clippy::print_stderr, reason = "the one place where it speaks to whoever started it")]
fn tell(line: &str) {
    eprintln!("{line}");
}

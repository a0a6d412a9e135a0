//! The binary `campo`.

mod commands;

use std::process::ExitCode;

use campo_server::config::ConfigErrors;
use clap::Parser as _;

/// The command line or a setting is wrong: nothing was done.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    // Ends by itself, with the same code, when the command line is wrong.
    let line = commands::Line::parse();
    match commands::run(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(
                clippy::print_stderr,
                reason = "the last words of a command are for the person who ran it"
            )]
            {
                eprintln!("campo: {error:#}");
            }
            let usage = error.downcast_ref::<ConfigErrors>().is_some();
            if usage { USAGE.into() } else { ExitCode::FAILURE }
        }
    }
}

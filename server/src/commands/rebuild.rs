//! `campo rebuild`.

use anyhow::{Context as _, Result};
use campo_server::{
    config::Config,
    rebuild::{self, Mode},
};

/// Folds the log of entries anew and compares what comes out with what is stored
///
/// Task states, assignments, messages, sessions and the outcome of each entry are derived from the log. Without
/// `--write` it says where they differ and changes nothing; servers may run meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: campo rebuild --account acme --write\n\n\
    Exit codes: 0 nothing differs or what did was replaced, 1 something differs or it could not be compared, 2 the \
    command line or a setting is wrong.")]
pub(crate) struct Arguments {
    /// The code of the account; all accounts when absent
    #[arg(long, value_name = "CODE")]
    account: Option<String>,
    /// Replaces what differs
    #[arg(long)]
    write: bool,
}

pub(crate) async fn run(arguments: Arguments, config: &Config) -> Result<()> {
    let app = super::open(config).await?;
    let mode = if arguments.write { Mode::Write } else { Mode::Compare };
    let mut differences = 0;
    for (code, caller) in super::callers(&app, arguments.account.as_deref()).await? {
        let mut printed = Ok(());
        let mut report = |difference: rebuild::Difference| {
            if printed.is_ok() {
                printed = super::print(&difference.to_string());
            }
        };
        let rebuilt = rebuild::rebuild(&app, &caller.allow()?, mode, &mut report).await;
        let summary = rebuilt.with_context(|| format!("account {code}"))?;
        printed?;
        let rebuild::Summary { entries, skipped, tasks, differences: found } = summary;
        super::print(&format!(
            "account {code}: {entries} entries ({skipped} skipped), {tasks} tasks: {found} differences"
        ))?;
        differences += found;
    }
    app.db.close().await;
    anyhow::ensure!(differences == 0 || arguments.write, "what is stored differs from what the log says");
    Ok(())
}

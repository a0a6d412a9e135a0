//! `campo verify`.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};
use campo_server::{
    config::Config,
    verify::{self, evidence::Evidence},
};

/// Verifies the chains of entries: says what was altered, removed, inserted or cut off
///
/// Within the database everything is found that does not agree with itself. Somebody who may write the database can
/// make all chains anew; heads and receipts that others kept, such as answers of `/v1/sync` in files, then tell.
/// Changes nothing; servers may run meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: campo verify --account acme --against heads-2030-01.jsonl\n\n\
    Exit codes: 0 nothing was found, 1 something was found or it could not be verified, 2 the command line or a \
    setting is wrong.")]
pub(crate) struct Arguments {
    /// The code of the account; all accounts when absent
    #[arg(long, value_name = "CODE")]
    account: Option<String>,
    /// A file of kept heads or receipts: a JSON document, or one a line
    #[arg(long, value_name = "RECEIPTS")]
    against: Vec<PathBuf>,
}

pub(crate) async fn run(arguments: Arguments, config: &Config) -> Result<()> {
    let mut kept = Evidence::default();
    for path in &arguments.against {
        let place = || path.display().to_string();
        kept.add(&fs::read(path).with_context(place)?).with_context(place)?;
    }
    let app = super::open(config).await?;
    let callers = super::callers(&app, arguments.account.as_deref()).await?;
    let allowed = callers.iter().map(|(_, caller)| caller.allow()).collect::<Result<Vec<_>, _>>()?;
    let mut printed = Ok(());
    let mut report = |finding: verify::Finding| {
        if printed.is_ok() {
            printed = super::print(&finding.to_string());
        }
    };
    let all = arguments.account.is_none();
    let summary = verify::verify(&app, &allowed, all, kept, &mut report).await?;
    printed?;
    app.db.close().await;
    let verify::Summary { entries, erased, chains, heads, receipts, findings } = summary;
    super::print(&format!(
        "{entries} entries ({erased} erased), {chains} chains, {heads} kept heads, {receipts} kept receipts: \
         {findings} findings"
    ))?;
    anyhow::ensure!(findings == 0, "the chains are not whole");
    Ok(())
}

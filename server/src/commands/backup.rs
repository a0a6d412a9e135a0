//! `campo backup`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use campo_server::{backup, config::Config};

/// Writes all that the server knows into a folder
///
/// It can be run while servers run: the folder holds everything as of one moment, on either database, and every file.
/// It has its name only when it is whole and durable. The master secret is not in it: keep a copy of it apart.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: campo backup /backups/$(date +%F)\n\n\
    Exit codes: 0 made, 1 not made (the message says why), 2 the command line or a setting is wrong.")]
pub(crate) struct Arguments {
    /// The folder, which must not exist
    folder: PathBuf,
}

pub(crate) async fn run(arguments: Arguments, config: &Config) -> Result<()> {
    let app = super::open(config).await?;
    let place = || format!("no backup was made in {}", arguments.folder.display());
    let made = backup::make(&app, &arguments.folder).await.with_context(place)?;
    let rows: i64 = made.parts.iter().map(|part| part.rows).sum();
    super::print(&format!(
        "backup in {}: {rows} rows of {} tables, {} files of {} bytes, epoch {}",
        arguments.folder.display(),
        made.parts.len(),
        made.files,
        made.files_bytes,
        made.epoch
    ))?;
    app.db.close().await;
    Ok(())
}

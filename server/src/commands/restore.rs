//! `campo restore`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use campo_server::{backup, config::Config};

/// Restores a backup into an empty database
///
/// The database may be of the other kind: a backup of SQLite is restored into PostgreSQL and the reverse. The master
/// secret must be the one the backup was made with. Everything is read and checked before anything is changed. A new
/// epoch begins, by which phones and receivers know that they announce again. No server may run meanwhile.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: CAMPO_DATABASE_URL=postgres://campo@db/campo campo restore /backups/2030-01-15\n\n\
    Exit codes: 0 restored, 1 not restored (the message says why), 2 the command line or a setting is wrong."
)]
pub(crate) struct Arguments {
    /// The folder of the backup
    folder: PathBuf,
}

pub(crate) async fn run(arguments: Arguments, config: &Config) -> Result<()> {
    let app = super::connect(config).await?;
    let place = || format!("{} was not restored", arguments.folder.display());
    let (made, epoch) = backup::restore(&app, &arguments.folder).await.with_context(place)?;
    let rows: i64 = made.parts.iter().map(|part| part.rows).sum();
    super::print(&format!(
        "restored {}: {rows} rows of {} tables, {} files of {} bytes; epoch {} is over, {epoch} begins",
        arguments.folder.display(),
        made.parts.len(),
        made.files,
        made.files_bytes,
        made.epoch
    ))?;
    app.db.close().await;
    Ok(())
}

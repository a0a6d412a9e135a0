//! SQLite's file, for tests that copy it.

use std::path::Path;

use anyhow::{Context as _, Result};

/// Copies what is committed at this moment into a new file. The file itself may be changing, and need not hold all of it:
/// the server moves its write-ahead log whenever it likes.
pub fn copy(database: &Path, to: &Path) -> Result<()> {
    let connection = rusqlite::Connection::open(database)?;
    connection.execute("vacuum into ?1", (to.to_str().context("a path")?,))?;
    Ok(())
}

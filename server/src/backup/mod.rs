//! Backups: everything that one server knows, as of one moment, in a folder that either database can be restored from.
//!
//! `tables/<table>.ndjson.zst` holds the names of the columns and then a row a line; `files/` the bytes of every file
//! in the table `file`, under the path of its [`Place`](crate::files::store::Place); `manifest.json` says what belongs
//! to it and comes last. The master secret is not in it.

mod make;
mod part;
mod restore;

use std::{io, path::PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use make::make;
pub use restore::restore;

use crate::{api::time::Instant, problem::Problem};

/// The number of this layout.
pub const FORMAT: i64 = 1;
/// The name of the manifest.
const MANIFEST: &str = "manifest.json";

/// What belongs to a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The number of the layout
    pub format: i64,
    /// The release that made it
    pub release: String,
    /// The last migration of that release
    pub schema: i64,
    /// When it was begun
    pub made_at: Instant,
    /// The epoch of the server it was made of
    pub epoch: Uuid,
    /// Says which master secret it needs, without telling anything of it
    pub secret_check: String,
    /// Its tables
    pub parts: Vec<Part>,
    /// How many files it has
    pub files: i64,
    /// Their length together
    pub files_bytes: i64,
}

/// One table of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The table
    pub table: String,
    /// How many rows it has
    pub rows: i64,
    /// SHA-256 of its file as it lies there, hexadecimal
    pub sha256: String,
}

/// Why a backup could not be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something is there already
    #[error("{0} is there already; name a folder that is not")]
    Exists(PathBuf),
    /// An earlier one was broken off
    #[error("{0} is what is left of a backup that was broken off, or one is being made there; remove it")]
    Remains(PathBuf),
    /// It cannot be read or written
    #[error("{path}")]
    Io {
        /// What
        path: PathBuf,
        /// What the operating system says
        source: io::Error,
    },
    /// The folder is none
    #[error("{0} is not a whole backup: it has no {MANIFEST}")]
    NotABackup(PathBuf),
    /// It is of another layout
    #[error("the backup has format {0}, and this release reads {FORMAT}")]
    Format(i64),
    /// Its tables are those of another release
    #[error(
        "the backup has the tables of schema {found} (release {release}), and this release has {expected}; restore it \
         with that release and then upgrade"
    )]
    Schema {
        /// The backup's
        found: i64,
        /// Ours
        expected: i64,
        /// The release that made it
        release: String,
    },
    /// It was made with another master secret
    #[error(
        "the backup was made with another master secret, without which nobody could log in or be verified; set \
         secret_key or secret_key_file to that one"
    )]
    OtherSecret,
    /// The database has something in it
    #[error("the database is not empty: it has rows in `{0}`. A backup is restored into an empty one")]
    NotEmpty(&'static str),
    /// A part is not as it was written
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// Which
        path: PathBuf,
        /// How that shows
        reason: String,
    },
    /// The database does not do what it should
    #[error(transparent)]
    Problem(#[from] Problem),
}

impl BackupError {
    fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    fn damaged(path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), reason: reason.into() }
    }
}

/// The last migration of this release.
fn schema() -> i64 {
    crate::database::migrations::MIGRATIONS.iter().map(|migration| migration.0).max().unwrap_or(0)
}

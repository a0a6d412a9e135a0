//! The PMTiles file of the operator: one file with every tile, of which a browser reads the parts that it shows.

use std::{io, ops::Range, path::Path, time::UNIX_EPOCH};

use tokio::{fs::File, io::AsyncReadExt as _};

use crate::files::store::{self, Content};

/// How a file of this kind begins: its name and the version of its format.
const BEGIN: &[u8; 8] = b"PMTiles\x03";

/// The file as it is now.
#[derive(Debug)]
pub struct Archive {
    file: File,
    /// Its length
    pub size_bytes: u64,
    /// What it is until it is replaced, as a strong entity tag
    pub etag: String,
}

/// Opens the file.
///
/// # Errors
/// When it cannot be read, or is no PMTiles file of version 3.
pub async fn open(path: &Path) -> io::Result<Archive> {
    let mut file = File::open(path).await?;
    let mut begin = [0; BEGIN.len()];
    let read = file.read_exact(&mut begin).await;
    if read.is_err() || begin != *BEGIN {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no PMTiles file of version 3"));
    }
    let known = file.metadata().await?;
    let changed = known.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let etag = format!("\"{:x}-{:x}\"", changed.as_micros(), known.len());
    Ok(Archive { file, size_bytes: known.len(), etag })
}

impl Archive {
    /// The bytes in `range`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn read(self, range: Range<u64>) -> io::Result<Content> {
        store::part(self.file, range).await
    }
}

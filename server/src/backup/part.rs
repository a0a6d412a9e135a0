//! One table in a file: lines of JSON, compressed, with the hash of what lies on the disk.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read, Write},
    path::{Path, PathBuf},
};

use campo_protocol::text::hex;
use sha2::{Digest as _, Sha256};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

use super::{BackupError, Part};
use crate::database::{
    schema::{Column, Table},
    tables::Cell,
};

/// How much is gathered before it is handed to the thread that compresses and writes.
const CHUNK_BYTES: usize = 256 * 1024;
/// How many rows are handed over at a time when reading.
const BATCH_ROWS: usize = 500;
/// Chunks and batches that wait between the two sides.
const WAITING: usize = 4;

/// Where the part of a table lies in a backup.
pub(super) fn path(folder: &Path, table: &str) -> PathBuf {
    folder.join("tables").join(format!("{table}.ndjson.zst"))
}

/// A part being written, by a thread of its own.
pub(super) struct Writer {
    path: PathBuf,
    table: &'static str,
    rows: i64,
    chunk: Vec<u8>,
    chunks: mpsc::Sender<Vec<u8>>,
    thread: JoinHandle<io::Result<String>>,
}

impl Writer {
    /// A part with the names of the columns as its first line.
    pub(super) fn new(folder: &Path, table: &Table) -> Self {
        let path = path(folder, table.name);
        let (chunks, received) = mpsc::channel(WAITING);
        let thread = spawn_blocking({
            let path = path.clone();
            move || write(&path, received)
        });
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let mut chunk = serde_json::json!(names).to_string().into_bytes();
        chunk.push(b'\n');
        Self { path, table: table.name, rows: 0, chunk, chunks, thread }
    }

    /// Adds a row.
    pub(super) async fn row(&mut self, cells: &[Cell]) {
        // Cells are numbers and text; writing them into memory cannot fail.
        let _ = serde_json::to_writer(&mut self.chunk, cells);
        self.chunk.push(b'\n');
        self.rows += 1;
        if self.chunk.len() >= CHUNK_BYTES {
            let chunk = std::mem::take(&mut self.chunk);
            // When the thread is gone, `finish` says why.
            let _ = self.chunks.send(chunk).await;
        }
    }

    /// Ends the part; it is durable then.
    pub(super) async fn finish(self) -> Result<Part, BackupError> {
        let _ = self.chunks.send(self.chunk).await;
        drop(self.chunks);
        let written = self.thread.await.map_err(io::Error::from).and_then(|result| result);
        let sha256 = written.map_err(BackupError::io(&self.path))?;
        Ok(Part { table: self.table.to_owned(), rows: self.rows, sha256 })
    }
}

fn write(path: &Path, mut chunks: mpsc::Receiver<Vec<u8>>) -> io::Result<String> {
    let file = Hashing { inner: File::create_new(path)?, hash: Sha256::new() };
    let mut encoder = zstd::Encoder::new(file, 3)?;
    while let Some(chunk) = chunks.blocking_recv() {
        encoder.write_all(&chunk)?;
    }
    let file = encoder.finish()?;
    file.inner.sync_all()?;
    Ok(hex(&file.hash.finalize()))
}

/// Hashes what passes through.
struct Hashing<T> {
    inner: T,
    hash: Sha256,
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hash.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// SHA-256 of a file, hexadecimal, and its length.
pub(super) async fn hash(path: &Path) -> Result<(String, u64), BackupError> {
    let read = {
        let path = path.to_owned();
        move || {
            let mut file = File::open(path)?;
            let (mut hash, mut length, mut block) = (Sha256::new(), 0, vec![0; CHUNK_BYTES]);
            loop {
                let count = file.read(&mut block)?;
                if count == 0 {
                    return Ok((hex(&hash.finalize()), length));
                }
                hash.update(&block[..count]);
                length += count as u64;
            }
        }
    };
    spawn_blocking(read)
        .await
        .map_err(io::Error::from)
        .and_then(|result| result)
        .map_err(BackupError::io(path))
}

/// The rows of a part, in batches. A part with other columns, or with a line that is no row, is damaged.
pub(super) fn rows(folder: &Path, table: &Table) -> mpsc::Receiver<Result<Vec<Vec<Cell>>, BackupError>> {
    let path = path(folder, table.name);
    let columns = table.columns.clone();
    let (sender, receiver) = mpsc::channel(WAITING);
    spawn_blocking(move || {
        if let Err(error) = read(&path, &columns, &sender) {
            // The receiver is gone only when an earlier batch was refused.
            let _ = sender.blocking_send(Err(error));
        }
    });
    receiver
}

fn read(
    path: &Path,
    columns: &[Column],
    batches: &mpsc::Sender<Result<Vec<Vec<Cell>>, BackupError>>,
) -> Result<(), BackupError> {
    let file = File::open(path).map_err(BackupError::io(path))?;
    let decoder = zstd::Decoder::new(file).map_err(BackupError::io(path))?;
    let mut lines = BufReader::with_capacity(CHUNK_BYTES, decoder).lines();
    let unreadable = |error: io::Error| BackupError::damaged(path, error.to_string());
    let names = lines.next().transpose().map_err(unreadable)?.unwrap_or_default();
    let names: Vec<String> = serde_json::from_str(&names).unwrap_or_default();
    if !names.iter().eq(columns.iter().map(|column| column.name)) {
        return Err(BackupError::damaged(path, "it has other columns"));
    }
    let mut batch = Vec::new();
    for (number, line) in lines.enumerate() {
        let row = row(&line.map_err(unreadable)?, columns)
            .ok_or_else(|| BackupError::damaged(path, format!("line {} is no row", number + 2)))?;
        batch.push(row);
        if batch.len() == BATCH_ROWS && batches.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
            return Ok(());
        }
    }
    let _ = batches.blocking_send(Ok(batch));
    Ok(())
}

fn row(line: &str, columns: &[Column]) -> Option<Vec<Cell>> {
    let cells: Vec<serde_json::Value> = serde_json::from_str(line).ok()?;
    if cells.len() != columns.len() {
        return None;
    }
    cells.into_iter().zip(columns).map(|(cell, column)| Cell::from_json(cell, column)).collect()
}

//! How the bytes of strangers become rows: by a process of its own for each file (`child`), so that whatever a file does to
//! its reader costs one import an error and nothing else; or within this one (`inside`).

mod child;
mod inside;
mod source;
mod turn;

use std::path::PathBuf;

use campo_spreadsheets::{Book, Options, Row, Unreadable};
use tokio::{sync::mpsc, task::JoinHandle};

pub(super) use self::source::Source;
use self::turn::Turn;
use super::problem;
use crate::{
    app::App,
    problem::{Code, Problem, Result},
};

/// Rows that are handed on together at most.
pub(super) const ROWS: usize = campo_spreadsheets::wire::MAX_ROWS;

/// Who reads files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// A process of this binary for each file, within bounds of its own
    Child,
    /// The server itself: cheaper, and a file that breaks its reader breaks the server
    Inside,
}

/// How files are read in this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readers {
    /// Who reads
    pub reader: Reader,
    /// The program of a [`Reader::Child`], which is asked to `read-table`
    pub program: PathBuf,
    /// The most memory of one
    pub memory_bytes: u64,
    /// The most time that one computes, and that is waited for it altogether
    pub seconds: u64,
}

impl Readers {
    /// This very program, also after it was replaced on disk while it ran.
    pub fn own_program() -> PathBuf {
        let own = PathBuf::from("/proc/self/exe");
        if own.exists() { own } else { std::env::current_exe().unwrap_or(own) }
    }
}

impl Default for Readers {
    /// Inside, as programs other than `campo` must.
    fn default() -> Self {
        Self {
            reader: Reader::Inside,
            program: Self::own_program(),
            memory_bytes: 1024 * 1024 * 1024,
            seconds: 300,
        }
    }
}

/// Why a file was not read.
#[derive(Debug)]
pub enum Broken {
    /// It cannot be read
    File(Unreadable),
    /// Its reader is gone before the end, and it cannot be told whether the file is why; what became of the reader
    Reader(String),
    /// It would take its reader more memory than there is for one
    Memory(u64),
    /// It took its reader more seconds than one has
    Time(u64),
    /// The server could not hand it to a reader
    Ours(Problem),
}

impl From<Unreadable> for Broken {
    fn from(unreadable: Unreadable) -> Self {
        Self::File(unreadable)
    }
}

impl From<Problem> for Broken {
    fn from(problem: Problem) -> Self {
        Self::Ours(problem)
    }
}

impl Broken {
    /// What people are told, with the name of the file. An error where the server is at fault, so that it is tried again.
    pub fn told(self, file: &str) -> Result<Problem> {
        let too_much = |name: &'static str, limit: u64| {
            Problem::new(Code::SpreadsheetTooLarge).with("what", name).with(name, limit)
        };
        let problem = match self {
            Self::File(unreadable) => return Ok(problem::unreadable(unreadable, file)),
            Self::Ours(problem) => return Err(problem),
            Self::Memory(bytes) => too_much("memory", bytes / (1024 * 1024)),
            Self::Time(seconds) => too_much("seconds", seconds),
            Self::Reader(how) => {
                tracing::warn!(how, file, "the reader of a file is gone before its end");
                Problem::new(Code::FileReaderGone)
            }
        };
        Ok(problem::of_file(problem, file))
    }
}

/// A file on its way in: batches of rows, and at their end what kind of file it is.
pub(super) struct Reading {
    rows: mpsc::Receiver<Vec<Row>>,
    end: JoinHandle<Result<Book, Broken>>,
}

impl Reading {
    /// Begins to read a file of the account, once a reader is free. Dropped, it ends at the next batch of rows.
    pub(super) async fn begin(app: &App, account: i64, source: Source, options: Options) -> Self {
        let turn = Turn::take(account).await;
        let (sender, rows) = mpsc::channel(2);
        let app = app.clone();
        let end = tokio::spawn(async move {
            let read = match app.limits.readers.reader {
                Reader::Child => child::read(&app, account, source, options, sender).await,
                Reader::Inside => inside::read(&app, account, source, options, sender).await,
            };
            drop(turn);
            read
        });
        Self { rows, end }
    }

    /// The next rows; nothing behind the last ones.
    pub(super) async fn next(&mut self) -> Option<Vec<Row>> {
        self.rows.recv().await
    }

    /// What kind of file it was, once there is nothing [`Self::next`].
    pub(super) async fn end(self) -> Result<Book, Broken> {
        drop(self.rows);
        self.end.await.unwrap_or_else(|error| Err(Broken::Reader(error.to_string())))
    }
}

/// All rows of a small file.
pub async fn whole(app: &App, account: i64, bytes: Vec<u8>) -> Result<Vec<Row>, Broken> {
    let mut reading = Reading::begin(app, account, Source::Bytes(bytes), Options::default()).await;
    let mut rows = Vec::new();
    while let Some(batch) = reading.next().await {
        rows.extend(batch);
    }
    reading.end().await.map(|_| rows)
}

//! Moving SQLite's write-ahead log into the file beside the writers, so that no commit waits for it.
//!
//! SQLite itself would do it within whichever commit finds the log too long, and that submission would wait for two
//! syncs of the disk and the copying. Here a connection of its own does it, and the writer takes over only what came
//! meanwhile, when the log would not become short otherwise: it begins anew only where everything in it was moved.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use sqlx::{Pool, Sqlite, sqlite::SqliteConnectOptions, sqlite::SqlitePoolOptions};

/// How many pages are moved at a time, 256 KiB: few enough that syncing them delays no commit by much. With 2 MiB the p99 of
/// a calm account beside a flood was a quarter longer (`make bench BENCH='--only "calm SQLite"'`), and nothing was quicker.
const PAGES: i64 = 64;
/// The most transactions between two moves.
const MOST_TRANSACTIONS: i64 = 256;
/// A log of more pages than this, 64 MiB, is taken to its end by the writer.
const LONG_PAGES: i64 = 16 * 1024;

/// What moves the log of one database.
#[derive(Debug, Clone)]
pub struct Checkpoints(Arc<State>);

#[derive(Debug)]
struct State {
    connection: Pool<Sqlite>,
    /// Transactions until the next move
    left: AtomicI64,
    /// Transactions between the last two moves
    every: AtomicI64,
    /// Pages in the log after the last move
    pages: AtomicI64,
    running: AtomicBool,
    is_long: AtomicBool,
}

impl Checkpoints {
    /// Connects when it is needed first.
    pub(super) fn new(connect: SqliteConnectOptions) -> Self {
        let connection =
            SqlitePoolOptions::new().max_connections(1).test_before_acquire(false).connect_lazy_with(connect);
        Self(Arc::new(State {
            connection,
            left: AtomicI64::new(1),
            every: AtomicI64::new(1),
            pages: AtomicI64::new(0),
            running: AtomicBool::new(false),
            is_long: AtomicBool::new(false),
        }))
    }

    /// To be called before each transaction that writes.
    pub(super) async fn before(&self, write: &Pool<Sqlite>) {
        let state = &self.0;
        if state.is_long.swap(false, Ordering::Relaxed) {
            moved(write).await;
        }
        let is_due = state.left.fetch_sub(1, Ordering::Relaxed) <= 1;
        if is_due && !state.running.swap(true, Ordering::Relaxed) {
            let state = Arc::clone(state);
            tokio::spawn(async move {
                let pages = moved(&state.connection).await;
                state.plan(pages);
                state.is_long.store(pages > LONG_PAGES, Ordering::Relaxed);
                state.running.store(false, Ordering::Relaxed);
            });
        }
    }

    /// Closes its connection.
    pub(super) async fn close(&self) {
        self.0.connection.close().await;
    }
}

impl State {
    /// Sets the next move to when about [`PAGES`] more are in the log, which has `pages` now.
    fn plan(&self, pages: i64) {
        let before = self.pages.swap(pages, Ordering::Relaxed);
        // a log that is not longer than before began anew
        let written = if pages > before { pages - before } else { pages };
        let every = self.every.load(Ordering::Relaxed);
        let next = (every * PAGES / written.max(1)).clamp(1, MOST_TRANSACTIONS);
        self.every.store(next, Ordering::Relaxed);
        self.left.store(next, Ordering::Relaxed);
    }
}

/// Moves what can be moved without making anybody wait, and says how many pages the log has. What fails is tried again
/// later; SQLite keeps what is in its log.
async fn moved(connection: &Pool<Sqlite>) -> i64 {
    // busy, pages in the log, pages moved (SQLite, "PRAGMA wal_checkpoint")
    let result: sqlx::Result<(i64, i64, i64)> =
        sqlx::query_as("pragma wal_checkpoint(passive)").fetch_one(connection).await;
    match result {
        Ok((_, pages, _)) => pages,
        Err(sqlx::Error::PoolClosed) => 0,
        Err(error) => {
            tracing::warn!(%error, "the write-ahead log was not moved");
            0
        }
    }
}

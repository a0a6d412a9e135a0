//! The only module that knows the database: one code base for SQLite and PostgreSQL.
//!
//! Domain code writes one SQL text with `$1`, `$2`, … and hands over a tuple of values; see ARCHITECTURE.md for the
//! rules that make the same text mean the same on both. Every statement passes through this module, so that its
//! duration is measured and a slow one is logged here and nowhere else.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "this is the module that knows the database"
)]
#![expect(clippy::redundant_locals, reason = "one macro names the connection for both databases")]

mod begin;
mod bounds;
mod checkpoint;
mod failure;
mod inserts;
pub mod migrations;
mod pooler;
pub mod presence;
pub mod reads;
pub mod schema;
pub mod tables;
pub mod values;

use std::{
    str::FromStr as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Postgres, Sqlite, Transaction,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use bounds::Bounds;
use inserts::portions;
pub use inserts::{Inserts, keyed};
use reads::{Reading, Reads};
pub use values::{Args, Columns, Record, Value};

use crate::problem::Result;

/// The most rows of one generated statement on SQLite.
const SQLITE_ROWS: usize = 512;
/// The most bound values of one statement on SQLite.
const SQLITE_VALUES: usize = 32_766;
/// The most connections that read at a time on SQLite, where a read is work of this process.
const SQLITE_READERS: u32 = 8;
/// How many rows the thread of a connection makes before it waits for whoever reads them: both switch once a buffer.
const SQLITE_ROWS_AHEAD: usize = 1024;
/// Generated statements of up to this many rows are kept prepared; larger ones only when they are full.
const SQLITE_PREPARED_ROWS: usize = 16;

/// Statements that take longer are logged, in milliseconds: written by [`log_statements_over`] at the start alone.
static SLOW_STATEMENT_MS: AtomicU64 = AtomicU64::new(500);

/// Sets how long a statement of this process may take before it is logged.
pub fn log_statements_over(milliseconds: u64) {
    SLOW_STATEMENT_MS.store(milliseconds, Ordering::Relaxed);
}

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`
    pub url: String,
    /// Connections of a PostgreSQL pool, and of SQLite's pool of readers
    pub connections: u32,
    /// True behind a transaction-mode pooler, which breaks prepared statements
    pub pooler: bool,
    /// SQLite's `synchronous`: [`Synchronous::Full`] except where a test proves that less loses data
    pub synchronous: Synchronous,
    /// How long PostgreSQL lets this process stand still
    pub bounds: Bounds,
}

/// How much SQLite waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// Every commit survives loss of power
    Full,
    /// Commits may be lost: only for the test that proves it
    Normal,
    /// As [`Self::Normal`], and the file may be damaged
    Off,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be opened or reached
    #[error("the database cannot be opened")]
    Open(#[from] sqlx::Error),
    /// Its tables cannot be brought to this release
    #[error("the database cannot be migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The file by which processes know of each other, or that keeps two from migrating at once
    #[error("the file {path} cannot be locked")]
    Lock {
        /// The file
        path: std::path::PathBuf,
        /// What the operating system says
        source: std::io::Error,
    },
}

/// A database, cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    /// One file
    Sqlite {
        /// Readers
        read: sqlx::Pool<Sqlite>,
        /// One connection: [`crate::log`] lends turns of it
        write: sqlx::Pool<Sqlite>,
        /// Keeps the write-ahead log short
        checkpoints: checkpoint::Checkpoints,
        /// Lends turns to read
        reads: Reads,
    },
    /// A server
    Postgres {
        /// Readers and writers
        pool: sqlx::Pool<Postgres>,
        /// How a transaction that writes begins
        begin: Arc<str>,
        /// Lends turns to read
        reads: Reads,
    },
}

/// An open transaction. Dropped without [`Tx::commit`] it is rolled back.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite one that writes holds the write lock from its beginning
    Sqlite(Transaction<'static, Sqlite>, Option<Reading>),
    /// On PostgreSQL one that writes is READ COMMITTED
    Postgres(Transaction<'static, Postgres>, Option<Reading>),
}

/// Runs `$call` with the arguments of whichever database this is, measured.
macro_rules! on {
    ($sql:expr, $args:expr, $this:expr, $sqlite:pat => $lite:expr, $postgres:pat => $pg:expr,
     |$connection:ident, $arguments:ident| $call:expr) => {{
        let started = started();
        let result = match $this {
            $sqlite => {
                let $connection = $lite;
                let $arguments = $args.sqlite().map_err(sqlx::Error::Encode)?;
                $call
            }
            $postgres => {
                let $connection = $pg;
                let $arguments = $args.postgres().map_err(sqlx::Error::Encode)?;
                $call
            }
        };
        finished(started, $sql);
        Ok(result?)
    }};
}

/// Turns a vector of rows into the tuple of columns that [`Tx::insert_many`] takes.
macro_rules! columns {
    ($rows:expr => $($field:ident),+ $(,)?) => {{
        let rows = $rows;
        $(let mut $field = Vec::with_capacity(rows.len());)+
        for row in rows {
            $($field.push(row.$field);)+
        }
        ($($field,)+)
    }};
}
pub(crate) use columns;

impl Db {
    /// Opens the database, creating SQLite's file. Migrations are a step of their own, see [`migrations::migrate`].
    pub async fn open(options: &Options) -> Result<Self, OpenError> {
        if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
            return Self::open_postgres(options).await;
        }
        let synchronous = match options.synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
            Synchronous::Off => SqliteSynchronous::Off,
        };
        let connect = SqliteConnectOptions::from_str(&options.url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20))
            .pragma("temp_store", "memory")
            .pragma("wal_autocheckpoint", "0")
            .row_buffer_size(SQLITE_ROWS_AHEAD)
            .statement_cache_capacity(400);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(connect.clone())
            .await?;
        let checkpoints = checkpoint::Checkpoints::new(connect.clone());
        let readers = options.connections.clamp(1, SQLITE_READERS);
        let read = SqlitePoolOptions::new()
            .max_connections(readers)
            .test_before_acquire(false)
            .connect_with(connect.read_only(true))
            .await?;
        Ok(Self::Sqlite { read, write, checkpoints, reads: Reads::new(readers) })
    }

    async fn open_postgres(options: &Options) -> Result<Self, OpenError> {
        let connect = pooler::connect_options(options)?;
        let connections = options.connections.max(2);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .connect_with(connect.clone())
            .await;
        match pool {
            // The pool tried again and again, and says only that it did.
            Err(sqlx::Error::PoolTimedOut) => Err(why_unreachable(connect).await.into()),
            pool => Ok(Self::Postgres {
                pool: pool?,
                begin: pooler::begin(options),
                reads: Reads::new(connections),
            }),
        }
    }

    /// Begins a transaction that writes. Only [`crate::log`] calls it, after its turn: see ARCHITECTURE.md, "One way
    /// to append".
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { write, checkpoints, .. } => {
                checkpoints.before(write).await;
                Tx::Sqlite(begin::immediate(write).await?, None)
            }
            Self::Postgres { pool, begin, .. } => {
                Tx::Postgres(begin::whole(pool, AssertSqlSafe(Arc::clone(begin))).await?, None)
            }
        })
    }

    /// Begins a transaction in which every read sees the same state of the database.
    pub async fn begin_snapshot(&self) -> Result<Tx> {
        self.snapshot("begin isolation level repeatable read read only").await
    }

    /// A snapshot that may be left idle for as long as it likes, such as by who copies files between two statements, and
    /// whose statements may take as long. It holds no lock that anybody waits for.
    pub async fn begin_long_snapshot(&self) -> Result<Tx> {
        self.snapshot(
            "begin isolation level repeatable read read only; set local idle_in_transaction_session_timeout = 0; \
             set local statement_timeout = 0",
        )
        .await
    }

    async fn snapshot(&self, begin: &'static str) -> Result<Tx> {
        let reading = self.reads().turn().await?;
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?, reading),
            Self::Postgres { pool, .. } => Tx::Postgres(begin::whole(pool, begin).await?, reading),
        })
    }

    /// All rows of a query.
    pub async fn fetch_all<'q, R: Record>(&self, sql: &'static str, args: impl Args<'q>) -> Result<Vec<R>> {
        let _reading = self.reads().turn().await?;
        on!(sql, args, self, Self::Sqlite { read, .. } => read, Self::Postgres { pool, .. } => pool,
            |pool, arguments| sqlx::query_as_with(sql, arguments).fetch_all(pool).await)
    }

    /// The row of a query, if there is one.
    pub async fn fetch_optional<'q, R: Record>(
        &self,
        sql: &'static str,
        args: impl Args<'q>,
    ) -> Result<Option<R>> {
        let _reading = self.reads().turn().await?;
        on!(sql, args, self, Self::Sqlite { read, .. } => read, Self::Postgres { pool, .. } => pool,
            |pool, arguments| sqlx::query_as_with(sql, arguments).fetch_optional(pool).await)
    }

    /// The one row of a query that always has one.
    pub async fn fetch_one<'q, R: Record>(&self, sql: &'static str, args: impl Args<'q>) -> Result<R> {
        let _reading = self.reads().turn().await?;
        on!(sql, args, self, Self::Sqlite { read, .. } => read, Self::Postgres { pool, .. } => pool,
            |pool, arguments| sqlx::query_as_with(sql, arguments).fetch_one(pool).await)
    }

    fn reads(&self) -> &Reads {
        match self {
            Self::Sqlite { reads, .. } | Self::Postgres { reads, .. } => reads,
        }
    }

    /// True on SQLite, where all accounts share one write connection.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }

    /// The file of this ending beside that of the database; none where it is a server's, or only in memory.
    fn beside(&self, ending: &str) -> Option<std::path::PathBuf> {
        let Self::Sqlite { write, .. } = self else { return None };
        let options = write.connect_options();
        let path = options.get_filename();
        let is_memory = path.as_os_str().is_empty() || path.as_os_str() == ":memory:";
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        (!is_memory).then(|| beside.into())
    }

    /// Waits until every connection is closed.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, checkpoints, .. } => {
                read.close().await;
                checkpoints.close().await;
                write.close().await;
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }
}

impl Tx {
    /// Runs a statement and says how many rows it touched.
    pub async fn execute<'q>(&mut self, sql: &'static str, args: impl Args<'q>) -> Result<u64> {
        on!(sql, args, self, Self::Sqlite(tx, _) => &mut **tx, Self::Postgres(tx, _) => &mut **tx,
            |connection, arguments| sqlx::query_with(sql, arguments)
                .execute(connection).await.map(|done| done.rows_affected()))
    }

    /// The one row of a statement that always has one.
    pub async fn fetch_one<'q, R: Record>(&mut self, sql: &'static str, args: impl Args<'q>) -> Result<R> {
        on!(sql, args, self, Self::Sqlite(tx, _) => &mut **tx, Self::Postgres(tx, _) => &mut **tx,
            |connection, arguments| sqlx::query_as_with(sql, arguments).fetch_one(connection).await)
    }

    /// The row of a statement, if there is one.
    pub async fn fetch_optional<'q, R: Record>(
        &mut self,
        sql: &'static str,
        args: impl Args<'q>,
    ) -> Result<Option<R>> {
        on!(sql, args, self, Self::Sqlite(tx, _) => &mut **tx, Self::Postgres(tx, _) => &mut **tx,
            |connection, arguments| sqlx::query_as_with(sql, arguments).fetch_optional(connection).await)
    }

    /// All rows of a statement.
    pub async fn fetch_all<'q, R: Record>(
        &mut self,
        sql: &'static str,
        args: impl Args<'q>,
    ) -> Result<Vec<R>> {
        on!(sql, args, self, Self::Sqlite(tx, _) => &mut **tx, Self::Postgres(tx, _) => &mut **tx,
            |connection, arguments| sqlx::query_as_with(sql, arguments).fetch_all(connection).await)
    }

    /// Inserts many rows: `{into}` is `insert into t (a, b)`, `{tail}` an `on conflict` clause or empty.
    pub async fn insert_many<C: Columns>(
        &mut self,
        into: &'static str,
        columns: C,
        tail: &'static str,
    ) -> Result<()> {
        let mut inserts = self.inserts();
        inserts.insert_many(into, columns, tail)?;
        self.insert_all(inserts).await
    }

    /// Changes or removes many rows: `statement` reads from `k`, whose columns are named in `keys` (such as `"a, i"`).
    pub async fn change_many<C: Columns>(
        &mut self,
        keys: &'static str,
        columns: C,
        statement: &'static str,
    ) -> Result<u64> {
        if columns.rows().map_err(sqlx::Error::Encode)? == 0 {
            return Ok(0);
        }
        let started = started();
        let result = match self {
            Self::Sqlite(tx, _) => {
                let mut touched = 0;
                let (before, after) = keyed(keys, statement);
                for portion in portions(&before, &after, columns)? {
                    touched += portion.execute(tx).await?;
                }
                touched
            }
            Self::Postgres(tx, _) => {
                let sql = format!("with k({keys}) as (select {}) {statement}", unnested(0, C::WIDTH));
                let mut arguments = PgArguments::default();
                columns.postgres(&mut arguments).map_err(sqlx::Error::Encode)?;
                inserts::execute(tx, sql, arguments).await?
            }
        };
        finished(started, statement);
        Ok(result)
    }

    /// Looks many keys up at once. `select` reads from `k`, whose columns are named in `keys` (such as `"a, i"`).
    ///
    /// Write it with a scalar sub-select or a join on a whole key, so that both databases have one possible plan.
    pub async fn fetch_many<R: Record, C: Columns>(
        &mut self,
        keys: &'static str,
        columns: C,
        select: &'static str,
    ) -> Result<Vec<R>> {
        let rows = columns.rows().map_err(sqlx::Error::Encode)?;
        if rows == 0 {
            return Ok(Vec::new());
        }
        let started = started();
        let result = match self {
            Self::Sqlite(tx, _) => {
                let mut found = Vec::new();
                let (before, after) = keyed(keys, select);
                for portion in portions(&before, &after, columns)? {
                    let query = sqlx::query_as_with(AssertSqlSafe(portion.sql), portion.arguments)
                        .persistent(portion.persistent);
                    found.append(&mut query.fetch_all(&mut **tx).await?);
                }
                found
            }
            Self::Postgres(tx, _) => {
                let sql = format!("with k({keys}) as (select {}) {select}", unnested(0, C::WIDTH));
                let mut arguments = PgArguments::default();
                columns.postgres(&mut arguments).map_err(sqlx::Error::Encode)?;
                sqlx::query_as_with(AssertSqlSafe(sql), arguments).fetch_all(&mut **tx).await?
            }
        };
        finished(started, select);
        Ok(result)
    }

    /// Commits. When this fails the caller does not know whether it happened: what it wrote must be repeatable by id.
    pub async fn commit(self) -> Result<()> {
        let started = started();
        match self {
            Self::Sqlite(tx, _) => tx.commit().await?,
            Self::Postgres(tx, _) => tx.commit().await?,
        }
        finished(started, "commit");
        Ok(())
    }

    /// Rolls back and waits for it, so that the connection is free when this returns.
    pub async fn rollback(self) {
        let result = match self {
            Self::Sqlite(tx, _) => tx.rollback().await,
            Self::Postgres(tx, _) => tx.rollback().await,
        };
        if let Err(error) = result {
            tracing::warn!(%error, "rollback failed; the database rolls back by itself");
        }
    }
}

/// What one more try to connect says.
async fn why_unreachable(connect: PgConnectOptions) -> sqlx::Error {
    match tokio::time::timeout(Duration::from_secs(5), connect.connect()).await {
        Ok(Err(error)) => error,
        Ok(Ok(_)) | Err(_) => sqlx::Error::PoolTimedOut,
    }
}

/// `(?,?),(?,?)` for rows of `width` values.
fn placeholders(width: usize, rows: usize) -> String {
    let mut text = format!("({}?),", "?,".repeat(width.saturating_sub(1))).repeat(rows);
    text.pop();
    text
}

/// `unnest($1),unnest($2)`: the rows that `width` arrays of one length make, behind `before` other arguments. In the list of a `select` PostgreSQL walks
/// them in step; `from unnest($1,$2)` would first write each array to a store of its own.
fn unnested(before: usize, width: usize) -> String {
    (before + 1..=before + width).map(|n| format!("unnest(${n})")).collect::<Vec<_>>().join(",")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the duration of a statement is a measurement, never a decision"
)]
fn started() -> Instant {
    Instant::now()
}

fn finished(started: Instant, sql: &'static str) {
    let elapsed = started.elapsed();
    metrics::histogram!("campo_statement_seconds").record(elapsed.as_secs_f64());
    if elapsed > Duration::from_millis(SLOW_STATEMENT_MS.load(Ordering::Relaxed)) {
        tracing::warn!(seconds = elapsed.as_secs_f64(), sql, "slow statement");
    }
}

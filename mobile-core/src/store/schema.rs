//! The tables of the phone, and how a database is opened.
//!
//! Migrations only add tables and columns, and every statement names the columns it needs, so that an older release
//! opens what a newer one wrote.

use std::{fs, io, path::Path};

use rusqlite::{Connection, OpenFlags};

use super::failure::Result;

/// The number of the last migration of this release.
const VERSION: i64 = 2;

const TABLES: &str = "
create table if not exists setting (
    name text primary key,
    value text not null
) without rowid;

-- Every entry that was captured here, byte for byte. `number` rises in the order of capture, over enrolments too.
create table if not exists entry (
    number integer primary key autoincrement,
    id blob not null unique,
    installation blob not null,
    sequence integer not null,
    kind text not null,
    employee blob,
    session blob,
    task blob,
    bytes blob not null,
    hash blob not null,
    captured_us integer not null,
    -- The instant by which it is laid over what the server says, see `screens`
    at_us integer not null,
    -- waiting, settled, conflict, unreadable
    state text not null default 'waiting',
    settled_us integer,
    outcome text,
    reason text,
    position integer,
    occurred_at_us integer,
    occurred_kind text,
    -- True until a view was read that has its effect
    laid_over integer not null default 1,
    -- The tap or screen that captured it
    intent text unique,
    unique (installation, sequence)
);
create index if not exists entry_state on entry (state, number);
create index if not exists entry_employee on entry (employee, captured_us);
create index if not exists entry_laid_over on entry (task, number) where laid_over = 1;

-- A file is sent under the enrolment of the entry that mentions it.
create table if not exists file (
    installation blob not null,
    hash text not null,
    entry integer not null,
    size_bytes integer not null,
    media_type text,
    -- waiting, stored
    state text not null default 'waiting',
    received_bytes integer not null default 0,
    ticket text,
    stored_us integer,
    -- The bytes are in the file space
    present integer not null default 1,
    primary key (installation, hash)
) without rowid;
create index if not exists file_state on file (state);
create index if not exists file_hash on file (hash);

create table if not exists scope (
    scope text primary key,
    position integer not null,
    objects integer not null,
    digest integer not null,
    mark integer not null,
    marking integer not null
) without rowid;

create table if not exists object (
    scope text not null,
    kind text not null,
    id blob not null,
    body blob not null,
    digest integer not null,
    mark integer not null,
    primary key (scope, kind, id)
);
create index if not exists object_id on object (kind, id);

-- What could not be taken as it is: worker and dispatcher both see it.
create table if not exists repair (
    number integer primary key,
    reason text not null,
    detail text not null,
    at_us integer not null
);

-- Answers of unfinished forms and the like; never sent, and seen by their employee alone.
create table if not exists draft (
    -- The nil id where nobody had a session
    employee blob not null,
    name text not null,
    body text not null,
    updated_us integer not null,
    primary key (employee, name)
) without rowid;

-- Positions during a shift that are in no entry yet.
create table if not exists track_point (
    number integer primary key autoincrement,
    employee blob not null,
    session blob not null,
    boot text,
    wall_us integer not null,
    point text not null
);

-- The newest signed head of each chain: evidence that the server cannot take back.
create table if not exists head (
    chain text primary key,
    number integer not null,
    body text not null
) without rowid;
";

/// Opens or makes the database at `path`.
pub(super) fn open(path: &Path) -> Result<Connection> {
    prepare(Connection::open(path)?)
}

/// Opens the database at `path`, which exists, for reading beside the writer.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// Removes the database at `path` with the files that SQLite keeps beside it.
pub(super) fn remove(path: &Path) -> Result<()> {
    let mut removed = Ok(());
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        removed = match fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => removed.and(Err(error)),
            _ => removed,
        };
    }
    Ok(removed?)
}

/// A database that is gone when it is closed, for tests and simulations.
pub(super) fn in_memory() -> Result<Connection> {
    prepare(Connection::open_in_memory()?)
}

/// Another connection, such as a backup of the platform, is waited for so long.
const BUSY: std::time::Duration = std::time::Duration::from_secs(5);

fn prepare(connection: Connection) -> Result<Connection> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Without these two fsync leaves data in the cache of Apple's drives; elsewhere they change nothing
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // Android gives no folder for temporary files
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(64);
    let version: i64 = connection.query_row("pragma user_version", (), |row| row.get(0))?;
    if version < VERSION {
        connection
            .execute_batch(&format!("begin immediate; {TABLES} pragma user_version = {VERSION}; commit;"))?;
    }
    Ok(connection)
}

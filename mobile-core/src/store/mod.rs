//! The store: what was captured, what the server said, and what waits. SQLite, one writer.
//!
//! A [`Store`] is one connection and does one thing at a time; the app has it behind [`writer::Writer`], a simulation
//! uses it directly.

pub mod apply;
pub mod book;
pub mod drafts;
pub mod earlier;
pub mod entries;
pub mod failure;
pub mod keep;
pub mod objects;
pub mod repair;
mod schema;
pub mod settings;
pub mod space;
pub mod writer;

#[cfg(test)]
mod tests;

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use uuid::Uuid;

use crate::machine::book::Access;
use failure::{Result, StoreFailure};

/// The database of one app.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens or makes the database at `path`.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self { connection: schema::open(path)? })
    }

    /// Removes the database at `path`, and makes a new one that says that the phone was reported stolen. Removing needs
    /// no room on the disk; where something cannot be removed, nothing is opened.
    pub(crate) fn replace_by_stolen(path: &Path) -> Result<Self> {
        schema::remove(path)?;
        let store = Self::open(path)?;
        store.note_stolen()?;
        Ok(store)
    }

    /// The phone was reported stolen.
    pub(crate) fn note_stolen(&self) -> Result<()> {
        settings::set(self.read(), settings::name::ACCESS, &Access::Stolen.name())
    }

    /// Opens the database at `path`, which exists, for reading beside the writer.
    pub fn open_for_reading(path: &Path) -> Result<Self> {
        Ok(Self { connection: schema::open_for_reading(path)? })
    }

    /// A database that is gone when it is dropped, for tests and simulations.
    pub fn in_memory() -> Result<Self> {
        Ok(Self { connection: schema::in_memory()? })
    }

    /// A transaction that holds the write lock from its beginning.
    pub(crate) fn begin(&mut self) -> Result<Transaction<'_>> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// The connection, for reading.
    pub(crate) const fn read(&self) -> &Connection {
        &self.connection
    }

    /// Writes what the log holds into the database file, so that little is left to do at the next opening.
    pub fn checkpoint(&self) -> Result<()> {
        Ok(self.connection.query_row("pragma wal_checkpoint(truncate)", (), |_| Ok(()))?)
    }
}

/// An id in a column.
pub(crate) fn id_of(bytes: &[u8]) -> Result<Uuid> {
    Uuid::from_slice(bytes).map_err(|_| StoreFailure::Other(format!("an id has {} bytes", bytes.len())))
}

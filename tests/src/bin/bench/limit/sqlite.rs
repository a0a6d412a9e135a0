//! SQLite without anything between: rusqlite, prepared statements, one thread.

use std::{path::Path, sync::Arc};

use anyhow::Result;
use rusqlite::{
    Connection, OpenFlags, ToSql,
    types::{ToSqlOutput, Value, ValueRef},
};
use tokio::sync::Mutex;

use super::{
    Batch, Cell, Group, Handed, Table, answer,
    groups::{INSERTED, REPLACED},
};

/// Reads the tables that a run writes, their rows in the order of writing.
pub(super) fn read(file: &Path) -> Result<Vec<Table>> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let names = INSERTED.iter().map(|table| table.0).chain(REPLACED.iter().map(|table| table.0));
    names.map(|name| table(&connection, name)).collect()
}

fn table(connection: &Connection, name: &'static str) -> Result<Table> {
    let mut statement = connection.prepare(&format!("select * from {name} order by rowid"))?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let width = columns.len();
    let rows = statement
        .query_map([], |row| (0..width).map(|at| Ok(Cell::from(row.get::<_, Value>(at)?))).collect())?;
    Ok(Table { name, columns, rows: rows.collect::<rusqlite::Result<_>>()? })
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        match value {
            Value::Integer(value) => Self::Integer(value),
            Value::Text(value) => Self::Text(value),
            Value::Blob(value) => Self::Bytes(value),
            // no table of the log has a column of this kind
            Value::Real(_) | Value::Null => Self::Null,
        }
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
            Self::Uuid(value) => ValueRef::Blob(value.as_bytes()),
        }))
    }
}

/// The one connection that writes.
pub(super) struct Writer {
    connection: Connection,
    groups: Vec<(Group, Vec<String>)>,
}

impl Writer {
    /// Opens the file as the server does, and writes the texts of the statements.
    pub(super) fn open(file: &Path, groups: Vec<Group>) -> Result<Self> {
        let connection = Connection::open(file)?;
        connection.execute_batch(
            "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
             pragma temp_store = memory",
        )?;
        connection.set_prepared_statement_cache_capacity(100);
        let with_texts = |group: Group| {
            let texts = group.batches.iter().map(text).collect();
            (group, texts)
        };
        Ok(Self { connection, groups: groups.into_iter().map(with_texts).collect() })
    }

    /// Writes the groups, each when its entries were handed over.
    pub(super) fn write(self, handed: &Arc<Mutex<Handed>>) -> Result<()> {
        let runtime = tokio::runtime::Handle::current();
        for (group, texts) in &self.groups {
            let taken = runtime.block_on(async { handed.lock().await.take(group.entries).await });
            self.connection.execute_batch("begin immediate")?;
            for (batch, text) in group.batches.iter().zip(texts) {
                let mut statement = self.connection.prepare_cached(text)?;
                for row in &batch.rows {
                    statement.execute(rusqlite::params_from_iter(row))?;
                }
            }
            self.connection.execute_batch("commit")?;
            answer(taken);
        }
        Ok(())
    }
}

fn text(batch: &Batch) -> String {
    let marks = vec!["?"; batch.columns.len()].join(", ");
    format!("insert into {} ({}) values ({marks}) {}", batch.table, batch.columns.join(", "), batch.tail())
}

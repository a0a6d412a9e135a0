//! Entries as they were captured.

use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use super::{Store, failure::Result, id_of};
use crate::machine::book::{Pending, PendingFile};

/// An entry that is to be captured, ready to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewEntry {
    pub(crate) id: Uuid,
    pub(crate) installation: Uuid,
    pub(crate) sequence: i64,
    pub(crate) kind: &'static str,
    pub(crate) employee: Option<Uuid>,
    pub(crate) session: Option<Uuid>,
    pub(crate) task: Option<Uuid>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) hash: [u8; 32],
    pub(crate) captured_us: i64,
    pub(crate) at_us: i64,
    pub(crate) intent: String,
}

/// A file that an entry mentions, in the file space by now.
#[derive(Debug, Clone)]
pub(crate) struct NewFile {
    pub(crate) hash: String,
    pub(crate) size_bytes: i64,
    pub(crate) media_type: Option<String>,
}

/// How an entry stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its number in the store
    pub number: i64,
    /// Its id
    pub id: Uuid,
    /// Its kind
    pub kind: String,
    /// The task it is about
    pub task: Option<Uuid>,
    /// The wall clock at its capture: microseconds since 1970 UTC
    pub captured_us: i64,
    /// When it happened as the server fixed it, once there is a receipt: microseconds since 1970 UTC
    pub occurred_at_us: Option<i64>,
    /// `waiting`, `settled`, `conflict` or `unreadable`
    pub state: String,
    /// What the receipt says
    pub outcome: Option<String>,
    /// Where the receipt says that it stands in the server's log
    pub position: Option<i64>,
    /// Its bytes
    pub bytes: Vec<u8>,
}

impl Store {
    /// The bytes of entries, in this order. What is not there any more is left out.
    pub fn lines(&self, numbers: &[i64]) -> Result<Vec<Vec<u8>>> {
        let mut statement = self.read().prepare_cached("select bytes from entry where number = ?1")?;
        let mut lines = Vec::with_capacity(numbers.len());
        for number in numbers {
            lines.extend(statement.query_row((number,), |row| row.get(0)).optional()?);
        }
        #[cfg(debug_assertions)]
        crate::planted::entries_rendered_anew(&mut lines)?;
        Ok(lines)
    }

    /// What one employee captured from an instant on (wall clock, microseconds since 1970 UTC), in order.
    pub fn entries_since(&self, employee: Uuid, from_us: i64) -> Result<Vec<StoredEntry>> {
        self.entries(
            "select number, id, kind, task, captured_us, occurred_at_us, state, outcome, position, bytes \
             from entry where employee = ?1 and captured_us >= ?2 order by number",
            (employee.as_bytes(), from_us),
        )
    }

    /// Every entry that is kept, in order.
    pub fn all_entries(&self) -> Result<Vec<StoredEntry>> {
        self.entries(
            "select number, id, kind, task, captured_us, occurred_at_us, state, outcome, position, bytes \
             from entry order by number",
            (),
        )
    }

    fn entries(&self, sql: &'static str, parameters: impl rusqlite::Params) -> Result<Vec<StoredEntry>> {
        let mut statement = self.read().prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let task: Option<Vec<u8>> = row.get(3)?;
            let id: Vec<u8> = row.get(1)?;
            entries.push(StoredEntry {
                number: row.get(0)?,
                id: id_of(&id)?,
                kind: row.get(2)?,
                task: task.as_deref().map(id_of).transpose()?,
                captured_us: row.get(4)?,
                occurred_at_us: row.get(5)?,
                state: row.get(6)?,
                outcome: row.get(7)?,
                position: row.get(8)?,
                bytes: row.get(9)?,
            });
        }
        Ok(entries)
    }
}

/// The entry that was captured with an intent before: its number, id, bytes, and hash.
pub(crate) fn of_intent(connection: &Connection, intent: &str) -> Result<Option<(i64, Uuid, Vec<u8>)>> {
    let row: Option<(i64, Vec<u8>, Vec<u8>)> = connection
        .prepare_cached("select number, id, bytes from entry where intent = ?1")?
        .query_row((intent,), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    row.map(|(number, id, bytes)| Ok((number, id_of(&id)?, bytes))).transpose()
}

/// The sequence of the next entry of an installation.
pub(crate) fn next_sequence(connection: &Connection, installation: Uuid) -> Result<i64> {
    let last: Option<i64> = connection
        .prepare_cached("select max(sequence) from entry where installation = ?1")?
        .query_row((installation.as_bytes(),), |row| row.get(0))?;
    Ok(last.unwrap_or(0) + 1)
}

/// Writes an entry; what the machine must know of it.
pub(crate) fn insert(connection: &Connection, entry: &NewEntry) -> Result<(i64, Pending)> {
    connection
        .prepare_cached(
            "insert into entry (id, installation, sequence, kind, employee, session, task, bytes, hash, \
             captured_us, at_us, intent) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            entry.id.as_bytes(),
            entry.installation.as_bytes(),
            entry.sequence,
            entry.kind,
            entry.employee.as_ref().map(Uuid::as_bytes),
            entry.session.as_ref().map(Uuid::as_bytes),
            entry.task.as_ref().map(Uuid::as_bytes),
            entry.bytes,
            entry.hash,
            entry.captured_us,
            entry.at_us,
            entry.intent,
        ])?;
    let pending = Pending {
        id: entry.id,
        hash: entry.hash,
        size_bytes: entry.bytes.len() as i64,
        captured_us: entry.captured_us,
    };
    Ok((connection.last_insert_rowid(), pending))
}

/// Writes a file that an entry mentions; what the machine must know of it, none when the server has it already.
pub(crate) fn insert_file(
    connection: &Connection,
    installation: Uuid,
    entry: i64,
    file: &NewFile,
) -> Result<Option<PendingFile>> {
    let row: (i64, i64, Option<String>, String) = connection
        .prepare_cached(
            "insert into file (installation, hash, entry, size_bytes, media_type) \
             values (?1, ?2, ?3, ?4, ?5) on conflict (installation, hash) do update set present = 1 \
             returning entry, received_bytes, ticket, state",
        )?
        .query_row(
            (installation.as_bytes(), &file.hash, entry, file.size_bytes, &file.media_type),
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )?;
    let (entry, received_bytes, ticket, state) = row;
    let pending = PendingFile { entry, size_bytes: file.size_bytes, received_bytes, ticket };
    Ok((state == "waiting").then_some(pending))
}

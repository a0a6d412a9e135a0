//! The rows of the entry and event logs, and the statements that insert many of them.

use campo_protocol::{entry::hash_from, text::storable};
use uuid::Uuid;

use super::{
    entry::Incoming,
    fold::{Effects, SessionRow},
};
use crate::{
    database::{Inserts, columns},
    problem::Result,
};

/// A row of `entry`.
#[derive(Debug)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct EntryRow {
    pub account: i64,
    pub position: i64,
    pub id: Uuid,
    pub hash: Vec<u8>,
    pub kind: String,
    pub author: &'static str,
    pub author_id: Option<Uuid>,
    pub installation: Option<Uuid>,
    pub session: Option<Uuid>,
    pub employee: Option<Uuid>,
    pub sequence: i64,
    pub task: Option<Uuid>,
    pub form: Option<Uuid>,
    pub corrects: Option<Uuid>,
    pub occurred_us: i64,
    pub occurred_kind: &'static str,
    pub received_us: i64,
    pub outcome: &'static str,
    pub reason: Option<&'static str>,
    pub marks: i64,
    pub files_due_us: Option<i64>,
    pub establishment: Option<String>,
}

/// A row of `entry_body`.
#[derive(Debug)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct BodyRow {
    pub account: i64,
    pub position: i64,
    pub salt: Vec<u8>,
    pub bytes: Vec<u8>,
}

/// A row of `entry_file`.
#[derive(Debug)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct FileRow {
    pub account: i64,
    pub position: i64,
    pub number: i64,
    pub hash: Vec<u8>,
    pub size_bytes: i64,
    pub field: Option<String>,
    pub media_type: Option<String>,
}

impl FileRow {
    /// The files that an entry mentions, as far as that could be read. What is no SHA-256 has an empty hash, which no file
    /// ever has.
    pub fn of(account: i64, position: i64, incoming: &Incoming) -> Vec<Self> {
        let storable_text = |text: &Option<String>| text.as_deref().map(|text| storable(text).into_owned());
        incoming
            .files()
            .iter()
            .enumerate()
            .map(|(number, file)| Self {
                account,
                position,
                number: number as i64,
                hash: hash_from(&file.hash).map_or_else(Vec::new, Vec::from),
                size_bytes: file.size_bytes,
                field: storable_text(&file.field),
                media_type: storable_text(&file.media_type),
            })
            .collect()
    }
}

/// A row of `chain_link`.
#[derive(Debug)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct LinkRow {
    pub account: i64,
    pub chain: String,
    pub number: i64,
    pub position: i64,
    pub leaf: Vec<u8>,
    pub link: Vec<u8>,
}

/// A row of `event`.
#[derive(Debug)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct EventRow {
    pub account: i64,
    pub position: i64,
    pub id: Uuid,
    pub kind: &'static str,
    pub format: i64,
    pub subject_kind: &'static str,
    pub subject: Uuid,
    pub entry: Option<i64>,
    pub snapshot: i64,
    pub created_us: i64,
}

/// A row of `event_snapshot`.
#[derive(Debug)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct SnapshotRow {
    pub account: i64,
    pub snapshot: i64,
    pub body: Vec<u8>,
}

/// The entries of one group.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "its fields are the rows of its tables")]
pub struct EntryRows {
    pub entries: Vec<EntryRow>,
    pub bodies: Vec<BodyRow>,
    pub files: Vec<FileRow>,
    pub links: Vec<LinkRow>,
}

impl EntryRows {
    /// Inserts all of it.
    pub fn insert(self, inserts: &mut Inserts) -> Result<()> {
        inserts.insert_many(
            "insert into entry (account, position, id, hash, kind, author, author_id, installation, session, employee, \
             sequence, task, form, corrects, occurred_us, occurred_kind, received_us, outcome, reason, marks, \
             files_due_us, establishment)",
            columns!(self.entries => account, position, id, hash, kind, author, author_id, installation, session,
                employee, sequence, task, form, corrects, occurred_us, occurred_kind, received_us, outcome, reason,
                marks, files_due_us, establishment),
            "",
        )?;
        inserts.insert_many(
            "insert into entry_body (account, position, salt, bytes)",
            columns!(self.bodies => account, position, salt, bytes),
            "",
        )?;
        inserts.insert_many(
            "insert into entry_file (account, position, number, hash, size_bytes, field, media_type)",
            columns!(self.files => account, position, number, hash, size_bytes, field, media_type),
            "",
        )?;
        inserts.insert_many(
            "insert into chain_link (account, chain, number, position, leaf, link)",
            columns!(self.links => account, chain, number, position, leaf, link),
            "",
        )
    }
}

/// The events of one group.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "its fields are the rows of its tables")]
pub struct EventRows {
    pub events: Vec<EventRow>,
    pub snapshots: Vec<SnapshotRow>,
}

impl EventRows {
    /// Inserts all of it.
    pub fn insert(self, inserts: &mut Inserts) -> Result<()> {
        inserts.insert_many(
            "insert into event (account, position, id, kind, format, subject_kind, subject, entry, snapshot, created_us)",
            columns!(self.events => account, position, id, kind, format, subject_kind, subject, entry, snapshot,
                created_us),
            "",
        )?;
        inserts.insert_many(
            "insert into event_snapshot (account, snapshot, body)",
            columns!(self.snapshots => account, snapshot, body),
            "",
        )
    }
}

impl Effects {
    /// Writes what the folds say of messages and sessions.
    pub fn write(self, inserts: &mut Inserts) -> Result<()> {
        inserts.insert_many(
            "insert into message (account, id, position, employee, direction, task, text, sent_us)",
            columns!(self.messages => account, id, position, employee, direction, task, text, sent_us),
            "",
        )?;
        inserts.insert_many(
            "insert into employee_session (account, id, installation, employee, opened_us, closed_us, position)",
            columns!(merged(self.sessions) => account, id, installation, employee, opened_us, closed_us, position),
            "on conflict (account, installation, id) do update set \
             opened_us = case when excluded.opened_us < employee_session.opened_us then excluded.opened_us \
             else employee_session.opened_us end, \
             closed_us = case when employee_session.closed_us is null \
             or excluded.closed_us > employee_session.closed_us \
             then coalesce(excluded.closed_us, employee_session.closed_us) else employee_session.closed_us end",
        )?;
        Ok(())
    }
}

/// One row a session: PostgreSQL refuses the same key twice in one statement.
fn merged(rows: Vec<SessionRow>) -> Vec<SessionRow> {
    let mut sessions: Vec<SessionRow> = Vec::with_capacity(rows.len());
    for row in rows {
        match sessions.iter_mut().find(|known| known.key() == row.key()) {
            Some(known) => known.merge(&row),
            None => sessions.push(row),
        }
    }
    sessions
}

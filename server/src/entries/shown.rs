//! How an entry is shown.

use std::collections::HashMap;

use campo_protocol::{clock::OccurredKind, sync::Outcome, text::hex};
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::time::Instant,
    database::Tx,
    log::{
        entry::{marks, readable},
        stored::Extracted,
    },
    problem::Result,
};

/// An entry, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryShown {
    /// Its id, chosen by its author
    pub id: Uuid,
    /// Its position in the account's log, without gaps
    pub position: i64,
    /// What it says happened; `unknown` when its content could not be used
    pub kind: String,
    /// Who handed it in
    pub author: Author,
    /// The installation that captured it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installation: Option<Uuid>,
    /// Its number in the installation; 0 for the office's
    pub sequence: i64,
    /// The session in which it was captured
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Uuid>,
    /// The employee whose entry it is
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee: Option<Uuid>,
    /// The task it is about
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Uuid>,
    /// The definition that a filled form answers
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Uuid>,
    /// The entry that it corrects
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Uuid>,
    /// The establishment in whose chain a punch stands
    #[serde(skip_serializing_if = "Option::is_none")]
    pub establishment: Option<String>,
    /// When it happened, fixed once on acceptance
    pub occurred_at: Instant,
    /// How that instant was fixed
    pub occurred_kind: OccurredKind,
    /// When the server received it
    pub received_at: Instant,
    /// What became of it
    pub outcome: Outcome,
    /// Stable code that says why, where the outcome is not `applied`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is marked on it without changing its effect
    #[schema(value_type = Vec<String>, example = json!(["sequence_gap"]))]
    pub marks: Vec<&'static str>,
    /// The files that belong to it
    pub files: Vec<FileShown>,
    /// Until when missing files are waited for
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_due_at: Option<Instant>,
    /// SHA-256 of its bytes, hexadecimal
    pub hash: String,
    /// True when its bytes were erased
    pub erased: bool,
    /// Exactly what its author wrote, where every reader can read it; the bytes themselves are at `/raw`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub content: Option<Box<RawValue>>,
}

/// Who handed an entry in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Author {
    /// `installation`, `user`, `key`, or the duty of Campo itself
    pub kind: String,
    /// Its id, which duties do not have
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
}

/// A file that belongs to an entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileShown {
    /// SHA-256 of the file, hexadecimal; empty where the entry names none that can be
    pub hash: String,
    /// Its length
    pub size_bytes: i64,
    /// The form field it answers
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Such as `image/jpeg`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// True when the server has it
    pub stored: bool,
}

/// An entry without its bytes and files.
#[derive(FromRow)]
pub(super) struct Row {
    position: i64,
    id: Uuid,
    hash: Vec<u8>,
    author: String,
    author_id: Option<Uuid>,
    installation: Option<Uuid>,
    sequence: i64,
    establishment: Option<String>,
    occurred_us: i64,
    occurred_kind: String,
    received_us: i64,
    outcome: String,
    reason: Option<String>,
    marks: i64,
    files_due_us: Option<i64>,
    size_bytes: Option<i64>,
    #[sqlx(flatten)]
    extracted: Extracted,
}

impl Row {
    /// The length of its bytes, 0 when they were erased.
    pub(super) fn size_bytes(&self) -> i64 {
        self.size_bytes.unwrap_or(0)
    }
}

/// The entries at `positions`, in order.
pub(super) async fn rows(tx: &mut Tx, account: i64, positions: &[i64]) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = tx
        .fetch_many(
            "a, p",
            (vec![account; positions.len()], positions.to_vec()),
            "select e.position, e.id, e.hash, e.author, e.author_id, e.installation, e.sequence, e.establishment, \
             e.occurred_us, e.occurred_kind, e.received_us, e.outcome, e.reason, e.marks, e.files_due_us, \
             e.kind, e.session, e.employee, e.task, e.form, e.corrects, cast(length(b.bytes) as bigint) as size_bytes \
             from k join entry e on e.account = k.a and e.position = k.p \
             left join entry_body b on b.account = e.account and b.position = e.position",
        )
        .await?;
    rows.sort_by_key(|row| row.position);
    Ok(rows)
}

/// Adds bytes and files to the first `count` rows; the others, which say only that there are more, go without.
pub(super) async fn complete(
    tx: &mut Tx,
    account: i64,
    rows: Vec<Row>,
    count: usize,
) -> Result<Vec<EntryShown>> {
    let positions: Vec<i64> = rows.iter().take(count).map(|row| row.position).collect();
    let accounts = vec![account; positions.len()];
    let bodies: Vec<(i64, Vec<u8>)> = tx
        .fetch_many(
            "a, p",
            (accounts.clone(), positions.clone()),
            "select b.position, b.bytes from k join entry_body b on b.account = k.a and b.position = k.p",
        )
        .await?;
    let mut bodies: HashMap<i64, Vec<u8>> = bodies.into_iter().collect();
    let mut files: HashMap<i64, Vec<FileShown>> = HashMap::new();
    for (position, file) in self::files(tx, accounts, positions).await? {
        files.entry(position).or_default().push(file);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let body = bodies.remove(&row.position);
            let files = files.remove(&row.position).unwrap_or_default();
            shown(row, body.as_deref(), files)
        })
        .collect())
}

#[derive(FromRow)]
struct FileRow {
    position: i64,
    number: i64,
    hash: Vec<u8>,
    size_bytes: i64,
    field: Option<String>,
    media_type: Option<String>,
    stored: bool,
}

/// The files of entries, in the order in which each names them.
async fn files(tx: &mut Tx, accounts: Vec<i64>, positions: Vec<i64>) -> Result<Vec<(i64, FileShown)>> {
    let mut rows: Vec<FileRow> = tx
        .fetch_many(
            "a, p",
            (accounts, positions),
            "select f.position, f.number, f.hash, f.size_bytes, f.field, f.media_type, \
             exists (select 1 from file s where s.account = f.account and s.hash = f.hash) as stored \
             from k join entry_file f on f.account = k.a and f.position = k.p",
        )
        .await?;
    rows.sort_by_key(|row| (row.position, row.number));
    Ok(rows
        .into_iter()
        .map(|FileRow { position, hash, size_bytes, field, media_type, stored, .. }| {
            (position, FileShown { hash: hex(&hash), size_bytes, field, media_type, stored })
        })
        .collect())
}

fn shown(row: Row, body: Option<&[u8]>, files: Vec<FileShown>) -> EntryShown {
    let names = |marked: i64| {
        marks::NAMES.iter().filter(move |(mark, _)| marked & mark != 0).map(|(_, name)| *name).collect()
    };
    let content = body.and_then(readable).map(str::to_owned);
    let Extracted { kind, session, employee, task, form, corrects } = row.extracted;
    EntryShown {
        id: row.id,
        position: row.position,
        kind,
        author: Author { kind: row.author, id: row.author_id },
        installation: row.installation,
        sequence: row.sequence,
        session,
        employee,
        task,
        form,
        corrects,
        establishment: row.establishment,
        occurred_at: Instant(row.occurred_us),
        occurred_kind: OccurredKind::from_name(&row.occurred_kind),
        received_at: Instant(row.received_us),
        outcome: Outcome::from_name(&row.outcome).unwrap_or(Outcome::SetAside),
        reason: row.reason,
        marks: names(row.marks),
        files,
        files_due_at: row.files_due_us.map(Instant),
        hash: hex(&row.hash),
        erased: row.size_bytes.is_none(),
        content: content.and_then(|text| RawValue::from_string(text).ok()),
    }
}

//! Entries read back from the log, as they came in: for what happens later to them, and for `campo rebuild`.

use campo_protocol::{
    clock::{Occurred, OccurredKind},
    entry::{Entry, Kind},
    sync::Outcome,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::entry::{self, Content, Incoming};
use crate::{
    access::{Duty, Principal},
    database::Tx,
    problem::{Problem, Result},
};

/// What stands against the content of an entry whose bytes were erased.
pub const ERASED: &str = "erased";

/// An entry of the log.
#[derive(Debug, Clone)]
pub struct StoredEntry {
    /// Its position
    pub position: i64,
    /// The entry. Its content is what this release reads from the bytes, which can be more than the one that appended
    /// it understood; [`ERASED`] where the bytes are gone.
    pub incoming: Incoming,
    /// As its receipt says it
    pub outcome: Outcome,
    /// Why, where it was not applied
    pub reason: Option<String>,
    /// Until when it waits for its files, while it does
    pub files_due_us: Option<i64>,
    /// What the release that appended it, or rebuilt since, extracted from its bytes
    pub extracted: Extracted,
}

/// The columns of `entry` that are extracted from its content.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Extracted {
    /// The name of its kind, [`UNKNOWN_KIND`] when its content could not be used
    pub kind: String,
    /// The session in which it was captured
    pub session: Option<Uuid>,
    /// The employee whose entry it is
    pub employee: Option<Uuid>,
    /// The task it is about
    pub task: Option<Uuid>,
    /// The definition that a filled form answers
    pub form: Option<Uuid>,
    /// The entry that it corrects
    pub corrects: Option<Uuid>,
}

/// The kind in tables of an entry whose content could not be used.
pub const UNKNOWN_KIND: &str = "unknown";

impl Extracted {
    /// What this release extracts from an entry.
    pub fn of(incoming: &Incoming) -> Self {
        Self {
            session: incoming.session(),
            employee: incoming.employee(),
            task: incoming.task(),
            ..Self::of_content(incoming.content.as_ref().ok())
        }
    }

    /// What this release extracts from the content of an entry, none when it cannot be used.
    pub fn of_content(content: Option<&Content>) -> Self {
        let entry = content.map(|content| &content.entry);
        Self {
            kind: content.map_or(UNKNOWN_KIND, |content| content.kind.name()).to_owned(),
            session: entry.and_then(|entry| entry.session),
            employee: entry.and_then(|entry| entry.employee),
            task: entry.and_then(|entry| entry.task),
            form: content.and_then(|content| content.form),
            corrects: entry.and_then(|entry| entry.corrects),
        }
    }
}

#[derive(FromRow)]
struct Row {
    position: i64,
    id: Uuid,
    hash: Vec<u8>,
    author: String,
    author_id: Option<Uuid>,
    installation: Option<Uuid>,
    sequence: i64,
    occurred_us: i64,
    occurred_kind: String,
    received_us: i64,
    outcome: String,
    reason: Option<String>,
    marks: i64,
    files_due_us: Option<i64>,
    bytes: Option<Vec<u8>>,
    #[sqlx(flatten)]
    extracted: Extracted,
}

/// The entries at `positions`, in the order of the log. What is not there is left out.
pub async fn load(tx: &mut Tx, account: i64, positions: &[i64]) -> Result<Vec<StoredEntry>> {
    let rows: Vec<Row> = tx
        .fetch_many(
            "a, p",
            (vec![account; positions.len()], positions.to_vec()),
            "select e.position, e.id, e.hash, e.author, e.author_id, e.installation, e.sequence, e.occurred_us, \
             e.occurred_kind, e.received_us, e.outcome, e.reason, e.marks, e.files_due_us, \
             e.kind, e.session, e.employee, e.task, e.form, e.corrects, b.bytes from k \
             join entry e on e.account = k.a and e.position = k.p \
             left join entry_body b on b.account = e.account and b.position = e.position",
        )
        .await?;
    let mut entries = rows.into_iter().map(StoredEntry::from_row).collect::<Result<Vec<_>>>()?;
    entries.sort_by_key(|entry| entry.position);
    Ok(entries)
}

impl StoredEntry {
    fn from_row(row: Row) -> Result<Self> {
        let hash = row.hash.try_into().map_err(|_| {
            Problem::internal(anyhow::anyhow!("the entry at {} has a hash of another length", row.position))
        })?;
        // Only a duty can be unknown here, one that a newer release has; the folds do not ask which one it was.
        let principal =
            Principal::from_columns(&row.author, row.author_id).unwrap_or(Principal::Duty(Duty::Operator));
        let mut marks = row.marks;
        let content = match &row.bytes {
            None => Err(ERASED),
            Some(bytes) => content(bytes, row.installation, principal, &mut marks),
        };
        Ok(Self {
            position: row.position,
            incoming: Incoming {
                id: row.id,
                hash,
                bytes: row.bytes.unwrap_or_default(),
                installation: row.installation,
                sequence: row.sequence,
                principal,
                received_us: row.received_us,
                occurred: Occurred {
                    at_us: row.occurred_us,
                    kind: OccurredKind::from_name(&row.occurred_kind),
                },
                marks,
                content,
            },
            outcome: Outcome::from_name(&row.outcome).unwrap_or(Outcome::SetAside),
            reason: row.reason,
            files_due_us: row.files_due_us,
            extracted: row.extracted,
        })
    }
}

/// The content that this release reads from the bytes of an entry, or what stands against it; `marks` gains what is to
/// be marked on it.
pub fn content(
    bytes: &[u8],
    installation: Option<Uuid>,
    principal: Principal,
    marks: &mut i64,
) -> Result<Content, &'static str> {
    if let Some(installation) = installation {
        return Content::from_phone(entry::read(bytes), installation, principal, marks);
    }
    let entry: Entry = serde_json::from_slice(bytes).map_err(|_| "content_unreadable")?;
    let kind = Kind::from_name(&entry.kind).ok_or("kind_unknown")?;
    Ok(Content::new(kind, entry))
}

//! Erases entries, in the transaction that says so.

use std::collections::HashSet;

use campo_protocol::entry::Kind;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::steps::ERASED;
use crate::{
    log::{
        changes::View,
        events::{ENTRY_ADDED, ENTRY_COMPLETE, entry_event_id},
        write::{About, Write},
    },
    problem::Result,
};

/// An entry that may go.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Found {
    /// Its position
    pub(super) position: i64,
    /// Its id
    pub(super) id: Uuid,
    /// Whose it is
    pub(super) employee: Option<Uuid>,
    /// True while it has its bytes
    pub(super) is_there: bool,
}

/// Keeps the first of them, as many as a step erases; the position up to which the log is dealt with then, which is `end`
/// where all are kept.
pub(super) fn first(found: &mut Vec<Found>, end: i64) -> i64 {
    if found.len() <= ERASED {
        return end;
    }
    found.truncate(ERASED);
    found.last().map_or(end, |found| found.position)
}

/// By what rule entries go: what the entry says that names them.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub(super) enum Rule {
    /// They were kept for as long as the account keeps their class
    Age {
        /// The class
        class: &'static str,
        /// For how many days
        days: i64,
    },
    /// The task that they are about was deleted so many days before
    Deleted {
        /// The task
        task: Uuid,
        /// How many days
        days: i64,
    },
    /// Somebody asked that a person be forgotten
    Asked {
        /// What was asked, as `/v1/erasures` shows it
        erasure: Uuid,
        /// The person
        employee: Uuid,
    },
}

#[derive(Serialize)]
struct Erased<'a> {
    #[serde(flatten)]
    rule: Rule,
    entries: &'a [Uuid],
}

/// Takes bytes and salt of entries, their files, their messages and what their events told, and appends an entry that
/// says so. How many there were; those whose bytes are gone already are left out.
pub(super) async fn entries(write: &mut Write, found: &[Found], rule: Rule) -> Result<usize> {
    if found.is_empty() {
        return Ok(0);
    }
    let account = write.account();
    let positions: Vec<i64> = found.iter().map(|found| found.position).collect();
    let gone: Vec<(i64,)> = write
        .tx()
        .fetch_many(
            "a, p",
            (vec![account; positions.len()], positions),
            "delete from entry_body where (account, position) in (select a, p from k) returning position",
        )
        .await?;
    let gone: HashSet<i64> = gone.into_iter().map(|row| row.0).collect();
    let found: Vec<&Found> = found.iter().filter(|found| gone.contains(&found.position)).collect();
    if found.is_empty() {
        return Ok(0);
    }
    let count = found.len();
    write
        .tx()
        .change_many(
            "a, p",
            (vec![account; count], found.iter().map(|found| found.position).collect::<Vec<_>>()),
            "delete from entry_file where (account, position) in (select a, p from k)",
        )
        .await?;
    let ids: Vec<Uuid> = found.iter().map(|found| found.id).collect();
    let events: Vec<Uuid> = ids
        .iter()
        .flat_map(|id| [ENTRY_ADDED, ENTRY_COMPLETE].map(|kind| entry_event_id(account, *id, kind)))
        .collect();
    write
        .tx()
        .change_many(
            "a, i",
            (vec![account; events.len()], events),
            "delete from event_snapshot where (account, snapshot) in ( \
             select e.account, e.snapshot from k join event e on e.account = k.a and e.id = k.i)",
        )
        .await?;
    messages(write, &ids).await?;
    write.entry(Kind::Erased, About::default(), &Erased { rule, entries: &ids })?;
    Ok(count)
}

/// Takes the messages that the entries made, from phones too.
async fn messages(write: &mut Write, ids: &[Uuid]) -> Result<()> {
    let account = write.account();
    let gone: Vec<(Uuid,)> = write
        .tx()
        .fetch_many(
            "a, i",
            (vec![account; ids.len()], ids.to_vec()),
            "delete from message where (account, id) in (select a, i from k) returning id",
        )
        .await?;
    for (id,) in gone {
        write.view(View { kind: "message", id, scopes: Vec::new(), body: b"{}".to_vec() });
    }
    Ok(())
}

//! Recording an act in its transaction.

use std::collections::HashMap;

use serde::Serialize;
use uuid::Uuid;

use crate::{
    access::{PermissionName, Permissions},
    database::columns,
    log::write::Write,
    problem::{Problem, Result},
};

/// What is done to many things at once.
#[derive(Debug, Clone)]
pub struct NewAct<D> {
    /// Its kind, such as `tasks.assign`
    pub kind: &'static str,
    /// The permission that it needs, and taking it back too
    pub permission: PermissionName,
    /// What taking it back needs besides, unless its author does
    pub also: Permissions,
    /// What people are told of it
    pub detail: D,
    /// For how long it can be taken back; not before [`close`] says so when absent
    pub undo_for_us: Option<i64>,
    /// The act that it takes back
    pub undoes: Option<Uuid>,
}

/// One thing that an act changed.
#[derive(Debug, Clone)]
pub struct Changed {
    /// What kind of thing, such as `task`
    pub subject_kind: &'static str,
    /// Which
    pub subject: Uuid,
    /// `created`, `updated` or `removed`
    pub effect: &'static str,
    /// Its version before; none for a new one
    pub version_before: Option<i64>,
    /// Its version as the act leaves it
    pub version_after: i64,
    /// What it was before, as its capability reads it
    pub before: Option<String>,
}

struct Row {
    account: i64,
    act: Uuid,
    number: i64,
    subject_kind: &'static str,
    subject: Uuid,
    effect: &'static str,
    version_before: Option<i64>,
    version_after: i64,
    before: Option<String>,
    position: i64,
}

/// Records an act, as the last thing before the commit: what is appended to the entry log behind it counts as work that
/// followed. Nothing is recorded, and none returned, where nothing was changed.
pub async fn record<D: Serialize>(
    write: &mut Write,
    act: NewAct<D>,
    changed: Vec<Changed>,
) -> Result<Option<Uuid>> {
    if changed.is_empty() {
        return Ok(None);
    }
    let id = write.new_id();
    open(write, id, act).await?;
    extend(write, id, changed).await?;
    Ok(Some(id))
}

/// Records an act of this id that changed nothing yet. What it changes then, in this transaction and others, [`extend`]
/// adds.
pub async fn open<D: Serialize>(write: &mut Write, id: Uuid, act: NewAct<D>) -> Result<()> {
    let (account, now_us, author) = (write.account(), write.now_us, write.principal);
    let position = write.entry_position();
    let detail = serde_json::to_string(&act.detail).map_err(Problem::internal)?;
    let also: Vec<&str> = act.also.names().iter().map(|name| name.name()).collect();
    let also = serde_json::to_string(&also).map_err(Problem::internal)?;
    write
        .tx()
        .execute(
            "insert into act (account, id, kind, permission, author, author_id, detail, undoes, effects, position, \
             created_us, undo_until_us, also) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12)",
            (
                account,
                id,
                act.kind,
                act.permission.name(),
                author.kind(),
                author.id(),
                detail,
                act.undoes,
                position,
                now_us,
                act.undo_for_us.map(|for_us| now_us.saturating_add(for_us)),
                also,
            ),
        )
        .await?;
    write.touch("acts");
    Ok(())
}

/// Says that an act is over: from now on it can be taken back for a time.
pub async fn close(write: &mut Write, act: Uuid, undo_for_us: i64) -> Result<()> {
    let (account, until_us) = (write.account(), write.now_us.saturating_add(undo_for_us));
    write
        .tx()
        .execute(
            "update act set undo_until_us = $3 where account = $1 and id = $2 and undone_us is null",
            (account, act, until_us),
        )
        .await?;
    write.touch("acts");
    Ok(())
}

/// Adds what an act changed, as the last thing before the commit. What it changed more than once is one effect: it goes
/// back to what it was before the first.
pub async fn extend(write: &mut Write, act: Uuid, changed: Vec<Changed>) -> Result<()> {
    let (account, position) = (write.account(), write.entry_position());
    let mut known = numbers(write, act, &changed).await?;
    let (mut last,): (i64,) = write
        .tx()
        .fetch_one(
            "select coalesce(max(number), 0) from act_effect where account = $1 and act = $2",
            (account, act),
        )
        .await?;
    let (mut rows, mut places) = (Vec::<Row>::new(), HashMap::new());
    for one in changed {
        let key = (one.subject_kind, one.subject);
        if let Some(place) = places.get(&key) {
            let row: &mut Row = &mut rows[*place];
            row.version_after = one.version_after;
            continue;
        }
        let number = known.remove(&(one.subject_kind.to_owned(), one.subject)).unwrap_or_else(|| {
            last += 1;
            last
        });
        places.insert(key, rows.len());
        rows.push(Row {
            account,
            act,
            number,
            subject_kind: one.subject_kind,
            subject: one.subject,
            effect: one.effect,
            version_before: one.version_before,
            version_after: one.version_after,
            before: one.before,
            position,
        });
    }
    write
        .tx()
        .insert_many(
            "insert into act_effect (account, act, number, subject_kind, subject, effect, version_before, \
             version_after, before, position)",
            columns!(rows => account, act, number, subject_kind, subject, effect, version_before, version_after,
                before, position),
            "on conflict (account, act, number) do update \
             set version_after = excluded.version_after, position = excluded.position",
        )
        .await?;
    write
        .tx()
        .execute("update act set effects = $3 where account = $1 and id = $2", (account, act, last))
        .await?;
    Ok(())
}

/// The effects of an act on these things, by their numbers.
async fn numbers(write: &mut Write, act: Uuid, changed: &[Changed]) -> Result<HashMap<(String, Uuid), i64>> {
    let account = write.account();
    let kinds: Vec<&'static str> = changed.iter().map(|one| one.subject_kind).collect();
    let subjects: Vec<Uuid> = changed.iter().map(|one| one.subject).collect();
    let found: Vec<(String, Uuid, i64)> = write
        .tx()
        .fetch_many(
            "a, c, d, s",
            (vec![account; subjects.len()], vec![act; subjects.len()], kinds, subjects),
            "select e.subject_kind, e.subject, e.number from k join act_effect e on e.account = k.a \
             and e.subject_kind = k.d and e.subject = k.s and e.act = k.c",
        )
        .await?;
    Ok(found.into_iter().map(|(kind, subject, number)| ((kind, subject), number)).collect())
}

//! Recording an act in its transaction.

use serde::Serialize;
use uuid::Uuid;

use crate::{
    access::PermissionName,
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
    /// What people are told of it
    pub detail: D,
    /// For how long it can be taken back
    pub undo_for_us: i64,
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
    let (account, id, now_us, author) = (write.account(), write.new_id(), write.now_us, write.principal);
    let position = write.entry_position();
    let detail = serde_json::to_string(&act.detail).map_err(Problem::internal)?;
    write
        .tx()
        .execute(
            "insert into act (account, id, kind, permission, author, author_id, detail, undoes, effects, position, \
             created_us, undo_until_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            (
                account,
                id,
                act.kind,
                act.permission.name(),
                author.kind(),
                author.id(),
                detail,
                act.undoes,
                changed.len() as i64,
                position,
                now_us,
                now_us.saturating_add(act.undo_for_us),
            ),
        )
        .await?;
    append(write, id, 0, changed).await?;
    write.touch("acts");
    Ok(Some(id))
}

/// Adds what an act changed, behind its first `from` effects.
async fn append(write: &mut Write, act: Uuid, from: i64, changed: Vec<Changed>) -> Result<()> {
    let account = write.account();
    let rows: Vec<Row> = (from + 1..)
        .zip(changed)
        .map(|(number, one)| Row {
            account,
            act,
            number,
            subject_kind: one.subject_kind,
            subject: one.subject,
            effect: one.effect,
            version_before: one.version_before,
            version_after: one.version_after,
            before: one.before,
        })
        .collect();
    write
        .tx()
        .insert_many(
            "insert into act_effect (account, act, number, subject_kind, subject, effect, version_before, \
             version_after, before)",
            columns!(rows => account, act, number, subject_kind, subject, effect, version_before, version_after,
                before),
            "",
        )
        .await?;
    Ok(())
}

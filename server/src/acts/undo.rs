//! Taking an act back.

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    act::{Row, may},
    record::{Changed, NewAct, record},
};
use crate::{
    access::{Caller, PermissionName},
    app::App,
    capabilities::UNDOERS,
    database::columns,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// How many effects of an act are taken back in one transaction.
pub const PART: i64 = 500;
/// For how long taking back can be taken back: 10 minutes.
const AGAIN_US: i64 = 600 * 1_000_000;

/// One effect of an act, for whoever puts it back.
#[derive(Debug, Clone, FromRow)]
pub struct EffectRow {
    /// Its number in the act
    pub number: i64,
    /// What kind of thing
    pub subject_kind: String,
    /// Which
    pub subject: Uuid,
    /// `created`, `updated` or `removed`
    pub effect: String,
    /// The version that the act left
    pub version_after: i64,
    /// What it was before
    pub before: Option<String>,
}

/// What became of one effect: what putting it back changed, or why it stays.
pub type PutBack = Result<Changed, &'static str>;

/// Things being put back.
pub type PuttingBack<'a> = BoxFuture<'a, Result<Vec<PutBack>>>;

/// How things of one kind are put back.
#[derive(Debug, Clone, Copy)]
pub struct Undoer {
    /// The kind of thing
    pub subject_kind: &'static str,
    /// Puts things back that are as the act left them and on which no work followed (entries behind `position`), in the
    /// transaction; an outcome for each effect, in their order. A dry run says the same and changes nothing.
    pub run: for<'a> fn(&'a mut Write, &'a [EffectRow], i64) -> PuttingBack<'a>,
}

/// A thing that stays as it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Kept {
    /// What kind of thing
    pub subject_kind: String,
    /// Which
    pub subject: Uuid,
    /// Why: `changed_since` (somebody changed it), `went_on` (work on it followed), `gone` (it is not there any more)
    pub reason: String,
}

/// What became of taking an act back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Undone {
    /// The act that took it back, where anything was; it can be taken back for 10 minutes
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Uuid>,
    /// How many things are, or would be, as they were before
    pub undone: i64,
    /// What stays, and why
    pub kept: Vec<Kept>,
}

/// Takes an act back, or with `dry_run` only counts what would go back and what would stay. [`Code::NotFound`] for one
/// whose permission the caller has not; [`Code::Gone`] when it was taken back, or its time is over; [`Code::Conflict`]
/// for one that is taken back in its own way, since it changed more than one transaction holds.
pub async fn undo(app: &App, caller: &Caller, act: Uuid, dry_run: bool) -> Result<Undone> {
    let mut write = app.log.begin(&caller.oneself(), Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let row: Option<Row> = write
        .tx()
        .fetch_optional(
            "select id, kind, permission, author, author_id, detail, undoes, effects, position, created_us, \
             undo_until_us, undone_us from act where account = $1 and id = $2",
            (account, act),
        )
        .await?;
    let row = row.filter(|row| may(caller, &row.permission)).ok_or(Code::NotFound)?;
    let permission = PermissionName::ALL.iter().copied().find(|name| name.name() == row.permission);
    let permission = permission.ok_or(Code::NotFound)?;
    if row.undone_us.is_some() || row.undo_until_us.is_none_or(|until_us| until_us < now_us) {
        return Err(Code::Gone.into());
    }
    let effects = effects(&mut write, act, 0, PART + 1).await?;
    if effects.len() as i64 > PART {
        return Err(Problem::new(Code::Conflict).with("with", format!("more than {PART} changes")));
    }
    let (changed, kept) = put_back(&mut write, act, &effects, row.position).await?;
    let undone = changed.len() as i64;
    if dry_run {
        return Ok(Undone { act: None, undone, kept });
    }
    write
        .tx()
        .execute(
            "update act set undone_us = $3, undone_by = $4 where account = $1 and id = $2",
            (account, row.id, now_us, caller.principal.id()),
        )
        .await?;
    let detail = json!({"undone": undone, "kept": kept.len()});
    let again = NewAct { kind: "undo", permission, detail, undo_for_us: AGAIN_US, undoes: Some(act) };
    let by = record(&mut write, again, changed).await?;
    write.touch("acts");
    write.commit().await?;
    Ok(Undone { act: by, undone, kept })
}

/// The effects of an act behind `after`, in their order.
pub async fn effects(write: &mut Write, act: Uuid, after: i64, limit: i64) -> Result<Vec<EffectRow>> {
    let account = write.account();
    write
        .tx()
        .fetch_all(
            "select number, subject_kind, subject, effect, version_after, before from act_effect \
             where account = $1 and act = $2 and number > $3 order by number limit $4",
            (account, act, after, limit),
        )
        .await
}

/// Puts back what `effects` changed, by kind of thing, and notes the outcome of each. What was changed, and what stays.
pub async fn put_back(
    write: &mut Write,
    act: Uuid,
    effects: &[EffectRow],
    position: i64,
) -> Result<(Vec<Changed>, Vec<Kept>)> {
    let (mut changed, mut kept, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for undoer in UNDOERS {
        let of_kind: Vec<EffectRow> =
            effects.iter().filter(|one| one.subject_kind == undoer.subject_kind).cloned().collect();
        if of_kind.is_empty() {
            continue;
        }
        let put = (undoer.run)(write, &of_kind, position).await?;
        for (effect, outcome) in of_kind.iter().zip(put) {
            outcomes.push((effect.number, outcome.as_ref().err().copied().unwrap_or("undone")));
            match outcome {
                Ok(one) => changed.push(one),
                Err(reason) => kept.push(Kept {
                    subject_kind: effect.subject_kind.clone(),
                    subject: effect.subject,
                    reason: reason.to_owned(),
                }),
            }
        }
    }
    note(write, act, outcomes).await?;
    Ok((changed, kept))
}

struct Noted {
    account: i64,
    act: Uuid,
    number: i64,
    outcome: &'static str,
}

async fn note(write: &mut Write, act: Uuid, outcomes: Vec<(i64, &'static str)>) -> Result<()> {
    let account = write.account();
    let rows: Vec<Noted> =
        outcomes.into_iter().map(|(number, outcome)| Noted { account, act, number, outcome }).collect();
    if rows.is_empty() {
        return Ok(());
    }
    write
        .tx()
        .insert_many(
            "insert into act_outcome (account, act, number, outcome)",
            columns!(rows => account, act, number, outcome),
            "on conflict (account, act, number) do update set outcome = excluded.outcome",
        )
        .await?;
    Ok(())
}

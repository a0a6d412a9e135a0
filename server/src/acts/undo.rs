//! Taking an act back.

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    act::{Row, may},
    record::{Changed, NewAct, open, record},
    undo_job,
};
use crate::{
    access::{Caller, PermissionName, Permissions},
    app::App,
    capabilities::UNDOERS,
    database::columns,
    jobs,
    log::write::Write,
    notices::{Told, kinds::IMPORT_UNDO_KEPT, tell},
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// How many effects of an act are taken back in one transaction.
pub const PART: i64 = 500;
/// How many of them are counted in one transaction, which sees what those before it would set free.
const COUNTED: i64 = 5000;
/// How many things that stay are named.
const NAMED: usize = 500;
/// For how long taking back can be taken back: 10 minutes.
pub(super) const AGAIN_US: i64 = 600 * 1_000_000;
/// The outcome of what was taken back.
const UNDONE: &str = "undone";

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
    /// Entries behind this position followed the act
    pub position: i64,
}

impl EffectRow {
    /// True when there was nothing before it.
    pub fn made(&self) -> bool {
        self.effect == "created"
    }
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
    /// True when what an act made is taken out of use, false when it is withdrawn and stays to be seen
    pub removes: bool,
    /// Puts things back that are as the act left them and on which no work followed, in the transaction; an outcome for
    /// each effect, in their order. The caller asked for the permissions of the act. A dry run says the same and changes
    /// nothing.
    pub run: for<'a> fn(&'a mut Write, &'a [EffectRow]) -> PuttingBack<'a>,
}

/// A thing that stays as it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Kept {
    /// What kind of thing
    pub subject_kind: String,
    /// Which
    pub subject: Uuid,
    /// Why: `changed_since` (somebody changed it), `went_on` (work on it followed), `in_use` (something else names it),
    /// `gone` (it is not there any more)
    pub reason: String,
}

/// How far taking an act back is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UndoState {
    /// It was not begun, or only counted
    #[default]
    NotBegun,
    /// It goes on in the background: `GET` shows how far it is
    Running,
    /// It is over
    Done,
}

/// What became of taking an act back, or would.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Undone {
    /// The act that takes it back, where anything is; it can be taken back for 10 minutes
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Uuid>,
    /// How far it is
    pub state: UndoState,
    /// How many things are, or would be, as they were before: the sum of the three that follow
    pub undone: i64,
    /// How many of them are what they were before
    pub went_back: i64,
    /// How many of them are new tasks, which are withdrawn
    pub withdrawn: i64,
    /// How many of them are other new things, which are taken out of use
    pub removed: i64,
    /// How many things stay
    pub stays: i64,
    /// What stays, and why; the first 500
    pub kept: Vec<Kept>,
}

impl Undone {
    fn count(&mut self, subject_kind: &str, effect: &str, outcome: &str, count: i64) {
        let removes = UNDOERS.iter().any(|undoer| undoer.removes && undoer.subject_kind == subject_kind);
        match (outcome, effect) {
            (UNDONE, "created") if removes => self.removed += count,
            (UNDONE, "created") => self.withdrawn += count,
            (UNDONE, _) => self.went_back += count,
            _ => self.stays += count,
        }
        self.undone = self.removed + self.withdrawn + self.went_back;
    }
}

/// Takes an act back, or with `dry_run` only counts what would go back and what would stay. What changed more than
/// [`PART`] things is taken back by a job. [`Code::NotFound`] for one whose permission the caller has not;
/// [`Code::Gone`] when it was taken back, its time is over, or it still goes on.
pub async fn undo(app: &App, caller: &Caller, act: Uuid, dry_run: bool) -> Result<Undone> {
    let mut write = app.log.begin(&caller.oneself(), Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let row = Row::locked(&mut write, act).await?;
    let row = row.filter(|row| may(caller, &row.permission)).ok_or(Code::NotFound)?;
    row.must_be_undone_by(caller)?;
    let permission = PermissionName::ALL.iter().copied().find(|name| name.name() == row.permission);
    let permission = permission.ok_or(Code::NotFound)?;
    if row.undone_us.is_some() || row.undo_until_us.is_none_or(|until_us| until_us < now_us) {
        return Err(Code::Gone.into());
    }
    if row.undoing.is_some() {
        drop(write);
        return shown(app, caller, act).await;
    }
    if dry_run {
        return counted(app, caller, write, act).await;
    }
    let mut undone = Undone { state: UndoState::Done, ..Undone::default() };
    let also = Permissions::default();
    let (kinds,): (i64,) = write
        .tx()
        .fetch_one(
            "select count(distinct subject_kind) from act_effect where account = $1 and act = $2",
            (account, act),
        )
        .await?;
    // A place goes once the tasks at it are withdrawn, which is seen behind the commit
    if row.effects > PART || kinds > 1 {
        let by = write.new_id();
        let again = NewAct {
            kind: "undo",
            permission,
            also,
            detail: json!({}),
            undo_for_us: None,
            undoes: Some(act),
        };
        open(&mut write, by, again).await?;
        write
            .tx()
            .execute("update act set undoing = $3 where account = $1 and id = $2", (account, act, by))
            .await?;
        jobs::enqueue(&mut write, &undo_job::JOB, "undo", by, &undo_job::Body { act }).await?;
        write.commit().await?;
        app.work.notify_one();
        return Ok(Undone { act: Some(by), state: UndoState::Running, ..undone });
    }
    let effects = next(&mut write, act).await?;
    let changed = put_back(&mut write, act, &effects, &mut undone).await?;
    over(&mut write, caller, &row, &undone).await?;
    let detail = json!({"undone": undone.undone, "kept": undone.stays});
    let again =
        NewAct { kind: "undo", permission, also, detail, undo_for_us: Some(AGAIN_US), undoes: Some(act) };
    undone.act = record(&mut write, again, changed).await?;
    write.touch("acts");
    write.commit().await?;
    Ok(undone)
}

/// Notes that an act is taken back. What of an import stays since somebody works on it is told.
pub(super) async fn over(write: &mut Write, caller: &Caller, row: &Row, undone: &Undone) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update act set undone_us = $3, undone_by = $4, undoing = null where account = $1 and id = $2",
            (account, row.id, now_us, caller.principal.id()),
        )
        .await?;
    let (went_on,): (i64,) = write
        .tx()
        .fetch_one(
            "select count(*) from act_outcome where account = $1 and act = $2 and outcome = 'went_on'",
            (account, row.id),
        )
        .await?;
    let detail: serde_json::Value = serde_json::from_str(&row.detail).map_err(Problem::internal)?;
    if let Some(file) = detail.get("file_name").and_then(serde_json::Value::as_str)
        && went_on > 0
    {
        let told = Told {
            kind: IMPORT_UNDO_KEPT,
            subject: Some(("act", row.id)),
            cause: row.id.to_string(),
            detail: [
                ("file", file.to_owned()),
                ("undone", undone.undone.to_string()),
                ("count", went_on.to_string()),
            ]
            .into(),
        };
        tell(write, told).await?;
    }
    write.touch("imports");
    Ok(())
}

/// Counts what would become of taking an act back.
async fn counted(app: &App, caller: &Caller, mut write: Write, act: Uuid) -> Result<Undone> {
    let (mut undone, mut together) = (Undone::default(), 0);
    for of_tasks in [true, false] {
        let mut before = i64::MAX;
        loop {
            let effects = effects(&mut write, act, of_tasks, before).await?;
            let Some(last) = effects.last() else { break };
            before = last.number;
            if !of_tasks {
                withdraw_tasks_at(&mut write, act, &effects).await?;
            }
            put_back(&mut write, act, &effects, &mut undone).await?;
            together += PART;
            if together >= COUNTED {
                // Dropped, it leaves nothing behind, and others have their turn
                drop(write);
                write = app.log.begin(&caller.oneself(), Class::Office).await?;
                together = 0;
            }
        }
    }
    Ok(undone)
}

/// Takes back what the act did to the tasks at these things, which are in use as long as one of them is open: in earnest
/// they are withdrawn before.
async fn withdraw_tasks_at(write: &mut Write, act: Uuid, effects: &[EffectRow]) -> Result<()> {
    let account = write.account();
    let places: Vec<Uuid> = effects.iter().map(|effect| effect.subject).collect();
    let of_tasks: Vec<EffectRow> = write
        .tx()
        .fetch_many(
            "a, c, i",
            (vec![account; places.len()], vec![act; places.len()], places),
            "select e.number, e.subject_kind, e.subject, e.effect, e.version_after, e.before, \
             coalesce(e.position, a.position) as position from k \
             join task t on t.account = k.a and t.poi = k.i \
             join act_effect e on e.account = k.a and e.act = k.c and e.subject_kind = 'task' and e.subject = t.id \
             join act a on a.account = k.a and a.id = k.c where not exists (select 1 from act_outcome o \
             where o.account = e.account and o.act = e.act and o.number = e.number)",
        )
        .await?;
    // Counted already, in a transaction that is gone
    put_back(write, act, &of_tasks, &mut Undone::default()).await?;
    write.fold().await
}

/// What is taken back next: tasks before what they are at, and the last effect first.
pub(super) async fn next(write: &mut Write, act: Uuid) -> Result<Vec<EffectRow>> {
    let of_tasks = effects(write, act, true, i64::MAX).await?;
    if of_tasks.is_empty() { effects(write, act, false, i64::MAX).await } else { Ok(of_tasks) }
}

/// How far taking an act back is.
pub(super) async fn shown(app: &App, caller: &Caller, act: Uuid) -> Result<Undone> {
    let account = caller.account;
    let row = Row::load(&app.db, account, act).await?;
    let row = row.filter(|row| may(caller, &row.permission)).ok_or(Code::NotFound)?;
    let counts: Vec<(String, String, String, i64)> = app
        .db
        .fetch_all(
            "select e.subject_kind, e.effect, o.outcome, count(*) from act_outcome o join act_effect e \
             on e.account = o.account and e.act = o.act and e.number = o.number \
             where o.account = $1 and o.act = $2 group by e.subject_kind, e.effect, o.outcome",
            (account, act),
        )
        .await?;
    let kept: Vec<(String, Uuid, String)> = app
        .db
        .fetch_all(
            "select e.subject_kind, e.subject, o.outcome from act_outcome o join act_effect e \
             on e.account = o.account and e.act = o.act and e.number = o.number \
             where o.account = $1 and o.act = $2 and o.outcome <> 'undone' order by o.number desc limit $3",
            (account, act, NAMED as i64),
        )
        .await?;
    let by: Option<(Uuid,)> = app
        .db
        .fetch_optional(
            "select id from act where account = $1 and undoes = $2 order by created_us desc, id desc limit 1",
            (account, act),
        )
        .await?;
    let state = match (row.undone_us, row.undoing) {
        (Some(_), _) => UndoState::Done,
        (None, Some(_)) => UndoState::Running,
        (None, None) => UndoState::NotBegun,
    };
    let mut undone = Undone { act: by.map(|(by,)| by), state, ..Undone::default() };
    for (subject_kind, effect, outcome, count) in counts {
        undone.count(&subject_kind, &effect, &outcome, count);
    }
    let kept = kept.into_iter().map(|(subject_kind, subject, reason)| Kept { subject_kind, subject, reason });
    undone.kept = kept.collect();
    Ok(undone)
}

/// The effects of an act on tasks, or on all else, that have no outcome yet, before `before`, the last one first: what was
/// done on top of something goes before it.
async fn effects(write: &mut Write, act: Uuid, of_tasks: bool, before: i64) -> Result<Vec<EffectRow>> {
    let account = write.account();
    write
        .tx()
        .fetch_all(
            "select e.number, e.subject_kind, e.subject, e.effect, e.version_after, e.before, \
             coalesce(e.position, a.position) as position from act a join act_effect e \
             on e.account = a.account and e.act = a.id \
             where a.account = $1 and a.id = $2 and e.number < $3 and not exists (select 1 from act_outcome o \
             where o.account = e.account and o.act = e.act and o.number = e.number) \
             and (e.subject_kind = 'task') = $4 order by e.number desc limit $5",
            (account, act, before, of_tasks, PART),
        )
        .await
}

/// Puts back what `effects` changed, by kind of thing, notes the outcome of each and counts it. What was changed.
pub async fn put_back(
    write: &mut Write,
    act: Uuid,
    effects: &[EffectRow],
    undone: &mut Undone,
) -> Result<Vec<Changed>> {
    let (mut changed, mut outcomes) = (Vec::new(), Vec::new());
    for undoer in UNDOERS {
        let of_kind: Vec<EffectRow> =
            effects.iter().filter(|one| one.subject_kind == undoer.subject_kind).cloned().collect();
        if of_kind.is_empty() {
            continue;
        }
        let put = (undoer.run)(write, &of_kind).await?;
        for (effect, outcome) in of_kind.iter().zip(put) {
            let named = outcome.as_ref().err().copied().unwrap_or(UNDONE);
            outcomes.push((effect.number, named));
            undone.count(&effect.subject_kind, &effect.effect, named, 1);
            match outcome {
                Ok(one) => changed.push(one),
                Err(reason) if undone.kept.len() < NAMED => undone.kept.push(Kept {
                    subject_kind: effect.subject_kind.clone(),
                    subject: effect.subject,
                    reason: reason.to_owned(),
                }),
                Err(_) => {}
            }
        }
    }
    // What a later release can put back alone
    let known = |one: &&EffectRow| UNDOERS.iter().any(|undoer| undoer.subject_kind == one.subject_kind);
    for effect in effects.iter().filter(|one| !known(one)) {
        outcomes.push((effect.number, "unknown"));
        undone.count(&effect.subject_kind, &effect.effect, "unknown", 1);
    }
    note(write, act, outcomes).await?;
    Ok(changed)
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

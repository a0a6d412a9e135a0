//! `campo rebuild`: folds the entry log of an account anew, in the order of its positions, and compares what comes out
//! with the projections: task states, assignments, messages, sessions, and what is said of each entry.
//!
//! The log is read in batches without holding anybody up; only the last entries are folded, and the projections of
//! tasks and sessions compared and written, under the account's lock. Task states and sessions stand in memory, since
//! any entry may touch any of them; entries and messages do not.

mod compare;
mod replay;
mod tables;

use std::fmt;

use uuid::Uuid;

use self::{compare::Fixes, replay::Replay};
use crate::{
    access::{Allowed, permissions::ManageAccount},
    app::App,
    database::Tx,
    log::{
        context::{Context, Wanted},
        tasks,
        write::Write,
    },
    problem::Result,
    scheduler::Class,
};

/// How many entries are read at a time.
const BATCH: i64 = 250;

/// What to do about differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only report them
    Compare,
    /// Replace what is stored by what was folded
    Write,
}

/// A field that is not what folding the log gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The account
    pub account: i64,
    /// The table
    pub table: &'static str,
    /// Which row: its key within the account
    pub key: String,
    /// The column, or [`ROW`]
    pub field: &'static str,
    /// What is stored; none where there is no row
    pub stored: Option<String>,
    /// What was folded; none where there should be no row
    pub folded: Option<String>,
}

/// Stands for the whole row in [`Difference::field`].
pub const ROW: &str = "row";

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, table, key, field, .. } = self;
        write!(f, "account {account}: {table} {key}: ")?;
        match (&self.stored, &self.folded) {
            (None, _) => f.write_str("the row is missing"),
            (_, None) => f.write_str("the row should not be there"),
            (Some(stored), Some(folded)) => write!(f, "{field} is `{stored}`, folding gives `{folded}`"),
        }
    }
}

/// What was folded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Entries that were folded
    pub entries: u64,
    /// Entries that could not be, and those that only concern tasks that they concern: their bytes are erased, or a
    /// newer release wrote them. Nothing is said of them or of those tasks
    pub skipped: u64,
    /// Tasks with a state
    pub tasks: u64,
    /// Differences found
    pub differences: u64,
}

/// Rebuilds the projections of the account, hands each difference to `report`, and replaces what differs if `mode`
/// says so.
///
/// Replacing shows phones the tasks that changed, but makes no events: receivers were told what was true then.
pub async fn rebuild(
    app: &App,
    allowed: &Allowed<ManageAccount>,
    mode: Mode,
    report: &mut (dyn FnMut(Difference) + Send),
) -> Result<Summary> {
    let account = allowed.account();
    let mut replay = Replay::new(account);
    let mut summary = Summary::default();
    let mut counted = |difference: Difference| {
        summary.differences += 1;
        report(difference);
    };
    loop {
        let mut tx = app.db.begin_snapshot().await?;
        if replay.position >= tables::head(&mut tx, account).await? {
            break;
        }
        let fixes = batch(&mut replay, &mut tx, &mut counted).await?;
        tx.rollback().await;
        if mode == Mode::Write && !fixes.is_empty() {
            let mut write = app.log.begin(allowed, Class::Housekeeping).await?;
            fixes.write(&mut write).await?;
            write.commit().await?;
        }
    }
    match mode {
        Mode::Compare => {
            let mut tx = app.db.begin_snapshot().await?;
            rest(&mut replay, &mut tx, &mut counted).await?;
            tx.rollback().await;
        }
        Mode::Write => {
            let mut write = app.log.begin(allowed, Class::Housekeeping).await?;
            for fixes in rest(&mut replay, write.tx(), &mut counted).await? {
                let tasks = fixes.tasks();
                fixes.write(&mut write).await?;
                show_phones(app, &mut write, tasks).await?;
            }
            write.commit().await?;
        }
    }
    summary.entries = replay.folded;
    summary.skipped = replay.skipped;
    summary.tasks = replay.tasks.len() as u64;
    Ok(summary)
}

/// Folds the next batch and compares what is said of its entries, and its messages.
async fn batch(replay: &mut Replay, tx: &mut Tx, report: &mut impl FnMut(Difference)) -> Result<Fixes> {
    let from = replay.position + 1;
    let to = tables::head(tx, replay.account).await?.min(replay.position + BATCH);
    let entries = tables::entries(tx, replay.account, from, to).await?;
    let replayed = entries.into_iter().map(|entry| replay.entry(entry)).collect::<Vec<_>>();
    replay.position = to;
    compare::entries(tx, replay.account, &replayed, report).await
}

/// Folds what came meanwhile and compares the projections that stand in memory. `tx` sees one state of the account.
async fn rest(replay: &mut Replay, tx: &mut Tx, report: &mut impl FnMut(Difference)) -> Result<Vec<Fixes>> {
    let mut fixes = Vec::new();
    while replay.position < tables::head(tx, replay.account).await? {
        fixes.push(batch(replay, tx, report).await?);
    }
    fixes.push(compare::stray_messages(tx, replay.account, report).await?);
    fixes.extend(compare::tasks(tx, replay, report).await?);
    fixes.push(compare::sessions(tx, replay, report).await?);
    fixes.retain(|fixes| !fixes.is_empty());
    Ok(fixes)
}

/// Files the tasks anew whose state was replaced, so that phones hear of it.
async fn show_phones(app: &App, write: &mut Write, tasks: Vec<Uuid>) -> Result<()> {
    let wanted = tasks.into_iter().map(|task| (write.account(), task)).collect();
    let wanted = Wanted { tasks: wanted, ..Wanted::default() };
    let edited = wanted.tasks.clone();
    let context = Context::load(write.tx(), &app.log.shared.directory, wanted).await?;
    for (_, view) in tasks::views(&context, &edited)? {
        write.view(view);
    }
    Ok(())
}

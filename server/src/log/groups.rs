//! Submissions of phones become groups: whoever waits for an account's turn rides in the same transaction.
//!
//! What a group takes says [`super::queue`]. A group that fails is rolled back and its submissions are tried one by one,
//! so that a bad one costs only itself. The group runs as a task of its own: a client that hangs up cancels nothing.

use std::time::Duration;

use campo_protocol::{chain::SignedHead, sync::Receipt};
use tokio::sync::oneshot;

use super::{
    Log,
    entry::Incoming,
    flush::{self, Appended, Batch},
    head,
    queue::Submission,
};
use crate::{
    database::Tx,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// How many times as long as its last group took a flood rests beside calm accounts: two thirds of the time are theirs.
const RESTS: u32 = 2;
/// The longest that it rests.
const LONGEST_REST: Duration = Duration::from_millis(50);

/// What became of a submission.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// One for each entry, in order
    pub receipts: Vec<Receipt>,
    /// The heads of the chains that they stand in
    pub heads: Vec<SignedHead>,
}

/// Appends `entries` of one account in a group and waits until they are durable.
pub async fn submit(log: &Log, account: i64, entries: Vec<Incoming>) -> Result<Submitted> {
    let (answer, receiver) = oneshot::channel();
    let submission = Submission::new(entries, answer, log.shared.environment.monotonic_us());
    if log.shared.queue.push(account, submission, log.shared.queue_bound)? {
        tokio::spawn(run(log.clone(), account));
    }
    receiver.await.map_err(|_| Problem::new(Code::Unavailable))?
}

/// Takes turns for an account until nothing of it waits.
///
/// There is one such task an account. One for every submission that finds the queue empty would let them pile up where
/// a turn takes the submissions of all accounts.
async fn run(log: Log, account: i64) {
    let all_accounts = log.shared.db.is_sqlite();
    while !log.shared.queue.is_done(account) {
        // Where there is one turn for all, a flood is no more urgent than what other accounts edit.
        let is_flood = all_accounts && log.shared.queue.floods(account);
        let class = if is_flood { Class::Office } else { Class::Capture };
        match log.shared.scheduler.turn(account, class).await {
            Ok(turn) => {
                let began_us = log.shared.environment.monotonic_us();
                let leaves_room = log.shared.queue.floods_beside_calm(account, began_us);
                let group = log.shared.queue.take(account, all_accounts, began_us);
                // A task of its own, so that whatever ends it leaves this one to care for what still waits.
                let appending = tokio::spawn({
                    let log = log.clone();
                    async move { append(&log, group).await }
                });
                drop(appending.await);
                drop(turn);
                if leaves_room {
                    let took_us = log.shared.environment.monotonic_us().saturating_sub(began_us);
                    rest(&log, Duration::from_micros(took_us.unsigned_abs())).await;
                }
            }
            // The others' submissions wait for turns of their own.
            Err(problem) => {
                for (_, submission) in log.shared.queue.take(account, false, 0) {
                    drop(submission.answer.send(Err(problem.clone())));
                }
            }
        }
    }
}

/// Lets a flood rest after a group that took so long. For turns there is a line in which the calm accounts come first;
/// for processors and the disk, of which the flood's requests need more than its groups, there is none.
async fn rest(log: &Log, took: Duration) {
    log.shared.environment.sleep((took * RESTS).min(LONGEST_REST)).await;
}

/// Appends a group with what joins it, or if that fails its submissions one by one, and answers each.
async fn append(log: &Log, mut group: Vec<(i64, Submission)>) {
    if group.is_empty() {
        return;
    }
    let result = transact(log, &mut group, log.shared.db.is_sqlite()).await;
    metrics::histogram!("campo_group_submissions").record(group.len() as f64);
    match result {
        Ok(answers) => {
            for ((_, submission), answer) in group.into_iter().zip(answers) {
                drop(submission.answer.send(Ok(answer)));
            }
        }
        // Nobody's entries are to blame, and each try alone would take as long to fail.
        Err(problem) if problem.code() == Code::Unavailable || group.len() == 1 => {
            for (_, submission) in group {
                drop(submission.answer.send(Err(problem.clone())));
            }
        }
        Err(problem) => {
            tracing::warn!(%problem, submissions = group.len(), "a group failed; its submissions are tried alone");
            for one in group {
                let mut alone = vec![one];
                let result = transact(log, &mut alone, false).await;
                let result =
                    result.and_then(|mut answers| answers.pop().ok_or_else(|| Code::Internal.into()));
                for (_, submission) in alone {
                    drop(submission.answer.send(result.clone()));
                }
            }
        }
    }
}

/// One transaction for the submissions of `group`; their answers in the same order. Where others may join, those that
/// [`Queue::joining`] gives are added to the group.
async fn transact(log: &Log, group: &mut Vec<(i64, Submission)>, may_join: bool) -> Result<Vec<Submitted>> {
    let mut tx = log.shared.db.begin().await?;
    let (mut appended, mut answers) = (Vec::new(), Vec::new());
    let mut from = 0;
    while from < group.len() {
        let slice = &group[from..];
        from = group.len();
        match flush_slice(log, &mut tx, slice, &mut appended).await {
            Ok(more) => answers.extend(more),
            Err(problem) => {
                tx.rollback().await;
                return Err(problem);
            }
        }
        if may_join {
            group.extend(log.shared.queue.joining(group));
        }
    }
    #[cfg(debug_assertions)]
    let Some(tx) = crate::planted::acknowledged_before_commit(tx, &log.shared.environment) else {
        return Ok(answers);
    };
    tx.commit().await?;
    log.shared.committed(&appended);
    Ok(answers)
}

/// Appends submissions of one or several accounts, in order; their answers in the same order.
async fn flush_slice(
    log: &Log,
    tx: &mut Tx,
    slice: &[(i64, Submission)],
    appended: &mut Vec<Appended>,
) -> Result<Vec<Submitted>> {
    let mut accounts: Vec<i64> = slice.iter().map(|(account, _)| *account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let heads = head::lock(tx, &accounts).await?;
    #[cfg(debug_assertions)]
    let heads = crate::planted::numbered_outside_lock(
        heads,
        slice.iter().map(|(account, submission)| (*account, submission.entries.len())),
    );
    let mut batches: Vec<Batch> = heads.into_iter().map(Batch::new).collect();
    let mut places = Vec::with_capacity(slice.len());
    for (account, submission) in slice {
        let batch = batches
            .iter()
            .position(|batch| batch.head.account == *account)
            .ok_or_else(|| Problem::new(Code::NotFound))?;
        let own = &mut batches[batch].entries;
        places.push((batch, own.len(), submission.entries.len()));
        own.extend(submission.entries.iter().cloned());
    }
    let flushed = flush::flush(&log.shared, tx, batches).await?;
    let answers = places
        .into_iter()
        .map(|(batch, from, count)| Submitted {
            receipts: flushed[batch].receipts[from..from + count].to_vec(),
            heads: flushed[batch].heads.clone(),
        })
        .collect();
    appended.extend(flushed);
    Ok(answers)
}

//! Submissions of phones become groups: whoever waits for an account's turn rides in the same transaction.
//!
//! On PostgreSQL a group holds one account, on SQLite all that wait, taken from the accounts in rotation, at most
//! [`GROUP_ENTRIES`] and [`GROUP_BYTES`]; while several accounts are active, at most [`SHARED_ENTRIES`] of each, since
//! whoever comes next waits for the whole group that is under way. A group that fails is rolled back and its
//! submissions are tried one by one, so that a bad one costs only itself. The group runs as a task of its own: a
//! client that hangs up cancels nothing.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use campo_protocol::{chain::SignedHead, sync::Receipt};
use tokio::sync::oneshot;

use super::{
    Log,
    entry::Incoming,
    flush::{self, Appended, Batch},
    head,
    scheduler::Class,
};
use crate::problem::{Code, Problem, Result};

/// The most entries that one group takes; a submission larger than this makes a group by itself.
pub const GROUP_ENTRIES: usize = 500;
/// The most bytes of entries that one group takes; a submission larger than this makes a group by itself.
pub const GROUP_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of entries that wait for one account, whatever their number: what waits is held in memory.
pub const QUEUE_BYTES: usize = 64 * 1024 * 1024;

/// The most entries of one account in a group on SQLite while another account is active; one submission always fits.
/// Small enough that the rows take no longer than the commit, so that a flood hardly delays the others.
pub const SHARED_ENTRIES: usize = 40;

/// An account counts as active for so long after its last submission.
const ACTIVE_US: i64 = 10 * 60 * 1_000_000;

/// What became of a submission.
#[derive(Debug)]
pub struct Submitted {
    /// One for each entry, in order
    pub receipts: Vec<Receipt>,
    /// The heads of the chains that they stand in
    pub heads: Vec<SignedHead>,
}

#[derive(Debug)]
struct Submission {
    entries: Vec<Incoming>,
    bytes: usize,
    answer: oneshot::Sender<Result<Submitted>>,
    /// Since when it waits, on the monotonic clock
    since_us: i64,
}

/// The submissions that wait.
#[derive(Debug, Default)]
pub struct Queue(Mutex<Pending>);

#[derive(Debug, Default)]
struct Pending {
    accounts: HashMap<i64, VecDeque<Submission>>,
    /// Accounts with submissions, in rotation
    rotation: VecDeque<i64>,
    /// Accounts for which a task takes turns, one each: [`Queue::push`] adds, [`Queue::is_done`] removes
    running: HashSet<i64>,
    entries: usize,
    /// Who handed in last
    last: Option<i64>,
    /// Until when at least two accounts count as active, by the monotonic clock
    contested_until_us: i64,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Pending> {
        // Nothing panics while the lock is held; if something did, the queues would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a submission. True when no task takes turns for the account, so that the caller must start one.
    fn push(&self, account: i64, submission: Submission, bound: usize) -> Result<bool> {
        let mut guard = self.lock();
        let pending = &mut *guard;
        if pending.last.replace(account).is_some_and(|last| last != account) {
            pending.contested_until_us = submission.since_us.saturating_add(ACTIVE_US);
        }
        let waiting = pending.accounts.entry(account).or_default();
        let bytes: usize = waiting.iter().map(|waiting| waiting.bytes).sum();
        if waiting.len() >= bound.max(1) || (bytes > 0 && bytes + submission.bytes > QUEUE_BYTES) {
            return Err(full());
        }
        if waiting.is_empty() {
            pending.rotation.push_back(account);
        }
        pending.entries += submission.entries.len();
        waiting.push_back(submission);
        Ok(pending.running.insert(account))
    }

    /// Refuses when no submission of the account would be taken.
    pub fn ensure_room(&self, account: i64, bound: usize) -> Result<()> {
        match self.lock().accounts.get(&account) {
            Some(waiting) if waiting.len() >= bound.max(1) => Err(full()),
            _ => Ok(()),
        }
    }

    /// Takes a group: of `account` alone, or of all accounts in rotation.
    fn take(&self, account: i64, all_accounts: bool, now_us: i64) -> Vec<(i64, Submission)> {
        let mut pending = self.lock();
        let mut group = Vec::new();
        let mut size = Size::default();
        if all_accounts {
            let share = if now_us < pending.contested_until_us { SHARED_ENTRIES } else { GROUP_ENTRIES };
            let mut taken: HashMap<i64, usize> = HashMap::new();
            let mut sated = Vec::new();
            while let Some(next) = pending.rotation.pop_front() {
                let own = taken.entry(next).or_default();
                if *own >= share {
                    sated.push(next);
                    continue;
                }
                let before = size.entries;
                if !pending.take_one(next, &mut size, &mut group) {
                    pending.rotation.push_front(next);
                    break;
                }
                *own += size.entries - before;
                if pending.accounts.contains_key(&next) {
                    pending.rotation.push_back(next);
                }
            }
            pending.rotation.extend(sated);
        } else {
            while pending.take_one(account, &mut size, &mut group) {}
            if !pending.accounts.contains_key(&account) {
                pending.rotation.retain(|other| *other != account);
            }
        }
        group
    }

    /// True when nothing of the account waits; the next submission then starts a task again.
    fn is_done(&self, account: i64) -> bool {
        let mut pending = self.lock();
        let is_done = !pending.accounts.contains_key(&account);
        if is_done {
            pending.running.remove(&account);
        }
        is_done
    }

    /// How many entries wait.
    pub fn entries(&self) -> usize {
        self.lock().entries
    }

    /// Since when the oldest submission waits, on the monotonic clock.
    pub fn oldest_since_us(&self) -> Option<i64> {
        self.lock().accounts.values().filter_map(|waiting| Some(waiting.front()?.since_us)).min()
    }
}

fn full() -> Problem {
    Problem::new(Code::QueueFull).retry_after_s(1)
}

/// How large a group has become.
#[derive(Debug, Default)]
struct Size {
    entries: usize,
    bytes: usize,
}

impl Pending {
    /// Moves the account's next submission into the group, unless it does not fit. False when nothing was moved.
    fn take_one(&mut self, account: i64, size: &mut Size, group: &mut Vec<(i64, Submission)>) -> bool {
        let Some(waiting) = self.accounts.get_mut(&account) else { return false };
        let Some(next) = waiting.front() else {
            self.accounts.remove(&account);
            return false;
        };
        let (entries, bytes) = (next.entries.len(), next.bytes);
        if !group.is_empty() && (size.entries + entries > GROUP_ENTRIES || size.bytes + bytes > GROUP_BYTES) {
            return false;
        }
        size.entries += entries;
        size.bytes += bytes;
        self.entries -= entries;
        group.extend(waiting.pop_front().map(|submission| (account, submission)));
        if waiting.is_empty() {
            self.accounts.remove(&account);
        }
        true
    }
}

/// Appends `entries` of one account in a group and waits until they are durable.
pub async fn submit(log: &Log, account: i64, entries: Vec<Incoming>) -> Result<Submitted> {
    let (answer, receiver) = oneshot::channel();
    let bytes = entries.iter().map(|entry| entry.bytes.len()).sum();
    let since_us = log.shared.environment.monotonic_us();
    let submission = Submission { entries, bytes, answer, since_us };
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
        match log.shared.scheduler.turn(account, Class::Capture).await {
            Ok(_turn) => {
                let group =
                    log.shared.queue.take(account, all_accounts, log.shared.environment.monotonic_us());
                // A task of its own, so that whatever ends it leaves this one to care for what still waits.
                let appending = tokio::spawn({
                    let log = log.clone();
                    async move { append(&log, group).await }
                });
                drop(appending.await);
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

/// Appends a group, or if that fails its submissions one by one, and answers each.
async fn append(log: &Log, group: Vec<(i64, Submission)>) {
    if group.is_empty() {
        return;
    }
    metrics::histogram!("campo_group_submissions").record(group.len() as f64);
    if group.len() > 1 {
        let entries: Vec<(i64, Vec<Incoming>)> =
            group.iter().map(|(account, submission)| (*account, submission.entries.clone())).collect();
        match transact(log, entries).await {
            Ok(answers) => {
                for ((_, submission), answer) in group.into_iter().zip(answers) {
                    drop(submission.answer.send(Ok(answer)));
                }
                return;
            }
            // Nobody's entries are to blame, and each try alone would take as long to fail.
            Err(problem) if problem.code() == Code::Unavailable => {
                for (_, submission) in group {
                    drop(submission.answer.send(Err(problem.clone())));
                }
                return;
            }
            Err(problem) => {
                tracing::warn!(%problem, submissions = group.len(), "a group failed; its submissions are tried alone");
            }
        }
    }
    for (account, Submission { entries, answer, .. }) in group {
        let result = transact(log, vec![(account, entries)]).await;
        drop(answer.send(result.and_then(|mut answers| answers.pop().ok_or_else(|| Code::Internal.into()))));
    }
}

/// One transaction for submissions of one or several accounts, in order; their answers in the same order.
async fn transact(log: &Log, submissions: Vec<(i64, Vec<Incoming>)>) -> Result<Vec<Submitted>> {
    let mut accounts: Vec<i64> = submissions.iter().map(|(account, _)| *account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let mut tx = log.shared.db.begin().await?;
    let heads = head::lock(&mut tx, &accounts).await?;
    let mut batches: Vec<Batch> = heads.into_iter().map(Batch::new).collect();
    let mut places = Vec::with_capacity(submissions.len());
    for (account, entries) in submissions {
        let batch = batches
            .iter()
            .position(|batch| batch.head.account == account)
            .ok_or_else(|| Problem::new(Code::NotFound))?;
        let own = &mut batches[batch].entries;
        places.push((batch, own.len(), entries.len()));
        own.extend(entries);
    }
    let appended: Vec<Appended> = match flush::flush(&log.shared, &mut tx, batches).await {
        Ok(appended) => appended,
        Err(problem) => {
            tx.rollback().await;
            return Err(problem);
        }
    };
    tx.commit().await?;
    appended.iter().for_each(Appended::count);
    Ok(places
        .into_iter()
        .map(|(batch, from, count)| Submitted {
            receipts: appended[batch].receipts[from..from + count].to_vec(),
            heads: appended[batch].heads.clone(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use campo_protocol::entry::Frame;
    use uuid::Uuid;

    use super::*;
    use crate::access::Principal;

    const MINUTE_US: i64 = 60 * 1_000_000;

    /// A queue to which these accounts handed in a submission of ten entries each, in this order.
    fn queue(accounts: &[i64]) -> Queue {
        let queue = Queue::default();
        let installation = Uuid::from_u128(1);
        let frame = Frame { id: Uuid::from_u128(2), installation, sequence: 1 };
        let principal = Principal::Installation(installation);
        let incoming = Incoming::from_phone(b"{}".to_vec(), &frame, principal, None, 0, false);
        for account in accounts {
            let (answer, _) = oneshot::channel();
            let submission =
                Submission { entries: vec![incoming.clone(); 10], bytes: 20, answer, since_us: 0 };
            queue.push(*account, submission, 1000).unwrap();
        }
        queue
    }

    fn accounts(group: &[(i64, Submission)]) -> Vec<i64> {
        group.iter().map(|(account, _)| *account).collect()
    }

    #[test]
    fn one_account_alone_fills_a_group_and_two_share_it() {
        let flood = [7; 100];
        let alone = queue(&flood).take(7, true, 1);
        assert_eq!(alone.len(), GROUP_ENTRIES / 10);

        let queue = queue(&[&flood[..], &[8]].concat());
        assert_eq!(accounts(&queue.take(7, true, 1)), [7, 8, 7, 7, 7]);
        assert_eq!(accounts(&queue.take(7, true, 1)), [7, 7, 7, 7]);
        assert_eq!(queue.take(7, true, 11 * MINUTE_US).len(), GROUP_ENTRIES / 10);
        assert_eq!(queue.entries(), 1010 - 50 - 40 - 500);
    }

    #[test]
    fn what_exceeds_its_share_stays_in_rotation() {
        let queue = queue(&[1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
        let mut taken = Vec::new();
        for _ in 0..2 {
            taken.extend(accounts(&queue.take(1, true, 1)));
        }
        taken.sort_unstable();
        assert_eq!(taken, [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
        assert!(queue.is_done(1) && queue.is_done(2));
    }

    #[test]
    fn of_one_account_only_its_own_are_taken() {
        let queue = queue(&[1, 2, 1]);
        assert_eq!(accounts(&queue.take(1, false, 1)), [1, 1]);
        assert!(queue.is_done(1) && !queue.is_done(2));
    }
}

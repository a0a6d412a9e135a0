//! What waits to be appended, and what a group takes of it.
//!
//! On PostgreSQL a group holds one account, on SQLite all that wait, taken from the accounts in rotation, at most
//! [`GROUP_ENTRIES`] and [`GROUP_BYTES`]. While one account floods and another is calm, the flood's groups are smaller:
//! on SQLite whoever comes next waits for the whole group that is under way, and on PostgreSQL for the processors that
//! it takes, and for those that answer all whose entries it held. Between two groups the flood then rests. On SQLite the
//! groups of the calm accounts take turns with the flood's and hold none of it; what comes of them while a flood's rows
//! are written joins that group.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use super::{entry::Incoming, groups::Submitted};
use crate::problem::{Code, Limit, Problem, Result};

/// The most entries that one group takes; a submission larger than this makes a group by itself.
pub const GROUP_ENTRIES: usize = 500;
/// The most bytes of entries that one group takes; a submission larger than this makes a group by itself.
pub const GROUP_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of entries that wait for one account, whatever their number: what waits is held in memory.
pub const QUEUE_BYTES: usize = 64 * 1024 * 1024;

/// An account floods while more entries of it wait.
pub const FLOOD_ENTRIES: usize = GROUP_ENTRIES;
/// The most entries of an account that floods in a group while another is calm; one submission always fits. Small
/// enough on SQLite that the rows take no longer than the commit.
pub const FLOOD_SHARE: usize = 10;
/// The same on PostgreSQL, where nobody waits for the group itself.
pub const FLOOD_SHARE_OF_OWN_TURN: usize = 50;

/// A calm account counts for so long after its last submission or edit beside a flood.
const CALM_US: i64 = 60 * 1_000_000;

/// Entries of one phone that are appended together.
#[derive(Debug)]
pub(super) struct Submission {
    /// The entries, in order
    pub(super) entries: Vec<Incoming>,
    bytes: usize,
    /// Who waits for what becomes of them
    pub(super) answer: oneshot::Sender<Result<Submitted>>,
    /// Since when it waits, on the monotonic clock
    since_us: i64,
}

impl Submission {
    pub(super) fn new(
        entries: Vec<Incoming>,
        answer: oneshot::Sender<Result<Submitted>>,
        since_us: i64,
    ) -> Self {
        let bytes = entries.iter().map(|entry| entry.bytes.len()).sum();
        Self { entries, bytes, answer, since_us }
    }
}

/// The submissions that wait.
#[derive(Debug, Default)]
pub struct Queue(Mutex<Pending>);

#[derive(Debug, Default)]
struct Pending {
    accounts: HashMap<i64, Waiting>,
    /// Accounts with submissions, in rotation
    rotation: VecDeque<i64>,
    /// Accounts for which a task takes turns, one each: [`Queue::push`] adds, [`Queue::is_done`] removes
    running: HashSet<i64>,
    entries: usize,
    /// Until when a calm account counts beside a flood, by the monotonic clock
    calm_until_us: i64,
    /// True when the last group was of calm accounts while another flooded: the flood's turn is next
    calm_had_turn: bool,
}

/// What waits of one account.
#[derive(Debug, Default)]
struct Waiting {
    submissions: VecDeque<Submission>,
    entries: usize,
    bytes: usize,
}

impl Waiting {
    fn floods(&self) -> bool {
        self.entries > FLOOD_ENTRIES
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Pending> {
        // Nothing panics while the lock is held; if something did, the queues would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a submission. True when no task takes turns for the account, so that the caller must start one.
    pub(super) fn push(&self, account: i64, submission: Submission, bound: usize) -> Result<bool> {
        let mut guard = self.lock();
        let pending = &mut *guard;
        let waiting = pending.accounts.entry(account).or_default();
        let bytes = waiting.bytes;
        if waiting.submissions.len() >= bound.max(1) || (bytes > 0 && bytes + submission.bytes > QUEUE_BYTES)
        {
            return Err(full(bound));
        }
        if waiting.submissions.is_empty() {
            pending.rotation.push_back(account);
        }
        waiting.entries += submission.entries.len();
        waiting.bytes += submission.bytes;
        pending.entries += submission.entries.len();
        let since_us = submission.since_us;
        waiting.submissions.push_back(submission);
        pending.note(account, since_us);
        Ok(pending.running.insert(account))
    }

    /// Notes that somebody edits in the account and waits for it: a flood of others then leaves room, as for submissions.
    pub(super) fn note_edit(&self, account: i64, now_us: i64) {
        self.lock().note(account, now_us);
    }

    /// Refuses when no submission of the account would be taken.
    pub fn ensure_room(&self, account: i64, bound: usize) -> Result<()> {
        match self.lock().accounts.get(&account) {
            Some(waiting) if waiting.submissions.len() >= bound.max(1) => Err(full(bound)),
            _ => Ok(()),
        }
    }

    /// Takes a group: of `account` alone, or of all accounts in rotation.
    pub(super) fn take(&self, account: i64, all_accounts: bool, now_us: i64) -> Vec<(i64, Submission)> {
        let mut pending = self.lock();
        let mut group = Vec::new();
        let mut size = Size::default();
        if all_accounts {
            pending.take_of_all(now_us, &mut size, &mut group);
        } else {
            let leaves_room = pending.floods_beside_calm(account, now_us);
            let share = if leaves_room { FLOOD_SHARE_OF_OWN_TURN } else { GROUP_ENTRIES };
            while size.entries < share && pending.take_one(account, &mut size, &mut group) {}
            if !pending.accounts.contains_key(&account) {
                pending.rotation.retain(|other| *other != account);
            }
        }
        group
    }

    /// What may join a group that is not committed yet: what waits of calm accounts beside a flood, if it fits. Whoever comes
    /// while a flood's rows are written then need not wait for another commit.
    pub(super) fn joining(&self, group: &[(i64, Submission)]) -> Vec<(i64, Submission)> {
        let mut pending = self.lock();
        let mut size = Size {
            entries: group.iter().map(|(_, submission)| submission.entries.len()).sum(),
            bytes: group.iter().map(|(_, submission)| submission.bytes).sum(),
        };
        let mut joining = Vec::new();
        pending.take_calm(&mut size, &mut joining);
        joining
    }

    /// True when the account floods.
    pub(super) fn floods(&self, account: i64) -> bool {
        self.lock().accounts.get(&account).is_some_and(Waiting::floods)
    }

    /// True when the account floods and another that is calm counts.
    pub(super) fn floods_beside_calm(&self, account: i64, now_us: i64) -> bool {
        self.lock().floods_beside_calm(account, now_us)
    }

    /// True when nothing of the account waits; the next submission then starts a task again.
    pub(super) fn is_done(&self, account: i64) -> bool {
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
        self.lock().accounts.values().filter_map(|waiting| Some(waiting.submissions.front()?.since_us)).min()
    }
}

fn full(bound: usize) -> Problem {
    Problem::new(Code::QueueFull).beyond(Limit::at_a_time("submissions", bound as u64))
}

/// How large a group has become.
#[derive(Debug, Default)]
struct Size {
    entries: usize,
    bytes: usize,
}

impl Pending {
    /// Notes that the account wants a turn.
    fn note(&mut self, account: i64, now_us: i64) {
        let flooding = self.flooding();
        if !flooding.is_empty() && !flooding.contains(&account) {
            self.calm_until_us = now_us.saturating_add(CALM_US);
        }
    }

    /// Takes from the accounts in rotation; beside a flood, of the calm ones and of the flood in turn.
    fn take_of_all(&mut self, now_us: i64, size: &mut Size, group: &mut Vec<(i64, Submission)>) {
        let flooding = self.flooding();
        let calm_waits = !flooding.is_empty() && flooding.len() < self.rotation.len();
        let calm_turn = calm_waits && !self.calm_had_turn;
        self.calm_had_turn = calm_turn;
        let flood_share = if calm_waits || now_us < self.calm_until_us { FLOOD_SHARE } else { GROUP_ENTRIES };
        self.take_rotating(size, group, |account, own| {
            let floods = flooding.contains(&account);
            (!calm_waits || floods != calm_turn) && (!floods || own < flood_share)
        });
    }

    /// Takes of the calm accounts beside a flood.
    fn take_calm(&mut self, size: &mut Size, group: &mut Vec<(i64, Submission)>) {
        let flooding = self.flooding();
        if !flooding.is_empty() {
            self.take_rotating(size, group, |account, _| !flooding.contains(&account));
        }
    }

    fn floods_beside_calm(&self, account: i64, now_us: i64) -> bool {
        now_us < self.calm_until_us && self.accounts.get(&account).is_some_and(Waiting::floods)
    }

    fn flooding(&self) -> HashSet<i64> {
        let flooding = self.accounts.iter().filter(|(_, waiting)| waiting.floods());
        flooding.map(|(account, _)| *account).collect()
    }

    /// Takes a submission of each account in rotation, again and again while there is room: of those that `may_take`,
    /// asked with how many entries were taken of the account.
    fn take_rotating(
        &mut self,
        size: &mut Size,
        group: &mut Vec<(i64, Submission)>,
        may_take: impl Fn(i64, usize) -> bool,
    ) {
        let mut taken: HashMap<i64, usize> = HashMap::new();
        let mut left = Vec::new();
        while let Some(next) = self.rotation.pop_front() {
            let own = taken.entry(next).or_default();
            if !may_take(next, *own) {
                left.push(next);
                continue;
            }
            let before = size.entries;
            if !self.take_one(next, size, group) {
                self.rotation.push_front(next);
                break;
            }
            *own += size.entries - before;
            if self.accounts.contains_key(&next) {
                self.rotation.push_back(next);
            }
        }
        self.rotation.extend(left);
    }

    /// Moves the account's next submission into the group, unless it does not fit. False when nothing was moved.
    fn take_one(&mut self, account: i64, size: &mut Size, group: &mut Vec<(i64, Submission)>) -> bool {
        let Some(waiting) = self.accounts.get_mut(&account) else { return false };
        let Some(next) = waiting.submissions.front() else {
            self.accounts.remove(&account);
            return false;
        };
        let (entries, bytes) = (next.entries.len(), next.bytes);
        if size.entries > 0 && (size.entries + entries > GROUP_ENTRIES || size.bytes + bytes > GROUP_BYTES) {
            return false;
        }
        size.entries += entries;
        size.bytes += bytes;
        self.entries -= entries;
        waiting.entries -= entries;
        waiting.bytes -= bytes;
        group.extend(waiting.submissions.pop_front().map(|submission| (account, submission)));
        if waiting.submissions.is_empty() {
            self.accounts.remove(&account);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use campo_protocol::entry::Frame;
    use uuid::Uuid;

    use super::*;
    use crate::access::Principal;

    /// A queue to which these accounts handed in a submission of ten entries each, in this order.
    fn queue(accounts: &[i64]) -> Queue {
        let queue = Queue::default();
        add(&queue, accounts);
        queue
    }

    fn add(queue: &Queue, accounts: &[i64]) {
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
    }

    fn accounts(group: &[(i64, Submission)]) -> Vec<i64> {
        group.iter().map(|(account, _)| *account).collect()
    }

    #[test]
    fn a_flood_alone_fills_groups_and_beside_a_calm_account_takes_turns() {
        let flood = [7; 100];
        let alone = queue(&flood).take(7, true, 1);
        assert_eq!(alone.len(), GROUP_ENTRIES / 10);

        let queue = queue(&[&flood[..], &[8, 8]].concat());
        assert_eq!(accounts(&queue.take(7, true, 1)), [8, 8]);
        assert_eq!(accounts(&queue.take(7, true, 1)), [7]);
        assert_eq!(queue.take(7, true, CALM_US + 1).len(), GROUP_ENTRIES / 10);
        assert_eq!(queue.entries(), 1020 - 20 - 10 - 500);
    }

    #[test]
    fn while_calm_accounts_keep_coming_the_flood_has_every_other_turn() {
        let queue = queue(&[&[7; 100][..], &[8; 60], &[9; 10]].concat());
        let turns: Vec<Vec<i64>> = (0..4).map(|_| accounts(&queue.take(7, true, 1))).collect();
        assert!(turns[0].iter().all(|account| *account == 9), "{turns:?}");
        assert_eq!(turns[1], [7, 8]);
    }

    #[test]
    fn a_calm_account_joins_the_flood_while_there_is_room() {
        let queue = queue(&[7; 200]);
        let group = queue.take(7, true, 1);
        assert!(queue.joining(&group).is_empty(), "the flood itself waits for its next turn");
        add(&queue, &[8, 9, 8]);
        assert!(queue.joining(&group).is_empty(), "the group is full");
        assert_eq!(accounts(&queue.joining(&group[..1])), [8, 9, 8]);
        assert!(queue.joining(&group[..1]).is_empty());
        add(&queue, &[8]);
        while !accounts(&queue.take(7, false, 1)).is_empty() {}
        assert!(queue.joining(&group[..1]).is_empty(), "nobody floods");
    }

    #[test]
    fn a_flood_leaves_room_for_who_edits_in_another_account() {
        let queue = queue(&[7; 200]);
        queue.note_edit(7, 1);
        assert_eq!(queue.take(7, true, 2).len(), GROUP_ENTRIES / 10, "an edit of its own");
        queue.note_edit(8, 1);
        assert_eq!(accounts(&queue.take(7, true, 2)), [7]);
    }

    #[test]
    fn a_flood_in_a_turn_of_its_own_leaves_the_processors_to_others_now_and_then() {
        let queue = queue(&[&[7; 100][..], &[8; 40]].concat());
        assert_eq!(accounts(&queue.take(7, false, 1)).len(), FLOOD_SHARE_OF_OWN_TURN / 10);
        assert_eq!(accounts(&queue.take(8, false, 1)).len(), 40, "it does not flood");
        assert_eq!(accounts(&queue.take(7, false, CALM_US + 1)).len(), GROUP_ENTRIES / 10);
    }

    #[test]
    fn accounts_of_which_little_waits_share_a_group() {
        let queue = queue(&[1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
        let mut taken = accounts(&queue.take(1, true, 1));
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

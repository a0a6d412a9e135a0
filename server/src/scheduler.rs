//! Who may write or read next: a queue per account, accounts in rotation.
//!
//! To write, an account has one turn at a time: on SQLite nobody else has one then, since there is one write
//! connection; on PostgreSQL other accounts do. To read, see [`crate::database::reads`]. Captures go before the office's edits, those before imports, those before housekeeping; every
//! `PATIENCE`th turn goes to one of the other classes, each in its turn, so that none starves. Queues are bounded:
//! beyond, the caller is told when to come back.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use crate::problem::{Code, Limit, Problem, Result};

/// How urgent a turn is, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Entries from phones
    Capture,
    /// A person or a customer's system waits for the answer
    Office,
    /// Rows of a file
    Import,
    /// Nobody waits
    Housekeeping,
}

/// In place of the account, for what belongs to none: strangers, and the server itself. It never counts as alone, nor
/// keeps an account from being alone.
pub const NO_ACCOUNT: i64 = 0;

const CLASSES: [Class; 4] = [Class::Capture, Class::Office, Class::Import, Class::Housekeeping];
/// One turn in so many goes to a less urgent class that waits, to each of them in rotation.
const PATIENCE: u64 = 16;
/// Accounts count as sharing for so many turns after one account had a turn behind another.
const SHARING: u64 = 1000;
/// What a caller beyond the queue's bound is told to wait.
const RETRY_AFTER_S: u64 = 1;

/// Lends turns. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Scheduler {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// Turns that may be lent besides those lent now
    free: usize,
    /// The most turns that one account has at a time while others have turns, too, and while it alone has
    each: Each,
    /// Which account had the last turn
    last: i64,
    /// For how many turns more accounts count as sharing
    sharing: u64,
    /// The most that wait for one account in one class: a file of many rows must not shut out who edits one task
    bound: usize,
    granted: u64,
    accounts: HashMap<i64, Account>,
    /// Accounts with a waiting turn of the class that may have one more, in rotation
    ready: [VecDeque<i64>; 4],
}

#[derive(Debug, Default)]
struct Account {
    /// Turns that it has
    lent: usize,
    waiting: [VecDeque<oneshot::Sender<Turn>>; 4],
    /// True for each class in whose rotation the account stands
    queued: [bool; 4],
}

impl Account {
    fn len(&self) -> usize {
        self.waiting.iter().map(VecDeque::len).sum()
    }
}

/// The most turns that one account has at a time.
#[derive(Debug, Clone, Copy)]
pub struct Each {
    /// While other accounts have turns, too
    pub sharing: usize,
    /// While it alone has turns
    pub alone: usize,
}

impl Each {
    /// One, whatever the others do.
    pub const ONE: Self = Self { sharing: 1, alone: 1 };
}

/// The right to write or to read one account's data, given back when dropped.
#[derive(Debug)]
pub struct Turn {
    account: i64,
    scheduler: Scheduler,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.scheduler.lock();
        state.free += 1;
        if let Some(account) = state.accounts.get_mut(&self.account) {
            account.lent -= 1;
            if account.lent == 0 && account.len() == 0 {
                state.accounts.remove(&self.account);
            }
            state.queue_all(self.account);
        }
        self.scheduler.lend(state);
    }
}

impl Scheduler {
    /// Lends `turns` at a time, `each` to one account; at most `bound` wait for one account in one class.
    pub fn new(turns: usize, each: Each, bound: usize) -> Self {
        let state = State {
            free: turns,
            each,
            last: NO_ACCOUNT,
            sharing: 0,
            bound,
            granted: 0,
            accounts: HashMap::new(),
            ready: Default::default(),
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Waits for a turn. Giving up while waiting costs the others nothing.
    pub async fn turn(&self, account: i64, class: Class) -> Result<Turn> {
        let receiver = {
            let mut state = self.lock();
            let bound = state.bound;
            let entry = state.accounts.entry(account).or_default();
            if entry.waiting[class as usize].len() >= bound {
                return Err(Problem::new(Code::QueueFull)
                    .beyond(Limit::at_a_time("writes", bound as u64).back_in_s(RETRY_AFTER_S)));
            }
            let (sender, receiver) = oneshot::channel();
            entry.waiting[class as usize].push_back(sender);
            state.queue(account, class);
            self.lend(state);
            receiver
        };
        receiver.await.map_err(|_| Problem::new(Code::Unavailable))
    }

    /// How many wait, over all accounts.
    pub fn waiting(&self) -> usize {
        self.lock().accounts.values().map(Account::len).sum()
    }

    /// Hands out turns while there are free ones and somebody to take them.
    fn lend(&self, mut state: MutexGuard<'_, State>) {
        let mut lent = Vec::new();
        while state.free > 0
            && let Some((account, sender)) = state.next()
        {
            state.free -= 1;
            lent.push((account, sender));
        }
        drop(state);
        for (account, sender) in lent {
            // Somebody who gave up drops the turn here, outside the lock, which lends it to the next.
            drop(sender.send(Turn { account, scheduler: self.clone() }));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held; if something did, the queues would still be whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Puts the account into the rotation of every class in which it waits.
    fn queue_all(&mut self, id: i64) {
        for class in CLASSES {
            self.queue(id, class);
        }
    }

    /// Puts the account into the class's rotation if it waits there and may have one more turn.
    fn queue(&mut self, id: i64, class: Class) {
        let (class, each) = (class as usize, self.each(id));
        if let Some(account) = self.accounts.get_mut(&id)
            && account.lent < each
            && !account.queued[class]
            && !account.waiting[class].is_empty()
        {
            account.queued[class] = true;
            self.ready[class].push_back(id);
        }
    }

    /// The most turns that the account has now.
    fn each(&self, id: i64) -> usize {
        if self.sharing > 0 || id == NO_ACCOUNT { self.each.sharing } else { self.each.alone }
    }

    /// Counts a turn of the account.
    fn grant(&mut self, id: i64) {
        self.granted += 1;
        if id != NO_ACCOUNT {
            let is_other = ![id, NO_ACCOUNT].contains(&self.last);
            self.sharing = if is_other { SHARING } else { self.sharing.saturating_sub(1) };
            self.last = id;
        }
    }

    /// The next waiting turn, counted as lent to its account.
    fn next(&mut self) -> Option<(i64, oneshot::Sender<Turn>)> {
        for class in order(self.granted + 1) {
            while let Some(id) = self.ready[class].pop_front() {
                let each = self.each(id);
                let Some(account) = self.accounts.get_mut(&id) else { continue };
                account.queued[class] = false;
                if account.lent >= each {
                    continue;
                }
                let waiting = &mut account.waiting[class];
                while waiting.front().is_some_and(oneshot::Sender::is_closed) {
                    waiting.pop_front();
                }
                if let Some(sender) = waiting.pop_front() {
                    account.lent += 1;
                    self.grant(id);
                    self.queue_all(id);
                    return Some((id, sender));
                }
                if account.lent == 0 && account.len() == 0 {
                    self.accounts.remove(&id);
                }
            }
        }
        None
    }
}

/// The classes in the order in which the turn of that number (the first is 1) looks for somebody who waits.
fn order(turn: u64) -> [usize; CLASSES.len()] {
    if !turn.is_multiple_of(PATIENCE) {
        return [0, 1, 2, 3];
    }
    match turn / PATIENCE % 3 {
        1 => [3, 2, 1, 0],
        2 => [2, 1, 3, 0],
        _ => [1, 3, 2, 0],
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn an_account_has_one_turn_at_a_time_and_accounts_rotate() {
        let scheduler = Scheduler::new(1, Each::ONE, 10);
        let first = scheduler.turn(1, Class::Office).await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for (account, class, name) in [
            (1, Class::Housekeeping, "1 housekeeping"),
            (1, Class::Office, "1 office"),
            (1, Class::Office, "1 office again"),
            (2, Class::Office, "2 office"),
            (3, Class::Capture, "3 capture"),
        ] {
            let (scheduler, order) = (scheduler.clone(), Arc::clone(&order));
            waiting.push(tokio::spawn(async move {
                let turn = scheduler.turn(account, class).await.unwrap();
                order.lock().unwrap().push(name);
                drop(turn);
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in waiting {
            task.await.unwrap();
        }
        assert_eq!(
            *order.lock().unwrap(),
            ["3 capture", "2 office", "1 office", "1 office again", "1 housekeeping"]
        );
        assert_eq!(scheduler.waiting(), 0);
    }

    #[tokio::test]
    async fn different_accounts_write_at_the_same_time_where_turns_allow() {
        let scheduler = Scheduler::new(2, Each::ONE, 10);
        let _one = scheduler.turn(1, Class::Office).await.unwrap();
        let _two = scheduler.turn(2, Class::Office).await.unwrap();
    }

    #[tokio::test]
    async fn an_account_alone_has_all_turns_and_beside_another_leaves_some() {
        let scheduler = Scheduler::new(3, Each { sharing: 2, alone: 3 }, 10);
        let turn = |account| Box::pin(scheduler.turn(account, Class::Office));
        let mut turns = vec![turn(1).await.unwrap(), turn(1).await.unwrap()];
        drop(turn(NO_ACCOUNT).await.unwrap());
        turns.push(turn(1).await.unwrap());
        let mut other = turn(2);
        assert!((&mut other).now_or_never().is_none());
        turns.clear();
        let other = other.await.unwrap();
        let _first = turn(1).await.unwrap();
        let second = turn(1).await.unwrap();
        drop(other);
        let mut third = turn(1);
        assert!((&mut third).now_or_never().is_none(), "one turn is left for others");
        let other = turn(2).now_or_never().unwrap();
        drop((other, second));
        assert!(third.now_or_never().is_some());
        for _ in 0..SHARING {
            turn(1).await.unwrap();
        }
        let _second = turn(1).await.unwrap();
        assert!(turn(1).now_or_never().is_some(), "the other account is gone");
    }

    #[tokio::test]
    async fn strangers_never_have_all_turns() {
        let scheduler = Scheduler::new(3, Each { sharing: 2, alone: 3 }, 10);
        let turn = |account| Box::pin(scheduler.turn(account, Class::Office));
        let _turns = (turn(NO_ACCOUNT).await.unwrap(), turn(NO_ACCOUNT).await.unwrap());
        assert!(turn(NO_ACCOUNT).now_or_never().is_none());
        assert!(turn(1).now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_says_when_to_come_back() {
        let scheduler = Scheduler::new(1, Each::ONE, 1);
        let turn = scheduler.turn(1, Class::Office).await.unwrap();
        let second = tokio::spawn({
            let scheduler = scheduler.clone();
            async move { scheduler.turn(1, Class::Office).await.map(drop) }
        });
        tokio::task::yield_now().await;
        assert_eq!(scheduler.turn(1, Class::Office).await.unwrap_err().code(), Code::QueueFull);
        let capture = tokio::spawn({
            let scheduler = scheduler.clone();
            async move { scheduler.turn(1, Class::Capture).await.map(drop) }
        });
        tokio::task::yield_now().await;
        drop(turn);
        second.await.unwrap().unwrap();
        capture.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn who_gives_up_waiting_passes_the_turn_on() {
        let scheduler = Scheduler::new(1, Each::ONE, 10);
        let turn = scheduler.turn(1, Class::Office).await.unwrap();
        let quitter = tokio::spawn({
            let scheduler = scheduler.clone();
            async move { scheduler.turn(1, Class::Office).await.map(drop) }
        });
        tokio::task::yield_now().await;
        quitter.abort();
        assert!(quitter.await.unwrap_err().is_cancelled());
        drop(turn);
        scheduler.turn(1, Class::Office).await.unwrap();
    }

    /// Every class but one always has somebody waiting; the one waits once.
    #[tokio::test]
    async fn no_class_starves_whichever_others_wait() {
        for starving in [Class::Office, Class::Import, Class::Housekeeping] {
            let scheduler = Scheduler::new(1, Each::ONE, 1000);
            let mut turn = scheduler.turn(1, Class::Capture).await.unwrap();
            let mut waiting = Vec::new();
            for class in CLASSES {
                for _ in 0..if class == starving { 1 } else { 100 } {
                    let (sender, receiver) = tokio::sync::oneshot::channel();
                    let scheduler = scheduler.clone();
                    tokio::spawn(async move { drop(sender.send(scheduler.turn(2, class).await.unwrap())) });
                    tokio::task::yield_now().await;
                    waiting.push((class, receiver));
                }
            }
            let mut turns = 0;
            loop {
                turns += 1;
                drop(turn);
                let granted = next_granted(&mut waiting).await;
                if granted.0 == starving {
                    break;
                }
                turn = granted.1;
            }
            assert!(turns <= 3 * PATIENCE, "{starving:?} waited for {turns} turns");
        }
    }

    async fn next_granted(waiting: &mut Vec<(Class, oneshot::Receiver<Turn>)>) -> (Class, Turn) {
        loop {
            for place in 0..waiting.len() {
                if let Ok(turn) = waiting[place].1.try_recv() {
                    return (waiting.remove(place).0, turn);
                }
            }
            tokio::task::yield_now().await;
        }
    }
}

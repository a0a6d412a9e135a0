//! Who may write next: a queue per account, one turn in flight for each, accounts in rotation.
//!
//! On SQLite there is one turn at a time, since there is one write connection; on PostgreSQL several, for different
//! accounts. Captures go before the office's edits, those before imports, those before housekeeping; every
//! `PATIENCE`th turn goes to one of the other classes, each in its turn, so that none starves. Queues are bounded:
//! beyond, the caller is told when to come back.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use crate::problem::{Code, Problem, Result};

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

const CLASSES: [Class; 4] = [Class::Capture, Class::Office, Class::Import, Class::Housekeeping];
/// One turn in so many goes to a less urgent class that waits, to each of them in rotation.
const PATIENCE: u64 = 16;
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
    /// The most that wait for one account in one class: a file of many rows must not shut out who edits one task
    bound: usize,
    granted: u64,
    accounts: HashMap<i64, Account>,
    /// Accounts with a waiting turn of the class and none in flight, in rotation
    ready: [VecDeque<i64>; 4],
}

#[derive(Debug, Default)]
struct Account {
    busy: bool,
    waiting: [VecDeque<oneshot::Sender<Turn>>; 4],
    /// True for each class in whose rotation the account stands
    queued: [bool; 4],
}

impl Account {
    fn len(&self) -> usize {
        self.waiting.iter().map(VecDeque::len).sum()
    }
}

/// The right to write one account's data, given back when dropped.
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
            account.busy = false;
            for class in CLASSES {
                state.queue(self.account, class);
            }
            if state.accounts.get(&self.account).is_some_and(|account| account.len() == 0) {
                state.accounts.remove(&self.account);
            }
        }
        self.scheduler.lend(state);
    }
}

impl Scheduler {
    /// Lends `turns` at a time; at most `bound` wait for one account in one class.
    pub fn new(turns: usize, bound: usize) -> Self {
        let state =
            State { free: turns, bound, granted: 0, accounts: HashMap::new(), ready: Default::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Waits for a turn. Giving up while waiting costs the others nothing.
    pub async fn turn(&self, account: i64, class: Class) -> Result<Turn> {
        let receiver = {
            let mut state = self.lock();
            let bound = state.bound;
            let entry = state.accounts.entry(account).or_default();
            if entry.waiting[class as usize].len() >= bound {
                return Err(Problem::new(Code::QueueFull).retry_after_s(RETRY_AFTER_S));
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
    /// Puts the account into the class's rotation if it waits there and is not busy.
    fn queue(&mut self, id: i64, class: Class) {
        let class = class as usize;
        if let Some(account) = self.accounts.get_mut(&id)
            && !account.busy
            && !account.queued[class]
            && !account.waiting[class].is_empty()
        {
            account.queued[class] = true;
            self.ready[class].push_back(id);
        }
    }

    /// The next waiting turn, its account marked busy.
    fn next(&mut self) -> Option<(i64, oneshot::Sender<Turn>)> {
        for class in order(self.granted + 1) {
            while let Some(id) = self.ready[class].pop_front() {
                let Some(account) = self.accounts.get_mut(&id) else { continue };
                account.queued[class] = false;
                if account.busy {
                    continue;
                }
                let waiting = &mut account.waiting[class];
                while waiting.front().is_some_and(oneshot::Sender::is_closed) {
                    waiting.pop_front();
                }
                if let Some(sender) = waiting.pop_front() {
                    account.busy = true;
                    self.granted += 1;
                    return Some((id, sender));
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
    use super::*;

    #[tokio::test]
    async fn an_account_has_one_turn_at_a_time_and_accounts_rotate() {
        let scheduler = Scheduler::new(1, 10);
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
        let scheduler = Scheduler::new(2, 10);
        let _one = scheduler.turn(1, Class::Office).await.unwrap();
        let _two = scheduler.turn(2, Class::Office).await.unwrap();
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_says_when_to_come_back() {
        let scheduler = Scheduler::new(1, 1);
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
        let scheduler = Scheduler::new(1, 10);
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
            let scheduler = Scheduler::new(1, 1000);
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

//! Turns under chance: callers come, wait, give up, hold and go, and nobody is forgotten.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use campo_server::scheduler::{Class, Each, Scheduler};
use campo_tests::random::Random;

const CLASSES: [Class; 4] = [Class::Capture, Class::Office, Class::Import, Class::Housekeeping];

/// What is held now.
#[derive(Debug, Default)]
struct Held {
    accounts: HashMap<i64, usize>,
    most: usize,
}

#[tokio::test]
async fn no_turn_is_lost_or_given_twice_whoever_gives_up() {
    for seed in 0..300 {
        let mut chance = Random::new(seed);
        let turns = chance.within(&(1..=4)) as usize;
        let accounts = chance.within(&(1..=5));
        let scheduler = Scheduler::new(turns, Each::ONE, 1000);
        let held = Arc::new(Mutex::new(Held::default()));
        let callers: Vec<_> = (0..chance.within(&(1..=60)))
            .map(|number| {
                let own = Random::part(seed, number);
                tokio::spawn(call(scheduler.clone(), accounts, own, Arc::clone(&held)))
            })
            .collect();
        for caller in callers {
            // Some are cancelled from outside, at whatever they are waiting for
            if chance.chance(20) {
                caller.abort();
            }
            let ended = tokio::time::timeout(super::WAIT, caller).await.expect("a turn was lost");
            if let Err(error) = ended {
                assert!(error.is_cancelled(), "seed {seed}: {error}");
            }
        }
        assert_eq!(scheduler.waiting(), 0, "seed {seed}");
        let most = held.lock().unwrap().most;
        assert!(most <= turns, "seed {seed}: {most} turns of {turns}");
        // Every turn can be had again
        let mut again = Vec::new();
        for account in 0..turns {
            let turn = scheduler.turn(100 + account as i64, Class::Office);
            again.push(tokio::time::timeout(super::WAIT, turn).await.expect("a turn was lost").unwrap());
        }
    }
}

/// Takes some turns one after the other, giving some of them up while waiting.
async fn call(scheduler: Scheduler, accounts: u64, mut chance: Random, held: Arc<Mutex<Held>>) {
    for _ in 0..chance.within(&(1..=5)) {
        let account = (chance.number() % accounts) as i64;
        let class = CLASSES[(chance.number() % 4) as usize];
        let patience = if chance.chance(30) { chance.within(&(0..=5)) } else { u64::MAX };
        let turn = tokio::select! {
            biased;
            turn = scheduler.turn(account, class) => turn.unwrap(),
            () = yields(patience) => continue,
        };
        let _counted = Counted::new(account, &held);
        yields(chance.within(&(0..=4))).await;
        drop(turn);
    }
}

/// Counts a turn as held until it is dropped, which is also when its holder is cancelled.
struct Counted<'a> {
    account: i64,
    held: &'a Mutex<Held>,
}

impl<'a> Counted<'a> {
    fn new(account: i64, held: &'a Mutex<Held>) -> Self {
        let mut state = held.lock().unwrap();
        let own = state.accounts.entry(account).or_default();
        *own += 1;
        assert_eq!(*own, 1, "account {account} has two turns");
        state.most = state.accounts.values().sum::<usize>().max(state.most);
        Self { account, held }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.held.lock().unwrap().accounts.remove(&self.account);
    }
}

async fn yields(count: u64) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

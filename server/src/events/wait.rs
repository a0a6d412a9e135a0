//! Waiting for events: a reader whose answer would be empty is answered when there is one, or when its time is over.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Events, Wanted, read};
use crate::{
    app::App,
    problem::{Code, Limit, Problem, Result},
};

/// The longest that a reader may wait, in seconds: shorter than proxies cut off what is silent.
pub const LONGEST_S: i64 = 50;
/// The most readers of one account that wait at one replica.
const MOST: usize = 50;
/// When a reader beyond the bound should come again.
const RETRY_AFTER_S: u64 = 5;
/// How often it is looked for what other replicas committed.
const LOOK: Duration = Duration::from_secs(1);

/// The readers that wait at this replica, by account.
#[derive(Debug, Default)]
pub struct Waiting(Mutex<HashMap<i64, usize>>);

/// One that waits, until it is dropped.
#[derive(Debug)]
struct Waiter {
    waiting: Arc<Waiting>,
    account: i64,
}

impl Waiting {
    fn begin(self: &Arc<Self>, account: i64) -> Result<Waiter> {
        let mut waiting = self.lock();
        let count = waiting.entry(account).or_default();
        if *count >= MOST {
            let limit = Limit::at_a_time("waiting-readers", MOST as u64).back_in_s(RETRY_AFTER_S);
            return Err(Problem::new(Code::TooManyRequests).beyond(limit));
        }
        *count += 1;
        drop(waiting);
        Ok(Waiter { waiting: Arc::clone(self), account })
    }

    /// How many readers of an account wait.
    pub fn count(&self, account: i64) -> usize {
        self.lock().get(&account).copied().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, usize>> {
        // Nothing panics while the lock is held; if something did, the map would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock();
        if let Some(count) = waiting.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.account);
            }
        }
    }
}

/// What there is, or comes within `wait_s`.
pub(super) async fn until(app: &App, account: i64, mut wanted: Wanted, wait_s: i64) -> Result<Events> {
    // Heard from before the first look on, so that nothing is missed
    let mut news = app.log.news();
    let mut page = read(app, account, &wanted).await?;
    if wait_s == 0 || !page.items.is_empty() {
        return Ok(page);
    }
    let _waiter = app.reading.begin(account)?;
    let over = app.environment.sleep(Duration::from_secs(wait_s.unsigned_abs()));
    let mut over = std::pin::pin!(over);
    loop {
        wanted.after = page.position;
        if !page.more {
            let look = app.environment.sleep(LOOK);
            tokio::select! {
                _ = news.changed() => {}
                () = look => {}
                () = app.health.stopped() => return Ok(page),
                () = &mut over => return Ok(page),
            }
            if head(app, account).await? <= page.position {
                continue;
            }
        }
        let epoch = page.epoch;
        page = read(app, account, &wanted).await?;
        // After a restore positions are others, which the reader must hear at once
        if !page.items.is_empty() || page.epoch != epoch {
            return Ok(page);
        }
    }
}

async fn head(app: &App, account: i64) -> Result<i64> {
    let (head,): (i64,) =
        app.db.fetch_one("select event from account_head where account = $1", (account,)).await?;
    Ok(head)
}

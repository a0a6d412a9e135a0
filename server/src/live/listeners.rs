//! The consoles that listen at this replica, by account.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

use super::topics::{self, Counters};
use crate::{
    app::App,
    problem::{Code, Limit, Problem, Result},
};

/// How often counters are read: what other replicas changed is heard of no later.
const EVERY: Duration = Duration::from_secs(1);
/// How long changes of this replica are gathered, so that a burst of them is one look.
const GATHERING: Duration = Duration::from_millis(200);
/// The most streams of one account at one replica.
const MOST: usize = 1000;
/// When a console beyond the bound should come again.
const RETRY_AFTER_S: u64 = 60;

/// The consoles that listen at this replica.
#[derive(Debug, Default)]
pub struct Live(Mutex<HashMap<i64, Listened>>);

#[derive(Debug)]
struct Listened {
    counters: watch::Sender<Counters>,
    streams: usize,
}

/// A console that listens, until it is dropped.
#[derive(Debug)]
pub(super) struct Listening {
    live: Arc<Live>,
    account: i64,
    counters: watch::Receiver<Counters>,
}

impl Listening {
    /// The counters as they are now; the next call of [`Self::changed`] waits for others.
    pub(super) fn counters(&mut self) -> Counters {
        self.counters.borrow_and_update().clone()
    }

    /// Waits until a counter has risen.
    pub(super) async fn changed(&mut self) {
        // The sender lives as long as somebody listens.
        if self.counters.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Entry::Occupied(mut listened) = self.live.lock().entry(self.account) {
            listened.get_mut().streams -= 1;
            if listened.get().streams == 0 {
                listened.remove();
            }
        }
    }
}

impl Live {
    /// Begins to listen. Whatever is committed after this has returned is heard of.
    pub(super) async fn listen(app: &App, account: i64) -> Result<Listening> {
        let now = topics::read(app, &[account]).await?.remove(&account).unwrap_or_default();
        let mut listened = app.live.lock();
        let own = listened
            .entry(account)
            .or_insert_with(|| Listened { counters: watch::channel(now).0, streams: 0 });
        if own.streams >= MOST {
            return Err(Problem::new(Code::TooManyRequests)
                .beyond(Limit::at_a_time("listening-consoles", MOST as u64).back_in_s(RETRY_AFTER_S)));
        }
        own.streams += 1;
        let counters = own.counters.subscribe();
        drop(listened);
        Ok(Listening { live: Arc::clone(&app.live), account, counters })
    }

    /// Tells the consoles again and again. Runs until dropped.
    pub async fn keep(&self, app: &App) {
        loop {
            tokio::select! {
                () = app.log.changed() => app.environment.sleep(GATHERING).await,
                () = app.environment.sleep(EVERY) => {}
            }
            if let Err(problem) = self.tell(app).await {
                tracing::warn!(%problem, "whether consoles have something new could not be found out");
            }
        }
    }

    /// Reads the counters of the accounts that somebody listens to, and tells what has risen.
    pub async fn tell(&self, app: &App) -> Result<()> {
        let accounts: Vec<i64> = self.lock().keys().copied().collect();
        for (account, counters) in topics::read(app, &accounts).await? {
            if let Some(listened) = self.lock().get(&account) {
                listened.counters.send_if_modified(|last| {
                    let risen = *last != counters;
                    *last = counters;
                    risen
                });
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Listened>> {
        // Nothing panics while the lock is held; if something did, the map would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Phones that are awake: each holds a stream of events open, and is told that there is something new, never what.
//!
//! Whoever commits a change on this replica rings [`crate::log::Log::changed`]; changes of other replicas are found by
//! reading, once a second, one number of each account that has a phone here. PostgreSQL's `listen` would tell sooner,
//! but not on SQLite, not through a pooler, and not what was missed while a connection was lost.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;
use uuid::Uuid;

use super::wake;
use crate::{
    access::Phone,
    app::App,
    problem::{Code, Limit, Problem, Result},
};

/// How often changes of other replicas are looked for.
const EVERY: Duration = Duration::from_secs(1);
/// How long changes are gathered, so that a burst of them is one look.
const GATHERING: Duration = Duration::from_millis(200);
/// When a phone beyond the bound should come again.
const RETRY_AFTER_S: u64 = 60;

/// The phones that listen at this replica.
#[derive(Debug, Default)]
pub struct Awake {
    accounts: Mutex<HashMap<i64, Account>>,
}

#[derive(Debug, Default)]
struct Account {
    /// Up to which position of its changes everybody was told
    seen: Option<i64>,
    phones: HashMap<Uuid, Listener>,
    /// How many phones ever began to listen: tells one stream of a phone from the next
    begun: u64,
}

#[derive(Debug)]
struct Listener {
    number: u64,
    /// Dropped when another stream of the same phone takes its place, which ends this one
    sender: watch::Sender<()>,
}

/// A phone that listens, until it is dropped.
#[derive(Debug)]
pub(super) struct Listening {
    awake: Arc<Awake>,
    account: i64,
    installation: Uuid,
    number: u64,
    receiver: watch::Receiver<()>,
}

impl Listening {
    /// Waits until there is something new. False when another stream of the phone took the place of this one.
    pub(super) async fn changed(&mut self) -> bool {
        self.receiver.changed().await.is_ok()
    }
}

impl Listening {
    /// True while no other stream took the place of this one.
    pub(super) fn is_latest(&self) -> bool {
        let accounts = self.awake.lock();
        let listener = accounts.get(&self.account).and_then(|account| account.phones.get(&self.installation));
        listener.is_some_and(|listener| listener.number == self.number)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut accounts = self.awake.lock();
        let Some(account) = accounts.get_mut(&self.account) else { return };
        if account.phones.get(&self.installation).is_some_and(|listener| listener.number == self.number) {
            account.phones.remove(&self.installation);
        }
        if account.phones.is_empty() {
            accounts.remove(&self.account);
        }
    }
}

impl Awake {
    /// Begins to listen for a phone. Whatever is committed after this has returned is told.
    pub(super) async fn listen(app: &App, phone: &Phone) -> Result<Listening> {
        let (account, installation) = (phone.allowed.account(), phone.installation);
        let listening = app.awake.add(account, installation, app.limits.event_streams)?;
        let (change,): (i64,) =
            app.db.fetch_one("select change from account_head where account = $1", (account,)).await?;
        if let Some(account) = app.awake.lock().get_mut(&account) {
            account.seen.get_or_insert(change);
        }
        Ok(listening)
    }

    /// How many phones listen.
    pub fn count(&self) -> usize {
        self.lock().values().map(|account| account.phones.len()).sum()
    }

    fn add(self: &Arc<Self>, account: i64, installation: Uuid, bound: usize) -> Result<Listening> {
        let (sender, receiver) = watch::channel(());
        let mut accounts = self.lock();
        let own = accounts.entry(account).or_default();
        if own.phones.len() >= bound && !own.phones.contains_key(&installation) {
            return Err(Problem::new(Code::TooManyRequests)
                .beyond(Limit::at_a_time("listening-phones", bound as u64).back_in_s(RETRY_AFTER_S)));
        }
        own.begun += 1;
        let number = own.begun;
        own.phones.insert(installation, Listener { number, sender });
        drop(accounts);
        Ok(Listening { awake: Arc::clone(self), account, installation, number, receiver })
    }

    /// Tells the phones again and again. Runs until dropped.
    pub async fn keep(&self, app: &App) {
        loop {
            tokio::select! {
                () = app.log.changed() => app.environment.sleep(GATHERING).await,
                () = app.environment.sleep(EVERY) => {}
            }
            if let Err(problem) = self.tell(app).await {
                tracing::warn!(%problem, "whether phones have something new could not be found out");
            }
        }
    }

    /// Tells every phone in whose view something changed since the last time. Where no phone listens it costs nothing.
    pub async fn tell(&self, app: &App) -> Result<()> {
        let seen: Vec<(i64, i64)> =
            self.lock().iter().filter_map(|(id, account)| Some((*id, account.seen?))).collect();
        if seen.is_empty() {
            return Ok(());
        }
        let mut tx = app.db.begin_snapshot().await?;
        let moved: Vec<(i64, i64, i64)> = tx
            .fetch_many(
                "a, p",
                (seen.iter().map(|one| one.0).collect::<Vec<_>>(), seen.iter().map(|one| one.1).collect::<Vec<_>>()),
                "select k.a, k.p, h.change from k join account_head h on h.account = k.a where h.change > k.p",
            )
            .await?;
        for (account, after, change) in moved {
            let changed = wake::installations(&mut tx, account, after, app.environment.now_us()).await?;
            let mut accounts = self.lock();
            let Some(own) = accounts.get_mut(&account) else { continue };
            own.seen = own.seen.max(Some(change));
            let phones = own.phones.iter().filter(|(id, _)| changed.contains_key(*id));
            phones.for_each(|(_, listener)| listener.sender.send_replace(()));
        }
        tx.rollback().await;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Account>> {
        // Nothing panics while the lock is held; if something did, the map would still be whole.
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The sender of this replica: looks for channels with something to do, and works on each under its lease.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::Semaphore,
    task::{Id, JoinError, JoinSet},
};

use super::{
    batch,
    flight::Flight,
    record,
    scan::{self, Key},
    send::{Fate, Permits},
};
use crate::{app::App, duties::Lease, problem::Result};

/// How often it looks for what other replicas committed, and for what is due again.
const LOOK: Duration = Duration::from_secs(1);
/// The shortest time between two looks: a stream of commits needs no look each.
const PAUSE: Duration = Duration::from_millis(20);
/// How many requests are in flight, over all channels.
const SIDE_BY_SIDE: usize = 256;
/// How many of them are one account's: receivers that hang hold up no other account.
const OF_ACCOUNT: usize = 48;

/// A worker that ended: its channel, the lease that it leaves as it is, and whether there was anything to do.
type Ended = (Key, Lease, bool);

/// Sends the notifications of every channel whose lease this replica can get, until the server is asked to end: then what
/// was sent is waited for and written. The leases that it leaves behind [`crate::duties::release`] gives back.
pub async fn run(app: &App) {
    let mut news = app.log.news();
    let all = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut shares: HashMap<i64, Arc<Semaphore>> = HashMap::new();
    let mut leases: HashMap<Key, Lease> = HashMap::new();
    let mut busy: HashMap<Id, Key> = HashMap::new();
    let mut working: JoinSet<Ended> = JoinSet::new();
    loop {
        news.borrow_and_update();
        match scan::due(app).await {
            Ok(due) => {
                let occupied: HashSet<Key> = busy.values().copied().collect();
                leases.retain(|key, _| due.contains(key));
                shares.retain(|_, share| Arc::strong_count(share) > 1);
                for key in due.into_iter().filter(|key| !occupied.contains(key)) {
                    let lease = leases.remove(&key);
                    let lease = lease.unwrap_or_else(|| Lease::of_channel(app, key.account, key.channel));
                    let own =
                        shares.entry(key.account).or_insert_with(|| Arc::new(Semaphore::new(OF_ACCOUNT)));
                    let permits = Permits { own: Arc::clone(own), all: Arc::clone(&all) };
                    let work = serve(app.clone(), key, lease, permits);
                    busy.insert(working.spawn(work).id(), key);
                }
            }
            Err(problem) => tracing::warn!(%problem, "no channel could be looked for"),
        }
        app.environment.sleep(PAUSE).await;
        let look = app.environment.sleep(LOOK);
        let mut look = std::pin::pin!(look);
        loop {
            tokio::select! {
                () = app.health.stopped() => {
                    while working.join_next().await.is_some() {}
                    return;
                }
                _ = news.changed() => break,
                () = &mut look => break,
                Some(ended) = working.join_next_with_id() => {
                    if ended_with_work(ended, &mut busy, &mut leases) {
                        break;
                    }
                }
            }
        }
    }
}

/// Takes note of a worker that ended. True when it had something to do, so that there may be more.
fn ended_with_work(
    ended: Result<(Id, Ended), JoinError>,
    busy: &mut HashMap<Id, Key>,
    leases: &mut HashMap<Key, Lease>,
) -> bool {
    match ended {
        Ok((id, (key, lease, worked))) => {
            busy.remove(&id);
            leases.insert(key, lease);
            worked
        }
        Err(error) => {
            tracing::error!(%error, "the work on a channel panicked");
            busy.remove(&error.id());
            false
        }
    }
}

/// Works on a channel while there is something to do and the lease is this replica's.
async fn serve(app: App, key: Key, mut lease: Lease, permits: Permits) -> Ended {
    let mut worked = false;
    match lease.hold(&app).await {
        Ok(true) => {
            let mut flight = Flight::new(&app, lease.term(), permits);
            let work = async {
                if let Err(problem) = send_all(&app, key, &mut flight, &mut worked).await {
                    tracing::warn!(account = key.account, channel = %key.channel, %problem, "a batch failed");
                }
            };
            tokio::select! {
                () = lease.keep(&app) => {
                    tracing::warn!(account = key.account, channel = %key.channel, "the lease on a channel is lost");
                }
                () = work => {}
            }
        }
        Ok(false) => {}
        Err(problem) => {
            tracing::warn!(account = key.account, channel = %key.channel, %problem, "no lease could be asked for");
        }
    }
    (key, lease, worked)
}

/// Sends until there is nothing more to do and nothing on its way, or until the server is asked to end: then what was
/// sent is waited for.
async fn send_all(app: &App, key: Key, flight: &mut Flight, worked: &mut bool) -> Result<()> {
    let mut news = app.log.news();
    loop {
        news.borrow_and_update();
        let more = !app.health.is_stopping() && one_batch(app, key, flight).await?;
        *worked |= more;
        late(app, flight).await?;
        if more && !app.health.is_stopping() {
            continue;
        }
        if flight.is_idle() {
            return Ok(());
        }
        tokio::select! {
            () = flight.next_late() => late(app, flight).await?,
            _ = news.changed(), if !app.health.is_stopping() => app.environment.sleep(PAUSE).await,
            () = app.environment.sleep(LOOK) => {}
        }
    }
}

/// Records what hung and has ended.
async fn late(app: &App, flight: &mut Flight) -> Result<()> {
    for (run, sent) in flight.take_late() {
        record::record_late(app, &run.batch, sent).await?;
    }
    Ok(())
}

/// Reads, sends and records one batch. False when there was nothing to do, or it was no longer ours.
async fn one_batch(app: &App, key: Key, flight: &mut Flight) -> Result<bool> {
    let next = batch::read(app, key.account, key.channel, &flight.busy()).await?;
    let Some(next) = next else { return Ok(false) };
    let (run, sent) = flight.batch(next).await;
    let nothing_tried = sent.iter().all(|sent| sent.fate == Fate::NotTried || sent.fate == Fate::Behind);
    if nothing_tried && !sent.is_empty() {
        if flight.is_idle() {
            // The lease must be renewed first.
            app.environment.sleep(PAUSE).await;
            return Ok(true);
        }
        // What hangs takes all its width
        return Ok(false);
    }
    record::record(app, &run.batch, sent).await
}

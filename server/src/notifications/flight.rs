//! What one channel has on its way: chains side by side, the events of one chain one after the other.
//!
//! A request that hangs is left to itself: its event gets a row as if it were to be tried again later, what is behind it
//! in its chain waits, and the rest of the channel goes on with less width. What becomes of it is written when it ends.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicUsize},
    time::Duration,
};

use futures_util::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use uuid::Uuid;

use super::{
    batch::{Batch, Event, Tried},
    send::{Fate, Permits, Run, Sent},
};
use crate::{app::App, duties::Term};

/// How many requests one channel has on their way.
const SIDE_BY_SIDE: usize = 16;
/// How much narrower each one that hangs makes a channel.
const NARROWER: usize = 2;
/// A request that takes longer than this hangs.
const HANGS_US: i64 = 1_000_000;
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// A chain on its way.
type Chain = Arc<Mutex<State>>;

struct State {
    run: Arc<Run>,
    order_key: Uuid,
    sent: Vec<Sent>,
    /// What is being tried, without its snapshot
    trying: Option<Event>,
    /// Since when its request is under way
    since_us: Option<i64>,
    rest: VecDeque<Event>,
    /// True once its batch was written without it
    is_left: bool,
}

/// What one channel has on its way while this replica has its lease.
pub struct Flight {
    app: App,
    term: Term,
    permits: Permits,
    /// How many events the receiver took
    taken: Arc<AtomicUsize>,
    going: FuturesUnordered<BoxFuture<'static, Chain>>,
    /// Those of them that hang
    hanging: Vec<Chain>,
    /// Those of them that ended and are to be written
    late: Vec<Chain>,
}

impl Flight {
    /// Of a channel that has nothing on its way.
    pub fn new(app: &App, term: Term, permits: Permits) -> Self {
        Self {
            app: app.clone(),
            term,
            permits,
            taken: Arc::default(),
            going: FuturesUnordered::new(),
            hanging: Vec::new(),
            late: Vec::new(),
        }
    }

    /// Within what nothing more can be sent, since an event hangs.
    pub fn busy(&self) -> HashSet<Uuid> {
        self.hanging.iter().map(|chain| locked(chain).order_key).collect()
    }

    /// True when nothing is on its way, and everything is written.
    pub fn is_idle(&self) -> bool {
        self.going.is_empty() && self.late.is_empty()
    }

    /// Sends what fits into the time that is left of the lease, and says of each event what became of it so far.
    pub async fn batch(&mut self, mut batch: Batch) -> (Arc<Run>, Vec<Sent>) {
        let mut chains = std::mem::take(&mut batch.chains).into_iter();
        let is_probe = batch.failures > 0;
        let run = Arc::new(Run::new(&self.app, batch, &self.term, &self.permits, &self.taken));
        let (mut sent, mut own): (_, Vec<Chain>) = (Vec::new(), Vec::new());
        let app = self.app.clone();
        let mut look = Box::pin(app.environment.sleep(LOOK));
        loop {
            while own.len() < self.width(is_probe)
                && let Some(events) = chains.next()
            {
                own.push(self.begin(&run, events));
            }
            if own.is_empty() {
                break;
            }
            tokio::select! {
                Some(chain) = self.going.next() => {
                    if !self.ended(&chain) {
                        own.retain(|other| !Arc::ptr_eq(other, &chain));
                        sent.append(&mut locked(&chain).sent);
                    }
                }
                () = &mut look, if !is_probe => {
                    self.leave(&mut own, &mut sent);
                    look = Box::pin(app.environment.sleep(LOOK));
                }
            }
        }
        sent.extend(chains.flatten().map(|event| Sent { event, fate: Fate::NotTried }));
        (run, sent)
    }

    /// Waits until something that hung has ended.
    pub async fn next_late(&mut self) {
        if self.late.is_empty()
            && let Some(chain) = self.going.next().await
        {
            self.ended(&chain);
        }
    }

    /// What hung and has ended by now, with its batch.
    pub fn take_late(&mut self) -> Vec<(Arc<Run>, Vec<Sent>)> {
        let mut all: Vec<(Arc<Run>, Vec<Sent>)> = Vec::new();
        for chain in self.late.drain(..) {
            let mut state = locked(&chain);
            let sent = std::mem::take(&mut state.sent);
            match all.iter_mut().find(|(run, _)| Arc::ptr_eq(run, &state.run)) {
                Some((_, of_run)) => of_run.extend(sent),
                None => all.push((Arc::clone(&state.run), sent)),
            }
        }
        all
    }

    /// How many requests of a batch may be on their way beside what hangs.
    fn width(&self, is_probe: bool) -> usize {
        match (is_probe, self.hanging.len()) {
            (true, 0) => 1,
            (true, _) => 0,
            (false, hanging) => SIDE_BY_SIDE.saturating_sub(NARROWER * hanging),
        }
    }

    fn begin(&self, run: &Arc<Run>, events: Vec<Event>) -> Chain {
        let chain = Arc::new(Mutex::new(State {
            run: Arc::clone(run),
            order_key: events.first().map(|event| event.order_key).unwrap_or_default(),
            sent: Vec::with_capacity(events.len()),
            trying: None,
            since_us: None,
            rest: events.into(),
            is_left: false,
        }));
        self.going.push(Box::pin(go(self.app.clone(), Arc::clone(run), Arc::clone(&chain))));
        chain
    }

    /// Takes note of a chain that ended. True when its batch was written without it.
    fn ended(&mut self, chain: &Chain) -> bool {
        let is_late = locked(chain).is_left;
        if is_late {
            self.hanging.retain(|other| !Arc::ptr_eq(other, chain));
            self.late.push(Arc::clone(chain));
        }
        is_late
    }

    /// Leaves to themselves those chains of a batch whose request hangs.
    fn leave(&mut self, own: &mut Vec<Chain>, sent: &mut Vec<Sent>) {
        let (now_us, wall_us) = (self.app.environment.monotonic_us(), self.app.environment.now_us());
        own.retain(|chain| {
            let hangs = locked(chain).leave(now_us, wall_us, sent);
            if hangs {
                self.hanging.push(Arc::clone(chain));
            }
            !hangs
        });
    }
}

impl State {
    /// Says what became of the chain so far, if what it tries hangs; what is behind that is not tried any more.
    fn leave(&mut self, now_us: i64, wall_us: i64, sent: &mut Vec<Sent>) -> bool {
        let Some(event) = &mut self.trying else { return false };
        if self.since_us.is_none_or(|since_us| now_us - since_us < HANGS_US) {
            return false;
        }
        sent.append(&mut self.sent);
        sent.push(Sent { event: event.clone(), fate: Fate::OnTheWay });
        sent.extend(self.rest.drain(..).map(|event| Sent { event, fate: Fate::Behind }));
        // It has a row from now on
        event.tried.get_or_insert(Tried { attempts: 0, since_us: wall_us });
        self.is_left = true;
        true
    }

    /// Takes note of what became of what was tried.
    fn tried(&mut self, fate: Fate) {
        let Some(event) = self.trying.take() else { return };
        let rest = match fate {
            Fate::Failed(_) => Some(Fate::Behind),
            Fate::NotTried => Some(Fate::NotTried),
            _ => None,
        };
        self.sent.push(Sent { event, fate });
        match rest {
            Some(Fate::Behind) => {
                self.sent.extend(self.rest.drain(..).map(|event| Sent { event, fate: Fate::Behind }));
            }
            Some(_) => {
                self.sent.extend(self.rest.drain(..).map(|event| Sent { event, fate: Fate::NotTried }));
            }
            None => {}
        }
    }
}

/// Tries the events of a chain, one after the other.
async fn go(app: App, run: Arc<Run>, chain: Chain) -> Chain {
    loop {
        let (event, snapshot) = {
            let mut state = locked(&chain);
            let Some(mut event) = state.rest.pop_front() else { break };
            let snapshot = event.body.take();
            (state.trying, state.since_us) = (Some(event.clone()), None);
            (event, snapshot)
        };
        let begins = || locked(&chain).since_us = Some(app.environment.monotonic_us());
        let fate = run.one(&event, snapshot.as_deref(), begins).await;
        locked(&chain).tried(fate);
    }
    chain
}

fn locked(chain: &Chain) -> std::sync::MutexGuard<'_, State> {
    chain.lock().unwrap_or_else(PoisonError::into_inner)
}

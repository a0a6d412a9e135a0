//! The core of the app: one object that the shell has, a store that it writes, and a road that syncs by itself.
//!
//! Captures are blocking calls that are durable when they return. What is exchanged with the server happens on a thread
//! of the core's own, so that nothing that a screen drops is left half done.

pub mod actions;
pub mod bearers;
#[cfg(feature = "desk")]
pub mod desk;
pub mod enrolment;
pub mod failure;
pub mod http;
mod lane;
pub mod platform;
mod requests;
mod road;
mod showing;
mod timer;
pub mod tls;
pub mod transport;
mod wipe;

#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc, thread::JoinHandle};

use tokio::sync::{mpsc, oneshot, watch};

use self::{
    failure::Result,
    platform::{Listener, SecureStore},
    requests::Requests,
    road::{Order, Road},
    transport::Transport,
};
use crate::{
    environment::Environment,
    machine::{
        book::Access,
        event::{Event, Trouble},
    },
    store::{Store, space::FileSpace, writer::Writer},
};

/// What the core needs of its surroundings.
pub struct Surroundings {
    /// Where the database is; its folder exists
    pub database: PathBuf,
    /// Clock and chance
    pub environment: Environment,
    /// Where photos are
    pub space: Arc<dyn FileSpace>,
    /// Where secrets are
    pub secrets: Arc<dyn SecureStore>,
    /// How the server is reached
    pub transport: Arc<dyn Transport>,
    /// Who hears of changes
    pub listener: Arc<dyn Listener>,
}

/// How the exchange with the server stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncState {
    /// What the phone may do
    pub access: Access,
    /// True while something is under way for the current enrolment
    pub busy: bool,
    /// What a person should be told, while something does not work
    pub trouble: Option<Trouble>,
    /// How many entries have no receipt, those of earlier enrolments included
    pub unsent_entries: usize,
    /// How many files the servers do not have
    pub unsent_files: usize,
    /// How many exchanges of the current enrolment ended, well or not, since the app was started
    pub rounds: u64,
}

/// The core of the app. One at a time for a database.
pub struct Core {
    writer: Arc<Writer>,
    environment: Environment,
    space: Arc<dyn FileSpace>,
    orders: mpsc::UnboundedSender<Order>,
    state: watch::Receiver<SyncState>,
    /// Taken by `drop` alone
    road: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").finish_non_exhaustive()
    }
}

impl Core {
    /// Opens the store and begins to sync.
    pub fn open(surroundings: Surroundings) -> Result<Self> {
        let Surroundings { database, environment, space, secrets, transport, listener } = surroundings;
        if wipe::is_begun(&database) {
            wipe::go_on(&database, &*space, &*secrets)?;
        }
        let writer = Arc::new(Writer::open(&database)?);
        sweep(&writer, &*space);
        let (orders, received) = mpsc::unbounded_channel();
        let (shown, state) = watch::channel(SyncState::default());
        let requests = Requests {
            writer: writer.clone(),
            environment: environment.clone(),
            space: space.clone(),
            secrets,
            transport,
        };
        let road = Road::new(requests, listener, shown)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new()
            .name("campo-road".to_owned())
            .spawn(move || runtime.block_on(road.run(received)))?;
        let core = Self { writer, environment, space, orders, state, road: Some(thread) };
        core.tell(Event::Started);
        Ok(core)
    }

    /// Takes no new work and returns when no lock of the database is held. What is under way on the network is given up
    /// or taken in after [`Self::resume`].
    pub fn pause(&self) -> Result<()> {
        self.tell(Event::Paused);
        Ok(self.writer.pause()?)
    }

    /// Takes work again.
    pub fn resume(&self) -> Result<()> {
        self.writer.resume()?;
        self.tell(Event::Resumed);
        Ok(())
    }

    /// The app came to the foreground, or left it.
    pub fn foreground(&self, foreground: bool) {
        self.tell(Event::Foreground(foreground));
    }

    /// The platform has a network again, or another one.
    pub fn network_changed(&self) {
        self.tell(Event::NetworkChanged);
    }

    /// The server said that it has something new.
    pub fn woken(&self) {
        self.tell(Event::Woken);
    }

    /// How the exchange with the server stands.
    pub fn sync_state(&self) -> SyncState {
        self.state.borrow().clone()
    }

    /// Follows how the exchange with the server stands.
    pub fn watch(&self) -> watch::Receiver<SyncState> {
        self.state.clone()
    }

    /// Makes an exchange now and waits until nothing is under way. Where nothing can be exchanged now, it returns at once
    /// how things stand: not enrolled, stolen, paused, or told by the server when to come again. Dropping the future ends
    /// the waiting alone.
    pub async fn sync_now(&self) -> SyncState {
        let mut state = self.state.clone();
        let before = state.borrow_and_update().rounds;
        let (reply, is_under_way) = oneshot::channel();
        // The road ends with the core alone
        let _ = self.orders.send(Order::Sync { reply });
        if is_under_way.await != Ok(true) {
            return self.sync_state();
        }
        let done = state.wait_for(|state| state.rounds > before && !state.busy).await;
        done.map_or_else(|_| SyncState::default(), |state| state.clone())
    }

    fn tell(&self, event: Event) {
        // The road ends with the core alone
        let _ = self.orders.send(Order::Event(Box::new(event)));
    }
}

/// Removes the files that no capture took. Only while the app is opened: what is taken from then on may still be captured.
fn sweep(writer: &Writer, space: &dyn FileSpace) {
    match writer.read(Store::files_needed).map(|needed| space.keep_only(&needed)) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "files that nobody captured could not be removed"),
        Err(failure) => tracing::warn!(%failure, "the files that are needed could not be read"),
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::End);
        if let Some(road) = self.road.take() {
            // A panic there was logged there
            let _ = road.join();
        }
    }
}

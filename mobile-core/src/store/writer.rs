//! The thread that writes. Captures, answers and settings take turns on it; whoever asks waits for the result.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    thread::JoinHandle,
};

use tokio::sync::oneshot;

use super::{
    Store,
    failure::{Result, StoreFailure},
};

type Work = Box<dyn FnOnce(&mut Desk) + Send>;

/// The store behind its own thread, and a second connection for reading beside it.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    /// Taken by `drop` alone, which ends the thread
    queue: Option<mpsc::Sender<Work>>,
    thread: Option<JoinHandle<()>>,
    /// None while the store is paused. Written by `pause` and `resume`
    reader: Mutex<Option<Store>>,
}

/// What the thread has: nothing while the store is paused.
struct Desk {
    path: PathBuf,
    store: Option<Store>,
    is_paused: bool,
}

impl Writer {
    /// Opens or makes the database at `path`.
    pub fn open(path: &Path) -> Result<Self> {
        let store = Store::open(path)?;
        let reader = Store::open_for_reading(path)?;
        let (queue, work) = mpsc::channel::<Work>();
        let mut desk = Desk { path: path.to_owned(), store: Some(store), is_paused: false };
        let run = move || {
            while let Ok(work) = work.recv() {
                work(&mut desk);
            }
        };
        let thread = std::thread::Builder::new().name("campo-store".to_owned()).spawn(run)?;
        Ok(Self {
            path: path.to_owned(),
            queue: Some(queue),
            thread: Some(thread),
            reader: Mutex::new(Some(reader)),
        })
    }

    /// Does something with the store, in its turn, and waits for it. [`StoreFailure::Paused`] while it is paused.
    pub fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.on_desk(on_store(work))
    }

    /// As [`Self::write`], without standing still meanwhile.
    pub async fn write_beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, result) = oneshot::channel();
        let work = on_store(work);
        self.queue(Box::new(move |desk: &mut Desk| {
            // Whoever asked may be gone; the work is done all the same
            let _ = answer.send(work(desk));
        }))?;
        result.await.map_err(|_| gone())?
    }

    /// Reads beside whatever is being written.
    pub fn read<T>(&self, work: impl FnOnce(&Store) -> Result<T>) -> Result<T> {
        match &*self.reader() {
            Some(store) => work(store),
            None => Err(StoreFailure::Paused),
        }
    }

    /// Takes no more work, and returns when the database is closed, so that no lock of it is held: iOS kills an app
    /// that is suspended while it holds one. What was begun before is finished.
    pub fn pause(&self) -> Result<()> {
        *self.reader() = None;
        self.on_desk(|desk| {
            desk.is_paused = true;
            if let Some(store) = desk.store.take() {
                store.checkpoint()?;
            }
            Ok(())
        })
    }

    /// Takes work again.
    pub fn resume(&self) -> Result<()> {
        self.on_desk(|desk| {
            desk.is_paused = false;
            if desk.store.is_none() {
                desk.store = Some(Store::open(&desk.path)?);
            }
            Ok(())
        })?;
        let mut reader = self.reader();
        if reader.is_none() {
            *reader = Some(Store::open_for_reading(&self.path)?);
        }
        Ok(())
    }

    /// Throws the database away, also while it is paused, and makes a new one that says that the phone was reported
    /// stolen. Whoever reads or writes meanwhile waits.
    pub fn replace_by_stolen(&self) -> Result<()> {
        let mut reader = self.reader();
        *reader = None;
        let is_paused = self.on_desk(|desk| {
            desk.store = None;
            let store = Store::replace_by_stolen(&desk.path)?;
            desk.store = Some(store).filter(|_| !desk.is_paused);
            Ok(desk.is_paused)
        })?;
        if !is_paused {
            *reader = Some(Store::open_for_reading(&self.path)?);
        }
        Ok(())
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn on_desk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, result) = mpsc::sync_channel(1);
        self.queue(Box::new(move |desk: &mut Desk| {
            // Whoever asked may be gone; the work is done all the same
            let _ = answer.send(work(desk));
        }))?;
        result.recv().map_err(|_| gone())?
    }

    fn queue(&self, work: Work) -> Result<()> {
        self.queue.as_ref().ok_or_else(gone)?.send(work).map_err(|_| gone())
    }

    fn reader(&self) -> MutexGuard<'_, Option<Store>> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Work on the store, where it is not paused.
fn on_store<T>(
    work: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
) -> impl FnOnce(&mut Desk) -> Result<T> + Send + 'static {
    |desk| match &mut desk.store {
        Some(store) => work(store),
        None => Err(StoreFailure::Paused),
    }
}

fn gone() -> StoreFailure {
    StoreFailure::Other("the thread of the store has ended".to_owned())
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported to those who waited for it
            let _ = thread.join();
        }
    }
}

//! Readers take turns: so many at a time in one process, since each holds up to some hundreds of MiB, and fewer for one
//! account, so that its files cannot keep those of others waiting.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Files that are read at a time in one process.
const AT_A_TIME: usize = 3;
/// Those of one account.
const OF_ACCOUNT: usize = 2;

static READERS: Semaphore = Semaphore::const_new(AT_A_TIME);
/// Those of accounts that read or wait, written by [`Turn::take`] alone.
static ACCOUNTS: LazyLock<Mutex<HashMap<i64, Weak<Semaphore>>>> = LazyLock::new(Mutex::default);

/// The right to read one file, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    // The semaphores are never closed, so that there is always one
    _of_account: Option<OwnedSemaphorePermit>,
    _reader: Option<SemaphorePermit<'static>>,
}

impl Turn {
    pub(super) async fn take(account: i64) -> Self {
        let own = of_account(account);
        // In this order, so that who waits for their own account holds up nobody
        let own = own.acquire_owned().await.ok();
        Self { _of_account: own, _reader: READERS.acquire().await.ok() }
    }
}

fn of_account(account: i64) -> Arc<Semaphore> {
    let mut accounts = ACCOUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    accounts.retain(|_, semaphore| semaphore.strong_count() > 0);
    if let Some(known) = accounts.get(&account).and_then(Weak::upgrade) {
        return known;
    }
    let new = Arc::new(Semaphore::new(OF_ACCOUNT));
    accounts.insert(account, Arc::downgrade(&new));
    new
}

//! Who may read next. An account whose requests are many, or slow to answer, leaves connections to the others.
//!
//! Requests read for an account and take turns for it; what the server does by itself is bounded where it is done, and
//! takes none.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    problem::Result,
    scheduler::{Class, Each, Scheduler, Turn},
};

/// The most reads that wait for one account; who comes beyond them is asked to come again. More than the phones of an
/// account that hear of a change at once.
const WAITING: usize = 10_000;

tokio::task_local! {
    static READER: Reader;
}

/// For whom the task reads.
#[derive(Debug, Clone)]
struct Reader {
    account: i64,
    /// True while a read is under way: one within it needs no other turn, so that reads never wait for each other
    is_reading: Arc<AtomicBool>,
}

/// Runs `work`, whose reads take turns with those of other accounts. [`NO_ACCOUNT`](crate::scheduler::NO_ACCOUNT) is
/// whoever has not said of which account it is.
pub async fn of_account<T>(account: i64, work: impl Future<Output = T>) -> T {
    READER.scope(Reader { account, is_reading: Arc::default() }, work).await
}

/// Lends turns to read.
#[derive(Debug, Clone)]
pub struct Reads(Scheduler);

/// A read that waits for its turn or has it; the turn is given back when this is dropped.
#[derive(Debug)]
pub struct Reading {
    is_reading: Arc<AtomicBool>,
    turn: Option<Turn>,
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.is_reading.store(false, Ordering::Relaxed);
    }
}

impl Reads {
    /// For a pool of so many connections, of which one account has a quarter while others read, too: what is
    /// between the connections and the account waits for the same processors.
    pub(super) fn new(connections: u32) -> Self {
        let turns = connections.max(1) as usize;
        Self(Scheduler::new(turns, Each { sharing: turns.div_ceil(4), alone: turns }, WAITING))
    }

    /// Waits for the turn of the account for which the task reads. `None` where no turn is needed.
    pub(super) async fn turn(&self) -> Result<Option<Reading>> {
        let Ok(Reader { account, is_reading }) = READER.try_with(Clone::clone) else { return Ok(None) };
        if is_reading.swap(true, Ordering::Relaxed) {
            return Ok(None);
        }
        let mut reading = Reading { is_reading, turn: None };
        reading.turn = Some(self.0.turn(account, Class::Office).await?);
        Ok(Some(reading))
    }
}

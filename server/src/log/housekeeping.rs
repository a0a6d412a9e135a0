//! A transaction beside the logs: Campo's own, which removes what has no meaning any more, or one account's, for what
//! is of no log. It takes a turn and holds no lock.

use super::Log;
use crate::{
    database::Tx,
    problem::Result,
    scheduler::{Class, NO_ACCOUNT, Turn},
};

/// An open transaction that holds no account's lock. Dropped without [`Housekeeping::commit`] it leaves nothing behind.
///
/// It writes rows that no other transaction waits for while it holds what this one needs, so that the two cannot wait
/// for each other.
#[derive(Debug)]
pub struct Housekeeping {
    tx: Tx,
    _turn: Turn,
}

impl Housekeeping {
    pub(super) async fn begin(log: &Log, account: Option<i64>, class: Class) -> Result<Self> {
        let turn = log.shared.scheduler.turn(account.unwrap_or(NO_ACCOUNT), class).await?;
        Ok(Self { tx: log.shared.db.begin().await?, _turn: turn })
    }

    /// The transaction.
    pub fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Commits.
    pub async fn commit(self) -> Result<()> {
        let Self { tx, _turn } = self;
        tx.commit().await
    }
}

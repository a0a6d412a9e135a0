//! Every task of an account as it stands at one position of the logs, page by page: for tables that leave.

use std::collections::VecDeque;

use uuid::Uuid;

use super::{
    read,
    shown::{self, TaskShown},
};
use crate::{
    access::{Allowed, permissions::ViewTasks},
    app::App,
    database::Tx,
    problem::Result,
};

/// Tasks that are read at a time.
const PAGE: usize = 500;

/// The tasks at one position.
#[derive(Debug)]
pub struct TaskTable {
    tx: Tx,
    account: i64,
    /// The position in the log of events at which they stand
    pub position: i64,
    left: VecDeque<Uuid>,
}

impl TaskTable {
    /// The tasks as they are now, in order of their numbers. What changes while they are read is not seen.
    pub async fn begin(app: &App, allowed: &Allowed<ViewTasks>) -> Result<Self> {
        let account = allowed.account();
        let mut tx = app.db.begin_long_snapshot().await?;
        let (position,): (i64,) =
            tx.fetch_one("select event from account_head where account = $1", (account,)).await?;
        let ids: Vec<(Uuid,)> = tx
            .fetch_all(
                "select id from task where account = $1 and state <> 'deleted' order by task_number, id",
                (account,),
            )
            .await?;
        Ok(Self { tx, account, position, left: ids.into_iter().map(|(id,)| id).collect() })
    }

    /// The next tasks; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<TaskShown>>> {
        if self.left.is_empty() {
            return Ok(None);
        }
        let count = self.left.len().min(PAGE);
        let ids = self.left.drain(..count).collect();
        let tasks = read::load(&mut self.tx, self.account, ids).await?;
        shown::show(&mut self.tx, self.account, tasks).await.map(Some)
    }
}

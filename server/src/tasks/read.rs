//! Reading tasks by what names them.

use campo_protocol::task::{fields::TaskFields, state::TaskState};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    TaskReference, phones,
    shown::{self, TaskShown},
};
use crate::{
    access::{Allowed, permissions::ViewTasks},
    app::App,
    database::Tx,
    problem::{Code, Problem, Result},
};

/// A task as it is stored.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its id
    pub id: Uuid,
    /// Version of the office part, from 1
    pub version: i64,
    /// True when the office deleted it
    pub deleted: bool,
    /// The office part as JSON, exactly as stored
    pub stored: String,
    /// The office part
    pub fields: TaskFields,
    /// What entries made of it
    pub state: TaskState,
    /// When it was created: microseconds since 1970 UTC
    pub created_us: i64,
    /// When the office part changed last: microseconds since 1970 UTC
    pub updated_us: i64,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    state: String,
    fields: String,
    folded: String,
    created_us: i64,
    updated_us: i64,
}

impl Row {
    fn into_task(self) -> Result<Task> {
        Ok(Task {
            id: self.id,
            version: self.version,
            deleted: self.state == "deleted",
            fields: serde_json::from_str(&self.fields).map_err(Problem::internal)?,
            stored: self.fields,
            state: serde_json::from_str(&self.folded).map_err(Problem::internal)?,
            created_us: self.created_us,
            updated_us: self.updated_us,
        })
    }
}

/// One task. Deleted ones are found by their id, so that what workers handed in for them can be read.
pub async fn get(app: &App, allowed: &Allowed<ViewTasks>, reference: &TaskReference) -> Result<TaskShown> {
    shown(app, allowed.account(), reference).await
}

/// Like [`get`], for those who have just changed it.
pub(super) async fn shown(app: &App, account: i64, reference: &TaskReference) -> Result<TaskShown> {
    let mut tx = app.db.begin_snapshot().await?;
    let task = find(&mut tx, account, reference).await?;
    let id = task.id;
    let mut shown = shown::show(&mut tx, account, vec![task]).await?.pop();
    if let Some(shown) = &mut shown {
        shown.phones = phones::holding(&mut tx, account, vec![id]).await?.remove(&id);
    }
    tx.commit().await?;
    shown.ok_or_else(|| Code::NotFound.into())
}

/// The task that `reference` names.
pub(crate) async fn find(tx: &mut Tx, account: i64, reference: &TaskReference) -> Result<Task> {
    let found: Option<(Uuid,)> = match reference {
        TaskReference::Id(id) => Some((*id,)),
        TaskReference::Number(number) => {
            tx.fetch_optional(
                "select id from task where account = $1 and task_number = $2 and state <> 'deleted'",
                (account, *number),
            )
            .await?
        }
        TaskReference::External(text) => {
            tx.fetch_optional(
                "select id from task where account = $1 and external_number = $2 and state <> 'deleted'",
                (account, text.as_str()),
            )
            .await?
        }
        TaskReference::Nothing(_) => None,
    };
    let (id,) = found.ok_or(Code::NotFound)?;
    load(tx, account, vec![id]).await?.pop().ok_or_else(|| Code::NotFound.into())
}

/// Like [`find`], for an edit: a deleted task takes none.
pub(super) async fn find_for_edit(tx: &mut Tx, account: i64, reference: &TaskReference) -> Result<Task> {
    let task = find(tx, account, reference).await?;
    if task.deleted { Err(Code::Gone.into()) } else { Ok(task) }
}

/// The tasks of these ids that exist, deleted or not, in the order of `ids`.
pub(super) async fn load(tx: &mut Tx, account: i64, ids: Vec<Uuid>) -> Result<Vec<Task>> {
    let rows: Vec<Row> = tx
        .fetch_many(
            "a, i",
            (vec![account; ids.len()], ids.clone()),
            "select t.id, t.version, t.state, t.fields, s.state as folded, t.created_us, t.updated_us \
             from k join task t on t.account = k.a and t.id = k.i \
             join task_state s on s.account = t.account and s.task = t.id",
        )
        .await?;
    let mut found: std::collections::HashMap<Uuid, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    ids.iter().filter_map(|id| found.remove(id)).map(Row::into_task).collect()
}

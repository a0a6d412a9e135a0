//! How many tasks meet the filters of a list.

use campo_protocol::task::status::Status;
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{TaskQuery, Wanted};
use crate::{
    access::{Allowed, permissions::ViewTasks},
    app::App,
    problem::Result,
};

/// How many tasks meet every filter.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct TaskTotals {
    /// All of them
    pub tasks: i64,
    /// Those that are not over
    pub open: i64,
    /// Of those that are not over, those that nobody has
    pub unassigned: i64,
    /// Of those that are not over, those that were planned to end before now
    pub late: i64,
    /// Those that the dispatcher must look at
    pub attention: i64,
    /// By where they stand; a status that none has is left out
    pub statuses: Vec<StatusTotal>,
}

/// How many tasks have a status.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusTotal {
    /// The status
    pub status: Status,
    /// How many have it
    pub tasks: i64,
}

#[derive(FromRow)]
struct Row {
    status: String,
    tasks: i64,
    unassigned: i64,
    late: i64,
    attention: i64,
}

/// Counts the tasks that meet every filter; order and page of the query mean nothing here.
pub async fn count(app: &App, allowed: &Allowed<ViewTasks>, query: TaskQuery) -> Result<TaskTotals> {
    let account = allowed.account();
    let mut tx = app.db.begin_snapshot().await?;
    let wanted = Wanted::resolve(&mut tx, account, query, app.environment.now_us()).await?;
    let arguments = wanted.arguments(account, (i64::MIN, Uuid::nil()));
    let mut rows: Vec<Row> = tx.fetch_all(wanted.texts().totals, arguments).await?;
    tx.rollback().await;
    rows.sort_by(|one, other| one.status.cmp(&other.status));
    Ok(rows.into_iter().filter_map(|row| Some((Status::from_name(&row.status)?, row))).fold(
        TaskTotals::default(),
        |mut totals, (status, row)| {
            totals.tasks += row.tasks;
            totals.attention += row.attention;
            if !status.is_terminal() {
                totals.open += row.tasks;
                totals.unassigned += row.unassigned;
                totals.late += row.late;
            }
            totals.statuses.push(StatusTotal { status, tasks: row.tasks });
            totals
        },
    ))
}

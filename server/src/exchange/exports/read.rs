//! The rows of a run as JSON, page by page: snapshots of events in its range, or tasks as the API shows them.

use std::collections::BTreeSet;

use campo_protocol::task::status::Status;
use serde_json::Value;

use super::{make::is_wanted, run::RunRow};
use crate::{
    access::{Allowed, Caller, Duty, permissions::ViewEntries},
    app::App,
    events,
    log::events::ENTRY_COMPLETE,
    problem::{Problem, Result},
    tasks::table::TaskTable,
};

/// Rows that are read at a time.
const ROWS: i64 = 500;

/// Pages of rows.
pub(super) enum Pages {
    Entries {
        app: Box<App>,
        allowed: Allowed<ViewEntries>,
        after: i64,
        until: i64,
        kinds: BTreeSet<String>,
        form: Option<String>,
    },
    Tasks {
        table: Box<TaskTable>,
        statuses: Vec<Status>,
    },
}

impl Pages {
    pub(super) fn entries(
        app: &App,
        account: i64,
        row: &RunRow,
        kinds: BTreeSet<String>,
        form: Option<String>,
    ) -> Result<Self> {
        let allowed = Caller::duty(account, Duty::ExchangeFiles).allow()?;
        let (after, until) = (row.from_position, row.to_position);
        Ok(Self::Entries { app: Box::new(app.clone()), allowed, after, until, kinds, form })
    }

    pub(super) async fn tasks(app: &App, account: i64, statuses: &[Status]) -> Result<Self> {
        let allowed = Caller::duty(account, Duty::ExchangeFiles).allow()?;
        let table = Box::new(TaskTable::begin(app, &allowed).await?);
        Ok(Self::Tasks { table, statuses: statuses.to_vec() })
    }

    /// The position at which the rows end.
    pub(super) const fn position(&self) -> i64 {
        match self {
            Self::Entries { until, .. } => *until,
            Self::Tasks { table, .. } => table.position,
        }
    }

    /// The next rows; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Value>>> {
        match self {
            Self::Entries { app, allowed, after, until, kinds, form } => {
                if *after >= *until {
                    return Ok(None);
                }
                let page = events::of_kind(app, allowed, ENTRY_COMPLETE, *after, ROWS).await?;
                let mut rows = Vec::new();
                for event in page.items.iter().filter(|event| event.position <= *until) {
                    let Some(snapshot) = &event.snapshot else { continue };
                    let snapshot: Value = serde_json::from_str(snapshot.get()).map_err(Problem::internal)?;
                    if is_wanted(&snapshot, kinds, form.as_deref()) {
                        rows.push(snapshot);
                    }
                }
                *after = if page.more { page.position } else { *until };
                Ok(Some(rows))
            }
            Self::Tasks { table, statuses } => {
                let Some(tasks) = table.next().await? else { return Ok(None) };
                let wanted = tasks
                    .into_iter()
                    .filter(|task| statuses.is_empty() || statuses.contains(&task.progress.status));
                let rows = wanted.map(|task| serde_json::to_value(task).map_err(Problem::internal));
                rows.collect::<Result<_>>().map(Some)
            }
        }
    }
}

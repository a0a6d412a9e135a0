//! The rows of a run, page by page: snapshots of events in its range, tasks as the API shows them, days of timesheets.

use std::collections::BTreeSet;

use campo_protocol::{civil::CivilDate, task::status::Status};
use campo_spreadsheets::write::Value as Cell;
use jiff::civil::Date;
use serde_json::Value;

use super::{make::is_wanted, run::RunRow};
use crate::{
    access::{Allowed, Caller, Duty, permissions::ViewEntries},
    app::App,
    events::{self, EventShown},
    log::events::ENTRY_COMPLETE,
    problem::{Problem, Result},
    tasks::table::TaskTable,
    texts::Language,
    timesheets::{pages::SheetTable, table},
};

/// Rows that are read at a time.
const ROWS: i64 = 500;

/// A row.
#[derive(Debug)]
pub(super) enum Row {
    /// An event with its snapshot
    Entry(Box<EventShown>, Value),
    /// A task
    Task(Value),
    /// An employee's day
    Day(Vec<Cell<'static>>),
}

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
    Days {
        table: Box<SheetTable>,
        language: Language,
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

    pub(super) async fn days(
        app: &App,
        account: i64,
        (from, to): (Date, Date),
        as_of_us: i64,
        language: Language,
    ) -> Result<Self> {
        let allowed = Caller::duty(account, Duty::ExchangeFiles).allow()?;
        let span = (CivilDate(from), CivilDate(to));
        let table = Box::new(SheetTable::begin(app, &allowed, span, as_of_us).await?);
        Ok(Self::Days { table, language })
    }

    /// The position at which the rows end.
    pub(super) const fn position(&self) -> i64 {
        match self {
            Self::Entries { until, .. } => *until,
            Self::Tasks { table, .. } => table.position,
            Self::Days { table, .. } => table.position,
        }
    }

    /// The next rows; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Row>>> {
        match self {
            Self::Entries { app, allowed, after, until, kinds, form } => {
                if *after >= *until {
                    return Ok(None);
                }
                let page = events::of_kind(app, allowed, ENTRY_COMPLETE, *after, ROWS).await?;
                let mut rows = Vec::new();
                for event in page.items.into_iter().filter(|event| event.position <= *until) {
                    let Some(snapshot) = &event.snapshot else { continue };
                    let snapshot: Value = serde_json::from_str(snapshot.get()).map_err(Problem::internal)?;
                    if is_wanted(&snapshot, kinds, form.as_deref()) {
                        rows.push(Row::Entry(Box::new(event), snapshot));
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
                let rows =
                    wanted.map(|task| serde_json::to_value(task).map(Row::Task).map_err(Problem::internal));
                rows.collect::<Result<_>>().map(Some)
            }
            Self::Days { table, language } => {
                let Some(sheets) = table.next().await? else { return Ok(None) };
                let rows = sheets.iter().flat_map(|sheet| {
                    sheet.days.iter().map(|day| Row::Day(table::cells(sheet, day, *language)))
                });
                Ok(Some(rows.collect()))
            }
        }
    }
}

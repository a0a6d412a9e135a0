//! Lists of tasks.

pub(crate) mod relist;
#[macro_use]
mod texts;
pub mod totals;

use campo_protocol::{
    faults::Faults,
    model::{Kind, MAX_NAME, Ref},
    task::{fields::Priority, status::Status},
    text::is_blank,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use self::texts::Texts;
use super::{
    Links, phones, read,
    shown::{self, TaskShown},
};
use crate::{
    access::{Allowed, permissions::ViewTasks},
    api::{
        page::{Page, PageQuery},
        search,
        time::Instant,
    },
    app::App,
    database::Tx,
    problem::Result,
};

/// Which tasks are wanted: those that meet every filter.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    /// Where they stand; several statuses by repeating the parameter
    #[serde(default)]
    pub status: Vec<Status>,
    /// `true`: those that are not over; `false`: those that are closed, canceled, not done or declined
    pub open: Option<bool>,
    /// `true`: those that are not over and that nobody has
    #[serde(default)]
    pub unassigned: bool,
    /// `true`: those that are not over and were planned to end before now
    #[serde(default)]
    pub late: bool,
    /// Of those that are not over and that somebody has, `false`: those that are not yet on the phone of everybody who
    /// has them, as they are now; `true`: those that are
    pub on_phone: Option<bool>,
    /// Who has them: an id or `number:` and the employee's number
    #[param(value_type = Option<String>)]
    pub employee: Option<Ref>,
    /// To which group, or one below it, somebody who has them belongs: an id or `code:` and the code
    #[param(value_type = Option<String>)]
    pub group: Option<Ref>,
    /// Their type: an id or `code:` and the code
    #[serde(rename = "type")]
    #[param(value_type = Option<String>)]
    pub task_type: Option<Ref>,
    /// Their point of interest: an id or `number:` and the customer's number
    #[param(value_type = Option<String>)]
    pub poi: Option<Ref>,
    /// Their work order: an id or `number:` and its number
    #[param(value_type = Option<String>)]
    pub work_order: Option<Ref>,
    /// How urgent they are; several priorities by repeating the parameter
    #[serde(default)]
    pub priority: Vec<Priority>,
    /// Planned to start at or after this instant
    #[param(value_type = Option<String>)]
    pub start_from: Option<Instant>,
    /// Planned to start before this instant
    #[param(value_type = Option<String>)]
    pub start_until: Option<Instant>,
    /// Planned to end at or after this instant
    #[param(value_type = Option<String>)]
    pub due_from: Option<Instant>,
    /// Planned to end before this instant
    #[param(value_type = Option<String>)]
    pub due_until: Option<Instant>,
    /// Of which the planned time reaches to this instant or beyond it: together with `planned_until` all that a
    /// calendar shows. A task of which only start or due is planned has that one instant
    #[param(value_type = Option<String>)]
    pub planned_from: Option<Instant>,
    /// Of which the planned time begins before this instant
    #[param(value_type = Option<String>)]
    pub planned_until: Option<Instant>,
    /// The southern edge of a box, in degrees; the four edges are given together. Where a task has no point of its own,
    /// that of its point of interest counts
    pub south: Option<f64>,
    /// The western edge of the box; greater than the eastern one where the box reaches over the 180th meridian
    pub west: Option<f64>,
    /// The northern edge of the box
    pub north: Option<f64>,
    /// The eastern edge of the box
    pub east: Option<f64>,
    /// Of which the office part or the progress changed after this instant
    #[param(value_type = Option<String>)]
    pub changed_after: Option<Instant>,
    /// `true`: those that the dispatcher must look at, deleted ones among them
    #[serde(default)]
    pub attention: bool,
    /// Text in number, description, customer, address, contact or telephone, whatever its case and accents
    pub q: Option<String>,
    /// In which order; by task number when absent. Those without a planned time come last, and first where it falls
    #[param(inline)]
    pub sort: Option<Sort>,
    /// `next` of the page before, asked for with the same filters and order
    pub after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    pub limit: Option<i64>,
}

/// The orders of a list, each rising, or falling with `-` before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub enum Sort {
    /// By task number
    #[default]
    #[serde(rename = "number")]
    Number,
    /// By task number, the latest first
    #[serde(rename = "-number")]
    NumberFalling,
    /// By planned start, else planned end
    #[serde(rename = "start")]
    Start,
    /// By planned start, the latest first
    #[serde(rename = "-start")]
    StartFalling,
    /// By planned end, else planned start
    #[serde(rename = "due")]
    Due,
    /// By planned end, the latest first
    #[serde(rename = "-due")]
    DueFalling,
    /// By priority, from those of which nothing was said
    #[serde(rename = "priority")]
    Priority,
    /// By priority, the most urgent first
    #[serde(rename = "-priority")]
    PriorityFalling,
}

impl Sort {
    /// The place of its texts in [`Texts::pages`], and whether it falls.
    const fn place(self) -> (usize, bool) {
        match self {
            Self::Number => (0, false),
            Self::NumberFalling => (0, true),
            Self::Start => (1, false),
            Self::StartFalling => (1, true),
            Self::Due => (2, false),
            Self::DueFalling => (2, true),
            Self::Priority => (3, false),
            Self::PriorityFalling => (3, true),
        }
    }

    fn text(self, texts: &Texts) -> &'static str {
        let (key, falls) = self.place();
        texts.pages[key][usize::from(falls)]
    }

    /// What stands before the first task.
    const fn beginning(self) -> (i64, Uuid) {
        if self.place().1 { (i64::MAX, Uuid::max()) } else { (i64::MIN, Uuid::nil()) }
    }
}

/// One page of the tasks that meet every filter.
pub async fn list(app: &App, allowed: &Allowed<ViewTasks>, query: TaskQuery) -> Result<Page<TaskShown>> {
    let account = allowed.account();
    let page = PageQuery { after: query.after.clone(), limit: query.limit };
    let limit = page.limit()?;
    let sort = query.sort.unwrap_or_default();
    let after = page.after()?.unwrap_or_else(|| sort.beginning());
    let mut tx = app.db.begin_snapshot().await?;
    let wanted = Wanted::resolve(&mut tx, account, query, app.environment.now_us()).await?;
    let ids = wanted.ids(&mut tx, account, sort, after).await?;
    let page = Page::new(ids, limit, |(id, place)| (*place, *id));
    let ids: Vec<Uuid> = page.items.iter().map(|(id, _)| *id).collect();
    let tasks = read::load(&mut tx, account, ids.clone()).await?;
    let mut items = shown::show(&mut tx, account, tasks).await?;
    let phones = phones::holding(&mut tx, account, ids).await?;
    for item in &mut items {
        item.phones = phones.get(&item.id).copied();
    }
    tx.commit().await?;
    Ok(Page { items, next: page.next })
}

/// Every statement that a list can come to, for tests that prepare them and look at their plans.
pub fn statements() -> impl Iterator<Item = &'static str> {
    texts::EVERY.iter().flat_map(|texts| texts.pages.iter().flatten().copied().chain([texts.totals]))
}

/// The filters, with ids for what they name.
struct Wanted {
    query: TaskQuery,
    employee: Option<Uuid>,
    group: Option<Uuid>,
    task_type: Option<Uuid>,
    poi: Option<Uuid>,
    work_order: Option<Uuid>,
    text: Option<String>,
    now_us: i64,
}

impl Wanted {
    async fn resolve(tx: &mut Tx, account: i64, query: TaskQuery, now_us: i64) -> Result<Self> {
        let mut faults = Faults::default();
        faults.check_text("/q", query.q.as_deref().unwrap_or_default(), MAX_NAME);
        check_box(&query, &mut faults);
        faults.into_result()?;
        let [employee, group, task_type, poi, work_order] = targets(tx, account, &query).await?;
        let text = query.q.as_ref().filter(|text| !is_blank(text)).map(|text| search::pattern(text));
        Ok(Self { query, employee, group, task_type, poi, work_order, text, now_us })
    }

    /// True where only tasks that are not over can meet the filters.
    fn is_open(&self) -> bool {
        let TaskQuery { status, open, unassigned, late, on_phone, .. } = &self.query;
        let named = !status.is_empty() && !status.iter().any(|status| status.is_terminal());
        *open == Some(true) || *unassigned || *late || on_phone.is_some() || named
    }

    /// The statements that begin where the least is to be looked through.
    fn texts(&self) -> &'static Texts {
        let query = &self.query;
        if self.work_order.is_some() {
            &texts::OF_WORK_ORDER
        } else if self.poi.is_some() {
            &texts::OF_POI
        } else if query.attention {
            &texts::WITH_ATTENTION
        } else if self.employee.is_some() {
            &texts::OF_EMPLOYEE
        } else if self.is_open() {
            &texts::OPEN
        } else if self.group.is_some() {
            &texts::OF_GROUP
        } else if query.due_from.is_some() {
            &texts::DUE
        } else if query.start_from.is_some() {
            &texts::STARTING
        } else if query.planned_from.is_some() {
            &texts::PLANNED
        } else if query.south.is_some() {
            &texts::IN_BOX
        } else {
            &texts::ALL
        }
    }

    async fn ids(
        &self,
        tx: &mut Tx,
        account: i64,
        sort: Sort,
        after: (i64, Uuid),
    ) -> Result<Vec<(Uuid, i64)>> {
        tx.fetch_all(sort.text(self.texts()), self.arguments(account, after)).await
    }

    fn arguments(&self, account: i64, (place, id): (i64, Uuid)) -> Arguments {
        let query = &self.query;
        let us = |instant: Option<Instant>| instant.map(|instant| instant.0);
        // A range has two ends, so that PostgreSQL takes it for a narrow one
        let end = |from: Option<Instant>, until| us(until).or_else(|| from.map(|_| i64::MAX));
        let open = query.open.or(self.is_open().then_some(true));
        (
            account,
            place,
            id,
            self.group,
            listed(query.status.iter().map(|status| status.name().to_owned())),
            self.task_type,
            self.poi,
            self.work_order,
            us(query.due_from),
            end(query.due_from, query.due_until),
            us(query.changed_after),
            self.text.clone(),
            self.employee,
            query.attention,
            open,
            us(query.start_from),
            end(query.start_from, query.start_until),
            us(query.planned_from),
            us(query.planned_until),
            listed(query.priority.iter().map(|priority| priority.number().to_string())),
            query.unassigned,
            query.late,
            query.south,
            query.north,
            query.west,
            query.east,
            query.on_phone,
            self.now_us,
        )
    }
}

/// What the statements are handed, `$1` to `$28`.
type Arguments = (
    i64,
    i64,
    Uuid,
    Option<Uuid>,
    String,
    Option<Uuid>,
    Option<Uuid>,
    Option<Uuid>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<Uuid>,
    bool,
    Option<bool>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    String,
    bool,
    bool,
    Option<f64>,
    Option<f64>,
    Option<f64>,
    Option<f64>,
    Option<bool>,
    i64,
);

/// `,a,b,`, which a statement looks into; empty for anything.
fn listed(names: impl Iterator<Item = String>) -> String {
    names.fold(
        String::new(),
        |list, name| if list.is_empty() { format!(",{name},") } else { list + &name + "," },
    )
}

/// Refuses half a box, and edges that are not on the earth.
fn check_box(query: &TaskQuery, faults: &mut Faults) {
    let edges = [
        ("/south", query.south, 90.0),
        ("/west", query.west, 180.0),
        ("/north", query.north, 90.0),
        ("/east", query.east, 180.0),
    ];
    let is_given = edges.iter().any(|(_, edge, _)| edge.is_some());
    for (field, edge, most) in edges {
        match edge {
            Some(edge) => faults.check_range(field, edge, -most, most),
            None if is_given => {
                faults.add(field, "required", "", "the four edges of a box: south, west, north, east");
            }
            None => {}
        }
    }
    if let (Some(south), Some(north)) = (query.south, query.north)
        && south > north
    {
        faults.add("/north", "out_of_range", &north.to_string(), format!("{south} or more"));
    }
}

/// The objects that the filters name, in the order of [`TaskQuery`].
async fn targets(tx: &mut Tx, account: i64, query: &TaskQuery) -> Result<[Option<Uuid>; 5]> {
    let named = [
        ("/employee", Kind::Employee, &query.employee),
        ("/group", Kind::Group, &query.group),
        ("/type", Kind::TaskType, &query.task_type),
        ("/poi", Kind::Poi, &query.poi),
        ("/work_order", Kind::WorkOrder, &query.work_order),
    ];
    let wanted: Vec<(Kind, Ref)> =
        named.iter().filter_map(|(_, kind, target)| Some((*kind, (*target).clone()?))).collect();
    let links = Links::resolve(tx, account, wanted).await?;
    let mut faults = Faults::default();
    let found = named.map(|(field, kind, target)| links.find(&mut faults, field, kind, target.as_ref()?));
    faults.into_result()?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statuses_of_what_is_not_over_are_those_of_the_statements() {
        let named: std::collections::BTreeSet<&str> = open_statuses!()
            .trim_matches(['(', ')'])
            .split(", ")
            .map(|name| name.trim_matches('\''))
            .collect();
        let open = Status::ALL.iter().filter(|status| !status.is_terminal());
        assert_eq!(named, open.map(|status| status.name()).collect());
    }
}

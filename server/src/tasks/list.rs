//! Lists of tasks.

use campo_protocol::{
    faults::Faults,
    model::{Kind, MAX_NAME, Ref},
    task::status::Status,
    text::sort_key,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{
    Links, read,
    shown::{self, TaskShown},
};
use crate::{
    access::{Allowed, permissions::ViewTasks},
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    database::Tx,
    problem::Result,
};

/// Which tasks are wanted: those that meet every filter. Ordered by task number.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    /// Where they stand; several statuses by repeating the parameter
    #[serde(default)]
    pub status: Vec<Status>,
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
    /// Planned to end at or after this instant
    #[param(value_type = Option<String>)]
    pub due_from: Option<Instant>,
    /// Planned to end before this instant
    #[param(value_type = Option<String>)]
    pub due_until: Option<Instant>,
    /// Of which the office part or the progress changed after this instant
    #[param(value_type = Option<String>)]
    pub changed_after: Option<Instant>,
    /// `true`: those that the dispatcher must look at, deleted ones among them
    #[serde(default)]
    pub attention: bool,
    /// Text in number, description, customer, address, contact or telephone, whatever its case and accents
    pub q: Option<String>,
    /// `next` of the page before
    pub after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    pub limit: Option<i64>,
}

/// The statement of a list; `$from` is a statement of its own that ends in a condition and reads `t` and `s`, so that
/// each list begins with the index that narrows it down most. The other filters stand in one `case`, since PostgreSQL
/// would take each of them for one that lets hardly anything through; and the limit is the largest page and one more,
/// since it would take any other for a large one. It would sort the whole account by either mistake.
macro_rules! list {
    ($from:literal) => {
        concat!(
            $from,
            " and (t.task_number, t.id) > ($2, $3) and case when (t.state <> 'deleted' or $14) \
             and (s.attention > 0 or not $14) \
             and ($5 = '' or $5 like '%,' || s.status || ',%') \
             and ($6 is null or t.task_type = $6) and ($7 is null or t.poi = $7) \
             and ($8 is null or t.work_order = $8) \
             and ($9 is null or t.due_us >= $9) and ($10 is null or t.due_us < $10) \
             and ($11 is null or t.updated_us > $11 or s.updated_us > $11) \
             and ($12 is null or t.sort_key like $12 escape '!') \
             then true else false end \
             order by t.task_number, t.id limit 501"
        )
    };
}

const ALL: &str = list!(
    "select t.id, t.task_number from task t join task_state s on s.account = t.account and s.task = t.id \
     where t.account = $1 and t.state <> 'deleted'"
);
const OF_EMPLOYEE: &str = list!(
    "select t.id, t.task_number from task t join task_state s on s.account = t.account and s.task = t.id \
     where t.account = $1 and t.id in (select a.task from assignment a \
     where a.account = $1 and a.employee = $13 and a.until_us is null)"
);
const OF_GROUP: &str = list!(
    "select t.id, t.task_number from task t join task_state s on s.account = t.account and s.task = t.id \
     where t.account = $1 and t.id in (with recursive branch(id) as (select g.id from object g \
     where g.account = $1 and g.kind = 'group' and g.id = $4 union select o.id from branch b \
     join object o on o.account = $1 and o.kind = 'group' and o.parent = b.id and o.state <> 'deleted') \
     select a.task from branch b join object e on e.account = $1 and e.kind = 'employee' and e.parent = b.id \
     join assignment a on a.account = e.account and a.employee = e.id and a.until_us is null \
     where $13 is null or a.employee = $13)"
);
const OF_WORK_ORDER: &str = list!(
    "select t.id, t.task_number from task t join task_state s on s.account = t.account and s.task = t.id \
     where t.account = $1 and t.work_order = $8"
);
const OF_POI: &str = list!(
    "select t.id, t.task_number from task t join task_state s on s.account = t.account and s.task = t.id \
     where t.account = $1 and t.poi = $7"
);
const DUE: &str = list!(
    "select t.id, t.task_number from task t join task_state s on s.account = t.account and s.task = t.id \
     where t.account = $1 and t.due_us >= $9 and t.due_us < $10"
);
const WITH_ATTENTION: &str = list!(
    "select t.id, t.task_number from task_state s join task t on t.account = s.account and t.id = s.task \
     where s.account = $1 and s.attention > 0"
);

/// One page of the tasks that meet every filter.
pub async fn list(app: &App, allowed: &Allowed<ViewTasks>, query: TaskQuery) -> Result<Page<TaskShown>> {
    let account = allowed.account();
    let page = PageQuery { after: query.after.clone(), limit: query.limit };
    let limit = page.limit()?;
    let after: (i64, Uuid) = page.after()?.unwrap_or((i64::MIN, Uuid::nil()));
    let mut tx = app.db.begin_snapshot().await?;
    let ids = ids(&mut tx, account, &query, after).await?;
    let page = Page::new(ids, limit, |(id, number)| (*number, *id));
    let ids = page.items.iter().map(|(id, _)| *id).collect();
    let tasks = read::load(&mut tx, account, ids).await?;
    let items = shown::show(&mut tx, account, tasks).await?;
    tx.commit().await?;
    Ok(Page { items, next: page.next })
}

async fn ids(tx: &mut Tx, account: i64, query: &TaskQuery, after: (i64, Uuid)) -> Result<Vec<(Uuid, i64)>> {
    let [employee, group, task_type, poi, work_order] = targets(tx, account, query).await?;
    let statuses = match &query.status[..] {
        [] => String::new(),
        wanted => wanted.iter().fold(",".to_owned(), |list, status| list + status.name() + ","),
    };
    let mut faults = Faults::default();
    faults.check_text("/q", query.q.as_deref().unwrap_or_default(), MAX_NAME);
    faults.into_result()?;
    let text = query.q.as_ref().filter(|text| !text.trim().is_empty()).map(|text| pattern(text));
    // The first two are filters that the others do not have
    let sql = if group.is_some() {
        OF_GROUP
    } else if employee.is_some() {
        OF_EMPLOYEE
    } else if query.attention {
        WITH_ATTENTION
    } else if work_order.is_some() {
        OF_WORK_ORDER
    } else if poi.is_some() {
        OF_POI
    } else if query.due_from.is_some() {
        DUE
    } else {
        ALL
    };
    let us = |instant: Option<Instant>| instant.map(|instant| instant.0);
    tx.fetch_all(
        sql,
        (
            account,
            after.0,
            after.1,
            group,
            statuses,
            task_type,
            poi,
            work_order,
            us(query.due_from),
            // a range has two ends, so that PostgreSQL takes it for a narrow one
            us(query.due_until).or_else(|| query.due_from.map(|_| i64::MAX)),
            us(query.changed_after),
            text,
            employee,
            query.attention,
        ),
    )
    .await
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

/// The pattern of `like` that finds `text` anywhere, its own wildcards escaped.
fn pattern(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for c in sort_key(text.trim()).chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_is_no_pattern() {
        for (text, expected) in [(" Ñu%a ", "%n~u!%a%"), ("100_!", "%100!_!!%"), ("", "%%")] {
            assert_eq!(pattern(text), expected);
        }
    }
}

//! On which phones a task is, and since when, as they said themselves.

use std::collections::HashMap;

use campo_protocol::scope::Scope;
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{TaskReference, read::find};
use crate::{
    access::{Allowed, permissions::ViewTasks},
    api::time::Instant,
    app::App,
    database::Tx,
    problem::Result,
    sync::scopes::AFTER_CLOSING_US,
};

/// A phone on which an employee works who has the task.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskPhone {
    /// The installation
    pub installation: Uuid,
    /// Its name
    pub installation_name: String,
    /// The employee
    pub employee: Uuid,
    /// The customer's own number of the employee
    pub employee_number: String,
    /// Since when the phone has the task as it is now; absent: not yet on the phone
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Instant>,
    /// When the phone was heard of last, to a minute
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Instant>,
}

/// On how many phones' views a task is, in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskPhones {
    /// How many employees are to have it on their phones
    pub employees: i64,
    /// How many of them have it there as it is now
    pub holding: i64,
    /// Since when all of them have it; absent while somebody does not
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Instant>,
}

/// On how many phones each of these tasks is; what is filed for nobody is left out.
pub(super) async fn holding(
    tx: &mut Tx,
    account: i64,
    tasks: Vec<Uuid>,
) -> Result<HashMap<Uuid, TaskPhones>> {
    let rows: Vec<(Uuid, Option<i64>)> = tx
        .fetch_many(
            "a, i",
            (vec![account; tasks.len()], tasks),
            "select c.id, (select min(h.held_us) from installation_held h \
             join installation i on i.account = h.account and i.id = h.installation and i.state = 'active' \
             where h.account = c.account and h.scope = c.scope and h.position >= c.position) as held_us \
             from k join change c on c.account = k.a and c.kind = 'task' and c.id = k.i and not c.removed",
        )
        .await?;
    let mut found: HashMap<Uuid, TaskPhones> = HashMap::new();
    for (task, held_us) in rows {
        let phones = found.entry(task).or_insert(TaskPhones { employees: 0, holding: 0, since: None });
        phones.since = match (phones.employees == phones.holding, phones.since, held_us) {
            (true, since, Some(held_us)) => {
                Some(Instant(since.map_or(held_us, |since| since.0.max(held_us))))
            }
            _ => None,
        };
        phones.employees += 1;
        phones.holding += i64::from(held_us.is_some());
    }
    Ok(found)
}

#[derive(FromRow)]
struct Row {
    installation: Uuid,
    installation_name: String,
    employee: Uuid,
    employee_number: String,
    since_us: Option<i64>,
    heard_us: Option<i64>,
}

/// The phones that have, or will get, the task with their next exchange, in order of employees' numbers.
pub async fn list(
    app: &App,
    allowed: &Allowed<ViewTasks>,
    reference: &TaskReference,
) -> Result<Vec<TaskPhone>> {
    let account = allowed.account();
    let mut tx = app.db.begin_snapshot().await?;
    let task = find(&mut tx, account, reference).await?.id;
    let filed: Vec<(String, i64)> = tx
        .fetch_all(
            "select scope, position from change where account = $1 and kind = 'task' and id = $2 and not removed",
            (account, task),
        )
        .await?;
    let filed: Vec<(Uuid, String, i64)> = filed
        .into_iter()
        .filter_map(|(scope, position)| match scope.parse() {
            Ok(Scope::Employee(employee)) => Some((employee, scope, position)),
            _ => None,
        })
        .collect();
    let closed_since_us = app.environment.now_us().saturating_sub(AFTER_CLOSING_US);
    let mut rows: Vec<Row> = tx
        .fetch_many(
            "a, e, s, p, c",
            (
                vec![account; filed.len()],
                filed.iter().map(|one| one.0).collect::<Vec<_>>(),
                filed.iter().map(|one| one.1.clone()).collect::<Vec<_>>(),
                filed.iter().map(|one| one.2).collect::<Vec<_>>(),
                vec![closed_since_us; filed.len()],
            ),
            "select i.id as installation, i.name as installation_name, o.id as employee, o.code as employee_number, \
             (select min(h.held_us) from installation_held h where h.account = k.a and h.installation = i.id \
             and h.scope = k.s and h.position >= k.p) as since_us, c.heard_us from k \
             join object o on o.account = k.a and o.kind = 'employee' and o.id = k.e \
             join roster_employee r on r.account = k.a and r.employee = k.e and r.listed \
             join installation i on i.account = r.account and i.id = r.installation and i.state = 'active' \
             left join installation_contact c on c.account = i.account and c.installation = i.id \
             where exists (select 1 from employee_session w where w.account = k.a and w.installation = i.id \
             and w.employee = k.e and (w.closed_us is null or w.closed_us > k.c))",
        )
        .await?;
    tx.rollback().await;
    rows.sort_by(|one, other| {
        (&one.employee_number, one.installation).cmp(&(&other.employee_number, other.installation))
    });
    Ok(rows.into_iter().map(Row::shown).collect())
}

impl Row {
    fn shown(self) -> TaskPhone {
        TaskPhone {
            installation: self.installation,
            installation_name: self.installation_name,
            employee: self.employee,
            employee_number: self.employee_number,
            since: self.since_us.map(Instant),
            heard_at: self.heard_us.map(Instant),
        }
    }
}

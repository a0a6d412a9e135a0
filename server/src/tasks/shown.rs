//! Tasks as the API shows them: the office part, and beside it what entries made of the task.

use std::collections::HashMap;

use campo_protocol::{
    model::{Kind, Ref, State, place::Point},
    task::{body::Role, fields::TaskFields, reason::Reason, status::Status},
};
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{phones::TaskPhones, read::Task};
use crate::{api::time::Instant, database::Tx, problem::Result};

/// A task.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TaskShown {
    /// Its id
    pub id: Uuid,
    /// Version of the office part, for `If-Match`
    pub version: i64,
    /// The office part
    #[serde(flatten)]
    pub fields: TaskFields,
    /// Whether the office still keeps it; a deleted task is found by its id alone
    pub state: State,
    /// What it names, with codes and names
    #[serde(skip_serializing_if = "TaskLinks::is_empty")]
    pub links: TaskLinks,
    /// How far it is
    pub progress: Progress,
    /// Where it is: its own point, else that of its point of interest
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// On how many phones it is, in answers to reading; absent where it is filed for nobody
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phones: Option<TaskPhones>,
    /// What the dispatcher must be shown, until it is dismissed
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attention: Vec<AttentionShown>,
    /// When it was created
    pub created_at: Instant,
    /// When the office part changed last
    pub updated_at: Instant,
}

/// The objects that a task names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskLinks {
    /// Its type
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub task_type: Option<Named>,
    /// The work order
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_order: Option<Named>,
    /// The customer or place
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poi: Option<Named>,
}

impl TaskLinks {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An object by its code and name, as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named {
    /// Its id
    pub id: Uuid,
    /// The customer's own code or number
    pub code: String,
    /// The name that people read
    pub name: String,
}

/// What entries made of a task.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Progress {
    /// Where it stands
    pub status: Status,
    /// Since when
    pub since: Instant,
    /// The worker who reported it; absent when the office decided
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_by: Option<Uuid>,
    /// Who has it
    pub assignments: Vec<AssignmentShown>,
    /// When work first began
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Instant>,
    /// When work on site last ended
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// How many entries of workers name it
    pub worker_entries: i64,
}

/// Somebody who has a task.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssignmentShown {
    /// The employee
    pub employee: Uuid,
    /// The customer's own number of the employee
    pub number: String,
    /// The employee's name
    pub name: String,
    /// What for
    pub role: Role,
    /// Since when
    pub since: Instant,
}

/// An entry that the dispatcher must be shown, and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttentionShown {
    /// The entry
    pub entry: Uuid,
    /// Why
    pub reason: Reason,
    /// When it was captured
    pub occurred_at: Instant,
}

/// Shows tasks, in order.
pub(crate) async fn show(tx: &mut Tx, account: i64, tasks: Vec<Task>) -> Result<Vec<TaskShown>> {
    let names = names(tx, account, &tasks).await?;
    Ok(tasks.into_iter().map(|task| shown(task, &names)).collect())
}

/// What tasks name, by kind and id, and where it is.
type Names = HashMap<NamedKey, (Named, Option<Point>)>;

type NamedKey = (Kind, Uuid);

#[derive(FromRow)]
struct NamedRow {
    kind: String,
    id: Uuid,
    code: String,
    name: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
}

impl NamedRow {
    fn read(self) -> Option<(NamedKey, (Named, Option<Point>))> {
        let Self { kind, id, code, name, latitude, longitude } = self;
        let point = latitude.zip(longitude).map(|(latitude, longitude)| Point { latitude, longitude });
        Some(((Kind::from_name(&kind)?, id), (Named { id, code, name }, point)))
    }
}

async fn names(tx: &mut Tx, account: i64, tasks: &[Task]) -> Result<Names> {
    let mut wanted: Vec<(&'static str, Uuid)> = Vec::new();
    for task in tasks {
        let fields = &task.fields;
        for (kind, target) in [
            (Kind::TaskType, &fields.task_type),
            (Kind::WorkOrder, &fields.work_order),
            (Kind::Poi, &fields.poi),
        ] {
            wanted.extend(target.as_ref().and_then(Ref::id).map(|id| (kind.name(), id)));
        }
        let assigned = task.state.current_assignees().map(|one| (Kind::Employee.name(), one.employee));
        wanted.extend(assigned);
    }
    wanted.sort_unstable();
    wanted.dedup();
    let (kinds, ids): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
    let found: Vec<NamedRow> = tx
        .fetch_many(
            "a, d, i",
            (vec![account; ids.len()], kinds, ids),
            "select o.kind, o.id, o.code, o.name, o.latitude, o.longitude from k \
             join object o on o.account = k.a and o.kind = k.d and o.id = k.i",
        )
        .await?;
    Ok(found.into_iter().filter_map(NamedRow::read).collect())
}

fn shown(task: Task, names: &Names) -> TaskShown {
    let find = |kind, target: &Option<Ref>| names.get(&(kind, target.as_ref()?.id()?));
    let named = |kind, target| find(kind, target).map(|(named, _)| named.clone());
    let point = task.fields.location.point().or_else(|| find(Kind::Poi, &task.fields.poi)?.1);
    let links = TaskLinks {
        task_type: named(Kind::TaskType, &task.fields.task_type),
        work_order: named(Kind::WorkOrder, &task.fields.work_order),
        poi: named(Kind::Poi, &task.fields.poi),
    };
    let assignments = task
        .state
        .current_assignees()
        .map(|one| {
            let employee = names.get(&(Kind::Employee, one.employee)).map(|(named, _)| named);
            AssignmentShown {
                employee: one.employee,
                number: employee.map(|named| named.code.clone()).unwrap_or_default(),
                name: employee.map(|named| named.name.clone()).unwrap_or_default(),
                role: one.role,
                since: Instant(one.from_us),
            }
        })
        .collect();
    let attention = task.state.attention.iter().map(|one| AttentionShown {
        entry: one.entry,
        reason: one.reason,
        occurred_at: Instant(one.occurred_at_us),
    });
    TaskShown {
        id: task.id,
        version: task.version,
        attention: attention.collect(),
        progress: Progress {
            status: task.state.status,
            since: Instant(task.state.decided.at_us),
            reported_by: task.state.decided.employee,
            assignments,
            started_at: task.state.started_at_us.map(Instant),
            ended_at: task.state.ended_at_us.map(Instant),
            worker_entries: task.state.worker_entries,
        },
        fields: task.fields,
        state: if task.deleted { State::Deleted } else { State::Enabled },
        links,
        point,
        phones: None,
        created_at: Instant(task.created_us),
        updated_at: Instant(task.updated_us),
    }
}

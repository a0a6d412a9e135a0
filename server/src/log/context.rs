//! What a group of entries and edits needs to know, read with few statements under the lock.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use campo_protocol::{
    entry::Kind as EntryKind,
    model::Kind,
    task::{
        body::NewAssignment,
        fold,
        state::{Assignment, TaskState},
        status::Status,
    },
};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    directory::{Directory, KnownObject, ObjectKey, with_identity},
    entry::{Content, Incoming},
};
use crate::{
    database::Tx,
    files::{AttachedFile, attach::OwnerKind, attached_to, with_files},
    problem::{Code, Problem, Result},
};

/// A task as it stands while a group is folded.
#[derive(Debug, Clone)]
pub struct KnownTask {
    /// The office part
    pub row: TaskRow,
    /// What the entries made of it, none before `task.created`
    pub state: Option<Arc<TaskState>>,
    /// The state as it was read
    pub before: Option<Arc<TaskState>>,
    /// Position of the last entry that changed the state
    pub position: i64,
    /// What is attached to it
    pub files: Vec<AttachedFile>,
    /// [`Self::over_us`] as it was read
    pub over_before_us: Option<i64>,
}

/// The office part of a task, as it is stored.
#[derive(Debug, Clone, FromRow)]
pub struct TaskRow {
    /// The account
    pub account: i64,
    /// Its id
    pub id: Uuid,
    /// Its type
    pub task_type: Option<Uuid>,
    /// Where it is
    pub poi: Option<Uuid>,
    /// `enabled` or `deleted`
    pub state: String,
    /// Its version
    pub version: i64,
    /// Its JSON without id and version
    pub fields: String,
    /// How many files are attached to it
    pub files: i64,
    /// What ended before this instant was taken from phones
    pub retired_us: Option<i64>,
    /// The folded state, as JSON
    pub folded: Option<String>,
    /// The number of the rules that made it
    pub fold: Option<i64>,
    /// Position of the entry that changed it last
    pub position: Option<i64>,
    /// Since when it is over, while phones hold it
    pub over_us: Option<i64>,
}

/// The context of one group.
#[derive(Debug, Default)]
pub struct Context {
    /// Tasks by account and id; those that are not there do not exist
    pub tasks: HashMap<(i64, Uuid), KnownTask>,
    /// Objects by account, kind and id; those that are not there do not exist
    pub objects: HashMap<ObjectKey, Arc<KnownObject>>,
}

/// What to read.
#[derive(Debug, Default)]
pub struct Wanted {
    /// The accounts' values of the head's `directory`
    pub directories: HashMap<i64, i64>,
    /// Tasks
    pub tasks: HashSet<(i64, Uuid)>,
    /// Objects
    pub objects: HashSet<ObjectKey>,
    /// Employees who are given tasks
    pub assignees: HashSet<ObjectKey>,
}

impl Wanted {
    /// Adds what an entry names.
    pub fn about(&mut self, account: i64, incoming: &Incoming) {
        self.tasks.extend(incoming.task().map(|task| (account, task)));
        self.objects.extend(incoming.employee().map(|id| (account, Kind::Employee, id)));
        let form = incoming.content.as_ref().ok().and_then(|content| content.form);
        self.objects.extend(form.map(|id| (account, Kind::Form, id)));
        let assigned = incoming.content.as_ref().ok().map(assigned).unwrap_or_default();
        self.assignees.extend(assigned.into_iter().map(|id| (account, Kind::Employee, id)));
    }
}

impl Context {
    /// Reads what is wanted, and what that names: the types and places of tasks, the groups of employees.
    pub async fn load(tx: &mut Tx, directory: &Directory, wanted: Wanted) -> Result<Self> {
        let Wanted { directories, tasks, mut objects, mut assignees } = wanted;
        let tasks = load_tasks(tx, tasks).await?;
        for ((account, _), task) in &tasks {
            objects.extend(task.row.task_type.map(|id| (*account, Kind::TaskType, id)));
            objects.extend(task.row.poi.map(|id| (*account, Kind::Poi, id)));
            let having = task.state.iter().flat_map(|state| state.current_assignees());
            assignees.extend(having.map(|one| (*account, Kind::Employee, one.employee)));
        }
        let mut objects = directory.load(tx, &directories, objects).await?;
        let groups: HashSet<ObjectKey> = objects
            .iter()
            .filter(|(key, _)| key.1 == Kind::Employee)
            .filter_map(|(key, employee)| employee.stored.parent.map(|group| (key.0, Kind::Group, group)))
            .filter(|key| !objects.contains_key(key))
            .collect();
        objects.extend(directory.load(tx, &directories, groups).await?);
        assignees.retain(|key| !objects.contains_key(key));
        objects.extend(directory.load(tx, &directories, assignees).await?);
        Ok(Self { tasks, objects })
    }

    /// The object, if it exists.
    pub fn object(&self, account: i64, kind: Kind, id: Option<Uuid>) -> Option<&KnownObject> {
        self.objects.get(&(account, kind, id?)).map(Arc::as_ref)
    }

    /// How far the task is now, if it has a state.
    pub fn progress(&self, account: i64, task: Option<Uuid>) -> Option<Progress> {
        self.tasks.get(&(account, task?))?.state.as_deref().map(Progress::of)
    }
}

/// Whom an entry of the office gives a task.
fn assigned(content: &Content) -> Vec<Uuid> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        assignments: Vec<NewAssignment>,
    }
    if !matches!(content.kind, EntryKind::TaskCreated | EntryKind::TaskAssigned) {
        return Vec::new();
    }
    let body = content.entry.body.as_deref().and_then(|body| serde_json::from_str::<Body>(body.get()).ok());
    body.into_iter().flat_map(|body| body.assignments).map(|one| one.employee).collect()
}

async fn load_tasks(tx: &mut Tx, wanted: HashSet<(i64, Uuid)>) -> Result<HashMap<(i64, Uuid), KnownTask>> {
    let rows: Vec<TaskRow> = tx
        .fetch_many(
            "a, i",
            (
                wanted.iter().map(|key| key.0).collect::<Vec<_>>(),
                wanted.iter().map(|key| key.1).collect::<Vec<_>>(),
            ),
            "select t.account, t.id, t.task_type, t.poi, t.state, t.version, t.fields, t.files, \
             t.retired_us, s.state as folded, s.fold, s.position, s.over_us \
             from k join task t on t.account = k.a and t.id = k.i \
             left join task_state s on s.account = t.account and s.task = t.id",
        )
        .await?;
    let with_files: Vec<(i64, Uuid)> =
        rows.iter().filter(|row| row.files > 0).map(|row| (row.account, row.id)).collect();
    let mut files = attached_to(tx, OwnerKind::Task, &with_files).await?;
    rows.into_iter()
        .map(|row| {
            if row.fold.is_some_and(|rules| rules > fold::VERSION) {
                // Written back by these rules it would lack what only later ones know
                return Err(Problem::new(Code::LaterRules).with("task", row.id));
            }
            let state: Option<Arc<TaskState>> = row
                .folded
                .as_deref()
                .map(serde_json::from_str)
                .transpose()
                .map_err(|error| Problem::internal(error))?;
            let position = row.position.unwrap_or(0);
            let key = (row.account, row.id);
            let files = files.remove(&key).unwrap_or_default();
            let before = state.clone();
            let over_before_us = row.over_us;
            Ok((key, KnownTask { row, state, before, position, files, over_before_us }))
        })
        .collect()
}

impl KnownTask {
    /// The employees whose phones hold it: those who have it, until it is deleted, or retired because it has long been
    /// over.
    pub fn held_by(&self) -> Vec<Uuid> {
        self.held_in(self.state.as_deref())
    }

    /// [`Self::held_by`] before the entries of this group, with the office part as it is now.
    pub fn held_before(&self) -> Vec<Uuid> {
        self.held_in(self.before.as_deref())
    }

    fn held_in(&self, state: Option<&TaskState>) -> Vec<Uuid> {
        let Some(state) = state else { return Vec::new() };
        let retired = self.row.retired_us.is_some_and(|at_us| state.decided.at_us < at_us);
        if self.row.state != "enabled" || (retired && state.status.is_terminal()) {
            return Vec::new();
        }
        state.visible_to()
    }

    /// Since when it is over, while phones hold it: microseconds since 1970 UTC.
    pub fn over_us(&self) -> Option<i64> {
        let state = self.state.as_ref().filter(|state| state.status.is_terminal())?;
        (!self.held_by().is_empty()).then_some(state.decided.at_us)
    }

    /// The task as phones and snapshots show it: the office part, and the state without its workings.
    pub fn json(&self) -> Result<String> {
        self.json_with(self.state.as_deref().map(Progress::of).as_ref())
    }

    /// [`Self::json`] when it was as far as that.
    pub fn json_with(&self, progress: Option<&Progress>) -> Result<String> {
        let mut json = with_identity(self.row.id, self.row.version, &self.row.fields);
        if let Some(progress) = progress {
            let progress = serde_json::to_string(progress).map_err(Problem::internal)?;
            json.truncate(json.len() - 1);
            json.push_str(r#","progress":"#);
            json.push_str(&progress);
            json.push('}');
        }
        Ok(with_files(json, &self.files))
    }
}

/// A state without its workings, which grow with every report: a group keeps one for each of its entries.
#[derive(Debug, Serialize)]
pub struct Progress {
    assignments: Vec<NewAssignment>,
    ended_at_us: Option<i64>,
    since_us: i64,
    started_at_us: Option<i64>,
    status: Status,
}

impl Progress {
    /// Who has the task.
    pub fn assignees(&self) -> impl Iterator<Item = Uuid> {
        self.assignments.iter().map(|one| one.employee)
    }

    fn of(state: &TaskState) -> Self {
        Self {
            assignments: state.current_assignees().map(Assignment::as_new).collect(),
            ended_at_us: state.ended_at_us,
            since_us: state.decided.at_us,
            started_at_us: state.started_at_us,
            status: state.status,
        }
    }
}

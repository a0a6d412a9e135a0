//! The one way to write the office part of tasks: up to [`MAX_SAVES`] at once in one transaction, each with an outcome
//! of its own, with as many statements for one as for all. Forms, imports and web services stand on it.

mod desk;
mod rows;

use campo_protocol::{
    document,
    faults::{Fault, Faults},
    model::Ref,
    task::{
        body::{NewAssignment, Role},
        fields::TaskFields,
        status::Status,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use self::desk::Desk;
pub(super) use self::rows::insert_versions;
use super::read::Task;
use crate::{
    api::edit::IfMatch,
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// The most tasks of one call.
pub const MAX_SAVES: usize = 500;
/// The most employees that one task is assigned to.
const MAX_ASSIGNMENTS: usize = 100;

/// What is done when a task with that number exists, or does not. OfficeTrack's `Operations`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Changes the task with that number, or creates it
    #[default]
    AutoSelect,
    /// Creates it; refused when there is one
    Create,
    /// Changes it; refused when there is none
    Update,
}

/// How a document is laid over an existing task. A new task is the same by either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// JSON Merge Patch (RFC 7396): what is not named stays
    Merge,
    /// What is not named has its default; the task keeps its number
    Replace,
}

/// An employee that a task is assigned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignTo {
    /// The employee
    pub employee: Ref,
    /// What for; the lead when nothing is said
    #[serde(default = "lead")]
    pub role: Role,
}

const fn lead() -> Role {
    Role::Lead
}

/// A new task as the API describes it: the office part, and what is told once. [`Save::read`] reads it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewTask {
    /// The office part
    #[serde(flatten)]
    pub fields: TaskFields,
    /// Its first status; `new` when absent
    pub status: Option<Status>,
    /// Who has it; nobody when absent
    pub assignments: Option<Vec<AssignTo>>,
}

/// One task to be created or changed.
#[derive(Debug, Clone)]
pub struct Save {
    /// What is done when it exists, or does not
    pub operation: Operation,
    /// The task, when it is known by its id; otherwise the numbers in the document say which it is
    pub task: Option<Uuid>,
    /// The version that the edit is based on; whichever stands when there is none
    pub version: IfMatch,
    /// How the document is laid over what stands
    pub edit: Edit,
    /// The office part ([`TaskFields`]) or a patch of it
    pub document: Value,
    /// Its status; a new task is [`Status::New`] and another stays as it is when nothing is said
    pub status: Option<Status>,
    /// Everybody who has it; who has it stays when nothing is said
    pub assignments: Option<Vec<AssignTo>>,
    /// Why, for the entries that status and assignments make
    pub reason: Option<String>,
    /// True to refuse a document that finds its task by a number while that one has another external number
    pub keeps_external: bool,
}

impl Save {
    /// What `document` says, whose members `status` and `assignments` are no part of the office part.
    pub fn read(operation: Operation, edit: Edit, mut document: Value) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let (mut status, mut assignments) = (None, None);
        if let Some(members) = document.as_object_mut() {
            status = member(members, "status", &mut faults);
            assignments = member(members, "assignments", &mut faults);
        }
        faults.into_result()?;
        Ok(Self {
            operation,
            task: None,
            version: IfMatch::Any,
            edit,
            document,
            status,
            assignments,
            reason: None,
            keeps_external: false,
        })
    }
}

fn member<T: serde::de::DeserializeOwned>(
    members: &mut serde_json::Map<String, Value>,
    name: &str,
    faults: &mut Faults,
) -> Option<T> {
    let value = members.remove(name).filter(|value| !value.is_null())?;
    match document::read(&value) {
        Ok(read) => Some(read),
        Err(found) => {
            for Fault { field, code, found, expected } in found.into_vec() {
                faults.add(format!("/{name}{field}"), &code, &found, expected);
            }
            None
        }
    }
}

/// What a save did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A new task
    Created,
    /// Something of it changed
    Updated,
    /// It was so already
    Unchanged,
}

/// A task as one save left it.
#[derive(Debug, Clone)]
pub struct Saved {
    /// What happened
    pub effect: Effect,
    /// The task as it was; none for a new one
    pub before: Option<Task>,
    /// The task as it will be committed
    pub task: Task,
}

/// Creates and changes tasks, in order: a later save sees what an earlier one did. What is refused leaves no trace and
/// holds nothing else up; the outer error is of the database, and then nothing may be committed.
///
/// Refusals are `validation_failed`, `already_exists`, `not_found`, `gone` and `version_mismatch`.
pub async fn save_many(write: &mut Write, saves: Vec<Save>) -> Result<Vec<Result<Saved>>> {
    if saves.len() > MAX_SAVES {
        let mut faults = Faults::default();
        faults.check_count("/tasks", saves.len(), MAX_SAVES);
        return Err(faults.into());
    }
    let mut desk = Desk::load(write, &saves).await?;
    let mut outcomes = Vec::with_capacity(saves.len());
    for save in saves {
        match desk.apply(write, save) {
            Err(problem) if problem.code() == Code::Internal => return Err(problem),
            outcome => outcomes.push(outcome),
        }
    }
    desk.finish(write).await?;
    Ok(outcomes.into_iter().map(|outcome| outcome.and_then(|(id, effect)| desk.saved(id, effect))).collect())
}

/// One save, refused or not.
pub async fn save(write: &mut Write, save: Save) -> Result<Saved> {
    save_many(write, vec![save])
        .await?
        .pop()
        .unwrap_or_else(|| Err(Problem::internal(anyhow::anyhow!("a save had no outcome"))))
}

/// The employees of `list` by id. Faults are named by their place in `/assignments`.
pub(super) fn resolve(list: &[AssignTo], links: &super::Links, faults: &mut Faults) -> Vec<NewAssignment> {
    let field_of = |index: usize| format!("/assignments/{index}/employee");
    faults.check_count("/assignments", list.len(), MAX_ASSIGNMENTS);
    let found: Vec<NewAssignment> = list
        .iter()
        .enumerate()
        .filter_map(|(index, one)| {
            let kind = campo_protocol::model::Kind::Employee;
            let employee = links.find(faults, &field_of(index), kind, &one.employee)?;
            Some(NewAssignment { employee, role: one.role })
        })
        .collect();
    if found.len() == list.len() {
        faults.check_unique(found.iter().map(|one| one.employee), field_of);
    }
    found
}

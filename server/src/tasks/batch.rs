//! Many tasks in one request, each with an outcome of its own.

use campo_protocol::faults::Faults;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    save::{Edit, Effect, MAX_SAVES, NewTask, Operation, Save, Saved, save_many},
    undo::record_saves,
};
use crate::{
    log::write::Write,
    problem::{Problem, ProblemShown, Result},
    texts::Language,
};

/// Tasks to be created or changed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskBatch {
    /// What is done when a task with the number exists, or does not
    #[serde(default)]
    pub operation: Operation,
    /// Up to 500 tasks. Of a task that exists only the members that are named change, as by a JSON Merge Patch
    #[schema(value_type = Vec<NewTask>)]
    pub tasks: Vec<Value>,
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskBatchDone {
    /// One for each task, in the order of the request
    pub items: Vec<TaskOutcome>,
    /// The act, which can be taken back for 10 minutes; none where nothing changed
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Uuid>,
}

/// What became of one task of a batch.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum TaskOutcome {
    /// A new task
    Created(TaskSaved),
    /// Something of it changed
    Updated(TaskSaved),
    /// It was so already
    Unchanged(TaskSaved),
    /// Refused; the others are saved nevertheless
    Refused {
        /// Why
        problem: ProblemShown,
    },
}

/// A task of a batch that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskSaved {
    /// Its id
    pub id: Uuid,
    /// Its number
    pub task_number: i64,
    /// Its version now
    pub version: i64,
}

/// Saves a batch, and says in `language` what became of each task. What is refused holds nothing else up.
pub async fn save_batch(write: &mut Write, batch: &TaskBatch, language: Language) -> Result<TaskBatchDone> {
    let mut faults = Faults::default();
    faults.check_count("/tasks", batch.tasks.len(), MAX_SAVES);
    faults.into_result()?;
    let read: Vec<Result<Save>> = batch
        .tasks
        .iter()
        .map(|task| Save::read(batch.operation, Edit::Merge, task.clone()).map_err(Problem::from))
        .collect();
    let saves = read.iter().filter_map(|save| save.as_ref().ok().cloned()).collect();
    let saved = save_many(write, saves).await?;
    let act = record_saves(write, "tasks.batch", saved.iter().filter_map(|one| one.as_ref().ok())).await?;
    let mut saved = saved.into_iter();
    let items = read
        .into_iter()
        .filter_map(|save| match save {
            Ok(_) => saved.next(),
            Err(problem) => Some(Err(problem)),
        })
        .map(|outcome| shown(outcome, language))
        .collect();
    Ok(TaskBatchDone { items, act })
}

fn shown(outcome: Result<Saved>, language: Language) -> TaskOutcome {
    let Saved { effect, task, .. } = match outcome {
        Ok(saved) => saved,
        Err(problem) => return TaskOutcome::Refused { problem: problem.shown(language, None) },
    };
    let task_number = task.fields.task_number.unwrap_or_default();
    let saved = TaskSaved { id: task.id, task_number, version: task.version };
    match effect {
        Effect::Created => TaskOutcome::Created(saved),
        Effect::Updated => TaskOutcome::Updated(saved),
        Effect::Unchanged => TaskOutcome::Unchanged(saved),
    }
}

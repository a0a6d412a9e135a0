//! Deleting tasks, one or hundreds in a transaction: phones lose them, their numbers are free again, their entries stay.

use std::collections::{HashMap, HashSet};

use campo_protocol::{
    entry::Kind,
    faults::Faults,
    model::MAX_TEXT,
    task::{body::StatusSet, status::Status},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    TaskReference,
    read::{self, Task, find_for_edit},
    save::{MAX_SAVES, insert_versions},
};
use crate::{
    access::{Allowed, permissions::ManageTasks},
    api::edit::IfMatch,
    app::App,
    database::Tx,
    log::{
        events::{TASK_DELETED, TaskEvent},
        write::{About, Write},
    },
    problem::{Code, Problem, ProblemShown, Result},
    scheduler::Class,
    texts::Language,
};

/// Tasks to be deleted.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskRemoval {
    /// Up to 500 tasks
    pub items: Vec<TaskReference>,
    /// Why
    pub reason: Option<String>,
}

/// What became of the tasks, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskRemovalDone {
    /// One for each task
    pub items: Vec<TaskRemoved>,
}

/// What became of one task.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum TaskRemoved {
    /// It is deleted
    Deleted {
        /// Its id
        id: Uuid,
        /// The number it had
        task_number: i64,
        /// Its version now
        version: i64,
    },
    /// It stays as it is; the others are deleted nevertheless
    Refused {
        /// Why
        problem: ProblemShown,
    },
}

/// Deletes a task. Unless it was over already it is canceled first, so that what workers still hand in for it is shown
/// to the dispatcher.
pub async fn remove(
    app: &App,
    allowed: &Allowed<ManageTasks>,
    reference: &TaskReference,
    version: IfMatch,
) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let account = write.account();
    let task = find_for_edit(write.tx(), account, reference).await?;
    version.check(task.version)?;
    delete(&mut write, &[task], None).await?;
    write.commit().await?;
    Ok(())
}

/// Deletes many tasks, and says in `language` what became of each.
pub async fn remove_many(
    write: &mut Write,
    removal: &TaskRemoval,
    language: Language,
) -> Result<TaskRemovalDone> {
    let mut faults = Faults::default();
    faults.check_count("/items", removal.items.len(), MAX_SAVES);
    faults.check_text("/reason", removal.reason.as_deref().unwrap_or_default(), MAX_TEXT);
    faults.into_result()?;
    let account = write.account();
    let found = find_many(write.tx(), account, &removal.items).await?;
    let ids: HashSet<Uuid> = found.values().copied().collect();
    let tasks = read::load(write.tx(), account, ids.into_iter().collect()).await?;
    let mut tasks: HashMap<Uuid, Task> = tasks.into_iter().map(|task| (task.id, task)).collect();
    let (mut deleted, mut items) = (Vec::new(), Vec::new());
    for reference in &removal.items {
        let task = found.get(&reference.to_string()).and_then(|id| tasks.remove(id));
        items.push(match task {
            Some(task) if task.deleted => refused(Code::Gone, language),
            None => refused(Code::NotFound, language),
            Some(task) => {
                let task_number = task.fields.task_number.unwrap_or_default();
                let (id, version) = (task.id, task.version + 1);
                deleted.push(task);
                TaskRemoved::Deleted { id, task_number, version }
            }
        });
    }
    delete(write, &deleted, removal.reason.as_ref()).await?;
    Ok(TaskRemovalDone { items })
}

fn refused(code: Code, language: Language) -> TaskRemoved {
    TaskRemoved::Refused { problem: Problem::new(code).shown(language, None) }
}

/// Deletes the tasks of a work order that are not among `kept`.
pub(crate) async fn remove_others_of_work_order(
    write: &mut Write,
    order: Uuid,
    kept: HashSet<Uuid>,
) -> Result<()> {
    let account = write.account();
    let of_order: Vec<(Uuid,)> = write
        .tx()
        .fetch_all(
            "select id from task where account = $1 and work_order = $2 and state <> 'deleted'",
            (account, order),
        )
        .await?;
    let others: Vec<Uuid> = of_order.into_iter().map(|(id,)| id).filter(|id| !kept.contains(id)).collect();
    let tasks = read::load(write.tx(), account, others).await?;
    delete(write, &tasks, None).await
}

/// Deletes tasks that are not deleted yet.
async fn delete(write: &mut Write, tasks: &[Task], reason: Option<&String>) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    let ids: Vec<Uuid> = tasks.iter().map(|task| task.id).collect();
    write
        .tx()
        .change_many(
            "a, i, u",
            (vec![account; ids.len()], ids.clone(), vec![now_us; ids.len()]),
            "update task set state = 'deleted', version = task.version + 1, \
             listed_version = task.listed_version + 1, updated_us = k.u from k \
             where task.account = k.a and task.id = k.i",
        )
        .await?;
    insert_versions(write, tasks.iter()).await?;
    for task in tasks {
        if !task.state.status.is_terminal() {
            let about = About { task: Some(task.id), reason: reason.cloned(), ..About::default() };
            write.entry(Kind::TaskStatusSet, about, &StatusSet { status: Status::Canceled })?;
        }
        write.task_event(TaskEvent { kind: TASK_DELETED, task: task.id, version: task.version + 1 });
    }
    Ok(())
}

/// The ids of what `references` name, by their text.
async fn find_many(tx: &mut Tx, account: i64, references: &[TaskReference]) -> Result<HashMap<String, Uuid>> {
    let (mut found, mut numbers, mut externals) = (HashMap::new(), HashSet::new(), HashSet::new());
    for reference in references {
        match reference {
            TaskReference::Id(id) => drop(found.insert(reference.to_string(), *id)),
            TaskReference::Number(number) => drop(numbers.insert(*number)),
            TaskReference::External(text) => drop(externals.insert(text.clone())),
            TaskReference::Nothing(_) => {}
        }
    }
    let numbered: Vec<(i64, Uuid)> = tx
        .fetch_many(
            "a, n",
            (vec![account; numbers.len()], numbers.into_iter().collect::<Vec<_>>()),
            "select t.task_number, t.id from k \
             join task t on t.account = k.a and t.task_number = k.n and t.state <> 'deleted'",
        )
        .await?;
    found.extend(numbered.into_iter().map(|(number, id)| (TaskReference::Number(number).to_string(), id)));
    let named: Vec<(String, Uuid)> = tx
        .fetch_many(
            "a, e",
            (vec![account; externals.len()], externals.into_iter().collect::<Vec<_>>()),
            "select t.external_number, t.id from k \
             join task t on t.account = k.a and t.external_number = k.e and t.state <> 'deleted'",
        )
        .await?;
    found.extend(named.into_iter().map(|(text, id)| (TaskReference::External(text).to_string(), id)));
    Ok(found)
}

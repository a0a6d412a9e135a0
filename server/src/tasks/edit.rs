//! Single tasks created, changed and removed.

use std::collections::HashSet;

use campo_protocol::{
    entry::Kind,
    task::{body::StatusSet, status::Status},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    TaskReference,
    read::{self, Task, find_for_edit},
    save::{Edit, Operation, Save, insert_versions, save},
    shown::{self, TaskShown},
};
use crate::{
    access::{Allowed, permissions::ManageTasks},
    api::edit::{Created, IfMatch, Once},
    app::App,
    log::{
        events::{TASK_DELETED, TaskEvent},
        write::{About, Write},
    },
    problem::{Code, Result},
    scheduler::Class,
};

/// Creates a task from its document: the office part, and the members `status` and `assignments`.
///
/// Refused are faults of fields, and `already_exists` with the field and value of a number that another task has.
pub async fn create(
    app: &App,
    allowed: &Allowed<ManageTasks>,
    once: &Once,
    document: &Value,
) -> Result<Created> {
    let new = Save::read(Operation::Create, Edit::Merge, document.clone())?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    if let Some(created) = once.replay(&mut write, document).await? {
        return Ok(created);
    }
    let task = save(&mut write, new).await?.task;
    let (id, version) = (task.id, task.version);
    let account = write.account();
    let shown = shown::show(write.tx(), account, vec![task]).await?.pop().ok_or(Code::Internal)?;
    let created = Created::new(format!("/v1/tasks/{id}"), version, &shown)?;
    once.keep(&mut write, document, &created).await?;
    write.commit().await?;
    Ok(created)
}

/// Changes the office part: a JSON Merge Patch, or the whole of it anew. An edit that changes nothing makes no version.
pub async fn change(
    app: &App,
    allowed: &Allowed<ManageTasks>,
    reference: &TaskReference,
    version: IfMatch,
    edit: Edit,
    document: Value,
) -> Result<TaskShown> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let account = write.account();
    let task = find_for_edit(write.tx(), account, reference).await?.id;
    save(
        &mut write,
        Save {
            operation: Operation::Update,
            task: Some(task),
            version: Some(version.0),
            edit,
            document,
            status: None,
            assignments: None,
            reason: None,
        },
    )
    .await?;
    write.commit().await?;
    read::shown(app, account, &TaskReference::Id(task)).await
}

/// Deletes a task: phones lose it, its numbers are free again, its entries stay. Unless it was over already it is
/// canceled first, so that what workers still hand in for it is shown to the dispatcher.
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
    remove_one(&mut write, &task).await?;
    write.commit().await?;
    Ok(())
}

/// Deletes the tasks of a work order that are not among `kept`.
pub async fn remove_others_of_work_order(write: &mut Write, order: Uuid, kept: HashSet<Uuid>) -> Result<()> {
    let account = write.account();
    let of_order: Vec<(Uuid,)> = write
        .tx()
        .fetch_all(
            "select id from task where account = $1 and work_order = $2 and state <> 'deleted'",
            (account, order),
        )
        .await?;
    let others: Vec<Uuid> = of_order.into_iter().map(|(id,)| id).filter(|id| !kept.contains(id)).collect();
    for task in read::load(write.tx(), account, others).await? {
        remove_one(write, &task).await?;
    }
    Ok(())
}

async fn remove_one(write: &mut Write, task: &Task) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update task set state = 'deleted', version = version + 1, updated_us = $3 where account = $1 and id = $2",
            (account, task.id, now_us),
        )
        .await?;
    insert_versions(write, std::iter::once(task)).await?;
    if !task.state.status.is_terminal() {
        let about = About { task: Some(task.id), ..About::default() };
        write.entry(Kind::TaskStatusSet, about, &StatusSet { status: Status::Canceled })?;
    }
    write.task_event(TaskEvent { kind: TASK_DELETED, task: task.id, version: task.version + 1 });
    Ok(())
}

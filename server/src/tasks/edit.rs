//! Single tasks created and changed.

use serde_json::Value;

use super::{
    TaskReference,
    read::{self, find_for_edit},
    save::{Edit, Operation, Save, save},
    shown::{self, TaskShown},
};
use crate::{
    access::{Allowed, permissions::ManageTasks},
    api::edit::IfMatch,
    app::App,
    log::write::Write,
    problem::{Code, Result},
    scheduler::Class,
};

/// Creates a task from its document: the office part, and the members `status` and `assignments`.
///
/// Refused are faults of fields, and `already_exists` with the field and value of a number that another task has.
pub async fn create(write: &mut Write, document: &Value) -> Result<TaskShown> {
    let new = Save::read(Operation::Create, Edit::Merge, document.clone())?;
    let task = save(write, new).await?.task;
    let account = write.account();
    Ok(shown::show(write.tx(), account, vec![task]).await?.pop().ok_or(Code::Internal)?)
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
            version,
            edit,
            document,
            status: None,
            assignments: None,
            keeps_external: false,
            reason: None,
        },
    )
    .await?;
    write.commit().await?;
    read::shown(app, account, &TaskReference::Id(task)).await
}

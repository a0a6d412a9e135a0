//! What the office decides of a task besides its office part: each is an entry, judged by the same fold as those of
//! workers.

use campo_protocol::{
    entry::Kind,
    faults::Faults,
    model::{Kind as ObjectKind, MAX_TEXT},
    task::{
        body::{Assigned, Noted, StatusSet},
        status::Status,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Links, TaskReference,
    read::{self, find, find_for_edit},
    save::{AssignTo, resolve},
    shown::TaskShown,
    undo::record_decision,
};
use crate::{
    access::{Allowed, permissions::ManageTasks},
    app::App,
    log::write::{About, Write},
    problem::Result,
    scheduler::Class,
};

/// The most entries whose attention one note dismisses.
const MAX_DISMISSED: usize = 1000;

/// The status that a task shall have.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusChange {
    /// The status
    pub status: Status,
    /// Why
    pub reason: Option<String>,
}

/// Who shall have a task.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentChange {
    /// Everybody who shall have it: who is not named loses it
    pub assignments: Vec<AssignTo>,
    /// Why
    pub reason: Option<String>,
}

/// A note in a task's history.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The note
    #[serde(default)]
    pub note: String,
    /// The entries whose attention is dealt with
    #[serde(default)]
    pub dismiss: Vec<Uuid>,
}

/// A note that was made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NoteMade {
    /// Its entry
    pub entry: Uuid,
    /// The task
    pub task: Uuid,
}

/// Sets the status, whatever it was. Workers' entries that were captured before no longer change it.
pub async fn set_status(
    app: &App,
    allowed: &Allowed<ManageTasks>,
    reference: &TaskReference,
    change: StatusChange,
) -> Result<TaskShown> {
    check_reason(change.reason.as_deref())?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let account = write.account();
    let before = find_for_edit(write.tx(), account, reference).await?;
    let task = before.id;
    let about = About { task: Some(task), reason: change.reason, ..About::default() };
    write.entry(Kind::TaskStatusSet, about, &StatusSet { status: change.status })?;
    record_decision(&mut write, "tasks.status", before).await?;
    write.commit().await?;
    read::shown(app, account, &TaskReference::Id(task)).await
}

/// Replaces the whole list of those who have it. Phones of those who lose it drop it, what they hand in still counts as
/// captured.
pub async fn assign(
    app: &App,
    allowed: &Allowed<ManageTasks>,
    reference: &TaskReference,
    change: AssignmentChange,
) -> Result<TaskShown> {
    check_reason(change.reason.as_deref())?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let account = write.account();
    let before = find_for_edit(write.tx(), account, reference).await?;
    let task = before.id;
    let named = change.assignments.iter().map(|one| (ObjectKind::Employee, one.employee.clone()));
    let links = Links::resolve(write.tx(), account, named.collect::<Vec<_>>()).await?;
    let mut faults = Faults::default();
    let assignments = resolve(&change.assignments, &links, &mut faults);
    faults.into_result()?;
    let about = About { task: Some(task), reason: change.reason, ..About::default() };
    write.entry(Kind::TaskAssigned, about, &Assigned { assignments })?;
    record_decision(&mut write, "tasks.assign", before).await?;
    write.commit().await?;
    read::shown(app, account, &TaskReference::Id(task)).await
}

/// Adds a note, and dismisses the attention of the entries it names; with the version of the task. Deleted tasks take
/// notes too, so that what was handed in for them can be dealt with.
pub async fn add_note(write: &mut Write, reference: &TaskReference, note: &Note) -> Result<(i64, NoteMade)> {
    let mut faults = Faults::default();
    faults.check_text("/note", &note.note, MAX_TEXT);
    faults.check_count("/dismiss", note.dismiss.len(), MAX_DISMISSED);
    if note.note.trim().is_empty() && note.dismiss.is_empty() {
        faults.add("/note", "required", &note.note, "text that is not blank");
    }
    faults.into_result()?;
    let account = write.account();
    let task = find(write.tx(), account, reference).await?;
    let text = Some(note.note.clone()).filter(|text| !text.trim().is_empty());
    let about = About { task: Some(task.id), note: text, ..About::default() };
    let entry = write.entry(Kind::TaskNoted, about, &Noted { dismiss: note.dismiss.clone() })?;
    Ok((task.version, NoteMade { entry, task: task.id }))
}

fn check_reason(reason: Option<&str>) -> Result<()> {
    let mut faults = Faults::default();
    if let Some(reason) = reason {
        faults.check_text("/reason", reason, MAX_TEXT);
    }
    Ok(faults.into_result()?)
}

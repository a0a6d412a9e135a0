//! `/v1/tasks`.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use campo_protocol::task::fields::TaskFields;
use serde_json::{Value, value::RawValue};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    TaskReference,
    batch::{self, TaskBatch, TaskBatchDone},
    decide::{self, AssignmentChange, Note, NoteMade, StatusChange},
    edit,
    history::{self, TaskEntry, TaskVersion},
    list::{
        self, TaskQuery,
        totals::{self, TaskTotals},
    },
    phones::{self, TaskPhone},
    read,
    remove::{self, TaskRemoval, TaskRemovalDone},
    save::{Edit, NewTask},
    shown::TaskShown,
};
use crate::{
    access::{
        Auth,
        permissions::{ManageTasks, ViewTasks},
    },
    api::{
        edit::{Created, IfMatch, Made, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Query},
    log::write::Write,
    problem::Result,
    texts::Language,
};

/// The routes of tasks.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_tasks, create_task))
        .routes(routes!(save_tasks))
        .routes(routes!(count_tasks))
        .routes(routes!(delete_tasks))
        .routes(routes!(get_task, replace_task, change_task, delete_task))
        .routes(routes!(set_task_status))
        .routes(routes!(assign_task))
        .routes(routes!(add_task_note))
        .routes(routes!(list_task_entries))
        .routes(routes!(list_task_versions))
        .routes(routes!(list_task_phones))
}

type Named = Path<String>;

fn reference(Path(text): Named) -> TaskReference {
    text.parse().unwrap_or(TaskReference::Nothing(text))
}

/// Lists tasks
///
/// Those that meet every filter, by default ordered by task number. What a board shows is `open=true`; its tray
/// `unassigned=true`; a calendar of a day `planned_from` and `planned_until`; a map the four edges of its box.
#[utoipa::path(
    get, path = "/v1/tasks", tag = "tasks", params(TaskQuery),
    security(("bearer" = ["view_tasks"])),
    responses((status = OK, body = Page<TaskShown>))
)]
async fn list_tasks(
    State(app): State<App>,
    caller: Auth<ViewTasks>,
    Query(query): Query<TaskQuery>,
) -> Result<Json<Page<TaskShown>>> {
    list::list(&app, &caller, query).await.map(Json)
}

/// Counts tasks
///
/// Those that a list with the same filters would show; order and page mean nothing here.
#[utoipa::path(
    get, path = "/v1/tasks/totals", tag = "tasks", params(TaskQuery),
    security(("bearer" = ["view_tasks"])),
    responses((status = OK, body = TaskTotals))
)]
async fn count_tasks(
    State(app): State<App>,
    caller: Auth<ViewTasks>,
    Query(query): Query<TaskQuery>,
) -> Result<Json<TaskTotals>> {
    totals::count(&app, &caller, query).await.map(Json)
}

/// Creates a task
///
/// Without a number the account's counter gives one. Text of digits in `external_number` is the task number too.
#[utoipa::path(
    post, path = "/v1/tasks", tag = "tasks", request_body = NewTask,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has one effect")),
    security(("bearer" = ["manage_tasks"])),
    responses((status = CREATED, body = TaskShown))
)]
async fn create_task(
    State(app): State<App>,
    caller: Auth<ManageTasks>,
    once: Once,
    Json(document): Json<Value>,
) -> Result<Created> {
    let make = async |write: &mut Write| {
        let task = edit::create(write, &document).await?;
        Ok(Made { location: format!("/v1/tasks/{}", task.id), version: task.version, value: task })
    };
    once.make(&app, &caller, &document, make).await
}

/// Creates and changes many tasks
///
/// In one transaction, each with its own outcome. A task is found by its number.
#[utoipa::path(
    post, path = "/v1/tasks/batch", tag = "tasks", request_body = TaskBatch,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has one effect")),
    security(("bearer" = ["manage_tasks"])),
    responses((status = OK, body = TaskBatchDone))
)]
async fn save_tasks(
    State(app): State<App>,
    caller: Auth<ManageTasks>,
    once: Once,
    headers: HeaderMap,
    Json(batch): Json<TaskBatch>,
) -> Result<Json<Box<RawValue>>> {
    let language = Language::of(&headers);
    let save = async |write: &mut Write| batch::save_batch(write, &batch, language).await.map(Made::answer);
    Ok(Json(once.make(&app, &caller, &batch, save).await?.body))
}

/// Deletes many tasks
///
/// In one transaction, each with its own outcome. Phones lose them and their numbers are free again; their entries stay.
#[utoipa::path(
    post, path = "/v1/tasks/delete", tag = "tasks", request_body = TaskRemoval,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has one effect")),
    security(("bearer" = ["manage_tasks"])),
    responses((status = OK, body = TaskRemovalDone))
)]
async fn delete_tasks(
    State(app): State<App>,
    caller: Auth<ManageTasks>,
    once: Once,
    headers: HeaderMap,
    Json(removal): Json<TaskRemoval>,
) -> Result<Json<Box<RawValue>>> {
    let language = Language::of(&headers);
    let delete =
        async |write: &mut Write| remove::remove_many(write, &removal, language).await.map(Made::answer);
    Ok(Json(once.make(&app, &caller, &("delete", &removal), delete).await?.body))
}

/// Gets a task
///
/// By id, `number:700123` or `external:A-7`.
#[utoipa::path(
    get, path = "/v1/tasks/{reference}", tag = "tasks",
    params(("reference" = TaskReference, Path)),
    security(("bearer" = ["view_tasks"])),
    responses((status = OK, body = TaskShown))
)]
async fn get_task(
    State(app): State<App>,
    caller: Auth<ViewTasks>,
    path: Named,
) -> Result<Versioned<TaskShown>> {
    let task = read::get(&app, &caller, &reference(path)).await?;
    Ok(Versioned(task.version, task))
}

/// Replaces the office part of a task
///
/// What is not named has its default; the task keeps its number.
#[utoipa::path(
    put, path = "/v1/tasks/{reference}", tag = "tasks", request_body = TaskFields,
    params(("reference" = TaskReference, Path), ("If-Match" = i64, Header, description = "The version that was read")),
    security(("bearer" = ["manage_tasks"])),
    responses((status = OK, body = TaskShown))
)]
async fn replace_task(
    State(app): State<App>,
    caller: Auth<ManageTasks>,
    path: Named,
    version: IfMatch,
    Json(document): Json<Value>,
) -> Result<Versioned<TaskShown>> {
    let task = edit::change(&app, &caller, &reference(path), version, Edit::Replace, document).await?;
    Ok(Versioned(task.version, task))
}

/// Changes parts of the office part of a task
///
/// By a JSON Merge Patch (RFC 7396): what is not named stays, `null` removes.
#[utoipa::path(
    patch, path = "/v1/tasks/{reference}", tag = "tasks", request_body = TaskFields,
    params(("reference" = TaskReference, Path), ("If-Match" = i64, Header, description = "The version that was read")),
    security(("bearer" = ["manage_tasks"])),
    responses((status = OK, body = TaskShown))
)]
async fn change_task(
    State(app): State<App>,
    caller: Auth<ManageTasks>,
    path: Named,
    version: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<TaskShown>> {
    let task = edit::change(&app, &caller, &reference(path), version, Edit::Merge, patch).await?;
    Ok(Versioned(task.version, task))
}

/// Deletes a task
///
/// Phones lose it and its numbers are free again. Its entries stay, and it is still found by its id.
#[utoipa::path(
    delete, path = "/v1/tasks/{reference}", tag = "tasks",
    params(("reference" = TaskReference, Path), ("If-Match" = i64, Header, description = "The version that was read")),
    security(("bearer" = ["manage_tasks"])),
    responses((status = NO_CONTENT))
)]
async fn delete_task(
    State(app): State<App>,
    caller: Auth<ManageTasks>,
    path: Named,
    version: IfMatch,
) -> Result<StatusCode> {
    remove::remove(&app, &caller, &reference(path), version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the status of a task
///
/// Whatever it was. What workers captured before and hand in later is noted and shown, and changes nothing.
#[utoipa::path(
    post, path = "/v1/tasks/{reference}/status", tag = "tasks", request_body = StatusChange,
    params(("reference" = TaskReference, Path)),
    security(("bearer" = ["manage_tasks"])),
    responses((status = OK, body = TaskShown))
)]
async fn set_task_status(
    State(app): State<App>,
    caller: Auth<ManageTasks>,
    path: Named,
    Json(change): Json<StatusChange>,
) -> Result<Versioned<TaskShown>> {
    let task = decide::set_status(&app, &caller, &reference(path), change).await?;
    Ok(Versioned(task.version, task))
}

/// Assigns a task
///
/// The whole list: who is not named loses it.
#[utoipa::path(
    put, path = "/v1/tasks/{reference}/assignments", tag = "tasks", request_body = AssignmentChange,
    params(("reference" = TaskReference, Path)),
    security(("bearer" = ["manage_tasks"])),
    responses((status = OK, body = TaskShown))
)]
async fn assign_task(
    State(app): State<App>,
    caller: Auth<ManageTasks>,
    path: Named,
    Json(change): Json<AssignmentChange>,
) -> Result<Versioned<TaskShown>> {
    let task = decide::assign(&app, &caller, &reference(path), change).await?;
    Ok(Versioned(task.version, task))
}

/// Adds a note to a task's history
///
/// And dismisses the attention of the entries it names.
#[utoipa::path(
    post, path = "/v1/tasks/{reference}/notes", tag = "tasks", request_body = Note,
    params(
        ("reference" = TaskReference, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has one effect")
    ),
    security(("bearer" = ["manage_tasks"])),
    responses((status = CREATED, body = NoteMade))
)]
async fn add_task_note(
    State(app): State<App>,
    caller: Auth<ManageTasks>,
    once: Once,
    path: Named,
    Json(note): Json<Note>,
) -> Result<Created> {
    let reference = reference(path);
    let make = async |write: &mut Write| {
        let (version, value) = decide::add_note(write, &reference, &note).await?;
        Ok(Made { location: format!("/v1/tasks/{}/history", value.task), version, value })
    };
    once.make(&app, &caller, &(&reference, &note), make).await
}

/// Lists what happened to a task
///
/// Its entries in the order in which they took effect, of workers and the office.
#[utoipa::path(
    get, path = "/v1/tasks/{reference}/history", tag = "tasks",
    params(("reference" = TaskReference, Path), PageQuery),
    security(("bearer" = ["view_tasks"])),
    responses((status = OK, body = Page<TaskEntry>))
)]
async fn list_task_entries(
    State(app): State<App>,
    caller: Auth<ViewTasks>,
    path: Named,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TaskEntry>>> {
    history::entries(&app, &caller, &reference(path), &page).await.map(Json)
}

/// Lists what the office part of a task was before each edit
#[utoipa::path(
    get, path = "/v1/tasks/{reference}/versions", tag = "tasks",
    params(("reference" = TaskReference, Path), PageQuery),
    security(("bearer" = ["view_tasks"])),
    responses((status = OK, body = Page<TaskVersion>))
)]
async fn list_task_versions(
    State(app): State<App>,
    caller: Auth<ViewTasks>,
    path: Named,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TaskVersion>>> {
    history::versions(&app, &caller, &reference(path), &page).await.map(Json)
}

/// Lists the phones that have a task
///
/// Those on which an employee works who has it: since when they have it as it is now, as they said themselves.
#[utoipa::path(
    get, path = "/v1/tasks/{reference}/phones", tag = "tasks",
    params(("reference" = TaskReference, Path)),
    security(("bearer" = ["view_tasks"])),
    responses((status = OK, body = Page<TaskPhone>))
)]
async fn list_task_phones(
    State(app): State<App>,
    caller: Auth<ViewTasks>,
    path: Named,
) -> Result<Json<Page<TaskPhone>>> {
    let items = phones::list(&app, &caller, &reference(path)).await?;
    Ok(Json(Page { items, next: None }))
}

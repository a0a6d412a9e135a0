//! The rows that a group of saves writes: tasks, and what they were before.

use campo_protocol::{
    civil::CivilTime, document::later::Later, model::Ref, task::fields::TaskFields, text::sort_key,
};
use uuid::Uuid;

use crate::{
    database::{Tx, columns},
    log::write::Write,
    problem::{Problem, Result},
    tasks::read::Task,
};

struct VersionRow {
    account: i64,
    id: Uuid,
    version: i64,
    fields: String,
    author: &'static str,
    author_id: Option<Uuid>,
    replaced_us: i64,
}

/// Keeps what tasks were before this edit.
pub(in crate::tasks) async fn insert_versions(
    write: &mut Write,
    tasks: impl Iterator<Item = &Task>,
) -> Result<()> {
    let (account, author, replaced_us) = (write.account(), write.principal, write.now_us);
    let rows: Vec<VersionRow> = tasks
        .map(|task| VersionRow {
            account,
            id: task.id,
            version: task.version,
            fields: task.stored.clone(),
            author: author.kind(),
            author_id: author.id(),
            replaced_us,
        })
        .collect();
    write
        .tx()
        .insert_many(
            "insert into task_version (account, id, version, fields, author, author_id, replaced_us)",
            columns!(rows => account, id, version, fields, author, author_id, replaced_us),
            "",
        )
        .await?;
    Ok(())
}

/// A row of `task`.
pub(super) struct Row {
    account: i64,
    id: Uuid,
    task_number: i64,
    external_number: Option<String>,
    task_type: Option<Uuid>,
    poi: Option<Uuid>,
    work_order: Option<Uuid>,
    start_us: Option<i64>,
    due_us: Option<i64>,
    begins_us: i64,
    ends_us: i64,
    priority: i64,
    latitude: Option<f64>,
    longitude: Option<f64>,
    state: &'static str,
    version: i64,
    listed_version: i64,
    fields: String,
    sort_key: String,
    created_us: i64,
    updated_us: i64,
}

/// The row of the task `id`, whose office part is `fields`.
pub(super) fn row(
    (account, id): (i64, Uuid),
    now_us: i64,
    version: i64,
    fields: &TaskFields,
    later: &Later,
) -> Result<Row> {
    let id_of = |target: &Option<Ref>| target.as_ref().and_then(Ref::id);
    let start_us = fields.start.as_ref().and_then(CivilTime::instant_us);
    let due_us = fields.due.as_ref().and_then(CivilTime::instant_us);
    let point = fields.location.point();
    Ok(Row {
        account,
        id,
        task_number: fields.task_number.unwrap_or_default(),
        external_number: fields.external_number.clone(),
        task_type: id_of(&fields.task_type),
        poi: id_of(&fields.poi),
        work_order: id_of(&fields.work_order),
        start_us,
        due_us,
        begins_us: start_us.or(due_us).unwrap_or(i64::MAX),
        ends_us: due_us.or(start_us).unwrap_or(i64::MAX),
        priority: fields.priority.number(),
        latitude: point.map(|point| point.latitude),
        longitude: point.map(|point| point.longitude),
        state: "enabled",
        version,
        listed_version: version,
        fields: later.write(fields).map_err(Problem::internal)?,
        sort_key: search_key(fields),
        created_us: now_us,
        updated_us: now_us,
    })
}

/// What people find a task by, folded: its numbers, what and where it is, whom to ask for.
fn search_key(fields: &TaskFields) -> String {
    let number = fields.task_number.map(|number| number.to_string()).unwrap_or_default();
    let shown = fields.external_number.as_deref().unwrap_or_default();
    sort_key(
        &[
            number.as_str(),
            shown,
            &fields.description,
            &fields.customer_name,
            &fields.location.address,
            &fields.contact_name,
            &fields.phone1,
            &fields.phone2,
        ]
        .join("\n"),
    )
}

/// Writes new tasks, and what edits made of others.
pub(super) async fn insert_tasks(tx: &mut Tx, rows: Vec<Row>) -> Result<()> {
    tx.insert_many(
        "insert into task (account, id, task_number, external_number, task_type, poi, work_order, start_us, due_us, \
         begins_us, ends_us, priority, latitude, longitude, state, version, listed_version, fields, sort_key, \
         created_us, updated_us)",
        columns!(rows => account, id, task_number, external_number, task_type, poi, work_order, start_us, due_us,
            begins_us, ends_us, priority, latitude, longitude, state, version, listed_version, fields, sort_key,
            created_us, updated_us),
        "on conflict (account, id) do update set task_number = excluded.task_number, \
         external_number = excluded.external_number, task_type = excluded.task_type, poi = excluded.poi, \
         work_order = excluded.work_order, start_us = excluded.start_us, due_us = excluded.due_us, \
         begins_us = excluded.begins_us, ends_us = excluded.ends_us, priority = excluded.priority, \
         latitude = excluded.latitude, longitude = excluded.longitude, listed_version = excluded.listed_version, \
         version = excluded.version, fields = excluded.fields, sort_key = excluded.sort_key, \
         updated_us = excluded.updated_us",
    )
    .await?;
    Ok(())
}

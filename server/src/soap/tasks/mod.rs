//! Tasks.

mod fields;
mod shown;

use campo_protocol::{
    model::{Ref, task_type::TaskType},
    task::fields::{Priority, number_of_text},
};
use campo_soap::value::Value;
use serde_json::{Map, json};

pub(super) use self::fields::{Counting, read as read_task, snake};
use super::{
    answer::{Done, Refused},
    call::Call,
    dates,
    describe::ResultCode,
};
use crate::{
    access::permissions::{ManageTasks, ViewDefinitions, ViewTasks},
    api::{edit::IfMatch, page::PageQuery},
    log::write::Write,
    objects::{self, Filter, Object},
    problem::{Code, Problem},
    scheduler::Class,
    tasks::{
        TaskReference,
        decide::{self, Note},
        read,
        save::{self as saving, Edit, Operation, Save, Saved},
    },
};

/// Creates or changes a task: the document of the first generation, or the typed one of the second.
pub(super) async fn save(call: &mut Call<'_>) -> Result<Done, Refused> {
    let parameters = call.parameters;
    let typed = parameters.fields().iter().any(|field| field.name == "task");
    let (record, named, counting) = if typed {
        let task = parameters.record("task").ok_or_else(|| missing("task"))?;
        (task, "operation", Counting::Flagged)
    } else {
        (parameters, "Operation", Counting::Everything)
    };
    let operation = operation(parameters.choice(named)?);
    let input = fields::read(call, record, counting)?;
    let allowed = call.allow::<ManageTasks>()?;
    let mut write = call.app.log.begin(&allowed, Class::Office).await?;
    let saved = save_one(&mut write, input.into_save(operation)).await?;
    write.commit().await?;
    Ok(Done::with("TaskNumber", saved.task.fields.task_number))
}

pub(super) async fn save_one(write: &mut Write, save: Save) -> Result<Saved, Refused> {
    saving::save(write, save).await.map_err(refused)
}

/// OfficeTrack's name of an operation as ours; what says nothing selects by itself.
pub(super) fn operation(name: Option<&str>) -> Operation {
    match name {
        Some("Create") => Operation::Create,
        Some("Update") => Operation::Update,
        _ => Operation::AutoSelect,
    }
}

pub(super) async fn details(call: &mut Call<'_>) -> Result<Done, Refused> {
    let reference = reference(call)?;
    let allowed = call.allow::<ViewTasks>()?;
    let task = read::get(call.app, &allowed, &reference).await.map_err(refused)?;
    Ok(Done::with("task", shown::details(&task, &call.zone)))
}

/// Changes when a task is done, and its data fields that are not empty.
pub(super) async fn service_time(call: &mut Call<'_>) -> Result<Done, Refused> {
    let (parameters, reference) = (call.parameters, reference(call)?);
    let mut document = Map::new();
    for (name, member) in [("startTimeWindow", "start"), ("endTimeWindow", "due")] {
        if let Some(text) = parameters.word(name) {
            document.insert(member.to_owned(), dates::planned(text, &call.zone)?);
        }
    }
    let data: Map<_, _> = (1..=30)
        .map(|number| format!("data{number}"))
        .filter_map(|name| {
            Some((name.clone(), json!(parameters.text(&name).filter(|text| !text.is_empty())?)))
        })
        .collect();
    if !data.is_empty() {
        document.insert("data".to_owned(), data.into());
    }
    let allowed = call.allow::<ManageTasks>()?;
    let mut write = call.app.log.begin(&allowed, Class::Office).await?;
    let account = write.account();
    let task = read::find(write.tx(), account, &reference).await.map_err(refused)?.id;
    let save = Save {
        operation: Operation::Update,
        task: Some(task),
        version: IfMatch::Any,
        edit: Edit::Merge,
        document: document.into(),
        status: None,
        assignments: None,
        reason: None,
        keeps_external: false,
    };
    save_one(&mut write, save).await?;
    write.commit().await?;
    Ok(Done::nothing())
}

pub(super) async fn note(call: &mut Call<'_>) -> Result<Done, Refused> {
    let reference = reference(call)?;
    let note = call.parameters.text("note").unwrap_or_default().to_owned();
    let allowed = call.allow::<ManageTasks>()?;
    let mut write = call.app.log.begin(&allowed, Class::Office).await?;
    let noted = decide::add_note(&mut write, &reference, &Note { note, dismiss: Vec::new() }).await;
    noted.map_err(refused)?;
    write.commit().await?;
    Ok(Done::nothing())
}

pub(super) async fn types(call: &mut Call<'_>) -> Result<Done, Refused> {
    let allowed = call.allow::<ViewDefinitions>()?;
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let query = PageQuery { after, limit: Some(500) };
        let page = objects::list::<TaskType>(&call.app.db, &allowed, &Filter::default(), &query).await?;
        found.extend(page.items.iter().map(shown_type));
        after = page.next;
        if after.is_none() {
            return Ok(Done::with("Result", Value::List(found)));
        }
    }
}

pub(super) async fn one_type(call: &mut Call<'_>) -> Result<Done, Refused> {
    let allowed = call.allow::<ViewDefinitions>()?;
    let code = call.parameters.word("code").ok_or_else(|| missing("code"))?;
    let found = objects::get::<TaskType>(&call.app.db, &allowed, &Ref::of_code(code)).await;
    let found = found.map_err(|problem| not_found(ResultCode::TaskTypeNotFound, problem))?;
    Ok(Done::with("Result", shown_type(&found)))
}

fn shown_type(found: &Object<TaskType>) -> Value {
    let kind = &found.object;
    let mut value = Value::record([
        ("Name", kind.name.as_str().into()),
        ("Code", kind.code.as_str().into()),
        ("PlannedTimeInMinutes", kind.planned_minutes.map(|minutes| minutes.round() as i64).into()),
        ("Priority", kind.priority.map(office_track_priority).into()),
    ]);
    for number in 1..=10 {
        let field = format!("data{number}");
        let label = kind.data_labels.iter().find(|label| label.field == field);
        value = value.with(&format!("Data{number}"), label.map(|label| label.label.as_str()));
    }
    value
}

/// A priority by OfficeTrack's name.
pub(super) fn office_track_priority(priority: Priority) -> &'static str {
    match priority {
        Priority::NotSet => "NotSet",
        Priority::Lowest => "Lowest",
        Priority::Low => "Low",
        Priority::Normal => "Normal",
        Priority::High => "High",
        Priority::Highest => "Highest",
        Priority::Urgent => "Urgent",
    }
}

/// The task that `taskNumber` names: by number, or by the customer's own text.
fn reference(call: &Call<'_>) -> Result<TaskReference, Refused> {
    let text = call.parameters.word("taskNumber").filter(|text| *text != "0");
    let text = text.ok_or_else(|| missing("taskNumber"))?;
    let number = number_of_text(text);
    Ok(number.map_or_else(|| TaskReference::External(text.to_owned()), TaskReference::Number))
}

/// A field that must be there and is not.
pub(super) fn missing(field: &str) -> Refused {
    Refused::because(ResultCode::RequiredDataIsMissing, "missing", field)
}

/// `code` where nothing was found; what other problems mean everywhere.
pub(super) fn not_found(code: ResultCode, problem: Problem) -> Refused {
    match problem.code() {
        Code::NotFound | Code::Gone => Refused::of(code, problem),
        _ => problem.into(),
    }
}

/// What a problem with a task is called.
pub(super) fn refused(problem: Problem) -> Refused {
    let code = match problem.code() {
        Code::NotFound | Code::Gone => ResultCode::TaskNumberNotFound,
        Code::AlreadyExists => ResultCode::TaskNumberAlreadyExists,
        Code::ValidationFailed => {
            match problem.faults().iter().find_map(|fault| of_field(&fault.field, &fault.code)) {
                Some(code) => code,
                None => return problem.into(),
            }
        }
        _ => return problem.into(),
    };
    Refused::of(code, problem)
}

fn of_field(field: &str, code: &str) -> Option<ResultCode> {
    Some(match (field, code) {
        ("/type", "unknown_reference") => ResultCode::TaskTypeNotFound,
        ("/work_order", "unknown_reference") => ResultCode::WorkOrderNumberNotFound,
        ("/poi", "unknown_reference") => ResultCode::CustomerNumberNotFound,
        (field, "unknown_reference") if field.starts_with("/assignments") => {
            ResultCode::EmployeeNumberNotFound
        }
        (_, "unknown_zone") => ResultCode::TimeZoneNotFound,
        (field, _) if field.starts_with("/start") || field.starts_with("/due") => {
            ResultCode::InvalidStartOrDueDate
        }
        _ => return None,
    })
}

//! Work orders, alone and with their tasks.

use campo_protocol::{
    model::{Ref, work_order::WorkOrder},
    task::body::Role,
};
use campo_soap::{record::Record, value::Value};
use serde_json::{Map, json};

use super::{
    answer::{self, Done, Refused},
    call::Call,
    dates,
    describe::ResultCode,
    tasks::{Counting, missing, operation, read_task, refused as task_refused},
};
use crate::{
    access::permissions::ManageTasks,
    log::write::Write,
    objects,
    problem::{Code, Problem},
    scheduler::Class,
    tasks::{
        remove,
        save::{AssignTo, MAX_SAVES, Operation, Save, Saved, save_many},
    },
};

/// Texts that are the same there and here.
const TEXTS: [(&str, &str); 5] = [
    ("description", "description"),
    ("customerName", "customer_name"),
    ("address", "address"),
    ("workOrderTypeCode", "type_code"),
    ("notes", "notes"),
];
/// What a work order names by the customer's own numbers.
const LINKS: [(&str, &str); 3] = [
    ("customerNumber", "customer"),
    ("defaultEmployeeNumber", "default_employee"),
    ("distributionAreaNumber", "distribution_area"),
];

/// Creates or changes a work order whose fields are parameters.
pub(super) async fn save_flat(call: &mut Call<'_>) -> Result<Done, Refused> {
    let record = call.parameters;
    save(call, record, Shape { of_record: false, flagged: false }, Vec::new()).await
}

/// The same of which only flagged fields count.
pub(super) async fn save_dynamic(call: &mut Call<'_>) -> Result<Done, Refused> {
    let record = call.parameters.record("workOrder").ok_or_else(|| missing("workOrder"))?;
    save(call, record, Shape { of_record: true, flagged: true }, Vec::new()).await
}

/// The same with its tasks.
pub(super) async fn save_with_tasks(call: &mut Call<'_>) -> Result<Done, Refused> {
    let record = call.parameters.record("workOrder").ok_or_else(|| missing("workOrder"))?;
    let tasks = call.parameters.records("tasks");
    if tasks.len() > MAX_SAVES {
        return Err(Refused::because(ResultCode::TooMuchDataToProcess, "too_much", MAX_SAVES.to_string()));
    }
    save(call, record, Shape { of_record: true, flagged: false }, tasks).await
}

/// How the fields of a work order are sent.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// Named as those of a record, or as parameters
    of_record: bool,
    /// Only those count whose flag is true
    flagged: bool,
}

impl Shape {
    fn name(self, name: &str) -> String {
        if self.of_record { name[..1].to_ascii_uppercase() + &name[1..] } else { name.to_owned() }
    }

    fn counts(self, record: Record<'_>, name: &str) -> Result<bool, Refused> {
        let name = self.name(name);
        if !self.flagged {
            return Ok(record.has(&name));
        }
        Ok(record.boolean(&format!("{name}HasValue"))? == Some(true))
    }
}

async fn save(
    call: &mut Call<'_>,
    record: Record<'_>,
    shape: Shape,
    tasks: Vec<Record<'_>>,
) -> Result<Done, Refused> {
    let operation = operation(call.parameters.choice("operation")?);
    let mut document = document(call, record, shape)?;
    let number = record.word(&shape.name("workOrderNumber")).filter(|number| *number != "0");
    let default_employee = record.word(&shape.name("defaultEmployeeNumber")).map(str::to_owned);
    let with_tasks = call.parameters.fields().iter().any(|field| field.name == "tasks");
    let removes = with_tasks
        && call.parameters.record("options").and_then(|options| options.word("TasksNotInRequestOption"))
            == Some("Delete");
    let saves = tasks
        .iter()
        .map(|task| task_of(call, *task, default_employee.as_deref()))
        .collect::<Vec<Result<Save, Refused>>>();
    let allowed = call.allow::<ManageTasks>()?;
    let mut write = call.app.log.begin(&allowed, Class::Office).await?;
    let number = number.map_or_else(|| write.next_task_number().to_string(), str::to_owned);
    document.insert("number".to_owned(), json!(number));
    let operation = match operation {
        Operation::AutoSelect => objects::Operation::AutoSelect,
        Operation::Create => objects::Operation::Create,
        Operation::Update => objects::Operation::Update,
    };
    let saved =
        objects::save_many::<WorkOrder>(&mut write, &allowed, operation, &[document.into()]).await?.pop();
    let order = saved.unwrap_or_else(|| Err(Code::Internal.into())).map_err(refused)?.object;
    let outcomes = save_tasks(&mut write, saves, &number).await?;
    if removes {
        let kept = outcomes.iter().filter_map(|one| Some(one.as_ref().ok()?.task.id)).collect();
        remove::remove_others_of_work_order(&mut write, order.id, kept).await?;
    }
    write.commit().await?;
    Ok(done(call, &number, &outcomes))
}

fn document(
    call: &Call<'_>,
    record: Record<'_>,
    shape: Shape,
) -> Result<Map<String, serde_json::Value>, Refused> {
    let mut document = Map::new();
    for (name, member) in TEXTS {
        if shape.counts(record, name)? {
            let text = record.text(&shape.name(name)).unwrap_or_default();
            document.insert(member.to_owned(), json!(text.trim()));
        }
    }
    for (name, member) in LINKS {
        if shape.counts(record, name)? {
            let code = record.word(&shape.name(name)).map(Ref::of_code);
            document.insert(member.to_owned(), json!(code));
        }
    }
    for (name, member) in [("startDate", "start"), ("dueDate", "due")] {
        if shape.counts(record, name)? {
            let text = record.text(&shape.name(name)).unwrap_or_default();
            document.insert(member.to_owned(), dates::planned(text, &call.zone)?);
        }
    }
    let mut data = Map::new();
    for number in 1..=20 {
        let name = format!("data{number}");
        if shape.counts(record, &name)? {
            let text = record.text(&shape.name(&name)).filter(|text| !text.is_empty());
            data.insert(name, json!(text));
        }
    }
    if !data.is_empty() {
        document.insert("data".to_owned(), data.into());
    }
    if let Some(status) = record.choice(&shape.name("status"))?.filter(|status| *status != "DontChange") {
        document.insert("status".to_owned(), json!(super::tasks::snake(status)));
    }
    Ok(document)
}

/// A task of a work order. One without a number is new, and without an employee goes to the order's own.
fn task_of(call: &mut Call<'_>, task: Record<'_>, employee: Option<&str>) -> Result<Save, Refused> {
    let is_new = task.word("TaskNumber").is_none_or(|number| number == "0");
    let mut save = read_task(call, task, Counting::Everything)?.into_save(Operation::AutoSelect);
    if let Some(employee) = employee.filter(|_| is_new && save.assignments.is_none()) {
        save.assignments = Some(vec![AssignTo { employee: Ref::of_code(employee), role: Role::Lead }]);
    }
    Ok(save)
}

/// The outcome of each task, those that could not be read among them.
async fn save_tasks(
    write: &mut Write,
    tasks: Vec<Result<Save, Refused>>,
    number: &str,
) -> Result<Vec<Result<Saved, Refused>>, Refused> {
    let of_order = |save: &Save| {
        let mut save = save.clone();
        save.document["work_order"] = json!(Ref::of_code(number));
        save
    };
    let saves: Vec<Save> = tasks.iter().filter_map(|task| task.as_ref().ok()).map(of_order).collect();
    let mut saved = save_many(write, saves).await?.into_iter();
    let outcome = |task: Result<Save, Refused>| match task {
        Ok(_) => saved.next().unwrap_or_else(|| Err(Code::Internal.into())).map_err(task_refused),
        Err(refused) => Err(refused),
    };
    Ok(tasks.into_iter().map(outcome).collect())
}

fn done(call: &Call<'_>, number: &str, outcomes: &[Result<Saved, Refused>]) -> Done {
    let task = |outcome: &Result<Saved, Refused>| match outcome {
        Ok(saved) => Value::record([
            ("ResultCode", ResultCode::OK.name().into()),
            ("TaskNumber", saved.task.fields.task_number.into()),
        ]),
        Err(refused) => Value::record([
            ("ResultCode", refused.code.name().into()),
            ("Message", refused.sentences(call.language()).join(" ").into()),
        ]),
    };
    let failed = outcomes.iter().any(Result::is_err);
    Done {
        code: failed.then_some(ResultCode::OKSomeErrorsEncountered),
        fields: vec![
            ("WorkOrderNumber".to_owned(), number.parse::<i64>().ok().into()),
            ("Tasks".to_owned(), outcomes.iter().map(task).collect()),
        ],
    }
}

/// What a problem with a work order is called.
fn refused(problem: Problem) -> Refused {
    let of_field = |field: &str, code: &str| {
        Some(match (field, code) {
            ("/customer", "unknown_reference") => ResultCode::CustomerNumberNotFound,
            ("/default_employee", "unknown_reference") => ResultCode::EmployeeNumberNotFound,
            ("/distribution_area", "unknown_reference") => ResultCode::DistributionAreaNotFound,
            (field, _) if field.starts_with("/start") || field.starts_with("/due") => {
                ResultCode::InvalidStartOrDueDate
            }
            _ => return None,
        })
    };
    let code = match problem.code() {
        Code::AlreadyExists => Some(ResultCode::WorkOrderNumberAlreadyExists),
        Code::NotFound | Code::Gone => Some(ResultCode::WorkOrderNumberNotFound),
        Code::ValidationFailed => {
            problem.faults().iter().find_map(|fault| of_field(&fault.field, &fault.code))
        }
        _ => None,
    };
    match code {
        Some(code) => Refused::of(code, problem),
        None => answer::Refused::from(problem),
    }
}

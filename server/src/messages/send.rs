//! Messages from the office to employees.

use campo_protocol::{
    entry::Kind,
    faults::{Faults, pointer},
    model::{Kind as ObjectKind, MAX_TEXT, Ref},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    log::write::{About, Write},
    problem::{Code, Problem, Result},
    tasks::{Links, TaskReference, read},
};

/// The most employees of one message.
const MAX_EMPLOYEES: usize = 500;

/// A message to employees.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// Who gets it, 1 to 500 employees
    pub employees: Vec<Ref>,
    /// What it says
    pub text: String,
    /// The task it is about
    pub task: Option<TaskReference>,
}

/// The messages that were made, one for each employee.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessagesSent {
    /// In the order of the employees
    pub messages: Vec<MessageSent>,
}

/// One message that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageSent {
    /// Its entry
    pub id: Uuid,
    /// Who gets it
    pub employee: Uuid,
}

/// Sends a message: one entry for each employee, whose phones show it from their next exchange on.
pub async fn send(write: &mut Write, new: &NewMessage) -> Result<MessagesSent> {
    let mut faults = Faults::default();
    faults.check_required_text("/text", &new.text, MAX_TEXT);
    faults.check_count("/employees", new.employees.len(), MAX_EMPLOYEES);
    if new.employees.is_empty() {
        faults.add("/employees", "too_few", "0", "at least one employee");
    }
    faults.into_result()?;
    let (employees, task) = resolve(write, new).await?;
    let messages = employees
        .into_iter()
        .map(|employee| {
            let about = About { employee: Some(employee), task, ..About::default() };
            let id = write.entry(Kind::MessageSent, about, &json!({ "text": new.text }))?;
            Ok(MessageSent { id, employee })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(MessagesSent { messages })
}

async fn resolve(write: &mut Write, new: &NewMessage) -> Result<(Vec<Uuid>, Option<Uuid>)> {
    let account = write.account();
    let named: Vec<_> =
        new.employees.iter().map(|employee| (ObjectKind::Employee, employee.clone())).collect();
    let links = Links::resolve(write.tx(), account, named).await?;
    let mut faults = Faults::default();
    let field_of = |index: usize| pointer("/employees", index);
    let employees: Vec<Uuid> = new
        .employees
        .iter()
        .enumerate()
        .filter_map(|(index, target)| links.find(&mut faults, &field_of(index), ObjectKind::Employee, target))
        .collect();
    if employees.len() == new.employees.len() {
        faults.check_unique(&employees, field_of);
    }
    let mut task = None;
    if let Some(reference) = &new.task {
        match read::find(write.tx(), account, reference).await {
            Ok(found) => task = Some(found.id),
            Err(problem) if problem.code() == Code::NotFound => {
                faults.add("/task", "unknown_reference", &reference.to_string(), "one that this account has");
            }
            Err(problem) => return Err(problem),
        }
    }
    faults.into_result().map_err(Problem::from)?;
    Ok((employees, task))
}

//! Tasks: the list and the detail. What was captured here and is not in the server's word yet is laid over it, by the
//! same rules as the server's, so that the screen never jumps back.

use campo_protocol::{
    entry::Kind,
    model::Ref,
    scope::Scope,
    task::{
        fold::{self, Author, Fact},
        state::{Assignment, Decided, Report, TaskState},
        status::Status,
    },
};
use rusqlite::Connection;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{
    documents::{NamedDocument, Progress, TaskDocument, TypeDocument},
    texts::{self, Language},
};
use crate::store::{Store, failure::Result, id_of, objects};

/// A task in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskCard {
    /// The task
    pub id: Uuid,
    /// The number as people see it
    pub number: String,
    /// The name of its type
    pub type_name: String,
    /// What is to be done, in short
    pub description: String,
    /// The customer's name
    pub customer_name: String,
    /// The address, in one line
    pub address: String,
    /// Where it is, in degrees: latitude and longitude
    pub point: Option<(f64, f64)>,
    /// Planned start, `2030-01-15T16:00:00` in its own zone
    pub start: Option<String>,
    /// Planned end, likewise
    pub due: Option<String>,
    /// Where it stands, what was captured here included
    pub status: Status,
    /// The status in the company's words
    pub status_label: String,
    /// True while something that was captured here for it has no receipt
    pub unsent: bool,
}

/// One task, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskDetail {
    /// What the list shows
    pub card: TaskCard,
    /// Notes for the worker
    pub notes: String,
    /// Whom to ask for
    pub contact_name: String,
    /// Telephone numbers
    pub phones: Vec<String>,
    /// The name of the point of interest
    pub poi_name: String,
    /// The company's own fields that the worker sees, label and value, in the company's order
    pub data: Vec<(String, String)>,
    /// The forms that must be filled before it is closed
    pub required_forms: Vec<Uuid>,
    /// The statuses that it may have, by name; empty means every one
    pub allowed_states: Vec<String>,
    /// What the office attached: hash, name and length in bytes
    pub files: Vec<(String, String, i64)>,
    /// When work first began: microseconds since 1970 UTC
    pub started_at_us: Option<i64>,
    /// When work on site last ended: microseconds since 1970 UTC
    pub ended_at_us: Option<i64>,
}

/// What was captured here for a task and is not in the server's word yet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LaidOver {
    entry: Uuid,
    kind: Kind,
    employee: Uuid,
    at_us: i64,
    sequence: i64,
    waiting: bool,
}

impl Store {
    /// The tasks of an employee: what is not over first, then by planned start and number.
    pub fn tasks(&self, employee: Uuid, language: Language) -> Result<Vec<TaskCard>> {
        let mut cards = Vec::new();
        for object in self.objects(&Scope::Employee(employee), "task")? {
            let Ok(document) = serde_json::from_slice::<TaskDocument>(&object.body) else { continue };
            let task_type = type_of(self.read(), &document)?;
            cards.push(card(self.read(), object.id, &document, &task_type, language)?.0);
        }
        cards.sort_by(|one, other| {
            let key = |card: &TaskCard| (card.status.is_terminal(), card.start.is_none(), card.start.clone());
            (key(one), &one.number, one.id).cmp(&(key(other), &other.number, other.id))
        });
        Ok(cards)
    }

    /// A task, if the phone holds it.
    pub fn task(&self, id: Uuid, language: Language) -> Result<Option<TaskDetail>> {
        let connection = self.read();
        let Some(document) = find::<TaskDocument>(connection, "task", Some(id))? else { return Ok(None) };
        let task_type = type_of(connection, &document)?;
        let (card, state) = card(connection, id, &document, &task_type, language)?;
        let poi: NamedDocument =
            find(connection, "poi", document.poi.as_ref().and_then(Ref::id))?.unwrap_or_default();
        let phones = [document.phone1.clone(), document.phone2.clone()];
        Ok(Some(TaskDetail {
            card,
            data: labelled(&document, &task_type),
            notes: document.notes,
            contact_name: document.contact_name,
            phones: phones.into_iter().filter(|phone| !phone.is_empty()).collect(),
            poi_name: poi.name,
            required_forms: task_type.required_forms.iter().filter_map(Ref::id).collect(),
            allowed_states: task_type.allowed_states,
            files: document.files.into_iter().map(|file| (file.hash, file.name, file.size_bytes)).collect(),
            started_at_us: state.started_at_us,
            ended_at_us: state.ended_at_us,
        }))
    }
}

/// Since when the task has the status that is shown: microseconds since 1970 UTC. None when it is not held.
pub(crate) fn shown_since_us(connection: &Connection, task: Uuid) -> Result<Option<i64>> {
    let document: Option<TaskDocument> = find(connection, "task", Some(task))?;
    let said_us = document.and_then(|document| document.progress).map(|progress| progress.since_us);
    let captured_us = laid_over(connection, task)?.iter().map(|entry| entry.at_us).max();
    Ok(said_us.max(captured_us))
}

pub(super) fn find<T: DeserializeOwned>(
    connection: &Connection,
    kind: &str,
    id: Option<Uuid>,
) -> Result<Option<T>> {
    let Some(id) = id else { return Ok(None) };
    let body = objects::object(connection, kind, id)?;
    Ok(body.and_then(|body| serde_json::from_slice(&body).ok()))
}

pub(super) fn type_of(connection: &Connection, document: &TaskDocument) -> Result<TypeDocument> {
    let id = document.task_type.as_ref().and_then(Ref::id);
    Ok(find(connection, "task_type", id)?.unwrap_or_default())
}

pub(super) fn card(
    connection: &Connection,
    id: Uuid,
    document: &TaskDocument,
    task_type: &TypeDocument,
    language: Language,
) -> Result<(TaskCard, TaskState)> {
    let entries = laid_over(connection, id)?;
    let state = state(document.progress.as_ref(), &entries);
    let number = || document.task_number.map(|number| number.to_string());
    let label = task_type.status_labels.get(state.status.name()).cloned();
    let place = &document.location;
    let card = TaskCard {
        id,
        number: document.external_number.clone().or_else(number).unwrap_or_default(),
        type_name: task_type.name.clone(),
        description: document.description.clone(),
        customer_name: document.customer_name.clone(),
        address: place.address.clone(),
        point: place.latitude.zip(place.longitude),
        start: document.start.as_ref().map(|time| time.local.to_string()),
        due: document.due.as_ref().map(|time| time.local.to_string()),
        status: state.status,
        status_label: label.unwrap_or_else(|| texts::status(language, state.status).to_owned()),
        unsent: entries.iter().any(|entry| entry.waiting),
    };
    Ok((card, state))
}

/// The company's own fields that have a value and a label, in the company's order.
pub(super) fn labelled(document: &TaskDocument, task_type: &TypeDocument) -> Vec<(String, String)> {
    let mut labels: Vec<_> = task_type.data_labels.iter().filter(|label| label.visible).collect();
    labels.sort_by_key(|label| label.order);
    labels
        .into_iter()
        .filter_map(|label| Some((label.label.clone(), document.data.get(&label.field)?.clone())))
        .collect()
}

fn laid_over(connection: &Connection, task: Uuid) -> Result<Vec<LaidOver>> {
    let mut statement = connection.prepare_cached(
        "select id, kind, employee, at_us, sequence, state from entry where task = ?1 and laid_over = 1 \
         order by number",
    )?;
    let mut rows = statement.query((task.as_bytes(),))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, kind, employee): (Vec<u8>, String, Option<Vec<u8>>) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let (Some(kind), Some(employee)) = (Kind::from_name(&kind), employee) else { continue };
        entries.push(LaidOver {
            entry: id_of(&id)?,
            kind,
            employee: id_of(&employee)?,
            at_us: row.get(3)?,
            sequence: row.get(4)?,
            waiting: row.get::<_, String>(5)? == "waiting",
        });
    }
    Ok(entries)
}

/// The state of a task as the server says it, with what was captured here folded over it.
fn state(said: Option<&Progress>, entries: &[LaidOver]) -> TaskState {
    let mut state = said_state(said);
    for entry in entries {
        let fact = Fact {
            entry: entry.entry,
            kind: entry.kind,
            occurred_at_us: entry.at_us,
            author: Author::Employee {
                employee: entry.employee,
                installation: Uuid::nil(),
                sequence: entry.sequence,
            },
            body: None,
        };
        state = fold::fold(Some(&state), &fact).state.unwrap_or(state);
    }
    state
}

/// What the server says, as a state that can be folded on. Who decided the status is not said: what the office withdrew
/// was decided by the office, everything else counts as a report, which a later one follows.
fn said_state(said: Option<&Progress>) -> TaskState {
    let (status, since_us) =
        said.map_or((Status::New, i64::MIN), |said| (said.status.unwrap_or(Status::New), said.since_us));
    let report = Report {
        entry: Uuid::nil(),
        employee: Uuid::nil(),
        status,
        at_us: since_us,
        installation: Uuid::nil(),
        sequence: i64::MIN,
    };
    let by_office = status.is_withdrawn();
    let assignments = said.map_or(&[][..], |said| &said.assignments).iter().map(|assigned| Assignment {
        employee: assigned.employee,
        role: assigned.role,
        from_us: i64::MIN,
        until_us: None,
    });
    TaskState {
        status,
        decided: Decided { entry: Uuid::nil(), at_us: since_us, employee: None },
        office_status: if by_office { status } else { Status::New },
        office_at_us: if by_office { since_us } else { i64::MIN },
        reports: if by_office { Vec::new() } else { vec![report] },
        assignments: assignments.collect(),
        attention: Vec::new(),
        started_at_us: said.and_then(|said| said.started_at_us),
        ended_at_us: said.and_then(|said| said.ended_at_us),
        worker_entries: 0,
    }
}

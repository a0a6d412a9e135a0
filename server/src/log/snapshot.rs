//! The frozen snapshot of an event: all that any format may ever show, as it was in the commit.
//!
//! It is JSON put together from the texts that are stored, so that what was captured stays byte for byte.

use std::fmt::Write as _;

use campo_protocol::{model, sync::Outcome, text::hex};
use serde_json::Value;
use uuid::Uuid;

use super::{
    context::{Context, Progress},
    entry::{Incoming, readable},
};
use crate::problem::Result;

/// The number of the shape of what is captured and planned; it only gains fields.
pub const FORMAT: i64 = 1;
/// That of what happened in the server, with one part for its subject.
pub const OF_SERVER: i64 = 2;
/// The newest shape that this release knows.
pub const NEWEST: i64 = OF_SERVER;

/// One snapshot being put together.
pub struct Snapshot {
    json: String,
    format: i64,
}

impl Snapshot {
    /// A snapshot of nothing yet.
    pub fn new(account: i64, created_us: i64) -> Self {
        Self::of_format(FORMAT, 2048, account, created_us)
    }

    /// The same of something that happened in the server.
    pub fn of_server(account: i64, created_us: i64) -> Self {
        Self::of_format(OF_SERVER, 256, account, created_us)
    }

    fn of_format(format: i64, capacity: usize, account: i64, created_us: i64) -> Self {
        let mut json = String::with_capacity(capacity);
        // writing to a String cannot fail
        let _ = write!(json, r#"{{"format":{format},"account":{account},"created_us":{created_us}"#);
        Self { json, format }
    }

    /// The number of its shape.
    pub const fn format(&self) -> i64 {
        self.format
    }

    /// Adds a part, which is JSON.
    pub(super) fn part(&mut self, name: &str, json: &str) {
        let _ = write!(self.json, r#","{name}":{json}"#);
    }

    /// Adds the entry: its bytes, where everybody can read them, and what the server says of it.
    pub fn entry(
        &mut self,
        position: i64,
        incoming: &Incoming,
        (outcome, reason): (Outcome, Option<&str>),
        files: &Files<'_>,
    ) {
        let _ = write!(
            self.json,
            r#","entry":{{"position":{position},"id":"{}","hash":"{}","received_us":{},"occurred_us":{},"occurred_kind":"{}","outcome":"{}","#,
            incoming.id,
            hex(&incoming.hash),
            incoming.received_us,
            incoming.occurred.at_us,
            incoming.occurred.kind.name(),
            outcome.name(),
        );
        if let Some(reason) = reason {
            let _ = write!(self.json, r#""reason":"{reason}","#);
        }
        let _ = write!(self.json, r#""marks":{},"files":"{}""#, incoming.marks, files.name());
        if let Some(content) = readable(&incoming.bytes) {
            let _ = write!(self.json, r#","content":{content}"#);
        }
        self.json.push('}');
        if let Files::Missing(missing) = files {
            self.part("missing_files", &serde_json::json!(missing).to_string());
        }
    }

    /// Adds what the entry names: its employee, its task as far as it was, the form that it answers.
    pub fn names(
        &mut self,
        context: &Context,
        account: i64,
        incoming: &Incoming,
        task: Option<&Progress>,
    ) -> Result<()> {
        self.employee(context, account, incoming.employee());
        self.task(context, account, incoming.task(), task)?;
        let form = incoming.content.as_ref().ok().and_then(|content| content.form);
        if let Some(form) = context.object(account, model::Kind::Form, form) {
            self.part("form", &form.json);
        }
        Ok(())
    }

    /// Adds the employee and the group, as they are known.
    fn employee(&mut self, context: &Context, account: i64, employee: Option<Uuid>) {
        if let Some(employee) = context.object(account, model::Kind::Employee, employee) {
            self.part("employee", &employee.json);
            if let Some(group) = context.object(account, model::Kind::Group, employee.stored.parent) {
                self.part("group", &group.json);
            }
        }
    }

    /// Adds the task, as far as it was, with its type and its place.
    pub fn task(
        &mut self,
        context: &Context,
        account: i64,
        task: Option<Uuid>,
        progress: Option<&Progress>,
    ) -> Result<()> {
        let Some(known) = task.and_then(|task| context.tasks.get(&(account, task))) else { return Ok(()) };
        self.part("task", &known.json_with(progress)?);
        self.assignees(context, account, progress);
        if let Some(kind) = context.object(account, model::Kind::TaskType, known.row.task_type) {
            self.part("task_type", &kind.json);
        }
        if let Some(poi) = context.object(account, model::Kind::Poi, known.row.poi) {
            self.part("poi", &poi.json);
        }
        Ok(())
    }

    /// Adds the numbers of those who have the task.
    fn assignees(&mut self, context: &Context, account: i64, progress: Option<&Progress>) {
        let mut list = String::from("[");
        for id in progress.into_iter().flat_map(Progress::assignees) {
            let Some(employee) = context.object(account, model::Kind::Employee, Some(id)) else { continue };
            if list.len() > 1 {
                list.push(',');
            }
            let _ =
                write!(list, r#"{{"id":"{id}","number":{}}}"#, Value::from(employee.stored.code.as_str()));
        }
        if list.len() > 1 {
            list.push(']');
            self.part("assignees", &list);
        }
    }

    /// The bytes that are stored.
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.json.push('}');
        self.json.into_bytes()
    }
}

/// Where the files of an entry are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Files<'a> {
    /// It has none
    None,
    /// They are on their way
    Expected,
    /// All are stored
    Stored,
    /// These did not arrive in time (SHA-256, hexadecimal)
    Missing(&'a [String]),
}

impl Files<'_> {
    /// Its name in snapshots.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Expected => "expected",
            Self::Stored => "stored",
            Self::Missing(_) => "missing",
        }
    }
}

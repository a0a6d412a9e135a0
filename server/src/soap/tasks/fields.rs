//! From the fields of a task as customers send them to the office part, status and assignment.

use campo_protocol::{
    model::{Ref, place::Point},
    task::{
        body::Role,
        fields::number_of_text,
        received::{RECEIVED_FIELDS, Shape},
        status::Status,
    },
};
use campo_soap::record::{Record, Wrong};
use serde_json::{Map, Value, json};

use super::super::{answer::Refused, call::Call, dates, describe::ResultCode};
use crate::{
    api::edit::IfMatch,
    tasks::save::{AssignTo, Edit, Operation, Save},
};

/// Which fields of a task count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::soap) enum Counting {
    /// Those that were sent
    Everything,
    /// Those whose flag is true
    Flagged,
}

/// What a task shall be.
#[derive(Debug, Default)]
pub(in crate::soap) struct TaskInput {
    pub(in crate::soap) document: Map<String, Value>,
    pub(in crate::soap) status: Option<Status>,
    pub(in crate::soap) assignments: Option<Vec<AssignTo>>,
}

impl TaskInput {
    pub(in crate::soap) fn into_save(self, operation: Operation) -> Save {
        Save {
            operation,
            task: None,
            version: IfMatch::Any,
            edit: Edit::Merge,
            document: self.document.into(),
            status: self.status,
            assignments: self.assignments,
            reason: None,
            keeps_external: false,
        }
    }
}

/// Texts that are the same there and here.
const TEXTS: [(&str, &str); 8] = [
    ("Notes", "notes"),
    ("Description", "description"),
    ("Phone1", "phone1"),
    ("Phone2", "phone2"),
    ("ContactName", "contact_name"),
    ("CustomerName", "customer_name"),
    ("Categories", "categories"),
    ("Email", "email"),
];

/// Reads the fields that count.
pub(in crate::soap) fn read(
    call: &mut Call<'_>,
    record: Record<'_>,
    counting: Counting,
) -> Result<TaskInput, Refused> {
    let mut reading = Reading { call, record, counting, document: Map::new() };
    reading.number();
    for (name, member) in TEXTS {
        if reading.counts(name)? {
            let text = reading.record.text(name).unwrap_or_default();
            reading.set(member, json!(text));
        }
    }
    reading.links()?;
    reading.times()?;
    reading.place()?;
    reading.data()?;
    reading.rules()?;
    reading.received()?;
    let status = reading.status()?;
    let assignments = reading.assignments()?;
    Ok(TaskInput { document: reading.document, status, assignments })
}

struct Reading<'a, 'b> {
    call: &'a mut Call<'b>,
    record: Record<'a>,
    counting: Counting,
    document: Map<String, Value>,
}

impl<'a> Reading<'a, '_> {
    fn set(&mut self, member: &str, value: Value) {
        self.document.insert(member.to_owned(), value);
    }

    fn knows(&self, name: &str) -> bool {
        self.record.fields().iter().any(|field| field.name == name)
    }

    /// True when a field counts. One that was sent without its flag is said to be left alone, unless the account takes
    /// it nevertheless.
    fn counts(&mut self, name: &str) -> Result<bool, Wrong> {
        if !self.knows(name) {
            return Ok(false);
        }
        let sent = self.record.has(name);
        if self.counting == Counting::Everything {
            return Ok(sent);
        }
        let flag = self.record.boolean(&format!("{name}HasValue"))?;
        if flag == Some(true) || !sent || flag == Some(false) {
            return Ok(flag == Some(true));
        }
        if self.call.settings.soap_flags_optional {
            return Ok(true);
        }
        if self.record.word(name).is_some() || self.record.record(name).is_some() {
            self.call.remark("without_flag", name);
        }
        Ok(false)
    }

    /// A word of a field that counts: none when it does not, empty when it shall be nothing.
    fn word(&mut self, name: &str) -> Result<Option<&'a str>, Wrong> {
        Ok(self.counts(name)?.then(|| self.record.word(name).unwrap_or_default()))
    }

    /// The number as the customer writes it: digits, or text of their own.
    fn number(&mut self) {
        let Some(text) = self.record.word("TaskNumber") else { return };
        match number_of_text(text) {
            Some(number) if text.starts_with('0') => {
                self.set("external_number", json!(text));
                self.set("task_number", json!(number));
            }
            Some(number) => self.set("task_number", json!(number)),
            None if text.bytes().all(|byte| byte == b'0') => {}
            None => self.set("external_number", json!(text)),
        }
    }

    fn links(&mut self) -> Result<(), Refused> {
        for (name, member) in
            [("CustomerNumber", "poi"), ("TaskTypeCode", "type"), ("WorkOrderNumber", "work_order")]
        {
            if let Some(text) = self.word(name)? {
                let nothing = text.is_empty() || (name == "WorkOrderNumber" && text == "0");
                let value = if nothing { Value::Null } else { json!(Ref::of_code(text)) };
                self.set(member, value);
            }
        }
        Ok(())
    }

    fn times(&mut self) -> Result<(), Refused> {
        let zone = match self.word("TimeZone")? {
            Some(zone) if !zone.is_empty() => {
                self.set("time_zone", json!(zone));
                zone.to_owned()
            }
            _ => self.call.zone.clone(),
        };
        let ends = ["DueDate", "DueDateTime", "DueDateAsYYYYMMDDHHMMSS"].map(|name| (name, "due"));
        let starts = ["StartDate", "StartDateTime"].map(|name| (name, "start"));
        for (name, member) in starts.into_iter().chain(ends) {
            if let Some(text) = self.word(name)? {
                // A document has several elements for one time, most of them empty
                let value = dates::planned(text, &zone)?;
                if !(value.is_null() && self.document.contains_key(member)) {
                    self.set(member, value);
                }
            }
        }
        if self.counts("Duration")? {
            let hours = self.record.number("Duration")?;
            self.set("duration_minutes", json!(hours.map(|hours| hours * 60.0)));
        }
        if self.counts("TaskWithoutDates")? {
            let without = self.record.boolean("TaskWithoutDates")?.unwrap_or_default();
            self.set("without_dates", json!(without));
        }
        Ok(())
    }

    /// Zeros and blanks mean no place, and leave the one that there is.
    fn place(&mut self) -> Result<(), Refused> {
        if !self.counts("Location")? {
            return Ok(());
        }
        let Some(location) = self.record.record("Location") else {
            self.set("location", Value::Null);
            return Ok(());
        };
        let is_document = location.fields().iter().any(|field| field.name == "East");
        let (east, north) = if is_document { ("East", "North") } else { ("X", "Y") };
        let (longitude, latitude) = (location.degrees(east)?, location.degrees(north)?);
        let mut place = Map::new();
        if let (Some(longitude), Some(latitude)) = (longitude, latitude)
            && (longitude, latitude) != (0.0, 0.0)
        {
            if (Point { latitude, longitude }).looks_swapped() {
                self.call.remark("swapped", &format!("{latitude}, {longitude}"));
            }
            place.insert("latitude".to_owned(), json!(latitude));
            place.insert("longitude".to_owned(), json!(longitude));
        }
        if let Some(address) = location.text("Address") {
            place.insert("address".to_owned(), json!(address.trim()));
        }
        self.set("location", place.into());
        Ok(())
    }

    fn data(&mut self) -> Result<(), Refused> {
        let mut data = Map::new();
        for number in 1..=40 {
            let name = format!("Data{number}");
            if self.counts(&name)? {
                let text = self.record.text(&name).filter(|text| !text.is_empty());
                data.insert(format!("data{number}"), json!(text));
            }
        }
        if !data.is_empty() {
            self.set("data", data.into());
        }
        Ok(())
    }

    fn rules(&mut self) -> Result<(), Refused> {
        if self.counts("MaximalRadiusForEntries")? {
            let kilometres = self.record.number("MaximalRadiusForEntries")?.filter(|radius| *radius > 0.0);
            let metres = kilometres.map(|kilometres| (kilometres * 1e6).round() / 1e3);
            self.set("radius_m", json!(metres));
        }
        if self.counts("ProhibitEntriesOutsideRadius")? {
            let prohibit = self.record.boolean("ProhibitEntriesOutsideRadius")?.unwrap_or_default();
            self.set("prohibit_outside_radius", json!(prohibit));
        }
        if self.counts("Priority")? {
            let name = self.record.choice("Priority")?.unwrap_or("NotSet");
            self.set("priority", json!(snake(name)));
        }
        Ok(())
    }

    /// What is kept as it is.
    fn received(&mut self) -> Result<(), Refused> {
        let mut received = Map::new();
        for field in RECEIVED_FIELDS {
            let name = field.office_track;
            if !self.counts(name)? {
                continue;
            }
            let record = self.record;
            let value = match field.shape {
                Shape::Text => json!(record.text(name).filter(|text| !text.is_empty())),
                Shape::Integer => json!(record.integer(name)?),
                Shape::Number => json!(record.number(name)?),
                Shape::Object => record.record(name).map_or(Value::Null, members),
                Shape::List => {
                    let records: Vec<_> = record.records(name).into_iter().map(members).collect();
                    let texts = record.texts(name).into_iter().map(|text| json!(text));
                    let items: Vec<_> = records.into_iter().chain(texts).collect();
                    if items.is_empty() { Value::Null } else { items.into() }
                }
            };
            received.insert(field.name.to_owned(), value);
        }
        if !received.is_empty() {
            self.set("received", received.into());
        }
        Ok(())
    }

    /// `SendNotificationToMobile` makes `SmsSent` of `NewTask`.
    fn status(&mut self) -> Result<Option<Status>, Refused> {
        let status = self.record.choice("Status")?.and_then(Status::from_office_track_name);
        let options = self.record.choices("Options")?;
        for option in &options {
            if option.starts_with("Auto") {
                self.call.remark("option_ignored", option);
            }
        }
        let notifies = options.contains(&"SendNotificationToMobile");
        Ok(status.map(|status| if notifies && status == Status::New { Status::Sent } else { status }))
    }

    /// Nobody where the second generation says so; an empty element of the first one leaves who has it.
    fn assignments(&mut self) -> Result<Option<Vec<AssignTo>>, Refused> {
        let Some(number) = self.word("EmployeeNumber")? else { return Ok(None) };
        if number.is_empty() {
            return Ok((self.counting == Counting::Flagged).then(Vec::new));
        }
        let employee = Ref::of_code(number);
        if number.contains('\0') {
            return Err(Refused::because(ResultCode::EmployeeNumberNotFound, "missing", "EmployeeNumber"));
        }
        Ok(Some(vec![AssignTo { employee, role: Role::Lead }]))
    }
}

/// The texts of a record, by their names in `snake_case`.
fn members(record: Record<'_>) -> Value {
    let texts = record.fields().iter().filter_map(|field| {
        let text = record.text(&field.name).filter(|text| !text.is_empty())?;
        Some((snake(&field.name), json!(text)))
    });
    Value::Object(texts.collect())
}

/// `NotSet` as `not_set`.
pub(in crate::soap) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for (index, c) in name.char_indices() {
        if c.is_ascii_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

//! The office part of a task: what customers' systems and dispatchers say of it. Status and assignment are not here:
//! they are folded from entries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::received::check_received;
use crate::{
    civil::{CivilTime, check_order, check_zone},
    faults::Faults,
    model::{
        Custom, Data, Kind, Link, MAX_CODE, MAX_NAME, MAX_TEXT, Ref, check_custom, check_data, check_ref,
        is_default, link, place::Location,
    },
    text::tidy,
};

/// The longest duration that can be planned, in minutes: a year.
pub const MAX_DURATION_MINUTES: f64 = 366.0 * 1440.0;
/// The largest radius, in metres.
pub const MAX_RADIUS_M: f64 = 100_000.0;

/// The office part of a task. A member that is absent has its default; an edit is a JSON Merge Patch of it.
///
/// OfficeTrack's names stand beside those that differ. Its `EmployeeNumber`, `Status` and `Options` are not kept
/// here: they are told once and become entries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskFields {
    /// The number by which customers address the task, unique in the account, from 1; the account's counter gives one
    /// to a task without it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 700_123)]
    pub task_number: Option<i64>,
    /// The customer's own number as text, kept as given but for blanks at its edges. Text of digits also sets the task number, so that
    /// `00042` and 42 are one task
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_number: Option<String>,
    /// The type of task (`TaskTypeCode`)
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub task_type: Option<Ref>,
    /// The work order that it carries out (`WorkOrderNumber`)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_order: Option<Ref>,
    /// The customer or place (`CustomerNumber`)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poi: Option<Ref>,
    /// What is to be done, in short
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: String,
    /// Notes for the worker
    #[serde(default, skip_serializing_if = "is_default")]
    pub notes: String,
    /// The customer's name, as written; some customers put a time window before it
    #[serde(default, skip_serializing_if = "is_default")]
    pub customer_name: String,
    /// Whom to ask for
    #[serde(default, skip_serializing_if = "is_default")]
    pub contact_name: String,
    /// First telephone number, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub phone1: String,
    /// Second telephone number, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub phone2: String,
    /// E-mail addresses, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub email: String,
    /// The customer's categories, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub categories: String,
    /// Where it is; without a point that of the point of interest counts
    #[serde(default, skip_serializing_if = "is_default")]
    pub location: Location,
    /// Planned start (`StartDateTime`)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<CivilTime>,
    /// Planned end, not before the start (`DueDateTime`)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<CivilTime>,
    /// True when it is to be done whenever there is time (`TaskWithoutDates`)
    #[serde(default, skip_serializing_if = "is_default")]
    pub without_dates: bool,
    /// The IANA zone in which its times are shown; without one that of the account. Start and due carry their own
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "America/Lima")]
    pub time_zone: Option<String>,
    /// How long it should take, in minutes (`Duration`, there in hours)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_minutes: Option<f64>,
    /// The customer's own fields `data1` to `data40`; the type of task says what they are called
    #[serde(default, skip_serializing_if = "is_default")]
    pub data: Data,
    /// How far from the task's place entries are expected, in metres (`MaximalRadiusForEntries`, there in kilometres)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 300.0)]
    pub radius_m: Option<f64>,
    /// True when the phone blocks entries outside the radius; without it they are marked
    /// (`ProhibitEntriesOutsideRadius`)
    #[serde(default, skip_serializing_if = "is_default")]
    pub prohibit_outside_radius: bool,
    /// How urgent it is
    #[serde(default, skip_serializing_if = "is_default")]
    pub priority: Priority,
    /// What OfficeTrack's customers send besides, kept as received under the names of
    /// [`RECEIVED_FIELDS`](super::received::RECEIVED_FIELDS)
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(value_type = BTreeMap<String, Object>)]
    pub received: BTreeMap<String, Value>,
    /// Text under the customer's own names
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Custom,
}

/// How urgent a task is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Nothing was said
    #[default]
    NotSet,
    /// Lowest
    Lowest,
    /// Low
    Low,
    /// Normal
    Normal,
    /// High
    High,
    /// Highest
    Highest,
    /// Before everything else
    Urgent,
}

impl Priority {
    /// Every priority, from the least urgent.
    pub const ALL: [Self; 7] =
        [Self::NotSet, Self::Lowest, Self::Low, Self::Normal, Self::High, Self::Highest, Self::Urgent];

    /// Its number in tables, from 0.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotSet => "not_set",
            Self::Lowest => "lowest",
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Highest => "highest",
            Self::Urgent => "urgent",
        }
    }
}

/// The task number that the text means: digits that fit, and more than zero.
pub fn number_of_text(text: &str) -> Option<i64> {
    digits(text).filter(|number| *number > 0)
}

/// The number written in digits only; no sign, no blanks.
fn digits(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

impl TaskFields {
    /// Makes the two numbers one: text of digits also sets the task number; 0 and empty text mean none, so that the
    /// account's counter gives one. The text is [tidied](tidy). To be called before [`Self::check`], after each edit of
    /// either number.
    pub fn normalise_numbers(&mut self) {
        self.external_number = self.external_number.as_deref().map(tidy);
        if self.task_number == Some(0) {
            self.task_number = None;
        }
        if self.external_number.as_deref().is_some_and(|text| text.is_empty() || digits(text) == Some(0)) {
            self.external_number = None;
        }
        if self.task_number.is_none() {
            self.task_number = self.external_number.as_deref().and_then(number_of_text);
        }
    }

    /// The number as people see it: as given, or the task number.
    pub fn shown_number(&self) -> Option<String> {
        self.external_number.clone().or_else(|| self.task_number.map(|number| number.to_string()))
    }

    /// Every object it names.
    pub fn links(&mut self) -> Vec<Link<'_>> {
        [
            link("/type", Kind::TaskType, self.task_type.as_mut()),
            link("/work_order", Kind::WorkOrder, self.work_order.as_mut()),
            link("/poi", Kind::Poi, self.poi.as_mut()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Names everything that is wrong with it, by JSON Pointer.
    pub fn check(&self, faults: &mut Faults) {
        self.check_numbers(faults);
        check_ref(faults, "/type", self.task_type.as_ref());
        check_ref(faults, "/work_order", self.work_order.as_ref());
        check_ref(faults, "/poi", self.poi.as_ref());
        for (field, text, limit) in [
            ("/description", &self.description, MAX_TEXT),
            ("/notes", &self.notes, MAX_TEXT),
            ("/customer_name", &self.customer_name, MAX_NAME),
            ("/contact_name", &self.contact_name, MAX_NAME),
            ("/phone1", &self.phone1, MAX_CODE),
            ("/phone2", &self.phone2, MAX_CODE),
            ("/email", &self.email, MAX_NAME),
            ("/categories", &self.categories, MAX_TEXT),
        ] {
            faults.check_text(field, text, limit);
        }
        self.location.check(faults, "/location");
        self.check_times(faults);
        check_data(faults, "/data", &self.data);
        if let Some(radius_m) = self.radius_m {
            faults.check_range("/radius_m", radius_m, 1.0, MAX_RADIUS_M);
        }
        check_received(faults, "/received", &self.received);
        check_custom(faults, "/custom", &self.custom);
    }

    fn check_numbers(&self, faults: &mut Faults) {
        if let Some(number) = self.task_number
            && number < 1
        {
            faults.add("/task_number", "out_of_range", &number.to_string(), "a number from 1");
        }
        let Some(text) = &self.external_number else { return };
        faults.check_required_text("/external_number", text, MAX_CODE);
        if let Some(number) = digits(text)
            && self.task_number != Some(number)
        {
            let expected = "the same number in `task_number`, or text that is not a number";
            faults.add("/external_number", "numbers_disagree", text, expected);
        }
    }

    fn check_times(&self, faults: &mut Faults) {
        for (field, time) in [("/start", &self.start), ("/due", &self.due)] {
            if let Some(time) = time {
                time.check(faults, field);
            }
        }
        check_order(faults, "/due", self.start.as_ref(), self.due.as_ref());
        if let Some(zone) = &self.time_zone {
            check_zone(faults, "/time_zone", zone);
        }
        if let Some(minutes) = self.duration_minutes {
            faults.check_range("/duration_minutes", minutes, 0.0, MAX_DURATION_MINUTES);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    fn example() -> Value {
        json!({
            "task_number": 42,
            "external_number": "00042",
            "type": "code:SUP99",
            "work_order": "code:50017",
            "poi": "code:C-0042",
            "description": "700123-55501",
            "notes": "1) ITEM(2)\n2) ITEM(1)",
            "customer_name": "16:00 - 18:00 / EXAMPLE CUSTOMER",
            "contact_name": "Ana",
            "phone1": "1",
            "phone2": "2",
            "email": "a@example.com",
            "categories": "A,B",
            "location": {"latitude": -12.05, "longitude": -77.05, "address": "Sample Street 100"},
            "start": {"local": "2030-01-15T16:00:00", "zone": "America/Lima"},
            "due": {"local": "2030-01-15T18:00:00", "zone": "America/Lima"},
            "without_dates": true,
            "time_zone": "America/Lima",
            "duration_minutes": 45.5,
            "data": {"data2": "55501", "data30": "a%26b"},
            "radius_m": 300.0,
            "prohibit_outside_radius": true,
            "priority": "urgent",
            "received": {"vin": "X", "capacity1": 1.5, "order_in_route": 3, "external_files": [{"id": "7", "url": null}]},
            "custom": {"a": "b"}
        })
    }

    #[test]
    fn tasks_are_checked() {
        Subject::new(TaskFields::check, example()).check(&[
            (json!({"task_number": -42, "external_number": null}), &[("/task_number", "out_of_range")]),
            (json!({"task_number": "42"}), &[("/task_number", "wrong_type")]),
            (json!({"task_number": 43}), &[("/external_number", "numbers_disagree")]),
            (json!({"task_number": 43, "external_number": "A-42"}), &[]),
            (json!({"task_number": 43, "external_number": "99999999999999999999"}), &[]),
            (json!({"external_number": " "}), &[("/external_number", "required")]),
            (json!({"external_number": "x".repeat(101)}), &[("/external_number", "too_long")]),
            (json!({"type": "SUP99"}), &[("/type", "invalid_value")]),
            (json!({"poi": "code: "}), &[("/poi", "required")]),
            (json!({"notes": "a\0b"}), &[("/notes", "text_not_storable")]),
            (json!({"notes": "x".repeat(20_001)}), &[("/notes", "too_long")]),
            (json!({"location": {"latitude": null}}), &[("/location/latitude", "required")]),
            (json!({"location": {"longitude": null}}), &[("/location/longitude", "required")]),
            (json!({"location": {"latitude": 90.5}}), &[("/location/latitude", "out_of_range")]),
            (json!({"due": {"local": "2030-01-15T15:59:59"}}), &[("/due", "end_before_start")]),
            (json!({"due": {"local": "20300115180000"}}), &[("/due/local", "invalid_value")]),
            (json!({"start": "2030-01-15T16:00:00"}), &[("/start", "wrong_type")]),
            (json!({"time_zone": "GMT-5"}), &[("/time_zone", "unknown_zone")]),
            (json!({"duration_minutes": -0.5}), &[("/duration_minutes", "out_of_range")]),
            (json!({"data": {"data41": "x"}}), &[("/data/data41", "unknown_field")]),
            (json!({"radius_m": 0}), &[("/radius_m", "out_of_range")]),
            (json!({"prohibit_outside_radius": "1"}), &[("/prohibit_outside_radius", "wrong_type")]),
            (json!({"priority": 5}), &[("/priority", "wrong_type")]),
            (json!({"status": "new"}), &[("/status", "unknown_field")]),
            (json!({"received": {"colour": "x"}}), &[("/received/colour", "unknown_field")]),
            (json!({"received": {"order_in_route": 1.5}}), &[("/received/order_in_route", "wrong_type")]),
        ]);
    }

    #[test]
    fn an_absent_member_has_its_default() {
        assert_eq!(serde_json::from_str::<TaskFields>("{}").unwrap(), TaskFields::default());
        assert_eq!(serde_json::to_string(&TaskFields::default()).unwrap(), "{}");
    }

    #[test]
    fn text_of_digits_and_a_number_are_one_task() {
        for (number, text, expected_number, expected_text) in [
            (None, Some("00042"), Some(42), Some("00042")),
            (Some(0), Some("00042"), Some(42), Some("00042")),
            (Some(42), None, Some(42), None),
            (Some(0), None, None, None),
            (None, Some("0"), None, None),
            (None, Some("000"), None, None),
            (None, Some(" "), None, None),
            (None, Some("A-42"), None, Some("A-42")),
            (None, Some("+42"), None, Some("+42")),
            (None, Some("\u{664}\u{662}"), None, Some("\u{664}\u{662}")),
            (Some(7), Some("A-42"), Some(7), Some("A-42")),
            (None, Some("9223372036854775807"), Some(i64::MAX), Some("9223372036854775807")),
            (None, Some("9223372036854775808"), None, Some("9223372036854775808")),
        ] {
            let mut task = TaskFields {
                task_number: number,
                external_number: text.map(str::to_owned),
                ..TaskFields::default()
            };
            task.normalise_numbers();
            assert_eq!((task.task_number, task.external_number.as_deref()), (expected_number, expected_text));
            let mut faults = Faults::default();
            task.check(&mut faults);
            assert!(faults.is_empty(), "{faults:?}");
            let once = task.clone();
            task.normalise_numbers();
            assert_eq!(task, once);
        }
    }

    #[test]
    fn a_task_is_shown_by_the_number_as_given() {
        let mut task: TaskFields = serde_json::from_value(example()).unwrap();
        assert_eq!(task.shown_number().as_deref(), Some("00042"));
        task.external_number = None;
        assert_eq!(task.shown_number().as_deref(), Some("42"));
        let links: Vec<_> = task.links().into_iter().map(|link| (link.field, link.kind)).collect();
        assert_eq!(
            links,
            [
                ("/type".to_owned(), Kind::TaskType),
                ("/work_order".to_owned(), Kind::WorkOrder),
                ("/poi".to_owned(), Kind::Poi)
            ]
        );
    }

    #[test]
    fn every_priority_has_one_name() {
        for priority in Priority::ALL {
            assert_eq!(json!(priority), json!(priority.name()));
        }
    }
}

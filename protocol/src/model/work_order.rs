//! Work orders: what a customer ordered; the tasks that carry it out name it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Custom, Data, Kind, Link, MAX_CODE, MAX_NAME, MAX_TEXT, Ref, Reference, State, basics, check_custom,
    check_data, check_ref, is_default, link,
};
use crate::{
    civil::{CivilTime, check_order},
    faults::Faults,
    scope::Scope,
};

/// A work order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WorkOrder {
    /// The customer's own number, text compared exactly, unique among work orders
    #[schema(example = "50017")]
    pub number: String,
    /// What is to be done
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: String,
    /// How far it is; the office sets it, tasks do not
    #[serde(default)]
    pub status: WorkOrderStatus,
    /// The customer's point of interest
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Ref>,
    /// The customer's name, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub customer_name: String,
    /// The address, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub address: String,
    /// The point of interest that is its distribution area
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution_area: Option<Ref>,
    /// Who gets its tasks that name nobody
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_employee: Option<Ref>,
    /// Planned start
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<CivilTime>,
    /// Planned end, not before the start
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<CivilTime>,
    /// The customer's type of work order
    #[serde(default, skip_serializing_if = "is_default")]
    pub type_code: String,
    /// Notes
    #[serde(default, skip_serializing_if = "is_default")]
    pub notes: String,
    /// The customer's own fields `data1` to `data40`
    #[serde(default, skip_serializing_if = "is_default")]
    pub data: Data,
    /// Whether it is in use
    #[serde(default)]
    pub state: State,
    /// Text under the customer's own names
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Custom,
}

/// How far a work order is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkOrderStatus {
    /// Being written
    Draft,
    /// Not begun
    #[default]
    New,
    /// Begun
    InProgress,
    /// Interrupted
    Suspended,
    /// Done
    Closed,
    /// Called off
    Canceled,
    /// Could not be done
    NotDone,
    /// Done, waits for a review
    ReadyForReview,
}

impl WorkOrderStatus {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::New,
        Self::InProgress,
        Self::Suspended,
        Self::Closed,
        Self::Canceled,
        Self::NotDone,
        Self::ReadyForReview,
    ];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::New => "new",
            Self::InProgress => "in_progress",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
            Self::Canceled => "canceled",
            Self::NotDone => "not_done",
            Self::ReadyForReview => "ready_for_review",
        }
    }
}

impl Reference for WorkOrder {
    basics!(WorkOrder, number);

    /// The first line of the description, or the number where there is none.
    fn name(&self) -> Cow<'_, str> {
        let line = self.description.trim().lines().next().unwrap_or(&self.number);
        match line.char_indices().nth(MAX_NAME) {
            Some((end, _)) => Cow::Borrowed(&line[..end]),
            None => Cow::Borrowed(line),
        }
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        [
            link("/customer", Kind::Poi, self.customer.as_mut()),
            link("/distribution_area", Kind::Poi, self.distribution_area.as_mut()),
            link("/default_employee", Kind::Employee, self.default_employee.as_mut()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn check(&self, faults: &mut Faults) {
        faults.check_required_text("/number", &self.number, MAX_CODE);
        faults.check_text("/description", &self.description, MAX_TEXT);
        check_ref(faults, "/customer", self.customer.as_ref());
        faults.check_text("/customer_name", &self.customer_name, MAX_NAME);
        faults.check_text("/address", &self.address, MAX_NAME);
        check_ref(faults, "/distribution_area", self.distribution_area.as_ref());
        check_ref(faults, "/default_employee", self.default_employee.as_ref());
        for (field, time) in [("/start", &self.start), ("/due", &self.due)] {
            if let Some(time) = time {
                time.check(faults, field);
            }
        }
        check_order(faults, "/due", self.start.as_ref(), self.due.as_ref());
        faults.check_text("/type_code", &self.type_code, MAX_CODE);
        faults.check_text("/notes", &self.notes, MAX_TEXT);
        check_data(faults, "/data", &self.data);
        check_custom(faults, "/custom", &self.custom);
    }

    /// None: phones see tasks, not what was ordered.
    fn scopes(&self, _id: Uuid) -> Vec<Scope> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    fn example() -> serde_json::Value {
        json!({
            "number": "50017",
            "description": "Instalar\ncon cuidado",
            "status": "in_progress",
            "customer": "code:C-0042",
            "customer_name": "EXAMPLE CUSTOMER",
            "address": "Sample Street 100",
            "distribution_area": "code:AREA-1",
            "default_employee": "code:ZZ1001",
            "start": {"local": "2030-01-15T08:00:00", "zone": "America/Lima"},
            "due": {"local": "2030-01-15T18:00:00", "zone": "America/Lima"},
            "type_code": "INST",
            "notes": "x",
            "data": {"data1": "x"},
            "state": "enabled",
            "custom": {"a": "b"}
        })
    }

    #[test]
    fn work_orders_are_checked() {
        Subject::new(WorkOrder::check, example()).check(&[
            (json!({"number": null}), &[("/number", "required")]),
            (json!({"number": 50017}), &[("/number", "wrong_type")]),
            (json!({"status": "dont_change"}), &[("/status", "unknown_value")]),
            (json!({"customer": "C-0042"}), &[("/customer", "invalid_value")]),
            (json!({"start": {"local": "2030-01-15"}}), &[("/start/local", "invalid_value")]),
            (json!({"start": {"local": "2031-01-15T00:00"}}), &[("/due", "end_before_start")]),
            (json!({"due": {"zone": "Lima"}}), &[("/due/zone", "unknown_zone")]),
            (json!({"due": {"zone": null}}), &[("/due/zone", "required")]),
            (json!({"due": {"local": "2300-01-15T00:00"}}), &[("/due/local", "out_of_range")]),
            (json!({"data": {"Data1": "x"}}), &[("/data/Data1", "unknown_field")]),
        ]);
    }

    #[test]
    fn a_work_order_is_named_by_its_description_or_number() {
        let mut order: WorkOrder = serde_json::from_value(example()).unwrap();
        assert_eq!(order.name(), "Instalar");
        order.description = "é".repeat(1000);
        assert_eq!(order.name(), "é".repeat(300));
        order.description = " \n".to_owned();
        assert_eq!(order.name(), "50017");
        assert_eq!(order.links().len(), 3);
        assert_eq!(order.scopes(Uuid::from_u128(7)), []);
    }

    #[test]
    fn every_status_has_one_name() {
        for status in WorkOrderStatus::ALL {
            assert_eq!(json!(status), json!(status.name()));
        }
    }
}

//! The fields of a task that Campo keeps as OfficeTrack's customers send them: they come back as they came, and a
//! later release may give one a meaning of its own.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    faults::{Faults, pointer},
    model::MAX_TEXT,
    text::check_storable_at,
};

/// The most bytes of JSON that one list or object may have.
const MAX_STRUCTURE_BYTES: usize = 64 * 1024;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text
    Text,
    /// An integer of 64 bits
    Integer,
    /// A number
    Number,
    /// An object, its members named in snake_case
    Object,
    /// A list
    List,
}

/// One field that is kept as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedField {
    /// Its name in a task
    pub name: &'static str,
    /// Its name in OfficeTrack's documents
    pub office_track: &'static str,
    /// What it holds
    pub shape: Shape,
}

const fn field(name: &'static str, office_track: &'static str, shape: Shape) -> ReceivedField {
    ReceivedField { name, office_track, shape }
}

/// Every field that is kept as received, in the order of OfficeTrack's schema, those of later versions last.
pub const RECEIVED_FIELDS: &[ReceivedField] = &[
    field("distribution_area_number", "DistributionAreaNumber", Shape::Text),
    field("time_slot_reservation_id", "TimeSlotReservationId", Shape::Text),
    field("vin", "VIN", Shape::Text),
    field("contractor_code", "ContractorCode", Shape::Text),
    field("geocode_address", "GeocodeAddress", Shape::Object),
    field("hidden_data1", "HiddenData1", Shape::Text),
    field("external_creation_date", "ExternalCreationDate", Shape::Text),
    field("additional_info_xml", "AdditionalInfoXml", Shape::Text),
    field(
        "limit_catalog_categories_selection_to_codes",
        "LimitCatalogCategoriesSelectionToCodes",
        Shape::Text,
    ),
    field(
        "limit_catalog_items_selection_to_catalog_numbers",
        "LimitCatalogItemsSelectionToCatalogNumbers",
        Shape::Text,
    ),
    field("use_quantity_only_catalog_item_entry_form", "UseQuantityOnlyCatalogItemEntryForm", Shape::Text),
    field("do_not_show_refresh_message_in_mobile", "DoNotShowRefreshMessageInMobile", Shape::Text),
    field(
        "quantity_only_form_show_only_catalog_number",
        "QuantityOnlyFormShowOnlyCatalogNumber",
        Shape::Text,
    ),
    field(
        "allow_selection_of_private_catalog_items_regardless_of_task_limitations",
        "AllowSelectionOfPrivateCatalogItemsRegardlessOfTaskLimitations",
        Shape::Text,
    ),
    field("aggregate_number", "AggregateNumber", Shape::Integer),
    field("order_in_aggregate", "OrderInAggregate", Shape::Integer),
    field("capacity1", "Capacity1", Shape::Number),
    field("capacity2", "Capacity2", Shape::Number),
    field("capacity3", "Capacity3", Shape::Number),
    field("capacity4", "Capacity4", Shape::Number),
    field("capacity5", "Capacity5", Shape::Number),
    field("time_windows", "TimeWindows", Shape::Text),
    field("time_window_priority", "TimeWindowPriority", Shape::Integer),
    field("service_time", "ServiceTime", Shape::Integer),
    field("joint_service_time", "JointServiceTime", Shape::Integer),
    field("order_in_route", "OrderInRoute", Shape::Integer),
    field("external_files", "ExternalFiles", Shape::List),
    field("update_task_items_default_quantity", "UpdateTaskItemsDefaultQuantity", Shape::Text),
    field("task_cannot_be_included_in_bulk_entry", "TaskCannotBeIncludedInBulkEntry", Shape::Text),
    field("catalog_item_names", "CatalogItemNames", Shape::Text),
    field("catalog_category", "CatalogCategory", Shape::Text),
    field("task_items", "TaskItems", Shape::List),
    field("additional_contractor_code", "AdditionalContractorCode", Shape::Text),
];

/// Refuses names that are not listed, values of another shape, and what is too large or cannot be stored.
pub(super) fn check_received(faults: &mut Faults, at: &str, received: &BTreeMap<String, Value>) {
    for (name, value) in received {
        let at = pointer(at, name);
        match RECEIVED_FIELDS.iter().find(|field| field.name == name) {
            Some(field) => check_value(faults, &at, field.shape, value),
            None => faults.add(at, "unknown_field", name, "a field that is kept as received"),
        }
    }
}

fn check_value(faults: &mut Faults, at: &str, shape: Shape, value: &Value) {
    let expected = match (shape, value) {
        (Shape::Text, Value::String(text)) => return faults.check_text(at, text, MAX_TEXT),
        (Shape::Object, Value::Object(_)) | (Shape::List, Value::Array(_)) => {
            check_storable_at(at, value, faults);
            let size_bytes = value.to_string().len();
            if size_bytes > MAX_STRUCTURE_BYTES {
                let expected = format!("at most {MAX_STRUCTURE_BYTES} bytes");
                faults.add(at, "too_long", &format!("{size_bytes} bytes"), expected);
            }
            return;
        }
        (Shape::Integer, Value::Number(number)) if number.is_i64() => return,
        (Shape::Number, Value::Number(_)) => return,
        (Shape::Text, _) => "text",
        (Shape::Integer, _) => "an integer of 64 bits",
        (Shape::Number, _) => "a number",
        (Shape::Object, _) => "an object",
        (Shape::List, _) => "a list",
    };
    faults.add(at, "wrong_type", &value.to_string(), expected);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(name: &str, value: Value) -> Vec<(String, String)> {
        let mut faults = Faults::default();
        check_received(&mut faults, "/received", &BTreeMap::from([(name.to_owned(), value)]));
        faults.into_vec().into_iter().map(|fault| (fault.field, fault.code)).collect()
    }

    #[test]
    fn every_field_takes_its_own_shape_only() {
        let samples = [
            (Shape::Text, json!("x")),
            (Shape::Integer, json!(7)),
            (Shape::Number, json!(7.5)),
            (Shape::Object, json!({"city": "Lima"})),
            (Shape::List, json!([{"id": "7"}])),
        ];
        for field in RECEIVED_FIELDS {
            for (shape, sample) in &samples {
                let fits =
                    *shape == field.shape || (field.shape == Shape::Number && *shape == Shape::Integer);
                assert_eq!(check(field.name, sample.clone()).is_empty(), fits, "{} {sample}", field.name);
            }
            assert_eq!(check(field.name, Value::Null).len(), 1, "{}", field.name);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        for (name, value, at, code) in [
            ("VIN", json!("x"), "/received/VIN", "unknown_field"),
            ("vin", json!("a\0"), "/received/vin", "text_not_storable"),
            ("vin", json!("x".repeat(20_001)), "/received/vin", "too_long"),
            ("order_in_route", json!(u64::MAX), "/received/order_in_route", "wrong_type"),
            (
                "external_files",
                json!([{"name": "a\0"}]),
                "/received/external_files/0/name",
                "text_not_storable",
            ),
            ("external_files", json!(["x".repeat(70_000)]), "/received/external_files", "too_long"),
        ] {
            assert_eq!(check(name, value), [(at.to_owned(), code.to_owned())]);
        }
    }

    #[test]
    fn every_name_is_listed_once_and_is_the_snake_case_of_the_other() {
        let mut names: Vec<_> = RECEIVED_FIELDS.iter().map(|field| field.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RECEIVED_FIELDS.len());
        for field in RECEIVED_FIELDS {
            assert_eq!(field.name.replace('_', ""), field.office_track.to_lowercase());
        }
    }
}

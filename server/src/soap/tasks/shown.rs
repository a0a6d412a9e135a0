//! A task as it is shown by OfficeTrack's names.

use campo_protocol::task::{body::Role, received::RECEIVED_FIELDS};
use campo_soap::value::Value;
use serde_json::Value as Json;

use super::{super::dates, office_track_priority};
use crate::tasks::shown::TaskShown;

/// `TaskDetails` of a task, its times in `zone`.
pub(super) fn details(task: &TaskShown, zone: &str) -> Value {
    let fields = &task.fields;
    let assigned = &task.progress.assignments;
    let lead = assigned.iter().find(|one| one.role == Role::Lead).or_else(|| assigned.first());
    let order = task.links.work_order.as_ref().and_then(|order| order.code.parse::<i64>().ok());
    let mut value = Value::record([
        ("TaskNumber", fields.task_number.into()),
        ("WorkOrderNumber", order.into()),
        ("CustomerNumber", task.links.poi.as_ref().map(|poi| poi.code.as_str()).into()),
        ("EmployeeNumber", lead.map(|lead| lead.number.as_str()).into()),
        ("DueDateTime", fields.due.as_ref().map(|due| dates::written(due.local)).into()),
        ("StartDateTime", fields.start.as_ref().map(|start| dates::written(start.local)).into()),
        ("TaskTypeCode", task.links.task_type.as_ref().map(|kind| kind.code.as_str()).into()),
        ("Notes", filled(&fields.notes)),
        ("Description", filled(&fields.description)),
        ("Status", task.progress.status.office_track_name().into()),
        ("Phone1", filled(&fields.phone1)),
        ("Phone2", filled(&fields.phone2)),
        ("ContactName", filled(&fields.contact_name)),
        ("CustomerName", filled(&fields.customer_name)),
        ("Categories", filled(&fields.categories)),
        ("Email", filled(&fields.email)),
        ("Location", location(task)),
        ("MaximalRadiusForEntries", fields.radius_m.map(|metres| metres / 1000.0).into()),
        ("ProhibitEntriesOutsideRadius", if fields.prohibit_outside_radius { "1" } else { "0" }.into()),
        ("Priority", office_track_priority(fields.priority).into()),
        ("TaskWithoutDates", fields.without_dates.into()),
        ("TimeZone", fields.time_zone.as_deref().into()),
        ("CreationDateTime", dates::written_instant(task.created_at.0, zone).into()),
        ("RowVersion", task.version.into()),
    ]);
    for (name, text) in &fields.data {
        value = value.with(&name.replacen("data", "Data", 1), text.as_str());
    }
    for field in RECEIVED_FIELDS.iter().filter(|field| is_shown(field.office_track)) {
        if let Some(kept) = fields.received.get(field.name) {
            value = value.with(field.office_track, of_json(kept));
        }
    }
    if let Some(kind) = &task.links.task_type {
        let named = [("Name", kind.name.as_str().into()), ("Code", kind.code.as_str().into())];
        value = value.with("TaskType", Value::record(named));
    }
    value
}

/// What `TaskDetails` drops.
fn is_shown(name: &str) -> bool {
    !["ContractorCode", "GeocodeAddress", "ExternalFiles"].contains(&name)
}

fn filled(text: &str) -> Value {
    Some(text).filter(|text| !text.is_empty()).into()
}

fn location(task: &TaskShown) -> Value {
    let location = &task.fields.location;
    if location.point().is_none() && location.address.is_empty() {
        return Value::Nil;
    }
    Value::record([
        ("X", location.longitude.into()),
        ("Y", location.latitude.into()),
        ("Address", filled(&location.address)),
    ])
}

fn of_json(kept: &Json) -> Value {
    match kept {
        Json::String(text) => text.as_str().into(),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => integer.into(),
            None => number.as_f64().into(),
        },
        Json::Array(items) => items.iter().map(of_json).collect(),
        _ => Value::Nil,
    }
}

//! The server's JSON as screens read it: members that are missing or of a newer shape are left out, the rest is shown.

use campo_protocol::{
    civil::CivilTime,
    model::{Data, Ref, photos::PhotoRules, place::Location, profile::LocationMode, task_type::DataLabel},
    task::{body::NewAssignment, status::Status},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A task as phones get it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct TaskDocument {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) task_number: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) external_number: Option<String>,
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    pub(crate) task_type: Option<Ref>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) poi: Option<Ref>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) description: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) notes: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) customer_name: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) contact_name: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) phone1: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) phone2: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) location: Location,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) start: Option<CivilTime>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) due: Option<CivilTime>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) data: Data,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) radius_m: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) prohibit_outside_radius: bool,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) progress: Option<Progress>,
    #[serde(default, deserialize_with = "readable")]
    pub(crate) files: Vec<AttachedDocument>,
}

/// How far a task is, as the server says.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Progress {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) status: Option<Status>,
    pub(crate) since_us: i64,
    #[serde(default, deserialize_with = "readable")]
    pub(crate) assignments: Vec<NewAssignment>,
    #[serde(default)]
    pub(crate) started_at_us: Option<i64>,
    #[serde(default)]
    pub(crate) ended_at_us: Option<i64>,
}

/// A file that the office attached.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct AttachedDocument {
    pub(crate) hash: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) size_bytes: i64,
}

/// A type of task.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct TypeDocument {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) name: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) status_labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "readable")]
    pub(crate) data_labels: Vec<DataLabel>,
    #[serde(default, deserialize_with = "readable")]
    pub(crate) required_forms: Vec<Ref>,
    #[serde(default, deserialize_with = "readable")]
    pub(crate) allowed_states: Vec<String>,
}

/// Something with a name.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct NamedDocument {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) name: String,
}

/// An employee, as far as it concerns how they read and what they may do.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct EmployeeDocument {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) profile: Option<Ref>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) language: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) zone: Option<String>,
}

/// The company.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct AccountDocument {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) name: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) zone: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) language: String,
    #[serde(default, deserialize_with = "account_location")]
    pub(crate) location: Option<LocationMode>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) photos: PhotoRules,
}

/// The account is one object, and has no id.
pub(crate) const ACCOUNT_ID: Uuid = Uuid::nil();

/// The value, or its default where it is of a shape that this release does not know.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// When the account wants positions, by the names that it has for that.
fn account_location<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<LocationMode>, D::Error> {
    let name: String = lenient(deserializer)?;
    Ok(match name.as_str() {
        "never" => Some(LocationMode::Never),
        "entries" => Some(LocationMode::AtEntries),
        "shift" => Some(LocationMode::DuringShift),
        _ => None,
    })
}

/// The items of a list that are of a shape that this release knows.
fn readable<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let items: Vec<Value> = lenient(deserializer)?;
    Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
}

//! Documents of the office on their way in: new ones, and patches (RFC 7396) of those that are there.

use campo_protocol::document;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::problem::{Problem, Result};

/// Reads a new document; everything that is wrong is named by its field.
pub fn new<T: DeserializeOwned>(given: &Value) -> Result<T> {
    let mut value = Value::Object(serde_json::Map::new());
    document::merge(&mut value, given);
    Ok(document::read(&value)?)
}

/// What `current` becomes by `patch`.
pub fn patched<T: Serialize + DeserializeOwned>(current: &T, patch: &Value) -> Result<T> {
    let mut value = serde_json::to_value(current).map_err(Problem::internal)?;
    document::merge(&mut value, patch);
    Ok(document::read(&value)?)
}

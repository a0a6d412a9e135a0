//! Documents of the office on their way in: new ones, and patches (RFC 7396) of those that are there.

use campo_protocol::{document, text::tidy};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::problem::{Problem, Result};

/// Reads a new document, its code [tidied](tidy); everything that is wrong is named by its field.
pub fn new<T: DeserializeOwned>(given: &Value) -> Result<T> {
    let mut value = Value::Object(serde_json::Map::new());
    document::merge(&mut value, given);
    tidy_member(&mut value, "code");
    Ok(document::read(&value)?)
}

/// What `current` becomes by `patch`, its code tidied.
pub fn patched<T: Serialize + DeserializeOwned>(current: &T, patch: &Value) -> Result<T> {
    let mut value = serde_json::to_value(current).map_err(Problem::internal)?;
    document::merge(&mut value, patch);
    tidy_member(&mut value, "code");
    Ok(document::read(&value)?)
}

/// [Tidies](tidy) the text of a member, where it has some.
pub fn tidy_member(document: &mut Value, member: &str) {
    if let Some(Value::String(text)) = document.get_mut(member) {
        *text = tidy(text);
    }
}

//! What could not be read, as a problem.

use std::collections::BTreeMap;

use campo_protocol::{
    document::explain::explain,
    faults::{Faults, pointer},
};
use serde_path_to_error::Path;

use crate::problem::{Code, Problem};

/// The problem of bytes that are not JSON.
pub(super) fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(Code::MalformedJson)
        .with("line", error.line())
        .with("column", error.column())
        .with("reason", without_position(&error.to_string()))
}

/// The problem of a query that could not be read at `path`.
pub(super) fn of_query(query: &str, path: &Path, message: &str) -> Problem {
    // What serde_html_form says of a parameter that is there twice and no list
    let message = if message == "unsupported value" { "duplicate field ``" } else { message };
    let explained = explain(path, message);
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        values.entry(pointer("", &name)).or_default().push(value);
    }
    // A parameter that is a list is pointed at with an index, a single one without.
    let (name, index) = match explained.field.rsplit_once('/') {
        Some((name, index)) if !name.is_empty() => (name, index.parse().unwrap_or(0)),
        _ => (explained.field.as_str(), 0),
    };
    let found = values.get(name).and_then(|values| values.get(index)).cloned();
    let mut faults = Faults::default();
    explained.add_to(&mut faults, &found.unwrap_or_default());
    faults.into()
}

fn without_position(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

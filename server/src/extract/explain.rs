//! From what serde says to a fault that names the field, what was found and what was expected.

use std::{borrow::Cow, collections::BTreeMap};

use campo_protocol::faults::Faults;
use serde_json::{Value, error::Category};
use serde_path_to_error::{Path, Segment};

use crate::problem::{Code, Problem};

/// The problem of bytes that are not JSON.
pub(super) fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(Code::MalformedJson)
        .with("line", error.line())
        .with("column", error.column())
        .with("reason", without_position(&error.to_string()))
}

/// The problem of JSON that could not be read at `path`.
pub(super) fn of_json(bytes: &[u8], path: &Path, error: &serde_json::Error) -> Problem {
    if error.classify() != Category::Data {
        return malformed(error);
    }
    let message = error.to_string();
    let explained = explain(pointer(path), without_position(&message));
    // Reading the document again is the price of a precise answer, paid only for a wrong one.
    let document = serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let found = document.pointer(&explained.field).map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    explained.into_problem(&found.unwrap_or_default())
}

/// The problem of a query that could not be read at `path`.
pub(super) fn of_query(query: &str, path: &Path, message: &str) -> Problem {
    // What serde_html_form says of a parameter that is there twice and no list
    let message = if message == "unsupported value" { "duplicate field ``" } else { message };
    let explained = explain(pointer(path), message);
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        values.entry(member("", &name)).or_default().push(value);
    }
    // A parameter that is a list is pointed at with an index, a single one without.
    let (name, index) = match explained.field.rsplit_once('/') {
        Some((name, index)) if !name.is_empty() => (name, index.parse().unwrap_or(0)),
        _ => (explained.field.as_str(), 0),
    };
    let found = values.get(name).and_then(|values| values.get(index)).cloned();
    explained.into_problem(&found.unwrap_or_default())
}

/// The JSON Pointer of a member of the object at `parent`.
pub(super) fn member(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What was expected in words of ours, from a name or a message of serde's, of the standard library's or of a crate
/// that reads values; others are left as they are.
pub(super) fn expected(text: &str) -> Cow<'_, str> {
    let words = match text {
        "i8"
        | "i16"
        | "i32"
        | "i64"
        | "i128"
        | "isize"
        | "u8"
        | "u16"
        | "u32"
        | "u64"
        | "u128"
        | "usize"
        | "invalid digit found in string"
        | "cannot parse integer from empty string" => "an integer",
        "number too large to fit in target type" | "number too small to fit in target type" => {
            "an integer of 64 bits"
        }
        "f32" | "f64" | "invalid float literal" | "cannot parse float from empty string" => "a number",
        "bool" | "a boolean" | "provided string was not `true` or `false`" => "true or false",
        "a string" | "a borrowed string" | "str" | "String" | "a character" => "text",
        "a sequence" => "a list",
        "a map" => "an object",
        _ if text.starts_with("struct ") || text.starts_with("internally tagged enum ") => "an object",
        "a formatted UUID string" | "Uuid" => "a UUID",
        _ if text.starts_with("UUID parsing failed") => "a UUID",
        _ => text.strip_prefix("expected ").unwrap_or(text),
    };
    Cow::Borrowed(words)
}

struct Explained<'m> {
    field: String,
    code: &'static str,
    expected: Cow<'m, str>,
}

impl Explained<'_> {
    fn into_problem(self, found: &str) -> Problem {
        let mut faults = Faults::default();
        // What is found of a field that should not be there, or not twice, is its name, which is in the pointer.
        let found = if matches!(self.code, "unknown_field" | "duplicate_field") { "" } else { found };
        faults.add(self.field, self.code, found, self.expected);
        faults.into()
    }
}

/// Takes serde's message apart. Its forms are those of the methods of `serde::de::Error`.
fn explain(parent: String, message: &str) -> Explained<'_> {
    let expected = message.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
    let starts = |start: &str| message.starts_with(start);
    let explained = |field, code, text| Explained { field, code, expected: self::expected(text) };
    if starts("missing field `") {
        explained(with_name(&parent, message), "required", "")
    } else if starts("duplicate field `") {
        explained(with_name(&parent, message), "duplicate_field", "")
    } else if starts("unknown field `") {
        explained(with_name(&parent, message), "unknown_field", expected)
    } else if starts("unknown variant `") {
        explained(parent, "unknown_value", expected)
    } else if starts("invalid type: ") || starts("invalid length ") {
        explained(parent, "wrong_type", expected)
    } else if starts("invalid value: ") {
        explained(parent, "invalid_value", expected)
    } else if starts("data did not match any variant") {
        explained(parent, "invalid_value", "")
    } else {
        explained(parent, "invalid_value", message)
    }
}

/// `parent` with the name that the message has between backticks, unless it ends with that already.
fn with_name(parent: &str, message: &str) -> String {
    let name = message.split_once('`').and_then(|(_, rest)| {
        let end =
            rest.find("`, expected").or_else(|| rest.find("`, there are")).or_else(|| rest.rfind('`'))?;
        Some(&rest[..end])
    });
    let name = name.unwrap_or_default();
    let last = member("", name);
    if name.is_empty() || parent.ends_with(&last) { parent.to_owned() } else { member(parent, name) }
}

fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |parent, segment| match segment {
        Segment::Seq { index } => format!("{parent}/{index}"),
        Segment::Map { key } => member(&parent, key),
        Segment::Enum { variant } => member(&parent, variant),
        Segment::Unknown => parent,
    })
}

fn without_position(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

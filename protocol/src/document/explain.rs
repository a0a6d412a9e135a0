//! From what serde says to a fault that names the field, what was found and what was expected.

use std::borrow::Cow;

use serde_path_to_error::{Path, Segment};

use crate::faults::{Faults, pointer};

/// The fault of a member that could not be read, but for what was found there.
#[derive(Debug)]
pub struct Explained<'m> {
    /// The member, as a JSON Pointer
    pub field: String,
    code: &'static str,
    expected: Cow<'m, str>,
}

impl Explained<'_> {
    /// Adds the fault. `found` is what stands at the field.
    pub fn add_to(self, faults: &mut Faults, found: &str) {
        // What is found of a field that should not be there, or not twice, is its name, which is in the pointer.
        let found = if matches!(self.code, "unknown_field" | "duplicate_field") { "" } else { found };
        faults.add(self.field, self.code, found, self.expected);
    }
}

/// Takes apart the message with which serde gave up at `path`.
pub fn explain<'m>(path: &Path, message: &'m str) -> Explained<'m> {
    at(pointer_of(path), message)
}

/// The forms of messages are those of the methods of `serde::de::Error`.
fn at(parent: String, message: &str) -> Explained<'_> {
    let expected = message.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
    let starts = |start: &str| message.starts_with(start);
    let explained = |field, code, text| Explained { field, code, expected: expected_in_words(text) };
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

/// What was expected in words of ours, from a name or a message of serde's, of the standard library's or of a crate
/// that reads values; others are left as they are.
pub fn expected_in_words(text: &str) -> Cow<'_, str> {
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

/// `parent` with the name that the message has between backticks, unless it ends with that already.
fn with_name(parent: &str, message: &str) -> String {
    let name = message.split_once('`').and_then(|(_, rest)| {
        let end =
            rest.find("`, expected").or_else(|| rest.find("`, there are")).or_else(|| rest.rfind('`'))?;
        Some(&rest[..end])
    });
    let name = name.unwrap_or_default();
    let last = pointer("", name);
    if name.is_empty() || parent.ends_with(&last) { parent.to_owned() } else { pointer(parent, name) }
}

fn pointer_of(path: &Path) -> String {
    path.iter().fold(String::new(), |parent, segment| match segment {
        Segment::Seq { index } => pointer(&parent, index),
        Segment::Map { key } => pointer(&parent, key),
        Segment::Enum { variant } => pointer(&parent, variant),
        Segment::Unknown => parent,
    })
}

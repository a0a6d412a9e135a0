//! What is wrong with something received: every field at once, named so that a person can mend it.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text::{is_blank, storable};

/// One thing wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// JSON Pointer (RFC 6901) of the field, `""` for the whole document; shortened to 500 characters
    pub field: String,
    /// Stable code in snake_case, such as `out_of_range`; texts for people are made from it
    pub code: String,
    /// What was found, shortened to 80 characters
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub found: String,
    /// What was expected
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub expected: String,
}

/// The JSON Pointer (RFC 6901) of the member or element `key` of what `field` points to.
pub fn pointer(field: &str, key: impl fmt::Display) -> String {
    let key = key.to_string();
    if key.contains(['~', '/']) {
        return format!("{field}/{}", key.replace('~', "~0").replace('/', "~1"));
    }
    format!("{field}/{key}")
}

/// All faults of one document, at most [`Faults::LIMIT`].
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// More faults than this are not listed: the first hundred are enough to see what is wrong.
    pub const LIMIT: usize = 100;

    /// Adds a fault of `field` (a JSON Pointer).
    pub fn add(&mut self, field: impl Into<String>, code: &str, found: &str, expected: impl Into<String>) {
        if !self.is_full() {
            self.0.push(Fault {
                field: storable(&shortened(field.into(), MOST_OF_A_POINTER)).into_owned(),
                code: code.to_owned(),
                found: visible(found),
                expected: expected.into(),
            });
        }
    }

    /// True when no more are listed.
    pub const fn is_full(&self) -> bool {
        self.0.len() >= Self::LIMIT
    }

    /// True when nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults in the order in which they were found.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }

    /// `Ok` when nothing is wrong.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Refuses text that cannot be stored on every database (see [`crate::text`]) or is longer than `limit`
    /// characters.
    pub fn check_text(&mut self, field: &str, text: &str, limit: usize) {
        if text.contains('\0') {
            self.add(field, "text_not_storable", text, "text without the character U+0000");
        }
        if text.chars().count() > limit {
            self.add(field, "too_long", text, format!("at most {limit} characters"));
        }
    }

    /// Like [`Self::check_text`], and refuses text that is empty, or of blanks and characters that nobody sees.
    pub fn check_required_text(&mut self, field: &str, text: &str, limit: usize) {
        if is_blank(text) {
            self.add(field, "required", text, "text that is not blank");
        }
        self.check_text(field, text, limit);
    }

    /// Refuses a list of more than `limit` members.
    pub fn check_count(&mut self, field: &str, count: usize, limit: usize) {
        if count > limit {
            self.add(field, "too_many", &count.to_string(), format!("at most {limit}"));
        }
    }

    /// Refuses a value that stands in a list twice (`repeated`); `field_of` makes the field of its place in the list.
    pub fn check_unique<T: Ord + fmt::Display>(
        &mut self,
        values: impl IntoIterator<Item = T>,
        field_of: impl Fn(usize) -> String,
    ) {
        let mut seen = BTreeSet::new();
        for (index, value) in values.into_iter().enumerate() {
            if seen.contains(&value) {
                self.add(field_of(index), "repeated", &value.to_string(), "each value once");
            } else {
                seen.insert(value);
            }
        }
    }

    /// Refuses a number outside `least..=most`, and one that is not finite.
    pub fn check_range(&mut self, field: &str, number: f64, least: f64, most: f64) {
        if !(least..=most).contains(&number) {
            self.add(field, "out_of_range", &number.to_string(), format!("a number from {least} to {most}"));
        }
    }
}

/// The longest pointer that is repeated whole, in characters: a longer one has names that nobody gave by mistake.
const MOST_OF_A_POINTER: usize = 500;

/// `text` cut to `limit` characters.
fn shortened(mut text: String, limit: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(limit) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// `text` cut to 80 characters, control characters made visible.
fn visible(text: &str) -> String {
    let short: String = text.chars().take(81).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    shortened(short, 80)
}

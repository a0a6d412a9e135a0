//! One cell as a file holds it.

use std::fmt::Write as _;

use jiff::civil;
use serde::{Deserialize, Serialize};

/// The value of a cell. Its JSON is what is staged of an import; text stands there as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// Nothing
    #[default]
    Empty,
    /// True or false
    Boolean(bool),
    /// Text, as written
    Text(String),
    /// A number
    Number {
        /// Its value, finite
        number: f64,
        /// What the spreadsheet shows where that is more than the value: `00042`, `50%`
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<String>,
    },
    /// A day
    Date {
        /// The day
        date: civil::Date,
    },
    /// A time of day
    Time {
        /// The time
        time: civil::Time,
    },
    /// A day and a time
    Moment {
        /// Day and time, without zone
        moment: civil::DateTime,
    },
    /// A formula that failed
    Error {
        /// Such as `#N/A`
        error: String,
    },
}

impl Cell {
    /// A text; nothing when it is blank. What no table can hold is replaced.
    pub(super) fn text(text: &str) -> Self {
        if is_blank(text) { Self::Empty } else { Self::Text(storable(text)) }
    }

    /// A number; an error when it is not finite.
    pub(super) fn number(number: f64) -> Self {
        if number.is_finite() {
            Self::Number { number, shown: None }
        } else {
            Self::Error { error: "#NUM!".to_owned() }
        }
    }

    /// True when there is nothing in it that a person sees.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => is_blank(text),
            _ => false,
        }
    }

    /// What a person reads in it: text trimmed, numbers without exponent and as shown, days and times as in ISO 8601.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Boolean(yes) => yes.to_string(),
            Self::Text(text) => text.trim().to_owned(),
            Self::Number { shown: Some(shown), .. } => shown.clone(),
            Self::Number { number, shown: None } => plain(*number),
            Self::Date { date } => date.to_string(),
            Self::Time { time } => time.to_string(),
            Self::Moment { moment } => {
                let mut text = moment.date().to_string();
                // Writing to a String cannot fail.
                let _ = write!(text, " {}", moment.time());
                text
            }
            Self::Error { error } => error.clone(),
        }
    }

    /// How much text it holds.
    pub(super) fn size_bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Error { error: text } => text.len(),
            Self::Number { shown, .. } => shown.as_ref().map_or(8, String::len),
            _ => 8,
        }
    }
}

/// A number as people write it: no exponent, and no trace of what binary fractions cannot say (0.1 + 0.2 is 0.3, as the
/// spreadsheet shows it).
fn plain(number: f64) -> String {
    let number = if number == 0.0 { 0.0 } else { number };
    let fifteen: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{fifteen}")
}

/// True for text of blanks only, no-break spaces and byte order marks among them.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{FEFF}' || c == '\u{200B}')
}

/// Without U+0000, which no database can hold.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

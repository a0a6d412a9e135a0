//! One cell as a file holds it.

use jiff::civil;
use serde::{Deserialize, Serialize};

/// The most characters of a cell: as many as Excel has.
pub(super) const MAX_CHARACTERS: usize = 32_767;
/// Characters that are kept of one that has more.
const KEPT: usize = 200;

/// The value of a cell. Its JSON is what may be kept of it; text stands there as it is.
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
    /// What cannot be read as its author meant it
    Flawed {
        /// What is left of it
        flawed: String,
        /// What is wrong with it
        flaw: Flaw,
    },
}

/// What is wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// Bytes that are none of the text's encoding; U+FFFD stands for them
    Undecodable,
    /// A quote that is not closed, or closes some lines below: what belongs to which row cannot be told
    UnclosedQuote,
    /// A formula whose value was not stored
    FormulaWithoutValue,
    /// More characters than a cell can have
    TooLong,
    /// A number of more digits than a spreadsheet keeps: the one that is written is not the one that is read
    DigitsLost,
}

impl Cell {
    /// A text; nothing when it is blank, an error where it is what spreadsheets show for one. What no table can hold is
    /// replaced.
    pub(super) fn text(text: &str) -> Self {
        if is_blank(text) {
            Self::Empty
        } else if is_error(text.trim()) {
            Self::Error { error: text.trim().to_owned() }
        } else if text.len() > MAX_CHARACTERS && text.chars().count() > MAX_CHARACTERS {
            Self::flawed(&text.chars().take(KEPT).chain(['…']).collect::<String>(), Flaw::TooLong)
        } else {
            Self::Text(storable(text))
        }
    }

    pub(super) fn flawed(text: &str, flaw: Flaw) -> Self {
        let kept: String = text.chars().take(KEPT).collect();
        Self::Flawed { flawed: storable(&kept), flaw }
    }

    /// A number; an error when it is not finite.
    pub(super) fn number(number: f64) -> Self {
        if number.is_finite() {
            Self::Number { number, shown: None }
        } else {
            Self::Error { error: "#NUM!".to_owned() }
        }
    }

    /// What was read of a number's text in a file: a flaw where it is another number than the one written there, which
    /// happens from 16 digits on.
    pub(super) fn as_written(self, written: &str) -> Self {
        match self {
            Self::Number { number, .. }
                if number.abs() >= ALL_EXACT
                    && whole_digits(written) != Some(format!("{:.0}", number.abs())) =>
            {
                Self::flawed(written, Flaw::DigitsLost)
            }
            other => other,
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

    /// What a person reads in it: text without what is not seen at its edges, numbers without exponent and as shown, days
    /// and times as in ISO 8601.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Boolean(yes) => yes.to_string(),
            Self::Text(text) => trimmed(text).to_owned(),
            Self::Number { shown: Some(shown), .. } => shown.clone(),
            Self::Number { number, shown: None } => plain(*number),
            Self::Date { date } => date.to_string(),
            Self::Time { time } => time.to_string(),
            Self::Moment { moment } => format!("{} {}", moment.date(), moment.time()),
            Self::Error { error } => error.clone(),
            Self::Flawed { flawed, .. } => flawed.clone(),
        }
    }

    /// True for a number of more digits than a spreadsheet keeps: which one was typed cannot be told.
    pub fn lost_digits(&self) -> bool {
        matches!(self, Self::Number { number, .. } if number.abs() >= EXACT || (number.abs() >= ALL_EXACT && number.fract() != 0.0))
    }

    /// How much text it holds.
    pub(super) fn size_bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Error { error: text } | Self::Flawed { flawed: text, .. } => text.len(),
            Self::Number { shown, .. } => shown.as_ref().map_or(8, String::len),
            _ => 8,
        }
    }
}

/// Below this every number of 15 digits, as many as Excel keeps, is another one.
const ALL_EXACT: f64 = 1e15;

/// Behind this not every whole number is one: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The digits of a number in a file (`1.5E15`) without its sign; nothing where it has a fraction.
fn whole_digits(written: &str) -> Option<String> {
    let written = written.trim().trim_start_matches(['+', '-']);
    let (mantissa, exponent) = written.split_once(['e', 'E']).unwrap_or((written, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let exponent: usize =
        exponent.trim_start_matches('+').parse().ok().filter(|exponent| *exponent <= 308)?;
    let zeros = exponent.checked_sub(fraction.len())?;
    let digits = format!("{whole}{fraction}{}", "0".repeat(zeros));
    Some(digits.trim_start_matches('0').to_owned())
}

/// A number as people write it: no exponent, whole ones exactly, and no trace of what binary fractions cannot say
/// (0.1 + 0.2 is 0.3, as the spreadsheet shows it).
fn plain(number: f64) -> String {
    let number = if number == 0.0 { 0.0 } else { number };
    if number.fract() == 0.0 && number.abs() < 1e21 {
        return format!("{number:.0}");
    }
    let fifteen: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{fifteen}")
}

/// Without U+0000, which no database can hold.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// Without blanks and what is not seen, at both edges.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// True for a character that nobody sees and that means nothing: marks of direction, joiners, soft hyphens, byte order
/// marks, controls.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}')
        || (c.is_control() && !c.is_whitespace())
}

/// True for text of blanks and what nobody sees.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// What spreadsheets in English, Spanish and Portuguese show for a formula that failed.
fn is_error(text: &str) -> bool {
    const NAMES: &[&str] = &[
        "N/A",
        "N/D",
        "REF!",
        "¡REF!",
        "VALUE!",
        "VALOR!",
        "¡VALOR!",
        "DIV/0!",
        "¡DIV/0!",
        "NAME?",
        "NOMBRE?",
        "¿NOMBRE?",
        "NOME?",
        "NULL!",
        "NULO!",
        "¡NULO!",
        "NUM!",
        "NÚM!",
        "¡NUM!",
        "¡NÚM!",
        "SPILL!",
        "CALC!",
        "¡CALC!",
        "¡DESBORDAMIENTO!",
        "DESPEJAR!",
        "GETTING_DATA",
        "OBTENIENDO_DATOS",
        "FIELD!",
        "BLOCKED!",
        "CONNECT!",
        "BUSY!",
        "UNKNOWN!",
    ];
    if let Some(number) = text.strip_prefix("Err:") {
        return !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    }
    let Some(name) = text.strip_prefix('#') else { return false };
    // A column that was too narrow when the text was made
    (name.len() > 1 && name.bytes().all(|byte| byte == b'#')) || NAMES.contains(&name.to_uppercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_exactly_or_said_to_be_lost() {
        for (number, shown, lost) in [
            (1_234_567_890_123_457.0, "1234567890123457", false),
            (9_007_199_254_740_991.0, "9007199254740991", false),
            (12_345_678_901_234_568.0, "12345678901234568", true),
            (1e20, "100000000000000000000", true),
            (0.1 + 0.2, "0.3", false),
            (-0.0, "0", false),
        ] {
            let cell = Cell::number(number);
            assert_eq!((cell.shown().as_str(), cell.lost_digits()), (shown, lost));
        }
    }

    #[test]
    fn a_number_that_is_not_the_one_written_is_a_flaw() {
        for (written, kept) in [
            ("1234567890123457", true),
            ("1.234567890123457E+15", true),
            ("-1.234567890123457e15", true),
            ("1234567890123457.0", true),
            ("1E+20", true),
            ("1.2345678901234561E15", false),
            ("12345678901234567", false),
            ("1234567890123456.1", false),
            ("12345678901234561E-1", false),
        ] {
            let cell = Cell::number(written.parse().unwrap()).as_written(written);
            assert_eq!(matches!(cell, Cell::Number { .. }), kept, "{written}: {cell:?}");
        }
    }

    #[test]
    fn what_spreadsheets_show_for_a_failure_is_no_value() {
        for text in ["#N/A", "#N/D", "#¡REF!", " #REF! ", "#valor!", "#¿NOMBRE?", "Err:502", "####"] {
            assert!(matches!(Cell::text(text), Cell::Error { .. }), "{text}");
        }
        for text in ["#", "#5", "# 12", "Err:", "#N/A 5", "Casa #12"] {
            assert!(matches!(Cell::text(text), Cell::Text(_)), "{text}");
        }
        assert_eq!(Cell::text("\u{1A}\u{200B} "), Cell::Empty);
        assert_eq!(Cell::text("\u{200B}C-1\u{FEFF} ").shown(), "C-1");
    }
}

//! Text that every database of Campo can hold, how codes are written, and the sort and search keys made of it.
//!
//! PostgreSQL's `text` has no U+0000, and JSON may carry it and unpaired surrogates as escapes. What an office
//! writes is refused with the field's name; what a phone captured is kept byte for byte and replaced only in
//! what is extracted.

use std::borrow::Cow;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use crate::faults::{Faults, pointer};

const UNSTORABLE: &str = "text_not_storable";

/// `text` with U+0000 replaced by U+FFFD, for columns extracted from what was captured.
pub fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

/// How codes, customers' own numbers and names to log in with are kept, compared and looked for: with letters and accents
/// as one character where Unicode has it (NFC), without blanks and [what nobody sees](is_invisible) at either edge. So
/// what looks the same is the same, whichever keyboard, file or program wrote it. What is tidy stays as it is.
///
/// Rows that were stored before this was done keep what they hold until their next edit, which writes it tidied, or is
/// refused where another row has that by then. Until then such a row is found by its id and by search, not by its code,
/// and nobody logs in under such a name.
pub fn tidy(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)).to_owned()
}

/// True for text in which there is nothing to see.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// True for a character that nobody sees and that means nothing at the edge of a text: marks of direction, joiners, soft
/// hyphens, byte order marks, controls. The same as for cells of spreadsheets, which know nothing of this crate.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}')
        || (c.is_control() && !c.is_whitespace())
}

/// Names every text in `value`, member names included, that cannot be stored on every database, until `faults` is full.
///
/// The text is not repeated: it may be a password. Called on what an office sent before it is read into a type; numbers
/// need no check, since JSON has neither NaN nor infinity.
pub fn check_storable(value: &Value, faults: &mut Faults) {
    check_storable_at("", value, faults);
}

/// True when JSON has an escape that might stand for text that cannot be stored: U+0000 or half a surrogate pair, which
/// alone is malformed. Only then it is worth reading it as a [`Value`] for [`check_storable`].
pub fn may_be_unstorable(json: &[u8]) -> bool {
    let suspicious = |window: &[u8]| match window {
        [b'\\', b'u', rest @ ..] => {
            rest == b"0000" || matches!(rest, [b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..])
        }
        _ => false,
    };
    json.windows(6).any(suspicious)
}

/// Like [`check_storable`], for a value that stands at `field` (a JSON Pointer) of its document.
pub fn check_storable_at(field: &str, value: &Value, faults: &mut Faults) {
    Place { root: field, above: None, step: Step::Root }.check(value, faults);
}

/// Where a value stands. Its pointer is made only where something is wrong: names may be long, and what they hold much.
struct Place<'a> {
    root: &'a str,
    above: Option<&'a Place<'a>>,
    step: Step<'a>,
}

enum Step<'a> {
    Root,
    Index(usize),
    Name(&'a str),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        let above = || self.above.map_or_else(|| self.root.to_owned(), Place::pointer);
        match self.step {
            Step::Root => above(),
            Step::Index(index) => pointer(&above(), index),
            Step::Name(name) => pointer(&above(), name),
        }
    }

    fn check(&self, value: &Value, faults: &mut Faults) {
        let below = |step| Place { root: self.root, above: Some(self), step };
        match value {
            _ if faults.is_full() => {}
            Value::String(text) if text.contains('\0') => {
                faults.add(self.pointer(), UNSTORABLE, "", "text without the character U+0000");
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    below(Step::Index(index)).check(item, faults);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let place = below(Step::Name(name));
                    if name.contains('\0') && !faults.is_full() {
                        faults.add(place.pointer(), UNSTORABLE, "", "a name without the character U+0000");
                    }
                    place.check(member, faults);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The key by which people find and sort `text`: lower case, the accents of Spanish and Portuguese folded,
/// `ñ` kept behind `n`. The same on every database, which their own collations are not.
pub fn sort_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    // Letters with their accents apart look the same and are found the same
    for c in text.nfc().flat_map(char::to_lowercase) {
        match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' => key.push('a'),
            'é' | 'è' | 'ê' | 'ë' => key.push('e'),
            'í' | 'ì' | 'î' | 'ï' => key.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => key.push('o'),
            'ú' | 'ù' | 'û' | 'ü' => key.push('u'),
            'ç' => key.push('c'),
            'ñ' => key.push_str("n~"),
            '\0' => key.push('\u{FFFD}'),
            other => key.push(other),
        }
    }
    key
}

/// Lower-case hexadecimal of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The bytes of hexadecimal `text` of either case; `None` when it is not that.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).map(|d| d as u8);
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| Some((digit(pair[0])? << 4) | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_that_cannot_be_stored_is_named() {
        let value =
            serde_json::json!({"a": ["", "x\0"], "b/c": {"d\0": 1, "e": "\0"}, "f": "fine", "g": null});
        let mut faults = Faults::default();
        check_storable(&value, &mut faults);
        let fields: Vec<String> = faults.into_vec().into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["/a/1", "/b~1c/d\u{FFFD}", "/b~1c/e"]);
    }

    /// A stranger's 1 MiB can have a name of half of it above a quarter of a million values.
    #[test]
    fn a_long_name_above_many_values_costs_no_more_than_its_bytes() {
        let name = "n".repeat(500_000);
        let value = serde_json::json!({ &name: vec![1; 250_000] });
        let mut faults = Faults::default();
        check_storable(&value, &mut faults);
        assert!(faults.is_empty());
        let value = serde_json::json!({ &name: vec!["\0"; 250_000] });
        check_storable(&value, &mut faults);
        let faults = faults.into_vec();
        assert_eq!(faults.len(), Faults::LIMIT);
        assert!(faults.iter().all(|fault| fault.field.len() < 2_000));
    }

    #[test]
    fn hexadecimal_is_read_back() {
        assert_eq!(unhex(&hex(&[0, 15, 255])), Some(vec![0, 15, 255]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("zz"), None);
        assert_eq!(unhex("é0"), None);
    }

    #[test]
    fn what_looks_the_same_is_the_same_code() {
        for (text, expected) in [
            ("A-7", "A-7"),
            (" A-7\u{A0}\t", "A-7"),
            ("\u{FEFF}A-7\u{200B}", "A-7"),
            ("\u{200E} \u{AD}A-7\u{2060}\u{7F}", "A-7"),
            ("Jose\u{301}", "José"),
            ("\u{200B}N\u{303}\u{2009}", "Ñ"),
            // Inside a code a blank is part of it, and a joiner makes other letters in some scripts
            ("A  7", "A  7"),
            ("A\u{200D}7", "A\u{200D}7"),
            ("\u{200B} \u{FEFF}", ""),
            ("", ""),
        ] {
            assert_eq!(tidy(text), expected, "{text:?}");
            assert_eq!(tidy(&tidy(text)), expected, "{text:?} twice");
            assert_eq!(is_blank(text), expected.is_empty(), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_tidy_stays_as_it_is(text in "[ -~a-zñ\u{300}-\u{303}\u{200B}\u{A0}\u{1100}-\u{11FF}]{0,12}") {
            let tidied = tidy(&text);
            proptest::prop_assert_eq!(tidy(&tidied), tidied);
        }
    }

    #[test]
    fn spanish_names_sort_as_people_expect() {
        let mut names = ["Ñandú", "nube", "Zoë", "Ángel", "angela", "oso"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["Ángel", "angela", "nube", "Ñandú", "oso", "Zoë"]);
    }
}

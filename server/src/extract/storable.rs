//! Refuses text that not every database can hold, wherever in a document it stands. The text is not repeated: it may
//! be a password.

use campo_protocol::faults::Faults;
use serde_json::Value;

use super::explain::member;

const EXPECTED: &str = "text without the character U+0000";

/// Names every text of the document that holds U+0000. The document is read for that only when it has an escape that
/// might stand for such text; an unpaired surrogate is malformed JSON.
pub(super) fn check_json(bytes: &[u8], faults: &mut Faults) -> Result<(), serde_json::Error> {
    let suspicious = |window: &[u8]| match window {
        [b'\\', b'u', rest @ ..] => {
            rest == b"0000" || matches!(rest, [b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..])
        }
        _ => false,
    };
    if bytes.windows(6).any(suspicious) {
        walk("", &serde_json::from_slice(bytes)?, faults);
    }
    Ok(())
}

/// Names every parameter of a query that holds U+0000.
pub(super) fn check_query(query: &str, faults: &mut Faults) {
    if query.contains("%00") || query.contains('\0') {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
        let unfit = |(name, value): &&(String, String)| name.contains('\0') || value.contains('\0');
        for (name, _) in pairs.iter().filter(unfit) {
            faults.add(shown(&member("", name)), "text_not_storable", "", EXPECTED);
        }
    }
}

fn walk(field: &str, value: &Value, faults: &mut Faults) {
    match value {
        Value::String(text) if text.contains('\0') => faults.add(field, "text_not_storable", "", EXPECTED),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(&format!("{field}/{index}"), item, faults);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let field = shown(&member(field, name));
                if name.contains('\0') {
                    faults.add(field.as_str(), "text_not_storable", "", EXPECTED);
                }
                walk(&field, value, faults);
            }
        }
        _ => {}
    }
}

/// A pointer that itself can be stored and shown.
fn shown(pointer: &str) -> String {
    pointer.replace('\0', "\u{FFFD}")
}

//! The one way to read what somebody sent, so that whatever is wrong is named by its field.
//!
//! The types themselves read over members they do not know, since an older phone or replica meets newer objects.
//! What an office sends is read more strictly, by [`read`]: a member that no type knows is a typing error, and is
//! refused by name. Of what comes as bytes, [`read_bytes`], each type says itself whether it takes unknown members.

pub mod explain;
pub mod later;
mod objects;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use serde_path_to_error::Track;

use self::{explain::explain, objects::Objects};
use crate::{
    faults::{Faults, pointer},
    text::{check_storable, may_be_unstorable},
};

/// Why bytes could not be read.
#[derive(Debug)]
pub enum Unreadable {
    /// They are not JSON
    Malformed(serde_json::Error),
    /// They are, but not what was expected
    Wrong(Faults),
}

/// Reads `value` as a `T`, or says what keeps it from being one.
///
/// Faults have the codes `text_not_storable`, `unknown_field`, `required` (a member is missing), `unknown_value`
/// (not one of a closed list), `wrong_type`, also where a list stands for an object, and `invalid_value`. Every unknown
/// member before the first unreadable one is listed. What the values mean together is for the type's own check.
///
/// A new object is read from its document [merged](merge) into `{}`, an edit from the patch merged into what is
/// stored: neither then has `null` members, which most types do not take.
pub fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Faults> {
    let mut faults = Faults::default();
    check_storable(value, &mut faults);
    let mut track = Track::new();
    let mut unknown = Vec::new();
    let read = {
        let mut note = |path: serde_ignored::Path<'_>| {
            if unknown.len() < Faults::LIMIT {
                unknown.push(unknown_pointer(&path));
            }
        };
        let inner = serde_path_to_error::Deserializer::new(value, &mut track);
        T::deserialize(Objects(serde_ignored::Deserializer::new(inner, &mut note)))
    };
    for field in unknown {
        faults.add(field, "unknown_field", "", "a member that this kind of object has");
    }
    match read {
        Ok(object) => faults.into_result().map(|()| object),
        Err(error) => {
            let message = error.to_string();
            let explained = explain(&track.path(), &message);
            let found = found(value, &explained.field);
            explained.add_to(&mut faults, &found);
            Err(faults)
        }
    }
}

/// Reads bytes as a `T`. The codes of faults are those of [`read`], and `duplicate_field`.
pub fn read_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    let mut faults = Faults::default();
    if may_be_unstorable(bytes) {
        check_storable(&serde_json::from_slice(bytes).map_err(Unreadable::Malformed)?, &mut faults);
        if !faults.is_empty() {
            return Err(Unreadable::Wrong(faults));
        }
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let mut track = Track::new();
    let inner = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    match T::deserialize(Objects(inner)) {
        Ok(value) => deserializer.end().map(|()| value).map_err(Unreadable::Malformed),
        Err(error) if !error.is_data() => Err(Unreadable::Malformed(error)),
        Err(error) => {
            // What is not JSON at all is said before what is wrong with a field of it. Reading the document again is the
            // price of a precise answer, paid only for a wrong one.
            serde_json::from_slice::<IgnoredAny>(bytes).map_err(Unreadable::Malformed)?;
            let document = serde_json::from_slice(bytes).unwrap_or_default();
            let message = error.to_string();
            let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
            let explained = explain(&track.path(), message);
            let found = found(&document, &explained.field);
            explained.add_to(&mut faults, &found);
            Err(Unreadable::Wrong(faults))
        }
    }
}

fn found(document: &Value, field: &str) -> String {
    match document.pointer(field) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// Applies a JSON Merge Patch (RFC 7396): members of `patch` replace those of `target`, `null` removes one.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(members) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(object) = target else { return };
    for (name, member) in members {
        if member.is_null() {
            object.remove(name);
        } else {
            merge(object.entry(name.as_str()).or_insert(Value::Null), member);
        }
    }
}

/// The JSON Pointer of a member that no type knows.
fn unknown_pointer(path: &serde_ignored::Path<'_>) -> String {
    match path {
        serde_ignored::Path::Root => String::new(),
        serde_ignored::Path::Seq { parent, index } => pointer(&unknown_pointer(parent), index),
        serde_ignored::Path::Map { parent, key } => pointer(&unknown_pointer(parent), key),
        serde_ignored::Path::Some { parent }
        | serde_ignored::Path::NewtypeStruct { parent }
        | serde_ignored::Path::NewtypeVariant { parent } => unknown_pointer(parent),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::model::Ref;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Colour {
        Red,
        Green,
    }

    #[derive(Debug, Deserialize)]
    struct Part {
        #[expect(dead_code, reason = "only read")]
        size: i64,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Thing {
        name: String,
        #[serde(default)]
        colour: Option<Colour>,
        #[serde(default)]
        parts: Vec<Part>,
        #[serde(default)]
        owner: Option<Ref>,
    }

    #[test]
    fn whatever_keeps_a_document_from_being_read_is_named() {
        for (document, expected) in [
            (json!({"name": "a", "colour": "red", "parts": [{"size": 1}], "owner": "code:7"}), vec![]),
            (json!({"nam": "a"}), vec![("/nam", "unknown_field"), ("/name", "required")]),
            (
                json!({"name": "a", "x": 1, "parts": [{"size": 1, "y/z": 2}]}),
                vec![("/parts/0/y~1z", "unknown_field"), ("/x", "unknown_field")],
            ),
            (json!({"name": 7}), vec![("/name", "wrong_type")]),
            (json!({"name": null}), vec![("/name", "wrong_type")]),
            (json!({"name": "a", "colour": "blue"}), vec![("/colour", "unknown_value")]),
            (
                json!({"name": "a", "parts": [{"size": 1}, {"size": "1"}]}),
                vec![("/parts/1/size", "wrong_type")],
            ),
            (json!({"name": "a", "parts": [{}]}), vec![("/parts/0/size", "required")]),
            (json!({"name": "a", "parts": [{"size": 1.5}]}), vec![("/parts/0/size", "wrong_type")]),
            (json!({"name": "a", "parts": [{"size": u64::MAX}]}), vec![("/parts/0/size", "invalid_value")]),
            (json!({"name": "a", "owner": "ZZ1001"}), vec![("/owner", "invalid_value")]),
            (json!({"name": "a\0"}), vec![("/name", "text_not_storable")]),
            (json!([1]), vec![("", "wrong_type")]),
            (json!({"name": "a", "parts": [[1]]}), vec![("/parts/0", "wrong_type")]),
            (json!({"name": "a", "parts": [{"size": 1}, []], "x": 1}), vec![("/parts/1", "wrong_type")]),
            (json!("a"), vec![("", "wrong_type")]),
        ] {
            let faults = read::<Thing>(&document).err().unwrap_or_default().into_vec();
            let found: Vec<_> =
                faults.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
            assert_eq!(found, expected, "{document}");
        }
    }

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn patches_merge_as_the_standard_says() {
        for (mut target, patch, expected) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            merge(&mut target, &patch);
            assert_eq!(target, expected, "{patch}");
        }
    }

    #[test]
    fn a_fault_says_what_was_found_and_what_was_expected() {
        let fault = read::<Thing>(&json!({"name": "a", "colour": "blue"})).unwrap_err().into_vec().remove(0);
        assert_eq!((fault.found.as_str(), fault.expected.as_str()), ("blue", "`red` or `green`"));
        let fault = read::<Thing>(&json!({"name": "a", "owner": "x"})).unwrap_err().into_vec().remove(0);
        assert_eq!((fault.found.as_str(), fault.expected.as_str()), ("x", "a UUID, or `code:` and the code"));
    }
}

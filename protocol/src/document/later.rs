//! What a later release wrote into a stored document.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The members of a stored document that this release does not know, wherever no list lies on the way to them. While
/// servers are updated one after the other, an edit by an older one must not lose them.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Later(Vec<(Vec<String>, Value)>);

impl Later {
    /// Those of a document that a `T` was read from.
    pub fn of<T: DeserializeOwned>(stored: &str) -> serde_json::Result<Self> {
        let mut places = Vec::new();
        let mut note = |path: serde_ignored::Path<'_>| places.extend(names(&path));
        T::deserialize(serde_ignored::Deserializer::new(
            &mut serde_json::Deserializer::from_str(stored),
            &mut note,
        ))?;
        if places.is_empty() {
            return Ok(Self::default());
        }
        let document: Value = serde_json::from_str(stored)?;
        let member =
            |place: &[String]| place.iter().try_fold(&document, |value, name| value.get(name)).cloned();
        let found = places.into_iter().filter_map(|place| member(&place).map(|member| (place, member)));
        Ok(Self(found.collect()))
    }

    /// The JSON of `document` with them, as far as what they stood in is still there.
    pub fn write<T: Serialize>(&self, document: &T) -> serde_json::Result<String> {
        if self.0.is_empty() {
            return serde_json::to_string(document);
        }
        let mut value = serde_json::to_value(document)?;
        for (place, member) in &self.0 {
            if let Some((object, name)) = holder(&mut value, place) {
                object.entry(name).or_insert_with(|| member.clone());
            }
        }
        serde_json::to_string(&value)
    }

    /// Takes them out of `document`.
    pub fn take_from(&self, document: &mut Value) {
        for (place, _) in &self.0 {
            if let Some((object, name)) = holder(document, place) {
                object.remove(name);
            }
        }
    }
}

/// The object in which the last of the names stands.
fn holder<'a, 'p>(
    document: &'a mut Value,
    place: &'p [String],
) -> Option<(&'a mut Map<String, Value>, &'p String)> {
    let (name, above) = place.split_last()?;
    let holder = above.iter().try_fold(document, |value, name| value.get_mut(name))?;
    Some((holder.as_object_mut()?, name))
}

/// The names on the way; none when a list lies on it.
fn names(path: &serde_ignored::Path<'_>) -> Option<Vec<String>> {
    match path {
        serde_ignored::Path::Root => Some(Vec::new()),
        serde_ignored::Path::Seq { .. } => None,
        serde_ignored::Path::Map { parent, key } => {
            let mut names = names(parent)?;
            names.push(key.clone());
            Some(names)
        }
        serde_ignored::Path::Some { parent }
        | serde_ignored::Path::NewtypeStruct { parent }
        | serde_ignored::Path::NewtypeVariant { parent } => names(parent),
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    struct Place {
        city: String,
    }

    #[derive(Debug, Serialize, Deserialize)]
    struct Thing {
        name: String,
        #[serde(default)]
        place: Option<Place>,
        #[serde(default)]
        parts: Vec<Place>,
    }

    #[test]
    fn what_is_not_known_stays_where_it_stood() {
        let stored = json!({
            "name": "a", "colour": { "red": 1 }, "place": { "city": "Lima", "floor": 3 },
            "parts": [{ "city": "x", "later": 1 }], "none": null,
        });
        let later = Later::of::<Thing>(&stored.to_string()).unwrap();
        let mut without = stored.clone();
        later.take_from(&mut without);
        let known = json!({
            "name": "a", "place": { "city": "Lima" }, "parts": [{ "city": "x", "later": 1 }],
        });
        assert_eq!(without, known);
        let edited = json!({ "name": "b", "place": { "city": "Cusco" }, "parts": [], "colour": "mine" });
        let whole: Value = serde_json::from_str(&later.write(&edited).unwrap()).unwrap();
        let expected = json!({
            "name": "b", "place": { "city": "Cusco", "floor": 3 }, "parts": [], "colour": "mine", "none": null,
        });
        assert_eq!(whole, expected);
        let elsewhere: Value =
            serde_json::from_str(&later.write(&json!({ "name": "b", "place": null })).unwrap()).unwrap();
        assert_eq!(elsewhere, json!({ "name": "b", "place": null, "colour": { "red": 1 }, "none": null }));
    }

    #[test]
    fn what_is_known_is_as_it_was_byte_for_byte() {
        let thing = Thing { name: "a".to_owned(), place: None, parts: Vec::new() };
        let text = serde_json::to_string(&thing).unwrap();
        assert_eq!(Later::of::<Thing>(&text).unwrap().write(&thing).unwrap(), text);
    }
}

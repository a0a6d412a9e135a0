//! An object with what the server adds to it.

use campo_protocol::{faults::Faults, text::tidy};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use sqlx::FromRow;
use uuid::Uuid;

use super::Kept;
use crate::{
    api::time::Instant,
    problem::{Problem, Result},
};

/// An object as it is kept. Serialized it is as the API shows it: the object's members after those of the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Object<K> {
    /// Its id
    pub id: Uuid,
    /// Rises with each change, from 1
    pub version: i64,
    /// When it was created: microseconds since 1970 UTC
    pub created_us: i64,
    /// When it was changed last
    pub updated_us: i64,
    /// What the office says of it; everything it names is named by id
    pub object: K,
}

/// A row of `object`, as far as it makes an [`Object`].
#[derive(Debug, Clone, FromRow)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) version: i64,
    pub(super) body: String,
    pub(super) created_us: i64,
    pub(super) updated_us: i64,
}

impl Row {
    pub(super) fn read<K: Kept>(&self) -> Result<Object<K>> {
        Ok(Object {
            id: self.id,
            version: self.version,
            created_us: self.created_us,
            updated_us: self.updated_us,
            object: serde_json::from_str(&self.body).map_err(Problem::internal)?,
        })
    }
}

impl<K: Kept> Object<K> {
    /// Its address in the API.
    pub fn location(&self) -> String {
        format!("/v1/{}/{}", K::PATH, self.id)
    }
}

impl<K: Kept> Serialize for Object<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a, K> {
            id: Uuid,
            #[serde(skip_serializing_if = "Option::is_none")]
            version: Option<i64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            object_version: Option<i64>,
            created_at: Instant,
            updated_at: Instant,
            #[serde(flatten)]
            object: &'a K,
        }
        let (version, object_version) =
            if K::VERSION == "version" { (Some(self.version), None) } else { (None, Some(self.version)) };
        Shown {
            id: self.id,
            version,
            object_version,
            created_at: Instant(self.created_us),
            updated_at: Instant(self.updated_us),
            object: &self.object,
        }
        .serialize(serializer)
    }
}

/// What phones get of an object: its members after id and version.
pub(super) fn feed_body(version_member: &str, id: Uuid, version: i64, body: &str) -> String {
    let rest = body.trim_start().trim_start_matches('{').trim_start();
    let comma = if rest.starts_with('}') { "" } else { "," };
    format!(r#"{{"id":"{id}","{version_member}":{version}{comma}{rest}"#)
}

/// Takes the server's members out of a document that was read here before, so that what is answered can be sent back
/// changed. An id must be that of the object.
pub(super) fn without_identity<K: Kept>(mut document: Value, id: Option<Uuid>) -> Result<Value, Faults> {
    let mut faults = Faults::default();
    if let Value::Object(members) = &mut document {
        check_id(&mut faults, members, id);
        for name in ["id", "created_at", "updated_at", K::VERSION] {
            members.remove(name);
        }
    }
    faults.into_result().map(|()| document)
}

fn check_id(faults: &mut Faults, members: &Map<String, Value>, id: Option<Uuid>) {
    let Some(found) = members.get("id") else { return };
    let same = found.as_str().and_then(|text| text.parse().ok()).is_some_and(|found: Uuid| Some(found) == id);
    if !same {
        let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        faults.add("/id", "not_applicable", &found, "the id that the object has, or none");
    }
}

/// The code that a document names, [tidied](tidy), when it is text that a table can hold.
pub(super) fn code_of<K: Kept>(document: &Value) -> Option<String> {
    document.get(K::CODE)?.as_str().filter(|code| !code.contains('\0')).map(tidy)
}

/// By what an object is sorted and found: its name, then its code.
pub(super) fn sort_key<K: Kept>(object: &K) -> String {
    let (name, code) = (object.name(), object.code());
    // U+0001 sorts before the blank, so that `Ana` stands before `Ana María`
    campo_protocol::text::sort_key(&format!("{name}\u{1}{code}"))
}

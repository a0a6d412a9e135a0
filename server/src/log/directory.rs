//! A cache of what the office keeps, for snapshots and folds. Valid for one value of the head's `directory`, which is
//! read under the account's lock, so that it is right on every replica.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use campo_protocol::{model::Kind, text::storable};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    database::Tx,
    files::{AttachedFile, attach::OwnerKind, attached_to, with_files},
    problem::Result,
};

/// More objects than this are not kept; the cache is emptied instead.
const MAX_OBJECTS: usize = 200_000;

/// An object as it is stored.
#[derive(Debug, Clone, FromRow)]
pub struct StoredObject {
    /// The account
    pub account: i64,
    /// The name of its kind
    pub kind: String,
    /// Its id
    pub id: Uuid,
    /// Its stable code
    pub code: String,
    /// The object above it, or an employee's group
    pub parent: Option<Uuid>,
    /// Its version
    pub version: i64,
    /// Its JSON without id and version
    pub body: String,
}

/// An object with what is read from its body.
#[derive(Debug)]
pub struct KnownObject {
    /// The row
    pub stored: StoredObject,
    /// Its JSON with id and version, as it is shown and sent; a point of interest with what is attached to it
    pub json: String,
    /// An employee's establishment, whose chain holds the punches
    pub establishment: Option<String>,
}

/// Which object: account, kind and id.
pub type ObjectKey = (i64, Kind, Uuid);

/// The cache. One for the process, shared by all accounts.
#[derive(Debug, Default)]
pub struct Directory {
    accounts: Mutex<HashMap<i64, Known>>,
}

#[derive(Debug, Default)]
struct Known {
    directory: i64,
    objects: HashMap<(Kind, Uuid), Option<Arc<KnownObject>>>,
}

impl Directory {
    /// The objects named by `keys`, read inside `tx` where the cache does not have them. `directories` are the
    /// accounts' values of the head's `directory`.
    ///
    /// An object that this transaction has changed must not be asked for before the head's value has risen.
    pub async fn load(
        &self,
        tx: &mut Tx,
        directories: &HashMap<i64, i64>,
        keys: HashSet<ObjectKey>,
    ) -> Result<HashMap<ObjectKey, Arc<KnownObject>>> {
        let mut found = HashMap::with_capacity(keys.len());
        let missing = self.take_known(directories, keys, &mut found);
        if missing.is_empty() {
            return Ok(found);
        }
        let rows: Vec<StoredObject> = tx
            .fetch_many(
                "a, d, i",
                (
                    missing.iter().map(|key| key.0).collect::<Vec<_>>(),
                    missing.iter().map(|key| key.1.name()).collect::<Vec<_>>(),
                    missing.iter().map(|key| key.2).collect::<Vec<_>>(),
                ),
                "select o.account, o.kind, o.id, o.code, o.parent, o.version, o.body from k \
                 join object o on o.account = k.a and o.kind = k.d and o.id = k.i",
            )
            .await?;
        let places = rows.iter().filter(|row| row.kind == Kind::Poi.name());
        let places: Vec<(i64, Uuid)> = places.map(|row| (row.account, row.id)).collect();
        // attaching raises the head's value too, so that what is attached may be cached beside the rest
        let files = attached_to(tx, OwnerKind::Poi, &places).await?;
        let mut read: HashMap<ObjectKey, Arc<KnownObject>> = HashMap::with_capacity(rows.len());
        for row in rows {
            if let Some(kind) = Kind::from_name(&row.kind) {
                let (account, id) = (row.account, row.id);
                let files = match kind {
                    Kind::Poi => files.get(&(account, id)).map_or(&[][..], Vec::as_slice),
                    _ => &[],
                };
                read.insert((account, kind, id), Arc::new(known(kind, row, files)));
            }
        }
        self.keep(directories, &missing, &read);
        found.extend(read);
        Ok(found)
    }

    /// Moves what the cache has into `found` and returns the rest.
    fn take_known(
        &self,
        directories: &HashMap<i64, i64>,
        keys: HashSet<ObjectKey>,
        found: &mut HashMap<ObjectKey, Arc<KnownObject>>,
    ) -> Vec<ObjectKey> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut missing = Vec::new();
        for key in keys {
            let known =
                accounts.get(&key.0).filter(|known| directories.get(&key.0) == Some(&known.directory));
            match known.and_then(|known| known.objects.get(&(key.1, key.2))) {
                Some(Some(object)) => {
                    found.insert(key, Arc::clone(object));
                }
                Some(None) => {}
                None => missing.push(key),
            }
        }
        missing
    }

    fn keep(
        &self,
        directories: &HashMap<i64, i64>,
        asked: &[ObjectKey],
        read: &HashMap<ObjectKey, Arc<KnownObject>>,
    ) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.values().map(|known| known.objects.len()).sum::<usize>() > MAX_OBJECTS {
            accounts.clear();
        }
        for key in asked {
            let Some(directory) = directories.get(&key.0) else { continue };
            let known = accounts.entry(key.0).or_default();
            if known.directory != *directory {
                *known = Known { directory: *directory, objects: HashMap::new() };
            }
            known.objects.insert((key.1, key.2), read.get(key).cloned());
        }
    }

    /// Forgets an account, after a transaction that had raised its `directory` was rolled back.
    pub fn forget(&self, account: i64) {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }
}

fn known(kind: Kind, stored: StoredObject, files: &[AttachedFile]) -> KnownObject {
    #[derive(Deserialize)]
    struct Part {
        establishment: Option<String>,
    }
    let establishment = (kind == Kind::Employee)
        .then(|| serde_json::from_str::<Part>(&stored.body).ok().and_then(|part| part.establishment))
        .flatten()
        .map(|establishment| storable(&establishment).into_owned());
    let json = match kind {
        Kind::Form => form_summary(&stored),
        _ => with_files(with_identity(stored.id, stored.version, &stored.body), files),
    };
    KnownObject { stored, json, establishment }
}

/// A form definition without its fields, which can be large; they are found again by id and version.
fn form_summary(stored: &StoredObject) -> String {
    #[derive(Deserialize, Serialize)]
    struct Summary {
        code: String,
        name: String,
        #[serde(default)]
        version: i64,
        #[serde(default)]
        category: Option<String>,
    }
    let summary = serde_json::from_str::<Summary>(&stored.body)
        .ok()
        .and_then(|summary| serde_json::to_string(&summary).ok())
        .unwrap_or_else(|| "{}".to_owned());
    let rest = summary.trim_start_matches('{');
    let comma = if rest == "}" { "" } else { "," };
    format!(r#"{{"id":"{}"{comma}{rest}"#, stored.id)
}

/// The JSON of an object with its id and version in front.
pub fn with_identity(id: Uuid, version: i64, body: &str) -> String {
    let rest = body.trim_start().trim_start_matches('{').trim_start();
    let comma = if rest.starts_with('}') { "" } else { "," };
    format!(r#"{{"id":"{id}","version":{version}{comma}{rest}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_stands_in_front_of_the_body() {
        let id = Uuid::nil();
        assert_eq!(
            with_identity(id, 3, r#"{"a":{"b":1}}"#),
            r#"{"id":"00000000-0000-0000-0000-000000000000","version":3,"a":{"b":1}}"#
        );
        assert_eq!(
            with_identity(id, 3, "{}"),
            r#"{"id":"00000000-0000-0000-0000-000000000000","version":3}"#
        );
    }
}

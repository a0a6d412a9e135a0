//! What a phone holds of its view: a small model that applies pages as the protocol says, and believes nothing.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use campo_protocol::{
    digest,
    scope::Scope,
    sync::{Answer, Held, ScopePage},
};
use serde_json::Value;
use uuid::Uuid;

/// The objects of a view, by scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holds {
    /// The epoch of its positions
    pub epoch: Option<Uuid>,
    /// Its scopes
    pub scopes: BTreeMap<Scope, HeldScope>,
}

/// What a phone holds of one scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldScope {
    /// Up to where it was read
    pub position: i64,
    /// Its objects, by kind and id
    pub objects: BTreeMap<(String, Uuid), Vec<u8>>,
    /// While it is read from 0: what was named so far
    named: Option<BTreeSet<(String, Uuid)>>,
}

impl HeldScope {
    /// The wrapping sum of the digests of its objects.
    pub fn digest(&self) -> i64 {
        let digests = self.objects.iter().map(|((kind, id), body)| digest::of_object(kind, *id, body));
        digests.fold(0, i64::wrapping_add)
    }
}

impl Holds {
    /// What a request says of it.
    pub fn held(&self) -> Held {
        let scopes = self.scopes.iter().map(|(scope, held)| (*scope, held.position)).collect();
        Held { epoch: self.epoch, scopes, received: BTreeMap::new() }
    }

    /// Applies the view of an answer. True when there is more. Fails where the answer breaks a promise.
    pub fn apply(&mut self, answer: &Answer) -> Result<bool> {
        let Some(view) = &answer.view else { return Ok(false) };
        if self.epoch != Some(answer.epoch) {
            self.epoch = Some(answer.epoch);
            self.scopes.values_mut().for_each(|held| held.position = 0);
        }
        for scope in &view.dropped {
            ensure!(self.scopes.remove(scope).is_some(), "{scope} was not held");
        }
        ensure!(
            view.scopes.iter().rev().skip(1).all(|page| page.complete),
            "a page that is not complete is not the last one"
        );
        for page in &view.scopes {
            self.scopes.entry(page.scope).or_default().apply(page)?;
        }
        ensure!(view.more == view.digest.is_none(), "either there is more or there is a digest");
        if let Some(told) = view.digest {
            let own = self.scopes.values().map(HeldScope::digest).fold(0, i64::wrapping_add);
            ensure!(own == told, "the digest of all is {own}, and the server says {told}");
        }
        Ok(view.more)
    }

    /// The JSON of the objects of one kind, over all scopes.
    pub fn objects(&self, kind: &str) -> BTreeMap<Uuid, Value> {
        self.scopes
            .values()
            .flat_map(|held| &held.objects)
            .filter(|((own, _), _)| own == kind)
            .map(|((_, id), body)| (*id, serde_json::from_slice(body).unwrap_or_default()))
            .collect()
    }

    /// The objects of each scope, without positions, to compare phones with each other.
    pub fn content(&self) -> BTreeMap<Scope, BTreeMap<(String, Uuid), Vec<u8>>> {
        let held = self.scopes.iter().filter(|(_, held)| !held.objects.is_empty());
        held.map(|(scope, held)| (*scope, held.objects.clone())).collect()
    }
}

impl HeldScope {
    fn apply(&mut self, page: &ScopePage) -> Result<()> {
        let scope = page.scope;
        ensure!(page.after == self.position || page.after == 0, "{scope} was not read up to {}", page.after);
        ensure!(page.position > page.after, "{scope} was named, but has nothing new");
        if page.after == 0 {
            self.named = Some(BTreeSet::new());
        }
        for change in &page.changes {
            let key = (change.kind.clone(), change.id);
            if let Some(named) = &mut self.named {
                ensure!(page.after > 0 || change.body.is_some(), "{scope} read from 0 needs no tombstone");
                named.insert(key.clone());
            }
            match &change.body {
                Some(body) => self.objects.insert(key, body.get().as_bytes().to_vec()),
                None => self.objects.remove(&key),
            };
        }
        self.position = page.position;
        if !page.complete {
            ensure!(!page.changes.is_empty(), "{scope} does not come on");
            return Ok(());
        }
        if let Some(named) = self.named.take() {
            self.objects.retain(|key, _| named.contains(key));
        }
        ensure!(
            (self.objects.len() as i64, self.digest()) == (page.objects, page.digest),
            "{scope} has {} objects, and the server says {}",
            self.objects.len(),
            page.objects
        );
        Ok(())
    }
}

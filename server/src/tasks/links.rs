//! From what a document names, by id or by the customer's own code, to the objects that are there.

use std::collections::{HashMap, HashSet};

use campo_protocol::{
    faults::Faults,
    model::{Kind, Ref},
};
use uuid::Uuid;

use crate::{database::Tx, problem::Result};

/// The objects that a group of documents names and that are not deleted.
#[derive(Debug, Default)]
pub struct Links {
    codes: HashMap<(Kind, String), Uuid>,
    ids: HashSet<(Kind, Uuid)>,
}

impl Links {
    /// Looks up everything in `wanted`, with two statements at most.
    pub async fn resolve(
        tx: &mut Tx,
        account: i64,
        wanted: impl IntoIterator<Item = (Kind, Ref)>,
    ) -> Result<Self> {
        let (mut codes, mut ids) = (HashSet::new(), HashSet::new());
        for (kind, target) in wanted {
            match target {
                Ref::Id(id) => drop(ids.insert((kind.name(), id))),
                Ref::Code(code) => drop(codes.insert((kind.name(), code))),
            }
        }
        let mut links = Self::default();
        let (kinds, names): (Vec<&'static str>, Vec<String>) = codes.into_iter().unzip();
        let found: Vec<(String, String, Uuid)> = tx
            .fetch_many(
                "a, d, c",
                (vec![account; kinds.len()], kinds, names),
                "select o.kind, o.code, o.id from k \
                 join object o on o.account = k.a and o.kind = k.d and o.code = k.c and o.state <> 'deleted'",
            )
            .await?;
        for (kind, code, id) in found {
            if let Some(kind) = Kind::from_name(&kind) {
                links.codes.insert((kind, code), id);
                links.ids.insert((kind, id));
            }
        }
        let (kinds, targets): (Vec<&'static str>, Vec<Uuid>) = ids.into_iter().unzip();
        let found: Vec<(String, Uuid)> = tx
            .fetch_many(
                "a, d, i",
                (vec![account; kinds.len()], kinds, targets),
                "select o.kind, o.id from k \
                 join object o on o.account = k.a and o.kind = k.d and o.id = k.i and o.state <> 'deleted'",
            )
            .await?;
        links.ids.extend(found.into_iter().filter_map(|(kind, id)| Some((Kind::from_name(&kind)?, id))));
        Ok(links)
    }

    /// The object that `target` names; a fault of `field` when there is none.
    pub fn find(&self, faults: &mut Faults, field: &str, kind: Kind, target: &Ref) -> Option<Uuid> {
        let found = match target {
            Ref::Id(id) => self.ids.contains(&(kind, *id)).then_some(*id),
            Ref::Code(code) => self.codes.get(&(kind, code.clone())).copied(),
        };
        if found.is_none() {
            faults.add(field, "unknown_reference", &target.to_string(), "one that this account has");
        }
        found
    }
}

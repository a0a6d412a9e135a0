//! From the codes by which a document names other objects to their ids, all of a batch at once.

use std::collections::{HashMap, HashSet};

use campo_protocol::{
    faults::Faults,
    model::{Kind, Ref, State},
};
use uuid::Uuid;

use super::{Kept, draft::named, edit::Candidate};
use crate::{
    database::Tx,
    problem::{Problem, Result},
};

/// What the candidates name, as the tables know it.
#[derive(Debug, Default)]
struct Known {
    /// The enabled objects by code
    by_code: HashMap<(Kind, String), Uuid>,
    /// All objects, and whether they are enabled
    by_id: HashMap<(Kind, Uuid), bool>,
}

/// Replaces the codes of every candidate by ids; one that names what is not there is refused by the field's name.
///
/// A candidate may name others of its batch by their codes. What was deleted meanwhile may stay named; it is not named
/// anew, nor by what comes into use again.
pub(super) async fn resolve<K: Kept>(
    tx: &mut Tx,
    account: i64,
    candidates: &mut [Candidate<K>],
) -> Result<()> {
    let (mut codes, mut ids) = (HashSet::new(), HashSet::new());
    for object in candidates.iter_mut().filter_map(|candidate| candidate.after.as_mut().ok()) {
        for link in object.links() {
            match link.target {
                Ref::Code(code) => drop(codes.insert((link.kind, code.clone()))),
                Ref::Id(id) => drop(ids.insert((link.kind, *id))),
            }
        }
    }
    let mut known =
        Known { by_code: by_code(tx, account, codes).await?, by_id: by_id(tx, account, ids).await? };
    for candidate in candidates.iter() {
        if let Ok(object) = &candidate.after
            && object.state() == State::Enabled
        {
            known.by_code.insert((K::KIND, object.code().to_owned()), candidate.id);
            known.by_id.insert((K::KIND, candidate.id), true);
        }
    }
    for candidate in candidates {
        candidate.resolve(&known);
    }
    Ok(())
}

impl<K: Kept> Candidate<K> {
    fn resolve(&mut self, known: &Known) {
        let Ok(object) = &mut self.after else { return };
        let deleted = object.state() == State::Deleted;
        let before = self.before.as_ref().filter(|(_, before)| before.object.state() == State::Enabled);
        let before = before.map(|(_, before)| named(&before.object)).unwrap_or_default();
        let kept = |id: Uuid| deleted || before.iter().any(|named| named.target == id);
        let mut faults = Faults::default();
        for link in object.links() {
            let found = match link.target {
                Ref::Code(code) => known.by_code.get(&(link.kind, code.clone())).copied(),
                Ref::Id(id) => {
                    known.by_id.get(&(link.kind, *id)).filter(|enabled| **enabled || kept(*id)).map(|_| *id)
                }
            };
            match found {
                Some(id) => {
                    if let Ref::Code(code) = std::mem::replace(link.target, Ref::Id(id)) {
                        self.written.insert(id, code);
                    }
                }
                None => unknown(&mut faults, &link.field, link.kind, link.target),
            }
        }
        if let Err(faults) = faults.into_result() {
            self.after = Err(Problem::from(faults));
        }
    }
}

/// Adds the fault of a field that names nothing.
pub(super) fn unknown(faults: &mut Faults, field: &str, kind: Kind, target: &Ref) {
    let expected = format!("the id, or `code:` and the code, of one of the kind `{}`", kind.name());
    faults.add(field, "unknown_reference", &target.to_string(), expected);
}

async fn by_code(
    tx: &mut Tx,
    account: i64,
    codes: HashSet<(Kind, String)>,
) -> Result<HashMap<(Kind, String), Uuid>> {
    let (kinds, codes): (Vec<&'static str>, Vec<String>) =
        codes.into_iter().map(|(kind, code)| (kind.name(), code)).unzip();
    let rows: Vec<(String, String, Uuid)> = tx
        .fetch_many(
            "a, d, c",
            (vec![account; codes.len()], kinds, codes),
            "select o.kind, o.code, o.id from k \
             join object o on o.account = k.a and o.kind = k.d and o.code = k.c and o.state <> 'deleted'",
        )
        .await?;
    let rows = rows.into_iter();
    Ok(rows.filter_map(|(kind, code, id)| Some(((Kind::from_name(&kind)?, code), id))).collect())
}

async fn by_id(tx: &mut Tx, account: i64, ids: HashSet<(Kind, Uuid)>) -> Result<HashMap<(Kind, Uuid), bool>> {
    let (kinds, ids): (Vec<&'static str>, Vec<Uuid>) =
        ids.into_iter().map(|(kind, id)| (kind.name(), id)).unzip();
    let rows: Vec<(String, Uuid, String)> = tx
        .fetch_many(
            "a, d, i",
            (vec![account; ids.len()], kinds, ids),
            "select o.kind, o.id, o.state from k \
             join object o on o.account = k.a and o.kind = k.d and o.id = k.i",
        )
        .await?;
    let rows = rows.into_iter();
    let enabled = |state: &str| state == State::Enabled.name();
    Ok(rows.filter_map(|(kind, id, state)| Some(((Kind::from_name(&kind)?, id), enabled(&state)))).collect())
}

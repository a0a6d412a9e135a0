//! What the tables would contradict: a code that is taken, a circle in a tree, an object that others need.

use std::collections::{BTreeSet, HashMap, HashSet};

use campo_protocol::{
    faults::Faults,
    model::{Kind, Ref, State},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Kept,
    draft::{Draft, Named},
    in_tasks,
    links::unknown,
};
use crate::{
    database::Tx,
    problem::{Code, Problem, Result},
};

/// The most objects that a refusal names.
const MAX_NAMED: usize = 5;

/// One edit of a batch, refused or not.
#[derive(Debug)]
pub(super) struct Slot {
    /// The object
    pub(super) id: Uuid,
    /// Whether it was in use before: that is what holds when the edit is refused
    pub(super) enabled_before: bool,
    /// The codes by which the document names others, by what they name
    pub(super) written: HashMap<Uuid, String>,
    /// The edit, or why it is refused
    pub(super) draft: Result<Draft>,
}

impl Slot {
    /// How the document names an object.
    fn as_written(&self, target: Uuid) -> Ref {
        self.written.get(&target).map_or(Ref::Id(target), |code| Ref::Code(code.clone()))
    }
}

/// What a kind's edits must not contradict.
struct Rules {
    kind: Kind,
    code: &'static str,
    held_by: &'static [(Kind, &'static str)],
}

/// What the tables say of the objects concerned.
struct Facts {
    /// Who has the codes that edits take
    codes: HashMap<String, Uuid>,
    /// What stands above what, in the tree of the kind
    above: HashMap<Uuid, Uuid>,
    /// Who needs what is to be removed
    holders: Vec<Holder>,
}

/// What needs an object.
#[derive(Debug)]
pub(super) struct Holder {
    /// The object
    pub(super) target: Uuid,
    /// The kind of what needs it
    pub(super) kind: String,
    /// What needs it
    pub(super) id: Uuid,
    /// The same as people name it: `code:NORTH`, `number:7`
    pub(super) name: String,
}

#[derive(Debug, FromRow)]
struct HolderRow {
    target: Uuid,
    kind: String,
    id: Uuid,
    code: String,
}

/// Refuses edits until what is left can stand together.
pub(super) async fn check<K: Kept>(tx: &mut Tx, account: i64, slots: &mut [Slot]) -> Result<()> {
    let rules = Rules { kind: K::KIND, code: K::CODE, held_by: K::HELD_BY };
    rules.check(tx, account, slots).await
}

impl Rules {
    async fn check(&self, tx: &mut Tx, account: i64, slots: &mut [Slot]) -> Result<()> {
        let facts = Facts {
            codes: self.codes(tx, account, slots).await?,
            above: self.above(tx, account, slots).await?,
            holders: self.holders(tx, account, slots).await?,
        };
        // What is refused can be what another edit rests on, so that each round looks at what is left.
        loop {
            let refused = self.refused(&facts, slots);
            if refused.is_empty() {
                return Ok(());
            }
            for (index, problem) in refused {
                slots[index].draft = Err(problem);
            }
        }
    }

    fn refused(&self, facts: &Facts, slots: &[Slot]) -> Vec<(usize, Problem)> {
        let batch: HashMap<Uuid, &Slot> = slots.iter().map(|slot| (slot.id, slot)).collect();
        let mut above = facts.above.clone();
        for draft in slots.iter().filter_map(|slot| slot.draft.as_ref().ok()) {
            match self.tree_link(draft) {
                Some(link) => above.insert(draft.id, link.target),
                None => above.remove(&draft.id),
            };
        }
        // What an edit contradicts by itself comes first: then what names the object of a refused edit may stay.
        let by_itself =
            each(slots, |_, draft| self.taken(facts, draft).or_else(|| held(facts, &batch, draft)));
        if !by_itself.is_empty() {
            return by_itself;
        }
        let gone = each(slots, |slot, draft| self.gone(&batch, slot, draft));
        if !gone.is_empty() {
            return gone;
        }
        each(slots, |slot, draft| self.circle(&above, slot, draft))
    }

    /// The link to what stands above an object in the tree of its own kind.
    fn tree_link<'a>(&self, draft: &'a Draft) -> Option<&'a Named> {
        draft.live_links().iter().find(|link| link.kind == self.kind)
    }

    /// The same, where the edit changes it.
    fn new_tree_link<'a>(&self, draft: &'a Draft) -> Option<&'a Named> {
        self.tree_link(draft).filter(|link| !draft.links_before().contains(link))
    }

    fn taken(&self, facts: &Facts, draft: &Draft) -> Option<Problem> {
        let holder = facts.codes.get(&draft.code).filter(|_| draft.takes_code())?;
        (*holder != draft.id).then(|| {
            Problem::new(Code::AlreadyExists)
                .with("field", format!("/{}", self.code))
                .with("value", &draft.code)
        })
    }

    /// Refuses what newly names an object of the batch that will not be in use.
    fn gone(&self, batch: &HashMap<Uuid, &Slot>, slot: &Slot, draft: &Draft) -> Option<Problem> {
        let link = self.new_tree_link(draft)?;
        let target = batch.get(&link.target)?;
        let in_use = match &target.draft {
            Ok(other) => other.state == State::Enabled,
            Err(_) => target.enabled_before,
        };
        let mut faults = Faults::default();
        if !in_use {
            unknown(&mut faults, &link.field, link.kind, &slot.as_written(link.target));
        }
        faults.into_result().err().map(Problem::from)
    }

    fn circle(&self, above: &HashMap<Uuid, Uuid>, slot: &Slot, draft: &Draft) -> Option<Problem> {
        let link = self.new_tree_link(draft)?;
        let mut seen = HashSet::new();
        let mut current = Some(link.target);
        while let Some(id) = current.filter(|id| *id != draft.id && seen.insert(*id)) {
            current = above.get(&id).copied();
        }
        let mut faults = Faults::default();
        if current == Some(draft.id) {
            let target = slot.as_written(link.target).to_string();
            faults.add(link.field.as_str(), "circle", &target, "one that does not stand below this one");
        }
        faults.into_result().err().map(Problem::from)
    }

    async fn codes(&self, tx: &mut Tx, account: i64, slots: &[Slot]) -> Result<HashMap<String, Uuid>> {
        let codes: BTreeSet<String> =
            drafts(slots).filter(|draft| draft.takes_code()).map(|draft| draft.code.clone()).collect();
        let count = codes.len();
        let rows: Vec<(String, Uuid)> = tx
            .fetch_many(
                "a, d, c",
                (vec![account; count], vec![self.kind.name(); count], codes.into_iter().collect::<Vec<_>>()),
                "select o.code, o.id from k \
                 join object o on o.account = k.a and o.kind = k.d and o.code = k.c and o.state <> 'deleted'",
            )
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// The ways to the top from everything that edits put above an object.
    async fn above(&self, tx: &mut Tx, account: i64, slots: &[Slot]) -> Result<HashMap<Uuid, Uuid>> {
        let targets: BTreeSet<Uuid> =
            drafts(slots).filter_map(|draft| self.new_tree_link(draft)).map(|link| link.target).collect();
        let count = targets.len();
        let rows: Vec<(Uuid, Uuid)> = tx
            .fetch_many(
                "a, d, i",
                (
                    vec![account; count],
                    vec![self.kind.name(); count],
                    targets.into_iter().collect::<Vec<_>>(),
                ),
                "select x.id, x.target from (with recursive up(account, kind, id, target) as ( \
                 select l.account, l.kind, l.id, l.target from k join object_link l \
                 on l.account = k.a and l.kind = k.d and l.id = k.i and l.target_kind = l.kind \
                 union select l.account, l.kind, l.id, l.target from up join object_link l \
                 on l.account = up.account and l.kind = up.kind and l.id = up.target and l.target_kind = l.kind) \
                 select id, target from up) x",
            )
            .await?;
        Ok(rows.into_iter().collect())
    }

    async fn holders(&self, tx: &mut Tx, account: i64, slots: &[Slot]) -> Result<Vec<Holder>> {
        let removed: Vec<Uuid> =
            drafts(slots).filter(|draft| draft.removes()).map(|draft| draft.id).collect();
        let keys = removed
            .iter()
            .flat_map(|id| self.held_by.iter().map(move |(kind, field)| (*id, kind.name(), *field)));
        let (mut ids, mut kinds, mut fields) = (Vec::new(), Vec::new(), Vec::new());
        for (id, kind, field) in keys {
            ids.push(id);
            kinds.push(kind);
            fields.push(field);
        }
        let count = ids.len();
        let rows: Vec<HolderRow> = tx
            .fetch_many(
                "a, d, i, s, f",
                (vec![account; count], vec![self.kind.name(); count], ids, kinds, fields),
                "select l.target, l.kind, l.id, o.code from k \
                 join object_link l on l.account = k.a and l.target_kind = k.d and l.target = k.i \
                 and l.kind = k.s and l.field = k.f \
                 join object o on o.account = l.account and o.kind = l.kind and o.id = l.id \
                 order by o.kind, o.code",
            )
            .await?;
        let holder = |row: HolderRow| {
            let HolderRow { target, kind, id, code } = row;
            Holder { target, kind, id, name: format!("code:{code}") }
        };
        let mut holders: Vec<Holder> = rows.into_iter().map(holder).collect();
        holders.extend(in_tasks::holders(tx, account, self.kind, removed).await?);
        Ok(holders)
    }
}

/// Refuses to remove what others need, and names some of them.
fn held(facts: &Facts, batch: &HashMap<Uuid, &Slot>, draft: &Draft) -> Option<Problem> {
    if !draft.removes() {
        return None;
    }
    let lets_go = |holder: &Holder| {
        let edit = batch.get(&holder.id).and_then(|slot| slot.draft.as_ref().ok());
        edit.is_some_and(|edit| !edit.live_links().iter().any(|link| link.target == holder.target))
    };
    let mut holders = facts.holders.iter().filter(|holder| holder.target == draft.id && !lets_go(holder));
    let name = |holder: &Holder| format!("{} {}", holder.kind, holder.name);
    let mut names: Vec<String> = holders.by_ref().take(MAX_NAMED).map(name).collect();
    if holders.next().is_some() {
        names.push("…".to_owned());
    }
    (!names.is_empty()).then(|| Problem::new(Code::Conflict).with("with", names.join(", ")))
}

/// The edits for which `rule` has a problem, with their places.
fn each(slots: &[Slot], rule: impl Fn(&Slot, &Draft) -> Option<Problem>) -> Vec<(usize, Problem)> {
    let drafts = slots.iter().enumerate();
    drafts.filter_map(|(index, slot)| Some((index, rule(slot, slot.draft.as_ref().ok()?)?))).collect()
}

fn drafts(slots: &[Slot]) -> impl Iterator<Item = &Draft> {
    slots.iter().filter_map(|slot| slot.draft.as_ref().ok())
}

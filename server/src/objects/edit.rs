//! Creating, changing and removing objects, one or hundreds in a transaction.

use std::collections::{HashMap, HashSet};

use campo_protocol::{
    document,
    faults::Faults,
    model::{Ref, State},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Kept, Object,
    check::{Slot, check},
    draft::Draft,
    feed, links,
    object::{Row, code_of, without_identity},
    read, store,
};
use crate::{
    access::Allowed,
    api::{edit::IfMatch, patch::tidy_member},
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// What to do with the items of a batch, by whether there is an object with their code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BatchOperation)]
pub enum Operation {
    /// Change the object if there is one, else create it
    #[default]
    AutoSelect,
    /// Create it; refuse it if there is one
    Create,
    /// Change it; refuse it if there is none
    Update,
}

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BatchOutcome)]
pub enum What {
    /// It is new
    Created,
    /// It has a new version
    Updated,
    /// It was like that already
    Unchanged,
}

/// An object after an edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved<K> {
    /// What became of it
    pub what: What,
    /// What it was before; none for a new one
    pub before: Option<Replaced>,
    /// The object
    pub object: Object<K>,
}

/// An object as it was before an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// Its version then
    pub version: i64,
    /// Its document then, as it was stored
    pub body: String,
}

/// What became of an item of a batch: saved, or refused because.
pub type Outcome<K> = Result<Saved<K>>;

/// An edit whose document was read.
#[derive(Debug)]
pub(super) struct Candidate<K> {
    pub(super) id: Uuid,
    pub(super) before: Option<(Row, Object<K>)>,
    pub(super) after: Result<K>,
    /// The codes by which the document names others, by what they name
    pub(super) written: HashMap<Uuid, String>,
}

/// Creates an object from its document.
pub async fn create<K: Kept>(
    write: &mut Write,
    allowed: &Allowed<K::Manage>,
    document: &Value,
) -> Result<Object<K>> {
    same_account::<K>(write, allowed)?;
    let candidate = Candidate::new(write.new_id(), None, read_new(document));
    save_one(write, candidate).await
}

/// Replaces an object by the document; `expected` says on which versions the edit may be based.
pub async fn replace<K: Kept>(
    write: &mut Write,
    allowed: &Allowed<K::Manage>,
    reference: &Ref,
    expected: &IfMatch,
    document: &Value,
) -> Result<Object<K>> {
    same_account::<K>(write, allowed)?;
    let before = stored::<K>(write, reference, expected).await?;
    let after = read_over(&before.1, json!({}), document);
    save_one(write, Candidate::new(before.1.id, Some(before), after)).await
}

/// Applies a JSON Merge Patch (RFC 7396) to an object; `expected` as for [`replace`].
pub async fn merge<K: Kept>(
    write: &mut Write,
    allowed: &Allowed<K::Manage>,
    reference: &Ref,
    expected: &IfMatch,
    patch: &Value,
) -> Result<Object<K>> {
    same_account::<K>(write, allowed)?;
    let before = stored::<K>(write, reference, expected).await?;
    let after = read_merged(&before.1, patch);
    save_one(write, Candidate::new(before.1.id, Some(before), after)).await
}

/// Like [`merge`] of whatever version stands, with a patch that is made of what it is now.
pub async fn merge_with<K: Kept>(
    write: &mut Write,
    allowed: &Allowed<K::Manage>,
    reference: &Ref,
    patch: impl FnOnce(&K) -> Value + Send,
) -> Result<Object<K>> {
    same_account::<K>(write, allowed)?;
    let before = stored::<K>(write, reference, &IfMatch::Any).await?;
    let patch = patch(&before.1.object);
    let after = read_merged(&before.1, &patch);
    save_one(write, Candidate::new(before.1.id, Some(before), after)).await
}

/// Takes an object out of use. Its row stays, since history names it; its code is free again.
///
/// [`Code::Conflict`] names what keeps it: a group has no enabled employees and groups below it, a profile no
/// employees, a point of interest none below it, a form no type of task that requires it; types of task, points of
/// interest and work orders no open task.
pub async fn remove<K: Kept>(
    write: &mut Write,
    allowed: &Allowed<K::Manage>,
    reference: &Ref,
    expected: &IfMatch,
) -> Result<Object<K>> {
    same_account::<K>(write, allowed)?;
    let before = stored::<K>(write, reference, expected).await?;
    let mut after = before.1.object.clone();
    after.set_state(State::Deleted);
    save_one(write, Candidate::new(before.1.id, Some(before), Ok(after))).await
}

/// Creates or changes many objects by their codes, with a few statements for all. A document of an object that exists
/// is merged into it (RFC 7396), so that a source which knows some fields leaves the others; `state` `deleted` removes
/// it. Documents may name each other by code in any order.
///
/// One outcome for each document, in order: a refused one leaves the others. The error of the whole is the database's.
pub async fn save_many<K: Kept>(
    write: &mut Write,
    allowed: &Allowed<K::Manage>,
    operation: Operation,
    documents: &[Value],
) -> Result<Vec<Outcome<K>>> {
    same_account::<K>(write, allowed)?;
    let account = write.account();
    let codes: Vec<Option<String>> = documents.iter().map(code_of::<K>).collect();
    let mut stored =
        read::by_codes::<K>(write.tx(), account, codes.iter().flatten().cloned().collect()).await?;
    let mut seen = HashSet::new();
    let candidates = documents
        .iter()
        .zip(&codes)
        .map(|(document, code)| {
            let code = code.as_deref();
            let before = code.and_then(|code| stored.remove(code));
            let id = before.as_ref().map_or_else(|| write.new_id(), |before| before.1.id);
            let repeated = code.is_some_and(|code| !seen.insert(code));
            let after = match (&before, operation) {
                _ if repeated => Err(repeated_code::<K>(code)),
                (Some(_), Operation::Create) => Err(exists::<K>(code)),
                (None, Operation::Update) if code.is_some() => Err(Code::NotFound.into()),
                (Some((_, before)), _) => read_merged(before, document),
                (None, _) => read_new(document),
            };
            Candidate::new(id, before, after)
        })
        .collect();
    save(write, candidates).await
}

/// A proof for one account must not write another's.
fn same_account<K: Kept>(write: &Write, allowed: &Allowed<K::Manage>) -> Result<()> {
    if write.account() == allowed.account() {
        return Ok(());
    }
    Err(Problem::internal(anyhow::anyhow!("the permission is for another account than the transaction")))
}

async fn stored<K: Kept>(write: &mut Write, reference: &Ref, expected: &IfMatch) -> Result<(Row, Object<K>)> {
    let account = write.account();
    let before = read::find::<K>(write.tx(), account, reference).await?;
    expected.check(before.1.version)?;
    Ok(before)
}

fn read_new<K: Kept>(document: &Value) -> Result<K> {
    let object: K = read_into(json!({}), &without_identity::<K>(document.clone(), None)?)?;
    let mut faults = Faults::default();
    object.check(&mut faults);
    if object.state() == State::Deleted {
        faults.add("/state", "not_applicable", "deleted", "`enabled` for a new object");
    }
    faults.into_result()?;
    Ok(object)
}

fn read_merged<K: Kept>(before: &Object<K>, patch: &Value) -> Result<K> {
    read_over(before, serde_json::to_value(&before.object).map_err(Problem::internal)?, patch)
}

/// Reads `document` merged into `base`, as what `before` becomes.
fn read_over<K: Kept>(before: &Object<K>, base: Value, document: &Value) -> Result<K> {
    let mut object: K = read_into(base, &without_identity::<K>(document.clone(), Some(before.id))?)?;
    object.follow(&before.object);
    let mut faults = Faults::default();
    object.check(&mut faults);
    faults.into_result()?;
    Ok(object)
}

fn read_into<K: Kept>(mut base: Value, document: &Value) -> Result<K> {
    document::merge(&mut base, document);
    tidy_member(&mut base, K::CODE);
    if K::HAS_TABLE {
        tidy_member(&mut base, "table");
    }
    Ok(document::read(&base)?)
}

fn repeated_code<K: Kept>(code: Option<&str>) -> Problem {
    let mut faults = Faults::default();
    faults.add(format!("/{}", K::CODE), "repeated", code.unwrap_or_default(), "each value once");
    faults.into()
}

fn exists<K: Kept>(code: Option<&str>) -> Problem {
    Problem::new(Code::AlreadyExists)
        .with("field", format!("/{}", K::CODE))
        .with("value", code.unwrap_or_default())
}

async fn save_one<K: Kept>(write: &mut Write, candidate: Candidate<K>) -> Result<Object<K>> {
    let outcome = save(write, vec![candidate]).await?.pop();
    let outcome = outcome.ok_or_else(|| Problem::internal(anyhow::anyhow!("an edit got no outcome")))?;
    Ok(outcome?.object)
}

/// Resolves, checks, writes and files the candidates, which are different objects.
pub(super) async fn save<K: Kept>(
    write: &mut Write,
    mut candidates: Vec<Candidate<K>>,
) -> Result<Vec<Outcome<K>>> {
    let (account, now_us) = (write.account(), write.now_us);
    links::resolve(write.tx(), account, &mut candidates).await?;
    let mut slots: Vec<Slot> = candidates.iter().map(Candidate::slot).collect();
    check::<K>(write.tx(), account, &mut slots).await?;
    let drafts: Vec<&Draft> =
        slots.iter().filter_map(|slot| slot.draft.as_ref().ok()).filter(|draft| draft.changes()).collect();
    if !drafts.is_empty() {
        // first, so that whatever fails behind it empties what this replica has cached of the account
        write.directory_changed();
        store::write(write, K::KIND, &drafts).await?;
        feed::file::<K>(write, &drafts).await?;
    }
    let outcome = |(candidate, slot): (Candidate<K>, Slot)| candidate.outcome(&slot.draft?, now_us);
    Ok(candidates.into_iter().zip(slots).map(outcome).collect())
}

impl<K: Kept> Candidate<K> {
    pub(super) fn new(id: Uuid, before: Option<(Row, Object<K>)>, after: Result<K>) -> Self {
        Self { id, before, after, written: HashMap::new() }
    }

    fn slot(&self) -> Slot {
        let draft = match &self.after {
            Ok(object) => Draft::new(self.id, object, self.before.as_ref()),
            Err(problem) => Err(problem.clone()),
        };
        let before = self.before.as_ref();
        let enabled_before = before.is_some_and(|(_, before)| before.object.state() == State::Enabled);
        Slot { id: self.id, enabled_before, written: self.written.clone(), draft }
    }

    fn outcome(self, draft: &Draft, now_us: i64) -> Outcome<K> {
        let changes = draft.changes();
        let what = match &self.before {
            None => What::Created,
            Some(_) if changes => What::Updated,
            Some(_) => What::Unchanged,
        };
        let before = self.before.as_ref().map(|(row, _)| row);
        let object = Object {
            id: self.id,
            version: draft.version(),
            created_us: before.map_or(now_us, |before| before.created_us),
            updated_us: before.filter(|_| !changes).map_or(now_us, |before| before.updated_us),
            object: self.after?,
        };
        let before = self.before.map(|(row, _)| Replaced { version: row.version, body: row.body });
        Ok(Saved { what, before, object })
    }
}

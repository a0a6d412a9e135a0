//! Imports staged rows, some hundreds in a transaction together with their outcomes: a row is imported with its outcome
//! or not at all, so that whoever goes on after a crash does none twice.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use campo_protocol::{
    document::merge,
    model::{
        catalogue::CatalogueItem, employee::Employee, group::Group, non_working_days::NonWorkingDays,
        poi::Poi,
    },
};
use campo_spreadsheets::{Cell, Row};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    acted, catalogue,
    draft::UnknownPoi,
    fields::Target,
    makes::Makes,
    plan::{
        Plan,
        document::{Document, PoiDocument, set},
        fault::{Change, RowFault},
    },
    revive,
    rows::RowOutcome,
    work::{Proofs, proof},
};
use crate::{
    access::Allowed,
    acts::Changed,
    app::App,
    database::columns,
    jobs::Claim,
    log::write::Write,
    objects::{self, Kept, What},
    problem::{Code, Problem, Result},
    scheduler::Class,
    tasks::{
        save::{self, Edit, Effect, Save},
        undo,
    },
};

/// What became of a row.
#[derive(Debug)]
struct Done {
    number: i64,
    outcome: RowOutcome,
    faults: Vec<RowFault>,
    subject_kind: Option<&'static str>,
    subject: Option<Uuid>,
    /// What it changed, by field
    changes: Vec<Change>,
}

/// Imports the next rows; says how many. None are left when it says 0. In a dry run everything but the outcomes is rolled
/// back.
pub(super) async fn next(
    app: &App,
    claim: &Claim,
    proofs: &Proofs,
    plan: &Plan,
    limit: i64,
    dry_run: bool,
) -> Result<usize> {
    let mut write = proofs.begin(app, plan.template.makes).await?;
    claim.go_on(app, &mut write).await?;
    let staged: Vec<(i64, String, String)> = write
        .tx()
        .fetch_all(
            "select number, cells, faults from import_row where account = $1 and run = $2 and outcome = 'pending' \
             order by number limit $3",
            (claim.account, claim.id, limit),
        )
        .await?;
    if staged.is_empty() {
        return Ok(0);
    }
    let (mut done, mut documents, mut notes) = (Vec::new(), Vec::new(), HashMap::new());
    for (number, cells, faults) in staged {
        let cells: Vec<Cell> = serde_json::from_str(&cells).map_err(Problem::internal)?;
        let noted: Vec<RowFault> = serde_json::from_str(&faults).map_err(Problem::internal)?;
        if !noted.is_empty() {
            notes.insert(number, noted);
        }
        match plan.document(&Row { number, hidden: false, cells }) {
            Ok(document) => documents.push((number, document)),
            Err(faults) => done.push(refused(number, faults)),
        }
    }
    let mut changed = Vec::new();
    done.extend(match plan.template.makes {
        Makes::Tasks => tasks(&mut write, proofs, plan, documents, &mut changed).await?,
        Makes::Pois => {
            objects::<Poi>(&mut write, proof(proofs.pois.as_ref())?, plan, documents, &mut changed).await?
        }
        Makes::Employees => {
            let allowed = proof(proofs.employees.as_ref())?;
            objects::<Employee>(&mut write, allowed, plan, documents, &mut changed).await?
        }
        Makes::Groups => {
            let allowed = proof(proofs.employees.as_ref())?;
            objects::<Group>(&mut write, allowed, plan, documents, &mut changed).await?
        }
        Makes::NonWorkingDays => {
            let allowed = proof(proofs.employees.as_ref())?;
            objects::<NonWorkingDays>(&mut write, allowed, plan, documents, &mut changed).await?
        }
        Makes::CatalogueItems => {
            let allowed = proof(proofs.definitions.as_ref())?;
            objects::<CatalogueItem>(&mut write, allowed, plan, documents, &mut changed).await?
        }
    });
    for one in &mut done {
        one.faults.extend(notes.remove(&one.number).into_iter().flatten());
    }
    let count = done.len();
    if dry_run {
        drop(write);
        write = app.log.begin(&proofs.run, Class::Import).await?;
        claim.go_on(app, &mut write).await?;
        for one in &mut done {
            // What was rolled back can be named by nobody
            one.subject = one.subject.filter(|_| one.outcome != RowOutcome::Created);
        }
    } else {
        acted::note(&mut write, claim, plan, changed).await?;
    }
    keep(&mut write, claim, done).await?;
    write.touch("imports");
    write.commit().await?;
    Ok(count)
}

const fn refused(number: i64, faults: Vec<RowFault>) -> Done {
    let changes = Vec::new();
    Done { number, outcome: RowOutcome::Refused, faults, subject_kind: None, subject: None, changes }
}

async fn tasks(
    write: &mut Write,
    proofs: &Proofs,
    plan: &Plan,
    documents: Vec<(i64, Document)>,
    changed: &mut Vec<Changed>,
) -> Result<Vec<Done>> {
    let places = places(write, proofs, plan, &documents, changed).await?;
    let (mut done, mut saves, mut saved_rows, mut leaves_status) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (index, (number, document)) in documents.into_iter().enumerate() {
        let place = places.get(&index);
        if let Some(Err(problem)) = place {
            done.push(refused(number, plan.refused(number, &document, Target::Poi, problem)));
            continue;
        }
        match Save::read(plan.template.operation, Edit::Merge, document.row.clone()) {
            Ok(mut save) => {
                save.keeps_external = true;
                leaves_status.push(save.status.is_none());
                saves.push(save);
                saved_rows.push((number, document, matches!(place, Some(Ok(true)))));
            }
            Err(faults) => {
                done.push(refused(number, plan.refused(number, &document, Target::Row, &faults.into())));
            }
        }
    }
    let mut outcomes = save::save_many(write, saves).await?;
    for saved in outcomes.iter().flatten() {
        changed.extend(undo::changed(saved)?);
    }
    revive::given_again(write, &mut outcomes, &leaves_status, changed).await?;
    for ((number, document, place_changed), outcome) in saved_rows.into_iter().zip(outcomes) {
        done.push(match outcome {
            Ok(saved) => {
                let outcome = match saved.effect {
                    Effect::Created => RowOutcome::Created,
                    Effect::Unchanged if !place_changed => RowOutcome::Unchanged,
                    Effect::Updated | Effect::Unchanged => RowOutcome::Updated,
                };
                let (subject_kind, subject) = (Some("task"), Some(saved.task.id));
                let before = saved.before.as_ref().and_then(|task| serde_json::to_value(&task.fields).ok());
                let after = serde_json::to_value(&saved.task.fields).unwrap_or_default();
                let changes = plan.changes(&document, before.as_ref(), &after);
                Done { number, outcome, faults: Vec::new(), subject_kind, subject, changes }
            }
            Err(problem) => refused(number, plan.refused(number, &document, Target::Row, &problem)),
        });
    }
    Ok(done)
}

/// Creates and changes the points of interest that tasks name; by the place of the row among `documents`, true when
/// something changed. What rows say of one place is done in their order, each for itself: what is wrong in one row is no
/// other row's fault, and a later one sees what an earlier one did.
async fn places(
    write: &mut Write,
    proofs: &Proofs,
    plan: &Plan,
    documents: &[(i64, Document)],
    changed: &mut Vec<Changed>,
) -> Result<HashMap<usize, Result<bool>>> {
    let named: BTreeSet<&str> =
        documents.iter().filter_map(|(_, one)| Some(one.poi.as_ref()?.number.as_str())).collect();
    let creates = plan.template.unknown_poi == UnknownPoi::Create;
    let told = documents.iter().any(|(_, one)| one.poi.as_ref().is_some_and(|poi| poi.is_told));
    let mut outcomes = HashMap::new();
    if named.is_empty() || !(creates || told) {
        return Ok(outcomes);
    }
    let allowed = proofs.pois.as_ref().ok_or(Code::Forbidden)?;
    let mut there = existing::<Poi>(write, named.into_iter().map(str::to_owned).collect()).await?;
    let mut queues: BTreeMap<&str, VecDeque<(usize, &Document, &PoiDocument)>> = BTreeMap::new();
    for (index, (_, document)) in documents.iter().enumerate() {
        if let Some(poi) = &document.poi {
            queues.entry(&poi.number).or_default().push_back((index, document, poi));
        }
    }
    let mut before: HashMap<&str, Value> = HashMap::new();
    while !queues.is_empty() {
        let mut part = Vec::new();
        for (number, queue) in &mut queues {
            while let Some((index, document, poi)) = queue.pop_front() {
                let said = match (there.contains(*number), poi.is_told) {
                    (true, true) => poi.document.clone(),
                    (false, _) if creates => whole(poi, &document.row),
                    _ => continue,
                };
                // Most rows say of their place what the one above says
                if before.insert(*number, said.clone()).as_ref() != Some(&said) {
                    part.push((index, *number, said));
                    break;
                }
            }
        }
        queues.retain(|_, queue| !queue.is_empty());
        let bodies: Vec<Value> = part.iter().map(|(.., said)| said.clone()).collect();
        let saved =
            objects::save_many::<Poi>(write, allowed, objects::Operation::AutoSelect, &bodies).await?;
        for ((index, number, _), outcome) in part.into_iter().zip(saved) {
            if let Ok(saved) = &outcome {
                changed.extend(objects::undo::changed(saved));
                there.insert(number.to_owned());
            } else {
                // Whoever says the same is refused as well
                before.remove(number);
            }
            outcomes.insert(index, outcome.map(|saved| saved.what != What::Unchanged));
        }
    }
    Ok(outcomes)
}

/// Which of these codes objects in use have.
pub(super) async fn existing<K: Kept>(write: &mut Write, codes: Vec<String>) -> Result<HashSet<String>> {
    let account = write.account();
    let found: Vec<(String,)> = write
        .tx()
        .fetch_many(
            "a, d, c",
            (vec![account; codes.len()], vec![K::KIND.name(); codes.len()], codes),
            "select o.code from k \
             join object o on o.account = k.a and o.kind = k.d and o.code = k.c and o.state <> 'deleted'",
        )
        .await?;
    Ok(found.into_iter().map(|(code,)| code).collect())
}

/// A new point of interest; what its own columns do not say the task does.
fn whole(poi: &PoiDocument, task: &Value) -> Value {
    let mut document = json!({ "number": poi.number });
    let customer = task.get("customer_name").and_then(Value::as_str).unwrap_or(&poi.number);
    set(&mut document, "/name", customer.into());
    let coordinate = |name: &str| task.get("location")?.get(name).cloned();
    if let (Some(latitude), Some(longitude)) = (coordinate("latitude"), coordinate("longitude")) {
        set(&mut document, "/place", json!({ "latitude": latitude, "longitude": longitude }));
    }
    if let Some(address) = coordinate("address") {
        set(&mut document, "/address/street", address);
    }
    merge(&mut document, &poi.document);
    document
}

async fn objects<K: Kept>(
    write: &mut Write,
    allowed: &Allowed<K::Manage>,
    plan: &Plan,
    documents: Vec<(i64, Document)>,
    changed: &mut Vec<Changed>,
) -> Result<Vec<Done>> {
    let operation = match plan.template.operation {
        save::Operation::AutoSelect => objects::Operation::AutoSelect,
        save::Operation::Create => objects::Operation::Create,
        save::Operation::Update => objects::Operation::Update,
    };
    let mut done = Vec::new();
    for part in parts(documents, K::CODE) {
        let mut bodies: Vec<Value> = part.iter().map(|(_, document)| document.row.clone()).collect();
        if plan.template.makes == Makes::CatalogueItems {
            catalogue::name_new(write, &mut bodies).await?;
        }
        let outcomes = objects::save_many::<K>(write, allowed, operation, &bodies).await?;
        for ((number, document), outcome) in part.into_iter().zip(outcomes) {
            done.push(match outcome {
                Ok(saved) => {
                    changed.extend(objects::undo::changed(&saved));
                    let outcome = match saved.what {
                        What::Created => RowOutcome::Created,
                        What::Updated => RowOutcome::Updated,
                        What::Unchanged => RowOutcome::Unchanged,
                    };
                    let (subject_kind, subject) =
                        (Some(plan.template.makes.subject_kind()), Some(saved.object.id));
                    let before =
                        saved.before.as_ref().and_then(|before| serde_json::from_str(&before.body).ok());
                    let after = serde_json::to_value(&saved.object.object).unwrap_or_default();
                    let changes = plan.changes(&document, before.as_ref(), &after);
                    Done { number, outcome, faults: Vec::new(), subject_kind, subject, changes }
                }
                Err(problem) => refused(number, plan.refused(number, &document, Target::Row, &problem)),
            });
        }
    }
    Ok(done)
}

/// The rows in parts in which no number or code stands twice: a later row sees what an earlier one did.
fn parts(documents: Vec<(i64, Document)>, code: &str) -> Vec<Vec<(i64, Document)>> {
    let (mut parts, mut part, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (number, document) in documents {
        let own = document.row.get(code).and_then(Value::as_str).map(str::to_owned);
        if let Some(own) = own
            && !seen.insert(own.clone())
        {
            parts.push(std::mem::take(&mut part));
            seen = HashSet::from([own]);
        }
        part.push((number, document));
    }
    parts.push(part);
    parts
}

struct DoneRow {
    account: i64,
    run: Uuid,
    number: i64,
    outcome: &'static str,
    faults: String,
    subject_kind: Option<&'static str>,
    subject: Option<Uuid>,
    changes: String,
}

/// Writes the outcomes of rows and counts them.
async fn keep(write: &mut Write, claim: &Claim, done: Vec<Done>) -> Result<()> {
    let count = |wanted: RowOutcome| done.iter().filter(|one| one.outcome == wanted).count() as i64;
    let counts =
        [RowOutcome::Created, RowOutcome::Updated, RowOutcome::Unchanged, RowOutcome::Refused].map(count);
    let rows = done
        .into_iter()
        .map(|one| {
            Ok(DoneRow {
                account: claim.account,
                run: claim.id,
                number: one.number,
                outcome: one.outcome.name(),
                faults: serde_json::to_string(&one.faults).map_err(Problem::internal)?,
                subject_kind: one.subject_kind,
                subject: one.subject,
                changes: serde_json::to_string(&one.changes).map_err(Problem::internal)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    write
        .tx()
        .change_many(
            "a, r, n, o, f, s, t, c",
            columns!(rows => account, run, number, outcome, faults, subject_kind, subject, changes),
            "update import_row set outcome = k.o, faults = k.f, subject_kind = k.s, subject = k.t, changes = k.c from k \
             where import_row.account = k.a and import_row.run = k.r and import_row.number = k.n",
        )
        .await?;
    let [created, updated, unchanged, refused] = counts;
    write
        .tx()
        .execute(
            "update import_run set created = created + $3, updated = updated + $4, unchanged = unchanged + $5, \
             refused = refused + $6 where account = $1 and id = $2",
            (claim.account, claim.id, created, updated, unchanged, refused),
        )
        .await?;
    Ok(())
}

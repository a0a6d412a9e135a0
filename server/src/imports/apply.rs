//! Imports staged rows, some hundreds in a transaction together with their outcomes: a row is imported with its outcome
//! or not at all, so that whoever goes on after a crash does none twice.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use campo_protocol::{document::merge, model::poi::Poi};
use campo_spreadsheets::{Cell, Row};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    draft::{Makes, UnknownPoi},
    fields::Target,
    plan::{Document, Plan, PoiDocument, RowFault, set},
    rows::RowOutcome,
    work::Proofs,
};
use crate::{
    app::App,
    database::columns,
    jobs::Claim,
    log::write::Write,
    objects::{self, What},
    problem::{Code, Problem, Result},
    scheduler::Class,
    tasks::save::{self, Edit, Effect, Save},
};

/// What became of a row.
#[derive(Debug)]
struct Done {
    number: i64,
    outcome: RowOutcome,
    faults: Vec<RowFault>,
    subject_kind: Option<&'static str>,
    subject: Option<Uuid>,
}

/// Imports the next rows; says how many. None are left when it says 0.
pub(super) async fn next(
    app: &App,
    claim: &Claim,
    proofs: &Proofs,
    plan: &Plan,
    limit: i64,
) -> Result<usize> {
    let mut write = match (&plan.template.makes, &proofs.tasks, &proofs.pois) {
        (Makes::Tasks, Some(allowed), _) => app.log.begin(allowed, Class::Import).await?,
        (Makes::Pois, _, Some(allowed)) => app.log.begin(allowed, Class::Import).await?,
        _ => return Err(Code::Forbidden.into()),
    };
    claim.go_on(app, &mut write).await?;
    let staged: Vec<(i64, String)> = write
        .tx()
        .fetch_all(
            "select number, cells from import_row where account = $1 and run = $2 and outcome = 'pending' \
             order by number limit $3",
            (claim.account, claim.id, limit),
        )
        .await?;
    if staged.is_empty() {
        return Ok(0);
    }
    let read = staged
        .into_iter()
        .map(|(number, cells)| {
            let cells: Vec<Cell> = serde_json::from_str(&cells).map_err(Problem::internal)?;
            Ok((number, plan.document(&Row { number, cells })))
        })
        .collect::<Result<Vec<_>>>()?;
    let (mut done, mut documents) = (Vec::new(), Vec::new());
    for (number, document) in read {
        match document {
            Ok(document) => documents.push((number, document)),
            Err(faults) => done.push(refused(number, faults)),
        }
    }
    done.extend(match plan.template.makes {
        Makes::Tasks => tasks(&mut write, proofs, plan, documents).await?,
        Makes::Pois => pois(&mut write, proofs, plan, documents).await?,
    });
    let count = done.len();
    keep(&mut write, claim, done).await?;
    write.commit().await?;
    Ok(count)
}

const fn refused(number: i64, faults: Vec<RowFault>) -> Done {
    Done { number, outcome: RowOutcome::Refused, faults, subject_kind: None, subject: None }
}

async fn tasks(
    write: &mut Write,
    proofs: &Proofs,
    plan: &Plan,
    documents: Vec<(i64, Document)>,
) -> Result<Vec<Done>> {
    let places = places(write, proofs, plan, &documents).await?;
    let (mut done, mut saves, mut saved_rows) = (Vec::new(), Vec::new(), Vec::new());
    for (number, document) in documents {
        let place = document.poi.as_ref().and_then(|poi| places.get(&poi.number));
        if let Some(Err(problem)) = place {
            done.push(refused(number, plan.refused(number, &document, Target::Poi, problem)));
            continue;
        }
        match Save::read(plan.template.operation, Edit::Merge, document.row.clone()) {
            Ok(save) => {
                saves.push(save);
                saved_rows.push((number, document, matches!(place, Some(Ok(true)))));
            }
            Err(faults) => {
                done.push(refused(number, plan.refused(number, &document, Target::Row, &faults.into())));
            }
        }
    }
    let outcomes = save::save_many(write, saves).await?;
    for ((number, document, place_changed), outcome) in saved_rows.into_iter().zip(outcomes) {
        done.push(match outcome {
            Ok(saved) => {
                let outcome = match saved.effect {
                    Effect::Created => RowOutcome::Created,
                    Effect::Unchanged if !place_changed => RowOutcome::Unchanged,
                    Effect::Updated | Effect::Unchanged => RowOutcome::Updated,
                };
                let (subject_kind, subject) = (Some("task"), Some(saved.task.id));
                Done { number, outcome, faults: Vec::new(), subject_kind, subject }
            }
            Err(problem) => refused(number, plan.refused(number, &document, Target::Row, &problem)),
        });
    }
    Ok(done)
}

/// Creates and changes the points of interest that tasks name; by number, true when something changed. What rows of one
/// batch say of one place is laid over each other in their order.
async fn places(
    write: &mut Write,
    proofs: &Proofs,
    plan: &Plan,
    documents: &[(i64, Document)],
) -> Result<HashMap<String, Result<bool>>> {
    let named: BTreeSet<&str> =
        documents.iter().filter_map(|(_, one)| Some(one.poi.as_ref()?.number.as_str())).collect();
    let creates = plan.template.unknown_poi == UnknownPoi::Create;
    let told = documents.iter().any(|(_, one)| one.poi.as_ref().is_some_and(|poi| poi.is_told));
    if named.is_empty() || !(creates || told) {
        return Ok(HashMap::new());
    }
    let allowed = proofs.pois.as_ref().ok_or(Code::Forbidden)?;
    let there = existing(write, named.into_iter().map(str::to_owned).collect()).await?;
    let mut wanted: BTreeMap<String, Value> = BTreeMap::new();
    for (_, document) in documents {
        let Some(poi) = &document.poi else { continue };
        let said = match (there.contains(&poi.number), poi.is_told) {
            (true, true) => poi.document.clone(),
            (false, _) if creates => whole(poi, &document.row),
            _ => continue,
        };
        match wanted.get_mut(&poi.number) {
            Some(before) if poi.is_told => merge(before, &poi.document),
            // What a task alone says of its place counts for a new one, the first time
            Some(_) => {}
            None => drop(wanted.insert(poi.number.clone(), said)),
        }
    }
    let (numbers, documents): (Vec<String>, Vec<Value>) = wanted.into_iter().unzip();
    let outcomes =
        objects::save_many::<Poi>(write, allowed, objects::Operation::AutoSelect, &documents).await?;
    let changed = outcomes.into_iter().map(|outcome| outcome.map(|saved| saved.what != What::Unchanged));
    Ok(numbers.into_iter().zip(changed).collect())
}

async fn existing(write: &mut Write, numbers: Vec<String>) -> Result<HashSet<String>> {
    let account = write.account();
    let found: Vec<(String,)> = write
        .tx()
        .fetch_many(
            "a, d, c",
            (vec![account; numbers.len()], vec!["poi"; numbers.len()], numbers),
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

async fn pois(
    write: &mut Write,
    proofs: &Proofs,
    plan: &Plan,
    documents: Vec<(i64, Document)>,
) -> Result<Vec<Done>> {
    let allowed = proofs.pois.as_ref().ok_or(Code::Forbidden)?;
    let operation = match plan.template.operation {
        save::Operation::AutoSelect => objects::Operation::AutoSelect,
        save::Operation::Create => objects::Operation::Create,
        save::Operation::Update => objects::Operation::Update,
    };
    let mut done = Vec::new();
    for part in parts(documents) {
        let bodies: Vec<Value> = part.iter().map(|(_, document)| document.row.clone()).collect();
        let outcomes = objects::save_many::<Poi>(write, allowed, operation, &bodies).await?;
        for ((number, document), outcome) in part.into_iter().zip(outcomes) {
            done.push(match outcome {
                Ok(saved) => {
                    let outcome = match saved.what {
                        What::Created => RowOutcome::Created,
                        What::Updated => RowOutcome::Updated,
                        What::Unchanged => RowOutcome::Unchanged,
                    };
                    let (subject_kind, subject) = (Some("poi"), Some(saved.object.id));
                    Done { number, outcome, faults: Vec::new(), subject_kind, subject }
                }
                Err(problem) => refused(number, plan.refused(number, &document, Target::Row, &problem)),
            });
        }
    }
    Ok(done)
}

/// The rows in parts in which no number stands twice: a later row sees what an earlier one did.
fn parts(documents: Vec<(i64, Document)>) -> Vec<Vec<(i64, Document)>> {
    let (mut parts, mut part, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (number, document) in documents {
        let own = document.row.get("number").and_then(Value::as_str).map(str::to_owned);
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
            })
        })
        .collect::<Result<Vec<_>>>()?;
    write
        .tx()
        .change_many(
            "a, r, n, o, f, s, t",
            columns!(rows => account, run, number, outcome, faults, subject_kind, subject),
            "update import_row set outcome = k.o, faults = k.f, subject_kind = k.s, subject = k.t from k \
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

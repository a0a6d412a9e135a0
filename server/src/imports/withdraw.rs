//! What earlier imports by a template made, is open, and the file of this one lists no longer: it is counted, asked about
//! where it is much, and withdrawn, some hundreds in a transaction.
//!
//! A row that was refused lists what its key names. Where the key of a refused row cannot be read nothing is withdrawn,
//! since it may be anything.

use std::collections::HashSet;

use campo_protocol::{
    model::{employee::Employee, group::Group, non_working_days::NonWorkingDays, poi::Poi},
    task::{fields::number_of_text, status::Status},
};
use campo_spreadsheets::{Cell, Row};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    acted,
    draft::Makes,
    plan::Plan,
    rows::RowOutcome,
    run::{ImportRun, RunRow, RunState, WithdrawalState, needs_yes},
    work::{Failure, JOB, Proofs, proof},
};
use crate::{
    access::{Allowed, permissions::RunImports},
    acts::Changed,
    api::edit::IfMatch,
    app::App,
    database::columns,
    jobs::{self, Claim},
    log::write::Write,
    notices::{Told, kinds::IMPORT_ASKS, tell},
    objects,
    problem::{Code, Problem, Result},
    scheduler::Class,
    tasks::{
        self,
        save::{Edit, Operation, Save},
    },
    texts::Language,
};

/// Rows and things that one statement reads.
const PAGE: i64 = 2000;
/// Things that one transaction withdraws.
const TOGETHER: usize = 200;

/// What a file lists.
#[derive(Default)]
struct Listed {
    subjects: HashSet<Uuid>,
    /// What the keys of rows say that came to nothing
    keys: HashSet<String>,
    numbers: HashSet<i64>,
    /// True when the key of a refused row cannot be read
    unclear: bool,
}

impl Listed {
    fn has(&self, thing: &Thing) -> bool {
        self.subjects.contains(&thing.id)
            || thing.code.as_ref().is_some_and(|code| self.keys.contains(code))
            || thing.number.is_some_and(|number| self.numbers.contains(&number))
    }
}

/// A thing that imports by the template made.
#[derive(Debug, Clone)]
struct Thing {
    id: Uuid,
    /// The customer's own number
    code: Option<String>,
    /// The number of a task
    number: Option<i64>,
    /// True when nobody began to work on it
    untouched: bool,
}

/// Withdraws what the file does not list, or counts it, or asks.
pub(super) async fn unlisted(app: &App, claim: &Claim, plan: &Plan) -> Result<(), Failure> {
    let run = RunRow::load(&app.db, claim.account, claim.id).await?.ok_or(Problem::new(Code::NotFound))?;
    if run.template_version == 0 {
        return Ok(());
    }
    let listed = listed(app, claim, plan).await?;
    let (managed, things) = things(app, claim, plan, &run, &listed).await?;
    let state = run.withdrawals.as_deref().and_then(WithdrawalState::from_name);
    if state != Some(WithdrawalState::Running) {
        let count = things.iter().filter(|thing| thing.untouched).count() as i64;
        let next = if run.dry_run {
            WithdrawalState::Counted
        } else if listed.unclear && count > 0 {
            WithdrawalState::Unclear
        } else if needs_yes(count, managed) && run.confirmed.is_none_or(|confirmed| confirmed < count) {
            WithdrawalState::Asked
        } else {
            WithdrawalState::Running
        };
        settle(app, claim, plan, &run, (next, count, managed)).await?;
        if next != WithdrawalState::Running {
            return Ok(());
        }
    }
    for part in things.chunks(TOGETHER) {
        let proofs = Proofs::ask(app, claim, &plan.template).await?;
        withdraw(app, claim, plan, &proofs, part).await?;
    }
    settle(app, claim, plan, &run, (WithdrawalState::Done, -1, -1)).await?;
    Ok(())
}

/// What the rows of the file name.
async fn listed(app: &App, claim: &Claim, plan: &Plan) -> Result<Listed> {
    let (mut listed, mut after) = (Listed::default(), 0);
    loop {
        let rows: Vec<(i64, String, Option<Uuid>, Option<String>)> = app
            .db
            .fetch_all(
                "select number, outcome, subject, case when subject is null then cells end from import_row \
                 where account = $1 and run = $2 and number > $3 order by number limit $4",
                (claim.account, claim.id, after, PAGE),
            )
            .await?;
        let count = rows.len() as i64;
        for (number, outcome, subject, cells) in rows {
            after = number;
            listed.subjects.extend(subject);
            let Some(cells) = cells else { continue };
            let cells: Vec<Cell> = serde_json::from_str(&cells).map_err(Problem::internal)?;
            let row = Row { number, hidden: false, cells };
            match plan.named(&row) {
                Ok(Some(key)) => {
                    listed.numbers.extend(number_of_text(&key));
                    listed.keys.insert(key);
                }
                Ok(None) => {}
                // A row that is no data names nothing
                Err(()) => listed.unclear |= outcome == RowOutcome::Refused.name(),
            }
        }
        if count < PAGE {
            return Ok(listed);
        }
    }
}

/// How many things that earlier imports by the template made are open, and which of them the file does not list; without
/// those that this import dealt with already.
async fn things(
    app: &App,
    claim: &Claim,
    plan: &Plan,
    run: &RunRow,
    listed: &Listed,
) -> Result<(i64, Vec<Thing>)> {
    let (mut managed, mut unlisted, mut after) = (0, Vec::new(), Uuid::nil());
    loop {
        let page = page(app, claim, plan, run, after).await?;
        let Some(last) = page.last() else { return Ok((managed, unlisted)) };
        after = last.id;
        managed += page.len() as i64;
        unlisted.extend(page.into_iter().filter(|thing| !listed.has(thing)));
    }
}

async fn page(app: &App, claim: &Claim, plan: &Plan, run: &RunRow, after: Uuid) -> Result<Vec<Thing>> {
    let (account, template) = (claim.account, run.template);
    if plan.template.makes == Makes::Tasks {
        let rows: Vec<(Uuid, Option<String>, i64, String)> = app
            .db
            .fetch_all(
                "select t.id, t.external_number, t.task_number, s.status from import_made m \
                 join task t on t.account = m.account and t.id = m.subject and t.state <> 'deleted' \
                 join task_state s on s.account = t.account and s.task = t.id \
                 where m.account = $1 and m.template = $2 and m.subject_kind = 'task' and m.subject > $3 \
                 and s.status not in ('closed', 'canceled', 'not_done', 'declined') \
                 and not exists (select 1 from import_withdrawal w where w.account = m.account and w.run = $4 \
                 and w.subject_kind = m.subject_kind and w.subject = m.subject) order by m.subject limit $5",
                (account, template, after, claim.id, PAGE),
            )
            .await?;
        let thing = |(id, code, number, status): (Uuid, Option<String>, i64, String)| {
            let untouched = matches!(
                Status::from_name(&status),
                Some(Status::New | Status::Sent | Status::Acknowledged | Status::Draft)
            );
            Thing { id, code, number: Some(number), untouched }
        };
        return Ok(rows.into_iter().map(thing).collect());
    }
    let rows: Vec<(Uuid, String)> = app
        .db
        .fetch_all(
            "select o.id, o.code from import_made m join object o on o.account = m.account \
             and o.kind = m.subject_kind and o.id = m.subject and o.state <> 'deleted' \
             where m.account = $1 and m.template = $2 and m.subject_kind = $3 and m.subject > $4 \
             and not exists (select 1 from import_withdrawal w where w.account = m.account and w.run = $5 \
             and w.subject_kind = m.subject_kind and w.subject = m.subject) order by m.subject limit $6",
            (account, template, plan.template.makes.subject_kind(), after, claim.id, PAGE),
        )
        .await?;
    let thing = |(id, code)| Thing { id, code: Some(code), number: None, untouched: true };
    Ok(rows.into_iter().map(thing).collect())
}

/// Notes how far withdrawing is; a question is told.
async fn settle(
    app: &App,
    claim: &Claim,
    plan: &Plan,
    run: &RunRow,
    (state, unlisted, managed): (WithdrawalState, i64, i64),
) -> Result<(), Failure> {
    let proofs = Proofs::ask(app, claim, &plan.template).await?;
    let mut write = app.log.begin(&proofs.run, Class::Import).await?;
    claim.go_on(app, &mut write).await?;
    write
        .tx()
        .execute(
            "update import_run set withdrawals = $3, unlisted = case when $4 < 0 then unlisted else $4 end, \
             managed = case when $5 < 0 then managed else $5 end where account = $1 and id = $2",
            (claim.account, claim.id, state.name(), unlisted, managed),
        )
        .await?;
    if state == WithdrawalState::Asked {
        let told = Told {
            kind: IMPORT_ASKS,
            subject: Some(("import", claim.id)),
            cause: claim.id.to_string(),
            detail: [
                ("file", run.file_name.clone()),
                ("count", unlisted.to_string()),
                ("managed", managed.to_string()),
            ]
            .into(),
        };
        tell(&mut write, told).await?;
    }
    write.touch("imports");
    write.commit().await?;
    Ok(())
}

struct Withdrawn {
    account: i64,
    run: Uuid,
    subject_kind: &'static str,
    subject: Uuid,
    outcome: &'static str,
}

async fn withdraw(
    app: &App,
    claim: &Claim,
    plan: &Plan,
    proofs: &Proofs,
    things: &[Thing],
) -> Result<(), Failure> {
    let mut write = proofs.begin(app, plan.template.makes).await?;
    claim.go_on(app, &mut write).await?;
    let (outcomes, changed) = match plan.template.makes {
        Makes::Tasks => cancel(&mut write, things).await?,
        Makes::Pois => remove::<Poi>(&mut write, proof(proofs.pois.as_ref())?, things).await?,
        Makes::Employees => remove::<Employee>(&mut write, proof(proofs.employees.as_ref())?, things).await?,
        Makes::Groups => remove::<Group>(&mut write, proof(proofs.employees.as_ref())?, things).await?,
        Makes::NonWorkingDays => {
            remove::<NonWorkingDays>(&mut write, proof(proofs.employees.as_ref())?, things).await?
        }
    };
    let count = outcomes.iter().filter(|(_, outcome)| *outcome == WITHDRAWN).count() as i64;
    let rows: Vec<Withdrawn> = outcomes
        .into_iter()
        .map(|(subject, outcome)| Withdrawn {
            account: claim.account,
            run: claim.id,
            subject_kind: plan.template.makes.subject_kind(),
            subject,
            outcome,
        })
        .collect();
    write
        .tx()
        .insert_many(
            "insert into import_withdrawal (account, run, subject_kind, subject, outcome)",
            columns!(rows => account, run, subject_kind, subject, outcome),
            "on conflict (account, run, subject_kind, subject) do nothing",
        )
        .await?;
    write
        .tx()
        .execute(
            "update import_run set withdrawn = withdrawn + $3 where account = $1 and id = $2",
            (claim.account, claim.id, count),
        )
        .await?;
    acted::note(&mut write, claim, plan, changed).await?;
    write.touch("imports");
    write.commit().await?;
    Ok(())
}

/// The outcome of what was withdrawn; others say why it was not.
const WITHDRAWN: &str = "withdrawn";

type Outcomes = (Vec<(Uuid, &'static str)>, Vec<Changed>);

/// Withdraws tasks that nobody began.
async fn cancel(write: &mut Write, things: &[Thing]) -> Result<Outcomes> {
    let (untouched, begun): (Vec<&Thing>, Vec<&Thing>) = things.iter().partition(|thing| thing.untouched);
    let save = |thing: &&Thing| Save {
        operation: Operation::Update,
        task: Some(thing.id),
        version: IfMatch::Any,
        edit: Edit::Merge,
        document: json!({}),
        status: Some(Status::Canceled),
        assignments: None,
        reason: None,
        keeps_external: false,
    };
    let saved = tasks::save::save_many(write, untouched.iter().map(save).collect()).await?;
    let mut outcomes: Vec<_> = begun.into_iter().map(|thing| (thing.id, "went_on")).collect();
    let mut changed = Vec::new();
    for (thing, saved) in untouched.into_iter().zip(saved) {
        outcomes.push((thing.id, if saved.is_ok() { WITHDRAWN } else { "refused" }));
        if let Ok(saved) = saved {
            changed.extend(tasks::undo::changed(&saved)?);
        }
    }
    Ok((outcomes, changed))
}

/// Takes objects out of use that nothing needs.
async fn remove<K: objects::Kept>(
    write: &mut Write,
    allowed: &Allowed<K::Manage>,
    things: &[Thing],
) -> Result<Outcomes> {
    let documents: Vec<_> =
        things.iter().map(|thing| json!({ K::CODE: thing.code, "state": "deleted" })).collect();
    let saved = objects::save_many::<K>(write, allowed, objects::Operation::Update, &documents).await?;
    let (mut outcomes, mut changed) = (Vec::new(), Vec::new());
    for (thing, saved) in things.iter().zip(saved) {
        match saved {
            Ok(saved) => {
                outcomes.push((thing.id, WITHDRAWN));
                changed.extend(objects::undo::changed(&saved));
            }
            Err(problem) if problem.code() == Code::Conflict => outcomes.push((thing.id, "in_use")),
            Err(_) => outcomes.push((thing.id, "refused")),
        }
    }
    Ok((outcomes, changed))
}

/// The answer to the question of an import.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportWithdrawalsAnswer)]
pub(super) struct Answer {
    /// How many things may be withdrawn: `unlisted` of the import for all of them, 0 to leave them as they are
    #[schema(example = 12)]
    pub confirm_withdrawals: i64,
}

/// Answers the question of an import. Where the answer is yes it goes on.
pub(super) async fn answer(
    app: &App,
    allowed: &Allowed<RunImports>,
    id: Uuid,
    answer: &Answer,
    language: Language,
) -> Result<ImportRun> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let run = RunRow::locked(write.tx(), account, id).await?.ok_or(Code::NotFound)?;
    allowed.must_cover(super::start::needs(&run.template()?))?;
    let asked = run.withdrawals.as_deref() == Some(WithdrawalState::Asked.name());
    if !asked || run.state()? != RunState::Done || run.is_undone() {
        return Err(Problem::new(Code::Conflict).with("with", "state"));
    }
    let yes = answer.confirm_withdrawals > 0;
    if yes {
        let newer: Option<(Uuid,)> = write
            .tx()
            .fetch_optional(
                "select id from import_run where account = $1 and template = $2 and not dry_run and state = 'done' \
                 and (created_us, id) > ($3, $4) limit 1",
                (account, run.template, run.created_us, id),
            )
            .await?;
        if newer.is_some() {
            // A later file says what is listed now
            return Err(Problem::new(Code::Conflict).with("with", "a later import by the template"));
        }
        write
            .tx()
            .execute(
                "update import_run set state = 'applying', finished_us = null, confirmed = $3 \
                 where account = $1 and id = $2",
                (account, id, answer.confirm_withdrawals),
            )
            .await?;
        // Until it is over it cannot be taken back
        write
            .tx()
            .execute("update act set undo_until_us = null where account = $1 and id = $2", (account, run.act))
            .await?;
        jobs::enqueue(&mut write, &JOB, super::start::LANE, id, &json!({})).await?;
    } else {
        write
            .tx()
            .execute(
                "update import_run set withdrawals = $3 where account = $1 and id = $2",
                (account, id, WithdrawalState::Left.name()),
            )
            .await?;
    }
    // A file that came by itself waited for this
    write
        .tx()
        .execute(
            "update received_file set state = 'importing', problem = null \
             where account = $1 and run = $2 and state = 'parked'",
            (account, id),
        )
        .await?;
    write
        .tx()
        .execute(
            "update notice set done_us = $3 where account = $1 and cause = $2 and done_us is null",
            (account, format!("{}:{id}", IMPORT_ASKS.name), now_us),
        )
        .await?;
    write.touch("imports");
    write.touch("notices");
    let run = RunRow::locked(write.tx(), account, id).await?.ok_or(Code::Internal)?.shown(language)?;
    write.commit().await?;
    app.work.notify_one();
    Ok(run)
}

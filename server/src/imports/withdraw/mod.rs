//! What earlier imports by a template made, is open, and the file of this one lists no longer: it is counted, asked about
//! where it is much, and withdrawn or moved, some hundreds in a transaction.

pub(super) mod answer;
mod listed;
pub(super) mod parent;
pub(super) mod state;

use campo_protocol::{
    model::{
        catalogue::CatalogueItem, employee::Employee, group::Group, non_working_days::NonWorkingDays,
        poi::Poi,
    },
    task::status::Status,
};
use serde_json::json;
use uuid::Uuid;

use self::{
    listed::{Thing, listed, things},
    state::{WithdrawalState, needs_yes},
};
use super::{
    acted,
    draft::Unlisted,
    makes::Makes,
    plan::Plan,
    run::RunRow,
    work::{Failure, Proofs, proof},
};
use crate::{
    access::Allowed,
    acts::Changed,
    api::edit::IfMatch,
    app::App,
    database::columns,
    jobs::Claim,
    log::write::Write,
    notices::{Told, kinds::IMPORT_ASKS, tell},
    objects,
    problem::{Code, Problem, Result},
    scheduler::Class,
    tasks::{
        self,
        save::{Edit, Operation, Save},
    },
};

/// Things that one transaction withdraws.
const TOGETHER: usize = 200;

/// Withdraws or moves what the file does not list, or counts it, or asks.
pub(super) async fn unlisted(app: &App, claim: &Claim, plan: &Plan) -> Result<(), Failure> {
    let run = RunRow::load(&app.db, claim.account, claim.id).await?.ok_or(Problem::new(Code::NotFound))?;
    if run.template_version == 0 {
        return Ok(());
    }
    let listed = listed(app, claim, plan).await?;
    let below = parent::of_template(&app.db, claim.account, &plan.template).await?;
    let (managed, things) = things(app, claim, plan, &run, &listed, below).await?;
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
        Makes::Pois if plan.template.unlisted == Unlisted::Move => {
            parent::move_below(&mut write, proof(proofs.pois.as_ref())?, &plan.template, things).await?
        }
        Makes::Tasks => cancel(&mut write, things).await?,
        Makes::Pois => remove::<Poi>(&mut write, proof(proofs.pois.as_ref())?, things).await?,
        Makes::Employees => remove::<Employee>(&mut write, proof(proofs.employees.as_ref())?, things).await?,
        Makes::Groups => remove::<Group>(&mut write, proof(proofs.employees.as_ref())?, things).await?,
        Makes::NonWorkingDays => {
            remove::<NonWorkingDays>(&mut write, proof(proofs.employees.as_ref())?, things).await?
        }
        Makes::CatalogueItems => {
            remove::<CatalogueItem>(&mut write, proof(proofs.definitions.as_ref())?, things).await?
        }
    };
    let is_done = |outcome: &str| matches!(outcome, WITHDRAWN | parent::MOVED);
    let count = outcomes.iter().filter(|(_, outcome)| is_done(outcome)).count() as i64;
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

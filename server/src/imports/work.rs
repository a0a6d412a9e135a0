//! The job of an import: stage, apply, end.

use super::{
    acted, apply,
    draft::{TemplateDraft, Unlisted},
    makes::Makes,
    plan::Plan,
    problem::{self, of_file},
    run::{self, RunRow, RunState},
    stage, start, withdraw,
};
use crate::{
    access::{
        Allowed, Caller, Duty,
        permissions::{ManageDefinitions, ManageEmployees, ManagePois, ManageTasks, RunImports},
    },
    acts,
    app::App,
    jobs::{Claim, Kind, Work},
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// The job of an import; its id is that of the run.
pub const JOB: Kind = Kind {
    name: "import",
    // 3: what is withdrawn, all or nothing, and acts; 4: look-up tables of forms, and moving places. Older replicas know
    // none of it
    format: 4,
    work: Work::Computes,
    run: |app, claim| Box::pin(run(app, claim)),
    give_up: |app, claim| Box::pin(give_up(app, claim)),
};

/// Rows that one transaction imports, and how many once some of them have failed again and again.
const ROWS: i64 = 200;
const ROWS_IN_TROUBLE: i64 = 1;
/// After so many attempts without getting on there is trouble.
const TROUBLE: i64 = 3;
/// Staged rows that one statement removes.
const REMOVED: i64 = 5000;

/// What ends an import, or puts it off.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is over
    Over(RunState, Problem),
    /// It is tried again
    Again(Problem),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Again(problem)
    }
}

impl Failure {
    /// The file cannot be imported.
    pub(super) const fn failed(problem: Problem) -> Self {
        Self::Over(RunState::Failed, problem)
    }
}

/// What the author of an import may do now.
#[derive(Debug)]
pub(super) struct Proofs {
    pub(super) run: Allowed<RunImports>,
    pub(super) tasks: Option<Allowed<ManageTasks>>,
    pub(super) pois: Option<Allowed<ManagePois>>,
    pub(super) employees: Option<Allowed<ManageEmployees>>,
    pub(super) definitions: Option<Allowed<ManageDefinitions>>,
}

impl Proofs {
    /// A transaction of the author, who may do what the rows do.
    pub(super) async fn begin(&self, app: &App, makes: Makes) -> Result<Write> {
        match makes {
            Makes::Tasks => app.log.begin(proof(self.tasks.as_ref())?, Class::Import).await,
            Makes::Pois => app.log.begin(proof(self.pois.as_ref())?, Class::Import).await,
            Makes::Employees | Makes::Groups | Makes::NonWorkingDays => {
                app.log.begin(proof(self.employees.as_ref())?, Class::Import).await
            }
            Makes::CatalogueItems => app.log.begin(proof(self.definitions.as_ref())?, Class::Import).await,
        }
    }

    /// Asks again: whoever lost a permission stops their import.
    pub(super) async fn ask(app: &App, claim: &Claim, template: &TemplateDraft) -> Result<Self, Failure> {
        let caller = claim.caller(app).await.map_err(stopped)?;
        let run = caller.allow::<RunImports>().map_err(stopped)?;
        run.must_cover(start::needs(template)).map_err(stopped)?;
        Ok(Self {
            run,
            tasks: caller.allow().ok(),
            pois: caller.allow().ok(),
            employees: caller.allow().ok(),
            definitions: caller.allow().ok(),
        })
    }
}

/// The permission that rows need.
pub(super) fn proof<P>(allowed: Option<&Allowed<P>>) -> Result<&Allowed<P>> {
    allowed.ok_or_else(|| Code::Forbidden.into())
}

fn stopped(problem: Problem) -> Failure {
    match problem.code() {
        Code::Forbidden => Failure::Over(RunState::Stopped, problem),
        Code::Revoked => Failure::Over(RunState::Stopped, Code::Forbidden.into()),
        _ => Failure::Again(problem),
    }
}

async fn run(app: &App, claim: &Claim) -> Result<()> {
    match go(app, claim).await {
        Ok(()) => Ok(()),
        Err(Failure::Over(state, problem)) => end(app, claim, state, Some(&problem)).await,
        Err(Failure::Again(problem)) => Err(problem),
    }
}

async fn give_up(app: &App, claim: &Claim) -> Result<()> {
    end(app, claim, RunState::Failed, Some(&Code::Internal.into())).await
}

async fn go(app: &App, claim: &Claim) -> Result<(), Failure> {
    let run = RunRow::load(&app.db, claim.account, claim.id).await?.ok_or(Problem::new(Code::NotFound))?;
    let template = run.template()?;
    if matches!(run.state()?, RunState::Waiting | RunState::Reading) {
        let proofs = Proofs::ask(app, claim, &template).await?;
        stage::stage(app, claim, &run, &template, &proofs).await?;
    }
    let run = RunRow::load(&app.db, claim.account, claim.id).await?.ok_or(Problem::new(Code::NotFound))?;
    let headings = run.headings()?;
    let zone = stage::account_zone(app, claim.account).await?;
    let plan = Plan::new(template, &zone, &run.sheet, &headings)
        .map_err(|unfit| Failure::failed(stage::misfit(&unfit, &headings)))?;
    let trial = plan.template.all_or_nothing && !run.tried;
    apply_all(app, claim, &plan, run.dry_run || trial).await?;
    if plan.template.all_or_nothing {
        let refused = refused(app, claim, &plan, &run).await?;
        if let Some(problem) = refused {
            return if run.dry_run {
                Err(Failure::Over(RunState::Done, problem))
            } else {
                Err(Failure::failed(problem))
            };
        }
        if trial && !run.dry_run {
            untry(app, claim, true).await?;
            apply_all(app, claim, &plan, false).await?;
            if let Some(problem) = self::refused(app, claim, &plan, &run).await? {
                return Err(Failure::failed(problem));
            }
        }
    }
    if plan.template.unlisted != Unlisted::Leave {
        withdraw::unlisted(app, claim, &plan).await?;
    }
    end(app, claim, RunState::Done, None).await?;
    Ok(())
}

async fn apply_all(app: &App, claim: &Claim, plan: &Plan, dry_run: bool) -> Result<(), Failure> {
    let rows = if claim.attempts > TROUBLE { ROWS_IN_TROUBLE } else { ROWS };
    loop {
        let proofs = Proofs::ask(app, claim, &plan.template).await?;
        if apply::next(app, claim, &proofs, plan, rows, dry_run).await? == 0 {
            return Ok(());
        }
    }
}

/// Why a file is not applied of which all or nothing counts. What was applied of it is taken back: between trying and
/// applying, somebody changed what a row needs.
async fn refused(app: &App, claim: &Claim, plan: &Plan, run: &RunRow) -> Result<Option<Problem>, Failure> {
    let now = RunRow::load(&app.db, claim.account, claim.id).await?.ok_or(Problem::new(Code::NotFound))?;
    if now.refused == 0 {
        return Ok(None);
    }
    if let Some(act) = now.act {
        let proofs = Proofs::ask(app, claim, &plan.template).await?;
        acts::take_back(app, &proofs.run, claim, act).await?;
    }
    if !run.dry_run {
        untry(app, claim, false).await?;
    }
    Ok(Some(of_file(Problem::new(Code::RowsRefused).with("rows", now.refused), &run.file_name)))
}

/// Forgets what became of rows that were only tried, or taken back; `tried` when they are applied now.
async fn untry(app: &App, claim: &Claim, tried: bool) -> Result<()> {
    let allowed = Caller::duty(claim.account, Duty::EndJobs).allow::<RunImports>()?;
    loop {
        let mut write = app.log.begin(&allowed, Class::Import).await?;
        claim.go_on(app, &mut write).await?;
        let rows = run::untried(&mut write, claim.id, REMOVED).await?;
        if rows < REMOVED as u64 {
            write
                .tx()
                .execute(
                    "update import_run set tried = $3 where account = $1 and id = $2",
                    (claim.account, claim.id, tried),
                )
                .await?;
            return write.commit().await.map(drop);
        }
        write.commit().await?;
    }
}

/// Ends the run and its job together. What was staged of a file that could not be read goes first. Once the file was
/// read whole every row stays, and those that were not imported say so.
async fn end(app: &App, claim: &Claim, state: RunState, problem: Option<&Problem>) -> Result<()> {
    let allowed = Caller::duty(claim.account, Duty::EndJobs).allow::<RunImports>()?;
    let run = RunRow::load(&app.db, claim.account, claim.id).await?.ok_or(Code::NotFound)?;
    if state == RunState::Failed && matches!(run.state()?, RunState::Waiting | RunState::Reading) {
        remove_staged(app, claim, &allowed).await?;
    }
    if state != RunState::Done && run.template()?.all_or_nothing && !run.tried && !run.dry_run {
        untry(app, claim, false).await?;
    }
    let stored = problem.map(problem::to_stored).transpose()?;
    let mut write = app.log.begin(&allowed, Class::Import).await?;
    let now_us = write.now_us;
    let ended = write
        .tx()
        .execute(
            "update import_run set state = $3, problem = $4, finished_us = $5 where account = $1 and id = $2 \
             and state in ('waiting', 'reading', 'applying')",
            (claim.account, claim.id, state.name(), stored, now_us),
        )
        .await?;
    if ended > 0 {
        acted::close(&mut write, run.act).await?;
        write.touch("imports");
        run::tell_finished(&mut write, claim.id).await?;
    }
    claim.finish(app, &mut write).await?;
    write.commit().await?;
    let account = claim.account;
    tracing::info!(account, run = %claim.id, state = state.name(), problem = ?problem.map(Problem::code), "an import is over");
    Ok(())
}

async fn remove_staged(app: &App, claim: &Claim, allowed: &Allowed<RunImports>) -> Result<()> {
    loop {
        let mut write = app.log.begin(allowed, Class::Import).await?;
        claim.go_on(app, &mut write).await?;
        let removed = write
            .tx()
            .execute(
                "delete from import_row where account = $1 and run = $2 and number in (select r.number \
                 from import_row r where r.account = $1 and r.run = $2 and r.outcome = 'pending' \
                 order by r.number limit $3)",
                (claim.account, claim.id, REMOVED),
            )
            .await?;
        write.commit().await?;
        if removed < REMOVED as u64 {
            return Ok(());
        }
    }
}

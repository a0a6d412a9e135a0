//! Takes acts back that changed more than one transaction holds: part by part, and from wherever it was left off, since
//! each part notes its outcomes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    act::{Row, may},
    record::{close, extend},
    undo::{AGAIN_US, Undone, next, over, put_back},
};
use crate::{
    access::{Allowed, Caller, Duty},
    app::App,
    jobs::{Claim, Kind, Work},
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// The job that takes an act back; its id is that of the act that does.
pub const JOB: Kind = Kind {
    name: "undo",
    format: 1,
    work: Work::Computes,
    run: |app, claim| Box::pin(run(app, claim)),
    give_up: |app, claim| Box::pin(give_up(app, claim)),
};

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Body {
    /// The act that is taken back
    pub(super) act: Uuid,
}

async fn run(app: &App, claim: &Claim) -> Result<()> {
    match go(app, claim).await {
        // Whoever may not do so any more stops it; what was taken back stays so
        Err(problem) if matches!(problem.code(), Code::Forbidden | Code::Revoked | Code::NotFound) => {
            give_up(app, claim).await
        }
        outcome => outcome,
    }
}

async fn go(app: &App, claim: &Claim) -> Result<()> {
    let Body { act } = serde_json::from_str(&claim.body).map_err(Problem::internal)?;
    loop {
        let caller = claim.caller(app).await?;
        let mut write = app.log.begin(&caller.oneself(), Class::Import).await?;
        claim.go_on(app, &mut write).await?;
        let row = Row::locked(&mut write, act).await?;
        let row = row.filter(|row| may(&caller, &row.permission)).ok_or(Code::NotFound)?;
        row.must_be_undone_by(&caller)?;
        let effects = next(&mut write, act).await?;
        let mut undone = Undone::default();
        if effects.is_empty() {
            let account = write.account();
            (undone.undone,) = write
                .tx()
                .fetch_one(
                    "select count(*) from act_outcome where account = $1 and act = $2 and outcome = 'undone'",
                    (account, act),
                )
                .await?;
            over(&mut write, &caller, &row, &undone).await?;
            close(&mut write, claim.id, AGAIN_US).await?;
            claim.finish(app, &mut write).await?;
            write.commit().await?;
            return Ok(());
        }
        let changed = put_back(&mut write, act, &effects, &mut undone).await?;
        extend(&mut write, claim.id, changed).await?;
        write.touch("acts");
        write.touch("imports");
        write.commit().await?;
    }
}

/// Lets go of an act. What of it was taken back stays so, and taking it back can be begun again for the rest.
async fn give_up(app: &App, claim: &Claim) -> Result<()> {
    let Body { act } = serde_json::from_str(&claim.body).map_err(Problem::internal)?;
    let caller = Caller::duty(claim.account, Duty::EndJobs);
    let mut write = app.log.begin(&caller.oneself(), Class::Import).await?;
    let account = write.account();
    write
        .tx()
        .execute("update act set undoing = null where account = $1 and id = $2", (account, act))
        .await?;
    claim.finish(app, &mut write).await?;
    write.touch("acts");
    write.touch("imports");
    write.commit().await.map(drop)
}

/// Takes back what a job did as an act, since the whole of it counts or nothing.
pub async fn take_back<P>(app: &App, allowed: &Allowed<P>, claim: &Claim, act: Uuid) -> Result<()> {
    loop {
        let mut write = app.log.begin(allowed, Class::Import).await?;
        claim.go_on(app, &mut write).await?;
        let (account, now_us, by) = (write.account(), write.now_us, write.principal.id());
        let effects = next(&mut write, act).await?;
        if effects.is_empty() {
            write
                .tx()
                .execute(
                    "update act set undone_us = $3, undone_by = $4 where account = $1 and id = $2",
                    (account, act, now_us, by),
                )
                .await?;
            return write.commit().await.map(drop);
        }
        put_back(&mut write, act, &effects, &mut Undone::default()).await?;
        write.commit().await?;
    }
}

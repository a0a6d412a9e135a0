//! What somebody says to the question of an import whether so much is to be withdrawn.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{Allowed, permissions::RunImports},
    app::App,
    imports::{
        run::{ImportRun, RunRow, RunState},
        start::{LANE, needs},
        withdraw::state::WithdrawalState,
        work::JOB,
    },
    jobs,
    notices::kinds::IMPORT_ASKS,
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::Language,
};

/// The answer to the question of an import.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportWithdrawalsAnswer)]
pub(in super::super) struct Answer {
    /// How many things may be withdrawn: `unlisted` of the import for all of them, 0 to leave them as they are
    #[schema(example = 12)]
    pub confirm_withdrawals: i64,
}

/// Answers the question of an import. Where the answer is yes it goes on.
pub(in super::super) async fn answer(
    app: &App,
    allowed: &Allowed<RunImports>,
    id: Uuid,
    answer: &Answer,
    language: Language,
) -> Result<ImportRun> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let run = RunRow::locked(write.tx(), account, id).await?.ok_or(Code::NotFound)?;
    allowed.must_cover(needs(&run.template()?))?;
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
        jobs::enqueue(&mut write, &JOB, LANE, id, &json!({})).await?;
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

//! What somebody says to the question of an import whether so much is to be withdrawn.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{Allowed, permissions::RunImports},
    app::App,
    exchange,
    imports::{
        run::{ImportRun, RunRow, RunState},
        start::{LANE, needs},
        withdraw::state::WithdrawalState,
        work::JOB,
    },
    jobs,
    log::write::Write,
    notices::{
        end_in,
        kinds::{FILE_PARKED, IMPORT_ASKS},
    },
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
    let account = write.account();
    let run = RunRow::locked(write.tx(), account, id).await?.ok_or(Code::NotFound)?;
    allowed.must_cover(needs(&run.template()?))?;
    given(&mut write, &run, answer.confirm_withdrawals).await?;
    let run = RunRow::locked(write.tx(), account, id).await?.ok_or(Code::Internal)?.shown(language)?;
    write.commit().await?;
    app.work.notify_one();
    Ok(run)
}

/// True when an import waits for an answer.
pub(in super::super) fn asks(run: &RunRow) -> Result<bool> {
    let asked = run.withdrawals.as_deref() == Some(WithdrawalState::Asked.name());
    Ok(asked && run.state()? == RunState::Done && !run.is_undone())
}

/// Takes the answer to the question of an import: how many things may be withdrawn.
pub(in super::super) async fn given(write: &mut Write, run: &RunRow, count: i64) -> Result<()> {
    let (account, now_us, id) = (write.account(), write.now_us, run.id);
    if !asks(run)? {
        return Err(Problem::new(Code::Conflict).with("with", "state"));
    }
    if count > 0 {
        goes_on(write, run, count).await?;
    } else {
        is_left(write, id).await?;
    }
    // A file that came by itself waited for this
    let freed: Vec<(Option<Uuid>,)> = write
        .tx()
        .fetch_all(
            "update received_file set state = 'importing', problem = null \
             where account = $1 and run = $2 and state = 'parked' returning intake",
            (account, id),
        )
        .await?;
    for intake in freed.into_iter().filter_map(|(intake,)| intake) {
        end_in(write.tx(), (account, now_us), FILE_PARKED, &intake.to_string()).await?;
        write.touch(exchange::TOPIC);
    }
    end_in(write.tx(), (account, now_us), IMPORT_ASKS, &id.to_string()).await?;
    write.touch("imports");
    Ok(())
}

async fn goes_on(write: &mut Write, run: &RunRow, count: i64) -> Result<()> {
    let (account, id) = (write.account(), run.id);
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
            (account, id, count),
        )
        .await?;
    // Until it is over it cannot be taken back
    write
        .tx()
        .execute("update act set undo_until_us = null where account = $1 and id = $2", (account, run.act))
        .await?;
    jobs::enqueue(write, &JOB, LANE, id, &json!({})).await
}

async fn is_left(write: &mut Write, id: Uuid) -> Result<()> {
    let account = write.account();
    write
        .tx()
        .execute(
            "update import_run set withdrawals = $3 where account = $1 and id = $2",
            (account, id, WithdrawalState::Left.name()),
        )
        .await?;
    Ok(())
}

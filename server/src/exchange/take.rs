//! The duty that takes files: of each intake the next one in order is imported with the rights of the intake, and when
//! that is over its results are put beside it.

use std::collections::BTreeMap;

use campo_protocol::{model::Ref, text::hex};
use uuid::Uuid;

use super::{
    TOPIC, exports,
    intake::{self, Intake, SameContent},
    received::file::Row,
    remotes,
    results::{self, End},
    watch,
};
use crate::{
    access::{AccessState, Allowed, Caller, Duty, permissions::ManageExchange, recheck::recheck},
    app::App,
    duties::Left,
    files::upload::StoredFile,
    imports,
    notices::{Told, kinds::FILE_PARKED, tell},
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// Files of an account that are looked at for the next one of each intake.
const LOOKED_AT: i64 = 2000;

/// Takes every file that can be taken now, one of each intake; says whether more wait that can be had at once.
pub async fn run(app: &App) -> Result<Left> {
    let accounts: Vec<(i64,)> = app
        .db
        .fetch_all(
            "select distinct r.account from received_file r join account a on a.id = r.account \
             where r.state in ('waiting', 'importing') and a.state = 'enabled' order by r.account",
            (),
        )
        .await?;
    let more = exports::run_due(app).await? | remotes::run_due(app).await? | watch::run_due(app).await?;
    let mut left = if more { Left::More } else { Left::Nothing };
    for (account,) in accounts {
        match of_account(app, account).await {
            Ok(true) => left = Left::More,
            Ok(false) => {}
            // One account's trouble is not another's
            Err(problem) => tracing::warn!(account, %problem, "files of an account were not taken"),
        }
    }
    Ok(left)
}

/// True when something ended, so that there may be a next one.
async fn of_account(app: &App, account: i64) -> Result<bool> {
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, intake, way, way_id, arrival, folder, name, size_bytes, hash, state, run, problem, ready_us, \
             received_us, finished_us from received_file \
             where account = $1 and state in ('waiting', 'importing', 'parked') and intake is not null \
             order by received_us, id limit $2",
            (account, LOOKED_AT),
        )
        .await?;
    let mut next: BTreeMap<Uuid, Row> = BTreeMap::new();
    for row in rows {
        if let Some(intake) = row.intake {
            next.entry(intake).or_insert(row);
        }
    }
    let allowed = Caller::duty(account, Duty::ExchangeFiles).allow::<ManageExchange>()?;
    let mut ended = false;
    for (intake, row) in next {
        ended |= match row.state.as_str() {
            "waiting" if row.ready_us <= app.environment.now_us() => {
                start(app, &allowed, intake, &row).await?
            }
            "importing" => follow(app, &allowed, &row).await?,
            _ => false,
        };
    }
    Ok(ended)
}

/// Starts the import of a file. Whatever a person must decide parks it.
async fn start(app: &App, allowed: &Allowed<ManageExchange>, intake: Uuid, row: &Row) -> Result<bool> {
    match begin(app, allowed.account(), intake, row).await {
        Ok(repeated) => {
            app.work.notify_one();
            Ok(repeated)
        }
        Err(problem) if waits(problem.code()) => Err(problem),
        Err(problem) if matches!(problem.code(), Code::FileEmpty | Code::PayloadTooLarge) => {
            results::put_beside(app, allowed, row, End::Refused(&problem)).await?;
            Ok(true)
        }
        Err(problem) => {
            tracing::info!(account = allowed.account(), file = %row.id, %problem, "a file is parked");
            park(app, allowed, intake, row, &problem).await?;
            Ok(false)
        }
    }
}

/// True for what passes by itself.
const fn waits(code: Code) -> bool {
    matches!(
        code,
        Code::StorageFull | Code::QueueFull | Code::Unavailable | Code::Internal | Code::TooManyRequests
    )
}

/// Starts the import of a file and notes it, in one transaction: the same file is started once, whenever this replica
/// dies. True when it was imported before.
async fn begin(app: &App, account: i64, intake: Uuid, row: &Row) -> Result<bool> {
    let Intake { draft, .. } = intake::find(&app.db, account, &Ref::Id(intake)).await?;
    if draft.state != AccessState::Enabled {
        return Err(Problem::new(Code::Conflict).with("with", "intake"));
    }
    let caller = recheck(app, account, "intake", Some(intake)).await?;
    let file = StoredFile {
        hash: hex(&row.hash),
        size_bytes: row.size_bytes,
        media_type: "application/octet-stream".to_owned(),
    };
    let start = imports::Start {
        template: draft.template,
        file_name: row.name.clone(),
        again: draft.same_content == SameContent::Import,
        lane: intake::lane(intake),
    };
    let allowed = caller.allow()?;
    let template = imports::prepare(app, &allowed, &start, &file).await?;
    let mut write = app.log.begin(&allowed, Class::Import).await?;
    let started = imports::start_stored(&mut write, &start, &template, &file).await?;
    let noted = write
        .tx()
        .execute(
            "update received_file set state = 'importing', run = $3 \
             where account = $1 and id = $2 and state = 'waiting'",
            (account, row.id, started.run),
        )
        .await?;
    if noted == 0 {
        return Err(Problem::new(Code::Conflict).with("with", "state"));
    }
    write.touch(TOPIC);
    write.commit().await?;
    Ok(started.repeated)
}

async fn park(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    intake: Uuid,
    row: &Row,
    problem: &Problem,
) -> Result<()> {
    let stored = imports::problem_to_stored(problem)?;
    let language = results::language(app, allowed.account()).await?;
    let mut write = app.log.begin(allowed, Class::Import).await?;
    let account = write.account();
    let parked = write
        .tx()
        .execute(
            "update received_file set state = 'parked', problem = $3 \
             where account = $1 and id = $2 and state in ('waiting', 'importing')",
            (account, row.id, stored),
        )
        .await?;
    if parked == 1 {
        let told = Told {
            kind: FILE_PARKED,
            subject: Some(("received_file", row.id)),
            cause: intake.to_string(),
            detail: [("file", row.name.clone()), ("reason", problem.detail(language))].into(),
        };
        tell(&mut write, told).await?;
        write.touch(TOPIC);
    }
    write.commit().await?;
    Ok(())
}

/// Ends a file whose import is over.
async fn follow(app: &App, allowed: &Allowed<ManageExchange>, row: &Row) -> Result<bool> {
    let account = allowed.account();
    let Some(run) = row.run else { return Err(Code::Internal.into()) };
    let caller = Caller::duty(account, Duty::ExchangeFiles);
    let import = imports::get(app, &caller.allow()?, run, results::language(app, account).await?).await?;
    if !import.state.is_over() {
        return Ok(false);
    }
    if let Some(problem) = imports::open_question(&app.db, account, &import).await? {
        park(app, allowed, row.intake.unwrap_or_default(), row, &problem).await?;
        return Ok(false);
    }
    if let Some(asked) =
        import.withdrawals.as_ref().filter(|one| one.state == imports::WithdrawalState::Asked)
    {
        let problem = Problem::new(Code::WithdrawalsAsked)
            .with("file", &row.name)
            .with("count", asked.unlisted)
            .with("managed", asked.managed);
        park(app, allowed, row.intake.unwrap_or_default(), row, &problem).await?;
        return Ok(false);
    }
    results::put_beside(app, allowed, row, End::Over(&import)).await?;
    Ok(true)
}

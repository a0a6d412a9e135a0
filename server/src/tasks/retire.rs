//! Takes tasks that have long been over from phones. Entries and state stay as they are: the office part says up to
//! which end it was retired, and filing reads that. A task that is opened again is shown again.

use uuid::Uuid;

use crate::{
    access::{Caller, Duty, permissions::ManageTasks},
    accounts::settings,
    app::App,
    duties::{Left, each_account},
    problem::Result,
    scheduler::Class,
};

/// How many tasks one transaction retires.
const BATCH: i64 = 500;
const DAY_US: i64 = 24 * 3600 * 1_000_000;

/// The duty [`Duty::RetireTasks`], for every account.
pub async fn duty(app: &App) -> Result<Left> {
    each_account(app, None, |app, account| {
        Box::pin(async move {
            let before_us = closed_before_us(app, account).await?;
            retire(app, account, before_us).await.map(drop)
        })
    })
    .await
}

/// The instant before which a task must have ended to be retired now, by the account's setting `closed_task_days`.
pub async fn closed_before_us(app: &App, account: i64) -> Result<i64> {
    let days = settings::read(&app.db, account).await?.closed_task_days;
    Ok(app.environment.now_us().saturating_sub(days.saturating_mul(DAY_US)))
}

/// Takes the tasks that ended before `closed_before_us` from phones, in transactions of up to 500; says how many.
/// Repeating it does nothing more.
pub async fn retire(app: &App, account: i64, closed_before_us: i64) -> Result<u64> {
    let allowed = Caller::duty(account, Duty::RetireTasks).allow::<ManageTasks>()?;
    let mut retired = 0;
    loop {
        let mut write = app.log.begin(&allowed, Class::Housekeeping).await?;
        let tasks: Vec<(Uuid,)> = write
            .tx()
            .fetch_all(
                "update task set retired_us = $2 where account = $1 and id in \
                 (select s.task from task_state s where s.account = $1 and s.over_us < $2 order by s.over_us limit $3) \
                 returning id",
                (account, closed_before_us, BATCH),
            )
            .await?;
        if tasks.is_empty() {
            return Ok(retired);
        }
        for (task,) in &tasks {
            write.refile_task(*task);
        }
        write.commit().await?;
        retired += tasks.len() as u64;
    }
}

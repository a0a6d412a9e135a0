//! Duties that are done account by account. What fails in one account holds up no other.

use super::Left;
use crate::{
    app::App,
    files,
    problem::{Problem, Result},
    tasks::retire,
    uploads,
};

/// Makes `entry.complete` for entries whose files did not arrive in time.
pub(super) async fn complete_entries(app: &App) -> Result<Left> {
    let now_us = app.environment.now_us();
    let mut failed = None;
    for account in files::complete::accounts_due(app, now_us).await? {
        keep(&mut failed, account, files::complete::complete_due(app, account, now_us).await);
    }
    done(failed)
}

/// Takes tasks that have long been over from phones.
pub(super) async fn retire_tasks(app: &App) -> Result<Left> {
    let mut failed = None;
    for account in all(app).await? {
        let result = match retire::closed_before_us(app, account).await {
            Ok(before_us) => retire::retire(app, account, before_us).await,
            Err(problem) => Err(problem),
        };
        keep(&mut failed, account, result);
    }
    done(failed)
}

/// Removes files that nothing refers to.
pub(super) async fn sweep_files(app: &App) -> Result<Left> {
    let now_us = app.environment.now_us();
    let mut failed = None;
    for account in all(app).await? {
        keep(&mut failed, account, files::sweep::sweep_part(app, account, now_us).await);
        keep(&mut failed, account, uploads::sweep::forgotten(app, account, now_us).await);
    }
    done(failed)
}

async fn all(app: &App) -> Result<Vec<i64>> {
    let accounts: Vec<(i64,)> = app.db.fetch_all("select id from account order by id", ()).await?;
    Ok(accounts.into_iter().map(|row| row.0).collect())
}

fn keep<T>(failed: &mut Option<Problem>, account: i64, result: Result<T>) {
    if let Err(problem) = result {
        tracing::warn!(account, %problem, "a duty failed in one account");
        *failed = Some(problem);
    }
}

fn done(failed: Option<Problem>) -> Result<Left> {
    failed.map_or(Ok(Left::Nothing), Err)
}

//! Duties that are done account by account. What fails in one account holds up no other.

use futures_util::future::BoxFuture;

use super::Left;
use crate::{app::App, problem::Result};

/// Does something for every account of `accounts`, or of the server where none are named; the last problem is given
/// when all were tried.
pub async fn each_account(
    app: &App,
    accounts: Option<Vec<i64>>,
    run: for<'a> fn(&'a App, i64) -> BoxFuture<'a, Result<()>>,
) -> Result<Left> {
    let accounts = match accounts {
        Some(accounts) => accounts,
        None => all(app).await?,
    };
    let mut failed = None;
    for account in accounts {
        if let Err(problem) = run(app, account).await {
            tracing::warn!(account, %problem, "a duty failed in one account");
            failed = Some(problem);
        }
    }
    failed.map_or(Ok(Left::Nothing), Err)
}

async fn all(app: &App) -> Result<Vec<i64>> {
    let accounts: Vec<(i64,)> = app.db.fetch_all("select id from account order by id", ()).await?;
    Ok(accounts.into_iter().map(|row| row.0).collect())
}

//! Accounts: the companies that use this server.

use campo_protocol::{chain::GENESIS, faults::Faults};
use sqlx::FromRow;

use crate::{
    app::App,
    problem::{Code, Problem, Result},
};

/// What a new account is.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its stable code: letters, digits and `-`
    pub code: String,
    /// Its name
    pub name: String,
    /// Its IANA zone
    pub zone: String,
    /// `es` or `en`
    pub language: String,
}

/// Makes an account and its head. For the operator alone: no caller of the API can.
pub async fn create(app: &App, new: &NewAccount) -> Result<i64> {
    let mut faults = Faults::default();
    faults.check_required_text("/code", &new.code, 50);
    if !new.code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        faults.add("/code", "out_of_range", &new.code, "letters, digits and `-`");
    }
    faults.check_required_text("/name", &new.name, 300);
    if jiff::tz::TimeZone::get(&new.zone).is_err() {
        faults.add("/zone", "unknown_zone", &new.zone, "an IANA zone such as America/Lima");
    }
    if !["es", "en"].contains(&new.language.as_str()) {
        faults.add("/language", "unknown_value", &new.language, "`es` or `en`");
    }
    faults.into_result().map_err(Problem::from)?;
    let mut tx = app.db.begin().await?;
    let existing: Option<(i64,)> =
        tx.fetch_optional("select id from account where code = $1", (new.code.as_str(),)).await?;
    if existing.is_some() {
        return Err(Problem::new(Code::AlreadyExists).with("field", "/code").with("value", &new.code));
    }
    let (id,): (i64,) = tx.fetch_one("select coalesce(max(id), 0) + 1 from account", ()).await?;
    tx.execute(
        "insert into account (id, code, name, zone, language, state, settings, created_us) \
         values ($1, $2, $3, $4, $5, 'enabled', '{}', $6)",
        (
            id,
            new.code.as_str(),
            new.name.as_str(),
            new.zone.as_str(),
            new.language.as_str(),
            app.environment.now_us(),
        ),
    )
    .await?;
    tx.execute(
        "insert into account_head (account, entry, event, change, task_number, directory, link) \
         values ($1, 0, 0, 0, 0, 0, $2)",
        (id, &GENESIS[..]),
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// An account as the operator sees it.
#[derive(Debug, FromRow)]
pub struct Account {
    /// Its id
    pub id: i64,
    /// Its code
    pub code: String,
    /// Its name
    pub name: String,
    /// Its IANA zone
    pub zone: String,
    /// `enabled` or `disabled`
    pub state: String,
}

/// Every account, by id. For the operator alone: no caller of the API can.
pub async fn list(app: &App) -> Result<Vec<Account>> {
    app.db.fetch_all("select id, code, name, zone, state from account order by id", ()).await
}

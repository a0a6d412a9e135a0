//! Accounts: the companies that use this server, and what each decides about itself.

pub mod own;
mod routes;
pub mod settings;

use std::collections::HashMap;

use campo_protocol::{chain::GENESIS, civil::check_zone, faults::Faults, model::employee::Language};
use sqlx::FromRow;

use self::settings::Settings;
use crate::{
    access::Permissions,
    app::App,
    database::Tx,
    log::{
        changes,
        head::{self, Head},
    },
    problem::{Code, Problem, Result},
    profiles::profile::{self, ProfileDraft},
    secrets::{Secret, hash_password},
    server_setting,
    users::{
        password,
        user::{self, UserDraft},
    },
};

pub use self::routes::routes;

/// The code of the first profile of an account, and of its first user.
const ADMINISTRATOR: &str = "administrator";

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

/// The first user of a new account.
#[derive(Debug, Clone)]
pub struct Administrator {
    /// The name to log in with
    pub login: String,
    /// The name that people read
    pub name: String,
}

/// A new account and how its administrator gets in.
#[derive(Debug)]
pub struct Administered {
    /// The account
    pub account: i64,
    /// The administrator's first password; nothing else knows it
    pub password: Secret,
}

/// Makes an account and its head. For the operator alone: no caller of the API can.
pub async fn create(app: &App, new: &NewAccount) -> Result<i64> {
    let mut tx = app.db.begin().await?;
    let id = insert(app, &mut tx, new).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes an account with a profile `administrator`, which can do everything, and a first user of it. All or nothing.
/// For the operator alone.
pub async fn create_with_administrator(
    app: &App,
    new: &NewAccount,
    administrator: &Administrator,
) -> Result<Administered> {
    let password = password::generate(&app.environment);
    let (given, environment) = (password.clone(), app.environment.clone());
    let hash = app.guards.hash(move || hash_password(given.reveal(), &environment)).await??;
    let (profile_id, user_id) = (app.environment.uuid(), app.environment.uuid());
    let spanish = new.language == "es";
    let profile = ProfileDraft {
        code: ADMINISTRATOR.to_owned(),
        name: if spanish { "Administrador" } else { "Administrator" }.to_owned(),
        permissions: Permissions::grantable().names(),
        everything: true,
        ..ProfileDraft::default()
    };
    let user = UserDraft {
        code: ADMINISTRATOR.to_owned(),
        name: administrator.name.clone(),
        login: administrator.login.clone(),
        email: None,
        profile: campo_protocol::model::Ref::Id(profile_id),
        language: if spanish { Language::Es } else { Language::En },
        state: crate::access::AccessState::Enabled,
        custom: std::collections::BTreeMap::new(),
    };
    user.check()?;
    let now_us = app.environment.now_us();
    let mut tx = app.db.begin().await?;
    let account = insert(app, &mut tx, new).await?;
    profile::insert(&mut tx, account, profile_id, &profile, now_us).await?;
    user::insert(&mut tx, (account, user_id), profile_id, &user, &hash, now_us).await?;
    tx.commit().await?;
    Ok(Administered { account, password })
}

async fn insert(app: &App, tx: &mut Tx, new: &NewAccount) -> Result<i64> {
    let mut faults = Faults::default();
    faults.check_required_text("/code", &new.code, 50);
    if !new.code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        faults.add("/code", "out_of_range", &new.code, "letters, digits and `-`");
    }
    faults.check_required_text("/name", &new.name, 300);
    check_zone(&mut faults, "/zone", &new.zone);
    if !["es", "en"].contains(&new.language.as_str()) {
        faults.add("/language", "unknown_value", &new.language, "`es` or `en`");
    }
    faults.into_result().map_err(Problem::from)?;
    // Ids are counted, and two at once would take the same one. A new account has no row to lock yet, so that all of
    // them lock one that is always there.
    server_setting::lock(tx).await?;
    let existing: Option<(i64,)> =
        tx.fetch_optional("select id from account where code = $1", (new.code.as_str(),)).await?;
    if existing.is_some() {
        return Err(Problem::new(Code::AlreadyExists).with("field", "/code").with("value", &new.code));
    }
    let (id,): (i64,) = tx.fetch_one("select coalesce(max(id), 0) + 1 from account", ()).await?;
    tx.execute(
        "insert into account (id, code, name, zone, language, state, settings, version, created_us) \
         values ($1, $2, $3, $4, $5, 'enabled', '{}', 1, $6)",
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
    let head = Head {
        account: id,
        entry: 0,
        event: 0,
        change: 0,
        task_number: 0,
        directory: 0,
        link: GENESIS.to_vec(),
    };
    let mut heads = HashMap::from([(id, head)]);
    let view = own::view(&new.name, &new.zone, &new.language, &Settings::default())?;
    let mut inserts = tx.inserts();
    changes::publish(tx, &mut inserts, &mut heads, vec![(id, view)]).await?;
    head::update(&mut inserts, &heads.values().collect::<Vec<_>>())?;
    tx.insert_all(inserts).await?;
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

//! Sessions of users: logging in and out, and who one is.

use std::net::IpAddr;

use campo_protocol::model::employee::Language;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{
        Caller, OwnSession, PermissionName, Permissions, Principal, authenticate::permissions,
        guard::address_key, login::login_name,
    },
    accounts::own::language_of,
    api::time::Instant,
    app::App,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::{Bearer, Holder, NOBODY, Secret, verify_password},
};

/// A session ends after this at the latest, however busy it is.
const LONGEST_US: i64 = 7 * 24 * 3600 * 1_000_000;
/// Sessions that ended so long ago are removed at the next log-in.
const KEPT_US: i64 = 30 * 24 * 3600 * 1_000_000;

/// Name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The user's name to log in
    pub login: String,
    /// The password
    pub password: Secret,
}

/// A new session.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedIn {
    /// The bearer secret of the session: it is shown this once
    pub token: String,
    /// When it ends at the latest
    pub expires_at: Instant,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub who: Who,
}

/// What a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhoKind {
    /// A person at the console
    User,
    /// A customer's system
    Key,
    /// A phone
    Installation,
}

/// Who one is, and what one may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Who {
    /// What one is
    pub kind: WhoKind,
    /// The id of the user, key or installation
    pub id: Uuid,
    /// Its name
    pub name: String,
    /// What one may do
    pub permissions: Vec<PermissionName>,
    /// The company
    pub account: WhoAccount,
}

/// The company that somebody belongs to.
#[derive(Debug, Serialize, FromRow, ToSchema)]
pub struct WhoAccount {
    /// Its id on this server
    pub id: i64,
    /// Its stable code
    pub code: String,
    /// Its name
    pub name: String,
    /// Its IANA zone
    pub zone: String,
    /// Its language
    #[sqlx(try_from = "String")]
    #[schema(value_type = Language)]
    pub language: AccountLanguage,
}

/// A language read from a table.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(transparent)]
pub struct AccountLanguage(Language);

impl From<String> for AccountLanguage {
    fn from(name: String) -> Self {
        Self(language_of(&name))
    }
}

#[derive(FromRow)]
struct UserRow {
    account: i64,
    id: Uuid,
    password: String,
    permissions: String,
}

/// Logs a person in. A wrong name takes as long as a wrong password, and both answer the same; tries are counted by
/// name and by `address`.
pub async fn log_in(app: &App, address: Option<IpAddr>, given: &Credentials) -> Result<LoggedIn> {
    let (login, from) = (login_name(&given.login), address_key(address));
    let now_us = app.environment.monotonic_us();
    app.guards.login_addresses.take(&from, now_us)?;
    app.guards.login_names.take(&login, now_us)?;
    let row: Option<UserRow> = app
        .db
        .fetch_optional(
            "select u.account, u.id, u.password, p.permissions from login l \
             join account a on a.id = l.account \
             join account_user u on u.account = l.account and u.id = l.holder_id \
             join profile p on p.account = u.account and p.id = u.profile \
             where l.host = '' and l.name = $1 and l.holder = 'user' and u.state = 'enabled' \
             and p.state = 'enabled' and a.state = 'enabled'",
            (login.as_str(),),
        )
        .await?;
    let stored = row.as_ref().map_or(NOBODY, |row| &row.password).to_owned();
    let (password, phc) = (given.password.clone(), stored.clone());
    let right = app.guards.hash(move || verify_password(password.reveal(), &phc)).await?;
    let row = row.filter(|_| right).ok_or(Code::CredentialsWrong)?;
    app.guards.login_addresses.give_back(&from);
    app.guards.login_names.give_back(&login);
    let caller = Caller {
        account: row.account,
        principal: Principal::User(row.id),
        permissions: permissions(&row.permissions)?,
    };
    let write = app.log.begin(&caller.oneself(), Class::Office).await?;
    let (bearer, expires_us) = open(app, write, row.id, &stored).await?;
    let who = who(app, &caller).await?;
    Ok(LoggedIn { token: bearer.format(), expires_at: Instant(expires_us), who })
}

/// Opens a session, unless the password that was right is another one by now or the user may not log in any more.
async fn open(app: &App, mut write: Write, user: Uuid, password: &str) -> Result<(Bearer, i64)> {
    let (account, now_us) = (write.account(), write.now_us);
    let id = write.new_id();
    let bearer = Bearer::new(account, Holder::Session, id, write.environment());
    let token = write.secrets().token_hash(&bearer.secret).to_vec();
    let expires_us = now_us + LONGEST_US.max(app.limits.session_us);
    let opened = write
        .tx()
        .execute(
            "insert into user_session (account, id, account_user, token, created_us, seen_us, expires_us) \
             select u.account, $3, u.id, $4, $5, $5, $6 from account_user u \
             where u.account = $1 and u.id = $2 and u.state = 'enabled' and u.password = $7",
            (account, user, id, token, now_us, expires_us, password),
        )
        .await?;
    if opened == 0 {
        return Err(Code::CredentialsWrong.into());
    }
    write
        .tx()
        .execute(
            "delete from user_session where account = $1 and account_user = $2 and expires_us < $3",
            (account, user, now_us - KEPT_US),
        )
        .await?;
    write.commit().await?;
    Ok((bearer, expires_us))
}

/// Ends the session behind the request.
pub async fn log_out(app: &App, own: &OwnSession) -> Result<()> {
    let mut write = app.log.begin(&own.caller.oneself(), Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update user_session set revoked_us = $3 where account = $1 and id = $2 and revoked_us is null",
            (account, own.session, now_us),
        )
        .await?;
    write.commit().await?;
    Ok(())
}

/// Who a caller is.
pub async fn who(app: &App, caller: &Caller) -> Result<Who> {
    let account: Option<WhoAccount> = app
        .db
        .fetch_optional("select id, code, name, zone, language from account where id = $1", (caller.account,))
        .await?;
    let (kind, id, sql) = match caller.principal {
        Principal::User(id) => {
            (WhoKind::User, id, "select name from account_user where account = $1 and id = $2")
        }
        Principal::Key(id) => {
            (WhoKind::Key, id, "select name from access_key where account = $1 and id = $2")
        }
        Principal::Installation(id) => {
            (WhoKind::Installation, id, "select name from installation where account = $1 and id = $2")
        }
        Principal::Duty(_) => return Err(Problem::new(Code::NotFound)),
    };
    let name: Option<(String,)> = app.db.fetch_optional(sql, (caller.account, id)).await?;
    Ok(Who {
        kind,
        id,
        name: name.ok_or(Code::NotFound)?.0,
        permissions: Permissions::names(caller.permissions),
        account: account.ok_or(Code::NotFound)?,
    })
}

//! Sessions of users: logging in and out, and who one is.

use std::net::IpAddr;

use campo_protocol::model::employee::Language;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{
        Caller, OwnSession, PermissionName, Permissions, Principal,
        authenticate::{Presented, permissions},
        login::{login_name, whose_password},
        tries::Try,
    },
    accounts::own::language_of,
    api::time::Instant,
    app::App,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::{Bearer, Holder, Secret},
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
    /// The code of the company, where the same name and password open several; the one that had the name first is meant
    /// without it
    #[serde(default)]
    pub account: Option<String>,
    /// True for a browser: the session is kept in a cookie that no script can read, and the answer has no token
    #[serde(default)]
    pub cookie: bool,
}

/// A new session.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedIn {
    /// The bearer secret of the session: it is shown this once, and not where the session is in a cookie
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
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
    /// The name with which a user logs in
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// What one may do
    pub permissions: Vec<PermissionName>,
    /// True when somebody else set the password: a browser must change it before anything else
    pub must_change_password: bool,
    /// The language in which a user reads
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Language>)]
    pub language: Option<AccountLanguage>,
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
    code: String,
    id: Uuid,
    password: String,
    permissions: String,
}

/// From where somebody logs in.
#[derive(Debug, Clone)]
pub struct Place {
    /// The address
    pub address: Option<IpAddr>,
    /// What the program says it is, shortened
    pub agent_text: Option<String>,
    /// The browser, where somebody of that name logged in with it before
    pub device: Option<Uuid>,
}

/// Finds whoever has a name and logged in from an address not long ago.
const LOGGED_IN_FROM: &str = "select s.id from login l join user_session s on s.account = l.account \
                              and s.account_user = l.holder_id where l.name = $1 and l.holder = 'user' \
                              and s.address = $2 and s.created_us >= $3 limit 1";

/// Logs a person in. A wrong name takes as long as a wrong password, and both answer the same; tries are counted by
/// name and by address. The bearer secret of the session stands beside what is said of it.
pub async fn log_in(app: &App, place: Place, given: &Credentials) -> Result<(Secret, LoggedIn)> {
    let login = login_name(&given.login);
    let mut tries = Try::begin(app);
    match place.device {
        Some(device) => tries.count_log_in_with(device, &login).await?,
        None => tries.count_log_in(&login, place.address, LOGGED_IN_FROM).await?,
    }
    let (row, stored) = tries.end(find(app, &login, given).await).await?;
    let caller = Caller {
        account: row.account,
        principal: Principal::User(row.id),
        permissions: permissions(&row.permissions)?,
    };
    let write = app.log.begin(&caller.oneself(), Class::Office).await?;
    let by = if given.cookie { Presented::Cookie } else { Presented::Header };
    let (bearer, expires_us) = open(app, write, row.id, &stored, (by, place)).await?;
    let who = who(app, &caller).await?;
    let token = Secret::new(bearer.format());
    let shown = (!given.cookie).then(|| token.reveal().to_owned());
    Ok((token, LoggedIn { token: shown, expires_at: Instant(expires_us), who }))
}

/// The user of a name whose password this is, with its hash.
async fn find(app: &App, login: &str, given: &Credentials) -> Result<(UserRow, String)> {
    let rows: Vec<UserRow> = app
        .db
        .fetch_all(
            "select u.account, a.code, u.id, u.password, p.permissions from login l \
             join account a on a.id = l.account \
             join account_user u on u.account = l.account and u.id = l.holder_id \
             join profile p on p.account = u.account and p.id = u.profile \
             where l.name = $1 and l.holder = 'user' and u.state = 'enabled' \
             and p.state = 'enabled' and a.state = 'enabled' order by l.host",
            (login,),
        )
        .await?;
    let hashes = rows.iter().map(|row| Some(row.password.clone())).collect();
    let right = whose_password(app, &given.password, hashes).await?;
    let is_meant = |row: &UserRow| given.account.as_ref().is_none_or(|code| *code == row.code);
    let found = rows.into_iter().zip(right).find(|(row, right)| *right && is_meant(row));
    let (row, _) = found.ok_or(Code::CredentialsWrong)?;
    let stored = row.password.clone();
    Ok((row, stored))
}

/// Opens a session, unless the password that was right is another one by now or the user may not log in any more.
async fn open(
    app: &App,
    mut write: Write,
    user: Uuid,
    password: &str,
    (by, place): (Presented, Place),
) -> Result<(Bearer, i64)> {
    let (account, now_us) = (write.account(), write.now_us);
    let id = write.new_id();
    let bearer = Bearer::new(account, Holder::Session, id, write.secrets(), write.environment());
    let token = write.secrets().token_hash(&bearer.secret).to_vec();
    let expires_us = now_us + LONGEST_US.max(app.limits.session_us);
    let opened = write
        .tx()
        .execute(
            "insert into user_session (account, id, account_user, token, created_us, seen_us, expires_us, kind, \
             address, agent_text) \
             select u.account, $3, u.id, $4, $5, $5, $6, $8, $9, $10 from account_user u \
             where u.account = $1 and u.id = $2 and u.state = 'enabled' and u.password = $7",
            (
                account,
                user,
                id,
                token,
                now_us,
                expires_us,
                password,
                by.session_kind(),
                place.address.map(|address| address.to_string()),
                place.agent_text,
            ),
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
    end(app, own, own.session).await
}

/// Ends one of one's own sessions. [`Code::NotFound`] when it is none, or over.
pub async fn end(app: &App, own: &OwnSession, session: Uuid) -> Result<()> {
    let mut write = app.log.begin(&own.caller.oneself(), Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let ended = write
        .tx()
        .execute(
            "update user_session set revoked_us = $4 \
             where account = $1 and id = $2 and account_user = $3 and revoked_us is null",
            (account, session, own.user, now_us),
        )
        .await?;
    write.commit().await?;
    if ended == 0 && session != own.session {
        return Err(Code::NotFound.into());
    }
    Ok(())
}

#[derive(FromRow)]
struct Named {
    name: String,
    login: Option<String>,
    must_change: bool,
    language: Option<String>,
}

/// A session of one's own that can be ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenSession {
    /// Its id
    pub id: Uuid,
    /// True for the one behind this request
    pub current: bool,
    /// True for a browser's, false for one whose token a program holds
    pub browser: bool,
    /// From which address it was opened
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What the program said it is
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// When it was opened
    pub opened_at: Instant,
    /// When it was used last, to the minute
    pub used_at: Instant,
    /// When it ends if it is not used any more
    pub unused_ends_at: Instant,
    /// When it ends at the latest
    pub expires_at: Instant,
}

#[derive(FromRow)]
struct OpenRow {
    id: Uuid,
    kind: String,
    address: Option<String>,
    agent_text: Option<String>,
    created_us: i64,
    seen_us: i64,
    expires_us: i64,
}

/// The most sessions that are listed: the newest.
const LISTED: i64 = 200;

/// One's own sessions that are not over, the one used last first.
pub async fn own(app: &App, own: &OwnSession) -> Result<Vec<OpenSession>> {
    let now_us = app.environment.now_us();
    let rows: Vec<OpenRow> = app
        .db
        .fetch_all(
            "select id, kind, address, agent_text, created_us, seen_us, expires_us from user_session \
             where account = $1 and account_user = $2 and revoked_us is null and expires_us > $3 and seen_us > $4 \
             order by seen_us desc, id limit $5",
            (own.caller.account, own.user, now_us, now_us - app.limits.session_us, LISTED),
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| OpenSession {
            id: row.id,
            current: row.id == own.session,
            browser: row.kind == Presented::Cookie.session_kind(),
            address: row.address,
            user_agent: row.agent_text,
            opened_at: Instant(row.created_us),
            used_at: Instant(row.seen_us),
            unused_ends_at: Instant(row.expires_us.min(row.seen_us.saturating_add(app.limits.session_us))),
            expires_at: Instant(row.expires_us),
        })
        .collect())
}

/// Who a caller is.
pub async fn who(app: &App, caller: &Caller) -> Result<Who> {
    let account: Option<WhoAccount> = app
        .db
        .fetch_optional("select id, code, name, zone, language from account where id = $1", (caller.account,))
        .await?;
    let (kind, id, sql) = match caller.principal {
        Principal::User(id) => (
            WhoKind::User,
            id,
            "select u.name, l.name as login, u.must_change, u.language from account_user u \
             left join login l on l.account = u.account and l.holder = 'user' and l.holder_id = u.id \
             where u.account = $1 and u.id = $2",
        ),
        Principal::Key(id) => (
            WhoKind::Key,
            id,
            "select name, null as login, false as must_change, null as language from access_key \
             where account = $1 and id = $2",
        ),
        Principal::Installation(id) => (
            WhoKind::Installation,
            id,
            "select name, null as login, false as must_change, null as language from installation \
             where account = $1 and id = $2",
        ),
        Principal::Intake(_) | Principal::Agent(_) | Principal::Duty(_) => {
            return Err(Problem::new(Code::NotFound));
        }
    };
    let row: Option<Named> = app.db.fetch_optional(sql, (caller.account, id)).await?;
    let row = row.ok_or(Code::NotFound)?;
    Ok(Who {
        kind,
        id,
        name: row.name,
        login: row.login,
        must_change_password: row.must_change,
        language: row.language.map(AccountLanguage::from),
        permissions: Permissions::names(caller.permissions),
        account: account.ok_or(Code::NotFound)?,
    })
}

//! From a request to its caller: the bearer secret, what the database says of its holder, and the permission that
//! the route states.

use std::{net::IpAddr, ops::Deref, sync::PoisonError};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use ipnet::IpNet;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Allowed, Caller, Permission, PermissionName, Permissions, Principal,
    browser::{self, Cookie},
    client_address,
};
use crate::{
    api::noted::Noted,
    app::App,
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::{Bearer, Holder, same},
};

/// How long a revoked installation may still hand in what it captured before: 60 days.
pub const HAND_IN_AFTER_REVOCATION_US: i64 = 60 * 24 * 3600 * 1_000_000;

/// How much a session's `seen_us` lags behind: it is not worth a transaction for every request.
const SEEN_STEP_US: i64 = 60 * 1_000_000;

/// A request whose caller has the permission `P`. As an extractor it states the route's permission.
#[derive(Debug)]
pub struct Auth<P>(pub Allowed<P>);

impl<P> Deref for Auth<P> {
    type Target = Allowed<P>;

    fn deref(&self) -> &Allowed<P> {
        &self.0
    }
}

impl<P: Permission> FromRequestParts<App> for Auth<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self(authenticate(app, parts).await?.allow()?))
    }
}

/// A request of anybody who is authenticated.
#[derive(Debug)]
pub struct Anybody(pub Caller);

impl FromRequestParts<App> for Anybody {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        authenticate(app, parts).await.map(Self)
    }
}

/// A person at the console, with the session behind the request.
#[derive(Debug)]
pub struct OwnSession {
    /// Who it is
    pub caller: Caller,
    /// The user
    pub user: Uuid,
    /// The session
    pub session: Uuid,
}

impl FromRequestParts<App> for OwnSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let session = presented(app, &parts.headers)?.0.id;
        let caller = authenticate(app, parts).await?;
        match caller.principal {
            Principal::User(user) => Ok(Self { caller, user, session }),
            _ => Err(Code::Forbidden.into()),
        }
    }
}

/// A phone that hands in what it captured. A revoked one may for 60 days more; a stolen one may not.
#[derive(Debug)]
pub struct Phone {
    /// Its installation
    pub installation: Uuid,
    /// The proof
    pub allowed: Allowed<super::permissions::HandIn>,
    /// True when the installation was revoked: it reads nothing
    pub revoked: bool,
}

impl Phone {
    /// The phone that has this bearer secret.
    pub async fn identify(app: &App, secret: &str) -> Result<Self> {
        let bearer = Bearer::parse(secret).ok_or(Code::Unauthenticated)?;
        if bearer.holder != Holder::Installation {
            return Err(Problem::new(Code::Forbidden).with("permission", PermissionName::HandIn.name()));
        }
        let row = installation(app, &bearer).await?;
        let revoked = row.state == "revoked";
        let late = row
            .revoked_us
            .is_some_and(|at_us| app.environment.now_us() - at_us > HAND_IN_AFTER_REVOCATION_US);
        if revoked && late {
            return Err(Problem::new(Code::Revoked));
        }
        let caller = Caller {
            account: bearer.account,
            principal: Principal::Installation(bearer.id),
            permissions: Permissions::of_installation(),
        };
        Ok(Self { installation: bearer.id, allowed: caller.allow()?, revoked })
    }
}

impl FromRequestParts<App> for Phone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Self::identify(app, secret(&parts.headers)?).await
    }
}

/// The account for which a request reads, before anything was read: the one that its bearer secret names, where this
/// server made the secret, or it was right here before. What a stranger makes up is of no account, and so stands in
/// nobody's way.
pub fn claimed_account(app: &App, headers: &HeaderMap) -> Option<i64> {
    let text = if headers.contains_key(header::AUTHORIZATION) {
        secret(headers).ok()?
    } else {
        browser::cookie(headers, Cookie::Session)?
    };
    let bearer = Bearer::parse(text)?;
    (bearer.is_checked(&app.secrets) || app.guards.proven.has(&bearer)).then_some(bearer.account)
}

/// The bearer secret of a request, as it was sent.
fn secret(headers: &HeaderMap) -> Result<&str> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Code::Unauthenticated.into()) }
}

/// By what a request says who it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// A header that a program sets
    Header,
    /// A cookie that a browser keeps
    Cookie,
}

impl Presented {
    /// The kind of a session that is presented so, in tables.
    pub const fn session_kind(self) -> &'static str {
        match self {
            Self::Header => "bearer",
            Self::Cookie => "cookie",
        }
    }
}

/// What a request shows of its caller. Where it has `Authorization` its cookie is ignored; a cookie counts only where a
/// page of ours asked.
fn presented(app: &App, headers: &HeaderMap) -> Result<(Bearer, Presented)> {
    let (text, by) = match browser::cookie(headers, Cookie::Session) {
        Some(cookie) if !headers.contains_key(header::AUTHORIZATION) => {
            browser::check_same_origin(app, headers)?;
            (cookie, Presented::Cookie)
        }
        _ => (secret(headers)?, Presented::Header),
    };
    let bearer = Bearer::parse(text).ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    if by == Presented::Cookie && bearer.holder != Holder::Session {
        return Err(Code::Unauthenticated.into());
    }
    Ok((bearer, by))
}

/// The caller behind a request. Everything is asked of the database each time, so that a revocation holds from the
/// next request on.
pub async fn authenticate(app: &App, parts: &Parts) -> Result<Caller> {
    let (bearer, by) = presented(app, &parts.headers)?;
    match bearer.holder {
        Holder::Key => {
            let address = client_address(app, parts);
            let caller = key(app, &bearer, address).await?;
            Noted::caller(&parts.extensions, &caller, address);
            Ok(caller)
        }
        Holder::Session => session(app, &bearer, by, parts.uri.path()).await,
        Holder::Agent => agent(app, &bearer).await,
        Holder::Link => Err(Code::Unauthenticated.into()),
        Holder::Installation => {
            let row = installation(app, &bearer).await?;
            if row.state == "revoked" {
                return Err(Problem::new(Code::Revoked));
            }
            Ok(Caller {
                account: bearer.account,
                principal: Principal::Installation(bearer.id),
                permissions: Permissions::of_installation(),
            })
        }
    }
}

fn unauthenticated_unless(app: &App, bearer: &Bearer, stored: &[u8]) -> Result<()> {
    if is_of(app, bearer, stored) { Ok(()) } else { Err(Code::Unauthenticated.into()) }
}

/// True when the secret is the one of which this hash is stored. One that has no check is remembered then.
fn is_of(app: &App, bearer: &Bearer, stored: &[u8]) -> bool {
    let is_right = same(&app.secrets.token_hash(&bearer.secret), stored);
    if is_right && !bearer.is_checked(&app.secrets) {
        app.guards.proven.note(bearer);
    }
    is_right
}

#[derive(FromRow)]
struct KeyRow {
    token: Vec<u8>,
    previous_token: Option<Vec<u8>>,
    previous_until_us: Option<i64>,
    permissions: String,
    networks: String,
    expires_us: Option<i64>,
}

async fn key(app: &App, bearer: &Bearer, address: Option<IpAddr>) -> Result<Caller> {
    let row: KeyRow = app
        .db
        .fetch_optional(
            "select k.token, k.previous_token, k.previous_until_us, k.permissions, k.networks, k.expires_us \
             from access_key k join account a on a.id = k.account \
             where k.account = $1 and k.id = $2 and k.state = 'enabled' and a.state = 'enabled'",
            (bearer.account, bearer.id),
        )
        .await?
        .ok_or(Code::Unauthenticated)?;
    let before = row.previous_until_us.filter(|until_us| app.environment.now_us() < *until_us);
    if !before.and(row.previous_token).is_some_and(|before| is_of(app, bearer, &before)) {
        unauthenticated_unless(app, bearer, &row.token)?;
    }
    if row.expires_us.is_some_and(|at_us| at_us <= app.environment.now_us()) {
        return Err(Code::Unauthenticated.into());
    }
    if !network_allows(&row.networks, address)? {
        return Err(Problem::new(Code::NetworkNotAllowed));
    }
    Ok(Caller {
        account: bearer.account,
        principal: Principal::Key(bearer.id),
        permissions: permissions(&row.permissions)?,
    })
}

async fn agent(app: &App, bearer: &Bearer) -> Result<Caller> {
    let row: Option<(Option<Vec<u8>>, String)> = app
        .db
        .fetch_optional(
            "select g.token, g.permissions from agent g join account a on a.id = g.account \
             where g.account = $1 and g.id = $2 and g.state = 'enabled' and a.state = 'enabled'",
            (bearer.account, bearer.id),
        )
        .await?;
    let (token, held) = row.ok_or(Code::Unauthenticated)?;
    unauthenticated_unless(app, bearer, &token.ok_or(Code::Unauthenticated)?)?;
    Ok(Caller {
        account: bearer.account,
        principal: Principal::Agent(bearer.id),
        permissions: permissions(&held)?,
    })
}

/// True when `networks`, a JSON list, is empty or has one that contains `address`.
pub fn network_allows(networks: &str, address: Option<IpAddr>) -> Result<bool> {
    let networks: Vec<IpNet> = serde_json::from_str(networks).map_err(Problem::internal)?;
    Ok(networks.is_empty()
        || address.is_some_and(|address| networks.iter().any(|net| net.contains(&address))))
}

/// In a stored list of permissions: every permission that can be granted, those of later releases too.
pub const EVERYTHING: &str = "*";

/// True when a stored list of permissions holds [`EVERYTHING`].
pub fn holds_everything(stored: &str) -> Result<bool> {
    let names: Vec<String> = serde_json::from_str(stored).map_err(Problem::internal)?;
    Ok(names.iter().any(|name| name == EVERYTHING))
}

/// A stored list of permissions. A name that this release does not know was granted by a newer one and is left out.
pub fn permissions(stored: &str) -> Result<Permissions> {
    if holds_everything(stored)? {
        return Ok(Permissions::grantable());
    }
    let names: Vec<String> = serde_json::from_str(stored).map_err(Problem::internal)?;
    Ok(names
        .iter()
        .filter_map(|name| PermissionName::ALL.iter().copied().find(|known| known.name() == name))
        .filter(|name| name.can_be_granted())
        .collect())
}

#[derive(FromRow)]
struct SessionRow {
    token: Vec<u8>,
    expires_us: i64,
    seen_us: i64,
    kind: String,
    must_change: bool,
    account_user: Uuid,
    permissions: String,
}

/// Where a person whose password somebody else set may go before it is changed.
const OWN_SESSION: &str = "/v1/session";
/// The stream that a console keeps open: that it listens is no sign of life of a person.
const LIVE: &str = "/v1/live";

async fn session(app: &App, bearer: &Bearer, by: Presented, path: &str) -> Result<Caller> {
    let row: SessionRow = app
        .db
        .fetch_optional(
            "select s.token, s.expires_us, s.seen_us, s.kind, u.must_change, s.account_user, p.permissions \
             from user_session s \
             join account a on a.id = s.account \
             join account_user u on u.account = s.account and u.id = s.account_user \
             join profile p on p.account = u.account and p.id = u.profile \
             where s.account = $1 and s.id = $2 and s.revoked_us is null and u.state = 'enabled' \
             and p.state = 'enabled' and a.state = 'enabled'",
            (bearer.account, bearer.id),
        )
        .await?
        .ok_or(Code::Unauthenticated)?;
    unauthenticated_unless(app, bearer, &row.token)?;
    if row.kind != by.session_kind() {
        return Err(Code::Unauthenticated.into());
    }
    let now_us = app.environment.now_us();
    if row.expires_us <= now_us || row.seen_us + app.limits.session_us <= now_us {
        return Err(Code::SessionExpired.into());
    }
    let caller = Caller {
        account: bearer.account,
        principal: Principal::User(row.account_user),
        permissions: permissions(&row.permissions)?,
    };
    if by == Presented::Cookie && row.must_change && !path.starts_with(OWN_SESSION) {
        return Err(Code::PasswordMustChange.into());
    }
    if now_us - row.seen_us >= SEEN_STEP_US && path != LIVE {
        note_seen(app, &caller, bearer.id, now_us);
    }
    Ok(caller)
}

/// Raises `seen_us` beside the request, which does not wait for a turn to write. One at a time for each session.
fn note_seen(app: &App, caller: &Caller, session: Uuid, now_us: i64) {
    let noting = &app.guards.noting_sessions;
    if !noting.lock().unwrap_or_else(PoisonError::into_inner).insert(session) {
        return;
    }
    let (app, allowed) = (app.clone(), caller.oneself());
    let forget = move |app: &App| {
        app.guards.noting_sessions.lock().unwrap_or_else(PoisonError::into_inner).remove(&session);
    };
    tokio::spawn(async move {
        let noted = async {
            let mut write = app.log.begin(&allowed, Class::Housekeeping).await?;
            write
                .tx()
                .execute(
                    "update user_session set seen_us = $3 where account = $1 and id = $2 and seen_us < $3",
                    (allowed.account(), session, now_us),
                )
                .await?;
            // Before the commit: whoever sees the instant can have a later one noted.
            forget(&app);
            write.commit().await
        };
        if let Err(problem) = noted.await {
            tracing::warn!(%problem, "a session's last request was not noted");
        }
        forget(&app);
    });
}

#[derive(FromRow)]
struct InstallationRow {
    token: Vec<u8>,
    state: String,
    revoked_us: Option<i64>,
}

async fn installation(app: &App, bearer: &Bearer) -> Result<InstallationRow> {
    let row: InstallationRow = app
        .db
        .fetch_optional(
            "select i.token, i.state, i.revoked_us from installation i join account a on a.id = i.account \
             where i.account = $1 and i.id = $2 and a.state = 'enabled'",
            (bearer.account, bearer.id),
        )
        .await?
        .ok_or(Code::Unauthenticated)?;
    unauthenticated_unless(app, bearer, &row.token)?;
    match row.state.as_str() {
        "active" | "revoked" => Ok(row),
        "stolen" => Err(Code::Stolen.into()),
        // Only a replica of the later release that made the state knows what such a phone may do, or must
        _ => Err(Code::Unavailable.into()),
    }
}

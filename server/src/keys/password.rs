//! The name and password of a key, for SOAP and FTP. It is encrypted and not hashed, since the digests of WS-Security
//! are made from the password itself.

use std::net::IpAddr;

use campo_protocol::{faults::Faults, model::Ref};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::key::{TokenRule, locked};
use crate::{
    access::{
        Allowed, Caller, Principal,
        authenticate::{network_allows, permissions},
        login::{self, LoginHolder, login_name},
        permissions::ManageKeys,
    },
    app::App,
    problem::{Problem, Result},
    scheduler::Class,
    secrets::Secret,
    users::password::generate,
};

/// The fewest and the most characters of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=200;
/// How often it is noted that a key calls, while it calls from the same address: once a day.
const NOTED_EVERY_US: i64 = 24 * 3600 * 1_000_000;

/// A name and a password for a key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyLogin {
    /// The name to log in with, unique in the account; up to three accounts may have the same
    pub login: String,
    /// The password, for a system that has one already; one is made where none is given
    #[serde(default)]
    pub password: Option<Secret>,
}

/// The name and password that a key has now.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyLoginSet {
    /// The name to log in with
    pub login: String,
    /// The password, where it was made here: it is shown this once
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// A key that somebody names, with the password that must be proven before [`Self::caller`] may act.
#[derive(Debug)]
pub struct KnownLogin {
    /// The key
    pub caller: Caller,
    /// Its password
    pub password: Secret,
    /// Whether it proves itself by a token
    pub token_rule: TokenRule,
    /// From where it called last, and when: microseconds since 1970 UTC
    used: (Option<String>, i64),
}

/// Gives a key a name and a password; those before no longer hold.
pub async fn set(
    app: &App,
    allowed: &Allowed<ManageKeys>,
    which: &Ref,
    given: &KeyLogin,
) -> Result<KeyLoginSet> {
    let login = login_name(&given.login);
    check(&login, given.password.as_ref())?;
    let password = given.password.clone().unwrap_or_else(|| generate(&app.environment));
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let key = locked(&mut write, allowed, which).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let plain = password.reveal().as_bytes();
    let sealed = write.secrets().seal(account, &purpose(key.id), plain, write.environment());
    login::set(write.tx(), account, LoginHolder::Key, key.id, &login).await?;
    write
        .tx()
        .execute(
            "update access_key set sealed_password = $3, version = version + 1, updated_us = $4 \
             where account = $1 and id = $2",
            (account, key.id, sealed, now_us),
        )
        .await?;
    write.commit().await?;
    let made = given.password.is_none();
    Ok(KeyLoginSet { login, password: made.then(|| password.reveal().to_owned()) })
}

/// Takes name and password of a key away.
pub async fn remove(app: &App, allowed: &Allowed<ManageKeys>, which: &Ref) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let key = locked(&mut write, allowed, which).await?;
    let (account, now_us) = (write.account(), write.now_us);
    login::remove(write.tx(), account, LoginHolder::Key, key.id).await?;
    write
        .tx()
        .execute(
            "update access_key set sealed_password = null, version = version + 1, updated_us = $3 \
             where account = $1 and id = $2",
            (account, key.id, now_us),
        )
        .await?;
    write.commit().await?;
    Ok(())
}

/// The keys that log in as `name` from `address`, as they may act now: each is asked for its password. Nobody of that
/// name, or a key that may not be used, is nobody: the caller answers all of them alike.
pub async fn find(app: &App, name: &str, address: Option<IpAddr>) -> Result<Vec<KnownLogin>> {
    #[derive(FromRow)]
    struct Row {
        account: i64,
        id: Uuid,
        permissions: String,
        networks: String,
        token_rule: String,
        sealed_password: Vec<u8>,
        used_from: Option<String>,
        used_us: Option<i64>,
    }
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select k.account, k.id, k.permissions, k.networks, k.token_rule, k.sealed_password, \
             k.used_from, k.used_us from login l \
             join account a on a.id = l.account \
             join access_key k on k.account = l.account and k.id = l.holder_id \
             where l.name = $1 and l.holder = 'key' and k.state = 'enabled' \
             and a.state = 'enabled' and k.sealed_password is not null \
             and (k.expires_us > $2 or k.expires_us is null) order by l.host",
            (login_name(name), app.environment.now_us()),
        )
        .await?;
    let mut known = Vec::new();
    for row in rows {
        if !network_allows(&row.networks, address)? {
            continue;
        }
        let opened = app.secrets.open(row.account, &purpose(row.id), &row.sealed_password);
        let password = opened
            .and_then(|plain| String::from_utf8(plain).ok())
            .ok_or_else(|| Problem::internal(anyhow::anyhow!("a key's password does not open")))?;
        let caller = Caller {
            account: row.account,
            principal: Principal::Key(row.id),
            permissions: permissions(&row.permissions)?,
        };
        let token_rule = TokenRule::from_name(&row.token_rule);
        let used = (row.used_from, row.used_us.unwrap_or_default());
        known.push(KnownLogin { caller, password: Secret::new(password), token_rule, used });
    }
    Ok(known)
}

/// Finds a key of a name that called from an address last, and not long ago: a customer's system goes on while somebody
/// guesses elsewhere. See [`Try::count_log_in`](crate::access::tries::Try::count_log_in).
pub const CALLED_FROM: &str = "select k.id from login l join access_key k on k.account = l.account and k.id = l.holder_id \
                               where l.name = $1 and l.holder = 'key' and k.used_from = $2 and k.used_us >= $3";

/// Notes from where a key called, once a day and where it is another place: each call would be a write otherwise.
pub async fn note_call(app: &App, known: &KnownLogin, address: Option<IpAddr>) -> Result<()> {
    let (from, now_us) = (address.map(|address| address.to_string()), app.environment.now_us());
    let (used_from, used_us) = &known.used;
    if *used_from == from && now_us - used_us < NOTED_EVERY_US {
        return Ok(());
    }
    let account = known.caller.account;
    let mut write = app.log.begin_beside(account, Class::Housekeeping).await?;
    write
        .tx()
        .execute(
            "update access_key set used_us = $3, used_from = $4 where account = $1 and id = $2",
            (account, known.caller.principal.id(), now_us, from),
        )
        .await?;
    write.commit().await
}

/// For which key a password is sealed, so that a row cannot be moved to another one.
fn purpose(key: Uuid) -> String {
    format!("password of key {key}")
}

fn check(login: &str, password: Option<&Secret>) -> Result<()> {
    let mut faults = Faults::default();
    login::check("/login", login, &mut faults);
    if password.is_some_and(|password| !LENGTH.contains(&password.reveal().chars().count())) {
        let (least, most) = LENGTH.into_inner();
        faults.add("/password", "out_of_range", "", format!("{least} to {most} characters"));
    }
    Ok(faults.into_result()?)
}

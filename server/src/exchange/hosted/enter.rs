//! Logging in to the exchange of files. A wrong name takes as long as a wrong password, both are answered alike, and
//! tries are counted together with those of people.

use std::net::IpAddr;

use sqlx::FromRow;
use uuid::Uuid;

use super::{Door, Hosted};
use crate::{
    access::{
        PermissionName,
        authenticate::{network_allows, permissions},
        login::{login_name, whose_password},
        tries::Try,
    },
    accounts::own::language_of,
    app::App,
    problem::{Code, Result},
    scheduler::Class,
    secrets::Secret,
    texts::Language,
};

/// Finds whoever has a name and logged in from an address last, and not long ago: a customer's system goes on while somebody
/// guesses elsewhere.
const ENTERED_FROM: &str = "select k.id from login l join key_login k on k.account = l.account and k.id = l.holder_id \
                            where l.name = $1 and l.holder = 'key_login' and k.used_from = $2 and k.used_us >= $3";

#[derive(FromRow)]
struct Row {
    account: i64,
    id: Uuid,
    key: Uuid,
    purposes: String,
    plain_ftp: bool,
    networks: String,
    password: Option<String>,
    key_networks: String,
    permissions: String,
    language: String,
}

async fn find(app: &App, name: &str) -> Result<Vec<Row>> {
    app.db
        .fetch_all(
            "select k.account, k.id, k.key, k.purposes, k.plain_ftp, k.networks, k.password, \
             o.networks as key_networks, o.permissions, a.language from login l \
             join account a on a.id = l.account \
             join key_login k on k.account = l.account and k.id = l.holder_id \
             join access_key o on o.account = k.account and o.id = k.key \
             where l.name = $1 and l.holder = 'key_login' and k.state = 'enabled' \
             and o.state = 'enabled' and a.state = 'enabled' and (o.expires_us > $2 or o.expires_us is null) \
             and (k.expires_us > $2 or k.expires_us is null) order by l.host",
            (name, app.environment.now_us()),
        )
        .await
}

impl Row {
    /// True when it may be used by this door, from there.
    fn opens(&self, door: Door, address: Option<IpAddr>) -> Result<bool> {
        let purposes: Vec<String> = serde_json::from_str(&self.purposes).unwrap_or_default();
        Ok(purposes.iter().any(|purpose| purpose == door.name())
            && (door != Door::FtpPlain || self.plain_ftp)
            && permissions(&self.permissions)?.has(PermissionName::UseFileExchange)
            && network_allows(&self.networks, address)?
            && network_allows(&self.key_networks, address)?)
    }

    fn entered(self, app: &App, door: Door) -> Hosted {
        let language = Language::from(language_of(&self.language));
        let (account, key, login) = (self.account, self.key, self.id);
        Hosted { app: app.clone(), account, key, login, door, language, caller: None }
    }
}

/// Logs in with a password.
pub async fn by_password(
    app: &App,
    door: Door,
    address: Option<IpAddr>,
    name: &str,
    password: &str,
) -> Result<Hosted> {
    let name = login_name(name);
    let mut tries = Try::begin(app);
    tries.count_log_in(&name, address, ENTERED_FROM).await?;
    let row = tries.end(opened(app, (door, address), &name, password).await).await?;
    let hosted = row.entered(app, door);
    note(&hosted, address).await?;
    Ok(hosted)
}

/// The log-in of a name whose password this is, where it opens this door from there.
async fn opened(
    app: &App,
    (door, address): (Door, Option<IpAddr>),
    name: &str,
    password: &str,
) -> Result<Row> {
    let rows = find(app, name).await?;
    let hashes = rows.iter().map(|row| row.password.clone()).collect();
    let right = whose_password(app, &Secret::new(password.to_owned()), hashes).await?;
    for (row, right) in rows.into_iter().zip(right) {
        if right && row.opens(door, address)? {
            return Ok(row);
        }
    }
    Err(Code::CredentialsWrong.into())
}

/// Logs in with an SSH key, whose holder was proven; `fingerprint` is its SHA-256.
pub async fn by_ssh_key(app: &App, address: Option<IpAddr>, name: &str, fingerprint: &str) -> Result<Hosted> {
    let hosted = with_ssh_key(app, address, name, fingerprint).await?.ok_or(Code::CredentialsWrong)?;
    note(&hosted, address).await?;
    Ok(hosted)
}

/// Whoever would log in with an SSH key, if it is one of theirs.
pub async fn with_ssh_key(
    app: &App,
    address: Option<IpAddr>,
    name: &str,
    fingerprint: &str,
) -> Result<Option<Hosted>> {
    for row in find(app, &login_name(name)).await? {
        let known: Option<(Uuid,)> = app
            .db
            .fetch_optional(
                "select id from key_ssh_key where account = $1 and login = $2 and fingerprint = $3",
                (row.account, row.id, fingerprint),
            )
            .await?;
        if known.is_some() && row.opens(Door::Sftp, address)? {
            return Ok(Some(row.entered(app, Door::Sftp)));
        }
    }
    Ok(None)
}

/// Notes that a log-in was used.
async fn note(hosted: &Hosted, address: Option<IpAddr>) -> Result<()> {
    let from = address.map(|address| address.to_string());
    let mut write = hosted.app.log.begin_beside(hosted.account, Class::Housekeeping).await?;
    write
        .tx()
        .execute(
            "update key_login set used_us = $3, used_from = $4 where account = $1 and id = $2",
            (hosted.account, hosted.login, hosted.app.environment.now_us(), from),
        )
        .await?;
    write.commit().await
}

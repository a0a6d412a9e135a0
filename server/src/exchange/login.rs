//! Log-ins of a key to exchange files: a name, a password or SSH keys, and for what it may be used.

use campo_protocol::{
    faults::{Faults, pointer},
    model::Ref,
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    TOPIC,
    ssh_keys::{self, SshKey, SshKeyDraft},
};
use crate::{
    access::{
        AccessState, Allowed,
        login::{self, LoginHolder, login_name},
        permissions::ManageKeys,
    },
    api::{
        edit::{self, Created, IfMatch, Made, Once, Versioned},
        patch,
        time::Instant,
    },
    app::App,
    keys::key::locked,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::{Secret, hash_password},
    users::password::generate,
};

/// The fewest and the most characters of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=200;
/// The most log-ins of a key.
const MAX_LOGINS: i64 = 20;
const MAX_NETWORKS: usize = 100;

/// For what a log-in may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoginPurpose {
    /// FTP, with TLS unless `plain_ftp` is set
    Ftp,
    /// SFTP
    Sftp,
}

/// For what and from where a log-in may be used, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExchangeLoginUse {
    /// For what it may be used
    #[serde(default = "purposes")]
    pub purposes: Vec<LoginPurpose>,
    /// True where it may be used without TLS, for old programs: password and files can be read by whoever stands between.
    /// Such a log-in has the purpose `ftp` and no other
    #[serde(default)]
    pub plain_ftp: bool,
    /// From which networks it may be used, within those of the key; needed for `plain_ftp`
    #[serde(default)]
    #[schema(example = json!(["192.0.2.0/24"]))]
    pub networks: Vec<String>,
    /// Until when it may be used; for ever when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// One that is disabled is refused at once
    #[serde(default)]
    pub state: AccessState,
}

/// What is given to make a log-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExchangeLoginDraft {
    /// The name to log in with, unique in the account; up to three accounts may have the same
    #[schema(example = "acme-erp")]
    pub login: String,
    /// The password, for a system that has one already. One is made where none is given, unless there are SSH keys
    #[serde(default)]
    pub password: Option<Secret>,
    /// For what it may be used
    #[serde(default = "purposes")]
    pub purposes: Vec<LoginPurpose>,
    /// True where it may be used without TLS, for old programs: password and files can be read by whoever stands between.
    /// Such a log-in has the purpose `ftp` and no other
    #[serde(default)]
    pub plain_ftp: bool,
    /// From which networks it may be used, within those of the key; needed for `plain_ftp`
    #[serde(default)]
    #[schema(example = json!(["192.0.2.0/24"]))]
    pub networks: Vec<String>,
    /// Until when it may be used; for ever when absent
    #[serde(default)]
    pub expires_at: Option<Instant>,
    /// One that is disabled is refused at once
    #[serde(default)]
    pub state: AccessState,
    /// Public keys with which it logs in to SFTP without a password
    #[serde(default)]
    pub ssh_keys: Vec<SshKeyDraft>,
}

impl ExchangeLoginDraft {
    fn scope(&self) -> ExchangeLoginUse {
        ExchangeLoginUse {
            purposes: self.purposes.clone(),
            plain_ftp: self.plain_ftp,
            networks: self.networks.clone(),
            expires_at: self.expires_at,
            state: self.state,
        }
    }
}

fn purposes() -> Vec<LoginPurpose> {
    vec![LoginPurpose::Ftp, LoginPurpose::Sftp]
}

/// A log-in to exchange files.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExchangeLogin {
    /// Its id
    pub id: Uuid,
    /// The name to log in with
    pub login: String,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub scope: ExchangeLoginUse,
    /// True when it has a password
    pub has_password: bool,
    /// Its SSH keys
    pub ssh_keys: Vec<SshKey>,
    /// When it was used last
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Instant>,
    /// From where it was used last
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_from: Option<String>,
    /// When it was made
    pub created_at: Instant,
}

/// A new log-in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedExchangeLogin {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub login: ExchangeLogin,
    /// The password, where it was made here: it is shown this once
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    purposes: String,
    plain_ftp: bool,
    networks: String,
    has_password: bool,
    state: String,
    created_us: i64,
    used_us: Option<i64>,
    used_from: Option<String>,
    expires_us: Option<i64>,
    version: i64,
}

impl Row {
    fn shown(self, ssh_keys: Vec<SshKey>) -> Result<ExchangeLogin> {
        Ok(ExchangeLogin {
            id: self.id,
            login: self.name,
            version: self.version,
            scope: ExchangeLoginUse {
                purposes: serde_json::from_str(&self.purposes).map_err(Problem::internal)?,
                plain_ftp: self.plain_ftp,
                networks: serde_json::from_str(&self.networks).map_err(Problem::internal)?,
                expires_at: self.expires_us.map(Instant),
                state: AccessState::from_name(&self.state),
            },
            has_password: self.has_password,
            ssh_keys,
            used_at: self.used_us.map(Instant),
            used_from: self.used_from,
            created_at: Instant(self.created_us),
        })
    }
}

/// The log-ins of a key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExchangeLogins {
    /// In the order in which they were made
    pub items: Vec<ExchangeLogin>,
}

/// The log-ins of a key.
pub(super) async fn list(app: &App, allowed: &Allowed<ManageKeys>, which: &Ref) -> Result<ExchangeLogins> {
    let account = allowed.account();
    let key: Option<(Uuid,)> = app
        .db
        .fetch_optional(
            "select id from access_key where account = $1 and (id = $2 or code = $3) and state <> 'deleted'",
            (account, which.id(), which.code()),
        )
        .await?;
    let (key,) = key.ok_or(Code::NotFound)?;
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select k.id, l.name, k.purposes, k.plain_ftp, k.networks, k.password is not null as has_password, k.state, \
             k.created_us, k.used_us, k.used_from, k.expires_us, k.version from key_login k \
             join login l on l.account = k.account and l.holder = 'key_login' and l.holder_id = k.id \
             where k.account = $1 and k.key = $2 and k.state <> 'deleted' order by k.created_us, k.id",
            (account, key),
        )
        .await?;
    let mut ssh_keys = ssh_keys::of_key(app, account, key).await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let own = ssh_keys.remove(&row.id).unwrap_or_default();
            row.shown(own)
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(ExchangeLogins { items })
}

/// Makes a log-in for a key. It opens nothing before the key has the permission `use_file_exchange`.
pub async fn create(
    app: &App,
    allowed: &Allowed<ManageKeys>,
    once: &Once,
    which: &Ref,
    given: ExchangeLoginDraft,
) -> Result<Created> {
    let name = login_name(&given.login);
    let scope = check(&name, &given)?;
    let made = (given.password.is_none() && given.ssh_keys.is_empty()).then(|| generate(&app.environment));
    let password = given.password.clone().or_else(|| made.clone());
    let hashed = match password {
        None => None,
        Some(password) => {
            let environment = app.environment.clone();
            Some(app.guards.hash(move || hash_password(password.reveal(), &environment)).await??)
        }
    };
    let request = ("key_logins.create", which, name.clone());
    let make = async |write: &mut Write| {
        let key = locked(write, allowed, which).await?.id;
        let id = insert(write, key, &name, &scope, hashed.as_deref()).await?;
        let mut ssh_keys = Vec::new();
        for one in &given.ssh_keys {
            ssh_keys.push(ssh_keys::insert(write, id, one).await?);
        }
        let login = ExchangeLogin {
            id,
            login: name,
            version: 1,
            scope,
            has_password: hashed.is_some(),
            ssh_keys,
            used_at: None,
            used_from: None,
            created_at: Instant(write.now_us),
        };
        let created = CreatedExchangeLogin { login, password: made.map(|made| made.reveal().to_owned()) };
        write.touch(TOPIC);
        Ok(Made::new(format!("/v1/keys/{key}/logins/{id}"), created))
    };
    once.make(app, allowed, &request, make).await
}

async fn insert(
    write: &mut Write,
    key: Uuid,
    name: &str,
    scope: &ExchangeLoginUse,
    password: Option<&str>,
) -> Result<Uuid> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    let (count,): (i64,) = write
        .tx()
        .fetch_one(
            "select count(*) from key_login where account = $1 and key = $2 and state <> 'deleted'",
            (account, key),
        )
        .await?;
    if count >= MAX_LOGINS {
        return Err(Problem::new(Code::TooManyEntries).with("limit", MAX_LOGINS));
    }
    login::set(write.tx(), account, LoginHolder::KeyLogin, id, name).await?;
    let ExchangeLoginUse { purposes, plain_ftp, networks, expires_at, state } = scope;
    let purposes = serde_json::to_string(purposes).map_err(Problem::internal)?;
    let networks = serde_json::to_string(networks).map_err(Problem::internal)?;
    let expires_us = expires_at.map(|at| at.0);
    write
        .tx()
        .execute(
            "insert into key_login (account, id, key, purposes, plain_ftp, networks, password, state, version, \
             created_us, updated_us, expires_us) values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9, $10)",
            (account, id, key, purposes, *plain_ftp, networks, password, state.name(), now_us, expires_us),
        )
        .await?;
    Ok(id)
}

/// Changes for what, from where and until when a log-in may be used, from its next request on.
pub(super) async fn edit(
    app: &App,
    allowed: &Allowed<ManageKeys>,
    (which, id): (&Ref, Uuid),
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<ExchangeLogin>> {
    let login = list(app, allowed, which).await?.items.into_iter().find(|login| login.id == id);
    let mut login = login.ok_or(Code::NotFound)?;
    if_match.check(login.version)?;
    login.scope = patch::patched(&login.scope, given)?;
    let mut faults = Faults::default();
    check_use(&mut login.scope, &mut faults);
    faults.into_result()?;
    let ExchangeLoginUse { purposes, plain_ftp, networks, expires_at, state } = &login.scope;
    let purposes = serde_json::to_string(purposes).map_err(Problem::internal)?;
    let networks = serde_json::to_string(networks).map_err(Problem::internal)?;
    let expires_us = expires_at.map(|at| at.0);
    let mut write = app.log.begin(allowed, Class::Office).await?;
    // Whoever may not act on the key is refused
    let key = locked(&mut write, allowed, which).await?.id;
    let (account, now_us) = (write.account(), write.now_us);
    let changed = write
        .tx()
        .execute(
            "update key_login set purposes = $4, plain_ftp = $5, networks = $6, expires_us = $7, state = $8, \
             version = version + 1, updated_us = $9 \
             where account = $1 and key = $2 and id = $3 and version = $10 and state <> 'deleted'",
            (
                account,
                key,
                id,
                purposes,
                *plain_ftp,
                networks,
                expires_us,
                state.name(),
                now_us,
                login.version,
            ),
        )
        .await?;
    edit::refuse_stale(changed, login.version)?;
    write.touch(TOPIC);
    write.commit().await?;
    login.version += 1;
    Ok(Versioned(login.version, login))
}

/// Removes a log-in; its name is free again. What is in the folders of its key stays.
pub(super) async fn delete(app: &App, allowed: &Allowed<ManageKeys>, which: &Ref, login: Uuid) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let key = locked(&mut write, allowed, which).await?.id;
    let (account, now_us) = (write.account(), write.now_us);
    let removed = write
        .tx()
        .execute(
            "update key_login set state = 'deleted', password = null, version = version + 1, updated_us = $4 \
             where account = $1 and id = $2 and key = $3 and state <> 'deleted'",
            (account, login, key, now_us),
        )
        .await?;
    if removed == 0 {
        return Err(Code::NotFound.into());
    }
    login::remove(write.tx(), account, LoginHolder::KeyLogin, login).await?;
    write.tx().execute("delete from key_ssh_key where account = $1 and login = $2", (account, login)).await?;
    write.touch(TOPIC);
    write.commit().await?;
    Ok(())
}

/// Removes the log-ins of a key that is removed; their names are free again.
pub(crate) async fn remove_all(write: &mut Write, key: Uuid) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    let logins: Vec<(Uuid,)> = write
        .tx()
        .fetch_all(
            "update key_login set state = 'deleted', password = null, version = version + 1, updated_us = $3 \
             where account = $1 and key = $2 and state <> 'deleted' returning id",
            (account, key, now_us),
        )
        .await?;
    for (login,) in logins {
        login::remove(write.tx(), account, LoginHolder::KeyLogin, login).await?;
    }
    Ok(())
}

/// Refuses what is wrong, and writes purposes and networks in one way.
fn check(name: &str, given: &ExchangeLoginDraft) -> Result<ExchangeLoginUse> {
    let mut faults = Faults::default();
    login::check("/login", name, &mut faults);
    let length = given.password.as_ref().map(|password| password.reveal().chars().count());
    if length.is_some_and(|length| !LENGTH.contains(&length)) {
        let (least, most) = LENGTH.into_inner();
        faults.add("/password", "out_of_range", "", format!("{least} to {most} characters"));
    }
    let mut scope = given.scope();
    check_use(&mut scope, &mut faults);
    ssh_keys::check(&given.ssh_keys, &mut faults);
    faults.into_result()?;
    Ok(scope)
}

/// Refuses what is wrong of where and for what a log-in may be used.
fn check_use(scope: &mut ExchangeLoginUse, faults: &mut Faults) {
    scope.purposes.sort_unstable();
    scope.purposes.dedup();
    if scope.purposes.is_empty() {
        faults.add("/purposes", "required", "", "`ftp` or `sftp`");
    }
    if scope.plain_ftp && scope.purposes != [LoginPurpose::Ftp] {
        faults.add("/purposes", "not_applicable", "", "`ftp` alone, where `plain_ftp` is set");
    }
    if scope.plain_ftp && scope.networks.is_empty() {
        faults.add("/networks", "required", "", "the networks from which it comes, where `plain_ftp` is set");
    }
    faults.check_count("/networks", scope.networks.len(), MAX_NETWORKS);
    for (index, text) in scope.networks.iter_mut().enumerate() {
        let network = text.trim().parse::<IpNet>().ok().map(|network| network.trunc());
        let network = network.or_else(|| text.trim().parse::<std::net::IpAddr>().ok().map(IpNet::from));
        if let Some(network) = network {
            *text = network.to_string();
        } else {
            let field = pointer("/networks", index);
            faults.add(field, "invalid_value", text, "a network such as 192.0.2.0/24");
        }
    }
}

//! One key, and what may be done with it. Whoever makes or changes a key holds everything that it may do, and where that
//! is a key itself, it may be used from wherever the other may, and for as long.

use std::net::IpAddr;

use campo_protocol::{
    faults::{Faults, pointer},
    model::{Custom, Ref, check_common},
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bounds::Bounds;
use crate::{
    access::{
        AccessState, Allowed, PermissionName, Permissions,
        authenticate::permissions,
        login::{self, LoginHolder},
        permissions::ManageKeys,
    },
    api::{
        edit::{self, Created, IfMatch, Made, Once, Versioned},
        overlap,
        page::{Page, PageQuery},
        patch,
        time::Instant,
    },
    app::App,
    events::kinds::{AccessTold, KEY_CHANGED, KEY_CREATED, KEY_DELETED},
    exchange,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::{Bearer, Holder},
};

/// The most networks of a key.
const MAX_NETWORKS: usize = 100;
/// For how many hours a secret holds beside its successor, unless said otherwise: what somebody found ends at once.
const OVERLAP_HOURS: i64 = 0;

/// What is given to make or change a key.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct KeyDraft {
    /// Stable code, unique among keys
    #[schema(example = "erp")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// What its system may do
    #[serde(default)]
    pub permissions: Vec<PermissionName>,
    /// From which networks it may be used; from everywhere when there is none. A key that makes or changes one gives
    /// networks within its own
    #[serde(default)]
    #[schema(example = json!(["192.0.2.0/24", "2001:db8::/32"]))]
    pub networks: Vec<String>,
    /// When it ends; never when absent. A key that makes or changes one gives no later end than its own
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// Whether SOAP calls of its system carry a token of WS-Security (`UsernameToken`)
    #[serde(default)]
    pub token_rule: TokenRule,
    /// A key that is disabled is refused at once
    #[serde(default)]
    pub state: AccessState,
    /// Text under the customer's own names
    #[serde(default)]
    pub custom: Custom,
}

/// Whether SOAP calls carry a token of WS-Security.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenRule {
    /// They may, or have name and password in the body
    #[default]
    Allowed,
    /// They must
    Required,
    /// They must not: name and password are in the body
    Off,
}

impl TokenRule {
    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Required => "required",
            Self::Off => "off",
        }
    }

    /// The rule of that name; one that this release does not know is the strictest.
    pub fn from_name(name: &str) -> Self {
        [Self::Allowed, Self::Off].into_iter().find(|rule| rule.name() == name).unwrap_or(Self::Required)
    }
}

/// A key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Key {
    /// Its id
    pub id: Uuid,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: KeyDraft,
    /// The name under which it logs in to SOAP and FTP, where it has a password
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Until when the secret before the one of now holds, too, where it still does
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_until: Option<Instant>,
    /// When it was made
    pub created_at: Instant,
    /// When it was changed last
    pub updated_at: Instant,
}

/// A new key.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedKey {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub key: Key,
    /// Its bearer secret: it is shown this once
    pub secret: String,
}

/// How the secret of a key is replaced.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRotation {
    /// For how many hours the secret before holds too, 0 to 720; 0 when absent
    #[serde(default)]
    pub overlap_hours: Option<i64>,
}

/// The new bearer secret of a key.
#[derive(Debug, Serialize, ToSchema)]
pub struct RotatedKey {
    /// The secret: it is shown this once
    pub secret: String,
    /// Until then the secret before holds, too; one before that no longer does
    pub previous_until: Instant,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    code: String,
    name: String,
    permissions: String,
    networks: String,
    expires_us: Option<i64>,
    previous_until_us: Option<i64>,
    login: Option<String>,
    token_rule: String,
    state: String,
    custom: String,
    version: i64,
    created_us: i64,
    updated_us: i64,
}

const ONE: &str = "select k.id, k.code, k.name, k.permissions, k.networks, k.expires_us, k.previous_until_us, \
                   l.name as login, k.token_rule, k.state, k.custom, k.version, k.created_us, k.updated_us from access_key k \
                   left join login l on l.account = k.account and l.holder = 'key' and l.holder_id = k.id \
                   where k.account = $1 and (k.id = $2 or k.code = $3) and k.state <> 'deleted'";

/// The keys in order of their codes.
pub async fn list(app: &App, allowed: &Allowed<ManageKeys>, page: &PageQuery) -> Result<Page<Key>> {
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select k.id, k.code, k.name, k.permissions, k.networks, k.expires_us, k.previous_until_us, \
             l.name as login, k.token_rule, k.state, k.custom, k.version, k.created_us, k.updated_us from access_key k \
             left join login l on l.account = k.account and l.holder = 'key' and l.holder_id = k.id \
             where k.account = $1 and k.code > $2 and k.state <> 'deleted' order by k.code limit $3",
            (allowed.account(), after, limit + 1),
        )
        .await?;
    let now_us = app.environment.now_us();
    let keys = rows.into_iter().map(|row| row.shown(now_us)).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(keys, limit, |key| key.draft.code.clone()))
}

/// One key.
pub async fn get(app: &App, allowed: &Allowed<ManageKeys>, which: &Ref) -> Result<Versioned<Key>> {
    let row: Option<Row> = app.db.fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    let key = row.ok_or(Code::NotFound)?.shown(app.environment.now_us())?;
    Ok(Versioned(key.version, key))
}

impl KeyDraft {
    /// What events tell of a key.
    fn told(&self, id: Uuid, state: &str) -> AccessTold {
        AccessTold { id, code: self.code.clone(), name: self.name.clone(), state: state.to_owned() }
    }
}

/// Makes a key. Its secret is in the answer.
pub async fn create(app: &App, allowed: &Allowed<ManageKeys>, once: &Once, given: &Value) -> Result<Created> {
    let mut draft: KeyDraft = patch::new(given)?;
    allowed.must_cover(draft.check()?)?;
    let request = ("keys.create", given);
    once.make(app, allowed, &request, async |write| {
        let made = make(write, allowed, draft).await?;
        Ok(Made::new(format!("/v1/keys/{}", made.key.id), made))
    })
    .await
}

/// Makes the key, within the bounds of whoever makes it.
async fn make(write: &mut Write, allowed: &Allowed<ManageKeys>, draft: KeyDraft) -> Result<CreatedKey> {
    Bounds::of_keys(write, allowed).await?.must_hold(&draft)?;
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    edit::refuse_taken_code(write, TAKEN, id, &draft.code).await?;
    let bearer = Bearer::new(account, Holder::Key, id, write.secrets(), write.environment());
    let token = write.secrets().token_hash(&bearer.secret).to_vec();
    let (permissions, networks, custom) = draft.json()?;
    let expires_us = draft.expires_at.map(|at| at.0);
    let (code, name, state) = (draft.code.as_str(), draft.name.as_str(), draft.state.name());
    write
        .tx()
        .execute(
            "insert into access_key (account, id, code, name, permissions, networks, token, token_rule, state, custom, \
             expires_us, version, created_us, updated_us) \
             values ($1, $2, $3, $4, $5, $6, $7, $12, $8, $9, $10, 1, $11, $11)",
            (
                account,
                id,
                code,
                name,
                permissions,
                networks,
                token,
                state,
                custom,
                expires_us,
                now_us,
                draft.token_rule.name(),
            ),
        )
        .await?;
    write.event(&KEY_CREATED, id, &draft.told(id, state))?;
    let (created_at, updated_at) = (Instant(now_us), Instant(now_us));
    let key = Key { id, version: 1, draft, login: None, previous_until: None, created_at, updated_at };
    Ok(CreatedKey { key, secret: bearer.format() })
}

/// Changes a key by a JSON Merge Patch, from its next request on.
pub async fn edit(
    app: &App,
    allowed: &Allowed<ManageKeys>,
    which: &Ref,
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<Key>> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let mut key = locked(&mut write, allowed, which).await?;
    if_match.check(key.version)?;
    key.draft = patch::patched(&key.draft, given)?;
    allowed.must_cover(key.draft.check()?)?;
    Bounds::of_keys(&mut write, allowed).await?.must_hold(&key.draft)?;
    edit::refuse_taken_code(&mut write, TAKEN, key.id, &key.draft.code).await?;
    key.version += 1;
    key.updated_at = Instant(write.now_us);
    let Key { id, version, ref draft, .. } = key;
    let (account, now_us) = (write.account(), write.now_us);
    let (permissions, networks, custom) = draft.json()?;
    let expires_us = draft.expires_at.map(|at| at.0);
    let (code, name, state) = (draft.code.as_str(), draft.name.as_str(), draft.state.name());
    write
        .tx()
        .execute(
            "update access_key set code = $3, name = $4, permissions = $5, networks = $6, state = $7, custom = $8, \
             expires_us = $9, version = $10, updated_us = $11, token_rule = $12 where account = $1 and id = $2",
            (
                account,
                id,
                code,
                name,
                permissions,
                networks,
                state,
                custom,
                expires_us,
                version,
                now_us,
                draft.token_rule.name(),
            ),
        )
        .await?;
    write.event(&KEY_CHANGED, id, &draft.told(id, state))?;
    write.commit().await?;
    Ok(Versioned(version, key))
}

/// Gives a key a new secret. The one before it holds too for as long as is asked for, and those before that no longer.
pub async fn rotate(
    app: &App,
    allowed: &Allowed<ManageKeys>,
    which: &Ref,
    given: &KeyRotation,
) -> Result<RotatedKey> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let until_us = overlap::until_us(given.overlap_hours, OVERLAP_HOURS, write.now_us)?;
    let key = locked(&mut write, allowed, which).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let bearer = Bearer::new(account, Holder::Key, key.id, write.secrets(), write.environment());
    let token = write.secrets().token_hash(&bearer.secret).to_vec();
    write
        .tx()
        .execute(
            "update access_key set previous_token = token, previous_until_us = $5, token = $3, \
             version = version + 1, updated_us = $4 where account = $1 and id = $2",
            (account, key.id, token, now_us, until_us),
        )
        .await?;
    write.event(&KEY_CHANGED, key.id, &key.draft.told(key.id, key.draft.state.name()))?;
    write.commit().await?;
    Ok(RotatedKey { secret: bearer.format(), previous_until: Instant(until_us) })
}

/// Removes a key for good; its name to log in is free again.
pub async fn delete(app: &App, allowed: &Allowed<ManageKeys>, which: &Ref, if_match: IfMatch) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let key = locked(&mut write, allowed, which).await?;
    if_match.check(key.version)?;
    let (account, now_us) = (write.account(), write.now_us);
    login::remove(write.tx(), account, LoginHolder::Key, key.id).await?;
    exchange::login::remove_all(&mut write, key.id).await?;
    write
        .tx()
        .execute(
            "update access_key set state = 'deleted', sealed_password = null, version = version + 1, \
             updated_us = $3 where account = $1 and id = $2",
            (account, key.id, now_us),
        )
        .await?;
    write.event(&KEY_DELETED, key.id, &key.draft.told(key.id, "deleted"))?;
    write.commit().await?;
    Ok(())
}

/// The key to change, which may nothing that the caller may not: whoever gives it another secret can use it.
pub(crate) async fn locked(write: &mut Write, allowed: &Allowed<ManageKeys>, which: &Ref) -> Result<Key> {
    let row: Option<Row> =
        write.tx().fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    let row = row.ok_or(Code::NotFound)?;
    allowed.must_cover(permissions(&row.permissions)?)?;
    let key = row.shown(write.now_us)?;
    Bounds::of_keys(write, allowed).await?.must_hold(&key.draft)?;
    Ok(key)
}

/// The object other than `$3` that has a code.
const TAKEN: &str =
    "select id from access_key where account = $1 and code = $2 and id <> $3 and state <> 'deleted'";

impl KeyDraft {
    /// Refuses what is wrong, and writes networks in one way.
    fn check(&mut self) -> Result<Permissions> {
        let mut faults = Faults::default();
        check_common(&mut faults, "/code", &self.code, "/name", &self.name, &self.custom);
        let permissions = Permissions::check(&self.permissions, "/permissions", &mut faults);
        faults.check_count("/networks", self.networks.len(), MAX_NETWORKS);
        for (index, text) in self.networks.iter_mut().enumerate() {
            match network(text) {
                Some(network) => *text = network.to_string(),
                None => faults.add(
                    pointer("/networks", index),
                    "invalid_value",
                    text,
                    "a network such as 192.0.2.0/24",
                ),
            }
        }
        faults.into_result()?;
        Ok(permissions)
    }

    fn json(&self) -> Result<(String, String, String)> {
        let json = |value: Result<String, serde_json::Error>| value.map_err(Problem::internal);
        Ok((
            json(serde_json::to_string(&self.permissions))?,
            json(serde_json::to_string(&self.networks))?,
            json(serde_json::to_string(&self.custom))?,
        ))
    }
}

/// A network, or one address as a network.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let network = text.parse::<IpNet>().ok();
    network.map(|network| network.trunc()).or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

impl Row {
    fn shown(self, now_us: i64) -> Result<Key> {
        let draft = KeyDraft {
            permissions: permissions(&self.permissions)?.names(),
            networks: serde_json::from_str(&self.networks).map_err(Problem::internal)?,
            expires_at: self.expires_us.map(Instant),
            token_rule: TokenRule::from_name(&self.token_rule),
            state: AccessState::from_name(&self.state),
            custom: serde_json::from_str(&self.custom).map_err(Problem::internal)?,
            code: self.code,
            name: self.name,
        };
        Ok(Key {
            id: self.id,
            version: self.version,
            draft,
            login: self.login,
            previous_until: self.previous_until_us.filter(|until_us| *until_us > now_us).map(Instant),
            created_at: Instant(self.created_us),
            updated_at: Instant(self.updated_us),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_written_in_one_way() {
        for (text, written) in [
            ("192.0.2.0/24", Some("192.0.2.0/24")),
            ("192.0.2.77/24", Some("192.0.2.0/24")),
            (" 192.0.2.7 ", Some("192.0.2.7/32")),
            ("2001:DB8::/32", Some("2001:db8::/32")),
            ("2001:db8::1", Some("2001:db8::1/128")),
            ("192.0.2.0/33", None),
            ("192.0.2", None),
            ("", None),
        ] {
            assert_eq!(network(text).map(|network| network.to_string()).as_deref(), written, "{text}");
        }
    }
}

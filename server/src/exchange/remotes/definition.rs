//! Customers' servers as they are defined.

use campo_file_names::{Pattern, VirtualPath};
use campo_protocol::{
    faults::{Faults, pointer},
    model::{Custom, Ref, check_common},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    secrets::RemoteSecrets,
    trouble::{RemoteProblem, Trouble},
};
use crate::{
    access::{AccessState, Allowed, permissions::ManageExchange},
    api::{
        edit::{self, Created, IfMatch, Made, Once, Versioned},
        page::{Page, PageQuery},
        patch,
        time::Instant,
    },
    app::App,
    exchange::{TOPIC, exports::next_of_schedule, results},
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::Secret,
    texts::Language,
};

/// The most servers of an account, and the most folders of one from which is taken.
const MAX_REMOTES: i64 = 50;
const MAX_FETCHES: usize = 20;
const MAX_PATH: usize = 500;
const MAX_SCHEDULE: usize = 100;

/// How a customer's server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemoteProtocol {
    /// SFTP over SSH
    Sftp,
    /// FTP with TLS (`AUTH TLS`)
    Ftps,
    /// FTP without TLS: whoever stands between reads password and files
    Ftp,
}

/// What becomes of a file at the customer's server once it was taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AfterFetch {
    /// It stays, and is taken again when its length or time changes
    #[default]
    Keep,
    /// It is removed
    Delete,
    /// It is moved to the folder `move_to`
    Move,
}

/// From where at a customer's server files are taken.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RemoteFetch {
    /// The folder, below that of the server
    #[serde(default)]
    #[schema(example = "salida")]
    pub folder: String,
    /// Which names: `*` for any characters, `{n}` for digits, `{fecha:yyyyMMdd}` for a date; capitals do not count
    #[serde(default = "anything")]
    #[schema(example = "tareas_*.xlsx")]
    pub pattern: String,
    /// As if they had come to this folder below `in`: it decides which intake they fit
    #[serde(default)]
    #[schema(example = "tareas")]
    pub into: String,
    /// What becomes of them there
    #[serde(default)]
    pub then: AfterFetch,
    /// With `then` `move`: to which folder, below that of the server
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub move_to: Option<String>,
}

/// What is given to make or change a customer's server.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RemoteDraft {
    /// Stable code, unique among customers' servers
    pub code: String,
    /// Name that people read
    pub name: String,
    /// How it is spoken to
    pub protocol: RemoteProtocol,
    /// Its name or address. Where it, the port or the protocol changes, password or key are given anew
    #[schema(example = "sftp.example.com")]
    pub host: String,
    /// Its port; 22 for SFTP and 21 for FTP when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<i64>,
    /// Who logs in
    pub user: String,
    /// The password. Never shown; null removes it
    #[serde(default, skip_serializing)]
    pub password: Option<Secret>,
    /// A private SSH key as OpenSSH or PEM writes it, used instead of the password. Never shown; null removes it
    #[serde(default, skip_serializing)]
    pub private_key: Option<Secret>,
    /// The passphrase of that key. Never shown; null removes it
    #[serde(default, skip_serializing)]
    pub passphrase: Option<Secret>,
    /// The folder in which all is done; the one in which the log-in begins when empty
    #[serde(default)]
    #[schema(example = "/campo")]
    pub folder: String,
    /// From where files are taken, and what becomes of them
    #[serde(default)]
    pub fetches: Vec<RemoteFetch>,
    /// When it is looked at, as cron writes it, in the account's zone
    #[serde(default = "every_five_minutes")]
    #[schema(example = "*/5 * * * *")]
    pub schedule: String,
    /// One that is disabled is left alone; what is to be brought there waits
    #[serde(default)]
    pub state: AccessState,
    /// Text under the customer's own names
    #[serde(default)]
    pub custom: Custom,
}

fn anything() -> String {
    "*".to_owned()
}

fn every_five_minutes() -> String {
    "*/5 * * * *".to_owned()
}

impl RemoteDraft {
    /// The port.
    pub(super) fn port(&self) -> u16 {
        let usual = if self.protocol == RemoteProtocol::Sftp { 22 } else { 21 };
        self.port.and_then(|port| port.try_into().ok()).unwrap_or(usual)
    }

    /// A folder of it.
    pub(super) fn below(&self, folder: &str) -> String {
        if folder.is_empty() { self.folder.clone() } else { campo_remote_files::join(&self.folder, folder) }
    }
}

/// A customer's server.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Remote {
    /// Its id
    pub id: Uuid,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: RemoteDraft,
    /// True when a password is kept
    pub has_password: bool,
    /// True when a private key is kept
    pub has_private_key: bool,
    /// By what the server is known: the fingerprint of its host key, or of a certificate that a person accepted
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_fingerprint: Option<String>,
    /// What it showed instead: until a person accepts it, nothing is sent there or taken from there
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered_fingerprint: Option<String>,
    /// What went wrong last, if nothing went well since
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<RemoteProblem>,
    /// When all went well last
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_at: Option<Instant>,
    /// When it is looked at next
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Instant>,
    /// How many files wait to be brought there
    pub waiting: i64,
    /// When it was made
    pub created_at: Instant,
    /// When it was changed last
    pub updated_at: Instant,
}

/// A customer's server with what is not shown.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) remote: Remote,
    pub(super) secrets: RemoteSecrets,
    pub(super) failures: i64,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    body: String,
    sealed: Vec<u8>,
    accepted: Option<String>,
    offered: Option<String>,
    next_us: Option<i64>,
    failures: i64,
    problem: Option<String>,
    reached_us: Option<i64>,
    version: i64,
    created_us: i64,
    updated_us: i64,
    waiting: i64,
}

const ONE: &str = "select r.id, r.body, r.sealed, r.accepted, r.offered, r.next_us, r.failures, r.problem, r.reached_us, \
                   r.version, r.created_us, r.updated_us, (select count(*) from export_delivery d \
                   where d.account = r.account and d.remote = r.id and d.state <> 'delivered') as waiting \
                   from remote r where r.account = $1 and (r.id = $2 or r.code = $3) and r.state <> 'deleted'";
/// The server other than `$3` that has a code.
const TAKEN: &str =
    "select id from remote where account = $1 and code = $2 and id <> $3 and state <> 'deleted'";
const COUNT: &str = "select count(*) from remote where account = $1 and state <> 'deleted'";

impl Row {
    fn loaded(self, app: &App, account: i64, language: Language) -> Result<Loaded> {
        let secrets = RemoteSecrets::open(&app.secrets, account, self.id, &self.sealed)?;
        let problem = match &self.problem {
            None => None,
            Some(stored) => {
                let trouble: Trouble = serde_json::from_str(stored).map_err(Problem::internal)?;
                Some(trouble.shown(language))
            }
        };
        let remote = Remote {
            id: self.id,
            version: self.version,
            draft: serde_json::from_str(&self.body).map_err(Problem::internal)?,
            has_password: secrets.password.is_some(),
            has_private_key: secrets.private_key.is_some(),
            accepted_fingerprint: self.accepted,
            offered_fingerprint: self.offered,
            problem,
            reached_at: self.reached_us.map(Instant),
            next_at: self.next_us.map(Instant),
            waiting: self.waiting,
            created_at: Instant(self.created_us),
            updated_at: Instant(self.updated_us),
        };
        Ok(Loaded { remote, secrets, failures: self.failures })
    }
}

/// The customers' servers in order of their codes.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    page: &PageQuery,
    language: Language,
) -> Result<Page<Remote>> {
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let account = allowed.account();
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select r.id, r.body, r.sealed, r.accepted, r.offered, r.next_us, r.failures, r.problem, r.reached_us, \
             r.version, r.created_us, r.updated_us, (select count(*) from export_delivery d \
             where d.account = r.account and d.remote = r.id and d.state <> 'delivered') as waiting \
             from remote r where r.account = $1 and r.code > $2 and r.state <> 'deleted' order by r.code limit $3",
            (account, after, limit + 1),
        )
        .await?;
    let remotes = rows.into_iter().map(|row| Ok(row.loaded(app, account, language)?.remote));
    Ok(Page::new(remotes.collect::<Result<Vec<_>>>()?, limit, |remote| remote.draft.code.clone()))
}

/// One customer's server.
pub(super) async fn get(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    language: Language,
) -> Result<Versioned<Remote>> {
    let remote = load(app, allowed.account(), which, language).await?.remote;
    Ok(Versioned(remote.version, remote))
}

/// The server of that id or code, with its secrets.
pub(super) async fn load(app: &App, account: i64, which: &Ref, language: Language) -> Result<Loaded> {
    let row: Option<Row> = app.db.fetch_optional(ONE, (account, which.id(), which.code())).await?;
    row.ok_or(Code::NotFound)?.loaded(app, account, language)
}

/// Defines a customer's server. It is looked at when its schedule says so, and at once when it is asked for.
pub(super) async fn create(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    once: &Once,
    given: &Value,
    language: Language,
) -> Result<Created> {
    let request = ("remotes.create", given);
    let (mut given, mut secrets) = (given.clone(), RemoteSecrets::default());
    secrets.take(&mut given)?;
    let mut draft: RemoteDraft = patch::new(&given)?;
    check(&mut draft, &secrets)?;
    let zone = results::zone(app, allowed.account()).await?;
    once.make(app, allowed, &request, async |write| {
        let made = make(app, write, draft, secrets, &zone, language).await?;
        Ok(Made::new(format!("/v1/remotes/{}", made.id), made))
    })
    .await
}

/// Makes the definition, whose times are those of `zone`.
async fn make(
    app: &App,
    write: &mut Write,
    draft: RemoteDraft,
    secrets: RemoteSecrets,
    zone: &str,
    language: Language,
) -> Result<Remote> {
    let (account, id, now_us, author) = (write.account(), write.new_id(), write.now_us, write.principal);
    edit::refuse_taken_code(write, TAKEN, id, &draft.code).await?;
    edit::refuse_beyond(write, COUNT, MAX_REMOTES).await?;
    let sealed = secrets.seal(&app.secrets, account, id, write.environment())?;
    let body = serde_json::to_string(&draft).map_err(Problem::internal)?;
    let next_us = next_us(&draft, zone, now_us);
    write
        .tx()
        .execute(
            "insert into remote (account, id, code, name, body, sealed, next_us, failures, author, author_id, state, \
             version, created_us, updated_us) values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, 1, $11, $11)",
            (
                account,
                id,
                draft.code.as_str(),
                draft.name.as_str(),
                body.as_str(),
                sealed.as_slice(),
                next_us,
                author.kind(),
                author.id(),
                draft.state.name(),
                now_us,
            ),
        )
        .await?;
    let row = Row {
        id,
        body,
        sealed,
        accepted: None,
        offered: None,
        next_us,
        failures: 0,
        problem: None,
        reached_us: None,
        version: 1,
        created_us: now_us,
        updated_us: now_us,
        waiting: 0,
    };
    write.touch(TOPIC);
    Ok(row.loaded(app, account, language)?.remote)
}

/// Changes a customer's server by a JSON Merge Patch. One that is elsewhere from now on is not sent the password of
/// before: whoever may change where it is could else read it there.
pub(super) async fn edit(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    if_match: IfMatch,
    given: &Value,
    language: Language,
) -> Result<Versioned<Remote>> {
    let account = allowed.account();
    let Loaded { remote, mut secrets, .. } = load(app, account, which, language).await?;
    if_match.check(remote.version)?;
    let before = &remote.draft;
    let mut given = given.clone();
    let was_given = secrets.take(&mut given)?;
    let mut draft: RemoteDraft = patch::patched(before, &given)?;
    let moved = (&draft.host, draft.port(), draft.protocol) != (&before.host, before.port(), before.protocol);
    if moved && !was_given {
        let mut faults = Faults::default();
        faults.add("/password", "required", "", "the password or the key, since it is another server now");
        return Err(faults.into());
    }
    check(&mut draft, &secrets)?;
    let zone = results::zone(app, account).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let now_us = write.now_us;
    edit::refuse_taken_code(&mut write, TAKEN, remote.id, &draft.code).await?;
    let sealed = secrets.seal(&app.secrets, account, remote.id, write.environment())?;
    let body = serde_json::to_string(&draft).map_err(Problem::internal)?;
    let changed = write
        .tx()
        .execute(
            "update remote set code = $3, name = $4, body = $5, sealed = $6, next_us = $7, failures = 0, problem = null, \
             accepted = case when cast($8 as boolean) then null else accepted end, offered = null, state = $9, version = version + 1, \
             updated_us = $10 where account = $1 and id = $2 and version = $11 and state <> 'deleted'",
            (
                account,
                remote.id,
                draft.code.as_str(),
                draft.name.as_str(),
                body,
                sealed,
                next_us(&draft, &zone, now_us),
                moved,
                draft.state.name(),
                now_us,
                remote.version,
            ),
        )
        .await?;
    edit::refuse_stale(changed, remote.version)?;
    write.touch(TOPIC);
    write.commit().await?;
    let remote = load(app, account, &Ref::Id(remote.id), language).await?.remote;
    Ok(Versioned(remote.version, remote))
}

/// Removes a customer's server. What was taken from there stays; what was to be brought there is brought nowhere.
pub(super) async fn delete(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    if_match: IfMatch,
) -> Result<()> {
    let remote = load(app, allowed.account(), which, Language::English).await?.remote;
    if_match.check(remote.version)?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let nothing = RemoteSecrets::default().seal(&app.secrets, account, remote.id, write.environment())?;
    let removed = write
        .tx()
        .execute(
            "update remote set state = 'deleted', sealed = $3, next_us = null, version = version + 1, updated_us = $4 \
             where account = $1 and id = $2 and version = $5 and state <> 'deleted'",
            (account, remote.id, nothing, now_us, remote.version),
        )
        .await?;
    edit::refuse_stale(removed, remote.version)?;
    write
        .tx()
        .execute("delete from remote_seen where account = $1 and remote = $2", (account, remote.id))
        .await?;
    write
        .tx()
        .execute(
            "delete from export_delivery where account = $1 and remote = $2 and state <> 'delivered'",
            (account, remote.id),
        )
        .await?;
    write.touch(TOPIC);
    write.commit().await.map(drop)
}

/// When a server is looked at next by its schedule.
pub(super) fn next_us(draft: &RemoteDraft, zone: &str, now_us: i64) -> Option<i64> {
    (draft.state == AccessState::Enabled).then(|| next_of_schedule(&draft.schedule, zone, now_us))?
}

/// Refuses what is wrong, and writes folders in one way.
fn check(draft: &mut RemoteDraft, secrets: &RemoteSecrets) -> Result<()> {
    let mut faults = Faults::default();
    check_common(&mut faults, "/code", &draft.code, "/name", &draft.name, &draft.custom);
    let host = draft.host.trim().to_lowercase();
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if host.is_empty() || host.len() > 253 || !host.chars().all(fits) {
        faults.add("/host", "invalid_value", &draft.host, "a name such as `sftp.example.com`");
    }
    draft.host = host;
    if let Some(port) = draft.port {
        faults.check_range("/port", port as f64, 1.0, 65_535.0);
    }
    faults.check_required_text("/user", &draft.user, 200);
    if draft.user.chars().any(char::is_control) {
        faults.add("/user", "invalid_value", &draft.user, "text without control characters");
    }
    if secrets.credential().is_none() {
        faults.add("/password", "required", "", "a password or a private key");
    }
    if draft.protocol != RemoteProtocol::Sftp && secrets.password.is_none() && secrets.private_key.is_some() {
        faults.add("/private_key", "not_applicable", "", "a password, since keys are for SFTP");
    }
    check_folder(&mut faults, "/folder", &draft.folder);
    if draft.schedule.len() > MAX_SCHEDULE || next_of_schedule(&draft.schedule, "UTC", 0).is_none() {
        let expected = "a schedule of cron such as `0 7 * * 1-5`";
        faults.add("/schedule", "invalid_value", &draft.schedule, expected);
    }
    faults.check_count("/fetches", draft.fetches.len(), MAX_FETCHES);
    for (index, fetch) in draft.fetches.iter_mut().enumerate() {
        let field = pointer("/fetches", index);
        check_folder(&mut faults, &format!("{field}/folder"), &fetch.folder);
        if let Err(fault) = Pattern::parse(&fetch.pattern) {
            faults.add(format!("{field}/pattern"), "invalid_value", &fetch.pattern, fault.to_string());
        }
        match VirtualPath::parse(&fetch.into) {
            Ok(path) => fetch.into = path.parts().join("/"),
            Err(_) => {
                faults.add(
                    format!("{field}/into"),
                    "invalid_value",
                    &fetch.into,
                    "a folder such as `tareas`",
                );
            }
        }
        let place = format!("{field}/move_to");
        match (fetch.then, &fetch.move_to) {
            (AfterFetch::Move, None) => faults.add(place, "required", "", "a folder such as `tareas`"),
            (AfterFetch::Move, Some(to)) if to.trim_matches('/') == fetch.folder.trim_matches('/') => {
                faults.add(place, "invalid_value", to, "another folder than the one from which is taken");
            }
            (_, Some(to)) => check_folder(&mut faults, &place, to),
            (_, None) => {}
        }
    }
    Ok(faults.into_result()?)
}

/// A folder of somebody else's server can have any name, but none that is a command or leads out of it by accident.
fn check_folder(faults: &mut Faults, field: &str, folder: &str) {
    let strange = folder.chars().any(char::is_control) || folder.split('/').any(|part| part == "..");
    if strange || folder.chars().count() > MAX_PATH {
        faults.add(field, "invalid_value", folder, "a folder such as `tareas`");
    }
}

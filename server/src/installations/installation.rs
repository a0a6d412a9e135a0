//! One installation, and what may be done with it.

use campo_protocol::{
    faults::Faults,
    model::{Custom, Ref, check_common},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    TOPIC,
    members::Members,
    rosters::{self, Roster},
};
use crate::{
    access::{Allowed, permissions::ManageInstallations},
    api::{
        edit::{self, IfMatch, Versioned},
        page::{Page, PageQuery},
        patch,
        time::Instant,
    },
    app::App,
    events::kinds::{PHONE_REVOKED, PhoneTold},
    log::{entry::marks, write::Write},
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::Bearer,
};

/// What a phone says of itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Device {
    /// Such as `android`
    pub platform: String,
    /// Such as `Pixel 9`
    pub model: String,
    /// The version of its system
    pub os_version: String,
    /// The version of the app
    pub app_version: String,
}

/// Whether an installation may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstallationState {
    /// It may
    Active,
    /// It reads nothing and opens no session; for 60 days it hands in what it captured before
    Revoked,
    /// Everything is refused, and the app wipes itself
    Stolen,
}

/// What can be changed of an installation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InstallationDraft {
    /// Stable code, unique among installations
    pub code: String,
    /// Name that people read
    pub name: String,
    /// Text under the customer's own names
    #[serde(default)]
    pub custom: Custom,
}

/// An installation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Installation {
    /// Its id, which its entries carry
    pub id: Uuid,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: InstallationDraft,
    /// Whether it may be used
    pub state: InstallationState,
    /// What the phone said of itself
    pub device: Device,
    /// When it was enrolled
    pub enrolled_at: Instant,
    /// When it was revoked or reported stolen
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Instant>,
    /// When it was heard of last, to a minute
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Instant>,
    /// What it said that it still holds and the server does not have
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsent: Option<UnsentShown>,
    /// The sequence of its last entry, 0 when there is none
    pub last_sequence: i64,
    /// What was marked on any of its entries, such as `clone`
    pub marks: Vec<&'static str>,
    /// When it was changed last
    pub updated_at: Instant,
}

/// What a phone holds unsent, as it said when it was heard of last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnsentShown {
    /// How many entries
    pub entries: i64,
    /// When the oldest of them was captured, by the phone's clock
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<Instant>,
    /// How many files
    pub files: i64,
}

/// Which installations are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct InstallationQuery {
    /// Only those in this state
    pub state: Option<InstallationState>,
    /// `next` of the page before
    pub after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    pub limit: Option<i64>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    code: String,
    name: String,
    device: String,
    state: String,
    custom: String,
    version: i64,
    enrolled_us: i64,
    revoked_us: Option<i64>,
    updated_us: i64,
    received_us: Option<i64>,
    sequence: Option<i64>,
    marks: Option<i64>,
    heard_us: Option<i64>,
    unsent_entries: Option<i64>,
    unsent_oldest_us: Option<i64>,
    unsent_files: Option<i64>,
}

const ONE: &str = "select i.id, i.code, i.name, i.device, i.state, i.custom, i.version, i.enrolled_us, i.revoked_us, \
                   i.updated_us, h.received_us, h.sequence, h.marks, c.heard_us, c.unsent_entries, \
                   c.unsent_oldest_us, c.unsent_files from installation i \
                   left join installation_head h on h.account = i.account and h.installation = i.id \
                   left join installation_contact c on c.account = i.account and c.installation = i.id \
                   where i.account = $1 and (i.id = $2 or i.code = $3)";

/// The installations in order of their codes.
pub async fn list(
    app: &App,
    allowed: &Allowed<ManageInstallations>,
    query: &InstallationQuery,
) -> Result<Page<Installation>> {
    let page = PageQuery { after: query.after.clone(), limit: query.limit };
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select i.id, i.code, i.name, i.device, i.state, i.custom, i.version, i.enrolled_us, i.revoked_us, \
             i.updated_us, h.received_us, h.sequence, h.marks, c.heard_us, c.unsent_entries, \
             c.unsent_oldest_us, c.unsent_files from installation i \
             left join installation_head h on h.account = i.account and h.installation = i.id \
             left join installation_contact c on c.account = i.account and c.installation = i.id \
             where i.account = $1 and i.code > $2 and (i.state = $3 or $3 is null) order by i.code limit $4",
            (allowed.account(), after, query.state.map(InstallationState::name), limit + 1),
        )
        .await?;
    let installations = rows.into_iter().map(Row::shown).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(installations, limit, |installation| installation.draft.code.clone()))
}

/// One installation.
pub async fn get(
    app: &App,
    allowed: &Allowed<ManageInstallations>,
    which: &Ref,
) -> Result<Versioned<Installation>> {
    let row: Option<Row> = app.db.fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    let installation = row.ok_or(Code::NotFound)?.shown()?;
    Ok(Versioned(installation.version, installation))
}

/// Changes name, code and custom data by a JSON Merge Patch.
pub async fn edit(
    app: &App,
    allowed: &Allowed<ManageInstallations>,
    which: &Ref,
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<Installation>> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let mut installation = locked(&mut write, which).await?;
    if_match.check(installation.version)?;
    installation.draft = patch::patched(&installation.draft, given)?;
    let InstallationDraft { code, name, custom } = &installation.draft;
    let mut faults = Faults::default();
    check_common(&mut faults, "/code", code, "/name", name, custom);
    faults.into_result()?;
    let (account, id, now_us) = (write.account(), installation.id, write.now_us);
    let taken = "select id from installation where account = $1 and code = $2 and id <> $3";
    edit::refuse_taken_code(&mut write, taken, id, code).await?;
    let custom = serde_json::to_string(custom).map_err(Problem::internal)?;
    write
        .tx()
        .execute(
            "update installation set code = $3, name = $4, custom = $5, version = version + 1, updated_us = $6 \
             where account = $1 and id = $2",
            (account, id, code.as_str(), name.as_str(), custom, now_us),
        )
        .await?;
    write.touch(TOPIC);
    write.commit().await?;
    installation.version += 1;
    installation.updated_at = Instant(now_us);
    Ok(Versioned(installation.version, installation))
}

/// Revokes an installation, or says that it was stolen, from the next request on. There is no way back: a phone that
/// is found again is enrolled again. One that is stolen stays so.
pub async fn end(
    app: &App,
    allowed: &Allowed<ManageInstallations>,
    which: &Ref,
    state: InstallationState,
) -> Result<Versioned<Installation>> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let mut installation = locked(&mut write, which).await?;
    if installation.state == InstallationState::Stolen || installation.state == state {
        return Ok(Versioned(installation.version, installation));
    }
    let (account, id, now_us) = (write.account(), installation.id, write.now_us);
    let revoked_us = installation.revoked_at.map_or(now_us, |at| at.0);
    write
        .tx()
        .execute(
            "update installation set state = $3, revoked_us = $4, version = version + 1, updated_us = $5 \
             where account = $1 and id = $2",
            (account, id, state.name(), revoked_us, now_us),
        )
        .await?;
    rosters::refile(&mut write, &[id]).await?;
    installation.state = state;
    write.event(&PHONE_REVOKED, id, &installation.told())?;
    write.touch(TOPIC);
    write.commit().await?;
    installation.version += 1;
    installation.revoked_at = Some(Instant(revoked_us));
    installation.updated_at = Instant(now_us);
    Ok(Versioned(installation.version, installation))
}

impl Installation {
    /// What events tell of it.
    pub(super) fn told(&self) -> PhoneTold {
        let (id, name, state) = (self.id, self.draft.name.clone(), self.state.name().to_owned());
        PhoneTold { id, name, state, heard_at: None }
    }
}

/// Who may use an installation.
pub async fn roster(
    app: &App,
    allowed: &Allowed<ManageInstallations>,
    which: &Ref,
) -> Result<Versioned<Roster>> {
    let installation = get(app, allowed, which).await?.1;
    let mut tx = app.db.begin_snapshot().await?;
    let roster = rosters::shown(&mut tx, allowed.account(), installation.id).await?;
    Ok(Versioned(installation.version, roster))
}

/// Sets who may use an installation. The phone hears of it at its next exchange.
pub async fn set_roster(
    app: &App,
    allowed: &Allowed<ManageInstallations>,
    which: &Ref,
    if_match: IfMatch,
    given: &Members,
) -> Result<Versioned<Roster>> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let installation = locked(&mut write, which).await?;
    if_match.check(installation.version)?;
    let members = given.resolve(&mut write).await?;
    let (account, id, now_us) = (write.account(), installation.id, write.now_us);
    rosters::replace(&mut write, id, &members).await?;
    write
        .tx()
        .execute(
            "update installation set version = version + 1, updated_us = $3 where account = $1 and id = $2",
            (account, id, now_us),
        )
        .await?;
    let roster = rosters::shown(write.tx(), account, id).await?;
    write.touch(TOPIC);
    write.commit().await?;
    Ok(Versioned(installation.version + 1, roster))
}

/// Inserts an installation that a code was redeemed for. Its code is its id until the office gives it another.
pub(super) async fn insert(
    write: &mut Write,
    id: Uuid,
    name: &str,
    device: &Device,
    bearer: &Bearer,
) -> Result<Installation> {
    let (account, now_us, code) = (write.account(), write.now_us, id.to_string());
    let token = write.secrets().token_hash(&bearer.secret).to_vec();
    let stored = serde_json::to_string(device).map_err(Problem::internal)?;
    write
        .tx()
        .execute(
            "insert into installation (account, id, code, name, device, token, state, custom, version, enrolled_us, \
             updated_us) values ($1, $2, $3, $4, $5, $6, 'active', '{}', 1, $7, $7)",
            (account, id, code.as_str(), name, stored, token, now_us),
        )
        .await?;
    Ok(Installation {
        id,
        version: 1,
        draft: InstallationDraft { code, name: name.to_owned(), custom: Custom::default() },
        state: InstallationState::Active,
        device: device.clone(),
        enrolled_at: Instant(now_us),
        revoked_at: None,
        heard_at: None,
        unsent: None,
        last_sequence: 0,
        marks: Vec::new(),
        updated_at: Instant(now_us),
    })
}

async fn locked(write: &mut Write, which: &Ref) -> Result<Installation> {
    let account = write.account();
    let row: Option<Row> = write.tx().fetch_optional(ONE, (account, which.id(), which.code())).await?;
    row.ok_or(Code::NotFound)?.shown()
}

impl UnsentShown {
    /// From the columns of `installation_contact`; none where the phone said nothing.
    pub(crate) fn of(entries: Option<i64>, oldest_us: Option<i64>, files: Option<i64>) -> Option<Self> {
        Some(Self { entries: entries?, oldest_at: oldest_us.map(Instant), files: files.unwrap_or(0) })
    }
}

impl InstallationState {
    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Revoked => "revoked",
            Self::Stolen => "stolen",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "active" => Self::Active,
            "revoked" => Self::Revoked,
            _ => Self::Stolen,
        }
    }
}

impl Row {
    fn shown(self) -> Result<Installation> {
        let marked = self.marks.unwrap_or(0);
        let draft = InstallationDraft {
            code: self.code,
            name: self.name,
            custom: serde_json::from_str(&self.custom).map_err(Problem::internal)?,
        };
        Ok(Installation {
            id: self.id,
            version: self.version,
            draft,
            state: InstallationState::from_name(&self.state),
            device: serde_json::from_str(&self.device).map_err(Problem::internal)?,
            enrolled_at: Instant(self.enrolled_us),
            revoked_at: self.revoked_us.map(Instant),
            heard_at: self.received_us.max(self.heard_us).map(Instant),
            unsent: UnsentShown::of(self.unsent_entries, self.unsent_oldest_us, self.unsent_files),
            last_sequence: self.sequence.unwrap_or(0),
            marks: marks::NAMES
                .iter()
                .filter(|(mark, _)| marked & mark != 0)
                .map(|(_, name)| *name)
                .collect(),
            updated_at: Instant(self.updated_us),
        })
    }
}

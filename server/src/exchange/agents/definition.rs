//! Agents as they are defined and shown.

use campo_protocol::{
    faults::Faults,
    model::{Custom, Ref, check_common},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::enrol::{AgentReport, EnrolmentCode, issue};
use crate::{
    access::{AccessState, Allowed, PermissionName, Permissions, permissions::ManageExchange},
    api::{
        edit::{self, Created, IfMatch, Made, Once, Versioned},
        page::{Page, PageQuery},
        patch,
        time::Instant,
    },
    app::App,
    exchange::{TOPIC, watch},
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// The most agents of an account.
const MAX_AGENTS: i64 = 100;

/// What is given to make or change an agent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AgentDraft {
    /// Stable code, unique among agents
    pub code: String,
    /// Name that people read
    pub name: String,
    /// One that is disabled is refused at once
    #[serde(default)]
    pub state: AccessState,
    /// Text under the customer's own names
    #[serde(default)]
    pub custom: Custom,
}

/// An agent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Agent {
    /// Its id
    pub id: Uuid,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: AgentDraft,
    /// What it may do: fixed when it was saved, also when whoever saved it is gone
    pub permissions: Vec<PermissionName>,
    /// True when a program has enrolled as this agent
    pub enrolled: bool,
    /// When it was heard of last
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Instant>,
    /// Since when it is silent, where it was at work and was not heard of for 15 minutes
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_since: Option<Instant>,
    /// What it said of itself then
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<AgentReport>,
    /// When it was made
    pub created_at: Instant,
    /// When it was changed last
    pub updated_at: Instant,
}

/// A new agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedAgent {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub agent: Agent,
    /// By which a program becomes this agent: it is shown this once
    pub enrolment: EnrolmentCode,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    body: String,
    permissions: String,
    enrolled: bool,
    report: Option<String>,
    seen_us: Option<i64>,
    version: i64,
    created_us: i64,
    updated_us: i64,
    silent_us: Option<i64>,
}

const ONE: &str = "select id, body, permissions, token is not null as enrolled, report, seen_us, version, created_us, \
                   updated_us, silent_us from agent where account = $1 and (id = $2 or code = $3) and state <> 'deleted'";
/// The agent other than `$3` that has a code.
const TAKEN: &str =
    "select id from agent where account = $1 and code = $2 and id <> $3 and state <> 'deleted'";
const COUNT: &str = "select count(*) from agent where account = $1 and state <> 'deleted'";

/// What an agent may do.
fn needed() -> Permissions {
    [PermissionName::UseFileExchange].into_iter().collect()
}

impl Row {
    fn shown(self) -> Result<Agent> {
        let report = self.report.as_deref().map(serde_json::from_str).transpose();
        Ok(Agent {
            id: self.id,
            version: self.version,
            draft: serde_json::from_str(&self.body).map_err(Problem::internal)?,
            permissions: crate::access::authenticate::permissions(&self.permissions)?.names(),
            enrolled: self.enrolled,
            seen_at: self.seen_us.map(Instant),
            silent_since: self.silent_us.and(self.seen_us).map(Instant),
            report: report.map_err(Problem::internal)?,
            created_at: Instant(self.created_us),
            updated_at: Instant(self.updated_us),
        })
    }
}

/// The agents in order of their codes.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    page: &PageQuery,
) -> Result<Page<Agent>> {
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, body, permissions, token is not null as enrolled, report, seen_us, version, created_us, \
             updated_us, silent_us from agent where account = $1 and code > $2 and state <> 'deleted' order by code limit $3",
            (allowed.account(), after, limit + 1),
        )
        .await?;
    let agents = rows.into_iter().map(Row::shown).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(agents, limit, |agent| agent.draft.code.clone()))
}

/// One agent.
pub(super) async fn get(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
) -> Result<Versioned<Agent>> {
    let row: Option<Row> = app.db.fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    let agent = row.ok_or(Code::NotFound)?.shown()?;
    Ok(Versioned(agent.version, agent))
}

/// The agent under the account's lock.
pub(super) async fn locked(write: &mut Write, which: &Ref) -> Result<Agent> {
    let account = write.account();
    let row: Option<Row> = write.tx().fetch_optional(ONE, (account, which.id(), which.code())).await?;
    row.ok_or(Code::NotFound)?.shown()
}

/// Makes an agent. Whoever does may do what it may.
pub(super) async fn create(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    once: &Once,
    given: &Value,
) -> Result<Created> {
    let draft: AgentDraft = patch::new(given)?;
    check(&draft)?;
    allowed.must_cover(needed())?;
    let request = ("agents.create", given);
    once.make(app, allowed, &request, async |write| {
        let made = make(write, draft).await?;
        Ok(Made::new(format!("/v1/agents/{}", made.agent.id), made))
    })
    .await
}

/// Makes the agent, with the code that enrols it.
async fn make(write: &mut Write, draft: AgentDraft) -> Result<CreatedAgent> {
    let (account, id, now_us, author) = (write.account(), write.new_id(), write.now_us, write.principal);
    edit::refuse_taken_code(write, TAKEN, id, &draft.code).await?;
    edit::refuse_beyond(write, COUNT, MAX_AGENTS).await?;
    let body = serde_json::to_string(&draft).map_err(Problem::internal)?;
    let permissions = serde_json::to_string(&needed().names()).map_err(Problem::internal)?;
    write
        .tx()
        .execute(
            "insert into agent (account, id, code, name, body, permissions, author, author_id, state, version, \
             created_us, updated_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10)",
            (
                account,
                id,
                draft.code.as_str(),
                draft.name.as_str(),
                body,
                permissions,
                author.kind(),
                author.id(),
                draft.state.name(),
                now_us,
            ),
        )
        .await?;
    let enrolment = issue(write, id).await?;
    let agent = Agent {
        id,
        version: 1,
        draft,
        permissions: needed().names(),
        enrolled: false,
        seen_at: None,
        silent_since: None,
        report: None,
        created_at: Instant(now_us),
        updated_at: Instant(now_us),
    };
    write.touch(TOPIC);
    Ok(CreatedAgent { agent, enrolment })
}

/// Changes an agent by a JSON Merge Patch. What it may do is fixed anew.
pub(super) async fn edit(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<Agent>> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let mut agent = locked(&mut write, which).await?;
    if_match.check(agent.version)?;
    agent.draft = patch::patched(&agent.draft, given)?;
    check(&agent.draft)?;
    allowed.must_cover(needed())?;
    edit::refuse_taken_code(&mut write, TAKEN, agent.id, &agent.draft.code).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let body = serde_json::to_string(&agent.draft).map_err(Problem::internal)?;
    let permissions = serde_json::to_string(&needed().names()).map_err(Problem::internal)?;
    let draft = &agent.draft;
    write
        .tx()
        .execute(
            "update agent set code = $3, name = $4, body = $5, permissions = $6, state = $7, version = version + 1, \
             updated_us = $8 where account = $1 and id = $2",
            (
                account,
                agent.id,
                draft.code.as_str(),
                draft.name.as_str(),
                body,
                permissions,
                draft.state.name(),
                now_us,
            ),
        )
        .await?;
    if draft.state == AccessState::Disabled {
        watch::is_back(write.tx(), account, agent.id, now_us).await?;
        agent.silent_since = None;
    }
    write.touch(TOPIC);
    write.commit().await?;
    (agent.version, agent.updated_at) = (agent.version + 1, Instant(now_us));
    agent.permissions = needed().names();
    Ok(Versioned(agent.version, agent))
}

/// Removes an agent: it is refused from its next request on. What it brought stays.
pub(super) async fn delete(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    if_match: IfMatch,
) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let agent = locked(&mut write, which).await?;
    if_match.check(agent.version)?;
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update agent set state = 'deleted', token = null, enrolment = null, version = version + 1, \
             updated_us = $3 where account = $1 and id = $2",
            (account, agent.id, now_us),
        )
        .await?;
    watch::is_back(write.tx(), account, agent.id, now_us).await?;
    write.touch(TOPIC);
    write.commit().await.map(drop)
}

fn check(draft: &AgentDraft) -> Result<()> {
    let mut faults = Faults::default();
    check_common(&mut faults, "/code", &draft.code, "/name", &draft.name, &draft.custom);
    Ok(faults.into_result()?)
}

//! Enrolments: one-time codes with which phones become installations of an account.

use campo_protocol::{faults::Faults, model::MAX_NAME};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    TOPIC,
    members::{Members, ResolvedMembers},
};
use crate::{
    access::{Allowed, permissions::ManageInstallations},
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::{Secrets, readable, typed},
};

/// How many characters a code has, each of five random bits. Wrong ones are counted by address, so that 50 bits last.
const CODE: usize = 10;
/// How long a code holds where the office does not say.
const HOLDS_US: i64 = 7 * DAY_US;
/// How long a code can hold.
const LONGEST_US: i64 = 90 * DAY_US;
const DAY_US: i64 = 24 * 3600 * 1_000_000;

/// What is given to make a code.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EnrolmentDraft {
    /// What the installation will be called
    pub name: String,
    /// Who the installation is for
    pub roster: Members,
    /// Until when the code holds, at most 90 days; 7 days when absent
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

/// A code, without itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Enrolment {
    /// Its id
    pub id: Uuid,
    /// What the installation will be called
    pub name: String,
    /// The employees that the installation is for
    pub employees: Vec<Uuid>,
    /// The groups that the installation is for
    pub groups: Vec<Uuid>,
    /// When it was made
    pub created_at: Instant,
    /// Until when it holds
    pub expires_at: Instant,
    /// The installation that was made with it; then it is used up
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installation: Option<Uuid>,
}

/// A new code.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedEnrolment {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub enrolment: Enrolment,
    /// What is typed on the phone: it is shown this once
    #[schema(example = "7K3QD-9XPW2")]
    pub code: String,
    /// What a QR code of it holds: in a browser it says how to get the app. Absent where the operator set no `public_url`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://campo.example.com/e#7K3QD-9XPW2")]
    pub link: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    roster: String,
    created_us: i64,
    expires_us: i64,
    installation: Option<Uuid>,
}

/// The keyed hash under which tables keep a code; `None` for what is no code.
pub(super) fn code_hash(secrets: &Secrets, code: &str) -> Option<Vec<u8>> {
    let digits = typed(code).filter(|digits| digits.len() == CODE)?;
    Some(secrets.token_hash(&format!("enrolment {digits}")).to_vec())
}

/// Makes a code. It is in the answer.
pub async fn create(app: &App, write: &mut Write, draft: &EnrolmentDraft) -> Result<CreatedEnrolment> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    let expires_us = draft.expires_us(now_us)?;
    let members = draft.roster.resolve(write).await?;
    let roster = serde_json::to_string(&members).map_err(Problem::internal)?;
    let code = readable::<CODE>(write.environment());
    let hash = code_hash(write.secrets(), &code);
    let (author, author_id) = (write.principal.kind(), write.principal.id());
    write
        .tx()
        .execute(
            "insert into enrolment (account, id, code, name, roster, author, author_id, created_us, expires_us) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            (account, id, hash, draft.name.as_str(), roster, author, author_id, now_us, expires_us),
        )
        .await?;
    let row_name = draft.name.clone();
    let enrolment = shown((id, row_name), members, (now_us, expires_us), None);
    let link = app.limits.public_url.as_ref().map(|url| format!("{}/e#{code}", url.trim_end_matches('/')));
    write.touch(TOPIC);
    Ok(CreatedEnrolment { enrolment, code, link })
}

/// The codes in the order in which they were made.
pub async fn list(
    app: &App,
    allowed: &Allowed<ManageInstallations>,
    page: &PageQuery,
) -> Result<Page<Enrolment>> {
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, name, roster, created_us, expires_us, installation from enrolment \
             where account = $1 and id > $2 order by id limit $3",
            (allowed.account(), after, limit + 1),
        )
        .await?;
    let enrolments = rows
        .into_iter()
        .map(|row| {
            let members = serde_json::from_str(&row.roster).map_err(Problem::internal)?;
            Ok(shown((row.id, row.name), members, (row.created_us, row.expires_us), row.installation))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::new(enrolments, limit, |enrolment| enrolment.id))
}

/// Withdraws a code that was not used.
pub async fn withdraw(app: &App, allowed: &Allowed<ManageInstallations>, id: Uuid) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let account = write.account();
    let row: Option<(Option<Uuid>,)> = write
        .tx()
        .fetch_optional("select installation from enrolment where account = $1 and id = $2", (account, id))
        .await?;
    if let (Some(installation),) = row.ok_or(Code::NotFound)? {
        return Err(Problem::new(Code::Conflict).with("with", format!("/v1/installations/{installation}")));
    }
    write.tx().execute("delete from enrolment where account = $1 and id = $2", (account, id)).await?;
    write.touch(TOPIC);
    write.commit().await?;
    Ok(())
}

impl EnrolmentDraft {
    fn expires_us(&self, now_us: i64) -> Result<i64> {
        let mut faults = Faults::default();
        faults.check_text("/name", &self.name, MAX_NAME);
        let expires_us = self.expires_at.map_or(now_us + HOLDS_US, |at| at.0);
        if !(now_us + 1..=now_us + LONGEST_US).contains(&expires_us) {
            faults.add("/expires_at", "out_of_range", "", "a time within the next 90 days");
        }
        faults.into_result()?;
        Ok(expires_us)
    }
}

fn shown(
    (id, name): (Uuid, String),
    members: ResolvedMembers,
    (created_us, expires_us): (i64, i64),
    installation: Option<Uuid>,
) -> Enrolment {
    let ResolvedMembers { employees, groups } = members;
    let (created_at, expires_at) = (Instant(created_us), Instant(expires_us));
    Enrolment { id, name, employees, groups, created_at, expires_at, installation }
}

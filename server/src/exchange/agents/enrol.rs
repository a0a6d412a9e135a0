//! How a program becomes an agent, and what it says of itself.
//!
//! The program makes its own secret, keeps it, and then gives it together with the code: asked again with both, after a
//! cut, the answer is the same. With another secret the code is used up.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use campo_protocol::{faults::Faults, model::Ref};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::definition;
use crate::{
    access::{
        Allowed, Principal,
        permissions::{ManageExchange, UseFileExchange},
    },
    api::time::Instant,
    app::App,
    exchange::{TOPIC, watch},
    live::topics,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::{Bearer, Holder, Secret, same},
};

/// How long a code can be used.
const CODE_US: i64 = 24 * 3600 * 1_000_000;
const MAX_TEXT: usize = 500;
const MAX_PROBLEMS: usize = 50;

/// What the enrolment and the token of an agent are known by.
type Hashes = (Option<Vec<u8>>, Option<Vec<u8>>);

/// By which a program becomes an agent, once.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentCode {
    /// The code, for the program's configuration: it is shown this once
    pub code: String,
    /// Until when it can be used
    pub until: Instant,
}

/// What a program gives to become an agent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentEnrolment {
    /// The code
    pub code: Secret,
    /// The program's own secret: 32 random bytes in base64url, which it keeps
    pub secret: Secret,
}

/// An agent that has enrolled.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolledAgent {
    /// Which agent it is
    pub agent: Uuid,
    /// By what it is known from now on: the bearer secret of its requests
    pub token: String,
}

/// What an agent says of itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AgentReport {
    /// Its release
    #[serde(default)]
    pub version: String,
    /// The system on which it runs
    #[serde(default)]
    pub system: String,
    /// Its folders, as they are named there
    #[serde(default)]
    pub folders: Vec<String>,
    /// What does not go well, in its words
    #[serde(default)]
    pub problems: Vec<String>,
}

/// Makes a code for an agent. The program that had enrolled as it is no longer known.
pub(super) async fn issue(write: &mut Write, agent: Uuid) -> Result<EnrolmentCode> {
    let (account, until_us) = (write.account(), write.now_us + CODE_US);
    let code = Bearer::new(account, Holder::Agent, agent, write.secrets(), write.environment());
    let hash = write.secrets().token_hash(&code.secret).to_vec();
    write
        .tx()
        .execute(
            "update agent set token = null, enrolment = $3, enrolment_until_us = $4 \
             where account = $1 and id = $2",
            (account, agent, hash, until_us),
        )
        .await?;
    Ok(EnrolmentCode { code: code.format(), until: Instant(until_us) })
}

/// The same for whoever asks for it.
pub(super) async fn issue_again(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
) -> Result<EnrolmentCode> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let agent = definition::locked(&mut write, which).await?.id;
    let code = issue(&mut write, agent).await?;
    write.touch(TOPIC);
    write.commit().await?;
    Ok(code)
}

/// Makes a program the agent that its code names.
pub(super) async fn enrol(app: &App, given: &AgentEnrolment) -> Result<EnrolledAgent> {
    let invalid = || Problem::new(Code::EnrolmentCodeInvalid);
    let code = Bearer::parse(given.code.reveal().trim()).filter(|code| code.holder == Holder::Agent);
    let code = code.ok_or_else(invalid)?;
    let bytes = URL_SAFE_NO_PAD.decode(given.secret.reveal()).ok().filter(|bytes| bytes.len() == 32);
    let Some(bytes) = bytes else {
        let mut faults = Faults::default();
        faults.add("/secret", "invalid_value", "", "32 random bytes in base64url");
        return Err(faults.into());
    };
    let token = Bearer { secret: URL_SAFE_NO_PAD.encode(bytes), ..code.clone() };
    // A code that could be used as the secret would be known to whoever sent it by mail
    if token.secret == code.secret {
        return Err(invalid());
    }
    let known = app.secrets.token_hash(&code.secret).to_vec();
    let hash = app.secrets.token_hash(&token.secret).to_vec();
    let now_us = app.environment.now_us();
    let row: Option<Hashes> = app
        .db
        .fetch_optional(
            "select g.enrolment, g.token from agent g join account a on a.id = g.account \
             where g.account = $1 and g.id = $2 and g.state = 'enabled' and a.state = 'enabled' \
             and g.enrolment_until_us > $3",
            (code.account, code.id, now_us),
        )
        .await?;
    let (enrolment, before) = row.ok_or_else(invalid)?;
    if !enrolment.is_some_and(|enrolment| same(&enrolment, &known)) {
        return Err(invalid());
    }
    match before {
        Some(before) if same(&before, &hash) => {}
        Some(_) => return Err(invalid()),
        None => {
            let mut write = app.log.begin_beside(code.account, Class::Office).await?;
            let enrolled = write
                .tx()
                .execute(
                    "update agent set token = $3, seen_us = $4 \
                     where account = $1 and id = $2 and token is null and enrolment = $5 and state = 'enabled'",
                    (code.account, code.id, hash, now_us, known),
                )
                .await?;
            topics::raise(write.tx(), code.account, std::iter::once(TOPIC)).await?;
            write.commit().await?;
            if enrolled == 0 {
                return Err(invalid());
            }
        }
    }
    Ok(EnrolledAgent { agent: code.id, token: token.format() })
}

/// Keeps what an agent says of itself.
pub(super) async fn report(app: &App, allowed: &Allowed<UseFileExchange>, given: &AgentReport) -> Result<()> {
    let Principal::Agent(agent) = allowed.principal() else { return Err(Code::NotFound.into()) };
    let mut faults = Faults::default();
    faults.check_text("/version", &given.version, MAX_TEXT);
    faults.check_text("/system", &given.system, MAX_TEXT);
    for (field, texts) in [("/folders", &given.folders), ("/problems", &given.problems)] {
        faults.check_count(field, texts.len(), MAX_PROBLEMS);
        for (index, text) in texts.iter().enumerate() {
            faults.check_text(&campo_protocol::faults::pointer(field, index), text, MAX_TEXT);
        }
    }
    faults.into_result()?;
    let body = serde_json::to_string(given).map_err(Problem::internal)?;
    let now_us = app.environment.now_us();
    let mut write = app.log.begin_beside(allowed.account(), Class::Housekeeping).await?;
    write
        .tx()
        .execute(
            "update agent set report = $3, seen_us = $4 where account = $1 and id = $2",
            (allowed.account(), agent, body, now_us),
        )
        .await?;
    watch::is_back(write.tx(), allowed.account(), agent, now_us).await?;
    topics::raise(write.tx(), allowed.account(), std::iter::once(TOPIC)).await?;
    write.commit().await
}

//! The button that tries a customer's server: which step went well, and which did not, in plain words.

use campo_protocol::model::Ref;
use campo_remote_files::{Fault, Session, join};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    definition::{Loaded, load},
    open,
    trouble::{RemoteProblem, Trouble},
};
use crate::{
    access::{Allowed, permissions::ManageExchange},
    app::App,
    exchange::TOPIC,
    problem::Result,
    scheduler::Class,
    texts::{self, Language},
};

/// What is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoteTrial {
    /// True to write a small file, rename and remove it, too: for servers to which exports go
    #[serde(default)]
    pub write: bool,
}

/// A step that was tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemoteStep {
    /// Which one: `log_in` (with all that goes before it), `list`, `write`, `rename`, `remove`
    pub step: String,
    /// What it is, in the reader's language
    pub text: String,
    /// True when it went well
    pub went_well: bool,
}

/// What became of a trial.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemoteTrialResult {
    /// True when all went well
    pub went_well: bool,
    /// The steps up to the first that did not go well
    pub steps: Vec<RemoteStep>,
    /// Why that did not
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<RemoteProblem>,
    /// By what the server is known
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// Tries a server.
pub(super) async fn run(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    trial: &RemoteTrial,
    language: Language,
) -> Result<RemoteTrialResult> {
    let account = allowed.account();
    let loaded = load(app, account, which, language).await?;
    let mut steps = Vec::new();
    let mut fingerprint = None;
    let ended = match open::open(app, &loaded, &loaded.secrets).await {
        Err(trouble) => Err(trouble),
        Ok(mut session) => {
            went_well(&mut steps, "log_in", language);
            fingerprint = session.fingerprint().map(str::to_owned);
            let mut write = app.log.begin(allowed, Class::Office).await?;
            open::pin(&mut write, loaded.remote.id, &session).await?;
            write.commit().await?;
            let tried = within(app, &loaded, &mut session, trial, &mut steps, language).await;
            session.close().await;
            tried.map_err(|fault| Trouble::of_fault(&fault, &loaded.secrets))
        }
    };
    let problem = match ended {
        Ok(()) => None,
        Err(trouble) => {
            if let Some(offered) = &trouble.fingerprint {
                fingerprint = Some(offered.clone());
                offer(app, allowed, &loaded, &trouble).await?;
            }
            let text = texts::remote(language, &trouble.step).unwrap_or(&trouble.step).to_owned();
            steps.push(RemoteStep { step: trouble.step.clone(), text, went_well: false });
            Some(trouble.shown(language))
        }
    };
    Ok(RemoteTrialResult { went_well: problem.is_none(), steps, problem, fingerprint })
}

/// Keeps what a server showed, so that it can be accepted.
async fn offer(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    loaded: &Loaded,
    trouble: &Trouble,
) -> Result<()> {
    let stored = serde_json::to_string(trouble).map_err(crate::problem::Problem::internal)?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let account = write.account();
    write
        .tx()
        .execute(
            "update remote set offered = $3, problem = $4, next_us = null where account = $1 and id = $2",
            (account, loaded.remote.id, trouble.fingerprint.as_deref(), stored),
        )
        .await?;
    write.touch(TOPIC);
    write.commit().await.map(drop)
}

async fn within(
    app: &App,
    loaded: &Loaded,
    session: &mut Session,
    trial: &RemoteTrial,
    steps: &mut Vec<RemoteStep>,
    language: Language,
) -> std::result::Result<(), Fault> {
    let draft = &loaded.remote.draft;
    let folders = draft.fetches.iter().map(|fetch| draft.below(&fetch.folder));
    for folder in std::iter::once(draft.folder.clone()).chain(folders) {
        // The times of files are of no interest here
        session.list(&folder, |_| false).await?;
    }
    went_well(steps, "list", language);
    if !trial.write {
        return Ok(());
    }
    let mark = app.environment.uuid().simple().to_string();
    let [part, name] = [".part", ".txt"].map(|end| join(&draft.folder, &format!("campo-prueba-{mark}{end}")));
    let mut writer = session.write(&part).await?;
    writer.write(b"Campo\r\n").await?;
    let sent = writer.end().await?;
    session.verify(&part, sent).await?;
    went_well(steps, "write", language);
    session.publish(&part, &name).await?;
    went_well(steps, "rename", language);
    session.remove(&name).await?;
    went_well(steps, "remove", language);
    Ok(())
}

fn went_well(steps: &mut Vec<RemoteStep>, step: &str, language: Language) {
    let text = texts::remote(language, step).unwrap_or(step).to_owned();
    steps.push(RemoteStep { step: step.to_owned(), text, went_well: true });
}

//! What went wrong with a customer's server, in words for the one who can act.

use campo_remote_files::{Cause, Fault};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::secrets::RemoteSecrets;
use crate::{
    outbound::SendError,
    problem::Problem,
    texts::{self, Language},
};

/// Why a customer's server was not reached, or did not do what it should, as tables keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trouble {
    /// At which step
    pub(super) step: String,
    /// Why
    pub(super) cause: String,
    /// What the server said of it
    #[serde(default)]
    pub(super) said: String,
    /// The fingerprint that a person must accept
    #[serde(default)]
    pub(super) fingerprint: Option<String>,
}

/// Why a customer's server was not reached, or did not do what it should.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RemoteProblem {
    /// At which step: `configuration`, `connection`, `greeting`, `tls`, `identity`, `log_in`, `list`, `read`, `write`,
    /// `verify`, `rename` or `remove`
    pub step: String,
    /// Why: `refused`, `not_found`, `timed_out`, `changed_identity` and the like
    pub cause: String,
    /// What happened and what to do, in the reader's language
    pub text: String,
    /// What the server said of it
    #[serde(skip_serializing_if = "String::is_empty")]
    pub said: String,
    /// The fingerprint of the key or certificate that a person must accept
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

impl Trouble {
    pub(super) fn new(step: &str, cause: &str) -> Self {
        Self { step: step.to_owned(), cause: cause.to_owned(), said: String::new(), fingerprint: None }
    }

    pub(super) fn of_connection(error: SendError) -> Self {
        Self::new("connection", error.name())
    }

    /// `secrets` are overwritten in what the server said.
    pub(super) fn of_fault(fault: &Fault, secrets: &RemoteSecrets) -> Self {
        let fingerprint = match &fault.cause {
            Cause::Unknown(found) | Cause::Changed(found) => Some(found.clone()),
            _ => None,
        };
        let said = secrets.redact(&fault.said);
        Self { step: fault.step.name().to_owned(), cause: fault.cause.name().to_owned(), said, fingerprint }
    }

    /// True for what does not pass by itself.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(
            self.cause.as_str(),
            "refused" | "unreadable_key" | "address_refused" | "port_refused" | "no_credential"
        )
    }

    pub(super) fn text(&self, language: Language) -> String {
        let step = texts::remote(language, &self.step).unwrap_or(&self.step);
        // The causes of connections are those of notifications
        let cause = texts::remote(language, &self.cause).map(str::to_owned);
        let cause = cause.or_else(|| texts::delivery(language, &self.cause));
        format!("{step}: {}", cause.unwrap_or_else(|| self.cause.clone()))
    }

    pub(super) fn shown(self, language: Language) -> RemoteProblem {
        let text = self.text(language);
        RemoteProblem {
            step: self.step,
            cause: self.cause,
            text,
            said: self.said,
            fingerprint: self.fingerprint,
        }
    }
}

/// What ends the work at a customer's server.
#[derive(Debug)]
pub(super) enum Stop {
    /// The server did not do what it should
    Theirs(Trouble),
    /// We did not
    Ours(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Ours(problem)
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Theirs(trouble)
    }
}

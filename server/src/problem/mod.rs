//! The one error of the API (RFC 9457): a stable code for machines, and texts in the language of whoever asked.
//!
//! A [`Problem`] says what went wrong; [`localize`] writes it in the request's language.

mod answer;
mod code;
mod limit;

use std::{any::Any, fmt, panic::Location};

use axum::response::{IntoResponse as _, Response};
use campo_protocol::faults::{Fault, Faults};

pub use self::{
    answer::{FaultShown, ProblemShown, localize, message},
    code::Code,
    limit::Limit,
};
use crate::texts::{self, Language};

/// What went wrong with a request.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    faults: Vec<Fault>,
    parameters: Vec<(&'static str, String)>,
    retry_after_s: Option<u64>,
    limit: Option<Limit>,
}

/// The result of everything that a request can ask for.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

impl Problem {
    /// A problem of this code.
    pub fn new(code: Code) -> Self {
        Self(Box::new(Parts {
            code,
            faults: Vec::new(),
            parameters: Vec::new(),
            retry_after_s: None,
            limit: None,
        }))
    }

    /// A fault of ours. Logs `error` with its causes and the place, here and only here; the caller is told nothing of
    /// it but the request's id.
    #[track_caller]
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        let error = error.into();
        tracing::error!(error = format!("{error:#}"), at = %Location::caller(), "a fault of ours");
        Self::new(Code::Internal)
    }

    /// Adds a fault of one field.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.0.faults.push(fault);
        self
    }

    /// Adds the faults of a document.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.0.faults.extend(faults.into_vec());
        self
    }

    /// The same without what was found in the fields, and without the names of unknown ones, which the caller chose.
    #[must_use]
    pub fn without_found(mut self) -> Self {
        for fault in &mut self.0.faults {
            fault.found.clear();
            if fault.code == "unknown_field" {
                fault.field.clear();
            }
        }
        self
    }

    /// Sets a parameter of the code's texts. It is shown to the caller as it is, so it is a name or a value, never a
    /// sentence in one language.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.0.parameters.push((key, value.to_string()));
        self
    }

    /// Tells the caller after how many seconds to try again.
    #[must_use]
    pub fn retry_after_s(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// Names the limit that the caller ran into, with when to try again.
    #[must_use]
    pub fn beyond(mut self, limit: Limit) -> Self {
        self.0.limit = Some(limit);
        self.retry_after_s(limit.reset_s)
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The faults of single fields.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// A parameter of its texts.
    pub fn parameter(&self, key: &str) -> Option<&str> {
        self.0.parameters.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_str())
    }

    /// What a person reads of it.
    pub fn detail(&self, language: Language) -> String {
        texts::fill(&texts::problem(language, self.0.code).detail, |name| self.parameter(name))
    }
}

/// The answer for a panic in a handler, for `CatchPanicLayer::custom`. Logs it.
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().copied().unwrap_or("no message").to_owned(),
    };
    Problem::internal(anyhow::anyhow!("panic: {message}")).into_response()
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<Faults> for Problem {
    fn from(faults: Faults) -> Self {
        Self::new(Code::ValidationFailed).with_faults(faults)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.name(), self.detail(Language::English))?;
        for fault in &self.0.faults {
            write!(f, "; `{}`: {}", fault.field, answer::message(fault, Language::English))?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_in_a_log_names_code_and_faults() {
        let mut faults = Faults::default();
        faults.check_required_text("/name", "", 10);
        assert_eq!(
            Problem::from(faults).to_string(),
            "validation_failed: Some fields are wrong.; `/name`: This is required. Expected: text that is not blank."
        );
        assert_eq!(
            Problem::new(Code::Forbidden).with("permission", "tasks.manage").to_string(),
            "forbidden: You lack the permission for this. It is called `tasks.manage`."
        );
        assert_eq!(Problem::new(Code::Forbidden).to_string(), "forbidden: You lack the permission for this.");
    }

    #[test]
    fn names_of_codes_are_unique_and_in_snake_case() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn a_panic_is_answered_as_a_fault_of_ours() {
        for panic in [Box::new("text") as Box<dyn Any + Send>, Box::new("text".to_owned()), Box::new(7)] {
            assert_eq!(panicked(panic).status(), 500);
        }
    }
}

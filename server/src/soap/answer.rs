//! What became of a call, by OfficeTrack's codes and as its results are shaped.

use campo_protocol::faults::Fault;
use campo_soap::{
    description::{Kind, Method, Service},
    record::Wrong,
    value::Value,
};

use super::describe::ResultCode;
use crate::{
    problem::{Code, Problem, message},
    texts::{self, Language},
};

/// What a call that went well answers.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// What of it is not as asked for
    pub(super) code: Option<ResultCode>,
    /// The fields of the result behind those that each has
    pub(super) fields: Vec<(String, Value)>,
}

impl Done {
    /// Nothing but that it went well.
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    /// One field more than that.
    pub(super) fn with(name: &str, value: impl Into<Value>) -> Self {
        Self { code: None, fields: vec![(name.to_owned(), value.into())] }
    }
}

/// Why a call did nothing.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) code: ResultCode,
    pub(super) why: Why,
}

/// The sentences that explain it, once the language is known.
#[derive(Debug)]
pub(super) enum Why {
    /// A text of the catalogue, with what was found
    Text(&'static str, String),
    /// A field of the request
    Wrong(Wrong),
    /// What the domain function says
    Problem(Problem),
}

impl Refused {
    /// For the cause that the texts call `name`.
    pub(super) fn because(code: ResultCode, name: &'static str, found: impl Into<String>) -> Self {
        Self { code, why: Why::Text(name, found.into()) }
    }

    /// What the domain function says, by a code of the noun that it is about.
    pub(super) fn of(code: ResultCode, problem: Problem) -> Self {
        Self { code, why: Why::Problem(problem) }
    }

    /// Its sentences.
    pub(super) fn sentences(&self, language: Language) -> Vec<String> {
        match &self.why {
            Why::Text(name, found) => vec![remark(language, name, found)],
            Why::Wrong(wrong) => {
                let fault = Fault {
                    field: wrong.field.clone(),
                    code: "invalid_value".to_owned(),
                    found: wrong.found.clone(),
                    expected: wrong.expected.clone(),
                };
                vec![of_fault(&fault, language)]
            }
            Why::Problem(problem) => {
                let faults = problem.faults().iter().take(20).map(|fault| of_fault(fault, language));
                let faults: Vec<_> = faults.collect();
                if faults.is_empty() { vec![problem.detail(language)] } else { faults }
            }
        }
    }
}

fn of_fault(fault: &Fault, language: Language) -> String {
    let field = fault.field.trim_start_matches('/');
    let found = if fault.found.is_empty() { String::new() } else { format!(" `{}`:", fault.found) };
    format!("{field}:{found} {}", message(fault, language))
}

/// A sentence of the catalogue about a call.
pub(super) fn remark(language: Language, name: &str, found: &str) -> String {
    texts::fill(texts::soap(language, name), |value| (value == "found" && !found.is_empty()).then_some(found))
}

impl From<Wrong> for Refused {
    fn from(wrong: Wrong) -> Self {
        Self { code: ResultCode::ValidationError, why: Why::Wrong(wrong) }
    }
}

/// What no noun says more of.
impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        let code = match problem.code() {
            Code::NotFound | Code::Gone => ResultCode::ItemNotFound,
            Code::Forbidden | Code::Conflict => ResultCode::OperationNotAllowed,
            Code::ValidationFailed if problem.faults().iter().all(|fault| fault.code == "required") => {
                ResultCode::RequiredDataIsMissing
            }
            Code::ValidationFailed | Code::AlreadyExists => ResultCode::ValidationError,
            _ => ResultCode::UnknownErrorHasOccurred,
        };
        Self { code, why: Why::Problem(problem) }
    }
}

impl From<Code> for Refused {
    fn from(code: Code) -> Self {
        Problem::new(code).into()
    }
}

/// The result of a method as its type is shaped.
pub(super) fn shaped(
    service: &Service,
    method: &Method,
    outcome: Result<Done, Refused>,
    remarks: Vec<String>,
    language: Language,
) -> Value {
    let kind = method.result.as_ref().map(|field| &field.kind);
    let Some(Kind::Of(name)) = kind else { return as_text(outcome, language) };
    let has = |field: &str| {
        service.record(name).is_some_and(|record| record.fields.iter().any(|one| one.name == field))
    };
    let (code, mut sentences, mut fields) = match outcome {
        Ok(done) => (done.code.unwrap_or(ResultCode::OK), Vec::new(), done.fields),
        Err(refused) => (refused.code, refused.sentences(language), Vec::new()),
    };
    sentences.extend(remarks);
    let given = |fields: &[(String, Value)], name: &str| fields.iter().any(|(given, _)| given == name);
    if has("ReturnValue") && !given(&fields, "ReturnValue") {
        fields.push(("ReturnValue".to_owned(), return_value(code).into()));
    }
    if *name == "GeocodeResult" {
        let code = geocode(code);
        let number = i64::from(code != "OK");
        fields.push(("ResultCode".to_owned(), code.into()));
        fields.push(("ResultCodeAsInt".to_owned(), number.into()));
    } else if has("ResultCode") {
        fields.push(("ResultCode".to_owned(), code.name().into()));
        fields.push(("ResultCodeAsInt".to_owned(), (code as i64).into()));
    }
    if has("ResultMessages") && !given(&fields, "ResultMessages") {
        fields.push(("ResultMessages".to_owned(), sentences.into_iter().collect()));
    }
    Value::Record(fields)
}

/// The code of a result, for the log of calls.
pub(super) fn code_of(result: &Value) -> Option<String> {
    if let Some(text) = result.as_text() {
        return text.split(':').next().map(str::to_owned);
    }
    let code = result.field("ResultCode").or_else(|| result.field("ReturnValue"))?;
    code.as_text().map(str::to_owned)
}

/// The text that methods of the first generation answer: exactly `OK`, or the code and why.
fn as_text(outcome: Result<Done, Refused>, language: Language) -> Value {
    match outcome {
        Ok(_) => ResultCode::OK.name().into(),
        Err(refused) => format!("{}: {}", refused.code.name(), refused.sentences(language).join(" ")).into(),
    }
}

/// The code of an import.
fn return_value(code: ResultCode) -> &'static str {
    match code {
        ResultCode::OK => "OK",
        ResultCode::InvalidUserNameOrPasswordOrIPAddress => "InvalidUserNameOrPasswordOrIPAddress",
        ResultCode::RequiredDataIsMissing => "RequiredDataIsMissing",
        ResultCode::ValidationError => "ValidationError",
        ResultCode::ImportGuidNotFound => "ImportGuidNotFound",
        ResultCode::ItemNotFound => "InvalidDataFile",
        ResultCode::UnknownErrorHasOccurred => "UnknownErrorHasoccurred",
        _ => "InvalidRequest",
    }
}

fn geocode(code: ResultCode) -> &'static str {
    match code {
        ResultCode::OK => "ZeroResults",
        ResultCode::InvalidUserNameOrPasswordOrIPAddress => code.name(),
        _ => "UnknownErrorHasOccurred",
    }
}

//! What the office decides about punches: corrections, missing punches, answers to what workers ask for. Each is an
//! entry; what was captured stays as it is.

use campo_protocol::{
    civil::check_zone,
    clock::EARLIEST_US,
    entry::Kind,
    faults::Faults,
    model::{MAX_CODE, MAX_TEXT, Ref},
    scope::Scope,
    shift::fact::{Answer, Change, Correction, Fact, PunchKind},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    entries::{self, Book, Known},
    people,
};
use crate::{
    accounts::settings,
    api::time::Instant,
    log::{
        changes::View,
        write::{About, Write},
    },
    problem::{Code, Problem, Result},
};

/// What is to be corrected of a punch.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionDraft {
    /// What to change
    pub change: ChangeName,
    /// `instant`: when it happened
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// `instant`: the IANA zone it was in, where that was wrong too
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "America/Lima")]
    pub zone: Option<String>,
    /// `kind`: what it was
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PunchKind>,
    /// `kind`: the code of the kind of break
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub break_kind: Option<String>,
    /// Why
    #[serde(default)]
    pub reason: String,
}

/// What a correction changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeName {
    /// When it happened
    Instant,
    /// What it was
    Kind,
    /// It did not happen; of a correction: it is taken back
    Remove,
}

/// A punch that is missing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PunchDraft {
    /// Its kind
    pub kind: PunchKind,
    /// When it would have been made
    pub at: Instant,
    /// The IANA zone it was in; without one the employee's
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "America/Lima")]
    pub zone: Option<String>,
    /// The code of the kind of break
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub break_kind: Option<String>,
    /// Why
    #[serde(default)]
    pub reason: String,
}

/// The answer of the office to what a worker asks for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerDraft {
    /// True to agree, false to reject
    pub agreed: bool,
    /// Why
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A correction that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionMade {
    /// Its entry
    pub id: Uuid,
    /// The employee
    pub employee: Uuid,
    /// True when it counts only once the worker agreed
    pub needs_agreement: bool,
}

/// An answer that was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answered {
    /// Its entry
    pub id: Uuid,
    /// The correction
    pub correction: Uuid,
    /// What was answered
    pub agreed: bool,
}

/// Corrects a punch, or takes a correction back.
pub async fn correct(write: &mut Write, id: Uuid, draft: &CorrectionDraft) -> Result<CorrectionMade> {
    let change = draft.change(write.now_us)?;
    let known = find(write, id).await?;
    let record = known.record();
    let is_correction = matches!(record.as_ref().map(|record| &record.fact), Some(Fact::Correction(..)));
    let is_punch = match record.map(|record| record.fact) {
        Some(Fact::Punch(_)) => true,
        Some(Fact::Correction(correction, _)) => matches!(correction.change, Change::Add { .. }),
        _ => false,
    };
    if !is_punch && (!is_correction || change != Change::Remove) {
        let mut faults = Faults::default();
        let expected = "a punch, or `remove` of a correction";
        faults.add("/change", "not_applicable", &known.row.kind, expected);
        return Err(faults.into());
    }
    let employee = known.row.employee.ok_or(Code::NotFound)?;
    let about = About {
        employee: Some(employee),
        corrects: Some(id),
        reason: Some(draft.reason.clone()),
        ..About::default()
    };
    append(write, about, change).await
}

/// Adds a punch that is missing.
pub async fn add(write: &mut Write, reference: &Ref, draft: &PunchDraft) -> Result<CorrectionMade> {
    let PunchDraft { kind, at, zone, break_kind, reason } = draft.clone();
    let mut faults = Faults::default();
    check_instant(&mut faults, at, write.now_us);
    check_common(&mut faults, zone.as_deref(), break_kind.as_deref(), &reason);
    faults.into_result()?;
    let account = write.account();
    let employee = people::find(write.tx(), account, reference).await?.id;
    let about = About { employee: Some(employee), reason: Some(reason), ..About::default() };
    let change = Change::Add { kind, at_us: at.0, zone, break_kind };
    append(write, about, change).await
}

/// Answers what a worker asks for. The last answer stands.
pub async fn answer(write: &mut Write, id: Uuid, draft: &AnswerDraft) -> Result<Answered> {
    let mut faults = Faults::default();
    if let Some(reason) = &draft.reason {
        faults.check_text("/reason", reason, MAX_TEXT);
    }
    faults.into_result()?;
    let known = find(write, id).await?;
    let is_correction = matches!(known.record().map(|record| record.fact), Some(Fact::Correction(..)));
    if !is_correction || known.row.installation.is_none() {
        let mut faults = Faults::default();
        faults.add("", "not_applicable", &known.row.kind, "a correction that a worker asks for");
        return Err(faults.into());
    }
    let about = About { employee: known.row.employee, reason: draft.reason.clone(), ..About::default() };
    let body = Answer { correction: id, agreed: draft.agreed };
    let entry = write.entry(Kind::PunchAgreement, about, &body)?;
    Ok(Answered { id: entry, correction: id, agreed: draft.agreed })
}

/// Appends a correction, and shows it to the worker's phones where it waits for an answer.
async fn append(write: &mut Write, about: About, change: Change) -> Result<CorrectionMade> {
    let account = write.account();
    let needs_agreement = settings::of_account(write.tx(), account).await?.correction_agreement;
    let employee = about.employee.ok_or(Code::NotFound)?;
    let (corrects, reason) = (about.corrects, about.reason.clone());
    let correction = Correction { change, needs_agreement };
    let id = write.entry(Kind::PunchCorrection, about, &correction)?;
    if needs_agreement {
        let body = json!({
            "id": id, "corrects": corrects, "reason": reason, "correction": correction, "made_us": write.now_us,
        });
        write.view(View {
            kind: "punch_correction",
            id,
            scopes: vec![Scope::Employee(employee)],
            body: body.to_string().into_bytes(),
        });
    }
    Ok(CorrectionMade { id, employee, needs_agreement })
}

/// An entry about working time, read under the account's lock.
async fn find(write: &mut Write, id: Uuid) -> Result<Known> {
    let account = write.account();
    let row = entries::by_ids(write.tx(), account, vec![id]).await?.pop();
    let mut book = Book::default();
    book.add(row.ok_or(Code::NotFound)?);
    book.entries.remove(&id).ok_or_else(|| Problem::new(Code::NotFound))
}

impl CorrectionDraft {
    /// What it does, when everything that it needs is there and nothing else.
    fn change(&self, now_us: i64) -> Result<Change> {
        let mut faults = Faults::default();
        check_common(&mut faults, self.zone.as_deref(), self.break_kind.as_deref(), &self.reason);
        let given = [
            ("/at", self.at.is_some(), ChangeName::Instant),
            ("/zone", self.zone.is_some(), ChangeName::Instant),
            ("/kind", self.kind.is_some(), ChangeName::Kind),
            ("/break_kind", self.break_kind.is_some(), ChangeName::Kind),
        ];
        for (field, is_given, change) in given {
            if is_given && change != self.change {
                faults.add(field, "not_applicable", "", "only what this change needs");
            }
        }
        let change = match (self.change, self.at, self.kind) {
            (ChangeName::Remove, ..) => Some(Change::Remove),
            (ChangeName::Instant, Some(at), _) => {
                check_instant(&mut faults, at, now_us);
                Some(Change::Instant { at_us: at.0, zone: self.zone.clone() })
            }
            (ChangeName::Kind, _, Some(kind)) => {
                Some(Change::Kind { kind, break_kind: self.break_kind.clone() })
            }
            (ChangeName::Instant, None, _) => {
                faults.add("/at", "required", "", "a value");
                None
            }
            (ChangeName::Kind, _, None) => {
                faults.add("/kind", "required", "", "a value");
                None
            }
        };
        faults.into_result()?;
        change.ok_or_else(|| Problem::new(Code::ValidationFailed))
    }
}

fn check_common(faults: &mut Faults, zone: Option<&str>, break_kind: Option<&str>, reason: &str) {
    if let Some(zone) = zone {
        check_zone(faults, "/zone", zone);
    }
    if let Some(code) = break_kind {
        faults.check_required_text("/break_kind", code, MAX_CODE);
    }
    faults.check_required_text("/reason", reason, MAX_TEXT);
}

fn check_instant(faults: &mut Faults, at: Instant, now_us: i64) {
    if at.0 < EARLIEST_US || at.0 > now_us {
        let found = serde_json::to_string(&at).unwrap_or_default();
        faults.add("/at", "out_of_range", found.trim_matches('"'), "a time from 2015 on that is not ahead");
    }
}

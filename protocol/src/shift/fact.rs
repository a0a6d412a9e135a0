//! What entries say of working time: punches, corrections of them, answers to corrections, closings of periods.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::Rules;
use crate::{
    civil::CivilDate,
    clock::OccurredKind,
    entry::{Entry, Kind},
    faults::Faults,
};

/// The kinds of entry that working time is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum PunchKind {
    /// Clock-in
    #[serde(rename = "shift.start")]
    ShiftStart,
    /// Clock-out
    #[serde(rename = "shift.end")]
    ShiftEnd,
    /// A break begins
    #[serde(rename = "break.start")]
    BreakStart,
    /// A break ends
    #[serde(rename = "break.end")]
    BreakEnd,
}

impl PunchKind {
    /// The punch that entries of `kind` are; none for other entries.
    pub const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::ShiftStart => Some(Self::ShiftStart),
            Kind::ShiftEnd => Some(Self::ShiftEnd),
            Kind::BreakStart => Some(Self::BreakStart),
            Kind::BreakEnd => Some(Self::BreakEnd),
            _ => None,
        }
    }

    /// Its name on the wire and in tables, that of the kind of entry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ShiftStart => Kind::ShiftStart.name(),
            Self::ShiftEnd => Kind::ShiftEnd.name(),
            Self::BreakStart => Kind::BreakStart.name(),
            Self::BreakEnd => Kind::BreakEnd.name(),
        }
    }
}

/// What a correction does. The body of a `punch.correction`; the punch is named by the entry's `corrects`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The punch happened at another instant
    Instant {
        /// Microseconds since 1970 UTC
        at_us: i64,
        /// The zone it was in, where that was wrong too
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
    },
    /// The punch was of another kind
    Kind {
        /// Which
        kind: PunchKind,
        /// The kind of break, for a break that begins
        #[serde(default, skip_serializing_if = "Option::is_none")]
        break_kind: Option<String>,
    },
    /// There was no such punch. Naming a correction it takes that correction back
    Remove,
    /// A punch is missing; the correction stands for it
    Add {
        /// Of which kind
        kind: PunchKind,
        /// When it would have been made: microseconds since 1970 UTC
        at_us: i64,
        /// The zone it was in; without one the employee's
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
        /// The kind of break, for a break that begins
        #[serde(default, skip_serializing_if = "Option::is_none")]
        break_kind: Option<String>,
    },
}

/// The body of a `punch.correction`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What it does
    #[serde(flatten)]
    pub change: Change,
    /// True when it counts only once the other side agreed. Frozen in the entry when the office writes it, so that
    /// another setting later does not change what was decided; a worker's correction always needs the office's word
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_agreement: bool,
}

/// The body of a `punch.agreement`: the other side's answer to a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The correction that is answered
    pub correction: Uuid,
    /// True when it is agreed to, false when it is rejected
    pub agreed: bool,
}

/// The body of a `period.closed`: from now on what arrives for these days is an adjustment.
///
/// It carries the rules by which the period was cut, so that editing rules later never changes a closed day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The first day
    pub from: CivilDate,
    /// The last day, included
    pub to: CivilDate,
    /// The employee's zone, for punches whose own is not known
    pub zone: String,
    /// The rules and days without work that hold for the employee in the period
    pub rules: Rules,
    /// The release of the zone database by which it was closed
    pub zone_database: String,
}

/// The body of a `period.reopened`: entries for these days count in place again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopening {
    /// The first day
    pub from: CivilDate,
    /// The last day, included
    pub to: CivilDate,
}

/// What one entry says of working time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A punch
    Punch(PunchFact),
    /// A correction; the punch or correction it names, none for an added punch
    Correction(Correction, Option<Uuid>),
    /// An answer to a correction
    Answer(Answer),
    /// Days were closed
    Closed(Box<Closing>),
    /// Days were opened again
    Reopened(Reopening),
}

/// What a punch says besides its instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PunchFact {
    /// Its kind
    pub kind: PunchKind,
    /// The zone that the phone saw, if it said one
    pub zone: Option<String>,
    /// The offset that the phone saw, in seconds east of UTC
    pub offset_s: Option<i32>,
    /// The kind of break
    pub break_kind: Option<String>,
}

#[derive(Deserialize)]
struct BreakBody {
    /// The code of the profile's list of kinds
    #[serde(default, alias = "break_kind")]
    kind: Option<String>,
}

impl Fact {
    /// What `entry`, which is of `kind`, says of working time. None when it is about something else, or when a
    /// correction, an answer or a closing cannot be read; a punch always can, also with a body that cannot.
    pub fn of(kind: Kind, entry: &Entry) -> Option<Self> {
        let body = entry.body.as_deref().map(serde_json::value::RawValue::get);
        match kind {
            Kind::PunchCorrection => {
                let correction: Correction = serde_json::from_str(body?).ok()?;
                let adds = matches!(correction.change, Change::Add { .. });
                (adds != entry.corrects.is_some()).then_some(Self::Correction(correction, entry.corrects))
            }
            Kind::PunchAgreement => serde_json::from_str(body?).ok().map(Self::Answer),
            Kind::PeriodClosed => serde_json::from_str(body?).ok().map(Self::Closed),
            Kind::PeriodReopened => serde_json::from_str(body?).ok().map(Self::Reopened),
            _ => {
                let clock = entry.clock.as_ref();
                let read = |body: &str| serde_json::from_str::<BreakBody>(body).ok()?.kind;
                Some(Self::Punch(PunchFact {
                    kind: PunchKind::of(kind)?,
                    zone: clock.and_then(|clock| clock.zone.clone()),
                    offset_s: clock.and_then(|clock| clock.offset_s),
                    break_kind: body.and_then(read),
                }))
            }
        }
    }

    /// A punch of which no more than its kind is known, since its bytes were erased.
    pub const fn of_erased(kind: PunchKind) -> Self {
        Self::Punch(PunchFact { kind, zone: None, offset_s: None, break_kind: None })
    }
}

/// One entry of an employee about working time, as the server accepted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The entry
    pub id: Uuid,
    /// Its position in the log
    pub position: i64,
    /// Its sequence in its installation, 0 for the office
    pub sequence: i64,
    /// The installation that captured it, none for the office
    pub installation: Option<Uuid>,
    /// When it happened, fixed on acceptance: microseconds since 1970 UTC
    pub at_us: i64,
    /// How that was fixed
    pub occurred_kind: OccurredKind,
    /// When the server received it: microseconds since 1970 UTC
    pub received_us: i64,
    /// What it says
    pub fact: Fact,
}

impl Record {
    /// The order of all that is about working time: corrected instants first, then sequence, then id.
    pub const fn order(&self) -> (i64, i64, Uuid) {
        (self.at_us, self.sequence, self.id)
    }
}

/// Checks the days of a period; `found` names the last one's field.
pub fn check_span(faults: &mut Faults, from: CivilDate, to: CivilDate) {
    from.check(faults, "/from");
    to.check(faults, "/to");
    if to < from {
        faults.add("/to", "end_before_start", &to.to_string(), format!("not before {from}"));
    }
}

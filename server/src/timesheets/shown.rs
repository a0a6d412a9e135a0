//! How timesheets are shown.

use std::collections::HashMap;

use campo_protocol::{
    civil::{self, CivilDate},
    clock::{Clock, OccurredKind},
    shift::{
        correct::{CorrectionSeen, Moment, Punch, Side, Standing},
        cut::{Extra, Totals},
        day::Day,
        fact::{Change, PunchKind},
        pair::{Remark, RemarkCode, Shift},
        sheet::{Adjustment, Sheet, SheetDay},
    },
    text::hex,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    entries::{Book, Known, LinkRow},
    people::Person,
};
use crate::{api::time::Instant, entries::Author, log::entry::marks};

/// The timesheet of an employee.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timesheet {
    /// The employee
    pub employee: Uuid,
    /// The employee's number
    pub number: String,
    /// The employee's name
    pub name: String,
    /// The first day
    pub from: CivilDate,
    /// The last day, included
    pub to: CivilDate,
    /// The zone of punches that say none
    pub zone: String,
    /// The release of the zone database by which it was derived
    pub zone_database: String,
    /// Until when it was looked at
    pub as_of: Instant,
    /// Every day, in order
    pub days: Vec<DayShown>,
    /// Adjustments of closed days, of any period, that are settled on these days
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<AdjustmentShown>,
    /// All days as they count, together
    pub totals: TotalsShown,
    /// All days together, less what was settled elsewhere, with what is settled here: what is paid for them
    pub payable: TotalsShown,
}

/// A day. A shift belongs to the day on which it began, in the zone of its first punch.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayShown {
    /// The day
    pub date: CivilDate,
    /// The `period.closed` that closed it; what came later is among the adjustments and is not counted here
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<Uuid>,
    /// The rules by which it is cut now
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub content: DayContent,
    /// As it stands with everything that came, where that is not how it counts
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<DayContent>,
    /// What was corrected in it, or is proposed
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<CorrectionShown>,
    /// What came late for it, in the order of settling
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<AdjustmentShown>,
    /// How much of it was settled elsewhere while it was closed before
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_elsewhere: Option<TotalsShown>,
}

/// What there is on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayContent {
    /// The shifts that began on it
    pub shifts: Vec<ShiftShown>,
    /// Punches that belong to no shift
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loose: Vec<LooseShown>,
    /// Punches that a correction removed
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<PunchShown>,
    /// Its totals
    pub totals: TotalsShown,
}

/// A shift.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftShown {
    /// The zone of its first punch
    pub zone: String,
    /// The clock-in
    pub start: PunchShown,
    /// The clock-out; without one the shift is open and counts no time
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<PunchShown>,
    /// Its breaks
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<BreakShown>,
    /// Punches that changed nothing
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<PunchShown>,
    /// What is remarkable about it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<RemarkShown>,
    /// Its totals
    pub totals: TotalsShown,
}

/// A break.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakShown {
    /// The code of its kind
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its beginning
    pub start: PunchShown,
    /// Its end; without one nothing is deducted
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<PunchShown>,
    /// How long it was
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_us: Option<i64>,
}

/// A punch that belongs to no shift.
#[derive(Debug, Serialize, ToSchema)]
pub struct LooseShown {
    /// The punch
    pub punch: PunchShown,
    /// What is remarkable about it
    pub remarks: Vec<RemarkShown>,
}

/// A remark.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemarkShown {
    /// What
    pub code: RemarkCode,
    /// The punch that it is about
    pub punch: Uuid,
}

/// A punch as it counts, and as it was captured.
#[derive(Debug, Serialize, ToSchema)]
pub struct PunchShown {
    /// Its entry; for an added punch the correction that added it
    pub id: Uuid,
    /// Its kind
    pub kind: PunchKind,
    /// When it counts
    pub at: Instant,
    /// The same on the clock there: RFC 3339 with the offset of its zone
    #[schema(example = "2030-01-15T18:00:00-05:00")]
    pub local: String,
    /// What it was before corrections
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<MomentShown>,
    /// True when a correction added it
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub added: bool,
    /// How the instant of its entry was fixed on acceptance
    pub occurred_kind: OccurredKind,
    /// When the server received it
    pub received_at: Instant,
    /// The clocks as the phone saw them, raw
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// Who handed it in
    pub author: Author,
    /// The installation that captured it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installation: Option<Uuid>,
    /// Its number in the installation
    pub sequence: i64,
    /// What is marked on its entry
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub marks: Vec<&'static str>,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub evidence: Evidence,
}

/// Where an entry stands, so that it can be proved: see `/v1/entries/{id}/receipt`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Evidence {
    /// SHA-256 of the entry's bytes, hexadecimal
    pub hash: String,
    /// Its number in the account's chain, which is its position in the log
    pub position: i64,
    /// Its place in the chain of the establishment
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<ChainPlace>,
}

/// A place in a chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainPlace {
    /// The chain
    pub chain: String,
    /// The number in it, without gaps
    pub number: i64,
    /// The leaf, hexadecimal
    pub leaf: String,
}

/// Kind and instant of a punch.
#[derive(Debug, Serialize, ToSchema)]
pub struct MomentShown {
    /// The kind
    pub kind: PunchKind,
    /// The instant
    pub at: Instant,
}

/// A correction with what was before and after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionShown {
    /// Its entry
    pub id: Uuid,
    /// The punch it is about
    pub punch: Uuid,
    /// What it does: `instant`, `kind`, `remove` or `add`
    pub change: String,
    /// Whose it is
    pub side: Side,
    /// Who handed it in
    pub author: Author,
    /// Why
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was made
    pub made_at: Instant,
    /// What stands of it
    pub standing: Standing,
    /// The answer of the other side
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerShown>,
    /// The punch before it; none where it adds one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<MomentShown>,
    /// The punch with it, also where it does not count; none where it removes one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<MomentShown>,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub evidence: Evidence,
}

/// The answer to a correction.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerShown {
    /// Its entry
    pub id: Uuid,
    /// Who handed it in
    pub author: Author,
    /// Why
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was given
    pub made_at: Instant,
}

/// What late entries would have changed of a closed day.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdjustmentShown {
    /// The closed day
    pub day: CivilDate,
    /// The day on which it is settled: the first open one from its arrival on
    pub settled_on: CivilDate,
    /// The closing that it came too late for
    pub closing: Uuid,
    /// The difference, which can be negative
    pub totals: TotalsShown,
    /// The late entries
    pub entries: Vec<Uuid>,
}

/// How much time there was, in microseconds that passed.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct TotalsShown {
    /// All working time
    pub worked_us: i64,
    /// Working time that is not extra
    pub ordinary_us: i64,
    /// Working time beyond the ordinary time of the day
    pub extra_day_us: i64,
    /// Working time beyond the ordinary time of the week
    pub extra_week_us: i64,
    /// Working time in the hours of the night
    pub night_us: i64,
    /// Working time on days without work
    pub free_day_us: i64,
    /// Breaks that count as working time
    pub paid_break_us: i64,
    /// Breaks that do not
    pub unpaid_break_us: i64,
    /// The working time by all three, of which there was some
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<CutShown>,
}

/// Working time of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct CutShown {
    /// In the hours of the night
    pub night: bool,
    /// On a day without work
    pub free_day: bool,
    /// Whether it is extra
    pub extra: Extra,
    /// How much
    pub duration_us: i64,
}

impl From<&Totals> for TotalsShown {
    fn from(totals: &Totals) -> Self {
        let cut = |(cut, duration_us): (campo_protocol::shift::cut::Cut, i64)| CutShown {
            night: cut.night,
            free_day: cut.free_day,
            extra: cut.extra,
            duration_us,
        };
        Self {
            worked_us: totals.worked_us(),
            ordinary_us: totals.ordinary_us(),
            extra_day_us: totals.extra_day_us(),
            extra_week_us: totals.extra_week_us(),
            night_us: totals.night_us(),
            free_day_us: totals.free_day_us(),
            paid_break_us: totals.paid_break_us,
            unpaid_break_us: totals.unpaid_break_us,
            cuts: totals.cuts().map(cut).collect(),
        }
    }
}

impl From<Moment> for MomentShown {
    fn from(moment: Moment) -> Self {
        Self { kind: moment.kind, at: Instant(moment.at_us) }
    }
}

/// What is needed to show one employee's sheet.
pub(super) struct Showing<'a> {
    pub(super) person: &'a Person,
    pub(super) book: &'a Book,
    pub(super) links: &'a HashMap<i64, LinkRow>,
    pub(super) as_of_us: i64,
}

impl Showing<'_> {
    /// The timesheet of the days in `sheet`.
    pub(super) fn timesheet(&self, sheet: &Sheet, from: CivilDate, to: CivilDate) -> Timesheet {
        let counted = sheet.days.iter().fold(Totals::default(), |sum, day| sum.plus(&day.day.totals));
        let elsewhere =
            sheet.days.iter().fold(Totals::default(), |sum, day| sum.plus(&day.settled_elsewhere));
        let settled = sheet.settled.iter().fold(Totals::default(), |sum, part| sum.plus(&part.totals));
        Timesheet {
            employee: self.person.id,
            number: self.person.number.clone(),
            name: self.person.name.clone(),
            from,
            to,
            zone: self.person.zone_name.clone(),
            zone_database: civil::zone_database_version(),
            as_of: Instant(self.as_of_us),
            days: sheet.days.iter().map(|day| self.day(day, sheet)).collect(),
            settled: sheet.settled.iter().map(adjustment).collect(),
            totals: (&counted).into(),
            payable: (&counted.minus(&elsewhere).plus(&settled)).into(),
        }
    }

    fn day(&self, day: &SheetDay, sheet: &Sheet) -> DayShown {
        let rules = self.person.rules.on(day.date).map(|dated| dated.code.clone());
        DayShown {
            date: CivilDate(day.date),
            closed_by: day.closed_by,
            rules,
            content: self.content(&day.day),
            now: day.now.as_ref().map(|now| self.content(now)),
            corrections: self.corrections(day, sheet),
            adjustments: day.adjustments.iter().map(adjustment).collect(),
            settled_elsewhere: (!day.settled_elsewhere.is_zero()).then(|| (&day.settled_elsewhere).into()),
        }
    }

    /// Corrections are shown on the day of the punch before them, and on that of the punch with them.
    fn corrections(&self, day: &SheetDay, sheet: &Sheet) -> Vec<CorrectionShown> {
        let is_here = |seen: &CorrectionSeen| {
            let moments = [seen.before, seen.after].into_iter().flatten();
            let mut dates =
                moments.map(|moment| self.person.zone().to_datetime(timestamp(moment.at_us)).date());
            dates.any(|date| date == day.date)
                || shows(&day.day, seen.punch)
                || day.now.as_ref().is_some_and(|now| shows(now, seen.punch))
        };
        let here = sheet.corrected.corrections.iter().filter(|seen| is_here(seen));
        here.filter_map(|seen| self.correction(seen)).collect()
    }

    fn correction(&self, seen: &CorrectionSeen) -> Option<CorrectionShown> {
        let known = self.book.entries.get(&seen.id)?;
        let change = match seen.change {
            Change::Instant { .. } => "instant",
            Change::Kind { .. } => "kind",
            Change::Remove => "remove",
            Change::Add { .. } => "add",
        };
        Some(CorrectionShown {
            id: seen.id,
            punch: seen.punch,
            change: change.to_owned(),
            side: seen.side,
            author: author(known),
            reason: known.entry.as_ref().and_then(|entry| entry.reason.clone()),
            made_at: Instant(known.row.occurred_us),
            standing: seen.standing,
            answer: seen.answer.and_then(|id| self.book.entries.get(&id)).map(|answer| AnswerShown {
                id: answer.row.id,
                author: author(answer),
                reason: answer.entry.as_ref().and_then(|entry| entry.reason.clone()),
                made_at: Instant(answer.row.occurred_us),
            }),
            before: seen.before.map(MomentShown::from),
            after: seen.after.map(MomentShown::from),
            evidence: self.evidence(known),
        })
    }

    fn content(&self, day: &Day) -> DayContent {
        let punches = |punches: &[Punch]| punches.iter().filter_map(|punch| self.punch(punch)).collect();
        DayContent {
            shifts: day.shifts.iter().filter_map(|cut| self.shift(&cut.shift, &cut.totals)).collect(),
            loose: day
                .stray
                .iter()
                .filter_map(|stray| {
                    Some(LooseShown { punch: self.punch(&stray.punch)?, remarks: remarks(&stray.remarks) })
                })
                .collect(),
            removed: punches(&day.removed),
            totals: (&day.totals).into(),
        }
    }

    fn shift(&self, shift: &Shift, totals: &Totals) -> Option<ShiftShown> {
        let breaks = shift.breaks.iter().filter_map(|taken| {
            let start = self.punch(&taken.start)?;
            let duration_us = taken.end.as_ref().map(|end| end.now.at_us - taken.start.now.at_us);
            let end = taken.end.as_ref().and_then(|end| self.punch(end));
            Some(BreakShown { kind: taken.start.break_kind.clone(), start, end, duration_us })
        });
        Some(ShiftShown {
            zone: shift.zone.clone(),
            start: self.punch(&shift.start)?,
            end: shift.end.as_ref().and_then(|end| self.punch(end)),
            breaks: breaks.collect(),
            repeated: shift.repeated.iter().filter_map(|punch| self.punch(punch)).collect(),
            remarks: remarks(&shift.remarks),
            totals: totals.into(),
        })
    }

    /// Every punch that was derived has its entry in the book.
    fn punch(&self, punch: &Punch) -> Option<PunchShown> {
        let known = self.book.entries.get(&punch.id)?;
        let own = punch.zone.as_deref().and_then(civil::zone);
        Some(PunchShown {
            id: punch.id,
            kind: punch.now.kind,
            at: Instant(punch.now.at_us),
            local: local(punch.now.at_us, own.as_ref().unwrap_or(self.person.zone())),
            original: punch.original.map(MomentShown::from),
            added: punch.added,
            occurred_kind: known.occurred_kind(),
            received_at: Instant(known.row.received_us),
            clock: known.entry.as_ref().and_then(|entry| entry.clock.clone()),
            author: author(known),
            installation: known.row.installation,
            sequence: known.row.sequence,
            marks: marks::NAMES
                .iter()
                .filter(|(mark, _)| known.row.marks & mark != 0)
                .map(|(_, name)| *name)
                .collect(),
            evidence: self.evidence(known),
        })
    }

    fn evidence(&self, known: &Known) -> Evidence {
        let place = self.links.get(&known.row.position);
        Evidence {
            hash: hex(&known.row.hash),
            position: known.row.position,
            chain: place.map(|link| ChainPlace {
                chain: link.chain.clone(),
                number: link.number,
                leaf: hex(&link.leaf),
            }),
        }
    }
}

/// True when the punch is shown on the day.
fn shows(day: &Day, punch: Uuid) -> bool {
    let of_shifts = day.shifts.iter().flat_map(|cut| cut.shift.punches());
    let mut all = of_shifts.chain(day.stray.iter().map(|stray| &stray.punch)).chain(&day.removed);
    all.any(|shown| shown.id == punch)
}

fn adjustment(adjustment: &Adjustment) -> AdjustmentShown {
    AdjustmentShown {
        day: CivilDate(adjustment.day),
        settled_on: CivilDate(adjustment.settled_on),
        closing: adjustment.closing,
        totals: (&adjustment.totals).into(),
        entries: adjustment.entries.clone(),
    }
}

fn remarks(remarks: &[Remark]) -> Vec<RemarkShown> {
    remarks.iter().map(|remark| RemarkShown { code: remark.code, punch: remark.punch }).collect()
}

fn author(known: &Known) -> Author {
    Author { kind: known.row.author.clone(), id: known.row.author_id }
}

fn timestamp(at_us: i64) -> Timestamp {
    Timestamp::from_microsecond(at_us).unwrap_or_default()
}

/// An instant as the clock showed it there: RFC 3339 with offset.
fn local(at_us: i64, zone: &TimeZone) -> String {
    let at = timestamp(at_us);
    at.display_with_offset(zone.to_offset(at)).to_string()
}

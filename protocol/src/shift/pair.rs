//! From punches to shifts. Nothing is refused and nothing is made up: what is missing stays missing, with a remark.
//!
//! What was decided, and why:
//!
//! - A second clock-in while a shift is open ends nothing: that would invent a clock-out that nobody made. It belongs to
//!   the open shift and is remarked; people tap twice, and some carry two phones.
//! - An open shift takes no punch behind the longest shift that its day's rules allow (16 hours where none do). It stays
//!   open, and a clock-in behind that begins another shift: somebody forgot to clock out yesterday, and today must not
//!   be lost to that.
//! - An open shift counts no time, since nobody knows how much it was.
//! - A clock-out without an open shift, and a break outside one, stand alone under their day.
//! - A break that is open when its shift ends is not deducted: what is taken from the worker must be recorded.
//! - All phones of an employee make one line of punches: a shift can begin on one and end on another. It is remarked.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    correct::Punch,
    fact::PunchKind,
    rules::{MAX_LONGEST_MINUTES, MINUTE_US, Rules},
};
use crate::{civil, clock::OccurredKind};

/// The longest that a shift with an end can be, in microseconds.
pub const LONGEST_US: i64 = MAX_LONGEST_MINUTES * MINUTE_US;

/// What is remarkable about a punch, a break or a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemarkCode {
    /// The shift has no end, and it is too late for one: it counts no time
    EndMissing,
    /// A clock-out without a shift to end
    StartMissing,
    /// A clock-in while the shift was open: it changed nothing
    StartRepeated,
    /// A break that begins or ends outside every shift
    BreakOutsideShift,
    /// A break has no end: nothing is deducted for it
    BreakEndMissing,
    /// The end of a break that had not begun
    BreakStartMissing,
    /// A break that begins while another one is going on: it changed nothing
    BreakRepeated,
    /// Its punches were made on more than one phone
    SeveralInstallations,
    /// The zone changed within the shift: its day and its nights are those of its first punch
    ZoneChanged,
    /// The phone said no zone, or one that the zone database does not know: the employee's stands in for it
    ZoneAssumed,
    /// The phone saw another offset than the zone database gives its zone
    OffsetDiffers,
    /// The clocks contradict each other or the calendar; the punch is counted
    SuspectClock,
}

/// A remark, and the punch that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Remark {
    /// What
    pub code: RemarkCode,
    /// The punch
    pub punch: Uuid,
}

/// A shift. Without an end it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The day on which it began, in its zone
    pub day: Date,
    /// The name of the zone of its first punch
    pub zone: String,
    /// The clock-in
    pub start: Punch,
    /// The clock-out
    pub end: Option<Punch>,
    /// The breaks, in order
    pub breaks: Vec<Break>,
    /// Punches that changed nothing
    pub repeated: Vec<Punch>,
    /// What is remarkable, sorted
    pub remarks: Vec<Remark>,
}

/// A break within a shift. Without an end it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// Its beginning, which says its kind
    pub start: Punch,
    /// Its end
    pub end: Option<Punch>,
}

/// A punch that belongs to no shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Its day, in its own zone
    pub day: Date,
    /// The punch
    pub punch: Punch,
    /// What is remarkable, sorted
    pub remarks: Vec<Remark>,
}

/// The shifts of an employee, and what belongs to none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paired {
    /// In the order of their beginnings
    pub shifts: Vec<Shift>,
    /// In order
    pub stray: Vec<Stray>,
}

/// By what shifts are made of punches.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// The employee's zone
    pub zone: TimeZone,
    /// Its name
    pub zone_name: &'a str,
    /// The employee's rules
    pub rules: &'a Rules,
    /// Until when it is looked at: an open shift whose time is over by then has no end. Microseconds since 1970 UTC
    pub as_of_us: i64,
}

/// The zone of a punch.
pub(super) struct Zoned {
    pub(super) zone: TimeZone,
    pub(super) name: String,
    assumed: bool,
}

impl Setting<'_> {
    /// The zone of a punch: the one it says, or the employee's.
    pub(super) fn zone_of(&self, punch: &Punch) -> Zoned {
        let said = punch.zone.as_deref().and_then(|name| Some((civil::zone(name)?, name)));
        match said {
            Some((zone, name)) => Zoned { zone, name: name.to_owned(), assumed: false },
            None => Zoned { zone: self.zone.clone(), name: self.zone_name.to_owned(), assumed: true },
        }
    }

    /// The day of a punch in its zone.
    pub(super) fn day_of(&self, punch: &Punch) -> Date {
        self.zone_of(punch).zone.to_datetime(timestamp(punch.now.at_us)).date()
    }

    /// What is remarkable about a punch by itself.
    fn remarks_of(&self, punch: &Punch) -> impl Iterator<Item = Remark> + use<> {
        let Zoned { zone, assumed, .. } = self.zone_of(punch);
        let offset_s = zone.to_offset(timestamp(punch.now.at_us)).seconds();
        let differs = !assumed && punch.offset_s.is_some_and(|seen| seen != offset_s);
        let codes = [
            (punch.occurred_kind == OccurredKind::Suspect, RemarkCode::SuspectClock),
            (assumed, RemarkCode::ZoneAssumed),
            (differs, RemarkCode::OffsetDiffers),
        ];
        let punch = punch.id;
        codes.into_iter().filter(|(holds, _)| *holds).map(move |(_, code)| Remark { code, punch })
    }
}

/// The instant as jiff has it; the nearest one at the ends of its calendar.
pub(super) fn timestamp(at_us: i64) -> Timestamp {
    Timestamp::from_microsecond(at_us).unwrap_or(if at_us < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// Makes shifts of `punches`, which are in order.
pub fn paired(punches: &[Punch], setting: &Setting<'_>) -> Paired {
    let mut line = Line { setting, open: None, paired: Paired::default() };
    for punch in punches {
        line.leave_before(punch.now.at_us);
        line.take(punch);
    }
    line.leave_before(setting.as_of_us);
    if let Some(open) = line.open.take() {
        line.keep(open);
    }
    line.paired
}

/// The punches in their order, as they are gone through.
struct Line<'a> {
    setting: &'a Setting<'a>,
    open: Option<Shift>,
    paired: Paired,
}

impl Line<'_> {
    /// Leaves the open shift open for good when it is too late for its end.
    fn leave_before(&mut self, at_us: i64) {
        let is_over = |open: &mut Shift| {
            let longest_us = self.setting.rules.terms_on(open.day).longest_us();
            at_us.saturating_sub(open.start.now.at_us) > longest_us
        };
        if let Some(mut open) = self.open.take_if(is_over) {
            open.remark(RemarkCode::EndMissing, open.start.id);
            self.keep(open);
        }
    }

    fn take(&mut self, punch: &Punch) {
        match (punch.now.kind, &mut self.open) {
            (PunchKind::ShiftStart, None) => self.begin(punch),
            (PunchKind::ShiftStart, Some(open)) => open.repeat(RemarkCode::StartRepeated, punch),
            (PunchKind::ShiftEnd, None) => self.stray(RemarkCode::StartMissing, punch),
            (PunchKind::ShiftEnd, Some(open)) => {
                open.end = Some(punch.clone());
                if let Some(ended) = self.open.take() {
                    self.keep(ended);
                }
            }
            (PunchKind::BreakStart | PunchKind::BreakEnd, None) => {
                self.stray(RemarkCode::BreakOutsideShift, punch);
            }
            (PunchKind::BreakStart, Some(open)) => match open.open_break() {
                Some(_) => open.repeat(RemarkCode::BreakRepeated, punch),
                None => open.breaks.push(Break { start: punch.clone(), end: None }),
            },
            (PunchKind::BreakEnd, Some(open)) => match open.open_break() {
                Some(going_on) => going_on.end = Some(punch.clone()),
                None => open.repeat(RemarkCode::BreakStartMissing, punch),
            },
        }
    }

    fn begin(&mut self, punch: &Punch) {
        self.open = Some(Shift {
            day: self.setting.day_of(punch),
            zone: self.setting.zone_of(punch).name,
            start: punch.clone(),
            end: None,
            breaks: Vec::new(),
            repeated: Vec::new(),
            remarks: Vec::new(),
        });
    }

    fn stray(&mut self, code: RemarkCode, punch: &Punch) {
        let mut remarks: Vec<_> = self.setting.remarks_of(punch).collect();
        remarks.push(Remark { code, punch: punch.id });
        remarks.sort_unstable();
        self.paired.stray.push(Stray { day: self.setting.day_of(punch), punch: punch.clone(), remarks });
    }

    /// Adds what is remarkable about the shift as a whole.
    fn keep(&mut self, mut shift: Shift) {
        let is_over =
            shift.end.is_some() || shift.remarks.iter().any(|remark| remark.code == RemarkCode::EndMissing);
        let missing = shift.breaks.iter().find(|taken| taken.end.is_none()).map(|taken| taken.start.id);
        if let Some(punch) = missing.filter(|_| is_over) {
            shift.remark(RemarkCode::BreakEndMissing, punch);
        }
        let mut remarks = std::mem::take(&mut shift.remarks);
        let installations: BTreeSet<_> = shift.punches().filter_map(|punch| punch.installation).collect();
        if installations.len() > 1 {
            remarks.push(Remark { code: RemarkCode::SeveralInstallations, punch: shift.start.id });
        }
        for punch in shift.punches() {
            remarks.extend(self.setting.remarks_of(punch));
            if self.setting.zone_of(punch).name != shift.zone {
                remarks.push(Remark { code: RemarkCode::ZoneChanged, punch: punch.id });
            }
        }
        remarks.sort_unstable();
        shift.remarks = remarks;
        self.paired.shifts.push(shift);
    }
}

impl Shift {
    /// True while it has no end.
    pub const fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Its punches, the clock-in first, then as it keeps them.
    pub fn punches(&self) -> impl Iterator<Item = &Punch> {
        let breaks = self.breaks.iter().flat_map(|taken| [Some(&taken.start), taken.end.as_ref()]).flatten();
        [&self.start].into_iter().chain(self.end.as_ref()).chain(breaks).chain(&self.repeated)
    }

    fn open_break(&mut self) -> Option<&mut Break> {
        self.breaks.last_mut().filter(|taken| taken.end.is_none())
    }

    fn repeat(&mut self, code: RemarkCode, punch: &Punch) {
        self.repeated.push(punch.clone());
        self.remark(code, punch.id);
    }

    fn remark(&mut self, code: RemarkCode, punch: Uuid) {
        self.remarks.push(Remark { code, punch });
    }
}

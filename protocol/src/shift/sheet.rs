//! The timesheet of an employee: open days as they are, closed days as they were closed, and what came late.
//!
//! A closing is an entry, and so has a position in the log: what stands behind it is late for the days it closes,
//! whatever its own instant. A late entry changes nothing of a closed day. What it would have changed is an adjustment
//! of that day, settled on the first open day from its arrival on; whoever pays by period finds it there. Adjustments
//! stand for good: when days are opened again, they say how much of them was settled elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use uuid::Uuid;

use super::{
    correct::{Corrected, corrected},
    cut::Totals,
    day::{Day, days},
    fact::{Change, Closing, Fact, Record},
    pair::{LONGEST_US, Setting, timestamp},
};
use crate::civil;

/// Microseconds of a day by the clock.
const DAY_US: i64 = 24 * 3600 * 1_000_000;
/// How far before a period an entry can change it: the week that its first day is in, and a shift.
const REACH_BEFORE_US: i64 = 8 * DAY_US + LONGEST_US;
/// How far behind a period an entry can change it: its last day, longer by summer time, and a shift.
const REACH_BEHIND_US: i64 = 2 * DAY_US + LONGEST_US;

/// A timesheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Every day asked for
    pub days: Vec<SheetDay>,
    /// Adjustments of closed days, of any period, that are settled on the days asked for; in order
    pub settled: Vec<Adjustment>,
    /// All punches and corrections as they stand now
    pub corrected: Corrected,
}

/// A day of a timesheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetDay {
    /// The day
    pub date: Date,
    /// As it counts: as it was closed, or as it stands now where it is open
    pub day: Day,
    /// The closing that holds, for a closed day
    pub closed_by: Option<Uuid>,
    /// As it stands now, where that is not how it counts
    pub now: Option<Day>,
    /// What came late for it, in the order of settling
    pub adjustments: Vec<Adjustment>,
    /// How much of an open day was settled elsewhere while it was closed before
    pub settled_elsewhere: Totals,
}

/// What late entries would have changed of a closed day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// The closed day
    pub day: Date,
    /// The day on which it is settled
    pub settled_on: Date,
    /// The closing that it came too late for
    pub closing: Uuid,
    /// The difference; none of anything where entries came late that change no totals
    pub totals: Totals,
    /// The late entries, in the order of the log
    pub entries: Vec<Uuid>,
}

/// The timesheet of the days from `from` to `to`, both included. `records` are all that can matter to these days, in any
/// order, each any number of times.
pub fn sheet(records: &[Record], setting: &Setting<'_>, from: Date, to: Date) -> Sheet {
    let mut log: Vec<&Record> = records.iter().collect();
    log.sort_by_key(|record| (record.position, record.id));
    log.dedup_by_key(|record| record.id);
    let corrected = corrected(log.iter().copied());
    let now = days(&corrected, setting);
    let marks = Marks::of(&log);
    let mut closed: BTreeMap<Date, Vec<ClosedDay>> = BTreeMap::new();
    for closing in marks.closings() {
        for day in closed_days(&log, &marks, closing, setting) {
            closed.entry(day.date).or_default().push(day);
        }
    }
    let mut settled: Vec<Adjustment> = closed
        .values()
        .flatten()
        .flat_map(|day| day.adjustments.iter())
        .filter(|adjustment| (from..=to).contains(&adjustment.settled_on))
        .cloned()
        .collect();
    settled.sort_by_key(|adjustment| (adjustment.settled_on, adjustment.day));
    let days = from.series(jiff::Span::new().days(1)).take_while(|date| *date <= to);
    let days = days.map(|date| sheet_day(date, closed.remove(&date).unwrap_or_default(), &now)).collect();
    Sheet { days, settled, corrected }
}

fn sheet_day(date: Date, mut closed: Vec<ClosedDay>, now: &BTreeMap<Date, Day>) -> SheetDay {
    let now = now.get(&date).cloned().unwrap_or_default();
    let adjustments: Vec<_> = closed.iter().flat_map(|day| day.adjustments.clone()).collect();
    let last = closed.pop_if(|day| day.until.is_none());
    let earlier = closed.iter().flat_map(|day| &day.adjustments);
    let settled_elsewhere = earlier.fold(Totals::default(), |sum, part| sum.plus(&part.totals));
    match last {
        Some(last) => SheetDay {
            date,
            closed_by: Some(last.closing),
            now: (last.day != now).then_some(now),
            day: last.day,
            adjustments,
            settled_elsewhere,
        },
        None => SheetDay { date, day: now, closed_by: None, now: None, adjustments, settled_elsewhere },
    }
}

/// A closing or an opening, in the log.
#[derive(Debug, Clone, Copy)]
struct Mark<'a> {
    record: &'a Record,
    from: Date,
    to: Date,
    /// None when it opens
    closing: Option<&'a Closing>,
}

/// All closings and openings, in the order of the log.
struct Marks<'a>(Vec<Mark<'a>>);

impl<'a> Marks<'a> {
    fn of(log: &[&'a Record]) -> Self {
        let mark = |record: &&'a Record| {
            let (from, to, closing) = match &record.fact {
                Fact::Closed(closing) => (closing.from, closing.to, Some(&**closing)),
                Fact::Reopened(opening) => (opening.from, opening.to, None),
                _ => return None,
            };
            Some(Mark { record, from: from.0, to: to.0, closing })
        };
        Self(log.iter().filter_map(mark).collect())
    }

    fn closings(&self) -> impl Iterator<Item = (Mark<'a>, &'a Closing)> {
        self.0.iter().filter_map(|mark| Some((*mark, mark.closing?)))
    }

    /// True when `day` is closed by what stands before `position`.
    fn is_closed(&self, day: Date, position: i64) -> bool {
        let before = self.0.iter().take_while(|mark| mark.record.position < position);
        let last = before.filter(|mark| mark.from <= day && day <= mark.to).last();
        last.is_some_and(|mark| mark.closing.is_some())
    }

    /// The position at which `day` is opened again after `position`.
    fn opened_behind(&self, day: Date, position: i64) -> Option<i64> {
        let mut behind =
            self.0.iter().filter(|mark| mark.record.position > position && mark.closing.is_none());
        behind.find(|mark| mark.from <= day && day <= mark.to).map(|mark| mark.record.position)
    }

    /// How many openings stand before `position`.
    fn openings(&self, position: i64) -> usize {
        let before = self.0.iter().take_while(|mark| mark.record.position < position);
        before.filter(|mark| mark.closing.is_none()).count()
    }
}

/// A day while one closing held.
struct ClosedDay {
    date: Date,
    closing: Uuid,
    /// The position at which it was opened again
    until: Option<i64>,
    /// As it was closed
    day: Day,
    adjustments: Vec<Adjustment>,
}

/// Late entries that are settled on the same day.
struct Stage<'a> {
    settled_on: Date,
    openings: usize,
    /// Each with the punch that it is about
    records: Vec<(&'a Record, Uuid)>,
}

/// The days that a closing closed, with what came late while it held. Cut by the rules that the closing carries.
fn closed_days(
    log: &[&Record],
    marks: &Marks<'_>,
    (mark, closing): (Mark<'_>, &Closing),
    setting: &Setting<'_>,
) -> Vec<ClosedDay> {
    let position = mark.record.position;
    let frozen = Setting {
        zone: civil::zone(&closing.zone).unwrap_or_else(|| setting.zone.clone()),
        zone_name: &closing.zone,
        rules: &closing.rules,
        as_of_us: mark.record.at_us,
    };
    let fold = |until: i64, as_of_us: i64| {
        let part = log.iter().copied().take_while(|record| record.position <= until);
        days(&corrected(part), &Setting { as_of_us, ..frozen.clone() })
    };
    let base = fold(position, mark.record.at_us);
    let dates = mark.from.series(jiff::Span::new().days(1)).take_while(|date| *date <= mark.to);
    let mut closed: Vec<ClosedDay> = dates
        .filter(|date| !marks.is_closed(*date, position))
        .map(|date| ClosedDay {
            date,
            closing: mark.record.id,
            until: marks.opened_behind(date, position),
            day: base.get(&date).cloned().unwrap_or_default(),
            adjustments: Vec::new(),
        })
        .collect();
    let mut before = base;
    for stage in stages(log, marks, mark, setting) {
        let Some((last, _)) = stage.records.last() else { continue };
        let after = fold(last.position, last.received_us);
        for day in closed.iter_mut().filter(|day| day.until.is_none_or(|until| last.position < until)) {
            day.adjustments.extend(adjustment(day, &stage, before.get(&day.date), after.get(&day.date)));
        }
        before = after;
    }
    closed
}

fn adjustment(
    closed: &ClosedDay,
    stage: &Stage<'_>,
    before: Option<&Day>,
    after: Option<&Day>,
) -> Option<Adjustment> {
    let none = Day::default();
    let (before, after) = (before.unwrap_or(&none), after.unwrap_or(&none));
    let totals = after.totals.minus(&before.totals);
    let here: BTreeSet<Uuid> = punches(before).chain(punches(after)).collect();
    let late = stage.records.iter().filter(|(_, punch)| here.contains(punch));
    let entries: Vec<Uuid> = late.map(|(record, _)| record.id).collect();
    let is_any = !totals.is_zero() || !entries.is_empty();
    is_any.then_some(Adjustment {
        day: closed.date,
        settled_on: stage.settled_on,
        closing: closed.closing,
        totals,
        entries,
    })
}

/// The punches of a day.
fn punches(day: &Day) -> impl Iterator<Item = Uuid> {
    let of_shifts = day.shifts.iter().flat_map(|cut| cut.shift.punches());
    of_shifts.chain(day.stray.iter().map(|stray| &stray.punch)).chain(&day.removed).map(|punch| punch.id)
}

/// The punch that an entry is about, found along the chain of answers and corrections that it names; an id that names
/// itself ends it.
fn about(record: &Record, by_id: &HashMap<Uuid, &Record>) -> Uuid {
    let named = |fact: &Fact| match fact {
        Fact::Correction(_, target) => *target,
        Fact::Answer(answer) => Some(answer.correction),
        Fact::Punch(_) | Fact::Closed(_) | Fact::Reopened(_) => None,
    };
    let mut found = record.id;
    let mut next = named(&record.fact);
    for _ in 0..8 {
        let Some(id) = next else { break };
        found = id;
        next = by_id.get(&id).and_then(|record| named(&record.fact));
    }
    found
}

/// The late entries that can matter to a closing, by the days on which they are settled.
fn stages<'a>(
    log: &[&'a Record],
    marks: &Marks<'_>,
    mark: Mark<'_>,
    setting: &Setting<'_>,
) -> Vec<Stage<'a>> {
    let by_id: HashMap<Uuid, &Record> = log.iter().map(|record| (record.id, *record)).collect();
    let start_us = |date: Date| civil::instant_us(date.at(0, 0, 0, 0), &setting.zone).unwrap_or(0);
    let reach = start_us(mark.from).saturating_sub(REACH_BEFORE_US)
        ..=start_us(mark.to).saturating_add(REACH_BEHIND_US);
    let instants = instants(log, &by_id);
    let mut stages: Vec<Stage<'_>> = Vec::new();
    for record in log.iter().copied().filter(|record| record.position > mark.record.position) {
        let punch = about(record, &by_id);
        if !instants.get(&punch).is_some_and(|known| known.iter().any(|at_us| reach.contains(at_us))) {
            continue;
        }
        let openings = marks.openings(record.position);
        // Clocks of replicas differ; what stands later in the log is not settled earlier.
        let earliest = stages.last().map(|stage| stage.settled_on);
        let settled_on = settled_on(record, marks, setting).max(earliest.unwrap_or(Date::MIN));
        let late = (record, punch);
        let last = stages.last_mut();
        if let Some(last) = last.filter(|last| last.settled_on == settled_on && last.openings == openings) {
            last.records.push(late);
        } else {
            stages.push(Stage { settled_on, openings, records: vec![late] });
        }
    }
    stages
}

/// The instants that punches have or had, by whatever was captured or corrected.
fn instants(log: &[&Record], by_id: &HashMap<Uuid, &Record>) -> HashMap<Uuid, Vec<i64>> {
    let mut instants: HashMap<Uuid, Vec<i64>> = HashMap::new();
    for record in log {
        let at_us = match &record.fact {
            Fact::Punch(_) => record.at_us,
            Fact::Correction(correction, _) => match &correction.change {
                Change::Instant { at_us, .. } | Change::Add { at_us, .. } => *at_us,
                _ => continue,
            },
            Fact::Answer(_) | Fact::Closed(_) | Fact::Reopened(_) => continue,
        };
        instants.entry(about(record, by_id)).or_default().push(at_us);
    }
    instants
}

/// The first day from its arrival on that was open when the entry came.
fn settled_on(record: &Record, marks: &Marks<'_>, setting: &Setting<'_>) -> Date {
    let mut day = setting.zone.to_datetime(timestamp(record.received_us)).date();
    while marks.is_closed(day, record.position) {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    day
}

/// How many of the days from `from` to `to` are closed, by these records.
pub fn closed_days_among(records: &[Record], from: Date, to: Date) -> i64 {
    let mut log: Vec<&Record> = records.iter().collect();
    log.sort_by_key(|record| record.position);
    let marks = Marks::of(&log);
    let days = from.series(jiff::Span::new().days(1)).take_while(|date| *date <= to);
    days.filter(|day| marks.is_closed(*day, i64::MAX)).count() as i64
}

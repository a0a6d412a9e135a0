//! Cuts shifts into day and night, working and free days, ordinary and extra time.
//!
//! Durations are time that passed, differences of instants: a night over the end of summer time is an hour longer than
//! the clock on the wall says. What kind of time it was is asked of the wall: each piece is cut where the date, the
//! hours of the night or the offset change, and is judged by its beginning.

use std::collections::HashMap;

use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    pair::{Setting, Shift, timestamp},
    rules::{MINUTE_US, Rules},
};
use crate::civil;

/// Microseconds of a day by the clock.
const DAY_US: i64 = 24 * 60 * MINUTE_US;

/// Whether time is extra, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Extra {
    /// It is ordinary
    No,
    /// Beyond the ordinary time of its day
    Day,
    /// Beyond the ordinary time of its week
    Week,
}

/// A kind of working time. The three say nothing of each other: an hour can be of the night, on a free day, and extra.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cut {
    /// In the hours of the night
    pub night: bool,
    /// On a day or in hours without work
    pub free_day: bool,
    /// Whether it is extra
    pub extra: Extra,
}

impl Cut {
    /// Every kind of working time, in the order of [`Totals`].
    pub const ALL: [Self; 12] = {
        let mut all = [Self { night: false, free_day: false, extra: Extra::No }; 12];
        let mut index = 0;
        while index < 12 {
            let extra = match index % 3 {
                0 => Extra::No,
                1 => Extra::Day,
                _ => Extra::Week,
            };
            all[index] = Self { night: index / 3 % 2 == 1, free_day: index / 6 == 1, extra };
            index += 1;
        }
        all
    };

    const fn index(self) -> usize {
        let extra = match self.extra {
            Extra::No => 0,
            Extra::Day => 1,
            Extra::Week => 2,
        };
        extra + 3 * self.night as usize + 6 * self.free_day as usize
    }
}

/// How much time there was, in microseconds. Differences can be negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    by_cut: [i64; 12],
    /// Breaks that count as working time, which is in the cuts too
    pub paid_break_us: i64,
    /// Breaks that do not
    pub unpaid_break_us: i64,
}

impl Totals {
    /// Working time of one kind.
    pub const fn of(&self, cut: Cut) -> i64 {
        self.by_cut[cut.index()]
    }

    /// The kinds of working time of which there was some.
    pub fn cuts(&self) -> impl Iterator<Item = (Cut, i64)> {
        Cut::ALL.into_iter().map(|cut| (cut, self.of(cut))).filter(|(_, us)| *us != 0)
    }

    fn sum(&self, counts: impl Fn(Cut) -> bool) -> i64 {
        self.cuts().filter(|(cut, _)| counts(*cut)).map(|(_, us)| us).sum()
    }

    /// All working time.
    pub fn worked_us(&self) -> i64 {
        self.sum(|_| true)
    }

    /// Working time that is not extra.
    pub fn ordinary_us(&self) -> i64 {
        self.sum(|cut| cut.extra == Extra::No)
    }

    /// Working time beyond the ordinary time of the day.
    pub fn extra_day_us(&self) -> i64 {
        self.sum(|cut| cut.extra == Extra::Day)
    }

    /// Working time beyond the ordinary time of the week.
    pub fn extra_week_us(&self) -> i64 {
        self.sum(|cut| cut.extra == Extra::Week)
    }

    /// Working time in the hours of the night.
    pub fn night_us(&self) -> i64 {
        self.sum(|cut| cut.night)
    }

    /// Working time on days without work.
    pub fn free_day_us(&self) -> i64 {
        self.sum(|cut| cut.free_day)
    }

    /// True when there is none of anything.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// What both have together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        self.with(other, 1)
    }

    /// What this has more than the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.with(other, -1)
    }

    fn with(&self, other: &Self, sign: i64) -> Self {
        let mut result = *self;
        for (own, others) in result.by_cut.iter_mut().zip(other.by_cut) {
            *own += sign * others;
        }
        result.paid_break_us += sign * other.paid_break_us;
        result.unpaid_break_us += sign * other.unpaid_break_us;
        result
    }
}

/// The totals of each of `shifts`, which are all those of an employee in order: ordinary time is used up day by day and
/// week by week. The limits are those of the shift's day, so that with a change of law in the middle of a week the time
/// of each day is measured by that day's law; hours of the night and free days are those of each piece's own date.
pub fn totals(shifts: &[Shift], setting: &Setting<'_>) -> Vec<Totals> {
    let mut used = Used { by_day: HashMap::new(), by_week: HashMap::new() };
    shifts.iter().map(|shift| of_shift(shift, setting, &mut used)).collect()
}

/// Ordinary time that is used up.
struct Used {
    by_day: HashMap<Date, i64>,
    by_week: HashMap<Date, i64>,
}

impl Used {
    /// Divides a piece of the shift of `day` into ordinary time, extra by the day and extra by the week.
    fn divide(&mut self, day: Date, rules: &Rules, us: i64) -> [(Extra, i64); 3] {
        let terms = rules.terms_on(day);
        let by_day = self.by_day.entry(day).or_default();
        let within_day = left(terms.ordinary_minutes_per_day, *by_day).min(us);
        *by_day += us;
        let by_week = self.by_week.entry(terms.week_of(day)).or_default();
        let ordinary = left(terms.ordinary_minutes_per_week, *by_week).min(within_day);
        *by_week += within_day;
        [(Extra::No, ordinary), (Extra::Day, us - within_day), (Extra::Week, within_day - ordinary)]
    }
}

/// How much ordinary time is left.
fn left(minutes: Option<i64>, used_us: i64) -> i64 {
    minutes.map_or(i64::MAX, |minutes| minutes.saturating_mul(MINUTE_US).saturating_sub(used_us).max(0))
}

fn of_shift(shift: &Shift, setting: &Setting<'_>, used: &mut Used) -> Totals {
    let mut totals = Totals::default();
    let Some(end) = &shift.end else { return totals };
    let (start_us, end_us) = (shift.start.now.at_us, end.now.at_us);
    let mut worked = Vec::new();
    let mut from_us = start_us;
    for taken in &shift.breaks {
        let Some(back) = &taken.end else { continue };
        let (out_us, back_us) = (taken.start.now.at_us, back.now.at_us);
        if setting.rules.is_paid(taken.start.break_kind.as_deref(), setting.day_of(&taken.start)) {
            totals.paid_break_us += back_us - out_us;
        } else {
            totals.unpaid_break_us += back_us - out_us;
            worked.push((from_us, out_us));
            from_us = back_us;
        }
    }
    worked.push((from_us, end_us));
    let wall = Wall::new(shift, setting);
    for (from_us, to_us) in worked {
        let mut at_us = from_us;
        for next_us in wall.changes(from_us, to_us).into_iter().chain([to_us]) {
            let (night, free_day) = wall.kind_at(at_us);
            for (extra, us) in used.divide(shift.day, setting.rules, next_us - at_us) {
                totals.by_cut[Cut { night, free_day, extra }.index()] += us;
            }
            at_us = next_us;
        }
    }
    totals
}

/// The clocks on the walls by which a shift is cut.
struct Wall<'a> {
    rules: &'a Rules,
    /// Of the shift
    zone: TimeZone,
    /// Of each of the rules' free days
    free_zones: Vec<TimeZone>,
}

impl<'a> Wall<'a> {
    fn new(shift: &Shift, setting: &Setting<'a>) -> Self {
        let of_free = |name: &Option<String>| name.as_deref().and_then(civil::zone);
        Self {
            rules: setting.rules,
            zone: setting.zone_of(&shift.start).zone,
            free_zones: setting
                .rules
                .free
                .iter()
                .map(|free| of_free(&free.zone).unwrap_or_else(|| setting.zone.clone()))
                .collect(),
        }
    }

    /// Whether it is night, and a free day.
    fn kind_at(&self, at_us: i64) -> (bool, bool) {
        let at = timestamp(at_us);
        let local = self.zone.to_datetime(at);
        let night = self.rules.on(local.date()).and_then(|dated| dated.terms.night);
        let mut free = self.rules.free.iter().zip(&self.free_zones);
        (
            night.is_some_and(|night| night.holds(local.time())),
            free.any(|(free, zone)| free.hold(zone.to_datetime(at))),
        )
    }

    /// The instants between two at which it can change, in order, each once.
    fn changes(&self, from_us: i64, to_us: i64) -> Vec<i64> {
        let nights = self.rules.terms.iter().filter_map(|dated| dated.terms.night);
        let mut times: Vec<Time> = nights.flat_map(|night| [night.from.0, night.to.0]).collect();
        times.sort_unstable();
        times.dedup();
        let mut changes = Vec::new();
        add_changes(&mut changes, &self.zone, &times, from_us, to_us);
        for (free, zone) in self.rules.free.iter().zip(&self.free_zones) {
            let times: Vec<Time> =
                [free.from_time, free.to_time].into_iter().flatten().map(|time| time.0).collect();
            add_changes(&mut changes, zone, &times, from_us, to_us);
        }
        changes.sort_unstable();
        changes.dedup();
        changes
    }
}

/// Adds the instants strictly between two at which a clock in `zone` jumps, or shows midnight or one of `times`.
fn add_changes(changes: &mut Vec<i64>, zone: &TimeZone, times: &[Time], from_us: i64, to_us: i64) {
    let jumps = zone.following(timestamp(from_us)).map(|jump| jump.timestamp().as_microsecond());
    let mut begin_us = from_us;
    for end_us in jumps.take_while(|jump_us| *jump_us < to_us).chain([to_us]) {
        let offset_us = i64::from(zone.to_offset(timestamp(begin_us)).seconds()) * 1_000_000;
        let first = (begin_us + offset_us).div_euclid(DAY_US);
        let last = (end_us + offset_us).div_euclid(DAY_US);
        for day in first..=last {
            let of_day = times.iter().copied().map(time_us).chain([0]);
            changes.extend(
                of_day
                    .map(|time_us| day * DAY_US + time_us - offset_us)
                    .filter(|at_us| begin_us < *at_us && *at_us < end_us),
            );
        }
        if end_us < to_us {
            changes.push(end_us);
        }
        begin_us = end_us;
    }
}

/// A time of day in microseconds since midnight, by the clock.
fn time_us(time: Time) -> i64 {
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    seconds * 1_000_000 + i64::from(time.subsec_nanosecond()) / 1000
}

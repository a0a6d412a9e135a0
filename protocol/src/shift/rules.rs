//! Rules by which working time is cut, as data with dates: a change of law is another set of rules that begins on its
//! day, also in the middle of a week.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    civil::{CivilDate, TimeOfDay},
    model::non_working_days::{ScheduleType, Weekday},
};

/// Microseconds of a minute.
pub const MINUTE_US: i64 = 60 * 1_000_000;
/// The longest shift where no rule says otherwise, in minutes.
pub const DEFAULT_LONGEST_MINUTES: i64 = 16 * 60;
/// The longest shift that a rule can allow, in minutes.
pub const MAX_LONGEST_MINUTES: i64 = 48 * 60;

/// By what working time is cut while these terms hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Terms {
    /// The hours of the night, none where the night is not told from the day
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub night: Option<Night>,
    /// How many minutes of a day are ordinary; what is worked beyond is extra
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinary_minutes_per_day: Option<i64>,
    /// How many minutes of a week are ordinary, of those that are not extra by their day
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinary_minutes_per_week: Option<i64>,
    /// The day on which the week begins
    pub week_starts: Weekday,
    /// The longest shift, in minutes: an open one takes no punches behind it
    pub longest_shift_minutes: i64,
    /// The codes of breaks that count as working time
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paid_break_kinds: Vec<String>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            night: None,
            ordinary_minutes_per_day: None,
            ordinary_minutes_per_week: None,
            week_starts: Weekday::Monday,
            longest_shift_minutes: DEFAULT_LONGEST_MINUTES,
            paid_break_kinds: Vec::new(),
        }
    }
}

impl Terms {
    /// The longest shift in microseconds.
    pub fn longest_us(&self) -> i64 {
        self.longest_shift_minutes.clamp(1, MAX_LONGEST_MINUTES) * MINUTE_US
    }

    /// The first day of the week that holds `date`.
    pub fn week_of(&self, date: Date) -> Date {
        let first = i64::from(civil_weekday(self.week_starts).to_monday_zero_offset());
        let own = i64::from(date.weekday().to_monday_zero_offset());
        // At the first days of the calendar the week is cut off.
        date.checked_sub(jiff::Span::new().days((own - first).rem_euclid(7))).unwrap_or(Date::MIN)
    }
}

/// The hours of the night, by the clock on the wall: past midnight where the end is not behind the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Night {
    /// When it begins
    pub from: TimeOfDay,
    /// When it ends, not included
    pub to: TimeOfDay,
}

impl Night {
    /// True when the night holds this time of day.
    pub fn holds(&self, time: jiff::civil::Time) -> bool {
        let (from, to) = (self.from.0, self.to.0);
        if from < to { (from..to).contains(&time) } else { time >= from || time < to }
    }
}

/// Terms with the days on which they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedTerms {
    /// The code of the rules they are from
    pub code: String,
    /// How closely they name the employee: those that name a person go before those of a group, and these before those
    /// of the whole company
    pub rank: i64,
    /// The first day
    pub from: CivilDate,
    /// The last day, included; without one for ever
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<CivilDate>,
    /// What holds
    pub terms: Terms,
}

/// Days or hours without work, as far as cutting needs them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeDays {
    /// The code of the non-working days
    pub code: String,
    /// How dates, times and weekdays are meant together
    pub schedule_type: ScheduleType,
    /// The first day
    pub from_date: CivilDate,
    /// The last day, included
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_date: Option<CivilDate>,
    /// When it begins
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_time: Option<TimeOfDay>,
    /// When it ends, not included
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_time: Option<TimeOfDay>,
    /// The days of the week
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<Weekday>,
    /// The zone of dates and times; without one the employee's
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl FreeDays {
    /// True when they hold at this time on a wall in their zone.
    pub fn hold(&self, local: jiff::civil::DateTime) -> bool {
        let (date, time) = (local.date(), local.time());
        let (first, last) = (self.from_date.0, self.last());
        let (from, to) = (self.from_time.map(|time| time.0), self.to_time.map(|time| time.0));
        if date < first || last.is_some_and(|last| date > last) {
            return false;
        }
        let begun = from.is_none_or(|from| time >= from);
        let going_on = to.is_none_or(|to| time < to);
        match self.schedule_type {
            ScheduleType::Days => true,
            ScheduleType::Period => (date > first || begun) && (last != Some(date) || going_on),
            ScheduleType::Weekly => {
                let is_named = self.weekdays.iter().any(|day| civil_weekday(*day) == date.weekday());
                is_named && begun && going_on
            }
        }
    }

    /// The last day; none for ever.
    fn last(&self) -> Option<Date> {
        match (self.to_date, self.schedule_type) {
            (Some(last), _) => Some(last.0),
            (None, ScheduleType::Weekly) => None,
            (None, ScheduleType::Days | ScheduleType::Period) => Some(self.from_date.0),
        }
    }

    /// True when they can hold on one of these days.
    pub fn meet(&self, from: Date, to: Date) -> bool {
        self.from_date.0 <= to && self.last().is_none_or(|last| last >= from)
    }
}

/// The rules and days without work of one employee.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The terms with their days
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<DatedTerms>,
    /// The days without work
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub free: Vec<FreeDays>,
    /// The codes of breaks that count as working time by the employee's profile, on every day
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paid_break_kinds: Vec<String>,
}

impl Rules {
    /// The rules that hold on `date`: those that name the employee most closely, of these those that began last, of
    /// these the one whose code comes last.
    pub fn on(&self, date: Date) -> Option<&DatedTerms> {
        self.terms
            .iter()
            .filter(|dated| dated.from.0 <= date && dated.to.is_none_or(|to| date <= to.0))
            .max_by_key(|dated| (dated.rank, dated.from, dated.code.as_str()))
    }

    /// The terms of `date`, the default ones where no rules hold.
    pub fn terms_on(&self, date: Date) -> Terms {
        self.on(date).map(|dated| dated.terms.clone()).unwrap_or_default()
    }

    /// True when a break of this kind that begins on `date` counts as working time.
    pub fn is_paid(&self, kind: Option<&str>, date: Date) -> bool {
        let Some(kind) = kind else { return false };
        let of_day = self.on(date).map_or(&[][..], |dated| &dated.terms.paid_break_kinds);
        self.paid_break_kinds.iter().chain(of_day).any(|paid| paid == kind)
    }

    /// The part that is needed for these days, to be frozen in a closing.
    #[must_use]
    pub fn between(&self, from: Date, to: Date) -> Self {
        let mut part = self.clone();
        part.terms.retain(|dated| dated.from.0 <= to && dated.to.is_none_or(|last| last.0 >= from));
        part.free.retain(|free| free.meet(from, to));
        part
    }
}

/// The weekday as the calendar counts it.
pub const fn civil_weekday(day: Weekday) -> jiff::civil::Weekday {
    match day {
        Weekday::Monday => jiff::civil::Weekday::Monday,
        Weekday::Tuesday => jiff::civil::Weekday::Tuesday,
        Weekday::Wednesday => jiff::civil::Weekday::Wednesday,
        Weekday::Thursday => jiff::civil::Weekday::Thursday,
        Weekday::Friday => jiff::civil::Weekday::Friday,
        Weekday::Saturday => jiff::civil::Weekday::Saturday,
        Weekday::Sunday => jiff::civil::Weekday::Sunday,
    }
}

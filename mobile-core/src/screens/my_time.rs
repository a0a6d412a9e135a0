//! A worker's own time: a week of days, the punches of a day with their receipts, and what the office asks about.

use campo_protocol::shift::{
    correct::{CorrectionSeen, Punch, Side, Standing},
    fact::PunchKind,
    pair::Shift,
};
use jiff::{ToSpan as _, civil::Date};

use super::{
    dates::{Dates, duration, grouped, short_duration},
    shift::{PunchBook, break_name, worked_us},
    texts,
    worker::Worker,
};
use crate::store::{Store, entries::StoredEntry, failure::Result};

/// A day of the week.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DayBar {
    /// `jue`
    pub weekday: String,
    /// `jueves 3`
    pub name: String,
    /// The day, `2030-01-15`
    pub date: String,
    /// `9:17`; empty without work
    pub worked: String,
    /// Minutes worked, for the bar
    pub minutes: i64,
    /// True for today
    pub today: bool,
}

/// A punch, or a break, of the day.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PunchLine {
    /// The entry, for its receipt
    pub entry: String,
    /// `07:58`
    pub time: String,
    /// `Entrada`, `Pausa, 12 min`
    pub label: String,
    /// `Recibida, N.º 18 467`, `Guardada, por enviar`, `Necesita arreglo`
    pub receipt: String,
    /// True once the server has it
    pub received: bool,
    /// True when it did not have its effect
    pub doubtful: bool,
    /// `Antes 06:58`, where a correction changed it; empty otherwise
    pub was: String,
    /// What was asked about it and is not answered; empty otherwise
    pub asked: String,
    /// The instant, to correct it: microseconds since 1970 UTC
    pub at_us: i64,
}

/// A correction of the office that waits for the worker's answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Agreement {
    /// The correction's entry
    pub correction: String,
    /// `Entrada del miércoles 2: 06:58 → 07:05`
    pub text: String,
    /// `«Marcó antes de que abriera la sede.»`
    pub reason: String,
}

/// A week of one's own time.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TimePage {
    /// `30 nov – 6 dic`
    pub week: String,
    /// `31 h 16 min`
    pub total: String,
    /// Monday to Sunday
    pub days: Vec<DayBar>,
    /// What the office asks about
    pub agreements: Vec<Agreement>,
    /// `Hoy, jueves 3`, or another day of the week
    pub day: String,
    /// The punches of that day
    pub lines: Vec<PunchLine>,
    /// True when the phone may know of an earlier week
    pub has_earlier: bool,
}

impl Store {
    /// A week of whoever works with the phone: this one with 0, the one before with 1. `day` chooses a day of it from 0,
    /// Monday; without one today, or the last day with work.
    pub fn time_page(&self, now_us: i64, weeks_ago: u32, day: Option<u32>) -> Result<Option<TimePage>> {
        let Some(worker) = self.worker(now_us)? else { return Ok(None) };
        let book = self.punch_book(&worker)?;
        let dates = &worker.dates;
        let today = dates.today();
        let monday = today
            .checked_sub(
                (i64::from(today.weekday().to_monday_zero_offset()) + 7 * i64::from(weeks_ago)).days(),
            )
            .unwrap_or(today);
        let week: Vec<Date> =
            (0..7).map(|offset| monday.checked_add(offset.days()).unwrap_or(monday)).collect();
        let worked = |date: Date| -> i64 {
            book.shifts
                .iter()
                .filter(|shift| shift.day == date)
                .map(|shift| counted_us(&book, shift, now_us))
                .sum()
        };
        let days: Vec<DayBar> = week.iter().map(|date| bar(dates, *date, worked(*date))).collect();
        let last_worked = days.iter().rposition(|bar| bar.minutes > 0);
        let chosen = day
            .map(|day| day as usize)
            .or_else(|| days.iter().position(|bar| bar.today))
            .or(last_worked)
            .unwrap_or(0)
            .min(6);
        let date = week.get(chosen).copied().unwrap_or(monday);
        let total_us = week.iter().map(|date| worked(*date)).sum();
        Ok(Some(TimePage {
            week: format!(
                "{} – {}",
                dates.short_day(monday),
                dates.short_day(week.last().copied().unwrap_or(monday))
            ),
            total: duration(total_us),
            days,
            agreements: agreements(&worker, &book),
            day: if date == today {
                texts::today(dates.language, &dates.long_day(date))
            } else {
                capitalised(&dates.long_day(date))
            },
            lines: lines(&worker, &book, date),
            has_earlier: weeks_ago < 4,
        }))
    }
}

fn counted_us(book: &PunchBook, shift: &Shift, now_us: i64) -> i64 {
    let is_given_up = shift.is_open() && book.open_shift().is_none_or(|open| open.start.id != shift.start.id);
    if is_given_up { 0 } else { worked_us(shift, now_us) }
}

fn bar(dates: &Dates, date: Date, worked_us: i64) -> DayBar {
    DayBar {
        weekday: dates.weekday(date),
        name: dates.long_day(date),
        date: date.to_string(),
        worked: if worked_us == 0 { String::new() } else { short_duration(worked_us) },
        minutes: worked_us / 60_000_000,
        today: date == dates.today(),
    }
}

fn lines(worker: &Worker, book: &PunchBook, date: Date) -> Vec<PunchLine> {
    let dates = &worker.dates;
    let mut lines = Vec::new();
    for punch in book.corrected.punches.iter().filter(|punch| dates.day(punch.now.at_us) == date) {
        let pause =
            book.shifts.iter().flat_map(|shift| &shift.breaks).find(|pause| pause.start.id == punch.id);
        // The end of a break stands in the line of its beginning
        let ends_break = punch.now.kind == PunchKind::BreakEnd
            && book
                .shifts
                .iter()
                .flat_map(|shift| &shift.breaks)
                .any(|pause| pause.end.as_ref().is_some_and(|end| end.id == punch.id));
        if ends_break {
            continue;
        }
        let label = match pause {
            Some(pause) => {
                let name = break_name(worker, &pause.start);
                let took = pause.end.as_ref().map(|end| duration(end.now.at_us - pause.start.now.at_us));
                texts::pause(dates.language, &name, took.as_deref())
            }
            None => texts::punch(dates.language, punch.now.kind),
        };
        lines.push(line(worker, book, punch, label));
    }
    lines
}

fn line(worker: &Worker, book: &PunchBook, punch: &Punch, label: String) -> PunchLine {
    let (dates, language) = (&worker.dates, worker.dates.language);
    let stored = book.entries.iter().find(|entry| entry.id == punch.id);
    let doubtful = stored.is_some_and(is_doubtful);
    let position = stored.and_then(|stored| stored.position).filter(|position| *position > 0);
    let asked = book.corrected.corrections.iter().any(|seen| {
        seen.punch == punch.id && seen.standing == Standing::Proposed && seen.side == Side::Worker
    });
    PunchLine {
        entry: punch.id.to_string(),
        time: dates.time(punch.now.at_us),
        label,
        receipt: texts::receipt_line(language, position.map(grouped).as_deref(), doubtful),
        received: position.is_some(),
        doubtful,
        was: punch.original.map(|was| texts::was(language, &dates.time(was.at_us))).unwrap_or_default(),
        asked: if asked { texts::asked(language).to_owned() } else { String::new() },
        at_us: punch.now.at_us,
    }
}

/// True for what is in the repair tray.
pub(crate) fn is_doubtful(entry: &StoredEntry) -> bool {
    matches!(entry.state.as_str(), "conflict" | "unreadable") || entry.outcome.as_deref() == Some("set_aside")
}

fn agreements(worker: &Worker, book: &PunchBook) -> Vec<Agreement> {
    let waits = |seen: &&CorrectionSeen| seen.side == Side::Office && seen.standing == Standing::Proposed;
    book.corrected
        .corrections
        .iter()
        .filter(waits)
        .map(|seen| {
            let asked = book.asked.iter().find(|asked| asked.id == seen.id);
            let reason = asked.and_then(|asked| asked.reason.clone()).unwrap_or_default();
            Agreement {
                correction: seen.id.to_string(),
                text: texts::correction(&worker.dates, seen),
                reason: if reason.is_empty() { reason } else { format!("«{reason}»") },
            }
        })
        .collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

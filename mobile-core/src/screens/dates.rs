//! Days and times in words, on the clock of the company's zone and in the worker's language.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};

use super::texts::Language;

const MINUTE_US: i64 = 60 * 1_000_000;

/// A zone, a language, and now.
#[derive(Debug, Clone)]
pub(crate) struct Dates {
    pub(crate) zone: TimeZone,
    pub(crate) language: Language,
    pub(crate) now_us: i64,
}

impl Dates {
    pub(crate) fn local(&self, at_us: i64) -> DateTime {
        Timestamp::from_microsecond(at_us).unwrap_or_default().to_zoned_datetime(self.zone.clone()).datetime()
    }

    pub(crate) fn day(&self, at_us: i64) -> Date {
        self.local(at_us).date()
    }

    pub(crate) fn today(&self) -> Date {
        self.day(self.now_us)
    }

    /// `10:42`
    pub(crate) fn time(&self, at_us: i64) -> String {
        clock(self.local(at_us))
    }

    /// `10:42`, `ayer, 10:42` or `3 dic, 10:42`
    pub(crate) fn when(&self, at_us: i64) -> String {
        let (day, time) = (self.day(at_us), self.time(at_us));
        if day == self.today() { time } else { format!("{}, {time}", self.near_day(day)) }
    }

    /// `hoy`, `mañana`, `ayer`, or the day
    pub(crate) fn near_day(&self, day: Date) -> String {
        let today = self.today();
        let word = if day == today {
            Some(("hoy", "today"))
        } else if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
            Some(("ayer", "yesterday"))
        } else if today.tomorrow().is_ok_and(|tomorrow| tomorrow == day) {
            Some(("mañana", "tomorrow"))
        } else {
            None
        };
        word.map_or_else(|| self.short_day(day), |word| self.language.pick(word).to_owned())
    }

    /// `3 dic 2026, 11:26:08`
    pub(crate) fn full(&self, at_us: i64) -> String {
        let local = self.local(at_us);
        format!("{} {}, {}:{:02}", self.short_day(local.date()), local.year(), clock(local), local.second())
    }

    /// `3 dic`
    pub(crate) fn short_day(&self, day: Date) -> String {
        let month = MONTHS.get(day.month() as usize - 1).copied().unwrap_or_default();
        match self.language {
            Language::Spanish => format!("{} {}", day.day(), month.0),
            Language::English => format!("{} {}", month.1, day.day()),
        }
    }

    /// `jueves 3`
    pub(crate) fn long_day(&self, day: Date) -> String {
        format!("{} {}", self.language.pick(names(day.weekday()).1), day.day())
    }

    /// `jue`
    pub(crate) fn weekday(&self, day: Date) -> String {
        self.language.pick(names(day.weekday()).0).to_owned()
    }
}

/// `10:42`
pub(crate) fn clock(local: DateTime) -> String {
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// `3 h 26 min`
pub(crate) fn duration(us: i64) -> String {
    let minutes = us.max(0) / MINUTE_US;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}\u{a0}min"),
        (hours, minutes) => format!("{hours}\u{a0}h\u{a0}{minutes:02}\u{a0}min"),
    }
}

/// `3:26`
pub(crate) fn short_duration(us: i64) -> String {
    let minutes = us.max(0) / MINUTE_US;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// `18 467`
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

const MONTHS: [(&str, &str); 12] = [
    ("ene", "Jan"),
    ("feb", "Feb"),
    ("mar", "Mar"),
    ("abr", "Apr"),
    ("may", "May"),
    ("jun", "Jun"),
    ("jul", "Jul"),
    ("ago", "Aug"),
    ("sep", "Sep"),
    ("oct", "Oct"),
    ("nov", "Nov"),
    ("dic", "Dec"),
];

type Names = (&'static str, &'static str);

/// Short and long, each in Spanish and English.
const fn names(weekday: Weekday) -> (Names, Names) {
    match weekday {
        Weekday::Monday => (("lun", "Mon"), ("lunes", "Monday")),
        Weekday::Tuesday => (("mar", "Tue"), ("martes", "Tuesday")),
        Weekday::Wednesday => (("mié", "Wed"), ("miércoles", "Wednesday")),
        Weekday::Thursday => (("jue", "Thu"), ("jueves", "Thursday")),
        Weekday::Friday => (("vie", "Fri"), ("viernes", "Friday")),
        Weekday::Saturday => (("sáb", "Sat"), ("sábado", "Saturday")),
        Weekday::Sunday => (("dom", "Sun"), ("domingo", "Sunday")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_said_as_people_say_them() {
        let dates = |language| Dates {
            zone: TimeZone::UTC,
            language,
            // 15 January 2027, 08:00
            now_us: 1_800_000_000_000_000,
        };
        let day_us = 24 * 3600 * 1_000_000;
        let spanish = dates(Language::Spanish);
        assert_eq!(spanish.when(spanish.now_us), "08:00");
        assert_eq!(spanish.when(spanish.now_us - day_us), "ayer, 08:00");
        assert_eq!(spanish.when(spanish.now_us - 10 * day_us), "5 ene, 08:00");
        assert_eq!(dates(Language::English).full(spanish.now_us), "Jan 15 2027, 08:00:00");
        assert_eq!(spanish.long_day(spanish.today()), "viernes 15");
        assert_eq!(duration(206 * MINUTE_US), "3\u{a0}h\u{a0}26\u{a0}min");
        assert_eq!(short_duration(206 * MINUTE_US), "3:26");
        assert_eq!(grouped(18467), "18\u{202f}467");
    }
}

//! Dates and times that are text.

use campo_protocol::text::sort_key;
use jiff::civil::{Date, DateTime, Time};

use super::draft::DateOrder;

/// A day, and a time if there is one.
pub(super) fn moment(text: &str, order: DateOrder) -> Option<(Date, Option<Time>)> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(text, order);
    }
    if let Ok(moment) = text.replacen(' ', "T", 1).parse::<DateTime>()
        && text.as_bytes().get(4) == Some(&b'-')
    {
        let has_time = text.contains(':');
        return Some((moment.date(), has_time.then(|| moment.time())));
    }
    // The time begins where the first colon's hour does
    let at = text.find(':').map_or(text.len(), |colon| {
        text[..colon].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |before| before + 1)
    });
    let (day, clock) = text.split_at_checked(at)?;
    let day =
        date(day.trim_end_matches(|c: char| c.is_whitespace() || c == ',' || c == 'T' || c == '-'), order)?;
    if clock.is_empty() { Some((day, None)) } else { Some((day, Some(time(clock)?))) }
}

/// `20300115`, `203001151800` and both orders of fourteen digits, told apart by what can be a year (OfficeTrack's
/// customers send all of them).
fn digits(text: &str, order: DateOrder) -> Option<(Date, Option<Time>)> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let is_year = |year: i16| (1970..2200).contains(&year);
    let clock = |from: usize, seconds: bool| {
        let second = if seconds { part(from + 4, from + 6)? } else { 0 };
        Time::new(part(from, from + 2)? as i8, part(from + 2, from + 4)? as i8, second as i8, 0).ok()
    };
    let day = |year: i16, month: i16, day: i16| {
        is_year(year).then(|| Date::new(year, month as i8, day as i8).ok()).flatten()
    };
    let year_first = || day(part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let year_last = || match order {
        DateOrder::MonthDayYear => day(part(4, 8)?, part(0, 2)?, part(2, 4)?),
        _ => day(part(4, 8)?, part(2, 4)?, part(0, 2)?),
    };
    let either = || year_first().or_else(year_last);
    match text.len() {
        8 => Some((either()?, None)),
        12 => Some((year_first()?, Some(clock(8, false)?))),
        14 => Some((either()?, Some(clock(8, true)?))),
        _ => None,
    }
}

/// A day in digits or with the name of its month, in Spanish or English.
pub(super) fn date(text: &str, order: DateOrder) -> Option<Date> {
    let folded = sort_key(text);
    let parts: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty() && !is_filler(part))
        .collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let number = |part: &str| part.parse::<i16>().ok().filter(|number| *number >= 0);
    let (day, month, year) = match (number(first), number(second), number(third)) {
        (Some(year), Some(month), Some(day)) if first.len() == 4 => (day, month, year),
        (Some(one), Some(two), Some(year)) => match order {
            DateOrder::MonthDayYear => (two, one, full(year, third)),
            DateOrder::DayMonthYear => (one, two, full(year, third)),
            DateOrder::YearMonthDay => (year, two, full(one, first)),
        },
        (Some(day), None, Some(year)) => (day, named(second)?, full(year, third)),
        (None, Some(day), Some(year)) => (day, named(first)?, full(year, third)),
        _ => return None,
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `de` and `del`, and names of days.
fn is_filler(word: &str) -> bool {
    const DAYS: [&str; 14] = [
        "lunes",
        "martes",
        "miercoles",
        "jueves",
        "viernes",
        "sabado",
        "domingo",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    word == "de" || word == "del" || DAYS.contains(&word)
}

fn full(year: i16, written: &str) -> i16 {
    if written.len() <= 2 { 2000 + year } else { year }
}

fn named(word: &str) -> Option<i16> {
    const MONTHS: [(&str, &str); 12] = [
        ("ene", "jan"),
        ("feb", "feb"),
        ("mar", "mar"),
        ("abr", "apr"),
        ("may", "may"),
        ("jun", "jun"),
        ("jul", "jul"),
        ("ago", "aug"),
        ("sep", "sep"),
        ("oct", "oct"),
        ("nov", "nov"),
        ("dic", "dec"),
    ];
    if word.starts_with("set") {
        return Some(9);
    }
    let at = MONTHS
        .iter()
        .position(|(spanish, english)| word.starts_with(spanish) || word.starts_with(english))?;
    Some(at as i16 + 1)
}

/// A time of day: `18:00`, `6:00 p. m.`, `18h30`, `18`.
pub(super) fn time(text: &str) -> Option<Time> {
    let mut folded: String = sort_key(text).chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    let afternoon = ["pm", "p"].iter().any(|mark| folded.ends_with(mark));
    let morning = ["am", "a"].iter().any(|mark| folded.ends_with(mark));
    folded = folded.trim_end_matches(|c: char| c.is_alphabetic()).replace(['h', 'H'], ":");
    let parts: Vec<i8> = folded.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (hour, minute, second) = match parts.as_slice() {
        [hour] => (*hour, 0, 0),
        [hour, minute] => (*hour, *minute, 0),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let hour = match (hour, morning, afternoon) {
        (12, true, _) => 0,
        (1..=11, _, true) => hour + 12,
        _ => hour,
    };
    Time::new(hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};
        for (text, order, expected) in [
            ("15/01/2030", DayMonthYear, "2030-01-15"),
            ("15-1-30", DayMonthYear, "2030-01-15"),
            ("01/15/2030", MonthDayYear, "2030-01-15"),
            ("2030/01/15", DayMonthYear, "2030-01-15"),
            ("30.01.15", YearMonthDay, "2030-01-15"),
            ("2030-01-15T18:00", MonthDayYear, "2030-01-15 18:00:00"),
            ("2030-01-15 18:00:05", DayMonthYear, "2030-01-15 18:00:05"),
            ("15/01/2030 18:00", DayMonthYear, "2030-01-15 18:00:00"),
            ("15/01/2030, 6:05 p. m.", DayMonthYear, "2030-01-15 18:05:00"),
            ("15/01/2030 12:00 a.m.", DayMonthYear, "2030-01-15 00:00:00"),
            ("15 de enero de 2030", MonthDayYear, "2030-01-15"),
            ("martes, 15 de setiembre de 2026", DayMonthYear, "2026-09-15"),
            ("15-ago-2030", DayMonthYear, "2030-08-15"),
            ("Jan 15, 2030", DayMonthYear, "2030-01-15"),
            ("20300115", DayMonthYear, "2030-01-15"),
            ("15012030", DayMonthYear, "2030-01-15"),
            ("203001151800", DayMonthYear, "2030-01-15 18:00:00"),
            ("20300115180000", DayMonthYear, "2030-01-15 18:00:00"),
            ("15012030180000", DayMonthYear, "2030-01-15 18:00:00"),
            ("31/02/2030", DayMonthYear, ""),
            ("15/13/2030", DayMonthYear, ""),
            ("mañana", DayMonthYear, ""),
            ("15/01", DayMonthYear, ""),
            ("99999999999999", DayMonthYear, ""),
        ] {
            let found = moment(text, order).map_or(String::new(), |(day, time)| {
                time.map_or(day.to_string(), |time| format!("{day} {time}"))
            });
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, expected) in [
            ("18:00", "18:00:00"),
            ("6:05:09", "06:05:09"),
            ("6 pm", "18:00:00"),
            ("12:30 p.m.", "12:30:00"),
            ("18h30", "18:30:00"),
            ("8", "08:00:00"),
            ("25:00", ""),
            ("x", ""),
            ("", ""),
        ] {
            assert_eq!(time(text).map_or(String::new(), |time| time.to_string()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_a_date_panic(text in "\\PC{0,40}") {
            for order in [DateOrder::DayMonthYear, DateOrder::MonthDayYear, DateOrder::YearMonthDay] {
                let _ = (moment(&text, order), date(&text, order), time(&text));
            }
        }

        #[test]
        fn no_digits_make_reading_a_date_panic(text in "[0-9/:. T-]{0,24}") {
            let _ = moment(&text, DateOrder::DayMonthYear);
        }
    }
}

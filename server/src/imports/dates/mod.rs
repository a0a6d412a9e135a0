//! Dates and times that are text.

use campo_protocol::text::sort_key;
use jiff::{
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use super::draft::DateOrder;

/// A day, and a time if there is one. What names its own offset, such as `18:00Z`, is the same instant in `zone`.
pub(super) fn moment(text: &str, order: DateOrder, zone: &TimeZone) -> Option<(Date, Option<Time>)> {
    let text = text.trim();
    if let Some(local) = with_offset(text, order, zone) {
        return local.map(|local| (local.date(), Some(local.time())));
    }
    civil(text, order)
}

/// The same without an offset.
fn civil(text: &str, order: DateOrder) -> Option<(Date, Option<Time>)> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(text, order);
    }
    // The time begins where the first colon's hour does
    let at = text.find(':').map_or(text.len(), |colon| {
        text[..colon].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |before| before + 1)
    });
    let (day, clock) = text.split_at_checked(at)?;
    let day = day.trim_end_matches(|c: char| c.is_whitespace() || c == ',' || c == 'T' || c == '-');
    // `20300115T180000` has no colon
    if clock.is_empty()
        && let Some((day, clock)) = day.split_once('T')
        && day.len() == 8
    {
        return digits(&format!("{day}{clock}"), order);
    }
    let day = date(day, order)?;
    if clock.is_empty() { Some((day, None)) } else { Some((day, Some(time(clock)?))) }
}

/// The local time of what ends with `Z`, `UTC`, `GMT` or an offset; nothing when it ends with none of them, and nothing in
/// it when the rest is no day with a time.
#[expect(clippy::option_option, reason = "no offset, and an offset behind what is no time, are two things")]
fn with_offset(text: &str, order: DateOrder, zone: &TimeZone) -> Option<Option<DateTime>> {
    let (mut rest, bracketed) = match text.strip_suffix(']').and_then(|inside| inside.split_once('[')) {
        Some((rest, _)) => (rest.trim_end(), true),
        None => (text, false),
    };
    let mut seconds = None;
    for name in ["UTC", "GMT", "Z"] {
        let split = rest.len().checked_sub(name.len()).and_then(|at| rest.split_at_checked(at));
        let Some((before, end)) = split.filter(|(_, end)| end.eq_ignore_ascii_case(name)) else { continue };
        // Not the end of a word
        if end.len() < rest.len() && before.ends_with(|c: char| c.is_ascii_digit() || c.is_whitespace()) {
            (rest, seconds) = (before.trim_end(), Some(0));
            break;
        }
    }
    // `18:00 +0000 UTC` says it twice
    if let Some(at) = rest.rfind(['+', '-'])
        && rest[..at].contains([':', 'T'])
        && let Some(offset) = offset(&rest[at..])
    {
        if seconds.is_some() && offset != 0 {
            return Some(None);
        }
        (rest, seconds) = (rest[..at].trim_end(), Some(offset));
    }
    let Some(seconds) = seconds else {
        return bracketed.then_some(None);
    };
    let local = || {
        let (day, time) = civil(rest, order)?;
        let offset = jiff::tz::Offset::from_seconds(seconds).ok()?;
        let instant = offset.to_timestamp(day.to_datetime(time?)).ok()?;
        Some(zone.to_datetime(instant))
    };
    Some(local())
}

/// The seconds of `+02`, `-0530` or `-05:00`.
fn offset(text: &str) -> Option<i32> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = match digits.split_once(':') {
        Some((hours, minutes)) if hours.len() == 2 && minutes.len() == 2 => format!("{hours}{minutes}"),
        Some(_) => return None,
        None => digits.to_owned(),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = match digits.len() {
        2 => (digits.parse().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
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
    let folded = sort_key(text).replace("n~", "n");
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

/// The month of a name in Spanish, English or Portuguese, whole or shortened as people do; nothing that only begins like
/// one.
fn named(word: &str) -> Option<i16> {
    const MONTHS: [&[&str]; 12] = [
        &["enero", "january", "janeiro", "ene", "jan"],
        &["febrero", "february", "fevereiro", "feb", "fev"],
        &["marzo", "march", "marco", "mar"],
        &["abril", "april", "abr", "apr"],
        &["mayo", "may", "maio", "mai"],
        &["junio", "june", "junho", "jun"],
        &["julio", "july", "julho", "jul"],
        &["agosto", "august", "ago", "aug"],
        &["septiembre", "setiembre", "september", "setembro", "sep", "sept", "set"],
        &["octubre", "october", "outubro", "oct", "out"],
        &["noviembre", "november", "novembro", "nov"],
        &["diciembre", "december", "dezembro", "dic", "dec", "dez"],
    ];
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    Some(at as i16 + 1)
}

/// A time of day: `18:00`, `6:00 p. m.`, `18h30`, `8.30`, `18`. A fraction of a second is left out.
pub(super) fn time(text: &str) -> Option<Time> {
    let folded: String = sort_key(text).chars().filter(|c| !c.is_whitespace()).collect();
    let (clock, half) = halves(&folded);
    let clock = ["hrs", "hs", "h"].iter().find_map(|end| clock.strip_suffix(end)).unwrap_or(clock);
    let parts = clock_parts(clock)?;
    let number = |at: usize, most: usize| -> Option<i8> {
        match parts.get(at) {
            None => Some(0),
            Some(part) if !part.is_empty() && part.len() <= most => digits_only(part)?.parse().ok(),
            Some(_) => None,
        }
    };
    let (hour, minute, second) = (number(0, 2)?, number(1, 2)?, number(2, 2)?);
    let hour = match (hour, half) {
        (12, Some(Half::Morning)) => 0,
        (0, Some(_)) | (13.., Some(Half::Morning)) => return None,
        (1..=11, Some(Half::Afternoon)) => hour + 12,
        _ => hour,
    };
    Time::new(hour, minute, second, 0).ok()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// Without `a. m.` or `p. m.` behind it.
fn halves(folded: &str) -> (&str, Option<Half>) {
    const MARKS: [(&str, Half); 10] = [
        ("a.m.", Half::Morning),
        ("p.m.", Half::Afternoon),
        ("a.m", Half::Morning),
        ("p.m", Half::Afternoon),
        ("am.", Half::Morning),
        ("pm.", Half::Afternoon),
        ("am", Half::Morning),
        ("pm", Half::Afternoon),
        ("a", Half::Morning),
        ("p", Half::Afternoon),
    ];
    let found = MARKS.iter().find_map(|(mark, half)| Some((folded.strip_suffix(mark)?, *half)));
    found.map_or((folded, None), |(clock, half)| (clock, Some(half)))
}

/// Hour, minute and second of `18:00:05.250`, `18h30` or `8.30`. With a point there are two digits behind it: `8.5` may
/// be half past eight or ten to nine, and `0.50` a fraction of a day.
fn clock_parts(clock: &str) -> Option<Vec<&str>> {
    if let Some((hour, minute)) = clock.split_once('h') {
        return Some(vec![hour, minute]).filter(|_| minute.len() == 2);
    }
    if !clock.contains(':') {
        return match clock.split_once('.') {
            None => Some(vec![clock]),
            Some(("0", _)) => None,
            Some((hour, minute)) => (minute.len() == 2).then(|| vec![hour, minute]),
        };
    }
    let mut parts: Vec<&str> = clock.split(':').collect();
    if let [_, _, second] = parts.as_mut_slice()
        && let Some((whole, fraction)) = second.split_once(['.', ','])
    {
        digits_only(fraction)?;
        *second = whole;
    }
    let two = parts.get(1).is_some_and(|minute| minute.len() == 2);
    (two && parts.len() <= 3).then_some(parts)
}

fn digits_only(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// A length of time in minutes: `1:30`, `1:30:15`, and as programs write days: `1.02:30:00`, `1 days 02:30:00`.
pub(super) fn length(text: &str) -> Option<f64> {
    let text = text.trim();
    let (days, clock) = match text.split_once([' ', '.']) {
        // Behind a point stand hours of two digits, or it is the fraction of a second
        Some((days, rest)) if !days.contains(':') => {
            let clock = rest.trim_start_matches("days").trim_start_matches("day").trim();
            let clock = clock.trim_start_matches("dias").trim_start_matches("dia").trim();
            let two = clock.split(':').next().is_some_and(|hours| hours.len() == 2);
            (digits_only(days)?.parse::<f64>().ok()?, Some(clock).filter(|_| two)?)
        }
        _ => (0.0, text),
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, digits_only(fraction)?),
        None => (clock, "0"),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours, minutes] if fraction == "0" => (*hours, *minutes, "00"),
        [hours, minutes, seconds] => (*hours, *minutes, *seconds),
        _ => return None,
    };
    let below_sixty = |text: &str| {
        let number: f64 = digits_only(text).filter(|text| text.len() == 2)?.parse().ok()?;
        (number < 60.0).then_some(number)
    };
    let hours: f64 = digits_only(hours).filter(|hours| hours.len() <= 5)?.parse().ok()?;
    let fraction: f64 = format!("0.{fraction}").parse().ok()?;
    Some(days * 1440.0 + hours * 60.0 + below_sixty(minutes)? + (below_sixty(seconds)? + fraction) / 60.0)
}

#[cfg(test)]
mod tests;

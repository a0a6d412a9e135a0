//! Dates as customers' programs write them.

use campo_protocol::civil::{PLANNED_YEARS, zone};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
};
use serde_json::{Value, json};

use super::{answer::Refused, describe::ResultCode};

/// A planned time as a task has it: `null` for no text, and for the first day of the calendar, which is none in .NET.
pub(super) fn planned(text: &str, zone_name: &str) -> Result<Value, Refused> {
    let text = text.trim();
    if text.is_empty() || text.starts_with("0001-01-01") {
        return Ok(Value::Null);
    }
    let local = local(text, zone_name).ok_or_else(|| {
        Refused::because(ResultCode::InvalidDateFormat, "date", text.chars().take(40).collect::<String>())
    })?;
    Ok(json!({ "local": local.to_string(), "zone": zone_name }))
}

/// What calendar and clock show: `yyyyMMddHHmm`, `yyyyMMddHHmmss`, `ddMMyyyyHHmmss`, `yyyyMMdd`, ISO 8601, or
/// `dd/MM/yyyy HH:mm`. A time with an offset is moved to the zone.
fn local(text: &str, zone_name: &str) -> Option<DateTime> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return of_digits(text);
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(zone(zone_name)?.to_datetime(instant));
    }
    if text.contains('/') {
        return with_slashes(text);
    }
    text.parse::<DateTime>().ok().filter(|found| PLANNED_YEARS.contains(&found.year()))
}

fn of_digits(text: &str) -> Option<DateTime> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    let time = |at: usize| -> Option<Time> {
        let part = |at: usize| if text.len() >= at + 2 { number(at..at + 2) } else { Some(0) };
        Time::new(part(at)? as i8, part(at + 2)? as i8, part(at + 4)? as i8, 0).ok()
    };
    let date = |year: i16, month: i16, day: i16| {
        Date::new(year, month as i8, day as i8).ok().filter(|date| PLANNED_YEARS.contains(&date.year()))
    };
    if ![8, 12, 14].contains(&text.len()) {
        return None;
    }
    let year_first = date(number(0..4)?, number(4..6)?, number(6..8)?);
    // Where both orders would do, the month of the one would be the century of the other: there is none
    let day_first = || if text.len() == 8 { None } else { date(number(4..8)?, number(2..4)?, number(0..2)?) };
    Some(year_first.or_else(day_first)?.to_datetime(time(8)?))
}

fn with_slashes(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    let mut parts = date.split('/').map(|part| part.parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let time: Time = time.trim().parse().ok()?;
    PLANNED_YEARS.contains(&date.year()).then(|| date.to_datetime(time))
}

/// A time in answers: `yyyyMMddHHmmss`.
pub(super) fn written(local: DateTime) -> String {
    let (date, time) = (local.date(), local.time());
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// An instant in answers, in a zone.
pub(super) fn written_instant(at_us: i64, zone_name: &str) -> String {
    let instant = Timestamp::from_microsecond(at_us).ok();
    let local = instant.and_then(|instant| Some(zone(zone_name)?.to_datetime(instant)));
    local.map(written).unwrap_or_default()
}

/// An instant in UTC as schemas write it.
pub(super) fn written_utc(at_us: i64) -> String {
    let instant = Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_every_form_that_occurs() {
        for (text, expected) in [
            ("20300115180000", Some("2030-01-15T18:00:00")),
            ("15012030180000", Some("2030-01-15T18:00:00")),
            ("203001151800", Some("2030-01-15T18:00:00")),
            ("20300115", Some("2030-01-15T00:00:00")),
            ("2030-01-15T18:00:00", Some("2030-01-15T18:00:00")),
            ("2030-01-15 18:00", Some("2030-01-15T18:00:00")),
            ("2030-01-15T23:00:00Z", Some("2030-01-15T18:00:00")),
            ("2030-01-15T18:00:00.5-05:00", Some("2030-01-15T18:00:00.5")),
            ("15/01/2030 18:00", Some("2030-01-15T18:00:00")),
            ("15/01/2030", Some("2030-01-15T00:00:00")),
            ("20301315180000", None),
            ("2030011518000", None),
            ("01/15/2030", None),
            ("tomorrow", None),
            ("99999999999999", None),
            ("2030-02-30T00:00:00", None),
        ] {
            let found = local(text, "America/Lima").map(|local| local.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn none_is_told_in_two_ways() {
        assert_eq!(planned(" ", "America/Lima").unwrap(), Value::Null);
        assert_eq!(planned("0001-01-01T00:00:00", "America/Lima").unwrap(), Value::Null);
        assert_eq!(planned("x", "America/Lima").unwrap_err().code, ResultCode::InvalidDateFormat);
    }

    #[test]
    fn times_are_written_in_digits() {
        let at_us = 1_894_749_120_000_000; // 2030-01-15T23:12:00Z
        assert_eq!(written_instant(at_us, "America/Lima"), "20300115181200");
        assert_eq!(written_utc(at_us), "2030-01-15T23:12:00Z");
    }
}

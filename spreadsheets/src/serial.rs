//! Days and times as spreadsheets count them.

use jiff::{ToSpan as _, civil};

use super::{Cell, number_format::NumberFormat};

const DAY_MS: f64 = 86_400_000.0;
/// 9999-12-31 in the system of 1900
const MAX_SERIAL: f64 = 2_958_466.0;

/// The cell of a number in a format; `is_1904` says how the workbook counts days.
pub(super) fn formatted(number: f64, format: &NumberFormat, is_1904: bool) -> Cell {
    match format {
        // 24:00 and more is no time of day, whatever is shown of it
        NumberFormat::Time if (0.0..1.0).contains(&number) => time(number),
        NumberFormat::Time if number.fract() == 0.0 || number < 2.0 => duration(number),
        // A time may be shown alone of a day with a time
        NumberFormat::Date | NumberFormat::Time => cell(number, is_1904),
        NumberFormat::Length => duration(number),
        NumberFormat::Plain | NumberFormat::Digits(_) | NumberFormat::Percent(_) => {
            match Cell::number(number) {
                Cell::Number { number, .. } => Cell::Number { number, shown: format.shown(number) },
                other => other,
            }
        }
    }
}

fn time(serial: f64) -> Cell {
    let in_day_ms = (serial * DAY_MS / 1000.0).round() as i64 * 1000;
    match civil::Time::midnight().checked_add(in_day_ms.milliseconds()) {
        Ok(time) if in_day_ms < DAY_MS as i64 => Cell::Time { time },
        _ => Cell::number(serial),
    }
}

/// The cell of a serial number that is shown as date or time. In the system of 1900 day 60 is 29 February 1900, which
/// never was: Lotus 1-2-3 counted it, and so does Excel. What is no date stays a number.
pub(super) fn cell(serial: f64, is_1904: bool) -> Cell {
    if !(0.0..MAX_SERIAL).contains(&serial) {
        return Cell::number(serial);
    }
    if serial < 1.0 && !is_1904 {
        return time(serial);
    }
    // Half a second is what floating point loses of a time.
    let total_ms = (serial * DAY_MS / 1000.0).round() * 1000.0;
    let (days, in_day_ms) = ((total_ms / DAY_MS).floor(), total_ms.rem_euclid(DAY_MS));
    let time = civil::Time::midnight().checked_add((in_day_ms as i64).milliseconds());
    let Ok(time) = time else { return Cell::number(serial) };
    let epoch = match (is_1904, days < 60.0) {
        (true, _) => civil::date(1904, 1, 1),
        (false, true) => civil::date(1899, 12, 31),
        (false, false) => civil::date(1899, 12, 30),
    };
    let Ok(date) = epoch.checked_add((days as i64).days()) else { return Cell::number(serial) };
    if in_day_ms == 0.0 {
        Cell::Date { date }
    } else if is_1904 && days == 0.0 {
        Cell::Time { time }
    } else {
        Cell::Moment { moment: date.to_datetime(time) }
    }
}

/// The cell of a length of time in days, as `[h]:mm` shows it.
pub(super) fn duration(days: f64) -> Cell {
    if !(0.0..100_000.0).contains(&days) {
        return Cell::number(days);
    }
    let seconds = (days * DAY_MS / 1000.0).round() as i64;
    if seconds < 86_400 {
        return time(days);
    }
    Cell::text(&format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
}

/// The cell of a day or a time as ISO 8601 writes it: a day at midnight is that day; what has a zone stays text, since
/// that zone counts.
pub(super) fn iso(value: &str) -> Cell {
    let value = value.trim();
    if let Ok(time) = value.parse::<civil::Time>()
        && value.as_bytes().get(2) == Some(&b':')
    {
        return Cell::Time { time };
    }
    let (day, clock) = value.split_once(['T', ' ']).unwrap_or((value, ""));
    if clock.contains(['Z', 'z', '+', '-']) {
        return Cell::text(value);
    }
    let Ok(date) = day.parse::<civil::Date>() else { return Cell::text(value) };
    match clock.parse::<civil::Time>() {
        _ if clock.is_empty() => Cell::Date { date },
        Ok(time) if time == civil::Time::midnight() => Cell::Date { date },
        Ok(time) => Cell::Moment { moment: date.to_datetime(time) },
        Err(_) => Cell::text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_counting_days_are_read() {
        for (serial, is_1904, shown) in [
            (0.0, false, "00:00:00"),
            (0.25, false, "06:00:00"),
            (0.999_999, false, "0.999999"),
            (1.0, false, "1900-01-01"),
            (59.0, false, "1900-02-28"),
            (61.0, false, "1900-03-01"),
            (47_498.0, false, "2030-01-15"),
            (47_498.75, false, "2030-01-15 18:00:00"),
            (47_498.333_333_333_3, false, "2030-01-15 08:00:00"),
            (46_036.0, true, "2030-01-15"),
            (0.25, true, "06:00:00"),
            (-1.0, false, "-1"),
        ] {
            assert_eq!(cell(serial, is_1904).shown(), shown, "{serial} {is_1904}");
        }
        assert_eq!(duration(1.5).shown(), "36:00:00");
        assert_eq!(duration(0.0625).shown(), "01:30:00");
    }

    #[test]
    fn a_day_is_no_time_of_day() {
        let clock = NumberFormat::Time;
        for (serial, shown) in [
            (0.0, "00:00:00"),
            (0.5, "12:00:00"),
            (1.0, "24:00:00"),
            (1.5, "36:00:00"),
            (47_498.75, "2030-01-15 18:00:00"),
        ] {
            assert_eq!(formatted(serial, &clock, false).shown(), shown);
        }
    }

    #[test]
    fn days_are_read_as_iso_8601_writes_them() {
        for (text, expected) in [
            ("2030-01-15", "2030-01-15"),
            ("2030-01-15T00:00:00", "2030-01-15"),
            ("2030-01-15T00:00:00.000", "2030-01-15"),
            ("2030-01-15T08:30:00.000", "2030-01-15 08:30:00"),
            ("2030-01-15T18:00:00.000Z", "2030-01-15T18:00:00.000Z"),
            ("08:30:00", "08:30:00"),
            ("nada", "nada"),
        ] {
            assert_eq!(iso(text).shown(), expected);
        }
    }
}

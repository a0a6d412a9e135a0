//! Days and times as spreadsheets count them.

use jiff::{ToSpan as _, civil};

use super::Cell;

const DAY_MS: f64 = 86_400_000.0;
/// 9999-12-31 in the system of 1900
const MAX_SERIAL: f64 = 2_958_466.0;

/// The cell of a serial number that is shown as date or time. In the system of 1900 day 60 is 29 February 1900, which
/// never was: Lotus 1-2-3 counted it, and so does Excel. What is no date stays a number.
pub(super) fn cell(serial: f64, is_1904: bool) -> Cell {
    if !(0.0..MAX_SERIAL).contains(&serial) {
        return Cell::number(serial);
    }
    // Half a second is what floating point loses of a time.
    let total_ms = (serial * DAY_MS / 1000.0).round() * 1000.0;
    let (days, in_day_ms) = ((total_ms / DAY_MS).floor(), total_ms.rem_euclid(DAY_MS));
    let time = civil::Time::midnight().checked_add((in_day_ms as i64).milliseconds());
    let Ok(time) = time else { return Cell::number(serial) };
    if serial < 1.0 && !is_1904 {
        return if days >= 1.0 { Cell::number(serial) } else { Cell::Time { time } };
    }
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
        return cell(days, false);
    }
    Cell::text(&format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
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
}

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
        ("15 de marca de 2026", DayMonthYear, ""),
        ("15 de março de 2026", DayMonthYear, "2026-03-15"),
        ("15/01/2030 8:05 hola", DayMonthYear, ""),
        ("15/01/2030 10:30:45.000", DayMonthYear, "2030-01-15 10:30:45"),
        ("2030-01-15 10:30:45.1234567", DayMonthYear, "2030-01-15 10:30:45"),
    ] {
        let found = moment(text, order, &TimeZone::UTC).map_or(String::new(), |(day, time)| {
            time.map_or(day.to_string(), |time| format!("{day} {time}"))
        });
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn an_offset_is_heeded() {
    let lima = TimeZone::fixed(jiff::tz::offset(-5));
    for (text, expected) in [
        ("2030-01-15T18:00:00Z", "13:00:00"),
        ("2030-01-15T18:00:00.000Z", "13:00:00"),
        ("2030-01-15T18:00Z", "13:00:00"),
        ("2030-01-15T18:00:00.000+0000", "13:00:00"),
        ("2030-01-15 18:00:00+02", "11:00:00"),
        ("2030-01-15T18:00:00-05:00", "18:00:00"),
        ("2030-01-15T18:00:00-05:00[America/Lima]", "18:00:00"),
        ("2030-01-15T18:00:00Z[UTC]", "13:00:00"),
        ("20300115T180000Z", "13:00:00"),
        ("2030-01-15 18:00:00 UTC", "13:00:00"),
        ("2030-01-15 18:00:00 +0000 UTC", "13:00:00"),
        ("2030-01-15T18:00:00+0530", "07:30:00"),
        ("15/01/2030 18:00 -03", "16:00:00"),
        ("15/01/2030 18:00 GMT", "13:00:00"),
        ("15/01/2030 6:00 PM UTC", "13:00:00"),
        ("2030-01-15T18:00:00 CLST", ""),
        ("2030-01-15T18:00:00[America/Lima]", ""),
    ] {
        let found = moment(text, DateOrder::DayMonthYear, &lima);
        let found = found.and_then(|(_, time)| time).map_or(String::new(), |time| time.to_string());
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn times_are_read_as_people_write_them_or_not_at_all() {
    for (text, expected) in [
        ("18:00", "18:00:00"),
        ("6:05:09", "06:05:09"),
        ("6 pm", "18:00:00"),
        ("12:30 p.m.", "12:30:00"),
        ("12:00 a. m.", "00:00:00"),
        ("18h30", "18:30:00"),
        ("18:00 hrs", "18:00:00"),
        ("8", "08:00:00"),
        ("8.30", "08:30:00"),
        ("08.00", "08:00:00"),
        ("10:30:45.000", "10:30:45"),
        ("10:30:00.5000000", "10:30:00"),
        ("10:30:01.5", "10:30:01"),
        ("10:30:5.9", "10:30:05"),
        ("1.0", ""),
        ("0.5", ""),
        ("0.75", ""),
        ("1.5", ""),
        ("7 de la tarde", ""),
        ("3 tarde", ""),
        ("4 y media", ""),
        ("8 dic", ""),
        ("5 min", ""),
        ("3 PM aprox", ""),
        ("10 am o antes", ""),
        ("7 mañana", ""),
        ("24:00", ""),
        ("25:00", ""),
        ("10:5", ""),
        ("x", ""),
        ("", ""),
    ] {
        assert_eq!(time(text).map_or(String::new(), |time| time.to_string()), expected, "{text}");
    }
}

#[test]
fn lengths_of_time_are_read_as_programs_write_them() {
    for (text, minutes) in [
        ("1:30", Some(90.0)),
        ("1.02:30:00", Some(1590.0)),
        ("1 days 02:30:00", Some(1590.0)),
        ("02:30:00.0000000", Some(150.0)),
        ("27:05:00", Some(1625.0)),
        ("0:00:30", Some(0.5)),
        ("-0:30", None),
        ("1:-30", None),
        ("0.5:00", None),
        ("1e2:00", None),
        ("+1:30", None),
        ("1:30:61", None),
        ("00:90:00", None),
        ("1,5:00", None),
    ] {
        assert_eq!(length(text), minutes, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_reading_a_date_panic(text in "\\PC{0,40}") {
        for order in [DateOrder::DayMonthYear, DateOrder::MonthDayYear, DateOrder::YearMonthDay] {
            let _ = (moment(&text, order, &TimeZone::UTC), date(&text, order), time(&text), length(&text));
        }
    }

    #[test]
    fn no_digits_make_reading_a_date_panic(text in "[0-9/:. T-]{0,24}") {
        let _ = (moment(&text, DateOrder::DayMonthYear, &TimeZone::UTC), length(&text));
    }
}

//! Cutting by hand: nights over summer time, free days, extra hours, changes of law.

use super::*;
use crate::{
    model::non_working_days::{ScheduleType, Weekday},
    shift::{
        cut::{Cut, Extra},
        rules::{FreeDays, Night},
    },
};

fn night(from: &str, to: &str) -> Night {
    Night { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

fn free(from_date: &str) -> FreeDays {
    FreeDays {
        code: "FREE".to_owned(),
        schedule_type: ScheduleType::Days,
        from_date: from_date.parse().unwrap(),
        to_date: None,
        from_time: None,
        to_time: None,
        weekdays: Vec::new(),
        zone: None,
    }
}

/// Zone, hours of the night, clock-in, clock-out, day, hours worked, hours of the night.
type NightShift<'a> = (&'a str, (&'a str, &'a str), &'a str, &'a str, &'a str, f64, f64);

const NIGHTS: &[NightShift<'_>] = &[
    // no summer time at all
    ("America/Lima", ("22:00", "06:00"), "2026-06-01T20:00", "2026-06-02T07:00", "2026-06-01", 11.0, 8.0),
    (
        "America/Mexico_City",
        ("20:00", "06:00"),
        "2026-04-04T22:00",
        "2026-04-05T06:00",
        "2026-04-04",
        8.0,
        8.0,
    ),
    // Chile: at the end of summer time midnight becomes 23:00, and the night has an hour more
    ("America/Santiago", ("21:00", "07:00"), "2026-04-04T22:00", "2026-04-05T06:00", "2026-04-04", 9.0, 9.0),
    ("America/Santiago", ("23:00", "07:00"), "2026-04-04T22:00", "2026-04-05T08:00", "2026-04-04", 11.0, 9.0),
    // Chile: at its beginning there is no midnight, the day begins at 01:00
    ("America/Santiago", ("21:00", "07:00"), "2026-09-05T22:00", "2026-09-06T06:00", "2026-09-05", 7.0, 7.0),
    ("America/Santiago", ("00:00", "05:00"), "2026-09-05T22:00", "2026-09-06T06:00", "2026-09-05", 7.0, 4.0),
    ("America/Santiago", ("00:00", "05:00"), "2026-09-06T00:00", "2026-09-06T06:00", "2026-09-06", 5.0, 4.0),
    // Chile, the hour that there is twice: by its instant it is still Saturday
    (
        "America/Santiago",
        ("00:00", "05:00"),
        "2026-04-05T03:30:00Z",
        "2026-04-05T06:00",
        "2026-04-04",
        6.5,
        5.0,
    ),
    // Brazil, until 2019: midnight was skipped, and came twice
    ("America/Sao_Paulo", ("22:00", "05:00"), "2018-11-03T20:00", "2018-11-04T06:00", "2018-11-03", 9.0, 6.0),
    (
        "America/Sao_Paulo",
        ("22:00", "05:00"),
        "2019-02-16T20:00",
        "2019-02-17T06:00",
        "2019-02-16",
        11.0,
        8.0,
    ),
    (
        "America/Sao_Paulo",
        ("22:00", "05:00"),
        "2026-02-14T20:00",
        "2026-02-15T06:00",
        "2026-02-14",
        10.0,
        7.0,
    ),
    // the north of Mexico keeps the summer time of its neighbour
    ("America/Tijuana", ("20:00", "06:00"), "2026-03-07T22:00", "2026-03-08T06:00", "2026-03-07", 7.0, 7.0),
    ("America/Tijuana", ("20:00", "06:00"), "2026-10-31T22:00", "2026-11-01T06:00", "2026-10-31", 9.0, 9.0),
    ("Europe/Madrid", ("22:00", "06:00"), "2026-03-28T22:00", "2026-03-29T06:00", "2026-03-28", 7.0, 7.0),
    ("Europe/Madrid", ("22:00", "06:00"), "2026-10-24T22:00", "2026-10-25T06:00", "2026-10-24", 9.0, 9.0),
    // a day that there never was: Samoa crossed the date line
    ("Pacific/Apia", ("22:00", "06:00"), "2011-12-29T20:00", "2011-12-31T04:00", "2011-12-29", 8.0, 6.0),
];

#[test]
fn a_night_is_as_long_as_it_was() {
    for (zone, (from, to), begin, end, day, worked, of_night) in NIGHTS {
        let rules = rules(Terms { night: Some(night(from, to)), ..Terms::default() });
        let records = [punch(1, "shift.start", begin, zone), punch(2, "shift.end", end, zone)];
        let days = days_of(&records, &rules);
        let found: Vec<_> = days.iter().map(|(date, day)| (date.to_string(), figures(&day.totals))).collect();
        let expected = [*worked, *worked, 0.0, 0.0, *of_night, 0.0];
        assert_eq!(found, [((*day).to_owned(), expected)], "{zone} {begin}");
    }
}

#[test]
fn free_time_is_cut_by_the_date_of_each_piece() {
    let records = lima(&[("shift.start", "2026-12-31T20:00"), ("shift.end", "2027-01-01T04:00")]);
    let hours = |from: &str, to: &str| FreeDays {
        schedule_type: ScheduleType::Weekly,
        from_time: Some(from.parse().unwrap()),
        to_time: Some(to.parse().unwrap()),
        weekdays: vec![Weekday::Thursday],
        ..free("2026-01-01")
    };
    let period = FreeDays {
        schedule_type: ScheduleType::Period,
        from_time: Some("22:00".parse().unwrap()),
        to_date: Some("2027-01-01".parse().unwrap()),
        to_time: Some("01:30".parse().unwrap()),
        ..free("2026-12-31")
    };
    // an hour later than Lima, where the year ended at 23:00
    let abroad = FreeDays { zone: Some("America/La_Paz".to_owned()), ..free("2027-01-01") };
    for (free, expected) in [
        (vec![], 0.0),
        (vec![free("2027-01-01")], 4.0),
        (vec![free("2026-12-31")], 4.0),
        (vec![free("2026-12-31"), free("2027-01-01"), free("2027-01-01")], 8.0),
        (vec![hours("18:00", "21:00")], 1.0),
        (vec![period], 3.5),
        (vec![abroad], 5.0),
        (vec![free("2027-01-02")], 0.0),
    ] {
        let rules = Rules { free, ..Rules::default() };
        let day = &days_of(&records, &rules)[&date("2026-12-31")];
        assert_eq!(figures(&day.totals)[5], expected, "{:?}", rules.free);
        assert_eq!(day.totals.worked_us(), 8 * HOUR_US);
    }
}

#[test]
fn paid_breaks_count_and_unpaid_ones_do_not() {
    let mut records = lima(&[
        ("shift.start", "2026-06-01T08:00"),
        ("break.start", "2026-06-01T10:00"),
        ("break.end", "2026-06-01T10:15"),
        ("break.start", "2026-06-01T12:00"),
        ("break.end", "2026-06-01T13:00"),
        ("shift.end", "2026-06-01T17:00"),
    ]);
    for (record, code) in [(1, "REST"), (3, "LUNCH")] {
        let Fact::Punch(fact) = &mut records[record].fact else { unreachable!("it is a punch") };
        fact.break_kind = Some(code.to_owned());
    }
    let of_law = rules(Terms { paid_break_kinds: vec!["LUNCH".to_owned()], ..Terms::default() });
    let of_profile = Rules { paid_break_kinds: vec!["REST".to_owned()], ..Rules::default() };
    for (rules, worked, paid, unpaid) in
        [(Rules::default(), 7.75, 0.0, 1.25), (of_profile, 8.0, 0.25, 1.0), (of_law, 8.75, 1.0, 0.25)]
    {
        let totals = days_of(&records, &rules)[&date("2026-06-01")].totals;
        let found = (hours(totals.worked_us()), hours(totals.paid_break_us), hours(totals.unpaid_break_us));
        assert_eq!(found, (worked, paid, unpaid));
    }
}

/// Nine hours from eight in the morning on each of these days of June 2026; the 1st is a Monday.
fn nine_hours(days: std::ops::RangeInclusive<u128>) -> Vec<Record> {
    days.flat_map(|day| {
        [
            punch(2 * day, "shift.start", &format!("2026-06-{day:02}T08:00"), LIMA),
            punch(2 * day + 1, "shift.end", &format!("2026-06-{day:02}T17:00"), LIMA),
        ]
    })
    .collect()
}

#[test]
fn extra_time_is_what_goes_beyond_the_day_and_then_the_week() {
    let limits = |day: Option<i64>, week: Option<i64>, week_starts| {
        rules(Terms {
            ordinary_minutes_per_day: day,
            ordinary_minutes_per_week: week,
            week_starts,
            ..Terms::default()
        })
    };
    let records = nine_hours(1..=6);
    for (rules, extra_of_day, extra_of_week) in [
        (limits(None, None, Weekday::Monday), [0.0; 6], [0.0; 6]),
        (limits(Some(480), None, Weekday::Monday), [1.0; 6], [0.0; 6]),
        (limits(None, Some(40 * 60), Weekday::Monday), [0.0; 6], [0.0, 0.0, 0.0, 0.0, 5.0, 9.0]),
        // what is extra by the day is not counted again for the week
        (limits(Some(480), Some(40 * 60), Weekday::Monday), [1.0; 6], [0.0, 0.0, 0.0, 0.0, 0.0, 8.0]),
        (limits(None, Some(20 * 60), Weekday::Thursday), [0.0; 6], [0.0, 0.0, 7.0, 0.0, 0.0, 7.0]),
        (limits(Some(0), Some(0), Weekday::Monday), [9.0; 6], [0.0; 6]),
    ] {
        let days = days_of(&records, &rules);
        let of =
            |part: fn(&Totals) -> i64| days.values().map(|day| hours(part(&day.totals))).collect::<Vec<_>>();
        assert_eq!(of(Totals::extra_day_us), extra_of_day);
        assert_eq!(of(Totals::extra_week_us), extra_of_week);
        assert!(days.values().all(|day| day.totals.worked_us() == 9 * HOUR_US));
    }
}

#[test]
fn a_change_of_law_in_the_middle_of_a_week_holds_from_its_day_on() {
    let mut law = rules(Terms {
        ordinary_minutes_per_day: Some(480),
        ordinary_minutes_per_week: Some(48 * 60),
        night: Some(night("22:00", "06:00")),
        ..Terms::default()
    });
    let mut later = law.terms[0].clone();
    later.from = "2026-06-03".parse().unwrap();
    later.terms.ordinary_minutes_per_day = Some(420);
    later.terms.ordinary_minutes_per_week = Some(35 * 60);
    later.terms.night = Some(night("16:00", "06:00"));
    law.terms.insert(0, later);
    let days = days_of(&nine_hours(1..=6), &law);
    let found: Vec<_> = days.values().map(|day| figures(&day.totals)).collect();
    assert_eq!(
        found,
        [
            [9.0, 8.0, 1.0, 0.0, 0.0, 0.0],
            [9.0, 8.0, 1.0, 0.0, 0.0, 0.0],
            [9.0, 7.0, 2.0, 0.0, 1.0, 0.0],
            [9.0, 7.0, 2.0, 0.0, 1.0, 0.0],
            // 30 of 35 hours of the week are used
            [9.0, 5.0, 2.0, 2.0, 1.0, 0.0],
            [9.0, 0.0, 2.0, 7.0, 1.0, 0.0],
        ]
    );
    // a night shift over the change: its limits are those of its day, its night that of each date
    let records = lima(&[("shift.start", "2026-06-02T15:00"), ("shift.end", "2026-06-03T01:00")]);
    assert_eq!(
        figures(&days_of(&records, &law)[&date("2026-06-02")].totals),
        [10.0, 8.0, 2.0, 0.0, 3.0, 0.0]
    );
}

#[test]
fn the_rules_that_name_somebody_most_closely_hold() {
    let mut law = rules(Terms::default());
    let first = law.terms[0].clone();
    for (code, rank, from, minutes) in
        [("GROUP", 5, "2026-01-01", 300), ("NEWER", 0, "2026-05-01", 200), ("ANA", 9, "2026-06-02", 100)]
    {
        let mut dated = first.clone();
        (dated.code, dated.rank, dated.from) = (code.to_owned(), rank, from.parse().unwrap());
        dated.terms.ordinary_minutes_per_day = Some(minutes);
        law.terms.push(dated);
    }
    law.terms[1].to = Some("2026-06-30".parse().unwrap());
    for (day, code) in [
        ("1969-12-31", None),
        ("2025-12-31", Some("LAW")),
        ("2026-06-01", Some("GROUP")),
        ("2026-06-02", Some("ANA")),
        ("2026-07-01", Some("ANA")),
    ] {
        assert_eq!(law.on(date(day)).map(|dated| dated.code.as_str()), code, "{day}");
    }
    law.terms.retain(|dated| dated.code != "ANA");
    assert_eq!(law.on(date("2026-07-01")).unwrap().code, "NEWER");
    let part = law.between(date("2026-07-01"), date("2026-07-31"));
    assert_eq!(part.terms.iter().map(|dated| dated.code.as_str()).collect::<Vec<_>>(), ["LAW", "NEWER"]);
}

#[test]
fn every_kind_of_time_has_a_place_of_its_own() {
    let places: std::collections::BTreeSet<Cut> = Cut::ALL.into_iter().collect();
    assert_eq!(places.len(), 12);
    assert_eq!(Cut::ALL[4], Cut { night: true, free_day: false, extra: Extra::Day });
}

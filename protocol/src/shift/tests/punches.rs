//! What becomes of punches that are there, missing, repeated, or in the wrong place.

use super::*;

/// Checks a line of punches in Lima.
fn check(punches: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(in_words(&days_of(&lima(punches), &Rules::default())), expected, "{punches:?}");
}

#[test]
fn every_day_of_somebody_comes_to_something_that_can_be_explained() {
    for (punches, expected) in [
        (
            &[("shift.start", "2026-06-01T08:00"), ("shift.end", "2026-06-01T17:30")][..],
            &["2026-06-01 9.5h"][..],
        ),
        // past midnight it belongs to the day on which it began
        (&[("shift.start", "2026-06-01T22:00"), ("shift.end", "2026-06-02T06:00")], &["2026-06-01 8h"]),
        // an unpaid break is no working time
        (
            &[
                ("shift.start", "2026-06-01T08:00"),
                ("break.start", "2026-06-01T12:00"),
                ("break.end", "2026-06-01T12:45"),
                ("shift.end", "2026-06-01T17:00"),
            ],
            &["2026-06-01 8.25h"],
        ),
        // two shifts on a day
        (
            &[
                ("shift.start", "2026-06-01T08:00"),
                ("shift.end", "2026-06-01T12:00"),
                ("shift.start", "2026-06-01T14:00"),
                ("shift.end", "2026-06-01T18:00"),
            ],
            &["2026-06-01 8h"],
        ),
        // nobody clocked out: nothing is made up, and the next day is not lost to it
        (
            &[
                ("shift.start", "2026-06-01T08:00"),
                ("shift.start", "2026-06-02T08:00"),
                ("shift.end", "2026-06-02T16:00"),
            ],
            &["2026-06-01 0h open end_missing", "2026-06-02 8h"],
        ),
        // an end too late to be of that shift
        (
            &[("shift.start", "2026-06-01T08:00"), ("shift.end", "2026-06-02T08:00")],
            &["2026-06-01 0h open end_missing", "2026-06-02 0h start_missing"],
        ),
        // tapped twice
        (
            &[
                ("shift.start", "2026-06-01T08:00"),
                ("shift.start", "2026-06-01T08:01"),
                ("shift.end", "2026-06-01T16:00"),
                ("shift.end", "2026-06-01T16:01"),
            ],
            &["2026-06-01 8h start_repeated start_missing"],
        ),
        (&[("shift.end", "2026-06-01T16:00")], &["2026-06-01 0h start_missing"]),
        (
            &[("break.start", "2026-06-01T16:00"), ("break.end", "2026-06-01T16:10")],
            &["2026-06-01 0h break_outside_shift break_outside_shift"],
        ),
        // a break without end is not deducted
        (
            &[
                ("shift.start", "2026-06-01T08:00"),
                ("break.start", "2026-06-01T12:00"),
                ("shift.end", "2026-06-01T16:00"),
            ],
            &["2026-06-01 8h break_end_missing"],
        ),
        (
            &[
                ("shift.start", "2026-06-01T08:00"),
                ("break.end", "2026-06-01T11:00"),
                ("break.start", "2026-06-01T12:00"),
                ("break.start", "2026-06-01T12:10"),
                ("break.end", "2026-06-01T13:00"),
                ("shift.end", "2026-06-01T16:00"),
            ],
            &["2026-06-01 7h break_start_missing break_repeated"],
        ),
        // nothing lasts for no time
        (&[("shift.start", "2026-06-01T08:00"), ("shift.end", "2026-06-01T08:00")], &["2026-06-01 0h"]),
    ] {
        check(punches, expected);
    }
}

#[test]
fn a_shift_that_is_going_on_is_open_without_a_remark_until_its_time_is_over() {
    let records = lima(&[("shift.start", "2026-06-01T08:00"), ("break.start", "2026-06-01T12:00")]);
    for (as_of, expected) in [
        ("2026-06-01T12:30", "2026-06-01 0h open"),
        ("2026-06-02T00:00", "2026-06-01 0h open"),
        ("2026-06-02T00:01", "2026-06-01 0h open end_missing break_end_missing"),
    ] {
        let rules = Rules::default();
        let setting = Setting { as_of_us: at(as_of, LIMA), ..setting(&rules, LIMA) };
        assert_eq!(in_words(&days(&corrected(&records), &setting)), [expected], "{as_of}");
    }
}

#[test]
fn the_longest_shift_is_that_of_the_rules_of_its_day() {
    let records = lima(&[("shift.start", "2026-06-01T08:00"), ("shift.end", "2026-06-02T08:00")]);
    let longest = |longest_shift_minutes| rules(Terms { longest_shift_minutes, ..Terms::default() });
    assert_eq!(in_words(&days_of(&records, &longest(24 * 60))), ["2026-06-01 24h"]);
    assert_eq!(in_words(&days_of(&records, &longest(24 * 60 - 1))).len(), 2);
    // whatever a stored rule says, a shift is never longer than two days
    let records = lima(&[("shift.start", "2026-06-01T08:00"), ("shift.end", "2026-06-03T08:01")]);
    assert_eq!(in_words(&days_of(&records, &longest(i64::MAX))).len(), 2);
}

#[test]
fn two_phones_make_one_line_of_punches() {
    let mut records = lima(&[
        ("shift.start", "2026-06-01T08:00"),
        ("shift.start", "2026-06-01T08:30"),
        ("shift.end", "2026-06-01T12:00"),
        ("shift.end", "2026-06-01T17:00"),
    ]);
    (records[1].installation, records[3].installation) = (Some(id(2000)), Some(id(2000)));
    let words = in_words(&days_of(&records, &Rules::default()));
    assert_eq!(words, ["2026-06-01 4h start_repeated several_installations start_missing"]);
    // begun on one, ended on the other
    let mut records = lima(&[("shift.start", "2026-06-01T08:00"), ("shift.end", "2026-06-01T12:00")]);
    records[1].installation = Some(id(2000));
    assert_eq!(in_words(&days_of(&records, &Rules::default())), ["2026-06-01 4h several_installations"]);
}

#[test]
fn punches_of_the_same_instant_are_ordered_by_sequence_then_id() {
    let mut records = lima(&[("shift.end", "2026-06-01T08:00"), ("shift.start", "2026-06-01T08:00")]);
    (records[0].sequence, records[1].sequence) = (2, 1);
    assert_eq!(in_words(&days_of(&records, &Rules::default())), ["2026-06-01 0h"]);
    records[0].sequence = 1;
    (records[0].id, records[1].id) = (id(2), id(1));
    assert_eq!(in_words(&days_of(&records, &Rules::default())), ["2026-06-01 0h"]);
    (records[0].id, records[1].id) = (id(1), id(2));
    let words = in_words(&days_of(&records, &Rules::default()));
    assert_eq!(words, ["2026-06-01 0h open end_missing start_missing"]);
}

#[test]
fn what_clocks_and_zones_contradict_is_counted_and_remarked() {
    let base = || {
        vec![
            punch(1, "shift.start", "2026-06-01T08:00", LIMA),
            punch(2, "shift.end", "2026-06-01T18:00", "America/Santiago"),
        ]
    };
    // the end is an hour later on the wall of Santiago
    assert_eq!(in_words(&days_of(&base(), &Rules::default())), ["2026-06-01 9h zone_changed"]);
    let mut suspect = base();
    suspect[0].occurred_kind = OccurredKind::Suspect;
    assert_eq!(in_words(&days_of(&suspect, &Rules::default())), ["2026-06-01 9h zone_changed suspect_clock"]);
    for (zone, offset_s, expected) in [
        (None, None, "2026-06-01 9h zone_changed zone_assumed"),
        (Some("Mars/Olympus"), None, "2026-06-01 9h zone_changed zone_assumed"),
        (Some(LIMA), Some(-5 * 3600), "2026-06-01 9h zone_changed"),
        (Some(LIMA), Some(-4 * 3600), "2026-06-01 9h zone_changed offset_differs"),
    ] {
        let mut records = base();
        let Fact::Punch(fact) = &mut records[0].fact else { unreachable!("it is a punch") };
        (fact.zone, fact.offset_s) = (zone.map(str::to_owned), offset_s);
        assert_eq!(in_words(&days_of(&records, &Rules::default())), [expected], "{zone:?} {offset_s:?}");
    }
}

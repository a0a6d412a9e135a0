//! Closed periods: what comes late is an adjustment, and never a silent change.

use super::*;
use crate::shift::{
    fact::{Closing, Reopening},
    sheet::{Sheet, sheet},
};

/// The office closes days at a position of the log.
fn closing(position: u128, from: &str, to: &str, local: &str, rules: &Rules) -> Record {
    let closing = Closing {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        zone: LIMA.to_owned(),
        rules: rules.clone(),
        zone_database: "2026a".to_owned(),
    };
    let fact = Fact::Closed(Box::new(closing));
    Record { installation: None, sequence: 0, fact, ..punch(position, "shift.start", local, LIMA) }
}

fn opening(position: u128, from: &str, to: &str, local: &str) -> Record {
    let opening = Reopening { from: from.parse().unwrap(), to: to.parse().unwrap() };
    let fact = Fact::Reopened(opening);
    Record { installation: None, sequence: 0, fact, ..punch(position, "shift.start", local, LIMA) }
}

/// A punch that arrives later than it was made.
fn late(position: u128, name: &str, local: &str, received: &str) -> Record {
    Record { received_us: at(received, LIMA), ..punch(position, name, local, LIMA) }
}

fn sheet_of(records: &[Record], from: &str, to: &str) -> Sheet {
    sheet(records, &setting(&Rules::default(), LIMA), date(from), date(to))
}

type Figures = (Vec<(f64, Option<f64>)>, Vec<(String, String, f64)>);

/// Hours of each day: as it counts, and as it stands now where that differs; and what is settled in these days.
fn figures_of(sheet: &Sheet) -> Figures {
    let worked = |day: &Day| hours(day.totals.worked_us());
    let days = sheet.days.iter().map(|day| (worked(&day.day), day.now.as_ref().map(worked))).collect();
    let settled = sheet
        .settled
        .iter()
        .map(|part| (part.day.to_string(), part.settled_on.to_string(), hours(part.totals.worked_us())))
        .collect();
    (days, settled)
}

/// 30 June is worked, its clock-out comes in July after June was closed.
fn june() -> Vec<Record> {
    vec![
        punch(1, "shift.start", "2026-06-29T08:00", LIMA),
        punch(2, "shift.end", "2026-06-29T16:00", LIMA),
        punch(3, "shift.start", "2026-06-30T08:00", LIMA),
        closing(4, "2026-06-01", "2026-06-30", "2026-07-01T09:00", &Rules::default()),
        late(5, "shift.end", "2026-06-30T17:00", "2026-07-02T10:00"),
        punch(6, "shift.start", "2026-07-02T08:00", LIMA),
        punch(7, "shift.end", "2026-07-02T12:00", LIMA),
    ]
}

#[test]
fn a_late_entry_is_an_adjustment_of_the_closed_day_and_settled_where_it_came() {
    let records = june();
    let own = sheet_of(&records, "2026-06-29", "2026-06-30");
    assert_eq!(figures_of(&own), (vec![(8.0, None), (0.0, Some(9.0))], vec![]));
    assert!(own.days.iter().all(|day| day.closed_by == Some(id(4))));
    let [adjustment] = &own.days[1].adjustments[..] else { panic!("one adjustment") };
    assert_eq!((adjustment.entries.as_slice(), hours(adjustment.totals.worked_us())), (&[id(5)][..], 9.0));
    let july = sheet_of(&records, "2026-07-01", "2026-07-02");
    let settled = ("2026-06-30".to_owned(), "2026-07-02".to_owned(), 9.0);
    assert_eq!(figures_of(&july), (vec![(0.0, None), (4.0, None)], vec![settled]));
    // the order of arrival of the records that are handed in does not matter
    let mut turned: Vec<_> = records.iter().rev().chain(&records).cloned().collect();
    turned.rotate_left(3);
    assert_eq!(sheet_of(&turned, "2026-06-29", "2026-06-30"), own);
}

#[test]
fn a_late_correction_is_an_adjustment_too_and_one_that_waits_is_listed() {
    let mut records = june();
    let earlier = Change::Instant { at_us: at("2026-06-29T07:00", LIMA), zone: None };
    records.push(correction(8, earlier, Some(1), "2026-07-03T10:00"));
    let asked =
        Record { installation: Some(id(1000)), ..correction(9, Change::Remove, Some(2), "2026-07-03T11:00") };
    records.push(asked);
    let sheet = sheet_of(&records, "2026-06-29", "2026-06-29");
    assert_eq!(figures_of(&sheet).0, [(8.0, Some(9.0))]);
    let [adjustment] = &sheet.days[0].adjustments[..] else { panic!("one adjustment") };
    assert_eq!(
        (adjustment.entries.as_slice(), hours(adjustment.totals.worked_us())),
        (&[id(8), id(9)][..], 1.0)
    );
}

#[test]
fn what_comes_on_a_closed_day_is_settled_on_the_first_open_one() {
    // closed early, to the end of the month
    let records = vec![
        punch(1, "shift.start", "2026-06-24T08:00", LIMA),
        punch(2, "shift.end", "2026-06-24T16:00", LIMA),
        closing(3, "2026-06-01", "2026-06-30", "2026-06-25T09:00", &Rules::default()),
        late(4, "shift.start", "2026-06-26T08:00", "2026-06-26T08:00"),
        late(5, "shift.end", "2026-06-26T12:00", "2026-06-26T12:00"),
    ];
    let settled = [("2026-06-26".to_owned(), "2026-07-01".to_owned(), 4.0)];
    assert_eq!(figures_of(&sheet_of(&records, "2026-07-01", "2026-07-01")).1, settled);
}

#[test]
fn a_period_that_is_opened_again_says_what_was_settled_elsewhere() {
    let mut records = june();
    records.push(opening(8, "2026-06-30", "2026-06-30", "2026-07-05T09:00"));
    let late_start = Change::Instant { at_us: at("2026-06-30T07:00", LIMA), zone: None };
    records.push(correction(9, late_start, Some(3), "2026-07-05T10:00"));
    let open = sheet_of(&records, "2026-06-29", "2026-06-30");
    assert_eq!(figures_of(&open).0, [(8.0, None), (10.0, None)]);
    assert_eq!(open.days.iter().map(|day| day.closed_by).collect::<Vec<_>>(), [Some(id(4)), None]);
    assert_eq!(hours(open.days[1].settled_elsewhere.worked_us()), 9.0);
    // closed again, it is as it stood then; what was settled in July stays there
    records.push(closing(10, "2026-06-01", "2026-06-30", "2026-07-06T09:00", &Rules::default()));
    records.push(late(11, "shift.start", "2026-06-30T18:00", "2026-07-07T10:00"));
    records.push(late(12, "shift.end", "2026-06-30T20:00", "2026-07-07T10:00"));
    let closed = sheet_of(&records, "2026-06-29", "2026-06-30");
    assert_eq!(figures_of(&closed).0, [(8.0, None), (10.0, Some(12.0))]);
    assert_eq!(closed.days.iter().map(|day| day.closed_by).collect::<Vec<_>>(), [Some(id(4)), Some(id(10))]);
    assert_eq!(hours(closed.days[1].settled_elsewhere.worked_us()), 9.0);
    let settled = figures_of(&sheet_of(&records, "2026-07-01", "2026-07-31")).1;
    let of = |on: &str, hours| ("2026-06-30".to_owned(), on.to_owned(), hours);
    assert_eq!(settled, [of("2026-07-02", 9.0), of("2026-07-07", 2.0)]);
}

#[test]
fn closed_days_are_cut_by_the_rules_that_were_in_force_when_they_were_closed() {
    let old = rules(Terms { ordinary_minutes_per_day: Some(480), ..Terms::default() });
    let new = rules(Terms { ordinary_minutes_per_day: Some(60), ..Terms::default() });
    let records = vec![
        punch(1, "shift.start", "2026-06-30T08:00", LIMA),
        punch(2, "shift.end", "2026-06-30T17:00", LIMA),
        closing(3, "2026-06-01", "2026-06-30", "2026-07-01T09:00", &old),
    ];
    let of = |rules: &Rules| sheet(&records, &setting(rules, LIMA), date("2026-06-30"), date("2026-06-30"));
    let day = &of(&new).days[0];
    assert_eq!(hours(day.day.totals.extra_day_us()), 1.0);
    assert_eq!(hours(day.now.as_ref().unwrap().totals.extra_day_us()), 8.0);
    assert!(day.adjustments.is_empty());
    assert_eq!(of(&old).days[0].now, None);
}

#[test]
fn whatever_is_paid_period_by_period_comes_to_what_was_worked() {
    let mut records = june();
    records.push(opening(8, "2026-06-30", "2026-06-30", "2026-07-05T09:00"));
    records.push(late(9, "shift.start", "2026-06-28T18:00", "2026-07-05T10:00"));
    records.push(late(10, "shift.end", "2026-06-28T20:00", "2026-07-05T10:00"));
    records.push(late(11, "shift.start", "2026-06-30T18:00", "2026-07-05T11:00"));
    records.push(late(12, "shift.end", "2026-06-30T20:00", "2026-07-05T11:00"));
    records.push(closing(13, "2026-06-01", "2026-06-30", "2026-07-06T09:00", &Rules::default()));
    records.push(late(14, "shift.start", "2026-06-27T18:00", "2026-07-07T10:00"));
    records.push(late(15, "shift.end", "2026-06-27T19:00", "2026-07-07T10:00"));
    let paid: f64 = [("2026-06-01", "2026-06-30"), ("2026-07-01", "2026-07-31")]
        .into_iter()
        .map(|(from, to)| {
            let sheet = sheet_of(&records, from, to);
            let counted = sheet.days.iter().map(|day| day.day.totals.minus(&day.settled_elsewhere));
            let settled = sheet.settled.iter().map(|part| part.totals);
            counted.chain(settled).map(|totals| hours(totals.worked_us())).sum::<f64>()
        })
        .sum();
    let worked: f64 =
        days_of(&records, &Rules::default()).values().map(|day| hours(day.totals.worked_us())).sum();
    assert_eq!(paid, worked);
}

/// A clock that was dead, a correction that moves the punch into the period, and what comes once that is closed.
#[test]
fn what_is_said_late_of_a_punch_that_was_moved_into_the_closed_period_is_an_adjustment() {
    let moved = Change::Instant { at_us: at("2026-01-05T16:00", LIMA), zone: None };
    let kind = Change::Kind { kind: PunchKind::ShiftStart, break_kind: None };
    for (change, target) in [(Change::Remove, 2), (kind, 2), (Change::Remove, 3)] {
        let records = vec![
            punch(1, "shift.start", "2026-01-05T08:00", LIMA),
            punch(2, "shift.end", "2026-02-10T10:00", LIMA),
            correction(3, moved.clone(), Some(2), "2026-02-10T11:00"),
            closing(4, "2026-01-01", "2026-01-31", "2026-02-11T09:00", &Rules::default()),
            correction(5, change, Some(target), "2026-02-12T09:00"),
        ];
        let sheet = sheet_of(&records, "2026-01-05", "2026-01-05");
        assert_eq!(figures_of(&sheet).0, [(8.0, Some(0.0))], "{target}");
        let [adjustment] = &sheet.days[0].adjustments[..] else { panic!("one adjustment") };
        assert_eq!(adjustment.entries, [id(5)], "{target}");
        assert!((hours(adjustment.totals.worked_us()) + 8.0).abs() < 1e-9);
    }
}

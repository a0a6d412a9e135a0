//! Every zone of the database, over every change of its clock.

use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use super::*;
use crate::shift::{
    cut::Cut,
    rules::{FreeDays, Night},
};

/// A quarter of an hour: the step of all offsets that are still in use.
const QUARTER_US: i64 = 15 * 60 * 1_000_000;

/// The changes of a zone's clock from 2015 on, before which nothing is taken, to 2045, with those of the past that were
/// strangest: a zone that skipped a day, and those that changed at midnight.
fn changes(zone: &TimeZone) -> impl Iterator<Item = i64> {
    let until: Timestamp = "2045-01-01T00:00:00Z".parse().unwrap();
    let from: Timestamp = "1990-01-01T00:00:00Z".parse().unwrap();
    zone.following(from)
        .map(|change| change.timestamp())
        .take_while(move |at| *at < until)
        .map(Timestamp::as_microsecond)
}

/// A shift from `before_us` before a change to `after_us` behind it.
fn check(zone_name: &str, change_us: i64, before_us: i64, after_us: i64, law: &Rules) {
    let zone = civil::zone(zone_name).unwrap();
    let (start_us, end_us) = (change_us - before_us, change_us + after_us);
    let mut records = [
        punch(1, "shift.start", "2026-01-01T00:00", zone_name),
        punch(2, "shift.end", "2026-01-01T00:00", zone_name),
    ];
    (records[0].at_us, records[1].at_us) = (start_us, end_us);
    let setting = Setting { zone: zone.clone(), zone_name, rules: law, as_of_us: end_us };
    let days = days(&corrected(&records), &setting);
    let context =
        format!("{zone_name} {} -{before_us} +{after_us}", Timestamp::from_microsecond(change_us).unwrap());
    // the day on which it began, by the clock on the wall there
    let expected = zone.to_datetime(Timestamp::from_microsecond(start_us).unwrap()).date();
    assert_eq!(days.keys().copied().collect::<Vec<_>>(), [expected], "{context}");
    let totals = &days[&expected].totals;
    // no time is lost and none is made, whatever the clock did
    assert_eq!(totals.worked_us(), end_us - start_us, "{context}");
    assert_eq!(totals.cuts().map(|(_, us)| us).sum::<i64>(), end_us - start_us, "{context}");
    assert!(totals.cuts().all(|(_, us)| us > 0), "{context}");
    // night and free time, step by step, as the clock on the wall shows them: nothing begins or ends between steps,
    // except where a clock changed at one minute past midnight
    let step_us = if change_us % QUARTER_US == 0 { QUARTER_US } else { 60 * 1_000_000 };
    let at = |us: i64| zone.to_datetime(Timestamp::from_microsecond(us).unwrap());
    let steps: Vec<i64> = (start_us..end_us).step_by(step_us as usize).collect();
    let count = |holds: &dyn Fn(jiff::civil::DateTime) -> bool| -> i64 {
        let lengths = steps.iter().filter(|us| holds(at(**us))).map(|us| step_us.min(end_us - us));
        lengths.sum()
    };
    let terms = &law.terms[0].terms;
    let night_us = count(&|local| terms.night.unwrap().holds(local.time()));
    let free_us = count(&|local| law.free.iter().any(|free| free.hold(local)));
    assert_eq!((totals.night_us(), totals.free_day_us()), (night_us, free_us), "{context}");
    assert_eq!(Cut::ALL.iter().map(|cut| totals.of(*cut)).sum::<i64>(), end_us - start_us);
}

fn law() -> Rules {
    let night = Some(Night { from: "22:00".parse().unwrap(), to: "05:00".parse().unwrap() });
    let terms = Terms {
        night,
        ordinary_minutes_per_day: Some(300),
        ordinary_minutes_per_week: Some(400),
        ..Terms::default()
    };
    let free: FreeDays = serde_json::from_value(json!({
        "code": "SUN", "schedule_type": "weekly", "from_date": "1970-01-01", "weekdays": ["sunday"],
    }))
    .unwrap();
    Rules { free: vec![free], ..rules(terms) }
}

#[test]
fn a_shift_over_any_change_of_any_clock_belongs_to_its_first_day_and_loses_no_time() {
    let law = law();
    let (mut zones, mut count) = (0, 0);
    for name in civil::zone_names() {
        zones += 1;
        let zone = civil::zone(&name).unwrap();
        // aliases and neighbours change together; a few lengths at each change are enough
        for (index, change_us) in changes(&zone).enumerate() {
            let spread = (index as i64 % 7) * QUARTER_US;
            check(&name, change_us, HOUR_US / 2 + spread, 3 * HOUR_US, &law);
            count += 1;
        }
    }
    assert!(zones > 400 && count > 10_000, "{zones} zones, {count} changes");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_shift_of_any_length_around_any_change_is_cut_whole(
        zone in any::<prop::sample::Index>(),
        change in any::<prop::sample::Index>(),
        before_us in 0..=7 * HOUR_US,
        after_us in 0..=7 * HOUR_US,
    ) {
        let names = civil::zone_names();
        let name = zone.get(&names);
        let changes: Vec<i64> = changes(&civil::zone(name).unwrap()).collect();
        if !changes.is_empty() {
            let (before_us, after_us) = (before_us / QUARTER_US * QUARTER_US, after_us / QUARTER_US * QUARTER_US);
            check(name, *change.get(&changes), before_us, after_us, &law());
        }
    }
}

//! The same days for every order of arrival, and for whatever arrives twice.

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::shift::fact::Answer;

/// Something of one of two employees' phones or of the office, within three days. Instants and sequences meet often.
fn record() -> impl Strategy<Value = Record> {
    let kinds = vec!["shift.start", "shift.end", "break.start", "break.end"];
    let zones = vec![LIMA, "America/Santiago", "Mars/Olympus"];
    let change =
        (0..6_i64, select(kinds.clone()), 0..5_u8, 0..144_i64).prop_map(|(_, name, what, half_hours)| {
            let at_us = at("2026-04-04T00:00", LIMA) + half_hours * HOUR_US / 2;
            match what {
                0 => Change::Remove,
                1 => Change::Kind { kind: kind(name), break_kind: None },
                2 | 3 => Change::Instant { at_us, zone: None },
                _ => Change::Add { kind: kind(name), at_us, zone: None, break_kind: None },
            }
        });
    let frame = (0..144_i64, 0..3_i64, select(vec![None, Some(1000), Some(2000)]), 1..24_u128);
    (frame, select(kinds), select(zones), change, any::<bool>(), 0..6_u8).prop_map(
        |((half_hours, sequence, installation, other), name, zone, change, flag, what)| {
            let adds = matches!(change, Change::Add { .. });
            let at_us = at("2026-04-04T00:00", LIMA) + half_hours * HOUR_US / 2;
            let fact = match what {
                0 => Fact::Correction(
                    Correction { change, needs_agreement: flag },
                    (!adds).then_some(id(other)),
                ),
                1 => Fact::Answer(Answer { correction: id(other), agreed: flag }),
                _ => {
                    return Record {
                        at_us,
                        sequence,
                        installation: installation.map(id),
                        ..punch(1, name, "2026-04-04T05:00:00Z", zone)
                    };
                }
            };
            // corrections come after the days
            let at_us = at_us + 96 * HOUR_US;
            Record {
                at_us,
                sequence,
                installation: installation.map(id),
                fact,
                ..punch(1, name, "2026-04-04T05:00:00Z", zone)
            }
        },
    )
}

/// A handful of them with ids of their own, and the same in another order with some of them twice.
fn two_arrivals() -> impl Strategy<Value = (Vec<Record>, Vec<Record>)> {
    vec(record(), 1..24)
        .prop_map(|records| {
            let numbered = records.into_iter().enumerate();
            numbered.map(|(index, record)| Record { id: id(index as u128 + 1), ..record }).collect::<Vec<_>>()
        })
        .prop_flat_map(|records| {
            let twice: Vec<_> = records.iter().chain(records.iter().step_by(2)).cloned().collect();
            (Just(records), Just(twice).prop_shuffle())
        })
        .prop_map(|(first, mut second)| {
            for (position, record) in second.iter_mut().enumerate() {
                record.position = position as i64;
            }
            (first, second)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn days_are_the_same_for_every_order_of_arrival((first, second) in two_arrivals()) {
        let law = rules(Terms {
            ordinary_minutes_per_day: Some(300),
            ordinary_minutes_per_week: Some(900),
            ..Terms::default()
        });
        prop_assert_eq!(days_of(&first, &law), days_of(&second, &law));
        prop_assert_eq!(corrected(&first), corrected(&second));
    }

    #[test]
    fn every_punch_is_shown_once_and_nothing_is_counted_twice((records, _) in two_arrivals()) {
        let corrected = corrected(&records);
        let days = days_of(&records, &Rules::default());
        let mut shown: Vec<Uuid> = days
            .values()
            .flat_map(|day| {
                let of_shifts = day.shifts.iter().flat_map(|cut| cut.shift.punches());
                of_shifts.chain(day.stray.iter().map(|stray| &stray.punch)).chain(&day.removed)
            })
            .map(|punch| punch.id)
            .collect();
        shown.sort();
        let mut all: Vec<Uuid> =
            corrected.punches.iter().chain(&corrected.removed).map(|punch| punch.id).collect();
        all.sort();
        prop_assert_eq!(shown, all);
        // shifts follow each other, and each is as long as it was
        let mut end_us = i64::MIN;
        for cut in days.values().flat_map(|day| &day.shifts) {
            let start_us = cut.shift.start.now.at_us;
            prop_assert!(start_us >= end_us);
            let Some(end) = &cut.shift.end else {
                prop_assert!(cut.totals.is_zero());
                continue;
            };
            let totals = &cut.totals;
            end_us = end.now.at_us;
            prop_assert_eq!(totals.worked_us() + totals.unpaid_break_us, end_us - start_us);
            prop_assert_eq!(totals.ordinary_us(), totals.worked_us());
        }
    }
}

//! Days of people, punch by punch.

#![expect(clippy::float_cmp, reason = "quarters of hours are exact")]

mod closed;
mod corrections;
mod cuts;
mod orders;
mod punches;
mod zones;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::json;
use uuid::Uuid;

use super::{
    correct::corrected,
    cut::Totals,
    day::{Day, days},
    fact::{Change, Correction, Fact, PunchFact, PunchKind, Record},
    pair::{RemarkCode, Setting},
    rules::{DatedTerms, Rules, Terms},
};
use crate::{
    civil::{self, CivilTime},
    clock::OccurredKind,
    entry::Kind,
};

pub(super) const HOUR_US: i64 = 3600 * 1_000_000;
pub(super) const LIMA: &str = "America/Lima";

pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// The instant of a local time in a zone, or of a time with an offset.
pub(super) fn at(local: &str, zone: &str) -> i64 {
    if let Ok(instant) = local.parse::<jiff::Timestamp>() {
        return instant.as_microsecond();
    }
    let local = civil::parse_local(local).unwrap();
    CivilTime { local, zone: zone.to_owned() }.instant_us().unwrap()
}

pub(super) fn kind(name: &str) -> PunchKind {
    PunchKind::of(Kind::from_name(name).unwrap()).unwrap()
}

/// A punch on the one phone, numbered.
pub(super) fn punch(number: u128, name: &str, local: &str, zone: &str) -> Record {
    let at_us = at(local, zone);
    Record {
        id: id(number),
        position: number as i64,
        sequence: number as i64,
        installation: Some(id(1000)),
        at_us,
        occurred_kind: OccurredKind::Wall,
        received_us: at_us,
        fact: Fact::Punch(PunchFact {
            kind: kind(name),
            zone: Some(zone.to_owned()),
            offset_s: None,
            break_kind: None,
        }),
    }
}

/// Punches in Lima, numbered from 1.
pub(super) fn lima(punches: &[(&str, &str)]) -> Vec<Record> {
    let numbered = punches.iter().enumerate();
    numbered.map(|(index, (name, local))| punch(index as u128 + 1, name, local, LIMA)).collect()
}

pub(super) fn correction(number: u128, change: Change, target: Option<u128>, local: &str) -> Record {
    let correction = Correction { change, needs_agreement: false };
    let fact = Fact::Correction(correction, target.map(id));
    Record { installation: None, sequence: 0, fact, ..punch(number, "shift.start", local, LIMA) }
}

pub(super) fn rules(terms: Terms) -> Rules {
    let from = "1970-01-01".parse().unwrap();
    Rules {
        terms: vec![DatedTerms { code: "LAW".to_owned(), rank: 0, from, to: None, terms }],
        ..Rules::default()
    }
}

pub(super) fn setting<'a>(rules: &'a Rules, zone: &'a str) -> Setting<'a> {
    Setting {
        zone: civil::zone(zone).unwrap(),
        zone_name: zone,
        rules,
        as_of_us: at("2026-12-31T00:00", LIMA),
    }
}

pub(super) fn days_of(records: &[Record], rules: &Rules) -> BTreeMap<Date, Day> {
    days(&corrected(records), &setting(rules, LIMA))
}

pub(super) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// What a day comes to, in words: hours worked, and the remarks in their order.
pub(super) fn in_words(days: &BTreeMap<Date, Day>) -> Vec<String> {
    days.iter()
        .map(|(date, day)| {
            let remarks: Vec<RemarkCode> = day
                .shifts
                .iter()
                .flat_map(|cut| &cut.shift.remarks)
                .chain(day.stray.iter().flat_map(|stray| &stray.remarks))
                .map(|remark| remark.code)
                .collect();
            let remarks: Vec<_> =
                remarks.iter().map(|code| json!(code).as_str().unwrap().to_owned()).collect();
            let open = day.shifts.iter().filter(|cut| cut.shift.is_open()).count();
            let open = if open > 0 { " open" } else { "" };
            format!("{date} {}h{open} {}", hours(day.totals.worked_us()), remarks.join(" "))
                .trim_end()
                .to_owned()
        })
        .collect()
}

pub(super) fn hours(us: i64) -> f64 {
    us as f64 / HOUR_US as f64
}

/// Worked, ordinary, extra of the day, extra of the week, night, free day, in hours.
pub(super) fn figures(totals: &Totals) -> [f64; 6] {
    [
        totals.worked_us(),
        totals.ordinary_us(),
        totals.extra_day_us(),
        totals.extra_week_us(),
        totals.night_us(),
        totals.free_day_us(),
    ]
    .map(hours)
}

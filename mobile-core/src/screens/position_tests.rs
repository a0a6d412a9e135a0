//! When positions are recorded, and how those of a shift become tracks.

use campo_protocol::{
    entry::{Entry, Place},
    scope::Scope,
    track::{MAX_POINTS, Track},
};
use serde_json::json;

use super::{
    pages_tests::{PROFILE, does, equipped, place},
    tests::{NOW_US, Phone},
};
use crate::{
    capture::{Action, Noted},
    environment::Moment,
};

const SECOND_US: i64 = 1_000_000;

/// The clocks so many seconds after the phone was opened.
fn moment(phone: &Phone, seconds: i64) -> Moment {
    let mut moment = phone.environment.moment();
    moment.clock.wall_us = NOW_US + seconds * SECOND_US;
    moment.clock.monotonic_us = Some(seconds * SECOND_US);
    moment.clock.boot = Some("one".to_owned());
    moment
}

fn here(seconds: i64) -> Place {
    place(4.8617 + seconds as f64 / 1_000_000.0, 12.0).unwrap()
}

fn note(phone: &mut Phone, seconds: i64) -> Noted {
    let moment = moment(phone, seconds);
    phone.store.note_position(&moment, here(seconds)).unwrap()
}

/// The tracks that were captured: each entry with its points.
fn tracks(phone: &Phone) -> Vec<(Entry, Track)> {
    let entries = phone.store.all_entries().unwrap();
    let tracks = entries.into_iter().filter(|entry| entry.kind == "track");
    tracks
        .map(|stored| {
            let entry: Entry = serde_json::from_slice(&stored.bytes).unwrap();
            let track = serde_json::from_str(entry.body.as_ref().unwrap().get()).unwrap();
            (entry, track)
        })
        .collect()
}

fn with_mode(mode: &str) -> Phone {
    let mut phone = equipped();
    let profile = json!({ "code": "T", "name": "T", "location_mode": mode });
    phone.told(Scope::Profile(PROFILE), "employee_profile", PROFILE, &profile);
    phone
}

#[test]
fn positions_are_noted_during_a_shift_alone_and_only_where_they_are_wanted() {
    for (mode, on_shift, wanted) in [
        ("during_shift", true, true),
        ("during_shift", false, false),
        ("at_entries", true, false),
        ("never", true, false),
    ] {
        let mut phone = with_mode(mode);
        if on_shift {
            does(&mut phone, "in", Action::ShiftStart, None).unwrap();
        }
        assert_eq!(note(&mut phone, 60).wanted, wanted, "{mode} {on_shift}");
        let captured = phone.store.gather_track(&moment(&phone, 61)).unwrap();
        assert_eq!(captured.is_some(), wanted, "{mode} {on_shift}");
    }
}

#[test]
fn a_place_goes_with_what_happens_at_a_place_alone() {
    for (mode, action, with_place) in [
        ("at_entries", Action::ShiftStart, true),
        ("at_entries", Action::Message { text: "x".to_owned(), task: None }, false),
        ("never", Action::ShiftStart, false),
    ] {
        let mut phone = with_mode(mode);
        does(&mut phone, "a", action, Some(here(0))).unwrap();
        let stored = phone.store.all_entries().unwrap();
        let entry: Entry = serde_json::from_slice(&stored[0].bytes).unwrap();
        assert_eq!(entry.place.is_some(), with_place, "{mode} {}", entry.kind);
    }
}

#[test]
fn a_track_is_captured_after_a_quarter_of_an_hour_and_says_when_each_point_was_seen() {
    let mut phone = with_mode("during_shift");
    does(&mut phone, "in", Action::ShiftStart, None).unwrap();
    // A platform that reports every ten seconds
    let captured: Vec<i64> = (1..=100)
        .map(|step| step * 10)
        .filter(|seconds| note(&mut phone, *seconds).captured.is_some())
        .collect();
    assert_eq!(captured, [910]);
    let tracks = tracks(&phone);
    let (entry, track) = &tracks[0];
    assert_eq!(track.points.len(), 31);
    assert_eq!(track.points[1].wall_us - track.points[0].wall_us, 30 * SECOND_US);
    assert_eq!(track.points[1].monotonic_us, Some(40 * SECOND_US));
    assert_eq!(entry.place, Some(here(910)));
    let rest = phone.store.gather_track(&moment(&phone, 1001)).unwrap();
    assert!(rest.is_some_and(|captured| captured.event().is_some()));
    assert!(phone.store.gather_track(&moment(&phone, 1002)).unwrap().is_none());
}

#[test]
fn a_track_is_of_bounded_size_and_of_one_boot() {
    let mut phone = with_mode("during_shift");
    does(&mut phone, "in", Action::ShiftStart, None).unwrap();
    let points = MAX_POINTS as i64 + 20;
    for number in 0..points {
        let sql =
            "insert into track_point (employee, session, boot, wall_us, point) values (?1, ?2, ?3, ?4, ?5)";
        let boot = if number < 10 { "zero" } else { "one" };
        let point = json!({ "wall_us": number, "monotonic_us": number, "latitude": 4.8, "longitude": -74.0 });
        let (employee, session) = ([2_u8; 16], [9_u8; 16]);
        phone.store.read().execute(sql, (employee, session, boot, number, point.to_string())).unwrap();
    }
    while phone.store.gather_track(&moment(&phone, 60)).unwrap().is_some() {}
    let tracks = tracks(&phone);
    let counts: Vec<_> = tracks.iter().map(|(_, track)| track.points.len()).collect();
    assert_eq!(counts, [10, MAX_POINTS, 10]);
    // The monotonic clock of another boot says nothing beside the entry's own
    assert_eq!(tracks[0].1.points[0].monotonic_us, None);
    assert_eq!(tracks[1].1.points[0].monotonic_us, Some(10));
}

#[test]
fn a_clock_that_was_set_back_keeps_no_position_from_being_noted() {
    let mut phone = with_mode("during_shift");
    does(&mut phone, "in", Action::ShiftStart, None).unwrap();
    note(&mut phone, 7200);
    note(&mut phone, 3600);
    note(&mut phone, 3630);
    phone.store.gather_track(&moment(&phone, 3660)).unwrap();
    let seen: Vec<i64> = tracks(&phone)
        .iter()
        .flat_map(|(_, track)| &track.points)
        .map(|point| (point.wall_us - NOW_US) / SECOND_US)
        .collect();
    assert_eq!(seen, [7200, 3600, 3630]);
}

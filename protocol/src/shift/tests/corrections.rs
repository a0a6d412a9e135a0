//! Corrections: what counts of them, who must agree, and what stays to be seen.

use super::*;
use crate::shift::{
    correct::{Moment, Standing},
    fact::Answer,
};

fn day() -> Vec<Record> {
    lima(&[("shift.start", "2026-06-01T08:00"), ("shift.end", "2026-06-01T17:00")])
}

fn instant(local: &str) -> Change {
    Change::Instant { at_us: at(local, LIMA), zone: None }
}

fn add(name: &str, local: &str) -> Change {
    Change::Add { kind: kind(name), at_us: at(local, LIMA), zone: Some(LIMA.to_owned()), break_kind: None }
}

fn by_worker(record: Record) -> Record {
    Record { installation: Some(id(1000)), ..record }
}

fn needs_agreement(mut record: Record) -> Record {
    let Fact::Correction(correction, _) = &mut record.fact else { unreachable!("it is a correction") };
    correction.needs_agreement = true;
    record
}

fn answer(number: u128, correction: u128, agreed: bool, local: &str) -> Record {
    let fact = Fact::Answer(Answer { correction: id(correction), agreed });
    Record { installation: None, sequence: 0, fact, ..punch(number, "shift.start", local, LIMA) }
}

/// Checks what a day comes to, and what stands of each correction.
fn check(more: &[Record], words: &[&str], standing: &[Standing]) {
    let records: Vec<_> = day().into_iter().chain(more.iter().cloned()).collect();
    assert_eq!(in_words(&days_of(&records, &Rules::default())), words, "{more:?}");
    let found: Vec<_> = corrected(&records).corrections.iter().map(|seen| seen.standing).collect();
    assert_eq!(found, standing, "{more:?}");
}

#[test]
fn the_offices_corrections_count_at_once() {
    use Standing::{Impossible, InForce};
    let later = "2026-06-02T09:00";
    for (change, target, words, standing) in [
        (instant("2026-06-01T07:00"), Some(1), &["2026-06-01 10h"][..], InForce),
        (Change::Remove, Some(2), &["2026-06-01 0h open end_missing"], InForce),
        (
            Change::Kind { kind: kind("break.start"), break_kind: None },
            Some(2),
            &["2026-06-01 0h open end_missing break_end_missing"],
            InForce,
        ),
        (add("shift.end", "2026-06-01T12:00"), None, &["2026-06-01 4h start_missing"], InForce),
        // moved to another day
        (
            instant("2026-06-02T00:30"),
            Some(1),
            &["2026-06-01 0h start_missing", "2026-06-02 0h open end_missing"],
            InForce,
        ),
        // nobody has worked tomorrow yet, or before there was Campo
        (instant("2026-06-02T09:06"), Some(1), &["2026-06-01 9h"], Impossible),
        (Change::Instant { at_us: i64::MIN, zone: None }, Some(1), &["2026-06-01 9h"], Impossible),
        (add("shift.start", "2026-06-03T08:00"), None, &["2026-06-01 9h"], Impossible),
        // what is not there cannot be corrected, and what adds names nothing
        (Change::Remove, Some(77), &["2026-06-01 9h"], Impossible),
        (Change::Remove, Some(10), &["2026-06-01 9h"], Impossible),
        (add("shift.end", "2026-06-01T12:00"), Some(1), &["2026-06-01 9h"], Impossible),
    ] {
        check(&[correction(10, change, target, later)], words, &[standing]);
    }
}

#[test]
fn a_correction_counts_when_the_other_side_agreed_and_the_last_answer_stands() {
    use Standing::{Agreed, InForce, Proposed, Rejected};
    let change = || correction(10, instant("2026-06-01T07:00"), Some(1), "2026-06-02T09:00");
    let (asked, worker) = (needs_agreement(change()), by_worker(change()));
    let (yes, no) = (answer(11, 10, true, "2026-06-02T10:00"), answer(12, 10, false, "2026-06-02T11:00"));
    let (counts, does_not) = (&["2026-06-01 10h"][..], &["2026-06-01 9h"][..]);
    for (more, words, standing) in [
        (vec![change()], counts, InForce),
        // nobody was asked
        (vec![change(), by_worker(no.clone())], counts, InForce),
        (vec![asked.clone()], does_not, Proposed),
        // the office cannot agree with itself
        (vec![asked.clone(), yes.clone()], does_not, Proposed),
        (vec![asked.clone(), by_worker(yes.clone())], counts, Agreed),
        (vec![asked.clone(), by_worker(no.clone())], does_not, Rejected),
        (vec![asked.clone(), by_worker(no.clone()), by_worker(yes.clone())], does_not, Rejected),
        // a worker's own correction always waits for the office
        (vec![worker.clone()], does_not, Proposed),
        (vec![worker.clone(), by_worker(yes.clone())], does_not, Proposed),
        (vec![worker.clone(), yes], counts, Agreed),
        (vec![worker, no], does_not, Rejected),
    ] {
        check(&more, words, &[standing]);
    }
}

#[test]
fn the_last_of_several_corrections_counts() {
    use Standing::InForce;
    let first = correction(10, instant("2026-06-01T07:00"), Some(1), "2026-06-02T09:00");
    let second = correction(9, instant("2026-06-01T06:00"), Some(1), "2026-06-02T09:01");
    check(&[second.clone(), first.clone()], &["2026-06-01 11h"], &[InForce; 2]);
    // an added punch is a punch: it can be corrected
    let added = correction(11, add("shift.end", "2026-06-01T12:00"), None, "2026-06-02T09:02");
    let moved = correction(12, instant("2026-06-01T13:00"), Some(11), "2026-06-02T09:03");
    let gone = correction(13, Change::Remove, Some(2), "2026-06-02T09:04");
    check(&[moved, gone, added, second, first], &["2026-06-01 7h"], &[InForce; 5]);
}

#[test]
fn a_correction_can_be_taken_back() {
    use Standing::{InForce, Proposed, Rejected, Withdrawn};
    let change = || correction(10, instant("2026-06-01T07:00"), Some(1), "2026-06-02T09:00");
    let back = || correction(11, Change::Remove, Some(10), "2026-06-02T10:00");
    let nine = &["2026-06-01 9h"][..];
    let ten = &["2026-06-01 10h"][..];
    check(&[change(), back()], nine, &[Withdrawn, InForce]);
    // a worker takes back alone what does not count yet, and asks for what does
    check(&[by_worker(change()), by_worker(back())], nine, &[Withdrawn, Proposed]);
    let agreed = answer(12, 10, true, "2026-06-02T09:30");
    check(&[by_worker(change()), agreed.clone(), by_worker(back())], ten, &[Standing::Agreed, Proposed]);
    let both = answer(13, 11, true, "2026-06-02T11:00");
    check(
        &[by_worker(change()), agreed.clone(), by_worker(back()), both],
        nine,
        &[Withdrawn, Standing::Agreed],
    );
    // a proposal to add a punch is taken back too; what takes back is not
    let proposal = by_worker(correction(10, add("shift.end", "2026-06-01T12:00"), None, "2026-06-02T09:00"));
    check(&[proposal, by_worker(back())], nine, &[Withdrawn, Proposed]);
    let again = correction(14, Change::Remove, Some(11), "2026-06-02T12:00");
    check(&[change(), back(), again], nine, &[Withdrawn, InForce, Standing::Impossible]);
    let refused = answer(13, 11, false, "2026-06-02T11:00");
    check(&[by_worker(change()), agreed, by_worker(back()), refused], ten, &[Standing::Agreed, Rejected]);
}

#[test]
fn both_are_shown_what_was_captured_and_what_counts() {
    let records: Vec<_> = day()
        .into_iter()
        .chain([
            correction(10, instant("2026-06-01T07:00"), Some(1), "2026-06-02T09:00"),
            needs_agreement(correction(11, Change::Remove, Some(2), "2026-06-02T09:01")),
        ])
        .collect();
    let corrected = corrected(&records);
    let moment = |name: &str, local: &str| Moment { kind: kind(name), at_us: at(local, LIMA) };
    let start = &corrected.punches[0];
    assert_eq!(start.original, Some(moment("shift.start", "2026-06-01T08:00")));
    assert_eq!(start.now, moment("shift.start", "2026-06-01T07:00"));
    let [moved, removed] = &corrected.corrections[..] else { panic!("two corrections") };
    assert_eq!((moved.before, moved.after), (start.original, Some(start.now)));
    // what a proposal would change is shown too
    assert_eq!((removed.before, removed.after), (Some(moment("shift.end", "2026-06-01T17:00")), None));
    // moved and moved back it is as it was captured
    let back = correction(12, instant("2026-06-01T08:00"), Some(1), "2026-06-02T09:02");
    let records: Vec<_> = records.into_iter().chain([back]).collect();
    assert_eq!(super::corrected(&records).punches[0].original, None);
}

#[test]
fn corrections_are_read_back_from_their_entries() {
    let entry = |kind: &str, more: serde_json::Value| {
        let mut entry = json!({ "id": id(1), "kind": kind });
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value::<crate::entry::Entry>(entry).unwrap()
    };
    for (kind, more, is_read) in [
        ("punch.correction", json!({ "corrects": id(2), "body": { "change": "remove" } }), true),
        ("punch.correction", json!({ "corrects": id(2), "body": { "change": "instant", "at_us": 7 } }), true),
        ("punch.correction", json!({ "body": { "change": "add", "kind": "shift.end", "at_us": 7 } }), true),
        ("punch.correction", json!({ "body": { "change": "add", "kind": "task.start", "at_us": 7 } }), false),
        (
            "punch.correction",
            json!({ "corrects": id(2), "body": { "change": "add", "kind": "shift.end", "at_us": 7 } }),
            false,
        ),
        ("punch.correction", json!({ "body": { "change": "remove" } }), false),
        ("punch.correction", json!({ "corrects": id(2), "body": { "change": "undo" } }), false),
        ("punch.correction", json!({ "corrects": id(2) }), false),
        ("punch.agreement", json!({ "body": { "correction": id(2), "agreed": true } }), true),
        ("punch.agreement", json!({ "body": { "agreed": true } }), false),
        ("period.reopened", json!({ "body": { "from": "2026-06-01", "to": "2026-06-30" } }), true),
        ("period.closed", json!({ "body": { "from": "2026-06-01", "to": "2026-06-30" } }), false),
        ("break.start", json!({ "body": { "kind": "LUNCH" } }), true),
        ("break.start", json!({ "body": 7 }), true),
        ("shift.start", json!({}), true),
        ("form", json!({}), false),
    ] {
        let fact = Fact::of(Kind::from_name(kind).unwrap(), &entry(kind, more.clone()));
        assert_eq!(fact.is_some(), is_read, "{kind} {more}");
    }
    let taken = Fact::of(Kind::BreakStart, &entry("break.start", json!({ "body": { "kind": "LUNCH" } })));
    assert!(matches!(taken, Some(Fact::Punch(fact)) if fact.break_kind.as_deref() == Some("LUNCH")));
}

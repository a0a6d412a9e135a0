//! Every history of up to four entries, in every order of arrival.

use std::collections::HashMap;

use super::{
    ANA, BEN, EVA, Event, Kind, Outcome, Status, TaskState, assigned, by, created, fold, noted,
    spec::{OFFICE, REPORTS, SILENT, found, spec},
    status_set,
};

/// Something that happens; its instant and id are given by its place in the history.
type Happening = fn(i64) -> Event;

/// Folds `events` in the order given, behind the creation of the task, and checks everything that must hold.
fn check(events: &[Event]) -> TaskState {
    let mut state: Option<TaskState> = None;
    for (index, event) in events.iter().enumerate() {
        let folded = fold(state.as_ref(), &event.fact());
        let last = (folded.outcome, folded.reason);
        assert_eq!(found(folded.state.as_ref(), last), spec(&events[..=index]), "{events:#?}");
        assert_eq!(folded.changed, folded.state != state);
        let after = folded.state.unwrap();
        if let Some(reason) = folded.reason {
            let shown =
                after.attention.iter().any(|one| one.entry == event.fact().entry && one.reason == reason);
            assert_eq!(shown, reason.needs_attention(), "{events:#?}");
        } else {
            assert_eq!(folded.outcome, Outcome::Applied);
        }
        let mut again = fold(Some(&after), &event.fact()).state.unwrap();
        again.worker_entries = after.worker_entries;
        assert_eq!(again, after, "folded twice, only the count may differ: {events:#?}");
        state = Some(after);
    }
    state.unwrap()
}

/// The events with each run of workers' entries between office entries sorted: what must not matter is gone.
fn without_order(events: &[Event]) -> Vec<u128> {
    let mut events = events.to_vec();
    for run in events.chunk_by_mut(|a, b| a.who.is_some() && b.who.is_some()) {
        run.sort_by_key(|event| event.id);
    }
    events.iter().map(|event| event.id).collect()
}

fn permutations(events: &[Event]) -> Vec<Vec<Event>> {
    if events.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for index in 0..events.len() {
        let mut rest = events.to_vec();
        let first = rest.remove(index);
        for mut tail in permutations(&rest) {
            tail.insert(0, first.clone());
            all.push(tail);
        }
    }
    all
}

/// Checks every order in which `events` can arrive, and that the orders of workers' entries between the same office
/// entries end in one state.
fn check_all_orders(events: &[Event]) {
    let mut ends: HashMap<Vec<u128>, TaskState> = HashMap::new();
    let first = created(Status::New, &[ANA, BEN], 0).with_id(1);
    for order in permutations(events) {
        let history = [vec![first.clone()], order.clone()].concat();
        let state = check(&history);
        let known = ends.entry(without_order(&order)).or_insert_with(|| state.clone());
        assert_eq!(*known, state, "{history:#?}");
    }
}

/// Every history of `length` happenings of `pool`. Instants rise by ten, but ids do not follow them.
fn check_every_history(pool: &[Happening], length: u32) {
    for number in 0..pool.len().pow(length) {
        let events: Vec<Event> = (0..length)
            .map(|place| {
                let happening = pool[number / pool.len().pow(place) % pool.len()];
                happening(i64::from(place) * 10 + 10).with_id(u128::from(20 - place))
            })
            .collect();
        check_all_orders(&events);
    }
}

#[test]
fn four_entries_end_alike_in_every_order_of_arrival() {
    check_every_history(
        &[
            |at_us| by(ANA, Kind::TaskStart, at_us),
            |at_us| by(BEN, Kind::TaskSuspend, at_us),
            |at_us| by(ANA, Kind::TaskClose, at_us),
            |at_us| by(BEN, Kind::TaskDecline, at_us),
            |at_us| status_set(Status::Suspended, at_us),
            |at_us| assigned(&[BEN], at_us),
        ],
        4,
    );
}

#[test]
fn three_entries_end_alike_in_every_order_of_arrival() {
    check_every_history(
        &[
            |at_us| by(ANA, Kind::TaskStart, at_us),
            |at_us| by(BEN, Kind::TaskClose, at_us),
            |at_us| by(ANA, Kind::TaskNotDone, at_us),
            |at_us| by(ANA, Kind::TaskEnd, at_us),
            |at_us| by(ANA, Kind::TaskBlocked, at_us),
            |at_us| by(EVA, Kind::Form, at_us),
            |at_us| status_set(Status::New, at_us),
            |at_us| status_set(Status::Closed, at_us),
            |at_us| status_set(Status::Canceled, at_us),
            |at_us| assigned(&[BEN], at_us),
            |at_us| assigned(&[ANA, EVA], at_us),
            |at_us| noted(&[19, 20], at_us),
        ],
        3,
    );
}

#[test]
fn any_two_entries_end_alike_in_both_orders_of_arrival() {
    let mut all: Vec<Event> = Vec::new();
    for kind in REPORTS.map(|(kind, _)| kind).into_iter().chain(SILENT) {
        all.extend([ANA, EVA].map(|who| by(who, kind, 0)));
    }
    all.extend(Status::ALL.iter().map(|status| status_set(*status, 0)));
    all.extend(OFFICE.map(|kind| by(ANA, kind, 0)));
    all.extend([
        assigned(&[], 0),
        assigned(&[BEN], 0),
        assigned(&[ANA, BEN], 0),
        created(Status::New, &[], 0),
    ]);
    for one in &all {
        for two in &all {
            for (one_us, two_us) in [(10, 20), (10, 10), (-10, 10)] {
                let one = Event { at_us: one_us, ..one.clone() };
                let two = Event { at_us: two_us, ..two.clone() };
                check_all_orders(&[one.with_id(5), two.with_id(3)]);
            }
        }
    }
}

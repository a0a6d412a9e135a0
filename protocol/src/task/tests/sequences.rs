//! Long random histories, also of entries that make no sense.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    ANA, BEN, EVA, Event, Kind, Status, TaskState, assigned, by, created, fold, noted, office, run_numbered,
    spec::{found, spec},
    status_set,
};

fn event() -> impl Strategy<Value = Event> {
    let lists = select(vec![vec![], vec![ANA], vec![BEN], vec![ANA, BEN], vec![ANA, BEN, EVA]]);
    // Few instants, so that many are equal; the extremes, so that nothing is calculated with them
    let at_us = prop_oneof![8 => 0_i64..12, 1 => Just(i64::MIN), 1 => Just(i64::MAX)];
    let who = select(vec![Some(ANA), Some(BEN), Some(EVA), None]);
    let status = select(Status::ALL);
    prop_oneof![
        10 => (select(Kind::ALL), select(vec![ANA, BEN, EVA]), at_us.clone()).prop_map(|(kind, who, at)| by(who, kind, at)),
        2 => (status.clone(), at_us.clone()).prop_map(|(status, at)| status_set(status, at)),
        2 => (lists.clone(), at_us.clone()).prop_map(|(list, at)| assigned(&list, at)),
        1 => (status, lists, at_us.clone()).prop_map(|(status, list, at)| created(status, &list, at)),
        1 => (vec(1_u128..20, 0..4), at_us.clone()).prop_map(|(ids, at)| noted(&ids, at)),
        1 => (select(Kind::ALL), who, at_us, select(vec!["", "{", "[1", "\u{0}"])).prop_map(
            |(kind, who, at, body)| Event { who, ..office(kind, at, body.to_owned()) }
        ),
    ]
}

/// Histories whose ids are unique and follow neither positions nor instants. Most begin with the task.
fn history() -> impl Strategy<Value = Vec<Event>> {
    let first = proptest::option::weighted(0.9, Just(created(Status::New, &[ANA, BEN], 3)));
    let ids = Just((1_u128..20).collect::<Vec<_>>()).prop_shuffle();
    (first, vec(event(), 0..16), ids).prop_map(|(first, events, ids)| {
        first.into_iter().chain(events).zip(ids).map(|(event, id)| event.with_id(id)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_step_of_a_history_is_as_the_rules_say(events in history()) {
        let mut state: Option<TaskState> = None;
        for (index, event) in events.iter().enumerate() {
            let folded = fold(state.as_ref(), &event.fact());
            prop_assert_eq!(
                found(folded.state.as_ref(), (folded.outcome, folded.reason)),
                spec(&events[..=index])
            );
            state = folded.state;
            let text = serde_json::to_string(&state).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Option<TaskState>>(&text).unwrap(), &state);
        }
    }

    #[test]
    fn workers_entries_between_office_entries_end_alike_in_any_order(
        events in history(),
        shuffle in Just((0..20_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut other: Vec<(usize, Event)> = shuffle.into_iter().zip(events.clone()).collect();
        for run in other.chunk_by_mut(|(_, a), (_, b)| a.who.is_some() && b.who.is_some()) {
            run.sort_by_key(|(place, _)| *place);
        }
        let other: Vec<Event> = other.into_iter().map(|(_, event)| event).collect();
        prop_assert_eq!(run_numbered(&events).state, run_numbered(&other).state);
    }
}

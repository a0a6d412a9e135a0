//! The fold of task state, attacked: every pair, every order of arrival, and long random histories.

mod orders;
mod sequences;
mod spec;
mod transitions;

use uuid::Uuid;

use super::{
    fold::{Author, Fact, Folded, MAX_REPORTS, fold},
    reason::Reason,
    state::{MAX_ATTENTION, TaskState},
    status::Status,
};
use crate::{
    entry::{Entry, Kind},
    sync::Outcome,
};

const ANA: Uuid = Uuid::from_u128(0xA);
const BEN: Uuid = Uuid::from_u128(0xB);
const EVA: Uuid = Uuid::from_u128(0xE);

/// An entry of a history. `who` is none for the office.
#[derive(Debug, Clone, PartialEq)]
struct Event {
    id: u128,
    kind: Kind,
    at_us: i64,
    who: Option<Uuid>,
    body: Option<String>,
}

impl Event {
    fn fact(&self) -> Fact<'_> {
        Fact {
            entry: Uuid::from_u128(self.id),
            kind: self.kind,
            occurred_at_us: self.at_us,
            author: match self.who {
                Some(employee) => {
                    Author::Employee { employee, installation: employee, sequence: self.sequence() }
                }
                None => Author::Office,
            },
            body: self.body.as_deref(),
        }
    }

    /// Falls while ids rise: of one instant, the sequence says what happened first.
    fn sequence(&self) -> i64 {
        -i64::try_from(self.id).unwrap()
    }

    fn moment(&self) -> (i64, i64) {
        (self.at_us, self.sequence())
    }

    fn with_id(mut self, id: u128) -> Self {
        self.id = id;
        self
    }
}

fn by(who: Uuid, kind: Kind, at_us: i64) -> Event {
    Event { id: 0, kind, at_us, who: Some(who), body: None }
}

fn office(kind: Kind, at_us: i64, body: String) -> Event {
    Event { id: 0, kind, at_us, who: None, body: Some(body) }
}

fn list(employees: &[Uuid]) -> String {
    let all: Vec<String> =
        employees.iter().map(|id| format!(r#"{{"employee":"{id}","role":"lead"}}"#)).collect();
    format!("[{}]", all.join(","))
}

fn created(status: Status, employees: &[Uuid], at_us: i64) -> Event {
    let body = format!(r#"{{"status":"{}","assignments":{}}}"#, status.name(), list(employees));
    office(Kind::TaskCreated, at_us, body)
}

fn status_set(status: Status, at_us: i64) -> Event {
    office(Kind::TaskStatusSet, at_us, format!(r#"{{"status":"{}"}}"#, status.name()))
}

fn assigned(employees: &[Uuid], at_us: i64) -> Event {
    office(Kind::TaskAssigned, at_us, format!(r#"{{"assignments":{}}}"#, list(employees)))
}

fn noted(dismiss: &[u128], at_us: i64) -> Event {
    let ids: Vec<String> = dismiss.iter().map(|id| format!("\"{}\"", Uuid::from_u128(*id))).collect();
    office(Kind::TaskNoted, at_us, format!(r#"{{"dismiss":[{}]}}"#, ids.join(",")))
}

/// Numbers the events from 1 and folds them; gives what became of the last.
fn run(events: Vec<Event>) -> Folded {
    let events: Vec<Event> = (1..).zip(events).map(|(id, event)| event.with_id(id)).collect();
    run_numbered(&events)
}

fn run_numbered(events: &[Event]) -> Folded {
    let mut folded = Folded { state: None, outcome: Outcome::Applied, reason: None, changed: false };
    for event in events {
        folded = fold(folded.state.as_ref(), &event.fact());
    }
    folded
}

/// The state after `events`, which make a task.
fn state_after(events: Vec<Event>) -> TaskState {
    run(events).state.unwrap()
}

#[test]
fn a_worker_may_begin_in_any_order() {
    for first in [Kind::TaskStart, Kind::TaskClose, Kind::TaskArrive, Kind::TaskAcknowledge] {
        for status in [Status::New, Status::Sent] {
            let folded = run(vec![created(status, &[ANA], 0), by(ANA, first, 5)]);
            assert_eq!((folded.outcome, folded.reason), (Outcome::Applied, None), "{first:?}");
            assert_eq!(folded.state.unwrap().status, Status::of_entry(first).unwrap());
        }
    }
}

#[test]
fn a_declined_task_given_to_somebody_else_is_new_and_theirs_to_start() {
    let declined = vec![created(Status::New, &[ANA], 0), by(ANA, Kind::TaskDecline, 5)];
    let mut same = declined.clone();
    same.push(assigned(&[ANA], 10));
    let folded = run(same);
    assert_eq!((folded.outcome, folded.reason), (Outcome::Noted, Some(Reason::AlreadySo)));
    assert_eq!(folded.state.unwrap().status, Status::Declined);

    let mut other = declined;
    other.push(assigned(&[BEN], 10));
    assert_eq!(state_after(other.clone()).status, Status::New);
    assert_eq!(state_after(other.clone()).visible_to(), [BEN]);
    other.push(by(BEN, Kind::TaskStart, 15));
    assert_eq!(state_after(other).status, Status::InProgress);
}

#[test]
fn nobody_holds_a_draft() {
    let draft = vec![created(Status::Draft, &[BEN, ANA, BEN], 0)];
    assert!(state_after(draft.clone()).visible_to().is_empty());
    let mut released = draft;
    released.push(status_set(Status::New, 5));
    assert_eq!(state_after(released).visible_to(), [ANA, BEN]);
}

#[test]
fn the_history_of_assignments_is_kept() {
    let state = state_after(vec![
        created(Status::New, &[ANA], 0),
        assigned(&[BEN], 10),
        assigned(&[BEN, ANA], 20),
        office(
            Kind::TaskAssigned,
            30,
            format!(r#"{{"assignments":[{{"employee":"{ANA}","role":"helper"}}]}}"#),
        ),
    ]);
    let history: Vec<_> = state
        .assignments
        .iter()
        .map(|one| (one.employee, one.role.name(), one.from_us, one.until_us))
        .collect();
    assert_eq!(
        history,
        [
            (ANA, "lead", 0, Some(10)),
            (BEN, "lead", 10, Some(30)),
            (ANA, "lead", 20, Some(30)),
            (ANA, "helper", 30, None)
        ]
    );
    assert_eq!(state.current_assignees().count(), 1);
}

#[test]
fn of_several_times_with_the_task_the_one_at_capture_counts() {
    let history =
        [created(Status::New, &[ANA], 0), assigned(&[], 10), assigned(&[ANA], 20), assigned(&[], 30)];
    for (at_us, reason) in [
        (-1, Reason::BeforeReassignment),
        (9, Reason::BeforeReassignment),
        (10, Reason::FormerEmployee),
        (19, Reason::FormerEmployee),
        (20, Reason::BeforeReassignment),
        (29, Reason::BeforeReassignment),
        (30, Reason::FormerEmployee),
    ] {
        let folded = run([history.to_vec(), vec![by(ANA, Kind::TaskStart, at_us)]].concat());
        assert_eq!(folded.reason, Some(reason), "{at_us}");
        let began = folded.state.unwrap().started_at_us;
        assert_eq!(began, (reason == Reason::BeforeReassignment).then_some(at_us), "{at_us}");
    }
}

#[test]
fn work_began_first_and_ended_last_whatever_arrives_when() {
    let state = state_after(vec![
        created(Status::New, &[ANA, BEN], 0),
        by(BEN, Kind::TaskStart, 20),
        by(BEN, Kind::TaskEnd, 90),
        by(ANA, Kind::TaskStart, 10),
        by(ANA, Kind::TaskEnd, 80),
        by(EVA, Kind::TaskStart, 5),
        by(EVA, Kind::TaskEnd, 99),
    ]);
    assert_eq!((state.started_at_us, state.ended_at_us), (Some(10), Some(90)));
    assert_eq!((state.status, state.worker_entries), (Status::InProgress, 6));
    assert_eq!((state.decided.employee, state.decided.at_us), (Some(BEN), 20));
}

#[test]
fn a_dismissed_attention_does_not_come_back() {
    let mut events = vec![
        created(Status::New, &[ANA], 0),
        by(ANA, Kind::TaskClose, 10),
        by(ANA, Kind::TaskStart, 20),
        by(EVA, Kind::Photo, 20),
    ];
    let shown: Vec<_> = state_after(events.clone()).attention.iter().map(|one| one.reason).collect();
    assert_eq!(shown, [Reason::AfterEnd, Reason::NotAssigned]);
    events.extend([noted(&[3, 99], 30), by(ANA, Kind::TaskClose, 5)]);
    let shown: Vec<_> = state_after(events).attention.iter().map(|one| one.reason).collect();
    assert_eq!(shown, [Reason::NotAssigned]);
}

#[test]
fn a_note_needs_no_body_and_every_other_office_entry_does() {
    for kind in [Kind::TaskCreated, Kind::TaskStatusSet, Kind::TaskAssigned, Kind::TaskNoted] {
        for body in
            [None, Some("{"), Some("null"), Some(r#"{"status":"dont_change","assignments":7,"dismiss":7}"#)]
        {
            let mut event = office(kind, 5, String::new());
            event.body = body.map(str::to_owned);
            let known = vec![created(Status::New, &[ANA], 0)];
            let before = state_after(known.clone());
            let folded = run([known, vec![event]].concat());
            let fine = kind == Kind::TaskNoted && body.is_none();
            let expected = if fine { None } else { Some(Reason::BodyUnreadable) };
            assert_eq!(folded.reason, expected, "{kind:?} {body:?}");
            assert_eq!((folded.state, folded.changed), (Some(before), false));
        }
    }
}

#[test]
fn fields_of_later_releases_in_a_body_are_ignored() {
    let event = office(Kind::TaskCreated, 0, r#"{"status":"new","colour":{"a":[1]}}"#.to_owned());
    assert_eq!(state_after(vec![event]).assignments, []);
}

#[test]
fn another_release_that_lacks_a_status_sets_the_entry_aside() {
    let unheard = office(Kind::TaskStatusSet, 5, r#"{"status":"custom5"}"#.to_owned());
    let folded = run(vec![created(Status::New, &[], 0), unheard]);
    assert_eq!((folded.outcome, folded.reason), (Outcome::SetAside, Some(Reason::BodyUnreadable)));
}

#[test]
fn what_comes_from_an_installation_is_never_the_office() {
    let id = "00000000-0000-0000-0000-000000000001";
    let entry = |fields: &str| -> Entry {
        serde_json::from_str(&format!(
            r#"{{"id":"{id}","kind":"task.status_set","body":{{"status":"closed"}},"sequence":4{fields}}}"#
        ))
        .unwrap()
    };
    let one = Uuid::from_u128(1);
    let phone = Author::Employee { employee: one, installation: one, sequence: 4 };
    for (fields, author) in [
        (format!(r#","installation":"{id}","employee":"{id}","user":"{id}""#), Some(phone)),
        (format!(r#","installation":"{id}","user":"{id}""#), None),
        (format!(r#","user":"{id}","employee":"{id}""#), Some(Author::Office)),
        (format!(r#","key":"{id}""#), Some(Author::Office)),
        (r#","duty":"import""#.to_owned(), Some(Author::Office)),
        (String::new(), None),
    ] {
        let entry = entry(&fields);
        let fact = Fact::of(&entry, 7);
        assert_eq!(fact.map(|fact| fact.author), author, "{fields}");
        assert!(
            fact.is_none_or(|fact| fact.body == Some(r#"{"status":"closed"}"#) && fact.occurred_at_us == 7)
        );
    }
}

#[test]
fn phones_are_told_of_what_they_show_and_of_nothing_else() {
    let known = vec![created(Status::New, &[ANA], 0)];
    let before = state_after(known.clone());
    assert!(before.differs_on_phones(None));
    for (event, told) in [
        (by(ANA, Kind::TaskStart, 5), true),
        (by(ANA, Kind::TaskEnd, 5), true),
        (by(ANA, Kind::Photo, 5), false),
        (by(EVA, Kind::TaskStart, 5), false),
        (status_set(Status::Sent, 5), true),
        (status_set(Status::New, 5), false),
        (assigned(&[ANA, BEN], 5), true),
        (noted(&[], 5), false),
    ] {
        let after = state_after([known.clone(), vec![event.clone()]].concat());
        assert_eq!(after.differs_on_phones(Some(&before)), told, "{event:?}");
    }
}

#[test]
fn a_phone_that_reports_without_end_costs_no_more_than_the_bound_and_changes_no_result() {
    let many = i64::try_from(MAX_REPORTS).unwrap() * 3;
    let events = |order: &dyn Fn(i64) -> i64| {
        let kinds = [Kind::TaskStart, Kind::TaskSuspend, Kind::TaskArrive];
        let reports = (0..many).map(|number| {
            let at_us = 10 + order(number);
            let id = 100 + u128::try_from(many - order(number)).unwrap();
            by(ANA, kinds[usize::try_from(at_us).unwrap() % 3], at_us).with_id(id)
        });
        let mut all = vec![created(Status::New, &[ANA, BEN], 0).with_id(1)];
        all.extend(reports);
        all
    };
    let forwards = run_numbered(&events(&|number| number)).state.unwrap();
    let backwards = run_numbered(&events(&|number| many - 1 - number)).state.unwrap();
    let mixed = run_numbered(&events(&|number| number * 7 % many)).state.unwrap();
    assert_eq!(forwards.reports.len(), MAX_REPORTS);
    assert_eq!(forwards.worker_entries, many);
    assert_eq!(forwards, backwards);
    assert_eq!(forwards, mixed);
    assert_eq!(forwards.decided.at_us, 10 + many - 1);
    // An end outweighs them all, and the first of each way to end is remembered
    let mut ended = events(&|number| number);
    ended.extend([by(BEN, Kind::TaskClose, 5).with_id(3), by(BEN, Kind::TaskNotDone, 7).with_id(2)]);
    let state = run_numbered(&ended).state.unwrap();
    assert_eq!((state.status, state.reports.len()), (Status::NotDone, MAX_REPORTS));
    assert!(state.attention.iter().any(|one| one.reason == Reason::ContradictingEnd));
}

#[test]
fn what_the_dispatcher_is_shown_is_bounded_by_the_last() {
    let strangers = (1_i64..).take(MAX_ATTENTION + 50).map(|at_us| by(EVA, Kind::Photo, at_us));
    let state = state_after(std::iter::once(created(Status::New, &[ANA], 0)).chain(strangers).collect());
    assert_eq!(state.attention.len(), MAX_ATTENTION);
    assert_eq!(state.attention[0].occurred_at_us, 51);
}

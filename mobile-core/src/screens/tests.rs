//! Screens: the company's words, and a status that never jumps back.

use campo_protocol::{
    digest,
    entry::hash,
    scope::Scope,
    sync::{Change, Outcome, Receipt, ScopePage, ViewPage},
    task::status::Status,
    text::hex,
};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Language;
use crate::{
    capture::{Action, Capture, Captured, TaskStep, session::Session},
    core::enrolment::Enrolment,
    environment::Environment,
    machine::commit::Commit,
    store::{
        Store,
        settings::{self, name},
    },
    testing::{MemorySpace, TurnedClock, environment},
};

pub(super) const ANA: Uuid = Uuid::from_u128(2);
pub(super) const TASK: Uuid = Uuid::from_u128(7);
pub(super) const TYPE: Uuid = Uuid::from_u128(8);
pub(super) const NOW_US: i64 = 1_800_000_000_000_000;
const DAY_US: i64 = 24 * 3600 * 1_000_000;

pub(super) struct Phone {
    pub(super) store: Store,
    pub(super) environment: Environment,
    position: i64,
    intents: usize,
}

pub(super) fn phone() -> Phone {
    let mut store = Store::in_memory().unwrap();
    let enrolment =
        Enrolment { server: String::new(), installation: Uuid::from_u128(1), company: String::new() };
    store.enrol(&enrolment).unwrap();
    let session = Session {
        id: Uuid::from_u128(9),
        employee: ANA,
        number: "1".to_owned(),
        name: "Ana".to_owned(),
        opened_us: 0,
    };
    settings::set(store.read(), name::SESSION, &session).unwrap();
    let clock = TurnedClock::at(NOW_US);
    let mut phone = Phone { store, environment: environment(&clock, 1), position: 0, intents: 0 };
    let task_type = json!({
        "code": "SUP", "name": "Soporte", "status_labels": { "custom1": "Esperando repuesto" },
        "data_labels": [
            { "field": "data7", "label": "Serial del módem", "order": 2 },
            { "field": "data2", "label": "Contrato", "order": 1 },
            { "field": "data3", "label": "Oculto", "visible": false },
        ],
    });
    phone.told(Scope::Account, "task_type", TYPE, &task_type);
    let account = json!({ "name": "Muestra", "zone": "America/Lima", "language": "es", "location": null });
    phone.told(Scope::Account, "account", Uuid::nil(), &account);
    phone
}

impl Phone {
    /// The server tells of an object.
    pub(super) fn told(&mut self, scope: Scope, kind: &str, id: Uuid, body: &Value) {
        let commit = self.page(scope, kind, id, body);
        self.store.commit(&commit, NOW_US).unwrap();
    }

    fn page(&mut self, scope: Scope, kind: &str, id: Uuid, body: &Value) -> Commit {
        self.position += 1;
        let after = self.store.book().unwrap().scopes.get(&scope).map_or(0, |held| held.position);
        let body = to_raw_value(body).unwrap();
        assert_ne!(digest::of_object(kind, id, body.get().as_bytes()), 0);
        let change = Change { kind: kind.to_owned(), id, body: Some(body) };
        let page = ScopePage {
            scope,
            after,
            position: self.position,
            objects: 0,
            digest: 0,
            complete: false,
            changes: vec![change],
        };
        let view = ViewPage { dropped: Vec::new(), scopes: vec![page], more: false, digest: None };
        Commit { view: Some(view), ..Commit::default() }
    }

    pub(super) fn task(status: &str, since_us: i64) -> Value {
        json!({
            "id": TASK, "version": 1, "task_number": 42, "external_number": "00042", "type": TYPE,
            "description": "Instalar", "data": { "data2": "55501", "data3": "x", "data7": "ABC" },
            "start": { "local": "2030-01-15T16:00:00", "zone": "America/Lima" },
            "received": { "vin": "X" }, "of_a_newer_release": [1],
            "progress": { "status": status, "since_us": since_us, "assignments": [{ "employee": ANA, "role": "lead" }] },
        })
    }

    fn step(&mut self, step: TaskStep) -> Captured {
        self.intents += 1;
        let action = Action::Task { task: TASK, step, reason: None };
        let capture =
            Capture { intent: self.intents.to_string(), session: None, action, place: None, note: None };
        self.store.capture(&self.environment.moment(), &capture, &MemorySpace::default()).unwrap()
    }

    fn status(&self) -> Status {
        self.store.task(TASK, Language::Spanish).unwrap().unwrap().card.status
    }
}

#[test]
fn a_task_is_shown_in_the_companys_words() {
    let mut phone = phone();
    phone.told(Scope::Employee(ANA), "task", TASK, &Phone::task("custom1", 5));
    let task = phone.store.task(TASK, Language::Spanish).unwrap().unwrap();
    assert_eq!(task.card.number, "00042");
    assert_eq!(task.card.type_name, "Soporte");
    assert_eq!(task.card.status_label, "Esperando repuesto");
    assert_eq!(task.card.start.as_deref(), Some("2030-01-15T16:00:00"));
    let data: Vec<_> = task.data.iter().map(|(label, value)| (label.as_str(), value.as_str())).collect();
    assert_eq!(data, [("Contrato", "55501"), ("Serial del módem", "ABC")]);
    assert_eq!(phone.store.tasks(ANA, Language::English).unwrap().len(), 1);
    assert_eq!(phone.store.tasks(Uuid::from_u128(3), Language::English).unwrap().len(), 0);
}

#[test]
fn a_task_in_a_state_of_a_later_release_can_be_worked_on() {
    let mut phone = phone();
    let mut body = Phone::task("awaiting_parts", 5);
    body["files"] =
        json!([{ "hash": "ab", "name": "plan.pdf", "size_bytes": 7 }, { "link": "https://x.example" }]);
    phone.told(Scope::Employee(ANA), "task", TASK, &body);
    let task = phone.store.task(TASK, Language::Spanish).unwrap().unwrap();
    assert_eq!((task.card.status, task.files.len()), (Status::New, 1));
    phone.step(TaskStep::Start);
    assert_eq!(phone.status(), Status::InProgress);
}

#[test]
fn a_tap_shows_at_once_whatever_the_phones_clock_says() {
    for since_us in [NOW_US - 1, NOW_US + 3_600_000_000, i64::MAX - 10] {
        let mut phone = phone();
        phone.told(Scope::Employee(ANA), "task", TASK, &Phone::task("new", since_us));
        for (step, status) in [
            (TaskStep::Acknowledge, Status::Acknowledged),
            (TaskStep::EnRoute, Status::EnRoute),
            (TaskStep::Start, Status::InProgress),
            (TaskStep::Close, Status::Closed),
        ] {
            phone.step(step);
            assert_eq!(phone.status(), status, "{since_us}");
        }
    }
}

#[test]
fn the_screen_never_jumps_back_between_a_tap_and_the_view_that_has_it() {
    let mut phone = phone();
    phone.told(Scope::Employee(ANA), "task", TASK, &Phone::task("new", NOW_US - 5));
    let started = phone.step(TaskStep::Start);
    assert!(phone.store.task(TASK, Language::Spanish).unwrap().unwrap().card.unsent);
    // The receipt is there, the view is not yet
    let receipt = Receipt {
        id: started.id,
        hash: hex(&hash(&started.bytes)),
        position: 1,
        occurred_at_us: NOW_US,
        occurred_kind: campo_protocol::clock::OccurredKind::Wall,
        outcome: Outcome::Applied,
        reason: None,
    };
    let commit = Commit { receipts: vec![(started.number, receipt)], ..Commit::default() };
    phone.store.commit(&commit, NOW_US).unwrap();
    assert_eq!(phone.status(), Status::InProgress);
    assert!(!phone.store.task(TASK, Language::Spanish).unwrap().unwrap().card.unsent);
    // A page that is not the last one has an older state
    let mut page = phone.page(Scope::Employee(ANA), "task", TASK, &Phone::task("new", NOW_US - 5));
    page.view.as_mut().unwrap().more = true;
    phone.store.commit(&page, NOW_US).unwrap();
    assert_eq!(phone.status(), Status::InProgress);
    // The view has it, and later says more
    phone.told(Scope::Employee(ANA), "task", TASK, &Phone::task("in_progress", NOW_US));
    assert_eq!(phone.status(), Status::InProgress);
    phone.told(Scope::Employee(ANA), "task", TASK, &Phone::task("suspended", NOW_US + 5));
    assert_eq!(phone.status(), Status::Suspended);
}

#[test]
fn what_the_office_withdrew_stays_withdrawn() {
    let mut phone = phone();
    phone.told(Scope::Employee(ANA), "task", TASK, &Phone::task("new", NOW_US - 5));
    phone.step(TaskStep::Start);
    let mut page = phone.page(Scope::Employee(ANA), "task", TASK, &Phone::task("canceled", NOW_US + 9));
    page.view.as_mut().unwrap().more = true;
    phone.store.commit(&page, NOW_US).unwrap();
    assert_eq!(phone.status(), Status::Canceled);
}

#[test]
fn the_worker_is_told_how_much_is_unsent_and_since_when() {
    let mut phone = phone();
    assert_eq!(phone.store.unsent(Language::Spanish).unwrap().text, "");
    for (language, text) in [
        (Language::Spanish, "2 sin enviar, la más antigua de las 03:00"),
        (Language::English, "2 not yet sent, oldest from 03:00"),
    ] {
        while phone.store.unsent(language).unwrap().entries < 2 {
            phone.step(TaskStep::Start);
        }
        let unsent = phone.store.unsent(language).unwrap();
        assert_eq!((unsent.entries, unsent.oldest_us, unsent.text.as_str()), (2, Some(NOW_US), text));
    }
}

#[test]
fn the_day_shows_ones_own_entries_since_midnight() {
    let mut phone = phone();
    phone.step(TaskStep::Start);
    let day = phone.store.day(ANA, NOW_US, Language::Spanish).unwrap();
    assert_eq!(day.len(), 1);
    assert_eq!((day[0].label.as_str(), day[0].time.as_str(), day[0].received), ("En curso", "03:00", false));
    assert_eq!(phone.store.day(ANA, NOW_US + DAY_US, Language::Spanish).unwrap(), []);
    assert_eq!(phone.store.day(Uuid::from_u128(3), NOW_US, Language::Spanish).unwrap(), []);
}

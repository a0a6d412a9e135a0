//! Captures, without network.

use campo_protocol::{
    entry::{Entry, Frame, Place},
    faults::Fault,
    model::answers::{FieldAnswer, FilledForm},
    scope::Scope,
    sync::{Change, ScopePage, ViewPage},
};
use serde_json::{json, value::to_raw_value};
use uuid::Uuid;

use super::{Action, Capture, Captured, Photo, TaskStep, failure::CaptureFailure, session::Session};
use crate::{
    core::enrolment::Enrolment,
    environment::Environment,
    machine::commit::Commit,
    store::{
        Store,
        settings::{self, name},
        space::TakenFile,
    },
    testing::{MemorySpace, TurnedClock, environment, quick_pin_verifier},
};

const INSTALLATION: Uuid = Uuid::from_u128(1);
const PICTURE: &[u8] = b"a picture";
const ANA: Uuid = Uuid::from_u128(2);
const LUIS: Uuid = Uuid::from_u128(3);

/// An enrolled phone whose roster lists Ana (PIN 1234) and Luis (none).
fn phone() -> (Store, Environment) {
    let mut store = Store::in_memory().unwrap();
    let enrolment =
        Enrolment { server: String::new(), installation: INSTALLATION, company: "Sample".to_owned() };
    store.enrol(&enrolment).unwrap();
    let roster = json!({ "employees": [
        { "id": ANA, "number": "1", "name": "Ana", "pin": quick_pin_verifier("1234") },
        { "id": LUIS, "number": "2", "name": "Luis" },
    ] });
    let page = ScopePage {
        scope: Scope::Installation(INSTALLATION),
        after: 0,
        position: 1,
        objects: 1,
        digest: 0,
        complete: false,
        changes: vec![Change {
            kind: "roster".to_owned(),
            id: INSTALLATION,
            body: Some(to_raw_value(&roster).unwrap()),
        }],
    };
    let view = ViewPage { dropped: Vec::new(), scopes: vec![page], more: true, digest: None };
    store.commit(&Commit { view: Some(view), ..Commit::default() }, 0).unwrap();
    (store, environment(&TurnedClock::at(1_800_000_000_000_000), 1))
}

fn in_session() -> (Store, Environment) {
    let (mut store, environment) = phone();
    let checked = store.check_pin(ANA, "1234").unwrap();
    store.open_session(&environment.moment(), "open", &checked).unwrap();
    (store, environment)
}

/// A file space that holds [`PICTURE`].
fn space() -> MemorySpace {
    let space = MemorySpace::default();
    space.put(PICTURE);
    space
}

fn does(store: &mut Store, environment: &Environment, intent: &str, action: Action) -> Captured {
    let capture = Capture { intent: intent.to_owned(), session: None, action, place: None, note: None };
    store.capture(&environment.moment(), &capture, &space()).unwrap()
}

#[test]
fn a_session_needs_the_right_pin_of_somebody_on_the_roster() {
    let (store, _) = phone();
    for (employee, pin, right) in [
        (ANA, "1234", true),
        (ANA, "1235", false),
        (ANA, "", false),
        (LUIS, "1234", false),
        (Uuid::from_u128(9), "1234", false),
    ] {
        assert_eq!(store.check_pin(employee, pin).is_ok(), right, "{employee} {pin}");
    }
}

#[test]
fn nothing_is_captured_without_a_session_and_another_does_not_push_it_out() {
    let (mut store, environment) = phone();
    let shift = Capture {
        intent: "a".to_owned(),
        session: None,
        action: Action::ShiftStart,
        place: None,
        note: None,
    };
    let failure = store.capture(&environment.moment(), &shift, &space()).unwrap_err();
    assert!(matches!(failure, CaptureFailure::NoSession), "{failure}");
    let checked = store.check_pin(ANA, "1234").unwrap();
    let (session, captured) = store.open_session(&environment.moment(), "b", &checked).unwrap();
    assert!(captured.is_some());
    let (again, captured) = store.open_session(&environment.moment(), "b", &checked).unwrap();
    assert_eq!((again, captured.is_none()), (session, true));
    store.close_session(&environment.moment(), "c").unwrap();
    assert_eq!(store.session().unwrap(), None);
    let kinds: Vec<_> = store.all_entries().unwrap().into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["session.open", "session.close"]);
}

#[test]
fn the_same_intent_gives_the_same_entry() {
    let (mut store, environment) = in_session();
    let first = does(&mut store, &environment, "tap", Action::ShiftStart);
    let again = does(&mut store, &environment, "tap", Action::ShiftStart);
    assert_eq!((first.number, &first.bytes), (again.number, &again.bytes));
    assert!(first.event().is_some() && again.event().is_none());
    assert_eq!(store.all_entries().unwrap().len(), 2);
}

#[test]
fn every_action_becomes_an_entry_that_the_server_reads() {
    let (mut store, environment) = in_session();
    let task = Uuid::from_u128(7);
    let photo = |field: Option<&str>| Photo {
        file: MemorySpace::default().put(PICTURE),
        field: field.map(str::to_owned),
        media_type: "image/jpeg".to_owned(),
    };
    let answer = FieldAnswer::new;
    let table = FieldAnswer { rows: Some(vec![vec![answer("serial", Some("A1"))]]), ..answer("items", None) };
    let picture = FieldAnswer { files: vec![photo(None).file.hash], ..answer("picture", None) };
    let filled = FilledForm {
        form: Uuid::from_u128(8),
        version: 1,
        answers: vec![table, picture, answer("left_empty", Some(""))],
    };
    let mut actions = vec![
        Action::ShiftStart,
        Action::BreakStart { kind: Some("LUNCH".to_owned()) },
        Action::BreakEnd,
        Action::Form { filled: filled.clone(), task: Some(task), photos: vec![photo(Some("picture"))] },
        Action::Photo { photo: photo(None), task: None },
        Action::Message { text: "Llego tarde".to_owned(), task: Some(task) },
        Action::ShiftEnd,
    ];
    actions.extend(TaskStep::ALL.map(|step| Action::Task { task, step, reason: None }));
    for (index, action) in actions.into_iter().enumerate() {
        let kind = action.kind();
        let captured = does(&mut store, &environment, &index.to_string(), action);
        let frame = Frame::read(&captured.bytes).unwrap();
        assert_eq!((frame.installation, frame.sequence), (INSTALLATION, index as i64 + 2));
        let entry: Entry = serde_json::from_slice(&captured.bytes).unwrap();
        assert_eq!((entry.kind.as_str(), entry.employee), (kind.name(), Some(ANA)));
        assert!(entry.session.is_some() && entry.clock.unwrap().boot.is_some());
        assert!(!kind.needs_task() || entry.task == Some(task));
    }
    let entries = store.all_entries().unwrap();
    let form = entries.iter().find(|entry| entry.kind == "form").unwrap();
    let entry: Entry = serde_json::from_slice(&form.bytes).unwrap();
    assert_eq!(serde_json::from_str::<FilledForm>(entry.body.unwrap().get()).unwrap(), filled);
    assert_eq!(entry.files[0].field.as_deref(), Some("picture"));
    assert_eq!(store.book().unwrap().files.len(), 1, "the same photo twice is one file");
}

#[test]
fn an_entry_that_the_server_would_not_take_is_refused_before_it_is_written() {
    let (mut store, environment) = in_session();
    let text = "x".repeat(300_000);
    let action = Action::Message { text, task: None };
    let capture = Capture { intent: "m".to_owned(), session: None, action, place: None, note: None };
    let failure = store.capture(&environment.moment(), &capture, &space()).unwrap_err();
    assert!(matches!(failure, CaptureFailure::TooLarge(size) if size > 300_000), "{failure}");
    assert_eq!(store.all_entries().unwrap().len(), 1);
}

#[test]
fn a_revoked_phone_opens_no_session() {
    let (mut store, environment) = phone();
    let checked = store.check_pin(ANA, "1234").unwrap();
    let access = Some(crate::machine::book::Access::HandInOnly);
    store.commit(&Commit { access, ..Commit::default() }, 0).unwrap();
    let failure = store.open_session(&environment.moment(), "b", &checked).unwrap_err();
    assert!(matches!(failure, CaptureFailure::Revoked), "{failure}");
}

#[test]
fn capturing_a_form_throws_its_draft_away() {
    let (mut store, environment) = in_session();
    let form = Uuid::from_u128(8);
    let name = super::entry::form_draft(None, form);
    store.put_draft(&name, "{}", 0).unwrap();
    assert_eq!(store.draft(&name).unwrap().as_deref(), Some("{}"));
    let filled = FilledForm { form, version: 1, answers: Vec::new() };
    does(&mut store, &environment, "f", Action::Form { filled, task: None, photos: Vec::new() });
    assert_eq!(store.draft(&name).unwrap(), None);
}

#[test]
fn a_photo_that_is_not_in_the_file_space_is_refused_and_one_that_is_has_its_length_from_there() {
    let (mut store, environment) = in_session();
    let photo = |file: TakenFile| {
        let photo = Photo { file, field: None, media_type: "image/jpeg".to_owned() };
        let intent = "photo".to_owned();
        Capture {
            intent,
            session: None,
            action: Action::Photo { photo, task: None },
            place: None,
            note: None,
        }
    };
    let taken = space().put(PICTURE);
    for hash in ["ab".repeat(32), String::new()] {
        let missing = photo(TakenFile { hash, ..taken.clone() });
        let failure = store.capture(&environment.moment(), &missing, &space()).unwrap_err();
        assert!(matches!(failure, CaptureFailure::FileMissing(_)), "{failure}");
    }
    assert_eq!(store.all_entries().unwrap().len(), 1);
    let longer = photo(TakenFile { size_bytes: 5000, ..taken.clone() });
    store.capture(&environment.moment(), &longer, &space()).unwrap();
    assert_eq!(store.book().unwrap().files[&taken.hash].size_bytes, taken.size_bytes);
    // The same tap again, after the file was removed here because the server has it
    let again = store.capture(&environment.moment(), &longer, &MemorySpace::default()).unwrap();
    assert!(again.news.is_none());
}

/// Ana goes, and Luis comes.
fn luis_takes_over(store: &mut Store, environment: &Environment) {
    store.close_session(&environment.moment(), "close").unwrap();
    let session = Session {
        id: Uuid::from_u128(77),
        employee: LUIS,
        number: "2".to_owned(),
        name: "Luis".to_owned(),
        opened_us: 0,
    };
    settings::set(store.read(), name::SESSION, &session).unwrap();
}

#[test]
fn a_draft_is_seen_by_its_employee_alone() {
    let (mut store, environment) = in_session();
    let form = Uuid::from_u128(8);
    let name = super::entry::form_draft(None, form);
    store.put_draft(&name, "of Ana", 0).unwrap();
    luis_takes_over(&mut store, &environment);
    assert_eq!(store.draft(&name).unwrap(), None);
    store.put_draft(&name, "of Luis", 0).unwrap();
    let filled = FilledForm { form, version: 1, answers: Vec::new() };
    does(&mut store, &environment, "f", Action::Form { filled, task: None, photos: Vec::new() });
    assert_eq!(store.draft(&name).unwrap(), None);
    store.close_session(&environment.moment(), "close again").unwrap();
    assert_eq!(store.draft(&name).unwrap(), None);
    let checked = store.check_pin(ANA, "1234").unwrap();
    store.open_session(&environment.moment(), "open again", &checked).unwrap();
    assert_eq!(store.draft(&name).unwrap().as_deref(), Some("of Ana"));
    store.remove_draft(&name).unwrap();
    assert_eq!(store.draft(&name).unwrap(), None);
}

#[test]
fn a_screen_of_an_earlier_session_captures_nothing_for_whoever_has_the_phone_now() {
    let (mut store, environment) = in_session();
    let session = store.session().unwrap().map(|session| session.id);
    let start = |intent: &str| Capture {
        intent: intent.to_owned(),
        session,
        action: Action::ShiftStart,
        place: None,
        note: None,
    };
    store.capture(&environment.moment(), &start("a"), &space()).unwrap();
    luis_takes_over(&mut store, &environment);
    let failure = store.capture(&environment.moment(), &start("b"), &space()).unwrap_err();
    assert!(matches!(failure, CaptureFailure::SessionOfAnother), "{failure}");
    assert!(store.capture(&environment.moment(), &start("a"), &space()).unwrap().news.is_none());
}

#[test]
fn the_tray_shows_ones_own_entries() {
    let (mut store, environment) = in_session();
    let of_ana = does(&mut store, &environment, "a", Action::ShiftStart).number;
    luis_takes_over(&mut store, &environment);
    let of_luis = does(&mut store, &environment, "l", Action::ShiftStart).number;
    let fault =
        Fault { field: String::new(), code: "x".to_owned(), found: String::new(), expected: String::new() };
    let unreadable = vec![(of_ana, fault.clone()), (of_luis, fault)];
    store.commit(&Commit { unreadable, ..Commit::default() }, 0).unwrap();
    for (employee, expected) in [(Some(ANA), vec![of_ana]), (Some(LUIS), vec![of_luis]), (None, vec![])] {
        let shown: Vec<_> = store.tray(employee).unwrap().into_iter().map(|item| item.number).collect();
        assert_eq!(shown, expected);
    }
}

#[test]
fn nonsense_instead_of_a_place_does_not_spoil_a_punch() {
    let (mut store, environment) = in_session();
    let mut captured = 0;
    let mut place_of = |latitude: f64, longitude: f64, accuracy_m: f64| {
        captured += 1;
        let place =
            Place { latitude, longitude, accuracy_m: Some(accuracy_m), provider: None, mock: Some(false) };
        let capture = Capture {
            intent: captured.to_string(),
            session: None,
            action: Action::ShiftStart,
            place: Some(place),
            note: None,
        };
        let captured = store.capture(&environment.moment(), &capture, &space()).unwrap();
        let entry: Entry = serde_json::from_slice(&captured.bytes).unwrap();
        entry.place.map(|place| (place.latitude, place.longitude, place.accuracy_m))
    };
    assert_eq!(place_of(-12.5, -77.0, 8.0), Some((-12.5, -77.0, Some(8.0))));
    assert_eq!(place_of(-12.5, -77.0, f64::NAN), Some((-12.5, -77.0, None)));
    assert_eq!(place_of(-12.5, -77.0, -1.0), Some((-12.5, -77.0, None)));
    for (latitude, longitude) in [
        (f64::NAN, 0.0),
        (0.0, f64::NAN),
        (f64::INFINITY, 0.0),
        (0.0, f64::NEG_INFINITY),
        (91.0, 0.0),
        (0.0, 181.0),
    ] {
        assert_eq!(place_of(latitude, longitude, 8.0), None, "{latitude} {longitude}");
    }
}

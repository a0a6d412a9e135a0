//! Whole pages, as the shell shows them.

use campo_protocol::{
    entry::{Entry, Place},
    message::MessagesRead,
    model::answers::{FieldAnswer, FilledForm},
    scope::Scope,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    form::{Choice, Draft, FormProgress},
    home::PositionMode,
    permitted::Prohibition,
    shift::ShiftState,
    tasks::{Here, TaskGroup},
    tests::{ANA, NOW_US, Phone, TASK, TYPE, phone},
    trays::TrayKind,
};
use crate::{
    capture::{Action, Capture, Photo, TaskStep, failure::CaptureFailure, form_draft},
    testing::MemorySpace,
};

const FORM: Uuid = Uuid::from_u128(20);
pub(super) const PROFILE: Uuid = Uuid::from_u128(21);
const HERE: Here = Here { latitude: 4.8630, longitude: -74.0500 };

/// Ana's phone, with a profile, a form that her task needs, and the task at a place.
pub(super) fn equipped() -> Phone {
    let mut phone = phone();
    let profile = json!({
        "code": "T", "name": "Técnico", "location_mode": "during_shift",
        "break_kinds": [{ "code": "LUNCH", "name": "Almuerzo", "planned_minutes": 60 }],
    });
    phone.told(Scope::Profile(PROFILE), "employee_profile", PROFILE, &profile);
    let ana = json!({ "number": "1", "first_name": "Ana", "group": Uuid::from_u128(3), "profile": PROFILE, "language": "es" });
    phone.told(Scope::Employee(ANA), "employee", ANA, &ana);
    let form = json!({ "code": "ACT", "name": "Acta de servicio", "version": 2, "fields": [
        { "id": "done", "label": "¿Qué se hizo?", "kind": "text", "required": true },
        { "id": "psi", "label": "Presión", "kind": "number", "maximum": 500.0 },
    ] });
    phone.told(Scope::Account, "form", FORM, &form);
    let task_type = json!({ "code": "SUP", "name": "Soporte", "required_forms": [FORM] });
    phone.told(Scope::Account, "task_type", TYPE, &task_type);
    let mut task = Phone::task("new", NOW_US - 60_000_000);
    task["location"] = json!({ "latitude": 4.8617, "longitude": -74.0466, "address": "Km 19" });
    task["customer_name"] = json!("El Porvenir");
    phone.told(Scope::Employee(ANA), "task", TASK, &task);
    phone
}

pub(super) fn does(
    phone: &mut Phone,
    intent: &str,
    action: Action,
    place: Option<Place>,
) -> Result<(), CaptureFailure> {
    let capture = Capture { intent: intent.to_owned(), session: None, action, place, note: None };
    phone.store.capture(&phone.environment.moment(), &capture, &MemorySpace::default()).map(|_| ())
}

#[expect(clippy::unnecessary_wraps, reason = "captures take a place or none")]
pub(super) fn place(latitude: f64, accuracy_m: f64) -> Option<Place> {
    Some(Place { latitude, longitude: -74.0466, accuracy_m: Some(accuracy_m), provider: None, mock: None })
}

#[test]
fn home_says_where_the_shift_stands_and_what_is_next() {
    let mut phone = equipped();
    let home = phone.store.home_page(NOW_US, Some(HERE)).unwrap().unwrap();
    assert_eq!((home.shift.state, home.may_punch, home.may_break), (ShiftState::Off, true, false));
    assert_eq!((home.position, home.open_tasks), (PositionMode::DuringShift, 1));
    let task = home.task.unwrap();
    assert_eq!(
        (task.title.as_str(), task.distance.as_str(), task.forms_missing),
        ("El Porvenir", "a 400\u{a0}m", 1)
    );
    does(&mut phone, "in", Action::ShiftStart, None).unwrap();
    does(&mut phone, "pause", Action::BreakStart { kind: Some("LUNCH".to_owned()) }, None).unwrap();
    let later_us = NOW_US + 26 * 60_000_000;
    let home = phone.store.home_page(later_us, None).unwrap().unwrap();
    assert_eq!((home.shift.state, home.shift.break_name.as_str()), (ShiftState::OnBreak, "Almuerzo"));
    assert_eq!((home.shift.since.as_str(), home.shift.received), ("03:00", false));
    assert_eq!(home.unsent, "2 por enviar");
}

#[test]
fn positions_are_recorded_as_the_account_says_where_there_is_no_profile_and_never_where_it_says_never() {
    let mut phone = equipped();
    let mut mode = |location: &str, profile: Option<Uuid>| {
        let account =
            json!({ "name": "Muestra", "zone": "America/Lima", "language": "es", "location": location });
        phone.told(Scope::Account, "account", Uuid::nil(), &account);
        phone.told(Scope::Employee(ANA), "employee", ANA, &json!({ "number": "1", "profile": profile }));
        phone.store.home_page(NOW_US, None).unwrap().unwrap().position
    };
    assert_eq!(mode("shift", None), PositionMode::DuringShift);
    assert_eq!(mode("entries", None), PositionMode::AtEntries);
    assert_eq!(mode("entries", Some(PROFILE)), PositionMode::DuringShift);
    assert_eq!(mode("never", Some(PROFILE)), PositionMode::Never);
}

#[test]
fn a_task_is_closed_after_its_forms_alone() {
    let mut phone = equipped();
    let page = phone.store.task_page(TASK, NOW_US, None).unwrap().unwrap();
    assert_eq!(page.steps[0].step, TaskStep::Acknowledge);
    assert!(page.steps.iter().any(|offer| offer.step == TaskStep::Decline && offer.needs_reason));
    for (index, step) in
        [TaskStep::Acknowledge, TaskStep::EnRoute, TaskStep::Arrive, TaskStep::Start].into_iter().enumerate()
    {
        does(&mut phone, &index.to_string(), Action::Task { task: TASK, step, reason: None }, None).unwrap();
    }
    let page = phone.store.task_page(TASK, NOW_US, None).unwrap().unwrap();
    assert_eq!(page.row.group, TaskGroup::Now);
    let current: Vec<_> = page
        .stations
        .iter()
        .filter(|station| station.current)
        .map(|station| station.label.as_str())
        .collect();
    assert_eq!(current, ["En curso"]);
    assert_eq!(page.steps[0].step, TaskStep::Close);
    assert_eq!(page.steps[0].form, Some(FORM.to_string()));
    assert_eq!(page.steps[0].blocked, "Terminar pide el formulario Acta de servicio.");
    let filled = FilledForm { form: FORM, version: 2, answers: vec![FieldAnswer::new("done", Some("x"))] };
    does(&mut phone, "form", Action::Form { filled, task: Some(TASK), photos: Vec::new() }, None).unwrap();
    let page = phone.store.task_page(TASK, NOW_US, None).unwrap().unwrap();
    assert_eq!((page.steps[0].blocked.as_str(), page.forms[0].progress), ("", FormProgress::Filled));
}

/// The code and the words with which a capture is refused.
fn refusal(phone: &mut Phone, action: Action) -> (&'static str, String) {
    let entries = phone.store.all_entries().unwrap().len();
    let failure = does(phone, "refused", action, None).unwrap_err();
    assert_eq!(phone.store.all_entries().unwrap().len(), entries, "nothing is written");
    match failure {
        CaptureFailure::Prohibited(Prohibition { code, text }) => (code, text),
        other => panic!("{other}"),
    }
}

#[test]
fn what_the_profile_does_not_allow_is_neither_offered_nor_captured_in_the_worker_s_language() {
    let mut phone = equipped();
    let profile =
        json!({ "code": "T", "name": "T", "entry_kinds": ["shift.start", "task.en_route", "task.close"] });
    phone.told(Scope::Profile(PROFILE), "employee_profile", PROFILE, &profile);
    let suspend = || Action::Task { task: TASK, step: TaskStep::Suspend, reason: None };
    let message = || Action::Message { text: "x".to_owned(), task: None };
    assert_eq!(
        refusal(&mut phone, suspend()),
        ("kind_not_allowed", "Su perfil no permite «Suspender». Avise a la oficina.".to_owned())
    );
    assert_eq!(refusal(&mut phone, message()).1, "Su perfil no permite «Mensaje». Avise a la oficina.");
    does(&mut phone, "in", Action::ShiftStart, None).unwrap();
    let page = phone.store.task_page(TASK, NOW_US, None).unwrap().unwrap();
    assert!(page.forms.is_empty() && !page.may_photograph && !page.may_write);
    // A form that nobody may fill stands in no way
    let steps: Vec<_> = page.steps.iter().map(|offer| (offer.step, offer.blocked.as_str())).collect();
    assert_eq!(steps, [(TaskStep::EnRoute, ""), (TaskStep::Close, "")]);
    let employee = json!({ "number": "1", "profile": PROFILE, "language": "en" });
    phone.told(Scope::Employee(ANA), "employee", ANA, &employee);
    assert_eq!(refusal(&mut phone, message()).1, "Your profile does not allow “Message”. Tell the office.");
}

#[test]
fn a_status_that_the_type_does_not_allow_is_refused() {
    let mut phone = equipped();
    let task_type =
        json!({ "code": "SUP", "name": "Soporte", "allowed_states": ["new", "in_progress", "closed"] });
    phone.told(Scope::Account, "task_type", TYPE, &task_type);
    let step = |step| Action::Task { task: TASK, step, reason: None };
    assert_eq!(
        refusal(&mut phone, step(TaskStep::EnRoute)),
        (
            "status_not_allowed",
            "Las tareas de este tipo no admiten «Salir hacia el lugar». Avise a la oficina.".to_owned()
        )
    );
    does(&mut phone, "start", step(TaskStep::Start), None).unwrap();
    // The end of work leads to no status
    does(&mut phone, "end", step(TaskStep::End), None).unwrap();
}

#[test]
fn a_task_is_not_closed_before_its_forms_and_photos_are_there_whatever_a_screen_says() {
    let mut phone = equipped();
    let profile = json!({ "code": "T", "name": "T", "required_photos": ["task.close", "shift.start"] });
    phone.told(Scope::Profile(PROFILE), "employee_profile", PROFILE, &profile);
    let close = || Action::Task { task: TASK, step: TaskStep::Close, reason: None };
    assert_eq!(
        refusal(&mut phone, close()),
        ("form_required", "Terminar pide el formulario Acta de servicio.".to_owned())
    );
    let filled = FilledForm { form: FORM, version: 2, answers: vec![FieldAnswer::new("done", Some("x"))] };
    does(&mut phone, "form", Action::Form { filled, task: Some(TASK), photos: Vec::new() }, None).unwrap();
    assert_eq!(refusal(&mut phone, close()), ("photo_required", "Terminar pide una foto.".to_owned()));
    let offer = |phone: &Phone| {
        let page = phone.store.task_page(TASK, NOW_US, None).unwrap().unwrap();
        let offer = page.steps.into_iter().find(|offer| offer.step == TaskStep::Close).unwrap();
        (offer.photo, offer.blocked)
    };
    assert_eq!(offer(&phone), (true, "Terminar pide una foto.".to_owned()));
    let space = MemorySpace::default();
    let photo = Photo { file: space.put(b"x"), field: None, media_type: "image/jpeg".to_owned() };
    let action = Action::Photo { photo, task: Some(TASK) };
    let capture = Capture { intent: "photo".to_owned(), session: None, action, place: None, note: None };
    phone.store.capture(&phone.environment.moment(), &capture, &space).unwrap();
    assert_eq!(offer(&phone), (false, String::new()));
    does(&mut phone, "close", close(), None).unwrap();
    // A punch is never refused
    does(&mut phone, "in", Action::ShiftStart, None).unwrap();
}

#[test]
fn a_form_that_the_phone_does_not_have_stands_in_no_way() {
    let mut phone = equipped();
    let close = || Action::Task { task: TASK, step: TaskStep::Close, reason: None };
    assert_eq!(refusal(&mut phone, close()).0, "form_required");
    let form = json!({ "code": "ACT", "name": "Acta", "version": 3, "state": "deleted", "fields": [] });
    phone.told(Scope::Account, "form", FORM, &form);
    does(&mut phone, "close", close(), None).unwrap();
}

#[test]
fn a_form_chooses_from_a_look_up_table() {
    let mut phone = equipped();
    let form = json!({ "code": "ACT", "name": "Acta", "version": 3, "fields": [
        { "id": "city", "label": "Ciudad", "kind": "choice", "choices_from": "cities", "required": true },
        { "id": "used", "label": "Materiales", "kind": "table", "columns": [
            { "id": "item", "label": "Material", "kind": "choice", "choices_from": "catalogue" }
        ] },
        { "id": "none", "label": "Otra", "kind": "choices", "choices_from": "gone" },
    ] });
    phone.told(Scope::Account, "form", FORM, &form);
    for (id, table, code, name, state) in [
        (1, "cities", "cities:7", "Lima", "enabled"),
        (2, "cities", "cities:8", "arequipa", "enabled"),
        (3, "cities", "cities:9", "Cusco", "deleted"),
        (4, "catalogue", "CABLE", "Cable", "enabled"),
        (5, "causes", "causes:1", "Lluvia", "enabled"),
    ] {
        let item = json!({ "code": code, "name": name, "table": table, "state": state });
        phone.told(Scope::Catalogue, "catalogue_item", Uuid::from_u128(0x5000 + id), &item);
    }
    let page = phone.store.form_page(FORM, Some(TASK), NOW_US).unwrap().unwrap();
    let shown = |choices: &[Choice]| -> Vec<_> {
        choices.iter().map(|choice| (choice.value.clone(), choice.text.clone())).collect()
    };
    let expected =
        [("8", "arequipa"), ("7", "Lima")].map(|(value, text)| (value.to_owned(), text.to_owned()));
    assert_eq!(shown(&page.questions[0].choices), expected);
    let cable = [("CABLE".to_owned(), "Cable".to_owned())];
    assert_eq!(shown(&page.questions[1].columns[0].choices), cable);
    assert_eq!(shown(&page.questions[2].choices), []);
    let chosen = FieldAnswer { text: Some("Lima".to_owned()), ..FieldAnswer::new("city", Some("7")) };
    let state = phone.store.form_state(FORM, &[chosen], NOW_US).unwrap().unwrap();
    assert!(state.complete, "{:?}", state.faults);
}

#[test]
fn a_draft_says_how_far_it_is_and_what_is_wrong() {
    let mut phone = equipped();
    let page = phone.store.form_page(FORM, Some(TASK), NOW_US).unwrap().unwrap();
    assert_eq!((page.state.asked, page.state.answered, page.state.complete), (2, 0, false));
    assert!(page.state.faults.iter().all(|fault| fault.missing));
    let answers = vec![FieldAnswer::new("psi", Some("680"))];
    let draft = Draft { answers: answers.clone(), photos: Vec::new() };
    let body = serde_json::to_string(&draft).unwrap();
    phone.store.put_draft(&form_draft(Some(TASK), FORM), &body, NOW_US).unwrap();
    let state = phone.store.form_state(FORM, &answers, NOW_US).unwrap().unwrap();
    let wrong: Vec<_> =
        state.faults.iter().filter(|fault| !fault.missing).map(|fault| fault.text.as_str()).collect();
    assert_eq!(wrong, ["680: lo más que se acepta es 500. Revise el valor."]);
    let again = phone.store.form_page(FORM, Some(TASK), NOW_US).unwrap().unwrap();
    assert_eq!((again.draft.answers, again.saved.as_str()), (answers, "03:00"));
    let lines = phone.store.trays(NOW_US).unwrap();
    assert_eq!((lines[0].tray, lines[0].detail.as_str()), (TrayKind::Draft, "Borrador, 1 de 2"));
}

#[test]
fn a_task_that_prohibits_it_is_not_worked_on_from_elsewhere_and_the_attempt_stays() {
    let mut phone = equipped();
    let mut task = Phone::task("new", NOW_US - 60_000_000);
    task["location"] = json!({ "latitude": 4.8617, "longitude": -74.0466 });
    task["radius_m"] = json!(300.0);
    task["prohibit_outside_radius"] = json!(true);
    phone.told(Scope::Employee(ANA), "task", TASK, &task);
    let start = || Action::Task { task: TASK, step: TaskStep::Start, reason: None };
    // About a kilometre to the north
    for again in ["a", "a"] {
        let failure = does(&mut phone, again, start(), place(4.8717, 20.0)).unwrap_err();
        assert!(
            matches!(failure, CaptureFailure::OutsideRadius { radius_m, .. } if (radius_m - 300.0).abs() < 0.1),
            "{failure}"
        );
    }
    let kinds: Vec<_> = phone.store.all_entries().unwrap().into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["task.blocked"]);
    // Never without a fix, never where the accuracy leaves room, never for setting off
    let en_route = Action::Task { task: TASK, step: TaskStep::EnRoute, reason: None };
    does(&mut phone, "b", en_route, place(4.8717, 20.0)).unwrap();
    does(&mut phone, "c", start(), None).unwrap();
    does(&mut phone, "d", start(), place(4.8717, 1500.0)).unwrap();
}

#[test]
fn a_week_of_ones_own_time_has_receipts_and_what_was_asked() {
    let mut phone = equipped();
    does(&mut phone, "in", Action::ShiftStart, None).unwrap();
    let punch = phone.store.all_entries().unwrap()[0].id;
    let page = phone.store.time_page(NOW_US + 3_600_000_000, 0, None).unwrap().unwrap();
    assert_eq!((page.total.as_str(), page.lines.len()), ("1\u{a0}h\u{a0}00\u{a0}min", 1));
    assert_eq!(page.lines[0].receipt, "Guardada, por enviar");
    let correction = Action::Correction { punch, at_us: NOW_US - 600_000_000, reason: "Olvidé".to_owned() };
    does(&mut phone, "fix", correction, None).unwrap();
    let page = phone.store.time_page(NOW_US + 3_600_000_000, 0, None).unwrap().unwrap();
    assert_eq!((page.lines[0].time.as_str(), page.lines[0].asked.as_str()), ("03:00", "Corrección pedida"));
    let asked = Uuid::from_u128(40);
    let body = json!({
        "id": asked, "corrects": punch, "reason": "Marcó antes", "made_us": NOW_US,
        "correction": { "change": "instant", "at_us": NOW_US - 300_000_000, "needs_agreement": true },
    });
    phone.told(Scope::Employee(ANA), "punch_correction", asked, &body);
    let page = phone.store.time_page(NOW_US + 3_600_000_000, 0, None).unwrap().unwrap();
    assert_eq!(page.agreements.len(), 1);
    assert_eq!(page.agreements[0].text, "Entrada del viernes 15: 03:00 → 02:55");
    does(&mut phone, "yes", Action::Agreement { correction: asked, agreed: true }, None).unwrap();
    let page = phone.store.time_page(NOW_US + 3_600_000_000, 0, None).unwrap().unwrap();
    assert_eq!((page.agreements.len(), page.lines[0].was.as_str()), (0, "Antes 03:00"));
    let receipt = phone.store.receipt_page(punch, NOW_US).unwrap().unwrap();
    assert!(!receipt.is_final && receipt.shared.contains("SHA-256 "), "{}", receipt.shared);
}

#[test]
fn a_receipt_of_a_form_does_not_count_the_signature_among_the_photos() {
    let mut phone = equipped();
    let form = json!({ "code": "ACT", "name": "Acta", "version": 2, "fields": [
        { "id": "picture", "label": "Foto", "kind": "photo" },
        { "id": "signed", "label": "Firma", "kind": "signature" },
    ] });
    phone.told(Scope::Account, "form", FORM, &form);
    let space = MemorySpace::default();
    let photo = |field: &str| Photo {
        file: space.put(field.as_bytes()),
        field: Some(field.to_owned()),
        media_type: "image/png".to_owned(),
    };
    let photos = vec![photo("picture"), photo("signed")];
    let answer = |photo: &Photo| FieldAnswer {
        files: vec![photo.file.hash.clone()],
        ..FieldAnswer::new(photo.field.as_deref().unwrap_or_default(), None)
    };
    let filled = FilledForm { form: FORM, version: 2, answers: photos.iter().map(answer).collect() };
    let action = Action::Form { filled, task: None, photos };
    let capture = Capture { intent: "form".to_owned(), session: None, action, place: None, note: None };
    let entry = phone.store.capture(&phone.environment.moment(), &capture, &space).unwrap().id;
    let receipt = phone.store.receipt_page(entry, NOW_US).unwrap().unwrap();
    assert_eq!(receipt.what, "Acta, 2 respuestas y 1 foto");
}

#[test]
fn messages_of_the_office_are_unread_until_they_were_looked_at() {
    let mut phone = equipped();
    let message = Uuid::from_u128(50);
    let body = json!({ "id": message, "direction": "to_employee", "text": "¿Llegó?", "task": null, "sent_us": NOW_US });
    phone.told(Scope::Employee(ANA), "message", message, &body);
    does(&mut phone, "m", Action::Message { text: "Sí".to_owned(), task: None }, None).unwrap();
    let home = phone.store.home_page(NOW_US, None).unwrap().unwrap();
    assert_eq!(home.unread, 1);
    let texts: Vec<_> =
        phone.store.messages(NOW_US).unwrap().into_iter().map(|line| (line.text, line.unread)).collect();
    assert_eq!(texts, [("¿Llegó?".to_owned(), true), ("Sí".to_owned(), false)]);
    let entry = phone.store.note_messages_read(&phone.environment.moment()).unwrap().unwrap();
    let entry: Entry = serde_json::from_slice(&entry.bytes).unwrap();
    let read: MessagesRead = serde_json::from_str(entry.body.unwrap().get()).unwrap();
    assert_eq!((entry.kind.as_str(), read.messages), ("message.read", vec![message]));
    assert_eq!(phone.store.home_page(NOW_US, None).unwrap().unwrap().unread, 0);
    assert!(phone.store.note_messages_read(&phone.environment.moment()).unwrap().is_none(), "told once");
}

//! Whole pages, as the shell shows them.

use campo_protocol::{
    entry::Place,
    model::answers::{FieldAnswer, FilledForm},
    scope::Scope,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    form::{Draft, FormProgress},
    home::PositionMode,
    shift::ShiftState,
    tasks::{Here, TaskGroup},
    tests::{ANA, NOW_US, Phone, TASK, TYPE, phone},
    trays::TrayKind,
};
use crate::{
    capture::{Action, Capture, TaskStep, failure::CaptureFailure, form_draft},
    testing::MemorySpace,
};

const FORM: Uuid = Uuid::from_u128(20);
const PROFILE: Uuid = Uuid::from_u128(21);
const HERE: Here = Here { latitude: 4.8630, longitude: -74.0500 };

/// Ana's phone, with a profile, a form that her task needs, and the task at a place.
fn equipped() -> Phone {
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

fn does(phone: &mut Phone, intent: &str, action: Action, place: Option<Place>) -> Result<(), CaptureFailure> {
    let capture = Capture { intent: intent.to_owned(), session: None, action, place, note: None };
    phone.store.capture(&phone.environment.moment(), &capture, &MemorySpace::default()).map(|_| ())
}

#[expect(clippy::unnecessary_wraps, reason = "captures take a place or none")]
fn place(latitude: f64, accuracy_m: f64) -> Option<Place> {
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
    phone.store.note_messages_read().unwrap();
    assert_eq!(phone.store.home_page(NOW_US, None).unwrap().unwrap().unread, 0);
}

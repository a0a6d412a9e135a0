//! What workers do.

use anyhow::{Result, ensure};
use campo_mobile_core::{
    capture::{Action, Capture, Photo, TaskStep},
    machine::event::Event,
    screens::Language,
};
use uuid::Uuid;

use super::{
    company::{Company, PIN},
    phone::Phone,
};
use crate::{random::Random, visit};

/// One thing that a worker does with a phone; what it was, in words.
pub(super) fn act(phone: &mut Phone, company: &Company, random: &mut Random) -> Result<String> {
    if !phone.is_alive() {
        return Ok("is dead".to_owned());
    }
    let Some(session) = phone.store.session()? else { return open_session(phone, random) };
    let shared = phone.enrolled.roster.len() > 1;
    if random.chance(if shared { 12 } else { 3 }) {
        let intent = intent(phone);
        let moment = phone.environment.moment();
        let closed = phone.store.close_session(&moment, &intent);
        return Ok(format!("closes the session: {}", phone.captured(closed)?));
    }
    if random.chance(8) {
        phone.step(if random.chance(50) {
            Event::SyncRequested
        } else {
            Event::Foreground(random.chance(50))
        })?;
        return Ok("looks at the screen".to_owned());
    }
    if random.chance(6) {
        let moment = phone.environment.moment();
        let read = phone.store.note_messages_read(&moment).transpose();
        let told = read.map(|read| phone.captured(read)).transpose()?;
        return Ok(format!("reads messages: {}", told.unwrap_or(false)));
    }
    let tasks = phone.store.tasks(session.employee, Language::Spanish)?;
    let task = (!tasks.is_empty()).then(|| tasks[random.number() as usize % tasks.len()].id);
    let action = action(phone, company, task, random);
    let capture = Capture { intent: intent(phone), session: None, action, place: None, note: None };
    let what = format!("{:?}", capture.action).chars().take(40).collect::<String>();
    let moment = phone.environment.moment();
    let captured = phone.store.capture(&moment, &capture, &phone.space);
    let new = phone.captured(captured)?;
    if new && random.chance(10) {
        tap_twice(phone, &capture)?;
    }
    Ok(format!("{what}: {new}"))
}

/// The same screen again gives the same entry, also on a full disk.
fn tap_twice(phone: &mut Phone, capture: &Capture) -> Result<()> {
    let moment = phone.environment.moment();
    let again = phone.store.capture(&moment, capture, &phone.space)?;
    let last = phone.journal.last().map(|line| line.id);
    ensure!(last == Some(again.id) && again.event().is_none(), "a second tap made a second entry");
    Ok(())
}

fn open_session(phone: &mut Phone, random: &mut Random) -> Result<String> {
    let roster = phone.store.roster()?;
    if roster.is_empty() {
        phone.step(Event::SyncRequested)?;
        return Ok("waits for the roster".to_owned());
    }
    let employee = roster[random.number() as usize % roster.len()].id;
    let checked = phone.store.check_pin(employee, PIN)?;
    let (intent, moment) = (intent(phone), phone.environment.moment());
    let opened = phone.store.open_session(&moment, &intent, &checked);
    let done = match opened {
        Ok((_, Some(captured))) => phone.captured(Ok(captured))?,
        Ok((_, None)) => false,
        Err(failure) => phone.captured(Err(failure))?,
    };
    Ok(format!("opens a session: {done}"))
}

fn action(phone: &mut Phone, company: &Company, task: Option<Uuid>, random: &mut Random) -> Action {
    match (random.number() % 100, task) {
        (0..50, Some(task)) => {
            let step = TaskStep::ALL[random.number() as usize % TaskStep::ALL.len()];
            Action::Task { task, step, reason: None }
        }
        (0..65, task) => form(phone, company, task, random),
        (65..80, task) => Action::Photo { photo: photo(phone, None, random), task },
        (80..86, task) => Action::Message { text: "Falta el repuesto: ¿qué hago?".to_owned(), task },
        (86..90, _) => Action::ShiftStart,
        (90..94, _) => Action::ShiftEnd,
        (94..97, _) => Action::BreakStart { kind: Some("LUNCH".to_owned()) },
        _ => Action::BreakEnd,
    }
}

/// A form with a table, a photo and an empty value.
fn form(phone: &mut Phone, company: &Company, task: Option<Uuid>, random: &mut Random) -> Action {
    let counts: Vec<u64> = (0..random.within(&(0..=3))).collect();
    let photo = photo(phone, Some(visit::PICTURE), random);
    visit::filled(company.form, task, photo, &counts)
}

/// A photo, mostly a small one; some need several parts.
fn photo(phone: &mut Phone, field: Option<&str>, random: &mut Random) -> Photo {
    let size =
        if random.chance(10) { random.within(&(300_000..=700_000)) } else { random.within(&(1..=5000)) };
    let first = random.number().to_be_bytes();
    let mut bytes = first.repeat(size as usize / first.len() + 1);
    bytes.truncate(size as usize);
    Photo {
        file: phone.space.put(&bytes),
        field: field.map(str::to_owned),
        media_type: "image/jpeg".to_owned(),
    }
}

fn intent(phone: &mut Phone) -> String {
    phone.intents += 1;
    format!("intent-{}", phone.intents)
}

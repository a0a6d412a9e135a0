//! From an action to an entry in the store.

use std::io;

use campo_protocol::{
    entry::{self, Entry, FileMention, Kind, MAX_ENTRY_BYTES, Place},
    model::profile::LocationMode,
};
use rusqlite::Connection;
use serde_json::value::to_raw_value;
use uuid::Uuid;

use super::{Capture, Photo, action::Action, failure::CaptureFailure, session::Session};
use crate::{
    core::enrolment::Enrolment,
    environment::{Moment, estimate_us, with_boot},
    machine::{
        book::{Pending, PendingFile},
        event::Event,
    },
    screens::{place, task},
    store::{
        Store, drafts,
        entries::{self, NewEntry, NewFile},
        failure::StoreFailure,
        settings::{self, name},
        space::FileSpace,
    },
};

/// An entry that stands in the store.
#[derive(Debug, Clone)]
pub struct Captured {
    /// Its number in the store
    pub number: i64,
    /// Its id
    pub id: Uuid,
    /// Its bytes
    pub bytes: Vec<u8>,
    /// What the machine must be told; none when it was captured before
    pub news: Option<News>,
}

/// What the machine must be told of an entry.
#[derive(Debug, Clone)]
pub struct News {
    installation: Uuid,
    pending: Pending,
    files: Vec<(String, PendingFile)>,
}

impl Captured {
    /// The event for the machine, unless it was captured before.
    pub fn event(&self) -> Option<Event> {
        let News { installation, pending, files } = self.news.clone()?;
        Some(Event::Captured { installation, number: self.number, entry: pending, files })
    }
}

impl Store {
    /// Captures what the employee in session did. When this returns well, it survives the loss of power. Its photos
    /// must be in `space`, and are as long as they are there.
    pub fn capture(
        &mut self,
        moment: &Moment,
        capture: &Capture,
        space: &dyn FileSpace,
    ) -> Result<Captured, CaptureFailure> {
        if let Some(captured) = already(self.read(), &capture.intent)? {
            return Ok(captured);
        }
        let session: Session = settings::get(self.read(), name::SESSION)?.ok_or(CaptureFailure::NoSession)?;
        if capture.session.is_some_and(|opened_under| opened_under != session.id) {
            return Err(CaptureFailure::SessionOfAnother);
        }
        if let Some(prohibition) = self.prohibition(&capture.action)? {
            return Err(CaptureFailure::Prohibited(prohibition));
        }
        // Nobody else writes: what was read above holds in the transaction
        let transaction = self.begin()?;
        let captured = append(&transaction, moment, capture, &session, space);
        // An attempt that was blocked stands as an entry of its own
        if matches!(captured, Ok(_) | Err(CaptureFailure::OutsideRadius { .. })) {
            transaction.commit()?;
        }
        captured
    }
}

/// The entry that was captured with this intent before.
pub(super) fn already(connection: &Connection, intent: &str) -> Result<Option<Captured>, CaptureFailure> {
    let found = entries::of_intent(connection, intent)?;
    Ok(found.map(|(number, id, bytes)| Captured { number, id, bytes, news: None }))
}

fn append(
    connection: &Connection,
    moment: &Moment,
    capture: &Capture,
    session: &Session,
    space: &dyn FileSpace,
) -> Result<Captured, CaptureFailure> {
    let Capture { intent, action, place, note, .. } = capture;
    let mode = place::location_mode(connection, session.employee)?;
    let is_wanted = mode != LocationMode::Never && action.has_place();
    let place = place.clone().filter(|_| is_wanted).and_then(usable);
    if let (Action::Task { task, step, .. }, Some(place)) = (action, &place)
        && step.needs_presence()
        && let Some((distance_m, radius_m)) = place::outside(connection, *task, place)?
    {
        return Err(blocked(connection, moment, capture, session, (distance_m, radius_m))?);
    }
    let files = action.photos().iter().map(|photo| mention(photo, space)).collect::<Result<_, _>>()?;
    let fact = Fact::of(session, action, place, note.clone(), files)?;
    if let Action::Form { task, filled, .. } = action {
        drafts::remove(connection, session.employee, &form_draft(*task, filled.form))?;
    }
    write(connection, moment, intent, fact)
}

/// Notes an attempt that is blocked, under an intent of its own: trying again from there makes no second entry.
fn blocked(
    connection: &Connection,
    moment: &Moment,
    capture: &Capture,
    session: &Session,
    (distance_m, radius_m): (f64, f64),
) -> Result<CaptureFailure, CaptureFailure> {
    let Action::Task { task, step, .. } = &capture.action else { return Ok(CaptureFailure::NoSession) };
    let intent = format!("{}/blocked", capture.intent);
    let attempt = if let Some(attempt) = already(connection, &intent)? {
        attempt
    } else {
        let action = Action::Blocked { task: *task, step: *step };
        let place = capture.place.clone().and_then(usable);
        let fact = Fact::of(session, &action, place, capture.note.clone(), Vec::new())?;
        write(connection, moment, &intent, fact)?
    };
    Ok(CaptureFailure::OutsideRadius { distance_m, radius_m, attempt: Box::new(attempt) })
}

/// The place without what no place has: a platform that reports nonsense must not spoil a punch.
pub(super) fn usable(place: Place) -> Option<Place> {
    let accuracy_m = place.accuracy_m.filter(|accuracy_m| accuracy_m.is_finite() && *accuracy_m >= 0.0);
    place.is_on_earth().then_some(Place { accuracy_m, ..place })
}

/// How an entry mentions a photo that is in `space`.
fn mention(photo: &Photo, space: &dyn FileSpace) -> Result<FileMention, CaptureFailure> {
    let hash = photo.file.hash.clone();
    let size_bytes = match space.size_bytes(&hash) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidInput) => {
            return Err(CaptureFailure::FileMissing(hash));
        }
        // Nothing is left of it, and no server stores that
        Ok(0) => return Err(CaptureFailure::FileMissing(hash)),
        size_bytes => size_bytes.map_err(StoreFailure::from)?,
    };
    Ok(FileMention {
        hash,
        size_bytes,
        field: photo.field.clone(),
        media_type: Some(photo.media_type.clone()),
    })
}

/// The name of the draft of an unfinished form; capturing the form throws the draft away in the same transaction.
pub(crate) fn form_draft(task: Option<Uuid>, form: Uuid) -> String {
    format!("form/{}/{form}", task.unwrap_or_default())
}

/// What an entry says, without who, when and how it is numbered.
pub(super) struct Fact {
    pub(super) kind: Kind,
    pub(super) employee: Uuid,
    pub(super) session: Uuid,
    pub(super) task: Option<Uuid>,
    pub(super) place: Option<Place>,
    pub(super) corrects: Option<Uuid>,
    pub(super) reason: Option<String>,
    pub(super) note: Option<String>,
    pub(super) body: Option<serde_json::Value>,
    pub(super) files: Vec<FileMention>,
}

impl Fact {
    fn of(
        session: &Session,
        action: &Action,
        place: Option<Place>,
        note: Option<String>,
        files: Vec<FileMention>,
    ) -> Result<Self, CaptureFailure> {
        Ok(Self {
            kind: action.kind(),
            employee: session.employee,
            session: session.id,
            task: action.task(),
            place,
            corrects: action.corrects(),
            reason: action.reason(),
            note,
            body: action.body()?,
            files,
        })
    }
}

/// Gives the fact its frame and its clocks, and writes it.
pub(super) fn write(
    connection: &Connection,
    moment: &Moment,
    intent: &str,
    fact: Fact,
) -> Result<Captured, CaptureFailure> {
    let enrolment: Enrolment =
        settings::get(connection, name::ENROLMENT)?.ok_or(CaptureFailure::NotEnrolled)?;
    let [id, clock_session, _] = moment.ids;
    let clock = with_boot(connection, moment.clock.clone(), clock_session)?;
    let sequence = entries::next_sequence(connection, enrolment.installation)?;
    let at_us = estimate_us(connection, &clock)?.max(after_what_is_shown(connection, fact.task)?);
    let captured_us = clock.wall_us;
    let files = fact.files.clone();
    let entry = Entry {
        id,
        kind: fact.kind.name().to_owned(),
        installation: Some(enrolment.installation),
        employee: Some(fact.employee),
        session: Some(fact.session),
        user: None,
        key: None,
        duty: None,
        sequence,
        clock: Some(clock),
        place: fact.place,
        task: fact.task,
        corrects: fact.corrects,
        reason: fact.reason,
        note: fact.note,
        files: fact.files,
        body: fact.body.as_ref().map(to_raw_value).transpose()?,
    };
    let bytes = serde_json::to_vec(&entry)?;
    if bytes.len() > MAX_ENTRY_BYTES {
        return Err(CaptureFailure::TooLarge(bytes.len()));
    }
    let new = NewEntry {
        id,
        installation: enrolment.installation,
        sequence,
        kind: fact.kind.name(),
        employee: Some(fact.employee),
        session: Some(fact.session),
        task: fact.task,
        hash: entry::hash(&bytes),
        bytes,
        captured_us,
        at_us,
        intent: intent.to_owned(),
    };
    let (number, pending) = entries::insert(connection, &new)?;
    let mut pending_files = Vec::new();
    for mention in files {
        let FileMention { hash, size_bytes, media_type, .. } = mention;
        let file = NewFile { hash, size_bytes, media_type };
        if let Some(pending) = entries::insert_file(connection, enrolment.installation, number, &file)? {
            pending_files.push((file.hash, pending));
        }
    }
    let news = Some(News { installation: new.installation, pending, files: pending_files });
    Ok(Captured { number, id, bytes: new.bytes, news })
}

/// What a worker does follows what the screen showed, whatever the phone's clock says: just after the instant of the
/// status that the task had.
fn after_what_is_shown(connection: &Connection, task: Option<Uuid>) -> Result<i64, CaptureFailure> {
    let Some(task) = task else { return Ok(i64::MIN) };
    Ok(task::shown_since_us(connection, task)?.map_or(i64::MIN, |since_us| since_us.saturating_add(1)))
}

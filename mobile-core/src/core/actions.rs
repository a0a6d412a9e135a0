//! What the shell calls: captures, and what screens show.

use std::{fs, path::Path};

use campo_protocol::entry::Place;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{
    Core,
    enrolment::{Device, Enrolment},
    failure::{CoreFailure, Result},
    road::Order,
};
use crate::{
    capture::{
        Action, Capture, Captured,
        failure::CaptureFailure,
        session::{RosterEmployee, Session},
    },
    photo,
    screens::{
        Language,
        day::DayLine,
        task::{TaskCard, TaskDetail},
        unsent::UnsentCount,
    },
    store::{Store, repair::TrayItem, space::TakenFile},
};

/// Becoming somebody.
impl Core {
    /// Redeems a one-time code. Dropping the future ends the waiting alone: the phone is enrolled all the same, or the
    /// same code can be tried again.
    pub async fn enrol(&self, server: &str, code: &str, device: Device) -> Result<Enrolment> {
        let (reply, enrolled) = oneshot::channel();
        let order = Order::Enrol { server: server.to_owned(), code: code.to_owned(), device, reply };
        let gone = || CoreFailure::internal(&"the road has ended");
        self.orders.send(order).map_err(|_| gone())?;
        enrolled.await.map_err(|_| gone())?
    }

    /// Who the phone is enrolled as.
    pub fn enrolment(&self) -> Result<Option<Enrolment>> {
        Ok(self.writer.read(Store::enrolment)?)
    }

    /// Who may open a session.
    pub fn roster(&self) -> Result<Vec<RosterEmployee>> {
        Ok(self.writer.read(Store::roster)?)
    }

    /// Who works with the phone now.
    pub fn session(&self) -> Result<Option<Session>> {
        Ok(self.writer.read(Store::session)?)
    }

    /// Opens a session with a PIN, without network. Takes a fraction of a second.
    pub fn open_session(&self, intent: &str, employee: Uuid, pin: &str) -> Result<Session> {
        let (moment, intent) = (self.environment.moment(), intent.to_owned());
        let tried = moment.clone();
        self.writer.write(move |store| Ok(store.begin_pin_try(&tried, employee)))??;
        let checked = self.writer.read(|store| Ok(store.check_pin(employee, pin)))??;
        let opened = self.writer.write(move |store| {
            Ok(store.end_pin_tries(employee).and_then(|()| store.open_session(&moment, &intent, &checked)))
        })?;
        let (session, captured) = opened?;
        self.tell_of(captured.as_ref());
        Ok(session)
    }

    /// Ends the session. What it captured stays and is sent.
    pub fn close_session(&self, intent: &str) -> Result<()> {
        self.gather_track();
        let (moment, intent) = (self.environment.moment(), intent.to_owned());
        let captured = self.writer.write(move |store| Ok(store.close_session(&moment, &intent)))??;
        self.tell_of(Some(&captured));
        Ok(())
    }
}

/// Capturing.
impl Core {
    /// Captures what the worker in session did. When this returns well, it survives the loss of power. With the same
    /// intent it returns the same entry.
    pub fn capture(&self, capture: Capture) -> Result<Captured> {
        if matches!(capture.action, Action::ShiftEnd) {
            self.gather_track();
        }
        let (moment, space) = (self.environment.moment(), self.space.clone());
        let captured = self.writer.write(move |store| Ok(store.capture(&moment, &capture, &*space)))?;
        if let Err(CaptureFailure::OutsideRadius { attempt, .. }) = &captured {
            self.tell_of(Some(attempt));
        }
        let captured = captured?;
        self.tell_of(Some(&captured));
        Ok(captured)
    }

    /// Notes where the worker is, durably; the core gathers positions into tracks. False when none are wanted: outside a
    /// shift, or where the account or the profile does not want them.
    pub fn note_position(&self, place: Place) -> Result<bool> {
        let moment = self.environment.moment();
        let noted = self.writer.write(move |store| Ok(store.note_position(&moment, place)))??;
        self.tell_of(noted.captured.as_ref());
        Ok(noted.wanted)
    }

    /// Captures the positions that were noted so far. A punch does not fail with it: they wait for the next time.
    fn gather_track(&self) {
        let moment = self.environment.moment();
        match self.writer.write(move |store| Ok(store.gather_track(&moment))) {
            Ok(Ok(captured)) => self.tell_of(captured.as_ref()),
            Ok(Err(failure)) => tracing::error!(%failure, "the positions of the shift wait"),
            Err(failure) => tracing::error!(%failure, "the positions of the shift wait"),
        }
    }

    /// Moves a file into the file space, durably; what a capture mentions must be there. A photo (JPEG) is reduced to what
    /// the account wants, and stands upright.
    pub fn take_file(&self, path: &Path) -> Result<TakenFile> {
        let rules = self.writer.read(Store::photo_rules)?;
        let Some(prepared) = photo::prepared(path, rules) else { return Ok(self.space.take(path)?) };
        let taken = self.space.take(&prepared)?;
        // What is left of it is swept by the platform with everything that nobody took
        if let Err(error) = fs::remove_file(path) {
            tracing::warn!(%error, "the photo as the camera wrote it is still there");
        }
        Ok(taken)
    }

    /// Keeps a draft of whoever works with the phone, durably. Nobody else sees it.
    pub fn put_draft(&self, name: &str, body: &str) -> Result<()> {
        let (name, body, now_us) = (name.to_owned(), body.to_owned(), self.environment.now_us());
        Ok(self.writer.write(move |store| store.put_draft(&name, &body, now_us))?)
    }

    /// The draft of that name of whoever works with the phone.
    pub fn draft(&self, name: &str) -> Result<Option<String>> {
        Ok(self.writer.read(|store| store.draft(name))?)
    }

    /// Throws a draft of whoever works with the phone away.
    pub fn remove_draft(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        Ok(self.writer.write(move |store| store.remove_draft(&name))?)
    }

    pub(super) fn tell_of(&self, captured: Option<&Captured>) {
        if let Some(event) = captured.and_then(Captured::event) {
            self.tell(event);
        }
    }
}

/// Showing.
impl Core {
    /// The tasks of whoever works with the phone.
    pub fn tasks(&self) -> Result<Vec<TaskCard>> {
        Ok(self.writer.read(|store| {
            let Some(session) = store.session()? else { return Ok(Vec::new()) };
            store.tasks(session.employee, store.company_language()?)
        })?)
    }

    /// One task.
    pub fn task(&self, id: Uuid) -> Result<Option<TaskDetail>> {
        Ok(self.writer.read(|store| store.task(id, store.company_language()?))?)
    }

    /// The day of whoever works with the phone.
    pub fn day(&self) -> Result<Vec<DayLine>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| {
            let Some(session) = store.session()? else { return Ok(Vec::new()) };
            store.day(session.employee, now_us, store.company_language()?)
        })?)
    }

    /// How much the phone still holds.
    pub fn unsent(&self) -> Result<UnsentCount> {
        Ok(self.writer.read(|store| store.unsent(store.company_language()?))?)
    }

    /// What the server did not take as it is, of whoever works with the phone.
    pub fn tray(&self) -> Result<Vec<TrayItem>> {
        Ok(self.writer.read(|store| store.tray(store.session()?.map(|session| session.employee)))?)
    }

    /// The language of whoever works with the phone, or of the company.
    pub fn language(&self) -> Result<Language> {
        Ok(self.writer.read(Store::language)?)
    }
}

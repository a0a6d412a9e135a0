//! Who works with the phone. A session opens and closes without network: the roster carries a verifier of each PIN.

use argon2::{
    Argon2,
    password_hash::{PasswordVerifier as _, phc::PasswordHash},
};
use campo_protocol::entry::Kind;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Captured,
    entry::{self, Fact},
    failure::CaptureFailure,
};
use crate::{
    core::enrolment::Enrolment,
    environment::Moment,
    machine::book::Access,
    store::{
        Store,
        failure::Result,
        objects,
        settings::{self, name},
    },
};

/// Somebody works with the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id, which the entries carry
    pub id: Uuid,
    /// The employee
    pub employee: Uuid,
    /// The customer's own number of the employee
    pub number: String,
    /// The employee's name
    pub name: String,
    /// The wall clock when it was opened: microseconds since 1970 UTC
    pub opened_us: i64,
}

/// An employee who may open a session.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RosterEmployee {
    /// The employee
    pub id: Uuid,
    /// The customer's own number of the employee
    pub number: String,
    /// The employee's name
    pub name: String,
    /// Argon2id in PHC form; without it no session opens
    #[serde(default)]
    pin: Option<String>,
}

/// That a PIN was right. Only [`Store::check_pin`] makes it.
#[derive(Debug, Clone)]
pub struct PinChecked(RosterEmployee);

#[derive(Default, Deserialize)]
struct Roster {
    #[serde(default)]
    employees: Vec<RosterEmployee>,
}

impl Store {
    /// Who may open a session, in the order of the office.
    pub fn roster(&self) -> Result<Vec<RosterEmployee>> {
        roster(self.read())
    }

    /// Who works with the phone now.
    pub fn session(&self) -> Result<Option<Session>> {
        settings::get(self.read(), name::SESSION)
    }

    /// Checks the PIN of an employee. Takes a fraction of a second; writes nothing.
    pub fn check_pin(&self, employee: Uuid, pin: &str) -> Result<PinChecked, CaptureFailure> {
        let listed = self.roster()?.into_iter().find(|listed| listed.id == employee);
        let listed = listed.ok_or(CaptureFailure::PinWrong)?;
        let right = listed
            .pin
            .as_deref()
            .and_then(|phc| PasswordHash::new(phc).ok())
            .is_some_and(|hash| Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok());
        if right { Ok(PinChecked(listed)) } else { Err(CaptureFailure::PinWrong) }
    }

    /// Opens a session. The same employee again gets the session that is open.
    pub fn open_session(
        &mut self,
        moment: &Moment,
        intent: &str,
        checked: &PinChecked,
    ) -> Result<(Session, Option<Captured>), CaptureFailure> {
        let transaction = self.begin()?;
        let open: Option<Session> = settings::get(&transaction, name::SESSION)?;
        if let Some(session) = open {
            let own = session.employee == checked.0.id;
            return if own { Ok((session, None)) } else { Err(CaptureFailure::SessionOfAnother) };
        }
        must_be_active(&transaction)?;
        // The session that this intent opened has ended by now
        if entry::already(&transaction, intent)?.is_some() {
            return Err(CaptureFailure::NoSession);
        }
        let RosterEmployee { id: employee, number, name, .. } = checked.0.clone();
        let id = moment.ids[2];
        let session = Session { id, employee, number, name, opened_us: moment.clock.wall_us };
        let captured = entry::write(&transaction, moment, intent, fact(Kind::SessionOpen, &session))?;
        settings::set(&transaction, name::SESSION, &session)?;
        transaction.commit()?;
        Ok((session, Some(captured)))
    }

    /// Ends the session. What it captured stays and is sent.
    pub fn close_session(&mut self, moment: &Moment, intent: &str) -> Result<Captured, CaptureFailure> {
        let transaction = self.begin()?;
        let captured = if let Some(captured) = entry::already(&transaction, intent)? {
            captured
        } else {
            let session: Session =
                settings::get(&transaction, name::SESSION)?.ok_or(CaptureFailure::NoSession)?;
            settings::remove(&transaction, name::SESSION)?;
            entry::write(&transaction, moment, intent, fact(Kind::SessionClose, &session))?
        };
        transaction.commit()?;
        Ok(captured)
    }
}

fn roster(connection: &Connection) -> Result<Vec<RosterEmployee>> {
    let Some(enrolment) = settings::get::<Enrolment>(connection, name::ENROLMENT)? else {
        return Ok(Vec::new());
    };
    let body = objects::object(connection, "roster", enrolment.installation)?.unwrap_or_default();
    let roster: Roster = serde_json::from_slice(&body).unwrap_or_default();
    Ok(roster.employees)
}

fn must_be_active(connection: &Connection) -> Result<(), CaptureFailure> {
    let access: Option<String> = settings::get(connection, name::ACCESS)?;
    match access.as_deref().map_or(Access::NotEnrolled, Access::from_name) {
        Access::NotEnrolled => Err(CaptureFailure::NotEnrolled),
        Access::Active | Access::NeedsLogin => Ok(()),
        Access::HandInOnly | Access::Refused | Access::Stolen => Err(CaptureFailure::Revoked),
    }
}

/// What is said of nothing but that it happened.
pub(super) fn fact(kind: Kind, session: &Session) -> Fact {
    Fact {
        kind,
        employee: session.employee,
        session: session.id,
        task: None,
        place: None,
        corrects: None,
        reason: None,
        note: None,
        body: None,
        files: Vec::new(),
    }
}

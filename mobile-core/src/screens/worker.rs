//! Whoever works with the phone, as far as the phone knows them: what the profile allows, in which language and zone.

use campo_protocol::{
    civil,
    entry::Kind,
    model::{
        Ref,
        profile::{BreakKind, EmployeeProfile},
    },
};
use uuid::Uuid;

use super::{dates::Dates, documents::EmployeeDocument, texts::Language};
use crate::{
    capture::session::Session,
    store::{Store, failure::Result, objects},
};

/// What an employee may do, and how they read.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    pub(crate) session: Session,
    pub(crate) profile: Option<EmployeeProfile>,
    pub(crate) dates: Dates,
}

impl Worker {
    /// True when the profile lets them capture entries of that kind.
    pub(crate) fn may(&self, kind: Kind) -> bool {
        self.profile.as_ref().is_none_or(|profile| profile.allows(kind))
    }

    pub(crate) fn break_kinds(&self) -> &[BreakKind] {
        self.profile.as_ref().map_or(&[], |profile| &profile.break_kinds)
    }
}

impl Store {
    /// Whoever works with the phone now; none while nobody does.
    pub(crate) fn worker(&self, now_us: i64) -> Result<Option<Worker>> {
        let Some(session) = self.session()? else { return Ok(None) };
        let employee = self.employee(session.employee)?;
        let language = match &employee.language {
            Some(tag) => Language::of_tag(tag),
            None => self.company_language()?,
        };
        let own_zone = employee.zone.as_deref().and_then(civil::zone);
        let zone = own_zone.map_or_else(|| self.zone(), Ok)?;
        let profile = self.profile(&employee)?;
        Ok(Some(Worker { session, profile, dates: Dates { zone, language, now_us } }))
    }

    /// How texts are made for whoever reads the phone now.
    pub(crate) fn dates(&self, now_us: i64) -> Result<Dates> {
        match self.worker(now_us)? {
            Some(worker) => Ok(worker.dates),
            None => Ok(Dates { zone: self.zone()?, language: self.company_language()?, now_us }),
        }
    }

    /// The language of whoever works with the phone; that of the company while nobody does.
    pub fn language(&self) -> Result<Language> {
        Ok(self.dates(0)?.language)
    }

    /// The profile of an employee, where the phone knows it.
    pub(crate) fn profile_of(&self, employee: Uuid) -> Result<Option<EmployeeProfile>> {
        self.profile(&self.employee(employee)?)
    }

    /// The profile of an employee. One with members of a shape that this release does not know allows everything.
    fn profile(&self, employee: &EmployeeDocument) -> Result<Option<EmployeeProfile>> {
        let Some(id) = employee.profile.as_ref().and_then(Ref::id) else { return Ok(None) };
        let body = objects::object(self.read(), "employee_profile", id)?.unwrap_or_default();
        Ok(serde_json::from_slice(&body).ok())
    }

    fn employee(&self, id: Uuid) -> Result<EmployeeDocument> {
        let body = objects::object(self.read(), "employee", id)?.unwrap_or_default();
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }
}

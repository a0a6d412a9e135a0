//! Who the phone is.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    machine::book::Access,
    store::{
        Store,
        failure::Result,
        settings::{self, name},
    },
};

/// An enrolment, without its secret, which is in the platform's secure store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The address of the server, without path
    pub server: String,
    /// The installation, which the entries carry
    pub installation: Uuid,
    /// The company's name
    pub company: String,
}

impl Store {
    /// Who the phone is enrolled as.
    pub fn enrolment(&self) -> Result<Option<Enrolment>> {
        settings::get(self.read(), name::ENROLMENT)
    }

    /// The phone is enrolled from now on. What another enrolment captured stays, and is sent by this one; its view is
    /// forgotten.
    pub fn enrol(&mut self, enrolment: &Enrolment) -> Result<()> {
        let transaction = self.begin()?;
        settings::set(&transaction, name::ENROLMENT, enrolment)?;
        settings::set(&transaction, name::ACCESS, &Access::Active.name())?;
        for name in [name::EPOCH, name::ANCHOR, name::SESSION, name::ENROLLING] {
            settings::remove(&transaction, name)?;
        }
        transaction.execute_batch("delete from object; delete from scope;")?;
        Ok(transaction.commit()?)
    }
}

//! Drafts: answers of unfinished forms and the like. They survive the death of the process and are never sent. Each
//! belongs to the employee who has the session, and nobody else sees it.

use rusqlite::{Connection, OptionalExtension as _};
use uuid::Uuid;

use super::{
    Store,
    failure::Result,
    settings::{self, name},
};
use crate::capture::session::Session;

impl Store {
    /// Keeps a draft of the employee in session, durably.
    pub fn put_draft(&mut self, name: &str, body: &str, now_us: i64) -> Result<()> {
        let transaction = self.begin()?;
        let employee = employee(&transaction)?;
        transaction
            .prepare_cached(
                "insert into draft (employee, name, body, updated_us) values (?1, ?2, ?3, ?4) \
                 on conflict (employee, name) do update \
                 set body = excluded.body, updated_us = excluded.updated_us",
            )?
            .execute((employee.as_bytes(), name, body, now_us))?;
        Ok(transaction.commit()?)
    }

    /// The draft of that name of the employee in session.
    pub fn draft(&self, name: &str) -> Result<Option<String>> {
        Ok(self
            .read()
            .prepare_cached("select body from draft where employee = ?1 and name = ?2")?
            .query_row((employee(self.read())?.as_bytes(), name), |row| row.get(0))
            .optional()?)
    }

    /// Throws a draft of the employee in session away.
    pub fn remove_draft(&mut self, name: &str) -> Result<()> {
        let transaction = self.begin()?;
        let employee = employee(&transaction)?;
        remove(&transaction, employee, name)?;
        Ok(transaction.commit()?)
    }
}

/// Throws a draft of an employee away.
pub(crate) fn remove(connection: &Connection, employee: Uuid, name: &str) -> Result<()> {
    connection
        .prepare_cached("delete from draft where employee = ?1 and name = ?2")?
        .execute((employee.as_bytes(), name))?;
    Ok(())
}

/// Whose drafts are meant: those of the employee in session, or those of nobody.
fn employee(connection: &Connection) -> Result<Uuid> {
    let session: Option<Session> = settings::get(connection, name::SESSION)?;
    Ok(session.map(|session| session.employee).unwrap_or_default())
}

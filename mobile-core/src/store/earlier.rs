//! Enrolments of before the current one. What was captured under one of them is handed in under it alone: its server
//! takes it, and no other may.

use rusqlite::Connection;
use uuid::Uuid;

use super::{
    Store, book,
    failure::Result,
    settings::{self, name},
};
use crate::{
    core::enrolment::Enrolment,
    machine::book::{Access, Book},
};

impl Store {
    /// The earlier enrolments of which something is left to hand in.
    pub fn earlier_enrolments(&self) -> Result<Vec<Enrolment>> {
        let mut statement = self.read().prepare_cached("select value from setting where name like ?1")?;
        let values = statement
            .query_map((format!("{}/%", name::ENROLMENT),), |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<String>>>()?;
        Ok(values.iter().filter_map(|value| serde_json::from_str(value).ok()).collect())
    }

    /// The current enrolment and the earlier ones.
    pub fn known_enrolments(&self) -> Result<Vec<Enrolment>> {
        let mut known = self.earlier_enrolments()?;
        known.extend(self.enrolment()?);
        Ok(known)
    }

    /// What the machine of an earlier enrolment must know.
    pub fn book_of_earlier(&self, installation: Uuid) -> Result<Book> {
        book::book_of_earlier(self.read(), installation)
    }

    /// Forgets an earlier enrolment of which nothing is left to hand in. False while something is.
    pub fn end_earlier(&mut self, installation: Uuid) -> Result<bool> {
        let transaction = self.begin()?;
        if has_unsent(&transaction, installation)? {
            return Ok(false);
        }
        forget(&transaction, installation)?;
        transaction.commit()?;
        Ok(true)
    }

    /// The files on the phone that only entries of this installation mention.
    pub fn files_of_alone(&self, installation: Uuid) -> Result<Vec<String>> {
        Ok(self
            .read()
            .prepare_cached(
                "select hash from file f where installation = ?1 and present and not exists \
                 (select 1 from file o where o.hash = f.hash and o.installation <> ?1 and o.present)",
            )?
            .query_map((installation.as_bytes(),), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?)
    }

    /// Removes an earlier enrolment with everything that was captured under it: it was reported stolen.
    pub fn remove_earlier(&mut self, installation: Uuid) -> Result<()> {
        let transaction = self.begin()?;
        for sql in [
            "delete from repair where number in (select number from entry where installation = ?1)",
            "delete from file where installation = ?1",
            "delete from entry where installation = ?1",
        ] {
            transaction.execute(sql, (installation.as_bytes(),))?;
        }
        forget(&transaction, installation)?;
        Ok(transaction.commit()?)
    }
}

/// Keeps the enrolment that another one follows, where something is left to hand in under it.
pub(crate) fn keep(connection: &Connection, enrolment: &Enrolment) -> Result<()> {
    let installation = enrolment.installation;
    if !has_unsent(connection, installation)? {
        return Ok(());
    }
    let set = |name: &str, value: &str| {
        settings::set(connection, &settings::of_earlier(name, installation), &value)
    };
    let access: Option<String> = settings::get(connection, name::ACCESS)?;
    match access.as_deref().map_or(Access::HandInOnly, Access::from_name) {
        Access::Active => set(name::ACCESS, Access::HandInOnly.name())?,
        access => set(name::ACCESS, access.name())?,
    }
    let epoch: Option<String> = settings::get(connection, name::EPOCH)?;
    if let Some(epoch) = epoch {
        set(name::EPOCH, &epoch)?;
    }
    settings::set(connection, &settings::of_earlier(name::ENROLMENT, installation), enrolment)
}

/// Forgets what is known of an earlier enrolment; what was captured under it stays.
pub(crate) fn forget(connection: &Connection, installation: Uuid) -> Result<()> {
    for name in [name::ENROLMENT, name::ACCESS, name::EPOCH] {
        settings::remove(connection, &settings::of_earlier(name, installation))?;
    }
    Ok(())
}

fn has_unsent(connection: &Connection, installation: Uuid) -> Result<bool> {
    Ok(connection
        .prepare_cached(
            "select exists (select 1 from entry where installation = ?1 and state = 'waiting') \
             or exists (select 1 from file where installation = ?1 and state = 'waiting' and present)",
        )?
        .query_row((installation.as_bytes(),), |row| row.get(0))?)
}

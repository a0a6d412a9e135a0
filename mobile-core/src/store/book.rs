//! The book, as the store has it: how the machine is rebuilt.

use std::collections::BTreeMap;

use campo_protocol::scope::Scope;
use rusqlite::Connection;
use uuid::Uuid;

use super::{
    Store,
    failure::{Result, StoreFailure},
    id_of,
    settings::{self, name},
};
use crate::{
    core::enrolment::Enrolment,
    machine::{
        book::{Access, Book, Pending, PendingFile},
        scope::ScopeHeld,
    },
};

impl Store {
    /// What the machine must know of what stands here.
    pub fn book(&self) -> Result<Book> {
        book(self.read())
    }
}

/// The book of the current enrolment.
pub(super) fn book(connection: &Connection) -> Result<Book> {
    let access: Option<String> = settings::get(connection, name::ACCESS)?;
    let enrolment: Option<Enrolment> = settings::get(connection, name::ENROLMENT)?;
    let installation = enrolment.map(|enrolment| enrolment.installation);
    Ok(Book {
        installation,
        is_earlier: false,
        access: access.as_deref().map_or(Access::NotEnrolled, Access::from_name),
        epoch: settings::get(connection, name::EPOCH)?,
        outbox: outbox(connection, installation)?,
        scopes: scopes(connection)?,
        files: files(connection, installation)?,
    })
}

/// The book of an earlier enrolment.
pub(super) fn book_of_earlier(connection: &Connection, installation: Uuid) -> Result<Book> {
    let access: Option<String> =
        settings::get(connection, &settings::of_earlier(name::ACCESS, installation))?;
    Ok(Book {
        installation: Some(installation),
        is_earlier: true,
        access: access.as_deref().map_or(Access::HandInOnly, Access::from_name),
        epoch: settings::get(connection, &settings::of_earlier(name::EPOCH, installation))?,
        outbox: outbox(connection, Some(installation))?,
        scopes: BTreeMap::new(),
        files: files(connection, Some(installation))?,
    })
}

fn outbox(connection: &Connection, installation: Option<Uuid>) -> Result<BTreeMap<i64, Pending>> {
    let mut statement = connection.prepare_cached(
        "select number, id, hash, length(bytes), captured_us from entry \
         where state = 'waiting' and installation = ?1",
    )?;
    let mut rows = statement.query((installation.as_ref().map(Uuid::as_bytes),))?;
    let mut outbox = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let hash: Vec<u8> = row.get(2)?;
        let hash =
            hash.try_into().map_err(|_| StoreFailure::Other("a hash is not 32 bytes long".to_owned()))?;
        let id = id_of(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
        let entry = Pending { id, hash, size_bytes: row.get(3)?, captured_us: row.get(4)? };
        outbox.insert(row.get(0)?, entry);
    }
    Ok(outbox)
}

pub(super) fn scopes(connection: &Connection) -> Result<BTreeMap<Scope, ScopeHeld>> {
    let mut statement =
        connection.prepare_cached("select scope, position, objects, digest, mark, marking from scope")?;
    let mut rows = statement.query(())?;
    let mut scopes = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        // A kind of scope of a newer release is left alone
        let Ok(scope) = text.parse() else { continue };
        let held = ScopeHeld {
            position: row.get(1)?,
            objects: row.get(2)?,
            digest: row.get(3)?,
            mark: row.get(4)?,
            marking: row.get(5)?,
        };
        scopes.insert(scope, held);
    }
    Ok(scopes)
}

fn files(connection: &Connection, installation: Option<Uuid>) -> Result<BTreeMap<String, PendingFile>> {
    let mut statement = connection.prepare_cached(
        "select hash, entry, size_bytes, received_bytes, ticket from file \
         where state = 'waiting' and present and installation = ?1",
    )?;
    let mut rows = statement.query((installation.as_ref().map(Uuid::as_bytes),))?;
    let mut files = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let file = PendingFile {
            entry: row.get(1)?,
            size_bytes: row.get(2)?,
            received_bytes: row.get(3)?,
            ticket: row.get(4)?,
        };
        files.insert(row.get(0)?, file);
    }
    Ok(files)
}

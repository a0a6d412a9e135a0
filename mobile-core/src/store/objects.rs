//! What the server told of its objects, a row for each scope that holds it.

use campo_protocol::{
    digest,
    planted::{self, Planted},
    scope::Scope,
    sync::{Change, ScopePage, ViewPage},
};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _};
use uuid::Uuid;

use super::{Store, book, failure::Result, id_of};
use crate::machine::scope::ScopeHeld;

/// An object as a scope holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Its id
    pub id: Uuid,
    /// Its JSON, byte for byte as the server sent it
    pub body: Vec<u8>,
}

impl Store {
    /// The objects of a kind in a scope, in order of their ids.
    pub fn objects(&self, scope: &Scope, kind: &str) -> Result<Vec<StoredObject>> {
        let mut statement = self
            .read()
            .prepare_cached("select id, body from object where scope = ?1 and kind = ?2 order by id")?;
        let mut rows = statement.query((scope.to_string(), kind))?;
        let mut objects = Vec::new();
        while let Some(row) = rows.next()? {
            let id = id_of(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
            objects.push(StoredObject { id, body: row.get(1)? });
        }
        Ok(objects)
    }

    /// The JSON of an object, from whichever scope holds it.
    pub fn object(&self, kind: &str, id: Uuid) -> Result<Option<Vec<u8>>> {
        object(self.read(), kind, id)
    }

    /// Every object of every scope, for whoever compares them with what the server holds.
    pub fn all_objects(&self) -> Result<Vec<(Scope, String, StoredObject)>> {
        let mut statement =
            self.read().prepare_cached("select scope, kind, id, body from object order by 1, 2, 3")?;
        let mut rows = statement.query(())?;
        let mut objects = Vec::new();
        while let Some(row) = rows.next()? {
            let scope: String = row.get(0)?;
            let Ok(scope) = scope.parse() else { continue };
            let id = id_of(row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?)?;
            objects.push((scope, row.get(1)?, StoredObject { id, body: row.get(3)? }));
        }
        Ok(objects)
    }
}

/// The JSON of an object, from whichever scope holds it.
pub(crate) fn object(connection: &Connection, kind: &str, id: Uuid) -> Result<Option<Vec<u8>>> {
    Ok(connection
        .prepare_cached("select body from object where kind = ?1 and id = ?2 limit 1")?
        .query_row((kind, id.as_bytes()), |row| row.get(0))
        .optional()?)
}

/// Takes a page of the view in. False when the phone then does not hold what the server holds, so that scopes are read
/// anew.
pub(super) fn apply(connection: &Connection, view: &ViewPage) -> Result<bool> {
    let mut scopes = book::scopes(connection)?;
    for scope in view.dropped.iter().filter(|_| !planted::is(Planted::ScopeKept)) {
        drop_scope(connection, scope)?;
        scopes.remove(scope);
    }
    let mut agrees = true;
    for page in &view.scopes {
        let held = scopes.entry(page.scope).or_default();
        agrees &= apply_page(connection, held, page)?;
        save(connection, &page.scope, held)?;
    }
    if let Some(digest) = view.digest.filter(|_| !view.more && agrees) {
        let sum = scopes.values().fold(0, |sum: i64, held| sum.wrapping_add(held.digest));
        if sum != digest {
            connection.execute("update scope set position = 0", ())?;
            agrees = false;
        }
    }
    Ok(agrees)
}

fn drop_scope(connection: &Connection, scope: &Scope) -> Result<()> {
    let scope = scope.to_string();
    connection.prepare_cached("delete from object where scope = ?1")?.execute((&scope,))?;
    connection.prepare_cached("delete from scope where scope = ?1")?.execute((&scope,))?;
    Ok(())
}

fn apply_page(connection: &Connection, held: &mut ScopeHeld, page: &ScopePage) -> Result<bool> {
    if !held.begin(page) {
        return Ok(false);
    }
    let scope = page.scope.to_string();
    let mut statements = Statements::prepare(connection)?;
    for change in &page.changes {
        statements.apply(held, &scope, change)?;
    }
    drop(statements);
    if page.complete && held.marking {
        sweep(connection, held, &scope)?;
    }
    Ok(held.end(page))
}

struct Statements<'a> {
    add: CachedStatement<'a>,
    digest: CachedStatement<'a>,
    put: CachedStatement<'a>,
    remove: CachedStatement<'a>,
}

impl<'a> Statements<'a> {
    fn prepare(connection: &'a Connection) -> Result<Self> {
        Ok(Self {
            add: connection.prepare_cached(
                "insert into object (scope, kind, id, body, digest, mark) values (?1, ?2, ?3, ?4, ?5, ?6) \
                 on conflict (scope, kind, id) do nothing",
            )?,
            digest: connection
                .prepare_cached("select digest from object where scope = ?1 and kind = ?2 and id = ?3")?,
            put: connection.prepare_cached(
                "insert into object (scope, kind, id, body, digest, mark) values (?1, ?2, ?3, ?4, ?5, ?6) \
                 on conflict (scope, kind, id) do update set body = excluded.body, digest = excluded.digest, \
                 mark = excluded.mark",
            )?,
            remove: connection
                .prepare_cached("delete from object where scope = ?1 and kind = ?2 and id = ?3")?,
        })
    }

    fn apply(&mut self, held: &mut ScopeHeld, scope: &str, change: &Change) -> Result<()> {
        let (kind, id) = (change.kind.as_str(), change.id.as_bytes());
        // A scope that is read for the first time seldom has the object: one statement each, of a hundred thousand
        if let Some(body) = change.body.as_ref().filter(|_| held.is_first_reading()) {
            let body = body.get().as_bytes();
            let digest = digest::of_object(kind, change.id, body);
            if self.add.execute((scope, kind, id, body, digest, held.mark))? == 1 {
                held.add(digest);
                return Ok(());
            }
        }
        let before: Option<i64> = self.digest.query_row((scope, kind, id), |row| row.get(0)).optional()?;
        if let Some(before) = before {
            held.remove(1, before);
        }
        if let Some(body) = &change.body {
            let body = body.get().as_bytes();
            let digest = digest::of_object(kind, change.id, body);
            self.put.execute((scope, kind, id, body, digest, held.mark))?;
            held.add(digest);
        } else if before.is_some() && !planted::is(Planted::TombstoneSkipped) {
            self.remove.execute((scope, kind, id))?;
        }
        Ok(())
    }
}

/// Removes what no page since the last reading from 0 named.
fn sweep(connection: &Connection, held: &mut ScopeHeld, scope: &str) -> Result<()> {
    let mut statement =
        connection.prepare_cached("delete from object where scope = ?1 and mark < ?2 returning digest")?;
    let mut rows = statement.query((scope, held.mark))?;
    while let Some(row) = rows.next()? {
        held.remove(1, row.get(0)?);
    }
    Ok(())
}

fn save(connection: &Connection, scope: &Scope, held: &ScopeHeld) -> Result<()> {
    connection
        .prepare_cached(
            "insert into scope (scope, position, objects, digest, mark, marking) \
             values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (scope) do update set position = excluded.position, \
             objects = excluded.objects, digest = excluded.digest, mark = excluded.mark, \
             marking = excluded.marking",
        )?
        .execute((scope.to_string(), held.position, held.objects, held.digest, held.mark, held.marking))?;
    Ok(())
}

//! The repair tray: what the server did not take as it is. It stays on the phone and is shown.

use rusqlite::Connection;
use uuid::Uuid;

use super::{Store, failure::Result};

/// Why an entry is in the tray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrayReason {
    /// The server has it, and could not apply it; the code says why
    SetAside(String),
    /// The server has another entry with this id: two phones think that they are one
    Conflict,
    /// The server could not read it; the code says why
    Unreadable(String),
    /// What a newer release wrote
    Other(String),
}

/// An entry in the tray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayItem {
    /// The entry's number
    pub number: i64,
    /// Its kind
    pub kind: String,
    /// The wall clock at its capture: microseconds since 1970 UTC
    pub captured_us: i64,
    /// Why
    pub reason: TrayReason,
}

impl Store {
    /// What is in the tray of an employee, with what nobody captured, the newest first.
    pub fn tray(&self, employee: Option<Uuid>) -> Result<Vec<TrayItem>> {
        self.tray_items(
            "select r.number, e.kind, e.captured_us, r.reason, r.detail from repair r \
             join entry e on e.number = r.number where e.employee is null or e.employee = ?1 \
             order by r.number desc",
            (employee.as_ref().map(Uuid::as_bytes),),
        )
    }

    /// What is in the trays of all, the newest first, for whoever compares it with what the server holds.
    pub fn all_trays(&self) -> Result<Vec<TrayItem>> {
        self.tray_items(
            "select r.number, e.kind, e.captured_us, r.reason, r.detail from repair r \
             join entry e on e.number = r.number order by r.number desc",
            (),
        )
    }

    fn tray_items(&self, sql: &'static str, parameters: impl rusqlite::Params) -> Result<Vec<TrayItem>> {
        let mut statement = self.read().prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            let (reason, detail): (String, String) = (row.get(3)?, row.get(4)?);
            let reason = match reason.as_str() {
                "set_aside" => TrayReason::SetAside(detail),
                "conflict" => TrayReason::Conflict,
                "unreadable" => TrayReason::Unreadable(detail),
                _ => TrayReason::Other(reason),
            };
            items.push(TrayItem { number: row.get(0)?, kind: row.get(1)?, captured_us: row.get(2)?, reason });
        }
        Ok(items)
    }
}

pub(super) fn put(
    connection: &Connection,
    number: i64,
    reason: &str,
    detail: &str,
    at_us: i64,
) -> Result<()> {
    connection
        .prepare_cached(
            "insert or replace into repair (number, reason, detail, at_us) values (?1, ?2, ?3, ?4)",
        )?
        .execute((number, reason, detail, at_us))?;
    Ok(())
}

pub(super) fn remove(connection: &Connection, number: i64) -> Result<()> {
    connection.prepare_cached("delete from repair where number = ?1")?.execute((number,))?;
    Ok(())
}

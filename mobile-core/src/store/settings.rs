//! Single values: who the phone is, how far it is.

use rusqlite::{Connection, OptionalExtension as _};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::failure::Result;

/// The names of the settings.
pub(crate) mod name {
    /// What the phone may do
    pub(crate) const ACCESS: &str = "access";
    /// The server's epoch
    pub(crate) const EPOCH: &str = "epoch";
    /// The phone's clocks as last sent, and when the server received them
    pub(crate) const ANCHOR: &str = "anchor";
    /// The clocks as last seen, and the boot that the core gave them
    pub(crate) const CLOCK: &str = "clock";
    /// Who the phone is enrolled as
    pub(crate) const ENROLMENT: &str = "enrolment";
    /// The enrolment that was asked for and not answered yet
    pub(crate) const ENROLLING: &str = "enrolling";
    /// Up to when an employee has read messages
    pub(crate) const MESSAGES_READ: &str = "messages_read";
    /// How often a wrong PIN was typed for an employee, and until when no other is taken
    pub(crate) const PIN_TRIES: &str = "pin_tries";
    /// Who works with the phone now
    pub(crate) const SESSION: &str = "session";
}

/// The name of a setting of an earlier enrolment.
pub(crate) fn of_earlier(name: &str, installation: Uuid) -> String {
    format!("{name}/{installation}")
}

/// The value of that name; none also for a value that this release cannot read.
pub(crate) fn get<T: DeserializeOwned>(connection: &Connection, name: &str) -> Result<Option<T>> {
    let text: Option<String> = connection
        .prepare_cached("select value from setting where name = ?1")?
        .query_row((name,), |row| row.get(0))
        .optional()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Sets the value of that name.
pub(crate) fn set<T: Serialize>(connection: &Connection, name: &str, value: &T) -> Result<()> {
    connection
        .prepare_cached(
            "insert into setting (name, value) values (?1, ?2) \
             on conflict (name) do update set value = excluded.value",
        )?
        .execute((name, serde_json::to_string(value)?))?;
    Ok(())
}

/// Takes the value of that name away.
pub(crate) fn remove(connection: &Connection, name: &str) -> Result<()> {
    connection.prepare_cached("delete from setting where name = ?1")?.execute((name,))?;
    Ok(())
}

//! What a failure of the database means to whoever asked.

use sqlx::error::ErrorKind;

use crate::problem::{Code, Problem};

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = match &error {
            sqlx::Error::Database(database) if database.kind() == ErrorKind::UniqueViolation => {
                return Self::new(Code::Conflict);
            }
            sqlx::Error::Database(database) => {
                database.code().is_some_and(|code| is_of_the_moment(code.as_ref()))
            }
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_) => true,
            _ => false,
        };
        if unavailable {
            tracing::warn!(%error, "the database cannot serve now");
            Self::new(Code::Unavailable)
        } else {
            Self::internal(error)
        }
    }
}

/// True for codes that say nothing against the statement: the same can succeed later, as it is.
fn is_of_the_moment(code: &str) -> bool {
    const BUSY: i64 = 5;
    const LOCKED: i64 = 6;
    const IO_ERROR: i64 = 10;
    const FULL: i64 = 13;
    const CANNOT_OPEN: i64 = 14;
    if code.len() == 5 {
        // PostgreSQL: connection, rolled back for others' sake, lock not available, out of resources, shutting down,
        // the system's errors, idle for too long
        return ["08", "40", "55P03", "53", "57", "58", "25P03"].iter().any(|class| code.starts_with(class));
    }
    // SQLite: the primary code is the low byte
    let primary = code.parse::<i64>().unwrap_or(0) & 0xff;
    [BUSY, LOCKED, IO_ERROR, FULL, CANNOT_OPEN].contains(&primary)
}

//! How long PostgreSQL lets a replica stand still. A replica that hangs, was frozen or lost its network within a
//! transaction holds an account's lock until the server ends its session: sooner than a lease is over, so that whoever
//! takes its work up finds no lock of it, and nobody's writes wait for longer.

use std::time::Duration;

/// A busy database may need so long for what is quick, however short leases are.
const LEAST: Duration = Duration::from_secs(4);

/// How long a session may stand still within a transaction, and how long a statement may take. SQLite has neither: nobody
/// else's process waits for a lock there but one that starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    idle: Duration,
    /// Without end where absent
    statement: Option<Duration>,
}

impl Bounds {
    /// Those of a server whose background work is leased for `lease`. A statement may take longer than a session may be
    /// idle, so that whoever waited for the lock of a replica that hangs gets it.
    pub fn of_server(lease: Duration) -> Self {
        Self { statement: Some((lease * 5 / 6).max(LEAST + LEAST / 4)), ..Self::of_command(lease) }
    }

    /// Those of a command that somebody waits for: a statement may take as long as it takes.
    pub fn of_command(lease: Duration) -> Self {
        Self { idle: (lease * 2 / 3).max(LEAST), statement: None }
    }

    /// The settings by their names in PostgreSQL, in milliseconds.
    pub(super) fn settings(self) -> Vec<(&'static str, u128)> {
        let statement = self.statement.map(|statement| ("statement_timeout", statement.as_millis()));
        let idle = ("idle_in_transaction_session_timeout", self.idle.as_millis());
        [Some(idle), statement].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_still_ends_before_a_lease_is_over() {
        for (lease_s, idle_ms, statement_ms) in
            [(30, 20_000, 25_000), (600, 400_000, 500_000), (6, 4000, 5000)]
        {
            let lease = Duration::from_secs(lease_s);
            let (idle, statement) =
                (("idle_in_transaction_session_timeout", idle_ms), ("statement_timeout", statement_ms));
            assert_eq!(Bounds::of_server(lease).settings(), [idle, statement]);
            assert_eq!(Bounds::of_command(lease).settings(), [idle]);
            assert!(statement_ms < lease.as_millis());
        }
        assert_eq!(Bounds::of_server(Duration::from_secs(2)), Bounds::of_server(Duration::from_secs(6)));
    }
}

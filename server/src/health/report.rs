//! What `/health` says of each subsystem.

use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{app::App, capabilities::CHECKS};

/// How long a check may take before its subsystem counts as failed.
const PATIENCE: Duration = Duration::from_secs(4);

/// How well something works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HealthStatus)]
pub enum Status {
    /// As it should
    Ok,
    /// It works, but late or in part: somebody should look
    Degraded,
    /// It does not work
    Failed,
}

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HealthFault)]
pub enum Fault {
    /// Campo and the machines it runs on: this alone turns the whole red
    Ours,
    /// The customer: their receiver does not answer, their credentials are wrong
    Customer,
    /// The operator: a setting or a quota
    Operator,
}

/// What a check found in one subsystem.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Finding {
    /// Which subsystem
    #[schema(example = "log_queue")]
    pub name: &'static str,
    /// How well it works
    pub status: Status,
    /// Whose fault it is, where it does not work as it should
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// A stable word for what is wrong, such as `commit_fails`, `waits_too_long`, `run_failed`, `storage_full`,
    /// `storage_low`, `not_writable`, `store_fails`, `server_fails`, `no_answer`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// How old its oldest undone work is, in seconds, where there is any
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_undone_s: Option<i64>,
}

impl Finding {
    /// A subsystem that works.
    pub fn ok(name: &'static str) -> Self {
        Self { name, status: Status::Ok, fault: None, reason: None, oldest_undone_s: None }
    }

    /// A subsystem that does not work as it should.
    pub fn wrong(name: &'static str, status: Status, fault: Fault, reason: &'static str) -> Self {
        Self { name, status, fault: Some(fault), reason: Some(reason), oldest_undone_s: None }
    }

    /// With the age of its oldest undone work, in microseconds.
    #[must_use]
    pub fn oldest_undone_us(mut self, age_us: Option<i64>) -> Self {
        self.oldest_undone_s = age_us.map(|age_us| age_us.max(0) / 1_000_000);
        self
    }
}

/// How a subsystem is looked at: its name, and what says how it is.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its name
    pub name: &'static str,
    /// Looks at it
    pub run: for<'a> fn(&'a App) -> BoxFuture<'a, Finding>,
}

/// The health of this replica.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HealthReport)]
pub struct Report {
    /// `failed` when something failed that is our fault, `degraded` when anything of
    /// ours or the operator's is not as it should be
    pub status: Status,
    /// The release
    #[schema(example = "1.0.0")]
    pub version: &'static str,
    /// The replica that answers; another id after each start
    pub replica: Uuid,
    /// Every subsystem
    pub subsystems: Vec<Finding>,
}

/// Looks at every subsystem.
pub async fn report(app: &App) -> Report {
    let subsystems = join_all(CHECKS.iter().map(|check| look(app, *check))).await;
    Report {
        status: overall(&subsystems),
        version: env!("CARGO_PKG_VERSION"),
        replica: app.health.replica(),
        subsystems,
    }
}

async fn look(app: &App, check: Check) -> Finding {
    tokio::select! {
        finding = (check.run)(app) => finding,
        () = app.environment.sleep(PATIENCE) => {
            Finding::wrong(check.name, Status::Failed, Fault::Ours, "no_answer")
        }
    }
}

/// Only our own fault makes the whole fail; what the operator has to mend degrades it. What a customer has to mend is
/// shown, and is theirs.
fn overall(subsystems: &[Finding]) -> Status {
    let counted = subsystems.iter().map(|finding| match finding.fault {
        // One customer's receiver says nothing of the server
        Some(Fault::Customer) => Status::Ok,
        Some(Fault::Operator) => finding.status.min(Status::Degraded),
        Some(Fault::Ours) | None => finding.status,
    });
    counted.max().unwrap_or(Status::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_fault_turns_the_whole_red() {
        use Fault::{Customer, Operator, Ours};
        use Status::{Degraded, Failed, Ok};
        for (findings, expected) in [
            (&[][..], Ok),
            (&[(Ok, None)], Ok),
            (&[(Failed, Some(Customer)), (Ok, None)], Ok),
            (&[(Failed, Some(Operator))], Degraded),
            (&[(Degraded, Some(Ours)), (Failed, Some(Customer))], Degraded),
            (&[(Ok, None), (Failed, Some(Ours))], Failed),
        ] {
            let subsystems: Vec<_> = findings
                .iter()
                .map(|(status, fault)| Finding { status: *status, fault: *fault, ..Finding::ok("x") })
                .collect();
            assert_eq!(overall(&subsystems), expected, "{findings:?}");
        }
    }
}

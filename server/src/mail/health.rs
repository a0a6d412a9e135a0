//! How the sending of mail does.

use sqlx::FromRow;

use crate::{
    app::App,
    health::{Fault, Finding, Status},
    problem::Result,
};

const NAME: &str = "mail";
const SECOND_US: i64 = 1_000_000;
/// A mail that should have been sent so long ago is late.
const LATE_US: i64 = 60 * SECOND_US;

#[derive(FromRow)]
#[expect(clippy::struct_field_names, reason = "the unit is in the name")]
struct Oldest {
    /// Since when the oldest waits
    waits_us: Option<i64>,
    /// Since when the oldest waits that the server could not be given
    failed_us: Option<i64>,
    /// When the one was due that should have been tried first
    due_us: Option<i64>,
}

/// The finding of [`crate::health`]. A server that cannot be worked with is the operator's, whoever runs it.
pub async fn check(app: &App) -> Finding {
    if app.mail.is_none() {
        return Finding::ok(NAME);
    }
    let Ok(oldest) = oldest(app).await else {
        return Finding::wrong(NAME, Status::Failed, Fault::Ours, "no_answer");
    };
    let now_us = app.environment.now_us();
    let age_us = |at_us: Option<i64>| at_us.map(|at_us| now_us.saturating_sub(at_us).max(0));
    let finding = if oldest.failed_us.is_some() {
        Finding::wrong(NAME, Status::Degraded, Fault::Operator, "server_fails")
    } else if age_us(oldest.due_us).is_some_and(|age_us| age_us >= LATE_US) {
        Finding::wrong(NAME, Status::Degraded, Fault::Ours, "waits_too_long")
    } else {
        Finding::ok(NAME)
    };
    finding.oldest_undone_us(age_us(oldest.waits_us))
}

async fn oldest(app: &App) -> Result<Oldest> {
    app.db
        .fetch_one(
            "select min(created_us) as waits_us, min(case when problem = 'server' then created_us end) as failed_us, \
             min(due_us) as due_us from mail where due_us is not null",
            (),
        )
        .await
}

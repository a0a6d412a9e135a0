//! How the sending of notifications does, and whose fault it is where it does not go well.

use sqlx::FromRow;

use crate::{
    app::App,
    health::{Fault, Finding, Status},
    problem::Result,
};

const NAME: &str = "notifications";
const SECOND_US: i64 = 1_000_000;
/// An event that a sender should have taken up so long ago is late.
const DEGRADED_US: i64 = 60 * SECOND_US;
/// Nobody sends.
const FAILED_US: i64 = 15 * 60 * SECOND_US;

/// The oldest event that waits, in channels that work and in those whose receivers do not.
#[derive(Debug, Clone, Copy, Default, FromRow)]
#[expect(clippy::struct_field_names, reason = "the unit is in the name")]
struct Oldest {
    /// Behind the cursor of a channel whose last try went well
    ours_us: Option<i64>,
    /// When the one was due that should have been tried again first
    overdue_us: Option<i64>,
    /// Behind the cursor of a channel whose receiver does not take anything
    theirs_us: Option<i64>,
    /// Since when the oldest waits that a receiver did not take
    refused_us: Option<i64>,
}

/// The finding of [`crate::health`].
pub async fn check(app: &App) -> Finding {
    match oldest(app).await {
        Ok(oldest) => finding(oldest, app.environment.now_us()),
        Err(_) => Finding::wrong(NAME, Status::Failed, Fault::Ours, "no_answer"),
    }
}

async fn oldest(app: &App) -> Result<Oldest> {
    app.db
        .fetch_one(
            "select min(case when k.failures = 0 and not (c.delivery_order = 'strict' and exists (select 1 \
             from delivery d where d.account = c.account and d.channel = c.id and d.state = 'waiting')) \
             then e.created_us end) as ours_us, min(case when k.failures > 0 then e.created_us end) as theirs_us, \
             min(case when k.failures = 0 then (select min(d.due_us) from delivery d where d.account = c.account \
             and d.channel = c.id and d.state = 'waiting') end) as overdue_us, \
             min((select min(d.since_us) from delivery d where d.account = c.account and d.channel = c.id \
             and d.state = 'waiting')) as refused_us from channel c join account a on a.id = c.account \
             join channel_cursor k on k.account = c.account and k.channel = c.id \
             left join event e on e.account = c.account and e.position = k.position + 1 \
             where c.state = 'enabled' and a.state = 'enabled' and (k.probe_us is null or k.failures > 0)",
            (),
        )
        .await
}

fn finding(oldest: Oldest, now_us: i64) -> Finding {
    let age_us = |at_us: Option<i64>| at_us.map(|at_us| now_us.saturating_sub(at_us).max(0));
    let ours_us = age_us(oldest.ours_us).max(age_us(oldest.overdue_us));
    let theirs_us = age_us(oldest.theirs_us).max(age_us(oldest.refused_us));
    let undone_us = age_us(oldest.ours_us).max(theirs_us);
    let late = |us: i64| ours_us.is_some_and(|ours_us| ours_us >= us);
    let finding = if late(FAILED_US) {
        Finding::wrong(NAME, Status::Failed, Fault::Ours, "waits_too_long")
    } else if late(DEGRADED_US) {
        Finding::wrong(NAME, Status::Degraded, Fault::Ours, "waits_too_long")
    } else if theirs_us.is_some_and(|theirs_us| theirs_us >= DEGRADED_US) {
        Finding::wrong(NAME, Status::Degraded, Fault::Customer, "receiver_fails")
    } else {
        Finding::ok(NAME)
    };
    finding.oldest_undone_us(undone_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_takes_up_is_our_fault() {
        let now_us = 10_000 * SECOND_US;
        let ago = |seconds: i64| Some(now_us - seconds * SECOND_US);
        let none = Oldest::default();
        for (oldest, status, fault, undone_s) in [
            (none, Status::Ok, None, None),
            (Oldest { ours_us: ago(5), ..none }, Status::Ok, None, Some(5)),
            (Oldest { ours_us: ago(60), ..none }, Status::Degraded, Some(Fault::Ours), Some(60)),
            (
                Oldest { ours_us: ago(900), theirs_us: ago(5000), ..none },
                Status::Failed,
                Some(Fault::Ours),
                Some(5000),
            ),
            (
                Oldest { overdue_us: ago(900), refused_us: ago(901), ..none },
                Status::Failed,
                Some(Fault::Ours),
                Some(901),
            ),
            (Oldest { theirs_us: ago(9000), ..none }, Status::Degraded, Some(Fault::Customer), Some(9000)),
            (
                Oldest { refused_us: ago(70), overdue_us: ago(-20), ..none },
                Status::Degraded,
                Some(Fault::Customer),
                Some(70),
            ),
        ] {
            let finding = finding(oldest, now_us);
            assert_eq!(
                (finding.status, finding.fault, finding.oldest_undone_s),
                (status, fault, undone_s),
                "{oldest:?}"
            );
        }
    }
}

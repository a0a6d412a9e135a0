//! How the subsystems are looked at that belong to no capability.

use std::io;

use super::report::{Fault, Finding, Status};
use crate::{app::App, capabilities::DUTIES, duties};

const SECOND_US: i64 = 1_000_000;
/// A phone that waits this long has a bad network or a slow server: somebody should look.
const QUEUE_DEGRADED_US: i64 = 5 * SECOND_US;
/// By now phones give up and come again.
const QUEUE_FAILED_US: i64 = 60 * SECOND_US;
/// A duty that was due this long ago is late.
const DUTY_DEGRADED_US: i64 = 600 * SECOND_US;
/// A duty that was due this long ago is not done at all.
const DUTY_FAILED_US: i64 = 24 * 3600 * SECOND_US;

/// Whether this replica can commit.
pub async fn database(app: &App) -> Finding {
    match app.health.can_commit(app).await {
        Ok(()) => Finding::ok("database"),
        Err(_) => Finding::wrong("database", Status::Failed, Fault::Ours, "commit_fails"),
    }
}

/// Whether what phones handed in waits too long.
pub fn log_queue(app: &App) -> Finding {
    queue(app.log.oldest_waiting_us())
}

fn queue(oldest_us: Option<i64>) -> Finding {
    late("log_queue", oldest_us, QUEUE_DEGRADED_US, QUEUE_FAILED_US)
}

/// Writes, reads and removes a small file: a folder that was unmounted, filled up or made read-only shows no other way.
/// Who gives the disk mends it; Campo itself fails with it, since no photo is taken in.
pub async fn files(app: &App) -> Finding {
    // A disk that hangs keeps its probe for ever: there is one at a time, in a task of its own.
    let Some(turn) = app.health.probe_turn() else {
        return Finding::wrong("files", Status::Failed, Fault::Ours, "no_answer");
    };
    let (store, name, now_us) = (app.store.clone(), app.environment.uuid(), app.environment.now_us());
    let probe = tokio::spawn(async move {
        let _turn = turn;
        store.probe(name, now_us).await
    });
    match probe.await.map_err(io::Error::other).and_then(|result| result) {
        Ok(()) => match app.store.is_low().await {
            Ok(true) => Finding::wrong("files", Status::Degraded, Fault::Operator, "storage_low"),
            _ => Finding::ok("files"),
        },
        Err(error) => {
            tracing::warn!(%error, "the file store cannot be written and read");
            Finding::wrong("files", Status::Failed, Fault::Ours, reason(&error))
        }
    }
}

fn reason(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "storage_full",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "not_writable",
        _ => "store_fails",
    }
}

/// The worst of all duties. Their instants are by the clocks of replicas, which is good enough for minutes.
pub async fn duties(app: &App) -> Finding {
    let Ok(done) = duties::done(app).await else {
        return Finding::wrong("duties", Status::Failed, Fault::Ours, "no_answer");
    };
    let now_us = app.environment.now_us();
    // One that this replica is not set up for is not its to judge: it may have been given up
    let known: Vec<_> = DUTIES
        .iter()
        .filter(|task| (task.is_set_up)(app))
        .filter_map(|task| Some((task, done.iter().find(|done| done.name == task.duty.name())?)))
        .collect();
    let overdue_us = known
        .iter()
        .filter_map(|(task, done)| {
            let due_us = done.done_us.saturating_add(task.every.as_micros() as i64);
            Some(now_us.saturating_sub(due_us)).filter(|late_us| *late_us > 0)
        })
        .max();
    let finding = late("duties", overdue_us, DUTY_DEGRADED_US, DUTY_FAILED_US);
    if finding.status == Status::Ok && known.iter().any(|(_, done)| done.problem.is_some()) {
        return Finding::wrong("duties", Status::Degraded, Fault::Ours, "run_failed")
            .oldest_undone_us(overdue_us);
    }
    finding
}

/// A subsystem whose work should not be old.
fn late(name: &'static str, oldest_us: Option<i64>, degraded_us: i64, failed_us: i64) -> Finding {
    let status = match oldest_us {
        Some(oldest_us) if oldest_us >= failed_us => Status::Failed,
        Some(oldest_us) if oldest_us >= degraded_us => Status::Degraded,
        _ => return Finding::ok(name).oldest_undone_us(oldest_us),
    };
    Finding::wrong(name, status, Fault::Ours, "waits_too_long").oldest_undone_us(oldest_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_disk_is_said() {
        for (kind, expected) in [
            (io::ErrorKind::StorageFull, "storage_full"),
            (io::ErrorKind::PermissionDenied, "not_writable"),
            (io::ErrorKind::NotFound, "store_fails"),
        ] {
            assert_eq!(reason(&kind.into()), expected);
        }
    }

    #[test]
    fn work_that_gets_old_degrades_and_then_fails_its_subsystem() {
        for (oldest_us, status, oldest_s) in [
            (None, Status::Ok, None),
            (Some(4_900_000), Status::Ok, Some(4)),
            (Some(5_000_000), Status::Degraded, Some(5)),
            (Some(60_000_000), Status::Failed, Some(60)),
        ] {
            let finding = queue(oldest_us);
            assert_eq!((finding.status, finding.oldest_undone_s), (status, oldest_s));
            assert_eq!(finding.fault.is_some(), status != Status::Ok);
        }
    }
}

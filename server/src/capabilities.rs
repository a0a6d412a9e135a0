//! What this release can do: the one registry, and the only module besides the commands that names every capability.
//!
//! What all capabilities stand on (`jobs`, `duties`, `health`, `access`, `api`) knows none of them: it is handed these
//! lists. The permissions, a closed list too, are in [`crate::access::permissions`].

use std::time::Duration;

use campo_protocol::model::{
    catalogue::CatalogueItem, employee::Employee, group::Group, non_working_days::NonWorkingDays, poi::Poi,
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    access::Duty,
    accounts,
    acts::{self, Undoer},
    api::problems,
    app::{App, Limits},
    calls, chains, channels, duties, entries, events, exchange, files, health, imports, installations, jobs,
    keys, live, mail, maps, messages, notices, notifications, objects, profiles, push, reference, retention,
    soap,
    supervise::{self, Companion},
    sweep, sync, tasks, timesheets, uploads, users,
};

/// Every route of every capability, each with its document.
pub fn routes(limits: &Limits) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accounts::routes())
        .merge(acts::routes())
        .merge(calls::routes())
        .merge(chains::routes())
        .merge(channels::routes())
        .merge(entries::routes())
        .merge(events::routes())
        .merge(exchange::routes())
        .merge(files::routes())
        .merge(health::routes())
        .merge(imports::routes(limits))
        .merge(installations::routes())
        .merge(keys::routes())
        .merge(live::routes())
        .merge(maps::routes())
        .merge(messages::routes())
        .merge(notices::routes())
        .merge(notifications::routes())
        .merge(objects::routes(limits))
        .merge(problems::routes())
        .merge(profiles::routes())
        .merge(push::routes())
        .merge(reference::routes())
        .merge(retention::routes())
        .merge(soap::routes(limits))
        .merge(sync::routes(limits))
        .merge(tasks::routes())
        .merge(timesheets::routes())
        .merge(uploads::routes())
        .merge(users::routes())
}

/// Every kind of background work of accounts.
pub const JOBS: &[jobs::Kind] = &[imports::JOB, acts::JOB, exchange::exports::JOB, exchange::remotes::JOB];

/// Every duty that Campo does by itself, with how it is done.
pub const DUTIES: &[duties::Task] = &[
    duties::Task {
        duty: Duty::CompleteEntries,
        every: Duration::from_mins(1),
        is_set_up: |_| true,
        run: |app| Box::pin(files::complete::duty(app)),
    },
    duties::Task {
        duty: Duty::RetireTasks,
        every: Duration::from_mins(10),
        is_set_up: |_| true,
        run: |app| Box::pin(tasks::retire::duty(app)),
    },
    duties::Task {
        duty: Duty::ExchangeFiles,
        every: Duration::from_secs(1),
        is_set_up: |_| true,
        run: |app| Box::pin(exchange::take::run(app)),
    },
    duties::Task {
        duty: Duty::WakePhones,
        every: Duration::from_mins(1),
        is_set_up: |app| !app.push.served().is_empty(),
        run: |app| Box::pin(push::wake_ups::duty(app)),
    },
    duties::Task {
        duty: Duty::SendMail,
        every: Duration::from_secs(5),
        is_set_up: |app| app.mail.is_some(),
        run: |app| Box::pin(mail::send::duty(app)),
    },
    duties::Task {
        duty: Duty::Erase,
        every: Duration::from_mins(10),
        is_set_up: |_| true,
        run: |app| Box::pin(retention::duty(app)),
    },
    duties::Task {
        duty: Duty::Sweep,
        every: Duration::from_mins(10),
        is_set_up: |_| true,
        run: |app| Box::pin(sweep::duty(app)),
    },
];

/// How each kind of thing is put back when an act is taken back.
pub const UNDOERS: &[Undoer] = &[
    Undoer {
        subject_kind: tasks::undo::SUBJECT,
        removes: false,
        run: |write, effects| Box::pin(tasks::undo::put_back(write, effects)),
    },
    objects::undo::undoer::<Poi>(),
    objects::undo::undoer::<Employee>(),
    objects::undo::undoer::<NonWorkingDays>(),
    objects::undo::undoer::<Group>(),
    objects::undo::undoer::<CatalogueItem>(),
];

/// Every subsystem that `/health` looks at.
pub const CHECKS: &[health::Check] = &[
    health::Check { name: "database", run: |app| Box::pin(health::checks::database(app)) },
    health::Check { name: "log_queue", run: |app| Box::pin(async { health::checks::log_queue(app) }) },
    health::Check { name: "duties", run: |app| Box::pin(health::checks::duties(app)) },
    health::Check { name: "background", run: |app| Box::pin(async { supervise::check(app) }) },
    health::Check { name: "files", run: |app| Box::pin(health::checks::files(app)) },
    health::Check { name: "notifications", run: |app| Box::pin(notifications::health::check(app)) },
    health::Check { name: "mail", run: |app| Box::pin(mail::health::check(app)) },
];

/// Everything that runs beside the API for as long as the process does.
pub const COMPANIONS: &[Companion] = &[
    Companion { name: "metrics", finishes: false, run: |app| Box::pin(app.metrics.keep(&app.environment)) },
    Companion { name: "duties", finishes: false, run: |app| Box::pin(duties::run(app, DUTIES)) },
    Companion { name: "jobs", finishes: false, run: |app| Box::pin(jobs::run(app, JOBS)) },
    Companion { name: "notifications", finishes: true, run: |app| Box::pin(notifications::run(app)) },
    Companion { name: "contacts", finishes: false, run: |app| Box::pin(app.contacts.keep(app)) },
    Companion { name: "live", finishes: false, run: |app| Box::pin(app.live.keep(app)) },
    Companion { name: "calls", finishes: false, run: |app| Box::pin(app.calls.keep(app)) },
    Companion { name: "awake_phones", finishes: false, run: |app| Box::pin(app.awake.keep(app)) },
];

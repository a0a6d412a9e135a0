//! A worker's day: clocks in, does every task that the office gives, takes a break, clocks out when the office says that
//! the day is over (a file `over` in the phone's folder), and ends when everything is sent.
//!
//! What was captured is named by what it is about, so that a life after a kill captures the same once more and gets the
//! same entry. Each entry is written into `journal.ndjson`, its bytes as they are, and synced after the capture returned.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Result;
use campo_mobile_core::{
    capture::{Action, Capture, Photo, TaskStep},
    core::{Core, enrolment::Device},
};
use campo_tests::{
    core_phone::{self, PIN},
    journal, visit, wait,
};
use uuid::Uuid;

use super::{PATIENCE, picture};

/// After so many tasks a worker takes a break.
const BREAK_AFTER: usize = 2;

/// Works until the day is over and everything is sent.
pub(crate) async fn work(folder: &Path, server: &str, code: &str, form: Uuid) -> Result<()> {
    let worker = Worker {
        core: core_phone::open(folder)?,
        folder: folder.to_owned(),
        journal: OpenOptions::new().create(true).append(true).open(folder.join(journal::FILE))?,
        form,
    };
    worker.begin(server, code).await?;
    let before = journal::read(folder)?;
    let mut done = before.iter().filter(|line| line.kind == "task.close").count();
    // A life may have ended between a capture and its line in the journal
    for task in journal::begun(&before) {
        worker.task(task)?;
        done += 1;
    }
    loop {
        let over = folder.join(journal::OVER).exists();
        let state = worker.core.sync_now().await;
        // The office gives no more tasks by now, and what it gave is here
        let is_last_look = over && state.trouble.is_none();
        while let Some(task) = worker.core.tasks()?.into_iter().find(|task| !task.status.is_terminal()) {
            worker.task(task.id)?;
            done += 1;
            if done >= BREAK_AFTER {
                worker.take_break()?;
            }
            if done % 3 == 0 {
                worker.core.sync_now().await;
            }
        }
        if is_last_look {
            break;
        }
    }
    worker.take_break()?;
    worker.capture("shift.end", Action::ShiftEnd)?;
    super::drain_core(&worker.core).await
}

struct Worker {
    core: Core,
    folder: PathBuf,
    journal: File,
    form: Uuid,
}

impl Worker {
    /// Becomes somebody and clocks in.
    async fn begin(&self, server: &str, code: &str) -> Result<()> {
        if self.core.enrolment()?.is_none() {
            let enrol = async || Ok(self.core.enrol(server, code, Device::default()).await.ok());
            wait::until("the enrolment", PATIENCE, enrol).await?;
        }
        if self.core.session()?.is_none() {
            let listed = async || {
                self.core.sync_now().await;
                Ok(self.core.roster()?.into_iter().next())
            };
            let employee = wait::until("the roster", PATIENCE, listed).await?;
            self.core.open_session("session", employee.id, PIN)?;
        }
        self.capture("shift.start", Action::ShiftStart)
    }

    /// Takes the break of the day.
    fn take_break(&self) -> Result<()> {
        self.capture("break.start", Action::BreakStart { kind: None })?;
        self.capture("break.end", Action::BreakEnd)
    }

    /// Does a task from its beginning to its end; what is done already is the same once more.
    fn task(&self, task: Uuid) -> Result<()> {
        let step = |name: &str, step| {
            self.capture(&format!("{name} {task}"), Action::Task { task, step, reason: None })
        };
        step("acknowledge", TaskStep::Acknowledge)?;
        step("start", TaskStep::Start)?;
        let form = self.form(task)?;
        self.capture(&format!("form {task}"), form)?;
        step("close", TaskStep::Close)
    }

    /// A form with a table, a photo and an empty value.
    fn form(&self, task: Uuid) -> Result<Action> {
        let file = self.core.take_file(&picture(&self.folder, "camera", &format!("{task} "))?)?;
        let photo =
            Photo { file, field: Some(visit::PICTURE.to_owned()), media_type: "image/jpeg".to_owned() };
        Ok(visit::filled(self.form, Some(task), photo, &[2]))
    }

    fn capture(&self, intent: &str, action: Action) -> Result<()> {
        let capture = Capture { intent: intent.to_owned(), session: None, action, place: None, note: None };
        let mut line = self.core.capture(capture)?.bytes;
        line.push(b'\n');
        (&self.journal).write_all(&line)?;
        Ok(self.journal.sync_data()?)
    }
}

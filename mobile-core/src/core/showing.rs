//! What screens show, for whoever works with the phone, at the platform's clock.

use campo_protocol::model::answers::FieldAnswer;
use uuid::Uuid;

use super::{Core, failure::Result};
use crate::{
    capture::form_draft,
    screens::{
        form::{Draft, FormOfTask, FormPage, FormState},
        home::HomePage,
        messages::MessageLine,
        my_time::TimePage,
        receipt::ReceiptPage,
        task_page::{Labelled, TaskPage},
        tasks::{Here, TaskRow},
        trays::TrayLine,
    },
};

impl Core {
    /// The first screen.
    pub fn home_page(&self, here: Option<Here>) -> Result<Option<HomePage>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.home_page(now_us, here))?)
    }

    /// The list of tasks.
    pub fn task_rows(&self, here: Option<Here>) -> Result<Vec<TaskRow>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.task_rows(now_us, here))?)
    }

    /// One task.
    pub fn task_page(&self, task: Uuid, here: Option<Here>) -> Result<Option<TaskPage>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.task_page(task, now_us, here))?)
    }

    /// The forms that may be filled without a task.
    pub fn forms(&self) -> Result<Vec<FormOfTask>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.forms(now_us))?)
    }

    /// A form with its draft.
    pub fn form_page(&self, form: Uuid, task: Option<Uuid>) -> Result<Option<FormPage>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.form_page(form, task, now_us))?)
    }

    /// Keeps the answers of an unfinished form, durably, and says how far they are. None when the phone does not hold
    /// the form.
    pub fn keep_form(&self, form: Uuid, task: Option<Uuid>, draft: &Draft) -> Result<Option<FormState>> {
        let body =
            serde_json::to_string(draft).map_err(|error| super::failure::CoreFailure::internal(&error))?;
        self.put_draft(&form_draft(task, form), &body)?;
        self.form_state(form, &draft.answers)
    }

    /// How far answers to a form are.
    pub fn form_state(&self, form: Uuid, answers: &[FieldAnswer]) -> Result<Option<FormState>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.form_state(form, answers, now_us))?)
    }

    /// Throws the answers of an unfinished form away.
    pub fn discard_form(&self, form: Uuid, task: Option<Uuid>) -> Result<()> {
        self.remove_draft(&form_draft(task, form))
    }

    /// The messages, the oldest first.
    pub fn messages(&self) -> Result<Vec<MessageLine>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.messages(now_us))?)
    }

    /// Every message that is there was read; the office learns it.
    pub fn note_messages_read(&self) -> Result<()> {
        let moment = self.environment.moment();
        let captured = self.writer.write(move |store| Ok(store.note_messages_read(&moment)))??;
        self.tell_of(captured.as_ref());
        Ok(())
    }

    /// A week of one's own time.
    pub fn time_page(&self, weeks_ago: u32, day: Option<u32>) -> Result<Option<TimePage>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.time_page(now_us, weeks_ago, day))?)
    }

    /// The receipt of an entry.
    pub fn receipt_page(&self, entry: Uuid) -> Result<Option<ReceiptPage>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.receipt_page(entry, now_us))?)
    }

    /// What lies in the trays.
    pub fn trays(&self) -> Result<Vec<TrayLine>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.trays(now_us))?)
    }

    /// What this phone is and holds.
    pub fn diagnostics(&self) -> Result<Vec<Labelled>> {
        let now_us = self.environment.now_us();
        Ok(self.writer.read(|store| store.diagnostics(now_us))?)
    }

    /// Reads a file of the file space whole; none for one that is not here.
    pub fn file(&self, hash: &str) -> Result<Option<Vec<u8>>> {
        match self.space.size_bytes(hash) {
            Ok(size_bytes) => Ok(Some(self.space.read(hash, 0, size_bytes)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

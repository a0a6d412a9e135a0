//! Messages between a worker and the office.

use std::collections::BTreeSet;

use campo_protocol::{entry::Entry, scope::Scope};
use serde::Deserialize;
use uuid::Uuid;

use super::worker::Worker;
use crate::{
    capture::session::Session,
    store::{
        Store,
        failure::Result,
        settings::{self, name},
    },
};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MessageLine {
    /// Its entry
    pub id: String,
    /// True when the office wrote it
    pub from_office: bool,
    /// What it says
    pub text: String,
    /// `10:42`, `ayer, 10:42`
    pub when: String,
    /// The task that it is about
    pub task: Option<String>,
    /// True once the server has it
    pub received: bool,
    /// True when it was not read here before
    pub unread: bool,
}

#[derive(Deserialize)]
struct MessageDocument {
    id: Uuid,
    #[serde(default)]
    direction: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    task: Option<Uuid>,
    #[serde(default)]
    sent_us: i64,
}

#[derive(Deserialize)]
struct WrittenBody {
    #[serde(default)]
    text: String,
}

impl MessageDocument {
    fn is_from_office(&self) -> bool {
        self.direction == "to_employee"
    }
}

impl Store {
    /// The messages of whoever works with the phone, the oldest first.
    pub fn messages(&self, now_us: i64) -> Result<Vec<MessageLine>> {
        let Some(worker) = self.worker(now_us)? else { return Ok(Vec::new()) };
        let read_us = self.read_up_to(&worker.session)?;
        let mut lines = Vec::new();
        let mut known = BTreeSet::new();
        for document in self.message_documents(worker.session.employee)? {
            known.insert(document.id);
            let line = MessageLine {
                id: document.id.to_string(),
                from_office: document.is_from_office(),
                when: worker.dates.when(document.sent_us),
                task: document.task.map(|task| task.to_string()),
                received: true,
                unread: document.is_from_office() && document.sent_us > read_us,
                text: document.text,
            };
            lines.push((document.sent_us, line));
        }
        let from_us = now_us.saturating_sub(super::shift::REACH_US);
        for entry in self.entries_since(worker.session.employee, from_us)? {
            if entry.kind != "message" || known.contains(&entry.id) {
                continue;
            }
            let Ok(written) = serde_json::from_slice::<Entry>(&entry.bytes) else { continue };
            let body = written.body.as_deref().map(serde_json::value::RawValue::get).unwrap_or_default();
            let at_us = entry.occurred_at_us.unwrap_or(entry.captured_us);
            let line = MessageLine {
                id: entry.id.to_string(),
                from_office: false,
                text: serde_json::from_str::<WrittenBody>(body).map(|body| body.text).unwrap_or_default(),
                when: worker.dates.when(at_us),
                task: entry.task.map(|task| task.to_string()),
                received: entry.state == "settled",
                unread: false,
            };
            lines.push((at_us, line));
        }
        lines.sort_by_key(|(at_us, _)| *at_us);
        Ok(lines.into_iter().map(|(_, line)| line).collect())
    }

    pub(crate) fn unread_messages(&self, worker: &Worker) -> Result<u32> {
        Ok(self.unread_of(&worker.session)?.len() as u32)
    }

    /// The messages of the office that were not read here, the oldest first: their ids, and when they were sent.
    pub(crate) fn unread_of(&self, session: &Session) -> Result<Vec<(Uuid, i64)>> {
        let read_us = self.read_up_to(session)?;
        let mut unread: Vec<_> = self
            .message_documents(session.employee)?
            .into_iter()
            .filter(|document| document.is_from_office() && document.sent_us > read_us)
            .map(|document| (document.id, document.sent_us))
            .collect();
        unread.sort_by_key(|(id, sent_us)| (*sent_us, *id));
        Ok(unread)
    }

    fn read_up_to(&self, session: &Session) -> Result<i64> {
        Ok(settings::get(self.read(), &read_name(session.employee))?.unwrap_or(i64::MIN))
    }

    fn message_documents(&self, employee: Uuid) -> Result<Vec<MessageDocument>> {
        let objects = self.objects(&Scope::Employee(employee), "message")?;
        Ok(objects.iter().filter_map(|object| serde_json::from_slice(&object.body).ok()).collect())
    }
}

/// The setting that says up to when an employee has read messages.
pub(crate) fn read_name(employee: Uuid) -> String {
    settings::of_earlier(name::MESSAGES_READ, employee)
}

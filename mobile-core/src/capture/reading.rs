//! Messages of the office that were read: the office learns which, and when.

use campo_protocol::{entry::Kind, message::MessagesRead};
use uuid::Uuid;

use super::{
    Captured,
    entry::{Fact, already, write},
    failure::CaptureFailure,
    session::fact,
};
use crate::{
    environment::Moment,
    screens::messages::read_name,
    store::{Store, settings},
};

impl Store {
    /// Whoever works with the phone has read every message that is there: they are no longer unread, and an entry tells the
    /// office. None when there was nothing new to read.
    pub fn note_messages_read(&mut self, moment: &Moment) -> Result<Option<Captured>, CaptureFailure> {
        let Some(session) = self.session()? else { return Ok(None) };
        let unread = self.unread_of(&session)?;
        let Some((newest, last_us)) = unread.last().copied() else { return Ok(None) };
        let intent = format!("read/{}/{newest}", session.employee);
        let mut messages: Vec<Uuid> = unread.into_iter().map(|(id, _)| id).collect();
        // Whoever has read the last of hundreds is not asked about the first
        messages.drain(..messages.len().saturating_sub(MessagesRead::MAX));
        let body = Some(serde_json::to_value(MessagesRead { messages })?);
        let fact = Fact { body, ..fact(Kind::MessageRead, &session) };
        let transaction = self.begin()?;
        let captured = match already(&transaction, &intent)? {
            Some(captured) => captured,
            None => write(&transaction, moment, &intent, fact)?,
        };
        settings::set(&transaction, &read_name(session.employee), &last_us)?;
        transaction.commit()?;
        Ok(Some(captured))
    }
}

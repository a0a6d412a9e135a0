//! The settings of a channel by mail.

use campo_protocol::faults::{Faults, pointer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::target::check_file_name;
use crate::mail;

/// The most recipients of one channel.
const MOST: usize = 20;

/// Mail to people, one for each event, with its document attached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ChannelMail)]
pub struct MailTarget {
    /// The addresses to which it goes, 1 to 20. Each is sent a link, and nothing else until its owner has followed that.
    /// All stand in the mail, so that each reader sees the others
    #[schema(example = json!(["avisos@example.com"]))]
    #[serde(default)]
    pub recipients: Vec<String>,
    /// The names of the attached files: `{EntryGuid}` is the id of the entry of OfficeTrack's document, of the event where
    /// the document is Campo's; `{n}` the position of the event, `{fecha:yyyyMMdd}` its day in the account's zone. One of
    /// the first two is needed
    #[schema(example = "{EntryGuid}.xml")]
    pub file_name: String,
}

impl MailTarget {
    /// As the column `target` holds it: addresses are rows of their own.
    pub(super) fn stored(&self) -> Self {
        Self { recipients: Vec::new(), file_name: self.file_name.clone() }
    }

    /// Writes its addresses in one way.
    pub(super) fn tidy(&mut self) {
        for email in &mut self.recipients {
            *email = email.trim().to_owned();
        }
        self.recipients.sort_unstable();
    }

    pub(super) fn check(&self, faults: &mut Faults) {
        check_file_name("/mail/file_name", &self.file_name, faults);
        if self.recipients.is_empty() {
            faults.add("/mail/recipients", "required", "", "one e-mail address");
        }
        faults.check_count("/mail/recipients", self.recipients.len(), MOST);
        for (index, email) in self.recipients.iter().enumerate() {
            mail::check_address(&pointer("/mail/recipients", index), email, faults);
        }
        let folded: Vec<String> = self.recipients.iter().map(|email| email.to_lowercase()).collect();
        faults.check_unique(folded.iter().map(String::as_str), |index| pointer("/mail/recipients", index));
    }
}

//! The ways by which events leave: one function delivers, whatever the way. Chains, cursors, leases and tries know
//! nothing of them.

mod http;

use uuid::Uuid;

use crate::{
    app::App,
    channels::{secrets::ChannelSecrets, target::Target},
};

/// The most characters of an answer that are kept.
const ANSWER_CHARACTERS: usize = 300;

/// What is delivered: the same bytes on every try.
#[derive(Debug)]
pub struct Parcel {
    /// The event's id
    pub id: Uuid,
    /// What kind of document it is
    pub media_type: &'static str,
    /// The document
    pub document: Vec<u8>,
}

/// Why a receiver did not take an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct Failure {
    /// A stable word: the name of a [`crate::outbound::SendError`], or `status_` and the status
    pub problem: String,
    /// The status of the answer
    pub status: Option<i64>,
    /// How the answer begins, without secrets
    pub answer: Option<String>,
    /// Nobody was there who could have judged the event
    pub is_down: bool,
    /// It says something of the receiver, and nothing of this event alone
    pub is_general: bool,
    /// The receiver is gone for good
    pub is_gone: bool,
    /// How long the receiver asks to be left alone
    pub asked_us: Option<i64>,
}

impl Target {
    /// Delivers one document. Only the instant of the try, and with it a signature, is new on another try.
    pub async fn deliver(&self, app: &App, secrets: &ChannelSecrets, parcel: Parcel) -> Result<(), Failure> {
        match self {
            Self::Http(target) => http::deliver(target, app, secrets, parcel).await,
        }
    }
}

/// How an answer begins, as people may see it.
fn shown(body: &[u8], secrets: &ChannelSecrets) -> String {
    let text = secrets.redact(&String::from_utf8_lossy(body));
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.take(ANSWER_CHARACTERS).collect::<String>().trim().to_owned()
}

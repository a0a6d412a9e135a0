//! The ways by which events leave: one function delivers, whatever the way. Chains, cursors, leases and tries know
//! nothing of them.

mod folder;
mod http;
mod mail;

use std::time::Duration;

use campo_file_names::NameTemplate;
use uuid::Uuid;

use crate::{
    app::App,
    channels::{
        secrets::ChannelSecrets,
        target::{Document, Receiver, Target},
    },
    exchange::{placing::moment, results},
    problem::{Problem, Result},
};

/// The most characters of an answer that are kept.
const ANSWER_CHARACTERS: usize = 300;

/// What is delivered: the same bytes on every try.
#[derive(Debug)]
pub struct Parcel {
    /// Of which event
    pub about: About,
    /// What kind of document it is
    pub media_type: &'static str,
    /// The document
    pub document: Vec<u8>,
    /// How long the receiver may take
    pub within: Duration,
}

/// The event of which a document is.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Its id
    pub id: Uuid,
    /// Its position in the log of events
    pub position: i64,
    /// The id of what it is about
    pub subject: Uuid,
    /// When it was made
    pub created_us: i64,
}

/// Why a receiver did not take an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    pub async fn deliver(
        &self,
        app: &App,
        receiver: &Receiver,
        parcel: Parcel,
    ) -> std::result::Result<(), Failure> {
        match self {
            Self::Http(target) => http::deliver(target, app, &receiver.secrets, parcel).await,
            Self::Folder(target) => folder::deliver(target, app, receiver, parcel).await,
            Self::Mail(target) => mail::deliver(target, app, receiver, parcel).await,
        }
    }
}

/// The name of the file of an event, in the account's zone.
async fn file_name(app: &App, receiver: &Receiver, about: About, template: &str) -> Result<String> {
    let is_entry = matches!(receiver.settings.document, Document::OfficeTrack(_));
    let named = if is_entry { about.subject } else { about.id };
    let zone = results::zone(app, receiver.account).await?;
    let template = NameTemplate::parse(template).map_err(Problem::internal)?;
    Ok(template.name(moment(&zone, about.created_us)?, about.position, &named.to_string()))
}

/// How an answer begins, as people may see it.
fn shown(body: &[u8], secrets: &ChannelSecrets) -> String {
    let text = secrets.redact(&String::from_utf8_lossy(body));
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.take(ANSWER_CHARACTERS).collect::<String>().trim().to_owned()
}

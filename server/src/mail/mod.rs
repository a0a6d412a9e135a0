//! Mail by the operator's server alone: to users, links that confirm an address or set a password anew, and notices; to the
//! recipients of channels, a link and then the documents of events.
//!
//! What is to be sent is a row that names its subject, and never what is said: that is made when it is sent, so that no
//! table holds a link's secret, and what is no longer true is not sent. A mail that could not be sent waits; nothing is
//! lost while the server is down.

mod address;
pub mod health;
pub mod letter;
mod link;
mod message;
mod notices;
mod recipient;
pub mod send;
mod settings;
pub(crate) mod smtp;

pub use address::check_address;
pub use link::{Found, Link, Purpose, find, forget, queue_confirmation, queue_reset, use_up};
pub use recipient::{confirm_recipient, find_recipient, queue_recipient};
pub use settings::{SECURITY, Security, Settings, SettingsError};

pub use lettre::message::Mailbox;

use crate::app::App;

const HOUR_US: i64 = 3600 * 1_000_000;
/// The kind of mails of notices.
const NOTICE: &str = "notice";
/// The kind of mails of events.
const EVENT: &str = "event";

/// Every kind of mail, each with its texts in `texts`.
pub const KINDS: &[&str] = &[
    Purpose::ConfirmEmail.name(),
    Purpose::ResetPassword.name(),
    Purpose::ConfirmRecipient.name(),
    NOTICE,
    EVENT,
];

/// The address under which people reach this server, where mail with links can be sent from it.
pub fn links_to(app: &App) -> Option<&str> {
    app.mail.as_ref()?;
    app.limits.public_url.as_deref().map(|url| url.trim_end_matches('/'))
}

//! Mail to users, by the operator's server alone: links that confirm an address or set a password anew, and notices.
//!
//! What is to be sent is a row that names its subject, and never what is said: that is made when it is sent, so that no
//! table holds a link's secret, and what is no longer true is not sent. A mail that could not be sent waits; nothing is
//! lost while the server is down.

pub mod health;
mod link;
mod message;
mod notices;
pub mod send;
mod settings;
mod smtp;

pub use link::{Found, Link, Purpose, find, forget, queue_confirmation, queue_reset, use_up};
pub use settings::{SECURITY, Security, Settings, SettingsError};

pub use lettre::message::Mailbox;

use crate::app::App;

const HOUR_US: i64 = 3600 * 1_000_000;
/// The kind of mails of notices.
const NOTICE: &str = "notice";

/// Every kind of mail, each with its texts in `texts`.
pub const KINDS: &[&str] = &[Purpose::ConfirmEmail.name(), Purpose::ResetPassword.name(), NOTICE];

/// The address under which people reach this server, where mail with links can be sent from it.
pub fn links_to(app: &App) -> Option<&str> {
    app.mail.as_ref()?;
    app.limits.public_url.as_deref().map(|url| url.trim_end_matches('/'))
}

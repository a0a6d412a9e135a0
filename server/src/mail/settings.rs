//! The mail server that the settings name.

use std::{path::PathBuf, sync::Arc};

use lettre::message::Mailbox;
use tokio::sync::Semaphore;

use crate::{
    config::Config,
    outbound::{Outbound, names_authority},
    secrets::Secret,
};

/// How many mails of channels are on their way at a time, of all accounts.
const SIDE_BY_SIDE: usize = 4;

/// How a connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// By TLS that is begun within it; a server that does not offer it is refused
    StartTls,
    /// By TLS from the first byte
    Tls,
    /// Not at all
    None,
}

/// What each is called in settings.
pub const SECURITY: &[(&str, Security)] =
    &[("start_tls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)];

/// Why mail cannot be sent as it is set.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A setting without which the others are of no use
    #[error("{missing} is missing: with {with} it must be set")]
    Missing {
        /// The setting that is missing
        missing: &'static str,
        /// The setting that needs it
        with: &'static str,
    },
    /// The file of authorities cannot be read
    #[error("{path} (smtp_authority_file) cannot be read")]
    File {
        /// The file
        path: PathBuf,
        /// What the operating system says
        source: std::io::Error,
    },
    /// The file of authorities holds none
    #[error("{0} (smtp_authority_file) holds no certificates in PEM")]
    NoAuthority(PathBuf),
}

/// By which server mail is sent, and from whom it comes.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server
    pub host: String,
    /// Its port
    pub port: u16,
    /// How the connection is protected
    pub security: Security,
    /// With what Campo logs in there, if it does
    pub credentials: Option<(String, Secret)>,
    /// Who may have signed its certificate besides those whom everybody trusts: certificates, PEM
    pub authority: Option<String>,
    /// From whom mail comes
    pub sender: Mailbox,
    /// How many mails are sent for one account within 24 hours
    pub account_mails: i64,
    /// Whose turn it is to have a mail of a channel on its way
    pub(crate) turns: Arc<Semaphore>,
    pub(super) outbound: Outbound,
}

impl Settings {
    /// A server that asks for no log-in.
    pub fn new(host: &str, port: u16, security: Security, sender: Mailbox) -> Self {
        Self {
            host: host.to_owned(),
            port,
            security,
            credentials: None,
            authority: None,
            sender,
            account_mails: 500,
            turns: Arc::new(Semaphore::new(SIDE_BY_SIDE)),
            outbound: Outbound::of_operator(),
        }
    }

    /// What the settings of the process say; nothing where they name no server.
    pub fn load(config: &Config) -> Result<Option<Self>, SettingsError> {
        let Some(host) = &config.smtp_host else { return Ok(None) };
        let missing = |missing, with| SettingsError::Missing { missing, with };
        let sender = config.smtp_sender.clone().ok_or_else(|| missing("smtp_sender", "smtp_host"))?;
        let credentials = match (&config.smtp_user, &config.smtp_password) {
            (Some(user), Some(password)) => Some((user.clone(), password.clone())),
            (Some(_), None) => return Err(missing("smtp_password", "smtp_user")),
            (None, Some(_)) => return Err(missing("smtp_user", "smtp_password")),
            (None, None) => None,
        };
        let authority = match &config.smtp_authority_file {
            Some(path) => {
                let read = std::fs::read_to_string(path);
                let pem = read.map_err(|source| SettingsError::File { path: path.clone(), source })?;
                if !names_authority(&pem) {
                    return Err(SettingsError::NoAuthority(path.clone()));
                }
                Some(pem)
            }
            None => None,
        };
        if config.public_url.is_none() {
            tracing::warn!("public_url is not set: no link can be sent by mail");
        }
        Ok(Some(Self {
            credentials,
            authority,
            account_mails: config.smtp_account_mails,
            ..Self::new(host, config.smtp_port, config.smtp_security, sender)
        }))
    }
}

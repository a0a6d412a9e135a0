//! SFTP.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use russh::{
    Disconnect, MethodKind, SshId,
    client::{self, AuthResult, Handle, KeyboardInteractiveAuthResponse},
    keys::{HashAlg, PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate, decode_secret_key},
};
use russh_sftp::{
    client::{Config, SftpSession, error::Error, fs::File},
    protocol::{FileAttributes, StatusCode},
};
use tokio::net::TcpStream;

use crate::{Cause, Credential, Fault, Item, MOST_LISTED, Server, Step, in_time, is_name};

/// Questions of a server that are answered with the password.
const QUESTIONS: usize = 3;

pub(crate) struct Sftp {
    ssh: Handle<Guard>,
    files: SftpSession,
}

/// Sees that the server is the one that was accepted.
struct Guard {
    accepted: Option<String>,
    seen: Arc<Mutex<Option<String>>>,
}

impl client::Handler for Guard {
    type Error = russh::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        let key = match key {
            PublicKeyOrCertificate::PublicKey { key, .. } => key.clone(),
            PublicKeyOrCertificate::Certificate(certificate) => {
                PublicKey::from(certificate.public_key().clone())
            }
        };
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        let fits = self.accepted.as_ref().is_none_or(|accepted| *accepted == fingerprint);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(fingerprint);
        Ok(fits)
    }
}

impl Sftp {
    pub(crate) async fn open(stream: TcpStream, server: &Server) -> Result<(Self, String), Fault> {
        let patience = server.patience;
        let config = client::Config {
            client_id: SshId::Standard("SSH-2.0-Campo".into()),
            inactivity_timeout: Some(patience),
            ..client::Config::default()
        };
        let seen = Arc::new(Mutex::new(None));
        let guard = Guard { accepted: server.accepted.clone(), seen: Arc::clone(&seen) };
        let take = || seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let connecting = async {
            client::connect_stream(Arc::new(config), stream, guard).await.map_err(|error| match take() {
                Some(found) if server.accepted.as_ref().is_some_and(|accepted| *accepted != found) => {
                    Fault::new(Step::Identity, Cause::Changed(found))
                }
                _ => Fault::said(Step::Greeting, Cause::BrokenOff, &error.to_string()),
            })
        };
        let mut ssh = in_time(patience, Step::Greeting, connecting).await?;
        in_time(patience, Step::LogIn, log_in(&mut ssh, server)).await?;
        let files = in_time(patience, Step::LogIn, subsystem(&ssh, patience)).await?;
        Ok((Self { ssh, files }, take().unwrap_or_default()))
    }

    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<Item>, Fault> {
        let folder = if folder.is_empty() { "." } else { folder };
        let found = self.files.read_dir(folder).await.map_err(|error| fault(Step::List, &error))?;
        let mut items = Vec::new();
        for one in found {
            let (name, about) = (one.file_name(), one.metadata());
            if !about.file_type().is_file() || !is_name(&name) {
                continue;
            }
            if items.len() >= MOST_LISTED {
                return Err(Fault::new(Step::List, Cause::TooMuch));
            }
            items.push(Item {
                name,
                size_bytes: about.size.unwrap_or(0),
                modified_s: about.mtime.map(i64::from),
            });
        }
        Ok(items)
    }

    pub(crate) async fn size(&self, path: &str) -> Result<Option<u64>, Fault> {
        match self.files.metadata(path).await {
            Ok(about) => Ok(Some(about.size.unwrap_or(0))),
            Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(None),
            Err(error) => Err(fault(Step::Verify, &error)),
        }
    }

    pub(crate) async fn read(&self, path: &str) -> Result<File, Fault> {
        self.files.open(path).await.map_err(|error| fault(Step::Read, &error))
    }

    pub(crate) async fn write(&self, path: &str) -> Result<File, Fault> {
        use russh_sftp::protocol::OpenFlags;
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let opened = self.files.open_with_flags_and_attributes(path, flags, FileAttributes::empty()).await;
        opened.map_err(|error| fault(Step::Write, &error))
    }

    pub(crate) async fn rename(&self, from: &str, to: &str) -> Result<(), Fault> {
        self.files.rename(from, to).await.map_err(|error| fault(Step::Rename, &error))
    }

    pub(crate) async fn remove(&self, path: &str) -> Result<(), Fault> {
        self.files.remove_file(path).await.map_err(|error| fault(Step::Remove, &error))
    }

    pub(crate) async fn close(&self) {
        // It is over either way
        let _ = self.files.close().await;
        let _ = self.ssh.disconnect(Disconnect::ByApplication, "", "").await;
    }
}

async fn log_in(ssh: &mut Handle<Guard>, server: &Server) -> Result<(), Fault> {
    let broken = |error: russh::Error| Fault::said(Step::LogIn, Cause::BrokenOff, &error.to_string());
    let answer = match &server.credential {
        Credential::Password(password) => {
            let answer = ssh.authenticate_password(&*server.user, password.as_str()).await.map_err(broken)?;
            match &answer {
                AuthResult::Failure { remaining_methods, .. }
                    if remaining_methods.contains(&MethodKind::KeyboardInteractive) =>
                {
                    return by_questions(ssh, &server.user, password).await;
                }
                _ => answer,
            }
        }
        Credential::Key(text, passphrase) => {
            let key = decode_secret_key(text, passphrase.as_ref().map(|phrase| phrase.as_str()));
            let key = key.map_err(|_| Fault::new(Step::LogIn, Cause::UnreadableKey))?;
            let hash = if key.algorithm().is_rsa() {
                ssh.best_supported_rsa_hash().await.map_err(broken)?.flatten()
            } else {
                None
            };
            let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
            ssh.authenticate_publickey(&*server.user, key).await.map_err(broken)?
        }
    };
    if answer.success() { Ok(()) } else { Err(Fault::new(Step::LogIn, Cause::Refused)) }
}

/// Servers that ask for the password instead of taking it.
async fn by_questions(ssh: &mut Handle<Guard>, user: &str, password: &str) -> Result<(), Fault> {
    let broken = |error: russh::Error| Fault::said(Step::LogIn, Cause::BrokenOff, &error.to_string());
    let mut answer = ssh.authenticate_keyboard_interactive_start(user, None).await.map_err(broken)?;
    for _ in 0..QUESTIONS {
        match answer {
            KeyboardInteractiveAuthResponse::Success => return Ok(()),
            KeyboardInteractiveAuthResponse::Failure { .. } => break,
            KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => {
                let answers = prompts.iter().map(|_| password.to_owned()).collect();
                answer = ssh.authenticate_keyboard_interactive_respond(answers).await.map_err(broken)?;
            }
        }
    }
    Err(Fault::new(Step::LogIn, Cause::Refused))
}

async fn subsystem(ssh: &Handle<Guard>, patience: Duration) -> Result<SftpSession, Fault> {
    let broken = |error: russh::Error| Fault::said(Step::LogIn, Cause::Refused, &error.to_string());
    let channel = ssh.channel_open_session().await.map_err(broken)?;
    channel.request_subsystem(true, "sftp").await.map_err(broken)?;
    let config = Config { request_timeout_secs: patience.as_secs().max(1), ..Config::default() };
    let begun = SftpSession::new_with_config(channel.into_stream(), config).await;
    begun.map_err(|error| fault(Step::LogIn, &error))
}

pub(crate) fn fault(step: Step, error: &Error) -> Fault {
    let cause = match error {
        Error::Status(status) => match status.status_code {
            StatusCode::NoSuchFile => Cause::NotFound,
            StatusCode::NoConnection | StatusCode::ConnectionLost => Cause::BrokenOff,
            _ => Cause::Refused,
        },
        Error::Timeout => Cause::TimedOut,
        _ => Cause::BrokenOff,
    };
    Fault::said(step, cause, &error.to_string())
}

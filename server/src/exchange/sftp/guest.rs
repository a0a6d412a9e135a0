//! One SSH connection: who logs in, and the one subsystem that is spoken.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use russh::{
    Channel, ChannelId, Error, Pty,
    server::{Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey},
};
use tokio::sync::mpsc::Sender;

use super::files;
use crate::{
    app::App,
    exchange::{
        hosted::{self, Door, Hosted},
        ssh_keys::fingerprint,
    },
    problem::{Code, Result},
};

/// Channels of one connection.
const CHANNELS: usize = 8;

/// Whoever is connected.
pub(super) struct Guest {
    app: App,
    address: IpAddr,
    hosted: Option<Hosted>,
    entered: Arc<AtomicBool>,
    /// Those for which no subsystem was asked yet
    channels: HashMap<ChannelId, Channel<Msg>>,
    opened: usize,
    /// Held by everything that works for this connection
    at_work: Sender<Infallible>,
}

impl Guest {
    /// `at_work` is closed when nothing works for this connection any more.
    pub(super) fn new(app: App, address: IpAddr, at_work: Sender<Infallible>) -> Self {
        let (hosted, entered, channels) = (None, Arc::default(), HashMap::new());
        Self { app, address, hosted, entered, channels, opened: 0, at_work }
    }

    /// Set once somebody logged in.
    pub(super) fn entered(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.entered)
    }

    fn enter(&mut self, hosted: Result<Hosted>, user: &str) -> Auth {
        match hosted {
            Ok(hosted) => {
                tracing::info!(account = hosted.account, key = %hosted.key, address = %self.address, "logged in by SFTP");
                self.hosted = Some(hosted);
                self.entered.store(true, Ordering::Release);
                Auth::Accept
            }
            Err(problem) => {
                if problem.code() != Code::CredentialsWrong {
                    let user: String = user.chars().take(40).collect();
                    tracing::warn!(%problem, user, address = %self.address, "nobody could log in by SFTP");
                }
                Auth::reject()
            }
        }
    }
}

impl Handler for Guest {
    type Error = Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Error> {
        let hosted = hosted::by_password(&self.app, Door::Sftp, Some(self.address), user, password).await;
        Ok(self.enter(hosted, user))
    }

    async fn auth_publickey_offered(&mut self, user: &str, offer: PublicKeyOffer<'_>) -> Result<Auth, Error> {
        let fingerprint = fingerprint(offer.public_key);
        let known = hosted::with_ssh_key(&self.app, Some(self.address), user, &fingerprint).await;
        Ok(if matches!(known, Ok(Some(_))) { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Error> {
        let fingerprint = fingerprint(key.public_key);
        let hosted = hosted::by_ssh_key(&self.app, Some(self.address), user, &fingerprint).await;
        Ok(self.enter(hosted, user))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Error> {
        // Dropped, it refuses the channel
        if self.opened < CHANNELS {
            self.opened += 1;
            self.channels.insert(channel.id(), channel);
            reply.accept().await;
        }
        Ok(())
    }

    async fn channel_eof(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), Error> {
        session.close(channel)
    }

    async fn channel_close(&mut self, channel: ChannelId, _session: &mut Session) -> Result<(), Error> {
        self.channels.remove(&channel);
        self.opened = self.opened.saturating_sub(1);
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), Error> {
        let channel = if name == "sftp" { self.channels.remove(&id) } else { None };
        match (channel, self.hosted.clone()) {
            (Some(channel), Some(hosted)) => {
                session.channel_success(id)?;
                let at_work = self.at_work.clone();
                tokio::spawn(async move {
                    files::serve(channel.into_stream(), hosted).await;
                    drop(at_work);
                });
                Ok(())
            }
            _ => session.channel_failure(id),
        }
    }

    // Programs ask for more than files (rclone for `md5sum`) and wait until they are told that there is no such thing

    async fn exec_request(&mut self, id: ChannelId, _: &[u8], session: &mut Session) -> Result<(), Error> {
        session.channel_failure(id)
    }

    async fn shell_request(&mut self, id: ChannelId, session: &mut Session) -> Result<(), Error> {
        session.channel_failure(id)
    }

    async fn pty_request(
        &mut self,
        id: ChannelId,
        _term: &str,
        _columns: u32,
        _rows: u32,
        _width: u32,
        _height: u32,
        _modes: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Error> {
        session.channel_failure(id)
    }

    async fn env_request(
        &mut self,
        id: ChannelId,
        _name: &str,
        _value: &str,
        session: &mut Session,
    ) -> Result<(), Error> {
        session.channel_failure(id)
    }

    async fn x11_request(
        &mut self,
        id: ChannelId,
        _single_connection: bool,
        _protocol: &str,
        _cookie: &str,
        _screen: u32,
        session: &mut Session,
    ) -> Result<(), Error> {
        session.channel_failure(id)
    }
}

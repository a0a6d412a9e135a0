//! SFTP as a door to the folders of a key: an SSH server that knows the subsystem `sftp` and nothing else. Off unless
//! the operator names an address.

mod files;
mod guest;
mod host_key;

use std::{
    net::IpAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use russh::{
    Disconnect, MethodKind, MethodSet, SshId,
    server::{self, Config},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
};

use self::guest::Guest;
use crate::{app::App, problem::Result};

pub use host_key::fingerprint;

/// Connections at a time; more wait to be accepted.
const CONNECTIONS: usize = 1000;
/// How long somebody may take to log in.
const LOGIN_TIME: Duration = Duration::from_mins(1);
/// How long a connection may be silent.
const IDLE_TIME: Duration = Duration::from_mins(10);
/// How long a wrong password takes at least.
const REJECTION_TIME: Duration = Duration::from_secs(1);

/// Answers SFTP for ever.
pub async fn serve(app: App, listener: TcpListener) -> Result<()> {
    let config = Arc::new(Config {
        server_id: SshId::Standard(concat!("SSH-2.0-Campo_", env!("CARGO_PKG_VERSION")).into()),
        methods: MethodSet::from(&[MethodKind::PublicKey, MethodKind::Password][..]),
        auth_rejection_time: REJECTION_TIME,
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![host_key::load(&app).await?],
        max_auth_attempts: 6,
        inactivity_timeout: Some(IDLE_TIME),
        ..Config::default()
    });
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // The semaphore is never closed
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return Ok(()) };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection to SFTP was not accepted");
                app.environment.sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let address = peer.ip().to_canonical();
        if !app.connections.enter(address) {
            continue;
        }
        let (app, config) = (app.clone(), Arc::clone(&config));
        tokio::spawn(async move {
            let (at_work, mut over) = mpsc::channel(1);
            connection(&app, Guest::new(app.clone(), address, at_work), config, stream, address).await;
            // What a client sent before it left is written still
            over.recv().await;
            app.connections.leave(address);
            drop(permit);
        });
    }
}

async fn connection(app: &App, guest: Guest, config: Arc<Config>, stream: TcpStream, address: IpAddr) {
    // With Nagle's algorithm an upload is forty times slower
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let entered = guest.entered();
    let begun = tokio::select! {
        begun = server::run_stream(config, stream, guest) => begun,
        () = app.environment.sleep(LOGIN_TIME) => return,
    };
    let Ok(mut session) = begun else { return };
    let handle = session.handle();
    let ended = tokio::select! {
        ended = &mut session => Some(ended),
        () = app.environment.sleep(LOGIN_TIME) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None if entered.load(Ordering::Acquire) => session.await,
        None => {
            // It ends with the connection, if it has not yet
            drop(handle.disconnect(Disconnect::ByApplication, String::new(), String::new()).await);
            session.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %address, "an SFTP connection broke off");
    }
}

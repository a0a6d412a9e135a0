//! FTP (RFC 959, 2228, 2389, 2428, 3659, 4217) over folders that somebody else has: plain, with TLS on the same port
//! (`AUTH TLS`), and with TLS from the first byte. It knows no file system, no accounts and no clock.
//!
//! An upload becomes a file only when the client ended in order: with TLS by `close_notify`, without it by an end of
//! data while the control connection lives, and of the length that `ALLO` told, if it did. Everything else is suspended,
//! for `REST` and `APPE` to go on with.

mod command;
mod control;
mod data;
mod folders;
mod listing;
mod session;
mod transfer;

use std::{
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    sync::{Arc, atomic::AtomicU16},
    time::Duration,
};

use rustls::ServerConfig;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;

pub use folders::{Backend, Beginning, Download, Fault, FaultKind, Folders, Item, ItemKind, LogIn, Upload};

/// How a server behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Certificate and key
    pub tls: Arc<ServerConfig>,
    /// True where log-ins without TLS are asked for a password at all; the backend decides about each
    pub plain: bool,
    /// Ports to which clients connect for data
    pub passive_ports: RangeInclusive<u16>,
    /// The address that clients are told to connect to for data, where this machine's is not what they see
    pub passive_address: Option<IpAddr>,
    /// Connections at a time; more wait to be accepted
    pub connections: usize,
    /// How long a connection may be silent
    pub idle: Duration,
}

/// What all connections of a server share.
struct Shared {
    settings: Settings,
    tls: TlsAcceptor,
    /// For data connections
    data_tls: TlsAcceptor,
    /// The passive port that was tried last
    port: AtomicU16,
}

/// How a connection begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Without TLS, until `AUTH TLS`
    Explicit,
    /// With TLS from the first byte
    Implicit,
}

/// Answers on these listeners for ever.
pub async fn serve<B: Backend>(backend: B, settings: Settings, listeners: Vec<(TcpListener, Start)>) {
    let permits = Arc::new(Semaphore::new(settings.connections));
    // A client that only sends reads no tickets. One that closes with some unread breaks its own connection off (RFC 1122,
    // section 4.2.2.13), and its last bytes can be lost with it; the control connection gives it tickets enough.
    let mut data_tls = ServerConfig::clone(&settings.tls);
    data_tls.send_tls13_tickets = 0;
    let shared = Arc::new(Shared {
        tls: TlsAcceptor::from(Arc::clone(&settings.tls)),
        data_tls: TlsAcceptor::from(Arc::new(data_tls)),
        port: AtomicU16::new(*settings.passive_ports.start()),
        settings,
    });
    let mut accepting = tokio::task::JoinSet::new();
    for (listener, start) in listeners {
        let (backend, shared, permits) = (backend.clone(), Arc::clone(&shared), Arc::clone(&permits));
        accepting.spawn(accept(backend, shared, permits, listener, start));
    }
    while accepting.join_next().await.is_some() {}
}

async fn accept<B: Backend>(
    backend: B,
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
    listener: TcpListener,
    start: Start,
) {
    loop {
        // The semaphore is never closed
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection to FTP was not accepted");
                tokio::task::yield_now().await;
                continue;
            }
        };
        if !backend.may_connect(peer.ip().to_canonical()) {
            continue;
        }
        let (backend, shared) = (backend.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            let address = peer.ip().to_canonical();
            connection(&backend, &shared, stream, peer, start).await;
            backend.disconnected(address);
            drop(permit);
        });
    }
}

async fn connection<B: Backend>(
    backend: &B,
    shared: &Arc<Shared>,
    stream: TcpStream,
    peer: SocketAddr,
    start: Start,
) {
    let Ok(local) = stream.local_addr() else { return };
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let control = match start {
        Start::Explicit => control::Control::plain(stream),
        Start::Implicit => {
            let accepted = tokio::time::timeout(session::LOGIN_TIME, shared.tls.accept(stream)).await;
            let Ok(Ok(stream)) = accepted else { return };
            control::Control::tls(stream)
        }
    };
    session::Session::new(backend.clone(), Arc::clone(shared), control, local, peer).run().await;
}

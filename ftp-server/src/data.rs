//! Data connections: to a port of ours, or to one of the client's, and only ever to and from the address of the control
//! connection.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::{Shared, control::Stream};

/// How long making a data connection may take.
const CONNECT_TIME: Duration = Duration::from_secs(30);

/// How the next data connection comes to be.
#[derive(Debug, Default)]
pub(crate) enum Wanted {
    /// Nobody said
    #[default]
    Nothing,
    /// The client connects to this
    Passive(TcpListener),
    /// We connect to the client
    Active(SocketAddr),
}

/// Listens on a port for one data connection.
pub(crate) async fn listen(shared: &Shared, local: IpAddr) -> io::Result<TcpListener> {
    let ports = &shared.settings.passive_ports;
    let (first, count) = (*ports.start(), ports.end() - ports.start());
    for _ in 0..=count {
        let turn = shared.port.fetch_add(1, Ordering::Relaxed);
        let port = first + turn.wrapping_sub(first) % count.saturating_add(1).max(1);
        match TcpListener::bind((local, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

/// A data connection, over TLS where that was asked for.
pub(crate) enum Data {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::server::TlsStream<TcpStream>>),
}

impl Data {
    /// Makes the connection. Whoever else connects is turned away.
    pub(crate) async fn connect(
        shared: &Arc<Shared>,
        wanted: Wanted,
        peer: IpAddr,
        tls: bool,
    ) -> io::Result<Self> {
        let connecting = async {
            let stream = match wanted {
                Wanted::Nothing => return Err(io::ErrorKind::NotConnected.into()),
                Wanted::Active(address) => TcpStream::connect(address).await?,
                Wanted::Passive(listener) => loop {
                    let (stream, address) = listener.accept().await?;
                    if address.ip().to_canonical() == peer {
                        break stream;
                    }
                },
            };
            stream.set_nodelay(true)?;
            if tls {
                Ok(Self::Tls(Box::new(shared.data_tls.accept(stream).await?)))
            } else {
                Ok(Self::Plain(stream))
            }
        };
        timeout(CONNECT_TIME, connecting).await?
    }

    pub(crate) fn stream(&mut self) -> &mut dyn Stream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.as_mut(),
        }
    }
}

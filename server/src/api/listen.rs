//! Connections of the API: how many at a time, for how long a slow client is waited for, and their orderly end.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use hyper::{
    body::Incoming,
    rt::{Read, Write},
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use ipnet::IpNet;
use rustls::ServerConfig;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::{
    addresses::Addresses,
    tls::{Certificate, TlsError},
};
use crate::{access::browser::Tls, environment::Environment};

/// How long a client may take for the headers of a request; an idle connection is closed after as much.
const HEADERS_TIME: Duration = Duration::from_mins(1);
/// The headers of a request and its address, together.
const HEADERS_BYTES: usize = 64 * 1024;
/// How long a client may leave an answer unread that waits for it (RFC 5482, section 1: the user timeout of TCP).
#[cfg(target_os = "linux")]
const UNREAD_TIME: Duration = Duration::from_mins(1);
/// How long a client may take for the handshake of TLS.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// Requests that one connection of HTTP/2 may have under way.
const STREAMS: u32 = 200;
/// The protocols that are spoken over TLS, the preferred one first (ALPN, RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [HTTP_2, b"http/1.1"];
const HTTP_2: &[u8] = b"h2";
/// After a failed accept (no file descriptors left, for example), so that the loop does not burn the processor.
const PAUSE: Duration = Duration::from_millis(100);

/// Where connections come from, and how they begin.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    proxies: Vec<IpNet>,
}

impl Door {
    /// Plain HTTP/1.1.
    pub fn plain(listener: TcpListener) -> Self {
        Self { listener, tls: None, proxies: Vec::new() }
    }

    /// HTTP/1.1 and HTTP/2 over TLS.
    pub fn tls(listener: TcpListener, certificate: &Arc<Certificate>) -> Result<Self, TlsError> {
        Ok(Self { listener, tls: Some(certificate.config(&PROTOCOLS)?), proxies: Vec::new() })
    }

    /// With proxies behind which everybody can be, so that their connections are not counted as those of one address.
    #[must_use]
    pub fn behind(self, proxies: Vec<IpNet>) -> Self {
        Self { proxies, ..self }
    }
}

/// Answers connections, of which one address may have a part alone, until `stop` is done, then lets those with a request finish it, for as long as `grace`.
/// Returns true when all have finished.
pub async fn serve(
    door: Door,
    router: Router,
    connections: usize,
    environment: &Environment,
    stop: impl Future<Output = ()>,
    grace: Duration,
) -> bool {
    let free = Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS)));
    let graceful = GracefulShutdown::new();
    let Door { listener, tls, proxies } = door;
    let addresses = Addresses::new(connections, proxies);
    let tls = tls.map(TlsAcceptor::from);
    let accept = async {
        let mut is_failing = false;
        loop {
            // The semaphore is never closed.
            let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, remote)) => {
                    is_failing = false;
                    // Hung up at once: whoever has so many open is told nothing that costs more
                    let Some(entered) = addresses.enter(remote.ip()) else { continue };
                    let (router, tls, watcher) = (router.clone(), tls.clone(), graceful.watcher());
                    let environment = environment.clone();
                    tokio::spawn(async move {
                        // A client that hangs up or sends nonsense is its own affair.
                        let answering = connection(stream, remote, router, tls, watcher, &environment);
                        if let Err(error) = answering.await {
                            tracing::debug!(%error, "a connection ended early");
                        }
                        drop((entered, permit));
                    });
                }
                Err(error) if is_of_the_client(&error) => {}
                Err(error) => {
                    // Once, however long it lasts
                    if !std::mem::replace(&mut is_failing, true) {
                        tracing::error!(%error, "no connection can be accepted");
                    }
                    environment.sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = accept => {}
        () = stop => {}
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => true,
        () = environment.sleep(grace) => false,
    }
}

async fn connection(
    stream: TcpStream,
    remote: SocketAddr,
    router: Router,
    tls: Option<TlsAcceptor>,
    watcher: Watcher,
    environment: &Environment,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // Answers are written whole; waiting for more to send would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    give_up_on_who_does_not_read(&stream);
    let Some(tls) = tls else {
        return Ok(first(TokioIo::new(stream), remote, None, router, watcher).await?);
    };
    let stream = tokio::select! {
        stream = tls.accept(stream) => stream?,
        () = environment.sleep(HANDSHAKE_TIME) => return Err(io::Error::from(io::ErrorKind::TimedOut).into()),
    };
    if stream.get_ref().1.alpn_protocol() == Some(HTTP_2) {
        Ok(second(TokioIo::new(stream), remote, router, watcher).await?)
    } else {
        Ok(first(TokioIo::new(stream), remote, Some(Tls), router, watcher).await?)
    }
}

/// Answers a connection that speaks HTTP/1.1.
async fn first(
    stream: impl Read + Write + Unpin + Send + 'static,
    remote: SocketAddr,
    tls: Option<Tls>,
    router: Router,
    watcher: Watcher,
) -> hyper::Result<()> {
    let answering = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIME)
        .max_buf_size(HEADERS_BYTES)
        .serve_connection(stream, service_fn(move |request| answer(router.clone(), request, remote, tls)));
    watcher.watch(answering).await
}

/// Answers a connection that speaks HTTP/2, which browsers do over TLS alone.
async fn second(
    stream: impl Read + Write + Unpin + Send + 'static,
    remote: SocketAddr,
    router: Router,
    watcher: Watcher,
) -> hyper::Result<()> {
    let answering = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(HEADERS_TIME)
        .max_header_list_size(HEADERS_BYTES as u32)
        .max_concurrent_streams(STREAMS)
        .serve_connection(
            stream,
            service_fn(move |request| answer(router.clone(), request, remote, Some(Tls))),
        );
    watcher.watch(answering).await
}

async fn answer(
    router: Router,
    mut request: hyper::Request<Incoming>,
    remote: SocketAddr,
    tls: Option<Tls>,
) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(remote));
    if let Some(tls) = tls {
        request.extensions_mut().insert(tls);
    }
    router.oneshot(request.map(Body::new)).await
}

/// A client that takes no answer in, and only says that it is still there, would hold its connection for ever.
fn give_up_on_who_does_not_read(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(UNREAD_TIME)) {
        tracing::debug!(%error, "a connection waits as long as its client likes");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}

fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_client_that_takes_no_answer_in_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let watched = stream.into_std().unwrap();
        let stream = TcpStream::from_std(watched.try_clone().unwrap()).unwrap();
        give_up_on_who_does_not_read(&stream);
        let found = socket2::SockRef::from(&watched).tcp_user_timeout().unwrap();
        assert_eq!(found, Some(UNREAD_TIME));
    }
}

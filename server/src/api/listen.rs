//! Connections of the API: how many at a time, for how long a slow client is waited for, and their orderly end.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::ServiceExt as _;

use crate::environment::Environment;

/// How long a client may take for the headers of a request; an idle connection is closed after as much.
const HEADERS_TIME: Duration = Duration::from_mins(1);
/// The headers of a request and its address, together.
const HEADERS_BYTES: usize = 64 * 1024;
/// How long a client may leave an answer unread that waits for it (RFC 5482, section 1: the user timeout of TCP).
#[cfg(target_os = "linux")]
const UNREAD_TIME: Duration = Duration::from_mins(1);
/// After a failed accept (no file descriptors left, for example), so that the loop does not burn the processor.
const PAUSE: Duration = Duration::from_millis(100);

/// Answers connections until `stop` is done, then lets those with a request finish it, for as long as `grace`.
/// Returns true when all have finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: usize,
    environment: &Environment,
    stop: impl Future<Output = ()>,
    grace: Duration,
) -> bool {
    let free = Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS)));
    let graceful = GracefulShutdown::new();
    let accept = async {
        loop {
            // The semaphore is never closed.
            let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, remote)) => {
                    let answering = graceful.watch(connection(stream, remote, router.clone()));
                    tokio::spawn(async move {
                        // A client that hangs up or sends nonsense is its own affair.
                        if let Err(error) = answering.await {
                            tracing::debug!(%error, "a connection ended early");
                        }
                        drop(permit);
                    });
                }
                Err(error) if is_of_the_client(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "no connection can be accepted");
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

fn connection(
    stream: TcpStream,
    remote: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    // Answers are written whole; waiting for more to send would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    give_up_on_who_does_not_read(&stream);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(remote));
        router.clone().oneshot(request.map(Body::new))
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIME)
        .max_buf_size(HEADERS_BYTES)
        .serve_connection(TokioIo::new(stream), service)
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
        let (stream, remote) = listener.accept().await.unwrap();
        let watched = stream.into_std().unwrap();
        let stream = TcpStream::from_std(watched.try_clone().unwrap()).unwrap();
        let _connection = connection(stream, remote, Router::new());
        let found = socket2::SockRef::from(&watched).tcp_user_timeout().unwrap();
        assert_eq!(found, Some(UNREAD_TIME));
    }
}

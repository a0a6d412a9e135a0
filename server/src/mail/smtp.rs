//! One connection to the operator's mail server.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use lettre::{
    Message,
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::client::TlsStream;

use super::{Security, Settings};
use crate::outbound;

/// How long greeting, TLS and log-in may take together, and how long one mail may.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The server cannot be worked with: every mail waits
    Server(String),
    /// It takes this mail later, perhaps
    NotNow(Answer),
    /// It does not take this mail
    Refused(Answer),
}

/// What the server said of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Its status
    pub(crate) status: u16,
    /// Its words, which often name a recipient: they are for the office alone
    pub(crate) words: String,
    /// It is about a recipient, and so about every mail to the same ones
    pub(crate) is_of_recipient: bool,
}

/// What a try came to, as figures name it.
pub(crate) fn outcome_name(result: &Result<(), Failure>) -> &'static str {
    match result {
        Ok(()) => "sent",
        Err(Failure::Refused(_)) => "refused",
        Err(Failure::NotNow(_) | Failure::Server(_)) => "failed",
    }
}

/// A connection that is greeted, protected and logged in.
pub(super) struct Session(AsyncSmtpConnection);

impl Session {
    /// Connects.
    pub(super) async fn open(settings: &Settings) -> Result<Self, Failure> {
        let connected = timeout(PATIENCE, connect(settings)).await;
        connected.map_err(|_| Failure::Server("the answer took too long".to_owned()))?.map(Self)
    }

    /// Has a mail taken. After a failure the connection is of no use any more.
    pub(super) async fn send(&mut self, message: &Message) -> Result<(), Failure> {
        let sent = timeout(PATIENCE, self.hand_over(message)).await;
        sent.map_err(|_| Failure::Server("the answer took too long".to_owned()))?
    }

    async fn hand_over(&mut self, message: &Message) -> Result<(), Failure> {
        let envelope = message.envelope();
        let from = Mail::new(envelope.from().cloned(), Vec::new());
        // What is wrong with the sender is wrong with every mail
        self.0.command(from).await.map_err(|error| server("sender", &error))?;
        for to in envelope.to() {
            self.0.command(Rcpt::new(to.clone(), Vec::new())).await.map_err(|error| of_mail(&error, true))?;
        }
        self.0.command(Data).await.map_err(|error| of_mail(&error, false))?;
        self.0.message(&message.formatted()).await.map_err(|error| of_mail(&error, false))?;
        Ok(())
    }

    /// Says goodbye. Whether that is heard does not matter.
    pub(super) async fn close(mut self) {
        drop(timeout(Duration::from_secs(2), self.0.quit()).await);
    }
}

async fn connect(settings: &Settings) -> Result<AsyncSmtpConnection, Failure> {
    let (host, port) = (settings.host.as_str(), settings.port);
    let hello = ClientId::default();
    let reached = |error: outbound::SendError| Failure::Server(error.to_string());
    let stream = settings.outbound.connect(host, port, &[port]).await.map_err(reached)?;
    let mut connection = match settings.security {
        Security::Tls => {
            let authority = settings.authority.as_deref();
            let stream = outbound::begin_tls(stream, host, authority).await.map_err(reached)?;
            AsyncSmtpConnection::connect_with_transport(Box::new(Protected(stream)), &hello).await
        }
        Security::StartTls | Security::None => {
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await
        }
    }
    .map_err(|error| server("greeting", &error))?;
    if settings.security == Security::StartTls {
        let tls = parameters(settings).map_err(|error| server("TLS", &error))?;
        connection.starttls(tls, &hello).await.map_err(|error| server("TLS", &error))?;
    }
    if let Some((user, password)) = &settings.credentials {
        let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
        let logged_in = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
        logged_in.map_err(|error| server("log-in", &error))?;
    }
    Ok(connection)
}

/// Whom to trust in TLS that is begun within a connection: the same as by [`outbound::begin_tls`].
fn parameters(settings: &Settings) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let host = settings.host.trim_start_matches('[').trim_end_matches(']');
    let builder = TlsParameters::builder(host.to_owned()).certificate_store(CertificateStore::WebpkiRoots);
    match &settings.authority {
        Some(pem) => builder.add_root_certificate(Certificate::from_pem(pem.as_bytes())?).build(),
        None => builder.build(),
    }
}

fn server(step: &str, error: &lettre::transport::smtp::Error) -> Failure {
    Failure::Server(format!("{step}: {}", said(error)))
}

/// A refusal is of this mail, anything else of the connection.
fn of_mail(error: &lettre::transport::smtp::Error, is_of_recipient: bool) -> Failure {
    let Some(status) = error.status() else { return Failure::Server(said(error)) };
    let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let answer = Answer { status: status.into(), words, is_of_recipient };
    match answer.status {
        // The server says goodbye: it is of no use for any mail
        421 => Failure::Server(said(error)),
        _ if error.is_permanent() => Failure::Refused(answer),
        _ => Failure::NotNow(answer),
    }
}

/// The status alone, since servers repeat addresses in their words; what went wrong where there is none.
fn said(error: &lettre::transport::smtp::Error) -> String {
    error.status().map_or_else(|| error.to_string(), |status| format!("status {status}"))
}

/// A connection with TLS from its first byte.
#[derive(Debug)]
struct Protected(TlsStream<TcpStream>);

impl AsyncTokioStream for Protected {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Protected {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Protected {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

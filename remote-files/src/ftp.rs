//! FTP, with TLS and without. The address that a server tells for its data is never used, only its port.

use std::{net::IpAddr, time::Duration};

use suppaftp::{
    FtpError, FtpResult, Status,
    list::ListParser,
    tokio::{AsyncRustlsConnector, AsyncRustlsFtpStream, AsyncRustlsStream, TransferStream},
    types::{FileType, Mode},
};
use tokio::{io::AsyncReadExt as _, net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use crate::{
    Cause, Credential, Fault, Item, MOST_LISTED, Protocol, Server, Step, in_time, is_name,
    tls::{self, Found, Seen},
};

/// The most of a listing that is read.
const MOST_LISTING: u64 = 16 * 1024 * 1024;
/// Data goes to no port of another service.
const FIRST_PORT: u16 = 1024;

pub(crate) type Transfer = TransferStream<AsyncRustlsStream>;

pub(crate) struct Ftp {
    stream: AsyncRustlsFtpStream,
    /// It lists with exact times
    knows_mlsd: bool,
}

impl Ftp {
    pub(crate) async fn open(stream: TcpStream, server: &Server) -> Result<(Self, Option<String>), Fault> {
        let patience = server.patience;
        let peer = stream.peer_addr().map_err(|error| Fault::io(Step::Greeting, &error))?.ip();
        let greeting = async {
            let greeted = AsyncRustlsFtpStream::connect_with_stream(stream).await;
            greeted.map_err(|error| fault(Step::Greeting, &error))
        };
        let stream = in_time(patience, Step::Greeting, greeting).await?;
        let stream =
            stream.passive_stream_builder(move |told| Box::pin(data_connection(peer, told.port(), patience)));
        let (mut stream, fingerprint) = match server.protocol {
            Protocol::Ftps => in_time(patience, Step::Tls, secure(stream, server)).await?,
            Protocol::Sftp | Protocol::Ftp => (stream, None),
        };
        let Credential::Password(password) = &server.credential else {
            return Err(Fault::new(Step::LogIn, Cause::UnreadableKey));
        };
        let entering = async {
            stream.login(server.user.as_str(), password.as_str()).await?;
            stream.transfer_type(FileType::Binary).await
        };
        in_time(patience, Step::LogIn, async { entering.await.map_err(|error| fault(Step::LogIn, &error)) })
            .await?;
        // A server that does not know the question knows nothing of what is asked for
        let features = timeout(patience, stream.feat()).await.ok().and_then(Result::ok).unwrap_or_default();
        let knows = |name: &str| features.keys().any(|key| key.eq_ignore_ascii_case(name));
        if knows("UTF8") {
            let _ = timeout(patience, stream.opts("UTF8", Some("ON"))).await;
        }
        stream.set_mode(if knows("EPSV") || peer.is_ipv6() { Mode::ExtendedPassive } else { Mode::Passive });
        Ok((Self { stream, knows_mlsd: knows("MLST") || knows("MLSD") }, fingerprint))
    }

    pub(crate) async fn list(
        &mut self,
        folder: &str,
        patience: Duration,
        wanted: impl Fn(&str) -> bool + Send,
    ) -> Result<Vec<Item>, Fault> {
        let text = in_time(patience.saturating_mul(4), Step::List, self.listing(folder)).await?;
        let mut items = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let parsed = if self.knows_mlsd {
                ListParser::parse_mlsd(line).ok()
            } else {
                ListParser::parse_posix(line).or_else(|_| ListParser::parse_dos(line)).ok()
            };
            let Some(file) = parsed.filter(|file| file.is_file() && is_name(file.name())) else { continue };
            if !wanted(file.name()) {
                continue;
            }
            if items.len() >= MOST_LISTED {
                return Err(Fault::new(Step::List, Cause::TooMuch));
            }
            let since = file.modified().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            let modified_s = Some(since.as_secs() as i64).filter(|seconds| self.knows_mlsd && *seconds > 0);
            items.push(Item { name: file.name().to_owned(), size_bytes: file.size() as u64, modified_s });
        }
        if !self.knows_mlsd {
            // What `LIST` tells of times changes when a file grows old
            for item in &mut items {
                item.modified_s = self.modified(&crate::join(folder, &item.name), patience).await?;
            }
        }
        Ok(items)
    }

    async fn listing(&mut self, folder: &str) -> Result<String, Fault> {
        let command = if self.knows_mlsd { "MLSD" } else { "LIST" };
        let command = if folder.is_empty() { command.to_owned() } else { format!("{command} {folder}") };
        let begun = [Status::AboutToSend, Status::AlreadyOpen];
        let answered = self.stream.custom_data_command(command, &begun).await;
        let (_, mut transfer) = answered.map_err(|error| fault(Step::List, &error))?;
        let mut bytes = Vec::new();
        let read = (&mut transfer).take(MOST_LISTING).read_to_end(&mut bytes).await;
        read.map_err(|error| Fault::io(Step::List, &error))?;
        if bytes.len() as u64 >= MOST_LISTING {
            return Err(Fault::new(Step::List, Cause::TooMuch));
        }
        transfer.finish().await.map_err(|error| fault(Step::List, &error))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn modified(&mut self, path: &str, patience: Duration) -> Result<Option<i64>, Fault> {
        match timeout(patience, self.stream.mdtm(path)).await {
            Ok(Ok(at)) => Ok(Some(at.and_utc().timestamp())),
            Ok(Err(FtpError::ConnectionError(error))) => Err(Fault::io(Step::List, &error)),
            // It does not say, or not so that it can be read
            Ok(Err(_)) => Ok(None),
            Err(_) => Err(Fault::new(Step::List, Cause::TimedOut)),
        }
    }

    pub(crate) async fn size(&mut self, path: &str, patience: Duration) -> Result<Option<u64>, Fault> {
        match timeout(patience, self.stream.size(path)).await {
            Ok(Ok(size)) => Ok(Some(size as u64)),
            Ok(Err(FtpError::UnexpectedResponse(response))) if response.status == Status::FileUnavailable => {
                Ok(None)
            }
            Ok(Err(error)) => Err(fault(Step::Verify, &error)),
            Err(_) => Err(Fault::new(Step::Verify, Cause::TimedOut)),
        }
    }

    pub(crate) async fn read(&mut self, path: &str) -> Result<Transfer, Fault> {
        self.stream.retr_as_stream(path).await.map_err(|error| fault(Step::Read, &error))
    }

    pub(crate) async fn write(&mut self, path: &str) -> Result<Transfer, Fault> {
        self.stream.put_with_stream(path).await.map_err(|error| fault(Step::Write, &error))
    }

    pub(crate) async fn rename(&mut self, from: &str, to: &str) -> Result<(), Fault> {
        self.stream.rename(from, to).await.map_err(|error| fault(Step::Rename, &error))
    }

    pub(crate) async fn remove(&mut self, path: &str) -> Result<(), Fault> {
        self.stream.rm(path).await.map_err(|error| fault(Step::Remove, &error))
    }

    pub(crate) async fn close(&mut self) {
        // It is over either way
        let _ = self.stream.quit().await;
    }
}

/// Connects to where the control connection leads, whatever the server says.
async fn data_connection(peer: IpAddr, port: u16, patience: Duration) -> FtpResult<TcpStream> {
    if port < FIRST_PORT {
        let error = std::io::Error::other("data is offered at the port of another service");
        return Err(FtpError::ConnectionError(error));
    }
    let connecting = timeout(patience, TcpStream::connect((peer, port))).await;
    let timed_out = || std::io::Error::from(std::io::ErrorKind::TimedOut);
    connecting.map_err(|_| timed_out()).and_then(|connected| connected).map_err(FtpError::ConnectionError)
}

async fn secure(
    stream: AsyncRustlsFtpStream,
    server: &Server,
) -> Result<(AsyncRustlsFtpStream, Option<String>), Fault> {
    let (config, found) = tls::config(server.accepted.clone())
        .map_err(|error| Fault::said(Step::Tls, Cause::BrokenOff, &error.to_string()))?;
    let connector = AsyncRustlsConnector::from(TlsConnector::from(config));
    let secured = stream.into_secure(connector, &server.host).await;
    let seen = taken(&found);
    match (secured, seen) {
        (Ok(stream), Some(Seen::Accepted(fingerprint))) => Ok((stream, Some(fingerprint))),
        (Ok(stream), _) => Ok((stream, None)),
        (Err(_), Some(Seen::Unknown(fingerprint))) => {
            let changed = server.accepted.is_some();
            let cause = if changed { Cause::Changed(fingerprint) } else { Cause::Unknown(fingerprint) };
            Err(Fault::new(Step::Identity, cause))
        }
        (Err(error), _) => Err(fault(Step::Tls, &error)),
    }
}

fn taken(found: &Found) -> Option<Seen> {
    found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
}

pub(crate) fn fault(step: Step, error: &FtpError) -> Fault {
    match error {
        FtpError::ConnectionError(error) => Fault::io(step, error),
        FtpError::UnexpectedResponse(response) => {
            let cause = match response.status {
                // 550 is said of what is not there and of what may not be done
                Status::FileUnavailable if matches!(step, Step::List | Step::Read) => Cause::NotFound,
                Status::NotAvailable => Cause::BrokenOff,
                _ => Cause::Refused,
            };
            Fault::said(step, cause, &response.to_string())
        }
        _ => Fault::said(step, Cause::BrokenOff, &error.to_string()),
    }
}

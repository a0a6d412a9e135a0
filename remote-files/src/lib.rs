//! Files on other people's servers, by SFTP, FTP and FTPS. It is handed a connection that was made already, so that
//! whoever calls decides where one may be made; names of hosts are never looked up here, and an address that the server
//! tells is never followed. It knows nothing of Campo.
//!
//! A server that nobody vouches for is known by its fingerprint: an SSH host key is taken at first contact and told to
//! the caller, who keeps it; a certificate that no known authority signed is refused until the caller names it.

mod fault;
mod ftp;
mod sftp;
mod tls;

use std::time::Duration;

use tokio::{net::TcpStream, time::timeout};
use zeroize::Zeroizing;

pub use fault::{Cause, Fault, Step};

/// The most files of a folder that are looked at.
pub const MOST_LISTED: usize = 50_000;
/// The most bytes that are read or written at a time.
const BLOCK: usize = 64 * 1024;

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// SFTP over SSH
    Sftp,
    /// FTP with `AUTH TLS`
    Ftps,
    /// FTP without TLS: log-in and files can be read by whoever stands between
    Ftp,
}

/// By what somebody logs in.
#[derive(Clone)]
pub enum Credential {
    /// A password
    Password(Zeroizing<String>),
    /// A private SSH key as OpenSSH or PEM writes it, with its passphrase if it has one
    Key(Zeroizing<String>, Option<Zeroizing<String>>),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential(***)")
    }
}

/// Somebody's server.
#[derive(Debug, Clone)]
pub struct Server {
    /// How it is spoken to
    pub protocol: Protocol,
    /// Its name, which its certificate must have
    pub host: String,
    /// Who logs in
    pub user: String,
    /// By what
    pub credential: Credential,
    /// The fingerprint of its host key or certificate that was accepted before, `SHA256:…`
    pub accepted: Option<String>,
    /// How long it may be silent
    pub patience: Duration,
}

/// A file or a folder that a server listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name, one component
    pub name: String,
    /// Its length
    pub size_bytes: u64,
    /// When it was changed last by the server's clock, seconds since 1970; none where the server does not say
    pub modified_s: Option<i64>,
}

/// A connection with somebody who is logged in.
pub struct Session {
    inner: Inner,
    patience: Duration,
    fingerprint: Option<String>,
}

enum Inner {
    Sftp(sftp::Sftp),
    Ftp(Box<ftp::Ftp>),
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

pub(crate) async fn in_time<T>(
    patience: Duration,
    step: Step,
    work: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    timeout(patience, work).await.unwrap_or_else(|_| Err(Fault::new(step, Cause::TimedOut)))
}

impl Session {
    /// Logs in over a connection.
    pub async fn open(stream: TcpStream, server: &Server) -> Result<Self, Fault> {
        // With Nagle's algorithm SFTP is many times slower; without that option it works as well
        let _ = stream.set_nodelay(true);
        let patience = server.patience;
        let (inner, fingerprint) = match server.protocol {
            Protocol::Sftp => {
                let (sftp, fingerprint) = sftp::Sftp::open(stream, server).await?;
                (Inner::Sftp(sftp), Some(fingerprint))
            }
            Protocol::Ftps | Protocol::Ftp => {
                let (ftp, fingerprint) = ftp::Ftp::open(stream, server).await?;
                (Inner::Ftp(Box::new(ftp)), fingerprint)
            }
        };
        Ok(Self { inner, patience, fingerprint })
    }

    /// By what the server is known: its host key, or the certificate that only its acceptance vouches for.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// The files of a folder, in no order; of those that `wanted` says yes to, the time is known where the server tells
    /// it. Folders, links and names that are no names are left out.
    pub async fn list(
        &mut self,
        folder: &str,
        wanted: impl Fn(&str) -> bool + Send,
    ) -> Result<Vec<Item>, Fault> {
        let patience = self.patience;
        match &mut self.inner {
            Inner::Sftp(sftp) => in_time(patience, Step::List, sftp.list(folder)).await.map(|mut items| {
                items.retain(|item| wanted(&item.name));
                items
            }),
            Inner::Ftp(ftp) => ftp.list(folder, patience, wanted).await,
        }
    }

    /// The length of a file; none when it is not there.
    pub async fn size(&mut self, path: &str) -> Result<Option<u64>, Fault> {
        let patience = self.patience;
        match &mut self.inner {
            Inner::Sftp(sftp) => in_time(patience, Step::Verify, sftp.size(path)).await,
            Inner::Ftp(ftp) => ftp.size(path, patience).await,
        }
    }

    /// Opens a file for reading.
    pub async fn read(&mut self, path: &str) -> Result<Reader, Fault> {
        let patience = self.patience;
        let flow = match &mut self.inner {
            Inner::Sftp(sftp) => Flow::Sftp(Box::new(in_time(patience, Step::Read, sftp.read(path)).await?)),
            Inner::Ftp(ftp) => Flow::Ftp(Box::new(in_time(patience, Step::Read, ftp.read(path)).await?)),
        };
        Ok(Reader { flow, patience, block: vec![0; BLOCK] })
    }

    /// Opens a file for writing, empty, whatever was there of that name. Choose a name that nobody takes before
    /// [`Self::publish`].
    pub async fn write(&mut self, path: &str) -> Result<Writer, Fault> {
        let patience = self.patience;
        let flow = match &mut self.inner {
            Inner::Sftp(sftp) => {
                Flow::Sftp(Box::new(in_time(patience, Step::Write, sftp.write(path)).await?))
            }
            Inner::Ftp(ftp) => Flow::Ftp(Box::new(in_time(patience, Step::Write, ftp.write(path)).await?)),
        };
        Ok(Writer { flow, patience, sent: 0 })
    }

    /// Sees that a file that was written has as many bytes as were sent. A server that tells no lengths is believed.
    pub async fn verify(&mut self, path: &str, sent: u64) -> Result<(), Fault> {
        match self.size(path).await {
            Ok(Some(found)) if found == sent => Ok(()),
            Ok(found) => {
                let found = found.unwrap_or(0);
                Err(Fault::new(Step::Verify, Cause::Incomplete { sent, found }))
            }
            Err(fault) if fault.cause == Cause::Refused => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// Gives a file its name, never over one that is there.
    pub async fn publish(&mut self, from: &str, to: &str) -> Result<(), Fault> {
        match self.size(to).await {
            Ok(Some(_)) => return Err(Fault::new(Step::Rename, Cause::Exists)),
            Err(fault) if fault.cause != Cause::Refused => return Err(fault),
            Ok(None) | Err(_) => {}
        }
        let patience = self.patience;
        match &mut self.inner {
            Inner::Sftp(sftp) => in_time(patience, Step::Rename, sftp.rename(from, to)).await,
            Inner::Ftp(ftp) => in_time(patience, Step::Rename, ftp.rename(from, to)).await,
        }
    }

    /// Removes a file. One that is gone is no fault.
    pub async fn remove(&mut self, path: &str) -> Result<(), Fault> {
        let patience = self.patience;
        let removed = match &mut self.inner {
            Inner::Sftp(sftp) => in_time(patience, Step::Remove, sftp.remove(path)).await,
            Inner::Ftp(ftp) => in_time(patience, Step::Remove, ftp.remove(path)).await,
        };
        match removed {
            Err(fault) if fault.cause == Cause::NotFound => Ok(()),
            Err(fault) if fault.cause == Cause::Refused && self.size(path).await == Ok(None) => Ok(()),
            other => other,
        }
    }

    /// Says good-bye. Dropping it does without.
    pub async fn close(mut self) {
        let patience = self.patience.min(Duration::from_secs(5));
        let bye = async {
            match &mut self.inner {
                Inner::Sftp(sftp) => sftp.close().await,
                Inner::Ftp(ftp) => ftp.close().await,
            }
        };
        // It is over either way
        let _ = timeout(patience, bye).await;
    }
}

enum Flow {
    Sftp(Box<russh_sftp::client::fs::File>),
    Ftp(Box<ftp::Transfer>),
}

/// A file that is being read.
pub struct Reader {
    flow: Flow,
    patience: Duration,
    block: Vec<u8>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader")
    }
}

impl Reader {
    /// The next bytes; none at the end. Then [`Self::end`] says whether it was the end.
    pub async fn next(&mut self) -> Result<Option<&[u8]>, Fault> {
        use tokio::io::AsyncReadExt as _;
        let block = &mut self.block;
        let reading = async {
            match &mut self.flow {
                Flow::Sftp(file) => file.read(block).await,
                Flow::Ftp(transfer) => transfer.read(block).await,
            }
        };
        let read = timeout(self.patience, reading).await;
        let read = read.map_err(|_| Fault::new(Step::Read, Cause::TimedOut))?;
        match read.map_err(|error| Fault::io(Step::Read, &error))? {
            0 => Ok(None),
            count => Ok(Some(&self.block[..count])),
        }
    }

    /// Ends reading: a fault where the server says that not all of it came.
    pub async fn end(self) -> Result<(), Fault> {
        let ending = async {
            match self.flow {
                Flow::Sftp(file) => file.close().await.map_err(|error| Fault::io(Step::Read, &error)),
                Flow::Ftp(transfer) => {
                    transfer.finish().await.map_err(|error| ftp::fault(Step::Read, &error))
                }
            }
        };
        in_time(self.patience, Step::Read, ending).await
    }
}

/// A file that is being written.
pub struct Writer {
    flow: Flow,
    patience: Duration,
    sent: u64,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

impl Writer {
    /// Adds bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        use tokio::io::AsyncWriteExt as _;
        for block in bytes.chunks(BLOCK) {
            let writing = async {
                match &mut self.flow {
                    Flow::Sftp(file) => file.write_all(block).await,
                    Flow::Ftp(transfer) => transfer.write_all(block).await,
                }
            };
            let written = timeout(self.patience, writing).await;
            let written = written.map_err(|_| Fault::new(Step::Write, Cause::TimedOut))?;
            written.map_err(|error| Fault::io(Step::Write, &error))?;
            self.sent += block.len() as u64;
        }
        Ok(())
    }

    /// Ends writing; how many bytes were sent. Only after that is the file the server's.
    pub async fn end(self) -> Result<u64, Fault> {
        let sent = self.sent;
        let ending = async {
            match self.flow {
                Flow::Sftp(file) => {
                    file.sync_all().await.map_err(|error| sftp::fault(Step::Write, &error))?;
                    file.close().await.map_err(|error| Fault::io(Step::Write, &error))
                }
                Flow::Ftp(transfer) => {
                    transfer.finish().await.map_err(|error| ftp::fault(Step::Write, &error))
                }
            }
        };
        in_time(self.patience, Step::Write, ending).await?;
        Ok(sent)
    }
}

/// True for a name that can be asked for again and leads nowhere else.
fn is_name(name: &str) -> bool {
    let strange = |c: char| c == '/' || c == '\\' || c == char::REPLACEMENT_CHARACTER || c.is_control();
    !name.is_empty() && name != "." && name != ".." && name.len() <= 255 && !name.chars().any(strange)
}

/// The path of a name in a folder; a folder that is empty is that in which the log-in begins.
pub fn join(folder: &str, name: &str) -> String {
    match folder.trim_end_matches('/') {
        "" if folder.is_empty() => name.to_owned(),
        trimmed => format!("{trimmed}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_is_none() {
        for name in ["", ".", "..", "a/b", "a\\b", "a\0", "a\r\nDELE b", "\u{fffd}"] {
            assert!(!is_name(name), "{name:?}");
        }
        assert!(is_name("Órdenes 2030 (1).xlsx"));
        assert_eq!(
            [join("", "a"), join("/", "a"), join("x/", "a"), join("/x", "a")],
            ["a", "/a", "x/a", "/x/a"]
        );
    }
}

//! The control connection: lines in, replies out, TLS from some line on.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::command::{Command, MAX_LINE};

/// A stream that is encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

enum Kind {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// While TLS begins
    None,
}

/// A control connection.
pub(crate) struct Control {
    kind: Kind,
    /// What was read and is no command yet
    buffer: Vec<u8>,
}

/// What came on the control connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A whole line
    Command(Command),
    /// It is closed, or too silent
    Gone,
}

impl Control {
    pub(crate) fn plain(stream: TcpStream) -> Self {
        Self { kind: Kind::Plain(stream), buffer: Vec::new() }
    }

    pub(crate) fn tls(stream: TlsStream<TcpStream>) -> Self {
        Self { kind: Kind::Tls(Box::new(stream)), buffer: Vec::new() }
    }

    pub(crate) const fn is_tls(&self) -> bool {
        matches!(self.kind, Kind::Tls(_))
    }

    /// Begins TLS. What came behind `AUTH TLS` before it began could be a stranger's: the connection is given up then.
    pub(crate) async fn begin_tls(&mut self, acceptor: &TlsAcceptor) -> io::Result<()> {
        if !self.buffer.is_empty() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let Kind::Plain(stream) = std::mem::replace(&mut self.kind, Kind::None) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        self.kind = Kind::Tls(Box::new(acceptor.accept(stream).await?));
        Ok(())
    }

    fn stream(&mut self) -> io::Result<&mut dyn Stream> {
        match &mut self.kind {
            Kind::Plain(stream) => Ok(stream),
            Kind::Tls(stream) => Ok(stream.as_mut()),
            Kind::None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn line(&mut self) -> Option<Command> {
        let end = self.buffer.iter().position(|byte| *byte == b'\n')?;
        let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Some(Command::parse(&line))
    }

    /// The next command. May be dropped at any await.
    pub(crate) async fn next(&mut self) -> Heard {
        loop {
            if let Some(command) = self.line() {
                return Heard::Command(command);
            }
            if !self.fill().await {
                return Heard::Gone;
            }
        }
    }

    /// Reads more; false when there is no more, or a line is too long.
    async fn fill(&mut self) -> bool {
        if self.buffer.len() >= MAX_LINE {
            return false;
        }
        let mut block = [0; 1024];
        let Ok(stream) = self.stream() else { return false };
        match stream.read(&mut block).await {
            Ok(count) if count > 0 => {
                self.buffer.extend_from_slice(&block[..count]);
                true
            }
            _ => false,
        }
    }

    /// True when the client has not gone within this time. A command that it has sent meanwhile is kept.
    pub(crate) async fn lives_for(&mut self, time: Duration) -> bool {
        // Silence is what is expected of a client that waits for the reply
        timeout(time, self.fill()).await.unwrap_or(true)
    }

    /// Sends a reply of one line.
    pub(crate) async fn reply(&mut self, code: u16, text: &str) -> io::Result<()> {
        // One line is one reply, whatever stands in it
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.send(&format!("{code} {text}\r\n")).await
    }

    /// Sends a text as it is.
    pub(crate) async fn send(&mut self, text: &str) -> io::Result<()> {
        let stream = self.stream()?;
        stream.write_all(text.as_bytes()).await?;
        stream.flush().await
    }

    /// Closes it.
    pub(crate) async fn close(mut self) {
        if let Ok(stream) = self.stream() {
            // The client may be gone already
            let _ = timeout(Duration::from_secs(2), stream.shutdown()).await;
        }
    }
}

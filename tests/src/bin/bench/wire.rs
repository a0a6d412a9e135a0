//! HTTP/1.1 on a socket with nothing between, so that whoever makes the load costs little: whole messages are made
//! before a clock starts, and answers are read afterwards.

use std::io::Read as _;

use anyhow::{Context as _, Result, bail, ensure};
use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// How much is read at once.
const PIECE_BYTES: usize = 64 * 1024;
const ANSWER_BYTES: u64 = 64 * 1024 * 1024;

/// A connection that stays open.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    /// What was received of the next answer
    received: Vec<u8>,
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    is_zstd: bool,
    body: Vec<u8>,
}

impl Connection {
    /// Opens one.
    pub(crate) async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends a message and waits for the whole answer.
    pub(crate) async fn exchange(&mut self, message: &[u8]) -> Result<Answer> {
        self.stream.write_all(message).await?;
        let head_bytes = self.receive_to(b"\r\n\r\n").await?;
        let head = std::str::from_utf8(&self.received[..head_bytes])?.to_ascii_lowercase();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let status = head.split(' ').nth(1).context("an answer without status")?.parse()?;
        let length: usize = header("content-length").context("an answer without its length")?.parse()?;
        let is_zstd = header("content-encoding") == Some("zstd");
        while self.received.len() < head_bytes + length {
            self.receive().await?;
        }
        let body = self.received[head_bytes..head_bytes + length].to_vec();
        self.received.drain(..head_bytes + length);
        Ok(Answer { status, is_zstd, body })
    }

    /// Sends a message, if there is one, and waits until `end` was received.
    pub(crate) async fn until(&mut self, message: &[u8], end: &[u8]) -> Result<()> {
        self.stream.write_all(message).await?;
        let bytes = self.receive_to(end).await?;
        self.received.drain(..bytes);
        Ok(())
    }

    /// Receives until `end` is there; how much that is with it.
    async fn receive_to(&mut self, end: &[u8]) -> Result<usize> {
        loop {
            if let Some(at) = self.received.windows(end.len()).position(|part| part == end) {
                return Ok(at + end.len());
            }
            self.receive().await?;
        }
    }

    async fn receive(&mut self) -> Result<()> {
        self.received.reserve(PIECE_BYTES);
        ensure!(self.stream.read_buf(&mut self.received).await? > 0, "the server closed the connection");
        Ok(())
    }
}

impl Answer {
    /// True when this stands in the body, which is not compressed.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|part| part == text.as_bytes())
    }

    /// The body, decoded, of an answer that is no refusal.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let mut plain = Vec::new();
        if self.is_zstd {
            zstd::stream::read::Decoder::with_buffer(&self.body[..])?
                .take(ANSWER_BYTES)
                .read_to_end(&mut plain)?;
        } else {
            plain.clone_from(&self.body);
        }
        if !(200..300).contains(&self.status) {
            bail!("the server answered {}: {}", self.status, String::from_utf8_lossy(&plain));
        }
        Ok(serde_json::from_slice(&plain)?)
    }
}

/// A message with the headers that the phone's transport sends.
pub(crate) fn message(
    line: &str,
    address: &str,
    bearer: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let mut head = format!("{line} HTTP/1.1\r\nauthorization: Bearer {bearer}\r\n");
    for (name, value) in headers {
        head.extend([*name, ": ", *value, "\r\n"]);
    }
    head.push_str("accept-encoding: zstd\r\nuser-agent: campo-mobile/0.1.0\r\naccept: */*\r\n");
    head.extend([format!("host: {address}\r\ncontent-length: {}\r\n\r\n", body.len())]);
    [head.into_bytes(), body.to_vec()].concat()
}

//! A customer's endpoint: takes requests, writes each to a journal that survives it before it answers, and behaves as a
//! file says. `receiver ADDRESS FOLDER`: the journal is `FOLDER/journal.ndjson`, the behaviour `FOLDER/behaviour.json`
//! (a [`Behaviour`], read for each request; without it everything is taken).

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result};
use campo_tests::receiver::{BEHAVIOUR, Behaviour, JOURNAL, Mode, Request};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: receiver ADDRESS FOLDER";
    let address = arguments.next().context(usage)?;
    let folder = PathBuf::from(arguments.next().context(usage)?);
    let journal = OpenOptions::new().create(true).append(true).open(folder.join(JOURNAL))?;
    let journal = Arc::new(Mutex::new(journal));
    let listener =
        TcpListener::bind(&address).await.with_context(|| format!("cannot listen on {address}"))?;
    let mut output = std::io::stdout();
    writeln!(output, "listening on {}", listener.local_addr()?)?;
    output.flush()?;
    loop {
        let (stream, _) = listener.accept().await?;
        let (journal, folder) = (Arc::clone(&journal), folder.clone());
        tokio::spawn(async move {
            // A sender that hangs up ends its connection, and nothing else.
            drop(serve(stream, &journal, &folder).await);
        });
    }
}

/// Answers the requests of one connection.
async fn serve(stream: TcpStream, journal: &Mutex<File>, folder: &Path) -> Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(mut request) = read(&mut stream).await? {
        let behaviour = behaviour(folder);
        let mode = behaviour.mode_for(&request.body);
        request.taken = matches!(mode, Mode::Take | Mode::Held | Mode::HugeAnswer);
        write_down(journal, &request)?;
        while mode == Mode::Held && self::behaviour(folder).mode == Mode::Held {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if !answer(&mut stream, mode, &behaviour).await? {
            break;
        }
    }
    Ok(())
}

async fn read(stream: &mut BufReader<TcpStream>) -> Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, path) =
        (words.next().context("a method")?.to_owned(), words.next().context("a path")?.to_owned());
    let mut request = Request { method, path, ..Request::default() };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        request.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length: usize = request.headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    request.body = String::from_utf8(body)?;
    Ok(Some(request))
}

fn behaviour(folder: &Path) -> Behaviour {
    let text = fs::read_to_string(folder.join(BEHAVIOUR)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn write_down(journal: &Mutex<File>, request: &Request) -> Result<()> {
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
    journal.write_all(&line)?;
    Ok(journal.sync_data()?)
}

/// Answers, and says whether the connection goes on.
async fn answer(stream: &mut BufReader<TcpStream>, mode: Mode, behaviour: &Behaviour) -> Result<bool> {
    let text = match mode {
        Mode::Take | Mode::Held => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        Mode::Slow => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            return Ok(false);
        }
        Mode::Close => return Ok(false),
        Mode::CloseWithin => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await?;
            stream.flush().await?;
            return Ok(false);
        }
        Mode::Redirect => {
            let to = behaviour.location.clone().unwrap_or_default();
            format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
        }
        Mode::HugeAnswer => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            loop {
                stream.write_all(b"1000\r\n").await?;
                stream.write_all(&[b'x'; 0x1000]).await?;
                stream.write_all(b"\r\n").await?;
            }
        }
        Mode::Status => {
            let retry_after = behaviour.retry_after.as_ref();
            let more = retry_after.map_or_else(String::new, |text| format!("retry-after: {text}\r\n"));
            let answer = behaviour.answer.clone().unwrap_or_default();
            let (status, length) = (behaviour.status, answer.len());
            format!("HTTP/1.1 {status} Status\r\n{more}content-length: {length}\r\n\r\n{answer}")
        }
    };
    stream.write_all(text.as_bytes()).await?;
    stream.flush().await?;
    Ok(true)
}

//! Reading in a process of this binary: it gets the file on its standard input, none of the server's settings, secrets and
//! descriptors, and sets its own bounds (`campo read-table`). Whatever becomes of it is an answer about one file.

use std::{
    io,
    os::unix::process::ExitStatusExt as _,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use campo_spreadsheets::{
    Book, Options, Row,
    wire::{self, End, Frame, HEAD_BYTES, Order},
};
use futures_util::StreamExt as _;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc,
};

use super::{Broken, Readers, Source};
use crate::{app::App, environment::Environment, files::store::Content, problem::Problem};

/// SIGXCPU: the process computed for longer than it may. The same number on Linux, macOS and the BSDs.
const OUT_OF_TIME: i32 = 24;
/// What Rust's allocator says before it ends a process.
const OUT_OF_MEMORY: &str = "memory allocation of";
/// How much of a reader's last words is kept.
const LAST_WORDS: u64 = 2000;
/// How long a process may take to end that has closed its output.
const ENDING: Duration = Duration::from_secs(2);

pub(super) async fn read(
    app: &App,
    account: i64,
    source: Source,
    options: Options,
    sender: mpsc::Sender<Vec<Row>>,
) -> Result<Book, Broken> {
    let readers = &app.limits.readers;
    let (size_bytes, content) = source.open(app, account).await?;
    let columns = options.limits.columns;
    let mut process = start(readers).map_err(Problem::internal)?;
    let input = process.stdin.take().ok_or_else(|| Problem::internal(anyhow::anyhow!("no pipe")))?;
    let output = process.stdout.take().ok_or_else(|| Problem::internal(anyhow::anyhow!("no pipe")))?;
    let order = wire::order(&Order { size_bytes, options }).map_err(Problem::internal)?;
    let hearing = hear(&app.environment, readers, output, columns, sender);
    let mut hearing = std::pin::pin!(hearing);
    let heard = tokio::select! {
        heard = &mut hearing => heard,
        fed = feed(input, order, content) => match fed {
            Ok(()) => hearing.await,
            Err(problem) => return Err(problem.into()),
        },
    };
    match heard {
        Ok(Some(end)) => {
            tracing::debug!(account, size_bytes, peak_bytes = ?end.peak_bytes, "a file was read");
            Ok(end.result?)
        }
        Ok(None) => Err(fate(&app.environment, readers, process).await),
        Err(broken) => Err(broken),
    }
}

fn start(readers: &Readers) -> io::Result<Child> {
    Command::new(&readers.program)
        .arg0("campo")
        .arg("read-table")
        .args(["--memory-bytes", &readers.memory_bytes.to_string()])
        .args(["--seconds", &readers.seconds.to_string()])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Whoever ends the server from a terminal ends it alone; it ends its readers
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// Hands over the order and the file. A reader that does not want it says why on its own.
async fn feed(mut input: ChildStdin, order: Vec<u8>, mut content: Content) -> Result<(), Problem> {
    if input.write_all(&order).await.is_err() {
        return Ok(());
    }
    while let Some(block) = content.next().await {
        if input.write_all(&block.map_err(Problem::internal)?).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Hands on rows until the end that the reader tells; nothing when it is gone before, or says what nobody understands.
async fn hear(
    environment: &Environment,
    readers: &Readers,
    mut output: ChildStdout,
    columns: usize,
    sender: mpsc::Sender<Vec<Row>>,
) -> Result<Option<End>, Broken> {
    // Only while it is waited for: whoever takes the rows may be slow
    let mut left = Duration::from_secs(readers.seconds);
    loop {
        let began_us = environment.monotonic_us();
        let frame = tokio::select! {
            frame = next(&mut output, columns) => frame,
            () = environment.sleep(left) => return Err(Broken::Time(readers.seconds)),
        };
        let waited_us = environment.monotonic_us().saturating_sub(began_us);
        left = left.saturating_sub(Duration::from_micros(waited_us.unsigned_abs()));
        match frame {
            Some(Frame::Rows(rows)) => {
                if sender.send(rows).await.is_err() {
                    return Err(Broken::Reader("nobody waits for its rows any more".to_owned()));
                }
            }
            Some(Frame::End(end)) => return Ok(Some(end)),
            None => return Ok(None),
        }
    }
}

async fn next(output: &mut (impl AsyncRead + Unpin), columns: usize) -> Option<Frame> {
    let mut head = [0; HEAD_BYTES];
    output.read_exact(&mut head).await.ok()?;
    let (kind, length) = wire::head(head)?;
    // Room as it comes, not as it is announced
    let mut bytes = Vec::new();
    output.take(length as u64).read_to_end(&mut bytes).await.ok()?;
    if bytes.len() < length {
        return None;
    }
    wire::frame(kind, &bytes, columns)
}

/// What became of a reader that is gone, or says what nobody understands.
async fn fate(environment: &Environment, readers: &Readers, mut process: Child) -> Broken {
    let ended = tokio::select! {
        ended = process.wait() => ended.ok(),
        () = environment.sleep(ENDING) => None,
    };
    let Some(status) = ended else {
        return Broken::Reader("it said what is no frame".to_owned());
    };
    let mut words = Vec::new();
    if let Some(errors) = process.stderr.take() {
        // What cannot be read is not needed: the status says the most
        let _ = errors.take(LAST_WORDS).read_to_end(&mut words).await;
    }
    of_status(readers, status, &String::from_utf8_lossy(&words))
}

fn of_status(readers: &Readers, status: ExitStatus, words: &str) -> Broken {
    if status.signal() == Some(OUT_OF_TIME) {
        Broken::Time(readers.seconds)
    } else if words.contains(OUT_OF_MEMORY) {
        Broken::Memory(readers.memory_bytes)
    } else {
        Broken::Reader(format!("{status}: {}", words.trim()))
    }
}

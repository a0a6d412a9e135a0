//! A process that the demo starts: the same binary, with a pipe for its input, so that it ends when the demo is gone however
//! that went, and a process group of its own, so that Ctrl-C reaches the demo alone, which ends its parts in order.

use std::{
    fs::{File, OpenOptions},
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child as Process, ChildStdin, ChildStdout, Command},
};

/// A part of the demo. Killed when dropped.
#[derive(Debug)]
pub(super) struct Child {
    process: Process,
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
}

/// This binary, with none of the settings of whoever runs it.
pub(super) fn campo() -> Result<Command> {
    let binary = std::env::current_exe().context("the path of this program")?;
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CAMPO_") {
            command.env_remove(name);
        }
    }
    command.process_group(0).kill_on_drop(true);
    Ok(command)
}

/// A file for what a part says to whoever looks for a fault.
pub(super) fn log(path: &Path) -> Result<File> {
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.with_context(|| path.display().to_string())
}

impl Child {
    /// Starts `command`, whose standard error goes to `log`.
    pub(super) fn start(mut command: Command, log: File) -> Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut process = command.spawn()?;
        let input = process.stdin.take();
        let lines = BufReader::new(process.stdout.take().context("its output")?).lines();
        Ok(Self { process, input, lines })
    }

    /// Writes a line of JSON into its input.
    pub(super) async fn tell(&mut self, what: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_vec(what)?;
        line.push(b'\n');
        Ok(self.input.as_mut().context("its input")?.write_all(&line).await?)
    }

    /// The next line of its output. Nothing is lost when the future is dropped.
    pub(super) async fn line(&mut self) -> Result<String> {
        match self.lines.next_line().await? {
            Some(line) => Ok(line),
            None => bail!("it ended"),
        }
    }

    /// Waits until it ends.
    pub(super) async fn ended(&mut self) -> Result<ExitStatus> {
        Ok(self.process.wait().await?)
    }

    /// Kills it as an out-of-memory killer would; it is gone when this returns.
    pub(super) async fn kill(&mut self) -> Result<()> {
        Ok(self.process.kill().await?)
    }

    /// Closes its input, which asks it to end.
    pub(super) fn close(&mut self) {
        drop(self.input.take());
    }

    /// Asks it to end by closing its input, and kills it when it has not `within` that time.
    pub(super) async fn end(&mut self, within: Duration) {
        self.close();
        let ended = tokio::time::timeout(within, self.process.wait()).await;
        if ended.is_err() {
            // One that has ended in the meantime needs no killing
            let _ = self.process.kill().await;
        }
    }
}

//! The process that reads a file for a server, asked as a server asks.

use std::{
    io::{Read as _, Write as _},
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use anyhow::{Context as _, Result, bail, ensure};
use campo_spreadsheets::{
    Limits, Options,
    wire::{self, Frame, HEAD_BYTES, Order},
};
use campo_tests::process;

/// How long reading a file took, in seconds from the start of the process to its last row, and the most memory that the
/// process held.
pub(crate) fn read(bytes: &[u8], rows: usize) -> Result<(f64, u64)> {
    let limits = Limits { rows, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let columns = options.limits.columns;
    let order = wire::order(&Order { size_bytes: bytes.len() as u64, options })?;
    let started = Instant::now();
    let mut reader = Command::new(process::binary()?)
        .args(["read-table", "--memory-bytes", "1073741824", "--seconds", "600"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = reader.stdin.take().context("its input")?;
    let mut output = reader.stdout.take().context("its output")?;
    let (mut read, mut peak_bytes) = (0, 0);
    thread::scope(|scope| {
        let feeding = scope.spawn(move || input.write_all(&order).and_then(|()| input.write_all(bytes)));
        loop {
            let mut head = [0; HEAD_BYTES];
            output.read_exact(&mut head)?;
            let (kind, length) = wire::head(head).context("a frame")?;
            let mut carried = vec![0; length];
            output.read_exact(&mut carried)?;
            match wire::frame(kind, &carried, columns).context("a frame")? {
                Frame::Rows(rows) => read += rows.len(),
                Frame::End(end) => {
                    end.result?;
                    peak_bytes = end.peak_bytes.unwrap_or(0);
                    break;
                }
            }
        }
        match feeding.join() {
            Ok(fed) => Ok(fed?),
            Err(_) => bail!("the file was not fed"),
        }
    })?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(reader.wait()?.success() && read == rows, "{read} rows were read");
    Ok((seconds, peak_bytes))
}

//! How a file is read by a process of its own: it gets an [`Order`] and the bytes of the file on its standard input, and
//! answers on its standard output with frames, batches of rows and at last what the file is or why it cannot be read.
//!
//! A frame is its kind (a byte), the length of what follows (four bytes, the low one first) and that. Rows are in a form
//! of their own (`cells`), since they are most of what crosses; the rest is JSON. Who reads frames believes nothing: a
//! process that a file has taken over can send what it likes.

mod cells;

use std::{
    io::{self, Read, Write},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde::{Deserialize, Serialize};

use crate::{Book, Options, Row, Unreadable, read};

/// Rows of one frame at most.
pub const MAX_ROWS: usize = 500;
/// Bytes behind which no row is added to a frame.
const FULL_BYTES: usize = 512 * 1024;
/// The longest frame: one that is almost full, and a row of 200 cells of 32,767 characters.
pub const MAX_FRAME_BYTES: usize = 32 * 1024 * 1024;
/// The most bytes of an order.
const MAX_ORDER_BYTES: usize = 64 * 1024;
/// The bytes before what a frame carries.
pub const HEAD_BYTES: usize = 5;

const ROWS: u8 = b'R';
const END: u8 = b'E';

/// What is to be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    /// The length of the file, which follows the order
    pub size_bytes: u64,
    /// How it is read
    pub options: Options,
}

/// What a frame holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// Rows of the file, behind those of the frames before
    Rows(Vec<Row>),
    /// The end: nothing follows
    End(End),
}

/// How reading ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// What was read, or why it cannot be
    pub result: Result<Book, Unreadable>,
    /// The most memory that the reading process held, where the system says so (Linux)
    pub peak_bytes: Option<u64>,
}

/// An order as it is sent: its length and JSON.
pub fn order(order: &Order) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(order)?;
    let length = u32::try_from(json.len()).map_err(io::Error::other)?;
    Ok([&length.to_le_bytes()[..], &json].concat())
}

/// The kind of a frame and how many bytes it carries, by the bytes before them; nothing for what is no frame.
pub fn head(bytes: [u8; HEAD_BYTES]) -> Option<(u8, usize)> {
    let [kind, length @ ..] = bytes;
    let length = u32::from_le_bytes(length) as usize;
    (matches!(kind, ROWS | END) && length <= MAX_FRAME_BYTES).then_some((kind, length))
}

/// What a frame of that kind carries; nothing for what is no frame. No row has more than so many `columns`.
pub fn frame(kind: u8, bytes: &[u8], columns: usize) -> Option<Frame> {
    match kind {
        ROWS => cells::rows(bytes, columns).map(Frame::Rows),
        END => serde_json::from_slice(bytes).ok().map(Frame::End),
        _ => None,
    }
}

/// Does one order: reads it and the file from `input`, and writes frames. An error where either end is gone.
pub fn serve(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_ORDER_BYTES {
        return Err(io::Error::other("an order is too long"));
    }
    let mut order = vec![0; length];
    input.read_exact(&mut order)?;
    let order: Order = serde_json::from_slice(&order)?;
    let result = match file(input, order.size_bytes)? {
        Ok(bytes) => send_rows(&bytes, &order.options, output)?,
        Err(unreadable) => Err(unreadable),
    };
    let end = serde_json::to_vec(&End { result, peak_bytes: peak_bytes() })?;
    send(output, END, &end)?;
    output.flush()
}

/// The bytes of the file, which are as many as were announced.
fn file(input: &mut impl Read, size_bytes: u64) -> io::Result<Result<Vec<u8>, Unreadable>> {
    let size = usize::try_from(size_bytes).map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(io::Error::other)?;
    input.take(size_bytes).read_to_end(&mut bytes)?;
    if bytes.len() < size {
        return Ok(Err(Unreadable::Damaged(format!("it has {} of {size} bytes", bytes.len()))));
    }
    // Whoever announces a length and sends more means another file
    if input.read(&mut [0])? > 0 {
        return Ok(Err(Unreadable::Damaged(format!("it has more than {size} bytes"))));
    }
    Ok(Ok(bytes))
}

/// Hands on the rows of a file. What panics at a file says that it is damaged.
fn send_rows(
    bytes: &[u8],
    options: &Options,
    output: &mut impl Write,
) -> io::Result<Result<Book, Unreadable>> {
    let (mut batch, mut count, mut failed) = (Vec::new(), 0, None);
    let mut take = |row: Row| {
        cells::push(&row, &mut batch);
        count += 1;
        if count < MAX_ROWS && batch.len() < FULL_BYTES {
            return ControlFlow::Continue(());
        }
        let sent = send(output, ROWS, &batch);
        batch.clear();
        count = 0;
        match sent {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    let result = catch_unwind(AssertUnwindSafe(|| read(bytes, options, &mut take)));
    if let Some(error) = failed {
        return Err(error);
    }
    let result = result.unwrap_or_else(|_| Err(Unreadable::Damaged("its reader panicked".to_owned())));
    if result.is_ok() && !batch.is_empty() {
        send(output, ROWS, &batch)?;
    }
    Ok(result)
}

fn send(output: &mut impl Write, kind: u8, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?.to_le_bytes();
    output.write_all(&[kind, length[0], length[1], length[2], length[3]])?;
    output.write_all(bytes)
}

/// The most memory that this process held.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests;

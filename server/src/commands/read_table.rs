//! `campo read-table`.

use std::{fs, io};

use anyhow::{Context as _, Result};
use campo_spreadsheets::wire;
use rustix::process::{Resource, Rlimit, setrlimit};

/// Descriptors that it needs: three pipes, and a file to ask what it took.
const DESCRIPTORS: u64 = 8;
/// How long it has after it was told that its time is over.
const GRACE_S: u64 = 5;

/// Reads one spreadsheet for a server, which starts it
///
/// Takes an order and the file from standard input and writes its rows to standard output, as `campo serve` wants them.
/// Needs no settings and has no way to anything else.
#[derive(Debug, clap::Args)]
#[command(hide = true)]
pub(crate) struct Arguments {
    /// The most memory that it may take besides what the program itself does
    #[arg(long)]
    memory_bytes: u64,
    /// How long it may compute
    #[arg(long)]
    seconds: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    bound(arguments).context("the bounds of a reader")?;
    let (mut input, mut output) = (io::stdin().lock(), io::BufWriter::new(io::stdout().lock()));
    // The server has lost interest, or is gone: there is nobody to tell
    wire::serve(&mut input, &mut output).context("the server")
}

/// What is read comes from strangers: this process has memory and time for one file, and can neither open, write nor start
/// anything of worth.
fn bound(arguments: &Arguments) -> io::Result<()> {
    let memory = arguments.memory_bytes.saturating_add(mapped_bytes());
    for (resource, current, maximum) in [
        (Resource::As, memory, memory),
        (Resource::Cpu, arguments.seconds, arguments.seconds.saturating_add(GRACE_S)),
        (Resource::Nofile, DESCRIPTORS, DESCRIPTORS),
        (Resource::Fsize, 0, 0),
        (Resource::Core, 0, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) })?;
    }
    Ok(())
}

/// What the program itself takes of its addresses: its code and what it was linked with.
fn mapped_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let kibibytes = size.and_then(|size| size.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0).saturating_mul(1024)
}

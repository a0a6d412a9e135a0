//! Commits that take longer: PostgreSQL waits before it flushes (`commit_delay`), SQLite has a library preloaded that
//! waits in each sync.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use campo_tests::place;

use crate::{
    figures::{self, COMMIT_MS},
    load::Pace,
    stage::Kind,
};

/// The word by which this program knows that it is to make one run and print its pace.
pub(crate) const ONE_RUN: &str = "one-run";

const SOURCE: &str = include_str!("slow_sync.c");

/// The pace of a run on this disk, or with slow commits.
pub(crate) async fn pace(kind: Kind, accounts: usize, slow: bool) -> Result<Pace> {
    match kind {
        Kind::Sqlite => tokio::task::spawn_blocking(move || in_process(accounts, slow)).await?,
        Kind::Postgres if slow => {
            // also when no other transaction is under way
            let options = format!("?options=-ccommit_siblings=0%20-ccommit_delay={}", COMMIT_MS * 1000);
            figures::one_run(kind, accounts, &options).await
        }
        Kind::Postgres => figures::one_run(kind, accounts, "").await,
    }
}

/// The run in a process of its own, since a library is preloaded only at the start.
fn in_process(accounts: usize, slow: bool) -> Result<Pace> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([ONE_RUN, "sqlite", &accounts.to_string()]).stdin(Stdio::null()).stderr(Stdio::inherit());
    if slow {
        command.env("LD_PRELOAD", library()?).env("SLOW_SYNC_US", (COMMIT_MS * 1000).to_string());
    }
    let output = command.output()?;
    let text = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        bail!("the run with slow commits failed");
    }
    let (rate, cpu) = text.trim().split_once(' ').context("a pace is two numbers")?;
    Ok(Pace { entries_per_s: rate.parse()?, cpu_s: cpu.parse().ok() })
}

/// What the process of [`in_process`] does; also of use to profile either database. Returns the line that it prints.
pub(crate) async fn one_run(kind: &str, accounts: usize) -> Result<String> {
    let kind = if kind == "sqlite" { Kind::Sqlite } else { Kind::Postgres };
    let pace = figures::one_run(kind, accounts, "").await?;
    Ok(format!("{} {}", pace.entries_per_s, pace.cpu_s.map_or_else(|| "-".to_owned(), |cpu| cpu.to_string())))
}

fn library() -> Result<PathBuf> {
    let folder = place::target_folder()?.join("bench");
    std::fs::create_dir_all(&folder)?;
    let (source, library) = (folder.join("slow_sync.c"), folder.join("slow_sync.so"));
    std::fs::write(&source, SOURCE)?;
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let status = Command::new(&compiler)
        .args(["-shared", "-fPIC", "-O2", "-std=gnu11", "-Wall", "-Wextra", "-o"])
        .args([&library, &source])
        .status()
        .with_context(|| format!("running the C compiler {compiler}"))?;
    if !status.success() {
        bail!("the library that makes syncs slow was not built");
    }
    Ok(library)
}

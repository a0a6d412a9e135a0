//! Plays seeds of the simulator and looks for planted faults: `make simulate`.
//!
//! `simulator SEEDS [FIRST]` plays the seeds with sound code, all of which must pass, then plants each fault in turn and
//! plays the same seeds until one is found; a fault that none of the first [`PLANTED_SEEDS`] finds fails. It prints what
//! struck which step how often, and for each planted fault the seed and the complaint that found it.

#[cfg(not(debug_assertions))]
compile_error!(
    "the simulator plants faults, which a build for release does not hold: build it for development"
);

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    io::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use anyhow::{Context as _, Result, bail, ensure};
use campo_protocol::planted::{Planted, plant};
use campo_tests::sim::{self, Fault, Hits, Report};

/// Within how many seeds a planted fault must be found.
const PLANTED_SEEDS: u64 = 200;
/// How many threads play.
const THREADS: usize = 2;
/// From so many seeds on every fault must have struck and everything must have happened.
const ENOUGH: u64 = 50;

fn main() -> Result<ExitCode> {
    let numbers = std::env::args().skip(1).map(|text| text.parse()).collect::<Result<Vec<u64>, _>>();
    let (seeds, first) = match numbers.context("usage: simulator SEEDS [FIRST]")?.as_slice() {
        [seeds] => (*seeds, 1),
        [seeds, first] => (*seeds, *first),
        _ => bail!("usage: simulator SEEDS [FIRST]"),
    };
    // The company is founded by sound code
    play(first)?;
    sound(first, seeds)?;
    let missed = planted(first)?;
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Plays every seed with sound code.
fn sound(first: u64, seeds: u64) -> Result<()> {
    let started = Instant::now();
    let next = AtomicU64::new(first);
    let part = || -> Result<Total> {
        let mut total = Total::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + seeds {
                return Ok(total);
            }
            // A seed that fails is the end: nobody begins another
            total.add(&play(seed).inspect_err(|_| next.store(first + seeds, Ordering::Relaxed))?);
        }
    };
    let mut total = Total::default();
    std::thread::scope(|scope| -> Result<()> {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(part)).collect();
        for thread in threads {
            let Ok(played) = thread.join() else { bail!("a thread panicked") };
            total.merge(&played?);
        }
        Ok(())
    })?;
    total.say()?;
    say(format!("{seeds} seeds of sound code passed in {:.1} s", started.elapsed().as_secs_f64()))?;
    ensure!(seeds < ENOUGH || total.has_everything(), "something never happened, or a fault never struck");
    Ok(())
}

/// Plants each fault in turn; how many were not found.
fn planted(first: u64) -> Result<usize> {
    let next = AtomicU64::new(0);
    let started = Instant::now();
    let found = |fault| (first..first + PLANTED_SEEDS).find_map(|seed| Some((seed, complaint(seed, fault)?)));
    let part = || {
        let mut all = Vec::new();
        while let Some(fault) = Planted::ALL.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
            all.push((*fault, found(*fault)));
        }
        all
    };
    let mut all = BTreeMap::new();
    std::thread::scope(|scope| -> Result<()> {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(part)).collect();
        for thread in threads {
            let Ok(found) = thread.join() else { bail!("a thread panicked") };
            all.extend(found);
        }
        Ok(())
    })?;
    say("")?;
    for (fault, found) in &all {
        let name = format!("{fault:?}");
        match found {
            Some((seed, complaint)) => say(format!("{name:<26} seed {seed:>3}: {complaint}"))?,
            None => say(format!("{name:<26} NOT FOUND within {PLANTED_SEEDS} seeds"))?,
        }
    }
    let missed = all.values().filter(|found| found.is_none()).count();
    let count = all.len() - missed;
    say(format!(
        "{count} of {} planted faults found in {:.1} s",
        all.len(),
        started.elapsed().as_secs_f64()
    ))?;
    Ok(missed)
}

/// What a seed says of a planted fault, in one line; none when it says nothing.
fn complaint(seed: u64, fault: Planted) -> Option<String> {
    plant(Some(fault));
    let played = catch_unwind(AssertUnwindSafe(|| play(seed)));
    plant(None);
    match played {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => {
            // The first cause is the seed with its trace
            let causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
            let text = causes.join(": ");
            Some(text.lines().next().unwrap_or_default().chars().take(120).collect())
        }
        Err(_) => Some("a panic".to_owned()),
    }
}

/// Plays a seed on a runtime of one thread.
fn play(seed: u64) -> Result<Report> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(sim::run(seed))
}

/// What many seeds were.
#[derive(Debug, Default)]
struct Total {
    hits: Hits,
    captured: usize,
    happened: BTreeMap<String, u64>,
}

impl Total {
    fn add(&mut self, report: &Report) {
        self.hits.merge(&report.hits);
        self.captured += report.captured;
        for (what, count) in &report.happened {
            *self.happened.entry(what.clone()).or_default() += count;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.hits.merge(&other.hits);
        self.captured += other.captured;
        for (what, count) in &other.happened {
            *self.happened.entry(what.clone()).or_default() += count;
        }
    }

    fn has_everything(&self) -> bool {
        Fault::ALL.iter().all(|fault| self.hits.0.keys().any(|key| key.0 == *fault))
            && self.happened.values().all(|count| *count > 0)
            && sim::EXPECTED.iter().all(|what| self.happened.contains_key(*what))
    }

    fn say(&self) -> Result<()> {
        let steps: BTreeSet<&'static str> = self.hits.0.keys().map(|key| key.1).collect();
        let row = |name: String, cells: Vec<String>| {
            let cells: Vec<String> = cells.into_iter().map(|cell| format!("{cell:>22}")).collect();
            say(format!("{name:<14}{}", cells.concat()))
        };
        row(String::new(), steps.iter().map(ToString::to_string).collect())?;
        for fault in Fault::ALL {
            let count = |step: &&'static str| self.hits.0.get(&(fault, *step)).copied().unwrap_or(0);
            row(fault.to_string(), steps.iter().map(|step| hit(count(step))).collect())?;
        }
        say("")?;
        say(format!("{} entries were captured, and this happened:", self.captured))?;
        for (what, count) in &self.happened {
            say(format!("{what:<34}{count:>8}"))?;
        }
        Ok(())
    }
}

fn hit(count: u64) -> String {
    if count == 0 { "·".to_owned() } else { count.to_string() }
}

fn say(line: impl Display) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}

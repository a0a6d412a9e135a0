//! When a capture call returned, the entry and its photo survive loss of power at any moment. With less syncing the same
//! test loses something, which proves that it looks.

use std::{
    collections::HashSet,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use campo_mobile_core::store::Store;
use campo_tests::{
    powerloss::{Disk, Unsynced},
    random::Random,
};
use tempfile::TempDir;

use super::{Line, hash, journal};

const CAPTURES: usize = 12;
const CUTS: u64 = 12;
const SEED: u64 = 9;

/// A disk with the database of a phone that is ready to capture.
fn disk(place: &TempDir) -> Result<Disk> {
    let disk = Disk::new(place.path())?;
    let mut store = Store::open(&disk.folder().join("campo.db"))?;
    store.make_ready()?;
    store.checkpoint()?;
    Ok(disk)
}

/// Lets the phone capture until it is cut off or done, and gives its journal.
fn run(disk: &Disk, synchronous: &str, environment: Vec<(String, String)>) -> Result<Vec<Line>> {
    let output = Command::new(env!("CARGO_BIN_EXE_phone-writer"))
        .arg("capture")
        .arg(disk.folder())
        .args([synchronous, &CAPTURES.to_string()])
        .envs(environment)
        .stdin(Stdio::null())
        .output()?;
    Ok(journal(&String::from_utf8(output.stdout)?))
}

/// Fails unless everything in the journal is there, and every photo that any entry names.
fn keeps(folder: &Path, lines: &[Line]) -> Result<()> {
    let store = Store::open(&folder.join("campo.db"))?;
    let entries: HashSet<String> = store.all_entries()?.iter().map(|entry| entry.id.to_string()).collect();
    for line in lines {
        ensure!(entries.contains(&line.entry), "{} is lost", line.entry);
    }
    let named = store.book()?.files;
    let journaled = lines.iter().filter_map(|line| line.photo.clone());
    for photo in named.into_keys().chain(journaled) {
        let bytes = fs::read(folder.join("files").join(&photo)).with_context(|| photo.clone())?;
        ensure!(hash(&bytes) == photo, "{photo} has other bytes");
    }
    Ok(())
}

/// How many of the cuts lost something.
fn losses(synchronous: &str) -> Result<usize> {
    let whole = TempDir::new()?;
    let whole = (disk(&whole)?, whole);
    ensure!(
        run(&whole.0, synchronous, whole.0.environment())?.len() == CAPTURES,
        "it did not come to its end"
    );
    let operations = whole.0.events()?.len() as u64;
    let mut lost = 0;
    for number in 0..CUTS {
        let mut chance = Random::part(SEED, number);
        let cut = chance.within(&(operations / 4..=operations));
        let place = TempDir::new()?;
        let disk = disk(&place)?;
        let lines = run(&disk, synchronous, disk.environment_cut_after(cut))?;
        let torn = Unsynced::Torn { seed: chance.number() };
        disk.restore(if number % 2 == 0 { Unsynced::Lost } else { torn })?;
        if let Err(error) = keeps(disk.folder(), &lines) {
            ensure!(synchronous != "full", "cut {number} after {cut} of {operations}: {error:#}");
            lost += 1;
        }
    }
    Ok(lost)
}

#[test]
fn what_was_captured_survives_loss_of_power_and_only_by_syncing_each_commit() {
    assert_eq!(losses("full").unwrap(), 0);
    assert!(losses("normal").unwrap() > 0, "NORMAL lost nothing: the test cannot see a loss");
    assert!(losses("off").unwrap() > 0, "OFF lost nothing: the test cannot see a loss");
}

#[test]
fn a_photo_is_lost_when_a_sync_is_left_out() {
    for (operation, pattern) in [("sync", "camera-*.jpg"), ("sync_folder", "files"), ("sync_folder", ".")] {
        let place = TempDir::new().unwrap();
        let disk = disk(&place).unwrap();
        let lines = run(&disk, "full", disk.environment_ignoring(operation, pattern)).unwrap();
        assert_eq!(lines.len(), CAPTURES);
        disk.restore(Unsynced::Lost).unwrap();
        assert!(keeps(disk.folder(), &lines).is_err(), "{operation} {pattern}");
    }
}

//! What was acknowledged as stored survives a loss of power at any moment, and no row ever lacks its file.

use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Result, bail};
use campo_server::files::store::Place;
use campo_tests::{
    powerloss::{Disk, Unsynced},
    world::World,
};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

/// The first is stored twice; the second is longer than a block.
const SIZES: [&str; 4] = ["10", "300000", "10", "20"];

/// A folder with a database in which the account 1 is.
async fn prepared() -> Result<TempDir> {
    let world = World::sqlite().await?;
    assert_eq!(world.account("acme").await?.id, 1);
    world.app.db.close().await;
    let folder = world.folder;
    fs::remove_dir_all(folder.path().join("files"))?;
    Ok(folder)
}

fn disk(place: &TempDir, prepared: &Path) -> Result<Disk> {
    let disk = Disk::new(place.path())?;
    for entry in fs::read_dir(prepared)? {
        let entry = entry?;
        fs::copy(entry.path(), disk.folder().join(entry.file_name()))?;
    }
    Ok(disk)
}

/// Stores the files and returns the hashes that were acknowledged.
fn run(disk: &Disk, environment: Vec<(String, String)>) -> Result<Vec<String>> {
    let output = Command::new(env!("CARGO_BIN_EXE_file-writer"))
        .arg(disk.folder())
        .args(SIZES)
        .envs(environment)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() && output.status.signal() != Some(9) {
        bail!("the writer ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let output = String::from_utf8(output.stdout)?;
    Ok(output.lines().filter_map(|line| line.strip_prefix("stored ")).map(str::to_owned).collect())
}

/// What is wrong in the folder: acknowledged hashes without row, and rows without their bytes.
fn wrong(folder: &Path, acknowledged: &[String]) -> Result<Vec<String>> {
    let database = Connection::open(folder.join("campo.db"))?;
    let mut statement = database.prepare("select account, hash, generation from file")?;
    let rows: Vec<(i64, [u8; 32], [u8; 16])> = statement
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut wrong = Vec::new();
    for hash in acknowledged {
        if !rows.iter().any(|row| campo_protocol::text::hex(&row.1) == *hash) {
            wrong.push(format!("{hash} has no row"));
        }
    }
    for (account, hash, generation) in rows {
        let place = Place { account, hash, generation: Uuid::from_bytes(generation) };
        match fs::read(folder.join("files").join(place.path())) {
            Ok(bytes) if Sha256::digest(&bytes)[..] == hash => {}
            Ok(bytes) => wrong.push(format!("{place:?} has {} other bytes", bytes.len())),
            Err(error) => wrong.push(format!("{place:?}: {error}")),
        }
    }
    Ok(wrong)
}

#[tokio::test]
async fn every_acknowledged_file_survives_a_cut_at_every_operation() {
    let prepared = prepared().await.unwrap();
    let place = TempDir::new().unwrap();
    let whole = disk(&place, prepared.path()).unwrap();
    assert_eq!(run(&whole, whole.environment()).unwrap().len(), SIZES.len());
    let events = whole.events().unwrap();
    let first = events.iter().find(|event| event.path.starts_with("files")).unwrap().number;
    assert!(events.len() as u64 - first > 30, "{events:?}");
    for cut_after in first..=events.len() as u64 {
        for unsynced in [Unsynced::Lost, Unsynced::Torn { seed: cut_after }] {
            let place = TempDir::new().unwrap();
            let disk = disk(&place, prepared.path()).unwrap();
            let acknowledged = run(&disk, disk.environment_cut_after(cut_after)).unwrap();
            disk.restore(unsynced).unwrap();
            let wrong = wrong(disk.folder(), &acknowledged).unwrap();
            assert!(wrong.is_empty(), "cut after {cut_after}, {unsynced:?}: {wrong:?}");
        }
    }
}

/// The test above notices every sync that is left out.
#[tokio::test]
async fn a_file_is_lost_when_a_sync_is_left_out() {
    let prepared = prepared().await.unwrap();
    for (operation, pattern) in [
        ("sync", "files/1/incoming/*"),
        ("sync_folder", "files/1/??"),
        ("sync_folder", "files/1"),
        ("sync_folder", "files"),
    ] {
        let place = TempDir::new().unwrap();
        let disk = disk(&place, prepared.path()).unwrap();
        let acknowledged = run(&disk, disk.environment_ignoring(operation, pattern)).unwrap();
        assert_eq!(acknowledged.len(), SIZES.len());
        let left_out = disk.events().unwrap().into_iter().any(|event| event.operation == operation);
        assert!(left_out, "{operation} {pattern}");
        disk.restore(Unsynced::Lost).unwrap();
        assert!(!wrong(disk.folder(), &acknowledged).unwrap().is_empty(), "{operation} {pattern}");
    }
}

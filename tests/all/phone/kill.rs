//! A phone's process is killed again and again while it captures and syncs: nothing is lost, nothing doubled.

use std::{
    collections::HashMap,
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::Result;
use campo_protocol::text::hex;
use campo_server::api::router::router;
use campo_tests::{
    core_phone, on_both,
    random::Random,
    world::{Account, World},
};
use tempfile::TempDir;
use uuid::Uuid;

use super::{Line, journal};

const KILLS: u64 = 8;
const SEED: u64 = 11;

on_both!(a_phone_that_is_killed_again_and_again_loses_and_doubles_nothing);

async fn a_phone_that_is_killed_again_and_again_loses_and_doubles_nothing(world: World) {
    let account = world.account("acme").await.unwrap();
    let employee = account.employee("ZZ1").await.unwrap();
    let code = core_phone::code(&account, employee).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(axum::serve(listener, router(world.app.clone())).into_future());
    let folder = TempDir::new().unwrap();
    let mut lines = Vec::new();
    for number in 0..KILLS {
        let after_ms = Random::part(SEED, number).within(&(150..=900));
        let (folder, server, code) = (folder.path().to_owned(), server.clone(), code.clone());
        let killed =
            tokio::task::spawn_blocking(move || work_until_killed(&folder, &server, &code, after_ms));
        lines.extend(killed.await.unwrap().unwrap());
    }
    assert!(lines.len() as u64 > KILLS, "only {} captures in {KILLS} lives", lines.len());
    let drained = folder.path().to_owned();
    let drain =
        move || Command::new(env!("CARGO_BIN_EXE_phone-writer")).arg("drain").arg(drained).status().unwrap();
    assert!(tokio::task::spawn_blocking(drain).await.unwrap().success());
    serving.abort();
    check(&world, &account, &lines).await.unwrap();
}

/// One life of the phone; what it wrote into its journal.
fn work_until_killed(folder: &Path, server: &str, code: &str, after_ms: u64) -> Result<Vec<Line>> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_phone-writer"))
        .arg("work")
        .arg(folder)
        .args([server, code])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut output = child.stdout.take().expect("a pipe");
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).map(|_| text)
    });
    // At a moment that nothing announces
    std::thread::sleep(Duration::from_millis(after_ms));
    child.kill()?;
    child.wait()?;
    Ok(journal(&reading.join().expect("no panic")?))
}

/// Every line stands in the log once, in the bytes of one sequence without repeats, and every photo is stored.
async fn check(world: &World, account: &Account, lines: &[Line]) -> Result<()> {
    let rows: Vec<(Uuid, i64)> = world
        .app
        .db
        .fetch_all(
            "select id, sequence from entry where account = $1 and author = 'installation'",
            (account.id,),
        )
        .await?;
    let mut sequences: Vec<i64> = rows.iter().map(|row| row.1).collect();
    sequences.sort_unstable();
    assert_eq!(sequences, (1..=rows.len() as i64).collect::<Vec<_>>(), "a sequence is missing or used twice");
    let stored: HashMap<String, i64> =
        rows.into_iter().map(|(id, sequence)| (id.to_string(), sequence)).collect();
    let files: Vec<(Vec<u8>,)> =
        world.app.db.fetch_all("select hash from file where account = $1", (account.id,)).await?;
    let files: Vec<String> = files.into_iter().map(|row| hex(&row.0)).collect();
    for line in lines {
        assert!(stored.contains_key(&line.entry), "{} is lost", line.entry);
        if let Some(photo) = &line.photo {
            assert!(files.contains(photo), "the photo of {} is lost", line.entry);
        }
    }
    Ok(())
}

//! Readers of a real server: their bounds, what the server itself takes, and what becomes of others while one hangs.

use std::{collections::BTreeSet, fs, process::Command, time::Duration};

use anyhow::{Context as _, Result};
use campo_tests::{on_both, process::Server, wait, world::World};
use serde_json::json;

use super::{Desk, counts, many, readers::heavy, simple};

on_both! {
    a_reader_has_bounds_and_can_be_killed,
    a_server_takes_no_memory_for_what_it_reads,
    a_reader_is_there_for_a_server_whose_program_was_replaced,
}

const MEMORY: u64 = 96 * 1024 * 1024;
const WAITED: Duration = Duration::from_mins(2);

/// The readers of a server: its children that read a table.
fn readers(server: &Server) -> Result<BTreeSet<u32>> {
    let parent = server.id().context("the server runs")?.to_string();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // One that ended meanwhile is none
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let line = fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
        let of_server = stat
            .rsplit_once(") ")
            .is_some_and(|(_, rest)| rest.split(' ').nth(1).is_some_and(|of| of == parent));
        if of_server && line.contains("read-table") {
            found.insert(id);
        }
    }
    Ok(found)
}

async fn reader(server: &Server) -> u32 {
    // One that has just begun has not set its bounds yet
    let is_bound = |id: &u32| told(*id, "limits", "Max file size").is_ok_and(|line| line.starts_with("0 "));
    let found = async || Ok(readers(server)?.into_iter().find(is_bound));
    wait::until("a reader with its bounds", WAITED, found).await.unwrap()
}

fn signal(name: &str, process: u32) {
    let status = Command::new("kill").args(["-s", name, &process.to_string()]).status().unwrap();
    assert!(status.success(), "kill -s {name} {process}");
}

/// A line of `/proc/<process>/<file>` behind its name.
fn told(process: u32, file: &str, name: &str) -> Result<String> {
    let text = fs::read_to_string(format!("/proc/{process}/{file}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).context("the line")?;
    Ok(line.trim().to_owned())
}

fn bytes_at_most(server: &Server) -> u64 {
    let line = told(server.id().unwrap(), "status", "VmHWM:").unwrap();
    line.trim_end_matches("kB").trim().parse::<u64>().unwrap() * 1024
}

async fn a_reader_has_bounds_and_can_be_killed(world: World) {
    let (acme, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let (desk, calm) = (Desk::of(&acme).await, Desk::of(&other).await);
    desk.template(simple()).await;
    calm.template(simple()).await;
    let memory = MEMORY.to_string();
    let settings = [
        ("CAMPO_IMPORT_READER_BYTES", memory.as_str()),
        ("CAMPO_IMPORT_READER_S", "20"),
        ("CAMPO_LEASE_S", "2"),
    ];
    let server = world.process(&settings).await.unwrap();

    let path = desk.begin("simple", "larga.csv", &many(60_000)).await;
    let process = reader(&server).await;
    signal("STOP", process);
    let limits = told(process, "limits", "Max address space").unwrap();
    let soft: u64 = limits.split_whitespace().next().unwrap().parse().unwrap();
    assert!((MEMORY..MEMORY + 1024 * 1024 * 1024).contains(&soft), "{limits}");
    assert!(told(process, "limits", "Max cpu time").unwrap().starts_with("20 "));
    assert!(told(process, "limits", "Max file size").unwrap().starts_with("0 "));
    let variables = fs::read_to_string(format!("/proc/{process}/environ")).unwrap();
    assert_eq!(variables, "", "it has none of the server's secrets");
    // While it hangs, others go on
    let file = calm.begin("simple", "a.csv", &many(3)).await;
    let run = calm.until(&file, |run| run["finished_at"].is_string()).await;
    assert_eq!(counts(&run), [3, 0, 0, 0], "{run}");
    assert!(desk.get(&path).await["finished_at"].is_null());
    signal("KILL", process);
    let run = desk.until(&path, |run| run["finished_at"].is_string()).await;
    assert_eq!(
        (&run["state"], &run["problem"]["code"], counts(&run)),
        (&json!("failed"), &json!("file_reader_gone"), [0; 4]),
        "{run}"
    );
    assert_eq!(run["problem"]["parameters"]["file"], "larga.csv");
    let rows = desk.get(&format!("{path}/rows")).await;
    assert_eq!(rows["items"], json!([]), "nothing of it stays");
    // The same file can simply be sent again
    let path = desk.begin("simple", "larga.csv", &many(60_000)).await;
    let process = reader(&server).await;
    signal("STOP", process);
    let run = desk.until(&path, |run| run["finished_at"].is_string()).await;
    assert_eq!(run["problem"]["parameters"]["seconds"], "20", "it is not waited for without end: {run}");
    wait::until("the reader that hung to be gone", WAITED, async || {
        Ok(readers(&server)?.is_empty().then_some(()))
    })
    .await
    .unwrap();
}

async fn a_server_takes_no_memory_for_what_it_reads(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let memory = MEMORY.to_string();
    let server = world.process(&[("CAMPO_IMPORT_READER_BYTES", memory.as_str())]).await.unwrap();
    // What every first import takes
    let first = desk.begin("simple", "a.csv", &many(3)).await;
    desk.until(&first, |run| run["finished_at"].is_string()).await;
    let before = bytes_at_most(&server);
    let wide = format!("Número;Trabajo\n1;{}\n", "y".repeat(19 * 1024 * 1024));
    for (name, bytes, outcome) in [
        ("memoria.xlsx", heavy(150_000_000), json!({"memory": "96"})),
        ("celda.csv", wide.into_bytes(), json!({})),
    ] {
        let path = desk.begin("simple", name, &bytes).await;
        let run = desk.until(&path, |run| run["finished_at"].is_string()).await;
        for (parameter, value) in outcome.as_object().unwrap() {
            assert_eq!(&run["problem"]["parameters"][parameter], value, "{name}: {run}");
        }
    }
    let grown = bytes_at_most(&server).saturating_sub(before);
    assert!(grown < 16 * 1024 * 1024, "the server grew by {grown} bytes");
}

/// As a package does that is upgraded while the server runs.
async fn a_reader_is_there_for_a_server_whose_program_was_replaced(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("campo");
    fs::copy(campo_tests::process::binary().unwrap(), &program).unwrap();
    let server = Server::start_binary(program.clone(), world.settings(&[])).await.unwrap();
    fs::remove_file(&program).unwrap();
    fs::write(&program, "another release").unwrap();
    let path = desk.begin("simple", "a.csv", &many(3)).await;
    let run = desk.until(&path, |run| run["finished_at"].is_string()).await;
    assert_eq!(counts(&run), [3, 0, 0, 0], "{run}");
    drop(server);
}

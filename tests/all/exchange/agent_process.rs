//! The program `campo-agent` against a running server, killed at every step.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    time::Duration,
};

use campo_tests::{on_both, process, wait, world::World};
use serde_json::{Value, json};

use super::{Site, created, tasks};

on_both! {
    a_file_is_brought_once_whenever_the_agent_dies,
    a_file_is_taken_once_whenever_the_agent_dies,
    an_agent_that_is_killed_again_and_again_brings_one_file_byte_for_byte,
    an_agent_is_installed_for_a_person_s_session,
}

const WAIT: Duration = Duration::from_mins(2);

/// An agent with folders of its own.
struct Agent {
    folder: tempfile::TempDir,
    binary: PathBuf,
}

impl Agent {
    async fn new(site: &Site, server: &str) -> Self {
        let made = site.office.post("/v1/agents", &json!({ "code": "sede", "name": "Sede" })).await.unwrap();
        let code = created(&made)["enrolment"]["code"].as_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        for name in ["in", "out", "state"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let at = |name: &str| folder.path().join(name).display().to_string();
        let config = format!(
            "server = '{server}'\ncode = '{code}'\nstate = '{}'\nevery_seconds = 1\n\
             [[in]]\nfolder = '{}'\nto = 'in/tareas'\nquiet_seconds = 0\n[[out]]\nfrom = 'out'\nfolder = '{}'\n",
            at("state"),
            at("in"),
            at("out"),
        );
        std::fs::write(folder.path().join("campo-agent.toml"), config).unwrap();
        Self { folder, binary: binary() }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--config").arg(self.folder.path().join("campo-agent.toml"));
        command.args(["run", "--once"]).env_remove("CAMPO_AGENT_DIES_AT");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Looks once, and dies at a step where one is named.
    async fn run(&self, dies_at: Option<&str>) -> ExitStatus {
        let mut command = self.command();
        command.envs(dies_at.map(|step| ("CAMPO_AGENT_DIES_AT", step)));
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
        let output = output.unwrap_or_else(|error| panic!("cargo build --workspace --bins: {error}"));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(dies_at.is_some() || output.status.success(), "{said}");
        output.status
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn names(&self, folder: &str) -> Vec<String> {
        names(&self.path(folder))
    }
}

/// The program, or what runs it in another way (`agent/wine.sh`).
fn binary() -> PathBuf {
    let name = format!("campo-agent{}", std::env::consts::EXE_SUFFIX);
    let other = std::env::var_os("CAMPO_TEST_AGENT").map(PathBuf::from);
    other.unwrap_or_else(|| process::binary().unwrap().with_file_name(name))
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(found) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = found.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn until_over(site: &Site, count: usize) -> Vec<Value> {
    let over = async || {
        let received = site.received().await;
        let all = received
            .iter()
            .all(|file| ["done", "failed", "unmatched"].contains(&file["state"].as_str().unwrap()));
        Ok((all && received.len() >= count).then_some(received))
    };
    wait::until("the files to be imported", WAIT, over).await.unwrap()
}

async fn a_file_is_brought_once_whenever_the_agent_dies(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "tareas", "*.csv", json!({})).await;
    let server = world.process(&[]).await.unwrap();
    let agent = Agent::new(&site, server.url()).await;
    let steps = ["noted", "part", "arrived", "kept", "gone"];
    for (index, step) in steps.into_iter().enumerate() {
        let name = format!("{step}.csv");
        std::fs::write(agent.path("in").join(&name), tasks(100 * index + 1, 20)).unwrap();
        assert!(!agent.run(Some(step)).await.success(), "it did not die at {step}");
        agent.run(None).await;
        agent.run(None).await;
        assert_eq!(agent.names("in"), ["enviados"], "{step}");
        assert!(agent.names("in/enviados").contains(&name), "{step}");
        assert_eq!(until_over(&site, index + 1).await.len(), index + 1, "{step}");
    }
    assert_eq!(site.tasks().await, 100);
    assert_eq!(agent.names("state/brought"), [""; 0]);
    let shown = site.office.get("/v1/agents/code:sede").await.unwrap().json();
    assert_eq!((&shown["enrolled"], &shown["report"]["problems"]), (&json!(true), &json!([])), "{shown}");
}

async fn a_file_is_taken_once_whenever_the_agent_dies(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let server = world.process(&[]).await.unwrap();
    let agent = Agent::new(&site, server.url()).await;
    let export = json!({
        "code": "t", "name": "Tareas", "what": "tasks", "format": "csv", "file_name": "T_{n}.csv", "agent": "code:sede",
        "empty_files": true,
    });
    created(&site.office.post("/v1/exports", &export).await.unwrap());
    for (index, step) in ["chunk", "fetched", "noted", "renamed", "taken"].into_iter().enumerate() {
        let begun = site.office.post("/v1/exports/code:t/runs", &json!({})).await.unwrap();
        let location = begun.header("location").to_owned();
        let made = async || {
            let run = site.office.get(&location).await?.json();
            Ok((run["state"] == "made").then_some(run))
        };
        let run = wait::until("the run to be made", WAIT, made).await.unwrap();
        assert!(!agent.run(Some(step)).await.success(), "it did not die at {step}");
        let name = format!("T_{}.csv", index + 1);
        // The customer takes what it finds at once
        let early = std::fs::read(agent.path("out").join(&name)).ok();
        if early.is_some() {
            std::fs::remove_file(agent.path("out").join(&name)).unwrap();
        }
        agent.run(None).await;
        let late = std::fs::read(agent.path("out").join(&name)).ok();
        let path = format!("/v1/export-runs/{}/content", run["id"].as_str().unwrap());
        let expected = site.office.get(&path).await.unwrap().body;
        let found: Vec<_> = early.into_iter().chain(late).collect();
        assert_eq!(found, [expected], "{step}");
        let _ = std::fs::remove_file(agent.path("out").join(&name));
        assert_eq!(agent.names("out"), [""; 0], "{step}");
        assert_eq!(site.office.get(&location).await.unwrap().json()["state"], "taken", "{step}");
    }
    agent.run(None).await;
    assert_eq!(agent.names("state/placed"), [""; 0]);
}

async fn an_agent_that_is_killed_again_and_again_brings_one_file_byte_for_byte(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let server = world.process(&[]).await.unwrap();
    let agent = Agent::new(&site, server.url()).await;
    site.intake("tareas", "tareas", "*.csv", json!({})).await;
    let bytes: Vec<u8> =
        (0..24_000_000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    std::fs::write(agent.path("in/grande.bin"), &bytes).unwrap();
    let mut kills = 0;
    for round in 1..=12_u64 {
        let mut child = agent.command().spawn().unwrap();
        let ended = async || Ok(child.try_wait()?);
        // A moment later each time, so that every stage is met
        let ended = wait::until("the agent to end", Duration::from_millis(40 * round), ended).await;
        if ended.is_ok() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    agent.run(None).await;
    assert!(kills > 0, "it was never killed");
    let received = until_over(&site, 1).await;
    let hash = <sha2::Sha256 as sha2::Digest>::digest(&bytes);
    let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert_eq!((received.len(), &received[0]["hash"]), (1, &json!(hash)), "{received:?}");
    assert_eq!(std::fs::read(agent.path("in/enviados/grande.bin")).unwrap(), bytes);
    assert_eq!(agent.names("in"), ["enviados"]);
}

async fn an_agent_is_installed_for_a_person_s_session(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let agent = Agent::new(&site, "https://campo.example.com").await;
    // What systemd is told is written down instead
    let systemctl = agent.path("systemctl");
    let script = format!("#!/bin/sh\necho \"$@\" >> '{}'\n", agent.path("told").display());
    std::fs::write(&systemctl, script).unwrap();
    std::fs::set_permissions(&systemctl, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = Command::new(&agent.binary);
    command.arg("--config").arg(agent.path("campo-agent.toml")).args(["install", "--user"]);
    command.env("XDG_CONFIG_HOME", agent.path("home"));
    command.env("PATH", format!("{}:/usr/bin:/bin", agent.folder.path().display()));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let unit = std::fs::read_to_string(agent.path("home/systemd/user/campo-agent.service")).unwrap();
    assert!(unit.contains(&format!("ExecStart=\"{}\" --config", agent.binary.display())), "{unit}");
    let told = std::fs::read_to_string(agent.path("told")).unwrap();
    assert_eq!(told, "--user daemon-reload\n--user enable --now campo-agent.service\n");
}

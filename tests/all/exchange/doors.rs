//! What pages ask: how to connect, what changed, log-ins that are changed, agents that are silent and downloaded.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use axum::http::Method;
use campo_server::{
    access::PermissionName,
    app::Limits,
    exchange::{doors::Doors, take},
};
use campo_tests::{api::Client, on_both, process, world::World};
use serde_json::{Value, json};

use super::{Site, agents::agent, created, tasks};

on_both! {
    a_page_learns_how_to_connect,
    a_log_in_is_changed_from_its_next_request_on,
    a_file_that_cannot_be_tried_again_says_why,
    an_agent_that_is_silent_is_told_once_and_its_return_ends_it,
    the_download_of_an_agent_is_unpacked_and_works,
    a_program_that_is_missing_is_said_with_the_command_that_makes_it,
}

async fn a_page_learns_how_to_connect(world: World) {
    let account = world.account("acme").await.unwrap();
    let viewer = account.key(&[PermissionName::ViewTransfers]).await.unwrap();
    let off = Client::new(&account.app, Some(&viewer)).get("/v1/file-exchange").await.unwrap().json();
    assert_eq!(off, json!({ "on": false }));
    let mut app = account.app.clone();
    let doors = Doors {
        sftp: Some("0.0.0.0:2222".parse().unwrap()),
        ftp: Some("0.0.0.0:2121".parse().unwrap()),
        plain_ftp: true,
        ..Doors::default()
    };
    let public_url = Some("https://campo.example.com/x".to_owned());
    app.limits = Arc::new(Limits { doors, public_url, ..(*app.limits).clone() });
    let on = Client::new(&app, Some(&viewer)).get("/v1/file-exchange").await.unwrap().json();
    let fingerprint = campo_server::exchange::sftp::fingerprint(&app).await.unwrap();
    assert_eq!(
        on,
        json!({
            "on": true, "host": "campo.example.com",
            "sftp": { "port": 2222, "host_key_fingerprints": [fingerprint] },
            "ftp": { "port": 2121, "plain": true, "first_passive_port": 49152, "last_passive_port": 49407 },
        })
    );
}

async fn a_log_in_is_changed_from_its_next_request_on(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let list = format!("/v1/keys/{}/logins", site.key);
    let login = site.office.get(&list).await.unwrap().json()["items"][0].clone();
    let path = format!("{list}/{}", login["id"].as_str().unwrap());
    let patch = async |version: i64, patch: Value| {
        let if_match = format!("\"{version}\"");
        site.office.call(Method::PATCH, &path, &[("if-match", &if_match)], Some(&patch)).await.unwrap()
    };
    assert!(site.sftp("ls out\n").await.0);
    for (index, (change, opens)) in [
        (json!({ "networks": ["192.0.2.0/24"] }), false),
        (json!({ "networks": [] }), true),
        (json!({ "purposes": ["ftp"] }), false),
        (json!({ "purposes": ["sftp", "ftp"] }), true),
        (json!({ "expires_at": "2020-01-01T00:00:00Z" }), false),
        (json!({ "expires_at": null }), true),
        (json!({ "state": "disabled" }), false),
        (json!({ "state": "enabled" }), true),
    ]
    .into_iter()
    .enumerate()
    {
        let version = login["version"].as_i64().unwrap() + index as i64;
        let changed = patch(version, change.clone()).await;
        assert_eq!((changed.status.as_u16(), &changed.json()["version"]), (200, &json!(version + 1)));
        let (opened, output) = site.sftp("ls out\n").await;
        assert_eq!(opened, opens, "{change} {output}");
    }
    assert_eq!(patch(1, json!({ "networks": [] })).await.status, 412, "another one changed it");
    let wrong = patch(9, json!({ "plain_ftp": true })).await;
    assert_eq!((wrong.status.as_u16(), &wrong.json()["faults"][0]["field"]), (422, &json!("/purposes")));
}

async fn a_file_that_cannot_be_tried_again_says_why(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.file("a.csv", &tasks(1, 2));
    let (went_well, output) = site.sftp("put a.csv in/a.csv\n").await;
    assert!(went_well, "{output}");
    let id = site.received().await[0]["id"].as_str().unwrap().to_owned();
    let retry =
        async || site.office.post(&format!("/v1/received-files/{id}/retry"), &json!({})).await.unwrap();
    let refused = retry().await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("no_intake_fits")));
    site.intake("tareas", "", "*.csv", json!({})).await;
    assert_eq!(retry().await.status, 200);
    site.work_off().await;
    let refused = retry().await.json();
    assert_eq!(
        (&refused["code"], &refused["parameters"]["state"]),
        (&json!("file_state_differs"), &json!("done"))
    );
}

async fn an_agent_that_is_silent_is_told_once_and_its_return_ends_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    created(&site.office.post("/v1/agents", &json!({ "code": "otra", "name": "Otra" })).await.unwrap());
    let report = json!({ "version": "1", "system": "Linux", "folders": [], "problems": [] });
    let notices = async || {
        let notices = site.office.get("/v1/notices").await.unwrap().json();
        notices["items"].as_array().unwrap().iter().map(|one| one["times"].clone()).collect::<Vec<_>>()
    };
    let replica = world.virtual_replica(1).await.unwrap();
    replica.environment.advance(3600 * 1_000_000);
    take::run(&replica).await.unwrap();
    assert_eq!(notices().await, Vec::<Value>::new(), "one that no program enrolled as is not silent");
    let (id, client) = agent(&site, "sede").await;
    assert_eq!(client.post("/v1/agents/report", &report).await.unwrap().status, 204);
    for _ in 0..3 {
        take::run(&replica).await.unwrap();
    }
    assert_eq!(notices().await, [json!(1)]);
    let shown = site.office.get(&format!("/v1/agents/{id}")).await.unwrap().json();
    assert!(shown["silent_since"].is_string(), "{shown}");
    assert_eq!(client.post("/v1/agents/report", &report).await.unwrap().status, 204);
    assert_eq!(notices().await, Vec::<Value>::new());
    assert!(site.office.get(&format!("/v1/agents/{id}")).await.unwrap().json()["silent_since"].is_null());
}

async fn the_download_of_an_agent_is_unpacked_and_works(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    created(&site.office.post("/v1/agents", &json!({ "code": "sede", "name": "Sede" })).await.unwrap());
    let programs = tempfile::tempdir().unwrap();
    let built = process::binary().unwrap().with_file_name("campo-agent");
    std::fs::copy(built, programs.path().join("campo-agent-linux-x86_64")).unwrap();
    let server = world.process(&[]).await.unwrap();
    let mut app = account.app.clone();
    let agent_folder = Some(programs.path().to_owned());
    let public_url = Some(server.url().to_owned());
    app.limits = Arc::new(Limits { agent_folder, public_url, ..(*app.limits).clone() });
    let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    let office = Client::new(&app, Some(&account.key(&all).await.unwrap()));
    let path = "/v1/agents/code:sede/download";
    let headers = [("accept-language", "es")];
    let zip = office.call(Method::POST, path, &headers, Some(&json!({ "system": "linux" }))).await.unwrap();
    assert_eq!((zip.status.as_u16(), zip.header("content-type")), (200, "application/zip"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.zip"), &zip.body).unwrap();
    python(folder.path(), &["-m", "zipfile", "-e", "a.zip", "x"]);
    let unpacked = folder.path().join("x");
    let text = std::fs::read_to_string(unpacked.join("L\u{c9}EME.txt")).unwrap();
    assert!(text.contains("Sede") && text.contains(server.url()), "{text}");
    let configuration = unpacked.join("campo-agent.toml");
    let text = std::fs::read_to_string(&configuration).unwrap();
    let state = folder.path().join("state").display().to_string();
    std::fs::write(&configuration, text.replace("/var/lib/campo-agent", &state)).unwrap();
    let program = unpacked.join("campo-agent");
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let status = tokio::task::spawn_blocking(move || {
        Command::new(program).arg("--config").arg(configuration).arg("status").output().unwrap()
    });
    let status = status.await.unwrap();
    let said = String::from_utf8_lossy(&status.stderr).into_owned();
    assert!(status.status.success() && said.contains("ok"), "{said}");
    assert_eq!(site.office.get("/v1/agents/code:sede").await.unwrap().json()["enrolled"], true);
}

fn python(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("python3");
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

async fn a_program_that_is_missing_is_said_with_the_command_that_makes_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let (id, client) = agent(&site, "sede").await;
    let path = format!("/v1/agents/{id}/download");
    let answer = site.office.post(&path, &json!({ "system": "windows" })).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (409, &json!("agent_program_missing")));
    assert_eq!(answer.json()["parameters"]["command"], "make agent-windows");
    assert_eq!(client.get("/v1/folders/waiting").await.unwrap().status, 200, "the one that works stays");
}

//! OpenSSH's `sftp` against our server.

use std::process::Command;

use campo_tests::{on_both, world::World};
use serde_json::json;

use super::{Secret, Site, created, tasks};

on_both! {
    a_file_that_comes_by_sftp_becomes_tasks_and_its_results_can_be_taken,
    an_ssh_key_opens_the_folders_and_another_one_does_not,
    what_is_not_ones_own_cannot_be_seen_or_written,
    an_upload_that_broke_is_gone_on_with_and_imported_once,
    whoever_asks_for_a_shell_is_refused_at_once,
}

async fn a_file_that_comes_by_sftp_becomes_tasks_and_its_results_can_be_taken(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "tareas", "tareas_{fecha:yyyyMMdd}*.csv", json!({})).await;
    let mut text = tasks(1, 3);
    text.extend_from_slice("4;Trabajo 4\n;sin número\n".as_bytes());
    site.file("TAREAS_20300115.csv", &text);
    let (went_well, output) = site.sftp("put TAREAS_20300115.csv in/tareas/\nls -l in/tareas\nls\n").await;
    assert!(went_well && output.contains("TAREAS_20300115.csv"), "{output}");
    for folder in ["in", "out", "done", "errors"] {
        assert!(output.lines().any(|line| line.trim_end().contains(folder)), "{output}");
    }
    site.work_off().await;
    assert_eq!(site.tasks().await, 4);
    let received = site.received().await;
    assert_eq!((received.len(), &received[0]["state"]), (1, &json!("done")), "{received:?}");

    let (went_well, output) = site
        .sftp(
            "ls in/tareas\nget done/tareas/TAREAS_20300115.csv back.csv\n\
               get done/tareas/TAREAS_20300115.csv.resultado.txt counts.txt\n\
               get done/tareas/TAREAS_20300115.csv.rechazadas.csv refused.csv\n",
        )
        .await;
    assert!(went_well, "{output}");
    assert!(!output.lines().any(|line| line.trim() == "in/tareas/TAREAS_20300115.csv"), "{output}");
    let taken = |name: &str| std::fs::read(site.folder.path().join(name)).unwrap();
    assert_eq!(taken("back.csv"), text);
    let counts = String::from_utf8(taken("counts.txt")).unwrap();
    assert!(counts.contains("Creadas: 4\r\n") && counts.contains("Rechazadas: 1\r\n"), "{counts}");
    let refused = String::from_utf8(taken("refused.csv")).unwrap();
    assert!(refused.lines().count() == 2 && refused.contains("sin número"), "{refused}");
}

async fn an_ssh_key_opens_the_folders_and_another_one_does_not(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    for (name, kind) in [("own", "ed25519"), ("old", "rsa"), ("other", "ed25519")] {
        let path = site.folder.path().join(name);
        let made = Command::new("ssh-keygen").args(["-q", "-N", "", "-t", kind, "-f"]).arg(&path).status();
        assert!(made.unwrap().success());
    }
    let public = |name: &str| {
        let text = std::fs::read_to_string(site.folder.path().join(name).with_extension("pub")).unwrap();
        json!({ "public_key": text })
    };
    let path = format!("/v1/keys/{}/logins", site.key);
    let draft = json!({ "login": "acme-key", "ssh_keys": [public("own"), public("old")] });
    let made = created(&site.office.post(&path, &draft).await.unwrap());
    assert!(made["password"].is_null() && made["has_password"] == false, "{made}");
    let name = |name: &str| site.folder.path().join(name);
    for key in ["own", "old"] {
        let (went_well, output) = site.sftp_as("acme-key", Secret::Key(&name(key)), "ls\n").await;
        assert!(went_well && output.contains("done"), "{key}: {output}");
    }
    for (login, key) in [("acme-key", "other"), ("acme-erp", "own"), ("nobody", "own")] {
        let (went_well, output) = site.sftp_as(login, Secret::Key(&name(key)), "ls\n").await;
        assert!(!went_well && output.contains("Permission denied"), "{login} {key}: {output}");
    }
    let private = std::fs::read_to_string(name("own")).unwrap();
    let draft = json!({ "login": "acme-slip", "ssh_keys": [{ "public_key": private }] });
    let answer = site.office.post(&path, &draft).await.unwrap();
    assert_eq!(answer.status, 422);
    assert!(!String::from_utf8(answer.body).unwrap().contains("OPENSSH"), "a private key is repeated");
}

async fn what_is_not_ones_own_cannot_be_seen_or_written(world: World) {
    let (acme, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let (site, stranger) = (Site::of(&acme, "acme-erp").await, Site::of(&other, "other-erp").await);
    site.file("secreto.csv", b"x");
    let (went_well, output) = site.sftp("put secreto.csv in/secreto.csv\n").await;
    assert!(went_well, "{output}");
    let (went_well, output) = stranger.sftp("ls in\n").await;
    assert!(went_well && !output.contains("secreto"), "{output}");
    for command in [
        "put secreto.csv out/x.csv",
        "put secreto.csv done/x.csv",
        "put secreto.csv x.csv",
        "put secreto.csv in/../../x.csv",
        "put secreto.csv in/nowhere/x.csv",
        "rename in/secreto.csv out/x.csv",
        "rename in/secreto.csv /etc/x.csv",
        "get /etc/passwd",
        "rm out",
        "rmdir in",
        "symlink /etc/passwd in/x",
    ] {
        let (went_well, output) = site.sftp(&format!("{command}\n")).await;
        assert!(!went_well, "{command}: {output}");
    }
    let (_, output) = site.sftp("-put secreto.csv out/x.csv\n").await;
    assert!(!output.contains("Uploading failed silently"), "{output}");
    let (went_well, output) = site.sftp_as("acme-erp", Secret::Password("wrong"), "ls\n").await;
    assert!(!went_well && output.contains("Permission denied"), "{output}");

    // From the next request on
    let key = site.office.get(&format!("/v1/keys/{}", site.key)).await.unwrap();
    let headers = [("if-match", key.header("etag"))];
    let patch = json!({ "permissions": ["view_tasks"] });
    let path = format!("/v1/keys/{}", site.key);
    let answer = site.office.call(axum::http::Method::PATCH, &path, &headers, Some(&patch)).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json());
    let (went_well, _) = site.sftp("ls\n").await;
    assert!(!went_well, "a key without the permission exchanges files");
}

async fn an_upload_that_broke_is_gone_on_with_and_imported_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    // Longer than a few chunks
    let mut text = tasks(1, 5);
    text.extend(b"\n".iter().cycle().take(5 * 1024 * 1024));
    site.file("t.csv", &text);
    let hosted = site.hosted().await;
    let path = campo_file_names::VirtualPath::parse("/in/t.csv").unwrap();
    let mut upload = hosted.create(&path, campo_server::exchange::hosted::Beginning::Start).await.unwrap();
    upload.write(&text[..3_500_000]).await.unwrap();
    upload.suspend().await.unwrap();
    site.work_off().await;
    assert!(site.received().await.is_empty(), "what is not whole came");

    let (went_well, output) = site.sftp("ls in\nreput t.csv in/t.csv\n").await;
    assert!(went_well, "{output}");
    assert!(
        !output.lines().any(|line| line.contains("in/t.csv") && !line.contains("sftp>")),
        "a part is listed: {output}"
    );
    site.work_off().await;
    let (went_well, output) = site.sftp("get done/t.csv whole.csv\n").await;
    assert!(went_well, "{output}");
    assert_eq!(std::fs::read(site.folder.path().join("whole.csv")).unwrap(), text);
    assert_eq!((site.tasks().await, site.received().await.len()), (5, 1));
}

async fn whoever_asks_for_a_shell_is_refused_at_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    for command in [&["md5sum in/x"][..], &["-tt"], &["-o", "SetEnv=A=b", "true"]] {
        let (went_well, output) = site.ssh(command).await;
        assert!(!went_well && !output.contains("Permission denied"), "{command:?}: {output}");
    }
    // The folders are there as before
    assert!(site.sftp("ls\n").await.0);
}

//! `campo backup` beside a server that works, and `campo restore`.

use std::{path::Path, process::Output};

use campo_tests::process::{Server, run};
use tempfile::TempDir;

/// Runs a command of the binary with the data in this folder.
async fn campo(data: &Path, arguments: &[&str]) -> Output {
    let environment = vec![
        ("CAMPO_DATA_FOLDER".to_owned(), data.to_string_lossy().into_owned()),
        ("CAMPO_LOG_LEVEL".to_owned(), "off".to_owned()),
    ];
    run(arguments, environment).await.unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn a_backup_is_made_beside_a_server_and_restored_with_its_secret_alone() {
    let place = TempDir::new().unwrap();
    let (data, other) = (place.path().join("data"), place.path().join("other"));
    let saved = place.path().join("saved").to_string_lossy().into_owned();
    let mut server = Server::start([("CAMPO_DATA_FOLDER", data.to_string_lossy())]).await.unwrap();
    let account = ["account", "create", "--code", "acme", "--name", "Acme", "--zone", "America/Lima"];
    let made = campo(&data, &[&account[..], &["--language", "es"]].concat()).await;
    assert!(made.status.success(), "{}", text(&made));
    let backup = campo(&data, &["backup", &saved]).await;
    assert!(backup.status.success() && text(&backup).contains("0 files of 0 bytes"), "{}", text(&backup));
    assert_eq!(campo(&data, &["backup", &saved]).await.status.code(), Some(1));
    server.terminate().await.unwrap();

    let refused = campo(&other, &["restore", &saved]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused).contains("another master secret"), "{}", text(&refused));
    // A refused restore has changed nothing: with the right secret the same database takes the backup
    std::fs::copy(data.join("secret.key"), other.join("secret.key")).unwrap();
    let restored = campo(&other, &["restore", &saved]).await;
    assert!(restored.status.success(), "{}", text(&restored));
    assert!(text(&campo(&other, &["account", "list"]).await).contains("\tacme\t"));
    let again = campo(&other, &["restore", &saved]).await;
    assert!(text(&again).contains("the database is not empty"), "{}", text(&again));
    Server::start([("CAMPO_DATA_FOLDER", other.to_string_lossy())]).await.unwrap().terminate().await.unwrap();
}

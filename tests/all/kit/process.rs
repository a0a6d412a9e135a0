//! A server process is started, killed and started again; one that fails tells why.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use campo_tests::place;
use campo_tests::process::{Server, built_binary};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers health questions in the place of a server: the first with "not yet".
async fn health() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        let mut status = "503 Service Unavailable";
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = [0; 1024];
            let length = connection.read(&mut request).await.unwrap_or(0);
            assert!(request[..length].starts_with(b"GET /health/ready "));
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = connection.write_all(answer.as_bytes()).await;
            status = "200 OK";
        }
    });
    Ok(address.to_string())
}

/// Starts a program in the place of the server.
async fn start(body: &str) -> Result<Server> {
    let program = place::tests_folder().join("all/kit/program.sh");
    Server::start_binary(program, [("BODY", body), ("COLOUR", "green")]).await
}

/// One that says what it was given, that it listens where `health` answers, and runs until it is ended.
async fn start_waiting(address: &str) -> Result<Server> {
    let says = format!("echo \"$1 $CAMPO_LISTEN $COLOUR\"; echo 'campo listening on http://{address}/'");
    start(&format!("{says}; exec tail -f /dev/null")).await
}

#[tokio::test]
async fn a_server_is_killed_ended_and_started_again() -> Result<()> {
    let address = health().await?;
    let mut server = start_waiting(&address).await?;
    assert_eq!(server.url(), format!("http://{address}"));
    assert_eq!(server.address(), address);

    server.kill_nine()?;
    assert!(server.signal("CONT").is_err(), "it does not run");
    server.start_again().await?;
    assert_eq!(server.terminate().await?.signal(), Some(15));
    assert!(server.signal("CONT").is_err(), "it does not run");
    server.restart().await?;
    server.restart().await?;
    server.signal("CONT")
}

#[tokio::test]
async fn what_the_server_writes_is_kept_over_its_lives() -> Result<()> {
    let mut server = start_waiting(&health().await?).await?;
    server.set("COLOUR", "blue");
    server.restart().await?;
    let output = server.output();
    let given: Vec<_> = output.lines().filter(|line| line.starts_with("serve")).collect();
    assert_eq!(given, ["serve 127.0.0.1:0 green", "serve 127.0.0.1:0 blue"]);
    Ok(())
}

#[tokio::test]
async fn a_server_that_ends_at_its_start_tells_why() -> Result<()> {
    let cases = [
        "echo 'the port is taken' >&2; exit 3",
        "echo 'campo listening on http://127.0.0.1:1'; echo 'the port is taken' >&2",
    ];
    for body in cases {
        let text = format!("{:#}", start(body).await.err().context("it started")?);
        assert!(text.contains("the port is taken") && text.contains("it ended"), "{text}");
    }
    Ok(())
}

#[test]
fn a_missing_or_old_binary_is_refused_with_the_command_that_builds_it() -> Result<()> {
    let folder = TempDir::new()?;
    let refusal = |folder: &Path| built_binary(folder).err().map(|error| error.to_string());
    let missing = refusal(folder.path()).context("it is missing")?;
    assert!(missing.contains("is missing") && missing.contains("cargo build"), "{missing}");

    let (binary, source) = (folder.path().join("campo"), folder.path().join("main.rs"));
    fs::write(&binary, "")?;
    fs::write(&source, "")?;
    fs::write(folder.path().join("campo.d"), format!("{}: {}\n", binary.display(), source.display()))?;
    let built_at = fs::metadata(&binary)?.modified()?;
    fs::File::open(&source)?.set_modified(built_at - Duration::from_secs(1))?;
    assert_eq!(refusal(folder.path()), None);
    fs::File::open(&source)?.set_modified(built_at + Duration::from_secs(1))?;
    let old = refusal(folder.path()).context("it is old")?;
    assert!(old.contains("is older than") && old.contains("cargo build"), "{old}");
    Ok(())
}

//! The proxy does what it is told, and the same for the same seed.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;
use campo_tests::proxy::{Faults, Proxy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that sends back what it gets, in capitals.
async fn shouting_server() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut piece = [0; 1024];
                while let Ok(length @ 1..) = connection.read(&mut piece).await {
                    piece[..length].make_ascii_uppercase();
                    if connection.write_all(&piece[..length]).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    Ok(address)
}

/// Sends the text, ends, and reads all that comes back.
async fn shout(proxy: &Proxy, text: &str) -> std::io::Result<String> {
    let mut connection = TcpStream::connect(proxy.address()).await?;
    connection.write_all(text.as_bytes()).await?;
    connection.shutdown().await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn without_faults_everything_passes_in_both_directions() -> Result<()> {
    let proxy = Proxy::start(shouting_server().await?, 1).await?;
    let long = "abc".repeat(100_000);
    assert_eq!(shout(&proxy, "hello").await?, "HELLO");
    assert_eq!(shout(&proxy, &long).await?, long.to_uppercase());
    assert_eq!(proxy.accepted(), 2);
    Ok(())
}

#[tokio::test]
async fn a_cut_resets_open_connections_and_lets_new_ones_pass() -> Result<()> {
    let proxy = Proxy::start(shouting_server().await?, 1).await?;
    let mut open = TcpStream::connect(proxy.address()).await?;
    open.write_all(b"hello").await?;
    let mut answer = [0; 5];
    open.read_exact(&mut answer).await?;
    proxy.cut();
    assert!(open.read(&mut answer).await.is_err(), "reset, not ended");
    assert_eq!(shout(&proxy, "again").await?, "AGAIN");
    Ok(())
}

#[tokio::test]
async fn a_proxy_that_refuses_lets_nothing_pass_until_told_otherwise() -> Result<()> {
    let proxy = Proxy::start(shouting_server().await?, 1).await?;
    proxy.set(Faults { refuse: true, ..Faults::default() });
    assert!(shout(&proxy, "hello").await.is_err());
    proxy.set(Faults::default());
    assert_eq!(shout(&proxy, "hello").await?, "HELLO");
    Ok(())
}

#[tokio::test]
async fn a_target_that_does_not_listen_looks_like_a_reset() -> Result<()> {
    let proxy = Proxy::start(shouting_server().await?, 1).await?;
    let nobody = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    proxy.forward_to(nobody);
    assert!(shout(&proxy, "hello").await.is_err());
    proxy.forward_to(shouting_server().await?);
    assert_eq!(shout(&proxy, "hello").await?, "HELLO");
    Ok(())
}

#[tokio::test]
async fn answers_and_requests_end_after_so_many_bytes() -> Result<()> {
    let proxy = Proxy::start(shouting_server().await?, 1).await?;
    proxy.set(Faults { answer_bytes: Some(3..=3), ..Faults::default() });
    assert_eq!(shout(&proxy, "hello").await?, "HEL");
    proxy.set(Faults {
        request_bytes: Some(1_000_000..=1_000_000),
        answer_bytes: Some(7..=7),
        ..Faults::default()
    });
    assert_eq!(shout(&proxy, "hello world").await?, "HELLO W");
    proxy.set(Faults { request_bytes: Some(4..=4), spared_percent: 100, ..Faults::default() });
    assert_eq!(shout(&proxy, "hello world").await?, "HELLO WORLD");
    // A cut request: the client may hear of what came before, never of what came after.
    proxy.set(Faults { request_bytes: Some(4..=4), ..Faults::default() });
    let answer = shout(&proxy, "hello").await.unwrap_or_default();
    assert!("HELL".starts_with(&answer), "{answer}");
    Ok(())
}

#[tokio::test]
async fn a_delay_holds_back_requests_and_answers() -> Result<()> {
    let proxy = Proxy::start(shouting_server().await?, 1).await?;
    proxy.set(Faults { delay_ms: Some(30..=40), ..Faults::default() });
    let started = Instant::now();
    assert_eq!(shout(&proxy, "hello").await?, "HELLO");
    assert!(started.elapsed() >= Duration::from_millis(60));
    Ok(())
}

#[tokio::test]
async fn the_same_seed_gives_each_connection_the_same_fate() -> Result<()> {
    let target = shouting_server().await?;
    let mut fates = Vec::new();
    for seed in [5, 5, 6] {
        let proxy = Proxy::start(target, seed).await?;
        proxy.set(Faults { answer_bytes: Some(1..=500), spared_percent: 30, ..Faults::default() });
        let mut lengths = Vec::new();
        for _ in 0..12 {
            lengths.push(shout(&proxy, &"x".repeat(600)).await?.len());
        }
        assert!(lengths.contains(&600), "some are spared: {lengths:?}");
        assert!(lengths.iter().any(|length| *length < 600), "some are not: {lengths:?}");
        fates.push(lengths);
    }
    assert_eq!(fates[0], fates[1]);
    assert_ne!(fates[0], fates[2]);
    Ok(())
}

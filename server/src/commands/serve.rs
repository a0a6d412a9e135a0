//! `campo serve`.

use std::time::Duration;

use anyhow::{Context as _, Result};
use campo_server::{
    api::{listen, router::router},
    app::App,
    config::Config,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};

/// Closing connections is waited for no longer than this; the database survives without.
const CLOSING_TIME: Duration = Duration::from_secs(5);

/// Runs the server
///
/// Makes the database and brings it to this release where necessary, then answers until it is asked to end (SIGTERM or
/// SIGINT): it takes no new requests, finishes those it has within `shutdown_grace_s`, and ends. A second signal ends
/// it at once; nothing that was acknowledged is lost either way. Prints one line when it listens:
/// `campo listening on http://ADDRESS`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: CAMPO_LISTEN=0.0.0.0:8080 campo serve --config /etc/campo.toml\n\n\
    Exit codes: 0 ended as asked, 1 it could not start or finish in time, 2 a setting is wrong.")]
pub(crate) struct Arguments {}

pub(crate) async fn run(_arguments: Arguments, config: &Config) -> Result<()> {
    let asked_to_end = signals()?;
    let app = super::open(config).await?;
    let listener = bind(config.listen, "listen").await?;
    let address = listener.local_addr()?;
    super::print(&format!("campo listening on http://{address}"))?;
    let grace = Duration::from_secs(config.shutdown_grace_s);
    let stop = async {
        // An error would mean that the task that waits for signals is gone, and with it the way to end in order.
        drop(asked_to_end.await);
        tracing::info!("asked to end");
        app.health.stop();
    };
    let environment = app.environment.clone();
    let begun = listen::serve(listener, router(app.clone()), config.connections, &environment, stop, grace);
    let finished = begun.await;
    close(&app).await;
    anyhow::ensure!(
        finished,
        "some requests were not finished within {} s (shutdown_grace_s)",
        grace.as_secs()
    );
    Ok(())
}

async fn bind(address: std::net::SocketAddr, setting: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} ({setting})"))
}

/// Done at the first signal that asks to end; the second one ends the process.
fn signals() -> Result<oneshot::Receiver<()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (sender, receiver) = oneshot::channel();
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        };
        next().await;
        // Nobody waits any more when the start has failed.
        let _ = sender.send(());
        next().await;
        tracing::warn!("asked twice to end: ending at once");
        std::process::exit(1);
    });
    Ok(receiver)
}

async fn close(app: &App) {
    tokio::select! {
        () = app.db.close() => {}
        () = app.environment.sleep(CLOSING_TIME) => tracing::warn!("the database did not close in time"),
    }
}

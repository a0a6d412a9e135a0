//! `campo serve`.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use campo_server::{
    accounts,
    api::{listen, router::router, tls::Certificate},
    app::{App, Limits},
    capabilities::COMPANIONS,
    config::Config,
    database::presence::Presence,
    duties,
    exchange::{self, doors::Doors},
    health, jobs, mail,
    maps::{self, MapSource},
    push::Services,
    supervise::{self, Beside},
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
    task::JoinHandle,
};

/// Closing connections is waited for no longer than this; the database survives without.
const CLOSING_TIME: Duration = Duration::from_secs(5);
/// Receivers of notifications that were sent just now are waited for no longer than this: the time that one has to answer.
const FINISHING_TIME: Duration = Duration::from_secs(15);
/// Metrics are asked for by few.
const METRICS_CONNECTIONS: usize = 16;

/// Runs the server
///
/// Makes the database and brings it to this release where necessary, then answers until it is asked to end (SIGTERM or
/// SIGINT): it takes no new requests, finishes those it has within `shutdown_grace_s`, and ends. A second signal ends
/// it at once; nothing that was acknowledged is lost either way. Prints one line when it listens:
/// `campo listening on http://ADDRESS`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: CAMPO_LISTEN=0.0.0.0:8080 campo serve --config /etc/campo.toml\n\n\
    Exit codes: 0 ended as asked, 1 it could not start or finish in time, 2 a setting is wrong.")]
pub(crate) struct Arguments {
    /// Also ends when its standard input does: whoever started it is gone then
    #[arg(long, hide = true)]
    end_with_input: bool,
}

pub(crate) async fn run(arguments: Arguments, config: &Config) -> Result<()> {
    let asked_to_end = signals(arguments.end_with_input)?;
    super::descriptors::raise(config)?;
    let mut app = super::open_to_serve(config).await?;
    let mut presence = Presence::begin(&app.db)?;
    if presence.is_alone() {
        duties::release(&app, None).await?;
        jobs::release(&app, None).await?;
    }
    presence.share()?;
    app.mail = mail::Settings::load(config)?.map(Arc::new);
    app.push = Arc::new(Services::load(config, &app.environment, &app.limits.outbound)?);
    accounts::own::announce_zone_database(&app).await?;
    if let Some(MapSource::Archive(path)) = &config.map_source {
        maps::archive::open(path)
            .await
            .with_context(|| format!("the street map (map_source), {}", path.display()))?;
    }
    let listener = bind(config.listen, "listen").await?;
    let address = listener.local_addr()?;
    let certificate = certificate(config)?;
    let listeners = Listeners::bind(config).await?;
    app.limits = Arc::new(Limits { doors: listeners.doors(&app.limits.doors)?, ..(*app.limits).clone() });
    let mut beside = beside(&app, config, listeners).await?;
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let door = match certificate {
        None => listen::Door::plain(listener),
        Some(certificate) => {
            let door = listen::Door::tls(listener, &certificate)?;
            let environment = app.environment.clone();
            beside.push(tokio::spawn(async move { certificate.keep(&environment).await }).into());
            door
        }
    };
    super::print(&format!("campo listening on {scheme}://{address}"))?;
    tracing::info!(%address, database = %config.database_url, replica = %app.health.replica(), "listening");
    let grace = Duration::from_secs(config.shutdown_grace_s);
    let stop = async {
        // An error would mean that the task that waits for signals is gone, and with it the way to end in order.
        drop(asked_to_end.await);
        tracing::info!("asked to end");
        app.health.stop();
    };
    let environment = app.environment.clone();
    let router = router(app.clone());
    let door = door.behind(app.limits.trusted_proxies.clone());
    let finished = listen::serve(door, router, config.connections, &environment, stop, grace).await;
    supervise::end(&app, beside, FINISHING_TIME).await;
    end(&app).await;
    anyhow::ensure!(
        finished,
        "some requests were not finished within {} s (shutdown_grace_s)",
        grace.as_secs()
    );
    tracing::info!("ended in order");
    Ok(())
}

/// The certificate, where one is set.
fn certificate(config: &Config) -> Result<Option<Arc<Certificate>>> {
    match (&config.tls_certificate, &config.tls_key) {
        (None, None) => Ok(None),
        (Some(chain), Some(key)) => {
            let opened = Certificate::open(chain, key).context("HTTPS (tls_certificate, tls_key)")?;
            Ok(Some(opened))
        }
        (Some(_), None) => anyhow::bail!("`tls_certificate` is set without `tls_key`: set both, or none"),
        (None, Some(_)) => anyhow::bail!("`tls_key` is set without `tls_certificate`: set both, or none"),
    }
}

/// Where files are exchanged by SFTP and FTP, where the operator named addresses for it.
struct Listeners {
    sftp: Option<TcpListener>,
    ftp: Option<TcpListener>,
    ftps: Option<TcpListener>,
}

impl Listeners {
    async fn bind(config: &Config) -> Result<Self> {
        Ok(Self {
            sftp: bind_some(config.sftp_listen, "sftp_listen").await?,
            ftp: bind_some(config.ftp_listen, "ftp_listen").await?,
            ftps: bind_some(config.ftps_listen, "ftps_listen").await?,
        })
    }

    /// The doors as they are: where the operator left the port to the system, it is known by now.
    fn doors(&self, set: &Doors) -> Result<Doors> {
        let address =
            |listener: &Option<TcpListener>| listener.as_ref().map(TcpListener::local_addr).transpose();
        let (sftp, ftp, ftps) = (address(&self.sftp)?, address(&self.ftp)?, address(&self.ftps)?);
        Ok(Doors { sftp, ftp, ftps, ..set.clone() })
    }
}

async fn bind_some(address: Option<SocketAddr>, setting: &str) -> Result<Option<TcpListener>> {
    match address {
        Some(address) => bind(address, setting).await.map(Some),
        None => Ok(None),
    }
}

/// Begins what runs beside the API: metrics at an address of their own, and every companion.
async fn beside(app: &App, config: &Config, listeners: Listeners) -> Result<Vec<Beside>> {
    let mut tasks: Vec<Beside> = Vec::new();
    if let Some(address) = config.metrics_listen {
        let listener = bind(address, "metrics_listen").await?;
        tracing::info!(address = %listener.local_addr()?, "giving metrics");
        let (router, environment) = (health::metrics_alone(app.clone()), app.environment.clone());
        let metrics = tokio::spawn(async move {
            let never = std::future::pending();
            listen::serve(
                listen::Door::plain(listener),
                router,
                METRICS_CONNECTIONS,
                &environment,
                never,
                Duration::ZERO,
            )
            .await;
        });
        tasks.push(metrics.into());
    }
    let Listeners { sftp, ftp: explicit, ftps: implicit } = listeners;
    if let Some(listener) = sftp {
        tracing::info!(address = %listener.local_addr()?, "exchanging files by SFTP");
        let app = app.clone();
        let sftp = tokio::spawn(async move {
            if let Err(problem) = exchange::sftp::serve(app, listener).await {
                tracing::error!(%problem, "no files are exchanged by SFTP");
            }
        });
        tasks.push(sftp.into());
    }
    tasks.extend(ftp(app, config, explicit, implicit)?.map(Beside::from));
    tasks.extend(supervise::start(app, COMPANIONS));
    Ok(tasks)
}

/// Begins to answer FTP, where the operator named an address for it.
fn ftp(
    app: &App,
    config: &Config,
    explicit: Option<TcpListener>,
    implicit: Option<TcpListener>,
) -> Result<Option<JoinHandle<()>>> {
    if let Some(listener) = &explicit {
        tracing::info!(address = %listener.local_addr()?, plain = config.ftp_plain, "exchanging files by FTP");
    }
    if let Some(listener) = &implicit {
        tracing::info!(address = %listener.local_addr()?, "exchanging files by FTPS");
    }
    if explicit.is_none() && implicit.is_none() {
        return Ok(None);
    }
    anyhow::ensure!(
        config.ftp_passive_first <= config.ftp_passive_last,
        "`ftp_passive_first` lies behind `ftp_passive_last`"
    );
    let options = exchange::ftp::Options {
        plain: config.ftp_plain,
        passive_ports: config.ftp_passive_first..=config.ftp_passive_last,
        passive_address: config.ftp_passive_address,
        certificate: config.ftp_certificate_file.clone().zip(config.ftp_key_file.clone()),
    };
    let app = app.clone();
    Ok(Some(tokio::spawn(async move {
        if let Err(problem) = exchange::ftp::serve(app, options, explicit, implicit).await {
            tracing::error!(%problem, "no files are exchanged by FTP");
        }
    })))
}

/// Gives leases back and closes the database. What was taken from phones is written by
/// now: each request waits until its entries are.
async fn end(app: &App) {
    let closing = async {
        if let Err(problem) = app.contacts.write(app).await {
            tracing::warn!(%problem, "when phones were heard of last could not be noted");
        }
        if let Err(problem) = app.calls.write(app).await {
            tracing::warn!(%problem, "the last calls could not be written");
        }
        if let Err(problem) = duties::release(app, Some(app.health.replica())).await {
            tracing::warn!(%problem, "leases could not be given back; they will be over by themselves");
        }
        if let Err(problem) = jobs::release(app, Some(app.health.replica())).await {
            tracing::warn!(%problem, "jobs could not be given back; another replica will take them over");
        }
        app.db.close().await;
    };
    tokio::select! {
        () = closing => {}
        () = app.environment.sleep(CLOSING_TIME) => tracing::warn!("the database did not close in time"),
    }
}

async fn bind(address: SocketAddr, setting: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} ({setting})"))
}

/// Done at the first signal that asks to end; the second one ends the process.
fn signals(end_with_input: bool) -> Result<oneshot::Receiver<()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (sender, receiver) = oneshot::channel();
    let mut input_ended = end_with_input.then(input_ended);
    tokio::spawn(async move {
        let mut next = async || {
            let input_ended = async {
                match input_ended.take() {
                    // It is gone only when the reading thread is, which is an end too
                    Some(ended) => drop(ended.await),
                    None => std::future::pending().await,
                }
            };
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {}, () = input_ended => {} }
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

/// Done when standard input ends. A thread of its own reads it, since the runtime would wait for a read that it began.
fn input_ended() -> oneshot::Receiver<()> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        // Nobody waits any more when the server ends otherwise
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = sender.send(());
    });
    receiver
}

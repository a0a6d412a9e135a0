//! The subcommands of `campo`, each a file with its `Arguments` and `run`.

mod account;
mod backup;
#[cfg(feature = "demo")]
mod demo;
mod descriptors;
mod import;
mod openapi;
mod read_table;
mod rebuild;
mod restore;
mod serve;
mod user;
mod verify;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use campo_server::{
    access::{Caller, Duty},
    accounts,
    app::{App, Limits},
    config::Config,
    database::{self, Bounds, Db, Synchronous, migrations},
    environment::Environment,
    exchange::doors::Doors,
    files::store::Store,
    imports::Readers,
    log::{self, Log},
    outbound,
    secrets::Secrets,
    server_setting, telemetry, zones,
};
use clap::{Parser, Subcommand};

/// Of the connections to PostgreSQL, how many are not for writing transactions of the log.
const OTHER_CONNECTIONS: u32 = 4;

/// Campo carries work between the office and the field: tasks to phones, and what was done back.
///
/// Settings come from a file and from variables of the environment, see docs/configuration.md.
#[derive(Debug, Parser)]
#[command(
    name = "campo",
    version,
    after_help = "Exit codes: 0 done, 1 it could not be done, 2 the command line or a setting is wrong."
)]
pub(crate) struct Line {
    /// The file of settings [default: campo.toml, which may be missing]
    #[arg(long, value_name = "FILE", env = "CAMPO_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Account(account::Arguments),
    User(user::Arguments),
    Backup(backup::Arguments),
    Restore(restore::Arguments),
    Verify(verify::Arguments),
    Rebuild(rebuild::Arguments),
    Openapi(openapi::Arguments),
    Import(import::Arguments),
    ReadTable(read_table::Arguments),
    #[cfg(feature = "demo")]
    Demo(demo::Arguments),
}

/// Runs what the command line asks for.
pub(crate) fn run(line: Line) -> Result<()> {
    // Its parts have settings of their own
    #[cfg(feature = "demo")]
    if let Command::Demo(arguments) = line.command {
        return demo::run(arguments);
    }
    // Before anything is made that its bounds would count, or a file could reach
    if let Command::ReadTable(arguments) = &line.command {
        return read_table::run(arguments);
    }
    // A client of another server needs no settings of its own
    if let Command::Import(arguments) = line.command {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        return runtime.block_on(import::run(arguments));
    }
    let file = line.config.filter(|file| !file.as_os_str().is_empty());
    let config = Config::load(file.as_deref(), std::env::vars_os())?;
    telemetry::init(config.log_format, &config.log_level)?;
    database::log_statements_over(config.slow_statement_ms);
    if let Some(folder) = &config.zone_database {
        zones::put_in_place(folder).context("the zone database (zone_database)")?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match line.command {
            Command::Serve(arguments) => serve::run(arguments, &config).await,
            Command::Account(arguments) => account::run(arguments, &config).await,
            Command::User(arguments) => user::run(arguments, &config).await,
            Command::Backup(arguments) => backup::run(arguments, &config).await,
            Command::Restore(arguments) => restore::run(arguments, &config).await,
            Command::Verify(arguments) => verify::run(arguments, &config).await,
            Command::Rebuild(arguments) => rebuild::run(arguments, &config).await,
            Command::Openapi(arguments) => openapi::run(&arguments),
            Command::Import(arguments) => import::run(arguments).await,
            Command::ReadTable(arguments) => read_table::run(&arguments),
            #[cfg(feature = "demo")]
            Command::Demo(arguments) => demo::run(arguments),
        }
    })
}

/// The parts of a server on the database of these settings, which is migrated and prepared, for a command that works
/// through them.
pub(crate) async fn open(config: &Config) -> Result<App> {
    prepared(connect(config).await?).await
}

/// The same for a server, which answers others.
pub(crate) async fn open_to_serve(config: &Config) -> Result<App> {
    prepared(connected(config, Bounds::of_server(lease(config))).await?).await
}

/// The same as [`open`] on a database that is migrated and not prepared: nothing is in it when it is new.
pub(crate) async fn connect(config: &Config) -> Result<App> {
    connected(config, Bounds::of_command(lease(config))).await
}

fn lease(config: &Config) -> Duration {
    Duration::from_secs(config.lease_s.unsigned_abs())
}

async fn prepared(app: App) -> Result<App> {
    server_setting::prepare(&app.db, &app.environment, &app.secrets).await?;
    Ok(app)
}

async fn connected(config: &Config, bounds: Bounds) -> Result<App> {
    let folder = &config.data_folder;
    private_folder(folder)
        .with_context(|| format!("the folder {} (data_folder) cannot be made", folder.display()))?;
    let environment = Environment::system();
    let secrets = Secrets::new(config.master_key(&environment)?);
    let options = database::Options {
        url: config.database_url.reveal().to_owned(),
        connections: config.database_connections,
        pooler: config.database_pooler,
        synchronous: Synchronous::Full,
        bounds,
    };
    let place = || format!("{} (database_url)", config.database_url);
    let db = Db::open(&options).await.with_context(place)?;
    migrations::migrate(&db).await.with_context(place)?;
    let options = log::Options {
        turns: config.database_connections.saturating_sub(OTHER_CONNECTIONS).max(1) as usize,
        queue_bound: config.queue_submissions,
    };
    let log = Log::new(db.clone(), environment.clone(), secrets.clone(), &options);
    let store = Store::folder(&folder.join("files"))?;
    let app = App::new(db, log, store, environment, secrets, limits(config));
    Ok(app.with_operator_token(config.operator_token.clone()))
}

/// What is made from here on is for the user alone who runs Campo; and so is the folder, also one that is there already.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
        fs::create_dir_all(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
    }
    #[cfg(not(unix))]
    fs::create_dir_all(folder)
}

fn limits(config: &Config) -> Limits {
    Limits {
        import_bytes: Limits::default().import_bytes,
        readers: Readers {
            reader: config.import_reader,
            program: Readers::own_program(),
            memory_bytes: config.import_reader_bytes,
            seconds: config.import_reader_s,
        },
        hosted_files: Limits::default().hosted_files,
        trusted_proxies: config.trusted_proxies.clone(),
        public_url: config.public_url.clone(),
        map_source: config.map_source.clone(),
        doors: Doors {
            sftp: config.sftp_listen,
            ftp: config.ftp_listen,
            ftps: config.ftps_listen,
            plain_ftp: config.ftp_plain,
            passive_ports: config.ftp_passive_first..=config.ftp_passive_last,
        },
        agent_folder: config.agent_folder.clone(),
        request_bytes: config.request_body_bytes,
        batch_bytes: Limits::default().batch_bytes.max(config.request_body_bytes),
        sync_bytes: config.sync_body_bytes,
        file_bytes: config.file_bytes,
        hosted_bytes: config.exchange_folder_bytes,
        session_us: config.session_hours * 3600 * 1_000_000,
        event_streams: config.event_streams,
        lease_us: config.lease_s * 1_000_000,
        outbound: outbound::Rules {
            networks: config.outbound_networks.clone(),
            plain_http: config.outbound_http.clone(),
        },
    }
}

/// The accounts that a command works on: the one with this code, or all; with its code, each as the operator.
async fn callers(app: &App, code: Option<&str>) -> Result<Vec<(String, Caller)>> {
    let accounts = accounts::list(app).await?;
    let chosen: Vec<_> = accounts
        .into_iter()
        .filter(|account| code.is_none_or(|code| code == account.code))
        .map(|account| (account.code, Caller::duty(account.id, Duty::Operator)))
        .collect();
    anyhow::ensure!(
        !chosen.is_empty() || code.is_none(),
        "there is no account `{}`",
        code.unwrap_or_default()
    );
    Ok(chosen)
}

/// Writes to standard output, where the caller of a command, a person or a script, reads its result.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.write_all(b"\n")?;
    output.flush().context("standard output cannot be written")
}

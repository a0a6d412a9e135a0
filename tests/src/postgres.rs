//! PostgreSQL databases for tests: each a copy of a template that is prepared once per process.

use std::future::Future;
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::sync::OnceCell;

use crate::place;

/// The URL of a PostgreSQL whose role may create databases; without it the kit starts `tests/postgres.sh`.
pub const URL_VARIABLE: &str = "TEST_POSTGRES";

/// The beginning of the name of every database that the kit makes.
const PREFIX: &str = "campo_test";

/// SQLSTATE (PostgreSQL, appendix A).
const INSUFFICIENT_PRIVILEGE: &str = "42501";

static SERVER: OnceCell<Server> = OnceCell::const_new();
static NUMBER: AtomicU64 = AtomicU64::new(1);

struct Server {
    url: String,
    /// The beginning of this process's database names, unique on the server.
    prefix: String,
    /// Holds an advisory lock on `prefix` for as long as the process lives: PostgreSQL itself tells others whether the
    /// databases are still in use, also when processes of several containers share it. Never used again.
    _alive: Mutex<PgConnection>,
}

/// What databases are made from. It stands in a `static`, so that its preparation runs once per process:
///
/// ```no_run
/// # use campo_tests::postgres::{ScratchDatabase, Template};
/// static MIGRATED: Template = Template::new("migrated");
///
/// # async fn migrate(url: String) -> anyhow::Result<()> { Ok(()) }
/// async fn database() -> anyhow::Result<ScratchDatabase> {
///     MIGRATED.database(|url| migrate(url)).await
/// }
/// ```
pub struct Template {
    name: &'static str,
    /// The template's database, once it is prepared.
    prepared: OnceCell<String>,
}

impl Template {
    /// A template; the name distinguishes it from others of the process (a few letters, no quotes).
    pub const fn new(name: &'static str) -> Self {
        Self { name, prepared: OnceCell::const_new() }
    }

    /// A fresh database. The first call hands the URL of an empty one to `prepare`, which must have closed its
    /// connections when it returns; everybody gets copies of what it made.
    pub async fn database<F, Prepared>(&self, prepare: F) -> Result<ScratchDatabase>
    where
        F: FnOnce(String) -> Prepared,
        Prepared: Future<Output = Result<()>>,
    {
        let server = server().await?;
        let template = self.prepared.get_or_try_init(|| prepared(server, self.name, prepare)).await?;
        create(server, &format!("template {template}")).await
    }
}

/// A fresh database with nothing in it.
pub async fn empty_database() -> Result<ScratchDatabase> {
    create(server().await?, "").await
}

/// A database of one test; dropped with everybody's connections when this is dropped.
#[derive(Debug)]
pub struct ScratchDatabase {
    name: String,
    url: String,
    server_url: String,
}

impl ScratchDatabase {
    /// The URL that opens the database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The name of the database on its server.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for ScratchDatabase {
    fn drop(&mut self) {
        let (url, statement) =
            (self.server_url.clone(), format!("drop database if exists {} with (force)", self.name));
        // A thread with a runtime of its own, since the test's cannot be waited on from here. What goes wrong is not
        // the test's fault: the next process sweeps up.
        let dropping = std::thread::spawn(move || -> Result<()> {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
                let mut connection = connect(&url).await?;
                execute(&mut connection, statement).await?;
                Ok(connection.close().await?)
            })
        });
        let _ = dropping.join();
    }
}

/// Drops the databases that ended processes left. The first database of a process does this by itself.
pub async fn sweep() -> Result<()> {
    let mut connection = connect(server_url().await?).await?;
    sweep_with(&mut connection).await?;
    Ok(connection.close().await?)
}

/// The URL of the server of the tests, as a role that may create databases.
pub async fn server_url() -> Result<&'static str> {
    Ok(&server().await?.url)
}

/// The URL of a second server that syncs each commit, for tests that kill it and for figures.
pub async fn durable_server_url() -> Result<String> {
    tokio::task::spawn_blocking(|| start_server(&["start", "--durable"])).await?
}

/// The same server, seen with another database.
pub fn with_database(url: &str, database: &str) -> String {
    let (address, parameters) = url.split_once('?').map_or((url, None), |(a, p)| (a, Some(p)));
    let authority = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority..].find('/').map_or(address.len(), |at| authority + at);
    let parameters = parameters.map(|text| format!("?{text}")).unwrap_or_default();
    format!("{}/{database}{parameters}", &address[..end])
}

async fn server() -> Result<&'static Server> {
    SERVER
        .get_or_try_init(|| async {
            let url = match std::env::var(URL_VARIABLE) {
                Ok(url) if !url.is_empty() => url,
                _ => tokio::task::spawn_blocking(|| start_server(&["start"])).await??,
            };
            let mut connection = connect(&url).await?;
            let prefix = claim_prefix(&mut connection).await?;
            sweep_with(&mut connection).await.context("dropping the databases that ended processes left")?;
            Ok(Server { url, prefix, _alive: Mutex::new(connection) })
        })
        .await
}

fn start_server(arguments: &[&str]) -> Result<String> {
    let script = place::tests_folder().join("postgres.sh");
    let output = Command::new(&script)
        .args(arguments)
        .env("CARGO_TARGET_DIR", place::target_folder()?)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("running {}", script.display()))?;
    if !output.status.success() {
        bail!("{} {}:\n{}", script.display(), arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

async fn connect(url: &str) -> Result<PgConnection> {
    let options = PgConnectOptions::from_str(url)?.application_name("campo tests");
    options.connect().await.with_context(|| {
        format!(
            "PostgreSQL for the tests does not answer; see {URL_VARIABLE}, or run tests/postgres.sh start"
        )
    })
}

async fn execute(connection: &mut PgConnection, statement: String) -> Result<()> {
    let described = statement.clone();
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await.context(described)?;
    Ok(())
}

/// A prefix that no other process has or had, locked for as long as the connection lives.
async fn claim_prefix(connection: &mut PgConnection) -> Result<String> {
    let started_us: i64 = sqlx::query_scalar(
        "select (extract(epoch from backend_start) * 1000000)::bigint from pg_stat_activity \
         where pid = pg_backend_pid()",
    )
    .fetch_one(&mut *connection)
    .await?;
    let prefix = format!("{PREFIX}_{}_{started_us}", std::process::id());
    sqlx::query("select pg_advisory_lock_shared(hashtextextended($1, 0))")
        .bind(&prefix)
        .execute(connection)
        .await?;
    Ok(prefix)
}

async fn sweep_with(connection: &mut PgConnection) -> Result<()> {
    let names: Vec<String> = sqlx::query_scalar("select datname::text from pg_database where datname ^@ $1")
        .bind(format!("{PREFIX}_"))
        .fetch_all(&mut *connection)
        .await?;
    for name in names {
        let owner = name.splitn(5, '_').take(4).collect::<Vec<_>>().join("_");
        let ended: bool = sqlx::query_scalar("select pg_try_advisory_lock(hashtextextended($1, 0))")
            .bind(&owner)
            .fetch_one(&mut *connection)
            .await?;
        if ended {
            let dropped = execute(connection, format!("drop database if exists {name} with (force)")).await;
            dropped.or_else(leave_to_the_next_sweep)?;
            sqlx::query("select pg_advisory_unlock(hashtextextended($1, 0))")
                .bind(&owner)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

/// A database that the server itself is tidying at this moment cannot be dropped by a role that is no superuser.
fn leave_to_the_next_sweep(error: anyhow::Error) -> Result<()> {
    let database = error.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
    match database.and_then(sqlx::error::DatabaseError::code) {
        Some(code) if code == INSUFFICIENT_PRIVILEGE => Ok(()),
        _ => Err(error),
    }
}

async fn prepared<F, Prepared>(server: &Server, name: &str, prepare: F) -> Result<String>
where
    F: FnOnce(String) -> Prepared,
    Prepared: Future<Output = Result<()>>,
{
    let template = format!("{}_{name}", server.prefix);
    let mut connection = connect(&server.url).await?;
    // A preparation that failed before left its database behind.
    execute(&mut connection, format!("drop database if exists {template} with (force)")).await?;
    execute(&mut connection, format!("create database {template}")).await?;
    prepare(with_database(&server.url, &template)).await.context("preparing the template database")?;
    // A connection would make copying fail, so that a test that opens the template by mistake must fail instead.
    execute(&mut connection, format!("alter database {template} with allow_connections false")).await?;
    connection.close().await?;
    Ok(template)
}

async fn create(server: &Server, from: &str) -> Result<ScratchDatabase> {
    let name = format!("{}_{}", server.prefix, NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut connection = connect(&server.url).await?;
    execute(&mut connection, format!("create database {name} {from}")).await?;
    connection.close().await?;
    Ok(ScratchDatabase { url: with_database(&server.url, &name), name, server_url: server.url.clone() })
}

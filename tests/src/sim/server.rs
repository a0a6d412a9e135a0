//! The server of one seed: a database that is a copy of the company's, backups as copies of what is committed.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use axum::body::Body;
use axum::http::Request;
use campo_mobile_core::{core::transport::HttpRequest, wire::HttpAnswer};
use campo_server::{
    app::{App, Limits},
    database::{Bounds, Db, Options, Synchronous, migrations},
    environment::Environment,
    files::store::Store,
    log::{self, Log},
    secrets::{MasterKey, Secrets},
    server_setting,
};
use tempfile::TempDir;
use uuid::Uuid;

use super::company::{Company, START_US};
use crate::{api::Client, sqlite};

const SECRET: &str = "0808080808080808080808080808080808080808080808080808080808080808";
const BACKUP: &str = "backup.db";

/// The server of one seed.
pub(super) struct Server {
    pub(super) app: App,
    /// Its router: making one costs more than many requests
    client: Client,
    pub(super) environment: Environment,
    folder: TempDir,
    /// How many databases it had: a process that was killed may still write to the one before
    databases: u64,
}

impl Server {
    pub(super) async fn new(company: &Company, seed: u64) -> Result<Self> {
        let folder = folder()?;
        fs::write(folder.path().join(database(1)), &company.database)?;
        fs::write(folder.path().join(BACKUP), &company.database)?;
        let environment = Environment::seeded(seed, START_US);
        let app = open(folder.path(), 1, environment.clone()).await?;
        let client = Client::new(&app, None);
        Ok(Self { app, client, environment, folder, databases: 1 })
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(database(self.databases))
    }

    /// One request without a socket.
    pub(super) async fn answer(&self, request: &HttpRequest) -> Result<HttpAnswer> {
        let mut builder = Request::builder().method(request.method).uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let request = builder.body(Body::from(request.body.clone()))?;
        let answer = self.client.send(request).await?;
        Ok(HttpAnswer {
            status: answer.status.as_u16(),
            content_type: Some(answer.header("content-type").to_owned()),
            retry_after_s: answer.header("retry-after").parse().ok(),
            body: answer.body,
        })
    }

    /// The process ends and begins again.
    pub(super) async fn restart(&mut self) -> Result<()> {
        self.app.db.close().await;
        self.start().await
    }

    /// The process is killed and begins again with what is committed at this moment.
    pub(super) async fn kill(&mut self) -> Result<()> {
        let killed = self.path();
        self.databases += 1;
        sqlite::copy(&killed, &self.path())?;
        self.start().await
    }

    async fn start(&mut self) -> Result<()> {
        self.app = open(self.folder.path(), self.databases, self.environment.clone()).await?;
        self.client = Client::new(&self.app, None);
        Ok(())
    }

    /// Waits until nothing of the server writes: what a test does to the database by itself would meet it.
    async fn writers_done(&self) -> Result<()> {
        self.app.db.begin().await?.rollback().await;
        Ok(())
    }

    /// Makes a backup, in place of the one before.
    pub(super) async fn back_up(&self) -> Result<()> {
        self.writers_done().await?;
        let backup = self.folder.path().join(BACKUP);
        if backup.exists() {
            fs::remove_file(&backup)?;
        }
        sqlite::copy(&self.path(), &backup)
    }

    /// Everything since the last backup is lost, and a new epoch begins.
    pub(super) async fn restore(&mut self) -> Result<()> {
        self.app.db.close().await;
        self.databases += 1;
        fs::copy(self.folder.path().join(BACKUP), self.path())?;
        self.start().await?;
        let mut tx = self.app.db.begin().await?;
        server_setting::set_epoch(&mut tx, &self.environment).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Revokes a phone, or takes that back, behind the server's back.
    pub(super) async fn set_revoked(&self, installation: Uuid, revoked: bool) -> Result<()> {
        self.writers_done().await?;
        let connection = rusqlite::Connection::open(self.path())?;
        let (state, at_us) =
            if revoked { ("revoked", Some(self.environment.now_us())) } else { ("active", None) };
        connection.execute(
            "update installation set state = ?2, revoked_us = ?3 where id = ?1",
            (installation.as_bytes(), state, at_us),
        )?;
        Ok(())
    }
}

/// A server on a new database in `folder`.
pub(super) async fn open_new(folder: &Path, environment: Environment) -> Result<App> {
    let db = Db::open(&options(folder, 1)).await?;
    migrations::migrate(&db).await?;
    server_setting::prepare(&db, &environment, &secrets()?).await?;
    db.close().await;
    open(folder, 1, environment).await
}

/// Ends a server, and reads its database.
pub(super) async fn close_and_read(app: &App, folder: &Path) -> Result<Vec<u8>> {
    app.db.close().await;
    let connection = rusqlite::Connection::open(folder.join(database(1)))?;
    connection.query_row("pragma wal_checkpoint(truncate)", (), |_| Ok(()))?;
    drop(connection);
    Ok(fs::read(folder.join(database(1)))?)
}

/// A folder in memory where there is one: what a disk does in a loss of power is for other tests.
pub(super) fn folder() -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? })
}

async fn open(folder: &Path, number: u64, environment: Environment) -> Result<App> {
    let db = Db::open(&options(folder, number)).await?;
    let log = Log::new(db.clone(), environment.clone(), secrets()?, &log::Options::default());
    let store = Store::folder(&folder.join("files"))?;
    Ok(App::new(db, log, store, environment, secrets()?, Limits::default()))
}

fn secrets() -> Result<Secrets> {
    Ok(Secrets::new(MasterKey::from_hex("the simulator", SECRET)?))
}

fn database(number: u64) -> String {
    format!("campo-{number}.db")
}

fn options(folder: &Path, number: u64) -> Options {
    let url = format!("sqlite:{}/{}", folder.display(), database(number));
    // Nothing here loses power: the machines that do have a test of their own
    let bounds = Bounds::of_command(Duration::from_secs(30));
    Options { url, connections: 1, pooler: false, synchronous: Synchronous::Off, bounds }
}

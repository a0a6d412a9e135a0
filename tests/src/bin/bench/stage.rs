//! A database of its own for each run: a copy of one with the cast, or an empty one for the limit.

use std::{
    fs::{self, File},
    path::PathBuf,
    time::Duration,
};

use anyhow::{Result, ensure};
use campo_server::{
    app::App,
    database::{Bounds, Db, Options, Synchronous, migrations},
    environment::Environment,
};
use campo_tests::{
    place,
    postgres::{ScratchDatabase, Template},
    world,
};
use serde::Serialize;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{cast, cpu::Meter};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// One file, WAL, `synchronous=FULL`
    Sqlite,
    /// A server that syncs each commit
    Postgres,
}

impl Kind {
    /// Both, in the order of the report.
    pub(crate) const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// Its name in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// What is in the database at the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// The tables alone
    Empty,
    /// The cast
    Cast,
}

/// A database, removed when this is dropped.
#[derive(Debug)]
pub(crate) enum Stage {
    /// In a folder of its own
    Sqlite(TempDir),
    /// On the server
    Postgres(ScratchDatabase),
}

static POSTGRES_EMPTY: Template = Template::new("bench_empty");
static POSTGRES_CAST: Template = Template::new("bench_cast");
static SQLITE_EMPTY: OnceCell<TempDir> = OnceCell::const_new();
static SQLITE_CAST: OnceCell<TempDir> = OnceCell::const_new();

impl Stage {
    /// A fresh one.
    pub(crate) async fn new(kind: Kind, content: Content) -> Result<Self> {
        match kind {
            Kind::Sqlite => {
                let template = match content {
                    Content::Empty => &SQLITE_EMPTY,
                    Content::Cast => &SQLITE_CAST,
                };
                let template = template.get_or_try_init(|| sqlite_template(content)).await?;
                let folder = folder()?;
                fs::copy(file(template), file(&folder))?;
                File::open(file(&folder))?.sync_all()?;
                Ok(Self::Sqlite(folder))
            }
            Kind::Postgres => {
                let template = match content {
                    Content::Empty => &POSTGRES_EMPTY,
                    Content::Cast => &POSTGRES_CAST,
                };
                let database = template.database(async |url| prepare(&url, content).await).await?;
                Ok(Self::Postgres(database))
            }
        }
    }

    /// What opens it.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", file(folder).display()),
            Self::Postgres(database) => database.url().to_owned(),
        }
    }

    /// SQLite's file.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(folder) => Some(file(folder)),
            Self::Postgres(_) => None,
        }
    }

    /// The meter of what works on it in this process.
    pub(crate) async fn meter(&self) -> Result<Meter> {
        match self {
            Self::Sqlite(_) => Ok(Meter::own()),
            Self::Postgres(_) => Meter::with_server(&self.url()).await,
        }
    }

    /// A server on it, with its connections open.
    pub(crate) async fn app(&self) -> Result<App> {
        app(&self.url()).await
    }
}

/// A server on the database at `url`, with its connections open, so that no run pays for opening them.
pub(crate) async fn app(url: &str) -> Result<App> {
    let app = world::app(url, Environment::system(), &files()?).await?;
    if !app.db.is_sqlite() {
        let opening = (0..16).map(|_| app.db.begin_snapshot());
        for open in futures_util::future::try_join_all(opening).await? {
            open.rollback().await;
        }
    }
    Ok(app)
}

/// A folder on the disk that holds the checkout's builds: the usual one for temporary files may be memory.
pub(crate) fn folder() -> Result<TempDir> {
    let parent = place::target_folder()?.join("bench");
    fs::create_dir_all(&parent)?;
    Ok(tempfile::tempdir_in(parent)?)
}

/// Where the servers of the bench would keep files, of which they get none.
pub(crate) fn files() -> Result<PathBuf> {
    Ok(place::target_folder()?.join("bench").join("files"))
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("campo.db")
}

async fn sqlite_template(content: Content) -> Result<TempDir> {
    let folder = folder()?;
    prepare(&format!("sqlite:{}", file(&folder).display()), content).await?;
    // Whoever closes last tidies up, unless another was closing at the same moment
    rusqlite::Connection::open(file(&folder))?.close().map_err(|(_, error)| error)?;
    ensure!(!folder.path().join("campo.db-wal").exists(), "closing SQLite left its write-ahead log behind");
    Ok(folder)
}

async fn prepare(url: &str, content: Content) -> Result<()> {
    if content == Content::Empty {
        let (url, bounds) = (url.to_owned(), Bounds::of_command(Duration::from_secs(30)));
        let options = Options { url, connections: 2, pooler: false, synchronous: Synchronous::Full, bounds };
        let db = Db::open(&options).await?;
        migrations::migrate(&db).await?;
        db.close().await;
    } else {
        let app = world::app(url, Environment::system(), &files()?).await?;
        cast::prepare(&app).await?;
        app.db.close().await;
    }
    Ok(())
}

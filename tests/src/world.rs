//! A world with people in it: a server inside the test, on either database, with accounts, employees and phones.

use std::path::Path;

use anyhow::Result;
use campo_protocol::{clock::Clock, entry::Frame, sync::Receipt};
use campo_server::{
    access::{
        Caller, Duty, Principal,
        permissions::{HandIn, ManageEmployees},
    },
    accounts::{self, NewAccount},
    app::App,
    database::{Db, Options, Synchronous, migrations},
    environment::Environment,
    log::{self, Log, entry::Incoming, scheduler::Class},
    secrets::{MasterKey, Secrets},
    server_setting,
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::postgres::{ScratchDatabase, Template};

static MIGRATED: Template = Template::new("migrated");

/// The master secret of every test.
const SECRET: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// Runs each named test on both databases: a test is `async fn name(world: World)`.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::world::World::sqlite().await.unwrap()).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::world::World::postgres().await.unwrap()).await;
            })+
        }
    };
}

/// Where the world's database is, kept until the world ends.
#[derive(Debug)]
enum Scratch {
    Sqlite(TempDir),
    Postgres(ScratchDatabase),
}

/// A server inside the test.
#[derive(Debug)]
pub struct World {
    /// The parts of the server
    pub app: App,
    scratch: Scratch,
}

impl World {
    /// A world on SQLite, in a folder of its own.
    pub async fn sqlite() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = sqlite_url(folder.path());
        let app = app(&url, Environment::system()).await?;
        Ok(Self { app, scratch: Scratch::Sqlite(folder) })
    }

    /// A world on PostgreSQL, in a database of its own.
    pub async fn postgres() -> Result<Self> {
        let database = MIGRATED
            .database(|url| async move {
                let db = Db::open(&options(&url)).await?;
                migrations::migrate(&db).await?;
                db.close().await;
                Ok(())
            })
            .await?;
        let app = app(database.url(), Environment::system()).await?;
        Ok(Self { app, scratch: Scratch::Postgres(database) })
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        match &self.scratch {
            Scratch::Sqlite(folder) => sqlite_url(folder.path()),
            Scratch::Postgres(database) => database.url().to_owned(),
        }
    }

    /// Another replica: a server of its own on the same database.
    pub async fn replica(&self) -> Result<App> {
        app(&self.url(), Environment::system()).await
    }

    /// A new account.
    pub async fn account(&self, code: &str) -> Result<Account> {
        let new = NewAccount {
            code: code.to_owned(),
            name: format!("Company {code}"),
            zone: "America/Lima".to_owned(),
            language: "es".to_owned(),
        };
        let id = accounts::create(&self.app, &new).await?;
        Ok(Account { app: self.app.clone(), id })
    }
}

fn sqlite_url(folder: &Path) -> String {
    format!("sqlite:{}/campo.db", folder.display())
}

fn options(url: &str) -> Options {
    Options { url: url.to_owned(), connections: 16, pooler: false, synchronous: Synchronous::Full }
}

/// A server on the database at `url`, migrated.
pub async fn app(url: &str, environment: Environment) -> Result<App> {
    let db = Db::open(&options(url)).await?;
    migrations::migrate(&db).await?;
    let secrets = Secrets::new(MasterKey::from_hex("the test kit", SECRET)?);
    server_setting::prepare(&db, &environment, &secrets).await?;
    let log = Log::new(db.clone(), environment.clone(), secrets.clone(), &log::Options::default());
    Ok(App { db, log, environment, secrets, limits: std::sync::Arc::default() })
}

/// A company.
#[derive(Debug, Clone)]
pub struct Account {
    /// The server it is on
    pub app: App,
    /// Its id
    pub id: i64,
}

impl Account {
    /// A caller with every permission.
    pub fn operator(&self) -> Caller {
        Caller::duty(self.id, Duty::Operator)
    }

    /// A new employee.
    pub async fn employee(&self, number: &str) -> Result<Uuid> {
        let allowed = self.operator().allow::<ManageEmployees>()?;
        let mut write = self.app.log.begin(&allowed, Class::Office).await?;
        let id = write.new_id();
        let body = format!(
            r#"{{"number":"{number}","first_name":"Ana","last_name":"{number}","establishment":"LIMA-1"}}"#
        );
        write.tx().execute(
            "insert into object (account, kind, id, code, name, sort_key, parent, state, version, body, created_us, updated_us) \
             values ($1, 'employee', $2, $3, $3, $3, null, 'enabled', 1, $4, 1, 1)",
            (self.id, id, number, body),
        ).await?;
        write.directory_changed();
        write.commit().await?;
        Ok(id)
    }

    /// A phone that `employee` uses.
    pub fn phone(&self, employee: Uuid) -> Phone_ {
        Phone_ {
            app: self.app.clone(),
            account: self.id,
            installation: self.app.environment.uuid(),
            employee,
            sequence: 0,
        }
    }
}

/// A phone.
#[derive(Debug)]
pub struct Phone_ {
    pub app: App,
    pub account: i64,
    pub installation: Uuid,
    pub employee: Uuid,
    pub sequence: i64,
}

impl Phone_ {
    /// The bytes of a new entry.
    pub fn line(&mut self, kind: &str, more: &str) -> Vec<u8> {
        self.sequence += 1;
        format!(
            r#"{{"id":"{}","kind":"{kind}","installation":"{}","employee":"{}","sequence":{},"clock":{{"wall_us":{}}}{more}}}"#,
            self.app.environment.uuid(), self.installation, self.employee, self.sequence, self.app.environment.now_us()
        ).into_bytes()
    }

    /// Hands lines in.
    pub async fn send(&self, lines: &[Vec<u8>]) -> Result<Vec<Receipt>> {
        let caller = Caller {
            account: self.account,
            principal: Principal::Installation(self.installation),
            permissions: campo_server::access::Permissions::of_installation(),
        };
        let now = self.app.environment.now_us();
        let entries = lines
            .iter()
            .map(|line| {
                let frame = Frame::read(line).unwrap();
                Incoming::from_phone(line.clone(), &frame, caller.principal, None, now, false)
            })
            .collect();
        Ok(self.app.log.submit(&caller.allow::<HandIn>()?, entries).await?.receipts)
    }
}

//! A world with people in it: a server inside the test, on either database, with accounts, employees and phones.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use campo_mobile_core::testing::quick_pin_verifier;
use campo_protocol::{
    clock::Clock,
    entry::Frame,
    model::{
        Ref, employee::Employee, form::FormDefinition, group::Group, poi::Poi, profile::EmployeeProfile,
        task_type::TaskType,
    },
    sync::{Answer, FileAnswer, HeldFile, Request, Unsent},
};
use campo_server::{
    access::{
        self, Caller, Duty, PermissionName, Permissions, Principal,
        permissions::{HandIn, ManageInstallations, ManageKeys, ManageUsers},
    },
    accounts::{self, NewAccount},
    api::edit::{Created, Once},
    app::{App, Limits},
    database::{Bounds, Db, Options, Synchronous, migrations},
    environment::Environment,
    files::{room::Shares, store::Store},
    installations::{
        enrolment::{self, EnrolmentDraft},
        installation::Device,
        members::Members,
        redeem::{self, Redemption},
    },
    keys::key,
    log::{self, Log, entry::Incoming, groups::Submitted},
    objects::{self, Kept, Object, Operation},
    outbound::{PlainHttp, Rules},
    profiles::profile,
    scheduler::Class,
    secrets::{MasterKey, Secret, Secrets},
    server_setting, sync,
    users::{
        sessions::{self, Credentials, Place},
        user,
    },
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    holds::Holds,
    postgres::{ScratchDatabase, Template},
    process::Server,
};

static MIGRATED: Template = Template::new("migrated");

/// The master secret of every test.
const SECRET: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// Where the receivers of tests are.
const LOOPBACK: &str = "127.0.0.0/8";

/// The password of every user that [`Account::user`] makes.
pub const PASSWORD: &str = "a password of tests";

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
    Sqlite,
    Postgres(ScratchDatabase),
}

/// A server inside the test.
#[derive(Debug)]
pub struct World {
    /// The parts of the server
    pub app: App,
    /// The folder of its files, of SQLite's database, and of the processes that [`World::process`] starts
    pub folder: TempDir,
    scratch: Scratch,
}

impl World {
    /// A world on SQLite, in a folder of its own.
    pub async fn sqlite() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = sqlite_url(folder.path());
        let app = app(&url, Environment::system(), folder.path()).await?;
        Ok(Self { app, folder, scratch: Scratch::Sqlite })
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
        let folder = tempfile::tempdir()?;
        let app = app(database.url(), Environment::system(), folder.path()).await?;
        Ok(Self { app, folder, scratch: Scratch::Postgres(database) })
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        match &self.scratch {
            Scratch::Sqlite => sqlite_url(self.folder.path()),
            Scratch::Postgres(database) => database.url().to_owned(),
        }
    }

    /// Another replica: a server of its own on the same database.
    pub async fn replica(&self) -> Result<App> {
        self.replica_with(Environment::system()).await
    }

    /// Another replica, with a clock of its own.
    pub async fn replica_with(&self, environment: Environment) -> Result<App> {
        app(&self.url(), environment, self.folder.path()).await
    }

    /// Another replica with a clock and a chance of its own, which only [`Environment::advance`] moves.
    pub async fn virtual_replica(&self, seed: u64) -> Result<App> {
        self.replica_with(Environment::seeded(seed, self.app.environment.now_us())).await
    }

    /// The settings of a process on this database, and these besides.
    pub fn settings(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut settings = Self::environment(&self.url(), self.folder.path());
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        settings
    }

    /// Another replica: a real process on the same database.
    pub async fn process(&self, more: &[(&str, &str)]) -> Result<Server> {
        Server::start(self.settings(more)).await
    }

    /// What a real server on any database of the kit is started with.
    pub fn environment(url: &str, folder: &Path) -> Vec<(String, String)> {
        [
            ("CAMPO_DATABASE_URL", url.to_owned()),
            ("CAMPO_DATA_FOLDER", folder.display().to_string()),
            ("CAMPO_SECRET_KEY", SECRET.to_owned()),
            ("CAMPO_OUTBOUND_NETWORKS", LOOPBACK.to_owned()),
            ("CAMPO_OUTBOUND_HTTP", "true".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Runs statements behind the server's back, by the text for whichever database it is.
    pub async fn meddle(&self, sqlite: &str, postgres: &str) -> Result<()> {
        match &self.scratch {
            Scratch::Sqlite => {
                let connection = rusqlite::Connection::open(self.folder.path().join("campo.db"))?;
                connection.busy_timeout(std::time::Duration::from_secs(20))?;
                connection.execute_batch(sqlite)?;
            }
            Scratch::Postgres(database) => {
                let mut connection = sqlx::PgConnection::connect(database.url()).await?;
                sqlx::raw_sql(AssertSqlSafe(postgres.to_owned())).execute(&mut connection).await?;
                connection.close().await?;
            }
        }
        Ok(())
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
    let bounds = Bounds::of_server(Duration::from_secs(30));
    Options { url: url.to_owned(), connections: 16, pooler: false, synchronous: Synchronous::Full, bounds }
}

/// A server on the database at `url`, migrated.
pub async fn app(url: &str, environment: Environment, folder: &Path) -> Result<App> {
    app_with(url, environment, folder, Synchronous::Full).await
}

/// The same with less waiting for the disk than a server ever has.
pub async fn app_with(
    url: &str,
    environment: Environment,
    folder: &Path,
    synchronous: Synchronous,
) -> Result<App> {
    let db = Db::open(&Options { synchronous, ..options(url) }).await?;
    migrations::migrate(&db).await?;
    let secrets = Secrets::new(MasterKey::from_hex("the test kit", SECRET)?);
    server_setting::prepare(&db, &environment, &secrets).await?;
    let log = Log::new(db.clone(), environment.clone(), secrets.clone(), &log::Options::default());
    let store = Store::with_shares(&folder.join("files"), Shares::NONE)?;
    let limits = Limits { outbound: rules(), ..Limits::default() };
    Ok(App::new(db, log, store, environment, secrets, limits))
}

/// Where requests may go in tests: to the receivers on this machine, without TLS.
pub fn rules() -> Rules {
    let loopback = LOOPBACK.parse().unwrap_or_else(|_| unreachable!("it is a network"));
    Rules { networks: vec![loopback], plain_http: PlainHttp::Everybody }
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

    /// A new object of the office.
    pub async fn keep<K: Kept>(&self, document: Value) -> Result<Object<K>> {
        let allowed = self.operator().allow::<K::Manage>()?;
        let mut write = self.app.log.begin(&allowed, Class::Office).await?;
        let object = objects::create(&mut write, &allowed, &document).await?;
        write.commit().await?;
        Ok(object)
    }

    /// The group with this code, made if there is none.
    pub async fn group(&self, code: &str) -> Result<Uuid> {
        let allowed = self.operator().allow()?;
        let mut write = self.app.log.begin(&allowed, Class::Office).await?;
        let documents = [json!({ "code": code, "name": format!("Group {code}") })];
        let saved = objects::save_many::<Group>(&mut write, &allowed, Operation::AutoSelect, &documents);
        let id = saved.await?.pop().context("an outcome")??.object.id;
        write.commit().await?;
        Ok(id)
    }

    /// A new employee profile that allows everything.
    pub async fn profile(&self, code: &str) -> Result<Uuid> {
        let document = json!({ "code": code, "name": format!("Profile {code}") });
        Ok(self.keep::<EmployeeProfile>(document).await?.id)
    }

    /// A new employee in the group `FIELD`.
    pub async fn employee(&self, number: &str) -> Result<Uuid> {
        let group = self.group("FIELD").await?;
        let document = json!({
            "number": number, "first_name": "Ana", "last_name": number, "group": group, "establishment": "LIMA-1"
        });
        Ok(self.keep::<Employee>(document).await?.id)
    }

    /// Gives an employee a PIN, by a verifier that is quicker to make than a real one.
    pub async fn pin(&self, employee: Uuid, pin: &str) -> Result<()> {
        let verifier = quick_pin_verifier(pin).context("a verifier")?;
        let mut tx = self.app.db.begin().await?;
        tx.execute(
            "insert into pin_verifier (account, employee, verifier, updated_us) values ($1, $2, $3, 1) \
             on conflict (account, employee) do nothing",
            (self.id, employee, verifier),
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// A one-time code for a phone that these employees may use.
    pub async fn enrolment_code(&self, employees: &[Uuid]) -> Result<String> {
        let roster =
            Members { employees: employees.iter().copied().map(Ref::Id).collect(), groups: Vec::new() };
        let draft = EnrolmentDraft { roster, ..EnrolmentDraft::default() };
        let allowed = self.operator().allow::<ManageInstallations>()?;
        let mut write = self.app.log.begin(&allowed, Class::Office).await?;
        let code = enrolment::create(&self.app, &mut write, &draft).await?.code;
        write.commit().await?;
        Ok(code)
    }

    /// A new point of interest in Lima that nobody's phone has.
    pub async fn poi(&self, number: &str) -> Result<Uuid> {
        let place = json!({ "latitude": -12.05, "longitude": -77.05 });
        let document = json!({ "number": number, "name": format!("Customer {number}"), "place": place });
        Ok(self.keep::<Poi>(document).await?.id)
    }

    /// A new type of task.
    pub async fn task_type(&self, code: &str) -> Result<Uuid> {
        let document = json!({ "code": code, "name": format!("Type {code}") });
        Ok(self.keep::<TaskType>(document).await?.id)
    }

    /// A new form that everybody may fill, with a field `reading` for a number.
    pub async fn form(&self, code: &str) -> Result<Uuid> {
        let fields = json!([{ "id": "reading", "label": "Lectura", "kind": "number" }]);
        let document = json!({ "code": code, "name": format!("Form {code}"), "fields": fields });
        Ok(self.keep::<FormDefinition>(document).await?.id)
    }

    /// A phone that `employee` uses and that only hands in without HTTP: no row says that it was enrolled.
    pub fn spare_phone(&self, employee: Uuid) -> Phone {
        Phone {
            app: self.app.clone(),
            account: self.id,
            bearer: String::new(),
            installation: self.app.environment.uuid(),
            employee,
            sequence: 0,
            holds: Holds::default(),
        }
    }

    /// A phone that `employee` uses, enrolled.
    pub async fn phone(&self, employee: Uuid) -> Result<Phone> {
        let (bearer, installation) = self.enrol(&[employee]).await?;
        Ok(Phone { bearer, installation, ..self.spare_phone(employee) })
    }

    /// The bearer secret and the id of a new installation that these employees may use.
    pub async fn enrol(&self, employees: &[Uuid]) -> Result<(String, Uuid)> {
        let code = Secret::new(self.enrolment_code(employees).await?);
        let redemption = Redemption { code, device: Device::default() };
        let enrolled = redeem::redeem(&self.app, None, &Once::default(), &redemption).await?;
        Ok((member(&enrolled, "/token")?, member(&enrolled, "/installation/id")?.parse()?))
    }

    /// A new key with these permissions; returns its bearer secret.
    pub async fn key(&self, permissions: &[PermissionName]) -> Result<String> {
        let code = self.app.environment.uuid().to_string();
        let draft = json!({ "code": code, "name": "A system", "permissions": permissions });
        let allowed = self.operator().allow::<ManageKeys>()?;
        let created = key::create(&self.app, &allowed, &Once::default(), &draft).await?;
        member(&created, "/secret")
    }

    /// A new user with these permissions, a profile of their own and the password [`PASSWORD`]. `login` is the code,
    /// too.
    pub async fn user(&self, login: &str, permissions: &[PermissionName]) -> Result<Uuid> {
        let allowed = self.operator().allow::<ManageUsers>()?;
        let profile = json!({ "code": login, "name": "Profile", "permissions": permissions });
        let profile = profile::create(&self.app, &allowed, &Once::default(), &profile).await?;
        let user = json!({
            "code": login, "name": "Ana", "login": login, "password": PASSWORD,
            "profile": member(&profile, "/id")?,
        });
        let created = user::create(&self.app, &allowed, &Once::default(), user).await?;
        Ok(member(&created, "/id")?.parse()?)
    }

    /// The bearer secret of a new session of a user.
    pub async fn session(&self, login: &str) -> Result<String> {
        let password = Secret::new(PASSWORD.to_owned());
        let credentials = Credentials { login: login.to_owned(), password, account: None, cookie: false };
        let place = Place { address: None, agent_text: None, device: None };
        Ok(sessions::log_in(&self.app, place, &credentials).await?.0.reveal().to_owned())
    }
}

/// A text in the JSON of what was created.
fn member(created: &Created, pointer: &str) -> Result<String> {
    let body: serde_json::Value = serde_json::from_str(created.body.get())?;
    body.pointer(pointer).and_then(|text| text.as_str()).map(str::to_owned).context("the member is there")
}

/// A phone in somebody's hand.
#[derive(Debug)]
pub struct Phone {
    /// The server it speaks to
    pub app: App,
    /// Its account
    pub account: i64,
    /// Its bearer secret
    pub bearer: String,
    /// Its installation
    pub installation: Uuid,
    /// Who uses it
    pub employee: Uuid,
    /// The sequence of its last entry
    pub sequence: i64,
    /// What it holds of its view
    pub holds: Holds,
}

impl Phone {
    /// The bytes of a new entry of `kind`; `more` is JSON that follows its members, such as `,"task":"…"`.
    pub fn line(&mut self, kind: &str, more: &str) -> Vec<u8> {
        self.sequence += 1;
        format!(
            r#"{{"id":"{}","kind":"{kind}","installation":"{}","employee":"{}","sequence":{},"clock":{{"wall_us":{}}}{more}}}"#,
            self.app.environment.uuid(),
            self.installation,
            self.employee,
            self.sequence,
            self.app.environment.now_us()
        )
        .into_bytes()
    }

    /// Hands lines in, without HTTP.
    pub async fn send(&self, lines: &[Vec<u8>]) -> Result<Submitted> {
        self.send_to(&self.app, lines).await
    }

    /// Hands lines in at another replica, without HTTP.
    pub async fn send_to(&self, app: &App, lines: &[Vec<u8>]) -> Result<Submitted> {
        let principal = Principal::Installation(self.installation);
        let caller = Caller { account: self.account, principal, permissions: Permissions::of_installation() };
        let now_us = app.environment.now_us();
        let entries = lines
            .iter()
            .map(|line| {
                let frame = Frame::read(line).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
                Ok(Incoming::from_phone(line.clone(), &frame, principal, None, now_us, false))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(app.log.submit(&caller.allow::<HandIn>()?, entries).await?)
    }

    /// A session of its employee that begins now, handed in.
    pub async fn open_session(&mut self) -> Result<Uuid> {
        let session = self.app.environment.uuid();
        let line = self.line("session.open", &format!(r#","session":"{session}""#));
        self.send(&[line]).await?;
        Ok(session)
    }

    /// The end of a session, handed in.
    pub async fn close_session(&mut self, session: Uuid) -> Result<()> {
        let line = self.line("session.close", &format!(r#","session":"{session}""#));
        self.send(&[line]).await?;
        Ok(())
    }

    /// The first line of a request that names what the phone holds.
    pub fn request(&self) -> Request {
        let wall_us = self.app.environment.now_us();
        let clock =
            Clock { wall_us, monotonic_us: None, boot: None, zone: None, offset_s: None, automatic: None };
        Request { format: 1, clock, view: Some(self.holds.held()), unsent: None, files: Vec::new() }
    }

    /// One exchange at `app`, without HTTP: hands lines in, and applies what is new.
    pub async fn exchange_at(&mut self, app: &App, request: &Request, lines: &[Vec<u8>]) -> Result<Answer> {
        let mut bytes = serde_json::to_vec(request)?;
        for line in lines {
            bytes.push(b'\n');
            bytes.extend(line);
        }
        let phone = access::Phone::identify(app, &self.bearer).await?;
        let answer = sync::exchange(app, &phone, &bytes, app.environment.now_us()).await?;
        self.holds.apply(&answer)?;
        Ok(answer)
    }

    /// One exchange that hands lines in, without HTTP.
    pub async fn exchange(&mut self, lines: &[Vec<u8>]) -> Result<Answer> {
        let (app, request) = (self.app.clone(), self.request());
        self.exchange_at(&app, &request, lines).await
    }

    /// One exchange that says what the phone holds unsent, and which files it wants to send.
    pub async fn announce(&mut self, unsent: Option<Unsent>, files: Vec<HeldFile>) -> Result<Answer> {
        let app = self.app.clone();
        let request = Request { unsent, files, ..self.request() };
        self.exchange_at(&app, &request, &[]).await
    }

    /// Exchanges until there is nothing more, and says how many that took.
    pub async fn catch_up(&mut self) -> Result<usize> {
        let mut exchanges = 1;
        while self.exchange(&[]).await?.view.is_some_and(|view| view.more) {
            exchanges += 1;
        }
        Ok(exchanges)
    }

    /// The ticket for a file that the phone wants to send; none when the server has it, or knows no entry with it.
    pub async fn ticket(&mut self, hash: &str, size_bytes: usize) -> Result<Option<String>> {
        let file = HeldFile { hash: hash.to_owned(), size_bytes: size_bytes as i64 };
        match self.announce(None, vec![file]).await?.files.pop().context("an answer for the file")? {
            FileAnswer::Wanted { ticket, .. } => Ok(Some(ticket)),
            FileAnswer::Stored { .. } | FileAnswer::Unknown { .. } | FileAnswer::Later => Ok(None),
        }
    }
}

//! The first sync of a phone that has 100,000 objects in its view: the real core over HTTP, from its enrolment on, against
//! upserts of the same rows in one transaction.

use std::{
    collections::HashMap,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use campo_mobile_core::{
    core::{Core, enrolment::Device},
    store::Store,
};
use campo_protocol::{
    model::{catalogue::CatalogueItem, poi::Poi},
    scope::Scope,
};
use campo_server::{
    access::permissions::ManagePois, app::App, environment::Environment, log::changes::View, scheduler::Class,
};
use campo_tests::{
    core_phone, office,
    world::{self, Account},
};
use rusqlite::Connection;
use serde_json::json;
use uuid::Uuid;

use crate::{
    cast,
    cpu::Meter,
    figures::ROUNDS,
    report::{Figure, Goal, Round, Side},
    served::Served,
    stage::{self, Content, Kind, Stage},
};

/// Places of the worker's group.
const POIS: usize = 60_000;
/// Items of the catalogue.
const ITEMS: usize = 40_000;
/// How many are published in one transaction.
const CHUNK: usize = 5000;
/// Today's.
const TASKS: usize = 20;
const PATIENCE: Duration = Duration::from_mins(2);
/// How often the screen is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// The pragmas of the phone's own connection.
pub(crate) const PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma fullfsync = true; \
                       pragma checkpoint_fullfsync = true; pragma temp_store = memory";

/// Objects a second; and how long until today's tasks are shown, beside all of it.
pub(crate) async fn figures(kind: Kind) -> Result<[Figure; 2]> {
    let stage = Stage::new(kind, Content::Empty).await?;
    let app = world::app(&stage.url(), Environment::system(), &stage::files()?).await?;
    let codes = furnish(app).await?;
    let served = Served::start(stage).await?;
    let (mut rates, mut instants) = (Vec::new(), Vec::new());
    for code in codes {
        let folder = stage::folder()?;
        let first = first_sync(&served, folder.path(), &code).await?;
        let objects = first.objects as f64;
        let limit = tokio::task::spawn_blocking(move || upserts(folder.path())).await??;
        let measured =
            Side { value: objects / first.all_s, cpu_s: first.cpu_s, load_cpu_s: first.phone_cpu_s };
        let beside = Side { value: objects / limit.0, cpu_s: limit.1, load_cpu_s: None };
        rates.push(Round { measured, beside, group: None });
        instants.push(Round {
            measured: Side::of(first.tasks_s),
            beside: Side::of(first.all_s),
            group: None,
        });
    }
    served.end().await?;
    let figure = |name: &str, unit, beside, goal, rounds| Figure {
        name: format!("first sync of {} objects{name}", POIS + ITEMS),
        database: kind,
        unit,
        beside,
        goal,
        rounds,
    };
    Ok([
        figure("", "objects/s", "upserts", Some(Goal::AtLeast(0.3)), rates),
        figure(", today's tasks", "s", "all of it", None, instants),
    ])
}

/// A company with a worker; returns a code for a phone for each round.
async fn furnish(app: App) -> Result<Vec<String>> {
    let id = cast::account(&app, 0).await?;
    let account = Account { app, id };
    let employee = account.employee("ZZ1").await?;
    for _ in 0..TASKS {
        office::create_task(&account.app, account.id, &[employee]).await?;
    }
    let poi = json!({
        "number": "NUMBER", "name": "Cliente NUMBER", "phone1": "+51 1 555 0100", "email": "ana@acme.example",
        "place": { "latitude": -12.05, "longitude": -77.05 },
        "address": { "street": "Av. Arequipa", "house_number": "NUMBER", "city": "Miraflores", "state": "Lima" },
        "links": { "groups": [{ "group": "code:FIELD", "recursive": true }] },
    });
    let poi = account.keep::<Poi>(poi).await?.id;
    publish(&account, "poi", poi, POIS - 1).await?;
    let item = json!({
        "code": "NUMBER", "name": "Cable de cobre NUMBER", "category": "Cables", "unit": "m",
        "values": { "precio": "12.50", "proveedor": "Cables del Perú S.A." },
    });
    let item = account.keep::<CatalogueItem>(item).await?.id;
    publish(&account, "catalogue_item", item, ITEMS - 1).await?;
    let mut codes = Vec::new();
    for _ in 0..ROUNDS {
        codes.push(core_phone::code(&account, employee).await?);
    }
    account.app.db.close().await;
    Ok(codes)
}

/// Files as many objects as the one that stands there, each with its own number and id.
async fn publish(account: &Account, kind: &'static str, like: Uuid, count: usize) -> Result<()> {
    let rows: Vec<(String, Vec<u8>)> = account
        .app
        .db
        .fetch_all(
            "select c.scope, b.body from change c join change_body b on b.account = c.account and b.kind = c.kind \
             and b.id = c.id where c.account = $1 and c.kind = $2 and c.id = $3",
            (account.id, kind, like),
        )
        .await?;
    let scopes: Vec<Scope> = rows.iter().filter_map(|(scope, _)| scope.parse().ok()).collect();
    let body = String::from_utf8(rows.into_iter().next().context("the object was published")?.1)?;
    let allowed = account.operator().allow::<ManagePois>()?;
    let numbers: Vec<usize> = (0..count).collect();
    for numbers in numbers.chunks(CHUNK) {
        let mut write = account.app.log.begin(&allowed, Class::Office).await?;
        for number in numbers {
            let id = write.new_id();
            let body =
                body.replace("NUMBER", &format!("{number:05}")).replace(&like.to_string(), &id.to_string());
            write.view(View { kind, id, scopes: scopes.clone(), body: body.into_bytes() });
        }
        write.commit().await?;
    }
    Ok(())
}

/// What a first sync took.
struct First {
    objects: usize,
    tasks_s: f64,
    all_s: f64,
    cpu_s: Option<f64>,
    phone_cpu_s: Option<f64>,
}

async fn first_sync(served: &Served, folder: &Path, code: &str) -> Result<First> {
    let core = core_phone::open(folder)?;
    let phone = Meter::own();
    let (cpu_s, phone_cpu_s) = (served.meter.seconds(), phone.seconds());
    let started = Instant::now();
    core.enrol(&format!("http://{}", served.address()), code, Device::default()).await?;
    let employee = look("the roster", || Ok(core.roster()?.into_iter().next())).await?;
    core.open_session("open", employee.id, core_phone::PIN)?;
    look("today's tasks", || Ok((core.tasks()?.len() == TASKS).then_some(()))).await?;
    let tasks_s = started.elapsed().as_secs_f64();
    let state = wait_for_the_end(&core).await?;
    let all_s = started.elapsed().as_secs_f64();
    let (cpu_s, phone_cpu_s) = (served.meter.since(cpu_s), phone.since(phone_cpu_s));
    ensure!(state, "the phone is in trouble: {:?}", core.sync_state());
    drop(core);
    let objects = Store::open_for_reading(&core_phone::database(folder))?.all_objects()?;
    let mut kinds: HashMap<String, usize> = HashMap::new();
    for (_, kind, _) in &objects {
        *kinds.entry(kind.clone()).or_default() += 1;
    }
    ensure!(kinds["poi"] == POIS && kinds["catalogue_item"] == ITEMS, "the phone holds {kinds:?}");
    Ok(First { objects: objects.len(), tasks_s, all_s, cpu_s, phone_cpu_s })
}

/// Waits until nothing is under way.
async fn wait_for_the_end(core: &Core) -> Result<bool> {
    let mut states = core.watch();
    let end = tokio::time::timeout(PATIENCE, states.wait_for(|state| !state.busy)).await;
    Ok(end.context("the first sync did not end")??.trouble.is_none())
}

/// What the phone shows, as soon as it shows it.
async fn look<T>(what: &str, mut shown: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(value) = shown()? {
            return Ok(value);
        }
        ensure!(started.elapsed() < PATIENCE, "{what} did not come");
        tokio::time::sleep(LOOK).await;
    }
}

/// Upserts the rows of the phone in `folder` into an empty database of the same tables; seconds, and those of CPU.
pub(crate) fn upserts(folder: &Path) -> Result<(f64, Option<f64>)> {
    type Row = (String, String, Vec<u8>, Vec<u8>, i64, i64);
    let full = Connection::open(core_phone::database(folder))?;
    let mut statement =
        full.prepare("select scope, kind, id, body, digest, mark from object order by rowid")?;
    let rows = statement.query_map((), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
    })?;
    let rows: Vec<Row> = rows.collect::<rusqlite::Result<_>>()?;
    let path = folder.join("limit.db");
    drop(Store::open(&path)?);
    let mut connection = Connection::open(&path)?;
    connection.execute_batch(PRAGMAS)?;
    let meter = Meter::own();
    let cpu_s = meter.seconds();
    let started = Instant::now();
    let transaction = connection.transaction()?;
    let mut upsert = transaction.prepare(
        "insert into object (scope, kind, id, body, digest, mark) values (?1, ?2, ?3, ?4, ?5, ?6) \
         on conflict (scope, kind, id) do update set body = excluded.body, digest = excluded.digest, \
         mark = excluded.mark",
    )?;
    for (scope, kind, id, body, digest, mark) in &rows {
        upsert.execute((scope, kind, id, body, digest, mark))?;
    }
    drop(upsert);
    transaction.commit()?;
    Ok((started.elapsed().as_secs_f64(), meter.since(cpu_s)))
}

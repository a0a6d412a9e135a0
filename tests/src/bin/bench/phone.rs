//! The phone alone: a capture against a bare durable commit, what the server tells against upserts of the same rows, and a
//! list of tasks against reading their rows.

use std::{
    future, iter,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use campo_mobile_core::{
    capture::{Action, Capture, TaskStep},
    core::{
        Core,
        transport::{Answering, HttpRequest, Transport},
    },
    machine::commit::Commit,
    store::Store,
};
use campo_protocol::{
    entry::Place,
    scope::Scope,
    sync::{Change, ScopePage, ViewPage},
};
use campo_tests::core_phone;
use rusqlite::Connection;
use serde_json::{Value, json, value::to_raw_value};
use uuid::Uuid;

use crate::{
    figures::ROUNDS,
    first_sync::{PRAGMAS, upserts},
    report::{Figure, Goal, Round, Side},
    stage::{self, Kind},
};

/// How many changes the server tells.
const CHANGES: usize = 200_000;
/// How many changes come in one page, as the server cuts them.
const PAGE: usize = 5000;
/// How many of the changes are tasks.
const TASKS: usize = 100_000;
/// How many of the tasks are the worker's own: what the list shows.
const OWN_TASKS: usize = 50;
/// How many entries are captured, so that five are above the 99th percentile.
const CAPTURES: usize = 500;
/// How often the list is read.
const READS: usize = 40;
/// Whom [`Store::make_ready`] gives a session.
const WORKER: Uuid = Uuid::from_u128(3);
const TYPE: Uuid = Uuid::from_u128(8);
/// The figures of a phone that holds a large company.
pub(crate) async fn figures() -> Result<Vec<Figure>> {
    tokio::task::spawn_blocking(measure).await?
}

fn measure() -> Result<Vec<Figure>> {
    let (mut applied, mut median, mut slow, mut list) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let folder = stage::folder()?;
        let (told_s, upserts_s) = (tell(folder.path())?, upserts(folder.path())?.0);
        applied.push(round(told_s, upserts_s));
        let core = core_phone::open_over(folder.path(), Arc::new(NoNetwork))?;
        let (captures_ms, bare_ms) = captures(&core, folder.path())?;
        median.push(round(percentile(&captures_ms, 50), percentile(&bare_ms, 50)));
        slow.push(round(percentile(&captures_ms, 99), percentile(&bare_ms, 99)));
        let (lists_ms, rows_ms) = lists(&core, folder.path())?;
        list.push(round(percentile(&lists_ms, 50), percentile(&rows_ms, 50)));
    }
    let figure = |name: String, unit, beside, goal, rounds| Figure {
        name,
        database: Kind::Sqlite,
        unit,
        beside,
        goal,
        rounds,
    };
    let told = format!("phone: {CHANGES} changes, {PAGE} a page");
    let listed = format!("phone: a list of {OWN_TASKS} beside {TASKS} tasks");
    Ok(vec![
        figure(told, "s", "upserts", Some(Goal::AtMost(4.0)), applied),
        figure("phone: a capture, p50".to_owned(), "ms", "a commit", Some(Goal::Hoped(2.0)), median),
        figure("phone: a capture, p99".to_owned(), "ms", "a commit", Some(Goal::Hoped(2.0)), slow),
        figure(listed, "ms", "its rows", None, list),
    ])
}

fn round(measured: f64, beside: f64) -> Round {
    Round { measured: Side::of(measured), beside: Side::of(beside), group: None }
}

/// The value below which so many of a hundred are.
fn percentile(values: &[f64], hundredths: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() * hundredths / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

/// A network that never answers: nothing but the phone is measured.
struct NoNetwork;

impl Transport for NoNetwork {
    fn send(&self, _request: HttpRequest) -> Answering<'_> {
        Box::pin(future::pending())
    }
}

/// Has a phone take in what a server tells, page by page, each durable; seconds.
fn tell(folder: &Path) -> Result<f64> {
    let mut store = Store::open(&core_phone::database(folder))?;
    store.make_ready()?;
    let (employee, other) = (Scope::Employee(WORKER), Scope::Employee(Uuid::from_u128(4)));
    let task_type =
        json!({ "code": "SUP", "name": "Soporte", "data_labels": [{ "field": "data7", "label": "Serial" }] });
    let known = vec![change("task_type", 8, &task_type), change("account", 0, &json!({ "name": "Muestra" }))];
    let own: Vec<Change> = (0..OWN_TASKS).map(task).collect();
    let tasks: Vec<Change> = (OWN_TASKS..TASKS).map(task).collect();
    let pois: Vec<Change> = (TASKS..CHANGES).map(poi).collect();
    let scopes = [(Scope::Account, known), (employee, own), (other, tasks), (Scope::Catalogue, pois)];
    let started = Instant::now();
    for (scope, changes) in scopes {
        let mut after = 0;
        for changes in pages(changes) {
            let position = after + changes.len() as i64;
            let page = ScopePage { scope, after, position, objects: 0, digest: 0, complete: false, changes };
            let view = ViewPage { dropped: Vec::new(), scopes: vec![page], more: true, digest: None };
            store.commit(&Commit { view: Some(view), ..Commit::default() }, 0)?;
            after = position;
        }
    }
    let took = started.elapsed();
    let held = store.all_objects()?.len();
    ensure!(held == CHANGES + 2, "the phone holds {held} objects");
    Ok(took.as_secs_f64())
}

fn pages(mut changes: Vec<Change>) -> impl Iterator<Item = Vec<Change>> {
    iter::from_fn(move || {
        let page: Vec<Change> = changes.drain(..PAGE.min(changes.len())).collect();
        (!page.is_empty()).then_some(page)
    })
}

fn change(kind: &str, id: u128, body: &Value) -> Change {
    Change { kind: kind.to_owned(), id: Uuid::from_u128(id), body: to_raw_value(body).ok() }
}

fn task(number: usize) -> Change {
    let body = json!({
        "id": id(number), "version": 1, "task_number": number, "external_number": format!("{number:08}"), "type": TYPE,
        "description": "Instalar el módem y medir la señal", "customer_name": format!("Cliente {number}"),
        "location": { "latitude": -12.05, "longitude": -77.05, "address": format!("Av. Arequipa {number}, Miraflores") },
        "start": { "local": "2030-01-15T16:00:00", "zone": "America/Lima" }, "data": { "data7": "ABC-55501" },
        "progress": { "status": "new", "since_us": 1, "assignments": [{ "employee": WORKER, "role": "lead" }] },
    });
    change("task", id(number).as_u128(), &body)
}

fn poi(number: usize) -> Change {
    let body = json!({
        "number": format!("{number:08}"), "name": format!("Cliente {number}"), "phone1": "+51 1 555 0100",
        "place": { "latitude": -12.05, "longitude": -77.05 },
        "address": { "street": "Av. Arequipa", "house_number": number.to_string(), "city": "Miraflores" },
    });
    change("poi", id(number).as_u128(), &body)
}

/// Ids whose order is not that of the numbers, as those of a company of many years are.
fn id(number: usize) -> Uuid {
    Uuid::from_u128((number as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835))
}

/// How long captures take, as a screen waits for them, and the bare commits of the same bytes between them: milliseconds.
fn captures(core: &Core, folder: &Path) -> Result<(Vec<f64>, Vec<f64>)> {
    let bare = Connection::open(folder.join("bare.db"))?;
    bare.execute_batch(PRAGMAS)?;
    bare.execute_batch("create table entry (number integer primary key, bytes blob not null)")?;
    let mut insert = bare.prepare("insert into entry (bytes) values (?1)")?;
    let (mut captures_ms, mut bare_ms) = (Vec::new(), Vec::new());
    let steps =
        [TaskStep::Acknowledge, TaskStep::EnRoute, TaskStep::Arrive, TaskStep::Start, TaskStep::Close];
    for number in 0..CAPTURES {
        let step = *steps.get(number % steps.len()).unwrap_or(&TaskStep::Close);
        let action = Action::Task { task: id(number / steps.len() % OWN_TASKS), step, reason: None };
        let place = Place {
            latitude: -12.05,
            longitude: -77.05,
            accuracy_m: Some(12.0),
            provider: Some("fused".to_owned()),
            mock: Some(false),
        };
        let intent = format!("tap-{number}");
        let capture = Capture { intent, session: None, action, place: Some(place), note: None };
        let started = Instant::now();
        let bytes = core.capture(capture)?.bytes;
        captures_ms.push(ms(started.elapsed()));
        let started = Instant::now();
        insert.execute((bytes,))?;
        bare_ms.push(ms(started.elapsed()));
    }
    Ok((captures_ms, bare_ms))
}

/// How long the list of tasks takes, and reading the rows that it is made of: milliseconds.
fn lists(core: &Core, folder: &Path) -> Result<(Vec<f64>, Vec<f64>)> {
    let bare = Connection::open(core_phone::database(folder))?;
    let mut select =
        bare.prepare("select body from object where scope = ?1 and kind = 'task' order by id")?;
    let scope = Scope::Employee(WORKER).to_string();
    let (mut lists_ms, mut rows_ms) = (Vec::new(), Vec::new());
    for _ in 0..READS {
        let started = Instant::now();
        let listed = core.task_rows(None)?.len();
        lists_ms.push(ms(started.elapsed()));
        let started = Instant::now();
        let rows: Vec<Vec<u8>> =
            select.query_map((&scope,), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        rows_ms.push(ms(started.elapsed()));
        ensure!(listed == OWN_TASKS && rows.len() == OWN_TASKS, "{listed} of {} rows", rows.len());
    }
    Ok((lists_ms, rows_ms))
}

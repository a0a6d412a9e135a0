//! The lists of tasks that screens ask for, in companies of 1, 1,000 and 1,000,000 tasks: a page must not wait longer
//! because a company has a long history.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use campo_server::{
    access::permissions::ViewTasks,
    app::App,
    tasks::list::{TaskQuery, list, totals},
};
use campo_tests::{office, world::Account};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::{
    cast,
    figures::ROUNDS,
    report::{Figure, Goal, Round, Side},
    stage::{Content, Kind, Stage},
};

/// How many tasks a company has.
const SIZES: [i64; 3] = [1, 1000, 1_000_000];
/// With which the others are compared.
const USUAL: usize = 1;
/// The tasks that are not over, at most: the rest is history.
const OPEN: i64 = 10_000;
/// What one employee has of them, at most.
const OWN: i64 = 300;
/// The planned start of the first, 2026-01-01T00:00:00Z; each later one starts a minute after the one before.
const BEGINNING_US: i64 = 1_767_225_600_000_000;
const MINUTE_US: i64 = 60_000_000;

/// What is asked, and how much longer it may take with 1,000,000 tasks than with 1,000; nothing is promised for what
/// reads every task.
fn questions() -> [(&'static str, Value, Option<Goal>); 8] {
    let page = Some(Goal::AtMost(3.0));
    [
        ("by number", json!({ "limit": 500 }), page),
        ("the latest by number", json!({ "sort": "-number", "limit": 500 }), page),
        ("open, by start", json!({ "open": true, "sort": "start", "limit": 500 }), None),
        ("unassigned", json!({ "unassigned": true, "limit": 500 }), None),
        ("of an employee", json!({ "employee": "number:ZZ1", "limit": 500 }), page),
        (
            "planned for a day",
            json!({
                "planned_from": "2026-01-01T05:00:00Z", "planned_until": "2026-01-02T05:00:00Z",
                "sort": "start", "limit": 500,
            }),
            page,
        ),
        ("in a box", json!({ "south": -12.01, "north": -12.0, "west": -77.01, "east": -77.0 }), None),
        ("with a text", json!({ "q": "meneses 77", "limit": 100 }), None),
    ]
}

/// A page of each list, and the totals.
pub(crate) async fn figures(kind: Kind) -> Result<Vec<Figure>> {
    let mut waits = Vec::new();
    for size in SIZES {
        waits.push(in_company(kind, size).await.with_context(|| format!("{size} tasks"))?);
    }
    let names = questions().map(|(name, _, goal)| (name, goal)).into_iter().chain([("their totals", None)]);
    let mut figures = Vec::new();
    for (at, (name, goal)) in names.enumerate() {
        for (size, waits_of) in SIZES.iter().zip(&waits) {
            if *size == SIZES[USUAL] {
                continue;
            }
            let pairs = waits_of[at].iter().zip(&waits[USUAL][at]);
            figures.push(Figure {
                name: format!("tasks {name}, of {size}"),
                database: kind,
                unit: "ms",
                beside: "of 1000",
                goal,
                rounds: pairs
                    .map(|(measured, beside)| Round {
                        measured: Side::of(*measured),
                        beside: Side::of(*beside),
                        group: None,
                    })
                    .collect(),
            });
        }
    }
    Ok(figures)
}

/// How long each question takes, in milliseconds, each round.
async fn in_company(kind: Kind, size: i64) -> Result<Vec<Vec<f64>>> {
    let stage = Stage::new(kind, Content::Empty).await?;
    let app = stage.app().await?;
    let id = cast::account(&app, 0).await?;
    let account = Account { app, id };
    let employee = account.employee("ZZ1").await?;
    let task = office::create_task(&account.app, id, &[employee]).await?;
    multiply(&stage, task.simple().to_string(), size).await?;
    let allowed = account.operator().allow::<ViewTasks>()?;
    let mut waits = Vec::new();
    for (name, query, _) in questions() {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let query: TaskQuery = serde_json::from_value(query.clone())?;
            let started = Instant::now();
            let page = list(&account.app, &allowed, query).await?;
            rounds.push(started.elapsed().as_secs_f64() * 1000.0);
            let must_show = size >= OPEN && name != "with a text";
            ensure!(!must_show || !page.items.is_empty(), "the list {name} shows nothing");
        }
        waits.push(rounds);
    }
    waits.push(totals_ms(&account.app, &allowed).await?);
    account.app.db.close().await;
    Ok(waits)
}

async fn totals_ms(app: &App, allowed: &campo_server::access::Allowed<ViewTasks>) -> Result<Vec<f64>> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        totals::count(app, allowed, TaskQuery::default()).await?;
        rounds.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(rounds)
}

/// Copies the task until there are `size`: the latest of them are not over, the first of which `ZZ1` has.
async fn multiply(stage: &Stage, task: String, size: i64) -> Result<()> {
    let copies = size - 1;
    let first_open = copies - copies.min(OPEN);
    let last_owned = first_open + OWN;
    // Writes for both databases what differs in nothing else
    let statements = |numbers: &str, id: &str, like: &str, shown: &str| {
        format!(
            "update task set begins_us = {BEGINNING_US}, ends_us = {BEGINNING_US}, latitude = -12.0, \
             longitude = -77.0, listed_version = version where id = {like};
             insert into task (account, id, task_number, state, version, fields, sort_key, created_us, updated_us, \
             begins_us, ends_us, priority, latitude, longitude, listed_version) \
             select t.account, {id}, t.task_number + n.i, t.state, t.version, \
             '{{\"customer_name\":\"Rosa Meneses\"}}', 'rosa meneses ' || {shown}, \
             t.created_us, t.updated_us, t.begins_us + n.i * {MINUTE_US}, t.ends_us + n.i * {MINUTE_US}, n.i % 4, \
             -12.0 - (n.i % 1000) / 1000.0, -77.0 - (n.i / 1000 % 1000) / 1000.0, t.listed_version \
             from {numbers} join task t on t.id = {like};
             insert into task_state (account, task, status, attention, position, state, fold, updated_us) \
             select s.account, {id}, case when n.i > {first_open} then s.status else 'closed' end, 0, s.position, \
             s.state, s.fold, s.updated_us from {numbers} join task_state s on s.task = {like};
             insert into assignment (account, task, employee, role, from_us, number) \
             select a.account, {id}, a.employee, a.role, a.from_us, a.number \
             from {numbers} join assignment a on a.task = {like} \
             where n.i > {first_open} and n.i <= {last_owned};"
        )
    };
    if let Some(file) = stage.file() {
        let numbers = format!(
            "(with recursive n(i) as (select 1 union all select i + 1 from n where i < {copies}) \
             select i from n where i <= {copies}) n"
        );
        let text = statements(&numbers, "unhex(printf('%032x', n.i))", &format!("x'{task}'"), "n.i");
        rusqlite::Connection::open(file)?.execute_batch(&format!("begin; {text} commit;"))?;
        return Ok(());
    }
    let numbers = format!("generate_series(1, {copies}::bigint) n(i)");
    let text =
        statements(&numbers, "lpad(to_hex(n.i), 32, '0')::uuid", &format!("'{task}'::uuid"), "n.i::text");
    let mut connection = PgConnection::connect(&stage.url()).await?;
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await?;
    // What autovacuum would do within a minute
    sqlx::raw_sql("vacuum analyze").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

//! Lists of accounts that have worked for years: their plans do not depend on what the databases believe of their sizes.
//!
//! `TASKS=1000000 cargo test -p campo-tests --test all tasks::sizes -- --nocapture` prints how long each list takes
//! there.

use std::time::{Duration, Instant};

use axum::http::Method;
use campo_server::{database::Db, tasks::list};
use campo_tests::{on_both, world::World};
use serde_json::json;

use super::Office;

on_both! {
    a_list_is_as_quick_among_many_tasks_as_among_few,
}

/// What screens ask for.
const LISTS: &[&str] = &[
    "",
    "?limit=500",
    "?sort=-number",
    "?sort=due",
    "?sort=-start",
    "?sort=-priority",
    "?open=true",
    "?open=true&sort=due&limit=500",
    "?unassigned=true",
    "?late=true&sort=due",
    "?on_phone=false",
    "?on_phone=true",
    "?status=in_progress",
    "?employee=number:ZZ1&open=true",
    "?employee=number:ZZ1",
    "?group=code:FIELD&open=true",
    "?group=code:FIELD",
    "?priority=urgent&open=true",
    "?priority=urgent",
    "?type=code:T1",
    "?poi=number:C-1",
    "?attention=true",
    "?planned_from=2030-01-15T00:00:00Z&planned_until=2030-01-16T00:00:00Z",
    "?planned_from=2030-01-15T00:00:00Z&planned_until=2030-01-16T00:00:00Z&open=true&sort=start",
    "?start_from=2030-01-15T00:00:00Z&start_until=2030-01-16T00:00:00Z&sort=start",
    "?due_from=2030-01-15T00:00:00Z&due_until=2030-01-16T00:00:00Z&sort=due",
    "?south=-12.01&north=-12&west=-77.01&east=-77",
    "?south=-12.5&north=-12&west=-78&east=-77&open=true",
    "?q=nothing%20has%20this",
    "?q=nothing%20has%20this&open=true",
    "/totals",
    "/totals?open=true",
    "/totals?group=code:FIELD&open=true",
];

/// What takes longer among more tasks, since it looks at all of them or answers with all that it found in order.
const LOOKS_AT_ALL: &[&str] = &[
    "?employee=number:ZZ1",
    "?group=code:FIELD",
    "?priority=urgent",
    "?type=code:T1",
    "?poi=number:C-1",
    "?q=nothing%20has%20this",
    "/totals",
];

#[expect(clippy::print_stdout, reason = "shows a figure for each list to whoever asks for it")]
async fn a_list_is_as_quick_among_many_tasks_as_among_few(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = office.object("employee", "ZZ1", None).await;
    for (kind, code) in [("poi", "C-1"), ("task_type", "T1")] {
        office.object(kind, code, None).await;
    }
    let due = json!({ "local": "2030-01-15T10:00", "zone": "UTC" });
    let point = json!({ "latitude": -12.0, "longitude": -77.0 });
    // the first two of a hundred are not over
    for task in [
        json!({ "task_number": 1, "due": due, "location": point, "description": "open" }),
        json!({ "task_number": 2, "due": due, "assignments": [{ "employee": ana }] }),
        json!({ "task_number": 3, "due": due, "assignments": [{ "employee": ana }], "status": "closed" }),
    ] {
        office.task(task).await;
    }
    // asked before the many are there, so that each database has plans for few
    for list in LISTS {
        office.get(&format!("/v1/tasks{list}")).await;
    }
    let tasks: i64 = std::env::var("TASKS").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    fill(&world, account.id, tasks).await;
    let mut slow = Vec::new();
    for list in LISTS {
        let mut took = Duration::MAX;
        for _ in 0..3 {
            let started = Instant::now();
            office.call(Method::GET, &format!("/v1/tasks{list}"), &[], None).await;
            took = took.min(started.elapsed());
        }
        let database = if world.app.db.is_sqlite() { "SQLite" } else { "PostgreSQL" };
        println!("{database}, {tasks} tasks, {list}: {took:?}");
        // a list that sorts the account takes a second here, and one that begins in the right place a hundredth
        if took > Duration::from_millis(700) && !LOOKS_AT_ALL.contains(list) {
            slow.push((list, took));
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
    if let Db::Sqlite { read, .. } = &world.app.db {
        plans(read).await;
    }
}

/// No statement reads a whole table, and those of the whole account sort nothing.
async fn plans(read: &sqlx::SqlitePool) {
    for (number, sql) in list::statements().enumerate() {
        let explain = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(read).await.unwrap();
        let steps: Vec<String> = steps.into_iter().map(|step| step.3).collect();
        let whole = steps.iter().find(|step| {
            step.starts_with("SCAN")
                && !["SCAN x", "SCAN b", "SCAN (subquery"].iter().any(|own| step.starts_with(own))
        });
        assert!(whole.is_none(), "{whole:?} of {steps:?} in {sql}");
        let sorts = steps.iter().any(|step| step.contains("B-TREE FOR ORDER BY"));
        assert!(!sorts || number >= 8, "{steps:?} of {sql}");
    }
}

/// Copies of the three tasks, by one statement for each table.
async fn fill(world: &World, account: i64, tasks: i64) {
    let copies = |ids: &str, id: &str, step: &str, float: &str| {
        format!(
            "create table copies as {ids}; \
             create unique index copies_i on copies (i); \
             insert into task (account, id, task_number, task_type, poi, start_us, due_us, begins_us, ends_us, \
             priority, latitude, longitude, state, version, listed_version, fields, sort_key, created_us, updated_us) \
             select t.account, c.{id}, c.i + 10, t.task_type, t.poi, t.start_us, {step}, {step}, {step}, c.i % 7, \
             t.latitude + (c.i % 1000) {float}, t.longitude, t.state, t.version, t.version, t.fields, t.sort_key, \
             t.created_us, t.updated_us from copies c join task t on t.account = {account} \
             and t.task_number = case c.i % 100 when 0 then 1 when 1 then 2 else 3 end; \
             insert into task_state (account, task, status, attention, position, state, fold, over_us, updated_us) \
             select s.account, c.{id}, s.status, s.attention, s.position, s.state, s.fold, s.over_us, s.updated_us \
             from copies c join task t on t.account = {account} \
             and t.task_number = case c.i % 100 when 0 then 1 when 1 then 2 else 3 end \
             join task_state s on s.account = t.account and s.task = t.id; \
             insert into assignment (account, task, employee, role, from_us, until_us, number) \
             select a.account, c.{id}, a.employee, a.role, a.from_us, a.until_us, a.number \
             from copies c join task t on t.account = {account} \
             and t.task_number = case c.i % 100 when 0 then 1 when 1 then 2 else 3 end \
             join assignment a on a.account = t.account and a.task = t.id; \
             drop table copies;"
        )
    };
    let step = "t.due_us + c.i * 3600000000";
    world
        .meddle(
            &copies(
                &format!(
                    "with recursive n(i) as (select 1 union all select i + 1 from n where i < {tasks}) \
                     select i, randomblob(16) as id from n"
                ),
                "id",
                step,
                "/ 1000.0",
            ),
            &copies(
                &format!("select i, gen_random_uuid() as id from generate_series(1, {tasks}) i"),
                "id",
                step,
                "/ 1000.0",
            ),
        )
        .await
        .unwrap();
}

//! On PostgreSQL a replica that hangs within a transaction lets others write again before its lease is over.

use std::time::{Duration, Instant};

use campo_server::{
    access::{PermissionName::ManagePois, permissions::ManageKeys},
    database::{Bounds, Db, Options, Synchronous},
    problem::Code,
    scheduler::Class,
};
use campo_tests::{api::Client, wait, world::World};
use serde_json::json;

use super::WAIT;

const LEASE: Duration = Duration::from_secs(6);

/// How many sessions of the database of this state there are, and how many wait for a lock.
const SESSIONS: &str = "select count(case when state = 'idle in transaction' then 1 end), \
                        count(case when wait_event_type = 'Lock' then 1 end) \
                        from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_frozen_within_a_transaction_stops_an_accounts_writes_for_less_than_a_lease() {
    let world = World::postgres().await.unwrap();
    let account = world.account("acme").await.unwrap();
    let key = account.key(&[ManagePois]).await.unwrap();
    let server = world.process(&[("CAMPO_LEASE_S", &LEASE.as_secs().to_string())]).await.unwrap();
    let sessions =
        async || world.app.db.fetch_one::<(i64, i64)>(SESSIONS, ()).await.map_err(anyhow::Error::from);
    // Its transaction waits for the account's lock, and has it once it can do nothing more
    let allowed = account.operator().allow::<ManageKeys>().unwrap();
    let before = world.app.log.begin(&allowed, Class::Office).await.unwrap();
    let (url, bearer) = (format!("{}/v1/pois", server.url()), key.clone());
    let asked = tokio::spawn(async move {
        let poi = json!({ "number": "C-1", "name": "Frozen" });
        reqwest::Client::new().post(url).bearer_auth(bearer).json(&poi).send().await.unwrap().status()
    });
    wait::until("the replica to wait for the lock", WAIT, async || {
        Ok((sessions().await?.1 > 0).then_some(()))
    })
    .await
    .unwrap();
    server.signal("STOP").unwrap();
    drop(before);
    wait::until("the replica to have the lock", WAIT, async || {
        let (idle, waiting) = sessions().await?;
        Ok((idle > 0 && waiting == 0).then_some(()))
    })
    .await
    .unwrap();
    let begun = Instant::now();
    let poi = json!({ "number": "C-1", "name": "Written" });
    let made = Client::new(&world.app, Some(&key)).post("/v1/pois", &poi).await.unwrap();
    let waited = begun.elapsed();
    assert_eq!(made.status, 201, "{}", made.json());
    assert!(waited < LEASE, "waited for {waited:?}");
    // What the replica was at is refused, and can be tried again
    server.signal("CONT").unwrap();
    assert_eq!(asked.await.unwrap(), 503);
}

#[tokio::test]
async fn a_statement_that_takes_as_long_as_a_lease_is_refused_for_the_moment() {
    let world = World::postgres().await.unwrap();
    let bounds = Bounds::of_server(LEASE);
    let options =
        Options { url: world.url(), connections: 2, pooler: false, synchronous: Synchronous::Full, bounds };
    let db = Db::open(&options).await.unwrap();
    let lock = "update server_setting set value = value";
    let mut holder = world.app.db.begin().await.unwrap();
    holder.execute(lock, ()).await.unwrap();
    let mut waiting = db.begin().await.unwrap();
    let begun = Instant::now();
    let refused = waiting.execute(lock, ()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    assert!(begun.elapsed() < LEASE, "waited for {:?}", begun.elapsed());
    waiting.rollback().await;
    holder.rollback().await;
    // A command takes its time
    let bounds = Bounds::of_command(LEASE);
    let db = Db::open(&Options { bounds, ..options }).await.unwrap();
    let (bound,): (String,) = db.fetch_one("select current_setting('statement_timeout')", ()).await.unwrap();
    assert_eq!(bound, "0");
}

//! Each duty is done by one replica at a time, and by another when that one is gone.

use std::time::Duration;

use campo_server::{
    access::Duty,
    app::App,
    capabilities,
    duties::{self, Lease, Left, Task},
    mail,
    problem::Result,
};
use campo_tests::{on_both, process::Server, wait, world::World};
use futures_util::future::BoxFuture;
use serde_json::Value;
use uuid::Uuid;

const SECOND_US: i64 = 1_000_000;
const LEASE_US: i64 = 30 * SECOND_US;

on_both! {
    a_lease_passes_on_only_when_its_counter_stood_still_for_its_length,
    a_lease_that_is_given_back_can_be_had_at_once,
    a_holder_that_cannot_renew_stops_before_another_one_begins,
    one_replica_does_a_duty_and_another_one_when_it_is_gone,
    a_replica_that_is_not_set_up_for_a_duty_leaves_it_to_one_that_is,
    a_duty_that_fails_is_noted_and_done_again,
    a_sweep_removes_what_is_old_and_nothing_else,
    a_killed_process_loses_its_duties_to_the_other,
}

async fn holder(world: &World) -> Option<Uuid> {
    duties::done(&world.app).await.unwrap().into_iter().find(|done| done.name == "sweep")?.holder
}

async fn a_lease_passes_on_only_when_its_counter_stood_still_for_its_length(world: World) {
    let (ana, beto) = (world.virtual_replica(1).await.unwrap(), world.virtual_replica(2).await.unwrap());
    let (mut anas, mut betos) = (Lease::new(&ana, Duty::Sweep), Lease::new(&beto, Duty::Sweep));
    assert!(anas.hold(&ana).await.unwrap());
    assert!(!betos.hold(&beto).await.unwrap());
    beto.environment.advance(LEASE_US - 1);
    assert!(!betos.hold(&beto).await.unwrap(), "not yet");

    // However far the holder's clock is from the observer's, only that the counter rises counts.
    ana.environment.advance(1_000_000 * SECOND_US);
    assert!(anas.hold(&ana).await.unwrap());
    beto.environment.advance(LEASE_US);
    assert!(!betos.hold(&beto).await.unwrap(), "the counter has risen");
    beto.environment.advance(LEASE_US);
    assert!(betos.hold(&beto).await.unwrap());
    assert!(!anas.hold(&ana).await.unwrap(), "it is the other's now");
}

async fn a_lease_that_is_given_back_can_be_had_at_once(world: World) {
    let (ana, beto) = (world.virtual_replica(1).await.unwrap(), world.virtual_replica(2).await.unwrap());
    assert!(Lease::new(&ana, Duty::Sweep).hold(&ana).await.unwrap());
    duties::release(&beto, Some(beto.health.replica())).await.unwrap();
    assert!(!Lease::new(&beto, Duty::Sweep).hold(&beto).await.unwrap(), "only the holder can give it back");
    duties::release(&ana, Some(ana.health.replica())).await.unwrap();
    assert!(Lease::new(&beto, Duty::Sweep).hold(&beto).await.unwrap());
}

async fn a_holder_that_cannot_renew_stops_before_another_one_begins(world: World) {
    let (ana, beto) = (world.virtual_replica(1).await.unwrap(), world.virtual_replica(2).await.unwrap());
    let mut lease = Lease::new(&ana, Duty::Sweep);
    assert!(lease.hold(&ana).await.unwrap());
    // The row is locked for longer than the lease.
    let mut tx =
        if ana.db.is_sqlite() { ana.db.begin().await.unwrap() } else { beto.db.begin().await.unwrap() };
    tx.execute("update duty set counter = counter where name = $1", ("sweep",)).await.unwrap();
    let keeping = {
        let ana = ana.clone();
        tokio::spawn(async move {
            lease.keep(&ana).await;
            ana.environment.monotonic_us()
        })
    };
    let stopped_us = wait::until("the holder to stop", Duration::from_secs(20), async || {
        ana.environment.advance(SECOND_US / 10);
        Ok(keeping.is_finished().then_some(()))
    });
    stopped_us.await.unwrap();
    assert!(keeping.await.unwrap() < LEASE_US);
    tx.rollback().await;
}

/// Counts its runs, by replica, in the table of the server's settings.
const COUNTED: Task = Task {
    duty: Duty::Sweep,
    every: Duration::from_secs(1),
    is_set_up: |_| true,
    run: |app| Box::pin(counted(app)),
};

async fn counted(app: &App) -> Result<Left> {
    let mut tx = app.db.begin().await?;
    tx.execute(
        "insert into server_setting (name, value) values ($1, 'x') \
         on conflict (name) do update set value = server_setting.value || 'x'",
        (app.health.replica().to_string(),),
    )
    .await?;
    tx.commit().await?;
    Ok(Left::Nothing)
}

async fn runs(app: &App) -> usize {
    let row: Option<(String,)> = app
        .db
        .fetch_optional(
            "select value from server_setting where name = $1",
            (app.health.replica().to_string(),),
        )
        .await
        .unwrap();
    row.map_or(0, |row| row.0.len())
}

/// Moves the clocks together until `app` has run its duty `count` times.
async fn until_runs(app: &App, clocks: &[&App], count: usize) {
    wait::until("a duty to be done", Duration::from_secs(30), async || {
        for app in clocks {
            app.environment.advance(SECOND_US / 2);
        }
        Ok((runs(app).await >= count).then_some(()))
    })
    .await
    .unwrap();
}

async fn a_replica_that_is_not_set_up_for_a_duty_leaves_it_to_one_that_is(world: World) {
    let ana = world.virtual_replica(1).await.unwrap();
    let mut beto = world.virtual_replica(2).await.unwrap();
    let sender = "campo@example.com".parse().unwrap();
    beto.mail = Some(mail::Settings::new("localhost", 25, mail::Security::None, sender).into());
    let of_mail = Task { is_set_up: |app| app.mail.is_some(), ..COUNTED };
    // Without anything to do it ends at once, and holds no lease
    duties::run(&ana, &[of_mail]).await;
    assert!(duties::done(&world.app).await.unwrap().is_empty());
    let betos = tokio::spawn({
        let beto = beto.clone();
        async move { duties::run(&beto, &[of_mail]).await }
    });
    until_runs(&beto, &[&ana, &beto], 3).await;
    assert_eq!(runs(&ana).await, 0);
    betos.abort();
}

async fn one_replica_does_a_duty_and_another_one_when_it_is_gone(world: World) {
    let (ana, beto) = (world.virtual_replica(1).await.unwrap(), world.virtual_replica(2).await.unwrap());
    let start = |app: &App| {
        let app = app.clone();
        tokio::spawn(async move { duties::run(&app, &[COUNTED]).await })
    };
    let anas = start(&ana);
    until_runs(&ana, &[&ana], 1).await;
    let betos = start(&beto);
    until_runs(&ana, &[&ana, &beto], 5).await;
    assert_eq!(runs(&beto).await, 0);

    // As after a kill: nothing is given back.
    anas.abort();
    assert!(anas.await.unwrap_err().is_cancelled());
    let gone_us = beto.environment.monotonic_us();
    let done = runs(&ana).await;
    until_runs(&beto, &[&beto], 2).await;
    assert!(beto.environment.monotonic_us() - gone_us >= LEASE_US / 2, "the lease was waited for");
    assert_eq!(runs(&ana).await, done);
    betos.abort();
}

/// Fails until a setting says that it may not.
const FRAGILE: Task = Task {
    duty: Duty::Sweep,
    every: Duration::from_secs(1),
    is_set_up: |_| true,
    run: |app| Box::pin(fragile(app)),
};

async fn fragile(app: &App) -> Result<Left> {
    let mended: Option<(String,)> =
        app.db.fetch_optional("select value from server_setting where name = $1", ("mended",)).await?;
    if mended.is_none() {
        return Err(campo_server::problem::Code::Unavailable.into());
    }
    counted(app).await
}

async fn a_duty_that_fails_is_noted_and_done_again(world: World) {
    let ana = world.virtual_replica(1).await.unwrap();
    let running = {
        let ana = ana.clone();
        tokio::spawn(async move { duties::run(&ana, &[FRAGILE]).await })
    };
    let problem = async || duties::done(&ana).await.unwrap().into_iter().find_map(|done| done.problem);
    wait::until("the failure to be noted", Duration::from_secs(20), async || {
        ana.environment.advance(SECOND_US);
        Ok(problem().await)
    })
    .await
    .unwrap();
    assert_eq!(problem().await.unwrap(), "unavailable");
    let report = ana.health.report(&ana).await;
    let finding = report.subsystems.iter().find(|finding| finding.name == "duties").unwrap();
    assert_eq!(finding.reason, Some("run_failed"));

    let mut tx = world.app.db.begin().await.unwrap();
    tx.execute("insert into server_setting (name, value) values ($1, 'yes')", ("mended",)).await.unwrap();
    tx.commit().await.unwrap();
    until_runs(&ana, &[&ana], 2).await;
    assert_eq!(problem().await, None);
    running.abort();
}

fn sweep(app: &App) -> BoxFuture<'_, Result<Left>> {
    let task = capabilities::DUTIES.iter().find(|task| task.duty == Duty::Sweep).unwrap();
    (task.run)(app)
}

async fn a_sweep_removes_what_is_old_and_nothing_else(world: World) {
    let app = world.virtual_replica(1).await.unwrap();
    let account = world.account("acme").await.unwrap().id;
    let now_us = app.environment.now_us();
    let (hour_us, day_us) = (3600 * SECOND_US, 24 * 3600 * SECOND_US);
    let mut tx = app.db.begin().await.unwrap();
    for (key, age_us) in [("old", day_us), ("young", day_us - 1)] {
        tx.execute(
            "insert into idempotency (account, holder, key, request, version, response, created_us) \
             values ($1, $2, $3, $4, 1, $4, $5)",
            (account, app.environment.uuid(), key, vec![0u8], now_us - age_us),
        )
        .await
        .unwrap();
    }
    let revoked = |age_us: i64| Some(now_us - age_us);
    for (expires_us, revoked_us) in [
        (now_us - 7 * day_us, None),
        (now_us + hour_us, revoked(7 * day_us)),
        (now_us - 7 * day_us + 1, None),
        (now_us + hour_us, revoked(hour_us)),
        (now_us + hour_us, None),
    ] {
        tx.execute(
            "insert into user_session (account, id, account_user, token, created_us, seen_us, expires_us, revoked_us) \
             values ($1, $2, $2, $3, 1, 1, $4, $5)",
            (account, app.environment.uuid(), vec![0u8], expires_us, revoked_us),
        )
        .await
        .unwrap();
    }
    for age_us in [day_us, day_us - 1] {
        tx.execute(
            "insert into heartbeat (replica, beaten_us) values ($1, $2)",
            (app.environment.uuid(), now_us - age_us),
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();

    assert_eq!(sweep(&app).await.unwrap(), Left::Nothing);
    let keys: Vec<(String,)> = app.db.fetch_all("select key from idempotency", ()).await.unwrap();
    assert_eq!(keys, [("young".to_owned(),)]);
    let (sessions, beats): (i64, i64) = app
        .db
        .fetch_one("select (select count(*) from user_session), (select count(*) from heartbeat)", ())
        .await
        .unwrap();
    assert_eq!((sessions, beats), (3, 1));
}

async fn a_killed_process_loses_its_duties_to_the_other(world: World) {
    let operator = "a-secret-of-whoever-runs-this-server";
    let settings = [("CAMPO_LEASE_S", "2"), ("CAMPO_OPERATOR_TOKEN", operator)];
    let mut first = world.process(&settings).await.unwrap();
    let firsts = replica(&first, operator).await;
    let held_by = async |replica: Uuid| {
        wait::until("the lease to be held", Duration::from_secs(20), async || {
            Ok((holder(&world).await == Some(replica)).then_some(()))
        })
        .await
        .unwrap();
    };
    held_by(firsts).await;
    let mut second = world.process(&settings).await.unwrap();
    let seconds = replica(&second, operator).await;
    assert_eq!(holder(&world).await, Some(firsts));
    first.kill_nine().unwrap();
    held_by(seconds).await;

    // One that ends in order gives it back.
    assert!(second.terminate().await.unwrap().success());
    assert_eq!(holder(&world).await, None);
}

async fn replica(server: &Server, operator: &str) -> Uuid {
    let request = reqwest::Client::new().get(format!("{}/health", server.url())).bearer_auth(operator);
    let health: Value = request.send().await.unwrap().json().await.unwrap();
    health["replica"].as_str().unwrap().parse().unwrap()
}

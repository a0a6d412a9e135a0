//! The figures: what each measures, against what, and its goal.

use std::time::Duration;

use anyhow::{Context as _, Result};
use campo_server::app::App;

use crate::{
    calm,
    cast::{self, Company, Mix},
    limit::{self, Written},
    load::{self, Pace, Phone, Plan},
    report::{Figure, Goal, Round, Side},
    slow_sync,
    stage::{self, Content, Kind, Stage},
};

/// How often each pair is measured.
pub(crate) const ROUNDS: usize = 3;
/// The most connections on which the log writes at a time.
pub(crate) const TURNS: usize = 12;
/// What a slow commit takes.
pub(crate) const COMMIT_MS: u64 = 5;

/// The shapes in which phones hand in: how many accounts, how many entries a submission, what is captured.
pub(crate) fn shapes() -> impl Iterator<Item = Plan> {
    [1, cast::COMPANIES].into_iter().flat_map(|accounts| {
        [(1, 60, Mix::Plain), (10, 30, Mix::Plain), (50, 6, Mix::Plain), (10, 24, Mix::Tasks)]
            .map(|(size, submissions, mix)| Plan { accounts, size, submissions, mix })
    })
}

/// Entries a second in one shape, against the limit.
pub(crate) async fn append(kind: Kind, plan: Plan) -> Result<Figure> {
    let companies = cast::companies();
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(against_limit(kind, &companies, plan).await?);
    }
    let what = if plan.mix == Mix::Tasks { " with tasks" } else { "" };
    Ok(Figure {
        name: format!("append by {}{what}, {}", plan.size, accounts(plan.accounts)),
        database: kind,
        unit: "entries/s",
        beside: "raw insert",
        goal: Some(Goal::AtLeast(match (kind, plan.size) {
            (Kind::Postgres, _) => 0.6,
            (Kind::Sqlite, 1) => 0.3,
            (Kind::Sqlite, _) => 0.4,
        })),
        rounds,
    })
}

pub(crate) fn accounts(count: usize) -> String {
    if count == 1 { "1 account".to_owned() } else { format!("{count} accounts") }
}

/// The first runs of a process pay for pages, caches and clock rates that later ones find.
pub(crate) async fn warm_up(kind: Kind) -> Result<()> {
    let plan = Plan { accounts: 1, size: 10, submissions: 6, mix: Mix::Plain };
    against_limit(kind, &cast::companies(), plan).await.map(drop)
}

async fn against_limit(kind: Kind, companies: &[Company], plan: Plan) -> Result<Round> {
    let (stage, pace) = measured(kind, load::phones(companies, plan)).await?;
    let written = Written::read(&stage).await?;
    drop(stage);
    let group = written.mean_group();
    let limit = limit::run(kind, &written, group, load::phones(companies, plan), TURNS).await?;
    Ok(Round { measured: pace.into(), beside: limit.into(), group: Some(group) })
}

async fn measured(kind: Kind, phones: Vec<Phone>) -> Result<(Stage, Pace)> {
    let stage = Stage::new(kind, Content::Cast).await?;
    let meter = stage.meter().await?;
    let app = stage.app().await?;
    let pace = load::run(std::slice::from_ref(&app), phones, &meter).await?;
    app.db.close().await;
    Ok((stage, pace))
}

impl From<Pace> for Side {
    fn from(pace: Pace) -> Self {
        Self { value: pace.entries_per_s, cpu_s: pace.cpu_s, load_cpu_s: None }
    }
}

/// One hot account that two replicas write, against one that writes it alone.
pub(crate) async fn two_replicas() -> Result<Figure> {
    let companies = cast::companies();
    let plan = Plan { accounts: 1, size: 10, submissions: 30, mix: Mix::Plain };
    let run = async |replicas: usize| -> Result<Pace> {
        let stage = Stage::new(Kind::Postgres, Content::Cast).await?;
        let meter = stage.meter().await?;
        let mut apps: Vec<App> = Vec::new();
        for _ in 0..replicas {
            apps.push(stage.app().await?);
        }
        let pace = load::run(&apps, load::phones(&companies, plan), &meter).await?;
        for app in apps {
            app.db.close().await;
        }
        Ok(pace)
    };
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let (two, one) = (run(2).await?, run(1).await?);
        rounds.push(Round { measured: two.into(), beside: one.into(), group: None });
    }
    Ok(Figure {
        name: "one hot account, append by 10, two replicas".to_owned(),
        database: Kind::Postgres,
        unit: "entries/s",
        beside: "one replica",
        goal: None,
        rounds,
    })
}

/// Appending when each commit takes longer, against this disk.
pub(crate) async fn slow_commits(kind: Kind, accounts: usize) -> Result<Figure> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let slow = slow_sync::pace(kind, accounts, true).await?;
        let usual = slow_sync::pace(kind, accounts, false).await?;
        rounds.push(Round { measured: slow.into(), beside: usual.into(), group: None });
    }
    Ok(Figure {
        name: format!("append by 10, {}, commits of {COMMIT_MS} ms more", self::accounts(accounts)),
        database: kind,
        unit: "entries/s",
        beside: "this disk",
        goal: None,
        rounds,
    })
}

/// A run for [`slow_commits`], on the database at `parameters` more than its own URL says.
pub(crate) async fn one_run(kind: Kind, accounts: usize, parameters: &str) -> Result<Pace> {
    let plan = Plan { accounts, size: 10, submissions: 20, mix: Mix::Plain };
    let stage = Stage::new(kind, Content::Cast).await?;
    let meter = stage.meter().await?;
    let app = stage::app(&format!("{}{parameters}", stage.url())).await?;
    let pace = load::run(std::slice::from_ref(&app), load::phones(&cast::companies(), plan), &meter).await?;
    app.db.close().await;
    Ok(pace)
}

/// How long a calm account waits for its receipts while another is at its limits, against how long it waits alone.
pub(crate) async fn calm(kind: Kind) -> Result<Figure> {
    let companies = cast::companies();
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let stage = Stage::new(kind, Content::Cast).await?;
        let app = stage.app().await?;
        let (first, second) = (&companies[1], &companies[2]);
        let alone_ms = calm::p99_ms(&app, first).await?;
        let noise = calm::Noise::start(&app, &companies[0]);
        tokio::time::sleep(Duration::from_millis(300)).await;
        let beside_ms = calm::p99_ms(&app, second).await?;
        noise.end().await.context("the noisy account")?;
        app.db.close().await;
        rounds.push(Round { measured: Side::of(beside_ms), beside: Side::of(alone_ms), group: None });
    }
    Ok(Figure {
        name: "p99 of a calm account, another at its limits".to_owned(),
        database: kind,
        unit: "ms",
        beside: "alone",
        goal: Some(Goal::AtMost(2.0)),
        rounds,
    })
}

//! Campo's figures, each beside what it is compared with: `make bench`.
//!
//! A limit is run with the same durability, the same bytes, the mean group size of the measured run, and its load
//! generator beside it. Pairs are interleaved; the ratio is the median of the pairs. `--check` fails when a figure
//! misses its goal; `--only TEXT` makes those whose group has TEXT in its name.

mod bytes;
mod calls;
mod calm;
mod calm_http;
mod cast;
mod compression;
mod cpu;
mod exchange;
mod figures;
mod first_sync;
mod fleet;
mod limit;
mod lists;
mod load;
mod phone;
mod reader;
mod report;
mod served;
mod slow_sync;
mod stage;
mod sync;
mod tables;
mod wire;

use std::{io::Write as _, process::ExitCode};

use anyhow::{Result, bail};
use campo_tests::{place, postgres};
use sqlx::{Connection as _, PgConnection};

use crate::{report::Figure, stage::Kind};

/// The groups of figures, each made on both databases; then there are `reading`, `bytes`, `phone` and `compression`.
const GROUPS: [&str; 12] = [
    "append", "commits", "replicas", "calm", "sync", "first", "fleet", "http", "soap", "lists", "imports",
    "exchange",
];

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (check, only) = match words.as_slice() {
        [] => (false, ""),
        ["--check"] => (true, ""),
        ["--only", only] => (false, *only),
        [slow_sync::ONE_RUN, kind, accounts] => {
            say(&slow_sync::one_run(kind, accounts.parse()?).await?)?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => bail!("usage: bench [--check | --only TEXT]"),
    };
    refuse_without_sync().await?;
    say(&report::heading())?;
    let figures = all(only).await?;
    let file = place::target_folder()?.join("bench.json");
    report::write(&figures, &file)?;
    let missed = figures.iter().filter(|figure| !figure.is_met()).count();
    say(&format!(
        "{} figures, {missed} missed their goal; all rounds are in {}",
        figures.len(),
        file.display()
    ))?;
    Ok(if check && missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Makes the figures and says each as soon as it is there.
async fn all(only: &str) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let mut add = |figure: Figure| {
        say(&figure.line())?;
        figures.push(figure);
        Ok::<_, anyhow::Error>(())
    };
    for kind in Kind::ALL {
        let wanted = |group: &str| format!("{group} {}", kind.name()).contains(only);
        if GROUPS.into_iter().any(wanted) {
            figures::warm_up(kind).await?;
        }
        for plan in figures::shapes().filter(|_| wanted("append")) {
            add(figures::append(kind, plan).await?)?;
        }
        for accounts in [1, cast::COMPANIES].into_iter().filter(|_| wanted("commits")) {
            add(figures::slow_commits(kind, accounts).await?)?;
        }
        if wanted("replicas") && kind == Kind::Postgres {
            add(figures::two_replicas().await?)?;
        }
        if wanted("calm") {
            add(figures::calm(kind).await?)?;
        }
        for shape in sync::SHAPES.into_iter().filter(|_| wanted("sync")) {
            add(sync::figure(kind, shape).await?)?;
        }
        if wanted("first") {
            first_sync::figures(kind).await?.into_iter().try_for_each(&mut add)?;
        }
        if wanted("fleet") {
            fleet::figures(kind).await?.into_iter().try_for_each(&mut add)?;
        }
        if wanted("http") {
            calm_http::figures(kind).await?.into_iter().try_for_each(&mut add)?;
        }
        if wanted("soap") {
            calls::figures(kind).await?.into_iter().try_for_each(&mut add)?;
        }
        if wanted("lists") {
            lists::figures(kind).await?.into_iter().try_for_each(&mut add)?;
        }
        if wanted("imports") {
            add(tables::loading(kind).await?)?;
        }
        if wanted("exchange") {
            exchange::figures(kind).await?.into_iter().try_for_each(&mut add)?;
        }
    }
    if "reading".contains(only) {
        tables::reading()?.into_iter().try_for_each(&mut add)?;
    }
    if "bytes".contains(only) {
        bytes::figures().await?.into_iter().try_for_each(&mut add)?;
    }
    if "phone".contains(only) {
        phone::figures().await?.into_iter().try_for_each(&mut add)?;
    }
    if "compression".contains(only) {
        say(&compression::table()?)?;
    }
    Ok(figures)
}

/// The figures would say nothing of a server that loses what it has acknowledged.
async fn refuse_without_sync() -> Result<()> {
    let mut connection = PgConnection::connect(postgres::server_url().await?).await?;
    for setting in ["fsync", "synchronous_commit"] {
        let value: String =
            sqlx::query_scalar("select current_setting($1)").bind(setting).fetch_one(&mut connection).await?;
        if value != "on" {
            bail!(
                "{} has {setting}={value}; start one with: tests/postgres.sh start --durable",
                postgres::URL_VARIABLE
            );
        }
    }
    Ok(connection.close().await?)
}

fn say(line: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")?;
    Ok(output.flush()?)
}

//! What must be true when the day is over.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, Result, ensure};
use campo_protocol::text::hex;
use campo_tests::journal::Line;
use serde_json::Value;
use uuid::Uuid;

use super::{Road, company::TECHNICIANS};
use crate::{imports::counts, notifications::check_arrivals};

/// Compares the journals of phones and endpoint with the log and with what the API shows.
pub(super) async fn check(road: &Road, import: &str) -> Result<()> {
    let server = road.servers[0].url();
    let journals = road.phones.iter().map(super::PhoneProcess::journal).collect::<Result<Vec<_>>>()?;
    let run = road.company.get(server, import).await?;
    ensure!(counts(&run) == [40, 0, 0, 2], "the import: {run}");
    log(road, &journals).await?;
    files(road, &journals).await?;
    tasks(road, server, &journals).await?;
    for (number, journal) in TECHNICIANS.iter().zip(&journals) {
        timesheet(road, server, number, journal).await.with_context(|| (*number).to_owned())?;
    }
    check_arrivals(&road.receiver, &road.company.events(&road.world).await, &road.company.secret);
    Ok(())
}

/// Every line of the journals stands in the log once, byte for byte; besides them phones sent only sessions.
async fn log(road: &Road, journals: &[Vec<Line>]) -> Result<()> {
    let rows: Vec<(Uuid, String, Vec<u8>)> = road
        .world
        .app
        .db
        .fetch_all(
            "select e.id, e.kind, b.bytes from entry e join entry_body b on b.account = e.account \
             and b.position = e.position where e.account = $1 and e.author = 'installation'",
            (road.company.account.id,),
        )
        .await?;
    let captured = rows.iter().filter(|row| !row.1.starts_with("session.")).count();
    let count = rows.len();
    let stored: HashMap<Uuid, Vec<u8>> = rows.into_iter().map(|(id, _, bytes)| (id, bytes)).collect();
    ensure!(stored.len() == count, "an entry stands in the log twice");
    for line in journals.iter().flatten() {
        let bytes = stored.get(&line.id).with_context(|| format!("{} {} is lost", line.kind, line.id))?;
        ensure!(*bytes == line.bytes, "the server has other bytes of {}", line.id);
    }
    let lines: usize = journals.iter().map(Vec::len).sum();
    ensure!(captured == lines, "the log has {captured} entries of phones, the journals {lines}");
    Ok(())
}

/// Every photo that a journal mentions is stored.
async fn files(road: &Road, journals: &[Vec<Line>]) -> Result<()> {
    let rows: Vec<(Vec<u8>,)> = road
        .world
        .app
        .db
        .fetch_all("select hash from file where account = $1", (road.company.account.id,))
        .await?;
    let stored: HashSet<String> = rows.into_iter().map(|row| hex(&row.0)).collect();
    let mentioned: HashSet<&String> = journals.iter().flatten().flat_map(|line| &line.files).collect();
    ensure!(mentioned.len() == 40, "{} photos were taken", mentioned.len());
    for hash in mentioned {
        ensure!(stored.contains(hash), "the photo {hash} is lost");
    }
    Ok(())
}

/// The task list says of each task what its worker's journal says.
async fn tasks(road: &Road, server: &str, journals: &[Vec<Line>]) -> Result<()> {
    let tasks = road.company.all(server, "/v1/tasks?").await?;
    ensure!(tasks.len() == 40, "{} tasks", tasks.len());
    let mut kinds: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for line in journals.iter().flatten() {
        if let Some(task) = line.task {
            kinds.entry(task.to_string()).or_default().push(&line.kind);
        }
    }
    for task in &tasks {
        let id = task["id"].as_str().context("an id")?;
        let done = kinds.get(id).map_or(&[][..], Vec::as_slice);
        ensure!(done == ["task.acknowledge", "task.start", "form", "task.close"], "of {id}: {done:?}");
        if task["progress"]["status"] != "closed" || task.get("attention").is_some() {
            let entries = road.company.all(server, &format!("/v1/entries?task={id}&")).await?;
            anyhow::bail!("{task} by {entries:#?}");
        }
    }
    Ok(())
}

/// The timesheet shows the time between the punches, as the log says when they happened, which is as the phone's
/// clock said.
async fn timesheet(road: &Road, server: &str, number: &str, journal: &[Line]) -> Result<()> {
    let employee = journal.first().and_then(|line| line.employee).context("an employee")?;
    let entries = road.company.all(server, &format!("/v1/entries?employee={employee}&")).await?;
    let at_us = |kind: &str| -> Result<i64> {
        let mut of_kind = entries.iter().filter(|entry| entry["kind"] == kind);
        let (entry, None) = (of_kind.next().with_context(|| kind.to_owned())?, of_kind.next()) else {
            anyhow::bail!("there are two of {kind}");
        };
        let line = journal.iter().find(|line| entry["id"] == line.id.to_string());
        let captured: Value = serde_json::from_slice(&line.context("a line of the journal")?.bytes)?;
        let clock_us = captured["clock"]["wall_us"].as_i64().context("the phone's clock")?;
        let at: jiff::Timestamp = entry["occurred_at"].as_str().context("an instant")?.parse()?;
        ensure!(
            (at.as_microsecond() - clock_us).abs() < 2_000_000,
            "{kind}: {at}, and {clock_us} on the phone"
        );
        Ok(at.as_microsecond())
    };
    // A phone that was killed in its break places what follows by another reading of its clocks: a break of no length can
    // end some milliseconds before it began, and takes nothing away then
    let break_us = (at_us("break.end")? - at_us("break.start")?).max(0);
    let worked_us = at_us("shift.end")? - at_us("shift.start")? - break_us;
    let days = |from_us: i64, days: i64| -> Result<String> {
        let at = jiff::Timestamp::from_microsecond(from_us + days * 24 * 3600 * 1_000_000)?;
        Ok(at.to_string().chars().take("2030-01-15".len()).collect())
    };
    let start_us = at_us("shift.start")?;
    let path = format!(
        "/v1/employees/number:{number}/timesheet?from={}&to={}",
        days(start_us, -1)?,
        days(start_us, 1)?
    );
    let sheet = road.company.get(server, &path).await?;
    ensure!(sheet["totals"]["worked_us"] == worked_us, "worked {worked_us} µs, and {}", sheet["totals"]);
    Ok(())
}

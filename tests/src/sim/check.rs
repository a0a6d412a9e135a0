//! What must be true once everything is quiet.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, Result, ensure};
use campo_mobile_core::{core::transport::HttpRequest, screens::Language, store::repair::TrayReason};
use campo_protocol::{
    scope::Scope,
    sync::{Answer, Held},
    text::{hex, unhex},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    company::Company,
    phone::{JournalLine, Phone},
    server::Server,
};
use crate::check::{Entry, Logs, log_is_whole};

/// How far an instant that was fixed by the monotonic clock may lie beside the true one: the longest way of a request
/// that arrives twice, microseconds.
const ON_THE_WAY_US: i64 = 7_000_000;

/// Compares journals, server and phones.
pub(super) async fn check(server: &Server, company: &Company, phones: &[Phone]) -> Result<()> {
    let shown: Vec<Shown> = phones.iter().map(shown).collect::<Result<_>>()?;
    // Whoever looks at the world calculates by sound rules
    #[cfg(debug_assertions)]
    campo_protocol::planted::plant(None);
    let logs = log_is_whole(&server.app, company.account).await?;
    let log: HashMap<Uuid, &Entry> = logs.entries.iter().map(|entry| (entry.id, entry)).collect();
    entries(&log, phones)?;
    files(server, company, phones).await?;
    let statuses = statuses(server, company).await?;
    for (phone, shown) in phones.iter().zip(shown) {
        receipts(&logs, phone).with_context(|| format!("the receipts of phone {}", phone.number))?;
        tray(&log, phone).with_context(|| format!("the tray of phone {}", phone.number))?;
        view(server, phone).await?;
        for (task, status) in shown {
            let expected = statuses.get(&task).with_context(|| format!("{task} is nowhere"))?;
            ensure!(status == expected, "phone {} shows {task} as {status}: it is {expected}", phone.number);
        }
    }
    Ok(())
}

/// Every line of the journals stands in the log exactly once, byte for byte, and nothing else of the phones does.
fn entries(log: &HashMap<Uuid, &Entry>, phones: &[Phone]) -> Result<()> {
    let lines = phones.iter().flat_map(|phone| phone.journal.iter().map(move |line| (phone.number, line)));
    let mut count = 0;
    for (number, line) in lines {
        count += 1;
        let entry = log.get(&line.id).with_context(|| {
            format!("phone {number} captured {}, and the server does not have it", line.id)
        })?;
        ensure!(entry.bytes == line.bytes, "the server has other bytes of {}", line.id);
        happened_then(entry, line)?;
    }
    let of_phones = log.values().filter(|entry| entry.author == "installation").count();
    ensure!(
        count == of_phones,
        "the server has {of_phones} entries of phones, and the journals {count} lines"
    );
    Ok(())
}

/// An instant that was fixed by the monotonic clock is the true one.
fn happened_then(entry: &Entry, line: &JournalLine) -> Result<()> {
    let beside_us = entry.occurred_us.abs_diff(line.at_us);
    let is_anchored = entry.occurred_kind == "anchored";
    ensure!(
        !is_anchored || beside_us <= ON_THE_WAY_US as u64,
        "{} happened {beside_us} microseconds beside the instant that it has",
        line.id
    );
    Ok(())
}

/// What a phone kept of its receipts is what the log says.
fn receipts(logs: &Logs, phone: &Phone) -> Result<()> {
    let kept = phone.store.all_entries()?;
    ensure!(kept.len() == phone.journal.len(), "{} of {} are kept", kept.len(), phone.journal.len());
    for own in kept {
        ensure!(own.state == "settled", "{} is {}", own.id, own.state);
        let entry = own.position.and_then(|position| logs.at(position));
        let entry = entry.with_context(|| format!("{:?} of {} is no position", own.position, own.id))?;
        ensure!(
            (own.id, own.outcome.as_deref(), own.occurred_at_us)
                == (entry.id, Some(entry.outcome.as_str()), Some(entry.occurred_us)),
            "the receipt of {} has {:?} at {:?}, and the log {} with {} at {}",
            own.id,
            own.outcome,
            own.occurred_at_us,
            entry.id,
            entry.outcome,
            entry.occurred_us
        );
    }
    Ok(())
}

/// The tray shows what the server set aside, and nothing else.
fn tray(log: &HashMap<Uuid, &Entry>, phone: &Phone) -> Result<()> {
    let kept: HashMap<i64, Uuid> =
        phone.store.all_entries()?.into_iter().map(|entry| (entry.number, entry.id)).collect();
    let mut shown = BTreeMap::new();
    for item in phone.store.all_trays()? {
        let id = kept.get(&item.number).context("an entry that the phone does not have")?;
        let TrayReason::SetAside(reason) = item.reason else {
            anyhow::bail!("{id} is there: {:?}", item.reason)
        };
        shown.insert(*id, reason);
    }
    let set_aside = phone.journal.iter().filter_map(|line| log.get(&line.id));
    let set_aside: BTreeMap<Uuid, String> = set_aside
        .filter(|entry| entry.outcome == "set_aside")
        .map(|entry| (entry.id, entry.reason.clone().unwrap_or_default()))
        .collect();
    ensure!(shown == set_aside, "it shows {shown:?}, and the server set aside {set_aside:?}");
    Ok(())
}

/// The tasks that a phone shows, with their statuses.
type Shown = Vec<(Uuid, &'static str)>;

fn shown(phone: &Phone) -> Result<Shown> {
    let mut shown = Vec::new();
    for employee in &phone.enrolled.roster {
        let cards = phone.store.tasks(*employee, Language::Spanish)?;
        shown.extend(cards.into_iter().map(|card| (card.id, card.status.name())));
    }
    Ok(shown)
}

/// The statuses of the tasks; [`log_is_whole`] compared them with what the entries make.
async fn statuses(server: &Server, company: &Company) -> Result<HashMap<Uuid, String>> {
    let sql = "select task, status from task_state where account = $1";
    let rows: Vec<(Uuid, String)> = server.app.db.fetch_all(sql, (company.account,)).await?;
    Ok(rows.into_iter().collect())
}

/// Every photo that an entry mentions is stored.
async fn files(server: &Server, company: &Company, phones: &[Phone]) -> Result<()> {
    let rows: Vec<(Vec<u8>,)> =
        server.app.db.fetch_all("select hash from file where account = $1", (company.account,)).await?;
    let stored: HashSet<String> = rows.into_iter().map(|row| hex(&row.0)).collect();
    for phone in phones {
        for line in &phone.journal {
            let entry: serde_json::Value = serde_json::from_slice(&line.bytes)?;
            for file in entry["files"].as_array().into_iter().flatten() {
                let hash = file["hash"].as_str().unwrap_or_default();
                ensure!(unhex(hash).is_some(), "a hash");
                ensure!(stored.contains(hash), "a photo of {} is not stored", line.id);
            }
        }
    }
    Ok(())
}

type Objects = BTreeMap<(Scope, String, Uuid), Vec<u8>>;

/// The phone holds what a phone holds that reads its whole view for the first time.
async fn view(server: &Server, phone: &Phone) -> Result<()> {
    let expected = whole_view(server, phone).await?;
    let held: Objects = phone
        .store
        .all_objects()?
        .into_iter()
        .map(|(scope, kind, object)| ((scope, kind, object.id), object.body))
        .collect();
    for (key, body) in &expected {
        let Some(ours) = held.get(key) else { anyhow::bail!("phone {} lacks {key:?}", phone.number) };
        ensure!(ours == body, "phone {} has an old {key:?}", phone.number);
    }
    for key in held.keys() {
        ensure!(expected.contains_key(key), "phone {} still has {key:?}", phone.number);
    }
    Ok(())
}

async fn whole_view(server: &Server, phone: &Phone) -> Result<Objects> {
    let mut held = Held::default();
    let mut objects = Objects::new();
    for _ in 0..1000 {
        let request = json!({ "format": 1, "clock": { "wall_us": 1 }, "view": held });
        let request = HttpRequest {
            method: "POST",
            url: "/v1/sync".to_owned(),
            headers: vec![("authorization", format!("Bearer {}", phone.enrolled.bearer))],
            body: serde_json::to_vec(&request)?,
        };
        let answer = server.answer(&request).await?;
        ensure!(answer.status == 200, "the view is refused: {}", String::from_utf8_lossy(&answer.body));
        let answer: Answer = serde_json::from_slice(&answer.body)?;
        held.epoch = Some(answer.epoch);
        let Some(view) = answer.view else { anyhow::bail!("the server shows no view") };
        for page in view.scopes {
            held.scopes.insert(page.scope, page.position);
            for change in page.changes {
                let key = (page.scope, change.kind, change.id);
                match change.body {
                    Some(body) => objects.insert(key, body.get().as_bytes().to_vec()),
                    None => objects.remove(&key),
                };
            }
        }
        if !view.more {
            return Ok(objects);
        }
    }
    anyhow::bail!("the view never ends")
}

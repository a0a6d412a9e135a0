//! What must be true once everything is quiet.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Result, ensure};
use campo_mobile_core::core::transport::HttpRequest;
use campo_protocol::{
    scope::Scope,
    sync::{Answer, Held},
    text::{hex, unhex},
};
use serde_json::json;
use uuid::Uuid;

use super::{company::Company, phone::Phone, server::Server};

/// Compares journals, server and phones.
pub(super) async fn check(server: &Server, company: &Company, phones: &[Phone]) -> Result<()> {
    entries(server, company, phones).await?;
    files(server, company, phones).await?;
    for phone in phones {
        view(server, phone).await?;
        ensure!(phone.store.tray()?.iter().all(|item| item.kind != "unreadable"), "unreadable entries");
    }
    Ok(())
}

/// Every line of the journals stands in the log exactly once, byte for byte, and nothing else of the phones does.
async fn entries(server: &Server, company: &Company, phones: &[Phone]) -> Result<()> {
    let rows: Vec<(Uuid, Vec<u8>)> = server
        .app
        .db
        .fetch_all(
            "select e.id, b.bytes from entry e join entry_body b on b.account = e.account \
             and b.position = e.position where e.account = $1 and e.author = 'installation'",
            (company.account,),
        )
        .await?;
    let count = rows.len();
    let stored: HashMap<Uuid, Vec<u8>> = rows.into_iter().collect();
    ensure!(stored.len() == count, "an entry stands in the log twice");
    let mut lines = 0;
    for phone in phones {
        for line in &phone.journal {
            lines += 1;
            let Some(bytes) = stored.get(&line.id) else {
                anyhow::bail!("phone {} captured {}, and the server does not have it", phone.number, line.id)
            };
            ensure!(*bytes == line.bytes, "the server has other bytes of {}", line.id);
        }
    }
    ensure!(lines == count, "the server has {count} entries of phones, and the journals {lines} lines");
    Ok(())
}

/// Every photo that an entry mentions is stored.
async fn files(server: &Server, company: &Company, phones: &[Phone]) -> Result<()> {
    let rows: Vec<(Vec<u8>,)> =
        server.app.db.fetch_all("select hash from file where account = $1", (company.account,)).await?;
    let stored: Vec<String> = rows.into_iter().map(|row| hex(&row.0)).collect();
    for phone in phones {
        for line in &phone.journal {
            let entry: serde_json::Value = serde_json::from_slice(&line.bytes)?;
            for file in entry["files"].as_array().into_iter().flatten() {
                let hash = file["hash"].as_str().unwrap_or_default();
                ensure!(unhex(hash).is_some(), "a hash");
                ensure!(stored.iter().any(|known| known == hash), "a photo of {} is not stored", line.id);
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

//! One exchange of a phone, without HTTP.

use std::collections::BTreeMap;

use campo_protocol::{
    faults::Faults,
    sync::{Answer, Held, MAX_FILES, MAX_SCOPES, Request},
};

use super::{
    body,
    contacts::{self, Said},
    intake, view,
};
use crate::{
    access::Phone,
    app::App,
    extract::from_json,
    problem::{Code, Problem, Result},
    uploads,
};

/// The newest format of the exchange that this release speaks.
const FORMAT: i64 = 1;

/// Takes the bytes of one request, already decompressed, and makes the answer. When this returns, the entries that have
/// receipts are durable. The same bytes again get the same receipts.
///
/// It needs nothing of HTTP: whoever has a [`Phone`] may call it, such as a simulator with [`Phone::identify`].
/// `now_us` is when the request was received: microseconds since 1970 UTC.
pub async fn exchange(app: &App, phone: &Phone, bytes: &[u8], now_us: i64) -> Result<Answer> {
    let (first, lines) = body::lines(bytes);
    let request: Request = from_json(first)?;
    check(&request)?;
    let (submitted, unreadable) = intake::append(app, phone, &request.clock, lines, now_us).await?;

    let mut tx = app.db.begin_snapshot().await?;
    let known = contacts::known(&mut tx, phone).await?;
    let view = match request.view.as_ref().filter(|_| !phone.revoked) {
        Some(held) => {
            let held = if held.epoch == Some(known.epoch) { held } else { &renounced(held) };
            Some(view::read(&mut tx, phone, held, now_us).await?)
        }
        None => None,
    };
    let files = uploads::answers(app, &mut tx, phone, &request.files, now_us).await?;
    tx.rollback().await;
    let (page, confirmed) = view.map(|view| (view.page, view.confirmed)).unzip();
    let said = Said {
        unsent: request.unsent,
        confirmed: confirmed.unwrap_or_default(),
        has_news: page.as_ref().is_some_and(|page| !page.scopes.is_empty()),
        has_all: page.as_ref().is_some_and(|page| !page.more),
    };
    app.contacts.note(phone, &known, said, now_us);
    Ok(Answer {
        epoch: known.epoch,
        received_at_us: now_us,
        receipts: submitted.receipts,
        unreadable,
        heads: submitted.heads,
        view: page,
        files,
    })
}

fn check(request: &Request) -> Result<()> {
    if request.format != FORMAT {
        return Err(Problem::new(Code::FormatUnknown).with("found", request.format).with("expected", FORMAT));
    }
    let mut faults = Faults::default();
    if let Some(held) = &request.view {
        faults.check_count("/view/scopes", held.scopes.len(), MAX_SCOPES);
        faults.check_count("/view/received", held.received.len(), MAX_SCOPES);
    }
    faults.check_count("/files", request.files.len(), MAX_FILES);
    Ok(faults.into_result()?)
}

/// What a phone holds of another epoch: nothing that counts. Its scopes are still named, so that it hears which it has
/// no longer.
fn renounced(held: &Held) -> Held {
    Held {
        epoch: held.epoch,
        scopes: held.scopes.keys().map(|scope| (*scope, 0)).collect(),
        received: BTreeMap::new(),
    }
}

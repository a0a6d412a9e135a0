//! Entries in, receipts out. What has a readable frame is appended, whatever its content; what has none is named.

use campo_protocol::{
    clock::Anchor,
    entry::Frame,
    sync::{Answer, MAX_ENTRIES, Request, Unreadable},
};

use super::body;
use crate::{
    access::Phone,
    app::App,
    extract::from_json,
    log::entry::Incoming,
    problem::{Code, Problem, Result},
    server_setting,
};

/// The newest format of the exchange that this release speaks.
const FORMAT: i64 = 1;

/// Takes one exchange of a phone, already decompressed.
pub(super) async fn exchange(app: &App, phone: &Phone, bytes: &[u8]) -> Result<Answer> {
    app.log.ensure_room(&phone.allowed)?;
    let received_at_us = app.environment.now_us();
    let (first, lines) = body::lines(bytes);
    let request: Request = from_json(first)?;
    if request.format != FORMAT {
        return Err(Problem::new(Code::FormatUnknown).with("found", request.format).with("expected", FORMAT));
    }
    let anchor = Anchor { clock: request.clock, received_us: received_at_us };
    let principal = phone.allowed.principal();
    let mut entries = Vec::new();
    let mut unreadable = Vec::new();
    for (number, line) in lines {
        if entries.len() + unreadable.len() >= MAX_ENTRIES {
            return Err(Problem::new(Code::TooManyEntries).with("limit", MAX_ENTRIES));
        }
        match Frame::read(line) {
            Ok(frame) => entries.push(Incoming::from_phone(
                line.to_vec(),
                &frame,
                principal,
                Some(&anchor),
                received_at_us,
                phone.revoked,
            )),
            Err(fault) => unreadable.push(Unreadable { line: number, fault }),
        }
    }
    let submitted = app.log.submit(&phone.allowed, entries).await?;
    Ok(Answer {
        epoch: server_setting::epoch(&app.db).await?,
        received_at_us,
        receipts: submitted.receipts,
        unreadable,
        heads: submitted.heads,
        view: None,
        files: Vec::new(),
    })
}

//! Entries in, receipts out. What has a readable frame is appended, whatever its content; what has none is named.

use campo_protocol::{
    clock::{Anchor, Clock},
    entry::Frame,
    sync::{MAX_ENTRIES, Unreadable},
};

use crate::{
    access::Phone,
    app::App,
    log::{entry::Incoming, groups::Submitted},
    problem::{Code, Problem, Result},
};

/// Appends the lines, each with its number, that a phone sent when its clocks showed `clock`.
pub(super) async fn append(
    app: &App,
    phone: &Phone,
    clock: &Clock,
    lines: impl Iterator<Item = (i64, &[u8])>,
    now_us: i64,
) -> Result<(Submitted, Vec<Unreadable>)> {
    let anchor = Anchor { clock: clock.clone(), received_us: now_us };
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
                now_us,
                phone.revoked,
            )),
            Err(fault) => unreadable.push(Unreadable { line: number, fault }),
        }
    }
    let submitted = app.log.submit(&phone.allowed, entries).await?;
    Ok((submitted, unreadable))
}

//! Takes what is sent by ticket, whole or a part of it.

use campo_protocol::{
    faults::{Fault, Faults},
    sync::{MAX_CHUNK_BYTES, MIN_CHUNK_BYTES},
    text::hex,
};
use futures_util::{Stream, StreamExt as _};
use serde::Serialize;
use std::{io, pin::pin};
use utoipa::ToSchema;

use super::{
    Ticket,
    parts::{self, Standing, Upload, out_of_order, unavailable},
};
use crate::{
    app::App,
    files::{media_type, store::Draft, upload},
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct UploadProgress {
    /// How much of the file the server has
    pub received_bytes: i64,
    /// Its length
    pub size_bytes: i64,
    /// True when it is whole and durable: the phone may remove its copy
    pub stored: bool,
}

/// How far the upload of a ticket is.
pub(super) async fn progress(app: &App, ticket: &str) -> Result<UploadProgress> {
    let ticket = open(app, ticket)?;
    let standing = parts::standing(app, &ticket).await?;
    Ok(UploadProgress {
        received_bytes: standing.received_bytes(&ticket),
        size_bytes: ticket.size_bytes,
        stored: standing.stored,
    })
}

/// Takes a part, as `range` (the header `Content-Range`) names it, or without one the whole file.
///
/// Parts follow each other; one that is there already is fine. When a part completes the file, it is stored durably
/// before this returns; when the whole is another file than the ticket names, all of it is forgotten.
pub(super) async fn put<B: AsRef<[u8]>, E>(
    app: &App,
    ticket: &str,
    range: Option<&str>,
    content_type: Option<&str>,
    body: impl Stream<Item = Result<B, E>>,
) -> Result<UploadProgress> {
    let ticket = open(app, ticket)?;
    let standing = parts::standing(app, &ticket).await?;
    let named = content_type.or(standing.media_type.as_deref());
    let media_type = media_type::read(named);
    match range {
        None => whole(app, &ticket, &standing, &media_type, body).await,
        Some(range) => {
            let part = Part::parse(range, &ticket)?;
            receive_part(app, &ticket, standing, &media_type, part, body).await
        }
    }
}

fn open(app: &App, text: &str) -> Result<Ticket> {
    let ticket = Ticket::parse(text, &app.secrets).ok_or(Code::NotFound)?;
    if ticket.expires_us <= app.environment.now_us() { Err(Code::Gone.into()) } else { Ok(ticket) }
}

async fn whole<B: AsRef<[u8]>, E>(
    app: &App,
    ticket: &Ticket,
    standing: &Standing,
    media_type: &str,
    body: impl Stream<Item = Result<B, E>>,
) -> Result<UploadProgress> {
    if standing.stored {
        read(body, ticket.size_bytes as usize, |_| ()).await?;
        return Ok(stored(ticket));
    }
    let draft = upload::receive(app, ticket.account, ticket.size_bytes as u64, body).await?;
    finish(app, ticket, standing.upload.as_ref(), media_type, draft).await
}

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    from: i64,
    /// Behind its last byte
    until: i64,
}

impl Part {
    /// The part that `Content-Range` (RFC 9110, 14.4) names.
    fn parse(range: &str, ticket: &Ticket) -> Result<Self> {
        let beyond = || Problem::new(Code::RangeNotSatisfiable).with("size_bytes", ticket.size_bytes);
        let numbers = range.trim().strip_prefix("bytes ").and_then(|rest| {
            let (part, size) = rest.split_once('/')?;
            let (first, last) = part.split_once('-')?;
            Some((number(first)?, number(last)?, number(size)?))
        });
        let (first, last, size_bytes) = numbers.ok_or_else(beyond)?;
        if size_bytes != ticket.size_bytes || first > last || last >= size_bytes {
            return Err(beyond());
        }
        let part = Self { from: first, until: last + 1 };
        if part.length() > MAX_CHUNK_BYTES {
            return Err(Problem::new(Code::PayloadTooLarge).with("limit_bytes", MAX_CHUNK_BYTES));
        }
        if part.length() < MIN_CHUNK_BYTES && part.until < size_bytes {
            let mut faults = Faults::default();
            let expected = format!("at least {MIN_CHUNK_BYTES} bytes, unless it is the last part");
            faults.add("", "out_of_range", &part.length().to_string(), expected);
            return Err(faults.into());
        }
        Ok(part)
    }

    fn length(self) -> usize {
        (self.until - self.from) as usize
    }
}

/// Digits only: `parse` takes a sign, too.
fn number(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

async fn receive_part<B: AsRef<[u8]>, E>(
    app: &App,
    ticket: &Ticket,
    standing: Standing,
    media_type: &str,
    part: Part,
    body: impl Stream<Item = Result<B, E>>,
) -> Result<UploadProgress> {
    let received_bytes = standing.received_bytes(ticket);
    if part.from > received_bytes || (part.from < received_bytes && part.until > received_bytes) {
        return Err(out_of_order(received_bytes));
    }
    let mut bytes = Vec::with_capacity(part.length());
    let count = read(body, part.length(), |block| bytes.extend_from_slice(block)).await?;
    if count != part.length() {
        return Err(Code::BodyIncomplete.into());
    }
    if part.until <= received_bytes {
        return Ok(UploadProgress { received_bytes, size_bytes: ticket.size_bytes, stored: standing.stored });
    }
    let upload = match standing.upload {
        Some(upload) if upload.size_bytes == ticket.size_bytes => upload,
        // The phone names another length than before, and only one of them can be right.
        Some(upload) => {
            parts::forget(app, ticket, &upload).await?;
            return Err(out_of_order(0));
        }
        None => parts::begin(app, ticket, media_type).await?,
    };
    // Another request may have brought the same part since the first look.
    if upload.received_bytes >= part.until {
        return Ok(UploadProgress {
            received_bytes: upload.received_bytes,
            size_bytes: ticket.size_bytes,
            stored: false,
        });
    }
    if upload.received_bytes != part.from {
        return Err(out_of_order(upload.received_bytes));
    }
    let name = app.environment.uuid();
    match app.store.write_part(ticket.account, upload.id, part.from as u64, name, bytes).await {
        Ok(()) => {}
        // Whoever completed the file removed the folder of its parts meanwhile
        Err(error) if error.kind() == io::ErrorKind::NotFound => return missing(app, ticket, &upload).await,
        Err(error) => return Err(unavailable(&error)),
    }
    if part.until < ticket.size_bytes {
        parts::advance(app, ticket, &upload, part.until).await?;
        return Ok(UploadProgress {
            received_bytes: part.until,
            size_bytes: ticket.size_bytes,
            stored: false,
        });
    }
    complete(app, ticket, &upload).await
}

/// Puts the parts together.
async fn complete(app: &App, ticket: &Ticket, upload: &Upload) -> Result<UploadProgress> {
    let name = app.environment.uuid();
    let mut draft = app.store.begin(ticket.account, name).await.map_err(|error| unavailable(&error))?;
    while draft.size_bytes() < ticket.size_bytes as u64 {
        match app.store.read_part(ticket.account, upload.id, draft.size_bytes()).await {
            Ok(bytes) => draft.write(&bytes).await.map_err(|error| unavailable(&error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return missing(app, ticket, upload).await;
            }
            Err(error) => return Err(unavailable(&error)),
        }
    }
    finish(app, ticket, Some(upload), &upload.media_type, draft).await
}

/// A part is not there: the same last part was sent twice at once and the other request was faster, or the rows are
/// those of a backup, which does not have the parts.
async fn missing(app: &App, ticket: &Ticket, upload: &Upload) -> Result<UploadProgress> {
    if parts::standing(app, ticket).await?.stored {
        // This request may have written its part anew.
        app.store.remove_parts(ticket.account, upload.id).await.map_err(|error| unavailable(&error))?;
        return Ok(stored(ticket));
    }
    parts::forget(app, ticket, upload).await?;
    Err(out_of_order(0))
}

/// Checks the whole and commits it.
async fn finish(
    app: &App,
    ticket: &Ticket,
    upload: Option<&Upload>,
    media_type: &str,
    draft: Draft,
) -> Result<UploadProgress> {
    let found = draft.hash();
    let wrong = found != ticket.hash;
    if !wrong {
        let allowed = parts::allowed(ticket)?;
        upload::commit(app, &allowed, Class::Capture, media_type, draft).await?;
    }
    if let Some(upload) = upload {
        parts::forget(app, ticket, upload).await?;
    }
    if wrong {
        return Err(Problem::new(Code::ValidationFailed).with_fault(Fault {
            field: String::new(),
            code: "other_content".to_owned(),
            found: hex(&found),
            expected: hex(&ticket.hash),
        }));
    }
    Ok(stored(ticket))
}

fn stored(ticket: &Ticket) -> UploadProgress {
    UploadProgress { received_bytes: ticket.size_bytes, size_bytes: ticket.size_bytes, stored: true }
}

/// Reads a body of at most `most` bytes, and says how many it had.
async fn read<B: AsRef<[u8]>, E>(
    body: impl Stream<Item = Result<B, E>>,
    most: usize,
    mut take: impl FnMut(&[u8]),
) -> Result<usize> {
    let mut body = pin!(body);
    let mut count = 0;
    while let Some(block) = body.next().await {
        let block = block.map_err(|_| Code::BodyIncomplete)?;
        count += block.as_ref().len();
        if count > most {
            return Err(Problem::new(Code::PayloadTooLarge).with("limit_bytes", most));
        }
        take(block.as_ref());
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_strictly() {
        let ticket = |size_bytes| Ticket {
            account: 1,
            installation: uuid::Uuid::nil(),
            hash: [0; 32],
            size_bytes,
            expires_us: 0,
        };
        let code = |range: &str, size_bytes| match Part::parse(range, &ticket(size_bytes)) {
            Ok(part) => format!("{}..{}", part.from, part.until),
            Err(problem) => problem.code().name().to_owned(),
        };
        for (range, size_bytes, expected) in [
            ("bytes 0-99/100", 100, "0..100"),
            (" bytes 99-99/100 ", 100, "99..100"),
            ("bytes 0-16383/100000", 100_000, "0..16384"),
            ("bytes 0-16382/100000", 100_000, "validation_failed"),
            ("bytes 0-1048575/9000000", 9_000_000, "0..1048576"),
            ("bytes 0-1048576/9000000", 9_000_000, "payload_too_large"),
            ("bytes 0-99/101", 100, "range_not_satisfiable"),
            ("bytes 0-100/100", 100, "range_not_satisfiable"),
            ("bytes 50-49/100", 100, "range_not_satisfiable"),
            ("bytes */100", 100, "range_not_satisfiable"),
            ("bytes 0-99/*", 100, "range_not_satisfiable"),
            ("bytes +0-99/100", 100, "range_not_satisfiable"),
            ("bytes -1-99/100", 100, "range_not_satisfiable"),
            ("bytes 0-99999999999999999999/100", 100, "range_not_satisfiable"),
            ("items 0-99/100", 100, "range_not_satisfiable"),
            ("", 100, "range_not_satisfiable"),
        ] {
            assert_eq!(code(range, size_bytes), expected, "{range}");
        }
    }
}

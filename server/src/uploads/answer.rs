//! What becomes of the files that a phone asks about.

use std::collections::HashMap;

use campo_protocol::{
    entry::hash_from,
    sync::{FileAnswer, HeldFile},
    text::hex,
};
use sqlx::FromRow;

use super::Ticket;
use crate::{access::Phone, app::App, database::Tx, problem::Result};

#[derive(FromRow)]
struct Row {
    hash: Vec<u8>,
    stored: bool,
    mentioned: bool,
    received_bytes: Option<i64>,
}

/// One answer for each file, in order. What is no hash, has no length or is too large for this server is unknown.
pub(crate) async fn answers(
    app: &App,
    tx: &mut Tx,
    phone: &Phone,
    files: &[HeldFile],
    now_us: i64,
) -> Result<Vec<FileAnswer>> {
    let hashes: Vec<Vec<u8>> =
        files.iter().filter_map(|file| Some(hash_from(&file.hash)?.to_vec())).collect();
    let account = phone.allowed.account();
    let rows: Vec<Row> = tx
        .fetch_many(
            "a, i, h",
            (vec![account; hashes.len()], vec![phone.installation; hashes.len()], hashes),
            "select k.h as hash, \
             exists (select 1 from file f where f.account = k.a and f.hash = k.h) as stored, \
             exists (select 1 from entry_file e where e.account = k.a and e.hash = k.h) as mentioned, \
             (select u.received_bytes from upload u where u.account = k.a and u.installation = k.i \
             and u.hash = k.h) as received_bytes from k",
        )
        .await?;
    let known: HashMap<Vec<u8>, Row> = rows.into_iter().map(|row| (row.hash.clone(), row)).collect();
    let most_bytes = i64::try_from(app.limits.file_bytes).unwrap_or(i64::MAX);
    let answer = |file: &HeldFile| {
        let hash = hash_from(&file.hash)?;
        let row = known.get(&hash[..]).filter(|row| row.mentioned)?;
        if row.stored {
            return Some(FileAnswer::Stored { hash: hex(&hash) });
        }
        let ticket = Ticket {
            account,
            installation: phone.installation,
            hash,
            size_bytes: Some(file.size_bytes).filter(|size| (1..=most_bytes).contains(size))?,
            expires_us: Ticket::expiry_us(now_us),
        };
        Some(FileAnswer::Wanted {
            hash: hex(&hash),
            ticket: ticket.format(&app.secrets),
            received_bytes: row.received_bytes.unwrap_or(0),
            expires_us: ticket.expires_us,
        })
    };
    let unknown = |file: &HeldFile| FileAnswer::Unknown { hash: file.hash.clone() };
    Ok(files.iter().map(|file| answer(file).unwrap_or_else(|| unknown(file))).collect())
}

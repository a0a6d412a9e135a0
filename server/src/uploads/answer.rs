//! What becomes of the files that a phone asks about.

use campo_protocol::{
    sync::{FileAnswer, HeldFile},
    text::hex,
};
use sqlx::FromRow;

use super::Ticket;
use crate::{access::Phone, app::App, database::Tx, files::upload::hash_from, problem::Result};

#[derive(FromRow)]
struct Row {
    number: i64,
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
    let hashes: Vec<(i64, [u8; 32])> =
        (0..).zip(files).filter_map(|(number, file)| Some((number, hash_from(&file.hash)?))).collect();
    let account = phone.allowed.account();
    let rows: Vec<Row> = tx
        .fetch_many(
            "a, i, n, h",
            (
                vec![account; hashes.len()],
                vec![phone.installation; hashes.len()],
                hashes.iter().map(|one| one.0).collect::<Vec<_>>(),
                hashes.iter().map(|one| one.1.to_vec()).collect::<Vec<_>>(),
            ),
            "select k.n as number, exists (select 1 from file f where f.account = k.a and f.hash = k.h) as stored, \
             exists (select 1 from entry_file e where e.account = k.a and e.hash = k.h) as mentioned, \
             (select u.received_bytes from upload u where u.account = k.a and u.installation = k.i \
             and u.hash = k.h) as received_bytes from k",
        )
        .await?;
    let mut answers: Vec<FileAnswer> =
        files.iter().map(|file| FileAnswer::Unknown { hash: file.hash.clone() }).collect();
    let most_bytes = i64::try_from(app.limits.file_bytes).unwrap_or(i64::MAX);
    for row in rows {
        let index = row.number as usize;
        let (Some(file), Some(hash)) = (files.get(index), hash_from(&files[index].hash)) else { continue };
        if row.stored && row.mentioned {
            answers[index] = FileAnswer::Stored { hash: hex(&hash) };
        } else if row.mentioned && (1..=most_bytes).contains(&file.size_bytes) {
            let ticket = Ticket {
                account,
                installation: phone.installation,
                hash,
                size_bytes: file.size_bytes,
                expires_us: Ticket::expiry_us(now_us),
            };
            answers[index] = FileAnswer::Wanted {
                hash: hex(&hash),
                ticket: ticket.format(&app.secrets),
                received_bytes: row.received_bytes.unwrap_or(0),
                expires_us: ticket.expires_us,
            };
        }
    }
    Ok(answers)
}

//! How a file becomes one that came: a row of the intake that it fits, in the transaction that made it a file.

use uuid::Uuid;

use super::judge::{How, Verdict, judge};
use crate::{
    events::kinds::{FILE_ARRIVED, FileTold},
    exchange::{
        TOPIC,
        hosted::{Door, remove_by_id},
        intake,
    },
    files::reference,
    log::write::Write,
    notices::{Told, kinds::FILE_UNMATCHED, tell},
    problem::{Code, Result},
};

/// A file in a hosted folder that is whole, as far as the door knows.
#[derive(Debug, Clone, Copy)]
pub(in crate::exchange) struct Hosted<'a> {
    pub(in crate::exchange) id: Uuid,
    /// Below `in`
    pub(in crate::exchange) folder: &'a str,
    pub(in crate::exchange) name: &'a str,
    pub(in crate::exchange) how: How,
}

/// A file came to a hosted folder: gives it to the intake that it fits, in the transaction that made it a file.
pub(in crate::exchange) async fn arrived(
    write: &mut Write,
    key: Uuid,
    door: Door,
    file: &Hosted<'_>,
) -> Result<()> {
    let gates = intake::gates(write).await?;
    let folder = in_folder(file.folder);
    forget_waiting(write, key, file.folder, file.name).await?;
    match judge(&gates, file.folder, file.name, file.how) {
        Verdict::Keep => Ok(()),
        Verdict::Unmatched => take(write, key, door, file.id, None, 0).await,
        Verdict::Take { intake, rest_s } => take(write, key, door, file.id, Some(intake), rest_s).await,
        Verdict::KeepUntil { intake, marker } => match find(write, key, &folder, &marker).await? {
            None => Ok(()),
            Some(marker) => {
                remove_by_id(write, marker).await?;
                take(write, key, door, file.id, Some(intake), 0).await
            }
        },
        Verdict::Marks { intake, file: name } => match find(write, key, &folder, &name).await? {
            None => Ok(()),
            Some(marked) => {
                remove_by_id(write, file.id).await?;
                take(write, key, door, marked, Some(intake), 0).await
            }
        },
    }
}

fn in_folder(below: &str) -> String {
    if below.is_empty() { "in".to_owned() } else { format!("in/{below}") }
}

async fn find(write: &mut Write, key: Uuid, folder: &str, name: &str) -> Result<Option<Uuid>> {
    let account = write.account();
    let row: Option<(Uuid,)> = write
        .tx()
        .fetch_optional(
            "select id from hosted_file where account = $1 and key = $2 and folder = $3 and name = $4 \
             and kind = 'file'",
            (account, key, folder, name),
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// A file that still rested when another one of its name came was not whole.
async fn forget_waiting(write: &mut Write, key: Uuid, folder: &str, name: &str) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update received_file set state = 'replaced', finished_us = $5 where account = $1 and way_id = $2 \
             and folder = $3 and name = $4 and state = 'waiting' and ready_us > $5",
            (account, key, folder, name, now_us),
        )
        .await?;
    Ok(())
}

/// Makes a hosted file one that came.
async fn take(
    write: &mut Write,
    key: Uuid,
    door: Door,
    hosted: Uuid,
    intake: Option<Uuid>,
    rest_s: i64,
) -> Result<()> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    let (folder, name, size_bytes, hash): (String, String, i64, Option<Vec<u8>>) = write
        .tx()
        .fetch_one(
            "select folder, name, size_bytes, hash from hosted_file where account = $1 and id = $2",
            (account, hosted),
        )
        .await?;
    let below = folder.split_once('/').map_or("", |(_, below)| below).to_owned();
    let arrival = NewFile {
        id,
        intake,
        way: door.way(),
        way_id: key,
        // A file that is renamed is one arrival
        arrival: hosted.to_string(),
        folder: below,
        name,
        size_bytes,
        hash: hash.ok_or(Code::Internal)?,
        ready_us: now_us + rest_s * 1_000_000,
    };
    if insert(write, &arrival).await? {
        write
            .tx()
            .execute(
                "update hosted_file set received = $3 where account = $1 and id = $2",
                (account, hosted, id),
            )
            .await?;
    }
    Ok(())
}

/// A file that came by some way.
#[derive(Debug)]
pub(in crate::exchange) struct NewFile {
    pub(in crate::exchange) id: Uuid,
    pub(in crate::exchange) intake: Option<Uuid>,
    pub(in crate::exchange) way: &'static str,
    pub(in crate::exchange) way_id: Uuid,
    pub(in crate::exchange) arrival: String,
    pub(in crate::exchange) folder: String,
    pub(in crate::exchange) name: String,
    pub(in crate::exchange) size_bytes: i64,
    pub(in crate::exchange) hash: Vec<u8>,
    pub(in crate::exchange) ready_us: i64,
}

/// Notes a file that came; false when this arrival was noted before with an intake. One that fitted none then and fits
/// one now, after it was renamed, is given to that.
pub(in crate::exchange) async fn insert(write: &mut Write, arrival: &NewFile) -> Result<bool> {
    let (account, now_us) = (write.account(), write.now_us);
    let state = if arrival.intake.is_some() { "waiting" } else { "unmatched" };
    let written = write
        .tx()
        .execute(
            "insert into received_file (account, id, intake, way, way_id, arrival, folder, name, size_bytes, hash, state, \
             ready_us, received_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             on conflict (account, way, arrival) do nothing",
            (
                account,
                arrival.id,
                arrival.intake,
                arrival.way,
                arrival.way_id,
                arrival.arrival.as_str(),
                arrival.folder.as_str(),
                arrival.name.as_str(),
                arrival.size_bytes,
                arrival.hash.as_slice(),
                state,
                arrival.ready_us,
                now_us,
            ),
        )
        .await?;
    if written == 0 {
        renamed(write, arrival).await?;
        return Ok(false);
    }
    let told = FileTold {
        id: arrival.id,
        intake: arrival.intake,
        folder: arrival.folder.clone(),
        name: arrival.name.clone(),
        size_bytes: arrival.size_bytes,
    };
    write.event(&FILE_ARRIVED, arrival.id, &told)?;
    write.touch(TOPIC);
    if arrival.intake.is_none() {
        let told = Told {
            kind: FILE_UNMATCHED,
            subject: Some(("received_file", arrival.id)),
            // Many files of one folder are one notice
            cause: format!("{}/{}", arrival.way_id, arrival.folder),
            detail: [("file", arrival.name.clone()), ("folder", format!("in/{}", arrival.folder))].into(),
        };
        tell(write, told).await?;
    }
    reference::refer(write, ("received_file", arrival.id, arrival.id), &arrival.hash, &arrival.name).await?;
    Ok(true)
}

async fn renamed(write: &mut Write, arrival: &NewFile) -> Result<()> {
    if arrival.intake.is_none() {
        return Ok(());
    }
    let account = write.account();
    write
        .tx()
        .execute(
            "update received_file set intake = $4, folder = $5, name = $6, state = 'waiting', ready_us = $7 \
             where account = $1 and way = $2 and arrival = $3 and state = 'unmatched'",
            (
                account,
                arrival.way,
                arrival.arrival.as_str(),
                arrival.intake,
                arrival.folder.as_str(),
                arrival.name.as_str(),
                arrival.ready_us,
            ),
        )
        .await?;
    Ok(())
}

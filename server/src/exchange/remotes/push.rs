//! Files of exports on their way to a customer's server: written under a part name, checked, renamed.

use campo_protocol::{model::Ref, text::hex};
use campo_remote_files::{Cause, Session, Step, join};
use futures_util::TryStreamExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    definition::Loaded,
    trouble::{Stop, Trouble},
};
use crate::{
    access::{Allowed, permissions::ManageExchange},
    app::App,
    exchange::{
        TOPIC,
        placing::{NAMES, beside},
    },
    files::upload::{FileRow, unavailable},
    jobs::Claim,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// Files that are brought in one job at most; the rest comes with the next.
const AT_ONCE: i64 = 200;

#[derive(Debug, FromRow)]
struct Delivery {
    id: Uuid,
    run: Uuid,
    folder: String,
    name: String,
    state: String,
    number: i64,
    hash: Option<Vec<u8>>,
}

impl Delivery {
    /// Nobody takes a name that ends so; another run of the export has another one.
    fn part(&self) -> String {
        format!("{}.{}.part", self.name, &self.id.simple().to_string()[24..])
    }
}

/// Notes that a file that leaves is to be brought to a server, in the transaction that made it. The column `run` names
/// the file; that of a table has the id of its run.
pub(in crate::exchange) async fn order(
    write: &mut Write,
    outgoing: Uuid,
    remote: &Ref,
    folder: &str,
    name: &str,
) -> Result<()> {
    let Some(remote) = remote.id() else { return Ok(()) };
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    write
        .tx()
        .execute(
            "insert into export_delivery (account, id, run, remote, folder, name, state, created_us) \
             values ($1, $2, $3, $4, $5, $6, 'waiting', $7)",
            (account, id, outgoing, remote, folder, name, now_us),
        )
        .await?;
    // One that is not known, or waits for a person, is left as it is
    write
        .tx()
        .execute(
            "update remote set next_us = $3 where account = $1 and id = $2 and state = 'enabled' \
             and failures = 0 and offered is null",
            (account, remote, now_us),
        )
        .await?;
    Ok(())
}

/// Brings what waits, in the order in which it was made.
pub(super) async fn push(
    app: &App,
    claim: &Claim,
    allowed: &Allowed<ManageExchange>,
    loaded: &Loaded,
    session: &mut Session,
) -> std::result::Result<(), Stop> {
    let waiting: Vec<Delivery> = app
        .db
        .fetch_all(
            "select d.id, d.run, d.folder, d.name, d.state, coalesce(o.number, r.number, 0) as number, \
             coalesce(o.hash, r.hash) as hash from export_delivery d \
             left join outgoing_file o on o.account = d.account and o.id = d.run \
             left join export_run r on r.account = d.account and r.id = d.run \
             where d.account = $1 and d.remote = $2 and d.state <> 'delivered' order by d.created_us, d.id limit $3",
            (claim.account, loaded.remote.id, AT_ONCE),
        )
        .await?;
    for mut delivery in waiting {
        bring(app, claim, allowed, loaded, session, &mut delivery).await?;
    }
    Ok(())
}

async fn bring(
    app: &App,
    claim: &Claim,
    allowed: &Allowed<ManageExchange>,
    loaded: &Loaded,
    session: &mut Session,
    delivery: &mut Delivery,
) -> std::result::Result<(), Stop> {
    let theirs = |fault: &campo_remote_files::Fault| Trouble::of_fault(fault, &loaded.secrets);
    let folder = loaded.remote.draft.below(&delivery.folder);
    let original = delivery.part();
    let part = join(&folder, &original);
    let file = file(app, claim.account, delivery).await?;
    let size_bytes = file.size_bytes.unsigned_abs();
    if delivery.state == "renaming" {
        // All of it was there; where it is no longer, it was renamed, and may be taken by now
        if session.size(&part).await.map_err(|fault| theirs(&fault))?.is_none() {
            return Ok(note(app, claim, allowed, delivery, "delivered").await?);
        }
    } else {
        let mut writer = session.write(&part).await.map_err(|fault| theirs(&fault))?;
        let content = app.store.read(&file.place(claim.account)?, 0..size_bytes).await;
        let mut content = content.map_err(|error| unavailable(&error))?;
        while let Some(block) = content.try_next().await.map_err(|error| unavailable(&error))? {
            writer.write(&block).await.map_err(|fault| theirs(&fault))?;
        }
        writer.end().await.map_err(|fault| theirs(&fault))?;
    }
    session.verify(&part, size_bytes).await.map_err(|fault| theirs(&fault))?;
    let name = delivery.name.clone();
    for attempt in 0..NAMES {
        delivery.name = beside(&name, delivery.number, attempt);
        let target = join(&folder, &delivery.name);
        if session.size(&target).await.is_ok_and(|there| there.is_some()) {
            continue;
        }
        keep_part_name(app, claim, allowed, delivery).await?;
        match session.publish(&part, &target).await {
            Ok(()) => return Ok(note(app, claim, allowed, delivery, "delivered").await?),
            Err(fault) if fault.cause == Cause::Exists => {}
            Err(fault) => return Err(theirs(&fault).into()),
        }
    }
    Err(Trouble::new(Step::Rename.name(), "exists").into())
}

/// From now on the part is all there, and the file only has to be renamed.
async fn keep_part_name(
    app: &App,
    claim: &Claim,
    allowed: &Allowed<ManageExchange>,
    delivery: &Delivery,
) -> Result<()> {
    if delivery.state == "renaming" {
        return Ok(());
    }
    note(app, claim, allowed, delivery, "renaming").await
}

async fn note(
    app: &App,
    claim: &Claim,
    allowed: &Allowed<ManageExchange>,
    delivery: &Delivery,
    state: &str,
) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Import).await?;
    claim.go_on(app, &mut write).await?;
    let delivered_us = (state == "delivered").then_some(write.now_us);
    write
        .tx()
        .execute(
            "update export_delivery set state = $3, delivered_us = $4 where account = $1 and id = $2",
            (claim.account, delivery.id, state, delivered_us),
        )
        .await?;
    if delivered_us.is_some() {
        write
            .tx()
            .execute(
                "update outgoing_file set delivered_us = $3 where account = $1 and id = $2",
                (claim.account, delivery.run, delivered_us),
            )
            .await?;
        write.touch(TOPIC);
    }
    write.commit().await.map(drop)
}

async fn file(app: &App, account: i64, delivery: &Delivery) -> Result<FileRow> {
    let hash = delivery.hash.as_deref().ok_or(Code::Gone)?;
    let file: Option<FileRow> = app
        .db
        .fetch_optional(
            "select hash, generation, size_bytes, media_type from file where account = $1 and hash = $2",
            (account, hash),
        )
        .await?;
    file.ok_or_else(|| Problem::internal(anyhow::anyhow!("the bytes {} of an export are gone", hex(hash))))
}

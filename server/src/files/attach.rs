//! Attaching stored files to tasks and points of interest. An attachment is part of the office's side of its owner: it
//! makes a new version of it, and shows it anew to the phones that have it.

use campo_protocol::{entry::hash_from, faults::Faults};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    attached::{AttachedFile, attached_to},
    reference,
    upload::FileRow,
};
use crate::{
    access::{Allowed, Permission},
    api::{
        edit::{Created, Made, Once},
        time::Instant,
    },
    app::App,
    database::Tx,
    log::{
        events::{TASK_CHANGED, TaskEvent},
        write::Write,
    },
    objects::{Edited, poi_views},
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// The most files of one task or point of interest; all of them travel in its JSON.
const MAX_FILES: i64 = 50;
/// The most characters of a name.
const MAX_NAME: usize = 200;

/// What files are attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerKind {
    /// A task
    Task,
    /// A point of interest
    Poi,
}

impl OwnerKind {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Poi => "poi",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Task => "tasks",
            Self::Poi => "pois",
        }
    }
}

/// A file to attach.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttachment {
    /// The hash that `POST /v1/files` answered
    pub hash: String,
    /// The name that people read
    pub name: String,
}

/// Attaches a stored file.
pub(super) async fn attach<P: Permission>(
    app: &App,
    allowed: &Allowed<P>,
    (kind, reference): (OwnerKind, &str),
    new: &NewAttachment,
    once: &Once,
) -> Result<Created> {
    let request = (kind.name(), reference, new);
    once.make(app, allowed, &request, async |write| {
        let account = write.account();
        let owner = find(write.tx(), account, kind, reference).await?;
        let attached = to(write, kind, owner, new).await?;
        Ok(Made::new(format!("/v1/{}/{owner}/files/{}", kind.path(), attached.id), attached))
    })
    .await
}

/// Attaches it to its owner.
async fn to(write: &mut Write, kind: OwnerKind, owner: Uuid, new: &NewAttachment) -> Result<AttachedFile> {
    let file = check(write, kind, owner, new).await?;
    let (id, now_us) = (write.new_id(), write.now_us);
    reference::refer(write, (kind.name(), owner, id), &file.hash[..], &new.name).await?;
    change_owner(write, kind, owner).await?;
    Ok(AttachedFile {
        id,
        hash: campo_protocol::text::hex(&file.hash),
        name: new.name.clone(),
        size_bytes: file.size_bytes,
        media_type: file.media_type,
        attached_at: Instant(now_us),
    })
}

/// Detaches a file. Its bytes are swept later, when nothing else refers to them.
pub(super) async fn detach<P: Permission>(
    app: &App,
    allowed: &Allowed<P>,
    (kind, reference): (OwnerKind, &str),
    id: Uuid,
) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let account = write.account();
    let owner = find(write.tx(), account, kind, reference).await?;
    let removed = write
        .tx()
        .execute(
            "delete from file_reference where account = $1 and owner_kind = $2 and owner = $3 and id = $4",
            (account, kind.name(), owner, id),
        )
        .await?;
    if removed == 0 {
        return Err(Code::NotFound.into());
    }
    change_owner(&mut write, kind, owner).await?;
    write.commit().await?;
    Ok(())
}

/// What is attached.
pub(super) async fn list<P: Permission>(
    app: &App,
    allowed: &Allowed<P>,
    (kind, reference): (OwnerKind, &str),
) -> Result<Vec<AttachedFile>> {
    let account = allowed.account();
    let mut tx = app.db.begin_snapshot().await?;
    let owner = find(&mut tx, account, kind, reference).await?;
    let mut attached = attached_to(&mut tx, kind, &[(account, owner)]).await?;
    tx.rollback().await;
    Ok(attached.remove(&(account, owner)).unwrap_or_default())
}

/// The task or point of interest behind a reference: an id, or `number:` and the customer's number.
async fn find(tx: &mut Tx, account: i64, kind: OwnerKind, reference: &str) -> Result<Uuid> {
    let found: Option<(Uuid,)> = match (kind, reference.strip_prefix("number:")) {
        (OwnerKind::Task, Some(number)) => {
            let number: i64 = number.parse().map_err(|_| Problem::new(Code::NotFound))?;
            tx.fetch_optional(
                "select id from task where account = $1 and task_number = $2 and state <> 'deleted'",
                (account, number),
            )
            .await?
        }
        (OwnerKind::Poi, Some(number)) => {
            tx.fetch_optional(
                "select id from object where account = $1 and kind = 'poi' and code = $2 and state <> 'deleted'",
                (account, number),
            )
            .await?
        }
        (kind, None) => {
            let id: Uuid = reference.parse().map_err(|_| Problem::new(Code::NotFound))?;
            match kind {
                OwnerKind::Task => {
                    tx.fetch_optional(
                        "select id from task where account = $1 and id = $2 and state <> 'deleted'",
                        (account, id),
                    )
                    .await?
                }
                OwnerKind::Poi => {
                    tx.fetch_optional(
                        "select id from object where account = $1 and kind = 'poi' and id = $2 and state <> 'deleted'",
                        (account, id),
                    )
                    .await?
                }
            }
        }
    };
    found.map(|row| row.0).ok_or_else(|| Code::NotFound.into())
}

async fn check(write: &mut Write, kind: OwnerKind, owner: Uuid, new: &NewAttachment) -> Result<FileRow> {
    let account = write.account();
    let mut faults = Faults::default();
    faults.check_required_text("/name", &new.name, MAX_NAME);
    let (count,): (i64,) = write
        .tx()
        .fetch_one(
            "select count(*) from file_reference where account = $1 and owner_kind = $2 and owner = $3",
            (account, kind.name(), owner),
        )
        .await?;
    if count >= MAX_FILES {
        faults.add("", "too_many", &(count + 1).to_string(), format!("at most {MAX_FILES}"));
    }
    let file: Option<FileRow> = match hash_from(&new.hash) {
        Some(hash) => write
            .tx()
            .fetch_optional(
                "select hash, generation, size_bytes, media_type from file where account = $1 and hash = $2",
                (account, &hash[..]),
            )
            .await?,
        None => None,
    };
    if file.is_none() {
        faults.add("/hash", "unknown_file", &new.hash, "the hash of a file that was stored before");
    }
    faults.into_result()?;
    file.ok_or_else(|| Code::ValidationFailed.into())
}

async fn change_owner(write: &mut Write, kind: OwnerKind, owner: Uuid) -> Result<()> {
    match kind {
        OwnerKind::Task => change_task(write, owner).await,
        OwnerKind::Poi => change_poi(write, owner).await,
    }
}

async fn change_task(write: &mut Write, task: Uuid) -> Result<()> {
    let (account, now_us, author) = (write.account(), write.now_us, write.principal);
    let (version, fields): (i64, String) = write
        .tx()
        .fetch_one("select version, fields from task where account = $1 and id = $2", (account, task))
        .await?;
    write
        .tx()
        .execute(
            "insert into task_version (account, id, version, fields, author, author_id, replaced_us) \
             values ($1, $2, $3, $4, $5, $6, $7)",
            (account, task, version, fields, author.kind(), author.id(), now_us),
        )
        .await?;
    write
        .tx()
        .execute(
            "update task set version = version + 1, listed_version = listed_version + 1, updated_us = $3, files = (select count(*) from file_reference r \
             where r.account = $1 and r.owner_kind = 'task' and r.owner = $2) where account = $1 and id = $2",
            (account, task, now_us),
        )
        .await?;
    write.task_event(TaskEvent { kind: TASK_CHANGED, task, version: version + 1 });
    Ok(())
}

async fn change_poi(write: &mut Write, poi: Uuid) -> Result<()> {
    let (account, now_us, author) = (write.account(), write.now_us, write.principal);
    let (version, body): (i64, String) = write
        .tx()
        .fetch_one(
            "select version, body from object where account = $1 and kind = 'poi' and id = $2",
            (account, poi),
        )
        .await?;
    write
        .tx()
        .execute(
            "insert into object_version (account, kind, id, version, body, author, author_id, replaced_us) \
             values ($1, 'poi', $2, $3, $4, $5, $6, $7)",
            (account, poi, version, body.as_str(), author.kind(), author.id(), now_us),
        )
        .await?;
    write
        .tx()
        .execute(
            "update object set version = version + 1, listed_version = listed_version + 1, updated_us = $3 \
             where account = $1 and kind = 'poi' and id = $2",
            (account, poi, now_us),
        )
        .await?;
    write.directory_changed();
    for (_, view) in poi_views(write.tx(), vec![Edited { account, id: poi, moved: false }]).await? {
        write.view(view);
    }
    Ok(())
}

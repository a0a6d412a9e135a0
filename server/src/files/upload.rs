//! From a stream of bytes to a stored file: bytes first, then the row, then the answer.

use std::io;

use campo_protocol::text::hex;
use futures_util::{Stream, StreamExt as _};
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{
    complete,
    store::{Draft, Place},
};
use crate::{
    access::{Allowed, Permission},
    app::App,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// A file that is stored durably.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StoredFile {
    /// SHA-256 of its bytes, hexadecimal
    pub hash: String,
    /// Its length
    pub size_bytes: i64,
    /// Such as `image/jpeg`, as its first upload said
    pub media_type: String,
}

/// A row of `file`.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct FileRow {
    pub hash: Vec<u8>,
    pub generation: uuid::Uuid,
    pub size_bytes: i64,
    pub media_type: String,
}

impl FileRow {
    /// Where its bytes are.
    pub fn place(&self, account: i64) -> Result<Place> {
        Ok(Place { account, hash: hash_of(&self.hash)?, generation: self.generation })
    }
}

/// Stores what `body` brings. When this returns, the bytes are durable and the row is committed; the same content
/// again gets the same answer. Entries that waited for the file and have all of theirs now are complete.
pub async fn store<P: Permission, B: AsRef<[u8]>, E>(
    app: &App,
    allowed: &Allowed<P>,
    class: Class,
    media_type: &str,
    body: impl Stream<Item = Result<B, E>>,
) -> Result<StoredFile> {
    store_up_to(app, allowed, class, media_type, app.limits.file_bytes as u64, body).await
}

/// The same with a bound of its own on the length.
pub async fn store_up_to<P: Permission, B: AsRef<[u8]>, E>(
    app: &App,
    allowed: &Allowed<P>,
    class: Class,
    media_type: &str,
    limit_bytes: u64,
    body: impl Stream<Item = Result<B, E>>,
) -> Result<StoredFile> {
    let draft = receive(app, allowed.account(), limit_bytes, body).await?;
    commit(app, allowed, class, media_type, draft).await
}

/// SHA-256 from a column.
pub fn hash_of(stored: &[u8]) -> Result<[u8; 32]> {
    stored
        .try_into()
        .map_err(|_| Problem::internal(anyhow::anyhow!("a stored hash has {} bytes", stored.len())))
}

/// What a failure of the store is for the caller: nothing is lost, it is sent again later.
pub(crate) fn unavailable(error: &io::Error) -> Problem {
    tracing::error!(%error, "the store of files does not work");
    Problem::new(match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::StorageFull,
        _ => Code::Unavailable,
    })
}

/// Takes the bytes of a file, at most `limit_bytes`.
pub(crate) async fn receive<B: AsRef<[u8]>, E>(
    app: &App,
    account: i64,
    limit_bytes: u64,
    body: impl Stream<Item = Result<B, E>>,
) -> Result<Draft> {
    let mut body = std::pin::pin!(body);
    let name = app.environment.uuid();
    let mut draft = app.store.begin(account, name).await.map_err(|error| unavailable(&error))?;
    while let Some(part) = body.next().await {
        let part = part.map_err(|_| Code::BodyIncomplete)?;
        if draft.size_bytes() + part.as_ref().len() as u64 > limit_bytes {
            return Err(Problem::new(Code::PayloadTooLarge).with("limit_bytes", limit_bytes));
        }
        draft.write(part.as_ref()).await.map_err(|error| unavailable(&error))?;
    }
    Ok(draft)
}

/// Bytes that are durable, and no file yet.
#[derive(Debug)]
pub(crate) struct Published {
    place: Place,
    size_bytes: i64,
}

/// Makes bytes durable.
pub(crate) async fn publish(app: &App, draft: Draft) -> Result<Published> {
    let size_bytes = draft.size_bytes() as i64;
    let generation = app.environment.uuid();
    let place = app.store.publish(draft, generation).await.map_err(|error| unavailable(&error))?;
    Ok(Published { place, size_bytes })
}

/// Makes a file durable and commits its row. Entries that waited for it and have all of theirs now are complete.
pub(crate) async fn commit<P: Permission>(
    app: &App,
    allowed: &Allowed<P>,
    class: Class,
    media_type: &str,
    draft: Draft,
) -> Result<StoredFile> {
    let published = publish(app, draft).await?;
    let mut files = commit_all(app, allowed, class, media_type, vec![published]).await?;
    files.pop().ok_or_else(|| Code::Internal.into())
}

/// Commits the rows of files whose bytes are durable, in their order.
pub(crate) async fn commit_all<P: Permission>(
    app: &App,
    allowed: &Allowed<P>,
    class: Class,
    media_type: &str,
    published: Vec<Published>,
) -> Result<Vec<StoredFile>> {
    let mut write = app.log.begin(allowed, class).await?;
    let now_us = write.now_us;
    let (mut files, mut second, mut incomplete) = (Vec::new(), Vec::new(), Vec::new());
    for Published { place, size_bytes } in published {
        let row: FileRow = write
            .tx()
            .fetch_one(
                "insert into file (account, hash, generation, size_bytes, media_type, created_us) \
                 values ($1, $2, $3, $4, $5, $6) \
                 on conflict (account, hash) do update set created_us = excluded.created_us \
                 returning hash, generation, size_bytes, media_type",
                (place.account, &place.hash[..], place.generation, size_bytes, media_type, now_us),
            )
            .await?;
        if complete::of_file(&mut write, &place.hash).await? {
            incomplete.push(place.hash);
        }
        files.push(StoredFile {
            hash: hex(&row.hash),
            size_bytes: row.size_bytes,
            media_type: row.media_type.clone(),
        });
        if row.generation != place.generation {
            second.push(place);
        }
    }
    write.commit().await?;
    for place in second {
        if let Err(error) = app.store.remove(&place).await {
            tracing::warn!(%error, "a second copy of a file stays until the sweep");
        }
    }
    for hash in incomplete {
        complete::rest_of_file(app, allowed, class, &hash).await?;
    }
    Ok(files)
}

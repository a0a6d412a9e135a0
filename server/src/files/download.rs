//! The bytes of a file, for whoever may see what was captured.

use std::{io, ops::Range};

use campo_protocol::entry::hash_from;
use futures_util::StreamExt as _;

use super::{
    store::Content,
    upload::{FileRow, unavailable},
};
use crate::{
    access::{Allowed, permissions::ViewEntries},
    app::App,
    problem::{Code, Problem, Result},
};

/// The row of a file; `hash` is hexadecimal.
pub(super) async fn find(app: &App, allowed: &Allowed<ViewEntries>, hash: &str) -> Result<FileRow> {
    let hash = hash_from(hash).ok_or(Code::NotFound)?;
    app.db
        .fetch_optional(
            "select hash, generation, size_bytes, media_type from file where account = $1 and hash = $2",
            (allowed.account(), &hash[..]),
        )
        .await?
        .ok_or_else(|| Code::NotFound.into())
}

/// The bytes of a file in `range`. One that was swept since it was found is not found.
pub(super) async fn read(
    app: &App,
    allowed: &Allowed<ViewEntries>,
    file: &FileRow,
    range: Range<u64>,
) -> Result<Content> {
    let place = file.place(allowed.account())?;
    match app.store.read(&place, range).await {
        Ok(content) => Ok(content),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let again = find(app, allowed, &campo_protocol::text::hex(&file.hash)).await?;
            if again.generation == file.generation {
                return Err(Problem::internal(anyhow::anyhow!(
                    "{} is not in the store",
                    place.path().display()
                )));
            }
            Err(Code::NotFound.into())
        }
        Err(error) => Err(unavailable(&error)),
    }
}

/// The bytes of a whole file.
pub async fn whole(app: &App, allowed: &Allowed<ViewEntries>, hash: &str) -> Result<Vec<u8>> {
    let file = find(app, allowed, hash).await?;
    let size_bytes = u64::try_from(file.size_bytes).unwrap_or_default();
    let mut content = read(app, allowed, &file, 0..size_bytes).await?;
    let mut bytes = Vec::new();
    while let Some(part) = content.next().await {
        bytes.extend(part.map_err(|error| unavailable(&error))?);
    }
    Ok(bytes)
}

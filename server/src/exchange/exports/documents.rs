//! Files of a run beside, or instead of, a table: a document for each entry, and the files that entries mention. Each has
//! an id that is the same whenever it is made again, so that what was placed before a crash is not made twice.

use std::collections::HashMap;

use campo_file_names::NameTemplate;
use campo_protocol::entry::hash_from;
use serde_json::Value;
use uuid::Uuid;

use super::{make::Making, read::Row, what::ExportFormat};
use crate::{
    app::App,
    channels::target::Document,
    events::EventShown,
    exchange::placing::{self, Outgoing, moment},
    files::upload::{self, StoredFile, unavailable},
    notifications::{format::Source, send},
    problem::{Problem, Result},
    scheduler::Class,
};

/// Files that are placed in one transaction.
const AT_ONCE: usize = 100;

/// What was placed of a page.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// Entries that have a document
    pub(super) documents: i64,
    pub(super) size_bytes: i64,
}

/// Files as their page names them, by what tells each from the others of the run.
struct Mention {
    id: Uuid,
    name: String,
    hash: String,
}

/// Places the documents of a page and the files that its entries mention.
pub(super) async fn place(making: &Making<'_>, page: &[Row]) -> Result<Placed> {
    let entries: Vec<(&EventShown, &Value)> = page
        .iter()
        .filter_map(|row| match row {
            Row::Entry(event, json) => Some((event.as_ref(), json)),
            _ => None,
        })
        .collect();
    let mut placed = Placed::default();
    let of_documents = making.draft.format == ExportFormat::OfficeTrack;
    for entries in entries.chunks(AT_ONCE) {
        let mut with_documents = entries.to_vec();
        if of_documents {
            with_documents = documents(making, entries, &mut placed).await?;
        }
        if making.draft.photos {
            let mentions = with_documents.iter().flat_map(|(_, json)| mentions(making, json)).collect();
            let files = stored(making, mentions).await?;
            placed.size_bytes += files.iter().map(|file| file.file.size_bytes).sum::<i64>();
            put(making, files).await?;
        }
    }
    Ok(placed)
}

/// Makes and places the documents of entries; those that have one.
async fn documents<'r>(
    making: &Making<'_>,
    entries: &[(&'r EventShown, &'r Value)],
    placed: &mut Placed,
) -> Result<Vec<(&'r EventShown, &'r Value)>> {
    let origin = making.origin();
    let id = |event: &EventShown| origin.file_id(&event.subject.to_string());
    let before = there(making, entries.iter().map(|(event, _)| id(event)).collect()).await?;
    let name = NameTemplate::parse(&making.draft.file_name).map_err(Problem::internal)?;
    let moment = moment(&making.zone, making.row.begun_us)?;
    let (mut with_documents, mut published, mut named) = (Vec::new(), Vec::new(), Vec::new());
    for (event, json) in entries {
        if let Some(size_bytes) = before.get(&id(event)) {
            placed.size_bytes += size_bytes;
        } else {
            let Some(document) = document(making, event).await else { continue };
            let bytes = store(making.app, making.account(), &document).await?;
            published.push(bytes);
            named.push((id(event), name.name(moment, making.row.number, &event.subject.to_string())));
        }
        with_documents.push((*event, *json));
    }
    placed.documents += with_documents.len() as i64;
    let kind = "application/xml";
    let files = upload::commit_all(making.app, &making.allowed, Class::Import, kind, published).await?;
    placed.size_bytes += files.iter().map(|file| file.size_bytes).sum::<i64>();
    let files = named.into_iter().zip(files).map(|((id, name), file)| Outgoing { id, name, file });
    put(making, files.collect()).await?;
    Ok(with_documents)
}

/// The document of an entry; none where it has none. One of which none can be made is left out alone.
async fn document(making: &Making<'_>, event: &EventShown) -> Option<Vec<u8>> {
    let snapshot = event.snapshot.as_ref()?.get();
    let settings = making.draft.office_track.clone().unwrap_or_default();
    let source = Source {
        account: making.account(),
        position: event.position,
        id: event.id,
        kind: &event.kind,
        subject_kind: &event.subject_kind,
        subject: event.subject,
        created_us: event.created_at.0,
        snapshot: snapshot.as_bytes(),
    };
    match send::made(making.app, source, 1, &Document::OfficeTrack(settings)).await {
        Ok(document) => document,
        Err(fault) => {
            tracing::error!(account = making.account(), event = %event.id, %fault, "an entry is not exported");
            None
        }
    }
}

async fn store(app: &App, account: i64, bytes: &[u8]) -> Result<upload::Published> {
    let draft = app.store.begin(account, app.environment.uuid()).await;
    let mut draft = draft.map_err(|error| unavailable(&error))?;
    draft.write(bytes).await.map_err(|error| unavailable(&error))?;
    upload::publish(app, draft).await
}

/// The files that an entry mentions.
fn mentions(making: &Making<'_>, json: &Value) -> Vec<Mention> {
    let entry = json.pointer("/entry/id").and_then(Value::as_str).unwrap_or_default();
    let files = json.pointer("/entry/content/files").and_then(Value::as_array);
    let mut of_field: HashMap<String, usize> = HashMap::new();
    let mention = |(index, file): (usize, &Value)| {
        let hash = file.get("hash")?.as_str()?.to_owned();
        let field = file.get("field").and_then(Value::as_str).filter(|field| !field.is_empty());
        let field = plain(field.unwrap_or("file"));
        let count = of_field.entry(field.clone()).and_modify(|count| *count += 1).or_insert(1);
        let name = if *count > 1 { format!("{entry}_{field}_{count}") } else { format!("{entry}_{field}") };
        Some(Mention { id: making.origin().file_id(&format!("{entry}/{index}")), name, hash })
    };
    files.into_iter().flatten().enumerate().filter_map(mention).collect()
}

/// The letters, digits, `-` and `_` of a text.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' })
        .take(60)
        .collect()
}

/// Of the files that are mentioned those that came, with the endings of their kinds.
async fn stored(making: &Making<'_>, mentions: Vec<Mention>) -> Result<Vec<Outgoing>> {
    let account = making.account();
    let hashes: Vec<Vec<u8>> =
        mentions.iter().filter_map(|one| hash_from(&one.hash)).map(|hash| hash.to_vec()).collect();
    let mut tx = making.app.db.begin_snapshot().await?;
    let rows: Vec<(Vec<u8>, i64, String)> = tx
        .fetch_many(
            "a, h",
            (vec![account; hashes.len()], hashes),
            "select f.hash, f.size_bytes, f.media_type from k join file f on f.account = k.a and f.hash = k.h",
        )
        .await?;
    tx.rollback().await;
    let rows: HashMap<Vec<u8>, (i64, String)> =
        rows.into_iter().map(|(hash, size_bytes, kind)| (hash, (size_bytes, kind))).collect();
    let outgoing = |one: Mention| {
        let (size_bytes, media_type) = rows.get(&hash_from(&one.hash)?[..])?.clone();
        let name = format!("{}.{}", one.name, ending(&media_type));
        Some(Outgoing { id: one.id, name, file: StoredFile { hash: one.hash, size_bytes, media_type } })
    };
    Ok(mentions.into_iter().filter_map(outgoing).collect())
}

/// How the names of files of a kind end.
fn ending(media_type: &str) -> &'static str {
    match media_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/heic" => "heic",
        "image/gif" => "gif",
        "image/avif" => "avif",
        "image/svg+xml" => "svg",
        "application/pdf" => "pdf",
        "audio/mp4" | "audio/m4a" | "audio/x-m4a" => "m4a",
        "audio/mpeg" => "mp3",
        "video/mp4" => "mp4",
        "text/plain" => "txt",
        _ => "bin",
    }
}

/// Places files, those that were placed before left out.
async fn put(making: &Making<'_>, files: Vec<Outgoing>) -> Result<()> {
    let before = there(making, files.iter().map(|file| file.id).collect()).await?;
    let files: Vec<Outgoing> = files.into_iter().filter(|file| !before.contains_key(&file.id)).collect();
    for files in files.chunks(AT_ONCE) {
        let mut write = making.app.log.begin(&making.allowed, Class::Import).await?;
        making.claim.go_on(making.app, &mut write).await?;
        for file in files {
            placing::place(&mut write, making.origin(), &making.to, file).await?;
        }
        write.commit().await?;
    }
    Ok(())
}

/// Of these files those that were placed, with their lengths.
async fn there(making: &Making<'_>, ids: Vec<Uuid>) -> Result<HashMap<Uuid, i64>> {
    let mut tx = making.app.db.begin_snapshot().await?;
    let rows: Vec<(Uuid, i64)> = tx
        .fetch_many(
            "a, i",
            (vec![making.account(); ids.len()], ids),
            "select o.id, o.size_bytes from k join outgoing_file o on o.account = k.a and o.id = k.i",
        )
        .await?;
    tx.rollback().await;
    Ok(rows.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_in_a_name_is_plain() {
        assert_eq!(plain("foto/1 ñ"), "foto_1__");
        assert_eq!((ending("image/jpeg"), ending("x/y")), ("jpg", "bin"));
    }
}

//! Restoring a backup into an empty database of either kind.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use campo_protocol::text::hex;
use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use super::{BackupError, FORMAT, MANIFEST, Manifest, part, schema};
use crate::{
    app::App,
    database::{
        Tx,
        schema::{Table, tables},
        tables::Cell,
    },
    files::store::Place,
    secrets::same,
    server_setting,
};

/// Tables that a server fills by itself before anybody uses it.
const FILLED_AT_START: [&str; 3] = ["server_setting", "heartbeat", "duty"];

/// Restores the backup in `folder` and begins a new epoch, which it returns with what was restored. Nothing is changed
/// before every part was read and found whole; the rows come in one transaction after the files, so that a restore that
/// was broken off is begun again. No server may work on the database meanwhile.
pub async fn restore(app: &App, folder: &Path) -> Result<(Manifest, Uuid), BackupError> {
    let manifest = manifest(app, folder)?;
    let tables = tables();
    refuse_unless_empty(app, &tables).await?;
    verify(folder, &manifest, &tables).await?;
    let files = files(folder, &tables).await?;
    for (place, size_bytes) in &files {
        verify_file(folder, place, *size_bytes).await?;
    }
    for (place, _) in &files {
        restore_file(app, folder, place).await?;
    }
    let mut tx = app.db.begin().await?;
    for table in &tables {
        restore_table(&mut tx, folder, table, &manifest).await?;
    }
    let epoch = server_setting::set_epoch(&mut tx, &app.environment).await?;
    tx.commit().await?;
    Ok((manifest, epoch))
}

fn manifest(app: &App, folder: &Path) -> Result<Manifest, BackupError> {
    let path = folder.join(MANIFEST);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(BackupError::NotABackup(folder.to_owned()));
        }
        text => text.map_err(BackupError::io(&path))?,
    };
    let damaged = |error: serde_json::Error| BackupError::damaged(&path, error.to_string());
    let value: serde_json::Value = serde_json::from_str(&text).map_err(damaged)?;
    // a later format may have another shape
    match value["format"].as_i64() {
        Some(format) if format != FORMAT => return Err(BackupError::Format(format)),
        _ => {}
    }
    let manifest: Manifest = serde_json::from_value(value).map_err(damaged)?;
    if manifest.schema != schema() {
        let (found, expected, release) = (manifest.schema, schema(), manifest.release);
        return Err(BackupError::Schema { found, expected, release });
    }
    if !same(manifest.secret_check.as_bytes(), hex(&app.secrets.check_value()).as_bytes()) {
        return Err(BackupError::OtherSecret);
    }
    Ok(manifest)
}

async fn refuse_unless_empty(app: &App, tables: &[Table]) -> Result<(), BackupError> {
    let mut tx = app.db.begin_snapshot().await?;
    for table in tables.iter().filter(|table| !FILLED_AT_START.contains(&table.name)) {
        if !tx.is_empty(table).await? {
            return Err(BackupError::NotEmpty(table.name));
        }
    }
    tx.rollback().await;
    Ok(())
}

async fn verify(folder: &Path, manifest: &Manifest, tables: &[Table]) -> Result<(), BackupError> {
    let named: BTreeSet<&str> = manifest.parts.iter().map(|part| part.table.as_str()).collect();
    if named != tables.iter().map(|table| table.name).collect() || named.len() != manifest.parts.len() {
        return Err(BackupError::damaged(folder.join(MANIFEST), "it names other tables"));
    }
    for part in &manifest.parts {
        let path = part::path(folder, &part.table);
        if part::hash(&path).await?.0 != part.sha256 {
            return Err(BackupError::damaged(path, "its SHA-256 is another one than in the manifest"));
        }
    }
    Ok(())
}

/// Every file that the table `file` names, with its length.
async fn files(folder: &Path, tables: &[Table]) -> Result<Vec<(Place, i64)>, BackupError> {
    let Some(table) = tables.iter().find(|table| table.name == "file") else { return Ok(Vec::new()) };
    let position = |name| table.columns.iter().position(|column| column.name == name).unwrap_or(usize::MAX);
    let (account, hash, generation, size) =
        (position("account"), position("hash"), position("generation"), position("size_bytes"));
    let mut files = Vec::new();
    let mut batches = part::rows(folder, table);
    while let Some(batch) = batches.recv().await {
        for row in batch? {
            let file =
                match (row.get(account), row.get(hash), row.get(generation), row.get(size)) {
                    (
                        Some(Cell::Integer(account)),
                        Some(Cell::Bytes(hash)),
                        Some(Cell::Uuid(generation)),
                        Some(Cell::Integer(size_bytes)),
                    ) => hash.as_slice().try_into().ok().map(|hash| {
                        (Place { account: *account, hash, generation: *generation }, *size_bytes)
                    }),
                    _ => None,
                };
            let path = || part::path(folder, table.name);
            files.push(file.ok_or_else(|| BackupError::damaged(path(), "a row is none of a file"))?);
        }
    }
    Ok(files)
}

fn in_backup(folder: &Path, place: &Place) -> PathBuf {
    folder.join("files").join(place.path())
}

async fn verify_file(folder: &Path, place: &Place, size_bytes: i64) -> Result<(), BackupError> {
    let path = in_backup(folder, place);
    if !path.exists() {
        return Err(BackupError::damaged(path, "it is missing, and a row names it"));
    }
    let (hash, length) = part::hash(&path).await?;
    if hash != hex(&place.hash) || length as i64 != size_bytes {
        return Err(BackupError::damaged(path, "its content is not that of its name"));
    }
    Ok(())
}

async fn restore_file(app: &App, folder: &Path, place: &Place) -> Result<(), BackupError> {
    let path = in_backup(folder, place);
    let io = || BackupError::io(&path);
    let mut draft = app.store.begin(place.account, app.environment.uuid()).await.map_err(io())?;
    let file = tokio::fs::File::open(&path).await.map_err(io())?;
    let mut blocks = std::pin::pin!(blocks(file));
    while let Some(block) = blocks.next().await {
        draft.write(&block.map_err(io())?).await.map_err(io())?;
    }
    let stored = app.store.publish(draft, place.generation).await.map_err(io())?;
    if stored == *place { Ok(()) } else { Err(BackupError::damaged(&path, "it changed while it was read")) }
}

fn blocks(file: tokio::fs::File) -> impl stream::Stream<Item = std::io::Result<Vec<u8>>> {
    use tokio::io::AsyncReadExt as _;
    stream::try_unfold(file, async |mut file| {
        let mut block = vec![0; 256 * 1024];
        let count = file.read(&mut block).await?;
        block.truncate(count);
        Ok((count > 0).then_some((block, file)))
    })
}

async fn restore_table(
    tx: &mut Tx,
    folder: &Path,
    table: &Table,
    manifest: &Manifest,
) -> Result<(), BackupError> {
    if FILLED_AT_START.contains(&table.name) {
        tx.clear(table).await?;
    }
    let mut rows = 0;
    let mut batches = part::rows(folder, table);
    while let Some(batch) = batches.recv().await {
        let batch = batch?;
        rows += batch.len() as i64;
        tx.insert_rows(table, &batch).await?;
    }
    let expected = manifest.parts.iter().find(|part| part.table == table.name).map(|part| part.rows);
    if expected == Some(rows) {
        Ok(())
    } else {
        let reason = format!("it has {rows} rows, and the manifest says {expected:?}");
        Err(BackupError::damaged(part::path(folder, table.name), reason))
    }
}

//! Making a backup while the server works.

use std::{
    fs,
    path::{Path, PathBuf},
};

use campo_protocol::text::hex;
use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;

use super::{BackupError, FORMAT, MANIFEST, Manifest, part, schema};
use crate::{
    api::time::Instant,
    app::App,
    database::{
        Tx,
        schema::{Table, tables},
    },
    files::{
        store::{Place, sync_folder},
        upload::hash_of,
    },
    problem::Problem,
    server_setting,
};

/// How many rows of files are read at a time.
const BATCH: i64 = 500;

/// Writes all that the server knows, as of one moment, into `folder`, which must not exist. It has that name only when
/// it is whole and durable. It must be done within a day: by then files may go that were removed since.
pub async fn make(app: &App, folder: &Path) -> Result<Manifest, BackupError> {
    let folder: &Path = &folder.components().collect::<PathBuf>(); // without a slash at the end
    if folder.exists() {
        return Err(BackupError::Exists(folder.to_owned()));
    }
    let mut partial = folder.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    if partial.exists() {
        return Err(BackupError::Remains(partial));
    }
    fs::create_dir_all(partial.join("tables")).map_err(BackupError::io(&partial))?;
    fs::create_dir(partial.join("files")).map_err(BackupError::io(&partial))?;

    let mut tx = app.db.begin_long_snapshot().await?;
    let mut manifest = Manifest {
        format: FORMAT,
        release: env!("CARGO_PKG_VERSION").to_owned(),
        schema: schema(),
        made_at: Instant(app.environment.now_us()),
        epoch: server_setting::epoch(&app.db).await?,
        secret_check: hex(&app.secrets.check_value()),
        parts: Vec::new(),
        files: 0,
        files_bytes: 0,
    };
    for table in tables() {
        manifest.parts.push(dump(&mut tx, &partial, &table).await?);
    }
    copy_files(app, &mut tx, &partial, &mut manifest).await?;
    tx.rollback().await;
    finish(&partial, folder, &manifest)?;
    Ok(manifest)
}

async fn dump(tx: &mut Tx, folder: &Path, table: &Table) -> Result<super::Part, BackupError> {
    let mut writer = part::Writer::new(folder, table);
    tx.each_row(table, async |cells| {
        writer.row(&cells).await;
        Ok(())
    })
    .await?;
    writer.finish().await
}

async fn copy_files(
    app: &App,
    tx: &mut Tx,
    folder: &Path,
    manifest: &mut Manifest,
) -> Result<(), BackupError> {
    let mut after: (i64, Vec<u8>) = (i64::MIN, Vec::new());
    loop {
        let rows: Vec<(i64, Vec<u8>, uuid::Uuid, i64)> = tx
            .fetch_all(
                "select account, hash, generation, size_bytes from file where (account, hash) > ($1, $2) \
                 order by account, hash limit $3",
                (after.0, after.1.clone(), BATCH),
            )
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.0, last.1.clone());
        for (account, hash, generation, size_bytes) in rows {
            let place = Place { account, hash: hash_of(&hash)?, generation };
            copy_file(app, &place, size_bytes, &folder.join("files").join(place.path())).await?;
            manifest.files += 1;
            manifest.files_bytes += size_bytes;
        }
    }
}

async fn copy_file(app: &App, place: &Place, size_bytes: i64, to: &Path) -> Result<(), BackupError> {
    let io = || BackupError::io(to);
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(io())?;
    }
    let from = place.path();
    let mut content = app.store.read(place, 0..size_bytes as u64).await.map_err(BackupError::io(from))?;
    let mut file = tokio::fs::File::create_new(to).await.map_err(io())?;
    while let Some(block) = content.next().await {
        file.write_all(&block.map_err(io())?).await.map_err(io())?;
    }
    file.flush().await.map_err(io())?;
    file.sync_all().await.map_err(io())
}

/// Makes every name durable, the manifest's last, and gives the folder its name.
fn finish(partial: &Path, folder: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    sync_tree(&partial.join("files"))?;
    sync_tree(&partial.join("tables"))?;
    let path = partial.join(MANIFEST);
    let text = serde_json::to_string_pretty(manifest).map_err(Problem::internal)?;
    fs::write(&path, text).map_err(BackupError::io(&path))?;
    fs::File::open(&path).and_then(|file| file.sync_all()).map_err(BackupError::io(&path))?;
    sync_folder(partial).map_err(BackupError::io(partial))?;
    fs::rename(partial, folder).map_err(BackupError::io(folder))?;
    match folder.parent() {
        Some(parent) => sync_folder(parent).map_err(BackupError::io(parent)),
        None => Ok(()),
    }
}

/// Syncs the names in a folder and in those below it.
fn sync_tree(folder: &Path) -> Result<(), BackupError> {
    for entry in fs::read_dir(folder).map_err(BackupError::io(folder))? {
        let path = entry.map_err(BackupError::io(folder))?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        }
    }
    sync_folder(folder).map_err(BackupError::io(folder))
}

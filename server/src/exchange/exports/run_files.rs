//! The files of a run, each of which is taken on its own.

use campo_protocol::text::hex;
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{definition::ExportDraft, run};
use crate::{
    access::{Allowed, permissions::ViewTransfers},
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    exchange::placing::Outgoing,
    files::{
        store::Content,
        upload::{FileRow, StoredFile, unavailable},
    },
    problem::{Code, Problem, Result},
};

/// A file of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ExportRunFile {
    /// Its id
    pub id: Uuid,
    /// Its name
    pub name: String,
    /// Its length
    pub size_bytes: i64,
    /// SHA-256 of its bytes, hexadecimal
    pub hash: String,
    /// When the customer took it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Instant>,
    /// When it was brought to the customer's server
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Instant>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    size_bytes: i64,
    hash: Vec<u8>,
    taken_us: Option<i64>,
    delivered_us: Option<i64>,
}

impl Row {
    fn shown(self) -> ExportRunFile {
        ExportRunFile {
            id: self.id,
            name: self.name,
            size_bytes: self.size_bytes,
            hash: hex(&self.hash),
            taken_at: self.taken_us.map(Instant),
            delivered_at: self.delivered_us.map(Instant),
        }
    }
}

/// The files of a run in order of their names.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<ViewTransfers>,
    run: Uuid,
    page: &PageQuery,
) -> Result<Page<ExportRunFile>> {
    let account = allowed.account();
    run::load(app, account, run).await?.ok_or(Code::NotFound)?;
    let limit = page.limit()?;
    let (name, id) = page.after::<(String, Uuid)>()?.unwrap_or_default();
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, name, size_bytes, hash, taken_us, delivered_us from outgoing_file \
             where account = $1 and origin = $2 and (name, id) > ($3, $4) order by name, id limit $5",
            (account, run, name, id, limit + 1),
        )
        .await?;
    let files = rows.into_iter().map(Row::shown).collect();
    Ok(Page::new(files, limit, |file: &ExportRunFile| (file.name.clone(), file.id)))
}

/// All files of a run.
pub(super) async fn all(app: &App, account: i64, run: Uuid) -> Result<Vec<Outgoing>> {
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, name, size_bytes, hash, taken_us, delivered_us from outgoing_file \
             where account = $1 and origin = $2 order by name, id",
            (account, run),
        )
        .await?;
    let media_type = "application/octet-stream";
    let outgoing = |row: Row| Outgoing {
        id: row.id,
        name: row.name,
        file: StoredFile {
            hash: hex(&row.hash),
            size_bytes: row.size_bytes,
            media_type: media_type.to_owned(),
        },
    };
    Ok(rows.into_iter().map(outgoing).collect())
}

/// The name of a file of a run, its length and its bytes, for whoever may see what the export holds.
pub(super) async fn content(
    app: &App,
    allowed: &Allowed<ViewTransfers>,
    run: Uuid,
    file: Uuid,
) -> Result<(String, u64, Content)> {
    let account = allowed.account();
    let row = run::load(app, account, run).await?.ok_or(Code::NotFound)?;
    let draft: ExportDraft = serde_json::from_str(&row.body).map_err(Problem::internal)?;
    allowed.must_cover(draft.what.needs())?;
    let file: Option<(String, Vec<u8>)> = app
        .db
        .fetch_optional(
            "select name, hash from outgoing_file where account = $1 and origin = $2 and id = $3",
            (account, run, file),
        )
        .await?;
    let (name, hash) = file.ok_or(Code::NotFound)?;
    let (size_bytes, content) = read(app, account, hash).await?;
    Ok((name, size_bytes, content))
}

/// The length of a file and its bytes.
pub(super) async fn read(app: &App, account: i64, hash: Vec<u8>) -> Result<(u64, Content)> {
    let file: Option<FileRow> = app
        .db
        .fetch_optional(
            "select hash, generation, size_bytes, media_type from file where account = $1 and hash = $2",
            (account, hash),
        )
        .await?;
    let file = file.ok_or(Code::Gone)?;
    let size_bytes = file.size_bytes.unsigned_abs();
    let content = app.store.read(&file.place(account)?, 0..size_bytes).await;
    Ok((size_bytes, content.map_err(|error| unavailable(&error))?))
}

//! The versions of import templates: what each said, who wrote it and when.

use campo_protocol::model::Ref;
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{draft::TemplateDraft, template};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    log::write::Write,
    objects::read::Author,
    problem::{Code, Problem, Result},
};

/// A version of an import template.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportTemplateVersion)]
pub(super) struct TemplateVersion {
    /// Its number, as an import names it by which it was done
    pub version: i64,
    /// When it was written
    pub written_at: Instant,
    /// Who wrote it; absent where a release before noted nobody
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_by: Option<Author>,
    /// What it said
    pub template: TemplateDraft,
}

#[derive(FromRow)]
struct Row {
    version: i64,
    body: String,
    author: Option<String>,
    author_id: Option<Uuid>,
    created_us: i64,
}

/// Notes a version in the transaction that writes it.
pub(super) async fn note(write: &mut Write, template: Uuid, version: i64, body: &str) -> Result<()> {
    let (account, now_us, author) = (write.account(), write.now_us, write.principal);
    write
        .tx()
        .execute(
            "insert into import_template_version (account, template, version, body, author, author_id, created_us) \
             values ($1, $2, $3, $4, $5, $6, $7)",
            (account, template, version, body, author.kind(), author.id(), now_us),
        )
        .await
        .map(drop)
}

/// The versions of a template, the latest first.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<RunImports>,
    which: &Ref,
    page: &PageQuery,
) -> Result<Page<TemplateVersion>> {
    let limit = page.limit()?;
    let before = page.after::<i64>()?.unwrap_or(i64::MAX);
    let account = allowed.account();
    let template = template::find(&app.db, account, which).await?.ok_or(Code::NotFound)?.id;
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select version, body, author, author_id, created_us from import_template_version \
             where account = $1 and template = $2 and version < $3 order by version desc limit $4",
            (account, template, before, limit + 1),
        )
        .await?;
    let versions = rows.into_iter().map(shown).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(versions, limit, |version| version.version))
}

fn shown(row: Row) -> Result<TemplateVersion> {
    Ok(TemplateVersion {
        version: row.version,
        written_at: Instant(row.created_us),
        written_by: row.author.map(|kind| Author { kind, id: row.author_id }),
        template: serde_json::from_str(&row.body).map_err(Problem::internal)?,
    })
}

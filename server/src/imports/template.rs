//! Import templates as they are kept.

use campo_protocol::{faults::Faults, model::Ref};
use serde::Serialize;
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{draft::TemplateDraft, template_version};
use crate::{
    access::{
        AccessState, Allowed,
        permissions::{ManageTemplates, RunImports},
    },
    api::{
        edit::{self, Created, IfMatch, Made, Once, Versioned},
        page::{Page, PageQuery},
        patch,
        time::Instant,
    },
    app::App,
    database::Db,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// An import template.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ImportTemplate)]
pub struct Template {
    /// Its id
    pub id: Uuid,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: TemplateDraft,
    /// When it was made
    pub created_at: Instant,
    /// When it was changed last
    pub updated_at: Instant,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    body: String,
    version: i64,
    created_us: i64,
    updated_us: i64,
}

const ONE: &str = "select id, body, version, created_us, updated_us from import_template \
                   where account = $1 and (id = $2 or code = $3) and state <> 'deleted'";

impl Row {
    fn shown(self) -> Result<Template> {
        Ok(Template {
            id: self.id,
            version: self.version,
            draft: serde_json::from_str(&self.body).map_err(Problem::internal)?,
            created_at: Instant(self.created_us),
            updated_at: Instant(self.updated_us),
        })
    }
}

/// The templates in order of their codes.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<RunImports>,
    page: &PageQuery,
) -> Result<Page<Template>> {
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, body, version, created_us, updated_us from import_template \
             where account = $1 and code > $2 and state <> 'deleted' order by code limit $3",
            (allowed.account(), after, limit + 1),
        )
        .await?;
    let templates = rows.into_iter().map(Row::shown).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(templates, limit, |template| template.draft.code.clone()))
}

/// One template.
pub(super) async fn get(
    app: &App,
    allowed: &Allowed<RunImports>,
    which: &Ref,
) -> Result<Versioned<Template>> {
    let template = find(&app.db, allowed.account(), which).await?.ok_or(Code::NotFound)?;
    Ok(Versioned(template.version, template))
}

/// The template of that id or code.
pub(super) async fn find(db: &Db, account: i64, which: &Ref) -> Result<Option<Template>> {
    let row: Option<Row> = db.fetch_optional(ONE, (account, which.id(), which.code())).await?;
    row.map(Row::shown).transpose()
}

/// The template that a file names in `/template`, if it can be used.
pub async fn used(db: &Db, account: i64, which: &Ref) -> Result<Template> {
    let mut faults = Faults::default();
    match find(db, account, which).await? {
        Some(template) if template.draft.state == AccessState::Enabled => return Ok(template),
        Some(_) => faults.add("/template", "not_applicable", &which.to_string(), "a template that is in use"),
        None => faults.add("/template", "unknown_reference", &which.to_string(), "a template of the account"),
    }
    Err(faults.into())
}

/// The template of the draft's code, made where there is none: by requests of web services, whose code is made of what
/// they say. It gives nobody more than an import by it may do.
pub async fn ensure(app: &App, allowed: &Allowed<RunImports>, draft: TemplateDraft) -> Result<Uuid> {
    draft.check()?;
    let which = Ref::of_code(&draft.code);
    if let Some(found) = find(&app.db, allowed.account(), &which).await? {
        return Ok(found.id);
    }
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let account = write.account();
    let row: Option<Row> = write.tx().fetch_optional(ONE, (account, which.id(), which.code())).await?;
    if let Some(row) = row {
        return Ok(row.id);
    }
    let id = insert(&mut write, &draft).await?.id;
    write.commit().await?;
    Ok(id)
}

/// Makes a template.
pub async fn create(
    app: &App,
    allowed: &Allowed<ManageTemplates>,
    once: &Once,
    given: &Value,
) -> Result<Created> {
    let draft: TemplateDraft = patch::new(given)?;
    draft.check()?;
    let request = ("import_templates.create", given);
    once.make(app, allowed, &request, async |write| {
        let template = insert(write, &draft).await?;
        Ok(Made::new(format!("/v1/import-templates/{}", template.id), template))
    })
    .await
}

async fn insert(write: &mut Write, draft: &TemplateDraft) -> Result<Template> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    edit::refuse_taken_code(write, TAKEN, id, &draft.code).await?;
    let body = serde_json::to_string(draft).map_err(Problem::internal)?;
    let (code, name, state) = (draft.code.as_str(), draft.name.as_str(), draft.state.name());
    write
        .tx()
        .execute(
            "insert into import_template (account, id, code, name, state, body, version, created_us, updated_us) \
             values ($1, $2, $3, $4, $5, $6, 1, $7, $7)",
            (account, id, code, name, state, body.as_str(), now_us),
        )
        .await?;
    template_version::note(write, id, 1, &body).await?;
    let draft = draft.clone();
    Ok(Template { id, version: 1, draft, created_at: Instant(now_us), updated_at: Instant(now_us) })
}

/// Changes a template by a JSON Merge Patch. Imports that have begun go on with what it was.
pub(super) async fn edit(
    app: &App,
    allowed: &Allowed<ManageTemplates>,
    which: &Ref,
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<Template>> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let mut template = locked(&mut write, which, if_match).await?;
    template.draft = patch::patched(&template.draft, given)?;
    template.draft.check()?;
    edit::refuse_taken_code(&mut write, TAKEN, template.id, &template.draft.code).await?;
    template.version += 1;
    template.updated_at = Instant(write.now_us);
    let Template { id, version, ref draft, .. } = template;
    let (account, now_us) = (write.account(), write.now_us);
    let body = serde_json::to_string(draft).map_err(Problem::internal)?;
    let (code, name, state) = (draft.code.as_str(), draft.name.as_str(), draft.state.name());
    write
        .tx()
        .execute(
            "update import_template set code = $3, name = $4, state = $5, body = $6, version = $7, updated_us = $8 \
             where account = $1 and id = $2",
            (account, id, code, name, state, body.as_str(), version, now_us),
        )
        .await?;
    template_version::note(&mut write, id, version, &body).await?;
    write.commit().await?;
    Ok(Versioned(version, template))
}

/// Removes a template. Imports that have begun go on; its code is free again.
pub(super) async fn delete(
    app: &App,
    allowed: &Allowed<ManageTemplates>,
    which: &Ref,
    if_match: IfMatch,
) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let template = locked(&mut write, which, if_match).await?;
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update import_template set state = 'deleted', version = version + 1, updated_us = $3 \
             where account = $1 and id = $2",
            (account, template.id, now_us),
        )
        .await?;
    write.commit().await?;
    Ok(())
}

async fn locked(write: &mut Write, which: &Ref, if_match: IfMatch) -> Result<Template> {
    let account = write.account();
    let row: Option<Row> = write.tx().fetch_optional(ONE, (account, which.id(), which.code())).await?;
    let template = row.ok_or(Code::NotFound)?.shown()?;
    if_match.check(template.version)?;
    Ok(template)
}

/// The object other than `$3` that has a code.
const TAKEN: &str =
    "select id from import_template where account = $1 and code = $2 and id <> $3 and state <> 'deleted'";

//! `/v1/imports/drafts`.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use campo_protocol::model::Ref;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    edit::{self, DraftPatch},
    preview::{self, DraftPreview},
    receive::{self, Announced},
    row::{DraftRow, Told},
    shown::DraftShown,
    start::{self, SaveTemplate, StartDraft},
};
use crate::{
    access::{
        Allowed, Auth,
        permissions::{ManageTemplates, RunImports},
    },
    api::{
        edit::{Created, IfMatch, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Query},
    imports::{makes::Makes, template::Template, upload::Uploaded},
    problem::Result,
    texts::Language,
};

/// The routes of drafts.
pub(in crate::imports) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_drafts, begin_draft))
        .routes(routes!(get_draft, edit_draft, delete_draft))
        .routes(routes!(put_content))
        .routes(routes!(get_preview, begin_preview))
        .routes(routes!(start_draft))
        .routes(routes!(save_draft))
}

/// What is said of a file that is uploaded whole.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DraftQuery {
    /// The name of the file, for people
    #[serde(default)]
    file_name: String,
    /// The import template that is laid over it: its id, or `code:` and its code
    template: Option<Ref>,
    /// What its rows become; found out when absent
    makes: Option<Makes>,
}

/// Uploads a file to import
///
/// The body is the file itself, cells pasted from a spreadsheet, or `multipart/form-data` with it, of at most 200 MiB; or
/// JSON that announces it, when its parts follow by `PUT …/content`. The answer says what was found out of it.
#[utoipa::path(
    post, path = "/v1/imports/drafts", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(DraftQuery),
    request_body(content(
        (Announced = "application/json"),
        (Vec<u8> = "application/octet-stream"),
    )),
    responses((status = CREATED, body = DraftShown, headers(("ETag" = String), ("Location" = String))))
)]
async fn begin_draft(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Query(query): Query<DraftQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let told = Told { file_name: query.file_name, makes: query.makes, template: query.template };
    let begun = receive::begin(&app, &allowed, told, &headers, body, Language::of(&headers)).await?;
    let location = HeaderValue::from_str(&format!("/v1/imports/drafts/{}", begun.1.id));
    let mut response = begun.into_response();
    *response.status_mut() = StatusCode::CREATED;
    response.headers_mut().extend(location.ok().map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// The drafts, the latest first
#[utoipa::path(
    get, path = "/v1/imports/drafts", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(PageQuery),
    responses((status = OK, body = Page<DraftShown>))
)]
async fn list_drafts(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Query(page): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Json<Page<DraftShown>>> {
    list(&app, &allowed, &page, Language::of(&headers)).await.map(Json)
}

async fn list(
    app: &App,
    allowed: &Allowed<RunImports>,
    page: &PageQuery,
    language: Language,
) -> Result<Page<DraftShown>> {
    let limit = page.limit()?.min(50);
    let (before_us, before) = page.after::<(i64, Uuid)>()?.unwrap_or((i64::MAX, Uuid::max()));
    let rows: Vec<DraftRow> = app
        .db
        .fetch_all(
            "select id, version, state, file_name, size_bytes, received_bytes, hash, mapping, template, \
             template_version, analysis, problem, run, trial, trial_version, author, author_id, created_us, \
             updated_us, expires_us, makes_given from import_draft where account = $1 and expires_us > $2 \
             and (created_us, id) < ($3, $4) order by created_us desc, id desc limit $5",
            (allowed.account(), app.environment.now_us(), before_us, before, limit + 1),
        )
        .await?;
    let drafts = rows.iter().map(|row| DraftShown::of(row, language)).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(drafts, limit, |draft| (draft.created_at.0, draft.id)))
}

/// One draft
#[utoipa::path(
    get, path = "/v1/imports/drafts/{draft}", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("draft" = Uuid, Path)),
    responses((status = OK, body = DraftShown, headers(("ETag" = String))))
)]
async fn get_draft(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(draft): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Versioned<DraftShown>> {
    let row = DraftRow::load(&app.db, allowed.account(), draft, app.environment.now_us()).await?;
    Ok(Versioned(row.version, DraftShown::of(&row, Language::of(&headers))?))
}

/// Changes a draft
///
/// How the file is read, what its columns fill, answers to questions.
#[utoipa::path(
    patch, path = "/v1/imports/drafts/{draft}", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(
        ("draft" = Uuid, Path),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = DraftPatch, content_type = "application/merge-patch+json"),
    responses((status = OK, body = DraftShown, headers(("ETag" = String))))
)]
async fn edit_draft(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(draft): Path<Uuid>,
    if_match: IfMatch,
    headers: HeaderMap,
    Json(patch): Json<DraftPatch>,
) -> Result<Versioned<DraftShown>> {
    edit::edit(&app, &allowed, draft, if_match, patch, Language::of(&headers)).await
}

/// Removes a draft
#[utoipa::path(
    delete, path = "/v1/imports/drafts/{draft}", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("draft" = Uuid, Path)),
    responses((status = NO_CONTENT))
)]
async fn delete_draft(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(draft): Path<Uuid>,
) -> Result<StatusCode> {
    start::delete(&app, &allowed, draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends the next part of a draft's file
///
/// With `Content-Range: bytes FIRST-LAST/SIZE`, at most 8 MiB. A part that does not follow is answered with 409 and
/// `received_bytes`. The answer to the last part says what was found out of the file.
#[utoipa::path(
    put, path = "/v1/imports/drafts/{draft}/content", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(
        ("draft" = Uuid, Path),
        ("Content-Range" = String, Header, description = "Which part it is")
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = OK, body = DraftShown, headers(("ETag" = String))))
)]
async fn put_content(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(draft): Path<Uuid>,
    headers: HeaderMap,
    body: Body,
) -> Result<Versioned<DraftShown>> {
    let range = headers.get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
    receive::part(&app, &allowed, draft, range, body, Language::of(&headers)).await
}

/// What the import of a draft would do
#[utoipa::path(
    get, path = "/v1/imports/drafts/{draft}/preview", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("draft" = Uuid, Path)),
    responses((status = OK, body = DraftPreview))
)]
async fn get_preview(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(draft): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Json<DraftPreview>> {
    preview::get(&app, &allowed, draft, Language::of(&headers)).await.map(Json)
}

/// Tries what the import of a draft would do
///
/// Every row is imported and taken back; nothing but the outcomes stays. Asked again, the draft as it is now is tried.
#[utoipa::path(
    post, path = "/v1/imports/drafts/{draft}/preview", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("draft" = Uuid, Path)),
    responses((status = ACCEPTED, body = DraftPreview))
)]
async fn begin_preview(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(draft): Path<Uuid>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<DraftPreview>)> {
    let preview = preview::begin(&app, &allowed, draft, Language::of(&headers)).await?;
    Ok((StatusCode::ACCEPTED, Json(preview)))
}

/// Starts the import of a draft
///
/// It needs the permission for what its rows make, too. The same file by the same mapping is imported once: the answer is
/// 200 then, with the import that was.
#[utoipa::path(
    post, path = "/v1/imports/drafts/{draft}/start", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(
        ("draft" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")
    ),
    request_body = StartDraft,
    responses(
        (status = ACCEPTED, body = Uploaded, headers(("Location" = String))),
        (status = OK, body = Uploaded, headers(("Location" = String)))
    )
)]
async fn start_draft(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(draft): Path<Uuid>,
    once: Once,
    headers: HeaderMap,
    Json(given): Json<StartDraft>,
) -> Result<Response> {
    let (is_new, created) =
        start::start(&app, &allowed, &once, draft, &given, Language::of(&headers)).await?;
    let mut response = created.into_response();
    *response.status_mut() = if is_new { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok(response)
}

/// Saves the mapping of a draft as an import template
#[utoipa::path(
    post, path = "/v1/imports/drafts/{draft}/template", tag = "imports",
    security(("bearer" = ["manage_templates"])),
    params(
        ("draft" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")
    ),
    request_body = SaveTemplate,
    responses((status = CREATED, body = Template, headers(("ETag" = String), ("Location" = String))))
)]
async fn save_draft(
    State(app): State<App>,
    allowed: Auth<ManageTemplates>,
    Path(draft): Path<Uuid>,
    once: Once,
    Json(given): Json<SaveTemplate>,
) -> Result<Created> {
    start::save(&app, &allowed, &once, draft, given).await
}

//! `/v1/entries` and `/v1/set-aside`.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use campo_protocol::{model::Ref, sync::Outcome};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{EntryShown, Filter, Named};
use crate::{
    access::{Auth, permissions::ViewEntries},
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
    tasks::TaskReference,
};

/// The routes of entries.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(raw))
        .routes(routes!(set_aside))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntriesQuery {
    /// Entries of this kind, such as `shift.start` or `form`
    kind: Option<String>,
    /// Entries of this employee: an id or `number:` and the employee's number
    #[param(value_type = Option<String>)]
    employee: Option<Ref>,
    /// Entries that this installation captured
    installation: Option<Uuid>,
    /// Entries about this task: an id, or `number:` or `external:` and the number
    #[param(value_type = Option<String>)]
    task: Option<TaskReference>,
    /// Forms that answer this definition: an id or `code:` and the code
    #[param(value_type = Option<String>)]
    form: Option<Ref>,
    /// Entries of which this became
    outcome: Option<Outcome>,
    /// Entries that occurred at this instant or later
    from: Option<Instant>,
    /// Entries that occurred before this instant
    until: Option<Instant>,
    /// Entries that were received after this instant
    received_after: Option<Instant>,
    /// `next` of the page before
    after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    limit: Option<i64>,
}

impl EntriesQuery {
    fn into_parts(self) -> Result<(Filter, Named, (i64, i64))> {
        let page = PageQuery { after: self.after, limit: self.limit };
        let named = Named { employee: self.employee, task: self.task, form: self.form };
        let filter = Filter {
            kind: self.kind,
            installation: self.installation,
            outcome: self.outcome,
            from_us: self.from.map(|at| at.0),
            until_us: self.until.map(|at| at.0),
            received_after_us: self.received_after.map(|at| at.0),
            ..Filter::default()
        };
        Ok((filter, named, page_of(&page)?))
    }
}

/// The position behind which a page begins, and how many entries are wanted.
fn page_of(page: &PageQuery) -> Result<(i64, i64)> {
    Ok((page.after()?.unwrap_or(0), page.limit()?))
}

/// Lists entries
///
/// In the order of the log, oldest first. A page can have fewer items than `limit` although there is a `next`.
#[utoipa::path(
    get, path = "/v1/entries", tag = "entries",
    security(("bearer" = ["view_entries"])),
    params(EntriesQuery),
    responses((status = OK, body = Page<EntryShown>))
)]
async fn list(
    State(app): State<App>,
    auth: Auth<ViewEntries>,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<Page<EntryShown>>> {
    let (filter, named, page) = query.into_parts()?;
    super::list(&app.db, &auth, filter, named, page).await.map(Json)
}

/// Lists the entries that were set aside
///
/// The repair tray: entries that were taken but not understood, or could not be applied. Otherwise as `/v1/entries`.
#[utoipa::path(
    get, path = "/v1/set-aside", tag = "entries",
    security(("bearer" = ["view_entries"])),
    params(PageQuery),
    responses((status = OK, body = Page<EntryShown>))
)]
async fn set_aside(
    State(app): State<App>,
    auth: Auth<ViewEntries>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<EntryShown>>> {
    let filter = Filter { outcome: Some(Outcome::SetAside), ..Filter::default() };
    super::list(&app.db, &auth, filter, Named::default(), page_of(&page)?).await.map(Json)
}

/// One entry
#[utoipa::path(
    get, path = "/v1/entries/{id}", tag = "entries",
    security(("bearer" = ["view_entries"])),
    params(("id" = Uuid, Path, description = "Its id")),
    responses((status = OK, body = EntryShown))
)]
async fn get(
    State(app): State<App>,
    auth: Auth<ViewEntries>,
    Path(id): Path<Uuid>,
) -> Result<Json<EntryShown>> {
    super::get(&app.db, &auth, id).await.map(Json)
}

/// The bytes of an entry
///
/// Exactly as its author wrote them: their SHA-256 is the entry's `hash`. They need not be valid UTF-8.
#[utoipa::path(
    get, path = "/v1/entries/{id}/raw", tag = "entries",
    security(("bearer" = ["view_entries"])),
    params(("id" = Uuid, Path, description = "Its id")),
    responses((status = OK, body = Vec<u8>, content_type = "application/octet-stream"))
)]
async fn raw(State(app): State<App>, auth: Auth<ViewEntries>, Path(id): Path<Uuid>) -> Result<Response> {
    let bytes = super::raw(&app.db, &auth, id).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

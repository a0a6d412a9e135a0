//! `/v1/erasures`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::requests::{self, Erasure, NewErasure};
use crate::{
    access::{Auth, permissions::ManageAccount},
    api::{
        edit::{Created, Made, Once},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Query},
    log::write::Write,
    problem::Result,
};

/// The routes of erasures.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_erasures, erase)).routes(routes!(get_erasure))
}

/// Lists who was to be forgotten
///
/// The last one first.
#[utoipa::path(
    get, path = "/v1/erasures", tag = "account", params(PageQuery),
    security(("bearer" = ["manage_account"])),
    responses((status = OK, body = Page<Erasure>))
)]
async fn list_erasures(
    State(app): State<App>,
    caller: Auth<ManageAccount>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Erasure>>> {
    requests::list(&app, &caller, query).await.map(Json)
}

/// Has a deleted employee forgotten
///
/// What the person captured, sent and was sent is erased, with its photos, and what the office kept of the person: in
/// steps, within minutes. That there were entries stays, without what they said, so that the chain still proves the
/// others; an entry `erased` names them. Nothing goes while the account or the employee is held. What tasks and events
/// of others say of the person goes with those, by the account's settings.
#[utoipa::path(
    post, path = "/v1/erasures", tag = "account", request_body = NewErasure,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has one effect")),
    security(("bearer" = ["manage_account"])),
    responses((status = CREATED, body = Erasure))
)]
async fn erase(
    State(app): State<App>,
    caller: Auth<ManageAccount>,
    once: Once,
    Json(new): Json<NewErasure>,
) -> Result<Created> {
    let make = async |write: &mut Write| {
        let asked = requests::ask(write, &new).await?;
        Ok(Made::new(format!("/v1/erasures/{}", asked.id), asked))
    };
    once.make(&app, &caller, &new, make).await
}

/// How far the forgetting of a person is
#[utoipa::path(
    get, path = "/v1/erasures/{erasure}", tag = "account",
    security(("bearer" = ["manage_account"])),
    params(("erasure" = Uuid, Path, description = "Its id")),
    responses((status = OK, body = Erasure))
)]
async fn get_erasure(
    State(app): State<App>,
    caller: Auth<ManageAccount>,
    Path(id): Path<Uuid>,
) -> Result<Json<Erasure>> {
    requests::get(&app, &caller, id).await.map(Json)
}

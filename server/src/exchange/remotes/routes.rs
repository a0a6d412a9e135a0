//! `/v1/remotes`.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use campo_protocol::model::Ref;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    definition::{self, Remote, RemoteDraft},
    job,
    trial::{self, RemoteTrial, RemoteTrialResult},
};
use crate::{
    access::{Auth, permissions::ManageExchange},
    api::{
        edit::{Created, IfMatch, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Private, Query},
    problem::Result,
    texts::Language,
};

/// The routes of customers' servers.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_remotes, create_remote))
        .routes(routes!(get_remote, edit_remote, delete_remote))
        .routes(routes!(test_remote))
        .routes(routes!(look_at_remote))
        .routes(routes!(accept_remote))
}

/// The customers' servers, in order of their codes
#[utoipa::path(
    get, path = "/v1/remotes", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(PageQuery),
    responses((status = OK, body = Page<Remote>))
)]
async fn list_remotes(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Query(page): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Json<Page<Remote>>> {
    definition::list(&app, &allowed, &page, Language::of(&headers)).await.map(Json)
}

/// Defines a customer's server
///
/// Saving it is enabling it. Password and key are kept sealed and never shown.
#[utoipa::path(
    post, path = "/v1/remotes", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body = RemoteDraft,
    responses((status = CREATED, body = Remote, headers(("ETag" = String), ("Location" = String))))
)]
async fn create_remote(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    once: Once,
    headers: HeaderMap,
    Private(body): Private<Value>,
) -> Result<Created> {
    definition::create(&app, &allowed, &once, &body, Language::of(&headers)).await
}

/// One customer's server
#[utoipa::path(
    get, path = "/v1/remotes/{remote}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("remote" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Remote, headers(("ETag" = String))))
)]
async fn get_remote(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(remote): Path<Ref>,
    headers: HeaderMap,
) -> Result<Versioned<Remote>> {
    definition::get(&app, &allowed, &remote, Language::of(&headers)).await
}

/// Changes a customer's server
///
/// A JSON Merge Patch (RFC 7396). Where host, port or protocol change, the password or the key are given anew, and the
/// server is met for the first time again.
#[utoipa::path(
    patch, path = "/v1/remotes/{remote}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(
        ("remote" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = RemoteDraft, content_type = "application/merge-patch+json"),
    responses((status = OK, body = Remote, headers(("ETag" = String))))
)]
async fn edit_remote(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(remote): Path<Ref>,
    if_match: IfMatch,
    headers: HeaderMap,
    Private(patch): Private<Value>,
) -> Result<Versioned<Remote>> {
    definition::edit(&app, &allowed, &remote, if_match, &patch, Language::of(&headers)).await
}

/// Removes a customer's server
///
/// What was taken from there stays; what was still to be brought there is not.
#[utoipa::path(
    delete, path = "/v1/remotes/{remote}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(
        ("remote" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is removed")
    ),
    responses((status = NO_CONTENT))
)]
async fn delete_remote(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(remote): Path<Ref>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    definition::delete(&app, &allowed, &remote, if_match).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries a customer's server
///
/// Says which step went well and which did not. A server that is met for the first time is known by its host key from
/// then on.
#[utoipa::path(
    post, path = "/v1/remotes/{remote}/test", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("remote" = Ref, Path, description = "Its id, or `code:` and its code")),
    request_body = RemoteTrial,
    responses((status = OK, body = RemoteTrialResult))
)]
async fn test_remote(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(remote): Path<Ref>,
    headers: HeaderMap,
    Json(given): Json<RemoteTrial>,
) -> Result<Json<RemoteTrialResult>> {
    trial::run(&app, &allowed, &remote, &given, Language::of(&headers)).await.map(Json)
}

/// Looks at a customer's server now
///
/// What is to be brought is brought, and what is to be taken is taken, behind the answer.
#[utoipa::path(
    post, path = "/v1/remotes/{remote}/look", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("remote" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = ACCEPTED, description = "It is looked at"))
)]
async fn look_at_remote(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(remote): Path<Ref>,
) -> Result<StatusCode> {
    job::now(&app, &allowed, &remote).await?;
    Ok(StatusCode::ACCEPTED)
}

/// What is accepted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RemoteAcceptance {
    /// `offered_fingerprint`, which must still be that
    #[schema(example = "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8")]
    fingerprint: String,
}

/// Accepts the key or certificate that a customer's server shows
///
/// After somebody compared the fingerprint with what the customer says.
#[utoipa::path(
    post, path = "/v1/remotes/{remote}/accept", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("remote" = Ref, Path, description = "Its id, or `code:` and its code")),
    request_body = RemoteAcceptance,
    responses((status = NO_CONTENT, description = "It is accepted"))
)]
async fn accept_remote(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(remote): Path<Ref>,
    Json(given): Json<RemoteAcceptance>,
) -> Result<StatusCode> {
    job::accept(&app, &allowed, &remote, &given.fingerprint).await?;
    Ok(StatusCode::NO_CONTENT)
}

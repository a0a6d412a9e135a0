//! `/v1/users`.

use axum::{extract::State, http::StatusCode};
use campo_protocol::model::Ref;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::user::{self, CreatedUser, NewUser, User, UserDraft};
use crate::{
    access::{Auth, permissions::ManageUsers},
    api::{
        edit::{Created, IfMatch, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Private, Query},
    problem::Result,
};

/// The routes of users.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, edit, delete))
}

/// The users, in order of their codes
#[utoipa::path(
    get, path = "/v1/users", tag = "users",
    security(("bearer" = ["manage_users"])),
    params(PageQuery),
    responses((status = OK, body = Page<User>))
)]
async fn list(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<User>>> {
    user::list(&app, &allowed, &page).await.map(Json)
}

/// Makes a user
///
/// A password that is made here is shown in the answer, this once.
#[utoipa::path(
    post, path = "/v1/users", tag = "users",
    security(("bearer" = ["manage_users"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body = NewUser,
    responses((status = CREATED, body = CreatedUser, headers(("ETag" = String), ("Location" = String))))
)]
async fn create(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    once: Once,
    Private(body): Private<Value>,
) -> Result<Created> {
    user::create(&app, &allowed, &once, body).await
}

/// One user
#[utoipa::path(
    get, path = "/v1/users/{user}", tag = "users",
    security(("bearer" = ["manage_users"])),
    params(("user" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = User, headers(("ETag" = String))))
)]
async fn get(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    Path(user): Path<Ref>,
) -> Result<Versioned<User>> {
    user::get(&app, &allowed, &user).await
}

/// Changes a user
///
/// A JSON Merge Patch (RFC 7396).
#[utoipa::path(
    patch, path = "/v1/users/{user}", tag = "users",
    security(("bearer" = ["manage_users"])),
    params(
        ("user" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = UserDraft, content_type = "application/merge-patch+json"),
    responses((status = OK, body = User, headers(("ETag" = String))))
)]
async fn edit(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    Path(user): Path<Ref>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<User>> {
    user::edit(&app, &allowed, &user, if_match, &patch).await
}

/// Removes a user: the name to log in is free again, sessions end
#[utoipa::path(
    delete, path = "/v1/users/{user}", tag = "users",
    security(("bearer" = ["manage_users"])),
    params(
        ("user" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is removed")
    ),
    responses((status = NO_CONTENT))
)]
async fn delete(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    Path(user): Path<Ref>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    user::delete(&app, &allowed, &user, if_match).await?;
    Ok(StatusCode::NO_CONTENT)
}

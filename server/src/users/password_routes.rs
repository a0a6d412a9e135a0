//! `/v1/users/{user}/password`.

use axum::extract::State;
use campo_protocol::model::Ref;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::password::{self, PasswordGiven, PasswordSet};
use crate::{
    access::{Auth, permissions::ManageUsers},
    app::App,
    extract::{Json, Path, Private},
    problem::Result,
};

/// The route of other people's passwords.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set))
}

/// Sets the password of a user
///
/// Every session of the user ends. A password that is made here is shown in the answer, this once.
#[utoipa::path(
    put, path = "/v1/users/{user}/password", tag = "users",
    security(("bearer" = ["manage_users"])),
    params(("user" = Ref, Path, description = "Its id, or `code:` and its code")),
    request_body = PasswordGiven,
    responses((status = OK, body = PasswordSet))
)]
async fn set(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    Path(user): Path<Ref>,
    Private(given): Private<PasswordGiven>,
) -> Result<Json<PasswordSet>> {
    password::set(&app, &allowed, &user, &given).await.map(Json)
}

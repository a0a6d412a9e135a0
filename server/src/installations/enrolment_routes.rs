//! `/v1/enrolments`.

use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    enrolment::{self, CreatedEnrolment, Enrolment, EnrolmentDraft},
    redeem::{self, Enrolled, Redemption},
};
use crate::{
    access::{Auth, Client, permissions::ManageInstallations},
    api::{
        edit::{Created, Made, Once},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Private, Query},
    log::write::Write,
    problem::Result,
};

/// The routes of enrolments.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(withdraw)).routes(routes!(redeem))
}

/// The enrolments, in the order in which they were made
#[utoipa::path(
    get, path = "/v1/enrolments", tag = "installations",
    security(("bearer" = ["manage_installations"])),
    params(PageQuery),
    responses((status = OK, body = Page<Enrolment>))
)]
async fn list(
    State(app): State<App>,
    allowed: Auth<ManageInstallations>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Enrolment>>> {
    enrolment::list(&app, &allowed, &page).await.map(Json)
}

/// Makes a one-time code for a phone
///
/// The code is shown in the answer, this once. A person types it into the app.
#[utoipa::path(
    post, path = "/v1/enrolments", tag = "installations",
    security(("bearer" = ["manage_installations"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body = EnrolmentDraft,
    responses((status = CREATED, body = CreatedEnrolment, headers(("Location" = String))))
)]
async fn create(
    State(app): State<App>,
    allowed: Auth<ManageInstallations>,
    once: Once,
    Json(draft): Json<EnrolmentDraft>,
) -> Result<Created> {
    let make = async |write: &mut Write| {
        let made = enrolment::create(&app, write, &draft).await?;
        Ok(Made::new(format!("/v1/enrolments/{}", made.enrolment.id), made))
    };
    once.make(&app, &allowed, &("enrolments.create", &draft), make).await
}

/// Withdraws a code that was not used
#[utoipa::path(
    delete, path = "/v1/enrolments/{enrolment}", tag = "installations",
    security(("bearer" = ["manage_installations"])),
    params(("enrolment" = Uuid, Path, description = "Its id")),
    responses((status = NO_CONTENT))
)]
async fn withdraw(
    State(app): State<App>,
    allowed: Auth<ManageInstallations>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    enrolment::withdraw(&app, &allowed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes an installation with a one-time code
///
/// For a phone, which has no secret yet: the bearer secret of the new installation is shown in the answer, this once.
/// A code works once. Too many wrong codes from one address are answered with 429 and `Retry-After`.
#[utoipa::path(
    post, path = "/v1/enrolments/redeem", tag = "installations",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same phone can ask for its answer again")),
    request_body = Redemption,
    responses((status = CREATED, body = Enrolled, headers(("Location" = String))))
)]
async fn redeem(
    State(app): State<App>,
    Client(address): Client,
    once: Once,
    Private(given): Private<Redemption>,
) -> Result<Created> {
    redeem::redeem(&app, address, &once, &given).await
}

//! What the office decides about working time.

use axum::extract::State;
use campo_protocol::model::Ref;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    correct::{self, AnswerDraft, Answered, CorrectionDraft, CorrectionMade, PunchDraft},
    periods::{self, Act, PeriodDraft, PeriodOutcome},
};
use crate::{
    access::{
        Auth,
        permissions::{ClosePeriods, CorrectTime},
    },
    api::edit::{Created, Made, Once},
    app::App,
    extract::{Json, Path},
    log::write::Write,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add_punch))
        .routes(routes!(correct_entry))
        .routes(routes!(answer_correction))
        .routes(routes!(close_period))
        .routes(routes!(reopen_period))
}

/// Adds a punch that is missing
///
/// It is a correction that stands for the punch; where the account asks for the worker's agreement it counts once that is
/// given.
#[utoipa::path(
    post, path = "/v1/employees/{employee}/punches", tag = "timesheets",
    security(("bearer" = ["correct_time"])),
    params(
        ("employee" = Ref, Path, description = "Its id, or `number:` and its number"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has one effect"),
    ),
    request_body = PunchDraft,
    responses((status = CREATED, body = CorrectionMade))
)]
async fn add_punch(
    State(app): State<App>,
    auth: Auth<CorrectTime>,
    Path(employee): Path<Ref>,
    once: Once,
    Json(draft): Json<PunchDraft>,
) -> Result<Created> {
    let make = async |write: &mut Write| {
        let made = correct::add(write, &employee, &draft).await?;
        Ok(Made::new(format!("/v1/entries/{}", made.id), made))
    };
    once.make(&app, &auth, &(&employee, &draft), make).await
}

/// Corrects a punch
///
/// The entry stays as it was captured; the timesheet shows both. Naming a correction, `remove` takes it back.
#[utoipa::path(
    post, path = "/v1/entries/{id}/corrections", tag = "timesheets",
    security(("bearer" = ["correct_time"])),
    params(
        ("id" = Uuid, Path, description = "The entry of the punch"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has one effect"),
    ),
    request_body = CorrectionDraft,
    responses((status = CREATED, body = CorrectionMade))
)]
async fn correct_entry(
    State(app): State<App>,
    auth: Auth<CorrectTime>,
    Path(id): Path<Uuid>,
    once: Once,
    Json(draft): Json<CorrectionDraft>,
) -> Result<Created> {
    let make = async |write: &mut Write| {
        let made = correct::correct(write, id, &draft).await?;
        Ok(Made::new(format!("/v1/entries/{}", made.id), made))
    };
    once.make(&app, &auth, &(id, &draft), make).await
}

/// Answers a correction that a worker asks for
///
/// The last answer stands.
#[utoipa::path(
    post, path = "/v1/entries/{id}/agreement", tag = "timesheets",
    security(("bearer" = ["correct_time"])),
    params(
        ("id" = Uuid, Path, description = "The entry of the correction"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has one effect"),
    ),
    request_body = AnswerDraft,
    responses((status = CREATED, body = Answered))
)]
async fn answer_correction(
    State(app): State<App>,
    auth: Auth<CorrectTime>,
    Path(id): Path<Uuid>,
    once: Once,
    Json(draft): Json<AnswerDraft>,
) -> Result<Created> {
    let make = async |write: &mut Write| {
        let made = correct::answer(write, id, &draft).await?;
        Ok(Made::new(format!("/v1/entries/{}", made.id), made))
    };
    once.make(&app, &auth, &(id, &draft), make).await
}

/// Closes days
///
/// What arrives for them later is an adjustment, settled on the day on which it came. Doing it again closes what is
/// left.
#[utoipa::path(
    post, path = "/v1/periods/close", tag = "timesheets",
    security(("bearer" = ["close_periods"])),
    request_body = PeriodDraft,
    responses((status = OK, body = PeriodOutcome))
)]
async fn close_period(
    State(app): State<App>,
    auth: Auth<ClosePeriods>,
    Json(draft): Json<PeriodDraft>,
) -> Result<Json<PeriodOutcome>> {
    periods::act(&app, &auth, &draft, Act::Close).await.map(Json)
}

/// Opens closed days again
///
/// What came late counts in place; the days say how much of it was settled elsewhere.
#[utoipa::path(
    post, path = "/v1/periods/reopen", tag = "timesheets",
    security(("bearer" = ["close_periods"])),
    request_body = PeriodDraft,
    responses((status = OK, body = PeriodOutcome))
)]
async fn reopen_period(
    State(app): State<App>,
    auth: Auth<ClosePeriods>,
    Json(draft): Json<PeriodDraft>,
) -> Result<Json<PeriodOutcome>> {
    periods::act(&app, &auth, &draft, Act::Reopen).await.map(Json)
}

//! `POST /v1/sync`.

use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderMap, request::Parts},
    response::Response,
};
use campo_protocol::sync::Answer;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{body, encode, stream};
use crate::{
    access::Phone,
    api::layers,
    app::{App, Limits},
    extract::Raw,
    problem::{Problem, Result},
};

/// The routes of the exchange.
pub fn routes(limits: &Limits) -> OpenApiRouter<App> {
    layers::limit_body(OpenApiRouter::new().routes(routes!(exchange)), limits.sync_bytes)
        .merge(stream::routes())
}

/// A phone for whose entries there is room: asked before its body is read and unpacked.
struct Awaited(Phone);

impl FromRequestParts<App> for Awaited {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let phone = Phone::from_request_parts(parts, app).await?;
        app.log.ensure_room(&phone.allowed)?;
        Ok(Self(phone))
    }
}

/// One exchange of a phone
///
/// The body is lines of JSON: first the request, then one entry a line, exactly as captured. `Content-Encoding` may be
/// `gzip` or `zstd`, and so may that of the answer, by `Accept-Encoding`. Every entry with a readable frame gets a
/// receipt when it is durable; the same entry again gets the same receipt. A phone that names what it holds of its view
/// gets the next page of what is new.
#[utoipa::path(
    post, path = "/v1/sync", tag = "sync",
    security(("bearer" = ["hand_in"])),
    request_body(content = String, content_type = "application/x-ndjson", description = "Lines of JSON"),
    responses((status = OK, body = Answer))
)]
async fn exchange(
    State(app): State<App>,
    Awaited(phone): Awaited,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response> {
    let bytes = body::decompress(&headers, &bytes, app.limits.sync_bytes)?;
    let answer = super::exchange(&app, &phone, &bytes, app.environment.now_us()).await?;
    encode::answer(&headers, &answer)
}

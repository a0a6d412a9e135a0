//! `/referencia` and `/reference`.

use axum::{
    http::{HeaderMap, Uri, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

use super::page;
use crate::{app::App, texts::Language};

/// The pages. They are for people, and no part of the OpenAPI document.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/referencia", get(spanish)).route("/reference", get(english))
}

/// The page in Spanish, unless the query asks for English.
async fn spanish(uri: Uri, headers: HeaderMap) -> Response {
    let wants_english = uri.query().is_some_and(|query| query.split('&').any(|part| part == "lang=en"));
    let prefers_english = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let prefers_english = prefers_english.is_some_and(|accepted| accepted.starts_with("en"));
    let wants_spanish = uri.query().is_some_and(|query| query.split('&').any(|part| part == "lang=es"));
    let english = wants_english || (prefers_english && !wants_spanish);
    page::page(if english { Language::English } else { Language::Spanish }).into_response()
}

async fn english() -> Response {
    page::page(Language::English).into_response()
}

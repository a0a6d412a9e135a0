//! The OpenAPI document (3.1), `GET /v1/openapi.json`, and the page to read it, `GET /docs`.

mod complete;
mod examples;

use std::sync::LazyLock;

use axum::{
    Router,
    http::header,
    response::{IntoResponse as _, Response},
};
use serde_json::Value;
use utoipa::openapi::{
    InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::TagBuilder,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::router;
use crate::app::App;

/// Where the document is.
const PATH: &str = "/v1/openapi.json";

const DESCRIPTION: &str = "Work between the office and the field.

- Every operation names the permission it needs in `security`; the bearer secret is a key's, a session's or a phone's.
- What goes wrong is `application/problem+json` (RFC 9457) with a stable `code`, explained at [/problems](/problems), \
and texts in Spanish or English as `Accept-Language` asks.
- Lists come in pages: hand `next` back as `after`.
- A `POST` that creates takes an `Idempotency-Key`; an edit needs `If-Match` with the `ETag` it was based on.
- Your own numbers address things as well as our ids: `/v1/tasks/number:700123`.
- Whatever answers `GET` answers `HEAD`, with the same headers and no body.
- Unknown fields in an answer are to be ignored; unknown fields in a request are refused.";

/// What the groups of operations are about. A test asks for a line for every group that has operations.
const TAGS: &[(&str, &str)] = &[
    ("session", "Logging in and out"),
    ("account", "The account's settings"),
    ("users", "People at the console"),
    ("profiles", "What users may do"),
    ("keys", "The keys of the company's systems"),
    ("installations", "Phones: enrolling, rosters, revoking"),
    ("groups", "The tree that employees belong to"),
    ("employees", "Field workers"),
    ("employee-profiles", "What employees may capture"),
    ("non-working-days", "Days on which nobody works"),
    ("pois", "Customer sites and other places"),
    ("task-types", "Kinds of tasks"),
    ("tasks", "Work to be done somewhere by someone"),
    ("work-orders", "Tasks that belong together"),
    ("forms", "What is to be captured"),
    ("catalogue-items", "Tables that forms choose from"),
    ("working-time-rules", "By what working time is cut"),
    ("timesheets", "Working time: shifts, corrections, closed periods"),
    ("entries", "What was captured, exactly as its author wrote it"),
    ("events", "What outside systems may learn"),
    ("calls", "What the company's systems called, by REST and SOAP, and what they were answered"),
    ("channels", "The ways by which events leave, and what was not delivered"),
    ("messages", "Messages with employees"),
    ("notices", "What somebody must be told"),
    ("acts", "What one person did to many things at once, and taking it back"),
    ("files", "Photos, signatures and other files"),
    ("exchange", "Files that come and go by FTP, SFTP and the like: folders, intakes, what became of each"),
    ("imports", "Files that become tasks and points of interest, and their templates"),
    ("sync", "The exchange with phones"),
    ("operation", "Health, metrics and the meaning of problem codes"),
];

/// The document as it is served.
static TEXT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    // Names and numbers always serialize.
    serde_json::to_vec(&router::document()).unwrap_or_default()
});

/// The route of the document.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(document))
}

/// The page, with everything it loads.
pub fn page() -> Router<App> {
    let config = Config::new([PATH])
        .use_base_layout()
        .deep_linking(true)
        .display_request_duration(true)
        .doc_expansion("list")
        .default_models_expand_depth(0)
        .filter(true)
        .validator_url("none");
    SwaggerUi::new("/docs").config(config).into()
}

/// This document
///
/// The OpenAPI document (3.1) of this release; the page at `/docs` shows it.
#[utoipa::path(
    get, path = "/v1/openapi.json", tag = "operation",
    responses((status = OK, description = "An OpenAPI document", body = Object))
)]
async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_slice()).into_response()
}

/// The frame of the document, before the routes are added.
pub(super) fn description() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Campo")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    let tag = |(name, text): &(&str, &str)| TagBuilder::new().name(*name).description(Some(*text)).build();
    let mut document =
        OpenApiBuilder::new().info(info).tags(Some(TAGS.iter().map(tag).collect::<Vec<_>>())).build();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A key, a session or an installation: `campo_…`"))
        .build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let operator = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("Whoever runs the server: its setting `operator_token`"))
        .build();
    components.add_security_scheme("operator", SecurityScheme::Http(operator));
    document
}

/// The document of these routes.
pub(super) fn of(routes: OpenApi) -> Value {
    complete::complete(routes)
}

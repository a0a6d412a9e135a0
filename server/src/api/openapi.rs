//! The OpenAPI document (3.1), `GET /v1/openapi.json`, and the page to read it, `GET /docs`.

use std::{fmt::Write as _, sync::LazyLock};

use axum::{
    Router,
    http::header,
    response::{IntoResponse as _, Response},
};
use utoipa::{
    PartialSchema as _, ToSchema as _,
    openapi::{
        ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, ResponseBuilder,
        path::Operation,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::TagBuilder,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::router;
use crate::{app::App, problem::ProblemShown};

/// Where the document is.
const PATH: &str = "/v1/openapi.json";

const DESCRIPTION: &str = "Work between the office and the field.

- Every operation names the permission it needs in `security`; the bearer secret is a key's, a session's or a phone's.
- What goes wrong is `application/problem+json` (RFC 9457) with a stable `code`, explained at [/problems](/problems), \
and texts in Spanish or English as `Accept-Language` asks.
- Lists come in pages: hand `next` back as `after`.
- A `POST` that creates takes an `Idempotency-Key`; an edit needs `If-Match` with the `ETag` it was based on.
- Your own numbers address things as well as our ids: `/v1/tasks/number:700123`.
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

/// Adds to every operation what all have in common: an id made of method and path, the permission in words, since pages show scopes of OAuth only, and
/// the problem that any of them may answer with.
pub(super) fn complete(document: &mut OpenApi) {
    let mut schemas = Vec::new();
    ProblemShown::schemas(&mut schemas);
    schemas.push((ProblemShown::name().into_owned(), ProblemShown::schema()));
    document.components.get_or_insert_default().schemas.extend(schemas);
    let problem_schema = Ref::from_schema_name(ProblemShown::name());
    for (path, item) in &mut document.paths.paths {
        let methods = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in methods {
            let Some(operation) = operation else { continue };
            operation.operation_id = Some(operation_id(method, path));
            let permissions = permissions(operation);
            if !permissions.is_empty() {
                let text = operation.description.get_or_insert_default();
                if !text.is_empty() {
                    text.push_str("\n\n");
                }
                // Writing to a String cannot fail.
                let _ = write!(text, "Permission: `{}`", permissions.join("` or `"));
            }
            let content = ContentBuilder::new().schema(Some(problem_schema.clone())).build();
            let problem = ResponseBuilder::new()
                .description("What went wrong")
                .content("application/problem+json", content)
                .build();
            operation.responses.responses.entry("default".to_owned()).or_insert(problem.into());
        }
    }
}

/// `get_tasks_by_reference` for `GET /v1/tasks/{reference}`: unique, since method and path are.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.trim_start_matches("/v1");
    let words = path.split('/').filter(|part| !part.is_empty()).map(|part| match part.strip_prefix('{') {
        Some(name) => format!("by_{}", name.trim_end_matches('}')),
        None => part.replace(['-', '.'], "_"),
    });
    [method.to_owned()].into_iter().chain(words).collect::<Vec<_>>().join("_")
}

/// The permissions that an operation states; any one of them is enough.
fn permissions(operation: &Operation) -> Vec<String> {
    let requirements = operation.security.iter().flatten();
    // The type gives its scopes to serializers only, and always serializes.
    let scopes = requirements.filter_map(|requirement| serde_json::to_value(requirement).ok());
    scopes.filter_map(|requirement| Some(requirement.get("bearer")?.get(0)?.as_str()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn the_committed_openapi_document_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
        let text = serde_json::to_string_pretty(&router::document()).unwrap() + "\n";
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert!(
            fs::read_to_string(&path).unwrap_or_default() == text,
            "run `UPDATE_GENERATED=1 cargo test -p campo-server openapi` and commit docs/openapi.json"
        );
    }
}

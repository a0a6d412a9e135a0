//! How a problem is written into the answer.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use campo_protocol::faults::Fault;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Code, Problem};
use crate::{
    telemetry::RequestId,
    texts::{self, Language},
};

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What an answer that is not a success contains (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemShown {
    /// `/problems/` and the code
    #[serde(rename = "type")]
    pub kind: String,
    /// What went wrong, in the language asked for
    pub title: String,
    /// The HTTP status
    pub status: u16,
    /// More about it, in the language asked for
    pub detail: String,
    /// Stable code in snake_case
    pub code: &'static str,
    /// What is wrong with single fields
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultShown>,
    /// The values that the detail speaks of, such as `permission`
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    #[schema(value_type = Object)]
    pub parameters: serde_json::Map<String, serde_json::Value>,
    /// The request's id, to be named when asking for help
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// What is wrong with one field, with a text for people.
#[derive(Debug, Serialize, ToSchema)]
pub struct FaultShown {
    /// The fault
    #[serde(flatten)]
    pub fault: Fault,
    /// What a person should read, in the language asked for
    pub message: String,
}

/// The text of a fault for people.
pub fn message(fault: &Fault, language: Language) -> String {
    let expected = texts::expected(language, &fault.expected);
    texts::fill(texts::fault(language, &fault.code), |name| match name {
        "code" => Some(fault.code.as_str()),
        "found" => Some(fault.found.as_str()).filter(|found| !found.is_empty()),
        "expected" => Some(expected.as_ref()).filter(|expected| !expected.is_empty()),
        _ => None,
    })
}

impl Problem {
    /// What an answer contains of it.
    pub fn shown(&self, language: Language, request_id: Option<&RequestId>) -> ProblemShown {
        let Self(parts) = self;
        let faults = parts
            .faults
            .iter()
            .map(|fault| FaultShown { message: message(fault, language), fault: fault.clone() })
            .collect();
        ProblemShown {
            kind: format!("/problems/{}", parts.code.name()),
            title: texts::problem(language, parts.code).title.clone(),
            status: parts.code.status().as_u16(),
            detail: self.detail(language),
            code: parts.code.name(),
            faults,
            parameters: parts.parameters.iter().map(|(k, v)| ((*k).to_owned(), v.clone().into())).collect(),
            request_id: request_id.map(|id| id.as_str().to_owned()),
        }
    }

    fn write(&self, headers: &mut HeaderMap, language: Language, request_id: Option<&RequestId>) -> Body {
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, MEDIA_TYPE);
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.append(header::VARY, HeaderValue::from_static("accept-language"));
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(limit) = self.0.limit {
            limit.write(headers);
        }
        if self.code().status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // Texts and numbers always serialize; an empty body would still carry status and headers.
        Body::from(serde_json::to_vec(&self.shown(language, request_id)).unwrap_or_default())
    }
}

impl IntoResponse for Problem {
    /// Answers in English; [`localize`] finds the problem in the answer and writes it anew.
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.code().status();
        *response.body_mut() = self.write(response.headers_mut(), Language::English, None);
        response.extensions_mut().insert(self);
        response
    }
}

/// Middleware: writes problems in the language of the request and with its id. What a library answered as an error
/// (no such route, a wrong method, a limit), which is plain text or nothing, becomes a problem too; an error with
/// content of its own, such as a SOAP fault, stays as it is.
pub async fn localize(request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let request_id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>().or_else(|| of_library(&response))
    else {
        return response;
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::VARY);
    let body = problem.write(&mut parts.headers, language, request_id.as_ref());
    Response::from_parts(parts, body)
}

fn of_library(response: &Response) -> Option<Problem> {
    let content = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let is_bare = content.is_none_or(|content| content.starts_with(b"text/plain"));
    (is_error && is_bare).then(|| Code::of_status(status)).flatten().map(Problem::new)
}

#[cfg(test)]
mod tests {
    use axum::{
        Extension, Router,
        middleware::from_fn,
        routing::{get, post},
    };
    use campo_protocol::faults::Faults;
    use serde_json::{Value, json};
    use tower::ServiceExt as _;

    use super::*;

    async fn ask(path: &str, languages: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let routes = Router::new()
            .route("/full", get(|| async { Err::<(), _>(Problem::new(Code::QueueFull).retry_after_s(7)) }))
            .route("/login", get(|| async { Problem::new(Code::Unauthenticated) }))
            .route(
                "/denied",
                get(|| async { Problem::new(Code::Forbidden).with("permission", "tasks.manage") }),
            )
            .route("/wrong", get(wrong))
            .route(
                "/soap",
                get(|| async { (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/xml")], "<x/>") }),
            )
            .route("/posted", post(|| async {}))
            .route("/text", get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "of a library") }))
            .layer(from_fn(localize))
            .layer(Extension(RequestId::from("r-1")));
        let request = axum::http::Request::get(path).header(header::ACCEPT_LANGUAGE, languages);
        let response = routes.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, body.to_vec())
    }

    async fn wrong() -> Result<(), Problem> {
        let mut faults = Faults::default();
        faults.check_text("/name", "abc", 2);
        Err(faults.into())
    }

    #[tokio::test]
    async fn a_problem_is_written_in_the_language_asked_for() {
        let (status, headers, body) = ask("/wrong", "es-AR,es;q=0.9,en;q=0.8").await;
        assert_eq!(status, 422);
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(headers[header::CONTENT_LANGUAGE], "es");
        assert_eq!(headers.get_all(header::VARY).iter().count(), 1);
        assert_eq!(
            serde_json::from_slice::<Value>(&body).unwrap(),
            json!({
                "type": "/problems/validation_failed",
                "title": "Datos incorrectos",
                "status": 422,
                "detail": "Hay campos incorrectos.",
                "code": "validation_failed",
                "faults": [{
                    "field": "/name",
                    "code": "too_long",
                    "found": "abc",
                    "expected": "at most 2 characters",
                    "message": "Es demasiado largo. Se esperaba: como máximo 2 caracteres."
                }],
                "request_id": "r-1"
            })
        );
    }

    #[tokio::test]
    async fn the_parameters_of_a_problem_are_in_its_text_and_beside_it() {
        let (_, _, body) = ask("/denied", "en").await;
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["parameters"], json!({"permission": "tasks.manage"}));
        assert_eq!(body["detail"], "You lack the permission for this. It is called `tasks.manage`.");
    }

    #[tokio::test]
    async fn a_problem_brings_the_headers_that_its_status_asks_for() {
        let (status, headers, _) = ask("/full", "en").await;
        assert_eq!((status.as_u16(), &headers[header::RETRY_AFTER]), (429, &HeaderValue::from_static("7")));
        let (status, headers, _) = ask("/login", "en").await;
        assert_eq!(
            (status.as_u16(), &headers[header::WWW_AUTHENTICATE]),
            (401, &HeaderValue::from_static("Bearer"))
        );
    }

    #[tokio::test]
    async fn an_error_of_a_library_becomes_a_problem_and_one_with_content_stays() {
        for (path, code) in [("/nowhere", "not_found"), ("/text", "internal")] {
            let (_, _, body) = ask(path, "en").await;
            assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["code"], code, "{path}");
        }
        let (_, headers, body) = ask("/posted", "en").await;
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["code"], "method_not_allowed");
        assert_eq!(headers[header::ALLOW], "POST");
        let (status, _, body) = ask("/soap", "en").await;
        assert_eq!((status.as_u16(), &body[..]), (404, &b"<x/>"[..]));
    }

    #[tokio::test]
    async fn a_problem_without_the_middleware_is_whole_in_english() {
        let body = axum::body::to_bytes(Problem::new(Code::Gone).into_response().into_body(), usize::MAX);
        assert_eq!(serde_json::from_slice::<Value>(&body.await.unwrap()).unwrap()["title"], "Removed");
    }
}

//! What every request passes on its way to a route and back.

use std::{future::ready, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state, map_request, map_response},
    response::{IntoResponse as _, Response},
    routing::MethodRouter,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
};
use utoipa_axum::router::OpenApiRouter;

use super::pace::Paced;
use crate::{
    access,
    app::App,
    database::reads,
    problem::{self, Code, Problem},
    scheduler::NO_ACCOUNT,
    telemetry,
};

/// How long the next part of a body may take to arrive: longer than a phone needs to change its network.
const PART_TIME: Duration = Duration::from_secs(30);
/// How long a request may take until its answer begins, its body included. A phone on a bad line sends some kilobytes
/// a second; what does not arrive in this time it halves.
const REQUEST_TIME: Duration = Duration::from_mins(10);
/// What pages may load and who may show them: nothing of others, nobody else.
const PAGE_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The one route that undoes the encoding of its body.
const DECODED: &str = "/v1/sync";
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Puts around the routes, from the outside: id, span, line and metrics of the request; problems in its language;
/// panics become problems; headers against misuse of pages; time-outs; whose turns its reads take; the bound on bodies and
/// their least rate.
pub fn around(router: Router, app: App) -> Router {
    let (request_bytes, environment) = (app.limits.request_bytes, app.environment.clone());
    let clock = environment.clone();
    let pace = move |request: Request| ready(request.map(|body| Body::new(Paced::new(body, clock.clone()))));
    router
        .layer(DefaultBodyLimit::max(request_bytes))
        .layer(map_response(move |response| ready(name_limit(response, request_bytes))))
        .layer(from_fn_with_state(app, read_of_account))
        .layer(from_fn(refuse_encoded))
        .layer(map_request(pace))
        .layer(RequestBodyTimeoutLayer::new(PART_TIME))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIME))
        .layer(map_response(protect))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn(problem::localize))
        .layer(from_fn_with_state(environment, telemetry::observe))
}

/// The reads of a request take turns for the account that its bearer secret names: that is known before anything was read,
/// and whoever makes one up waits among strangers.
async fn read_of_account(State(app): State<App>, request: Request, next: Next) -> Response {
    let account = access::claimed_account(&app, request.headers()).unwrap_or(NO_ACCOUNT);
    reads::of_account(account, next.run(request)).await
}

/// Refuses a body that is compressed, or encoded otherwise, where nobody undoes that: it would be kept as it is, or refused
/// for what it is not.
async fn refuse_encoded(request: Request, next: Next) -> Response {
    let mut encodings = request.headers().get_all(header::CONTENT_ENCODING).into_iter();
    let is_plain =
        |value: &HeaderValue| value.is_empty() || value.as_bytes().eq_ignore_ascii_case(b"identity");
    if request.uri().path() != DECODED && !encodings.all(is_plain) {
        return Problem::new(Code::UnsupportedMediaType).with("expected", "identity").into_response();
    }
    next.run(request).await
}

/// Gives routes a bound on bodies of their own, which refusals name.
pub fn limit_body<S: Clone + Send + Sync + 'static>(
    router: OpenApiRouter<S>,
    bytes: usize,
) -> OpenApiRouter<S> {
    router
        .layer(DefaultBodyLimit::max(bytes))
        .layer(map_response(move |response| ready(name_limit(response, bytes))))
}

/// The same for one path.
pub fn limit_methods<S: Clone + Send + Sync + 'static>(
    methods: MethodRouter<S>,
    bytes: usize,
) -> MethodRouter<S> {
    methods
        .layer(DefaultBodyLimit::max(bytes))
        .layer(map_response(move |response| ready(name_limit(response, bytes))))
}

/// Names the bound where a body was refused. The innermost bound is the one that held, and was named first.
fn name_limit(mut response: Response, bytes: usize) -> Response {
    if response.status() != StatusCode::PAYLOAD_TOO_LARGE {
        return response;
    }
    let problem = response.extensions_mut().remove::<Problem>();
    let problem = problem.unwrap_or_else(|| Problem::new(Code::PayloadTooLarge));
    let named = problem.code() != Code::PayloadTooLarge || problem.parameter("limit_bytes").is_some();
    response.extensions_mut().insert(if named { problem } else { problem.with("limit_bytes", bytes) });
    response
}

/// On an answer that only our own app reads: what protects browsers is left out, since phones pay by the byte.
#[derive(Debug, Clone, Copy)]
pub struct Terse;

/// Keeps browsers from guessing what an answer is, from keeping what is somebody's, and pages from being framed or
/// loading what is not ours. What may be kept says so itself.
async fn protect(mut response: Response) -> Response {
    if response.extensions().get::<Terse>().is_some() {
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let is_page =
        headers.get(header::CONTENT_TYPE).is_some_and(|content| content.as_bytes().starts_with(b"text/html"));
    if is_page {
        for (name, value) in [
            (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "no-referrer"),
            (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()"),
        ] {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
    }
    response
}

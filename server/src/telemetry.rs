//! What operators see of the process: logs, one span and one line for each request, and metrics.

use std::{
    io::{self, IsTerminal as _},
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Extensions, HeaderName, HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing::{Instrument as _, Span, field::Empty};
use tracing_subscriber::EnvFilter;

use crate::{config::LogFormat, environment::Environment};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// How often what was measured is folded into the histograms; in between it takes memory.
const UPKEEP: Duration = Duration::from_secs(5);
/// From fast reads to what a person no longer waits for.
const BUCKETS_S: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Begins logging to standard error, once a process. `level` is a filter such as `info,sqlx=warn`.
pub fn init(format: LogFormat, level: &str) -> anyhow::Result<()> {
    let logs = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(level)?)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let begun = match format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().flatten_event(true).with_current_span(false).try_init(),
    };
    begun.map_err(|error| anyhow::anyhow!(error))
}

/// Begins logging into the output of tests, which shows it for those that fail. Any number of calls is one.
pub fn test_init() {
    // It fails where another test has begun already.
    let _ = tracing_subscriber::fmt().with_env_filter("debug,sqlx=info").with_test_writer().try_init();
}

/// The metrics of the process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// The metrics, which are collected from the first call on; a process has one set of them.
    pub fn install() -> Self {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        let handle = HANDLE.get_or_init(|| {
            // It fails for an empty list only.
            let builder = PrometheusBuilder::new().set_buckets(&BUCKETS_S).unwrap_or_default();
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another recorder of metrics is in place: ours stay empty");
            }
            handle
        });
        Self(handle.clone())
    }

    /// All metrics in Prometheus' text format.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Keeps the memory of metrics bounded, also when nobody asks for them. Runs until dropped.
    pub async fn keep(&self, environment: &Environment) {
        loop {
            environment.sleep(UPKEEP).await;
            self.0.run_upkeep();
        }
    }
}

/// The id of one request, in its log lines and in its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Its text: ASCII letters, digits, `-`, `_` and `.`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id that the caller gave, if it can stand in a log line as it is, or a new one.
    fn of(request: &Request, environment: &Environment) -> Self {
        let sane = |text: &&str| {
            (1..=64).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(sane);
        given.map_or_else(|| Self(environment.uuid().to_string().into()), Self::from)
    }
}

impl From<&str> for RequestId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// The span of a request, whatever spans are open inside it.
#[derive(Clone)]
struct RequestSpan(Span);

/// Puts the account into the log lines of the request that these extensions belong to.
pub fn name_account(extensions: &Extensions, account: i64) {
    if let Some(RequestSpan(span)) = extensions.get() {
        span.record("account", account);
    }
}

/// Middleware: gives each request its id, span, log line and metrics. Paths appear as the route that matched, so that
/// neither ids, nor queries, nor headers get into logs. As a layer of the router it stands outside of
/// [`crate::problem::localize`].
pub async fn observe(State(environment): State<Environment>, mut request: Request, next: Next) -> Response {
    let begun_us = environment.monotonic_us();
    let request_id = RequestId::of(&request, &environment);
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str).to_owned();
    // At the level `error`, so that the lines inside it have its fields whatever is filtered.
    let span = tracing::error_span!(
        "request",
        request_id = request_id.as_str(),
        method,
        route,
        account = Empty,
        status = Empty,
        latency_us = Empty
    );
    request.extensions_mut().insert(request_id.clone());
    request.extensions_mut().insert(RequestSpan(span.clone()));
    let in_flight = InFlight::new();
    let mut response = next.run(request).instrument(span.clone()).await;
    drop(in_flight);

    let latency_us = environment.monotonic_us().saturating_sub(begun_us);
    let status = response.status();
    span.record("status", status.as_u16());
    span.record("latency_us", latency_us);
    // Whoever asks every few seconds would fill the log of a server on which nothing happens.
    let is_routine = status.is_success() && (route == "/health" || route.starts_with("/health/"));
    span.in_scope(|| if is_routine { tracing::debug!("answered") } else { tracing::info!("answered") });
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.as_str().to_owned())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", &labels).record(latency_us as f64 / 1e6);
    if let Ok(value) = HeaderValue::from_str(request_id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The method, where it is one of the usual: callers can make up others, and each would be a metric of its own.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts the requests that are being worked on, also those whose caller hangs up.
struct InFlight(metrics::Gauge);

impl InFlight {
    fn new() -> Self {
        let gauge = metrics::gauge!("http_requests_in_flight");
        gauge.increment(1);
        Self(gauge)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use axum::{
        Router,
        body::Body,
        middleware::{from_fn, from_fn_with_state},
        routing::get,
    };
    use serde_json::Value;
    use tower::ServiceExt as _;
    use tracing::instrument::WithSubscriber as _;

    use super::*;
    use crate::problem::{self, Code, Problem};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The answer, and what was logged meanwhile.
    async fn ask(request: axum::http::request::Builder) -> (Response, String) {
        let environment = Environment::seeded(1, 0);
        let clock = environment.clone();
        let routes = Router::new()
            .route(
                "/tasks/{id}",
                get(async move |request: Request| {
                    clock.advance(1500);
                    let _inner = tracing::info_span!("inner").entered();
                    name_account(request.extensions(), 7);
                    tracing::info!("worked");
                }),
            )
            .route("/broken", get(|| async { Problem::internal(anyhow::anyhow!("cause").context("effect")) }))
            .route("/health/live", get(|| async {}))
            .route("/health/ready", get(|| async { Problem::new(Code::Unavailable) }))
            .route("/only/here", get(|| async { Problem::new(Code::Forbidden) }))
            .layer(from_fn(problem::localize))
            .layer(from_fn_with_state(environment, observe));
        let written = Written::default();
        let writer = written.clone();
        let logs = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone());
        let request = request.body(Body::empty()).unwrap();
        let response = routes.oneshot(request).with_subscriber(logs.finish()).await.unwrap();
        let bytes = written.0.lock().unwrap().clone();
        (response, String::from_utf8(bytes).unwrap())
    }

    #[tokio::test]
    async fn a_request_is_one_line_with_its_route_and_nothing_that_could_be_secret() {
        let request = Request::get("/tasks/4711?token=hunter2").header("authorization", "Bearer hunter2");
        let (_, logs) = ask(request.header("x-request-id", "r-1")).await;
        let lines: Vec<Value> = logs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.iter().map(|line| &line["message"]).collect::<Vec<_>>(), ["worked", "answered"]);
        let expected = serde_json::json!({
            "name": "request", "request_id": "r-1", "method": "GET", "route": "/tasks/{id}", "account": 7
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&lines[0]["spans"][0][name], value);
            assert_eq!(&lines[1]["span"][name], value);
        }
        assert_eq!(
            (&lines[1]["span"]["status"], &lines[1]["span"]["latency_us"]),
            (&200.into(), &1500.into())
        );
        assert!(!logs.contains("hunter2") && !logs.contains("4711"), "{logs}");
    }

    #[tokio::test]
    async fn a_request_has_the_id_that_its_caller_gave_if_that_is_sane() {
        for (given, taken) in [
            ("r-1", true),
            ("A.b_C-9", true),
            (&"x".repeat(64), true),
            (&"x".repeat(65), false),
            ("", false),
            ("a b", false),
            ("a\"b", false),
        ] {
            let (response, _) = ask(Request::get("/tasks/1").header("x-request-id", given)).await;
            let id = response.headers()["x-request-id"].to_str().unwrap();
            assert_eq!(id == given, taken, "{given}");
            assert!(taken || id.parse::<uuid::Uuid>().is_ok(), "{given}");
        }
    }

    #[tokio::test]
    async fn health_that_is_as_it_should_be_is_no_news() {
        let (_, logs) = ask(Request::get("/health/live")).await;
        assert_eq!(logs, "");
        let (_, logs) = ask(Request::get("/health/ready")).await;
        assert!(logs.contains(r#""status":503"#), "{logs}");
    }

    #[tokio::test]
    async fn a_fault_of_ours_is_logged_once_and_the_caller_learns_only_the_request_id() {
        let (response, logs) = ask(Request::get("/broken").header("x-request-id", "r-1")).await;
        assert_eq!(response.headers()["x-request-id"], "r-1");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&body["code"], &body["request_id"]), (&"internal".into(), &"r-1".into()));
        assert!(!body.to_string().contains("cause"));
        let errors: Vec<Value> = logs
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|line| line["level"] == "ERROR")
            .collect();
        assert_eq!(errors.len(), 1, "{logs}");
        assert_eq!(errors[0]["error"], "effect: cause");
        assert_eq!(errors[0]["span"]["request_id"], "r-1");
        assert!(errors[0]["at"].as_str().unwrap().contains("telemetry.rs"), "{logs}");
    }

    #[tokio::test]
    async fn requests_are_counted_by_route_and_status_and_not_by_what_callers_make_up() {
        let metrics = Metrics::install();
        ask(Request::get("/only/here")).await;
        ask(Request::builder().method("BREW").uri("/only/here")).await;
        ask(Request::get("/made/up")).await;
        let text = metrics.render();
        for line in [
            r#"http_requests_total{method="GET",route="/only/here",status="403"} 1"#,
            r#"http_requests_total{method="other",route="/only/here",status="405"} 1"#,
            r#"http_requests_total{method="GET",route="",status="404"} "#,
            r#"http_request_duration_seconds_bucket{method="GET",route="/only/here",status="403",le="0.0005"} 1"#,
            "http_requests_in_flight ",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("/made/up") && !text.contains("BREW"));
    }
}

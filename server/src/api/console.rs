//! The console: the files of its build are in the binary, compressed already; every address that is no other is its page.

use std::fmt::Write as _;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use reqwest::Url;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::html;
use crate::{
    app::{App, Limits},
    maps::{self, MapSource},
};

/// What `make console` wrote. A development build reads it from the folder at each request, so that it need not be
/// compiled again when the console was.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../console/dist"]
struct Files;

/// Names of the build's files hold a hash of their content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// Where the page says what the operator has set.
const SETTINGS: &str = "<meta name=\"campo-settings\" />";
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
/// What belongs to programs: an unknown address there is a problem, not a page.
const NOT_PAGES: &[&str] = &["/v1/", "/health", "/metrics", "/problems/", "/docs/"];

const NOT_BUILT: &str = "<h1>Campo</h1>\
    <h2>La consola no está en este programa</h2><p>El servidor funciona y la API responde. Para tener la consola: \
    <code>make console</code> en la carpeta de Campo (necesita Node 20.19 o más nuevo), y después compilar el servidor de \
    nuevo.</p>\
    <h2>The console is not in this program</h2><p>The server works and the API answers. To have the console: \
    <code>make console</code> in Campo's folder (needs Node 20.19 or newer), then build the server again.</p>\
    <p><a href=\"/docs\">API</a></p>";

/// Answers what no route did.
pub(super) fn pages() -> Router<App> {
    Router::new().fallback(page_or_file)
}

async fn page_or_file(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let name = path.trim_start_matches('/');
    let answer = if !is_read || NOT_PAGES.iter().any(|prefix| path.starts_with(prefix)) {
        None
    } else if is_file(name) {
        file(name, request.headers())
    } else if name.is_empty() || reads_pages(request.headers()) {
        Some(page(&app.limits).unwrap_or_else(not_built))
    } else {
        None
    };
    answer.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// Browsers say that they want a page; a program that mistook an address is told that it is not there.
fn reads_pages(asked: &HeaderMap) -> bool {
    asked
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Pages have no dot in their address; what has one is a file or is not there.
fn is_file(name: &str) -> bool {
    name.contains('.')
}

fn not_built() -> Response {
    (StatusCode::OK, [(header::CACHE_CONTROL, ASK_AGAIN)], html::page("Campo", NOT_BUILT)).into_response()
}

/// The page of the console, with what the operator has set.
fn page(limits: &Limits) -> Option<Response> {
    let page = String::from_utf8(Files::get("index.html")?.data.into_owned()).ok()?;
    let mut settings = String::new();
    let map = limits.map_source.as_ref().map(|source| match source {
        MapSource::Address(address) => address.as_str(),
        MapSource::Archive(_) => maps::PATH,
    });
    for (name, value) in [("campo-map-source", map), ("campo-public-url", limits.public_url.as_deref())] {
        if let Some(value) = value {
            let _ = write!(settings, "<meta name=\"{name}\" content=\"{}\" />", html::escape(value));
        }
    }
    let mut response = page.replace(SETTINGS, &settings).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, ASK_AGAIN);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy(limits.map_source.as_ref()));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    Some(response)
}

/// Nothing inline, nothing of others but the operator's maps, and nobody may frame it.
fn policy(map_source: Option<&MapSource>) -> HeaderValue {
    let origin = match map_source {
        Some(MapSource::Address(address)) => Url::parse(address).ok(),
        Some(MapSource::Archive(_)) | None => None,
    };
    let maps = origin.map(|address| address.origin().ascii_serialization()).unwrap_or_default();
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data: {maps}; font-src 'self'; \
         connect-src 'self' {maps}; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// A file of the build as this browser takes it.
fn file(name: &str, asked: &HeaderMap) -> Option<Response> {
    if name.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
        return None;
    }
    let kind = media_type(name)?;
    let (content, encoding) = encoded(name, asked)?;
    let cache = if name.starts_with("assets/") { FOREVER } else { ASK_AGAIN };
    let mut response = content.data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, cache);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// The file as it was compressed when the console was built, else as it is.
fn encoded(name: &str, asked: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    for (encoding, extension) in [("br", "br"), ("gzip", "gz")] {
        if takes(asked, encoding)
            && let Some(content) = Files::get(&format!("{name}.{extension}"))
        {
            return Some((content, Some(encoding)));
        }
    }
    Some((Files::get(name)?, None))
}

fn takes(asked: &HeaderMap, encoding: &str) -> bool {
    let accepted =
        asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|each| {
        let (name, weight) = each.split_once(';').unwrap_or((each, ""));
        name.trim() == encoding && weight.replace(' ', "") != "q=0"
    })
}

/// Only what a build writes is handed out.
fn media_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "pbf" => "application/x-protobuf",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_others_only_the_origin_of_the_maps_may_be_asked() {
        let of = |source: Option<MapSource>| policy(source.as_ref()).to_str().unwrap().to_owned();
        let tiles =
            of(Some(MapSource::Address("https://tiles.example.com:8443/a/{z}/{x}/{y}.png?key=x".to_owned())));
        assert!(tiles.contains("img-src 'self' blob: data: https://tiles.example.com:8443;"), "{tiles}");
        assert!(tiles.contains("connect-src 'self' https://tiles.example.com:8443;"), "{tiles}");
        for ours in [None, Some(MapSource::Archive("/srv/streets.pmtiles".into()))] {
            let policy = of(ours);
            assert!(!policy.contains("http") && policy.contains("connect-src 'self' ;"), "{policy}");
        }
    }
}

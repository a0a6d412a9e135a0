//! The address at which a client reached this server, for the WSDL.

use std::net::SocketAddr;

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, header, request::Parts},
};

use crate::app::App;

/// `https://campo.example.com`: as the request says, and as proxies say that the operator trusts.
pub(super) fn origin(app: &App, parts: &Parts) -> String {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let trusted =
        peer.is_some_and(|peer| app.limits.trusted_proxies.iter().any(|network| network.contains(&peer)));
    let host =
        text(&parts.headers, header::HOST.as_str()).or_else(|| Some(parts.uri.authority()?.to_string()));
    let (proxied_scheme, proxied_host) = if trusted { forwarded(&parts.headers) } else { (None, None) };
    let scheme = proxied_scheme.filter(|scheme| scheme == "https").unwrap_or_else(|| "http".to_owned());
    let host = proxied_host.or(host).filter(|host| is_host(host)).unwrap_or_else(|| "localhost".to_owned());
    format!("{scheme}://{host}")
}

/// Scheme and host as the proxy nearest to the client was asked for.
fn forwarded(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    let standard = text(headers, "forwarded").unwrap_or_default();
    let of_standard = |name: &str| {
        let first = standard.split(',').next()?;
        let value = first.split(';').find_map(|part| {
            let (found, value) = part.trim().split_once('=')?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })?;
        Some(value.trim_matches('"').to_owned())
    };
    let first =
        |name: &str| text(headers, name).and_then(|text| Some(text.split(',').next()?.trim().to_owned()));
    let scheme = of_standard("proto").or_else(|| first("x-forwarded-proto"));
    (
        scheme.map(|scheme| scheme.to_ascii_lowercase()),
        of_standard("host").or_else(|| first("x-forwarded-host")),
    )
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn is_host(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_proxy_was_asked_for_is_read_from_either_header() {
        for (name, value, expected) in [
            (
                "forwarded",
                "for=192.0.2.1;proto=HTTPS;host=\"campo.example\", for=10.0.0.1",
                (Some("https"), Some("campo.example")),
            ),
            ("x-forwarded-proto", "https, http", (Some("https"), None)),
            ("x-forwarded-host", "campo.example, inner", (None, Some("campo.example"))),
        ] {
            let headers = [(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect();
            let (scheme, host) = forwarded(&headers);
            assert_eq!((scheme.as_deref(), host.as_deref()), expected, "{name}");
        }
        assert!(is_host("campo.example:8080") && is_host("[::1]:80") && !is_host("a\"><x") && !is_host(""));
    }
}

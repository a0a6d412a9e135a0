//! Browsers: the cookie of a person's session, and from which pages a request that carries it may come.
//!
//! A cookie is sent by the browser whoever asks for the request, so that a request by cookie counts only when the browser
//! says that a page of ours asked for it: `Sec-Fetch-Site: same-origin` (Fetch Metadata Request Headers, section 2.3), or
//! an `Origin` that is ours (RFC 6454, section 7). That holds for reading as well, and for logging in.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts, uri::Authority};
use reqwest::Url;

use super::address::from_trusted_proxy;
use crate::{
    app::App,
    problem::{Code, Problem, Result},
};

/// What a browser keeps for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The bearer secret of a session
    Session,
    /// That somebody logged in with it before ([`super::device`])
    Device,
}

impl Cookie {
    /// Its name over TLS, whose prefix makes browsers refuse one that was set for a whole domain, for a path, or without
    /// TLS (RFC 6265bis, section 4.1.3.2); and that over plain HTTP, on loopback or where the operator's `public_url` is
    /// `http://`.
    const fn names(self) -> [&'static str; 2] {
        match self {
            Self::Session => ["__Host-campo", "campo"],
            Self::Device => ["__Host-campo-device", "campo-device"],
        }
    }
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What a request brings in a cookie.
pub(super) fn cookie(headers: &HeaderMap, cookie: Cookie) -> Option<&str> {
    cookie.names().into_iter().find_map(|name| {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
        pairs.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim())
    })
}

/// Refuses a request that no page of ours asked for. [`Code::OtherSite`].
pub fn check_same_origin(app: &App, headers: &HeaderMap) -> Result<()> {
    if headers.get(FETCH_SITE).is_some_and(|site| site == "same-origin") || is_our_origin(app, headers) {
        return Ok(());
    }
    Err(Code::OtherSite.into())
}

fn is_our_origin(app: &App, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else {
        return false;
    };
    let Ok(origin) = Url::parse(origin) else { return false };
    if let Some(public) = &app.limits.public_url {
        return Url::parse(public).is_ok_and(|public| public.origin() == origin.origin());
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let ours = Url::parse(&format!("{}://{host}", origin.scheme()));
    ours.is_ok_and(|ours| ours.origin() == origin.origin())
}

/// The header that gives a browser a cookie, for as long as `seconds`. [`Code::InsecureConnection`] where a password and
/// the cookie would cross a network in clear.
pub fn set_cookie(app: &App, parts: &Parts, cookie: Cookie, text: &str, seconds: i64) -> Result<HeaderValue> {
    let attributes = format!("Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}");
    let [secure, plain] = cookie.names();
    let text = match road(app, parts) {
        Road::Tls => format!("{secure}={text}; Secure; {attributes}"),
        Road::PlainAllowed => format!("{plain}={text}; {attributes}"),
        Road::Plain => return Err(Code::InsecureConnection.into()),
    };
    let mut value = HeaderValue::try_from(text).map_err(Problem::internal)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The headers that take a session from a browser.
pub fn clear_cookies() -> [(HeaderName, HeaderValue); 2] {
    [
        (
            header::SET_COOKIE,
            HeaderValue::from_static("__Host-campo=; Secure; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"),
        ),
        (
            header::SET_COOKIE,
            HeaderValue::from_static("campo=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"),
        ),
    ]
}

/// How a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Road {
    /// Over TLS, as far as can be known here
    Tls,
    /// In clear, where nobody listens or the operator wants it so
    PlainAllowed,
    /// In clear over a network
    Plain,
}

fn road(app: &App, parts: &Parts) -> Road {
    let public = app.limits.public_url.as_deref().unwrap_or_default();
    if public.starts_with("https://")
        || forwarded_https(app, parts)
        || parts.extensions.get::<Tls>().is_some()
    {
        Road::Tls
    } else if public.starts_with("http://") || is_loopback(&parts.headers) {
        Road::PlainAllowed
    } else {
        Road::Plain
    }
}

/// On a request that came over TLS to this process itself.
#[derive(Debug, Clone, Copy)]
pub struct Tls;

fn forwarded_https(app: &App, parts: &Parts) -> bool {
    parts.headers.get(FORWARDED_PROTO).is_some_and(|proto| proto == "https") && from_trusted_proxy(app, parts)
}

/// True when the browser was pointed at the machine it runs on.
fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let found = |text: &'static str| {
            cookie(&headers(&[(header::COOKIE, text)]), Cookie::Session).map(str::to_owned)
        };
        assert_eq!(found("a=1; campo=x; b=2").as_deref(), Some("x"));
        assert_eq!(found("campo=x; __Host-campo=y").as_deref(), Some("y"));
        assert_eq!(found("xcampo=1; campo2=2"), None);
    }

    #[test]
    fn loopback_is_told_from_names_that_look_like_it() {
        for (host, expected) in [
            ("localhost:8080", true),
            ("127.0.0.1", true),
            ("[::1]:80", true),
            ("campo.localhost", true),
            ("localhost.example.com", false),
            ("10.0.0.1:8080", false),
            ("127.0.0.1.example.com", false),
        ] {
            assert_eq!(is_loopback(&headers(&[(header::HOST, host)])), expected, "{host}");
        }
    }
}

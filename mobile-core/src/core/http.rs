//! The server over HTTP.

use std::{io::Read as _, time::Duration};

use reqwest::{Client, Method, header, redirect};

use super::{
    failure::{CoreFailure, Result},
    tls,
    transport::{Answering, HttpRequest, Transport},
};
use crate::{machine::event::Failure, wire::HttpAnswer};

/// A network that answers no sooner is none.
const CONNECT: Duration = Duration::from_secs(15);
/// How long an answer may stand still.
const SILENCE: Duration = Duration::from_secs(30);
/// How long an exchange may take: a part of a file on a slow network.
const WHOLE: Duration = Duration::from_mins(3);
/// No answer of Campo's is larger; what a captive portal sends is cut off here.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// The one encoding that answers may have.
const ZSTD: &str = "zstd";

/// The server over HTTP.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
}

impl Http {
    /// Over TLS with the roots of Mozilla and the company's own (PEM).
    #[expect(clippy::disallowed_methods, reason = "the one place that builds a client of phones")]
    pub fn new(company_roots_pem: Option<&str>) -> Result<Self> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls::client_config(company_roots_pem)?)
            // A redirect is a captive portal's: Campo makes none
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(WHOLE)
            .user_agent(concat!("campo-mobile/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| CoreFailure::internal(&error))?;
        Ok(Self { client })
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpAnswer, Failure> {
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| Failure::Broken)?;
        let mut builder = self.client.request(method, request.url).body(request.body);
        builder = builder.header(header::ACCEPT_ENCODING, ZSTD);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        let mut response = builder.send().await.map_err(|error| {
            if error.is_connect() || error.is_builder() { Failure::Offline } else { Failure::Broken }
        })?;
        let text = |name| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let content_type = text(header::CONTENT_TYPE);
        let retry_after_s = text(header::RETRY_AFTER).and_then(|seconds| seconds.parse().ok());
        let encoding = text(header::CONTENT_ENCODING);
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|_| Failure::Broken)? {
            if body.len() + part.len() > MAX_ANSWER_BYTES {
                return Err(Failure::Broken);
            }
            body.extend_from_slice(&part);
        }
        let body = decoded(encoding.as_deref(), body, MAX_ANSWER_BYTES).ok_or(Failure::Broken)?;
        Ok(HttpAnswer { status, content_type, retry_after_s, body })
    }
}

/// The body as it was before it was encoded; none when it cannot be read or is longer than `most_bytes`.
fn decoded(encoding: Option<&str>, body: Vec<u8>, most_bytes: usize) -> Option<Vec<u8>> {
    match encoding {
        None | Some("identity") => Some(body),
        Some(ZSTD) => {
            let mut plain = Vec::new();
            let decoder = zstd::stream::read::Decoder::with_buffer(&body[..]).ok()?;
            decoder.take(most_bytes as u64 + 1).read_to_end(&mut plain).ok()?;
            (plain.len() <= most_bytes).then_some(plain)
        }
        // Nobody asked for it
        Some(_) => None,
    }
}

impl Transport for Http {
    fn send(&self, request: HttpRequest) -> Answering<'_> {
        Box::pin(self.answer(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_decoded_within_its_bound() {
        let plain = vec![b'a'; 10_000];
        let encoded = zstd::bulk::compress(&plain, 3).unwrap();
        for (encoding, body, most_bytes, expected) in [
            (None, &plain, 10_000, Some(&plain)),
            (Some("identity"), &plain, 10_000, Some(&plain)),
            (Some("zstd"), &encoded, 10_000, Some(&plain)),
            (Some("zstd"), &encoded, 9_999, None),
            (Some("zstd"), &plain, 10_000, None),
            (Some("gzip"), &encoded, 10_000, None),
        ] {
            assert_eq!(decoded(encoding, body.clone(), most_bytes).as_ref(), expected, "{encoding:?}");
        }
    }
}

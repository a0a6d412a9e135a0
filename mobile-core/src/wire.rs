//! The exchange as bytes, without I/O: what is sent, and what an answer means.

use campo_protocol::{
    clock::Clock,
    sync::{Answer, Request},
};
use serde::Deserialize;

use crate::machine::event::{Exchange, Failure};

/// The format of the exchange that this release speaks.
pub const FORMAT: i64 = 1;
/// What won on the bodies of phones (`make bench BENCH="--only compression"`): of 200 entries, 109 kB, it makes 5.8 kB in
/// 0.05 ms on a server's processor; level 3 makes 6.5 kB in 0.07 ms, level 9 6.0 kB in 0.6 ms, and gzip never less than
/// 7.2 kB. Single entries come to the same at every level.
const ZSTD_LEVEL: i32 = 1;
/// Below this a body is sent as it is: compression would make it no smaller.
const COMPRESS_FROM_BYTES: usize = 256;

/// An answer over HTTP, whoever gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status
    pub status: u16,
    /// The header `Content-Type`
    pub content_type: Option<String>,
    /// The header `Retry-After`, where it is a number of seconds
    pub retry_after_s: Option<u64>,
    /// The body, whole
    pub body: Vec<u8>,
}

/// A body, and how it is encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The bytes to send
    pub bytes: Vec<u8>,
    /// The header `Content-Encoding`, if any
    pub encoding: Option<&'static str>,
}

/// The lines of an exchange: the request, then the entries as they were captured.
pub fn request_lines(exchange: &Exchange, clock: &Clock, entries: &[Vec<u8>]) -> serde_json::Result<Vec<u8>> {
    let request = Request {
        format: FORMAT,
        clock: clock.clone(),
        view: exchange.view.clone(),
        unsent: Some(exchange.unsent.clone()),
        files: exchange.files.clone(),
    };
    let mut bytes = serde_json::to_vec(&request)?;
    for entry in entries {
        bytes.push(b'\n');
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The lines as they travel.
pub fn compress(lines: Vec<u8>) -> Body {
    if lines.len() >= COMPRESS_FROM_BYTES
        && let Ok(bytes) = zstd::bulk::compress(&lines, ZSTD_LEVEL)
        && bytes.len() < lines.len()
    {
        return Body { bytes, encoding: Some("zstd") };
    }
    Body { bytes: lines, encoding: None }
}

/// What the answer to an exchange means.
pub fn read_exchange(answer: &HttpAnswer) -> Result<Answer, Failure> {
    if answer.status == 200 {
        return serde_json::from_slice(&answer.body).map_err(|_| Failure::Broken);
    }
    Err(failure(answer))
}

/// What the server has of a file after a part of it was sent.
#[derive(Debug, Clone, Deserialize)]
struct UploadAnswer {
    #[serde(default)]
    stored: bool,
    #[serde(default)]
    received_bytes: Option<i64>,
}

/// What the answer to an upload means: how much the server has, none when it has all of it durably.
pub fn read_upload(answer: &HttpAnswer) -> Result<Option<i64>, Failure> {
    if (200..300).contains(&answer.status) {
        let upload: UploadAnswer = serde_json::from_slice(&answer.body).map_err(|_| Failure::Broken)?;
        return match (upload.stored, upload.received_bytes) {
            (true, _) => Ok(None),
            (false, Some(received_bytes)) => Ok(Some(received_bytes)),
            (false, None) => Err(Failure::Broken),
        };
    }
    // The parts that are there are not those that the phone believes: it goes on behind them
    if let Some(ProblemDocument { code, parameters }) = problem(answer)
        && code == "upload_out_of_order"
        && let Some(received_bytes) = parameters.received_bytes.and_then(|bytes| bytes.parse().ok())
    {
        return Ok(Some(received_bytes));
    }
    match failure(answer) {
        // A ticket is the only right that an upload has
        Failure::NeedsLogin => Err(Failure::TicketLost),
        Failure::Refused(code) if matches!(code.as_str(), "not_found" | "gone" | "forbidden") => {
            Err(Failure::TicketLost)
        }
        failure => Err(failure),
    }
}

/// A problem of Campo's (RFC 9457).
#[derive(Debug, Deserialize)]
struct ProblemDocument {
    code: String,
    #[serde(default)]
    parameters: Parameters,
}

/// What a problem is about: texts, numbers among them.
#[derive(Debug, Default, Deserialize)]
struct Parameters {
    #[serde(default)]
    received_bytes: Option<String>,
}

fn problem(answer: &HttpAnswer) -> Option<ProblemDocument> {
    let is_problem = answer.content_type.as_deref()?.starts_with("application/problem+json");
    if is_problem { serde_json::from_slice(&answer.body).ok() } else { None }
}

/// What an answer that is no success means. What is not Campo's own says nothing but that Campo was not reached.
pub fn failure(answer: &HttpAnswer) -> Failure {
    let Some(ProblemDocument { code, .. }) = problem(answer) else {
        return if answer.status == 413 { Failure::TooLarge } else { Failure::Broken };
    };
    match code.as_str() {
        "unauthenticated" | "session_expired" => Failure::NeedsLogin,
        "revoked" => Failure::Revoked,
        "stolen" => Failure::Stolen,
        "format_unknown" => Failure::UpgradeRequired,
        "payload_too_large" | "too_many_entries" => Failure::TooLarge,
        "body_incomplete" | "malformed_json" => Failure::Broken,
        "too_many_requests" | "queue_full" | "unavailable" | "internal" | "request_timeout" => {
            Failure::Later { retry_after_s: answer.retry_after_s }
        }
        _ => Failure::Refused(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: &str, body: &str) -> HttpAnswer {
        HttpAnswer {
            status,
            content_type: Some(content_type.to_owned()),
            retry_after_s: Some(7),
            body: body.as_bytes().to_vec(),
        }
    }

    fn refusal(status: u16, code: &str) -> HttpAnswer {
        answer(status, "application/problem+json", &format!(r#"{{"code":"{code}","title":"…"}}"#))
    }

    #[test]
    fn only_campo_speaks_for_campo() {
        let whole = r#"{"epoch":"00000000-0000-0000-0000-000000000007","received_at_us":1,"new":{}}"#;
        assert_eq!(read_exchange(&answer(200, "application/json", whole)).unwrap().received_at_us, 1);
        let later = Failure::Later { retry_after_s: Some(7) };
        for (given, expected) in [
            (answer(200, "text/html", "<html>Welcome to the hotel</html>"), Failure::Broken),
            (answer(200, "application/json", &whole[..40]), Failure::Broken),
            (answer(302, "text/html", ""), Failure::Broken),
            (answer(401, "text/html", "proxy"), Failure::Broken),
            (answer(403, "application/json", r#"{"code":"stolen"}"#), Failure::Broken),
            (answer(413, "text/html", "nginx"), Failure::TooLarge),
            (answer(502, "text/html", "nginx"), Failure::Broken),
            (refusal(413, "payload_too_large"), Failure::TooLarge),
            (refusal(401, "unauthenticated"), Failure::NeedsLogin),
            (refusal(403, "revoked"), Failure::Revoked),
            (refusal(403, "stolen"), Failure::Stolen),
            (refusal(400, "format_unknown"), Failure::UpgradeRequired),
            (refusal(429, "queue_full"), later.clone()),
            (refusal(503, "unavailable"), later),
            (refusal(422, "validation_failed"), Failure::Refused("validation_failed".to_owned())),
        ] {
            assert_eq!(read_exchange(&given).unwrap_err(), expected, "{given:?}");
        }
    }

    #[test]
    fn an_upload_without_a_valid_ticket_asks_for_a_new_one() {
        for (given, expected) in [
            (answer(200, "application/json", r#"{"received_bytes":5}"#), Ok(Some(5))),
            (answer(200, "application/json", r#"{"stored":true,"received_bytes":9}"#), Ok(None)),
            (answer(200, "text/html", "<html>"), Err(Failure::Broken)),
            (
                answer(
                    409,
                    "application/problem+json",
                    r#"{"code":"upload_out_of_order","parameters":{"received_bytes":"7"}}"#,
                ),
                Ok(Some(7)),
            ),
            (refusal(404, "not_found"), Err(Failure::TicketLost)),
            (refusal(403, "stolen"), Err(Failure::Stolen)),
        ] {
            assert_eq!(read_upload(&given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_body_is_compressed_when_that_makes_it_smaller() {
        let lines = vec![b'a'; 10_000];
        let body = compress(lines.clone());
        assert_eq!(body.encoding, Some("zstd"));
        assert_eq!(zstd::decode_all(&body.bytes[..]).unwrap(), lines);
        assert_eq!(compress(b"{}".to_vec()), Body { bytes: b"{}".to_vec(), encoding: None });
    }
}

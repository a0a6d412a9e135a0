//! The body of an exchange: lines of JSON, plain or compressed, never more than its bound after decompression.

use std::io::Read;

use http::{HeaderMap, header};

use crate::problem::{Code, Problem, Result};

/// Decompresses `body` as its `Content-Encoding` says, reading at most one byte beyond `limit_bytes`, so that a bomb
/// costs no more than an honest request.
pub(super) fn decompress(headers: &HeaderMap, body: &[u8], limit_bytes: usize) -> Result<Vec<u8>> {
    let encoding =
        headers.get(header::CONTENT_ENCODING).map_or("identity", |value| value.to_str().unwrap_or(""));
    let bound = limit_bytes as u64 + 1;
    let mut bytes = Vec::new();
    let read = match encoding.trim().to_ascii_lowercase().as_str() {
        "identity" => body.take(bound).read_to_end(&mut bytes),
        "gzip" => flate2::read::MultiGzDecoder::new(body).take(bound).read_to_end(&mut bytes),
        "zstd" => zstd::stream::read::Decoder::with_buffer(body).and_then(|mut decoder| {
            // 8 MiB, which the format asks every decoder to allow (RFC 8878, 3.1.1.1.2)
            decoder.window_log_max(23)?;
            decoder.take(bound).read_to_end(&mut bytes)
        }),
        _ => {
            return Err(Problem::new(Code::UnsupportedMediaType).with("expected", "identity, gzip, zstd"));
        }
    };
    read.map_err(|_| Problem::new(Code::BodyIncomplete))?;
    if bytes.len() > limit_bytes {
        return Err(Problem::new(Code::PayloadTooLarge).with("limit_bytes", limit_bytes));
    }
    Ok(bytes)
}

/// The first line, and those after it that are not blank, each with its number from 1.
///
/// Only the end of a line is taken off, as phones (LF) and proxies (CR LF) end them: what is left is the author's, byte
/// for byte, blanks included.
pub(super) fn lines(body: &[u8]) -> (&[u8], impl Iterator<Item = (i64, &[u8])>) {
    let mut lines = body.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let first = lines.next().unwrap_or_default();
    (first, (1..).zip(lines).filter(|(_, line)| !line.trim_ascii().is_empty()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use http::HeaderValue;

    use super::*;

    fn encoded(encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_ENCODING, HeaderValue::from_static(encoding))])
    }

    #[test]
    fn every_encoding_is_read_and_a_bomb_is_refused() {
        let plain = vec![b'a'; 100_000];
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&plain).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = zstd::encode_all(&plain[..], 3).unwrap();
        for (encoding, body) in [("identity", &plain), ("gzip", &gzip), ("zstd", &zstd)] {
            assert_eq!(decompress(&encoded(encoding), body, 100_000).unwrap(), plain, "{encoding}");
            let problem = decompress(&encoded(encoding), body, 99_999).unwrap_err();
            assert_eq!(problem.code(), Code::PayloadTooLarge, "{encoding}");
        }
        for (encoding, body) in
            [("gzip", &gzip[..50]), ("zstd", &zstd[..10]), ("gzip", b"nonsense"), ("zstd", b"nonsense")]
        {
            let problem = decompress(&encoded(encoding), body, 100_000).unwrap_err();
            assert_eq!(problem.code(), Code::BodyIncomplete, "{encoding}");
        }
        assert_eq!(decompress(&encoded("br"), b"", 10).unwrap_err().code(), Code::UnsupportedMediaType);
    }

    #[test]
    fn lines_end_as_phones_and_proxies_end_them() {
        let (first, rest) = lines(b"a\r\nb\n\n c \n");
        assert_eq!(first, b"a");
        assert_eq!(rest.collect::<Vec<_>>(), [(1, &b"b"[..]), (3, b" c ")]);
        assert_eq!(lines(b"").0, b"");
    }
}

//! `Range` of one part (RFC 9110, 14.2), so that a download goes on where it broke off.

use std::ops::Range;

use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::problem::{Code, Problem, Result};

/// What of a file is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of it
    Whole,
    /// These bytes
    Part(Range<u64>),
    /// Bytes that it does not have
    Beyond,
}

impl Wanted {
    /// The status of the answer, the bytes that are in it, and the headers that say so, for a file of `size` bytes.
    pub(crate) fn answered(self, size: u64) -> Result<(StatusCode, Range<u64>, HeaderMap)> {
        let (status, range) = match self {
            Self::Whole => (StatusCode::OK, 0..size),
            Self::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
            Self::Beyond => return Err(Problem::new(Code::RangeNotSatisfiable).with("size_bytes", size)),
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, (range.end - range.start).into());
        if status == StatusCode::PARTIAL_CONTENT {
            let part = format!("bytes {}-{}/{size}", range.start, range.end - 1);
            headers.insert(header::CONTENT_RANGE, HeaderValue::try_from(part).map_err(Problem::internal)?);
        }
        Ok((status, range, headers))
    }
}

/// What a `Range` header asks of a file of `size` bytes. Several parts, other units and what cannot be read mean the
/// whole, as the standard allows.
pub(crate) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some((first, last)) =
        header.and_then(|text| text.trim().strip_prefix("bytes=")).and_then(|text| text.split_once('-'))
    else {
        return Wanted::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    match (first.is_empty(), last.is_empty(), number(first), number(last)) {
        (true, false, _, Some(0)) => Wanted::Beyond,
        (true, false, _, Some(count)) => part(size.saturating_sub(count), size, size),
        (false, true, Some(first), _) => part(first, size, size),
        (false, false, Some(first), Some(last)) if first <= last => part(first, last.saturating_add(1), size),
        _ => Wanted::Whole,
    }
}

fn part(from: u64, to: u64, size: u64) -> Wanted {
    if from < size { Wanted::Part(from..to.min(size)) } else { Wanted::Beyond }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_understood_and_everything_else_is_the_whole() {
        let cases = [
            ("bytes=0-4", Wanted::Part(0..5)),
            ("bytes=3-", Wanted::Part(3..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-30", Wanted::Part(0..10)),
            ("bytes=2-99999999999999999999999", Wanted::Part(2..10)),
            ("bytes=10-", Wanted::Beyond),
            ("bytes=-0", Wanted::Beyond),
            ("bytes=5-4", Wanted::Whole),
            ("bytes=0-1,3-4", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("lines=0-4", Wanted::Whole),
            ("", Wanted::Whole),
        ];
        for (header, expected) in cases {
            assert_eq!(wanted(Some(header), 10), expected, "{header}");
        }
        assert_eq!(wanted(None, 10), Wanted::Whole);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Beyond);
    }
}

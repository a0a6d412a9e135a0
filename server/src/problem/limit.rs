//! A limit that a caller ran into, as answers name it: the fields `RateLimit-Policy` and `RateLimit`
//! (draft-ietf-httpapi-ratelimit-headers).

use http::{HeaderMap, HeaderName, HeaderValue};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// A limit of which nothing is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    name: &'static str,
    quota: u64,
    /// Within how many seconds; none for what counts at a time
    window_s: Option<u64>,
    /// After how many seconds there is some again
    pub(super) reset_s: u64,
}

impl Limit {
    /// So many requests within a time.
    pub const fn within(name: &'static str, quota: u64, window_s: u64) -> Self {
        Self { name, quota, window_s: Some(window_s), reset_s: 1 }
    }

    /// So many requests at a time.
    pub const fn at_a_time(name: &'static str, quota: u64) -> Self {
        Self { name, quota, window_s: None, reset_s: 1 }
    }

    /// When there is some again.
    #[must_use]
    pub const fn back_in_s(mut self, seconds: u64) -> Self {
        self.reset_s = seconds;
        self
    }

    /// Adds the fields of an answer.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        let Self { name, quota, window_s, reset_s } = self;
        let policy = match window_s {
            Some(window_s) => format!(r#""{name}";q={quota};w={window_s}"#),
            None => format!(r#""{name}";q={quota};qu="concurrent-requests""#),
        };
        for (field, text) in [(POLICY, policy), (STATE, format!(r#""{name}";r=0;t={reset_s}"#))] {
            // Names are of this program, and digits are always valid
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(field, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_named_with_what_is_left_and_when_there_is_more() {
        for (limit, policy, state) in [
            (Limit::within("login", 10, 300).back_in_s(30), r#""login";q=10;w=300"#, r#""login";r=0;t=30"#),
            (
                Limit::at_a_time("writes", 7),
                r#""writes";q=7;qu="concurrent-requests""#,
                r#""writes";r=0;t=1"#,
            ),
        ] {
            let mut headers = HeaderMap::new();
            limit.write(&mut headers);
            assert_eq!(
                (&headers[POLICY], &headers[STATE]),
                (&policy.parse().unwrap(), &state.parse().unwrap())
            );
        }
    }
}

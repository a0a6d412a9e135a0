//! WS-Security UsernameToken 1.0, as far as clients of old services use it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

use crate::{fault::Fault, xml::Element};

/// The namespace of the header.
pub const NAMESPACE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

/// How many bytes a nonce has.
pub const NONCE_BYTES: std::ops::RangeInclusive<usize> = 8..=128;
/// How far the sender's clock may be from ours, in seconds.
pub const MAX_AGE_S: i64 = 300;

/// What the header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// Who sends the request
    pub token: Option<UsernameToken>,
    /// From when to when the sender wants it to count
    pub timestamp: Option<TimestampHeader>,
}

/// Who sends a request.
#[derive(Clone, PartialEq, Eq)]
pub struct UsernameToken {
    /// The name
    pub username: String,
    /// The proof
    pub password: Password,
    /// Chosen by the sender, once per request
    pub nonce: Option<Vec<u8>>,
    /// When the sender made it, exactly as written: the digest is made of these characters
    pub created: Option<String>,
}

impl std::fmt::Debug for UsernameToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UsernameToken").field("username", &self.username).finish_non_exhaustive()
    }
}

/// The proof in a token.
#[derive(Clone, PartialEq, Eq)]
pub enum Password {
    /// The password itself
    Text(String),
    /// Base64(SHA-1(nonce ‖ created ‖ password))
    Digest(String),
}

/// `Timestamp` of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampHeader {
    /// When it was made
    pub created: Option<String>,
    /// Until when it counts
    pub expires: Option<String>,
}

/// Why a token does not count; never told to the sender in detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The digest is made of another password, or the text is another one
    #[error("the password is wrong")]
    Password,
    /// A digest without nonce, or with one that is too short or too long
    #[error("the nonce is missing, or has not 8 to 128 bytes")]
    Nonce,
    /// A digest without the instant, or one that is too far from now
    #[error("`Created` is missing, or more than 300 seconds from now")]
    Age,
}

impl Security {
    /// Reads the header; what of it has no meaning here is left alone.
    pub fn read(header: &Element) -> Result<Self, Fault> {
        let token = header.child("UsernameToken").map(UsernameToken::read).transpose()?;
        let timestamp = header.child("Timestamp").map(|element| TimestampHeader {
            created: element.child_text("Created").map(|text| text.trim().to_owned()),
            expires: element.child_text("Expires").map(|text| text.trim().to_owned()),
        });
        Ok(Self { token, timestamp })
    }

    /// True when the sender's own timestamp says that the request counts now. Without one nothing is demanded.
    pub fn is_timely(&self, now_us: i64) -> bool {
        let Some(timestamp) = &self.timestamp else { return true };
        let made = timestamp.created.as_deref().map(instant_us);
        let ends = timestamp.expires.as_deref().map(instant_us);
        let slack_us = MAX_AGE_S * 1_000_000;
        let made_fits = made.is_none_or(|at| at.is_some_and(|at_us| at_us <= now_us + slack_us));
        let ends_fits = ends.is_none_or(|at| at.is_some_and(|at_us| at_us > now_us - slack_us));
        made_fits && ends_fits
    }
}

impl UsernameToken {
    fn read(element: &Element) -> Result<Self, Fault> {
        let username = element.child_text("Username").unwrap_or_default().trim().to_owned();
        let nonce = element.child_text("Nonce").map(|text| {
            let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            STANDARD.decode(packed).map_err(|_| Fault::sender("the nonce is not base64"))
        });
        let created = element.child_text("Created").map(str::to_owned);
        let password = element.child("Password");
        let kind = password.and_then(|element| element.attribute("", "Type")).unwrap_or_default();
        let text = password.map(|element| element.text.clone()).unwrap_or_default();
        let password = if kind.trim().ends_with("#PasswordDigest") {
            Password::Digest(text.trim().to_owned())
        } else {
            Password::Text(text)
        };
        Ok(Self { username, password, nonce: nonce.transpose()?, created })
    }

    /// Checks the proof against the password, without comparing faster where less is right. A nonce still has to be
    /// remembered by the caller.
    pub fn verify(&self, password: &str, now_us: i64) -> Result<(), Refused> {
        match &self.password {
            Password::Text(text) if bool::from(text.as_bytes().ct_eq(password.as_bytes())) => Ok(()),
            Password::Text(_) => Err(Refused::Password),
            Password::Digest(digest) => {
                let nonce = self.nonce.as_deref().filter(|nonce| NONCE_BYTES.contains(&nonce.len()));
                let nonce = nonce.ok_or(Refused::Nonce)?;
                let created = self.created.as_deref().ok_or(Refused::Age)?;
                let made_us = instant_us(created).ok_or(Refused::Age)?;
                if now_us.abs_diff(made_us) > MAX_AGE_S.unsigned_abs() * 1_000_000 {
                    return Err(Refused::Age);
                }
                let expected = password_digest(nonce, created, password);
                let right = bool::from(digest.as_bytes().ct_eq(expected.as_bytes()));
                if right { Ok(()) } else { Err(Refused::Password) }
            }
        }
    }
}

/// Base64(SHA-1(nonce ‖ created ‖ password)), with `created` exactly as written.
pub fn password_digest(nonce: &[u8], created: &str, password: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(nonce);
    hash.update(created.as_bytes());
    hash.update(password.as_bytes());
    STANDARD.encode(hash.finalize())
}

/// An instant as clients write it: with `Z`, with an offset, or without either, which means UTC.
fn instant_us(text: &str) -> Option<i64> {
    let text = text.trim();
    let zoned = text.parse::<Timestamp>().ok();
    zoned.or_else(|| format!("{text}Z").parse().ok()).map(Timestamp::as_microsecond)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Strictness, read};

    const NOW_US: i64 = 1_894_732_038_000_000;

    fn token(inner: &str) -> UsernameToken {
        let header =
            read(&format!("<Security><UsernameToken>{inner}</UsernameToken></Security>"), Strictness::Strict);
        Security::read(&header.unwrap()).unwrap().token.unwrap()
    }

    fn digest(created: &str, nonce: &[u8], password: &str) -> UsernameToken {
        token(&format!(
            "<Username> ana </Username><Password Type=\"http://x#PasswordDigest\">{}</Password>\
             <Nonce>{}</Nonce><Created>{created}</Created>",
            password_digest(nonce, created, password),
            STANDARD.encode(nonce)
        ))
    }

    #[test]
    fn a_digest_is_that_of_the_specification() {
        // from the documentation of Apache Rampart and WSS4J's tests: the same three inputs, the same digest
        let nonce = STANDARD.decode("LKqI6G/AikKCQrN0zqZFlg==").unwrap();
        let digest = password_digest(&nonce, "2010-09-16T07:50:45Z", "userpassword");
        assert_eq!(digest, "tuOSpGlFlIXsozq4HFNeeGeFLEI=");
    }

    #[test]
    fn proofs_are_right_or_refused() {
        let now = Timestamp::from_microsecond(NOW_US).unwrap();
        let nonce = [7; 16];
        let at = |seconds: i64| (now + jiff::SignedDuration::from_secs(seconds)).to_string();
        let offset = at(0).replace('Z', "+00:00");
        for (token, expected) in [
            (token("<Username>ana</Username><Password>secret</Password>"), Ok(())),
            (token("<Username>ana</Username><Password Type='#PasswordText'>secret</Password>"), Ok(())),
            (token("<Username>ana</Username><Password>other</Password>"), Err(Refused::Password)),
            (token("<Username>ana</Username>"), Err(Refused::Password)),
            (digest(&at(0), &nonce, "secret"), Ok(())),
            (digest(&offset, &nonce, "secret"), Ok(())),
            (digest(&at(-299), &nonce, "secret"), Ok(())),
            (digest(&at(299), &nonce, "secret"), Ok(())),
            (digest(&at(-301), &nonce, "secret"), Err(Refused::Age)),
            (digest(&at(301), &nonce, "secret"), Err(Refused::Age)),
            (digest("yesterday", &nonce, "secret"), Err(Refused::Age)),
            (digest(&at(0), &[7; 7], "secret"), Err(Refused::Nonce)),
            (digest(&at(0), &[7; 129], "secret"), Err(Refused::Nonce)),
            (digest(&at(0), &nonce, "other"), Err(Refused::Password)),
        ] {
            assert_eq!(token.verify("secret", NOW_US), expected, "{token:?}");
        }
    }

    #[test]
    fn a_timestamp_that_is_there_is_heeded() {
        let security = |inner: &str| {
            let header =
                read(&format!("<Security><Timestamp>{inner}</Timestamp></Security>"), Strictness::Strict);
            Security::read(&header.unwrap()).unwrap()
        };
        let now = "2030-01-15T18:27:18Z";
        assert_eq!(instant_us(now), Some(NOW_US));
        for (inner, timely) in [
            (String::new(), true),
            (format!("<Created>{now}</Created><Expires>2030-01-15T18:32:18Z</Expires>"), true),
            ("<Created>2030-01-15T18:40:18Z</Created>".to_owned(), false),
            ("<Expires>2030-01-15T18:02:18Z</Expires>".to_owned(), false),
            ("<Expires>never</Expires>".to_owned(), false),
        ] {
            assert_eq!(security(&inner).is_timely(NOW_US), timely, "{inner}");
        }
    }
}

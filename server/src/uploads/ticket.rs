//! Tickets: signed text that needs no row.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use crate::secrets::{Secrets, same};

/// How long a ticket holds: 30 days.
pub(super) const VALID_US: i64 = 30 * DAY_US;
const DAY_US: i64 = 24 * 3600 * 1_000_000;

/// The first byte of a ticket: how it is made.
const FORMAT: u8 = 1;
const CONTENT_BYTES: usize = 1 + 8 + 16 + 32 + 8 + 8;
const SIGNATURE_BYTES: usize = 32;

/// The right to send one file of one phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The account
    pub account: i64,
    /// The phone that asked for it
    pub installation: Uuid,
    /// SHA-256 of the file
    pub hash: [u8; 32],
    /// Its length
    pub size_bytes: i64,
    /// Until when it holds: microseconds since 1970 UTC
    pub expires_us: i64,
}

impl Ticket {
    /// Until when a ticket of today holds. It is the same for a whole day, so that a phone that asks again gets the
    /// same text, which its uploader may hold already.
    pub fn expiry_us(now_us: i64) -> i64 {
        now_us.div_euclid(DAY_US).saturating_add(1).saturating_mul(DAY_US).saturating_add(VALID_US)
    }

    /// Its text, of letters, digits, `-` and `_`.
    pub fn format(&self, secrets: &Secrets) -> String {
        let content = self.content();
        URL_SAFE_NO_PAD.encode([&content[..], &secrets.upload_signature(&content)].concat())
    }

    /// The ticket that this server made as `text`; one that is over is still one.
    pub fn parse(text: &str, secrets: &Secrets) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (content, signature) = bytes.split_at_checked(CONTENT_BYTES)?;
        let genuine =
            signature.len() == SIGNATURE_BYTES && same(&secrets.upload_signature(content), signature);
        if !genuine || content.first() != Some(&FORMAT) {
            return None;
        }
        let mut rest = &content[1..];
        Some(Self {
            account: i64::from_be_bytes(take(&mut rest)?),
            installation: Uuid::from_bytes(take(&mut rest)?),
            hash: take(&mut rest)?,
            size_bytes: i64::from_be_bytes(take(&mut rest)?),
            expires_us: i64::from_be_bytes(take(&mut rest)?),
        })
    }

    fn content(&self) -> Vec<u8> {
        let mut content = Vec::with_capacity(CONTENT_BYTES);
        content.push(FORMAT);
        content.extend(self.account.to_be_bytes());
        content.extend(self.installation.as_bytes());
        content.extend(self.hash);
        content.extend(self.size_bytes.to_be_bytes());
        content.extend(self.expires_us.to_be_bytes());
        content
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk::<N>()?;
    *rest = left;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::MasterKey;

    fn secrets(digit: &str) -> Secrets {
        Secrets::new(MasterKey::from_hex("test", &digit.repeat(64)).unwrap())
    }

    fn ticket() -> Ticket {
        Ticket {
            account: 7,
            installation: Uuid::from_u128(8),
            hash: [9; 32],
            size_bytes: 10,
            expires_us: Ticket::expiry_us(0),
        }
    }

    #[test]
    fn a_ticket_is_read_back_and_only_by_who_made_it() {
        let text = ticket().format(&secrets("1"));
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        assert_eq!(Ticket::parse(&text, &secrets("1")), Some(ticket()));
        assert_eq!(Ticket::parse(&text, &secrets("2")), None);
    }

    #[test]
    fn a_ticket_that_was_altered_or_cut_is_none() {
        let text = ticket().format(&secrets("1"));
        for index in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[index] = if altered[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(Ticket::parse(&String::from_utf8(altered).unwrap(), &secrets("1")), None, "{index}");
            assert_eq!(Ticket::parse(&text[..index], &secrets("1")), None, "cut at {index}");
        }
        for text in [format!("{text}A"), format!("{text}AAAA"), format!("{text}="), "é".to_owned()] {
            assert_eq!(Ticket::parse(&text, &secrets("1")), None, "{text}");
        }
    }

    #[test]
    fn tickets_of_one_day_are_the_same_and_hold_for_thirty_more() {
        for (now_us, expected) in [(0, 31), (DAY_US - 1, 31), (DAY_US, 32), (-1, 30)] {
            assert_eq!(Ticket::expiry_us(now_us), expected * DAY_US);
        }
    }
}

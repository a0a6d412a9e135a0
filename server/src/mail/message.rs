//! One mail as it is sent: plain text, and no value in a header that could begin another one.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address, Message,
    message::{
        Mailbox, SinglePart,
        header::{Header, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use crate::problem::{Problem, Result};

/// The most characters of a subject or a name in a header.
const MOST: usize = 200;

/// What is sent.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// The mail's id: the same mail has the same `Message-ID` each time that it is tried
    pub(super) id: Uuid,
    /// From whom
    pub(super) from: Mailbox,
    /// The name of whom it is for
    pub(super) name: String,
    /// Their address
    pub(super) address: String,
    /// What it is about
    pub(super) subject: String,
    /// What it says
    pub(super) paragraphs: Vec<String>,
    /// When it is sent
    pub(super) now_us: i64,
}

/// Says that no person wrote it, so that no machine answers (RFC 3834).
#[derive(Clone)]
pub(super) struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The mail. What its text holds of people's own words stays in one line each.
pub(super) fn compose(draft: &Draft) -> Result<Message> {
    let to: Address = draft.address.parse().map_err(Problem::internal)?;
    let domain = draft.from.email.domain();
    let sent = UNIX_EPOCH + Duration::from_micros(u64::try_from(draft.now_us).unwrap_or(0));
    let name = one_line(&draft.name);
    Message::builder()
        .from(draft.from.clone())
        .to(Mailbox::new(Some(name).filter(|name| !name.is_empty()), to))
        .subject(one_line(&draft.subject))
        .date(sent)
        .message_id(Some(format!("<{}@{domain}>", draft.id)))
        .header(AutoSubmitted)
        .singlepart(SinglePart::plain(text(&draft.paragraphs)))
        .map_err(Problem::internal)
}

pub(super) fn text(paragraphs: &[String]) -> String {
    let lines = paragraphs.iter().map(|paragraph| clean(paragraph));
    lines.collect::<Vec<_>>().join("\r\n\r\n") + "\r\n"
}

/// The text without anything that ends a line or steers a terminal.
fn clean(text: &str) -> String {
    let ends_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.split(ends_line).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

pub(super) fn one_line(text: &str) -> String {
    clean(text).trim().chars().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed(name: &str, subject: &str, paragraph: &str) -> String {
        let draft = Draft {
            id: Uuid::from_u128(7),
            from: "Campo <campo@example.com>".parse().unwrap(),
            name: name.to_owned(),
            address: "ana@example.com".to_owned(),
            subject: subject.to_owned(),
            paragraphs: vec![paragraph.to_owned(), "Y más.".to_owned()],
            now_us: 1_767_625_200_000_000,
        };
        String::from_utf8(compose(&draft).unwrap().formatted()).unwrap()
    }

    #[test]
    fn nothing_in_a_header_begins_another_one() {
        let attack =
            "Ana\r\nBcc: eva@example.com\r\n\r\nHola\u{2028}Cc: eva@example.com\nTo: eva@example.com";
        for mail in [composed(attack, "x", "x"), composed("Ana", attack, "x"), composed("Ana", "x", attack)] {
            let (head, body) = mail.split_once("\r\n\r\n").unwrap();
            let names: Vec<_> = head
                .split("\r\n")
                .filter(|line| !line.starts_with([' ', '\t']))
                .map(|line| line.split(':').next().unwrap())
                .collect();
            let expected = [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Auto-Submitted",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding",
            ];
            let mut sorted = (names.clone(), expected.to_vec());
            sorted.0.sort_unstable();
            sorted.1.sort_unstable();
            assert_eq!(sorted.0, sorted.1, "{mail}");
            assert!(!body.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("Cc:")), "{mail}");
            assert!(mail.is_ascii(), "{mail}");
        }
    }

    #[test]
    fn the_same_mail_is_the_same_each_time() {
        assert_eq!(composed("Ana", "Días", "Adiós"), composed("Ana", "Días", "Adiós"));
    }
}

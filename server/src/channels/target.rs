//! Where a channel delivers to, as it is stored, and opened for sending.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use campo_protocol::{
    faults::Faults,
    model::{MAX_CODE, MAX_NAME},
};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::secrets::ChannelSecrets;
use crate::{
    app::App,
    notifications::office_track::OfficeTrackSettings,
    problem::{Problem, Result},
};

/// The column `target` of a channel over HTTP.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HttpTarget {
    /// Where to
    pub url: String,
    /// How it is said there
    #[serde(flatten)]
    pub manner: Manner,
}

/// How something is said to a receiver, and by what it says that it took it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Manner {
    /// What is sent of an event
    #[serde(default, skip_serializing_if = "Document::is_usual")]
    pub document: Document,
    /// The field of a form in which the document is sent, url-encoded; the document itself is the body when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "RequestString")]
    pub form_field: Option<String>,
    /// By what the receiver says that it took an event
    #[serde(default, skip_serializing_if = "Acknowledgement::is_usual")]
    pub acknowledgement: Acknowledgement,
}

/// What is sent of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = ChannelDocument)]
pub enum Document {
    /// Campo's own, JSON
    #[default]
    Campo,
    /// OfficeTrack's, XML, for receivers that were written for it. It is made of `entry.complete` alone
    OfficeTrack(OfficeTrackSettings),
}

/// By what a receiver says that it took an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = ChannelAcknowledgement)]
pub enum Acknowledgement {
    /// By any status from 200 to 299
    #[default]
    Status,
    /// By a text that is the whole body, whatever the status; a byte order mark, blanks and line ends around it do not
    /// count
    Text {
        /// The text
        #[schema(example = "_OK_")]
        text: String,
    },
}

impl Document {
    fn is_usual(&self) -> bool {
        *self == Self::Campo
    }

    /// Names the zone in which dates are written, where none was named.
    pub(super) fn fill_zone(&mut self, zone: &str) {
        if let Self::OfficeTrack(settings) = self
            && settings.zone.is_empty()
        {
            zone.clone_into(&mut settings.zone);
        }
    }
}

impl Acknowledgement {
    fn is_usual(&self) -> bool {
        *self == Self::Status
    }

    /// True when an answer of this status and body says that the event was taken.
    pub fn accepts(&self, status: u16, body: &[u8]) -> bool {
        match self {
            Self::Status => (200..300).contains(&status),
            Self::Text { text } => {
                let said = String::from_utf8_lossy(body);
                said.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\0') == text.trim()
            }
        }
    }
}

impl Manner {
    /// True for what releases before these settings do alike.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Names what is wrong with it.
    pub(super) fn check(&self, faults: &mut Faults) {
        if let Document::OfficeTrack(settings) = &self.document {
            settings.check("/document", faults);
        }
        if let Some(field) = &self.form_field {
            faults.check_required_text("/form_field", field, MAX_CODE);
        }
        if let Acknowledgement::Text { text } = &self.acknowledgement {
            faults.check_required_text("/acknowledgement/text", text, MAX_NAME);
        }
    }

    /// A document as the body of a request, with its content type.
    pub fn packed(&self, document: Vec<u8>) -> (&'static str, Vec<u8>) {
        let kind = match self.document {
            Document::Campo => "application/json",
            Document::OfficeTrack(_) => "application/xml; charset=utf-8",
        };
        let Some(field) = &self.form_field else { return (kind, document) };
        let text = String::from_utf8_lossy(&document).into_owned();
        let form = serde_html_form::to_string([(field, text)]).unwrap_or_default();
        ("application/x-www-form-urlencoded; charset=utf-8", form.into_bytes())
    }
}

impl HttpTarget {
    /// Of its text in the table.
    pub fn stored(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(Problem::internal)
    }

    /// As the table holds it.
    pub fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Problem::internal)
    }
}

/// A receiver, ready to be sent to.
#[derive(Debug)]
pub struct Receiver {
    /// Where to; none when that can no longer be read
    pub url: Option<Url>,
    /// Headers that are sent besides
    pub headers: HeaderMap,
    /// How it is said there
    pub manner: Manner,
    /// Signs, and knows what must not be shown
    pub secrets: ChannelSecrets,
}

impl Receiver {
    /// The receiver of a channel, from its columns.
    pub fn open(app: &App, account: i64, channel: Uuid, target: &str, sealed: &[u8]) -> Result<Self> {
        let secrets = ChannelSecrets::open(&app.secrets, account, channel, sealed)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &secrets.headers {
            // They were checked when they were set.
            if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        let HttpTarget { url, manner } = HttpTarget::stored(target)?;
        Ok(Self { url: Url::parse(&url).ok(), headers, manner, secrets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_acknowledges_whatever_stands_around_it() {
        let text = Acknowledgement::Text { text: "_OK_".to_owned() };
        for (status, body, by_text, by_status) in [
            (200, "_OK_", true, true),
            (200, "\u{FEFF}_OK_\r\n", true, true),
            (500, " _OK_ ", true, false),
            (200, "<html>Error</html>", false, true),
            (200, "", false, true),
            (204, "_OK_ and more", false, true),
        ] {
            assert_eq!(text.accepts(status, body.as_bytes()), by_text, "{status} {body}");
            assert_eq!(
                Acknowledgement::Status.accepts(status, body.as_bytes()),
                by_status,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_document_is_a_body_or_a_field_of_a_form() {
        let manner = Manner { form_field: Some("RequestString".to_owned()), ..Manner::default() };
        let (kind, body) = manner.packed("<a>ñ & b</a>".as_bytes().to_vec());
        assert!(kind.starts_with("application/x-www-form-urlencoded"));
        assert_eq!(String::from_utf8(body).unwrap(), "RequestString=%3Ca%3E%C3%B1+%26+b%3C%2Fa%3E");
        assert_eq!(Manner::default().packed(b"{}".to_vec()), ("application/json", b"{}".to_vec()));
    }

    #[test]
    fn a_target_of_the_release_before_is_read() {
        let target = HttpTarget::stored(r#"{"url":"https://example.com"}"#).unwrap();
        assert_eq!(target.manner, Manner::default());
        assert_eq!(target.text().unwrap(), r#"{"url":"https://example.com"}"#);
    }
}

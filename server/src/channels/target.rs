//! Where a channel delivers to, in which format, and of what: as it is stored, and opened for sending.

use campo_file_names::NameTemplate;
use campo_protocol::{
    faults::Faults,
    model::{MAX_CODE, MAX_NAME, Ref},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{channel::ChannelKind, filter::Filter, mail_target::MailTarget, secrets::ChannelSecrets};
use crate::{
    app::App,
    exchange::placing::Destination,
    notifications::{format, office_track::OfficeTrackSettings},
    outbound::names_authority,
    problem::{Problem, Result},
};

/// The most characters of the certificates of authorities.
const MAX_AUTHORITY: usize = 32_000;

/// A way out with what it needs. Its tag is the column `kind`; `crate::notifications::ways` delivers by it.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A request to the customer's endpoint
    Http(HttpTarget),
    /// A file in a folder
    Folder(FolderTarget),
    /// A mail with the document attached
    Mail(MailTarget),
}

/// An endpoint over HTTP.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HttpTarget {
    /// Where to
    pub url: String,
    /// The field of a form in which the document is sent, url-encoded; the document itself is the body when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_field: Option<String>,
    /// By what the receiver says that it took an event
    #[serde(default, skip_serializing_if = "Acknowledgement::is_usual")]
    pub acknowledgement: Acknowledgement,
    /// Who may have signed the receiver's certificate besides those whom everybody trusts: certificates, PEM
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
}

/// A folder into which each event is put as a file, once, by the same ways as files of exports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ChannelFolder)]
pub struct FolderTarget {
    /// The key in whose folder `out` the files are put
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Ref>,
    /// The agent that takes them
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Ref>,
    /// The customer's server to which they are brought
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Ref>,
    /// The folder: below `out` of a key or an agent, below that of a customer's server
    #[serde(default)]
    pub folder: String,
    /// The names of the files: `{EntryGuid}` is the id of the entry of OfficeTrack's document, of the event where the
    /// document is Campo's; `{n}` the position of the event, `{fecha:yyyyMMdd}` its day in the account's zone. One of the
    /// first two is needed
    #[schema(example = "{EntryGuid}.xml")]
    pub file_name: String,
}

impl FolderTarget {
    /// Where the files go.
    pub(crate) fn destination(&self) -> Destination {
        let Self { key, agent, remote, folder, .. } = self;
        Destination { key: key.clone(), agent: agent.clone(), remote: remote.clone(), folder: folder.clone() }
    }

    /// Names where they go, in one way.
    pub(super) fn set_destination(&mut self, to: Destination) {
        (self.key, self.agent, self.remote, self.folder) = (to.key, to.agent, to.remote, to.folder);
    }

    fn check(&self, faults: &mut Faults) {
        check_file_name("/folder/file_name", &self.file_name, faults);
    }
}

/// Names what is wrong with the names of the files of events: each event has one of its own.
pub(super) fn check_file_name(field: &str, file_name: &str, faults: &mut Faults) {
    let name = NameTemplate::parse(file_name);
    if !name.is_ok_and(|name| name.has_id() || name.has_number()) {
        let expected = "a name with `{EntryGuid}` or `{n}`, such as `{EntryGuid}.xml`";
        faults.add(field, "invalid_value", file_name, expected);
    }
}

/// What the columns `kind` and `target` of a channel hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// By which way
    pub target: Target,
    /// What is sent of an event
    pub document: Document,
    /// Of which events
    pub filter: Filter,
}

/// What every way has in the column `target`.
#[derive(Serialize, Deserialize)]
struct Common {
    #[serde(default, skip_serializing_if = "Document::is_usual")]
    document: Document,
    #[serde(default, skip_serializing_if = "Filter::is_empty")]
    filter: Filter,
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

    /// What kind of document it is.
    pub const fn media_type(&self) -> &'static str {
        match self {
            Self::Campo => "application/json",
            Self::OfficeTrack(_) => "application/xml; charset=utf-8",
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

impl Target {
    /// Its tag.
    pub const fn kind(&self) -> ChannelKind {
        match self {
            Self::Http(_) => ChannelKind::Http,
            Self::Folder(_) => ChannelKind::Folder,
            Self::Mail(_) => ChannelKind::Mail,
        }
    }

    /// The first revision of channels that can have it.
    fn least_format(&self) -> i64 {
        match self {
            Self::Http(http)
                if http.form_field.is_none()
                    && http.acknowledgement.is_usual()
                    && http.authority.is_none() =>
            {
                1
            }
            Self::Http(_) => format::WITH_SETTINGS,
            Self::Folder(_) | Self::Mail(_) => format::WITH_WAYS,
        }
    }

    fn check(&self, faults: &mut Faults) {
        match self {
            Self::Http(http) => {
                if let Some(field) = &http.form_field {
                    faults.check_required_text("/form_field", field, MAX_CODE);
                }
                if let Some(authority) = &http.authority {
                    faults.check_text("/authority", authority, MAX_AUTHORITY);
                    if !names_authority(authority) {
                        let expected = "certificates of an authority, PEM (`-----BEGIN CERTIFICATE-----`)";
                        faults.add("/authority", "invalid_value", "", expected);
                    }
                }
                if let Acknowledgement::Text { text } = &http.acknowledgement {
                    faults.check_required_text("/acknowledgement/text", text, MAX_NAME);
                }
            }
            Self::Folder(folder) => folder.check(faults),
            Self::Mail(mail) => mail.check(faults),
        }
    }

    fn members(&self) -> serde_json::Result<Value> {
        match self {
            Self::Http(http) => serde_json::to_value(http),
            Self::Folder(folder) => serde_json::to_value(folder),
            Self::Mail(mail) => serde_json::to_value(mail.stored()),
        }
    }
}

impl Settings {
    /// Of the texts in the table.
    pub fn stored(kind: &str, text: &str) -> Result<Self> {
        let kind = ChannelKind::from_name(kind)
            .ok_or_else(|| Problem::internal(anyhow::anyhow!("a channel is of a newer release")))?;
        let target = match kind {
            ChannelKind::Http => Target::Http(serde_json::from_str(text).map_err(Problem::internal)?),
            ChannelKind::Folder => Target::Folder(serde_json::from_str(text).map_err(Problem::internal)?),
            ChannelKind::Mail => Target::Mail(serde_json::from_str(text).map_err(Problem::internal)?),
        };
        let Common { document, filter } = serde_json::from_str(text).map_err(Problem::internal)?;
        Ok(Self { target, document, filter })
    }

    /// As the column `target` holds it.
    pub fn text(&self) -> Result<String> {
        let common = Common { document: self.document.clone(), filter: self.filter.clone() };
        let parts = [self.target.members(), serde_json::to_value(common)];
        let mut members = Map::new();
        for part in parts {
            if let Value::Object(part) = part.map_err(Problem::internal)? {
                members.extend(part);
            }
        }
        Ok(Value::Object(members).to_string())
    }

    /// The first revision of channels that can have them; releases that do not know it leave such a channel alone.
    pub fn least_format(&self) -> i64 {
        let usual = self.document.is_usual() && self.filter.is_empty();
        self.target.least_format().max(if usual { 1 } else { format::WITH_SETTINGS })
    }

    /// Names what is wrong with it.
    pub(super) fn check(&self, faults: &mut Faults) {
        if let Document::OfficeTrack(settings) = &self.document {
            settings.check("/document", faults);
        }
        self.target.check(faults);
    }
}

/// A receiver, ready to be sent to.
#[derive(Debug)]
pub struct Receiver {
    /// The account
    pub account: i64,
    /// The channel
    pub channel: Uuid,
    /// Where, and how it is said there
    pub settings: Settings,
    /// Signs, and knows what must not be shown
    pub secrets: ChannelSecrets,
}

impl Receiver {
    /// The receiver of a channel, from its columns.
    pub fn open(
        app: &App,
        (account, channel): (i64, Uuid),
        (kind, target): (&str, &str),
        sealed: &[u8],
    ) -> Result<Self> {
        let secrets = ChannelSecrets::open(&app.secrets, account, channel, sealed)?;
        Ok(Self { account, channel, settings: Settings::stored(kind, target)?, secrets })
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
    fn a_target_of_the_release_before_is_read_and_written_alike() {
        let usual = r#"{"url":"https://example.com"}"#;
        let settings = Settings::stored("http", usual).unwrap();
        assert_eq!(settings.least_format(), 1);
        assert_eq!(settings.text().unwrap(), usual);
        let other = r#"{"acknowledgement":{"kind":"text","text":"_OK_"},"document":{"kind":"office_track"},"form_field":"x","url":"https://example.com"}"#;
        let settings = Settings::stored("http", other).unwrap();
        assert_eq!(settings.least_format(), 2);
        assert_eq!(Settings::stored("http", &settings.text().unwrap()).unwrap(), settings);
        assert!(Settings::stored("fax", usual).is_err());
        let folder = r#"{"file_name":"{EntryGuid}.xml","folder":"x","key":"code:acme"}"#;
        let settings = Settings::stored("folder", folder).unwrap();
        assert_eq!((settings.least_format(), settings.text().unwrap().as_str()), (4, folder));
        let mail = r#"{"file_name":"{EntryGuid}.xml","recipients":[]}"#;
        let settings = Settings::stored("mail", mail).unwrap();
        assert_eq!((settings.least_format(), settings.text().unwrap().as_str()), (4, mail));
    }
}

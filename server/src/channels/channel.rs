//! What a channel is, and what may be said of one.

use std::collections::BTreeMap;

use campo_protocol::{
    faults::{Faults, pointer},
    model::{Custom, check_common},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    filter::{Filter, NamedIn},
    mail_target::MailTarget,
    recipients::Recipient,
    target::{Acknowledgement, Document, FolderTarget, HttpTarget, Settings, Target},
};
use crate::{
    api::time::Instant,
    database::Tx,
    events::kinds,
    notifications::format,
    outbound::{Outbound, SendError},
    problem::Result,
};

/// The most characters of an address.
const MAX_URL: usize = 2000;

/// By which way a channel delivers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// Each event as a signed request to the customer's endpoint
    #[default]
    Http,
    /// Each event as a file in a folder, by the same ways as files of exports: see `folder`
    Folder,
    /// Each event as a mail to people, its document attached: see `mail`
    Mail,
}

/// In which order a channel delivers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOrder {
    /// What is about one task in order, and what is about no task by employee. An event that fails holds back only what
    /// comes behind it there
    #[default]
    PerTask,
    /// Everything in order: an event that fails holds back all others
    Strict,
    /// As it comes: nothing holds back anything
    None,
}

/// Whether a channel delivers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelState {
    /// It does
    #[default]
    Enabled,
    /// It keeps its place until it is enabled again
    Paused,
    /// It was given up, by a person or because the receiver is gone (`reason`); it keeps its place, too
    Disabled,
}

macro_rules! names {
    ($kind:ident: $($variant:ident = $name:literal),+) => {
        impl $kind {
            /// Its name on the wire and in tables.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The one of that name, if this release knows it.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
names!(ChannelKind: Http = "http", Folder = "folder", Mail = "mail");
names!(DeliveryOrder: PerTask = "per_task", Strict = "strict", None = "none");
names!(ChannelState: Enabled = "enabled", Paused = "paused", Disabled = "disabled");

/// What is given to make or change a channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChannelDraft {
    /// Stable code, unique among channels
    #[schema(example = "erp")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// By which way it delivers; it stays as it was made
    #[serde(default)]
    pub kind: ChannelKind,
    /// Of `http`: where to, `https` unless the operator of this server allows `http`; empty otherwise
    #[serde(default)]
    #[schema(required = true, example = "https://erp.example.com/campo")]
    pub url: String,
    /// Of `folder`: where to, and under which names
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<FolderTarget>,
    /// Of `mail`: to whom, and under which names
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailTarget>,
    /// What is sent of an event
    #[serde(default)]
    pub document: Document,
    /// The field of a form in which the document is sent, url-encoded; the document itself is the body when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "RequestString")]
    pub form_field: Option<String>,
    /// By what the receiver says that it took an event
    #[serde(default)]
    pub acknowledgement: Acknowledgement,
    /// Certificates, PEM, of an authority of one's own that signs the receiver's certificate, besides those whom
    /// everybody trusts
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "-----BEGIN CERTIFICATE-----…")]
    pub authority: Option<String>,
    /// The kinds of events that it delivers, such as `entry.complete`; those about entries and tasks where there is none.
    /// `GET /v1/event-kinds` has all, with the permission that each needs
    #[serde(default)]
    pub events: Vec<String>,
    /// What those events must be about; the others never reach the channel
    #[serde(default)]
    pub filter: Filter,
    /// The revision of the format of its notifications
    #[serde(default = "usual_format")]
    #[schema(example = 1)]
    pub format: i64,
    /// In which order it delivers; changed only while nothing waits to be tried again
    #[serde(default)]
    pub order: DeliveryOrder,
    /// Whether it delivers
    #[serde(default)]
    pub state: ChannelState,
    /// Text under the customer's own names
    #[serde(default)]
    pub custom: Custom,
}

/// What is given to change a channel.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChannelEdit {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: ChannelDraft,
    /// The headers that are sent besides, all of them, as in `PUT /v1/channels/{channel}/headers`. A change of `url` to
    /// another server must name them where the channel has any: their values go nowhere else than to where they were
    /// given for
    #[serde(default)]
    #[schema(example = json!({"x-api-key": "…"}))]
    pub headers: Option<BTreeMap<String, String>>,
}

/// A channel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Channel {
    /// Its id
    pub id: Uuid,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: ChannelDraft,
    /// The names of the headers that are sent besides; their values are not shown
    pub headers: Vec<String>,
    /// Of `mail`: how far its recipients are
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<Recipient>,
    /// Why it is disabled, where Campo did it: `gone`, the receiver answered 410
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How it does
    pub progress: Progress,
    /// When it was made
    pub created_at: Instant,
    /// When it was changed last
    pub updated_at: Instant,
}

/// How a channel does.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ChannelProgress)]
pub struct Progress {
    /// The epoch of `position`
    pub epoch: Uuid,
    /// Every event up to here is delivered, not wanted, or listed among the channel's deliveries
    pub position: i64,
    /// The position of the account's last event
    pub last_position: i64,
    /// Events that are tried again, or wait behind one that is
    pub waiting: i64,
    /// Events that were given up
    pub not_delivered: i64,
    /// How often in a row nothing could be delivered
    pub failures: i64,
    /// What was wrong the last time, such as `timed_out` or `status_500`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// When it is tried again, where nothing could be delivered
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<Instant>,
    /// When an event was delivered last
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Instant>,
}

const fn usual_format() -> i64 {
    format::USUAL
}

impl ChannelDraft {
    /// By which way, in which format, and of what.
    pub(super) fn settings(&self) -> Settings {
        let target = match self.kind {
            ChannelKind::Http => Target::Http(HttpTarget {
                url: self.url.clone(),
                form_field: self.form_field.clone(),
                acknowledgement: self.acknowledgement.clone(),
                authority: self.authority.clone(),
            }),
            ChannelKind::Folder => Target::Folder(self.folder.clone().unwrap_or_default()),
            ChannelKind::Mail => Target::Mail(self.mail.clone().unwrap_or_default()),
        };
        Settings { target, document: self.document.clone(), filter: self.filter.clone() }
    }

    /// Refuses what is wrong, and writes the kinds of events and what the filter names in one way.
    pub(super) async fn check(
        &mut self,
        outbound: &Outbound,
        tx: &mut Tx,
        account: i64,
        before: Option<&Filter>,
    ) -> Result<()> {
        let mut faults = Faults::default();
        check_common(&mut faults, "/code", &self.code, "/name", &self.name, &self.custom);
        match self.kind {
            ChannelKind::Http => check_url(&self.url, outbound, &mut faults),
            ChannelKind::Folder => self.check_folder(tx, account, &mut faults).await?,
            ChannelKind::Mail => match &mut self.mail {
                Some(mail) => mail.tidy(),
                None => faults.add("/mail", "required", "", "to whom mail goes, where `kind` is `mail`"),
            },
        }
        self.check_applicable(&mut faults);
        let settings = self.settings();
        settings.check(&mut faults);
        faults.check_range("/format", self.format as f64, 1.0, format::NEWEST as f64);
        self.format = self.format.max(settings.least_format());
        kinds::check("/events", &self.events, &mut faults);
        faults.check_unique(self.events.iter().map(String::as_str), |index| pointer("/events", index));
        self.filter.resolve((tx, account), NamedIn::Document, before, &mut faults).await?;
        faults.into_result()?;
        self.events.sort_unstable();
        Ok(())
    }
}

impl ChannelDraft {
    /// Names the folder of a channel in one way.
    async fn check_folder(&mut self, tx: &mut Tx, account: i64, faults: &mut Faults) -> Result<()> {
        let Some(folder) = &mut self.folder else {
            faults.add("/folder", "required", "", "where the files go, where `kind` is `folder`");
            return Ok(());
        };
        let mut to = folder.destination();
        to.resolve(tx, account, "/folder", faults).await?;
        if to.is_nowhere() && faults.is_empty() {
            faults.add("/folder/key", "required", "", "a key, an agent or a customer's server");
        }
        folder.set_destination(to);
        Ok(())
    }

    /// Names what is another way's.
    fn check_applicable(&self, faults: &mut Faults) {
        let is_http = self.kind == ChannelKind::Http;
        let of_http = "nothing: it is of `http` alone";
        for (field, given) in [
            ("/url", !self.url.is_empty()),
            ("/form_field", self.form_field.is_some()),
            ("/authority", self.authority.is_some()),
            ("/acknowledgement", self.acknowledgement != Acknowledgement::Status),
        ] {
            if given && !is_http {
                faults.add(field, "not_applicable", "", of_http);
            }
        }
        if self.folder.is_some() && self.kind != ChannelKind::Folder {
            faults.add("/folder", "not_applicable", "", "nothing: it is of `folder` alone");
        }
        if self.mail.is_some() && self.kind != ChannelKind::Mail {
            faults.add("/mail", "not_applicable", "", "nothing: it is of `mail` alone");
        }
    }
}

fn check_url(url: &str, outbound: &Outbound, faults: &mut Faults) {
    faults.check_text("/url", url, MAX_URL);
    let refused = match outbound.check(url) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            "an address without name and password; what the receiver asks for goes into a header"
        }
        Ok(_) => return,
        Err(SendError::PlainHttp) => "an address that begins with `https://`",
        Err(SendError::AddressRefused) => "an address on the public internet",
        Err(SendError::PortRefused) => "an address with a port of HTTP, such as 443 or 8443",
        Err(_) => "an address such as `https://erp.example.com/campo`",
    };
    // What was found is not repeated: people put secrets into addresses.
    faults.add("/url", "invalid_value", "", refused);
}

//! The exchange between phone and server: one request, one answer.
//!
//! The request is lines of JSON (`application/x-ndjson`, plain, gzip or zstd): first [`Request`], then one entry a
//! line, exactly as captured. The answer is one JSON document, [`Answer`].
//!
//! What is quiet costs nothing: an answer names only the scopes that have something new, and one digest proves that
//! the phone holds the rest as the server does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    chain::SignedHead,
    clock::{Clock, OccurredKind},
    faults::Fault,
    scope::Scope,
};

/// The most entries in one request.
pub const MAX_ENTRIES: usize = 1000;
/// The most bytes of one request, after decompression.
pub const MAX_REQUEST_BYTES: usize = 8 * 1024 * 1024;
/// The most files that one request asks about.
pub const MAX_FILES: usize = 200;
/// The most scopes that a phone can hold.
pub const MAX_SCOPES: usize = 500;
/// The longest part of a file that is sent in one upload request, in bytes.
pub const MAX_CHUNK_BYTES: usize = 1024 * 1024;
/// The shortest part that is sent in one upload request, in bytes, unless it is the last one.
pub const MIN_CHUNK_BYTES: usize = 16 * 1024;

/// The first line of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Request {
    /// The format of the exchange, now 1
    pub format: i64,
    /// The phone's clocks when it sent the request
    pub clock: Clock,
    /// What the phone holds of its view, to learn what is new; none for an exchange that only hands in
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<Held>,
    /// What stays on the phone unsent besides the entries of this request
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsent: Option<Unsent>,
    /// The files that the phone holds for entries of this or of earlier requests and wants to send
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<HeldFile>,
}

/// What a phone holds of its view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// The epoch in which the positions were given; of another one, every scope is read anew
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Uuid>,
    /// Its scopes, each with the position up to which it was read; 0 asks for all of a scope again
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = std::collections::BTreeMap<String, i64>)]
    pub scopes: BTreeMap<Scope, i64>,
    /// The scopes of which the phone is still writing what it received, each with the position up to which it received
    /// it: the answer goes on from there. That the phone holds it, only `scopes` says
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = std::collections::BTreeMap<String, i64>)]
    pub received: BTreeMap<Scope, i64>,
}

/// What stays on a phone unsent, shown to the office.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unsent {
    /// How many entries
    pub entries: i64,
    /// The wall clock of the oldest: microseconds since 1970 UTC
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_us: Option<i64>,
    /// How many files
    #[serde(default)]
    pub files: i64,
}

/// A file that a phone holds and wants to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldFile {
    /// SHA-256 of the file, hexadecimal
    pub hash: String,
    /// Its length
    pub size_bytes: i64,
}

/// What becomes of a file that a phone holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FileAnswer {
    /// The server holds it durably: the phone may remove its copy
    Stored {
        /// The file
        hash: String,
    },
    /// It is sent to `/v1/uploads/{ticket}`, from `received_bytes` on, in parts of at most [`MAX_CHUNK_BYTES`] or whole
    Wanted {
        /// The file
        hash: String,
        /// Names the file and its length, and lets whoever holds it send this file and nothing else
        ticket: String,
        /// How much of it the server has already
        received_bytes: i64,
        /// Until when the ticket holds: microseconds since 1970 UTC
        expires_us: i64,
    },
    /// No entry that the server holds mentions it: it is asked about again after its entry was taken
    Unknown {
        /// The file
        hash: String,
    },
    /// A state of a later release, read by phones alone: the file is kept, and asked about again
    #[serde(other, skip_serializing)]
    Later,
}

/// What became of an entry. No later release adds an outcome: what is new is a `reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Appended, and what it says has its effect
    Applied,
    /// Appended and shown, but what stands did not change: `reason` says why
    Noted,
    /// Appended, but not understood or not applicable: it waits in the repair tray, `reason` says why
    SetAside,
    /// Not appended: an entry with this id and other content is there already
    Conflict,
}

impl Outcome {
    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Noted => "noted",
            Self::SetAside => "set_aside",
            Self::Conflict => "conflict",
        }
    }

    /// The outcome of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Applied, Self::Noted, Self::SetAside, Self::Conflict].into_iter().find(|o| o.name() == name)
    }
}

/// The server's word that an entry is durably committed. The same entry sent again gets the same receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// The entry
    pub id: Uuid,
    /// SHA-256 of its bytes as the server holds them, hexadecimal
    pub hash: String,
    /// Its position in the account's entry log, which is also its number in the account's chain
    pub position: i64,
    /// When it happened, fixed by the server: microseconds since 1970 UTC
    pub occurred_at_us: i64,
    /// How that instant was fixed
    pub occurred_kind: OccurredKind,
    /// What became of it
    pub outcome: Outcome,
    /// Stable code that says why, where the outcome is not `applied`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A line of the request that has no readable frame, so that it could not be appended. It stays on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unreadable {
    /// Which line after the first, from 1
    pub line: i64,
    /// What is wrong with it
    pub fault: Fault,
}

/// The next page of a phone's view.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ViewPage {
    /// Scopes that the phone named and has no longer: it drops them whole
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub dropped: Vec<Scope>,
    /// The scopes that have something new, what is needed first before the rest
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<ScopePage>,
    /// True when there is more now: the phone asks again at once
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// The wrapping sum of the digests of all of the phone's scopes, where there is no more: a phone that comes to
    /// another one reads them all from 0
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<i64>,
}

/// What is new in one scope. It is applied whole, in one transaction with its position.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScopePage {
    /// The scope
    #[schema(value_type = String)]
    pub scope: Scope,
    /// Behind which position the page begins; 0: objects of the scope that no page up to the complete one names are no
    /// longer in it
    pub after: i64,
    /// Up to which position the phone has read the scope when it has applied the page
    pub position: i64,
    /// How many objects the scope holds
    pub objects: i64,
    /// The wrapping sum of their digests, see [`crate::digest`]
    pub digest: i64,
    /// True when no more pages of the scope follow now: the phone then holds exactly its objects
    pub complete: bool,
    /// In the order of their positions, each object once
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// The latest state of one object in a scope.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// The kind of the object, such as `task`
    pub kind: String,
    /// The object
    pub id: Uuid,
    /// Its JSON, byte for byte what its digest is made of; none when the scope holds it no longer
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<Box<RawValue>>,
}

/// The answer to one exchange.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// Changes whenever the server was restored: then everything is announced again
    pub epoch: Uuid,
    /// The server's clock when it received the request: microseconds since 1970 UTC
    pub received_at_us: i64,
    /// One for each entry with a readable frame, in the order of the request
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// The lines that have none
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
    /// The signed heads of the chains that the receipts stand in
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heads: Vec<SignedHead>,
    /// What is new in the phone's view, where it asked and may read
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<ViewPage>,
    /// One for each file of the request
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileAnswer>,
}

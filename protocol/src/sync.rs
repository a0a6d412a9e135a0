//! The exchange between phone and server: one request, one answer.
//!
//! The request is lines of JSON (`application/x-ndjson`, plain, gzip or zstd): first [`Request`], then one entry a
//! line, exactly as captured. The answer is one JSON document, [`Answer`].

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    chain::SignedHead,
    clock::{Clock, OccurredKind},
    faults::Fault,
};

/// The most entries in one request.
pub const MAX_ENTRIES: usize = 1000;
/// The most bytes of one request, after decompression.
pub const MAX_REQUEST_BYTES: usize = 8 * 1024 * 1024;

/// The first line of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Request {
    /// The format of the exchange, now 1
    pub format: i64,
    /// The phone's clocks when it sent the request
    pub clock: Clock,
}

/// What became of an entry.
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

/// The answer to one exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// Changes whenever the server was restored: then everything is announced again
    pub epoch: Uuid,
    /// The server's clock when it received the request: microseconds since 1970 UTC
    pub received_at_us: i64,
    /// One for each entry with a readable frame, in the order of the request
    pub receipts: Vec<Receipt>,
    /// The lines that have none
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
    /// The signed heads of the chains that the receipts stand in
    pub heads: Vec<SignedHead>,
}

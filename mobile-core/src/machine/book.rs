//! What the machine must know of what the store holds.

use std::collections::BTreeMap;

use campo_protocol::scope::Scope;
use uuid::Uuid;

use super::scope::ScopeHeld;

/// A mirror of what the store holds, as far as the machine decides by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// The installation whose entries and files these are
    pub installation: Option<Uuid>,
    /// True for an enrolment of before the current one: it hands in, and reads nothing
    pub is_earlier: bool,
    /// What the phone may do
    pub access: Access,
    /// The epoch in which the positions of the scopes were given
    pub epoch: Option<Uuid>,
    /// The entries without receipt, by their numbers in the store, which rise in the order of capture
    pub outbox: BTreeMap<i64, Pending>,
    /// The scopes that the phone holds
    pub scopes: BTreeMap<Scope, ScopeHeld>,
    /// The files that the server does not have yet, by hash
    pub files: BTreeMap<String, PendingFile>,
}

/// What a phone may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Access {
    /// It was never enrolled
    #[default]
    NotEnrolled,
    /// Everything
    Active,
    /// It was revoked: it hands in what it captured, and reads nothing
    HandInOnly,
    /// Its secret is not valid: everything waits for a person
    NeedsLogin,
    /// It was revoked so long ago that nothing is taken any more
    Refused,
    /// It was reported stolen and wiped itself
    Stolen,
}

impl Access {
    /// Its name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotEnrolled => "not_enrolled",
            Self::Active => "active",
            Self::HandInOnly => "hand_in_only",
            Self::NeedsLogin => "needs_login",
            Self::Refused => "refused",
            Self::Stolen => "stolen",
        }
    }

    /// The access of that name; what a newer release wrote is asked of the server again.
    pub fn from_name(name: &str) -> Self {
        match name {
            "not_enrolled" => Self::NotEnrolled,
            "hand_in_only" => Self::HandInOnly,
            "needs_login" => Self::NeedsLogin,
            "refused" => Self::Refused,
            "stolen" => Self::Stolen,
            _ => Self::Active,
        }
    }

    /// True when exchanges are tried by themselves.
    pub const fn sends(self) -> bool {
        matches!(self, Self::Active | Self::HandInOnly)
    }

    /// True when an exchange may be tried because a person or the platform asks for it: the server may think otherwise
    /// by now.
    pub const fn tries(self) -> bool {
        !matches!(self, Self::NotEnrolled | Self::Stolen)
    }
}

/// An entry without receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its id
    pub id: Uuid,
    /// SHA-256 of its bytes
    pub hash: [u8; 32],
    /// How many bytes it has
    pub size_bytes: i64,
    /// The wall clock at its capture: microseconds since 1970 UTC
    pub captured_us: i64,
}

/// A file that the server does not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingFile {
    /// The number of the first entry that mentions it
    pub entry: i64,
    /// Its length
    pub size_bytes: i64,
    /// How much of it the server has
    pub received_bytes: i64,
    /// The ticket under which it is sent, once the server gave one
    pub ticket: Option<String>,
}

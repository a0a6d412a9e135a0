//! The kinds of notices, a closed list: each has its texts in `texts`, and who must be told.

use crate::access::PermissionName;

/// A kind of notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its name on the wire, in tables and in the texts
    pub name: &'static str,
    /// Whoever has this permission is told
    pub permission: PermissionName,
}

/// A channel was given up because its receiver answered 410 (Gone); parameters `name`, `code`
pub const CHANNEL_GONE: Kind = Kind { name: "channel_gone", permission: PermissionName::ManageChannels };

/// A file came that fits no intake; parameters `file`, `folder`
pub const FILE_UNMATCHED: Kind = Kind { name: "file_unmatched", permission: PermissionName::ManageExchange };
/// A file waits for a person, and those behind it wait, too; parameters `file`, `intake`, `reason`
pub const FILE_PARKED: Kind = Kind { name: "file_parked", permission: PermissionName::ManageExchange };

/// Every kind. A capability adds its own here.
pub const KINDS: &[Kind] = &[CHANNEL_GONE, FILE_UNMATCHED, FILE_PARKED];

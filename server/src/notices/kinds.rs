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

/// A customer's server cannot be worked with; parameters `name`, `reason`
pub const REMOTE_FAILED: Kind = Kind { name: "remote_failed", permission: PermissionName::ManageExchange };
/// A customer's server shows an identity that nobody accepted; parameters `name`, `fingerprint`
pub const REMOTE_KEY_CHANGED: Kind =
    Kind { name: "remote_key_changed", permission: PermissionName::ManageExchange };
/// A file at a customer's server is too large to be taken; parameters `name`, `file`
pub const REMOTE_FILE_REFUSED: Kind =
    Kind { name: "remote_file_refused", permission: PermissionName::ManageExchange };

/// An import found things that its file lists no longer, and waits for a yes to withdraw them; parameters `file`,
/// `count`, `managed`
pub const IMPORT_ASKS: Kind = Kind { name: "import_asks", permission: PermissionName::RunImports };
/// An import was taken back, but for tasks on which work went on; parameters `file`, `undone`, `count`
pub const IMPORT_UNDO_KEPT: Kind = Kind { name: "import_undo_kept", permission: PermissionName::RunImports };

/// Every kind. A capability adds its own here.
pub const KINDS: &[Kind] = &[
    CHANNEL_GONE,
    FILE_UNMATCHED,
    FILE_PARKED,
    REMOTE_FAILED,
    REMOTE_KEY_CHANGED,
    REMOTE_FILE_REFUSED,
    IMPORT_ASKS,
    IMPORT_UNDO_KEPT,
];

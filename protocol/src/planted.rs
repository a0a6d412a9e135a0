//! Faults that are planted on purpose, so that the simulator proves that it sees them.
//!
//! Builds for development have them, so that tests, simulator and the ordinary programs are one build. In a build for
//! release [`is`] is a constant `false`, and nothing of them is compiled.

/// One mistake, as somebody might make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Planted {
    /// The server gives receipts before the transaction is committed
    AcknowledgedBeforeCommit,
    /// The server does not look whether it has an entry already
    RepeatNotChecked,
    /// The server numbers entries by what it read before it held the lock
    NumberedOutsideLock,
    /// The server counts repeats when it writes positions into receipts
    ReceiptOfAnother,
    /// Reports on a task count in the order of arrival, not of the instants at which they happened
    FoldedByArrival,
    /// The phone moves its cursor in a transaction before that of the changes
    CursorBeforeChanges,
    /// The phone arms no timer after a failure
    RetryWithoutTimer,
    /// The phone writes an entry anew whenever it sends it, and members change their places
    EntryRenderedAnew,
    /// What the server set aside does not come to the phone's repair tray
    SetAsideDropped,
    /// The phone counts a removed object as gone and keeps it
    TombstoneSkipped,
    /// The phone takes a restored server for the one that it knew
    RestoreUnnoticed,
    /// A phone that is revoked throws away what it has not sent
    UnsentThrownAway,
    /// The phone takes a photo as stored once its last part was sent, whatever was answered
    PhotoForgotten,
    /// The phone keeps a scope that it has no longer
    ScopeKept,
}

impl Planted {
    /// Every one.
    pub const ALL: [Self; 14] = [
        Self::AcknowledgedBeforeCommit,
        Self::RepeatNotChecked,
        Self::NumberedOutsideLock,
        Self::ReceiptOfAnother,
        Self::FoldedByArrival,
        Self::CursorBeforeChanges,
        Self::RetryWithoutTimer,
        Self::EntryRenderedAnew,
        Self::SetAsideDropped,
        Self::TombstoneSkipped,
        Self::RestoreUnnoticed,
        Self::UnsentThrownAway,
        Self::PhotoForgotten,
        Self::ScopeKept,
    ];
}

/// True when this fault is planted: never, since this build has none.
#[cfg(not(debug_assertions))]
#[inline(always)]
#[expect(clippy::inline_always, reason = "so that what stands behind it is compiled in no build")]
pub const fn is(_: Planted) -> bool {
    false
}

#[cfg(debug_assertions)]
pub use planting::{is, plant};

#[cfg(debug_assertions)]
mod planting {
    use std::cell::Cell;

    use super::Planted;

    thread_local! {
        static NOW: Cell<Option<Planted>> = const { Cell::new(None) };
    }

    /// True when this fault is planted in this thread.
    pub fn is(fault: Planted) -> bool {
        NOW.get() == Some(fault)
    }

    /// Plants a fault in this thread, in place of the one before; none for sound code.
    pub fn plant(fault: Option<Planted>) {
        NOW.set(fault);
    }
}

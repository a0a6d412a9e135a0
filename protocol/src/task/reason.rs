//! Why an entry had no effect on a task, or needs a dispatcher's eyes. The codes are stable: receipts, tables and
//! the texts for people are made from them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! reasons {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)*) => {
        /// Why. The rules are in the documentation of [`crate::task`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason { $($(#[doc = $doc])* $variant,)* }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its stable code, on the wire and in tables.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The reason of that code.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

reasons! {
    /// Set aside: the office wrote a kind that only workers write, or the reverse
    WrongAuthor = "wrong_author",
    /// Set aside: there is no such task, or not yet
    UnknownTask = "unknown_task",
    /// Set aside: the body of an office entry cannot be read by this release
    BodyUnreadable = "body_unreadable",
    /// Noted: the task had been created before
    AlreadyCreated = "already_created",
    /// Noted: what it says is so already
    AlreadySo = "already_so",
    /// Noted: it was captured before what stands
    Late = "late",
    /// Noted, attention: it was captured after a worker had ended the task
    AfterEnd = "after_end",
    /// Attention: it ends the task another way than an end captured before it
    ContradictingEnd = "contradicting_end",
    /// Noted, attention: the office decided after it was captured and before it arrived
    CapturedBeforeOfficeDecision = "captured_before_office_decision",
    /// Noted, attention: it was captured before the task was canceled or made a draft, and arrived after
    BeforeWithdrawal = "before_withdrawal",
    /// Noted, attention: it was captured after the task was canceled or made a draft
    AfterWithdrawal = "after_withdrawal",
    /// Noted, attention: it was captured after the office had ended the task
    AfterOfficeClose = "after_office_close",
    /// Noted, attention: its author had the task when it was captured, and lost it before it arrived
    BeforeReassignment = "before_reassignment",
    /// Noted, attention: its author had already lost the task when it was captured
    FormerEmployee = "former_employee",
    /// Noted, attention: its author never had the task
    NotAssigned = "not_assigned",
    /// Attention: the phone blocked an entry, since it was outside the radius that the task prescribes
    BlockedOutsideRadius = "blocked_outside_radius",
}

impl Reason {
    /// True when the dispatcher must be shown it.
    pub const fn needs_attention(self) -> bool {
        match self {
            Self::WrongAuthor
            | Self::UnknownTask
            | Self::BodyUnreadable
            | Self::AlreadyCreated
            | Self::AlreadySo
            | Self::Late => false,
            Self::AfterEnd
            | Self::ContradictingEnd
            | Self::CapturedBeforeOfficeDecision
            | Self::BeforeWithdrawal
            | Self::AfterWithdrawal
            | Self::AfterOfficeClose
            | Self::BeforeReassignment
            | Self::FormerEmployee
            | Self::NotAssigned
            | Self::BlockedOutsideRadius => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_back_from_its_code() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_name(reason.name()), Some(*reason));
            assert_eq!(serde_json::to_string(reason).unwrap(), format!("\"{}\"", reason.name()));
        }
        assert_eq!(Reason::from_name("unheard_of"), None);
    }
}

//! The statuses of a task.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entry::Kind;

macro_rules! statuses {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $office_track_name:literal;)*) => {
        /// Where a task stands. The order is OfficeTrack's, since its numbers follow from it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Status { $($(#[doc = $doc])* $variant,)* }

        impl Status {
            /// Every status, in OfficeTrack's order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name on the wire and in tables.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The status of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// Its name in OfficeTrack's interface (`TaskStatus`).
            pub const fn office_track_name(self) -> &'static str {
                match self { $(Self::$variant => $office_track_name,)* }
            }

            /// The status of that OfficeTrack name; blanks around it are ignored, since old clients send them.
            /// `DontChange` is no status.
            pub fn from_office_track_name(name: &str) -> Option<Self> {
                match name.trim() { $($office_track_name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

statuses! {
    /// Nobody has seen it yet
    New = "new", "NewTask";
    /// A message about it went to the worker
    Sent = "sent", "SmsSent";
    /// The worker has seen it
    Acknowledged = "acknowledged", "Acknowledged";
    /// Work is going on
    InProgress = "in_progress", "InProgress";
    /// Work is interrupted
    Suspended = "suspended", "Suspended";
    /// Done
    Closed = "closed", "Closed";
    /// The office withdrew it
    Canceled = "canceled", "Canceled";
    /// It could not be done
    NotDone = "not_done", "NotDone";
    /// The worker is on the way
    EnRoute = "en_route", "EnRoute";
    /// The worker is loading for it
    Loading = "loading", "Loading";
    /// The worker is unloading at it
    Unloading = "unloading", "Unloading";
    /// The office is still preparing it; no phone holds it
    Draft = "draft", "Draft";
    /// The worker declined it
    Declined = "declined", "Declined";
    /// The worker has arrived
    Arrived = "arrived", "Arrived";
    /// The worker handed it in for review
    ReadyForReview = "ready_for_review", "ReadyForReview";
    /// The worker handed it in for approval
    ReadyForApproval = "ready_for_approval", "ReadyForApproval";
    /// The first status named by the account
    Custom1 = "custom1", "Custom1";
    /// The second status named by the account
    Custom2 = "custom2", "Custom2";
    /// The third status named by the account
    Custom3 = "custom3", "Custom3";
    /// The fourth status named by the account
    Custom4 = "custom4", "Custom4";
}

impl Status {
    /// Its number in OfficeTrack's notifications: powers of two in the order of the list.
    pub const fn office_track_bit(self) -> i64 {
        1 << self as u32
    }

    /// True when the work is over: closed, canceled, not done or declined.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Closed | Self::Canceled | Self::NotDone | Self::Declined)
    }

    /// True when the office does not want it worked on: a draft, or canceled. Only the office sets these.
    pub const fn is_withdrawn(self) -> bool {
        matches!(self, Self::Draft | Self::Canceled)
    }

    /// The status that a worker's entry of this kind reports.
    pub const fn of_entry(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::TaskAcknowledge => Self::Acknowledged,
            Kind::TaskEnRoute => Self::EnRoute,
            Kind::TaskArrive => Self::Arrived,
            Kind::TaskLoad => Self::Loading,
            Kind::TaskUnload => Self::Unloading,
            Kind::TaskStart => Self::InProgress,
            Kind::TaskSuspend => Self::Suspended,
            Kind::TaskClose => Self::Closed,
            Kind::TaskNotDone => Self::NotDone,
            Kind::TaskDecline => Self::Declined,
            Kind::TaskReview => Self::ReadyForReview,
            Kind::TaskApproval => Self::ReadyForApproval,
            Kind::TaskCustom1 => Self::Custom1,
            Kind::TaskCustom2 => Self::Custom2,
            Kind::TaskCustom3 => Self::Custom3,
            Kind::TaskCustom4 => Self::Custom4,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_read_back_from_its_names() {
        for status in Status::ALL {
            assert_eq!(Status::from_name(status.name()), Some(*status));
            assert_eq!(Status::from_office_track_name(status.office_track_name()), Some(*status));
            assert_eq!(serde_json::to_string(status).unwrap(), format!("\"{}\"", status.name()));
        }
    }

    #[test]
    fn blanks_around_an_office_track_name_are_ignored() {
        for (name, status) in [
            ("NewTask ", Some(Status::New)),
            (" SmsSent", Some(Status::Sent)),
            ("\r\n\tEnRoute\n", Some(Status::EnRoute)),
            ("DontChange", None),
            ("newtask", None),
            ("New Task", None),
            ("", None),
        ] {
            assert_eq!(Status::from_office_track_name(name), status, "{name:?}");
        }
    }

    #[test]
    fn office_track_numbers_are_those_seen_in_notifications() {
        for (status, bit) in [
            (Status::New, 1),
            (Status::Sent, 2),
            (Status::Acknowledged, 4),
            (Status::InProgress, 8),
            (Status::EnRoute, 256),
            (Status::Draft, 2048),
            (Status::Custom4, 524_288),
        ] {
            assert_eq!(status.office_track_bit(), bit, "{status:?}");
        }
    }
}

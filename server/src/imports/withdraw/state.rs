//! How far withdrawing what a file lists no longer is, and how much it is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Withdrawing or moving what a file lists no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportWithdrawals)]
pub struct Withdrawals {
    /// How far it is
    pub state: WithdrawalState,
    /// How many things that earlier imports by the template made, are open and not begun, the file lists no longer
    pub unlisted: i64,
    /// How many things that they made are open
    pub managed: i64,
    /// True when these are so many that somebody must say yes: more than a tenth
    pub needs_yes: bool,
    /// The number of the point of interest below which they are moved; absent where they are withdrawn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// How far withdrawing or moving what a file lists no longer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportWithdrawalState)]
pub enum WithdrawalState {
    /// It was counted for a preview
    Counted,
    /// It waits for a yes (`POST /v1/imports/{import}/withdrawals`)
    Asked,
    /// It goes on
    Running,
    /// It was done
    Done,
    /// Somebody said no
    Left,
    /// Rows are refused of which cannot be told which thing they name, so that nothing is withdrawn or moved
    Unclear,
}

impl WithdrawalState {
    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Asked => "asked",
            Self::Running => "running",
            Self::Done => "done",
            Self::Left => "left",
            Self::Unclear => "unclear",
        }
    }

    pub(in super::super) fn from_name(name: &str) -> Option<Self> {
        [Self::Counted, Self::Asked, Self::Running, Self::Done, Self::Left, Self::Unclear]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// True when so many things need a yes: more than a tenth of what is open.
pub(in super::super) const fn needs_yes(unlisted: i64, managed: i64) -> bool {
    unlisted.saturating_mul(10) > managed
}

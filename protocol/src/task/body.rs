//! What the office's entries about a task say besides: the bodies of `task.created`, `task.status_set`,
//! `task.assigned` and `task.noted`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::status::Status;

/// Body of `task.created`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Created {
    /// Its first status
    pub status: Status,
    /// Who it is assigned to, if anybody
    #[serde(default)]
    pub assignments: Vec<NewAssignment>,
}

/// Body of `task.status_set`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatusSet {
    /// The status that stands from now on
    pub status: Status,
}

/// Body of `task.assigned`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assigned {
    /// The whole new list: who is not in it loses the task. Of an employee named twice the first mention counts
    pub assignments: Vec<NewAssignment>,
}

/// Body of `task.noted`. The note itself is the entry's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Noted {
    /// The entries whose attention the office has dealt with
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dismiss: Vec<Uuid>,
}

/// One employee that a task is assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct NewAssignment {
    /// The employee
    pub employee: Uuid,
    /// What for
    pub role: Role,
}

/// What an employee is on a task for. It changes nothing in the rules: whoever has the task may report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers for the task
    Lead,
    /// Helps with it
    Helper,
}

impl Role {
    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Helper => "helper",
        }
    }
}

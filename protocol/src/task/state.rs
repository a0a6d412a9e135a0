//! What is known of a task: its status, who has it, and what the dispatcher must be shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    body::{NewAssignment, Role},
    reason::Reason,
    status::Status,
};

/// How many entries a task shows to the dispatcher at once. Those before stand in its history.
pub const MAX_ATTENTION: usize = 500;

/// A task's state after some position of the entry log. Made only by [`crate::task::fold::fold`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskState {
    /// Where it stands
    pub status: Status,
    /// What made it stand there
    pub decided: Decided,
    /// The status that the office decided last; workers' reports since then are laid over it
    pub office_status: Status,
    /// The instant of that decision: microseconds since 1970 UTC. What was captured before no longer counts
    pub office_at_us: i64,
    /// What workers reported since then, ordered by [`Report::key`]: at most [`crate::task::fold::MAX_REPORTS`]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Report>,
    /// Who has it and who had it, in the order in which they got it
    pub assignments: Vec<Assignment>,
    /// What the dispatcher must be shown, until the office dismisses it; ordered by instant, entry and reason. The last
    /// [`MAX_ATTENTION`]
    pub attention: Vec<Attention>,
    /// When work first began: the earliest `task.start` of an employee who had it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at_us: Option<i64>,
    /// When work on site last ended: the latest `task.end` of an employee who had it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at_us: Option<i64>,
    /// How many entries of workers name the task, whatever became of them (but not what was set aside)
    pub worker_entries: i64,
}

/// The entry that gave a task its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decided {
    /// The entry
    pub entry: Uuid,
    /// When it happened: microseconds since 1970 UTC
    pub at_us: i64,
    /// The worker who reported it; none when the office decided
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee: Option<Uuid>,
}

/// A status that a worker reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// The entry
    pub entry: Uuid,
    /// The worker
    pub employee: Uuid,
    /// The status
    pub status: Status,
    /// When it happened: microseconds since 1970 UTC
    pub at_us: i64,
    /// The phone
    pub installation: Uuid,
    /// The sequence of the entry on it: what one phone reported happened in that order, whatever its clock said
    pub sequence: i64,
}

impl Report {
    /// The order in which reports happened, in whatever order they arrived: instants, then sequence, then id, as for
    /// working time. Instants are alike where a phone's clock was wrong and the time of receipt stands in for it.
    pub const fn moment(&self) -> (i64, i64, Uuid) {
        (self.at_us, self.sequence, self.entry)
    }

    /// By which reports are kept in order: those that end the task last.
    pub const fn key(&self) -> (bool, (i64, i64, Uuid)) {
        (self.status.is_terminal(), self.moment())
    }
}

/// That an employee has or had a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assignment {
    /// The employee
    pub employee: Uuid,
    /// What for
    pub role: Role,
    /// When the office gave it to them: microseconds since 1970 UTC
    pub from_us: i64,
    /// When the office took it from them; none while they have it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_us: Option<i64>,
}

impl Assignment {
    /// True while the employee has the task.
    pub const fn is_current(&self) -> bool {
        self.until_us.is_none()
    }

    /// What the office said when it assigned it.
    pub const fn as_new(&self) -> NewAssignment {
        NewAssignment { employee: self.employee, role: self.role }
    }
}

/// An entry that the dispatcher must be shown, and why. One entry can have two reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Attention {
    /// When it was captured: microseconds since 1970 UTC
    pub occurred_at_us: i64,
    /// The entry
    pub entry: Uuid,
    /// Why
    pub reason: Reason,
}

impl TaskState {
    /// The assignments that have not ended.
    pub fn current_assignees(&self) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(|assignment| assignment.is_current())
    }

    /// True while `employee` has the task.
    pub fn is_assigned_to(&self, employee: Uuid) -> bool {
        self.current_assignees().any(|assignment| assignment.employee == employee)
    }

    /// The employees whose phones hold the task, in order and each once: those who have it, nobody while it is a draft.
    pub fn visible_to(&self) -> Vec<Uuid> {
        if self.status == Status::Draft {
            return Vec::new();
        }
        let mut employees: Vec<Uuid> =
            self.current_assignees().map(|assignment| assignment.employee).collect();
        employees.sort_unstable();
        employees.dedup();
        employees
    }

    /// True when phones must be told: status, who has it, or when work began or ended is not as it was `before`.
    pub fn differs_on_phones(&self, before: Option<&Self>) -> bool {
        let Some(before) = before else { return true };
        self.status != before.status
            || self.decided != before.decided
            || self.started_at_us != before.started_at_us
            || self.ended_at_us != before.ended_at_us
            || !self.current_assignees().eq(before.current_assignees())
    }

    /// Shows `entry` to the dispatcher because of `reason`, once.
    pub(super) fn raise(&mut self, entry: Uuid, reason: Reason, occurred_at_us: i64) {
        let attention = Attention { occurred_at_us, entry, reason };
        if let Err(place) = self.attention.binary_search(&attention) {
            self.attention.insert(place, attention);
            if self.attention.len() > MAX_ATTENTION {
                self.attention.remove(0);
            }
        }
    }
}

//! For how long an account keeps what its people wrote.

use campo_protocol::{
    entry::Retention,
    faults::{Faults, pointer},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Phones hold what they handed in for 30 days more, so that a restored server can be healed.
const LEAST_DAYS: i64 = 30;
const MOST_DAYS: i64 = 36_500;
/// The most employees that are held.
const MAX_HELD: usize = 1000;

/// For how many days what is kept stays, from 30; without a number for ever. What goes is erased for good: bytes and files,
/// not that there was something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RetentionRules {
    /// Punches, their corrections and closed periods. Many laws ask for years
    #[schema(minimum = 30, maximum = 36_500)]
    pub working_time_days: Option<i64>,
    /// What was done at tasks, forms and photos
    #[schema(minimum = 30, maximum = 36_500)]
    pub work_days: Option<i64>,
    /// Messages in both directions
    #[schema(minimum = 30, maximum = 36_500)]
    pub messages_days: Option<i64>,
    /// Where somebody was between entries
    #[schema(minimum = 30, maximum = 36_500)]
    pub positions_days: Option<i64>,
    /// Who used which phone when
    #[schema(minimum = 30, maximum = 36_500)]
    pub sessions_days: Option<i64>,
    /// What events told, as it was then: it can be sent again no more. That of an entry goes with the entry at the latest
    #[schema(minimum = 30, maximum = 36_500)]
    pub events_days: Option<i64>,
    /// Tasks, employees, points of interest and work orders after they were deleted
    #[schema(minimum = 30, maximum = 36_500)]
    pub deleted_days: Option<i64>,
    /// True while nothing of the account may go, whatever its age: a legal hold
    pub legal_hold: bool,
    /// The employees of whom nothing may go, by id, at most 1000
    pub held_employees: Vec<Uuid>,
}

impl RetentionRules {
    /// Names everything that is wrong; `field` is where the rules stand.
    pub fn check(&self, faults: &mut Faults, field: &str) {
        let Self { events_days, deleted_days, held_employees, .. } = self;
        let classes = Retention::ALL.iter().map(|class| (class.name(), self.days(*class)));
        for (name, days) in classes.chain([("events", *events_days), ("deleted", *deleted_days)]) {
            if let Some(days) = days {
                let field = pointer(field, format!("{name}_days"));
                faults.check_range(&field, days as f64, LEAST_DAYS as f64, MOST_DAYS as f64);
            }
        }
        let field = pointer(field, "held_employees");
        faults.check_count(&field, held_employees.len(), MAX_HELD);
        faults.check_unique(held_employees, |index| pointer(&field, index));
    }

    /// For how many days entries of a class are kept.
    pub const fn days(&self, class: Retention) -> Option<i64> {
        match class {
            Retention::WorkingTime => self.working_time_days,
            Retention::Work => self.work_days,
            Retention::Messages => self.messages_days,
            Retention::Positions => self.positions_days,
            Retention::Sessions => self.sessions_days,
        }
    }

    /// True when nothing of this employee may go.
    pub(super) fn holds(&self, employee: Option<Uuid>) -> bool {
        self.legal_hold || employee.is_some_and(|employee| self.held_employees.contains(&employee))
    }
}

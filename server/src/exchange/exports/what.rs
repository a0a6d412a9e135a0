//! What an export holds, and how it is written.

use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{PermissionName, Permissions};

/// What an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportWhat {
    /// What was captured since the run before, a row for each entry, once its files were there or late
    Entries,
    /// The tasks as they are when it runs, a row for each
    Tasks,
    /// The timesheets as they stand when it runs, a row for each employee and day of `days`
    Timesheets,
}

impl ExportWhat {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Entries, Self::Tasks, Self::Timesheets];

    /// What whoever defines or reads it may do otherwise.
    pub(super) fn needs(self) -> Permissions {
        let needed = match self {
            Self::Entries => PermissionName::ViewEntries,
            Self::Tasks => PermissionName::ViewTasks,
            Self::Timesheets => PermissionName::ViewTimesheets,
        };
        [needed].into_iter().collect()
    }
}

/// How it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// A workbook
    #[default]
    Xlsx,
    /// Text with a mark of UTF-8
    Csv,
    /// Of entries: OfficeTrack's document, XML, a file for each entry
    OfficeTrack,
}

/// Which days of timesheets, seen from the day of the run in the account's zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportDays {
    /// The day before
    Yesterday,
    /// The seven days before
    LastSevenDays,
    /// From Monday to Sunday of the week before
    LastWeek,
    /// From the first of the month to the day of the run
    ThisMonth,
    /// The month before
    #[default]
    LastMonth,
}

impl ExportDays {
    /// The first and the last day, seen from `today`.
    pub(super) fn span(self, today: Date) -> (Date, Date) {
        let before = |days: i64| today.saturating_sub(days.days());
        match self {
            Self::Yesterday => (before(1), before(1)),
            Self::LastSevenDays => (before(7), before(1)),
            Self::LastWeek => {
                let monday = i64::from(today.weekday().to_monday_zero_offset());
                (before(monday + 7), before(monday + 1))
            }
            Self::ThisMonth => (today.first_of_month(), today),
            Self::LastMonth => {
                let last = today.first_of_month().saturating_sub(1.days());
                (last.first_of_month(), last)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_seen_from_the_day_of_the_run() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        for (days, today, from, to) in [
            (ExportDays::Yesterday, "2030-01-01", "2029-12-31", "2029-12-31"),
            (ExportDays::LastSevenDays, "2030-01-05", "2029-12-29", "2030-01-04"),
            // A Tuesday, a Monday and a Sunday
            (ExportDays::LastWeek, "2030-01-15", "2030-01-07", "2030-01-13"),
            (ExportDays::LastWeek, "2030-01-14", "2030-01-07", "2030-01-13"),
            (ExportDays::LastWeek, "2030-01-13", "2029-12-31", "2030-01-06"),
            (ExportDays::ThisMonth, "2030-01-15", "2030-01-01", "2030-01-15"),
            (ExportDays::LastMonth, "2030-03-31", "2030-02-01", "2030-02-28"),
        ] {
            assert_eq!(days.span(day(today)), (day(from), day(to)), "{days:?} {today}");
        }
    }
}

//! A worker's own day, as the phone knows it: provisional until the receipts are there.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    texts::{self, Language},
    unsent::local_time,
};
use crate::store::{Store, failure::Result};

/// One line of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayLine {
    /// The entry
    pub entry: Uuid,
    /// Its kind
    pub kind: String,
    /// What it is called
    pub label: String,
    /// The task it is about
    pub task: Option<Uuid>,
    /// When it happened, as the server fixed it or, without a receipt, as the phone saw it: microseconds since 1970 UTC
    pub at_us: i64,
    /// The same on the clock of the company's zone, `10:42`
    pub time: String,
    /// True once the server has it
    pub received: bool,
    /// True when it is in the repair tray or otherwise did not have its effect
    pub doubtful: bool,
}

impl Store {
    /// What an employee captured on this phone since midnight in the company's zone.
    pub fn day(&self, employee: Uuid, now_us: i64, language: Language) -> Result<Vec<DayLine>> {
        let zone = self.zone()?;
        let midnight_us = Timestamp::from_microsecond(now_us)
            .ok()
            .and_then(|now| now.to_zoned_datetime(zone.clone()).start_of_day().ok())
            .map_or(i64::MIN, |midnight| midnight.timestamp().as_microsecond());
        let line = |entry: crate::store::entries::StoredEntry| {
            let at_us = entry.occurred_at_us.unwrap_or(entry.captured_us);
            DayLine {
                entry: entry.id,
                label: texts::entry(language, &entry.kind),
                kind: entry.kind,
                task: entry.task,
                at_us,
                time: local_time(at_us, &zone),
                received: entry.state == "settled",
                doubtful: matches!(entry.state.as_str(), "conflict" | "unreadable")
                    || entry.outcome.as_deref() == Some("set_aside"),
            }
        };
        Ok(self.entries_since(employee, midnight_us)?.into_iter().map(line).collect())
    }
}

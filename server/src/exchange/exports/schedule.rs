//! When exports run by themselves: cron in the account's zone. Of what was missed while nothing ran, one run is made up
//! for.

use std::cmp::Ordering;

use campo_protocol::model::Ref;
use croner::{
    CivilDate, CivilDateTime, CivilTime, Cron, CronDateTime, Resolution, Weekday, errors::CronError,
};
use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};
use uuid::Uuid;

use super::{definition::ExportDraft, run};
use crate::{
    access::{AccessState, Caller, Duty, permissions::ManageExchange},
    app::App,
    problem::Result as Outcome,
    scheduler::Class,
};

/// Exports that are begun in one round.
const AT_ONCE: i64 = 100;

/// When an export runs next; never where it has no schedule, or one that names no time.
pub(super) fn next_us(draft: &ExportDraft, zone: &str, now_us: i64) -> Option<i64> {
    if draft.state != AccessState::Enabled {
        return None;
    }
    next_of_schedule(draft.schedule.as_ref()?, zone, now_us)
}

/// When a schedule names a time next; never where it is none, or names no time.
pub(in crate::exchange) fn next_of_schedule(schedule: &str, zone: &str, now_us: i64) -> Option<i64> {
    let cron: Cron = schedule.parse().ok()?;
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let at = Timestamp::from_microsecond(now_us).ok()?;
    let next = cron.find_next_occurrence(&Local { at, zone }, false).ok()?;
    Some(next.at.as_microsecond())
}

/// An instant in a zone, for croner, which knows another release of jiff.
#[derive(Debug, Clone)]
struct Local {
    at: Timestamp,
    zone: TimeZone,
}

impl Local {
    fn datetime(&self) -> DateTime {
        self.zone.to_datetime(self.at)
    }
}

impl CronDateTime for Local {
    fn to_civil(&self) -> CivilDateTime {
        let local = self.datetime();
        let [month, day, hour, minute, second] =
            [local.month(), local.day(), local.hour(), local.minute(), local.second()]
                .map(|part| u32::from(part.unsigned_abs()));
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(i32::from(local.year()), month, day),
            CivilTime::from_parts_unchecked(hour, minute, second),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        let days = self.datetime().weekday().to_sunday_zero_offset();
        Weekday::from_days_from_sunday(u32::from(days.unsigned_abs()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let year = i16::try_from(civil.year()).map_err(|_| CronError::InvalidDate)?;
        let [month, day, hour, minute, second] =
            [civil.month(), civil.day(), civil.hour(), civil.minute(), civil.second()].map(|part| part as i8);
        let local =
            DateTime::new(year, month, day, hour, minute, second, 0).map_err(|_| CronError::InvalidDate)?;
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        let of = |at: Result<Timestamp, jiff::Error>| {
            at.map(|at| Self { at, zone: self.zone.clone() }).map_err(|_| CronError::InvalidTime)
        };
        Ok(match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => Resolution::Single(of(ambiguous.unambiguous())?),
            AmbiguousOffset::Fold { .. } => {
                Resolution::Ambiguous(of(ambiguous.earlier())?, of(ambiguous.later())?)
            }
            AmbiguousOffset::Gap { .. } => Resolution::Gap,
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        let at = self.at.checked_add(SignedDuration::from_secs(seconds)).ok()?;
        Some(Self { at, zone: self.zone.clone() })
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at)
    }
}

/// Begins every run that is due; true when there may be more.
pub(in crate::exchange) async fn run_due(app: &App) -> Outcome<bool> {
    let due: Vec<(i64, Uuid)> = app
        .db
        .fetch_all(
            "select c.account, c.export from export_cursor c join export e on e.account = c.account and e.id = c.export \
             join account a on a.id = c.account where c.next_us <= $1 and e.state = 'enabled' and a.state = 'enabled' \
             order by c.next_us limit $2",
            (app.environment.now_us(), AT_ONCE),
        )
        .await?;
    for (account, export) in &due {
        if let Err(problem) = begin(app, *account, *export).await {
            tracing::warn!(account, %export, %problem, "a run of an export was not begun");
        }
    }
    Ok(due.len() as i64 == AT_ONCE)
}

async fn begin(app: &App, account: i64, export: Uuid) -> Outcome<()> {
    let allowed = Caller::duty(account, Duty::ExchangeFiles).allow::<ManageExchange>()?;
    let (zone,): (String,) = app.db.fetch_one("select zone from account where id = $1", (account,)).await?;
    let mut write = app.log.begin(&allowed, Class::Import).await?;
    let now_us = write.now_us;
    let still: Option<(i64,)> = write
        .tx()
        .fetch_optional(
            "select number from export_cursor where account = $1 and export = $2 and next_us <= $3",
            (account, export, now_us),
        )
        .await?;
    if still.is_none() {
        return Ok(());
    }
    run::begin(&mut write, &Ref::Id(export), &zone).await?;
    write.commit().await?;
    app.work.notify_one();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_of_the_account_s_own_day() {
        let draft = |schedule: &str| -> ExportDraft {
            serde_json::from_value(serde_json::json!({
                "code": "x", "name": "x", "what": "tasks", "file_name": "x", "schedule": schedule,
            }))
            .unwrap()
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_microsecond();
        for (schedule, zone, now, next) in [
            ("0 7 * * *", "America/Lima", "2030-01-15T11:59:00Z", "2030-01-15T12:00:00Z"),
            ("0 7 * * *", "America/Lima", "2030-01-15T12:00:00Z", "2030-01-16T12:00:00Z"),
            ("0 7 * * 1-5", "America/Lima", "2030-01-18T13:00:00Z", "2030-01-21T12:00:00Z"),
            ("*/15 * * * *", "UTC", "2030-01-15T12:01:00Z", "2030-01-15T12:15:00Z"),
            // Summer time begins in Madrid: there is no half past two, and the run is not lost
            ("0 9 * * *", "Europe/Madrid", "2030-03-30T12:00:00Z", "2030-03-31T07:00:00Z"),
        ] {
            assert_eq!(next_us(&draft(schedule), zone, at(now)), Some(at(next)), "{schedule} {zone}");
        }
        let mut disabled = draft("0 7 * * *");
        disabled.state = AccessState::Disabled;
        assert_eq!(next_us(&disabled, "UTC", 0), None);
    }
}

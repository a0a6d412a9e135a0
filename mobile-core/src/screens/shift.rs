//! Working time as the phone knows it: the punches captured here, with the corrections that count, paired by the same
//! rules as the server's.

use campo_protocol::{
    clock::OccurredKind,
    entry::{Entry, Kind},
    shift::{
        correct::{Corrected, Punch, corrected},
        fact::{Correction, Fact, Record},
        pair::{Setting, Shift, paired},
        rules::Rules,
    },
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    dates::{duration, grouped},
    worker::Worker,
};
use crate::store::{Store, entries::StoredEntry, failure::Result};

const DAY_US: i64 = 24 * 3600 * 1_000_000;
/// How far back punches are looked at.
pub(crate) const REACH_US: i64 = 36 * DAY_US;

/// Whether somebody is on shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ShiftState {
    /// Not on shift
    Off,
    /// On shift
    Working,
    /// On shift, and on a break
    OnBreak,
}

/// The shift of whoever works with the phone, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ShiftNow {
    /// Whether they are on shift
    pub state: ShiftState,
    /// When the shift began, `07:58`; empty off shift
    pub since: String,
    /// How long was worked in it, `3 h 26 min`; empty off shift
    pub worked: String,
    /// When the break began, `10:42`; empty without one
    pub break_since: String,
    /// What the break is called; empty without one, or without a name
    pub break_name: String,
    /// The entry of the last punch of the shift; none off shift
    pub punch: Option<String>,
    /// What the server said of the clock-in: `Entrada recibida, N.º 18 467`; empty off shift
    pub receipt: String,
    /// True once the server has the clock-in
    pub received: bool,
}

/// The punches of an employee on this phone.
#[derive(Debug, Clone)]
pub(crate) struct PunchBook {
    pub(crate) entries: Vec<StoredEntry>,
    pub(crate) corrected: Corrected,
    pub(crate) shifts: Vec<Shift>,
    pub(crate) asked: Vec<Asked>,
}

/// A correction of the office that waits for the worker's answer.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Asked {
    pub(crate) id: Uuid,
    #[serde(default)]
    pub(crate) corrects: Option<Uuid>,
    #[serde(default)]
    pub(crate) reason: Option<String>,
    pub(crate) correction: Correction,
    #[serde(default)]
    pub(crate) made_us: i64,
}

impl Store {
    /// Everything about the working time of an employee that this phone knows.
    pub(crate) fn punch_book(&self, worker: &Worker) -> Result<PunchBook> {
        let now_us = worker.dates.now_us;
        let employee = worker.session.employee;
        let entries = self.entries_since(employee, now_us.saturating_sub(REACH_US))?;
        let mut records: Vec<Record> = entries.iter().filter_map(record).collect();
        let asked = self.asked_corrections(employee)?;
        records.extend(asked.iter().map(Asked::record));
        let corrected = corrected(&records);
        let setting = Setting {
            zone: worker.dates.zone.clone(),
            zone_name: worker.dates.zone.iana_name().unwrap_or("UTC"),
            rules: &Rules::default(),
            as_of_us: now_us,
        };
        let shifts = paired(&corrected.punches, &setting).shifts;
        Ok(PunchBook { entries, corrected, shifts, asked })
    }

    /// The corrections of the office that are about an employee and wait for an answer.
    fn asked_corrections(&self, employee: Uuid) -> Result<Vec<Asked>> {
        let scope = campo_protocol::scope::Scope::Employee(employee);
        let objects = self.objects(&scope, "punch_correction")?;
        Ok(objects.iter().filter_map(|object| serde_json::from_slice(&object.body).ok()).collect())
    }
}

impl PunchBook {
    /// The shift of whoever works with the phone.
    pub(crate) fn now(&self, worker: &Worker) -> ShiftNow {
        let dates = &worker.dates;
        let Some(open) = self.open_shift() else {
            return ShiftNow {
                state: ShiftState::Off,
                since: String::new(),
                worked: String::new(),
                break_since: String::new(),
                break_name: String::new(),
                punch: None,
                receipt: String::new(),
                received: false,
            };
        };
        let pause = open.breaks.last().filter(|pause| pause.end.is_none());
        let stored = self.entries.iter().find(|entry| entry.id == open.start.id);
        let position = stored.and_then(|stored| stored.position);
        let last = open.punches().map(|punch| (punch.order(), punch.id)).max();
        ShiftNow {
            state: if pause.is_some() { ShiftState::OnBreak } else { ShiftState::Working },
            since: dates.time(open.start.now.at_us),
            worked: duration(worked_us(open, dates.now_us)),
            break_since: pause.map(|pause| dates.time(pause.start.now.at_us)).unwrap_or_default(),
            break_name: pause.map(|pause| break_name(worker, &pause.start)).unwrap_or_default(),
            punch: last.map(|(_, id)| id.to_string()),
            receipt: super::texts::clock_in_receipt(dates.language, position.map(grouped).as_deref()),
            received: position.is_some(),
        }
    }

    pub(crate) fn open_shift(&self) -> Option<&Shift> {
        self.shifts.last().filter(|shift| {
            shift.is_open()
                && shift
                    .remarks
                    .iter()
                    .all(|remark| remark.code != campo_protocol::shift::pair::RemarkCode::EndMissing)
        })
    }
}

impl Asked {
    fn record(&self) -> Record {
        Record {
            id: self.id,
            position: 0,
            sequence: 0,
            installation: None,
            at_us: self.made_us,
            occurred_kind: OccurredKind::Wall,
            received_us: self.made_us,
            fact: Fact::Correction(self.correction.clone(), self.corrects),
        }
    }
}

/// The name of the kind of break that a punch began.
pub(crate) fn break_name(worker: &Worker, punch: &Punch) -> String {
    let code = punch.break_kind.as_deref().unwrap_or_default();
    let kind = worker.break_kinds().iter().find(|kind| kind.code == code);
    kind.map_or_else(|| code.to_owned(), |kind| kind.name.clone())
}

/// How long was worked in a shift, breaks taken out, up to now where it is open.
pub(crate) fn worked_us(shift: &Shift, now_us: i64) -> i64 {
    let end_us = shift.end.as_ref().map_or(now_us, |end| end.now.at_us);
    let rest_us: i64 = shift
        .breaks
        .iter()
        .map(|pause| {
            let until_us = match &pause.end {
                Some(end) => end.now.at_us,
                // One that is open when its shift ends is not deducted
                None if shift.is_open() => now_us,
                None => pause.start.now.at_us,
            };
            until_us.saturating_sub(pause.start.now.at_us).max(0)
        })
        .sum();
    end_us.saturating_sub(shift.start.now.at_us).saturating_sub(rest_us).max(0)
}

/// What a captured entry says of working time.
fn record(stored: &StoredEntry) -> Option<Record> {
    // What is in the repair tray had no effect
    if matches!(stored.state.as_str(), "conflict" | "unreadable")
        || stored.outcome.as_deref() == Some("set_aside")
    {
        return None;
    }
    let kind = Kind::from_name(&stored.kind)?;
    let entry: Entry = serde_json::from_slice(&stored.bytes).ok()?;
    let at_us = stored.occurred_at_us.unwrap_or(stored.captured_us);
    Some(Record {
        id: stored.id,
        position: stored.position.unwrap_or(i64::MAX),
        sequence: entry.sequence,
        installation: entry.installation,
        at_us,
        occurred_kind: OccurredKind::Wall,
        received_us: at_us,
        fact: Fact::of(kind, &entry)?,
    })
}

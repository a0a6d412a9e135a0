//! Days: the shifts that began on each, what stands alone under it, and their totals.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    correct::{Corrected, Punch},
    cut::{self, Totals},
    pair::{self, Paired, Setting, Shift, Stray},
};

/// A shift with its totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutShift {
    /// The shift
    pub shift: Shift,
    /// Its totals; none of anything while it is open
    pub totals: Totals,
}

/// One day of an employee.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// The shifts that began on it, in order
    pub shifts: Vec<CutShift>,
    /// The punches of the day that belong to no shift, in order
    pub stray: Vec<Stray>,
    /// The punches of the day that were removed, in order
    pub removed: Vec<Punch>,
    /// The totals of its shifts
    pub totals: Totals,
}

/// The days on which there is something, by their dates.
pub fn days(corrected: &Corrected, setting: &Setting<'_>) -> BTreeMap<Date, Day> {
    let Paired { shifts, stray } = pair::paired(&corrected.punches, setting);
    let totals = cut::totals(&shifts, setting);
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    for (shift, totals) in shifts.into_iter().zip(totals) {
        let day = days.entry(shift.day).or_default();
        day.totals = day.totals.plus(&totals);
        day.shifts.push(CutShift { shift, totals });
    }
    for stray in stray {
        days.entry(stray.day).or_default().stray.push(stray);
    }
    for punch in &corrected.removed {
        days.entry(setting.day_of(punch)).or_default().removed.push(punch.clone());
    }
    days
}

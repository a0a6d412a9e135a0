//! The first screen: the shift, the next task, what is not sent, what needs repair.

use campo_protocol::entry::Kind;

use super::{
    place,
    shift::{ShiftNow, ShiftState},
    task_page,
    tasks::{Here, TaskGroup, TaskRow},
    texts,
};
use crate::store::{Store, failure::Result};
use campo_protocol::model::profile::LocationMode;

/// When positions are recorded; never outside a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PositionMode {
    /// Never
    Never,
    /// With punches, task entries, forms and photos
    AtEntries,
    /// Also in between, from the start of the shift to its end
    DuringShift,
}

impl From<LocationMode> for PositionMode {
    fn from(mode: LocationMode) -> Self {
        match mode {
            LocationMode::Never => Self::Never,
            LocationMode::AtEntries => Self::AtEntries,
            LocationMode::DuringShift => Self::DuringShift,
        }
    }
}

/// A kind of break to choose.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BreakOffer {
    /// Its code; entries name it
    pub code: String,
    /// What the worker reads
    pub name: String,
    /// `60 min`; empty without a plan
    pub planned: String,
}

/// The first screen.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct HomePage {
    /// Who works with the phone
    pub worker: String,
    /// The company
    pub company: String,
    /// The shift
    pub shift: ShiftNow,
    /// True when the profile lets them clock in and out
    pub may_punch: bool,
    /// True when the profile lets them take breaks
    pub may_break: bool,
    /// The kinds of break to choose from; empty for breaks without a kind
    pub breaks: Vec<BreakOffer>,
    /// When positions are recorded
    pub position: PositionMode,
    /// The task that is next, or worked on
    pub task: Option<TaskRow>,
    /// True when it is worked on
    pub at_work: bool,
    /// How many tasks are to be done
    pub open_tasks: u32,
    /// How many messages are not read
    pub unread: u32,
    /// `3 por enviar`; empty when nothing waits
    pub unsent: String,
    /// `La más antigua de 10:42`
    pub unsent_oldest: String,
    /// `1 necesita arreglo`; empty when nothing does
    pub repair: String,
    /// What it is
    pub repair_detail: String,
}

impl Store {
    /// The first screen of whoever works with the phone; none while nobody does.
    pub fn home_page(&self, now_us: i64, here: Option<Here>) -> Result<Option<HomePage>> {
        let Some(worker) = self.worker(now_us)? else { return Ok(None) };
        let language = worker.dates.language;
        let book = self.punch_book(&worker)?;
        let shift = book.now(&worker);
        let rows = self.task_rows(now_us, here)?;
        let open = rows.iter().filter(|row| row.group != TaskGroup::Over).count() as u32;
        let task = rows.into_iter().find(|row| row.group != TaskGroup::Over);
        let unsent = self.unsent(language)?;
        let waits = unsent.entries + unsent.files;
        let tray = self.tray(Some(worker.session.employee))?;
        let company = self.company_name()?;
        let enrolled = self.enrolment()?.map(|enrolment| enrolment.company).unwrap_or_default();
        let planned = |minutes: Option<i64>| minutes.map(|minutes| format!("{minutes}\u{a0}min"));
        Ok(Some(HomePage {
            worker: worker.session.name.clone(),
            company: if company.is_empty() { enrolled } else { company },
            may_punch: worker.may(Kind::ShiftStart) && worker.may(Kind::ShiftEnd),
            may_break: worker.may(Kind::BreakStart) && shift.state != ShiftState::Off,
            breaks: worker
                .break_kinds()
                .iter()
                .map(|kind| BreakOffer {
                    code: kind.code.clone(),
                    name: kind.name.clone(),
                    planned: planned(kind.planned_minutes).unwrap_or_default(),
                })
                .collect(),
            position: place::location_mode(self.read(), worker.session.employee)?.into(),
            at_work: task.as_ref().is_some_and(|task| task_page::is_worked_on(task.face)),
            task,
            open_tasks: open,
            unread: self.unread_messages(&worker)?,
            unsent: texts::to_send(language, waits),
            unsent_oldest: unsent
                .oldest_us
                .map(|at_us| texts::oldest(language, &worker.dates.when(at_us)))
                .unwrap_or_default(),
            repair: texts::to_repair(language, tray.len()),
            repair_detail: tray.first().map(|item| texts::tray_item(language, item)).unwrap_or_default(),
            shift,
        }))
    }
}

//! The list of tasks: what is not over first, by day, with the distance from here.

use campo_protocol::{civil::CivilTime, scope::Scope};

use super::{
    dates::clock,
    documents::TaskDocument,
    steps::StatusFace,
    task::{TaskCard, card, type_of},
    texts,
    worker::Worker,
};
use crate::store::{Store, failure::Result};

/// Where somebody is, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Here {
    /// Degrees, WGS84
    pub latitude: f64,
    /// Degrees, WGS84
    pub longitude: f64,
}

/// Under which heading a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
pub enum TaskGroup {
    /// Being worked on
    Now,
    /// Its time is over, and it is not done
    Late,
    /// Planned for today, or without a day
    Today,
    /// Planned for another day
    Coming,
    /// Closed, canceled, not done, declined
    Over,
}

/// A task in the list.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct TaskRow {
    /// The task
    pub id: String,
    /// The number as people see it
    pub number: String,
    /// The name of its type
    pub type_name: String,
    /// For whom it is; what it is, where nobody is named
    pub title: String,
    /// What is to be done, in short
    pub detail: String,
    /// The address, in one line
    pub address: String,
    /// Where it is
    pub place: Option<Here>,
    /// `a 6,4 km`; empty when here or there is not known
    pub distance: String,
    /// How far it is in metres, to sort by
    pub distance_m: Option<f64>,
    /// `09:30–11:00`, with the day where it is not today; empty without a plan
    pub window: String,
    /// Under which heading it stands
    pub group: TaskGroup,
    /// Its face
    pub face: StatusFace,
    /// The status in the company's words
    pub status: String,
    /// The same with its time: `En curso desde 10:02`
    pub status_since: String,
    /// `24 min tarde`; empty in time
    pub late: String,
    /// True while something that was captured here for it has no receipt
    pub unsent: bool,
    /// How many required forms are missing
    pub forms_missing: u32,
}

impl Store {
    /// The tasks of whoever works with the phone, in the order in which they are done.
    pub fn task_rows(&self, now_us: i64, here: Option<Here>) -> Result<Vec<TaskRow>> {
        let Some(worker) = self.worker(now_us)? else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        for object in self.objects(&Scope::Employee(worker.session.employee), "task")? {
            let Ok(document) = serde_json::from_slice::<TaskDocument>(&object.body) else { continue };
            let task_type = type_of(self.read(), &document)?;
            let (card, state) = card(self.read(), object.id, &document, &task_type, worker.dates.language)?;
            let missing = self.forms_missing(worker.profile.as_ref(), object.id, &task_type)?.len() as u32;
            rows.push((row(&worker, &document, &card, state.decided.at_us, here, missing), card));
        }
        rows.sort_by(|(one, one_card), (other, other_card)| {
            let key = |row: &TaskRow, card: &TaskCard| (row.group, card.start.is_none(), card.start.clone());
            (key(one, one_card), &one.number, &one.id).cmp(&(
                key(other, other_card),
                &other.number,
                &other.id,
            ))
        });
        Ok(rows.into_iter().map(|(row, _)| row).collect())
    }
}

pub(crate) fn row(
    worker: &Worker,
    document: &TaskDocument,
    card: &TaskCard,
    since_us: i64,
    here: Option<Here>,
    forms_missing: u32,
) -> TaskRow {
    let dates = &worker.dates;
    let face = StatusFace::of(card.status);
    let place = card.point.map(|(latitude, longitude)| Here { latitude, longitude });
    let distance_m = here.zip(place).map(|(here, there)| metres(here, there));
    let due_us = document.due.as_ref().and_then(CivilTime::instant_us);
    let late_us = due_us.filter(|_| !card.status.is_terminal()).map(|due_us| dates.now_us - due_us);
    let late_us = late_us.filter(|late_us| *late_us > 0);
    let is_for_another_day = document
        .start
        .as_ref()
        .or(document.due.as_ref())
        .is_some_and(|planned| planned.local.date() > dates.today());
    let works = matches!(face, StatusFace::OnTheWay | StatusFace::OnSite | StatusFace::Working);
    let group = if card.status.is_terminal() {
        TaskGroup::Over
    } else if works {
        TaskGroup::Now
    } else if late_us.is_some() {
        TaskGroup::Late
    } else if is_for_another_day {
        TaskGroup::Coming
    } else {
        TaskGroup::Today
    };
    let name = card.customer_name.trim();
    let (title, detail) = if name.is_empty() {
        (card.description.clone(), card.type_name.clone())
    } else {
        (name.to_owned(), card.description.clone())
    };
    let knows_since = since_us > 0 && !matches!(face, StatusFace::New);
    TaskRow {
        id: card.id.to_string(),
        number: card.number.clone(),
        type_name: card.type_name.clone(),
        title,
        detail,
        address: card.address.clone(),
        place,
        distance: distance_m.map(|metres| texts::distance(dates.language, metres)).unwrap_or_default(),
        distance_m,
        window: window(worker, document),
        group,
        face,
        status: card.status_label.clone(),
        status_since: if knows_since {
            texts::since(dates.language, &card.status_label, &dates.when(since_us))
        } else {
            card.status_label.clone()
        },
        late: late_us.map(|late_us| texts::late(dates.language, late_us)).unwrap_or_default(),
        unsent: card.unsent,
        forms_missing,
    }
}

fn window(worker: &Worker, document: &TaskDocument) -> String {
    let dates = &worker.dates;
    let day_of = |time: &CivilTime| {
        let day = time.local.date();
        if day == dates.today() { String::new() } else { format!("{}, ", dates.near_day(day)) }
    };
    match (&document.start, &document.due) {
        (Some(start), Some(due)) if start.local.date() == due.local.date() => {
            format!("{}{}–{}", day_of(start), clock(start.local), clock(due.local))
        }
        (Some(start), Some(due)) => {
            format!("{}{} – {}{}", day_of(start), clock(start.local), day_of(due), clock(due.local))
        }
        (Some(start), None) => format!("{}{}", day_of(start), clock(start.local)),
        (None, Some(due)) => texts::until(dates.language, &format!("{}{}", day_of(due), clock(due.local))),
        (None, None) => String::new(),
    }
}

/// The way over the ground between two places, in metres: haversine on a sphere, good to half a percent.
pub(crate) fn metres(one: Here, other: Here) -> f64 {
    const RADIUS_M: f64 = 6_371_008.8;
    let (from, to) = (one.latitude.to_radians(), other.latitude.to_radians());
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let between =
        half(other.latitude - one.latitude) + from.cos() * to.cos() * half(other.longitude - one.longitude);
    2.0 * RADIUS_M * between.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_map() {
        let lima = Here { latitude: -12.0464, longitude: -77.0428 };
        let bogota = Here { latitude: 4.7110, longitude: -74.0721 };
        assert!((metres(lima, bogota) / 1000.0 - 1889.0).abs() < 15.0);
        assert!(metres(lima, lima) < 0.001);
    }
}

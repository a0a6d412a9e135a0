//! One task, whole: the account's words, the steps that are allowed, the forms that are due.

use campo_protocol::{entry::Kind, model::Ref};
use uuid::Uuid;

use super::{
    documents::{NamedDocument, TaskDocument},
    form::FormOfTask,
    permitted::Obstacle,
    steps::{self, Station, StatusFace, StepOffer},
    task::{card, find, labelled, type_of},
    tasks::{self, Here, TaskRow},
    texts,
};
use crate::store::{Store, failure::Result};

/// A label of the company and its value.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Labelled {
    /// The company's word for it
    pub label: String,
    /// The value
    pub value: String,
}

/// A file that the office attached.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OfficeFile {
    /// SHA-256, hexadecimal
    pub hash: String,
    /// The name that people read
    pub name: String,
    /// Its length
    pub size_bytes: i64,
}

/// One task, whole.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct TaskPage {
    /// What the list shows of it
    pub row: TaskRow,
    /// Notes for the worker
    pub notes: String,
    /// Whom to ask for
    pub contact: String,
    /// Telephone numbers
    pub phones: Vec<String>,
    /// The name of the point of interest
    pub site: String,
    /// The company's own fields that the worker sees, in the company's order
    pub data: Vec<Labelled>,
    /// The way that it goes
    pub stations: Vec<Station>,
    /// The steps that may be gone now: the next one first
    pub steps: Vec<StepOffer>,
    /// The forms of the task, those that are due first
    pub forms: Vec<FormOfTask>,
    /// How many photos were taken for it here
    pub photos: u32,
    /// `3 enviadas, 9 esperan red`; empty without photos
    pub photos_text: String,
    /// True when the profile lets them take photos
    pub may_photograph: bool,
    /// True when the profile lets them write to the office
    pub may_write: bool,
    /// What the office attached
    pub files: Vec<OfficeFile>,
    /// Within how many metres entries are taken, where the task prohibits others
    pub prohibited_beyond_m: Option<f64>,
}

impl Store {
    /// A task, if the phone holds it and somebody works with the phone.
    pub fn task_page(&self, id: Uuid, now_us: i64, here: Option<Here>) -> Result<Option<TaskPage>> {
        let connection = self.read();
        let Some(worker) = self.worker(now_us)? else { return Ok(None) };
        let Some(document) = find::<TaskDocument>(connection, "task", Some(id))? else { return Ok(None) };
        let language = worker.dates.language;
        let task_type = type_of(connection, &document)?;
        let (card, state) = card(connection, id, &document, &task_type, language)?;
        let missing = self.forms_missing(worker.profile.as_ref(), id, &task_type)?;
        let row = tasks::row(&worker, &document, &card, state.decided.at_us, here, missing.len() as u32);
        let mut offered = steps::offers(&worker, &task_type, card.status);
        for offer in &mut offered {
            let obstacle = self.obstacle(worker.profile.as_ref(), id, &task_type, offer.step)?;
            let Some(obstacle) = obstacle else { continue };
            offer.blocked = obstacle.text(language, &offer.label);
            match obstacle {
                Obstacle::Form { form, .. } => offer.form = Some(form.to_string()),
                Obstacle::Photo => offer.photo = true,
            }
        }
        let poi: NamedDocument =
            find(connection, "poi", document.poi.as_ref().and_then(Ref::id))?.unwrap_or_default();
        let (photos, photos_text) = self.photos_of(id, language)?;
        let numbers = [document.phone1.clone(), document.phone2.clone()];
        let data = labelled(&document, &task_type);
        Ok(Some(TaskPage {
            stations: steps::stations(&worker, &task_type, card.status, &self.gone(id)?),
            forms: self.forms_of_task(&worker, id, &task_type)?,
            steps: offered,
            notes: document.notes,
            contact: document.contact_name,
            phones: numbers.into_iter().filter(|number| !number.is_empty()).collect(),
            site: poi.name,
            data: data.into_iter().map(|(label, value)| Labelled { label, value }).collect(),
            photos,
            photos_text,
            may_photograph: worker.may(Kind::Photo),
            may_write: worker.may(Kind::Message),
            files: document
                .files
                .into_iter()
                .map(|file| OfficeFile { hash: file.hash, name: file.name, size_bytes: file.size_bytes })
                .collect(),
            prohibited_beyond_m: document.radius_m.filter(|_| document.prohibit_outside_radius),
            row,
        }))
    }

    /// The steps that were captured here for a task, in order, with their instants.
    fn gone(&self, task: Uuid) -> Result<Vec<(Kind, i64)>> {
        let mut statement = self.read().prepare_cached(
            "select kind, coalesce(occurred_at_us, captured_us) from entry \
             where task = ?1 and state in ('waiting', 'settled') order by number",
        )?;
        let mut rows = statement.query((task.as_bytes(),))?;
        let mut gone = Vec::new();
        while let Some(row) = rows.next()? {
            let kind: String = row.get(0)?;
            gone.extend(
                Kind::from_name(&kind).map(|kind| row.get(1).map(|at_us| (kind, at_us))).transpose()?,
            );
        }
        Ok(gone)
    }

    fn photos_of(&self, task: Uuid, language: texts::Language) -> Result<(u32, String)> {
        let (all, sent): (u32, u32) = self
            .read()
            .prepare_cached(
                "select count(*), coalesce(sum(f.state = 'stored'), 0) from file f \
                 join entry e on e.number = f.entry where e.task = ?1",
            )?
            .query_row((task.as_bytes(),), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((all, texts::photos(language, sent, all - sent)))
    }
}

/// True while a task stands where somebody works on it.
pub(crate) const fn is_worked_on(face: StatusFace) -> bool {
    matches!(face, StatusFace::OnTheWay | StatusFace::OnSite | StatusFace::Working)
}

//! What a worker does, as the foreign side says it.

use campo_protocol::{
    entry::{Kind, Place},
    model::answers::{FieldAnswer, FilledForm},
};

use super::records::{CampoError, id};
use crate::{
    capture::{Action, Capture, Photo, TaskStep},
    store::space::TakenFile,
};

/// Where something was captured.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
#[expect(missing_docs, reason = "its fields are those of `protocol::entry::Place`")]
pub struct Position {
    pub latitude: f64,
    pub longitude: f64,
    pub accuracy_m: Option<f64>,
    pub provider: Option<String>,
    pub mock: Option<bool>,
}

/// What goes with every capture.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Circumstances {
    /// Names the tap or the screen: the same again gives the same entry
    pub intent: String,
    /// The `session` of the [`super::records::Worker`] for whom the screen was opened: nothing is captured from it once
    /// somebody else works with the phone
    pub session: Option<String>,
    /// Where, if the platform knows
    pub position: Option<Position>,
    /// Free text typed with it
    pub note: Option<String>,
}

/// A photo that was taken into the file space.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
#[expect(missing_docs, reason = "its fields are those of `capture::Photo`")]
pub struct MentionedPhoto {
    pub hash: String,
    pub size_bytes: i64,
    pub field: Option<String>,
    pub media_type: String,
}

/// The answer to a field of a form. A table's rows are answers to its columns.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
#[expect(missing_docs, reason = "its fields are those of `protocol::model::answers::FieldAnswer`")]
pub struct Answer {
    pub field: String,
    pub value: Option<String>,
    pub text: Option<String>,
    pub values: Vec<String>,
    pub texts: Vec<String>,
    pub files: Vec<String>,
    pub rows: Option<Vec<AnswerRow>>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AnswerRow {
    /// The answers to its columns
    pub cells: Vec<Cell>,
}

/// The answer to a column.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
#[expect(missing_docs, reason = "its fields are those of `protocol::model::answers::FieldAnswer`")]
pub struct Cell {
    pub field: String,
    pub value: Option<String>,
    pub text: Option<String>,
    pub values: Vec<String>,
    pub texts: Vec<String>,
    pub files: Vec<String>,
}

/// What a worker does.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
#[expect(missing_docs, reason = "each is the case of `capture::Action` of the same name")]
pub enum WorkerAction {
    ShiftStart,
    ShiftEnd,
    BreakStart {
        kind: Option<String>,
    },
    BreakEnd,
    /// `step` is the kind of the entry, such as `task.start`
    Task {
        task: String,
        step: String,
        reason: Option<String>,
    },
    Form {
        form: String,
        version: i64,
        task: Option<String>,
        answers: Vec<Answer>,
        photos: Vec<MentionedPhoto>,
    },
    Photo {
        photo: MentionedPhoto,
        task: Option<String>,
    },
    Message {
        text: String,
        task: Option<String>,
    },
}

/// The capture that the foreign side means.
pub(super) fn capture(circumstances: Circumstances, action: WorkerAction) -> Result<Capture, CampoError> {
    let Circumstances { intent, session, position, note } = circumstances;
    let session = session.as_deref().map(id).transpose()?;
    let place = position.map(|position| Place {
        latitude: position.latitude,
        longitude: position.longitude,
        accuracy_m: position.accuracy_m,
        provider: position.provider,
        mock: position.mock,
    });
    Ok(Capture { intent, session, action: action.into_action()?, place, note })
}

impl WorkerAction {
    fn into_action(self) -> Result<Action, CampoError> {
        let task_id = |task: Option<String>| task.as_deref().map(id).transpose();
        Ok(match self {
            Self::ShiftStart => Action::ShiftStart,
            Self::ShiftEnd => Action::ShiftEnd,
            Self::BreakStart { kind } => Action::BreakStart { kind },
            Self::BreakEnd => Action::BreakEnd,
            Self::Task { task, step, reason } => {
                Action::Task { task: id(&task)?, step: step_of(&step)?, reason }
            }
            Self::Form { form, version, task, answers, photos } => Action::Form {
                filled: FilledForm {
                    form: id(&form)?,
                    version,
                    answers: answers.into_iter().map(FieldAnswer::from).collect(),
                },
                task: task_id(task)?,
                photos: photos.into_iter().map(Photo::from).collect(),
            },
            Self::Photo { photo, task } => Action::Photo { photo: photo.into(), task: task_id(task)? },
            Self::Message { text, task } => Action::Message { text, task: task_id(task)? },
        })
    }
}

fn step_of(name: &str) -> Result<TaskStep, CampoError> {
    let kind = Kind::from_name(name);
    let step = TaskStep::ALL.into_iter().find(|step| Some(step.kind()) == kind);
    step.ok_or_else(|| CampoError::Refused { code: "step_unknown".to_owned() })
}

impl From<MentionedPhoto> for Photo {
    fn from(photo: MentionedPhoto) -> Self {
        let MentionedPhoto { hash, size_bytes, field, media_type } = photo;
        Self { file: TakenFile { hash, size_bytes }, field, media_type }
    }
}

impl From<Answer> for FieldAnswer {
    fn from(answer: Answer) -> Self {
        let row = |row: AnswerRow| row.cells.into_iter().map(Self::from).collect();
        Self {
            field: answer.field,
            value: answer.value,
            text: answer.text,
            values: answer.values,
            texts: answer.texts,
            files: answer.files,
            rows: answer.rows.map(|rows| rows.into_iter().map(row).collect()),
        }
    }
}

impl From<Cell> for FieldAnswer {
    fn from(cell: Cell) -> Self {
        let Cell { field, value, text, values, texts, files } = cell;
        Self { field, value, text, values, texts, files, rows: None }
    }
}

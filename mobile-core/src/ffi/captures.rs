//! What a worker does, as the foreign side says it.

use campo_protocol::{
    entry::Place,
    model::answers::{FieldAnswer, FilledForm},
};

use super::records::{CampoError, id};
use crate::{
    capture::{Action, Capture, Photo, TaskStep},
    screens::form::DraftPhoto,
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
    Task {
        task: String,
        step: TaskStep,
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
    Correction {
        punch: String,
        at_us: i64,
        reason: String,
    },
    Agreement {
        correction: String,
        agreed: bool,
    },
}

/// The capture that the foreign side means.
pub(super) fn capture(circumstances: Circumstances, action: WorkerAction) -> Result<Capture, CampoError> {
    let Circumstances { intent, session, position, note } = circumstances;
    let session = session.as_deref().map(id).transpose()?;
    let place = position.map(Place::from);
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
            Self::Task { task, step, reason } => Action::Task { task: id(&task)?, step, reason },
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
            Self::Correction { punch, at_us, reason } => {
                Action::Correction { punch: id(&punch)?, at_us, reason }
            }
            Self::Agreement { correction, agreed } => {
                Action::Agreement { correction: id(&correction)?, agreed }
            }
        })
    }
}

impl From<Position> for Place {
    fn from(position: Position) -> Self {
        let Position { latitude, longitude, accuracy_m, provider, mock } = position;
        Self { latitude, longitude, accuracy_m, provider, mock }
    }
}

impl From<MentionedPhoto> for DraftPhoto {
    fn from(photo: MentionedPhoto) -> Self {
        let MentionedPhoto { hash, size_bytes, field, media_type } = photo;
        Self { hash, size_bytes, field, media_type }
    }
}

impl From<DraftPhoto> for MentionedPhoto {
    fn from(photo: DraftPhoto) -> Self {
        let DraftPhoto { hash, size_bytes, field, media_type } = photo;
        Self { hash, size_bytes, field, media_type }
    }
}

impl From<FieldAnswer> for Answer {
    fn from(answer: FieldAnswer) -> Self {
        let row = |cells: Vec<FieldAnswer>| AnswerRow { cells: cells.into_iter().map(Cell::from).collect() };
        let FieldAnswer { field, value, text, values, texts, files, rows } = answer;
        let rows = rows.map(|rows| rows.into_iter().map(row).collect());
        Self { field, value, text, values, texts, files, rows }
    }
}

impl From<FieldAnswer> for Cell {
    fn from(answer: FieldAnswer) -> Self {
        let FieldAnswer { field, value, text, values, texts, files, .. } = answer;
        Self { field, value, text, values, texts, files }
    }
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

//! What a worker does with a phone, and what its screen shows then: a line of JSON each way.

use campo_protocol::{entry::Place, model::answers::FilledForm};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a worker does with the phone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub(super) enum Order {
    /// Types the one-time code
    Enrol { server: String, code: String },
    /// Types the PIN
    OpenSession { intent: String, pin: String },
    /// Comes into a place with or without network
    Network { online: bool },
    /// Pulls the list down
    Sync,
    /// Looks at the screen
    Look,
    /// Taps; the same intent is the same tap
    Capture { intent: String, deed: Deed, place: Option<Place> },
}

/// What a tap means.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub(super) enum Deed {
    ShiftStart,
    ShiftEnd,
    BreakStart {
        kind: String,
    },
    BreakEnd,
    /// A step with a task, by its kind of entry
    Step {
        task: Uuid,
        step: String,
        reason: Option<String>,
    },
    /// A form; the picture that is taken answers the field `photo`
    Form {
        task: Uuid,
        filled: FilledForm,
        photo: String,
    },
    Message {
        task: Uuid,
        text: String,
    },
}

/// What the phone answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    /// It is done; the screen shows this
    Done(Shown),
    /// It was not done
    Failed(String),
}

/// What a screen shows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Shown {
    /// True while somebody works with the phone
    pub(super) in_session: bool,
    pub(super) unsent_entries: usize,
    pub(super) unsent_files: usize,
    /// The tasks that are not over, in the order of the list
    pub(super) tasks: Vec<TaskShown>,
}

/// A task in the list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TaskShown {
    pub(super) id: Uuid,
    pub(super) number: String,
    pub(super) description: String,
    pub(super) customer: String,
    /// Latitude and longitude in degrees
    pub(super) point: Option<(f64, f64)>,
    /// True when it has a planned start
    pub(super) planned: bool,
}

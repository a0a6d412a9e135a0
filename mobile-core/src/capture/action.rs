//! What a worker can do.

use campo_protocol::{
    entry::{Kind, Place},
    model::answers::FilledForm,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::store::space::TakenFile;

/// Something that a worker did.
#[derive(Debug, Clone)]
pub struct Capture {
    /// Names the tap or the screen: the same again gives the same entry
    pub intent: String,
    /// The session under which the screen was opened, where that is known: another one captures nothing from it
    pub session: Option<Uuid>,
    /// What was done
    pub action: Action,
    /// Where, if the platform knows and the account wants to. What is no place on earth is left out
    pub place: Option<Place>,
    /// Free text typed with it
    pub note: Option<String>,
}

/// What a worker does.
#[derive(Debug, Clone)]
pub enum Action {
    /// Clocks in
    ShiftStart,
    /// Clocks out
    ShiftEnd,
    /// Begins a break
    BreakStart {
        /// The code of the kind of break, where the profile has some
        kind: Option<String>,
    },
    /// Ends the break
    BreakEnd,
    /// Goes a step with a task
    Task {
        /// The task
        task: Uuid,
        /// The step
        step: TaskStep,
        /// Why, for a task that was not done or declined
        reason: Option<String>,
    },
    /// Fills a form
    Form {
        /// The answers
        filled: FilledForm,
        /// The task it belongs to, if any
        task: Option<Uuid>,
        /// The photos and signatures that it mentions, in the file space by now
        photos: Vec<Photo>,
    },
    /// Takes a photo
    Photo {
        /// The photo
        photo: Photo,
        /// The task it belongs to, if any
        task: Option<Uuid>,
    },
    /// Writes to the office
    Message {
        /// The text
        text: String,
        /// The task it is about, if any
        task: Option<Uuid>,
    },
    /// Asks the office to correct a punch; it counts once the office agrees
    Correction {
        /// The punch
        punch: Uuid,
        /// When it was in truth: microseconds since 1970 UTC
        at_us: i64,
        /// Why
        reason: String,
    },
    /// Answers a correction of the office
    Agreement {
        /// The correction
        correction: Uuid,
        /// True to agree, false to reject it
        agreed: bool,
    },
    /// An entry was not captured, since its place was outside the radius of a task that prohibits that
    Blocked {
        /// The task
        task: Uuid,
        /// What was tried
        step: TaskStep,
    },
}

/// A photo or a signature, in the file space by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// The file
    pub file: TakenFile,
    /// The form field it answers, if it is in a form
    pub field: Option<String>,
    /// Such as `image/jpeg`
    pub media_type: String,
}

/// A step with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
#[expect(missing_docs, reason = "each is the kind of entry of the same name")]
pub enum TaskStep {
    Acknowledge,
    EnRoute,
    Arrive,
    Load,
    Unload,
    Start,
    Suspend,
    End,
    Close,
    NotDone,
    Decline,
    Review,
    Approval,
    Custom1,
    Custom2,
    Custom3,
    Custom4,
}

impl TaskStep {
    /// Every step.
    pub const ALL: [Self; 17] = [
        Self::Acknowledge,
        Self::EnRoute,
        Self::Arrive,
        Self::Load,
        Self::Unload,
        Self::Start,
        Self::Suspend,
        Self::End,
        Self::Close,
        Self::NotDone,
        Self::Decline,
        Self::Review,
        Self::Approval,
        Self::Custom1,
        Self::Custom2,
        Self::Custom3,
        Self::Custom4,
    ];

    /// The kind of its entry.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Acknowledge => Kind::TaskAcknowledge,
            Self::EnRoute => Kind::TaskEnRoute,
            Self::Arrive => Kind::TaskArrive,
            Self::Load => Kind::TaskLoad,
            Self::Unload => Kind::TaskUnload,
            Self::Start => Kind::TaskStart,
            Self::Suspend => Kind::TaskSuspend,
            Self::End => Kind::TaskEnd,
            Self::Close => Kind::TaskClose,
            Self::NotDone => Kind::TaskNotDone,
            Self::Decline => Kind::TaskDecline,
            Self::Review => Kind::TaskReview,
            Self::Approval => Kind::TaskApproval,
            Self::Custom1 => Kind::TaskCustom1,
            Self::Custom2 => Kind::TaskCustom2,
            Self::Custom3 => Kind::TaskCustom3,
            Self::Custom4 => Kind::TaskCustom4,
        }
    }
}

impl TaskStep {
    /// True for what is done at the place of a task: where the task prohibits it, it is blocked elsewhere. Setting off, and
    /// saying that nothing will come of it, can be done anywhere.
    pub(super) const fn needs_presence(self) -> bool {
        !matches!(self, Self::Acknowledge | Self::EnRoute | Self::NotDone | Self::Decline)
    }
}

impl Action {
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::ShiftStart => Kind::ShiftStart,
            Self::ShiftEnd => Kind::ShiftEnd,
            Self::BreakStart { .. } => Kind::BreakStart,
            Self::BreakEnd => Kind::BreakEnd,
            Self::Task { step, .. } => step.kind(),
            Self::Form { .. } => Kind::Form,
            Self::Photo { .. } => Kind::Photo,
            Self::Message { .. } => Kind::Message,
            Self::Correction { .. } => Kind::PunchCorrection,
            Self::Agreement { .. } => Kind::PunchAgreement,
            Self::Blocked { .. } => Kind::TaskBlocked,
        }
    }

    /// True for what happens at a place: punches, steps with tasks, forms and photos. Where somebody writes from, or asks for
    /// a correction, is nobody's business.
    pub(super) const fn has_place(&self) -> bool {
        let kind = self.kind();
        kind.is_punch() || kind.needs_task() || matches!(kind, Kind::Form | Kind::Photo)
    }

    pub(super) const fn task(&self) -> Option<Uuid> {
        match self {
            Self::Task { task, .. } | Self::Blocked { task, .. } => Some(*task),
            Self::Form { task, .. } | Self::Photo { task, .. } | Self::Message { task, .. } => *task,
            Self::ShiftStart
            | Self::ShiftEnd
            | Self::BreakStart { .. }
            | Self::BreakEnd
            | Self::Correction { .. }
            | Self::Agreement { .. } => None,
        }
    }

    /// The entry that it corrects.
    pub(super) const fn corrects(&self) -> Option<Uuid> {
        match self {
            Self::Correction { punch, .. } => Some(*punch),
            _ => None,
        }
    }

    pub(super) fn reason(&self) -> Option<String> {
        match self {
            Self::Task { reason, .. } => reason.clone(),
            Self::Correction { reason, .. } => Some(reason.clone()),
            _ => None,
        }
    }

    pub(super) fn body(&self) -> serde_json::Result<Option<Value>> {
        Ok(match self {
            Self::BreakStart { kind: Some(kind) } => Some(json!({ "kind": kind })),
            Self::Form { filled, .. } => Some(serde_json::to_value(filled)?),
            Self::Message { text, .. } => Some(json!({ "text": text })),
            Self::Correction { at_us, .. } => Some(json!({ "change": "instant", "at_us": at_us })),
            Self::Agreement { correction, agreed } => {
                Some(json!({ "correction": correction, "agreed": agreed }))
            }
            Self::Blocked { step, .. } => Some(json!({ "kind": step.kind().name() })),
            _ => None,
        })
    }

    pub(super) fn photos(&self) -> &[Photo] {
        match self {
            Self::Form { photos, .. } => photos,
            Self::Photo { photo, .. } => std::slice::from_ref(photo),
            _ => &[],
        }
    }
}

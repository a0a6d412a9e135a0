//! The steps of a task: which were gone, which may be gone now, and what stands in the way of one.

use campo_protocol::{entry::Kind, task::status::Status};

use super::{
    documents::TypeDocument,
    texts::{self, Language},
    worker::Worker,
};
use crate::capture::TaskStep;

/// The face of a status: one icon and one colour for each, in lists, cards and pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[expect(missing_docs, reason = "each is a face of the design")]
pub enum StatusFace {
    New,
    Accepted,
    OnTheWay,
    OnSite,
    Working,
    Suspended,
    Review,
    Named,
    Done,
    NotDone,
    Declined,
    Withdrawn,
}

impl StatusFace {
    /// The face of a status.
    pub const fn of(status: Status) -> Self {
        match status {
            Status::New | Status::Sent => Self::New,
            Status::Acknowledged => Self::Accepted,
            Status::EnRoute => Self::OnTheWay,
            Status::Arrived | Status::Loading | Status::Unloading => Self::OnSite,
            Status::InProgress => Self::Working,
            Status::Suspended => Self::Suspended,
            Status::ReadyForReview | Status::ReadyForApproval => Self::Review,
            Status::Custom1 | Status::Custom2 | Status::Custom3 | Status::Custom4 => Self::Named,
            Status::Closed => Self::Done,
            Status::NotDone => Self::NotDone,
            Status::Declined => Self::Declined,
            Status::Canceled | Status::Draft => Self::Withdrawn,
        }
    }
}

/// A step that may be gone now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StepOffer {
    /// The step
    pub step: TaskStep,
    /// What the button says: `Empezar`, or the company's own word
    pub label: String,
    /// True for the one that comes next
    pub next: bool,
    /// True when a reason must be given
    pub needs_reason: bool,
    /// Why it cannot be gone yet, `Terminar pide el Acta de servicio.`; empty when it can
    pub blocked: String,
    /// The form that must be filled first, where one stands in the way
    pub form: Option<String>,
    /// True when a photo of the task must be taken first
    pub photo: bool,
}

/// A station of the way of a task.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Station {
    /// `En camino`
    pub label: String,
    /// When it was reached, `09:41`; empty when the phone does not know
    pub time: String,
    /// True when it was reached, or passed
    pub reached: bool,
    /// True for the one where the task stands
    pub current: bool,
}

/// The way that most tasks go.
const WAY: [TaskStep; 5] =
    [TaskStep::Acknowledge, TaskStep::EnRoute, TaskStep::Arrive, TaskStep::Start, TaskStep::Close];

/// What is offered beside the way, in this order.
const BESIDE: [TaskStep; 11] = [
    TaskStep::Suspend,
    TaskStep::Load,
    TaskStep::Unload,
    TaskStep::Custom1,
    TaskStep::Custom2,
    TaskStep::Custom3,
    TaskStep::Custom4,
    TaskStep::Review,
    TaskStep::Approval,
    TaskStep::NotDone,
    TaskStep::Decline,
];

/// The steps that may be gone from a status: the next one first, then the others.
pub(crate) fn offers(worker: &Worker, task_type: &TypeDocument, status: Status) -> Vec<StepOffer> {
    if status.is_terminal() || status.is_withdrawn() {
        return Vec::new();
    }
    let language = worker.dates.language;
    let may = |step: TaskStep| worker.may(step.kind()) && is_offered(task_type, step);
    let reached = rank(status);
    let ahead = WAY.into_iter().enumerate().filter(|(index, step)| Some(*index) > reached && may(*step));
    let mut steps: Vec<TaskStep> = ahead.map(|(_, step)| step).collect();
    let resumes = matches!(
        status,
        Status::Suspended
            | Status::Loading
            | Status::Unloading
            | Status::Custom1
            | Status::Custom2
            | Status::Custom3
            | Status::Custom4
            | Status::ReadyForReview
            | Status::ReadyForApproval
    );
    if resumes && may(TaskStep::Start) {
        steps.insert(0, TaskStep::Start);
    }
    steps.extend(BESIDE.into_iter().filter(|step| {
        let sensible = match step {
            TaskStep::Suspend => status == Status::InProgress,
            TaskStep::Decline => reached.is_none_or(|reached| reached <= 1),
            _ => Status::of_entry(step.kind()) != Some(status),
        };
        sensible && may(*step)
    }));
    steps
        .into_iter()
        .enumerate()
        .map(|(index, step)| StepOffer {
            step,
            label: label(language, task_type, step, resumes),
            next: index == 0,
            needs_reason: matches!(step, TaskStep::NotDone | TaskStep::Decline),
            blocked: String::new(),
            form: None,
            photo: false,
        })
        .collect()
}

/// The way of a task with what was reached when.
pub(crate) fn stations(
    worker: &Worker,
    task_type: &TypeDocument,
    status: Status,
    gone: &[(Kind, i64)],
) -> Vec<Station> {
    let language = worker.dates.language;
    let reached = rank(status);
    WAY.into_iter()
        .enumerate()
        .skip(1)
        .filter(|(_, step)| worker.may(step.kind()) && is_offered(task_type, *step))
        .map(|(index, step)| {
            let at_us = gone.iter().rev().find(|(kind, _)| *kind == step.kind()).map(|(_, at_us)| *at_us);
            let is_reached = reached.is_some_and(|reached| reached >= index);
            Station {
                label: texts::station(language, step).to_owned(),
                time: at_us.filter(|_| is_reached).map(|at_us| worker.dates.time(at_us)).unwrap_or_default(),
                reached: is_reached,
                current: reached == Some(index),
            }
        })
        .collect()
}

/// How far on the way a status is.
const fn rank(status: Status) -> Option<usize> {
    Some(match status {
        Status::Acknowledged => 0,
        Status::EnRoute => 1,
        Status::Arrived | Status::Loading | Status::Unloading => 2,
        Status::InProgress
        | Status::Suspended
        | Status::ReadyForReview
        | Status::ReadyForApproval
        | Status::Custom1
        | Status::Custom2
        | Status::Custom3
        | Status::Custom4 => 3,
        Status::Closed => 4,
        _ => return None,
    })
}

/// True when tasks of the type may stand where the step leads. What no account needs as it is stays away until a type
/// names it.
fn is_offered(task_type: &TypeDocument, step: TaskStep) -> bool {
    let Some(status) = Status::of_entry(step.kind()) else { return false };
    let named = task_type.allowed_states.iter().any(|allowed| allowed == status.name());
    match step {
        TaskStep::Custom1 | TaskStep::Custom2 | TaskStep::Custom3 | TaskStep::Custom4 => {
            let labelled = task_type.status_labels.contains_key(status.name());
            labelled && (named || task_type.allowed_states.is_empty())
        }
        TaskStep::Load | TaskStep::Unload | TaskStep::Review | TaskStep::Approval => named,
        _ => named || task_type.allowed_states.is_empty(),
    }
}

fn label(language: Language, task_type: &TypeDocument, step: TaskStep, resumes: bool) -> String {
    if step == TaskStep::Start && resumes {
        return texts::resume(language).to_owned();
    }
    let own = Status::of_entry(step.kind()).and_then(|status| task_type.status_labels.get(status.name()));
    own.cloned().unwrap_or_else(|| texts::step(language, step).to_owned())
}

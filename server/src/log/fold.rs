//! What one entry does to what is known: the task it names, sessions, messages. The same code serves the append and
//! `campo rebuild`: it reads the entry as it is stored and the task's state, and nothing of what exists besides.

use campo_protocol::{
    entry::{Entry, Kind},
    message::MessagesRead,
    scope::Scope,
    shift::fact::Fact,
    sync::Outcome,
    task::{
        fold::{self as task_fold, Fact as TaskFact},
        reason::Reason,
        state::TaskState,
    },
    text::storable,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    changes::View,
    entry::{Incoming, marks},
};

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folded {
    /// As the receipt says it
    pub outcome: Outcome,
    /// Why, where it is not applied
    pub reason: Option<&'static str>,
}

/// What one entry did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What became of the entry
    pub folded: Folded,
    /// The state of the task that it names, where it changed
    pub state: Option<TaskState>,
}

const APPLIED: Step = Step { folded: Folded { outcome: Outcome::Applied, reason: None }, state: None };

const fn set_aside(reason: &'static str) -> Step {
    Step { folded: Folded { outcome: Outcome::SetAside, reason: Some(reason) }, state: None }
}

/// A row of `message`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct MessageRow {
    pub account: i64,
    pub id: Uuid,
    pub position: i64,
    pub employee: Uuid,
    pub direction: &'static str,
    pub task: Option<Uuid>,
    pub text: String,
    pub sent_us: i64,
}

impl MessageRow {
    /// What the employee's phones show of it, the one that it was written on and every other.
    pub fn view(&self) -> View {
        let body = serde_json::json!({
            "id": self.id,
            "direction": self.direction,
            "text": self.text,
            "task": self.task,
            "sent_us": self.sent_us,
        });
        let scopes = vec![Scope::Employee(self.employee)];
        View { kind: "message", id: self.id, scopes, body: body.to_string().into_bytes() }
    }
}

/// A row of `employee_session`, or what one entry says of it. `opened_us` is the earliest instant that is known of the
/// session and `closed_us` the latest end, so that entries make the same row in whatever groups they arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct SessionRow {
    pub account: i64,
    pub id: Uuid,
    pub installation: Uuid,
    pub employee: Uuid,
    pub opened_us: i64,
    pub closed_us: Option<i64>,
    pub position: i64,
}

impl SessionRow {
    /// Which session it is: phones choose the ids, each its own.
    pub const fn key(&self) -> (i64, Uuid, Uuid) {
        (self.account, self.installation, self.id)
    }

    /// Takes in what a later entry says of the same session. Who opened it stays.
    pub fn merge(&mut self, later: &Self) {
        self.opened_us = self.opened_us.min(later.opened_us);
        self.closed_us = self.closed_us.max(later.closed_us);
    }
}

/// What the folds wrote besides task states.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct Effects {
    pub messages: Vec<MessageRow>,
    pub sessions: Vec<SessionRow>,
}

#[derive(Deserialize)]
struct MessageBody {
    text: String,
}

/// Folds one entry that stands at `position` into `effects` and the state of the task that it names; none when there
/// is no such task, or not yet.
pub fn fold(
    task: Option<&TaskState>,
    effects: &mut Effects,
    account: i64,
    position: i64,
    incoming: &Incoming,
) -> Step {
    let content = match &incoming.content {
        Ok(content) => content,
        Err(reason) => return set_aside(reason),
    };
    if incoming.marks & marks::UNKNOWN_EMPLOYEE != 0 {
        return set_aside("unknown_employee");
    }
    let entry = &*content.entry;
    let at_us = incoming.occurred.at_us;
    match content.kind {
        Kind::Message | Kind::MessageSent => {
            let Some(row) = message(account, position, content.kind, entry, at_us) else {
                return set_aside(Reason::BodyUnreadable.name());
            };
            effects.messages.push(row);
        }
        Kind::SessionOpen | Kind::SessionClose => {
            let (Some(id), Some(installation), Some(employee)) =
                (entry.session, entry.installation, entry.employee)
            else {
                return set_aside("session_missing");
            };
            let closed_us = (content.kind == Kind::SessionClose).then_some(at_us);
            let opened_us = at_us;
            effects.sessions.push(SessionRow {
                account,
                id,
                installation,
                employee,
                opened_us,
                closed_us,
                position,
            });
        }
        Kind::MessageRead if !names_messages(entry) => {
            return set_aside(Reason::BodyUnreadable.name());
        }
        Kind::PunchCorrection | Kind::PunchAgreement if Fact::of(content.kind, entry).is_none() => {
            return set_aside(Reason::BodyUnreadable.name());
        }
        _ => {}
    }
    if entry.task.is_none() {
        return APPLIED;
    }
    let Some(fact) = TaskFact::of(entry, at_us) else { return set_aside(Reason::WrongAuthor.name()) };
    let folded = task_fold::fold(task, &fact);
    Step {
        folded: Folded { outcome: folded.outcome, reason: folded.reason.map(Reason::name) },
        state: folded.state.filter(|_| folded.changed),
    }
}

fn names_messages(entry: &Entry) -> bool {
    let read = entry.body.as_deref().map(|body| serde_json::from_str::<MessagesRead>(body.get()));
    matches!(read, Some(Ok(read)) if read.messages.len() <= MessagesRead::MAX)
}

fn message(account: i64, position: i64, kind: Kind, entry: &Entry, sent_us: i64) -> Option<MessageRow> {
    let body: MessageBody = serde_json::from_str(entry.body.as_deref()?.get()).ok()?;
    Some(MessageRow {
        account,
        id: entry.id,
        position,
        employee: entry.employee?,
        direction: if kind == Kind::MessageSent { "to_employee" } else { "from_employee" },
        task: entry.task,
        text: storable(&body.text).into_owned(),
        sent_us,
    })
}

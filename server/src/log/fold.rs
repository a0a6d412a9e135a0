//! What one entry does to what is known: the task it names, sessions, messages. The same code serves the append and
//! `campo rebuild`.

use campo_protocol::{
    entry::{Entry, Kind},
    model,
    sync::Outcome,
    task::{
        fold::{self as task_fold, Fact},
        reason::Reason,
    },
    text::storable,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{context::Context, entry::Incoming};

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folded {
    /// As the receipt says it
    pub outcome: Outcome,
    /// Why, where it is not applied
    pub reason: Option<&'static str>,
}

const APPLIED: Folded = Folded { outcome: Outcome::Applied, reason: None };

const fn set_aside(reason: &'static str) -> Folded {
    Folded { outcome: Outcome::SetAside, reason: Some(reason) }
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

/// A row of `employee_session`, or the end of one.
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

/// Folds one entry that stands at `position` into `context` and `effects`.
pub fn fold(
    context: &mut Context,
    effects: &mut Effects,
    account: i64,
    position: i64,
    incoming: &Incoming,
) -> Folded {
    let content = match &incoming.content {
        Ok(content) => content,
        Err(reason) => return set_aside(reason),
    };
    let entry = &*content.entry;
    let at_us = incoming.occurred.at_us;
    if let Some(employee) = entry.employee
        && context.object(account, model::Kind::Employee, Some(employee)).is_none()
    {
        return set_aside("unknown_employee");
    }
    match content.kind {
        Kind::Message | Kind::MessageSent => {
            let Some(row) = message(account, position, content.kind, entry, at_us) else {
                return set_aside(Reason::BodyUnreadable.name());
            };
            effects.messages.push(row);
        }
        Kind::SessionOpen | Kind::SessionClose => {
            let (Some(session), Some(installation), Some(employee)) =
                (entry.session, entry.installation, entry.employee)
            else {
                return set_aside("session_missing");
            };
            let closed_us = (content.kind == Kind::SessionClose).then_some(at_us);
            let opened_us = at_us;
            effects.sessions.push(SessionRow {
                account,
                id: session,
                installation,
                employee,
                opened_us,
                closed_us,
                position,
            });
        }
        _ => {}
    }
    let Some(task) = entry.task else { return APPLIED };
    let Some(fact) = Fact::of(entry, at_us) else { return set_aside(Reason::WrongAuthor.name()) };
    let known = context.tasks.get_mut(&(account, task));
    let folded = task_fold::fold(known.as_ref().and_then(|known| known.state.as_ref()), &fact);
    match known {
        Some(known) if folded.changed => {
            known.state = folded.state;
            known.position = position;
        }
        None if task_fold::concerns_task(content.kind) => return set_aside(Reason::UnknownTask.name()),
        Some(_) | None => {}
    }
    Folded { outcome: folded.outcome, reason: folded.reason.map(Reason::name) }
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

//! What the entries say of tasks, messages and sessions, folded anew.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, Result, ensure};
use campo_protocol::{
    entry::{Entry as Content, Frame, Kind},
    task::{
        fold::{self, Fact},
        reason::Reason,
        state::TaskState,
    },
    text::storable,
};
use campo_server::{access::Principal, database::Tx, log::entry::Incoming};
use serde::Deserialize;
use uuid::Uuid;

use super::Entry;

/// A message: its position, employee, direction and text.
type Message = (i64, Uuid, String, String);
/// A session: installation, employee, when it was opened and closed, and the position of its first entry.
type Session = (Uuid, Uuid, i64, Option<i64>, i64);
/// An assignment: employee, role, from and until when.
type Assignment = (Uuid, String, i64, Option<i64>);

#[derive(Debug, Default)]
struct Folded {
    /// With the position of the last entry that changed it
    tasks: BTreeMap<Uuid, (TaskState, i64)>,
    messages: BTreeMap<Uuid, Message>,
    sessions: BTreeMap<Uuid, Session>,
}

pub(super) async fn are_right(tx: &mut Tx, account: i64, entries: &[Entry]) -> Result<()> {
    let tasks: Vec<(Uuid,)> = tx.fetch_all("select id from task where account = $1", (account,)).await?;
    let mut folded = Folded::default();
    for entry in entries {
        let known = |task| tasks.contains(&(task,));
        folded.add(entry, known).with_context(|| format!("{entry:?}"))?;
    }
    same_tasks(tx, account, &folded.tasks).await?;
    let messages: Vec<(Uuid, i64, Uuid, String, String)> = tx
        .fetch_all(
            "select id, position, employee, direction, text from message where account = $1",
            (account,),
        )
        .await?;
    let messages: BTreeMap<Uuid, Message> =
        messages.into_iter().map(|row| (row.0, (row.1, row.2, row.3, row.4))).collect();
    ensure!(messages == folded.messages, "stored {messages:?}\nfolded {:?}", folded.messages);
    let sessions: Vec<(Uuid, Uuid, Uuid, i64, Option<i64>, i64)> = tx
        .fetch_all(
            "select id, installation, employee, opened_us, closed_us, position from employee_session \
             where account = $1",
            (account,),
        )
        .await?;
    let sessions: BTreeMap<Uuid, Session> =
        sessions.into_iter().map(|row| (row.0, (row.1, row.2, row.3, row.4, row.5))).collect();
    ensure!(sessions == folded.sessions, "stored {sessions:?}\nfolded {:?}", folded.sessions);
    Ok(())
}

async fn same_tasks(tx: &mut Tx, account: i64, folded: &BTreeMap<Uuid, (TaskState, i64)>) -> Result<()> {
    let stored: Vec<(Uuid, String, i64, i64, String)> = tx
        .fetch_all(
            "select task, status, attention, position, state from task_state where account = $1",
            (account,),
        )
        .await?;
    ensure!(stored.len() == folded.len(), "{} tasks are stored, {} folded", stored.len(), folded.len());
    for (task, status, attention, position, json) in stored {
        let (state, last) = folded.get(&task).context("a task that no entry made")?;
        let read: TaskState = serde_json::from_str(&json)?;
        ensure!(read == *state, "stored {read:?}\nfolded {state:?}");
        ensure!(
            status == state.status.name() && attention == state.attention.len() as i64 && position == *last
        );
    }
    let rows: Vec<(Uuid, i64, Uuid, String, i64, Option<i64>)> = tx
        .fetch_all(
            "select task, number, employee, role, from_us, until_us from assignment where account = $1 \
             order by task, number",
            (account,),
        )
        .await?;
    let mut assignments: HashMap<Uuid, Vec<Assignment>> = HashMap::new();
    for (task, number, employee, role, from_us, until_us) in rows {
        let own = assignments.entry(task).or_default();
        ensure!(number == own.len() as i64, "assignment {number} of {task}");
        own.push((employee, role, from_us, until_us));
    }
    for (task, (state, _)) in folded {
        let expected: Vec<_> = state
            .assignments
            .iter()
            .map(|one| (one.employee, one.role.name().to_owned(), one.from_us, one.until_us))
            .collect();
        ensure!(assignments.remove(task).unwrap_or_default() == expected, "the assignments of {task}");
    }
    ensure!(assignments.is_empty());
    Ok(())
}

impl Folded {
    /// Folds one more entry and compares what becomes of it with what is stored.
    fn add(&mut self, entry: &Entry, is_known: impl Fn(Uuid) -> bool) -> Result<()> {
        let stored = (entry.outcome.as_str(), entry.reason.as_deref());
        // Judged by what was known of employees then, which is not in the log
        if entry.reason.as_deref() == Some("unknown_employee") {
            return Ok(());
        }
        let (kind, content) = match read(entry)? {
            Ok(read) => read,
            Err(reason) => {
                ensure!(stored == ("set_aside", Some(reason)), "folded: set aside, {reason}");
                return Ok(());
            }
        };
        if !self.effects(entry, kind, &content) {
            ensure!(stored.0 == "set_aside", "it had no effect");
            return Ok(());
        }
        let Some(task) = content.task else {
            ensure!(stored == ("applied", None), "folded: applied");
            return Ok(());
        };
        let fact = Fact::of(&content, entry.occurred_us).context("no fact")?;
        let before = self.tasks.get(&task).map(|known| &known.0);
        let outcome = fold::fold(before, &fact);
        if !is_known(task) {
            let expected = if fold::concerns_task(kind) {
                ("set_aside", Some(Reason::UnknownTask.name()))
            } else {
                ("applied", None)
            };
            ensure!(stored == expected, "folded: {expected:?}");
            return Ok(());
        }
        ensure!(stored == (outcome.outcome.name(), outcome.reason.map(Reason::name)), "folded: {outcome:?}");
        if outcome.changed
            && let Some(state) = outcome.state
        {
            self.tasks.insert(task, (state, entry.position));
        }
        Ok(())
    }

    /// Messages and sessions. False when the entry should have such an effect and cannot.
    fn effects(&mut self, entry: &Entry, kind: Kind, content: &Content) -> bool {
        #[derive(Deserialize)]
        struct Body {
            text: String,
        }
        match kind {
            Kind::Message | Kind::MessageSent => {
                let body =
                    content.body.as_deref().and_then(|body| serde_json::from_str::<Body>(body.get()).ok());
                let (Some(body), Some(employee)) = (body, content.employee) else { return false };
                let direction = if kind == Kind::Message { "from_employee" } else { "to_employee" };
                let text = storable(&body.text).into_owned();
                self.messages.insert(entry.id, (entry.position, employee, direction.to_owned(), text));
            }
            Kind::SessionOpen | Kind::SessionClose => {
                let (Some(id), Some(installation), Some(employee)) =
                    (content.session, content.installation, content.employee)
                else {
                    return false;
                };
                let at_us = entry.occurred_us;
                let session =
                    self.sessions.entry(id).or_insert((installation, employee, at_us, None, entry.position));
                if kind == Kind::SessionOpen { session.2 = at_us } else { session.3 = Some(at_us) }
            }
            Kind::MessageRead => {
                let body = content.body.as_deref().map(serde_json::value::RawValue::get);
                let body = body.and_then(|body| serde_json::from_str::<serde_json::Value>(body).ok());
                let messages = body.as_ref().and_then(|body| body["messages"].as_array());
                return messages.is_some_and(|messages| messages.len() <= 100 && messages.iter().all(is_id));
            }
            // What a correction or an answer says is read only to know that it can be; nothing is stored of it.
            Kind::PunchCorrection | Kind::PunchAgreement => {
                let body = content.body.as_deref().map(serde_json::value::RawValue::get);
                let body = body.and_then(|body| serde_json::from_str::<serde_json::Value>(body).ok());
                return body.is_some_and(|body| says(kind, &body, content.corrects.is_some()));
            }
            _ => {}
        }
        true
    }
}

fn is_id(value: &serde_json::Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<Uuid>().is_ok())
}

/// True when the body of a correction or an answer has what it needs.
fn says(kind: Kind, body: &serde_json::Value, names_a_punch: bool) -> bool {
    if kind == Kind::PunchAgreement {
        return is_id(&body["correction"]) && body["agreed"].is_boolean();
    }
    let has_instant = body["at_us"].is_i64();
    let has_kind = body["kind"].as_str().and_then(Kind::from_name).is_some_and(Kind::is_punch);
    match body["change"].as_str() {
        Some("instant") => names_a_punch && has_instant,
        Some("kind") => names_a_punch && has_kind,
        Some("remove") => names_a_punch,
        Some("add") => !names_a_punch && has_instant && has_kind,
        _ => false,
    }
}

/// Its kind and content, or what stands against it.
fn read(entry: &Entry) -> Result<Result<(Kind, Content), &'static str>> {
    if entry.author != "installation" {
        let content: Content = serde_json::from_slice(&entry.bytes)?;
        let kind = Kind::from_name(&content.kind).context("the office wrote an unknown kind")?;
        return Ok(Ok((kind, content)));
    }
    let frame = Frame::read(&entry.bytes).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    ensure!(
        (entry.id, entry.installation, entry.sequence)
            == (frame.id, Some(frame.installation), frame.sequence)
    );
    let principal = Principal::Installation(entry.author_id.context("no author")?);
    let incoming =
        Incoming::from_phone(entry.bytes.clone(), &frame, principal, None, entry.received_us, false);
    Ok(incoming.content.map(|content| (content.kind, content.entry.as_ref().clone())))
}

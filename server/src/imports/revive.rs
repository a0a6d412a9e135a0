//! A task that an import withdrew, or that taking an import back did, is given again when a file lists it.

use std::collections::HashSet;

use campo_protocol::task::status::Status;
use serde_json::json;
use uuid::Uuid;

use crate::{
    acts::Changed,
    api::edit::IfMatch,
    log::write::Write,
    problem::Result,
    tasks::{
        save::{self, Edit, Effect, Operation, Save, Saved},
        undo,
    },
};

/// Makes canceled tasks new whose rows say no status (`leaves_status`), where nobody but an import or its undoing canceled
/// them, and nothing was done about them since.
pub(super) async fn given_again(
    write: &mut Write,
    outcomes: &mut [Result<Saved>],
    leaves_status: &[bool],
    changed: &mut Vec<Changed>,
) -> Result<()> {
    let canceled: Vec<Uuid> = outcomes
        .iter()
        .zip(leaves_status)
        .filter_map(|(outcome, leaves)| outcome.as_ref().ok().filter(|_| *leaves))
        .filter(|saved| saved.before.is_some() && saved.task.state.status == Status::Canceled)
        .map(|saved| saved.task.id)
        .collect();
    if canceled.is_empty() {
        return Ok(());
    }
    let ours = withdrawn(write, canceled).await?;
    let mut again: Vec<(usize, Save)> = Vec::new();
    let mut seen = HashSet::new();
    // Once for each task, at its last row
    for (place, outcome) in outcomes.iter().enumerate().rev() {
        let Ok(saved) = outcome else { continue };
        if ours.contains(&saved.task.id) && seen.insert(saved.task.id) {
            again.push((place, give(saved.task.id)));
        }
    }
    let saves = again.iter().map(|(_, save)| save.clone()).collect();
    let given = save::save_many(write, saves).await?;
    for ((place, _), given) in again.into_iter().zip(given) {
        let Ok(given) = given else { continue };
        changed.extend(undo::changed(&given)?);
        if let Some(Ok(saved)) = outcomes.get_mut(place) {
            saved.effect = Effect::Updated;
            saved.task = given.task;
        }
    }
    Ok(())
}

fn give(task: Uuid) -> Save {
    Save {
        operation: Operation::Update,
        task: Some(task),
        version: IfMatch::Any,
        edit: Edit::Merge,
        document: json!({}),
        status: Some(Status::New),
        assignments: None,
        reason: None,
        keeps_external: false,
    }
}

/// Which of these tasks stand as an import or its undoing left them, which canceled them.
async fn withdrawn(write: &mut Write, tasks: Vec<Uuid>) -> Result<HashSet<Uuid>> {
    let account = write.account();
    let found: Vec<(Uuid,)> = write
        .tx()
        .fetch_many(
            "a, t",
            (vec![account; tasks.len()], tasks),
            "select k.t from k where exists (select 1 from act_effect e \
             join act a on a.account = e.account and a.id = e.act \
             where e.account = k.a and e.subject_kind = 'task' and e.subject = k.t \
             and not exists (select 1 from entry n where n.account = k.a and n.task = k.t \
             and n.position > coalesce(e.position, a.position)) \
             and (exists (select 1 from act_effect o where o.account = k.a and o.act = a.undoes \
             and o.subject_kind = 'task' and o.subject = k.t and o.effect = 'created') \
             or exists (select 1 from import_run r join import_withdrawal w on w.account = r.account and w.run = r.id \
             and w.subject_kind = 'task' and w.subject = k.t and w.outcome = 'withdrawn' \
             where r.account = k.a and r.act = a.id)))",
        )
        .await?;
    Ok(found.into_iter().map(|(task,)| task).collect())
}

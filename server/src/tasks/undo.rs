//! What a bulk change of tasks leaves behind for taking it back, and how tasks are put back.

use std::collections::{HashMap, HashSet};

use campo_protocol::{model::Ref, task::status::Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{
    read::{self, Task},
    save::{AssignTo, Edit, Effect, Operation, Save, Saved, save_many},
};
use crate::{
    access::{PermissionName, Permissions},
    acts::{
        Changed, NewAct, record,
        undo::{EffectRow, PutBack},
    },
    log::write::Write,
    problem::{Problem, Result},
};

/// The kind of thing in acts.
pub const SUBJECT: &str = "task";
/// For how long a bulk change can be taken back: 10 minutes.
const UNDO_FOR_US: i64 = 600 * 1_000_000;

/// A task as it was before an act.
#[derive(Debug, Serialize, Deserialize)]
struct Before {
    fields: Value,
    status: Status,
    assignments: Vec<AssignTo>,
}

fn before(task: &Task) -> Result<String> {
    let assigned = task.state.current_assignees();
    let before = Before {
        fields: serde_json::from_str(&task.stored).map_err(Problem::internal)?,
        status: task.state.status,
        assignments: assigned
            .map(|one| AssignTo { employee: Ref::Id(one.employee), role: one.role })
            .collect(),
    };
    serde_json::to_string(&before).map_err(Problem::internal)
}

/// What a save changed, for its act; none where all was so already.
pub fn changed(saved: &Saved) -> Result<Option<Changed>> {
    let effect = match saved.effect {
        Effect::Created => "created",
        Effect::Updated => "updated",
        Effect::Unchanged => return Ok(None),
    };
    Ok(Some(Changed {
        subject_kind: SUBJECT,
        subject: saved.task.id,
        effect,
        version_before: saved.before.as_ref().map(|task| task.version),
        version_after: saved.task.version,
        before: saved.before.as_ref().map(before).transpose()?,
    }))
}

/// Records saves as one act that can be taken back for ten minutes.
pub(super) async fn record_saves(
    write: &mut Write,
    kind: &'static str,
    saved: impl Iterator<Item = &Saved>,
) -> Result<Option<Uuid>> {
    let changed: Vec<Changed> = saved.map(changed).filter_map(Result::transpose).collect::<Result<_>>()?;
    let count = |effect| changed.iter().filter(|one| one.effect == effect).count();
    let detail = serde_json::json!({"created": count("created"), "updated": count("updated")});
    let (permission, also) = (PermissionName::ManageTasks, Permissions::default());
    record(
        write,
        NewAct { kind, permission, also, detail, undo_for_us: Some(UNDO_FOR_US), undoes: None },
        changed,
    )
    .await
}

/// Records what the office decided of one task, without an edit of its fields, as an act.
pub(super) async fn record_decision(write: &mut Write, kind: &'static str, task: Task) -> Result<()> {
    let saved = Saved { effect: Effect::Updated, before: Some(task.clone()), task };
    record_saves(write, kind, std::iter::once(&saved)).await.map(drop)
}

/// Puts tasks back: what was changed gets its fields, status and assignments of before; what was created is canceled,
/// and phones lose it.
pub async fn put_back(write: &mut Write, effects: &[EffectRow]) -> Result<Vec<PutBack>> {
    let account = write.account();
    let ids: Vec<Uuid> = effects.iter().map(|effect| effect.subject).collect();
    let positions: Vec<i64> = effects.iter().map(|effect| effect.position).collect();
    let went_on: HashSet<Uuid> = write
        .tx()
        .fetch_many::<(Uuid,), _>(
            "a, t, p",
            (vec![account; ids.len()], ids.clone(), positions),
            "select k.t from k where exists \
             (select 1 from entry e where e.account = k.a and e.task = k.t and e.position > k.p)",
        )
        .await?
        .into_iter()
        .map(|row| row.0)
        .collect();
    let tasks: HashMap<Uuid, Task> =
        read::load(write.tx(), account, ids).await?.into_iter().map(|task| (task.id, task)).collect();
    let mut outcomes: Vec<Result<Save, &'static str>> = Vec::with_capacity(effects.len());
    for effect in effects {
        outcomes.push(match tasks.get(&effect.subject) {
            None => Err("gone"),
            Some(task) if task.deleted => Err("gone"),
            Some(task) if task.version != effect.version_after => Err("changed_since"),
            Some(_) if went_on.contains(&effect.subject) => Err("went_on"),
            // What it was before is kept for a time
            Some(_) if !effect.made() && effect.before.is_none() => Err("gone"),
            Some(task) => Ok(save_of(task, effect)?),
        });
    }
    let saves = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok().cloned()).collect();
    let mut saved = save_many(write, saves).await?.into_iter();
    let mut put = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        put.push(match outcome {
            Err(reason) => Err(reason),
            Ok(_) => match saved.next() {
                Some(Ok(saved)) => changed(&saved)?.ok_or("changed_since"),
                // Something that it names was removed meanwhile, or another task has its number
                _ => Err("changed_since"),
            },
        });
    }
    Ok(put)
}

fn save_of(task: &Task, effect: &EffectRow) -> Result<Save> {
    let mut save = Save {
        operation: Operation::Update,
        task: Some(task.id),
        version: Some(task.version),
        edit: Edit::Replace,
        document: serde_json::from_str(&task.stored).map_err(Problem::internal)?,
        status: Some(Status::Canceled),
        assignments: None,
        reason: None,
        keeps_external: false,
    };
    if let Some(before) = &effect.before {
        let before: Before = serde_json::from_str(before).map_err(Problem::internal)?;
        save.document = before.fields;
        save.status = Some(before.status);
        save.assignments = Some(before.assignments);
    }
    Ok(save)
}

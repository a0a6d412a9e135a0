//! The projections of tasks that a group changed: their state, their assignments, and what phones see.

use std::collections::{BTreeSet, HashSet};

use campo_protocol::{
    scope::Scope,
    task::{fold, state::TaskState},
};
use uuid::Uuid;

use super::{
    changes::View,
    context::{Context, KnownTask},
};
use crate::{
    database::{Inserts, columns},
    problem::{Problem, Result},
};

/// A row of `task_state`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct StateRow {
    pub account: i64,
    pub task: Uuid,
    pub status: &'static str,
    pub attention: i64,
    pub position: i64,
    pub state: String,
    /// The number of the rules that made it
    pub fold: i64,
    /// Since when it is over, until it is known that no phone holds it: the duty that retires tasks looks here. It
    /// depends on the office part too, so that a rebuild does not compare it
    pub over_us: Option<i64>,
}

/// A row of `assignment`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct AssignmentRow {
    pub account: i64,
    pub task: Uuid,
    pub number: i64,
    pub employee: Uuid,
    pub role: &'static str,
    pub from_us: i64,
    pub until_us: Option<i64>,
}

/// The rows that say what the entries made of a task, of which the one at `position` was the last that changed it.
pub fn rows(
    account: i64,
    task: Uuid,
    position: i64,
    state: &TaskState,
) -> Result<(StateRow, Vec<AssignmentRow>)> {
    let row = StateRow {
        account,
        task,
        status: state.status.name(),
        attention: state.attention.len() as i64,
        position,
        state: serde_json::to_string(state).map_err(Problem::internal)?,
        fold: fold::VERSION,
        over_us: state.status.is_terminal().then_some(state.decided.at_us),
    };
    let assignments = state
        .assignments
        .iter()
        .enumerate()
        .map(|(number, assignment)| AssignmentRow {
            account,
            task,
            number: number as i64,
            employee: assignment.employee,
            role: assignment.role.name(),
            from_us: assignment.from_us,
            until_us: assignment.until_us,
        })
        .collect();
    Ok((row, assignments))
}

/// Writes the states and assignments that changed.
pub fn write(inserts: &mut Inserts, context: &Context, now_us: i64) -> Result<()> {
    let mut states = Vec::new();
    let mut assignments = Vec::new();
    for ((account, _), known) in &context.tasks {
        // Being deleted or retired changes who holds a task, and no entry
        if known.state == known.before && known.over_us() == known.over_before_us {
            continue;
        }
        let Some(state) = &known.state else { continue };
        let (row, mut own) = rows(*account, known.row.id, known.position, state)?;
        states.push(StateRow { over_us: known.over_us(), ..row });
        if known.before.as_ref().map(|before| &before.assignments) != Some(&state.assignments) {
            assignments.append(&mut own);
        }
    }
    store(inserts, states, assignments, now_us)
}

/// Writes these rows over those that are there.
pub fn store(
    inserts: &mut Inserts,
    states: Vec<StateRow>,
    assignments: Vec<AssignmentRow>,
    now_us: i64,
) -> Result<()> {
    let updated_us = vec![now_us; states.len()];
    let (account, task, status, attention, position, state, fold, over_us) =
        columns!(states => account, task, status, attention, position, state, fold, over_us);
    inserts.insert_many(
        "insert into task_state (account, task, status, attention, position, state, fold, over_us, updated_us)",
        (account, task, status, attention, position, state, fold, over_us, updated_us),
        "on conflict (account, task) do update set status = excluded.status, attention = excluded.attention, \
         position = excluded.position, state = excluded.state, fold = excluded.fold, over_us = excluded.over_us, \
         updated_us = excluded.updated_us",
    )?;
    inserts.insert_many(
        "insert into assignment (account, task, number, employee, role, from_us, until_us)",
        columns!(assignments => account, task, number, employee, role, from_us, until_us),
        "on conflict (account, task, number) do update set employee = excluded.employee, role = excluded.role, \
         from_us = excluded.from_us, until_us = excluded.until_us",
    )?;
    Ok(())
}

/// The places (account and point of interest) of the tasks that other phones hold now than before, read from memory
/// alone: most groups move none.
pub fn left_or_reached(context: &Context, edited: &HashSet<(i64, Uuid)>) -> BTreeSet<(i64, Uuid)> {
    let moved = |key: &(i64, Uuid), known: &KnownTask| {
        // being deleted or retired takes a task from phones, and its row says only that it is so now
        let before = match &known.before {
            Some(state) if edited.contains(key) => state.visible_to(),
            _ => known.held_before(),
        };
        before != known.held_by()
    };
    let moved = context.tasks.iter().filter(|(key, known)| known.row.poi.is_some() && moved(key, known));
    moved.filter_map(|((account, _), known)| Some((*account, known.row.poi?))).collect()
}

/// What phones must know of the tasks that changed, by an entry or by an edit.
pub fn views(context: &Context, edited: &HashSet<(i64, Uuid)>) -> Result<Vec<(i64, View)>> {
    let changed = |key: &(i64, Uuid), known: &KnownTask| {
        edited.contains(key)
            || known.state.as_ref().is_some_and(|state| state.differs_on_phones(known.before.as_deref()))
    };
    context
        .tasks
        .iter()
        .filter(|(key, known)| changed(key, known))
        .map(|((account, id), known)| {
            let scopes = known.held_by().into_iter().map(Scope::Employee).collect();
            Ok((*account, View { kind: "task", id: *id, scopes, body: known.json()?.into_bytes() }))
        })
        .collect()
}

//! Rows as they are stored against rows as they were folded, and what must be written to make them the same.

use std::{collections::BTreeMap, fmt::Display};

use uuid::Uuid;

use super::{
    Difference, ROW,
    replay::{Replay, Replayed, Said},
    tables::{self, EntryFix},
};
use crate::{
    database::Tx,
    log::{
        fold::{MessageRow, SessionRow},
        rows::FileRow,
        stored::UNKNOWN_KIND,
        tasks::{self, AssignmentRow, StateRow},
        write::Write,
    },
    problem::Result,
};

/// The fields of a row by name, as text.
pub(super) type Fields = Vec<(&'static str, String)>;

/// How many tasks or sessions are compared at a time.
const CHUNK: usize = 500;

/// What must be written.
#[derive(Debug, Default)]
pub(super) struct Fixes {
    pub(super) entries: Vec<EntryFix>,
    pub(super) files: Vec<FileRow>,
    pub(super) messages: Changes<MessageRow, Uuid>,
    pub(super) states: Changes<StateRow, Uuid>,
    pub(super) assignments: Changes<AssignmentRow, (Uuid, i64)>,
    pub(super) sessions: Changes<SessionRow, (Uuid, Uuid)>,
}

/// What must be written in one table.
#[derive(Debug)]
pub(super) struct Changes<R, K> {
    /// Rows to put there
    pub(super) store: Vec<R>,
    /// Keys of rows to take away
    pub(super) remove: Vec<K>,
}

impl<R, K> Default for Changes<R, K> {
    fn default() -> Self {
        Self { store: Vec::new(), remove: Vec::new() }
    }
}

impl<R, K> Changes<R, K> {
    fn is_empty(&self) -> bool {
        self.store.is_empty() && self.remove.is_empty()
    }
}

impl Fixes {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
            && self.messages.is_empty()
            && self.states.is_empty()
            && self.assignments.is_empty()
            && self.sessions.is_empty()
    }

    /// The tasks whose state is replaced.
    pub(super) fn tasks(&self) -> Vec<Uuid> {
        self.states.store.iter().map(|state| state.task).collect()
    }

    /// Writes all of it.
    pub(super) async fn write(self, write: &mut Write) -> Result<()> {
        let (account, now_us) = (write.account(), write.now_us);
        let tx = write.tx();
        tables::write_entries(tx, account, self.entries, self.files).await?;
        tables::write_messages(tx, account, self.messages).await?;
        tables::write_sessions(tx, account, self.sessions).await?;
        tables::remove_tasks(tx, account, self.states.remove, self.assignments.remove).await?;
        let mut inserts = tx.inserts();
        tasks::store(&mut inserts, self.states.store, self.assignments.store, now_us)?;
        tx.insert_all(inserts).await
    }
}

/// Compares what is said of entries with what folding says, and the messages among them.
pub(super) async fn entries(
    tx: &mut Tx,
    account: i64,
    replayed: &[Replayed],
    report: &mut impl FnMut(Difference),
) -> Result<Fixes> {
    let mut fixes = Fixes::default();
    let mut expected = BTreeMap::new();
    let mut ids = Vec::new();
    for Replayed { stored, said } in replayed {
        let Some(said) = said else { continue };
        ids.push(stored.incoming.id);
        expected.extend(said.message.clone().map(|message| (message.id, message)));
        let before = entry_fields(stored.outcome.name(), stored.reason.as_deref(), &stored.extracted);
        let after = entry_fields(said.folded.outcome.name(), said.folded.reason, &said.extracted);
        if before == after {
            continue;
        }
        let mut table = Table { account, name: "entry", report };
        table.differ(&stored.position.to_string(), &before, &after);
        fixes.entries.push(EntryFix::new(stored, said));
        if stored.extracted.kind == UNKNOWN_KIND {
            fixes.files.extend(FileRow::of(account, stored.position, &stored.incoming));
        }
    }
    let found = tables::messages(tx, account, ids).await?;
    let mut table = Table { account, name: "message", report };
    fixes.messages = table.compare(&expected, &found, message_fields, Uuid::to_string);
    Ok(fixes)
}

/// Finds the messages that no entry made.
pub(super) async fn stray_messages(
    tx: &mut Tx,
    account: i64,
    report: &mut impl FnMut(Difference),
) -> Result<Fixes> {
    let mut fixes = Fixes::default();
    for id in tables::stray_messages(tx, account).await? {
        Table { account, name: "message", report }.row(&id.to_string(), true);
        fixes.messages.remove.push(id);
    }
    Ok(fixes)
}

/// Compares the states and assignments of tasks, in ranges of their ids.
pub(super) async fn tasks(
    tx: &mut Tx,
    replay: &Replay,
    report: &mut impl FnMut(Difference),
) -> Result<Vec<Fixes>> {
    let account = replay.account;
    let mut all = Vec::new();
    for (after, until) in ranges(replay.tasks.keys().copied(), Uuid::nil(), Uuid::max()) {
        let mut states = BTreeMap::new();
        let mut assignments = BTreeMap::new();
        for (id, task) in
            replay.tasks.range((std::ops::Bound::Excluded(after), std::ops::Bound::Included(until)))
        {
            let (state, own) = tasks::rows(account, *id, task.position, &task.state)?;
            states.insert(*id, state);
            assignments.extend(own.into_iter().map(|row| ((row.task, row.number), row)));
        }
        let mut stored_states = tables::states(tx, account, after, until).await?;
        let mut stored_assignments = tables::assignments(tx, account, after, until).await?;
        stored_states.retain(|task, _| !replay.unknown_tasks.contains(task));
        stored_assignments.retain(|(task, _), _| !replay.unknown_tasks.contains(task));
        let mut table = Table { account, name: "task_state", report };
        let states = table.compare(&states, &stored_states, state_fields, Uuid::to_string);
        let mut table = Table { account, name: "assignment", report };
        let key = |key: &(Uuid, i64)| format!("{}/{}", key.0, key.1);
        let assignments = table.compare(&assignments, &stored_assignments, assignment_fields, key);
        all.push(Fixes { states, assignments, ..Fixes::default() });
    }
    Ok(all)
}

/// Compares sessions.
pub(super) async fn sessions(
    tx: &mut Tx,
    replay: &Replay,
    report: &mut impl FnMut(Difference),
) -> Result<Fixes> {
    let account = replay.account;
    let mut fixes = Fixes::default();
    let least = (Uuid::nil(), Uuid::nil());
    for (after, until) in ranges(replay.sessions.keys().copied(), least, (Uuid::max(), Uuid::max())) {
        let bounds = (std::ops::Bound::Excluded(after), std::ops::Bound::Included(until));
        let expected = replay.sessions.range(bounds).map(|(key, row)| (*key, row.clone())).collect();
        let found = tables::sessions(tx, account, after, until).await?;
        let mut table = Table { account, name: "employee_session", report };
        let key = |key: &(Uuid, Uuid)| format!("{}/{}", key.0, key.1);
        let Changes { store, remove } = table.compare(&expected, &found, session_fields, key);
        fixes.sessions.store.extend(store);
        fixes.sessions.remove.extend(remove);
    }
    Ok(fixes)
}

/// The ranges (excluded, included) from `least` to `greatest` of which each has at most [`CHUNK`] of `keys`, which are
/// in order. What is stored between the keys belongs to one of them too.
fn ranges<K: Copy>(keys: impl Iterator<Item = K>, least: K, greatest: K) -> Vec<(K, K)> {
    let mut ends: Vec<K> = keys.skip(CHUNK - 1).step_by(CHUNK).collect();
    ends.push(greatest);
    let starts = std::iter::once(least).chain(ends.clone());
    starts.zip(ends).collect()
}

/// A table of an account whose differences are reported.
struct Table<'a, F> {
    account: i64,
    name: &'static str,
    report: &'a mut F,
}

impl<F: FnMut(Difference)> Table<'_, F> {
    fn compare<K: Ord + Copy, R: Clone>(
        &mut self,
        expected: &BTreeMap<K, R>,
        found: &BTreeMap<K, Fields>,
        fields: impl Fn(&R) -> Fields,
        key: impl Fn(&K) -> String,
    ) -> Changes<R, K> {
        let mut changes = Changes::default();
        for (id, row) in expected {
            let after = fields(row);
            match found.get(id) {
                Some(before) if *before == after => continue,
                Some(before) => self.differ(&key(id), before, &after),
                None => self.row(&key(id), false),
            }
            changes.store.push(row.clone());
        }
        for id in found.keys().filter(|id| !expected.contains_key(id)) {
            self.row(&key(id), true);
            changes.remove.push(*id);
        }
        changes
    }

    fn differ(&mut self, key: &str, before: &Fields, after: &Fields) {
        for ((field, stored), (_, folded)) in before.iter().zip(after) {
            if stored != folded {
                let (stored, folded) = (Some(stored.clone()), Some(folded.clone()));
                (self.report)(Difference {
                    account: self.account,
                    table: self.name,
                    key: key.to_owned(),
                    field,
                    stored,
                    folded,
                });
            }
        }
    }

    /// Reports a row that is stored and should not be, or the reverse.
    fn row(&mut self, key: &str, is_stored: bool) {
        let there = || Some("there".to_owned());
        (self.report)(Difference {
            account: self.account,
            table: self.name,
            key: key.to_owned(),
            field: ROW,
            stored: is_stored.then(there).flatten(),
            folded: (!is_stored).then(there).flatten(),
        });
    }
}

pub(super) fn shown(value: Option<impl Display>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

fn entry_fields(outcome: &str, reason: Option<&str>, extracted: &crate::log::stored::Extracted) -> Fields {
    vec![
        ("outcome", outcome.to_owned()),
        ("reason", shown(reason)),
        ("kind", extracted.kind.clone()),
        ("session", shown(extracted.session)),
        ("employee", shown(extracted.employee)),
        ("task", shown(extracted.task)),
        ("form", shown(extracted.form)),
        ("corrects", shown(extracted.corrects)),
    ]
}

fn message_fields(row: &MessageRow) -> Fields {
    vec![
        ("position", row.position.to_string()),
        ("employee", row.employee.to_string()),
        ("direction", row.direction.to_owned()),
        ("task", shown(row.task)),
        ("text", row.text.clone()),
        ("sent_us", row.sent_us.to_string()),
    ]
}

fn state_fields(row: &StateRow) -> Fields {
    vec![
        ("status", row.status.to_owned()),
        ("attention", row.attention.to_string()),
        ("position", row.position.to_string()),
        ("state", row.state.clone()),
    ]
}

fn assignment_fields(row: &AssignmentRow) -> Fields {
    vec![
        ("employee", row.employee.to_string()),
        ("role", row.role.to_owned()),
        ("from_us", row.from_us.to_string()),
        ("until_us", shown(row.until_us)),
    ]
}

fn session_fields(row: &SessionRow) -> Fields {
    vec![
        ("employee", row.employee.to_string()),
        ("opened_us", row.opened_us.to_string()),
        ("closed_us", shown(row.closed_us)),
        ("position", row.position.to_string()),
    ]
}

impl EntryFix {
    fn new(stored: &crate::log::stored::StoredEntry, said: &Said) -> Self {
        Self {
            position: stored.position,
            outcome: said.folded.outcome.name(),
            reason: said.folded.reason.map(str::to_owned),
            marks: stored.incoming.marks,
            extracted: said.extracted.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_exactly_one_range() {
        for count in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let found = ranges(1..=count, 0, usize::MAX);
            assert_eq!((found[0].0, found[found.len() - 1].1), (0, usize::MAX));
            assert!(found.windows(2).all(|pair| pair[0].1 == pair[1].0), "{count}");
            let largest = found.iter().map(|(after, until)| count.min(*until) - count.min(*after)).max();
            assert!(largest <= Some(CHUNK), "{count}");
        }
    }
}

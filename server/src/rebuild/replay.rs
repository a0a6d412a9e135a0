//! The fold of a whole log, in memory.

use std::collections::{BTreeMap, BTreeSet};

use campo_protocol::{
    entry::{Entry, Kind},
    sync::Outcome,
    task::{fold::concerns_task, state::TaskState},
};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::log::{
    entry::{Content, Incoming},
    fold::{self, Effects, Folded, MessageRow, SessionRow},
    stored::{ERASED, Extracted, StoredEntry, UNKNOWN_KIND},
};

/// What the entries up to a position made of an account.
pub(super) struct Replay {
    pub(super) account: i64,
    /// Position of the last entry that was folded
    pub(super) position: i64,
    pub(super) folded: u64,
    pub(super) skipped: u64,
    pub(super) tasks: BTreeMap<Uuid, Task>,
    /// By installation and id
    pub(super) sessions: BTreeMap<(Uuid, Uuid), SessionRow>,
    /// Tasks of which nothing can be said, since an entry of theirs cannot be folded
    pub(super) unknown_tasks: BTreeSet<Uuid>,
}

/// The state of a task, and the position of the entry that changed it last.
pub(super) struct Task {
    pub(super) state: TaskState,
    pub(super) position: i64,
}

/// An entry, and what folding says of it.
pub(super) struct Replayed {
    pub(super) stored: StoredEntry,
    /// None where nothing can be said
    pub(super) said: Option<Said>,
}

/// What folding says of an entry.
pub(super) struct Said {
    pub(super) folded: Folded,
    pub(super) extracted: Extracted,
    pub(super) message: Option<MessageRow>,
}

impl Replay {
    pub(super) fn new(account: i64) -> Self {
        Self {
            account,
            position: 0,
            folded: 0,
            skipped: 0,
            tasks: BTreeMap::new(),
            sessions: BTreeMap::new(),
            unknown_tasks: BTreeSet::new(),
        }
    }

    /// Folds the next entry.
    pub(super) fn entry(&mut self, mut stored: StoredEntry) -> Replayed {
        let is_erased = matches!(stored.incoming.content, Err(ERASED));
        let can_fold = match (is_newer(&stored), is_erased) {
            (true, _) => false,
            (false, false) => true,
            (false, true) => restore_content(&mut stored),
        };
        if !can_fold {
            // An entry that was set aside had no effect, so that its task is as well known without it
            if stored.outcome != Outcome::SetAside
                && let Some(task) = stored.extracted.task
            {
                self.tasks.remove(&task);
                self.unknown_tasks.insert(task);
            }
            self.skipped += 1;
            return Replayed { stored, said: None };
        }
        if self.is_about_unknown_task(&stored) {
            self.skipped += 1;
            return Replayed { stored, said: None };
        }
        let said = self.fold(&stored, is_erased);
        self.folded += 1;
        Replayed { stored, said: Some(said) }
    }

    /// True when what becomes of the entry rests on the state of a task of which nothing can be said.
    fn is_about_unknown_task(&self, stored: &StoredEntry) -> bool {
        stored.incoming.content.as_ref().is_ok_and(|content| concerns_task(content.kind))
            && stored.incoming.task().is_some_and(|task| self.unknown_tasks.contains(&task))
    }

    fn fold(&mut self, stored: &StoredEntry, is_erased: bool) -> Said {
        let (position, incoming) = (stored.position, &stored.incoming);
        let mut effects = Effects::default();
        let task = incoming.task();
        let before = task.and_then(|task| self.tasks.get(&task)).map(|task| &task.state);
        let fold::Step { folded, state } = fold::fold(before, &mut effects, self.account, position, incoming);
        if let (Some(task), Some(state)) = (task, state) {
            self.tasks.insert(task, Task { state, position });
        }
        for session in effects.sessions {
            self.sessions
                .entry((session.installation, session.id))
                .and_modify(|known| known.merge(&session))
                .or_insert(session);
        }
        let message = effects.messages.pop().filter(|_| !is_erased);
        Said { folded, extracted: Extracted::of(incoming), message }
    }
}

/// True when a newer release understood the entry and this one does not know its kind.
fn is_newer(stored: &StoredEntry) -> bool {
    stored.extracted.kind != UNKNOWN_KIND && Kind::from_name(&stored.extracted.kind).is_none()
}

/// Puts together as much of an erased entry's content as the folds read, from the columns that stay. False when that
/// is not enough, or when the entry had no effect and so needs none.
fn restore_content(stored: &mut StoredEntry) -> bool {
    if stored.outcome == Outcome::SetAside {
        return false;
    }
    let body = match Kind::from_name(&stored.extracted.kind) {
        None | Some(Kind::TaskCreated | Kind::TaskStatusSet | Kind::TaskAssigned | Kind::TaskNoted) => {
            return false;
        }
        // Without text it still counts among the entries of its task
        Some(Kind::Message | Kind::MessageSent) => RawValue::from_string(r#"{"text":""}"#.to_owned()).ok(),
        Some(Kind::MessageRead) => RawValue::from_string(r#"{"messages":[]}"#.to_owned()).ok(),
        Some(_) => None,
    };
    stored.incoming.content = content(&stored.incoming, &stored.extracted, body).ok_or(ERASED);
    true
}

fn content(incoming: &Incoming, extracted: &Extracted, body: Option<Box<RawValue>>) -> Option<Content> {
    let kind = Kind::from_name(&extracted.kind)?;
    // The folds ask whether the office wrote it, not who there
    let duty = incoming.installation.is_none().then(|| incoming.principal.kind().to_owned());
    let entry = Entry {
        id: incoming.id,
        kind: extracted.kind.clone(),
        installation: incoming.installation,
        employee: extracted.employee,
        session: extracted.session,
        user: None,
        key: None,
        duty,
        sequence: incoming.sequence,
        clock: None,
        place: None,
        task: extracted.task,
        corrects: extracted.corrects,
        reason: None,
        note: None,
        files: Vec::new(),
        body,
    };
    Some(Content { kind, form: extracted.form, entry: std::sync::Arc::new(entry) })
}

//! The tasks of one group of saves, as they stand while it is worked off.

use std::collections::{HashMap, HashSet};

use campo_protocol::{
    document::later::Later,
    entry::Kind as EntryKind,
    faults::Faults,
    model::{Kind, Ref},
    task::{
        body::{Assigned, Created, NewAssignment, StatusSet},
        fields::TaskFields,
        fold::{self, Author, Fact},
        state::TaskState,
        status::Status,
    },
    text::tidy,
};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Effect, Operation, Save, Saved, resolve,
    rows::{insert_tasks, insert_versions, row},
};
use crate::{
    database::Tx,
    log::{
        events::{TASK_CHANGED, TASK_CREATED, TaskEvent},
        write::{About, Write},
    },
    problem::{Code, Problem, Result},
    tasks::{
        Links,
        draft::{Numbers, edited},
        numbers,
        read::{self, Task},
    },
};

/// Everything that a group of saves is about, read with as many statements for one save as for all.
pub(super) struct Desk {
    tasks: HashMap<Uuid, Working>,
    /// The tasks in the order in which they were first named
    order: Vec<Uuid>,
    /// Who has a number. What a save gives up stays taken until the transaction ends
    numbers: HashMap<i64, Uuid>,
    externals: HashMap<String, Uuid>,
    links: Links,
    now_us: i64,
}

/// A task as it stands.
struct Working {
    id: Uuid,
    /// As it was read; none for a new one
    before: Option<Task>,
    fields: TaskFields,
    /// `fields` as JSON, over which a patch is laid
    document: Value,
    /// What a later release wrote into it
    later: Later,
    state: TaskState,
}

impl Working {
    fn is_changed(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.fields != self.fields)
    }

    /// The place that the task left and the one it came to; none when it is where it was, or new.
    fn places_changed(&self) -> impl Iterator<Item = Uuid> + use<> {
        let place = |fields: &TaskFields| fields.poi.as_ref().and_then(Ref::id);
        let before = self.before.as_ref().map(|before| place(&before.fields));
        let now = place(&self.fields);
        let places = before.filter(|before| *before != now).map(|before| [before, now]);
        places.into_iter().flatten().flatten()
    }

    fn version(&self) -> i64 {
        self.before.as_ref().map_or(1, |before| before.version + i64::from(self.is_changed()))
    }
}

impl Desk {
    pub(super) async fn load(write: &mut Write, saves: &[Save]) -> Result<Self> {
        let account = write.account();
        let mut wanted = Vec::new();
        for save in saves {
            for (member, kind) in
                [("type", Kind::TaskType), ("work_order", Kind::WorkOrder), ("poi", Kind::Poi)]
            {
                let target = save.document.get(member).and_then(Value::as_str);
                wanted.extend(target.and_then(|text| text.parse::<Ref>().ok()).map(|target| (kind, target)));
            }
            let employees = save.assignments.iter().flatten().map(|one| one.employee.clone());
            wanted.extend(employees.map(|employee| (Kind::Employee, employee)));
        }
        let links = Links::resolve(write.tx(), account, wanted).await?;
        let told: Vec<Numbers> = saves.iter().map(|save| Numbers::of(&save.document)).collect();
        let mut ids: HashSet<Uuid> = saves.iter().filter_map(|save| save.task).collect();
        ids.extend(find(write.tx(), account, &told).await?);
        let mut desk = Self {
            tasks: HashMap::new(),
            order: Vec::new(),
            numbers: HashMap::new(),
            externals: HashMap::new(),
            links,
            now_us: write.now_us,
        };
        for task in read::load(write.tx(), account, ids.into_iter().collect()).await? {
            desk.claim(task.id, &task.fields);
            let later = Later::of::<TaskFields>(&task.stored).map_err(Problem::internal)?;
            let mut document = serde_json::from_str(&task.stored).map_err(Problem::internal)?;
            later.take_from(&mut document);
            desk.tasks.insert(
                task.id,
                Working {
                    id: task.id,
                    fields: task.fields.clone(),
                    document,
                    later,
                    state: task.state.clone(),
                    before: Some(task),
                },
            );
        }
        Ok(desk)
    }

    /// Works one save off. Appends its entries; what is refused changes nothing.
    pub(super) fn apply(&mut self, write: &mut Write, save: Save) -> Result<(Uuid, Effect)> {
        let target = self.target(&save)?;
        let before = target.and_then(|id| self.tasks.get(&id));
        if let Some(task) = before {
            save.version.check(task.version())?;
        }
        if save.keeps_external {
            refuse_other(before, &save.document)?;
        }
        let mut fields = edited(before.map(|task| &task.document), save.edit, &save.document)?;
        let mut faults = Faults::default();
        self.resolve_links(&mut fields, before.map(|task| &task.fields), &mut faults);
        let assignments = save.assignments.as_deref().map(|list| resolve(list, &self.links, &mut faults));
        faults.into_result()?;
        self.refuse_taken(target, &fields)?;

        let document = serde_json::to_value(&fields).map_err(Problem::internal)?;
        let decision = Decision { status: save.status, assignments, reason: save.reason };
        let (id, effect) = match target {
            None => (self.create(write, fields, document, decision)?, Effect::Created),
            Some(id) => {
                let task = self.tasks.get_mut(&id).ok_or(Code::NotFound)?;
                let edited = task.fields != fields;
                task.fields = fields;
                task.document = document;
                let decided = decide(write, task, decision)?;
                (id, if edited || decided { Effect::Updated } else { Effect::Unchanged })
            }
        };
        if !self.order.contains(&id) {
            self.order.push(id);
        }
        if let Some(fields) = self.tasks.get(&id).map(|task| task.fields.clone()) {
            self.claim(id, &fields);
        }
        Ok((id, effect))
    }

    /// Gives the new tasks without number theirs, and writes all rows and events.
    pub(super) async fn finish(&mut self, write: &mut Write) -> Result<()> {
        let without: Vec<Uuid> = self
            .order
            .iter()
            .filter(|id| self.tasks.get(*id).is_some_and(|task| task.fields.task_number.is_none()))
            .copied()
            .collect();
        let claimed: HashSet<i64> = self.numbers.keys().copied().collect();
        let given = numbers::take(write, without.len(), &claimed).await?;
        for (id, number) in without.into_iter().zip(given) {
            if let Some(task) = self.tasks.get_mut(&id) {
                task.fields.task_number = Some(number);
            }
        }
        let changed: Vec<&Working> =
            self.order.iter().filter_map(|id| self.tasks.get(id)).filter(|task| task.is_changed()).collect();
        let events = changed.iter().map(|task| TaskEvent {
            kind: if task.before.is_some() { TASK_CHANGED } else { TASK_CREATED },
            task: task.id,
            version: task.version(),
        });
        for event in events.collect::<Vec<_>>() {
            write.task_event(event);
        }
        for place in changed.iter().flat_map(|task| task.places_changed()) {
            write.refile_place(place);
        }
        insert_versions(write, changed.iter().filter_map(|task| task.before.as_ref())).await?;
        let (account, now_us) = (write.account(), write.now_us);
        let rows = changed
            .into_iter()
            .map(|task| row((account, task.id), now_us, task.version(), &task.fields, &task.later))
            .collect::<Result<Vec<_>>>()?;
        insert_tasks(write.tx(), rows).await
    }

    /// The task `id` as it will be committed.
    pub(super) fn saved(&self, id: Uuid, effect: Effect) -> Result<Saved> {
        let working = self.tasks.get(&id).ok_or(Code::NotFound)?;
        let stood = working.before.as_ref();
        let changed_us = working.is_changed().then_some(self.now_us);
        let task = Task {
            id,
            version: working.version(),
            deleted: false,
            stored: working.later.write(&working.fields).map_err(Problem::internal)?,
            fields: working.fields.clone(),
            state: working.state.clone(),
            created_us: stood.map_or(self.now_us, |task| task.created_us),
            updated_us: changed_us.or(stood.map(|task| task.updated_us)).unwrap_or(self.now_us),
        };
        Ok(Saved { effect, before: stood.cloned(), task })
    }

    /// The task that a save is about; none when it makes a new one.
    fn target(&self, save: &Save) -> Result<Option<Uuid>> {
        if let Some(id) = save.task {
            let task = self.tasks.get(&id).ok_or(Code::NotFound)?;
            let deleted = task.before.as_ref().is_some_and(|before| before.deleted);
            return if deleted { Err(Code::Gone.into()) } else { Ok(Some(id)) };
        }
        let told = Numbers::of(&save.document);
        let by_external = || self.externals.get(told.external.as_ref()?).copied();
        let found = match told.number {
            Some(number) => self.numbers.get(&number).copied(),
            None => by_external(),
        };
        match (save.operation, found) {
            (Operation::Create, Some(_)) => Err(already_exists(&save.document)),
            (Operation::Update, None) => Err(Code::NotFound.into()),
            (_, found) => Ok(found),
        }
    }

    /// Refuses a number that another task has.
    fn refuse_taken(&self, target: Option<Uuid>, fields: &TaskFields) -> Result<()> {
        let number = fields.task_number.and_then(|number| Some((number, self.numbers.get(&number)?)));
        if let Some((number, holder)) = number
            && Some(*holder) != target
        {
            let problem = Problem::new(Code::AlreadyExists).with("field", "/task_number");
            return Err(problem.with("value", number));
        }
        let external =
            fields.external_number.as_ref().and_then(|text| Some((text, self.externals.get(text)?)));
        if let Some((text, holder)) = external
            && Some(*holder) != target
        {
            return Err(Problem::new(Code::AlreadyExists)
                .with("field", "/external_number")
                .with("value", text));
        }
        Ok(())
    }

    fn claim(&mut self, id: Uuid, fields: &TaskFields) {
        if self.tasks.get(&id).and_then(|task| task.before.as_ref()).is_some_and(|task| task.deleted) {
            return;
        }
        if let Some(number) = fields.task_number {
            self.numbers.insert(number, id);
        }
        if let Some(text) = &fields.external_number {
            self.externals.insert(text.clone(), id);
        }
    }

    /// Replaces codes by ids. What an edit leaves as it is may name something that was deleted since.
    fn resolve_links(&self, fields: &mut TaskFields, before: Option<&TaskFields>, faults: &mut Faults) {
        let mut before = before.cloned().unwrap_or_default();
        let kept: HashMap<String, Ref> =
            before.links().into_iter().map(|link| (link.field, link.target.clone())).collect();
        for link in fields.links() {
            if kept.get(&link.field) == Some(&*link.target) {
                continue;
            }
            if let Some(id) = self.links.find(faults, &link.field, link.kind, link.target) {
                *link.target = Ref::Id(id);
            }
        }
    }

    fn create(
        &mut self,
        write: &mut Write,
        fields: TaskFields,
        document: Value,
        decision: Decision,
    ) -> Result<Uuid> {
        let id = write.new_id();
        let created = Created {
            status: decision.status.unwrap_or(Status::New),
            assignments: decision.assignments.unwrap_or_default(),
        };
        let state = append(write, id, None, EntryKind::TaskCreated, decision.reason, &created)?
            .ok_or_else(|| Problem::internal(anyhow::anyhow!("task.created made no state")))?;
        self.tasks.insert(id, Working { id, before: None, fields, document, later: Later::default(), state });
        Ok(id)
    }
}

/// Refuses a document that found a task of another external number by its digits: 00042 and 42 may be two orders.
fn refuse_other(found: Option<&Working>, document: &Value) -> Result<()> {
    let own = found.and_then(|task| task.fields.external_number.as_deref());
    match (own, document.get("external_number").and_then(Value::as_str)) {
        (Some(own), Some(said)) if tidy(own) != tidy(said) => {
            Err(Problem::new(Code::AlreadyExists).with("field", "/external_number").with("value", own))
        }
        _ => Ok(()),
    }
}

/// What a save says besides the office part.
struct Decision {
    status: Option<Status>,
    assignments: Option<Vec<NewAssignment>>,
    reason: Option<String>,
}

/// Appends what is decided anew about an existing task. False when all of it is so already.
fn decide(write: &mut Write, task: &mut Working, decision: Decision) -> Result<bool> {
    let mut decided = false;
    if let Some(mut assignments) = decision.assignments {
        let mut current: Vec<NewAssignment> =
            task.state.current_assignees().map(campo_protocol::task::state::Assignment::as_new).collect();
        current.sort_unstable();
        assignments.sort_unstable();
        if assignments != current {
            let reason = decision.reason.clone();
            let body = Assigned { assignments };
            let state = append(write, task.id, Some(&task.state), EntryKind::TaskAssigned, reason, &body)?;
            task.state = state.unwrap_or_else(|| task.state.clone());
            decided = true;
        }
    }
    if let Some(status) = decision.status.filter(|status| *status != task.state.status) {
        let body = StatusSet { status };
        let state =
            append(write, task.id, Some(&task.state), EntryKind::TaskStatusSet, decision.reason, &body)?;
        task.state = state.unwrap_or_else(|| task.state.clone());
        decided = true;
    }
    Ok(decided)
}

/// Appends an entry and says what the fold will make of it, so that later saves and the answer see it already.
fn append(
    write: &mut Write,
    task: Uuid,
    state: Option<&TaskState>,
    kind: EntryKind,
    reason: Option<String>,
    body: &impl Serialize,
) -> Result<Option<TaskState>> {
    let about = About { task: Some(task), reason, ..About::default() };
    let entry = write.entry(kind, about, body)?;
    let body = serde_json::to_string(body).map_err(Problem::internal)?;
    let fact = Fact { entry, kind, occurred_at_us: write.now_us, author: Author::Office, body: Some(&body) };
    Ok(fold::fold(state, &fact).state)
}

/// The problem of a task that exists already, by the number that names it.
fn already_exists(document: &Value) -> Problem {
    let told = document.get("task_number").and_then(Value::as_i64).filter(|number| *number > 0);
    match (told, document.get("external_number").and_then(Value::as_str)) {
        (None, Some(text)) => {
            Problem::new(Code::AlreadyExists).with("field", "/external_number").with("value", text)
        }
        (number, _) => Problem::new(Code::AlreadyExists)
            .with("field", "/task_number")
            .with("value", number.unwrap_or_default()),
    }
}

/// The ids of the tasks that have the numbers, deleted ones left out.
async fn find(tx: &mut Tx, account: i64, told: &[Numbers]) -> Result<Vec<Uuid>> {
    let numbers: HashSet<i64> = told.iter().filter_map(|told| told.number).collect();
    let externals: HashSet<&String> = told.iter().filter_map(|told| told.external.as_ref()).collect();
    let mut found: Vec<(Uuid,)> = tx
        .fetch_many(
            "a, n",
            (vec![account; numbers.len()], numbers.into_iter().collect::<Vec<_>>()),
            "select t.id from k join task t on t.account = k.a and t.task_number = k.n and t.state <> 'deleted'",
        )
        .await?;
    found.extend(
        tx.fetch_many::<(Uuid,), _>(
            "a, e",
            (vec![account; externals.len()], externals.into_iter().cloned().collect::<Vec<_>>()),
            "select t.id from k \
             join task t on t.account = k.a and t.external_number = k.e and t.state <> 'deleted'",
        )
        .await?,
    );
    Ok(found.into_iter().map(|(id,)| id).collect())
}

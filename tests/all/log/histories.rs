//! Random histories against a model: what phones and the office did, in the order in which it was done, says what the
//! receipts, marks and events must be.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use campo_protocol::{
    entry::{Entry, hash},
    sync::{Outcome, Receipt},
    task::{
        fold::{self, Fact},
        reason::Reason,
        state::TaskState,
        status::Status,
    },
    text::hex,
};
use campo_server::{
    app::App,
    log::entry::marks::{CLONE, SEQUENCE_GAP},
};
use campo_tests::{
    check, office, on_both,
    world::{Phone, World},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use uuid::Uuid;

/// Fewer on PostgreSQL, where a case takes four times as long.
const CASES: [u32; 2] = [300, 100];

on_both! {
    random_histories_are_what_the_model_says,
}

/// One thing that is done. Numbers choose among what there is then.
#[derive(Debug, Clone)]
enum Step {
    Submit { phone: usize, lines: Vec<Line> },
    CreateTask { account: usize, employees: usize },
    EditTask { account: usize, task: usize },
    SetStatus { account: usize, task: usize, status: usize },
    Assign { account: usize, task: usize, employees: usize },
}

#[derive(Debug, Clone)]
enum Line {
    /// The kind, how the sequence goes on, and which task is named, if the kind names one
    New { kind: usize, jump: i64, task: usize },
    /// One that the phone sent before, or sends in this batch
    Repeat(usize),
    /// The same with other content
    Conflict(usize),
}

/// Kind, whether it names a task, more members, and what becomes of it where that depends on nothing else.
const KINDS: [(&str, bool, &str, Option<&str>); 10] = [
    ("shift.start", false, "", None),
    ("shift.end", true, r#","new":[1]"#, None),
    ("task.start", true, "", None),
    ("task.suspend", true, "", None),
    ("task.close", true, "", None),
    ("photo", true, r#","files":[{"hash":"00","size_bytes":1}]"#, None),
    ("shift.dance", false, "", Some("kind_unknown")),
    ("task.start", false, "", Some("task_missing")),
    ("task.noted", true, "", Some("kind_of_office")),
    ("message", false, r#","body":{"text":7}"#, Some("body_unreadable")),
];
const PHOTO: usize = 5;
const STATUSES: [Status; 3] = [Status::New, Status::Canceled, Status::Closed];

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = prop_oneof![
        6 => (0..KINDS.len(), prop_oneof![8 => Just(1_i64), 1 => -3_i64..1, 1 => 2_i64..4], 0..4_usize)
            .prop_map(|(kind, jump, task)| Line::New { kind, jump, task }),
        2 => any::<usize>().prop_map(Line::Repeat),
        1 => any::<usize>().prop_map(Line::Conflict),
    ];
    prop::collection::vec(line, 0..6)
}

fn histories() -> impl Strategy<Value = Vec<Step>> {
    let (account, task, employees) = (0..2_usize, 0..4_usize, 0..4_usize);
    let step = prop_oneof![
        6 => (0..4_usize, lines()).prop_map(|(phone, lines)| Step::Submit { phone, lines }),
        1 => (account.clone(), employees.clone())
            .prop_map(|(account, employees)| Step::CreateTask { account, employees }),
        1 => (account.clone(), task.clone()).prop_map(|(account, task)| Step::EditTask { account, task }),
        1 => (account.clone(), task.clone(), 0..STATUSES.len())
            .prop_map(|(account, task, status)| Step::SetStatus { account, task, status }),
        1 => (account, task, employees)
            .prop_map(|(account, task, employees)| Step::Assign { account, task, employees }),
    ];
    prop::collection::vec(step, 1..14)
}

async fn random_histories_are_what_the_model_says(world: World) {
    let replica = world.replica().await.unwrap();
    let cases = CASES[usize::from(!world.app.db.is_sqlite())];
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let mut number = 0;
    let runtime = tokio::runtime::Handle::current();
    let run = |history: Vec<Step>| {
        number += 1;
        let played = runtime.block_on(play(&world, &replica, number, history));
        played.map_err(|error| TestCaseError::fail(format!("{error:#}")))
    };
    let cell = std::cell::RefCell::new(run);
    tokio::task::block_in_place(|| {
        runner.run(&histories(), |history| (cell.borrow_mut())(history)).unwrap();
    });
}

/// Two accounts, each with two employees and their phones.
async fn play(world: &World, replica: &App, number: usize, history: Vec<Step>) -> Result<()> {
    let (mut models, mut phones) = (Vec::new(), Vec::new());
    for of in 0..2 {
        let account = world.account(&format!("case-{number}-{of}")).await?;
        let employees = vec![account.employee("ZZ1").await?, account.employee("ZZ2").await?];
        for employee in &employees {
            phones.push((account.spare_phone(*employee), Vec::new()));
        }
        models.push(Model { account: account.id, employees, ..Model::default() });
    }
    for (step, turn) in history.into_iter().zip(0..) {
        let app = if turn % 2 == 0 { &world.app } else { replica };
        match step {
            Step::Submit { phone, lines } => {
                let (phone, sent) = &mut phones[phone];
                let model = models.iter_mut().find(|model| model.account == phone.account);
                if let Some(model) = model {
                    model.submit(app, phone, sent, lines).await?;
                }
            }
            Step::CreateTask { account, employees } => models[account].create_task(app, employees).await?,
            Step::EditTask { account, task } => models[account].edit_task(app, task).await?,
            Step::SetStatus { account, task, status } => {
                models[account].set_status(app, task, STATUSES[status]).await?;
            }
            Step::Assign { account, task, employees } => models[account].assign(app, task, employees).await?,
        }
    }
    for model in models {
        model.agrees_with_the_logs(&world.app).await?;
    }
    Ok(())
}

/// What must hold of one account.
#[derive(Debug, Default)]
struct Model {
    account: i64,
    employees: Vec<Uuid>,
    tasks: Vec<(Uuid, Option<TaskState>)>,
    /// Receipts and marks of what was appended, in order
    entries: Vec<(Receipt, i64)>,
    by_id: BTreeMap<Uuid, usize>,
    /// Kind and subject
    events: Vec<(&'static str, Uuid)>,
    /// The last sequence of an installation, and all that it used
    sequences: BTreeMap<Uuid, (i64, BTreeSet<i64>)>,
}

impl Model {
    async fn submit(
        &mut self,
        app: &App,
        phone: &mut Phone,
        sent: &mut Vec<(usize, Vec<u8>)>,
        lines: Vec<Line>,
    ) -> Result<()> {
        let mut batch = Vec::new();
        for line in lines {
            let (kind, bytes) = match line {
                Line::New { kind, jump, task } => (kind, self.line(phone, kind, jump, task)),
                Line::Repeat(_) | Line::Conflict(_) if sent.is_empty() => continue,
                Line::Repeat(which) => sent[which % sent.len()].clone(),
                Line::Conflict(which) => {
                    let (kind, mut bytes) = sent[which % sent.len()].clone();
                    bytes.splice(1..1, *b" ");
                    batch.push((kind, bytes));
                    continue;
                }
            };
            sent.push((kind, bytes.clone()));
            batch.push((kind, bytes));
        }
        let bytes: Vec<Vec<u8>> = batch.iter().map(|line| line.1.clone()).collect();
        let receipts = phone.send_to(app, &bytes).await?.receipts;
        ensure!(receipts.len() == batch.len());
        for ((kind, bytes), receipt) in batch.into_iter().zip(receipts) {
            let expected = self.receipt(phone, kind, &bytes, &receipt)?;
            ensure!(receipt == expected, "{receipt:?}\nexpected {expected:?}");
        }
        Ok(())
    }

    fn line(&self, phone: &mut Phone, kind: usize, jump: i64, task: usize) -> Vec<u8> {
        let (name, names_task, more, _) = KINDS[kind];
        phone.sequence += jump - 1;
        // One number more than there are tasks: a task that nobody knows
        let task = self.tasks.get(task).map_or(Uuid::from_u128(7), |task| task.0);
        let task = if names_task { format!(r#","task":"{task}""#) } else { String::new() };
        phone.line(name, &format!("{task}{more}"))
    }

    /// The receipt that a line must get; what the server alone decides (the instant) is taken from `given`.
    fn receipt(&mut self, phone: &Phone, kind: usize, bytes: &[u8], given: &Receipt) -> Result<Receipt> {
        let entry: Entry = serde_json::from_slice(bytes)?;
        if let Some(known) = self.by_id.get(&entry.id) {
            let mut known = self.entries[*known].0.clone();
            if known.hash != hex(&hash(bytes)) {
                known.outcome = Outcome::Conflict;
                known.reason = Some("id_has_other_content".to_owned());
            }
            return Ok(known);
        }
        let (outcome, reason) = self.outcome(kind, &entry, given.occurred_at_us);
        let receipt = Receipt {
            id: entry.id,
            hash: hex(&hash(bytes)),
            position: self.entries.len() as i64 + 1,
            occurred_at_us: given.occurred_at_us,
            occurred_kind: given.occurred_kind,
            outcome,
            reason: reason.map(str::to_owned),
        };
        let (last, used) = self.sequences.entry(phone.installation).or_default();
        let gap = if entry.sequence > *last + 1 { SEQUENCE_GAP } else { 0 };
        let clone = if used.insert(entry.sequence) { 0 } else { CLONE };
        *last = entry.sequence.max(*last);
        self.by_id.insert(entry.id, self.entries.len());
        self.entries.push((receipt.clone(), gap | clone));
        self.events.push(("entry.added", entry.id));
        if kind != PHOTO {
            self.events.push(("entry.complete", entry.id));
        }
        Ok(receipt)
    }

    fn outcome(&mut self, kind: usize, entry: &Entry, at_us: i64) -> (Outcome, Option<&'static str>) {
        if let Some(reason) = KINDS[kind].3 {
            return (Outcome::SetAside, Some(reason));
        }
        let known = self.tasks.iter_mut().find(|known| entry.task == Some(known.0));
        let (Some(fact), Some(known)) = (Fact::of(entry, at_us), known) else {
            let concerns_task = KINDS[kind].1 && KINDS[kind].0 != "shift.end";
            let unknown = concerns_task && entry.task.is_some();
            return if unknown {
                (Outcome::SetAside, Some(Reason::UnknownTask.name()))
            } else {
                (Outcome::Applied, None)
            };
        };
        let folded = fold::fold(known.1.as_ref(), &fact);
        known.1 = folded.state;
        (folded.outcome, folded.reason.map(Reason::name))
    }

    /// What the office's last entry, which the server wrote, made of a task.
    async fn office_entry(&mut self, app: &App, task: usize) -> Result<()> {
        let logs = check::log_is_whole(app, self.account).await?;
        let stored = &logs.entries[self.entries.len()];
        let entry: Entry = serde_json::from_slice(&stored.bytes)?;
        let Some(fact) = Fact::of(&entry, stored.occurred_us) else { anyhow::bail!("no fact: {entry:?}") };
        let before = holders(self.tasks[task].1.as_ref());
        let folded = fold::fold(self.tasks[task].1.as_ref(), &fact);
        self.tasks[task].1 = folded.state;
        let is_taken = !before.is_subset(&holders(self.tasks[task].1.as_ref()));
        let receipt = Receipt {
            id: stored.id,
            hash: hex(&stored.hash),
            position: self.entries.len() as i64 + 1,
            occurred_at_us: stored.occurred_us,
            occurred_kind: campo_protocol::clock::OccurredKind::Wall,
            outcome: folded.outcome,
            reason: folded.reason.map(|reason| reason.name().to_owned()),
        };
        self.by_id.insert(stored.id, self.entries.len());
        self.entries.push((receipt, 0));
        self.events.extend([("entry.added", stored.id), ("entry.complete", stored.id)]);
        if is_taken {
            self.events.push(("task.withdrawn", self.tasks[task].0));
        }
        Ok(())
    }

    /// None, one, the other or both of the employees.
    fn choose(&self, employees: usize) -> Vec<Uuid> {
        (0..2).filter(|bit| employees >> bit & 1 == 1).map(|bit| self.employees[bit]).collect()
    }

    async fn create_task(&mut self, app: &App, employees: usize) -> Result<()> {
        let task = office::create_task(app, self.account, &self.choose(employees)).await?;
        self.tasks.push((task, None));
        self.office_entry(app, self.tasks.len() - 1).await?;
        self.events.push(("task.created", task));
        Ok(())
    }

    async fn edit_task(&mut self, app: &App, task: usize) -> Result<()> {
        let Some((id, _)) = self.tasks.get(task) else { return Ok(()) };
        office::edit_task(app, self.account, *id, "edited").await?;
        self.events.push(("task.changed", *id));
        Ok(())
    }

    async fn set_status(&mut self, app: &App, task: usize, status: Status) -> Result<()> {
        let Some((id, _)) = self.tasks.get(task) else { return Ok(()) };
        office::set_status(app, self.account, *id, status).await?;
        self.office_entry(app, task).await
    }

    async fn assign(&mut self, app: &App, task: usize, employees: usize) -> Result<()> {
        let Some((id, _)) = self.tasks.get(task) else { return Ok(()) };
        office::assign(app, self.account, *id, &self.choose(employees)).await?;
        self.office_entry(app, task).await
    }

    async fn agrees_with_the_logs(&self, app: &App) -> Result<()> {
        let logs = check::log_is_whole(app, self.account).await?;
        let stored: Vec<_> = logs
            .entries
            .iter()
            .map(|entry| (entry.id, entry.outcome.as_str(), entry.reason.as_deref(), entry.marks))
            .collect();
        let expected: Vec<_> = self
            .entries
            .iter()
            .map(|(receipt, marks)| (receipt.id, receipt.outcome.name(), receipt.reason.as_deref(), *marks))
            .collect();
        ensure!(stored == expected, "stored {stored:?}\nexpected {expected:?}");
        let stored: Vec<_> = logs.events.iter().map(|event| (event.kind.as_str(), event.subject)).collect();
        ensure!(stored == self.events, "stored {stored:?}\nexpected {:?}", self.events);
        self.visible_tasks(app).await
    }

    /// Each employee's phones hold exactly the tasks that they have.
    async fn visible_tasks(&self, app: &App) -> Result<()> {
        for employee in &self.employees {
            let scope = campo_protocol::scope::Scope::Employee(*employee).to_string();
            let held: Vec<(Uuid,)> = app
                .db
                .fetch_all(
                    "select id from change where account = $1 and scope = $2 and kind = 'task' and removed = $3",
                    (self.account, scope, false),
                )
                .await?;
            let held: BTreeSet<Uuid> = held.into_iter().map(|row| row.0).collect();
            let has = |state: &Option<TaskState>| {
                state.as_ref().is_some_and(|state| state.visible_to().contains(employee))
            };
            let expected: BTreeSet<Uuid> =
                self.tasks.iter().filter(|task| has(&task.1)).map(|task| task.0).collect();
            ensure!(held == expected, "{employee} holds {held:?}\nexpected {expected:?}");
        }
        Ok(())
    }
}

/// Who is to work on a task: nobody while the office does not want it worked on.
fn holders(state: Option<&TaskState>) -> BTreeSet<Uuid> {
    let wanted = state.filter(|state| !state.status.is_withdrawn());
    wanted.map(|state| state.visible_to().into_iter().collect()).unwrap_or_default()
}

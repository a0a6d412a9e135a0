//! The one way to append, under the accounts' locks: drop repeats, fold, take numbers and the chain's last hash,
//! insert, update the heads once. One set of statements for all accounts of a group.

use std::{collections::HashMap, mem, sync::Arc};

use campo_protocol::{
    chain::SignedHead,
    model,
    planted::{self, Planted},
    sync::{Outcome, Receipt},
    text::hex,
};
use uuid::Uuid;

use super::{
    Shared,
    chains::Chains,
    changes::{self, View},
    context::{Context, Wanted},
    entry::{Incoming, marks},
    events::{self, Completed, Placed, ServerEvent, TaskEvent},
    fold::{self, Effects, Folded},
    head::{self, Head},
    repeats,
    rows::{BodyRow, EntryRow, EntryRows, EventRows, FileRow},
    snapshot::Files,
    stored::Extracted,
    tasks,
};
use crate::{
    database::{Inserts, Tx},
    objects::{Edited, poi_views},
    problem::{Problem, Result},
};

/// What one account writes in one transaction, besides the rows that its capability has written already.
#[derive(Debug)]
pub struct Batch {
    /// The account's head, locked
    pub head: Head,
    /// Entries, in the order in which they are appended
    pub entries: Vec<Incoming>,
    /// Events about the office part of tasks
    pub task_events: Vec<TaskEvent>,
    /// What happened in the server
    pub server_events: Vec<ServerEvent>,
    /// Tasks that are filed anew without an event
    pub refiled: Vec<Uuid>,
    /// Entries whose files are all there, or late
    pub completed: Vec<Completed>,
    /// Views of objects other than tasks
    pub views: Vec<View>,
    /// Points of interest that a task came to or left
    pub places: Vec<Uuid>,
}

impl Batch {
    /// Nothing yet, on a locked head.
    pub fn new(head: Head) -> Self {
        Self {
            head,
            entries: Vec::new(),
            task_events: Vec::new(),
            server_events: Vec::new(),
            refiled: Vec::new(),
            completed: Vec::new(),
            views: Vec::new(),
            places: Vec::new(),
        }
    }
}

/// What became of one account's entries.
#[derive(Debug)]
pub struct Appended {
    /// One for each entry, in order
    pub receipts: Vec<Receipt>,
    /// The heads of the chains that they stand in
    pub heads: Vec<SignedHead>,
    /// How many of the entries are new
    new_entries: i64,
    /// How many events were made
    new_events: i64,
    /// True when phones must know something new
    changed: bool,
}

impl Appended {
    /// What was appended between two heads of an account.
    fn new(
        receipts: Vec<Option<Receipt>>,
        heads: Vec<SignedHead>,
        head: &Head,
        before: &Head,
    ) -> Result<Self> {
        let receipts = receipts
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Problem::internal(anyhow::anyhow!("an entry got no receipt")))?;
        Ok(Self {
            receipts,
            heads,
            new_entries: head.entry - before.entry,
            new_events: head.event - before.event,
            changed: head.change > before.change,
        })
    }

    /// True when phones must know something new.
    pub fn has_changes(&self) -> bool {
        self.changed
    }

    /// True when it made events.
    pub fn has_events(&self) -> bool {
        self.new_events > 0
    }

    /// Adds to the metrics, once it is committed.
    pub fn count(&self) {
        metrics::counter!("campo_entries_total").increment(self.new_entries as u64);
        metrics::counter!("campo_events_total").increment(self.new_events as u64);
    }
}

/// From how many entries on their events are made while the database inserts them.
const WORTH_A_ROUND_TRIP: usize = 64;

/// An entry that is new, while its group is being appended.
struct New {
    batch: usize,
    index: usize,
    incoming: Incoming,
}

/// Appends everything in `batches`, which are of different accounts, and writes their heads.
pub async fn flush(shared: &Shared, tx: &mut Tx, batches: Vec<Batch>) -> Result<Vec<Appended>> {
    let now_us = shared.environment.now_us();
    let mut heads: HashMap<i64, Head> =
        batches.iter().map(|batch| (batch.head.account, batch.head.clone())).collect();
    let accounts: Vec<i64> = batches.iter().map(|batch| batch.head.account).collect();
    let before = heads.clone();
    let mut receipts: Vec<Vec<Option<Receipt>>> =
        batches.iter().map(|batch| vec![None; batch.entries.len()]).collect();

    let (entries, sources) = apart(batches);
    let (mut new, repeated) = separate_repeats(tx, &accounts, entries, &mut receipts).await?;
    let followed = {
        let mut marked: Vec<(i64, &mut Incoming)> =
            new.iter_mut().map(|new| (accounts[new.batch], &mut new.incoming)).collect();
        repeats::follow(tx, &mut marked).await?
    };

    let mut context = Context::load(tx, &shared.directory, wanted(&accounts, &heads, &new, &sources)).await?;
    let stored_files =
        events::stored_files(tx, new.iter().map(|new| (accounts[new.batch], &new.incoming))).await?;
    let waits = events::file_waits(tx, new.iter().map(|new| (accounts[new.batch], &new.incoming))).await?;
    let mut chains =
        Chains::load(tx, &context, new.iter().map(|new| (accounts[new.batch], &new.incoming))).await?;
    let mut effects = Effects::default();
    let mut rows = EntryRows::default();
    let mut placed = Vec::with_capacity(new.len());
    for New { batch, index, mut incoming } in new {
        let account = accounts[batch];
        let Some(head) = heads.get_mut(&account) else { continue };
        head.entry += 1;
        mark_unknown_employee(&context, account, &mut incoming);
        let folded = fold_into(&mut context, &mut effects, account, head.entry, &incoming)?;
        let salt = shared.environment.random();
        let establishment = chains.append(head, &context, &incoming, &salt, &mut rows);
        let files = events::files_of(&stored_files, account, &incoming);
        let files_due_us = (files == Files::Expected)
            .then(|| incoming.received_us.saturating_add(waits.get(&account).copied().unwrap_or(0)));
        let of_another = planted::is(Planted::ReceiptOfAnother);
        let position = if of_another { before[&account].entry + 1 + index as i64 } else { head.entry };
        receipts[batch][index] = Some(receipt(position, &incoming, folded));
        let task = context.progress(account, incoming.task());
        let one = Placed { account, position: head.entry, incoming, folded, files, task };
        push_entry(&mut rows, &one, salt.to_vec(), files_due_us, establishment);
        placed.push(one);
    }
    let mut inserts = tx.inserts();
    followed.write(&mut inserts)?;
    rows.insert(&mut inserts)?;
    let messages: Vec<(i64, View)> =
        effects.messages.iter().map(|message| (message.account, message.view())).collect();
    effects.write(&mut inserts)?;
    chains.write(&mut inserts)?;
    tasks::write(&mut inserts, &context, now_us)?;
    // What is made while the database inserts costs a large group no time, and a small one a round trip
    let ready = if placed.len() < WORTH_A_ROUND_TRIP {
        tx.inserts()
    } else {
        mem::replace(&mut inserts, tx.inserts())
    };
    let (inserted, made) = tokio::join!(
        biased;
        tx.insert_all(ready),
        async { make_events(&mut inserts, &mut heads, &context, &placed, &sources, now_us) }
    );
    inserted.and(made)?;
    events::end_waiting(tx, &sources).await?;
    publish(tx, &mut inserts, &mut heads, &context, sources, messages).await?;
    head::update(&mut inserts, &heads.values().collect::<Vec<_>>())?;
    tx.insert_all(inserts).await?;

    repeats_of_the_group(repeated, &mut receipts);
    accounts
        .iter()
        .zip(receipts)
        .map(|(account, receipts)| {
            let (Some(head), Some(before)) = (heads.get(account), before.get(account)) else {
                return Err(Problem::internal(anyhow::anyhow!("an account has no head")));
            };
            Appended::new(receipts, chains.signed(shared, head), head, before)
        })
        .collect()
}

/// Files what phones must know of what changed: tasks, edited objects and messages, and behind them the places of tasks that are
/// filed elsewhere now. A group that moves no task with a place asks nothing for the latter.
async fn publish(
    tx: &mut Tx,
    inserts: &mut Inserts,
    heads: &mut HashMap<i64, Head>,
    context: &Context,
    sources: Vec<events::Source>,
    messages: Vec<(i64, View)>,
) -> Result<()> {
    let edited = sources.iter().flat_map(events::Source::edited_tasks).collect();
    let mut places = tasks::left_or_reached(context, &edited);
    places.extend(sources.iter().flat_map(events::Source::places));
    let mut views = tasks::views(context, &edited)?;
    views.extend(messages);
    views.extend(sources.into_iter().flat_map(events::Source::into_views));
    changes::publish(tx, inserts, heads, views).await?;
    if places.is_empty() {
        return Ok(());
    }
    // Who is shown a place follows from who holds its tasks now
    let before = std::mem::replace(inserts, tx.inserts());
    tx.insert_all(before).await?;
    let places = places.into_iter().map(|(account, id)| Edited { account, id, moved: false }).collect();
    let views = poi_views(tx, places).await?;
    changes::publish(tx, inserts, heads, views).await
}

/// Makes the events of new entries and of what else the accounts write.
fn make_events(
    inserts: &mut Inserts,
    heads: &mut HashMap<i64, Head>,
    context: &Context,
    placed: &[Placed],
    sources: &[events::Source],
    now_us: i64,
) -> Result<()> {
    let mut rows = EventRows::default();
    for one in placed {
        let Some(head) = heads.get_mut(&one.account) else { continue };
        events::of_entry(&mut rows, head, context, one, now_us)?;
    }
    events::of_withdrawn(&mut rows, heads, context, placed, now_us)?;
    for source in sources {
        let Some(head) = heads.get_mut(&source.account) else { continue };
        events::of_source(&mut rows, head, context, source, now_us)?;
    }
    rows.insert(inserts)
}

/// The entries of all batches, and what else each account writes.
fn apart(batches: Vec<Batch>) -> (Vec<New>, Vec<events::Source>) {
    let mut sources = Vec::new();
    let mut entries = Vec::new();
    for (
        batch,
        Batch { head, entries: own, task_events, server_events, refiled, completed, views, places },
    ) in batches.into_iter().enumerate()
    {
        entries.extend(own.into_iter().enumerate().map(|(index, incoming)| New { batch, index, incoming }));
        sources.push(events::Source {
            account: head.account,
            task_events,
            server_events,
            refiled,
            completed,
            views,
            places,
        });
    }
    (entries, sources)
}

/// A repeat of an entry of the same group: its batch and index, those of the first, and whether the hash is the same.
type GroupRepeat = ((usize, usize), (usize, usize), bool);

/// Gives the repeats of the log their receipts and returns what is new, and the repeats inside the group.
async fn separate_repeats(
    tx: &mut Tx,
    accounts: &[i64],
    entries: Vec<New>,
    receipts: &mut [Vec<Option<Receipt>>],
) -> Result<(Vec<New>, Vec<GroupRepeat>)> {
    let known = repeats::find(tx, entries.iter().map(|new| (accounts[new.batch], new.incoming.id))).await?;
    let mut first: HashMap<(i64, Uuid), (usize, usize, [u8; 32])> = HashMap::new();
    let mut new = Vec::with_capacity(entries.len());
    let mut repeated = Vec::new();
    for entry in entries {
        let key = (accounts[entry.batch], entry.incoming.id);
        if let Some(stored) = known.get(&key).filter(|_| !planted::is(Planted::RepeatNotChecked)) {
            receipts[entry.batch][entry.index] = Some(stored.receipt(&entry.incoming));
        } else if let Some((batch, index, hash)) = first.get(&key) {
            repeated.push(((entry.batch, entry.index), (*batch, *index), *hash == entry.incoming.hash));
        } else {
            first.insert(key, (entry.batch, entry.index, entry.incoming.hash));
            new.push(entry);
        }
    }
    Ok((new, repeated))
}

fn repeats_of_the_group(repeated: Vec<GroupRepeat>, receipts: &mut [Vec<Option<Receipt>>]) {
    for ((batch, index), (first_batch, first_index), same) in repeated {
        let mut receipt = receipts[first_batch][first_index].clone();
        if let (Some(receipt), false) = (&mut receipt, same) {
            receipt.outcome = Outcome::Conflict;
            receipt.reason = Some("id_has_other_content".to_owned());
        }
        receipts[batch][index] = receipt;
    }
}

fn wanted(accounts: &[i64], heads: &HashMap<i64, Head>, new: &[New], sources: &[events::Source]) -> Wanted {
    let mut wanted = Wanted {
        directories: heads.iter().map(|(account, head)| (*account, head.directory)).collect(),
        ..Wanted::default()
    };
    for New { batch, incoming, .. } in new {
        let account = accounts[*batch];
        wanted.about(account, incoming);
    }
    for source in sources {
        wanted.tasks.extend(source.edited_tasks());
        for completed in &source.completed {
            wanted.about(source.account, &completed.stored.incoming);
        }
    }
    wanted
}

fn receipt(position: i64, incoming: &Incoming, folded: Folded) -> Receipt {
    Receipt {
        id: incoming.id,
        hash: hex(&incoming.hash),
        position,
        occurred_at_us: incoming.occurred.at_us,
        occurred_kind: incoming.occurred.kind,
        outcome: folded.outcome,
        reason: folded.reason.map(str::to_owned),
    }
}

fn mark_unknown_employee(context: &Context, account: i64, incoming: &mut Incoming) {
    let employee = incoming.employee();
    if employee.is_some() && context.object(account, model::Kind::Employee, employee).is_none() {
        incoming.marks |= marks::UNKNOWN_EMPLOYEE;
    }
}

/// Folds an entry and keeps what it made of its task in `context`.
fn fold_into(
    context: &mut Context,
    effects: &mut Effects,
    account: i64,
    position: i64,
    incoming: &Incoming,
) -> Result<Folded> {
    let mut known = incoming.task().and_then(|task| context.tasks.get_mut(&(account, task)));
    let before = known.as_deref().and_then(|known| known.state.as_deref());
    let fold::Step { folded, state } = fold::fold(before, effects, account, position, incoming);
    match (&mut known, state) {
        (_, None) => {}
        (Some(known), state) => {
            known.state = state.map(Arc::new);
            known.position = position;
        }
        (None, Some(_)) => {
            let task = incoming.task();
            return Err(Problem::internal(anyhow::anyhow!("the task {task:?} was created without its row")));
        }
    }
    Ok(folded)
}

fn push_entry(
    rows: &mut EntryRows,
    placed: &Placed,
    salt: Vec<u8>,
    files_due_us: Option<i64>,
    establishment: Option<String>,
) {
    let Placed { account, position, incoming, folded, .. } = placed;
    let (account, position) = (*account, *position);
    let extracted = Extracted::of(incoming);
    rows.files.extend(FileRow::of(account, position, incoming));
    rows.entries.push(EntryRow {
        account,
        position,
        id: incoming.id,
        hash: incoming.hash.to_vec(),
        kind: extracted.kind,
        author: incoming.principal.kind(),
        author_id: incoming.principal.id(),
        installation: incoming.installation,
        session: extracted.session,
        employee: extracted.employee,
        sequence: incoming.sequence,
        task: extracted.task,
        form: extracted.form,
        corrects: extracted.corrects,
        occurred_us: incoming.occurred.at_us,
        occurred_kind: incoming.occurred.kind.name(),
        received_us: incoming.received_us,
        outcome: folded.outcome.name(),
        reason: folded.reason,
        marks: incoming.marks,
        files_due_us,
        establishment,
    });
    rows.bodies.push(BodyRow { account, position, salt, bytes: incoming.bytes.clone() });
}

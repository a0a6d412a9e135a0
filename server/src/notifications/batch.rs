//! What a channel sends next: chains of events, each of which keeps order, so that different chains go side by side.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::FromRow;
use uuid::Uuid;

use super::wanted;
use crate::{
    api::page::fitting,
    app::App,
    channels::{
        channel::DeliveryOrder,
        target::{Receiver, Settings},
    },
    database::Tx,
    events::kinds::is_wanted,
    log::snapshot,
    problem::{Problem, Result},
};

/// The most events that are read behind the cursor.
const PAGE: i64 = 200;
/// The most chains of events that are tried again.
const HEADS: i64 = 50;

/// What is sent next by one channel.
#[derive(Debug)]
pub struct Batch {
    /// The account
    pub account: i64,
    /// The channel
    pub channel: Uuid,
    /// The revision of its format
    pub format: i64,
    /// Rises when a person moves the cursor
    pub generation: i64,
    /// How often in a row nothing could be delivered: then a batch is one event
    pub failures: i64,
    /// Where to
    pub receiver: Receiver,
    /// Events in order within each chain
    pub chains: Vec<Vec<Event>>,
    /// Events behind the cursor that wait behind one that is tried again
    pub queued: Vec<Queued>,
    /// Up to where the events behind the cursor were read
    pub end: i64,
}

/// An event that is sent.
#[derive(Debug, Clone, FromRow)]
pub struct Event {
    /// Its position
    pub position: i64,
    /// Its id
    pub id: Uuid,
    /// What happened
    pub kind: String,
    /// The number of its snapshot's shape
    pub format: i64,
    /// What it is about
    pub subject_kind: String,
    /// The id of that
    pub subject: Uuid,
    /// The number of its snapshot
    snapshot: i64,
    /// When it was made
    pub created_us: i64,
    /// The task of the entry
    task: Option<Uuid>,
    /// The employee of the entry
    employee: Option<Uuid>,
    size_bytes: Option<i64>,
    /// Within what it keeps order, once it is known
    #[sqlx(default)]
    pub order_key: Uuid,
    /// Its snapshot, once it was read; none when it was erased
    #[sqlx(skip)]
    pub body: Option<Vec<u8>>,
    /// Where it was tried before
    #[sqlx(skip)]
    pub tried: Option<Tried>,
}

/// What the row of an event says that was tried before, or waits.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct Tried {
    /// How often
    pub attempts: i64,
    /// Since when it is tried, or while it was not, since when it waits
    pub since_us: i64,
}

/// An event that waits behind another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queued {
    /// Its position
    pub position: i64,
    /// Its id
    pub event: Uuid,
    /// Within what it keeps order
    pub order_key: Uuid,
}

#[derive(FromRow)]
struct ChannelRow {
    kind: String,
    target: String,
    sealed: Vec<u8>,
    events: String,
    format: i64,
    delivery_order: String,
    position: i64,
    generation: i64,
    failures: i64,
    waiting: bool,
}

#[derive(FromRow)]
struct WaitingRow {
    #[sqlx(flatten)]
    event: Event,
    #[sqlx(flatten)]
    tried: Tried,
}

/// What a page of events comes to.
#[derive(Debug, Default)]
struct Plan {
    chains: Vec<Vec<Event>>,
    queued: Vec<Queued>,
    end: Option<i64>,
}

/// Reads what `channel` sends next, but what is within `busy`, of which an event is on its way; none when there is
/// nothing to do now.
pub async fn read(app: &App, account: i64, channel: Uuid, busy: &HashSet<Uuid>) -> Result<Option<Batch>> {
    let now_us = app.environment.now_us();
    let mut tx = app.db.begin_snapshot().await?;
    let batch = read_in(app, &mut tx, (account, channel), busy, now_us).await;
    tx.rollback().await;
    batch
}

async fn read_in(
    app: &App,
    tx: &mut Tx,
    (account, channel): (i64, Uuid),
    busy: &HashSet<Uuid>,
    now_us: i64,
) -> Result<Option<Batch>> {
    let Some(row) = channel_row(tx, account, channel, now_us).await? else { return Ok(None) };
    let Some(order) = DeliveryOrder::from_name(&row.delivery_order) else { return Ok(None) };
    if row.format > super::format::NEWEST {
        return Ok(None);
    }
    let receiver = Receiver::open(app, (account, channel), (&row.kind, &row.target), &row.sealed)?;
    let settings = &receiver.settings;
    let probing = row.failures > 0;
    // A probe is one event. New ones and old ones take turns, so that one that always fails does not keep the channel
    // from finding out that the others would not.
    let new_first = row.failures % 2 == 1;
    let heads = if probing { 1 } else { HEADS };
    let mut plan = Plan::default();
    if !probing || new_first {
        plan = behind_cursor(tx, (account, channel), &row, order, settings).await?;
    }
    let mut chains = Vec::new();
    if !probing || plan.chains.is_empty() {
        chains = again(tx, account, channel, now_us, heads + busy.len() as i64).await?;
        // What hangs is due only where everything was let be tried at once
        chains.retain(|chain| chain.first().is_none_or(|event| !busy.contains(&event.order_key)));
    }
    if probing && !new_first && chains.is_empty() {
        plan = behind_cursor(tx, (account, channel), &row, order, settings).await?;
    }
    if probing {
        for chain in &mut chains {
            chain.truncate(1);
        }
    }
    chains.append(&mut plan.chains);
    let end = plan.end.unwrap_or(row.position);
    if chains.is_empty() && plan.queued.is_empty() && end == row.position {
        return Ok(None);
    }
    load_bodies(tx, account, chains.iter_mut().flatten()).await?;
    Ok(Some(Batch {
        account,
        channel,
        format: row.format,
        generation: row.generation,
        failures: row.failures,
        receiver,
        chains,
        queued: plan.queued,
        end,
    }))
}

async fn channel_row(tx: &mut Tx, account: i64, channel: Uuid, now_us: i64) -> Result<Option<ChannelRow>> {
    tx.fetch_optional(
        "select c.kind, c.target, c.sealed, c.events, c.format, c.delivery_order, k.position, k.generation, k.failures, \
         exists (select 1 from delivery d where d.account = c.account and d.channel = c.id and d.state = 'waiting') \
         as waiting from channel c join channel_cursor k on k.account = c.account and k.channel = c.id \
         where c.account = $1 and c.id = $2 and c.state = 'enabled' and (k.probe_us <= $3 or k.probe_us is null)",
        (account, channel, now_us),
    )
    .await
}

/// The chains whose first event is due to be tried again, each as far as it waits.
async fn again(tx: &mut Tx, account: i64, channel: Uuid, now_us: i64, heads: i64) -> Result<Vec<Vec<Event>>> {
    let due: Vec<(Uuid,)> = tx
        .fetch_all(
            "select d.order_key from delivery d where d.account = $1 and d.channel = $2 and d.state = 'waiting' \
             and d.due_us <= $3 and not exists (select 1 from delivery e where e.account = d.account \
             and e.channel = d.channel and e.order_key = d.order_key and e.state = 'waiting' \
             and e.position < d.position) order by d.due_us, d.position limit $4",
            (account, channel, now_us, heads),
        )
        .await?;
    let mut keys: Vec<Uuid> = due.into_iter().map(|row| row.0).collect();
    keys.sort_unstable();
    keys.dedup();
    let rows: Vec<WaitingRow> = tx
        .fetch_many(
            "a, c, o",
            (vec![account; keys.len()], vec![channel; keys.len()], keys),
            "select d.attempts, d.since_us, d.order_key, e.position, e.id, e.kind, e.format, e.subject_kind, e.subject, \
             e.snapshot, e.created_us, n.task, n.employee, cast(length(s.body) as bigint) as size_bytes from k \
             join delivery d on d.account = k.a and d.channel = k.c and d.order_key = k.o \
             join event e on e.account = d.account and e.position = d.position \
             left join entry n on n.account = e.account and n.position = e.entry \
             left join event_snapshot s on s.account = e.account and s.snapshot = e.snapshot \
             where d.state = 'waiting' order by d.position limit 200",
        )
        .await?;
    let kept = fitting(rows.iter().map(|row| row.event.size_bytes.unwrap_or(0)));
    let known = rows.into_iter().take(kept).take_while(|row| row.event.format <= snapshot::NEWEST);
    Ok(chained(known.map(|WaitingRow { event, tried }| Event { tried: Some(tried), ..event })))
}

/// What comes behind the cursor.
async fn behind_cursor(
    tx: &mut Tx,
    (account, channel): (i64, Uuid),
    row: &ChannelRow,
    order: DeliveryOrder,
    settings: &Settings,
) -> Result<Plan> {
    if order == DeliveryOrder::Strict && row.waiting {
        return Ok(Plan::default());
    }
    let mut events: Vec<Event> = tx
        .fetch_all(
            "select e.position, e.id, e.kind, e.format, e.subject_kind, e.subject, e.snapshot, e.created_us, n.task, \
             n.employee, cast(length(s.body) as bigint) as size_bytes, e.id as order_key from event e \
             left join entry n on n.account = e.account and n.position = e.entry \
             left join event_snapshot s on s.account = e.account and s.snapshot = e.snapshot \
             where e.account = $1 and e.position > $2 order by e.position limit $3",
            (account, row.position, PAGE),
        )
        .await?;
    let is_full = events.len() as i64 == PAGE;
    let kinds: Vec<String> = serde_json::from_str(&row.events).map_err(Problem::internal)?;
    let is_wanted = |event: &Event| is_wanted(&kinds, &event.kind);
    // What this release does not know is left to one that does.
    let known = events.iter().take_while(|event| event.format <= snapshot::NEWEST);
    let sizes = known.map(|event| if is_wanted(event) { event.size_bytes.unwrap_or(0) } else { 0 });
    events.truncate(fitting(sizes));
    let end = events.last().map(|event| event.position);
    events.retain(is_wanted);
    let Settings { filter, document, .. } = settings;
    if wanted::asks_snapshots(filter, document) {
        load_bodies(tx, account, events.iter_mut()).await?;
        let seen: Vec<_> = events.iter().map(|event| (event.kind.as_str(), event.body.as_deref())).collect();
        let refused = wanted::refused(tx, account, (filter, document), &seen).await?;
        let mut refused = refused.into_iter();
        events.retain(|_| refused.next().flatten().is_none());
    }
    for event in &mut events {
        event.order_key = event.key(order, channel);
    }
    let blocked = if row.waiting { blocked(tx, account, channel, &events).await? } else { HashSet::new() };
    Ok(planned(events, end, &blocked, row.failures > 0, is_full))
}

/// Of the order keys of `events`, those with an event that waits.
async fn blocked(tx: &mut Tx, account: i64, channel: Uuid, events: &[Event]) -> Result<HashSet<Uuid>> {
    let mut keys: Vec<Uuid> = events.iter().map(|event| event.order_key).collect();
    keys.sort_unstable();
    keys.dedup();
    let found: Vec<(Uuid,)> = tx
        .fetch_many(
            "a, c, o",
            (vec![account; keys.len()], vec![channel; keys.len()], keys),
            "select distinct d.order_key from k \
             join delivery d on d.account = k.a and d.channel = k.c and d.order_key = k.o where d.state = 'waiting'",
        )
        .await?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

/// What a page of wanted events comes to: those whose key is blocked wait, the others are sent; a probe ends with the
/// first that is. A page that is not full has no more behind it.
fn planned(
    events: Vec<Event>,
    end: Option<i64>,
    blocked: &HashSet<Uuid>,
    probing: bool,
    is_full: bool,
) -> Plan {
    let mut plan = Plan { end, ..Plan::default() };
    let mut free = Vec::new();
    for event in events {
        if blocked.contains(&event.order_key) {
            let Event { position, id, order_key, .. } = event;
            plan.queued.push(Queued { position, event: id, order_key });
        } else if probing {
            plan.end = Some(event.position);
            free.push(event);
            break;
        } else {
            free.push(event);
        }
    }
    if probing && free.is_empty() && !plan.queued.is_empty() && !is_full {
        // Nothing is to be found out: what is blocked stays behind the cursor, without a row each.
        return Plan::default();
    }
    plan.chains = chained(free.into_iter());
    plan
}

/// Chains by order key, in the order of their first events.
fn chained(events: impl Iterator<Item = Event>) -> Vec<Vec<Event>> {
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    let mut chains: Vec<Vec<Event>> = Vec::new();
    for event in events {
        let place = *places.entry(event.order_key).or_insert_with(|| {
            chains.push(Vec::new());
            chains.len() - 1
        });
        chains[place].push(event);
    }
    chains
}

/// Reads the snapshots of those that have none yet.
async fn load_bodies(tx: &mut Tx, account: i64, events: impl Iterator<Item = &mut Event>) -> Result<()> {
    let events: Vec<&mut Event> = events.filter(|event| event.body.is_none()).collect();
    let mut wanted: Vec<i64> = events.iter().map(|event| event.snapshot).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let bodies: Vec<(i64, Vec<u8>)> = tx
        .fetch_many(
            "a, s",
            (vec![account; wanted.len()], wanted),
            "select s.snapshot, s.body from k join event_snapshot s on s.account = k.a and s.snapshot = k.s",
        )
        .await?;
    let bodies: BTreeMap<i64, Vec<u8>> = bodies.into_iter().collect();
    for event in events {
        event.body = bodies.get(&event.snapshot).cloned();
    }
    Ok(())
}

impl Event {
    /// Within what it keeps order. Ids are unique among tasks and employees alike.
    fn key(&self, order: DeliveryOrder, channel: Uuid) -> Uuid {
        match order {
            DeliveryOrder::Strict => channel,
            DeliveryOrder::None => self.id,
            DeliveryOrder::PerTask => self.task.or(self.employee).unwrap_or(self.subject),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(position: i64, key: u128) -> Event {
        Event {
            position,
            id: Uuid::from_u128(1000 + position as u128),
            kind: "entry.added".to_owned(),
            format: 1,
            subject_kind: "entry".to_owned(),
            subject: Uuid::from_u128(position as u128),
            snapshot: position,
            created_us: 0,
            task: None,
            employee: None,
            size_bytes: None,
            order_key: Uuid::from_u128(key),
            body: None,
            tried: None,
        }
    }

    fn shape(plan: &Plan) -> (Vec<Vec<i64>>, Vec<i64>, Option<i64>) {
        let chains =
            plan.chains.iter().map(|chain| chain.iter().map(|event| event.position).collect()).collect();
        (chains, plan.queued.iter().map(|queued| queued.position).collect(), plan.end)
    }

    #[test]
    fn what_is_behind_an_event_that_fails_waits_and_the_rest_flows_in_chains() {
        let events = vec![event(1, 7), event(2, 8), event(3, 7), event(4, 9), event(6, 8)];
        let blocked = HashSet::from([Uuid::from_u128(8)]);
        let plan = planned(events.clone(), Some(6), &blocked, false, false);
        assert_eq!(shape(&plan), (vec![vec![1, 3], vec![4]], vec![2, 6], Some(6)));
        let plan = planned(events, Some(6), &HashSet::new(), false, false);
        assert_eq!(shape(&plan), (vec![vec![1, 3], vec![2, 6], vec![4]], vec![], Some(6)));
    }

    #[test]
    fn a_probe_is_the_first_event_that_is_not_held_back() {
        let events = vec![event(1, 8), event(2, 7), event(3, 9)];
        let blocked = HashSet::from([Uuid::from_u128(8)]);
        assert_eq!(
            shape(&planned(events, Some(3), &blocked, true, false)),
            (vec![vec![2]], vec![1], Some(2))
        );
        let all = planned(vec![event(1, 8)], Some(5), &blocked, true, true);
        assert_eq!(shape(&all), (vec![], vec![1], Some(5)));
        let none = planned(vec![event(1, 8)], Some(5), &blocked, true, false);
        assert_eq!(shape(&none), (vec![], vec![], None));
    }

    #[test]
    fn order_is_kept_within_a_task_or_an_employee_or_everything_or_nothing() {
        let channel = Uuid::from_u128(1);
        let mut event = event(5, 0);
        assert_eq!(event.key(DeliveryOrder::Strict, channel), channel);
        assert_eq!(event.key(DeliveryOrder::None, channel), event.id);
        assert_eq!(event.key(DeliveryOrder::PerTask, channel), event.subject);
        event.employee = Some(Uuid::from_u128(2));
        assert_eq!(event.key(DeliveryOrder::PerTask, channel), Uuid::from_u128(2));
        event.task = Some(Uuid::from_u128(3));
        assert_eq!(event.key(DeliveryOrder::PerTask, channel), Uuid::from_u128(3));
    }
}

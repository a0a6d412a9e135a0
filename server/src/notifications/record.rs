//! What became of a batch, in one transaction: the cursor moves over what was delivered or has a row now. Whoever lost
//! the lease, or whose channel a person moved meanwhile, writes nothing.

use uuid::Uuid;

use super::{
    batch::{Batch, Queued},
    retry,
    send::{Fate, Sent, time_out},
    ways::Failure,
};
use crate::{
    access::{Caller, Duty},
    app::App,
    channels::TOPIC,
    database::{Tx, columns},
    events::kinds::{CHANNEL_DISABLED, ChannelTold},
    live::topics,
    log::write::Write,
    notices::{Told, kinds::CHANNEL_GONE, tell},
    problem::Result,
    scheduler::Class,
    server_setting,
};

/// A receiver by which nothing could be delivered so often in a row was down, and was not just given one bad event.
const OUTAGE: i64 = 3;

/// A row of `delivery`.
#[derive(Debug, Clone)]
struct Row {
    position: i64,
    event: Uuid,
    order_key: Uuid,
    state: &'static str,
    attempts: i64,
    due_us: Option<i64>,
    since_us: i64,
    tried_us: Option<i64>,
    problem: Option<String>,
    status: Option<i64>,
    answer: Option<String>,
}

/// What a batch comes to.
#[derive(Debug, Default)]
struct Outcome {
    /// The cursor's new position; none where it stays
    position: Option<i64>,
    /// Rows that are new
    new: Vec<Row>,
    /// Rows that were there; `done` is removed
    known: Vec<Row>,
    delivered: u64,
    failed: u64,
    given_up: u64,
    /// What was wrong with the receiver, where nothing went well
    general: Option<String>,
    /// How long it asks to be left alone
    asked_us: i64,
    /// True when the receiver judged at least one event
    is_alive: bool,
    is_gone: bool,
}

/// Writes what became of a batch. False when it was no longer this replica's to say.
pub async fn record(app: &App, batch: &Batch, sent: Vec<Sent>) -> Result<bool> {
    write(app, batch, sent, Moment::Now).await
}

/// Writes what became of events that hung, and have their rows since their batch was written.
pub async fn record_late(app: &App, batch: &Batch, sent: Vec<Sent>) -> Result<bool> {
    write(app, batch, sent, Moment::Late).await
}

/// When the outcome of events is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// With their batch, whose end the cursor moves to
    Now,
    /// After it
    Late,
}

async fn write(app: &App, batch: &Batch, sent: Vec<Sent>, moment: Moment) -> Result<bool> {
    let now_us = app.environment.now_us();
    let chance = || u64::from_le_bytes(app.environment.random());
    let on_the_way_us = 2 * time_out(app).as_micros() as i64;
    let outcome = outcome(batch, sent, (now_us, on_the_way_us), moment, chance);
    let epoch = server_setting::epoch(&app.db).await?;
    let (delivered, failed, given_up) = (outcome.delivered, outcome.failed, outcome.given_up);
    let is_ours = if outcome.is_gone {
        // That a channel is given up is an event, and so goes through the log
        let allowed = Caller::duty(batch.account, Duty::Notify).oneself();
        let mut write = app.log.begin(&allowed, Class::Office).await?;
        let is_ours = write_outcome(app, write.tx(), batch, outcome, (epoch, now_us)).await?;
        if is_ours {
            give_up(&mut write, batch.channel).await?;
            write.touch(TOPIC);
            write.commit().await?;
        }
        is_ours
    } else {
        let mut beside = app.log.begin_beside(batch.account, Class::Office).await?;
        let is_ours = write_outcome(app, beside.tx(), batch, outcome, (epoch, now_us)).await?;
        if is_ours {
            // The last row that it writes: nothing of this waits for a log that changes a channel
            topics::raise(beside.tx(), batch.account, std::iter::once(TOPIC)).await?;
            beside.commit().await?;
        }
        is_ours
    };
    if is_ours {
        metrics::counter!("campo_notifications_delivered_total").increment(delivered);
        metrics::counter!("campo_notifications_failed_total").increment(failed);
        metrics::counter!("campo_notifications_given_up_total").increment(given_up);
    }
    Ok(is_ours)
}

/// Moves the cursor and writes the rows. False when it is no longer this replica's to say.
async fn write_outcome(
    app: &App,
    tx: &mut Tx,
    batch: &Batch,
    outcome: Outcome,
    (epoch, now_us): (Uuid, i64),
) -> Result<bool> {
    if !move_cursor(app, tx, batch, &outcome, epoch, now_us).await? {
        return Ok(false);
    }
    let changed = !outcome.new.is_empty() || !outcome.known.is_empty();
    write_rows(tx, batch, outcome.new, outcome.known).await?;
    if outcome.is_alive && batch.failures >= OUTAGE {
        try_all(tx, batch, now_us).await?;
    }
    if changed {
        release_next(tx, batch.account, batch.channel, now_us).await?;
    }
    Ok(true)
}

/// Disables a channel whose receiver is gone for good, and tells its owner.
async fn give_up(write: &mut Write, channel: Uuid) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    let given_up: Option<(String, String)> = write
        .tx()
        .fetch_optional(
            "update channel set state = 'disabled', reason = 'gone', version = version + 1, updated_us = $3 \
             where account = $1 and id = $2 and state = 'enabled' returning code, name",
            (account, channel, now_us),
        )
        .await?;
    let Some((code, name)) = given_up else { return Ok(()) };
    let told = Told {
        kind: CHANNEL_GONE,
        subject: Some(("channel", channel)),
        cause: channel.to_string(),
        detail: [("name", name.clone()), ("code", code.clone())].into(),
    };
    tell(write, told).await?;
    let reason = Some("gone".to_owned());
    write.event(&CHANNEL_DISABLED, channel, &ChannelTold { id: channel, code, name, reason })
}

/// Lets the first waiting event of each order key be tried, where nothing else would: the one before it is gone.
pub(super) async fn release_next(tx: &mut Tx, account: i64, channel: Uuid, now_us: i64) -> Result<()> {
    tx.execute(
        "update delivery set due_us = $3 where account = $1 and channel = $2 and state = 'waiting' and due_us is null \
         and not exists (select 1 from delivery e where e.account = delivery.account and e.channel = delivery.channel \
         and e.order_key = delivery.order_key and e.state = 'waiting' and e.position < delivery.position)",
        (account, channel, now_us),
    )
    .await?;
    Ok(())
}

/// Lets everything be tried at once that failed while the receiver was down.
async fn try_all(tx: &mut Tx, batch: &Batch, now_us: i64) -> Result<()> {
    tx.execute(
        "update delivery set due_us = $3 where account = $1 and channel = $2 and state = 'waiting' and due_us > $3",
        (batch.account, batch.channel, now_us),
    )
    .await?;
    Ok(())
}

/// The cursor's row is the first that the transaction writes, and tells whether it may write any.
async fn move_cursor(
    app: &App,
    tx: &mut Tx,
    batch: &Batch,
    outcome: &Outcome,
    epoch: Uuid,
    now_us: i64,
) -> Result<bool> {
    let chance = u64::from_le_bytes(app.environment.random());
    let failures = match &outcome.general {
        _ if outcome.is_alive => 0,
        Some(_) => batch.failures + 1,
        None => batch.failures,
    };
    let wait_us = match failures {
        0 => outcome.asked_us,
        failures => retry::channel_wait_us(failures, chance).max(outcome.asked_us),
    };
    let probe_us = (wait_us > 0).then(|| now_us.saturating_add(wait_us));
    let problem = outcome.general.clone();
    let delivered_us = (outcome.delivered > 0).then_some(now_us);
    let moved = tx
        .execute(
            "update channel_cursor set position = coalesce($5, position), epoch = $6, failures = $7, probe_us = $8, \
             problem = case when cast($7 as bigint) = 0 then null else coalesce($9, problem) end, \
             delivered_us = coalesce($10, delivered_us) \
             where account = $1 and channel = $2 and holder = $3 and generation = $4",
            (
                batch.account,
                batch.channel,
                app.health.replica(),
                batch.generation,
                outcome.position,
                epoch,
                failures,
                probe_us,
                problem,
                delivered_us,
            ),
        )
        .await?;
    Ok(moved == 1)
}

/// `on_the_way_us`: how long after `now_us` what hangs would be tried again, if nobody ever said what became of it.
fn outcome(
    batch: &Batch,
    sent: Vec<Sent>,
    (now_us, on_the_way_us): (i64, i64),
    moment: Moment,
    chance: impl Fn() -> u64,
) -> Outcome {
    let mut outcome = Outcome::default();
    for sent in &sent {
        outcome.count(&sent.fate);
    }
    if outcome.is_alive {
        outcome.general = None;
    }
    let end = position(batch, &sent, outcome.general.is_some());
    outcome.position = (moment == Moment::Now).then_some(end);
    for Sent { event, fate } in sent {
        let is_new = event.tried.is_none();
        let queued = Queued { position: event.position, event: event.id, order_key: event.order_key };
        let mut row = Row::waiting(queued, now_us);
        if let Some(tried) = event.tried {
            (row.attempts, row.since_us) = (tried.attempts, tried.since_us);
        }
        match fate {
            Fate::Delivered if is_new => continue,
            Fate::Delivered => row.state = "done",
            Fate::SetAside(reason) => {
                (row.state, row.problem) = ("not_delivered", Some(reason.to_owned()));
            }
            Fate::GivenUp(failure) => {
                row.failed(failure, now_us);
                row.state = "not_delivered";
            }
            Fate::Failed(failure) => {
                row.failed(failure, now_us);
                row.due_us = Some(now_us.saturating_add(retry::event_wait_us(row.attempts, chance())));
            }
            Fate::OnTheWay => row.due_us = Some(now_us.saturating_add(on_the_way_us)),
            // What was there stays as it is; what is behind the cursor is read again.
            Fate::Behind | Fate::NotTried if !is_new || event.position > end => continue,
            Fate::Behind | Fate::NotTried => {}
        }
        if is_new { outcome.new.push(row) } else { outcome.known.push(row) }
    }
    if moment == Moment::Late {
        return outcome;
    }
    let queued = batch.queued.iter().filter(|queued| queued.position <= end);
    outcome.new.extend(queued.map(|queued| Row::waiting(*queued, now_us)));
    outcome
}

/// Up to where the cursor moves: to the end of what was read; or where not everything could be tried, or the receiver
/// seems to be down, to the last that was tried, so that the others need no row.
fn position(batch: &Batch, sent: &[Sent], is_down: bool) -> i64 {
    let new = || sent.iter().filter(|sent| sent.event.tried.is_none());
    if new().all(|sent| sent.fate != Fate::NotTried && !(is_down && sent.fate == Fate::Behind)) {
        return batch.end;
    }
    let tried = new().filter(|sent| !matches!(sent.fate, Fate::NotTried | Fate::Behind));
    let first = new().map(|sent| sent.event.position).min().unwrap_or(batch.end + 1);
    tried.map(|sent| sent.event.position).max().unwrap_or(first - 1)
}

impl Outcome {
    fn count(&mut self, fate: &Fate) {
        match fate {
            Fate::Delivered => {
                self.delivered += 1;
                self.is_alive = true;
            }
            Fate::Failed(failure) | Fate::GivenUp(failure) => {
                self.failed += 1;
                self.given_up += u64::from(matches!(fate, Fate::GivenUp(_)));
                self.is_gone |= failure.is_gone;
                self.asked_us = self.asked_us.max(failure.asked_us.unwrap_or(0));
                if failure.is_general {
                    self.general = Some(failure.problem.clone());
                } else {
                    self.is_alive = true;
                }
            }
            Fate::SetAside(_) => self.given_up += 1,
            Fate::OnTheWay | Fate::Behind | Fate::NotTried => {}
        }
    }
}

impl Row {
    fn waiting(queued: Queued, now_us: i64) -> Self {
        Self {
            position: queued.position,
            event: queued.event,
            order_key: queued.order_key,
            state: "waiting",
            attempts: 0,
            due_us: None,
            since_us: now_us,
            tried_us: None,
            problem: None,
            status: None,
            answer: None,
        }
    }

    fn failed(&mut self, failure: Failure, now_us: i64) {
        if self.attempts == 0 {
            self.since_us = now_us;
        }
        self.attempts += 1;
        self.tried_us = Some(now_us);
        (self.problem, self.status, self.answer) = (Some(failure.problem), failure.status, failure.answer);
    }
}

async fn write_rows(tx: &mut Tx, batch: &Batch, new: Vec<Row>, known: Vec<Row>) -> Result<()> {
    let of_channel = |count| (vec![batch.account; count], vec![batch.channel; count]);
    let (account, channel) = of_channel(new.len());
    let (position, event, order_key, state, attempts, due_us, since_us, tried_us, problem, status, answer) = columns!(
        new => position, event, order_key, state, attempts, due_us, since_us, tried_us, problem, status, answer);
    tx.insert_many(
        "insert into delivery (account, channel, position, event, order_key, state, attempts, due_us, since_us, \
         tried_us, problem, status, answer)",
        (
            account, channel, position, event, order_key, state, attempts, due_us, since_us, tried_us, problem, status,
            answer,
        ),
        "on conflict (account, channel, position) do nothing",
    )
    .await?;
    let done = known.iter().any(|row| row.state == "done");
    let (account, channel) = of_channel(known.len());
    let (position, state, attempts, due_us, since_us, tried_us, problem, status, answer) =
        columns!(known => position, state, attempts, due_us, since_us, tried_us, problem, status, answer);
    // Only what is still there: a person may have removed it meanwhile.
    tx.change_many(
        "account, channel, position, state, attempts, due_us, since_us, tried_us, problem, status, answer",
        (account, channel, position, state, attempts, due_us, since_us, tried_us, problem, status, answer),
        "update delivery set state = k.state, attempts = k.attempts, due_us = k.due_us, tried_us = k.tried_us, \
         since_us = case when delivery.attempts = 0 then k.since_us else delivery.since_us end, \
         problem = k.problem, status = k.status, answer = k.answer from k \
         where delivery.account = k.account and delivery.channel = k.channel and delivery.position = k.position",
    )
    .await?;
    if done {
        tx.execute(
            "delete from delivery where account = $1 and channel = $2 and state = 'done'",
            (batch.account, batch.channel),
        )
        .await?;
    }
    Ok(())
}

//! What a channel could not deliver, and what a person may do about it.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use campo_protocol::model::Ref;

use super::record::release_next;
use crate::{
    access::{
        Allowed,
        permissions::{ManageChannels, ViewDeliveries},
    },
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    channels::{TOPIC, edit::try_at_once, read},
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::{self, Language},
};

/// How it stands with an event that was not delivered at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is tried again, or waits behind another one of its task
    Waiting,
    /// It was given up
    NotDelivered,
}

impl DeliveryState {
    const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::NotDelivered => "not_delivered",
        }
    }
}

/// An event that was not delivered at once. What goes well is not listed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// The event's position in the account's log of events
    pub position: i64,
    /// The event's id, which is `webhook-id` of the notification
    pub event: Uuid,
    /// What happened, such as `entry.complete`
    pub kind: String,
    /// What it is about: `entry` or `task`
    pub subject_kind: String,
    /// The id of that
    pub subject: Uuid,
    /// How it stands
    pub state: DeliveryState,
    /// How often it was tried
    pub attempts: i64,
    /// When it is tried again; absent while it waits behind another one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<Instant>,
    /// Since when it is tried, or was told to be tried anew; while it was not tried, since when it is listed
    pub since: Instant,
    /// When it was tried last
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tried_at: Option<Instant>,
    /// What was wrong: `status_` and the status of the answer, or a word such as `timed_out`, `no_connection`,
    /// `address_refused`, `cannot_be_rendered`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "status_500")]
    pub problem: Option<String>,
    /// The same as a sentence, in the caller's language
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    /// The status of the last answer
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i64>,
    /// How the last answer begins
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// How many deliveries were changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retried {
    /// How many are tried again
    pub deliveries: i64,
}

#[derive(FromRow)]
struct Row {
    position: i64,
    event: Uuid,
    kind: String,
    subject_kind: String,
    subject: Uuid,
    state: String,
    attempts: i64,
    due_us: Option<i64>,
    since_us: i64,
    tried_us: Option<i64>,
    problem: Option<String>,
    status: Option<i64>,
    answer: Option<String>,
}

/// What a channel has not delivered yet or given up, in order of the events.
pub async fn list(
    app: &App,
    allowed: &Allowed<ViewDeliveries>,
    which: &Ref,
    state: Option<DeliveryState>,
    page: &PageQuery,
    language: Language,
) -> Result<Page<Delivery>> {
    let channel = read::id(app, allowed, which).await?;
    let (limit, after) = (page.limit()?, page.after::<i64>()?.unwrap_or(0));
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select d.position, d.event, e.kind, e.subject_kind, e.subject, d.state, d.attempts, d.due_us, d.since_us, \
             d.tried_us, d.problem, d.status, d.answer from delivery d \
             join event e on e.account = d.account and e.position = d.position \
             where d.account = $1 and d.channel = $2 and d.position > $3 and (d.state = $4 or $4 is null) \
             order by d.position limit $5",
            (allowed.account(), channel, after, state.map(|state| state.name().to_owned()), limit + 1),
        )
        .await?;
    Ok(Page::new(rows, limit, |row| row.position).map(|row| row.shown(language)))
}

/// Tries an event of a channel at once, or each that was given up where none is named.
pub async fn retry(
    app: &App,
    allowed: &Allowed<ManageChannels>,
    which: &Ref,
    event: Option<Uuid>,
) -> Result<Retried> {
    let channel = read::id(app, allowed, which).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    try_at_once(&mut write, channel).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let count = match event {
        Some(event) => {
            write
                .tx()
                .execute(
                    "update delivery set state = 'waiting', due_us = null, since_us = $4 \
                     where account = $1 and channel = $2 and event = $3",
                    (account, channel, event, now_us),
                )
                .await?
        }
        None => {
            write
                .tx()
                .execute(
                    "update delivery set state = 'waiting', due_us = null, since_us = $3 \
                     where account = $1 and channel = $2 and (state = 'not_delivered' or due_us is not null)",
                    (account, channel, now_us),
                )
                .await?
        }
    };
    if event.is_some() && count == 0 {
        return Err(Problem::new(Code::NotFound));
    }
    try_chain(&mut write, channel, event).await?;
    write.touch(TOPIC);
    write.commit().await?;
    app.log.announce();
    Ok(Retried { deliveries: count as i64 })
}

/// Lets the first event of the order key of `event` be tried at once, or of every order key, and no other of it: what
/// comes behind one that fails is not tried before it.
async fn try_chain(write: &mut Write, channel: Uuid, event: Option<Uuid>) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update delivery set due_us = case when exists (select 1 from delivery e \
             where e.account = delivery.account and e.channel = delivery.channel \
             and e.order_key = delivery.order_key and e.state = 'waiting' and e.position < delivery.position) \
             then null else cast($4 as bigint) end where account = $1 and channel = $2 and state = 'waiting' \
             and (cast($3 as uuid) is null or order_key in (select o.order_key from delivery o \
             where o.account = $1 and o.channel = $2 and o.event = $3))",
            (account, channel, event, now_us),
        )
        .await?;
    Ok(())
}

/// Removes an event from the list for good: nobody is told of it by this channel any more.
pub async fn discard(app: &App, allowed: &Allowed<ManageChannels>, which: &Ref, event: Uuid) -> Result<()> {
    let channel = read::id(app, allowed, which).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    lock_cursor(&mut write, channel).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let removed = write
        .tx()
        .execute(
            "delete from delivery where account = $1 and channel = $2 and event = $3",
            (account, channel, event),
        )
        .await?;
    if removed == 0 {
        return Err(Problem::new(Code::NotFound));
    }
    release_next(write.tx(), account, channel, now_us).await?;
    tracing::info!(account, %channel, %event, by = ?write.principal, "a delivery was discarded");
    write.touch(TOPIC);
    write.commit().await?;
    app.log.announce();
    Ok(())
}

/// The cursor's row is the first of a channel that any transaction writes.
pub(super) async fn lock_cursor(write: &mut Write, channel: Uuid) -> Result<()> {
    let account = write.account();
    write
        .tx()
        .execute(
            "update channel_cursor set generation = generation where account = $1 and channel = $2",
            (account, channel),
        )
        .await?;
    Ok(())
}

impl Row {
    fn shown(self, language: Language) -> Delivery {
        let is_waiting = self.state == DeliveryState::Waiting.name();
        Delivery {
            position: self.position,
            event: self.event,
            kind: self.kind,
            subject_kind: self.subject_kind,
            subject: self.subject,
            state: if is_waiting { DeliveryState::Waiting } else { DeliveryState::NotDelivered },
            attempts: self.attempts,
            next_try_at: self.due_us.filter(|_| is_waiting).map(Instant),
            since: Instant(self.since_us),
            tried_at: self.tried_us.map(Instant),
            explanation: self.problem.as_deref().and_then(|problem| texts::delivery(language, problem)),
            problem: self.problem,
            status: self.status,
            answer: self.answer,
        }
    }
}

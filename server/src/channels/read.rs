//! Channels as they are shown, with how they do.

use campo_protocol::model::Ref;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    channel::{Channel, ChannelDraft, ChannelState, DeliveryOrder, Progress},
    recipients,
    secrets::ChannelSecrets,
    target::{HttpTarget, Settings, Target},
};
use crate::{
    access::Allowed,
    api::{
        edit::Versioned,
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    problem::{Code, Problem, Result},
    secrets::Secrets,
};

/// A channel and its cursor as the tables hold them.
#[derive(Debug, FromRow)]
pub(super) struct Row {
    pub(super) id: Uuid,
    code: String,
    name: String,
    kind: String,
    target: String,
    pub(super) sealed: Vec<u8>,
    events: String,
    format: i64,
    delivery_order: String,
    state: String,
    reason: Option<String>,
    custom: String,
    pub(super) version: i64,
    created_us: i64,
    updated_us: i64,
    epoch: Uuid,
    position: i64,
    last_position: i64,
    failures: i64,
    probe_us: Option<i64>,
    problem: Option<String>,
    delivered_us: Option<i64>,
    waiting: i64,
    not_delivered: i64,
}

/// One channel by id or code, with how it does.
pub(super) const ONE: &str = "select c.id, c.code, c.name, c.kind, c.target, c.sealed, c.events, c.format, \
     c.delivery_order, c.state, c.reason, c.custom, c.version, c.created_us, c.updated_us, k.epoch, k.position, \
     h.event as last_position, k.failures, k.probe_us, k.problem, k.delivered_us, \
     (select count(*) from delivery d where d.account = c.account and d.channel = c.id and d.state = 'waiting') \
     as waiting, (select count(*) from delivery d where d.account = c.account and d.channel = c.id \
     and d.state = 'not_delivered') as not_delivered from channel c join account_head h on h.account = c.account \
     join channel_cursor k on k.account = c.account and k.channel = c.id \
     where c.account = $1 and (c.id = $2 or c.code = $3) and c.state <> 'deleted'";

/// The channels in order of their codes.
pub async fn list<P>(app: &App, allowed: &Allowed<P>, page: &PageQuery) -> Result<Page<Channel>> {
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select c.id, c.code, c.name, c.kind, c.target, c.sealed, c.events, c.format, c.delivery_order, c.state, \
             c.reason, c.custom, c.version, c.created_us, c.updated_us, k.epoch, k.position, h.event as last_position, \
             k.failures, k.probe_us, k.problem, k.delivered_us, (select count(*) from delivery d \
             where d.account = c.account and d.channel = c.id and d.state = 'waiting') as waiting, \
             (select count(*) from delivery d where d.account = c.account and d.channel = c.id \
             and d.state = 'not_delivered') as not_delivered from channel c \
             join account_head h on h.account = c.account \
             join channel_cursor k on k.account = c.account and k.channel = c.id \
             where c.account = $1 and c.code > $2 and c.state <> 'deleted' order by c.code limit $3",
            (allowed.account(), after, limit + 1),
        )
        .await?;
    let account = allowed.account();
    let mut shown =
        rows.into_iter().map(|row| row.shown(&app.secrets, account)).collect::<Result<Vec<_>>>()?;
    recipients::show(app, account, &mut shown).await?;
    Ok(Page::new(shown, limit, |channel| channel.draft.code.clone()))
}

/// One channel.
pub async fn get<P>(app: &App, allowed: &Allowed<P>, which: &Ref) -> Result<Versioned<Channel>> {
    let row: Option<Row> = app.db.fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    let mut channel = [row.ok_or(Code::NotFound)?.shown(&app.secrets, allowed.account())?];
    recipients::show(app, allowed.account(), &mut channel).await?;
    let [channel] = channel;
    Ok(Versioned(channel.version, channel))
}

/// The id of a channel, for whoever may see or manage what belongs to it.
pub async fn id<P>(app: &App, allowed: &Allowed<P>, which: &Ref) -> Result<Uuid> {
    let row: Option<(Uuid,)> = app
        .db
        .fetch_optional(
            "select id from channel where account = $1 and (id = $2 or code = $3) and state <> 'deleted'",
            (allowed.account(), which.id(), which.code()),
        )
        .await?;
    Ok(row.ok_or(Code::NotFound)?.0)
}

impl Row {
    pub(super) fn shown(self, secrets: &Secrets, account: i64) -> Result<Channel> {
        let newer = || Problem::internal(anyhow::anyhow!("a channel is of a newer release"));
        let headers = ChannelSecrets::open(secrets, account, self.id, &self.sealed)?.headers;
        let Settings { target, document, filter } = Settings::stored(&self.kind, &self.target)?;
        let kind = target.kind();
        let (http, folder, mail) = match target {
            Target::Http(http) => (http, None, None),
            Target::Folder(folder) => (HttpTarget::default(), Some(folder), None),
            Target::Mail(mail) => (HttpTarget::default(), None, Some(mail)),
        };
        let HttpTarget { url, form_field, acknowledgement, authority } = http;
        let draft = ChannelDraft {
            code: self.code,
            name: self.name,
            kind,
            url,
            folder,
            mail,
            document,
            form_field,
            acknowledgement,
            authority,
            events: serde_json::from_str(&self.events).map_err(Problem::internal)?,
            filter,
            format: self.format,
            order: DeliveryOrder::from_name(&self.delivery_order).ok_or_else(newer)?,
            state: ChannelState::from_name(&self.state).ok_or_else(newer)?,
            custom: serde_json::from_str(&self.custom).map_err(Problem::internal)?,
        };
        let progress = Progress {
            epoch: self.epoch,
            position: self.position,
            last_position: self.last_position,
            waiting: self.waiting,
            not_delivered: self.not_delivered,
            failures: self.failures,
            problem: self.problem,
            next_try_at: self.probe_us.map(Instant),
            delivered_at: self.delivered_us.map(Instant),
        };
        Ok(Channel {
            id: self.id,
            version: self.version,
            draft,
            headers: headers.into_keys().collect(),
            recipients: Vec::new(),
            reason: self.reason,
            progress,
            created_at: Instant(self.created_us),
            updated_at: Instant(self.updated_us),
        })
    }
}

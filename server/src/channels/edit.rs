//! Making, changing and removing channels. Whoever makes one can read through it what the account captures, and so must
//! be allowed to.

use campo_protocol::{
    faults::{Fault, Faults},
    model::Ref,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    TOPIC,
    channel::{Channel, ChannelDraft, ChannelKind, ChannelState, Progress},
    headers,
    read::{ONE, Row},
    recipients,
    secrets::ChannelSecrets,
};
use crate::{
    access::{Allowed, Duty, PermissionName, Permissions, permissions::ManageChannels},
    api::{
        edit::{self, Created, IfMatch, Made, Once, Versioned},
        overlap, patch,
        time::Instant,
    },
    app::App,
    events::kinds::{self, CHANNEL_DISABLED, ChannelTold},
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    server_setting,
};

/// For how long a secret signs beside its successor, unless said otherwise.
const OVERLAP_HOURS: i64 = 24;

/// A new channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedChannel {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub channel: Channel,
    /// The secret that signs its notifications: it is shown this once
    #[schema(example = "whsec_…")]
    pub secret: String,
}

/// How a secret is replaced.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelRotation {
    /// For how many hours the secret before signs too, 0 to 720; 24 when absent
    #[serde(default)]
    pub overlap_hours: Option<i64>,
}

/// The new secret of a channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct RotatedChannel {
    /// The secret: it is shown this once
    #[schema(example = "whsec_…")]
    pub secret: String,
    /// Until then notifications are signed with the one before, too
    pub previous_until: Instant,
}

/// Makes a channel. It begins with the events that come after it; its secret is in the answer.
pub async fn create(
    app: &App,
    allowed: &Allowed<ManageChannels>,
    once: &Once,
    given: &Value,
) -> Result<Created> {
    let mut draft: ChannelDraft = patch::new(given)?;
    draft.document.fill_zone(&own_zone(app, allowed.account()).await?);
    let mut tx = app.db.begin_snapshot().await?;
    let checked = draft.check(&app.outbound, &mut tx, allowed.account(), None).await;
    tx.rollback().await;
    checked?;
    may_have_sent(allowed, &draft)?;
    let epoch = server_setting::epoch(&app.db).await?;
    let request = ("channels.create", given);
    once.make(app, allowed, &request, async |write| {
        let made = make(app, write, draft, epoch).await?;
        Ok(Made::new(format!("/v1/channels/{}", made.channel.id), made))
    })
    .await
}

/// Makes the channel, which begins behind the events that are there.
async fn make(app: &App, write: &mut Write, draft: ChannelDraft, epoch: Uuid) -> Result<CreatedChannel> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    edit::refuse_taken_code(write, TAKEN, id, &draft.code).await?;
    let mut secrets = ChannelSecrets::default();
    let secret = secrets.rotate(now_us, write.environment());
    insert(write, id, &draft, &secrets).await?;
    recipients::set(app, write, id, &draft).await?;
    let (position,): (i64,) =
        write.tx().fetch_one("select event from account_head where account = $1", (account,)).await?;
    write
        .tx()
        .execute(
            "insert into channel_cursor (account, channel, epoch, position, generation, counter, failures) \
             values ($1, $2, $3, $4, 0, 0, 0)",
            (account, id, epoch, position),
        )
        .await?;
    let mut channel = Channel {
        id,
        version: 1,
        draft,
        headers: Vec::new(),
        recipients: Vec::new(),
        reason: None,
        progress: Progress {
            epoch,
            position,
            last_position: position,
            waiting: 0,
            not_delivered: 0,
            failures: 0,
            problem: None,
            next_try_at: None,
            delivered_at: None,
        },
        created_at: Instant(now_us),
        updated_at: Instant(now_us),
    };
    recipients::fill(write.tx(), account, std::slice::from_mut(&mut channel)).await?;
    write.touch(TOPIC);
    Ok(CreatedChannel { channel, secret: secret.reveal().to_owned() })
}

/// Changes a channel by a JSON Merge Patch, from the next notification on. Its headers are replaced where they are named.
pub async fn edit(
    app: &App,
    allowed: &Allowed<ManageChannels>,
    which: &Ref,
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<Channel>> {
    let mut patch = given.clone();
    let headers = headers::split(&mut patch)?;
    let zone = own_zone(app, allowed.account()).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let row = locked(&mut write, allowed, which).await?;
    if_match.check(row.version)?;
    let mut secrets = ChannelSecrets::open(write.secrets(), write.account(), row.id, &row.sealed)?;
    let mut channel = row.shown(write.secrets(), write.account())?;
    let account = write.account();
    recipients::fill(write.tx(), account, std::slice::from_mut(&mut channel)).await?;
    let before = channel.draft.clone();
    channel.draft = patch::patched(&channel.draft, &patch)?;
    if channel.draft.kind != before.kind {
        let mut faults = Faults::default();
        faults.add("/kind", "not_applicable", channel.draft.kind.name(), "the kind as it was made");
        return Err(faults.into());
    }
    channel.draft.document.fill_zone(&zone);
    channel.draft.check(&app.outbound, write.tx(), account, Some(&before.filter)).await?;
    may_have_sent(allowed, &channel.draft)?;
    match headers {
        Some(headers) => secrets.headers = headers,
        None => headers::refuse_to_move(&secrets, &before.url, &channel.draft.url)?,
    }
    channel.headers = secrets.headers.keys().cloned().collect();
    if channel.draft.order != before.order && channel.progress.waiting > 0 {
        let fault = Fault {
            field: "/order".to_owned(),
            code: "not_applicable".to_owned(),
            found: channel.draft.order.name().to_owned(),
            expected: "the order as it is until nothing waits: retry or discard what waits".to_owned(),
        };
        return Err(Problem::new(Code::Conflict).with("with", "deliveries").with_fault(fault));
    }
    edit::refuse_taken_code(&mut write, TAKEN, channel.id, &channel.draft.code).await?;
    let (account, now_us) = (write.account(), write.now_us);
    if channel.draft.state == ChannelState::Enabled
        && (before.state != ChannelState::Enabled
            || (&before.url, &before.folder) != (&channel.draft.url, &channel.draft.folder))
    {
        try_at_once(&mut write, channel.id).await?;
        (channel.progress.failures, channel.progress.next_try_at) = (0, None);
    }
    if channel.draft.state != before.state {
        channel.reason = None;
    }
    recipients::set(app, &mut write, channel.id, &channel.draft).await?;
    recipients::fill(write.tx(), account, std::slice::from_mut(&mut channel)).await?;
    channel.version += 1;
    channel.updated_at = Instant(now_us);
    let Channel { id, version, ref draft, ref reason, .. } = channel;
    let sealed = secrets.seal(write.secrets(), account, id, write.environment())?;
    let target = draft.settings().text()?;
    let (events, custom) = json(draft)?;
    let (code, name) = (draft.code.as_str(), draft.name.as_str());
    let (order, state) = (draft.order.name(), draft.state.name());
    write
        .tx()
        .execute(
            "update channel set code = $3, name = $4, target = $5, events = $6, format = $7, delivery_order = $8, \
             state = $9, reason = $10, custom = $11, version = $12, updated_us = $13, sealed = $14 \
             where account = $1 and id = $2",
            (
                account, id, code, name, target, events, draft.format, order, state, reason.clone(), custom, version,
                now_us, sealed,
            ),
        )
        .await?;
    if draft.state == ChannelState::Disabled && before.state != ChannelState::Disabled {
        let (code, name) = (draft.code.clone(), draft.name.clone());
        write.event(&CHANNEL_DISABLED, id, &ChannelTold { id, code, name, reason: None })?;
    }
    write.touch(TOPIC);
    write.commit().await?;
    app.log.announce();
    Ok(Versioned(version, channel))
}

/// Refuses a caller who may not read what the channel sends.
fn may_have_sent(allowed: &Allowed<ManageChannels>, draft: &ChannelDraft) -> Result<()> {
    allowed.must_cover(Permissions::of_duty(Duty::Notify))?;
    if draft.kind == ChannelKind::Folder {
        allowed.must_cover([PermissionName::ManageExchange].into_iter().collect())?;
    }
    kinds::must_cover(allowed, &draft.events)
}

/// The zone of the account, in which documents write dates where the channel names none.
async fn own_zone(app: &App, account: i64) -> Result<String> {
    let row: Option<(String,)> =
        app.db.fetch_optional("select zone from account where id = $1", (account,)).await?;
    Ok(row.ok_or(Code::NotFound)?.0)
}

/// Gives a channel a new secret. The one before it signs too for a while, so that the receiver can change in peace.
pub async fn rotate(
    app: &App,
    allowed: &Allowed<ManageChannels>,
    which: &Ref,
    given: &ChannelRotation,
) -> Result<RotatedChannel> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let until_us = overlap::until_us(given.overlap_hours, OVERLAP_HOURS, write.now_us)?;
    let row = locked(&mut write, allowed, which).await?;
    let mut secrets = ChannelSecrets::open(write.secrets(), write.account(), row.id, &row.sealed)?;
    let secret = secrets.rotate(until_us, write.environment());
    keep_secrets(&mut write, row.id, &secrets).await?;
    write.touch(TOPIC);
    write.commit().await?;
    Ok(RotatedChannel { secret: secret.reveal().to_owned(), previous_until: Instant(until_us) })
}

/// Removes a channel for good, with what was not delivered by it.
pub async fn delete(
    app: &App,
    allowed: &Allowed<ManageChannels>,
    which: &Ref,
    if_match: IfMatch,
) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let row = locked(&mut write, allowed, which).await?;
    if_match.check(row.version)?;
    let (account, now_us) = (write.account(), write.now_us);
    let sealed = ChannelSecrets::default().seal(write.secrets(), account, row.id, write.environment())?;
    let tx = write.tx();
    tx.execute("delete from channel_cursor where account = $1 and channel = $2", (account, row.id)).await?;
    tx.execute("delete from delivery where account = $1 and channel = $2", (account, row.id)).await?;
    recipients::forget(tx, account, row.id).await?;
    tx.execute(
        "update channel set state = 'deleted', sealed = $3, version = version + 1, updated_us = $4 \
         where account = $1 and id = $2",
        (account, row.id, sealed, now_us),
    )
    .await?;
    write.touch(TOPIC);
    write.commit().await?;
    Ok(())
}

/// Forgets that nothing could be delivered, so that it is tried at once.
pub(crate) async fn try_at_once(write: &mut Write, channel: Uuid) -> Result<()> {
    let account = write.account();
    write
        .tx()
        .execute(
            "update channel_cursor set failures = 0, probe_us = null where account = $1 and channel = $2",
            (account, channel),
        )
        .await?;
    Ok(())
}

/// Writes the secrets of a channel anew, in a version of their own.
pub(super) async fn keep_secrets(write: &mut Write, channel: Uuid, secrets: &ChannelSecrets) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    let sealed = secrets.seal(write.secrets(), account, channel, write.environment())?;
    write
        .tx()
        .execute(
            "update channel set sealed = $3, version = version + 1, updated_us = $4 where account = $1 and id = $2",
            (account, channel, sealed, now_us),
        )
        .await?;
    Ok(())
}

/// The channel to change.
pub(super) async fn locked(write: &mut Write, allowed: &Allowed<ManageChannels>, which: &Ref) -> Result<Row> {
    let row: Option<Row> =
        write.tx().fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    row.ok_or_else(|| Problem::new(Code::NotFound))
}

async fn insert(write: &mut Write, id: Uuid, draft: &ChannelDraft, secrets: &ChannelSecrets) -> Result<()> {
    let (account, now_us, principal) = (write.account(), write.now_us, write.principal);
    let sealed = secrets.seal(write.secrets(), account, id, write.environment())?;
    let target = draft.settings().text()?;
    let (events, custom) = json(draft)?;
    write
        .tx()
        .execute(
            "insert into channel (account, id, code, name, kind, target, sealed, events, format, delivery_order, state, \
             custom, author, author_id, version, created_us, updated_us) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $15)",
            (
                account,
                id,
                draft.code.as_str(),
                draft.name.as_str(),
                draft.kind.name(),
                target,
                sealed,
                events,
                draft.format,
                draft.order.name(),
                draft.state.name(),
                custom,
                principal.kind(),
                principal.id(),
                now_us,
            ),
        )
        .await?;
    Ok(())
}

fn json(draft: &ChannelDraft) -> Result<(String, String)> {
    let json = |value: Result<String, serde_json::Error>| value.map_err(Problem::internal);
    Ok((json(serde_json::to_string(&draft.events))?, json(serde_json::to_string(&draft.custom))?))
}

/// The channel other than `$3` that has a code.
const TAKEN: &str =
    "select id from channel where account = $1 and code = $2 and id <> $3 and state <> 'deleted'";

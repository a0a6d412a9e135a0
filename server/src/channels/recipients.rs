//! The recipients of channels by mail: an address gets nothing but a link until its owner has followed that.

use std::{collections::HashMap, net::IpAddr};

use campo_protocol::{faults::Faults, model::Ref};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    channel::{Channel, ChannelDraft, ChannelKind},
    edit::{locked, try_at_once},
};
use crate::{
    access::{Allowed, Caller, Duty, guard::address_key, permissions::ManageChannels, tries::Try},
    api::time::Instant,
    app::App,
    database::Tx,
    log::write::Write,
    mail,
    problem::{Code, Result},
    scheduler::Class,
    secrets::Secret,
};

/// A recipient of a channel's mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChannelRecipient)]
pub struct Recipient {
    /// The address
    pub email: String,
    /// When its owner followed the link that was sent there; nothing else is sent before
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Instant>,
}

/// A recipient who is sent a link again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipientAsked {
    /// The address
    pub email: String,
}

/// A link as it was in a mail to a recipient.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipientConfirmation {
    /// What stands behind `#` in the link
    pub token: Secret,
}

/// Whose mails they are, and who wants them.
#[derive(Debug, Default)]
pub struct Readers {
    /// The name of the channel
    pub channel_name: String,
    /// The name of the account
    pub account_name: String,
    /// The language of the account
    pub language: String,
    /// The confirmed addresses, in order
    pub emails: Vec<String>,
}

/// The id of a recipient: the same address of the same channel has the same one.
fn id(channel: Uuid, email: &str) -> Uuid {
    Uuid::new_v5(&channel, email.as_bytes())
}

/// Who gets the mail of a channel now.
pub async fn readers(app: &App, account: i64, channel: Uuid) -> Result<Readers> {
    #[derive(FromRow)]
    struct Row {
        channel_name: String,
        account_name: String,
        language: String,
        email: String,
    }
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select c.name as channel_name, a.name as account_name, a.language, r.email from channel_recipient r \
             join channel c on c.account = r.account and c.id = r.channel join account a on a.id = r.account \
             where r.account = $1 and r.channel = $2 and r.confirmed_us is not null order by r.email",
            (account, channel),
        )
        .await?;
    let mut readers = Readers::default();
    for Row { channel_name, account_name, language, email } in rows {
        (readers.channel_name, readers.account_name, readers.language) =
            (channel_name, account_name, language);
        readers.emails.push(email);
    }
    Ok(readers)
}

/// Shows the recipients of channels.
pub(super) async fn show(app: &App, account: i64, channels: &mut [Channel]) -> Result<()> {
    if channels.iter().all(|channel| channel.draft.kind != ChannelKind::Mail) {
        return Ok(());
    }
    let mut tx = app.db.begin_snapshot().await?;
    let shown = fill(&mut tx, account, channels).await;
    tx.rollback().await;
    shown
}

/// The same within a transaction.
pub(super) async fn fill(tx: &mut Tx, account: i64, channels: &mut [Channel]) -> Result<()> {
    let of_mail = channels.iter().filter(|channel| channel.draft.kind == ChannelKind::Mail);
    let ids: Vec<Uuid> = of_mail.map(|channel| channel.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows: Vec<(Uuid, String, Option<i64>)> = tx
        .fetch_many(
            "a, c",
            (vec![account; ids.len()], ids),
            "select r.channel, r.email, r.confirmed_us from k \
             join channel_recipient r on r.account = k.a and r.channel = k.c order by r.channel, r.email",
        )
        .await?;
    let mut of_channel: HashMap<Uuid, Vec<Recipient>> = HashMap::new();
    for (channel, email, confirmed_us) in rows {
        let recipient = Recipient { email, confirmed_at: confirmed_us.map(Instant) };
        of_channel.entry(channel).or_default().push(recipient);
    }
    for channel in channels {
        channel.recipients = of_channel.remove(&channel.id).unwrap_or_default();
        if let Some(mail) = &mut channel.draft.mail {
            mail.recipients = channel.recipients.iter().map(|recipient| recipient.email.clone()).collect();
        }
    }
    Ok(())
}

/// Makes the recipients of a channel those of a draft: who is new is sent a link, who is gone gets nothing more.
/// [`Code::MailNotSet`] where nobody can be sent a link, [`Code::TooManyRequests`] where somebody was sent many.
pub(super) async fn set(app: &App, write: &mut Write, channel: Uuid, draft: &ChannelDraft) -> Result<()> {
    let Some(mail) = &draft.mail else { return Ok(()) };
    let (account, now_us) = (write.account(), write.now_us);
    let known: Vec<(Uuid,)> = write
        .tx()
        .fetch_all(
            "select recipient from channel_recipient where account = $1 and channel = $2",
            (account, channel),
        )
        .await?;
    let wanted: Vec<Uuid> = mail.recipients.iter().map(|email| id(channel, email)).collect();
    for (gone,) in known.iter().filter(|(known,)| !wanted.contains(known)) {
        write
            .tx()
            .execute("delete from channel_recipient where account = $1 and recipient = $2", (account, *gone))
            .await?;
    }
    for (recipient, email) in wanted.into_iter().zip(&mail.recipients) {
        if known.iter().any(|(known,)| *known == recipient) {
            continue;
        }
        mail::links_to(app).ok_or(Code::MailNotSet)?;
        write
            .tx()
            .execute(
                "insert into channel_recipient (account, channel, recipient, email, added_us) \
                 values ($1, $2, $3, $4, $5)",
                (account, channel, recipient, email.as_str(), now_us),
            )
            .await?;
        ask(write, recipient).await?;
    }
    Ok(())
}

async fn ask(write: &mut Write, recipient: Uuid) -> Result<()> {
    if mail::queue_recipient(write, recipient).await? { Ok(()) } else { Err(Code::TooManyRequests.into()) }
}

/// Has a link sent again to a recipient who did not follow the one before. [`Code::MailNotSet`] where this server sends no
/// mail, [`Code::TooManyRequests`] after many.
pub async fn ask_again(
    app: &App,
    allowed: &Allowed<ManageChannels>,
    which: &Ref,
    given: &RecipientAsked,
) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let channel = locked(&mut write, allowed, which).await?.id;
    mail::links_to(app).ok_or(Code::MailNotSet)?;
    let (account, recipient) = (write.account(), id(channel, given.email.trim()));
    let waits: Option<(Uuid,)> = write
        .tx()
        .fetch_optional(
            "select recipient from channel_recipient where account = $1 and recipient = $2 and confirmed_us is null",
            (account, recipient),
        )
        .await?;
    if waits.is_none() {
        let mut faults = Faults::default();
        faults.add("/email", "not_found", &given.email, "an address of the channel that is not confirmed");
        return Err(faults.into());
    }
    ask(&mut write, recipient).await?;
    write.commit().await.map(drop)
}

/// Confirms that a recipient wants the mail of a channel, by the link that was sent there.
pub async fn confirm(app: &App, address: Option<IpAddr>, given: &RecipientConfirmation) -> Result<()> {
    let mut tries = Try::begin(app);
    tries.count(&app.guards.codes, &address_key(address)).await?;
    let link = tries.end(mail::find_recipient(app, &given.token).await).await?;
    let duty = Caller::duty(link.account, Duty::SendMail).oneself();
    let mut write = app.log.begin(&duty, Class::Office).await?;
    let channel = mail::confirm_recipient(&mut write, link).await?;
    try_at_once(&mut write, channel).await?;
    write.commit().await?;
    app.log.announce();
    Ok(())
}

/// Forgets the recipients of a channel.
pub(super) async fn forget(tx: &mut Tx, account: i64, channel: Uuid) -> Result<()> {
    tx.execute("delete from channel_recipient where account = $1 and channel = $2", (account, channel))
        .await?;
    Ok(())
}

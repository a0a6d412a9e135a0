//! Links to the recipients of channels: single-use, for a day, and of use only while the channel still has the address.

use uuid::Uuid;

use super::{
    HOUR_US,
    link::{Link, MOST_AN_HOUR, Purpose, hash, presented, prove, queue_mail},
};
use crate::{
    app::App,
    log::write::Write,
    problem::{Code, Result},
    secrets::Secret,
};

const PURPOSE: Purpose = Purpose::ConfirmRecipient;

/// Has a link sent to a recipient of a channel, unless it is confirmed or was sent many just now. False where none is sent.
pub async fn queue_recipient(write: &mut Write, recipient: Uuid) -> Result<bool> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    let token = hash(write.secrets(), id);
    let made = write
        .tx()
        .execute(
            "insert into mail_link (account, id, account_user, purpose, email, token, created_us, expires_us) \
             select r.account, $3, r.recipient, $4, r.email, $5, $6, $7 from channel_recipient r \
             where r.account = $1 and r.recipient = $2 and r.confirmed_us is null \
             and (select count(*) from mail_link l where l.account = r.account \
             and l.account_user = r.recipient and l.created_us > $8) < $9",
            (
                account,
                recipient,
                id,
                PURPOSE.name(),
                token,
                now_us,
                now_us + PURPOSE.lasts_us(),
                now_us - HOUR_US,
                MOST_AN_HOUR,
            ),
        )
        .await?;
    queue_mail(write, made, (id, recipient), PURPOSE).await
}

/// The link that was presented; [`Code::LinkInvalid`] where it is none, was used, is over, or the channel has that
/// recipient no longer.
pub async fn find_recipient(app: &App, given: &Secret) -> Result<Link> {
    let bearer = presented(given)?;
    let token: Option<(Vec<u8>,)> = app
        .db
        .fetch_optional(
            "select l.token from mail_link l join account a on a.id = l.account and a.state = 'enabled' \
             join channel_recipient r on r.account = l.account and r.recipient = l.account_user \
             where l.account = $1 and l.id = $2 and l.purpose = $3 and l.used_us is null and l.expires_us > $4",
            (bearer.account, bearer.id, PURPOSE.name(), app.environment.now_us()),
        )
        .await?;
    let (token,) = token.ok_or(Code::LinkInvalid)?;
    prove(app, &bearer, &token)
}

/// Uses a link up, once, and confirms its recipient; the channel. [`Code::LinkInvalid`] where somebody was faster.
pub async fn confirm_recipient(write: &mut Write, link: Link) -> Result<Uuid> {
    let (account, now_us) = (write.account(), write.now_us);
    let used: Option<(Uuid,)> = write
        .tx()
        .fetch_optional(
            "update mail_link set used_us = $3 where account = $1 and id = $2 and purpose = $4 and used_us is null \
             and expires_us > $3 returning account_user",
            (account, link.id, now_us, PURPOSE.name()),
        )
        .await?;
    let (recipient,) = used.filter(|_| account == link.account).ok_or(Code::LinkInvalid)?;
    let confirmed: Option<(Uuid,)> = write
        .tx()
        .fetch_optional(
            "update channel_recipient set confirmed_us = $3 where account = $1 and recipient = $2 returning channel",
            (account, recipient, now_us),
        )
        .await?;
    Ok(confirmed.ok_or(Code::LinkInvalid)?.0)
}

//! Links in mails: single-use, for a time, and of use only as long as they went to the address that the user has now.

use sqlx::FromRow;
use uuid::Uuid;

use super::HOUR_US;
use crate::{
    access::login::HOLDERS,
    app::App,
    database::Tx,
    log::write::Write,
    problem::{Code, Problem, Result},
    secrets::{Bearer, Holder, Secret, Secrets, same},
};

/// How many links one user is sent within an hour, whoever asks for them.
pub(super) const MOST_AN_HOUR: i64 = 5;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To confirm that an address is one's own
    ConfirmEmail,
    /// To set a password anew
    ResetPassword,
    /// To confirm that one wants the mail of a channel
    ConfirmRecipient,
}

impl Purpose {
    /// Its name in tables, and of its mail in the texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConfirmEmail => "confirm_email",
            Self::ResetPassword => "reset_password",
            Self::ConfirmRecipient => "confirm_recipient",
        }
    }

    /// The purpose of that name, if this release knows it.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::ConfirmEmail, Self::ResetPassword, Self::ConfirmRecipient]
            .into_iter()
            .find(|purpose| purpose.name() == name)
    }

    /// For how long a link can be used.
    pub(super) const fn lasts_us(self) -> i64 {
        match self {
            Self::ConfirmEmail | Self::ConfirmRecipient => 24 * HOUR_US,
            Self::ResetPassword => HOUR_US,
        }
    }

    /// The page of the console that takes it.
    pub(super) const fn page(self) -> &'static str {
        match self {
            Self::ConfirmEmail => "/entrar/correo",
            Self::ResetPassword => "/entrar/clave",
            Self::ConfirmRecipient => "/entrar/destinatario",
        }
    }
}

/// A link that somebody presented.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// The account
    pub account: i64,
    /// Its id
    pub id: Uuid,
}

/// A link that can be used, and whose it is.
#[derive(Debug)]
pub struct Found {
    /// The link
    pub link: Link,
    /// The user it was sent to
    pub user: Uuid,
    /// The name by which that user logs in
    pub login: String,
}

/// The keyed hash of a link's secret, which tables keep.
pub(super) fn hash(secrets: &Secrets, id: Uuid) -> Vec<u8> {
    // The account is no part of the secret
    secrets.token_hash(&Bearer::of_link(1, id, secrets).secret).to_vec()
}

/// Has a link sent to the user's address that confirms it, unless it is confirmed or was sent many just now. False where
/// none is sent.
pub async fn queue_confirmation(write: &mut Write, user: Uuid) -> Result<bool> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    let (purpose, token) = (Purpose::ConfirmEmail, hash(write.secrets(), id));
    let made = write
        .tx()
        .execute(
            "insert into mail_link (account, id, account_user, purpose, email, token, created_us, expires_us) \
             select u.account, $3, u.id, $4, u.email, $5, $6, $7 from account_user u \
             where u.account = $1 and u.id = $2 and u.email is not null and u.email_confirmed_us is null \
             and u.state <> 'deleted' and (select count(*) from mail_link l where l.account = u.account \
             and l.account_user = u.id and l.created_us > $8) < $9",
            (
                account,
                user,
                id,
                purpose.name(),
                token,
                now_us,
                now_us + purpose.lasts_us(),
                now_us - HOUR_US,
                MOST_AN_HOUR,
            ),
        )
        .await?;
    queue_mail(write, made, (id, user), purpose).await
}

/// Has the mail of a link sent, where the link was made.
pub(super) async fn queue_mail(
    write: &mut Write,
    made: u64,
    (link, holder): (Uuid, Uuid),
    purpose: Purpose,
) -> Result<bool> {
    if made == 0 {
        return Ok(false);
    }
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "insert into mail (account, id, account_user, kind, subject, created_us, due_us) \
             values ($1, $2, $3, $4, $2, $5, $5)",
            (account, link, holder, purpose.name(), now_us),
        )
        .await?;
    Ok(true)
}

/// Has a link sent to the confirmed address of everybody who logs in by this name. What is done and answered is the same
/// whether there is such a user or not, and however many.
pub async fn queue_reset(app: &App, login: &str) -> Result<()> {
    let mut transaction = app.log.begin_housekeeping().await?;
    for holder in 0..HOLDERS as i64 {
        // Each has an id and so a secret of its own: one opens nothing of another
        queue_reset_of(app, transaction.tx(), login, holder).await?;
    }
    transaction.commit().await
}

/// The same of one of those who have the name, in the order in which they took it.
async fn queue_reset_of(app: &App, tx: &mut Tx, login: &str, holder: i64) -> Result<()> {
    let (id, now_us) = (app.environment.uuid(), app.environment.now_us());
    let (purpose, token) = (Purpose::ResetPassword, hash(&app.secrets, id));
    tx.execute(
            "insert into mail_link (account, id, account_user, purpose, email, token, created_us, expires_us) \
             select u.account, $2, u.id, $3, u.email, $4, $5, $6 from (select o.account, o.holder_id from login o \
             where o.name = $1 and o.holder = 'user' order by o.host limit 1 offset $9) n \
             join account a on a.id = n.account join account_user u on u.account = n.account and u.id = n.holder_id \
             join profile p on p.account = u.account and p.id = u.profile \
             where u.state = 'enabled' and p.state = 'enabled' and a.state = 'enabled' and u.email is not null \
             and u.email_confirmed_us is not null and (select count(*) from mail_link l where l.account = u.account \
             and l.account_user = u.id and l.created_us > $7) < $8",
            (
                login,
                id,
                purpose.name(),
                token,
                now_us,
                now_us + purpose.lasts_us(),
                now_us - HOUR_US,
                MOST_AN_HOUR,
                holder,
            ),
        )
        .await?;
    tx.execute(
            "insert into mail (account, id, account_user, kind, subject, created_us, due_us) \
             select l.account, l.id, l.account_user, l.purpose, l.id, l.created_us, l.created_us from login n \
             join mail_link l on l.account = n.account and l.id = $2 where n.name = $1 and n.holder = 'user'",
            (login, id),
        )
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    token: Vec<u8>,
    account_user: Uuid,
    login: String,
}

/// What was presented as a link. Nothing is known yet but that it can be one: [`Code::LinkInvalid`] otherwise.
pub(super) fn presented(given: &Secret) -> Result<Bearer> {
    let bearer = Bearer::parse(given.reveal().trim()).filter(|bearer| bearer.holder == Holder::Link);
    bearer.ok_or_else(|| Problem::new(Code::LinkInvalid))
}

/// Whether what was presented proves the link whose keyed hash is `token`; [`Code::LinkInvalid`] otherwise.
pub(super) fn prove(app: &App, bearer: &Bearer, token: &[u8]) -> Result<Link> {
    if !same(token, &app.secrets.token_hash(&bearer.secret)) {
        return Err(Code::LinkInvalid.into());
    }
    Ok(Link { account: bearer.account, id: bearer.id })
}

/// The link that was presented; [`Code::LinkInvalid`] where it is none, was used, is over, or was sent to an address that
/// the user has no longer.
pub async fn find(app: &App, given: &Secret, purpose: Purpose) -> Result<Found> {
    let bearer = presented(given)?;
    let row: Option<Row> = app
        .db
        .fetch_optional(
            "select l.token, l.account_user, n.name as login from mail_link l \
             join account a on a.id = l.account \
             join account_user u on u.account = l.account and u.id = l.account_user and u.email = l.email \
             join login n on n.account = u.account and n.holder = 'user' and n.holder_id = u.id \
             where l.account = $1 and l.id = $2 and l.purpose = $3 and l.used_us is null and l.expires_us > $4 \
             and u.state = 'enabled' and a.state = 'enabled'",
            (bearer.account, bearer.id, purpose.name(), app.environment.now_us()),
        )
        .await?;
    let row = row.ok_or(Code::LinkInvalid)?;
    let link = prove(app, &bearer, &row.token)?;
    Ok(Found { link, user: row.account_user, login: row.login })
}

/// Uses a link up, once: [`Code::LinkInvalid`] where somebody was faster, or the address is another one by now.
pub async fn use_up(write: &mut Write, link: Link) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    let used = write
        .tx()
        .execute(
            "update mail_link set used_us = $3 where account = $1 and id = $2 and used_us is null \
             and expires_us > $3 and exists (select 1 from account_user u where u.account = mail_link.account \
             and u.id = mail_link.account_user and u.email = mail_link.email and u.state = 'enabled')",
            (account, link.id, now_us),
        )
        .await?;
    if used == 0 || account != link.account { Err(Code::LinkInvalid.into()) } else { Ok(()) }
}

/// Makes the links of a user useless that were sent for a purpose, or for any.
pub async fn forget(tx: &mut Tx, (account, user): (i64, Uuid), purpose: Option<Purpose>) -> Result<()> {
    tx.execute(
        "delete from mail_link where account = $1 and account_user = $2 and purpose = coalesce($3, purpose) \
         and used_us is null",
        (account, user, purpose.map(Purpose::name)),
    )
    .await?;
    Ok(())
}

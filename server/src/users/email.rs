//! Addresses of users: set by oneself or by whoever manages users, and confirmed by a link that is sent there. Nothing
//! else is sent to an address that is not confirmed.

use std::net::IpAddr;

use campo_protocol::faults::Faults;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::password;
use crate::{
    access::{Caller, OwnSession, Permissions, Principal, guard::address_key, tries::Try},
    api::time::Instant,
    app::App,
    log::write::Write,
    mail::{self, Purpose},
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::Secret,
};

/// How far an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmailState {
    /// Its owner followed the link that was sent there
    Confirmed,
    /// A link was sent there, or is about to be
    Unconfirmed,
    /// It is kept and stays unconfirmed: this server sends no mail
    NoMail,
}

/// One's own address.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnEmail {
    /// The address, where there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// How far it is, where there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<EmailState>,
    /// When its owner confirmed it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Instant>,
    /// True where this server sends mail
    pub sends_mail: bool,
}

/// A change of one's own address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailChange {
    /// The address from now on; none where it is null or missing
    #[serde(default)]
    pub email: Option<String>,
    /// One's password: whoever can change the address can have a new password sent there
    pub current: Secret,
}

/// A link as it was in a mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailConfirmation {
    /// What stands behind `#` in the link
    pub token: Secret,
}

/// How far an address is, where there is one.
pub(super) fn state(app: &App, email: Option<&str>, is_confirmed: bool) -> Option<EmailState> {
    email?;
    Some(match (is_confirmed, mail::links_to(app)) {
        (true, _) => EmailState::Confirmed,
        (false, Some(_)) => EmailState::Unconfirmed,
        (false, None) => EmailState::NoMail,
    })
}

/// Keeps another address for a user, or none, and has a link sent there. Links that were sent before are of no use.
pub(super) async fn store(app: &App, write: &mut Write, user: Uuid, email: Option<&str>) -> Result<()> {
    let account = write.account();
    mail::forget(write.tx(), (account, user), None).await?;
    write
        .tx()
        .execute(
            "update account_user set email = $3, email_confirmed_us = null where account = $1 and id = $2",
            (account, user, email),
        )
        .await?;
    if email.is_some() && mail::links_to(app).is_some() {
        mail::queue_confirmation(write, user).await?;
    }
    Ok(())
}

#[derive(FromRow)]
struct Row {
    email: Option<String>,
    email_confirmed_us: Option<i64>,
}

/// One's own address.
pub async fn own(app: &App, own: &OwnSession) -> Result<OwnEmail> {
    let row: Option<Row> = app
        .db
        .fetch_optional(
            "select email, email_confirmed_us from account_user where account = $1 and id = $2",
            (own.caller.account, own.user),
        )
        .await?;
    let row = row.ok_or(Code::NotFound)?;
    Ok(OwnEmail {
        state: state(app, row.email.as_deref(), row.email_confirmed_us.is_some()),
        email: row.email,
        confirmed_at: row.email_confirmed_us.map(Instant),
        sends_mail: mail::links_to(app).is_some(),
    })
}

/// Changes one's own address. The same one again changes nothing.
pub async fn change(app: &App, session: &OwnSession, given: &EmailChange) -> Result<OwnEmail> {
    let email = given.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
    let mut faults = Faults::default();
    if let Some(email) = email {
        mail::check_address("/email", email, &mut faults);
    }
    faults.into_result()?;
    password::check_own(app, session, &given.current).await?;
    if own(app, session).await?.email.as_deref() != email {
        let mut write = app.log.begin(&session.caller.oneself(), Class::Office).await?;
        store(app, &mut write, session.user, email).await?;
        raise_version(&mut write, session.user).await?;
        write.commit().await?;
    }
    own(app, session).await
}

/// Has the link sent again that confirms one's own address. [`Code::MailNotSet`] where this server sends no mail,
/// [`Code::NotFound`] where no address waits to be confirmed, [`Code::TooManyRequests`] after many.
pub async fn send_again(app: &App, session: &OwnSession) -> Result<OwnEmail> {
    let now = own(app, session).await?;
    if !now.sends_mail {
        return Err(Code::MailNotSet.into());
    }
    if now.state != Some(EmailState::Unconfirmed) {
        return Err(Code::NotFound.into());
    }
    let mut write = app.log.begin(&session.caller.oneself(), Class::Office).await?;
    if !mail::queue_confirmation(&mut write, session.user).await? {
        return Err(Code::TooManyRequests.into());
    }
    write.commit().await?;
    Ok(now)
}

/// Confirms an address by the link that was sent there.
pub async fn confirm(app: &App, address: Option<IpAddr>, given: &EmailConfirmation) -> Result<()> {
    let mut tries = Try::begin(app);
    tries.count(&app.guards.codes, &address_key(address)).await?;
    let found = tries.end(mail::find(app, &given.token, Purpose::ConfirmEmail).await).await?;
    let mut write = app.log.begin(&as_user(&found).oneself(), Class::Office).await?;
    mail::use_up(&mut write, found.link).await?;
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update account_user set email_confirmed_us = $3 where account = $1 and id = $2",
            (account, found.user, now_us),
        )
        .await?;
    raise_version(&mut write, found.user).await?;
    write.commit().await.map(drop)
}

/// Whoever has a link acts as the user it was sent to, for what is the user's own.
pub(super) fn as_user(found: &mail::Found) -> Caller {
    Caller {
        account: found.link.account,
        principal: Principal::User(found.user),
        permissions: Permissions::default(),
    }
}

async fn raise_version(write: &mut Write, user: Uuid) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    let raised = write
        .tx()
        .execute(
            "update account_user set version = version + 1, updated_us = $3 \
             where account = $1 and id = $2 and state <> 'deleted'",
            (account, user, now_us),
        )
        .await?;
    if raised == 0 { Err(Problem::new(Code::NotFound)) } else { Ok(()) }
}

//! A forgotten password: a link to the confirmed address, by which another one is set, once.

use std::net::IpAddr;

use serde::Deserialize;
use utoipa::ToSchema;

use super::{email::as_user, password};
use crate::{
    access::{guard::address_key, login::login_name, tries::Try},
    app::App,
    mail::{self, Purpose},
    problem::{Code, Result},
    scheduler::Class,
    secrets::Secret,
};

/// Who forgot a password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordForgotten {
    /// The name to log in with
    pub login: String,
}

/// A password that is set by a link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// What stands behind `#` in the link
    pub token: Secret,
    /// The password from now on
    pub password: Secret,
}

/// Has a link sent to the confirmed address of whoever logs in by this name. Nothing tells whether there is one: what is
/// done, written and answered is the same, and every ask counts, by name and by address.
pub async fn ask(app: &App, address: Option<IpAddr>, given: &PasswordForgotten) -> Result<()> {
    mail::links_to(app).ok_or(Code::MailNotSet)?;
    let (login, from) = (login_name(&given.login), address_key(address));
    let mut tries = Try::begin(app);
    tries.count(&app.guards.login_addresses, &from).await?;
    tries.count(&app.guards.resets, &format!("{login}\0{from}")).await?;
    tries.wrong().await;
    mail::queue_reset(app, &login).await
}

/// Sets a password by a link. It follows the rules of every password, and every session of the user ends.
pub async fn set(app: &App, address: Option<IpAddr>, given: &PasswordReset) -> Result<()> {
    let mut tries = Try::begin(app);
    tries.count(&app.guards.codes, &address_key(address)).await?;
    let found = tries.end(mail::find(app, &given.token, Purpose::ResetPassword).await).await?;
    let (_, hash, _) = password::new(app, Some(&given.password), &found.login).await?;
    let mut write = app.log.begin(&as_user(&found).oneself(), Class::Office).await?;
    mail::use_up(&mut write, found.link).await?;
    password::store(&mut write, found.user, &hash, false).await?;
    write.commit().await.map(drop)
}

//! What the services know phones by. Tables hold it sealed.

use campo_protocol::faults::Faults;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Service;
use crate::{
    access::Phone,
    app::App,
    problem::{Code, Result},
    scheduler::Class,
    secrets::Secret,
};

/// The purpose under which tokens are sealed.
pub(super) const PURPOSE: &str = "push token";
/// The longest token; services promise no length, and give some 200 characters.
const MAX_TOKEN: usize = 4096;

/// What a phone says to be woken by.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct PushToken {
    /// The service
    service: Service,
    /// What the service gave the app on this phone
    token: Secret,
}

/// Keeps a phone's token in place of the one before.
pub(super) async fn set(app: &App, phone: &Phone, given: &PushToken) -> Result<()> {
    refuse_revoked(phone)?;
    let mut faults = Faults::default();
    let text = given.token.reveal();
    if text.is_empty() || text.len() > MAX_TOKEN || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        faults.add("/token", "invalid_value", "", "a token of the service");
    }
    faults.into_result()?;
    let account = phone.allowed.account();
    let sealed = app.secrets.seal(account, PURPOSE, text.as_bytes(), &app.environment);
    let mut write = app.log.begin_beside(account, Class::Office).await?;
    write
        .tx()
        .execute(
            "insert into push_token (account, installation, service, sealed, registered_us, failures) \
             values ($1, $2, $3, $4, $5, 0) on conflict (account, installation) do update \
             set service = excluded.service, sealed = excluded.sealed, registered_us = excluded.registered_us, \
             failures = 0, tried_us = null",
            (account, phone.installation, given.service.name(), sealed, app.environment.now_us()),
        )
        .await?;
    write.commit().await
}

/// Forgets a phone's token.
pub(super) async fn remove(app: &App, phone: &Phone) -> Result<()> {
    let account = phone.allowed.account();
    let mut write = app.log.begin_beside(account, Class::Office).await?;
    write
        .tx()
        .execute(
            "delete from push_token where account = $1 and installation = $2",
            (account, phone.installation),
        )
        .await?;
    write.commit().await
}

fn refuse_revoked(phone: &Phone) -> Result<()> {
    if phone.revoked { Err(Code::Revoked.into()) } else { Ok(()) }
}

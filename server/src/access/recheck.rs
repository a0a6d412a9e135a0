//! Background work asks again, each time it is claimed, what its principal may do: someone who lost the permission
//! stops their import.

use uuid::Uuid;

use super::{Caller, Duty, Permissions, Principal, authenticate::permissions};
use crate::{
    app::App,
    problem::{Code, Result},
};

/// The caller behind a stored principal ([`Principal::kind`] and [`Principal::id`]) with the permissions of now.
/// [`Code::Revoked`] when it may do nothing any more: disabled, deleted, expired, its account disabled, a phone (which
/// has no background work), or a duty that this release does not know.
pub async fn recheck(app: &App, account: i64, kind: &str, id: Option<Uuid>) -> Result<Caller> {
    let found: Option<(Principal, Permissions)> = match (kind, id) {
        ("user", Some(id)) => {
            user(app, account, id).await?.map(|permissions| (Principal::User(id), permissions))
        }
        ("key", Some(id)) => {
            key(app, account, id).await?.map(|permissions| (Principal::Key(id), permissions))
        }
        ("intake", Some(id)) => {
            intake(app, account, id).await?.map(|permissions| (Principal::Intake(id), permissions))
        }
        ("agent", Some(id)) => {
            agent(app, account, id).await?.map(|permissions| (Principal::Agent(id), permissions))
        }
        (name, None) => match Duty::from_name(name) {
            Some(duty) if account_works(app, account).await? => {
                Some((Principal::Duty(duty), Permissions::of_duty(duty)))
            }
            _ => None,
        },
        _ => None,
    };
    let (principal, permissions) = found.ok_or(Code::Revoked)?;
    Ok(Caller { account, principal, permissions })
}

async fn user(app: &App, account: i64, id: Uuid) -> Result<Option<Permissions>> {
    let row: Option<(String,)> = app
        .db
        .fetch_optional(
            "select p.permissions from account_user u join account a on a.id = u.account \
             join profile p on p.account = u.account and p.id = u.profile \
             where u.account = $1 and u.id = $2 and u.state = 'enabled' and p.state = 'enabled' \
             and a.state = 'enabled'",
            (account, id),
        )
        .await?;
    row.map(|(stored,)| permissions(&stored)).transpose()
}

async fn key(app: &App, account: i64, id: Uuid) -> Result<Option<Permissions>> {
    let row: Option<(String,)> = app
        .db
        .fetch_optional(
            "select k.permissions from access_key k join account a on a.id = k.account \
             where k.account = $1 and k.id = $2 and k.state = 'enabled' and a.state = 'enabled' \
             and (k.expires_us > $3 or k.expires_us is null)",
            (account, id, app.environment.now_us()),
        )
        .await?;
    row.map(|(stored,)| permissions(&stored)).transpose()
}

/// What was fixed when the intake was saved, also when whoever saved it is gone.
async fn intake(app: &App, account: i64, id: Uuid) -> Result<Option<Permissions>> {
    let row: Option<(String,)> = app
        .db
        .fetch_optional(
            "select i.permissions from intake i join account a on a.id = i.account \
             where i.account = $1 and i.id = $2 and i.state = 'enabled' and a.state = 'enabled'",
            (account, id),
        )
        .await?;
    row.map(|(stored,)| permissions(&stored)).transpose()
}

/// What was fixed when the agent was saved, also when whoever saved it is gone.
async fn agent(app: &App, account: i64, id: Uuid) -> Result<Option<Permissions>> {
    let row: Option<(String,)> = app
        .db
        .fetch_optional(
            "select g.permissions from agent g join account a on a.id = g.account \
             where g.account = $1 and g.id = $2 and g.state = 'enabled' and a.state = 'enabled'",
            (account, id),
        )
        .await?;
    row.map(|(stored,)| permissions(&stored)).transpose()
}

async fn account_works(app: &App, account: i64) -> Result<bool> {
    let row: Option<(i64,)> = app
        .db
        .fetch_optional("select id from account where id = $1 and state = 'enabled'", (account,))
        .await?;
    Ok(row.is_some())
}

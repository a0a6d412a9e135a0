//! What the operator of the server does for a company that locked itself out: on the machine, by `campo user`.

use campo_protocol::model::Ref;
use serde_json::json;

use super::{
    password::{self, PasswordGiven},
    user::{self, User},
};
use crate::{
    access::{Caller, permissions::ManageUsers},
    api::{edit::IfMatch, page::PageQuery},
    app::App,
    problem::{Problem, Result},
    scheduler::Class,
    secrets::Secret,
};

/// Every user of the account, in order of their codes.
pub async fn list(app: &App, operator: &Caller) -> Result<Vec<User>> {
    let allowed = operator.allow::<ManageUsers>()?;
    let (mut users, mut after) = (Vec::new(), None);
    loop {
        let page = user::list(app, &allowed, &PageQuery { after, limit: None }).await?;
        users.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(users);
        }
    }
}

/// A new password for a user, whose sessions end.
pub async fn reset_password(app: &App, operator: &Caller, which: &Ref) -> Result<Secret> {
    let given = PasswordGiven { password: None };
    let set = password::set(app, &operator.allow()?, which, &given).await?;
    let made = set.password.ok_or_else(|| Problem::internal(anyhow::anyhow!("no password was made")))?;
    Ok(Secret::new(made))
}

/// Lets a user who was disabled log in again.
pub async fn enable(app: &App, operator: &Caller, which: &Ref) -> Result<()> {
    let allowed = operator.allow::<ManageUsers>()?;
    let version = user::get(app, &allowed, which).await?.0;
    user::edit(app, &allowed, which, IfMatch::one(version), &json!({ "state": "enabled" })).await?;
    Ok(())
}

/// Takes the second factor of a user away, and the codes that stand for it.
pub async fn remove_second_factor(app: &App, operator: &Caller, which: &Ref) -> Result<()> {
    let allowed = operator.allow::<ManageUsers>()?;
    let id = user::get(app, &allowed, which).await?.1.id;
    let mut write = app.log.begin(&allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update account_user set totp_sealed = null, totp_last_step = null, version = version + 1, \
             updated_us = $3 where account = $1 and id = $2",
            (account, id, now_us),
        )
        .await?;
    write
        .tx()
        .execute("delete from recovery_code where account = $1 and account_user = $2", (account, id))
        .await?;
    write.commit().await?;
    Ok(())
}

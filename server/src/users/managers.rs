//! Somebody must be left who can manage users: whoever takes it from the last one locks everybody out.

use crate::{
    access::PermissionName,
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// How many users may manage users. Asked before an edit and [`must_remain`] after it, in its transaction.
pub(crate) async fn count(write: &mut Write) -> Result<i64> {
    let account = write.account();
    // Names of permissions stand in quotes, so that none is found within another
    let wanted = format!("%\"{}\"%", PermissionName::ManageUsers.name());
    let (count,): (i64,) = write
        .tx()
        .fetch_one(
            "select count(*) from account_user u join profile p on p.account = u.account and p.id = u.profile \
             where u.account = $1 and u.state = 'enabled' and p.state = 'enabled' and p.permissions like $2",
            (account, wanted),
        )
        .await?;
    Ok(count)
}

/// Refuses an edit that leaves nobody, where there was somebody `before` it.
pub(crate) async fn must_remain(write: &mut Write, before: i64) -> Result<()> {
    if before > 0 && count(write).await? == 0 {
        return Err(Problem::new(Code::Conflict).with("with", "the last user who can manage users"));
    }
    Ok(())
}

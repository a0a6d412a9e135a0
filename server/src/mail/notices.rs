//! Notices by mail: one mail per cause and hour, to those whose profile lets them see the notice and whose address is
//! confirmed.

use sqlx::FromRow;
use uuid::Uuid;

use super::{HOUR_US, NOTICE};
use crate::{access::authenticate::permissions, app::App, problem::Result};

/// What happened longer ago is not mailed any more: when mail is set for the first time, nobody is told of last year.
const RECENT_US: i64 = 24 * HOUR_US;
/// Notices of one look.
const AT_ONCE: i64 = 200;

#[derive(FromRow)]
struct Wanted {
    account: i64,
    notice: Uuid,
    account_user: Uuid,
    permission: String,
    held: String,
}

/// Makes mails of what happened since it was told by mail last; true when there may be more.
pub(super) async fn collect(app: &App) -> Result<bool> {
    let now_us = app.environment.now_us();
    let notices: Vec<(i64, Uuid)> = app
        .db
        .fetch_all(
            "select n.account, n.id from notice n join account a on a.id = n.account and a.state = 'enabled' \
             where n.done_us is null and n.last_us > $1 and n.last_us > coalesce(n.mailed_us, 0) \
             and not exists (select 1 from notice o where o.account = n.account and o.cause = n.cause \
             and o.mailed_us > $2) order by n.last_us limit $3",
            (now_us - RECENT_US, now_us - HOUR_US, AT_ONCE),
        )
        .await?;
    if notices.is_empty() {
        return Ok(false);
    }
    let (accounts, ids): (Vec<i64>, Vec<Uuid>) = notices.iter().copied().unzip();
    let mut transaction = app.log.begin_housekeeping().await?;
    let tx = transaction.tx();
    let users: Vec<Wanted> = tx
        .fetch_many(
            "a, i",
            (accounts.clone(), ids.clone()),
            "select n.account, n.id as notice, u.id as account_user, n.permission, p.permissions as held from k \
             join notice n on n.account = k.a and n.id = k.i and n.done_us is null \
             join account_user u on u.account = n.account and u.state = 'enabled' and u.email is not null \
             and u.email_confirmed_us is not null \
             join profile p on p.account = u.account and p.id = u.profile and p.state = 'enabled'",
        )
        .await?;
    let may_see = |one: &Wanted| {
        permissions(&one.held).is_ok_and(|held| held.names().iter().any(|name| name.name() == one.permission))
    };
    let wanted: Vec<Wanted> = users.into_iter().filter(may_see).collect();
    let mail = (
        wanted.iter().map(|one| one.account).collect::<Vec<_>>(),
        wanted.iter().map(|_| app.environment.uuid()).collect::<Vec<_>>(),
        wanted.iter().map(|one| one.account_user).collect::<Vec<_>>(),
        vec![NOTICE; wanted.len()],
        wanted.iter().map(|one| one.notice).collect::<Vec<_>>(),
        vec![now_us; wanted.len()],
        vec![now_us; wanted.len()],
    );
    if !wanted.is_empty() {
        tx.insert_many(
            "insert into mail (account, id, account_user, kind, subject, created_us, due_us)",
            mail,
            "",
        )
        .await?;
    }
    let told_us = vec![now_us; ids.len()];
    tx.change_many(
        "a, i, t",
        (accounts, ids, told_us),
        "update notice set mailed_us = k.t from k where notice.account = k.a and notice.id = k.i",
    )
    .await?;
    transaction.commit().await?;
    Ok(notices.len() as i64 == AT_ONCE)
}

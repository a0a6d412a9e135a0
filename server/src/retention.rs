//! What is kept for a time goes when that is over, a bounded part of each table at a time: part of the duty
//! [`Duty::Sweep`](crate::access::Duty::Sweep). For how long what stays is declared in [`crate::privacy`].

use crate::{database::Tx, problem::Result};

const DAY_US: i64 = 24 * 3600 * 1_000_000;
/// How long what was done with is still shown: notices, rows of files that were imported, events that were given up.
pub const SHOWN_US: i64 = 90 * DAY_US;

/// Removes what has been kept for its time, at most `limit` rows of each table. How many rows of the fullest went.
pub(crate) async fn remove(tx: &mut Tx, now_us: i64, limit: i64) -> Result<u64> {
    let shown_us = now_us.saturating_sub(SHOWN_US);
    let notices = tx
        .execute(
            "delete from notice where (account, id) in (select n.account, n.id from notice n \
             where n.done_us <= $1 limit $2)",
            (shown_us, limit),
        )
        .await?;
    // What something was before an act is kept for undoing it alone; that it was done stays in the history.
    let before = tx
        .execute(
            "update act_effect set before = null where (account, act, number) in ( \
             select e.account, e.act, e.number from act a join act_effect e on e.account = a.account and e.act = a.id \
             where (a.undo_until_us <= $1 or a.undone_us is not null) and a.undoing is null \
             and e.before is not null limit $2)",
            (now_us, limit),
        )
        .await?;
    let deliveries = tx
        .execute(
            "delete from delivery where (account, channel, position) in ( \
             select d.account, d.channel, d.position from delivery d \
             where d.state = 'not_delivered' and coalesce(d.tried_us, d.since_us) <= $1 limit $2)",
            (shown_us, limit),
        )
        .await?;
    let imported = tx
        .execute(
            "delete from import_row where (account, run, number) in (select r.account, r.run, r.number \
             from import_run i join import_row r on r.account = i.account and r.run = i.id \
             where i.finished_us <= $1 limit $2)",
            (shown_us, limit),
        )
        .await?;
    let arrivals = tx
        .execute(
            "delete from arrival where (account, owner, id) in (select a.account, a.owner, a.id from arrival a \
             where a.arrived_us <= $1 limit $2)",
            (shown_us, limit),
        )
        .await?;
    let events = events_as_files(tx, shown_us, limit).await?;
    let events = events.max(hosted_results(tx, shown_us, limit).await?);
    let mail = mail(tx, now_us.saturating_sub(DAY_US), limit).await?;
    let events = events.max(mail);
    Ok(notices.max(before).max(deliveries).max(imported).max(arrivals).max(events))
}

/// Forgets mails that were sent or need not be, and links that are over. For a day they count against the bounds.
async fn mail(tx: &mut Tx, before_us: i64, limit: i64) -> Result<u64> {
    let mails = tx
        .execute(
            "delete from mail where (account, id) in (select m.account, m.id from mail m \
             where m.due_us is null and m.created_us <= $1 and coalesce(m.sent_us, 0) <= $1 limit $2)",
            (before_us, limit),
        )
        .await?;
    let links = tx
        .execute(
            "delete from mail_link where (account, id) in (select l.account, l.id from mail_link l \
             where l.expires_us <= $1 limit $2)",
            (before_us, limit),
        )
        .await?;
    Ok(mails.max(links))
}

/// Removes what was done with from the folders `done` and `errors` of keys: files that were imported, and their results.
/// Bytes that something else refers to stay.
async fn hosted_results(tx: &mut Tx, before_us: i64, limit: i64) -> Result<u64> {
    tx.execute(
        "delete from file_reference where owner_kind = 'hosted_file' and (account, owner) in ( \
         select h.account, h.id from hosted_file h where h.received is not null and h.modified_us <= $1 \
         and (h.folder >= 'done' and h.folder < 'done0' or h.folder >= 'errors' and h.folder < 'errors0') \
         order by h.modified_us, h.id limit $2)",
        (before_us, limit),
    )
    .await?;
    tx.execute(
        "delete from hosted_file where (account, id) in ( \
         select h.account, h.id from hosted_file h where h.received is not null and h.modified_us <= $1 \
         and (h.folder >= 'done' and h.folder < 'done0' or h.folder >= 'errors' and h.folder < 'errors0') \
         order by h.modified_us, h.id limit $2)",
        (before_us, limit),
    )
    .await
}

/// Forgets events that were put into folders as files, but those that still wait for a customer's server. A file that
/// lies in a folder keeps its bytes.
async fn events_as_files(tx: &mut Tx, before_us: i64, limit: i64) -> Result<u64> {
    tx.execute(
        "delete from file_reference where owner_kind = 'outgoing_file' and (account, owner) in ( \
         select o.account, o.id from outgoing_file o where o.origin_kind = 'channel' and o.created_us <= $1 \
         and not exists (select 1 from export_delivery d where d.account = o.account and d.run = o.id \
         and d.state <> 'delivered') order by o.created_us, o.id limit $2)",
        (before_us, limit),
    )
    .await?;
    tx.execute(
        "delete from outgoing_file where (account, id) in ( \
         select o.account, o.id from outgoing_file o where o.origin_kind = 'channel' and o.created_us <= $1 \
         and not exists (select 1 from export_delivery d where d.account = o.account and d.run = o.id \
         and d.state <> 'delivered') order by o.created_us, o.id limit $2)",
        (before_us, limit),
    )
    .await
}

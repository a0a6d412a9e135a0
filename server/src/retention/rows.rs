//! What is kept for the same time in every account goes when that is over, a bounded part of each table at a time: part of
//! the duty [`Duty::Sweep`](crate::access::Duty::Sweep). What belongs to an account that is held stays.

use super::{DAY_US, SHOWN_US};
use crate::{database::Tx, problem::Result};

/// Removes what has been kept for its time, at most `limit` rows of each table. How many rows of the fullest went.
pub(crate) async fn remove(tx: &mut Tx, now_us: i64, limit: i64) -> Result<u64> {
    let shown_us = now_us.saturating_sub(SHOWN_US);
    let notices = tx
        .execute(
            "delete from notice where (account, id) in (select n.account, n.id from notice n \
             where n.done_us <= $1 \
             and not exists (select 1 from account c where c.id = n.account and c.held) limit $2)",
            (shown_us, limit),
        )
        .await?;
    // What something was before an act is kept for undoing it alone; that it was done stays in the history.
    let before = tx
        .execute(
            "update act_effect set before = null where (account, act, number) in ( \
             select e.account, e.act, e.number from act a join act_effect e on e.account = a.account and e.act = a.id \
             where (a.undo_until_us <= $1 or a.undone_us is not null) and a.undoing is null \
             and e.before is not null \
             and not exists (select 1 from account c where c.id = a.account and c.held) limit $2)",
            (now_us, limit),
        )
        .await?;
    let acts = tx
        .execute(
            "update act set detail = '{}' where (account, id) in (select a.account, a.id from act a \
             where a.created_us <= $1 and (a.undo_until_us <= $3 or a.undone_us is not null or a.undo_until_us is null) \
             and a.undoing is null and a.detail <> '{}' \
             and not exists (select 1 from account c where c.id = a.account and c.held) limit $2)",
            (shown_us, limit, now_us),
        )
        .await?;
    let deliveries = tx
        .execute(
            "delete from delivery where (account, channel, position) in ( \
             select d.account, d.channel, d.position from delivery d \
             where d.state = 'not_delivered' and coalesce(d.tried_us, d.since_us) <= $1 \
             and not exists (select 1 from account c where c.id = d.account and c.held) limit $2)",
            (shown_us, limit),
        )
        .await?;
    let imported = tx
        .execute(
            "delete from import_row where (account, run, number) in (select r.account, r.run, r.number \
             from import_run i join import_row r on r.account = i.account and r.run = i.id \
             where i.finished_us <= $1 \
             and not exists (select 1 from account c where c.id = i.account and c.held) limit $2)",
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
    let files = files_that_came(tx, shown_us, limit).await?.max(files_that_left(tx, shown_us, limit).await?);
    let files = files.max(hosted_results(tx, shown_us, limit).await?);
    let mail = mail(tx, now_us.saturating_sub(DAY_US), limit).await?;
    Ok(notices.max(before).max(acts).max(deliveries).max(imported).max(arrivals).max(files).max(mail))
}

/// Forgets the files of imports that are over, and of those that came by themselves, with the names that people gave
/// them. Their rows stay: by them a file is known that comes again.
async fn files_that_came(tx: &mut Tx, before_us: i64, limit: i64) -> Result<u64> {
    let imported = tx
        .execute(
            "delete from file_reference where owner_kind = 'import_run' and (account, owner) in ( \
             select r.account, r.id from import_run r where r.finished_us <= $1 and r.file_name <> '' \
             and not exists (select 1 from account c where c.id = r.account and c.held) \
             order by r.finished_us, r.id limit $2)",
            (before_us, limit),
        )
        .await?;
    let runs = tx
        .execute(
            "update import_run set file_name = '' where (account, id) in ( \
             select r.account, r.id from import_run r where r.finished_us <= $1 and r.file_name <> '' \
             and not exists (select 1 from account c where c.id = r.account and c.held) \
             order by r.finished_us, r.id limit $2)",
            (before_us, limit),
        )
        .await?;
    let received = tx
        .execute(
            "delete from file_reference where owner_kind = 'received_file' and (account, owner) in ( \
             select r.account, r.id from received_file r where r.finished_us <= $1 and r.name <> '' \
             and not exists (select 1 from account c where c.id = r.account and c.held) \
             order by r.finished_us, r.id limit $2)",
            (before_us, limit),
        )
        .await?;
    let arrivals = tx
        .execute(
            "update received_file set name = '', folder = '' where (account, id) in ( \
             select r.account, r.id from received_file r where r.finished_us <= $1 and r.name <> '' \
             and not exists (select 1 from account c where c.id = r.account and c.held) \
             order by r.finished_us, r.id limit $2)",
            (before_us, limit),
        )
        .await?;
    Ok(imported.max(runs).max(received).max(arrivals))
}

/// Removes what was done with from the folders `done` and `errors` of keys: files that were imported, and their results.
/// Bytes that something else refers to stay.
async fn hosted_results(tx: &mut Tx, before_us: i64, limit: i64) -> Result<u64> {
    tx.execute(
        "delete from file_reference where owner_kind = 'hosted_file' and (account, owner) in ( \
         select h.account, h.id from hosted_file h where h.received is not null and h.modified_us <= $1 \
         and (h.folder >= 'done' and h.folder < 'done0' or h.folder >= 'errors' and h.folder < 'errors0') \
         and not exists (select 1 from account c where c.id = h.account and c.held) \
         order by h.modified_us, h.id limit $2)",
        (before_us, limit),
    )
    .await?;
    tx.execute(
        "delete from hosted_file where (account, id) in ( \
         select h.account, h.id from hosted_file h where h.received is not null and h.modified_us <= $1 \
         and (h.folder >= 'done' and h.folder < 'done0' or h.folder >= 'errors' and h.folder < 'errors0') \
         and not exists (select 1 from account c where c.id = h.account and c.held) \
         order by h.modified_us, h.id limit $2)",
        (before_us, limit),
    )
    .await
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

/// Forgets the files of exports' runs and of events that left as files, but those that still wait for a customer's server.
/// A file that lies in a folder keeps its bytes.
async fn files_that_left(tx: &mut Tx, before_us: i64, limit: i64) -> Result<u64> {
    tx.execute(
        "delete from file_reference where owner_kind = 'outgoing_file' and (account, owner) in ( \
         select o.account, o.id from outgoing_file o where o.created_us <= $1 \
         and not exists (select 1 from account c where c.id = o.account and c.held) \
         and not exists (select 1 from export_delivery d where d.account = o.account and d.run = o.id \
         and d.state <> 'delivered') order by o.created_us, o.id limit $2)",
        (before_us, limit),
    )
    .await?;
    tx.execute(
        "update export_run set hash = null where hash is not null and (account, id) in ( \
         select o.account, o.origin from outgoing_file o where o.origin_kind = 'run' and o.created_us <= $1 \
         and not exists (select 1 from account c where c.id = o.account and c.held) \
         and not exists (select 1 from export_delivery d where d.account = o.account and d.run = o.id \
         and d.state <> 'delivered') order by o.created_us, o.id limit $2)",
        (before_us, limit),
    )
    .await?;
    tx.execute(
        "delete from outgoing_file where (account, id) in ( \
         select o.account, o.id from outgoing_file o where o.created_us <= $1 \
         and not exists (select 1 from account c where c.id = o.account and c.held) \
         and not exists (select 1 from export_delivery d where d.account = o.account and d.run = o.id \
         and d.state <> 'delivered') order by o.created_us, o.id limit $2)",
        (before_us, limit),
    )
    .await
}

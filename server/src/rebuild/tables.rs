//! The projections as they are stored, and the statements that replace them.

use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;

use super::compare::{Changes, Fields, shown};
use crate::{
    database::{Tx, columns},
    log::{
        entry::marks,
        fold::{MessageRow, SessionRow},
        rows::FileRow,
        stored::{self, Extracted, StoredEntry, UNKNOWN_KIND},
    },
    problem::Result,
};

/// What is said of an entry from now on.
#[derive(Debug)]
pub(super) struct EntryFix {
    pub(super) position: i64,
    pub(super) outcome: &'static str,
    pub(super) reason: Option<String>,
    pub(super) marks: i64,
    pub(super) extracted: Extracted,
}

/// Position of the account's last entry.
pub(super) async fn head(tx: &mut Tx, account: i64) -> Result<i64> {
    let head: Option<(i64,)> =
        tx.fetch_optional("select entry from account_head where account = $1", (account,)).await?;
    Ok(head.map_or(0, |head| head.0))
}

/// The entries from one position to another. Those that are understood only now are marked when there is no such
/// employee now, since nobody asked when they came.
pub(super) async fn entries(tx: &mut Tx, account: i64, from: i64, to: i64) -> Result<Vec<StoredEntry>> {
    let mut entries = stored::load(tx, account, &(from..=to).collect::<Vec<_>>()).await?;
    let newly_understood =
        |entry: &StoredEntry| entry.extracted.kind == UNKNOWN_KIND && entry.incoming.content.is_ok();
    let employees: Vec<Uuid> = entries
        .iter()
        .filter(|entry| newly_understood(entry))
        .filter_map(|entry| entry.incoming.employee())
        .collect();
    let existing: Vec<(Uuid,)> = tx
        .fetch_many(
            "a, i",
            (vec![account; employees.len()], employees),
            "select o.id from k join object o on o.account = k.a and o.kind = 'employee' and o.id = k.i",
        )
        .await?;
    let existing: HashSet<Uuid> = existing.into_iter().map(|row| row.0).collect();
    for entry in entries.iter_mut().filter(|entry| newly_understood(entry)) {
        if entry.incoming.employee().is_some_and(|employee| !existing.contains(&employee)) {
            entry.incoming.marks |= marks::UNKNOWN_EMPLOYEE;
        }
    }
    Ok(entries)
}

/// The messages with these ids.
pub(super) async fn messages(tx: &mut Tx, account: i64, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Fields>> {
    type Row = (Uuid, i64, Uuid, String, Option<Uuid>, String, i64);
    let rows: Vec<Row> = tx
        .fetch_many(
            "a, i",
            (vec![account; ids.len()], ids),
            "select m.id, m.position, m.employee, m.direction, m.task, m.text, m.sent_us from k \
             join message m on m.account = k.a and m.id = k.i",
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, position, employee, direction, task, text, sent_us)| {
            let fields = vec![
                ("position", position.to_string()),
                ("employee", employee.to_string()),
                ("direction", direction),
                ("task", shown(task)),
                ("text", text),
                ("sent_us", sent_us.to_string()),
            ];
            (id, fields)
        })
        .collect())
}

/// The messages that are no entry's.
pub(super) async fn stray_messages(tx: &mut Tx, account: i64) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = tx
        .fetch_all(
            "select m.id from message m where m.account = $1 and not exists \
             (select 1 from entry e where e.account = m.account and e.id = m.id) order by m.id",
            (account,),
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The task states in a range of ids (excluded, included).
pub(super) async fn states(
    tx: &mut Tx,
    account: i64,
    after: Uuid,
    until: Uuid,
) -> Result<BTreeMap<Uuid, Fields>> {
    let rows: Vec<(Uuid, String, i64, i64, String)> = tx
        .fetch_all(
            "select task, status, attention, position, state from task_state \
             where account = $1 and task > $2 and task <= $3",
            (account, after, until),
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(task, status, attention, position, state)| {
            let fields = vec![
                ("status", status),
                ("attention", attention.to_string()),
                ("position", position.to_string()),
                ("state", state),
            ];
            (task, fields)
        })
        .collect())
}

/// The assignments of the tasks in a range of ids (excluded, included), by task and number.
pub(super) async fn assignments(
    tx: &mut Tx,
    account: i64,
    after: Uuid,
    until: Uuid,
) -> Result<BTreeMap<(Uuid, i64), Fields>> {
    let rows: Vec<(Uuid, i64, Uuid, String, i64, Option<i64>)> = tx
        .fetch_all(
            "select task, number, employee, role, from_us, until_us from assignment \
             where account = $1 and task > $2 and task <= $3",
            (account, after, until),
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(task, number, employee, role, from_us, until_us)| {
            let fields = vec![
                ("employee", employee.to_string()),
                ("role", role),
                ("from_us", from_us.to_string()),
                ("until_us", shown(until_us)),
            ];
            ((task, number), fields)
        })
        .collect())
}

/// The sessions in a range of keys (excluded, included), by installation and id.
pub(super) async fn sessions(
    tx: &mut Tx,
    account: i64,
    after: (Uuid, Uuid),
    until: (Uuid, Uuid),
) -> Result<BTreeMap<(Uuid, Uuid), Fields>> {
    let rows: Vec<(Uuid, Uuid, Uuid, i64, Option<i64>, i64)> = tx
        .fetch_all(
            "select installation, id, employee, opened_us, closed_us, position from employee_session \
             where account = $1 and (installation, id) > ($2, $3) and (installation, id) <= ($4, $5)",
            (account, after.0, after.1, until.0, until.1),
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(installation, id, employee, opened_us, closed_us, position)| {
            let fields = vec![
                ("employee", employee.to_string()),
                ("opened_us", opened_us.to_string()),
                ("closed_us", shown(closed_us)),
                ("position", position.to_string()),
            ];
            ((installation, id), fields)
        })
        .collect())
}

/// Replaces what is said of entries, and adds the files of those that are understood only now.
pub(super) async fn write_entries(
    tx: &mut Tx,
    account: i64,
    fixes: Vec<EntryFix>,
    files: Vec<FileRow>,
) -> Result<()> {
    let accounts = vec![account; fixes.len()];
    let extracted: Vec<Extracted> = fixes.iter().map(|fix| fix.extracted.clone()).collect();
    let (position, outcome, reason, marks) = columns!(fixes => position, outcome, reason, marks);
    let (kind, session, employee, task, form, corrects) =
        columns!(extracted => kind, session, employee, task, form, corrects);
    tx.change_many(
        "a, p, outcome, reason, marks, kind, session, employee, task, form, corrects",
        (accounts, position, outcome, reason, marks, kind, session, employee, task, form, corrects),
        "update entry set outcome = k.outcome, reason = k.reason, marks = k.marks, kind = k.kind, \
         session = k.session, employee = k.employee, task = k.task, form = k.form, corrects = k.corrects \
         from k where entry.account = k.a and entry.position = k.p",
    )
    .await?;
    tx.insert_many(
        "insert into entry_file (account, position, number, hash, size_bytes, field, media_type)",
        columns!(files => account, position, number, hash, size_bytes, field, media_type),
        "on conflict (account, position, number) do nothing",
    )
    .await?;
    Ok(())
}

/// Replaces messages.
pub(super) async fn write_messages(
    tx: &mut Tx,
    account: i64,
    messages: Changes<MessageRow, Uuid>,
) -> Result<()> {
    tx.change_many(
        "a, i",
        (vec![account; messages.remove.len()], messages.remove),
        "delete from message where (account, id) in (select k.a, k.i from k)",
    )
    .await?;
    tx.insert_many(
        "insert into message (account, id, position, employee, direction, task, text, sent_us)",
        columns!(messages.store => account, id, position, employee, direction, task, text, sent_us),
        "on conflict (account, id) do update set position = excluded.position, employee = excluded.employee, \
         direction = excluded.direction, task = excluded.task, text = excluded.text, sent_us = excluded.sent_us",
    )
    .await?;
    Ok(())
}

/// Replaces sessions.
pub(super) async fn write_sessions(
    tx: &mut Tx,
    account: i64,
    sessions: Changes<SessionRow, (Uuid, Uuid)>,
) -> Result<()> {
    let (installations, ids): (Vec<Uuid>, Vec<Uuid>) = sessions.remove.into_iter().unzip();
    tx.change_many(
        "a, s, i",
        (vec![account; ids.len()], installations, ids),
        "delete from employee_session where (account, installation, id) in (select k.a, k.s, k.i from k)",
    )
    .await?;
    tx.insert_many(
        "insert into employee_session (account, id, installation, employee, opened_us, closed_us, position)",
        columns!(sessions.store => account, id, installation, employee, opened_us, closed_us, position),
        "on conflict (account, installation, id) do update set employee = excluded.employee, \
         opened_us = excluded.opened_us, closed_us = excluded.closed_us, position = excluded.position",
    )
    .await?;
    Ok(())
}

/// Removes task states and assignments.
pub(super) async fn remove_tasks(
    tx: &mut Tx,
    account: i64,
    states: Vec<Uuid>,
    assignments: Vec<(Uuid, i64)>,
) -> Result<()> {
    tx.change_many(
        "a, t",
        (vec![account; states.len()], states),
        "delete from task_state where (account, task) in (select k.a, k.t from k)",
    )
    .await?;
    let (tasks, numbers): (Vec<Uuid>, Vec<i64>) = assignments.into_iter().unzip();
    tx.change_many(
        "a, t, n",
        (vec![account; tasks.len()], tasks, numbers),
        "delete from assignment where (account, task, number) in (select k.a, k.t, k.n from k)",
    )
    .await?;
    Ok(())
}

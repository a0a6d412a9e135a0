//! What the office deleted: some days later nothing is left but that it was there.

use campo_protocol::entry::Kind;
use serde_json::{Map, Value, json};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    erase::{self, Found, Rule},
    rules::RetentionRules,
    steps::{ERASED, begin},
};
use crate::{
    app::App,
    database::Tx,
    files::reference,
    log::write::Write,
    problem::{Problem, Result},
};

/// The most things that are erased in one transaction.
const BATCH: i64 = 50;
/// What stands where a document was that phones have not any more.
const NOTHING: &[u8] = b"{}";

/// Erases the next tasks and objects that were deleted before an instant. False when there are none.
pub(super) async fn step(
    app: &App,
    account: i64,
    rules: &RetentionRules,
    (days, before_us): (i64, i64),
) -> Result<bool> {
    let mut tx = app.db.begin_snapshot().await?;
    let tasks = deleted_tasks(&mut tx, account, rules, before_us).await;
    let objects = deleted_objects(&mut tx, account, rules, before_us).await;
    tx.rollback().await;
    let (tasks, objects) = (tasks?, objects?);
    if tasks.is_empty() && objects.is_empty() {
        return Ok(false);
    }
    let Some(mut write) = begin(app, account, rules).await? else { return Ok(true) };
    blank(&mut write, objects).await?;
    let mut room = ERASED;
    for task in tasks {
        let found = entries_of(write.tx(), account, task, room).await?;
        let is_whole = found.len() < room;
        room -= found.len();
        erase::entries(&mut write, &found, Rule::Deleted { task, days }).await?;
        if !is_whole {
            break;
        }
        blank_task(&mut write, task).await?;
    }
    write.commit().await?;
    Ok(true)
}

/// While somebody is held no task goes: what happened at it may tell of that person.
async fn deleted_tasks(
    tx: &mut Tx,
    account: i64,
    rules: &RetentionRules,
    before_us: i64,
) -> Result<Vec<Uuid>> {
    if !rules.held_employees.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid,)> = tx
        .fetch_all(
            "select id from task where account = $1 and state = 'deleted' and erased_us is null and updated_us <= $2 \
             order by updated_us limit $3",
            (account, before_us, BATCH),
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// An object that was deleted.
#[derive(Debug, FromRow)]
pub(super) struct Deleted {
    kind: String,
    id: Uuid,
    body: String,
}

async fn deleted_objects(
    tx: &mut Tx,
    account: i64,
    rules: &RetentionRules,
    before_us: i64,
) -> Result<Vec<Deleted>> {
    let rows: Vec<Deleted> = tx
        .fetch_all(
            "select kind, id, body from object where account = $1 and state = 'deleted' and erased_us is null \
             and kind in ('employee', 'poi', 'work_order') and updated_us <= $2 order by updated_us limit $3",
            (account, before_us, BATCH + rules.held_employees.len() as i64),
        )
        .await?;
    Ok(rows.into_iter().filter(|row| row.kind != "employee" || !rules.holds(Some(row.id))).collect())
}

/// The object of a person that was deleted; none when it is erased already, or not deleted.
pub(super) async fn employee(tx: &mut Tx, account: i64, employee: Uuid) -> Result<Option<Deleted>> {
    tx.fetch_optional(
        "select kind, id, body from object where account = $1 and kind = 'employee' and id = $2 \
         and state = 'deleted' and erased_us is null",
        (account, employee),
    )
    .await
}

/// The entries of a task that have their bytes, but those that say that something was erased.
async fn entries_of(tx: &mut Tx, account: i64, task: Uuid, limit: usize) -> Result<Vec<Found>> {
    tx.fetch_all(
        "select e.position, e.id, e.employee, true as is_there from entry e \
         join entry_body b on b.account = e.account and b.position = e.position \
         where e.account = $1 and e.task = $2 and e.kind <> $3 order by e.position limit $4",
        (account, task, Kind::Erased.name(), limit as i64),
    )
    .await
}

async fn blank_task(write: &mut Write, task: Uuid) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    let tx = write.tx();
    tx.execute(
        "update task set fields = '{}', sort_key = '', external_number = null, latitude = null, longitude = null, \
         files = 0, erased_us = $3 where account = $1 and id = $2",
        (account, task, now_us),
    )
    .await?;
    tx.execute("delete from task_version where account = $1 and id = $2", (account, task)).await?;
    forget(tx, account, "task", task).await
}

/// Takes what was known of deleted objects, with all their versions, attachments and what phones had of them.
pub(super) async fn blank(write: &mut Write, objects: Vec<Deleted>) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    for Deleted { kind, id, body } in objects {
        let body = blanked(&kind, &body)?;
        let tx = write.tx();
        tx.execute(
            "update object set code = '', name = '', sort_key = '', body = $4, latitude = null, longitude = null, \
             erased_us = $5 where account = $1 and kind = $2 and id = $3",
            (account, kind.as_str(), id, body, now_us),
        )
        .await?;
        tx.execute(
            "delete from object_version where account = $1 and kind = $2 and id = $3",
            (account, kind.as_str(), id),
        )
        .await?;
        if kind == "employee" {
            tx.execute("delete from pin_verifier where account = $1 and employee = $2", (account, id))
                .await?;
        }
        forget(tx, account, &kind, id).await?;
        write.directory_changed();
    }
    Ok(())
}

/// Forgets what was attached to a thing, and what phones had of it before it was taken from them.
async fn forget(tx: &mut Tx, account: i64, kind: &str, id: Uuid) -> Result<()> {
    reference::forget(tx, account, kind, id).await?;
    tx.execute(
        "update change_body set body = $4 where account = $1 and kind = $2 and id = $3 and not exists ( \
         select 1 from change c where c.account = change_body.account and c.kind = change_body.kind \
         and c.id = change_body.id and not c.removed)",
        (account, kind, id, NOTHING),
    )
    .await?;
    Ok(())
}

/// The least document that an object of a kind can have: what it was is not in it.
fn blanked(kind: &str, body: &str) -> Result<String> {
    let before: Map<String, Value> = serde_json::from_str(body).map_err(Problem::internal)?;
    let mut blank = json!({ "number": "", "state": "deleted" });
    let kept: &[&str] = match kind {
        "employee" => &["group"],
        "poi" => {
            blank["name"] = json!("");
            &["kinds"]
        }
        _ => &[],
    };
    for name in kept {
        if let Some(value) = before.get(*name) {
            blank[*name] = value.clone();
        }
    }
    serde_json::to_string(&blank).map_err(Problem::internal)
}

#[cfg(test)]
mod tests {
    use campo_protocol::model::{employee::Employee, poi::Poi, work_order::WorkOrder};
    use serde::{Serialize, de::DeserializeOwned};

    use super::*;

    fn check<K: DeserializeOwned + Serialize>(kind: &str, document: &Value) {
        let object: K = serde_json::from_value(document.clone()).unwrap();
        let blank = blanked(kind, &serde_json::to_string(&object).unwrap()).unwrap();
        assert!(!blank.contains("secret"), "{blank}");
        let _: K = serde_json::from_str(&blank).unwrap();
    }

    #[test]
    fn what_is_left_of_an_object_can_be_read_and_says_nothing() {
        let group = "00000000-0000-0000-0000-000000000001";
        check::<Employee>("employee", &json!({ "number": "secret", "first_name": "secret", "group": group }));
        let address = json!({ "street": "secret" });
        check::<Poi>("poi", &json!({ "number": "secret", "name": "secret", "address": address }));
        check::<WorkOrder>("work_order", &json!({ "number": "secret", "customer_name": "secret" }));
    }
}

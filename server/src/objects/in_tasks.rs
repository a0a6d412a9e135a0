//! The open tasks that name an object, which then cannot be removed: a worker would stand before a task whose place or
//! type is not there. Tasks that are over keep what they name, as history does.

use campo_protocol::model::Kind;
use uuid::Uuid;

use super::check::Holder;
use crate::{database::Tx, problem::Result};

/// The open tasks that name objects of a kind, by their numbers.
pub(super) async fn holders(tx: &mut Tx, account: i64, kind: Kind, ids: Vec<Uuid>) -> Result<Vec<Holder>> {
    let keys = (vec![account; ids.len()], ids);
    let rows: Vec<(Uuid, Uuid, i64)> = match kind {
        Kind::TaskType => {
            tx.fetch_many(
                "a, i",
                keys,
                "select k.i, t.id, t.task_number from k \
                 join task t on t.account = k.a and t.task_type = k.i and t.state <> 'deleted' \
                 join task_state s on s.account = t.account and s.task = t.id \
                 and s.status not in ('closed', 'canceled', 'not_done', 'declined') order by t.task_number",
            )
            .await?
        }
        Kind::Poi => {
            tx.fetch_many(
                "a, i",
                keys,
                "select k.i, t.id, t.task_number from k \
                 join task t on t.account = k.a and t.poi = k.i and t.state <> 'deleted' \
                 join task_state s on s.account = t.account and s.task = t.id \
                 and s.status not in ('closed', 'canceled', 'not_done', 'declined') order by t.task_number",
            )
            .await?
        }
        Kind::WorkOrder => {
            tx.fetch_many(
                "a, i",
                keys,
                "select k.i, t.id, t.task_number from k \
                 join task t on t.account = k.a and t.work_order = k.i and t.state <> 'deleted' \
                 join task_state s on s.account = t.account and s.task = t.id \
                 and s.status not in ('closed', 'canceled', 'not_done', 'declined') order by t.task_number",
            )
            .await?
        }
        _ => Vec::new(),
    };
    let holder = |(target, id, number): (Uuid, Uuid, i64)| Holder {
        target,
        kind: "task".to_owned(),
        id,
        name: format!("number:{number}"),
    };
    Ok(rows.into_iter().map(holder).collect())
}

#[cfg(test)]
mod tests {
    use campo_protocol::task::status::Status;

    #[test]
    fn the_statements_leave_out_what_is_over_and_nothing_else() {
        let over: Vec<_> =
            Status::ALL.iter().filter(|status| status.is_terminal()).map(|status| status.name()).collect();
        let list = format!("('{}')", over.join("', '"));
        let found = include_str!("in_tasks.rs").matches(&format!("not in {list}")).count();
        assert_eq!(found, 3, "{list}");
    }
}

//! The topics, a closed list, and their counters.

use std::collections::BTreeMap;

use sqlx::FromRow;

use crate::{
    access::{PermissionName, Permissions},
    app::App,
    database::Tx,
    problem::Result,
};

/// A topic, and any one of which permissions lets somebody hear of it; everybody does where none is named.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    /// Its name on the wire and in tables
    pub name: &'static str,
    /// Who hears of it
    pub permissions: &'static [PermissionName],
}

const fn topic(name: &'static str, permissions: &'static [PermissionName]) -> Topic {
    Topic { name, permissions }
}

/// What was captured: punches, steps of tasks, forms, photos, messages.
const ENTRIES: &str = "entries";
/// What outside systems may learn.
const EVENTS: &str = "events";
/// What phones must know: tasks, points of interest, people, forms.
const CHANGES: &str = "changes";

/// Every topic. A capability adds its own here.
pub const TOPICS: &[Topic] = &[
    topic(
        ENTRIES,
        &[
            PermissionName::ViewEntries,
            PermissionName::ViewTasks,
            PermissionName::ViewTimesheets,
            PermissionName::ViewMessages,
        ],
    ),
    topic(
        EVENTS,
        &[PermissionName::ViewEntries, PermissionName::ViewDeliveries, PermissionName::ManageChannels],
    ),
    topic(
        CHANGES,
        &[
            PermissionName::ViewTasks,
            PermissionName::ViewPois,
            PermissionName::ViewEmployees,
            PermissionName::ViewDefinitions,
        ],
    ),
    topic("acts", &[]),
    topic("notices", &[]),
    topic("imports", &[PermissionName::RunImports, PermissionName::ManageTemplates]),
    topic(crate::exchange::TOPIC, &[PermissionName::ViewTransfers, PermissionName::ManageExchange]),
    topic(crate::channels::TOPIC, &[PermissionName::ManageChannels, PermissionName::ViewDeliveries]),
    topic(crate::installations::TOPIC, &[PermissionName::ManageInstallations, PermissionName::ViewEmployees]),
];

/// The counters of an account's topics.
pub type Counters = BTreeMap<String, i64>;

/// What of `counters` somebody with these permissions may hear.
pub(super) fn heard(counters: &Counters, permissions: Permissions) -> Counters {
    let may = |topic: &&Topic| {
        topic.permissions.is_empty() || topic.permissions.iter().any(|name| permissions.has(*name))
    };
    let names = TOPICS.iter().filter(may).map(|topic| topic.name);
    names.filter_map(|name| Some((name.to_owned(), *counters.get(name)?))).collect()
}

#[derive(FromRow)]
struct Row {
    account: i64,
    topic: String,
    counter: i64,
}

/// The counters of these accounts.
pub(super) async fn read(app: &App, accounts: &[i64]) -> Result<BTreeMap<i64, Counters>> {
    let mut all: BTreeMap<i64, Counters> = BTreeMap::new();
    if accounts.is_empty() {
        return Ok(all);
    }
    let mut tx = app.db.begin_snapshot().await?;
    let rows: Vec<Row> = tx
        .fetch_many(
            "a",
            (accounts.to_vec(),),
            "select h.account as account, 'entries' as topic, h.entry as counter \
             from k join account_head h on h.account = k.a \
             union all select h.account, 'events', h.event from k join account_head h on h.account = k.a \
             union all select h.account, 'changes', h.change from k join account_head h on h.account = k.a \
             union all select t.account, t.topic, t.counter from k join live_topic t on t.account = k.a",
        )
        .await?;
    tx.rollback().await;
    for row in rows {
        all.entry(row.account).or_default().insert(row.topic, row.counter);
    }
    Ok(all)
}

/// Raises the counters of topics, in the transaction that changes what they are about.
pub(crate) async fn raise(
    tx: &mut Tx,
    account: i64,
    topics: impl ExactSizeIterator<Item = &'static str>,
) -> Result<()> {
    let count = topics.len();
    if count == 0 {
        return Ok(());
    }
    tx.insert_many(
        "insert into live_topic (account, topic, counter)",
        (vec![account; count], topics.collect::<Vec<_>>(), vec![1_i64; count]),
        "on conflict (account, topic) do update set counter = live_topic.counter + 1",
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_hears_of_a_topic_without_a_permission_for_it() {
        let counters: Counters = TOPICS.iter().map(|topic| (topic.name.to_owned(), 1)).collect();
        let names = |permissions: &[PermissionName]| {
            heard(&counters, permissions.iter().copied().collect()).into_keys().collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["acts", "notices"]);
        assert_eq!(names(&[PermissionName::RunImports]), ["acts", "imports", "notices"]);
        assert_eq!(names(&[PermissionName::ViewTasks]), ["acts", "changes", "entries", "notices"]);
    }
}

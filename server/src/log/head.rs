//! The head of an account: the row that every transaction of the account locks first and updates once.

use sqlx::FromRow;

use crate::{
    database::{Inserts, Tx},
    problem::{Code, Problem, Result},
};

/// The counters of an account, held while its row is locked.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Head {
    /// The account
    pub account: i64,
    /// Position of the last entry
    pub entry: i64,
    /// Position of the last event
    pub event: i64,
    /// Position of the last change
    pub change: i64,
    /// The last task number that the counter gave
    pub task_number: i64,
    /// Rises whenever an object of the account changes: what is cached of them is valid for one value of it
    pub directory: i64,
    /// The last link of the account's chain
    pub link: Vec<u8>,
}

/// Locks the heads of `accounts` until the transaction ends.
///
/// On PostgreSQL a transaction holds one account, so this is called with one. On SQLite the transaction holds the
/// write lock already.
pub async fn lock(tx: &mut Tx, accounts: &[i64]) -> Result<Vec<Head>> {
    match (&*tx, accounts) {
        (Tx::Postgres(..), [account]) => {
            let head = tx
                .fetch_optional(
                    "select account, entry, event, change, task_number, directory, link from account_head \
                     where account = $1 for update",
                    (*account,),
                )
                .await?;
            Ok(vec![head.ok_or_else(|| Problem::new(Code::NotFound))?])
        }
        _ => {
            tx.fetch_many(
                "a",
                (accounts.to_vec(),),
                "select h.account, h.entry, h.event, h.change, h.task_number, h.directory, h.link from k \
                 join account_head h on h.account = k.a",
            )
            .await
        }
    }
}

/// Writes the heads back.
pub fn update(inserts: &mut Inserts, heads: &[&Head]) -> Result<()> {
    let column = |value: fn(&Head) -> i64| heads.iter().map(|head| value(head)).collect::<Vec<_>>();
    inserts.insert_many(
        "insert into account_head (account, entry, event, change, task_number, directory, link)",
        (
            column(|head| head.account),
            column(|head| head.entry),
            column(|head| head.event),
            column(|head| head.change),
            column(|head| head.task_number),
            column(|head| head.directory),
            heads.iter().map(|head| head.link.clone()).collect::<Vec<_>>(),
        ),
        "on conflict (account) do update set entry = excluded.entry, event = excluded.event, change = excluded.change, \
         task_number = excluded.task_number, directory = excluded.directory, link = excluded.link",
    )
}

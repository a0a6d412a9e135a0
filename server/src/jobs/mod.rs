//! Background work of accounts: rows that replicas claim, each under a lease.
//!
//! The lease is a counter that its holder raises. A replica that saw the counter of another one stand still for the
//! length of a lease, by its own monotonic clock, takes the job over. What a job writes it writes in transactions that
//! ask [`Claim::go_on`] first: a holder that was taken for gone writes nothing more. The jobs of one kind in one account
//! are done in the order in which they were made.

mod claim;
mod worker;

use futures_util::future::BoxFuture;
use serde::Serialize;
use uuid::Uuid;

pub use claim::Claim;
pub use worker::{release, run, work_off};

use crate::{
    app::App,
    imports,
    log::write::Write,
    problem::{Problem, Result},
};

/// A kind of background work.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name in the table
    pub name: &'static str,
    /// The newest format of its bodies that this release understands; newer ones wait for a newer replica
    pub format: i64,
    /// Does it, from wherever the last holder left off. May be dropped at any await. It ends with [`Claim::finish`]; an
    /// error means: again later.
    pub run: for<'a> fn(&'a App, &'a Claim) -> BoxFuture<'a, Result<()>>,
    /// Says of a job that failed again and again that it failed. It ends with [`Claim::finish`], too.
    pub give_up: for<'a> fn(&'a App, &'a Claim) -> BoxFuture<'a, Result<()>>,
}

/// Every kind. A capability adds its own here.
pub const KINDS: &[Kind] = &[imports::JOB];

/// Makes a job, in the transaction of whoever wants it done. Once that is committed, [`App::work`] may be told.
pub async fn enqueue(write: &mut Write, kind: &Kind, id: Uuid, body: &impl Serialize) -> Result<()> {
    let body = serde_json::to_string(body).map_err(Problem::internal)?;
    let (account, principal, now_us) = (write.account(), write.principal, write.now_us);
    write
        .tx()
        .execute(
            "insert into job (account, id, kind, format, body, principal, principal_id, state, run_at_us, attempts, \
             holder, lease, problem, created_us, updated_us) \
             values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, 0, null, 0, null, $8, $8)",
            (account, id, kind.name, kind.format, body, principal.kind(), principal.id(), now_us),
        )
        .await?;
    Ok(())
}

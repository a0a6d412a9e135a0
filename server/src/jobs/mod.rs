//! Background work of accounts: rows that replicas claim, each under a lease.
//!
//! The lease is a counter that its holder raises. A replica that saw the counter of another one stand still for the
//! length of a lease, by its own monotonic clock, takes the job over. What a job writes it writes in transactions that
//! ask [`Claim::go_on`] first: a holder that was taken for gone writes nothing more. The jobs of one lane of an account
//! are done in the order in which they were made, lanes side by side; a job that rests holds up its lane alone.

mod claim;
mod worker;

use futures_util::future::BoxFuture;
use serde::Serialize;
use uuid::Uuid;

pub use claim::Claim;
pub use worker::{release, run, work_off};

use crate::{
    app::App,
    log::write::Write,
    problem::{Problem, Result},
};

/// What a kind of work spends its time on, which decides how many are done side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The processor and the database: two at a replica, one of an account
    Computes,
    /// The network: 32 at a replica, four of an account
    Waits,
}

/// A kind of background work; [`crate::capabilities::JOBS`] names all.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name in the table
    pub name: &'static str,
    /// The newest format of its bodies that this release understands; newer ones wait for a newer replica
    pub format: i64,
    /// What it spends its time on
    pub work: Work,
    /// Does it, from wherever the last holder left off. May be dropped at any await. It ends with [`Claim::finish`]; an
    /// error means: again later.
    pub run: for<'a> fn(&'a App, &'a Claim) -> BoxFuture<'a, Result<()>>,
    /// Says of a job that failed again and again that it failed. It ends with [`Claim::finish`], too.
    pub give_up: for<'a> fn(&'a App, &'a Claim) -> BoxFuture<'a, Result<()>>,
}

/// Makes a job at the end of a lane, in the transaction of whoever wants it done. Once that is committed, [`App::work`]
/// may be told. A lane is a name such as `import` or `export:<id>`.
pub async fn enqueue(
    write: &mut Write,
    kind: &Kind,
    lane: &str,
    id: Uuid,
    body: &impl Serialize,
) -> Result<()> {
    let body = serde_json::to_string(body).map_err(Problem::internal)?;
    let (account, principal, now_us) = (write.account(), write.principal, write.now_us);
    write
        .tx()
        .execute(
            "insert into job (account, id, kind, format, body, principal, principal_id, state, run_at_us, attempts, \
             holder, lease, problem, created_us, updated_us, lane) \
             values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, 0, null, 0, null, $8, $8, $9)",
            (account, id, kind.name, kind.format, body, principal.kind(), principal.id(), now_us, lane),
        )
        .await?;
    Ok(())
}

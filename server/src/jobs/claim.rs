//! A job in the hands of this replica.

use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    access::{Caller, recheck::recheck},
    app::App,
    duties::lease,
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// A job that this replica does now.
#[derive(Debug, Clone, FromRow)]
pub struct Claim {
    /// The account
    pub account: i64,
    /// The job
    pub id: Uuid,
    /// Its kind
    pub kind: String,
    /// What is to be done
    pub body: String,
    /// Who wants it done
    pub principal: String,
    /// Which user or key
    pub principal_id: Option<Uuid>,
    /// How often it was claimed since it last got on
    pub attempts: i64,
    /// The counter as this replica raised it last
    pub lease: i64,
}

impl Claim {
    /// Whoever wants it done, with the permissions of now. [`Code::Revoked`] when that is nobody any more.
    pub async fn caller(&self, app: &App) -> Result<Caller> {
        recheck(app, self.account, &self.principal, self.principal_id).await
    }

    /// Says in a transaction that the job gets on. [`Code::Conflict`] when it is another replica's by now: nothing may
    /// be committed then.
    pub async fn go_on(&self, app: &App, write: &mut Write) -> Result<()> {
        let (replica, now_us) = (app.health.replica(), write.now_us);
        let held = write
            .tx()
            .execute(
                "update job set attempts = 0, problem = null, updated_us = $4 \
                 where account = $1 and id = $2 and holder = $3",
                (self.account, self.id, replica, now_us),
            )
            .await?;
        held_by_us(held)
    }

    /// Removes the job in the transaction that ends it. [`Code::Conflict`] as for [`Self::go_on`].
    pub async fn finish(&self, app: &App, write: &mut Write) -> Result<()> {
        let replica = app.health.replica();
        let held = write
            .tx()
            .execute(
                "delete from job where account = $1 and id = $2 and holder = $3",
                (self.account, self.id, replica),
            )
            .await?;
        held_by_us(held)
    }

    /// Raises the counter until the job is lost.
    pub(super) async fn keep(&self, app: &App) {
        let until_us = lease::end_us(app, app.environment.monotonic_us());
        lease::keep(app, &mut &*self, until_us).await;
    }

    async fn raise(&self, app: &App) -> Result<bool> {
        let mut tx = app.db.begin().await?;
        let raised = tx
            .execute(
                "update job set lease = lease + 1 where account = $1 and id = $2 and holder = $3",
                (self.account, self.id, app.health.replica()),
            )
            .await?;
        tx.commit().await?;
        Ok(raised == 1)
    }
}

fn held_by_us(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Problem::new(Code::Conflict).with("with", "another replica")) }
}

impl lease::Renew for &Claim {
    fn subject(&self) -> String {
        format!("job {} of account {}", self.id, self.account)
    }

    fn renew(&mut self, app: &App) -> impl Future<Output = Result<bool>> + Send {
        self.raise(app)
    }
}

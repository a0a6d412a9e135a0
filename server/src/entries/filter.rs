//! Which entries are wanted.

use campo_protocol::{
    faults::Faults,
    model::{Kind, Ref},
    sync::Outcome,
};
use uuid::Uuid;

use crate::{
    database::Tx,
    problem::{Code, Result},
    tasks::{self, Links, TaskReference},
};

/// What a filter names, by id or by the customer's own number.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// The employee
    pub employee: Option<Ref>,
    /// The task
    pub task: Option<TaskReference>,
    /// The form definition
    pub form: Option<Ref>,
}

impl Named {
    /// Sets in `filter` what is named. An id is taken as it is, since entries outlive what they name; a number of which
    /// nothing is there is refused.
    pub(super) async fn resolve(self, tx: &mut Tx, account: i64, filter: &mut Filter) -> Result<()> {
        let mut faults = Faults::default();
        for (field, kind, named, id) in [
            ("/employee", Kind::Employee, self.employee, &mut filter.employee),
            ("/form", Kind::Form, self.form, &mut filter.form),
        ] {
            *id = match named {
                None => None,
                Some(Ref::Id(named)) => Some(named),
                Some(code) => {
                    let links = Links::resolve(tx, account, [(kind, code.clone())]).await?;
                    links.find(&mut faults, field, kind, &code)
                }
            };
        }
        filter.task = match self.task {
            None => None,
            Some(TaskReference::Id(id)) => Some(id),
            Some(reference) => match tasks::read::find(tx, account, &reference).await {
                Ok(task) => Some(task.id),
                Err(problem) if problem.code() == Code::NotFound => {
                    faults.add("/task", "unknown_reference", &reference.to_string(), "a task that exists");
                    None
                }
                Err(problem) => return Err(problem),
            },
        };
        Ok(faults.into_result()?)
    }
}

/// Which entries are wanted: those for which everything that is set holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this kind
    pub kind: Option<String>,
    /// Of this employee
    pub employee: Option<Uuid>,
    /// Captured by this installation
    pub installation: Option<Uuid>,
    /// About this task
    pub task: Option<Uuid>,
    /// Answering this form definition
    pub form: Option<Uuid>,
    /// With this outcome
    pub outcome: Option<Outcome>,
    /// Occurred at this instant or later: microseconds since 1970 UTC
    pub from_us: Option<i64>,
    /// Occurred before this instant: microseconds since 1970 UTC
    pub until_us: Option<i64>,
    /// Received after this instant: microseconds since 1970 UTC
    pub received_after_us: Option<i64>,
}

// One text for each index that can serve: a condition on a parameter that may be absent uses none.

const ALL: &str = "select e.position from entry e where e.account = $1 and e.position > $2 \
    and (e.kind = $3 or $3 is null) and (e.employee = $4 or $4 is null) and (e.installation = $5 or $5 is null) \
    and (e.task = $6 or $6 is null) and (e.form = $7 or $7 is null) and (e.outcome = $8 or $8 is null) \
    and (e.occurred_us >= $9 or $9 is null) and (e.occurred_us < $10 or $10 is null) \
    and (e.received_us > $11 or $11 is null) order by e.position limit $12";

const OF_TASK: &str = "select e.position from entry e where e.account = $1 and e.position > $2 and e.task = $6 \
    and (e.kind = $3 or $3 is null) and (e.employee = $4 or $4 is null) and (e.installation = $5 or $5 is null) \
    and (e.form = $7 or $7 is null) and (e.outcome = $8 or $8 is null) \
    and (e.occurred_us >= $9 or $9 is null) and (e.occurred_us < $10 or $10 is null) \
    and (e.received_us > $11 or $11 is null) order by e.position limit $12";

const OF_FORM: &str = "select e.position from entry e where e.account = $1 and e.position > $2 and e.form = $7 \
    and (e.kind = $3 or $3 is null) and (e.employee = $4 or $4 is null) and (e.installation = $5 or $5 is null) \
    and (e.task = $6 or $6 is null) and (e.outcome = $8 or $8 is null) \
    and (e.occurred_us >= $9 or $9 is null) and (e.occurred_us < $10 or $10 is null) \
    and (e.received_us > $11 or $11 is null) order by e.position limit $12";

const OF_EMPLOYEE: &str = "select e.position from entry e where e.account = $1 and e.position > $2 \
    and e.employee = $4 and (e.kind = $3 or $3 is null) and (e.installation = $5 or $5 is null) \
    and (e.task = $6 or $6 is null) and (e.form = $7 or $7 is null) and (e.outcome = $8 or $8 is null) \
    and (e.occurred_us >= $9 or $9 is null) and (e.occurred_us < $10 or $10 is null) \
    and (e.received_us > $11 or $11 is null) order by e.position limit $12";

const OF_INSTALLATION: &str = "select e.position from entry e where e.account = $1 and e.position > $2 \
    and e.installation = $5 and (e.kind = $3 or $3 is null) and (e.employee = $4 or $4 is null) \
    and (e.task = $6 or $6 is null) and (e.form = $7 or $7 is null) and (e.outcome = $8 or $8 is null) \
    and (e.occurred_us >= $9 or $9 is null) and (e.occurred_us < $10 or $10 is null) \
    and (e.received_us > $11 or $11 is null) order by e.position limit $12";

const SET_ASIDE: &str = "select e.position from entry e where e.account = $1 and e.position > $2 \
    and e.outcome = 'set_aside' and (e.kind = $3 or $3 is null) and (e.employee = $4 or $4 is null) \
    and (e.installation = $5 or $5 is null) and (e.task = $6 or $6 is null) and (e.form = $7 or $7 is null) \
    and (e.outcome = $8 or $8 is null) and (e.occurred_us >= $9 or $9 is null) \
    and (e.occurred_us < $10 or $10 is null) and (e.received_us > $11 or $11 is null) \
    order by e.position limit $12";

impl Filter {
    /// The positions of the first entries behind `after` that it lets through, in order.
    pub(super) async fn positions(
        &self,
        tx: &mut Tx,
        account: i64,
        after: i64,
        limit: i64,
    ) -> Result<Vec<i64>> {
        let rows: Vec<(i64,)> = tx
            .fetch_all(
                self.text(),
                (
                    account,
                    after,
                    self.kind.clone(),
                    self.employee,
                    self.installation,
                    self.task,
                    self.form,
                    self.outcome.map(Outcome::name),
                    self.from_us,
                    self.until_us,
                    self.received_after_us,
                    limit,
                ),
            )
            .await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// The text whose index leaves the least to look through.
    const fn text(&self) -> &'static str {
        if self.task.is_some() {
            OF_TASK
        } else if matches!(self.outcome, Some(Outcome::SetAside)) {
            SET_ASIDE
        } else if self.form.is_some() {
            OF_FORM
        } else if self.employee.is_some() {
            OF_EMPLOYEE
        } else if self.installation.is_some() {
            OF_INSTALLATION
        } else {
            ALL
        }
    }
}

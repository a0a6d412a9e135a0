//! The timesheets of an account as they stand at one position of the logs, page by page: for tables that leave.

use campo_protocol::civil::CivilDate;
use uuid::Uuid;

use super::{
    people::Company,
    read::{BATCH, MAX_DAYS_OF_MANY, Span, Whose, page, sheets},
    shown::Timesheet,
};
use crate::{
    access::{Allowed, permissions::ViewTimesheets},
    app::App,
    database::Tx,
    problem::Result,
};

/// The timesheets at one position.
#[derive(Debug)]
pub(crate) struct SheetTable {
    tx: Tx,
    account: i64,
    company: Company,
    span: Span,
    as_of_us: i64,
    /// Those behind this one; none at the end
    after: Option<(String, Uuid)>,
    /// The position in the log of events at which they stand
    pub(crate) position: i64,
}

impl SheetTable {
    /// The timesheets of all employees on some days, sorted by name. What changes while they are read is not seen.
    pub(crate) async fn begin(
        app: &App,
        allowed: &Allowed<ViewTimesheets>,
        (from, to): (CivilDate, CivilDate),
        as_of_us: i64,
    ) -> Result<Self> {
        let account = allowed.account();
        let span = Span::new(from, to, MAX_DAYS_OF_MANY)?;
        let mut tx = app.db.begin_long_snapshot().await?;
        let (position,): (i64,) =
            tx.fetch_one("select event from account_head where account = $1", (account,)).await?;
        let company = Company::load(&mut tx, account).await?;
        Ok(Self { tx, account, company, span, as_of_us, after: Some((String::new(), Uuid::nil())), position })
    }

    /// The next timesheets; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Timesheet>>> {
        let Some(after) = self.after.take() else { return Ok(None) };
        let whose = Whose { after, ..Whose::default() };
        let mut people = page(&mut self.tx, self.account, &self.company, &whose, self.span, BATCH).await?;
        if people.len() as i64 > BATCH {
            people.truncate(BATCH as usize);
            self.after = people.last().map(|person| (person.sort_key.clone(), person.id));
        }
        if people.is_empty() {
            return Ok(None);
        }
        sheets(&mut self.tx, self.account, people, self.span, self.as_of_us).await.map(Some)
    }
}

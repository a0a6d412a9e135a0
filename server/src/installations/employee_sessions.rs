//! Sessions of employees on installations, as their entries tell.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    access::{Allowed, permissions::ViewEntries},
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    problem::Result,
};

/// An employee working on an installation.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmployeeSession {
    /// Its id, which its entries carry
    pub id: Uuid,
    /// The installation
    pub installation: Uuid,
    /// The employee
    pub employee: Uuid,
    /// When it was opened
    pub opened_at: Instant,
    /// When it was closed, as far as is known
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
}

/// Which sessions are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EmployeeSessionQuery {
    /// Only those on this installation
    pub installation: Option<Uuid>,
    /// Only those of this employee
    pub employee: Option<Uuid>,
    /// Only those that are open (`true`) or closed (`false`)
    pub open: Option<bool>,
    /// `next` of the page before
    pub after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    pub limit: Option<i64>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    installation: Uuid,
    employee: Uuid,
    opened_us: i64,
    closed_us: Option<i64>,
}

/// The sessions in order of their ids.
pub async fn list(
    app: &App,
    allowed: &Allowed<ViewEntries>,
    query: &EmployeeSessionQuery,
) -> Result<Page<EmployeeSession>> {
    let page = PageQuery { after: query.after.clone(), limit: query.limit };
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, installation, employee, opened_us, closed_us from employee_session \
             where account = $1 and id > $2 and (installation = $3 or $3 is null) \
             and (employee = $4 or $4 is null) and ((closed_us is null) = $5 or $5 is null) order by id limit $6",
            (allowed.account(), after, query.installation, query.employee, query.open, limit + 1),
        )
        .await?;
    let page = Page::new(rows, limit, |row| row.id);
    Ok(page.map(|row| EmployeeSession {
        id: row.id,
        installation: row.installation,
        employee: row.employee,
        opened_at: Instant(row.opened_us),
        closed_at: row.closed_us.map(Instant),
    }))
}

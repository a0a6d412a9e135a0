//! Messages in both directions, latest first.

use campo_protocol::{
    faults::Faults,
    model::{Kind, Ref},
};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    access::{Allowed, permissions::ViewMessages},
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    problem::Result,
    tasks::Links,
};

/// Which messages are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessageQuery {
    /// Those with this employee: an id or `number:` and the employee's number; with everybody when absent
    #[param(value_type = Option<String>)]
    pub employee: Option<Ref>,
    /// `next` of the page before
    pub after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    pub limit: Option<i64>,
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageShown {
    /// Its entry
    pub id: Uuid,
    /// Position of its entry
    pub position: i64,
    /// The employee who got or wrote it
    pub employee: Uuid,
    /// `to_employee` or `from_employee`
    pub direction: String,
    /// The task it is about
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Uuid>,
    /// What it says
    pub text: String,
    /// When it was written
    pub sent_at: Instant,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    position: i64,
    employee: Uuid,
    direction: String,
    task: Option<Uuid>,
    text: String,
    sent_us: i64,
}

/// One page of messages, latest first.
pub async fn list(
    app: &App,
    allowed: &Allowed<ViewMessages>,
    query: MessageQuery,
) -> Result<Page<MessageShown>> {
    let account = allowed.account();
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, before) = (page.limit()?, page.after::<i64>()?.unwrap_or(i64::MAX));
    let mut tx = app.db.begin_snapshot().await?;
    let rows: Vec<Row> = match query.employee {
        Some(target) => {
            let links = Links::resolve(&mut tx, account, [(Kind::Employee, target.clone())]).await?;
            let mut faults = Faults::default();
            let employee = links.find(&mut faults, "/employee", Kind::Employee, &target);
            faults.into_result()?;
            tx.fetch_all(
                "select id, position, employee, direction, task, text, sent_us from message \
                 where account = $1 and employee = $2 and position < $3 order by position desc limit $4",
                (account, employee, before, limit + 1),
            )
            .await?
        }
        None => {
            tx.fetch_all(
                "select id, position, employee, direction, task, text, sent_us from message \
                 where account = $1 and position < $2 order by position desc limit $3",
                (account, before, limit + 1),
            )
            .await?
        }
    };
    tx.commit().await?;
    Ok(Page::new(rows, limit, |row| row.position).map(|row| MessageShown {
        id: row.id,
        position: row.position,
        employee: row.employee,
        direction: row.direction,
        task: row.task,
        text: row.text,
        sent_at: Instant(row.sent_us),
    }))
}

//! The change feed as phones read it: page by page behind a position, one scope at a time.

use campo_protocol::scope::Scope;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    access::{Allowed, Permission},
    database::Db,
    log::changes::ScopeHead,
    problem::Result,
};

/// The latest state of one object, or that the scope holds it no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The kind of the object, such as `task`
    pub kind: String,
    /// The object
    pub id: Uuid,
    /// Where the change stands; positions rise, with gaps
    pub position: i64,
    /// Its JSON; none when it was removed from the scope
    pub body: Option<Vec<u8>>,
}

/// Some changes of a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In the order of their positions, each object once
    pub changes: Vec<Change>,
    /// Behind which the next page begins
    pub position: i64,
    /// True when there are more now
    pub more: bool,
    /// The scope as it was when the page was read: whoever applied every page up to one without `more` holds exactly
    /// its objects
    pub head: ScopeHead,
}

#[derive(FromRow)]
struct Row {
    head: i64,
    objects: i64,
    digest: i64,
    kind: Option<String>,
    id: Option<Uuid>,
    position: Option<i64>,
    body: Option<Vec<u8>>,
}

/// The changes of `scope` behind `after`, at most `limit`. One statement reads them and the head, so that they agree
/// whatever is written meanwhile. A scope that never held anything has its head at 0.
pub async fn page<P: Permission>(
    db: &Db,
    allowed: &Allowed<P>,
    scope: &Scope,
    after: i64,
    limit: i64,
) -> Result<Page> {
    let account = allowed.account();
    let name = scope.to_string();
    let mut rows: Vec<Row> = db
        .fetch_all(
            "select s.position as head, s.objects, s.digest, c.kind, c.id, c.position, b.body from scope s \
             left join change c on c.account = s.account and c.scope = s.scope and c.position > $3 \
             left join change_body b on b.account = c.account and b.kind = c.kind and b.id = c.id and not c.removed \
             where s.account = $1 and s.scope = $2 order by c.position limit $4",
            (account, name.as_str(), after, limit.saturating_add(1)),
        )
        .await?;
    let mut head = ScopeHead { account, scope: name, ..ScopeHead::default() };
    if let Some(row) = rows.first() {
        (head.position, head.objects, head.digest) = (row.head, row.objects, row.digest);
    }
    let more = rows.len() as i64 > limit;
    rows.truncate(limit.max(0) as usize);
    let changes: Vec<Change> = rows.into_iter().filter_map(Row::into_change).collect();
    let position = match changes.last() {
        Some(last) if more => last.position,
        _ if more => after,
        _ => head.position,
    };
    Ok(Page { changes, position, more, head })
}

impl Row {
    /// None for the one row of a scope that has no change behind the position.
    fn into_change(self) -> Option<Change> {
        Some(Change { kind: self.kind?, id: self.id?, position: self.position?, body: self.body })
    }
}

//! Acts as they are read.

use serde::Serialize;
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::Caller,
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    database::Db,
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// What one person did to many things at once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Act {
    /// Its id
    pub id: Uuid,
    /// What was done, such as `tasks.batch`, `tasks.assign`, `tasks.status`, `undo`
    pub kind: String,
    /// The permission that taking it back needs
    pub permission: String,
    /// Who did it: `user` or `key`, or a duty of Campo
    pub author_kind: String,
    /// Which one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Uuid>,
    /// What is told of it, by its kind
    pub detail: Value,
    /// How many things it changed
    pub changed: i64,
    /// The act that it takes back
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Uuid>,
    /// When it was done
    pub created_at: Instant,
    /// Until when it can be taken back
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<Instant>,
    /// When it was taken back
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Instant>,
    /// True while it is being taken back
    pub undoing: bool,
    /// The permissions that taking it back needs besides `permission`; its author needs none of them
    pub also: Vec<String>,
}

#[derive(Debug, Clone, FromRow)]
pub(super) struct Row {
    pub(super) id: Uuid,
    kind: String,
    pub(super) permission: String,
    author: String,
    author_id: Option<Uuid>,
    pub(super) detail: String,
    undoes: Option<Uuid>,
    pub(super) effects: i64,
    created_us: i64,
    pub(super) undo_until_us: Option<i64>,
    pub(super) undone_us: Option<i64>,
    also: String,
    pub(super) undoing: Option<Uuid>,
}

const ONE: &str = "select id, kind, permission, author, author_id, detail, undoes, effects, created_us, undo_until_us, \
                   undone_us, also, undoing from act where account = $1 and id = $2";

impl Row {
    pub(super) async fn load(db: &Db, account: i64, act: Uuid) -> Result<Option<Self>> {
        db.fetch_optional(ONE, (account, act)).await
    }

    pub(super) async fn locked(write: &mut Write, act: Uuid) -> Result<Option<Self>> {
        let account = write.account();
        write.tx().fetch_optional(ONE, (account, act)).await
    }

    /// Refuses whoever may not take it back: its author may, and whoever has what it needs besides its permission.
    pub(super) fn must_be_undone_by(&self, caller: &Caller) -> Result<()> {
        let is_author = caller.principal.kind() == self.author && caller.principal.id() == self.author_id;
        let also: Vec<String> = serde_json::from_str(&self.also).map_err(Problem::internal)?;
        match also.into_iter().find(|name| !is_author && !may(caller, name)) {
            Some(missing) => Err(Problem::new(Code::Forbidden).with("permission", missing)),
            None => Ok(()),
        }
    }

    fn shown(self) -> Result<Act> {
        Ok(Act {
            id: self.id,
            kind: self.kind,
            permission: self.permission,
            author_kind: self.author,
            author: self.author_id,
            detail: serde_json::from_str(&self.detail).map_err(Problem::internal)?,
            changed: self.effects,
            undoes: self.undoes,
            created_at: Instant(self.created_us),
            undo_until: self.undo_until_us.map(Instant),
            undone_at: self.undone_us.map(Instant),
            undoing: self.undoing.is_some() && self.undone_us.is_none(),
            also: serde_json::from_str(&self.also).map_err(Problem::internal)?,
        })
    }
}

/// True when the caller holds the permission of an act.
pub(super) fn may(caller: &Caller, permission: &str) -> bool {
    caller.permissions.names().iter().any(|name| name.name() == permission)
}

/// The acts whose permission the caller has, the last one first.
pub(super) async fn list(app: &App, caller: &Caller, page: PageQuery) -> Result<Page<Act>> {
    let limit = page.limit()?;
    let (before_us, before_id) = page.after()?.unwrap_or((i64::MAX, Uuid::max()));
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, kind, permission, author, author_id, detail, undoes, effects, created_us, undo_until_us, \
             undone_us, also, undoing from act where account = $1 and (created_us, id) < ($2, $3) \
             and $4 like '%\"' || permission || '\"%' order by created_us desc, id desc limit $5",
            (caller.account, before_us, before_id, caller.permissions.quoted(), limit + 1),
        )
        .await?;
    let acts = rows.into_iter().map(Row::shown).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(acts, limit, |act: &Act| (act.created_at.0, act.id)))
}

/// One act. [`Code::NotFound`] for one whose permission the caller has not.
pub(super) async fn get(app: &App, caller: &Caller, act: Uuid) -> Result<Act> {
    let row = Row::load(&app.db, caller.account, act).await?;
    row.filter(|row| may(caller, &row.permission)).ok_or(Code::NotFound)?.shown()
}

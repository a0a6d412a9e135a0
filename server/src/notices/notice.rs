//! One notice: told in the transaction of its cause, read, done with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::kinds::Kind;
use crate::{
    access::{Caller, Principal},
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    database::Tx,
    live::topics,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::{self, Language},
};

/// Values for the `{names}` in the texts of a notice.
type Detail = BTreeMap<&'static str, String>;

/// Something that must be told.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its kind
    pub kind: Kind,
    /// What it is about, by kind and id, where a page can show that
    pub subject: Option<(&'static str, Uuid)>,
    /// What causes it: while a notice of the same cause is open, it is counted there
    pub cause: String,
    /// Values for its texts
    pub detail: Detail,
}

/// Tells something, in the transaction of its cause.
pub async fn tell(write: &mut Write, told: Told) -> Result<()> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    tell_in(write.tx(), (account, id, now_us), told).await
}

/// The same in a transaction beside the log; `id` is a new one.
pub async fn tell_in(tx: &mut Tx, (account, id, now_us): (i64, Uuid, i64), told: Told) -> Result<()> {
    let detail = serde_json::to_string(&told.detail).map_err(Problem::internal)?;
    let cause = format!("{}:{}", told.kind.name, told.cause);
    let (subject_kind, subject) = told.subject.unzip();
    tx.execute(
        "insert into notice (account, id, kind, subject_kind, subject, cause, detail, permission, times, first_us, \
         last_us) values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9) \
         on conflict (account, cause) where done_us is null \
         do update set times = notice.times + 1, last_us = excluded.last_us, detail = excluded.detail",
        (account, id, told.kind.name, subject_kind, subject, cause, detail, told.kind.permission.name(), now_us),
    )
    .await?;
    topics::raise(tx, account, std::iter::once("notices")).await
}

/// Ends the notice of a cause that is over by itself.
pub async fn end_in(tx: &mut Tx, (account, now_us): (i64, i64), kind: Kind, cause: &str) -> Result<()> {
    let cause = format!("{}:{cause}", kind.name);
    let ended = tx
        .execute(
            "update notice set done_us = $3 where account = $1 and cause = $2 and done_us is null",
            (account, cause, now_us),
        )
        .await?;
    if ended > 0 {
        topics::raise(tx, account, std::iter::once("notices")).await?;
    }
    Ok(())
}

/// A notice as it is read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Notice {
    /// Its id
    pub id: Uuid,
    /// Its kind, such as `channel_gone`
    pub kind: String,
    /// What kind of thing it is about, such as `channel`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_kind: Option<String>,
    /// What it is about
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Uuid>,
    /// A few words, in the reader's language
    pub title: String,
    /// What happened and what to do, in the reader's language
    pub text: String,
    /// How often it happened since it was first told
    pub times: i64,
    /// When it happened first
    pub first_at: Instant,
    /// When it happened last
    pub last_at: Instant,
    /// When somebody said that it is done with
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Instant>,
}

/// Which notices are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct NoticeQuery {
    /// True for those that are done with, false (the default) for those that are not
    #[serde(default)]
    pub done: bool,
    /// `next` of the page before
    pub after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    pub limit: Option<i64>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    subject_kind: Option<String>,
    subject: Option<Uuid>,
    detail: String,
    permission: String,
    times: i64,
    first_us: i64,
    last_us: i64,
    done_us: Option<i64>,
}

impl Row {
    fn shown(self, language: Language) -> Notice {
        // A detail that a later release wrote in another way leaves sentences out, and hides no notice.
        let detail: BTreeMap<String, String> = serde_json::from_str(&self.detail).unwrap_or_default();
        let (title, text) = texts::notice(language, &self.kind, |name| detail.get(name).map(String::as_str));
        Notice {
            id: self.id,
            kind: self.kind,
            subject_kind: self.subject_kind,
            subject: self.subject,
            title,
            text,
            times: self.times,
            first_at: Instant(self.first_us),
            last_at: Instant(self.last_us),
            done_at: self.done_us.map(Instant),
        }
    }
}

/// The notices for those who have the caller's permissions, the last one first.
pub(super) async fn list(
    app: &App,
    caller: &Caller,
    language: Language,
    query: NoticeQuery,
) -> Result<Page<Notice>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let limit = page.limit()?;
    let (before_us, before_id) = page.after()?.unwrap_or((i64::MAX, Uuid::max()));
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, kind, subject_kind, subject, detail, permission, times, first_us, last_us, done_us from notice \
             where account = $1 and (done_us is not null) = $2 and (last_us, id) < ($3, $4) \
             and $5 like '%\"' || permission || '\"%' order by last_us desc, id desc limit $6",
            (caller.account, query.done, before_us, before_id, caller.permissions.quoted(), limit + 1),
        )
        .await?;
    let notices = rows.into_iter().map(|row| row.shown(language)).collect();
    Ok(Page::new(notices, limit, |notice: &Notice| (notice.last_at.0, notice.id)))
}

/// One notice of an account that nobody is done with, for whoever was found to have its permission.
pub async fn rendered(app: &App, (account, id): (i64, Uuid), language: Language) -> Result<Option<Notice>> {
    let row: Option<Row> = app
        .db
        .fetch_optional(
            "select id, kind, subject_kind, subject, detail, permission, times, first_us, last_us, done_us from notice \
             where account = $1 and id = $2 and done_us is null",
            (account, id),
        )
        .await?;
    Ok(row.map(|row| row.shown(language)))
}

/// Says that a notice is done with; saying it again changes nothing. [`Code::NotFound`] for one that is not for those
/// who have the caller's permissions.
pub(super) async fn done(app: &App, caller: &Caller, language: Language, notice: Uuid) -> Result<Notice> {
    let mut write = app.log.begin(&caller.oneself(), Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let user = match caller.principal {
        Principal::User(id) => Some(id),
        _ => None,
    };
    let row: Option<Row> = write
        .tx()
        .fetch_optional(
            "update notice set done_us = coalesce(done_us, $3), done_by = coalesce(done_by, $4) \
             where account = $1 and id = $2 \
             returning id, kind, subject_kind, subject, detail, permission, times, first_us, last_us, done_us",
            (account, notice, now_us, user),
        )
        .await?;
    let row = row.ok_or(Code::NotFound)?;
    if !caller.permissions.names().iter().any(|name| name.name() == row.permission) {
        return Err(Code::NotFound.into());
    }
    write.touch("notices");
    write.commit().await?;
    Ok(row.shown(language))
}

//! The log of calls as people see it.

use campo_protocol::{faults::Faults, model::Ref};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    access::{Allowed, permissions::ViewCalls},
    api::{
        page::{Page, PageQuery},
        search,
        time::Instant,
    },
    app::App,
    problem::{Code, Result},
};

/// Which calls are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CallQuery {
    /// Those of this key
    #[param(value_type = Option<String>, example = "code:erp")]
    key: Option<Ref>,
    /// Those by this method: `POST`, or a method of SOAP such as `CreateOrUpdateTask`
    method: Option<String>,
    /// Those that were answered with this code: of a problem, or of a result of SOAP
    code: Option<String>,
    /// True for those that failed: a status from 400, or a result of SOAP that does not begin with `OK`
    #[serde(default)]
    failed: bool,
    /// The one whose answer carried this id in `x-request-id`
    request_id: Option<String>,
    /// At this instant or later
    #[param(inline)]
    from: Option<Instant>,
    /// Before this instant
    #[param(inline)]
    until: Option<Instant>,
    /// Text in method, path, code or the beginning of the request, without regard to case and accents
    q: Option<String>,
    /// `next` of the page before
    after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    limit: Option<i64>,
}

/// A call of a customer's system.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallShown {
    /// Its id
    pub(super) id: Uuid,
    /// The key that called
    key: Uuid,
    /// When it began
    at: Instant,
    /// The method: of HTTP, or of SOAP
    method: String,
    /// The path with its query, without secrets
    path: String,
    /// From which address
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// The status of the answer
    status: i64,
    /// The code of the problem, or of the result of SOAP
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// How long it took until the answer began
    took_ms: f64,
    /// What the answer carried in `x-request-id`
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// A call with what was asked and answered.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallWhole {
    #[serde(flatten)]
    call: CallShown,
    /// The beginning of the request, without secrets; at most 8 KiB
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    /// The beginning of the answer, without secrets; at most 8 KiB
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    key: Uuid,
    at_us: i64,
    method: String,
    path: String,
    address: Option<String>,
    status: i64,
    code: Option<String>,
    took_us: i64,
    request_id: Option<String>,
}

impl Row {
    fn shown(self) -> CallShown {
        CallShown {
            id: self.id,
            key: self.key,
            at: Instant(self.at_us),
            method: self.method,
            path: self.path,
            address: self.address,
            status: self.status,
            code: self.code,
            took_ms: self.took_us as f64 / 1000.0,
            request_id: self.request_id,
        }
    }
}

/// The calls that meet every condition, the latest first.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<ViewCalls>,
    query: CallQuery,
) -> Result<Page<CallShown>> {
    let CallQuery { key, method, code, failed, request_id, from, until, q, after, limit } = query;
    let page = PageQuery { after, limit };
    let limit = page.limit()?;
    let (before_us, before) = page.after::<(i64, Uuid)>()?.unwrap_or((i64::MAX, Uuid::max()));
    let account = allowed.account();
    let key = match key {
        None => None,
        Some(key) => match of_key(app, account, &key).await? {
            None => return Ok(Page { items: Vec::new(), next: None }),
            found => found,
        },
    };
    let pattern = q.as_deref().map(pattern).transpose()?;
    let (from_us, until_us) = (from.map(|at| at.0), until.map(|at| at.0));
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, key, at_us, method, path, address, status, code, took_us, request_id from call \
             where account = $1 and (at_us, id) < ($2, $3) and (key = $4 or $4 is null) \
             and (method = $5 or $5 is null) and (code = $6 or $6 is null) \
             and (request_id = $7 or $7 is null) and (at_us >= $8 or $8 is null) and (at_us < $9 or $9 is null) \
             and (words like $10 escape '!' or $10 is null) \
             and (not $11 or status >= 400 or (code is not null and code not like 'OK%')) \
             order by at_us desc, id desc limit $12",
            (
                account,
                before_us,
                before,
                key,
                method,
                code,
                request_id,
                from_us,
                until_us,
                pattern,
                failed,
                limit + 1,
            ),
        )
        .await?;
    let items = rows.into_iter().map(Row::shown).collect();
    Ok(Page::new(items, limit, |call: &CallShown| (call.at.0, call.id)))
}

async fn of_key(app: &App, account: i64, key: &Ref) -> Result<Option<Uuid>> {
    let row: Option<(Uuid,)> = app
        .db
        .fetch_optional(
            "select id from access_key where account = $1 and (id = $2 or code = $3)",
            (account, key.id(), key.code()),
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// The `like` pattern that finds text anywhere.
fn pattern(search_for: &str) -> Result<String> {
    let mut faults = Faults::default();
    faults.check_text("/q", search_for, 300);
    faults.into_result()?;
    Ok(search::pattern(search_for))
}

/// One call with its bodies.
pub(super) async fn get(app: &App, allowed: &Allowed<ViewCalls>, id: Uuid) -> Result<CallWhole> {
    let account = allowed.account();
    let row: Option<Row> = app
        .db
        .fetch_optional(
            "select id, key, at_us, method, path, address, status, code, took_us, request_id from call \
             where account = $1 and id = $2",
            (account, id),
        )
        .await?;
    let call = row.ok_or(Code::NotFound)?.shown();
    let bodies: Option<(Option<String>, Option<String>)> = app
        .db
        .fetch_optional("select request, answer from call where account = $1 and id = $2", (account, id))
        .await?;
    let (request, answer) = bodies.ok_or(Code::NotFound)?;
    Ok(CallWhole { call, request, answer })
}

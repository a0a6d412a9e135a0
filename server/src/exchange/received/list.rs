//! The files that came, as they are listed.

use campo_protocol::faults::Faults;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::file::{ReceivedFile, ReceivedState, Row};
use crate::{
    access::{Allowed, permissions::ViewTransfers},
    api::page::{Page, PageQuery},
    app::App,
    problem::{Code, Result},
    texts::Language,
};

/// Which files that came are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReceivedQuery {
    /// Only those of this intake: its id
    pub(super) intake: Option<Uuid>,
    /// Only those that came by this way: `sftp`, `ftp`, `agent` or `remote`
    pub(super) way: Option<String>,
    /// Only those in this state: `unmatched`, `waiting`, `importing`, `parked`, `done`, `failed`, `replaced` or
    /// `dismissed`
    pub(super) state: Option<String>,
    /// `next` of the page before
    pub(super) after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    pub(super) limit: Option<i64>,
}

/// The files that came, the latest first.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<ViewTransfers>,
    query: ReceivedQuery,
    language: Language,
) -> Result<Page<ReceivedFile>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let limit = page.limit()?;
    let (before_us, before) = page.after::<(i64, Uuid)>()?.unwrap_or((i64::MAX, Uuid::max()));
    let state = query.state.map(|state| known(&state)).transpose()?;
    let way = query.way.map(|way| known_way(&way)).transpose()?;
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, intake, way, way_id, arrival, folder, name, size_bytes, hash, state, run, problem, ready_us, \
             received_us, finished_us from received_file where account = $1 and (received_us, id) < ($2, $3) \
             and (intake = $4 or cast($5 as boolean)) and (state = $6 or cast($7 as boolean)) \
             and (way = $8 or cast($9 as boolean)) order by received_us desc, id desc limit $10",
            (
                allowed.account(),
                before_us,
                before,
                query.intake.unwrap_or_default(),
                query.intake.is_none(),
                state.map_or("", ReceivedState::name),
                state.is_none(),
                way.unwrap_or_default(),
                way.is_none(),
                limit + 1,
            ),
        )
        .await?;
    let files = rows.into_iter().map(|row| row.shown(language)).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(files, limit, |file| (file.received_at.0, file.id)))
}

/// By which ways files come.
const WAYS: [&str; 4] = ["sftp", "ftp", "agent", "remote"];

fn known_way(name: &str) -> Result<&'static str> {
    WAYS.into_iter().find(|way| *way == name).ok_or_else(|| {
        let mut faults = Faults::default();
        let known = WAYS.map(|way| format!("`{way}`")).join(", ");
        faults.add("/way", "unknown_value", name, format!("one of {known}"));
        faults.into()
    })
}

fn known(name: &str) -> Result<ReceivedState> {
    ReceivedState::from_name(name).ok_or_else(|| {
        let mut faults = Faults::default();
        let known = ReceivedState::ALL.map(|state| format!("`{}`", state.name())).join(", ");
        faults.add("/state", "unknown_value", name, format!("one of {known}"));
        faults.into()
    })
}

/// One file that came.
pub(super) async fn get(
    app: &App,
    allowed: &Allowed<ViewTransfers>,
    id: Uuid,
    language: Language,
) -> Result<ReceivedFile> {
    load(app, allowed.account(), id).await?.ok_or(Code::NotFound)?.shown(language)
}

pub(super) async fn load(app: &App, account: i64, id: Uuid) -> Result<Option<Row>> {
    app.db
        .fetch_optional(
            "select id, intake, way, way_id, arrival, folder, name, size_bytes, hash, state, run, problem, ready_us, \
             received_us, finished_us from received_file where account = $1 and id = $2",
            (account, id),
        )
        .await
}

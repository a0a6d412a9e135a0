//! `/v1/agents`.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use campo_protocol::model::Ref;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    definition::{self, Agent, AgentDraft, CreatedAgent},
    download::{self, AgentDownload},
    enrol::{self, AgentEnrolment, AgentReport, EnrolledAgent, EnrolmentCode},
};
use crate::{
    access::{
        Auth,
        permissions::{ManageExchange, UseFileExchange},
    },
    api::{
        edit::{Created, IfMatch, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Private, Query},
    problem::Result,
};

/// The routes of agents.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_agents, create_agent))
        .routes(routes!(get_agent, edit_agent, delete_agent))
        .routes(routes!(issue_enrolment))
        .routes(routes!(download_agent))
        .routes(routes!(enrol_agent))
        .routes(routes!(report_of_agent))
}

/// The agents, in order of their codes
#[utoipa::path(
    get, path = "/v1/agents", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(PageQuery),
    responses((status = OK, body = Page<Agent>))
)]
async fn list_agents(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Agent>>> {
    definition::list(&app, &allowed, &page).await.map(Json)
}

/// Makes an agent
///
/// Whoever makes one may do what it may. The answer has the code by which a program becomes it, once and within a day.
#[utoipa::path(
    post, path = "/v1/agents", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body = AgentDraft,
    responses((status = CREATED, body = CreatedAgent, headers(("ETag" = String), ("Location" = String))))
)]
async fn create_agent(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    once: Once,
    Json(body): Json<Value>,
) -> Result<Created> {
    definition::create(&app, &allowed, &once, &body).await
}

/// One agent
#[utoipa::path(
    get, path = "/v1/agents/{agent}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("agent" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Agent, headers(("ETag" = String))))
)]
async fn get_agent(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(agent): Path<Ref>,
) -> Result<Versioned<Agent>> {
    definition::get(&app, &allowed, &agent).await
}

/// Changes an agent
///
/// A JSON Merge Patch (RFC 7396).
#[utoipa::path(
    patch, path = "/v1/agents/{agent}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(
        ("agent" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = AgentDraft, content_type = "application/merge-patch+json"),
    responses((status = OK, body = Agent, headers(("ETag" = String))))
)]
async fn edit_agent(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(agent): Path<Ref>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<Agent>> {
    definition::edit(&app, &allowed, &agent, if_match, &patch).await
}

/// Removes an agent
///
/// It is refused from its next request on; what it brought stays.
#[utoipa::path(
    delete, path = "/v1/agents/{agent}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(
        ("agent" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is removed")
    ),
    responses((status = NO_CONTENT))
)]
async fn delete_agent(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(agent): Path<Ref>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    definition::delete(&app, &allowed, &agent, if_match).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an agent a new code
///
/// The program that had enrolled as it is refused from then on.
#[utoipa::path(
    post, path = "/v1/agents/{agent}/enrolment", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("agent" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = EnrolmentCode))
)]
async fn issue_enrolment(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(agent): Path<Ref>,
) -> Result<Json<EnrolmentCode>> {
    enrol::issue_again(&app, &allowed, &agent).await.map(Json)
}

/// Makes the download of an agent
///
/// A zip with the program, its configuration with the address of this server and a new code, and how it is set up. The
/// program that had enrolled as this agent is refused from then on.
#[utoipa::path(
    post, path = "/v1/agents/{agent}/download", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("agent" = Ref, Path, description = "Its id, or `code:` and its code")),
    request_body = AgentDownload,
    responses((status = OK, body = Vec<u8>, content_type = "application/zip"))
)]
async fn download_agent(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(agent): Path<Ref>,
    headers: HeaderMap,
    Json(given): Json<AgentDownload>,
) -> Result<Response> {
    let zip = download::download(&app, &allowed, (&agent, given.system), &headers).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"campo-agent.zip\""),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, zip).into_response())
}

/// Becomes an agent
///
/// For the program `campo-agent`. Asked again with the same code and secret, the answer is the same.
#[utoipa::path(
    post, path = "/v1/agents/enrol", tag = "exchange",
    request_body = AgentEnrolment,
    responses((status = OK, body = EnrolledAgent))
)]
async fn enrol_agent(
    State(app): State<App>,
    Private(given): Private<AgentEnrolment>,
) -> Result<Json<EnrolledAgent>> {
    enrol::enrol(&app, &given).await.map(Json)
}

/// Says how an agent does
///
/// For the program `campo-agent`; nobody else finds anything here.
#[utoipa::path(
    post, path = "/v1/agents/report", tag = "exchange",
    security(("bearer" = ["use_file_exchange"])),
    request_body = AgentReport,
    responses((status = NO_CONTENT, description = "It is kept"))
)]
async fn report_of_agent(
    State(app): State<App>,
    allowed: Auth<UseFileExchange>,
    Json(given): Json<AgentReport>,
) -> Result<StatusCode> {
    enrol::report(&app, &allowed, &given).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `/v1/session`.

use axum::{
    extract::{FromRequest as _, Request, State},
    http::{StatusCode, header, request::Parts},
    response::{AppendHeaders, IntoResponse as _, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    password::{self, PasswordChange},
    sessions::{self, Credentials, LoggedIn, OpenSession, Place, Who},
};
use crate::{
    access::{
        Anybody, OwnSession,
        browser::{self, Cookie},
        client_address, device,
        login::login_name,
    },
    app::App,
    extract::{Json, Path, Private},
    problem::Result,
};

/// The routes of one's own session.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(log_in, get, log_out))
        .routes(routes!(change_password))
        .routes(routes!(list))
        .routes(routes!(end))
}

/// The most characters of what a program says it is.
const MAX_AGENT: usize = 200;

/// Logs a person in
///
/// The answer has the bearer secret of a new session; a person may have several. With `cookie` the session is kept in a
/// cookie instead, for browsers: its requests count only where a page of this server asked for them
/// (`Sec-Fetch-Site: same-origin`, or an `Origin` that is this server's). Too many wrong tries for one name or from one
/// address are answered with 429 and `Retry-After`; those of a browser in which somebody of that name logged in within 90
/// days are counted apart.
#[utoipa::path(
    post, path = "/v1/session", tag = "session",
    request_body = Credentials,
    responses((status = CREATED, body = LoggedIn))
)]
async fn log_in(State(app): State<App>, request: Request) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    let Private(credentials) = Private::<Credentials>::from_request(request, &app).await?;
    if credentials.cookie {
        browser::check_same_origin(&app, &parts.headers)?;
        // Before the password is looked at: it must not have crossed a network in clear for nothing
        browser::set_cookie(&app, &parts, Cookie::Session, "", 0)?;
    }
    let name = login_name(&credentials.login);
    let known = device::known(&app, &parts.headers, &name);
    let place = Place { device: known, ..place(&app, &mut parts) };
    let (token, session) = sessions::log_in(&app, place, &credentials).await?;
    if !credentials.cookie {
        return Ok((StatusCode::CREATED, Json(session)).into_response());
    }
    let seconds = (session.expires_at.0 - app.environment.now_us()) / 1_000_000;
    let device = known.unwrap_or_else(|| app.environment.uuid());
    let cookies = [
        browser::set_cookie(&app, &parts, Cookie::Session, token.reveal(), seconds)?,
        device::remember(&app, &parts, device, &name)?,
    ];
    let cookies = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok((StatusCode::CREATED, cookies, Json(session)).into_response())
}

/// From where a request comes.
fn place(app: &App, parts: &mut Parts) -> Place {
    let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent_text = agent.map(|agent| agent.chars().take(MAX_AGENT).collect());
    Place { address: client_address(app, parts), agent_text, device: None }
}

/// One's own sessions
///
/// Those that are not over, the one used last first.
#[utoipa::path(
    get, path = "/v1/session/all", tag = "session",
    security(("bearer" = [])),
    responses((status = OK, body = Vec<OpenSession>))
)]
async fn list(State(app): State<App>, own: OwnSession) -> Result<Json<Vec<OpenSession>>> {
    sessions::own(&app, &own).await.map(Json)
}

/// Ends one of one's own sessions
#[utoipa::path(
    delete, path = "/v1/session/all/{session}", tag = "session",
    security(("bearer" = [])),
    params(("session" = Uuid, Path, description = "Its id")),
    responses((status = NO_CONTENT))
)]
async fn end(State(app): State<App>, own: OwnSession, Path(session): Path<Uuid>) -> Result<StatusCode> {
    sessions::end(&app, &own, session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who one is, and what one may do
#[utoipa::path(
    get, path = "/v1/session", tag = "session",
    security(("bearer" = [])),
    responses((status = OK, body = Who))
)]
async fn get(State(app): State<App>, Anybody(caller): Anybody) -> Result<Json<Who>> {
    sessions::who(&app, &caller).await.map(Json)
}

/// Logs a person out
#[utoipa::path(
    delete, path = "/v1/session", tag = "session",
    security(("bearer" = [])),
    responses((status = NO_CONTENT))
)]
async fn log_out(State(app): State<App>, own: OwnSession) -> Result<Response> {
    sessions::log_out(&app, &own).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders(browser::clear_cookies())).into_response())
}

/// Changes one's own password
///
/// Every session of the user ends, this one too.
#[utoipa::path(
    put, path = "/v1/session/password", tag = "session",
    security(("bearer" = [])),
    request_body = PasswordChange,
    responses((status = NO_CONTENT))
)]
async fn change_password(
    State(app): State<App>,
    own: OwnSession,
    Private(change): Private<PasswordChange>,
) -> Result<StatusCode> {
    password::change(&app, &own, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}

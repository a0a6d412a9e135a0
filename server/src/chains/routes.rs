//! `GET /v1/chains`.

use axum::extract::State;
use campo_protocol::chain::SignedHead;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::{Auth, permissions::ViewEntries},
    app::App,
    extract::Json,
    problem::Result,
};

/// The routes of chains.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The heads of an account's chains.
#[derive(Debug, Serialize, ToSchema)]
struct Chains {
    /// The account's own chain first, then those of establishments
    heads: Vec<SignedHead>,
}

/// Signed heads of all chains
///
/// Keep them outside this server: `campo verify --against` compares the chains with them, and finds what was altered,
/// cut off or made anew since.
#[utoipa::path(
    get, path = "/v1/chains", tag = "entries",
    security(("bearer" = ["view_entries"])),
    responses((status = OK, body = Chains))
)]
async fn list(State(app): State<App>, auth: Auth<ViewEntries>) -> Result<Json<Chains>> {
    Ok(Json(Chains { heads: super::heads(&app, &auth).await? }))
}

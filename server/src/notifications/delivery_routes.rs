//! `/v1/channels/{channel}/deliveries`.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use campo_protocol::model::Ref;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::deliveries::{self, Delivery, DeliveryState, Retried};
use crate::{
    access::{
        Auth,
        permissions::{ManageChannels, ViewDeliveries},
    },
    api::page::{Page, PageQuery},
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
    texts::Language,
};

/// The routes of deliveries.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_deliveries))
        .routes(routes!(retry_deliveries))
        .routes(routes!(retry_delivery))
        .routes(routes!(discard_delivery))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeliveriesQuery {
    /// Only those in this state
    state: Option<DeliveryState>,
    /// `next` of the page before
    after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    limit: Option<i64>,
}

/// What a channel has not delivered yet, or given up
///
/// In order of the events. What goes well is not listed.
#[utoipa::path(
    get, path = "/v1/channels/{channel}/deliveries", tag = "channels",
    security(("bearer" = ["view_deliveries"])),
    params(("channel" = Ref, Path, description = "Its id, or `code:` and its code"), DeliveriesQuery),
    responses((status = OK, body = Page<Delivery>))
)]
async fn list_deliveries(
    State(app): State<App>,
    allowed: Auth<ViewDeliveries>,
    Path(channel): Path<Ref>,
    Query(query): Query<DeliveriesQuery>,
    headers: HeaderMap,
) -> Result<Json<Page<Delivery>>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let language = Language::of(&headers);
    deliveries::list(&app, &allowed, &channel, query.state, &page, language).await.map(Json)
}

/// Tries at once what was given up, and what waits to be tried
#[utoipa::path(
    post, path = "/v1/channels/{channel}/deliveries/retry", tag = "channels",
    security(("bearer" = ["manage_channels"])),
    params(("channel" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Retried))
)]
async fn retry_deliveries(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Path(channel): Path<Ref>,
) -> Result<Json<Retried>> {
    deliveries::retry(&app, &allowed, &channel, None).await.map(Json)
}

/// Tries one event at once
#[utoipa::path(
    post, path = "/v1/channels/{channel}/deliveries/{event}/retry", tag = "channels",
    security(("bearer" = ["manage_channels"])),
    params(
        ("channel" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("event" = Uuid, Path, description = "The event's id")
    ),
    responses((status = OK, body = Retried))
)]
async fn retry_delivery(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Path((channel, event)): Path<(Ref, Uuid)>,
) -> Result<Json<Retried>> {
    deliveries::retry(&app, &allowed, &channel, Some(event)).await.map(Json)
}

/// Removes one event from the list: it is not delivered by this channel any more
#[utoipa::path(
    delete, path = "/v1/channels/{channel}/deliveries/{event}", tag = "channels",
    security(("bearer" = ["manage_channels"])),
    params(
        ("channel" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("event" = Uuid, Path, description = "The event's id")
    ),
    responses((status = NO_CONTENT))
)]
async fn discard_delivery(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Path((channel, event)): Path<(Ref, Uuid)>,
) -> Result<StatusCode> {
    deliveries::discard(&app, &allowed, &channel, event).await?;
    Ok(StatusCode::NO_CONTENT)
}

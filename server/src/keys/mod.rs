//! Keys: the identities of customers' systems. A key has a bearer secret, and for SOAP and FTP a name and a password.

pub(crate) mod bounds;
pub mod key;
pub mod password;
mod routes;
mod secret_routes;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes of keys and their secrets.
pub fn routes() -> OpenApiRouter<App> {
    routes::routes().merge(secret_routes::routes())
}

//! Exchange of files with customers' systems: the folders that we host, and what becomes of the files that come.
//!
//! The road of a file: a way (SFTP, FTP, HTTPS, a customer's server) brings it whole; [`received`] makes it a row of the intake whose folder and
//! pattern it fits; the duty in [`take`] starts its import with the rights of the intake, one after the other, and when
//! that is over `results` are put beside it for the customer to take. An intake knows no way, a way no format.

pub mod agents;
pub mod connections;
pub mod doors;
pub mod exports;
mod folder_routes;
pub mod ftp;
pub mod hosted;
pub mod intake;
mod intake_routes;
pub mod login;
mod login_routes;
pub mod placing;
pub mod received;
pub mod remotes;
pub(crate) mod results;
pub mod sftp;
pub mod ssh_keys;
pub mod take;
mod watch;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The topic of what came and what went.
pub const TOPIC: &str = "transfers";

/// The routes of the exchange of files.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(agents::routes())
        .merge(doors::routes())
        .merge(exports::routes())
        .merge(folder_routes::routes())
        .merge(intake_routes::routes())
        .merge(login_routes::routes())
        .merge(received::routes())
        .merge(remotes::routes())
}

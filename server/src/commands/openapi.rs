//! `campo openapi`.

use anyhow::Result;
use campo_server::api::router;

/// Prints the OpenAPI document (3.1) of this release
///
/// It is the one that a running server gives at /v1/openapi.json. Needs no database.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: campo openapi > campo.openapi.json\n\nExit codes: 0 printed, 1 it could not be printed."
)]
pub(crate) struct Arguments {}

pub(crate) fn run(_arguments: &Arguments) -> Result<()> {
    super::print(&serde_json::to_string_pretty(&router::document())?)
}

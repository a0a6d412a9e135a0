//! Street maps under the pins of the console: where they come from, and an archive of tiles that the operator laid on this
//! server, handed out by range, so that no map is fetched from elsewhere.

pub mod archive;
mod routes;

use std::path::PathBuf;

pub use routes::{PATH, routes};

/// From where the console takes street maps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MapSource {
    /// An XYZ address of tiles with `{z}`, or that of a MapLibre style
    Address(String),
    /// A PMTiles file of this machine
    Archive(PathBuf),
}

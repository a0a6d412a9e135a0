//! A real `campo serve` on a stage, in a process of its own, so that its CPU seconds are not those of its load.

use anyhow::{Context as _, Result};
use campo_tests::{process::Server, world::World};
use tempfile::TempDir;

use crate::{
    cpu::Meter,
    stage::{self, Stage},
};

/// A server, and the stage it works on.
#[derive(Debug)]
pub(crate) struct Served {
    server: Server,
    /// The database
    pub(crate) stage: Stage,
    /// Of the server and its database
    pub(crate) meter: Meter,
    _files: TempDir,
}

impl Served {
    /// Starts a server with its own defaults.
    pub(crate) async fn start(stage: Stage) -> Result<Self> {
        let files = stage::folder()?;
        let server = Server::start(World::environment(&stage.url(), files.path())).await?;
        let meter = stage.meter().await?.of_process(server.id().context("the server runs")?);
        Ok(Self { server, stage, meter, _files: files })
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        self.server.address()
    }

    /// Ends the server in order, and leaves what it wrote.
    pub(crate) async fn end(mut self) -> Result<Stage> {
        self.server.terminate().await?;
        Ok(self.stage)
    }
}

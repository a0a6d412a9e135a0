//! A phone: a process that works a whole day, behind a network of its own.

use std::{
    fs::{self, File},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use campo_tests::{
    journal::{self, Line},
    proxy::Proxy,
    wait,
};
use tempfile::TempDir;
use uuid::Uuid;

use super::PATIENCE;

/// What the phone's process says of errors, in its folder.
const ERRORS: &str = "errors.txt";

pub(super) struct PhoneProcess {
    folder: TempDir,
    pub(super) network: Proxy,
    /// The server that it reaches
    pub(super) server: usize,
    code: String,
    form: Uuid,
    child: Option<Child>,
}

impl PhoneProcess {
    pub(super) async fn start(
        target: SocketAddr,
        server: usize,
        code: &str,
        form: Uuid,
        seed: u64,
    ) -> Result<Self> {
        let mut phone = Self {
            folder: tempfile::tempdir()?,
            network: Proxy::start(target, seed).await?,
            server,
            code: code.to_owned(),
            form,
            child: None,
        };
        phone.start_again()?;
        Ok(phone)
    }

    /// Starts it again after a kill.
    pub(super) fn start_again(&mut self) -> Result<()> {
        self.kill()?;
        let errors = File::options().create(true).append(true).open(self.folder.path().join(ERRORS))?;
        let child = Command::new(env!("CARGO_BIN_EXE_phone-writer"))
            .arg("day")
            .arg(self.folder.path())
            .args([&self.network.url(), &self.code, &self.form.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()?;
        self.child = Some(child);
        Ok(())
    }

    /// Kills it as the platform does when memory is short.
    pub(super) fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Tells it that the office gives no more tasks.
    pub(super) fn end_day(&self) -> Result<()> {
        Ok(fs::write(self.folder.path().join(journal::OVER), "")?)
    }

    /// Waits until it has sent everything and ended by itself.
    pub(super) async fn ended(&mut self) -> Result<()> {
        let child = self.child.as_mut().context("it does not run")?;
        let status = wait::until("the phone to end", PATIENCE, async || Ok(child.try_wait()?)).await;
        let errors = fs::read_to_string(self.folder.path().join(ERRORS)).unwrap_or_default();
        let status = status.with_context(|| errors.clone())?;
        ensure!(status.success(), "{status}\n{errors}");
        self.child = None;
        Ok(())
    }

    /// What it captured.
    pub(super) fn journal(&self) -> Result<Vec<Line>> {
        journal::read(self.folder.path())
    }
}

impl Drop for PhoneProcess {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

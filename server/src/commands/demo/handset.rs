//! A technician's phone as the story holds it: a process that obeys, is killed and started again.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::{
    child::{self, Child},
    orders::{Order, Reply, Shown},
};

/// A phone.
#[derive(Debug)]
pub(super) struct Handset {
    app: PathBuf,
    log: PathBuf,
    online: bool,
    pub(super) process: Child,
}

impl Handset {
    /// Starts the phone of that number.
    pub(super) fn start(folder: &Path, number: &str) -> Result<Self> {
        let (app, log) = (folder.join("phones").join(number), folder.join("phones.log"));
        let process = launch(&app, &log, true)?;
        Ok(Self { app, log, online: true, process })
    }

    /// Does that, and returns what the screen shows then.
    pub(super) async fn ask(&mut self, order: &Order) -> Result<Shown> {
        if let Order::Network { online } = order {
            self.online = *online;
        }
        self.process.tell(order).await.context("the phone")?;
        let line = self.process.line().await.context("the phone")?;
        match serde_json::from_str(&line)? {
            Reply::Done(shown) => Ok(shown),
            Reply::Failed(why) => bail!("the phone: {why}"),
        }
    }

    /// Begins that, kills the app in the midst of it, and starts it again.
    pub(super) async fn killed_while(&mut self, order: &Order) -> Result<()> {
        self.process.tell(order).await?;
        self.process.kill().await?;
        self.process = launch(&self.app, &self.log, self.online)?;
        Ok(())
    }
}

fn launch(app: &Path, log: &Path, online: bool) -> Result<Child> {
    let mut command = child::campo()?;
    command.args(["demo", "phone"]).arg(app);
    if !online {
        command.arg("--offline");
    }
    Child::start(command, child::log(log)?)
}

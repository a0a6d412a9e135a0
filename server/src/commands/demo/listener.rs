//! The receiver as the story holds it: what it says is shown, and once it is down for a while.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    pin::pin,
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::select;

use super::{
    api::{number, text},
    child::{self, Child},
    company::{CHANNEL, Company},
    receiver::{LISTENING, Notice},
    screen::Tone,
    stage::Stage,
    texts::{count, fill},
};

/// When it goes down, after the technicians began: seconds.
const DOWN_AFTER_S: f64 = 40.0;
/// For how long: seconds.
const DOWN_S: f64 = 25.0;
/// What comes within this time is shown in one line.
const TOGETHER: Duration = Duration::from_millis(1500);
/// How many notifications a line names.
const NAMED: usize = 3;
const PAUSE: Duration = Duration::from_millis(250);

/// The receiver.
#[derive(Debug)]
pub(super) struct Listener {
    folder: PathBuf,
    address: SocketAddr,
    pub(super) process: Child,
}

impl Listener {
    /// Starts it on a port that is free.
    pub(super) async fn start(folder: &Path) -> Result<Self> {
        let (process, address) = launch(folder, SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        Ok(Self { folder: folder.to_owned(), address, process })
    }

    /// Where it takes notifications.
    pub(super) fn url(&self) -> String {
        format!("http://{}/campo", self.address)
    }

    /// Gives it the channel's secret.
    pub(super) async fn trust(&mut self, secret: &str) -> Result<()> {
        self.process.tell(&secret).await
    }

    async fn start_again(&mut self, secret: &str) -> Result<()> {
        (self.process, self.address) = launch(&self.folder, self.address).await?;
        self.trust(secret).await
    }
}

async fn launch(folder: &Path, address: SocketAddr) -> Result<(Child, SocketAddr)> {
    let mut command = child::campo()?;
    command.args(["demo", "receiver", &address.to_string()]).arg(folder.join("receiver.journal"));
    let mut process = Child::start(command, child::log(&folder.join("receiver.log"))?)?;
    let line = process.line().await.context("the receiver")?;
    let address = line.strip_prefix(LISTENING).context("the receiver's address")?.parse()?;
    Ok((process, address))
}

/// Shows what the receiver says, for ever, but for a while in which it is down.
pub(super) async fn follow(
    stage: &Stage,
    company: &Company,
    listener: &mut Listener,
    secret: &str,
) -> Result<()> {
    let texts = stage.texts;
    show_until(stage, listener, stage.pause(DOWN_AFTER_S)).await?;
    listener.process.kill().await?;
    stage.receiver(Tone::Trouble, &texts.receiver_down);
    stage.pause(DOWN_S).await;
    let channel = channel(company).await?;
    let last = number(&channel, "/progress/last_position");
    let left = last - number(&channel, "/progress/position") + number(&channel, "/progress/waiting");
    let events = count(&texts.counts.events, left as usize);
    let problem = text(&channel, "/progress/problem");
    stage.server(
        Tone::Trouble,
        &fill(&texts.receiver_waiting, &[("channel", &CHANNEL), ("problem", &problem), ("events", &events)]),
    );
    listener.start_again(secret).await?;
    stage.receiver(Tone::Plain, &texts.receiver_up);
    let caught_up = async {
        while !is_past(company, last).await.unwrap_or(false) {
            stage.environment.sleep(PAUSE).await;
        }
    };
    show_until(stage, listener, caught_up).await?;
    stage.server(Tone::Good, &fill(&texts.receiver_caught_up, &[("channel", &CHANNEL)]));
    show_until(stage, listener, std::future::pending()).await
}

async fn channel(company: &Company) -> Result<Value> {
    company.administrator.get(&format!("/v1/channels/code:{CHANNEL}")).await
}

/// True when everything up to that position was delivered.
async fn is_past(company: &Company, position: i64) -> Result<bool> {
    let channel = channel(company).await?;
    let (at, waiting) = (number(&channel, "/progress/position"), number(&channel, "/progress/waiting"));
    Ok(at >= position && waiting == 0)
}

async fn show_until(stage: &Stage, listener: &mut Listener, end: impl Future<Output = ()>) -> Result<()> {
    let mut end = pin!(end);
    loop {
        let first = select! {
            line = listener.process.line() => line.context("the receiver")?,
            () = &mut end => return Ok(()),
        };
        let mut notices = vec![serde_json::from_str(&first)?];
        let mut together = pin!(stage.environment.sleep(TOGETHER));
        loop {
            select! {
                line = listener.process.line() => {
                    notices.push(serde_json::from_str(&line.context("the receiver")?)?);
                }
                () = &mut together => break,
            }
        }
        show(stage, &notices);
    }
}

fn show(stage: &Stage, notices: &[Notice]) {
    let texts = stage.texts;
    let (verified, others): (Vec<_>, Vec<_>) = notices.iter().partition(|notice| notice.verified);
    for _ in others {
        stage.receiver(Tone::Trouble, &texts.unverified);
    }
    if verified.is_empty() {
        return;
    }
    let notifications = count(&texts.counts.notifications, verified.len());
    let repeated = verified.iter().filter(|notice| notice.repeated).count();
    let what = if repeated == 0 { &texts.receives } else { &texts.receives_again };
    let what = fill(what, &[("notifications", &notifications), ("repeated", &repeated)]);
    let name = |notice: &&Notice| match (notice.task.as_str(), notice.employee.as_str()) {
        ("", "") => texts.kind(&notice.kind).to_owned(),
        ("", employee) => format!("{employee}: {}", texts.kind(&notice.kind)),
        (task, _) => format!("{task} {}", texts.kind(&notice.kind)),
    };
    let named: Vec<String> = verified.iter().take(NAMED).map(name).collect();
    let more = if verified.len() > NAMED { " …" } else { "" };
    stage.receiver(Tone::Aside, &format!("{what}: {}{more}", named.join(" · ")));
}

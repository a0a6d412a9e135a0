//! What all parts of the demo share, and its beginning and end.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use anyhow::Result;
use campo_server::environment::Environment;
use jiff::{Timestamp, tz::TimeZone};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{
    company::ZONE,
    folder::Folder,
    screen::{Screen, Tone, Who},
    story::{self, Cast},
    texts::{Language, Texts},
};

/// What all parts of the demo share.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) screen: Screen,
    pub(super) texts: &'static Texts,
    pub(super) language: Language,
    pub(super) environment: Environment,
    zone: TimeZone,
    pace: f64,
    /// How many tasks the office has sent since the import
    sent: AtomicI64,
}

impl Stage {
    /// Takes a while of the story.
    pub(super) async fn pause(&self, seconds: f64) {
        self.environment.sleep(Duration::from_secs_f64(seconds / self.pace)).await;
    }

    /// The day in the company's zone, `2030-01-15`.
    pub(super) fn today(&self) -> String {
        let now = Timestamp::from_microsecond(self.environment.now_us()).unwrap_or_default();
        now.to_zoned_datetime(self.zone.clone()).date().to_string()
    }

    /// A number for the next task that the office sends.
    pub(super) fn next_number(&self) -> i64 {
        self.sent.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn server(&self, tone: Tone, what: &str) {
        self.screen.say(Who::Server(&self.texts.server), tone, what);
    }

    pub(super) fn office(&self, tone: Tone, what: &str) {
        self.screen.say(Who::Office(&self.texts.office), tone, what);
    }

    pub(super) fn receiver(&self, tone: Tone, what: &str) {
        self.screen.say(Who::Receiver(&self.texts.receiver), tone, what);
    }

    fn curtain(&self) {
        let mut lines = vec![format!("  {}", self.screen.heading(&self.texts.title)), String::new()];
        lines.extend(self.texts.about.iter().map(|line| format!("  {line}")));
        lines.push(format!("  {}", self.texts.zone));
        self.screen.block(&lines);
    }
}

/// Plays the demo until it is asked to end, nobody reads it any more, or a part fails.
pub(super) async fn play(listen: SocketAddr, pace: f64, language: Language) -> Result<()> {
    let mut signals = Signals::new()?;
    let environment = Environment::system();
    let zone = TimeZone::get(ZONE)?;
    let stage = Stage {
        screen: Screen::new(environment.clone(), zone.clone()),
        texts: language.texts(),
        language,
        environment,
        zone,
        pace,
        sent: AtomicI64::new(0),
    };
    stage.curtain();
    let folder = Folder::new()?;
    let mut cast = Cast::default();
    let played = tokio::select! {
        played = story::play(&stage, folder.path(), listen, &mut cast) => played,
        () = signals.next() => Ok(()),
        () = stage.screen.closed() => Ok(()),
    };
    stage.screen.block(&[format!("  {}", stage.texts.ending)]);
    tokio::select! {
        () = cast.end() => {}
        // Whoever asks twice does not want to wait
        () = signals.next() => cast.kill().await,
    }
    folder.remove()?;
    if played.is_ok() {
        stage.screen.block(&[format!("  {}", stage.texts.ended)]);
    }
    stage.screen.finish();
    played
}

/// What asks the demo to end.
struct Signals([Signal; 3]);

impl Signals {
    fn new() -> Result<Self> {
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [interrupt, terminate, hangup] = kinds.map(signal);
        Ok(Self([interrupt?, terminate?, hangup?]))
    }

    async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

//! What the demo shows: a line for each step, in colour where that is wanted, until nobody reads it any more.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::mpsc,
    time::Duration,
};

use campo_server::environment::Environment;
use jiff::{Timestamp, tz::TimeZone};
use tokio::sync::watch;

/// How wide the name of whoever does something is.
const WHO: usize = 12;
/// How long the last lines may take: a terminal that was stopped takes none.
const LAST_LINES: Duration = Duration::from_secs(2);

/// Who does something: each has a colour.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who<'a> {
    /// The server
    Server(&'a str),
    /// The office
    Office(&'a str),
    /// The receiver
    Receiver(&'a str),
    /// A worker
    Worker(&'a str),
}

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// A step like others
    Plain,
    /// Something that goes wrong, as the story wants it
    Trouble,
    /// Something that ends well
    Good,
    /// Something beside the story
    Aside,
}

/// The screen. A thread of its own writes, so that a terminal that stands still stops neither the story nor its end.
#[derive(Debug)]
pub(super) struct Screen {
    environment: Environment,
    zone: TimeZone,
    colour: bool,
    lines: mpsc::Sender<String>,
    /// Ends with the writing thread
    written: mpsc::Receiver<()>,
    /// Set by the writing thread once writing fails
    closed: watch::Receiver<bool>,
}

impl Screen {
    /// Standard output, with times of this zone.
    pub(super) fn new(environment: Environment, zone: TimeZone) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = io::stdout().is_terminal() && !plain;
        let (lines, received) = mpsc::channel();
        let (done, written) = mpsc::channel();
        let (failed, closed) = watch::channel(false);
        std::thread::spawn(move || {
            write(&received, &failed);
            drop(done);
        });
        Self { environment, zone, colour, lines, written, closed }
    }

    /// A step: when, who, what.
    pub(super) fn say(&self, who: Who<'_>, tone: Tone, what: &str) {
        let now = Timestamp::from_microsecond(self.environment.now_us()).unwrap_or_default();
        let time = now.to_zoned_datetime(self.zone.clone()).strftime("%H:%M:%S").to_string();
        let (name, colour) = match who {
            Who::Server(name) => (name, "34"),
            Who::Office(name) => (name, "33"),
            Who::Receiver(name) => (name, "35"),
            Who::Worker(name) => (name, "36"),
        };
        let name = self.paint(colour, &format!("{name:<WHO$}"));
        let what = match tone {
            Tone::Plain => what.to_owned(),
            Tone::Trouble => self.paint("31", what),
            Tone::Good => self.paint("1;32", what),
            Tone::Aside => self.paint("2", what),
        };
        self.line(&format!("{}  {name}  {what}", self.paint("2", &time)));
    }

    /// A heading.
    pub(super) fn heading(&self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What matters less.
    pub(super) fn aside(&self, text: &str) -> String {
        self.paint("2", text)
    }

    /// Lines that stay together.
    pub(super) fn block(&self, lines: &[String]) {
        self.line(&format!("\n{}\n", lines.join("\n")));
    }

    /// Returns when nobody reads any more.
    pub(super) async fn closed(&self) {
        if self.closed.clone().wait_for(|closed| *closed).await.is_err() {
            // The thread ends with this screen alone
            std::future::pending::<()>().await;
        }
    }

    /// Waits until everything is written.
    pub(super) fn finish(self) {
        drop(self.lines);
        // Nothing is ever sent: it ends with the thread
        let _ = self.written.recv_timeout(LAST_LINES);
    }

    fn line(&self, text: &str) {
        // Nobody takes it when nobody reads
        let _ = self.lines.send(format!("{text}\n"));
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn write(lines: &mpsc::Receiver<String>, failed: &watch::Sender<bool>) {
    let mut output = io::stdout();
    for line in lines {
        if output.write_all(line.as_bytes()).and_then(|()| output.flush()).is_err() {
            failed.send_replace(true);
            return;
        }
    }
}

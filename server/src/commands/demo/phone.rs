//! A phone in a process of its own: the real core of the app, with a shell that takes orders from standard input in place of
//! a screen. It ends with its input.

use std::{
    fs,
    io::{self, BufRead as _, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use campo_mobile_core::{
    capture::{Action, Capture, Photo, TaskStep},
    core::{
        Core, Surroundings,
        desk::FolderSecrets,
        enrolment::Device,
        http::Http,
        platform::NoListener,
        transport::{Answering, HttpRequest, Transport},
    },
    environment::{Environment, PlatformClock, SystemChance},
    machine::event::Failure,
    store::space::Folder,
};
use campo_protocol::clock::Clock;
use campo_server::config::LogFormat;
use tokio::runtime::Runtime;

use super::{
    orders::{Deed, Order, Reply, Shown, TaskShown},
    picture,
};

/// How long a phone that was just enrolled waits for its roster.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of the app
    folder: PathBuf,
    /// Without network at first
    #[arg(long)]
    offline: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    campo_server::telemetry::init(LogFormat::Text, "warn")?;
    fs::create_dir_all(&arguments.folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let phone = Phone::open(&arguments.folder, !arguments.offline, runtime)?;
    for line in io::stdin().lock().lines() {
        let reply = match phone.obey(serde_json::from_str(&line?)?) {
            Ok(shown) => Reply::Done(shown),
            Err(error) => Reply::Failed(format!("{error:#}")),
        };
        let mut output = io::stdout().lock();
        serde_json::to_writer(&mut output, &reply)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

struct Phone {
    core: Core,
    folder: PathBuf,
    network: Arc<Network>,
    clock: campo_server::environment::Environment,
    runtime: Runtime,
}

impl Phone {
    fn open(folder: &Path, online: bool, runtime: Runtime) -> Result<Self> {
        let clock = campo_server::environment::Environment::system();
        let network = Arc::new(Network { http: Http::new(None)?, online: AtomicBool::new(online) });
        let core = Core::open(Surroundings {
            database: folder.join("campo.db"),
            environment: Environment::new(Arc::new(SystemClock(clock.clone())), Arc::new(SystemChance)),
            space: Arc::new(Folder::new(&folder.join("files"))?),
            secrets: Arc::new(FolderSecrets(folder.join("secrets"))),
            transport: network.clone(),
            listener: Arc::new(NoListener),
        })?;
        Ok(Self { core, folder: folder.to_owned(), network, clock, runtime })
    }

    fn obey(&self, order: Order) -> Result<Shown> {
        match order {
            Order::Enrol { server, code } => {
                let device =
                    Device { platform: "android".to_owned(), model: "Demo".to_owned(), ..Device::default() };
                self.runtime.block_on(self.core.enrol(&server, &code, device))?;
            }
            Order::OpenSession { intent, pin } => self.open_session(&intent, &pin)?,
            Order::Network { online } => {
                self.network.online.store(online, Ordering::Relaxed);
                self.core.network_changed();
            }
            Order::Sync => {
                self.runtime.block_on(self.core.sync_now());
            }
            Order::Look => {}
            Order::Capture { intent, deed, place } => {
                let action = self.action(&intent, deed)?;
                self.core.capture(Capture { intent, session: None, action, place, note: None })?;
            }
        }
        self.shown()
    }

    /// Opens a session for the one employee of the roster, which comes with the first exchanges.
    fn open_session(&self, intent: &str, pin: &str) -> Result<()> {
        let until_us = self.clock.monotonic_us() + PATIENCE.as_micros() as i64;
        let employee = loop {
            self.runtime.block_on(self.core.sync_now());
            if let Some(employee) = self.core.roster()?.into_iter().next() {
                break employee;
            }
            if self.clock.monotonic_us() > until_us {
                bail!("the roster did not come");
            }
            self.runtime.block_on(self.clock.sleep(PAUSE));
        };
        self.core.open_session(intent, employee.id, pin)?;
        // The view of the session comes with the exchange that hands the session in
        self.runtime.block_on(self.core.sync_now());
        Ok(())
    }

    fn action(&self, intent: &str, deed: Deed) -> Result<Action> {
        Ok(match deed {
            Deed::ShiftStart => Action::ShiftStart,
            Deed::ShiftEnd => Action::ShiftEnd,
            Deed::BreakStart { kind } => Action::BreakStart { kind: Some(kind) },
            Deed::BreakEnd => Action::BreakEnd,
            Deed::Message { task, text } => Action::Message { text, task: Some(task) },
            Deed::Step { task, step, reason } => {
                let step = TaskStep::ALL.into_iter().find(|known| known.kind().name() == step);
                Action::Task { task, step: step.context("an unknown step")?, reason }
            }
            Deed::Form { task, mut filled, photo } => {
                let path = self.folder.join("camera.png");
                fs::write(&path, picture::png(intent)?)?;
                let file = self.core.take_file(&path)?;
                for answer in filled.answers.iter_mut().filter(|answer| answer.field == photo) {
                    answer.files = vec![file.hash.clone()];
                }
                let taken = Photo { file, field: Some(photo), media_type: "image/png".to_owned() };
                Action::Form { filled, task: Some(task), photos: vec![taken] }
            }
        })
    }

    fn shown(&self) -> Result<Shown> {
        let state = self.core.unsent()?;
        let open = self.core.tasks()?.into_iter().filter(|card| !card.status.is_terminal());
        Ok(Shown {
            in_session: self.core.session()?.is_some(),
            unsent_entries: state.entries as usize,
            unsent_files: state.files as usize,
            tasks: open
                .map(|card| TaskShown {
                    id: card.id,
                    number: card.number,
                    description: card.description,
                    customer: card.customer_name,
                    point: card.point,
                    planned: card.start.is_some(),
                })
                .collect(),
        })
    }
}

/// The network of the place where the phone is.
struct Network {
    http: Http,
    online: AtomicBool,
}

impl Transport for Network {
    fn send(&self, request: HttpRequest) -> Answering<'_> {
        if self.online.load(Ordering::Relaxed) {
            self.http.send(request)
        } else {
            Box::pin(std::future::ready(Err(Failure::Offline)))
        }
    }
}

struct SystemClock(campo_server::environment::Environment);

impl PlatformClock for SystemClock {
    fn read(&self) -> Clock {
        Clock {
            wall_us: self.0.now_us(),
            monotonic_us: Some(self.0.monotonic_us()),
            boot: None,
            zone: Some(super::company::ZONE.to_owned()),
            offset_s: Some(super::company::OFFSET_S),
            automatic: Some(true),
        }
    }
}

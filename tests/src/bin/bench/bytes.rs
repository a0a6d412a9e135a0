//! What a day and a quiet exchange weigh: the bytes of whole HTTP/1.1 messages, headers included, as the real core of a
//! phone sends them through a proxy that counts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use campo_mobile_core::{
    capture::{Action, Capture, TaskStep},
    core::{
        Core,
        enrolment::Device,
        http::Http,
        transport::{Answering, HttpRequest, Transport},
    },
    machine::event::Failure,
};
use campo_protocol::{
    entry::Place,
    model::answers::{FieldAnswer, FilledForm},
};
use campo_server::{app::App, environment::Environment};
use campo_tests::{
    core_phone, office,
    proxy::Proxy,
    wait,
    world::{self, Account},
};
use uuid::Uuid;

use crate::{
    cast,
    report::{Figure, Goal, Round, Side},
    served::Served,
    stage::{self, Content, Kind, Stage},
};

/// Captured in a day, one of them the opening of the session.
const ENTRIES: usize = 200;
const TASKS: usize = 20;
const PATIENCE: Duration = Duration::from_secs(20);

/// What passed the proxy in some exchanges.
struct Passed {
    exchanges: u64,
    up_bytes: u64,
    down_bytes: u64,
}

/// A day of 200 entries, and an exchange without anything new.
pub(crate) async fn figures() -> Result<Vec<Figure>> {
    let stage = Stage::new(Kind::Sqlite, Content::Empty).await?;
    let app = world::app(&stage.url(), Environment::system(), &stage::files()?).await?;
    let company = furnish(app).await?;
    let served = Served::start(stage).await?;
    let proxy = Proxy::start(served.address().parse()?, 1).await?;
    let folder = stage::folder()?;
    let network = Arc::new(Network::new()?);
    let core = core_phone::open_over(folder.path(), network.clone())?;
    core.enrol(&proxy.url(), &company.code, Device::default()).await?;
    let listed = async || Ok(core.roster()?.into_iter().next());
    let employee = wait::until("the roster", PATIENCE, listed).await?;
    core.open_session("open", employee.id, core_phone::PIN)?;
    core.sync_now().await;
    core.sync_now().await;
    ensure!(core.tasks()?.len() == TASKS, "the phone has {} tasks", core.tasks()?.len());
    let idle = passed(&core, &network, &proxy).await?;
    network.is_off.store(true, Ordering::Relaxed);
    let mut plain_bytes = 0;
    for capture in day(&company, &core)? {
        plain_bytes += core.capture(capture)?.bytes.len();
    }
    // The core hears of captures one by one, and would else send the first of them alone
    let heard =
        async || Ok((core.sync_state().unsent_entries == ENTRIES && !core.sync_state().busy).then_some(()));
    wait::until("the core to hear of all captures", PATIENCE, heard).await?;
    network.is_off.store(false, Ordering::Relaxed);
    let day = passed(&core, &network, &proxy).await?;
    ensure!(core.sync_state().unsent_entries == 0, "{:?}", core.sync_state());
    drop(core);
    served.end().await?;
    Ok(listed_figures(&day, &idle, plain_bytes as f64))
}

fn listed_figures(day: &Passed, idle: &Passed, plain_bytes: f64) -> Vec<Figure> {
    let figure = |name: &str, unit, beside, goal, measured: u64, other: f64| Figure {
        name: name.to_owned(),
        database: Kind::Sqlite,
        unit,
        beside,
        goal,
        rounds: vec![Round { measured: Side::of(measured as f64), beside: Side::of(other), group: None }],
    };
    let (once, hoped) = (Some(Goal::AtMost(1.0)), Some(Goal::Hoped(1.0)));
    let up_bytes = day.up_bytes as f64;
    vec![
        figure("a day of 200 entries, round trips", "trips", "goal", once, day.exchanges, 1.0),
        figure("a day of 200 entries, up", "bytes", "its entries", None, day.up_bytes, plain_bytes),
        figure("a day of 200 entries, down", "bytes", "up", None, day.down_bytes, up_bytes),
        figure("an idle sync, round trips", "trips", "goal", once, idle.exchanges, 1.0),
        figure("an idle sync, up", "bytes", "goal", hoped, idle.up_bytes, 600.0),
        figure("an idle sync, down", "bytes", "goal", hoped, idle.down_bytes, 300.0),
    ]
}

/// Makes the phone's exchanges until there is nothing to send.
async fn passed(core: &Core, network: &Network, proxy: &Proxy) -> Result<Passed> {
    let (sent, (up, down)) = (network.sent.load(Ordering::Relaxed), proxy.passed_bytes());
    let state = core.sync_now().await;
    ensure!(state.trouble.is_none(), "{state:?}");
    let (up_now, down_now) = proxy.passed_bytes();
    let exchanges = network.sent.load(Ordering::Relaxed) - sent;
    Ok(Passed { exchanges, up_bytes: up_now - up, down_bytes: down_now - down })
}

/// A network that is there or not.
struct Network {
    http: Http,
    is_off: AtomicBool,
    /// How many requests were sent
    sent: AtomicU64,
}

impl Network {
    fn new() -> Result<Self> {
        Ok(Self { http: Http::new(None)?, is_off: AtomicBool::new(false), sent: AtomicU64::new(0) })
    }
}

impl Transport for Network {
    fn send(&self, request: HttpRequest) -> Answering<'_> {
        if self.is_off.load(Ordering::Relaxed) {
            return Box::pin(async { Err(Failure::Offline) });
        }
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.http.send(request)
    }
}

/// The company, seen from the phone.
struct Company {
    code: String,
    form: Uuid,
}

async fn furnish(app: App) -> Result<Company> {
    let id = cast::account(&app, 0).await?;
    let account = Account { app, id };
    let employee = account.employee("ZZ1").await?;
    let form = account.form("F1").await?;
    for _ in 0..TASKS {
        office::create_task(&account.app, account.id, &[employee]).await?;
    }
    let code = core_phone::code(&account, employee).await?;
    account.app.db.close().await;
    Ok(Company { code, form })
}

/// What a worker captures in a day: punches, breaks, messages, and steps and a form for each task.
fn day(company: &Company, core: &Core) -> Result<Vec<Capture>> {
    let mut actions = vec![Action::ShiftStart];
    for (number, task) in core.tasks()?.iter().enumerate() {
        let step = |step| Action::Task { task: task.id, step, reason: None };
        actions
            .extend([TaskStep::Acknowledge, TaskStep::EnRoute, TaskStep::Arrive, TaskStep::Start].map(step));
        actions.extend([
            form(company, task.id, number),
            message(task.id, number),
            form(company, task.id, number + 50),
        ]);
        actions.extend([TaskStep::End, TaskStep::Close].map(step));
        if number % 5 == 2 {
            actions.extend([Action::BreakStart { kind: None }, Action::BreakEnd]);
        }
    }
    let filling = (actions.len()..ENTRIES - 1).map(|number| {
        let text = format!("Llegué a la obra {number}, falta el repuesto; vuelvo después del almuerzo");
        Action::Message { text, task: None }
    });
    let filling: Vec<Action> = filling.collect();
    actions.extend(filling);
    actions.push(Action::ShiftEnd);
    ensure!(actions.len() == ENTRIES, "{} entries", actions.len());
    let capture = |(number, action): (usize, Action)| Capture {
        intent: format!("tap-{number}"),
        session: None,
        action,
        place: Some(place(number)),
        note: None,
    };
    Ok(actions.into_iter().enumerate().map(capture).collect())
}

fn form(company: &Company, task: Uuid, number: usize) -> Action {
    let answers = [
        ("reading", format!("{number}4711")),
        ("tablero", "sin novedad".to_owned()),
        ("medidor", format!("M-{number}-ZZ")),
        ("observaciones", "Cableado revisado, se cambió un fusible y se limpió el gabinete".to_owned()),
    ];
    let answers = answers.into_iter().map(|(field, value)| FieldAnswer::new(field, Some(&value))).collect();
    Action::Form {
        filled: FilledForm { form: company.form, version: 1, answers },
        task: Some(task),
        photos: Vec::new(),
    }
}

fn message(task: Uuid, number: usize) -> Action {
    let text = format!("El cliente pide revisar también el medidor {number}");
    Action::Message { text, task: Some(task) }
}

fn place(number: usize) -> Place {
    Place {
        latitude: -12.046_373 + number as f64 * 0.000_731,
        longitude: -77.042_754 + number as f64 * 0.000_417,
        accuracy_m: Some(12.5),
        provider: Some("fused".to_owned()),
        mock: None,
    }
}

//! Tasks that a customer's system makes one call at a time: by SOAP beside the same by REST, and beside a service of
//! Python's spyne that writes each task as durably into a database of its own.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use campo_server::{
    access::{PermissionName, permissions::ManageKeys},
    api::edit::Once,
    keys::{
        key,
        password::{self, KeyLogin},
    },
    secrets::Secret,
};
use campo_tests::{place, world::Account};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    task::JoinSet,
};

use crate::{
    cast,
    figures::ROUNDS,
    fleet::request,
    report::{Figure, Goal, Round, Side},
    served::Served,
    stage::{Content, Kind, Stage},
    wire::Connection,
};

/// How many calls are made in each half of a pair, over how many connections at once.
const CALLS: usize = 1000;
const CONNECTIONS: usize = 4;
const LOGIN: &str = "erp-soap";
const PASSWORD: &str = "a password of benches";

/// Calls of `CreateOrUpdateTask` a second.
pub(crate) async fn figures(kind: Kind) -> Result<Vec<Figure>> {
    let spyne = Spyne::start().await?;
    let (mut by_rest, mut by_spyne) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let stage = Stage::new(kind, Content::Empty).await?;
        let key = key(&stage).await?;
        let served = Served::start(stage).await?;
        let address = served.address();
        let first = 1 + round * 2 * CALLS;
        let soap =
            rate(address, (first..first + CALLS).map(|number| soap_call(address, number)).collect()).await?;
        let rest = (first + CALLS..first + 2 * CALLS)
            .map(|number| {
                let task = json!({ "task_number": number, "description": describe(number), "customer_name": "Rosa Flores" });
                request("POST /v1/tasks", address, &key, &[], &task)
            })
            .collect::<Result<_>>()?;
        let rest = rate(address, rest).await?;
        let peer = &spyne.address;
        let peer = rate(peer, (first..first + CALLS).map(|number| soap_call(peer, number)).collect()).await?;
        served.end().await?;
        by_rest.push(Round { measured: Side::of(soap), beside: Side::of(rest), group: None });
        by_spyne.push(Round { measured: Side::of(soap), beside: Side::of(peer), group: None });
    }
    let figure = |name: &str, beside, goal, rounds| Figure {
        name: name.to_owned(),
        database: kind,
        unit: "calls/s",
        beside,
        goal: Some(goal),
        rounds,
    };
    Ok(vec![
        figure("CreateOrUpdateTask by SOAP", "the same by REST", Goal::AtLeast(0.8), by_rest),
        figure("CreateOrUpdateTask by SOAP, again", "spyne", Goal::AtLeast(1.0), by_spyne),
    ])
}

/// A key that may make tasks, with a log-in for SOAP; its secret for REST.
async fn key(stage: &Stage) -> Result<String> {
    let app = stage.app().await?;
    let id = cast::account(&app, 0).await?;
    let account = Account { app, id };
    let permissions =
        [PermissionName::UseWebServices, PermissionName::ManageTasks, PermissionName::ViewTasks];
    let allowed = account.operator().allow::<ManageKeys>()?;
    let draft = json!({ "code": LOGIN, "name": "A system", "permissions": permissions });
    key::create(&account.app, &allowed, &Once::default(), &draft).await?;
    let given = KeyLogin { login: LOGIN.to_owned(), password: Some(Secret::new(PASSWORD.to_owned())) };
    password::set(&account.app, &allowed, &format!("code:{LOGIN}").parse()?, &given).await?;
    let secret = account.key(&[PermissionName::ManageTasks, PermissionName::ViewTasks]).await?;
    account.app.db.close().await;
    Ok(secret)
}

fn describe(number: usize) -> String {
    format!("Cambiar medidor {number}")
}

fn soap_call(address: &str, number: usize) -> Vec<u8> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
         xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
         <CreateOrUpdateTask xmlns=\"Trackem.Web.Services\"><userName>{LOGIN}</userName><password>{PASSWORD}</password>\
         <operation>AutoSelect</operation><task><TaskNumber>{number}</TaskNumber><Description>{}</Description>\
         <Status>NewTask</Status><CustomerName>Rosa Flores</CustomerName>\
         <DescriptionHasValue>true</DescriptionHasValue><CustomerNameHasValue>true</CustomerNameHasValue></task>\
         </CreateOrUpdateTask></soap:Body></soap:Envelope>",
        describe(number)
    );
    format!(
        "POST /services/WebServices.asmx HTTP/1.1\r\nhost: {address}\r\ncontent-type: text/xml; charset=utf-8\r\n\
         soapaction: \"Trackem.Web.Services/CreateOrUpdateTask\"\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Answers a second, all of which must say that it went well.
async fn rate(address: &str, messages: Vec<Vec<u8>>) -> Result<f64> {
    let count = messages.len();
    let mut senders = JoinSet::new();
    let mut shares: Vec<Vec<Vec<u8>>> = vec![Vec::new(); CONNECTIONS];
    for (at, message) in messages.into_iter().enumerate() {
        shares[at % CONNECTIONS].push(message);
    }
    let started = Instant::now();
    for share in shares {
        let mut connection = Connection::open(address).await?;
        senders.spawn(async move {
            for message in share {
                let answer = connection.exchange(&message).await?;
                ensure!(answer.status == 201 || answer.says(">OK<"), "a call was refused: {answer:?}");
            }
            anyhow::Ok(())
        });
    }
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

/// A service of spyne in a process of its own.
struct Spyne {
    address: String,
    _child: Child,
}

impl Spyne {
    async fn start() -> Result<Self> {
        let tests = place::tests_folder();
        let made = Command::new("sh")
            .arg(tests.join("python.sh"))
            .args(["bench-python", "spyne==2.14.0", "lxml", "waitress", "setuptools<80", "six"])
            .stderr(Stdio::inherit())
            .output()
            .await?;
        ensure!(made.status.success(), "the environment of Python was not made");
        let programs = String::from_utf8(made.stdout)?;
        let mut child = Command::new(format!("{}/python", programs.trim()))
            .arg(tests.join("soap/spyne_service.py"))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("it says its address")?).lines();
        let said = tokio::time::timeout(Duration::from_mins(1), lines.next_line()).await??;
        Ok(Self { address: said.context("the service of spyne ended")?, _child: child })
    }
}

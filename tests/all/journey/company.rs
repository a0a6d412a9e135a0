//! The company whose road it is, and its office, which asks over HTTP.

use anyhow::{Context as _, Result, ensure};
use campo_protocol::model::form::FormDefinition;
use campo_tests::{
    core_phone,
    receiver::Receiver,
    visit,
    world::{Account, World},
};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    identity::everything,
    imports::{TAREAS, TAREAS_TEMPLATE},
    notifications::{self, Happened},
};

/// The technicians of the sample spreadsheet.
pub(super) const TECHNICIANS: [&str; 4] = ["ZZ1001", "ZZ1002", "ZZ1003", "ZZ1004"];

pub(super) struct Company {
    pub(super) account: Account,
    pub(super) form: Uuid,
    /// Of each technician's phone
    pub(super) codes: Vec<String>,
    /// The secret that signs notifications
    pub(super) secret: String,
    /// The last event before there was a channel
    before: i64,
    bearer: String,
    client: Client,
}

impl Company {
    /// A company with technicians, a form, a template for the sample, and a channel to the endpoint.
    pub(super) async fn found(world: &World, server: &str, receiver: &Receiver) -> Result<Self> {
        let account = world.account("acme").await?;
        let mut codes = Vec::new();
        for number in TECHNICIANS {
            let employee = account.employee(number).await?;
            codes.push(core_phone::code(&account, employee).await?);
        }
        let form = account.keep::<FormDefinition>(visit::definition()).await?.id;
        campo_server::outbound::use_ring();
        let mut company = Self {
            bearer: account.key(&everything()).await?,
            account,
            form,
            codes,
            secret: String::new(),
            before: 0,
            client: Client::new(),
        };
        let template = serde_json::from_str(TAREAS_TEMPLATE)?;
        company.post(server, "/v1/import-templates", &template).await?;
        let channel = json!({ "code": "erp", "name": "ERP", "url": receiver.url() });
        let channel = company.post(server, "/v1/channels", &channel).await?;
        channel["secret"].as_str().context("the secret")?.clone_into(&mut company.secret);
        company.before = channel["progress"]["position"].as_i64().context("its position")?;
        Ok(company)
    }

    /// Hands the sample in; the path of the import.
    pub(super) async fn import(&self, server: &str) -> Result<String> {
        let url = format!("{server}/v1/imports?template=code:tareas-diarias&file_name=tareas.xlsx");
        let request = self.client.post(url).bearer_auth(&self.bearer).body(TAREAS);
        let run: Value = request.send().await?.error_for_status()?.json().await?;
        Ok(format!("/v1/imports/{}", run["id"].as_str().context("the import")?))
    }

    pub(super) async fn get(&self, server: &str, path: &str) -> Result<Value> {
        self.call(Method::GET, server, path, None).await
    }

    async fn post(&self, server: &str, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::POST, server, path, Some(body)).await
    }

    async fn call(&self, method: Method, server: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.client.request(method, format!("{server}{path}")).bearer_auth(&self.bearer);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        ensure!(status.is_success(), "{path}: {status} {body}");
        Ok(body)
    }

    /// Every item of a list, page after page.
    pub(super) async fn all(&self, server: &str, path: &str) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let more = after.map_or_else(String::new, |after: String| format!("&after={after}"));
            let page = self.get(server, &format!("{path}limit=100{more}")).await?;
            items.extend(page["items"].as_array().context("items")?.iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = Some(next.to_owned()),
                None => return Ok(items),
            }
        }
    }

    /// The events that the endpoint must hear of.
    pub(super) async fn events(&self, world: &World) -> Vec<Happened> {
        notifications::events(&world.app, self.account.id, self.before).await
    }
}

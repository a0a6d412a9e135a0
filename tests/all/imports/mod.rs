//! Spreadsheets become tasks and points of interest.

mod attacks;
mod bad_files;
mod cases;
mod command;
mod drafts;
mod giving_up;
mod journey;
mod readers;
mod readers_killed;
mod tables;
mod targets;
mod templates;
mod undo;
mod whole;
mod withdrawals;

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use campo_server::{access::PermissionName, app::App, capabilities, jobs};
use campo_tests::{
    api::{Answer, Client},
    wait,
    world::Account,
};
use serde_json::{Value, json};

/// Somebody who imports files.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    account: Account,
    bearer: String,
    client: Client,
}

pub(crate) const TAREAS: &[u8] = include_bytes!("../../../server/samples/tareas.xlsx");
pub(crate) const TAREAS_TEMPLATE: &str = include_str!("../../../server/samples/tareas.template.json");
const WAITED: Duration = Duration::from_mins(10);

impl Desk {
    pub(super) async fn of(account: &Account) -> Self {
        let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
        Self::with(account, &all).await
    }

    pub(super) async fn with(account: &Account, permissions: &[PermissionName]) -> Self {
        let bearer = account.key(permissions).await.unwrap();
        let client = Client::new(&account.app, Some(&bearer));
        Self { account: account.clone(), bearer, client }
    }

    /// The same caller at another replica.
    pub(super) fn at(&self, app: &App) -> Self {
        Self { client: Client::new(app, Some(&self.bearer)), ..self.clone() }
    }

    pub(super) async fn template(&self, document: Value) -> Value {
        let answer = self.client.post("/v1/import-templates", &document).await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        let answer = self.client.get(path).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.json());
        answer.json()
    }

    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        self.client.call(method, path, headers, body).await.unwrap()
    }

    /// Sends a file to `path`.
    pub(super) async fn send(&self, path: &str, bytes: &[u8]) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::ACCEPT_LANGUAGE, "es")
            .body(Body::from(bytes.to_vec()))
            .unwrap();
        self.client.send(request).await.unwrap()
    }

    /// Begins an import; the path of its run.
    pub(super) async fn begin(&self, template: &str, name: &str, bytes: &[u8]) -> String {
        let path = format!("/v1/imports?template=code:{template}&file_name={name}");
        let answer = self.send(&path, bytes).await;
        assert_eq!(answer.status, 202, "{}", answer.json());
        assert_eq!(answer.json()["state"], "waiting");
        answer.header("location").to_owned()
    }

    /// Does every job that waits.
    pub(super) async fn work_off(&self) {
        jobs::work_off(&self.account.app, capabilities::JOBS).await.unwrap();
    }

    /// Imports a file to its end; the run.
    pub(super) async fn import(&self, template: &str, name: &str, bytes: &[u8]) -> Value {
        let path = self.begin(template, name, bytes).await;
        jobs::work_off(&self.account.app, capabilities::JOBS).await.unwrap();
        let run = self.get(&path).await;
        assert!(run["finished_at"].is_string(), "{run}");
        run
    }

    /// The rows of a run with this outcome.
    pub(super) async fn rows(&self, run: &Value, outcome: &str) -> Vec<Value> {
        let id = run["id"].as_str().unwrap();
        let page = self.get(&format!("/v1/imports/{id}/rows?outcome={outcome}&limit=500")).await;
        page["items"].as_array().unwrap().clone()
    }

    /// The run once `ready` says so.
    pub(super) async fn until(&self, path: &str, ready: impl Fn(&Value) -> bool) -> Value {
        wait::until("an import", WAITED, async || {
            let run = self.get(path).await;
            Ok(ready(&run).then_some(run))
        })
        .await
        .unwrap()
    }

    /// How many tasks and entries `task.created` the account has.
    pub(super) async fn tasks_and_entries(&self) -> (i64, i64) {
        let (db, account) = (&self.account.app.db, self.account.id);
        let (tasks,): (i64,) =
            db.fetch_one("select count(*) from task where account = $1", (account,)).await.unwrap();
        let (entries,): (i64,) = db
            .fetch_one("select count(*) from entry where account = $1 and kind = 'task.created'", (account,))
            .await
            .unwrap();
        (tasks, entries)
    }
}

/// What became of the rows of a run: created, updated, unchanged, refused.
pub(crate) fn counts(run: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "refused"].map(|name| run[name].as_i64().unwrap())
}

/// A template for texts with a number and a description.
pub(crate) fn simple() -> Value {
    json!({
        "code": "simple", "name": "Simple", "makes": "tasks", "key": "external_number",
        "columns": [
            { "heading": "Número", "field": "external_number" },
            { "heading": "Trabajo", "field": "description" },
        ],
    })
}

/// A text of so many tasks.
pub(super) fn many(rows: usize) -> Vec<u8> {
    let lines = (1..=rows).map(|row| format!("{row};Trabajo {row}\n"));
    std::iter::once("Número;Trabajo\n".to_owned()).chain(lines).collect::<String>().into_bytes()
}

//! Tasks through the API and through the entries of phones.

mod acts;
mod edits;
mod feed;
mod life;
mod listing;
mod numbers;
mod places;
mod sizes;

use axum::http::{Method, StatusCode};
use campo_server::{access::PermissionName, app::App};
use campo_tests::{
    api::{Answer, Client},
    world::{Account, Phone},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// The office of an account: somebody who may do everything.
#[derive(Debug, Clone)]
pub(crate) struct Office {
    pub(crate) account: Account,
    pub(crate) bearer: String,
    client: Client,
}

impl Office {
    pub(crate) async fn of(account: &Account) -> Self {
        let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
        let bearer = account.key(&all).await.unwrap();
        let client = Client::new(&account.app, Some(&bearer));
        Self { account: account.clone(), bearer, client }
    }

    /// The same caller at another replica.
    pub(crate) fn at(&self, app: &App) -> Self {
        Self { client: Client::new(app, Some(&self.bearer)), ..self.clone() }
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        self.client.call(method, path, headers, body.as_ref()).await.unwrap()
    }

    /// A call that succeeds, and its JSON.
    pub(crate) async fn ok(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let answer = self.call(method, path, &[], body).await;
        assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.json());
        answer.json()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.ok(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.ok(Method::POST, path, Some(body)).await
    }

    /// A new task; its id.
    pub(crate) async fn task(&self, document: Value) -> Uuid {
        self.post("/v1/tasks", document).await["id"].as_str().unwrap().parse().unwrap()
    }

    /// An edit of the version that stands.
    pub(crate) async fn edit(&self, method: Method, id: Uuid, body: Option<Value>) -> Answer {
        let path = format!("/v1/tasks/{id}");
        let version = self.get(&path).await["version"].to_string();
        self.call(method, &path, &[("If-Match", &format!("\"{version}\""))], body).await
    }

    /// The objects of this kind that phones of the employee hold.
    pub(crate) async fn held(&self, kind: &str, employee: Uuid) -> Vec<Uuid> {
        let rows: Vec<(Uuid,)> = self
            .account
            .app
            .db
            .fetch_all(
                "select id from change where account = $1 and kind = $2 and scope = $3 and not removed order by id",
                (self.account.id, kind, format!("employee/{employee}")),
            )
            .await
            .unwrap();
        rows.into_iter().map(|(id,)| id).collect()
    }

    /// A new object with this code or number; a group below `parent`, an employee in it.
    pub(crate) async fn object(&self, kind: &str, code: &str, parent: Option<Uuid>) -> Uuid {
        let document = match kind {
            "group" => json!({ "code": code, "name": code, "parent": parent }),
            "employee" => {
                let group = match parent {
                    Some(group) => group,
                    None => self.account.group("FIELD").await.unwrap(),
                };
                json!({ "number": code, "first_name": "Ana", "last_name": code, "group": group })
            }
            "poi" => json!({ "number": code, "name": code }),
            "task_type" => json!({ "code": code, "name": code }),
            _ => json!({ "number": code, "description": code }),
        };
        let path = format!("/v1/{}s", kind.replace('_', "-"));
        self.post(&path, document).await["id"].as_str().unwrap().parse().unwrap()
    }
}

/// The members of `value` that `expected` has are equal to it.
pub(crate) fn assert_has(value: &Value, expected: &Value) {
    for (name, member) in expected.as_object().unwrap() {
        assert_eq!(&value[name], member, "{name} of {value}");
    }
}

/// The code of a problem, and the fields and codes of its faults.
pub(crate) fn faults(answer: &Value) -> Vec<(&str, &str)> {
    let faults = answer["faults"].as_array().map(Vec::as_slice).unwrap_or_default();
    faults.iter().map(|fault| (fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect()
}

/// The bytes of an entry about `task`, captured at `wall_us`.
pub(crate) fn line_at(phone: &mut Phone, kind: &str, task: Uuid, wall_us: i64) -> Vec<u8> {
    phone.sequence += 1;
    json!({
        "id": phone.app.environment.uuid(),
        "kind": kind,
        "installation": phone.installation,
        "employee": phone.employee,
        "sequence": phone.sequence,
        "clock": { "wall_us": wall_us },
        "task": task,
    })
    .to_string()
    .into_bytes()
}

pub(crate) const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

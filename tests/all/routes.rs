//! A walk over every route of the OpenAPI document: whom it lets in, whom it refuses, and that it describes itself.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::{Path, PathBuf},
};

use axum::http::Method;
use campo_server::{access::PermissionName, api::router};
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::{Account, World},
};
use serde_json::{Value, json};
use uuid::Uuid;

on_both! {
    every_route_refuses_nobody_and_the_wrong_permission_and_admits_the_right_one,
    a_misspelt_parameter_is_named_by_every_route_that_takes_any,
    no_route_shows_one_account_what_is_anothers,
    a_route_takes_the_methods_that_the_document_names_and_no_others,
    an_address_that_a_browser_opens_is_a_page_and_for_a_program_it_is_not_there,
}

/// What everybody may call. Everything else needs a bearer secret.
const PUBLIC: &[&str] = &[
    "GET /health",
    "GET /health/live",
    "GET /health/ready",
    "GET /problems",
    "GET /problems/{code}",
    "GET /v1/openapi.json",
    "GET /v1/uploads/{ticket}",
    "POST /v1/agents/enrol",
    "POST /v1/enrolments/redeem",
    "POST /v1/password-reset",
    "POST /v1/session",
    "POST /v1/sessions",
    "PUT /v1/email-confirmation",
    "PUT /v1/password-reset",
    "PUT /v1/recipient-confirmation",
    "PUT /v1/uploads/{ticket}",
];

/// Paths whose first parameter is nothing of an account.
const NO_FIXTURE: &[&str] = &[
    "/problems/{code}",
    "/v1/session/all/{session}",
    "/v1/uploads/{ticket}",
    // Tests of their own hold another account's calls, folders, received files and files of exports against them
    "/v1/calls/",
    "/v1/export-runs/{run}/files/{file}",
    "/v1/folders/",
    "/v1/received-files/",
];

pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// The sets of permissions that are enough; an empty set admits everybody who is authenticated
    enough: Vec<BTreeSet<String>>,
    /// True when it can be called by nobody too
    public: bool,
    pub(crate) value: Value,
}

impl Operation {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The body that the document shows, where it takes JSON.
    pub(crate) fn example(&self) -> Option<&Value> {
        self.json().map(|content| &content["example"])
    }

    /// What the document says of a body of JSON.
    fn json(&self) -> Option<&Value> {
        let content = &self.value["requestBody"]["content"];
        ["application/json", "application/merge-patch+json"].into_iter().find_map(|kind| content.get(kind))
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    let document = router::document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, value) in item.as_object().unwrap() {
            let Ok(method) = method.to_ascii_uppercase().parse::<Method>() else { continue };
            if !["GET", "PUT", "POST", "DELETE", "PATCH"].contains(&method.as_str()) {
                continue;
            }
            let security = value["security"].as_array().cloned().unwrap_or_default();
            let scopes = |requirement: &Value| -> Option<BTreeSet<String>> {
                let scopes = requirement.get("bearer")?.as_array()?;
                Some(scopes.iter().map(|scope| scope.as_str().unwrap().to_owned()).collect())
            };
            operations.push(Operation {
                method,
                path: path.clone(),
                enough: security.iter().filter_map(scopes).collect(),
                public: security.is_empty() || security.contains(&json!({})),
                value: value.clone(),
            });
        }
    }
    assert!(operations.len() > 5, "the walk has something to walk");
    operations
}

/// What stands in an account, by the part of the path before its name.
pub(crate) async fn fixtures(account: &Account) -> BTreeMap<&'static str, String> {
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    let office = Client::new(&account.app, Some(&account.key(&all).await.unwrap()));
    account.user(&format!("ana-{}", account.id), &[PermissionName::ViewTasks]).await.unwrap();
    let mut fixtures = BTreeMap::from([
        ("employees", ana.to_string()),
        ("installations", phone.installation.to_string()),
        ("groups", account.group("FIELD").await.unwrap().to_string()),
        ("employee-profiles", account.profile("P").await.unwrap().to_string()),
        ("pois", account.poi("C-1").await.unwrap().to_string()),
        ("task-types", account.task_type("FIX").await.unwrap().to_string()),
        ("forms", account.form("F").await.unwrap().to_string()),
    ]);
    for (path, document) in documents(ana) {
        let created = office.post(&format!("/v1/{path}"), &document).await.unwrap();
        assert_eq!(created.status, 201, "{path}: {}", created.json());
        fixtures.insert(path, created.json()["id"].as_str().unwrap().to_owned());
    }
    let message = json!({ "employees": [ana], "text": "x" });
    let sent = office.post("/v1/messages", &message).await.unwrap().json();
    fixtures.insert("messages", sent["messages"][0]["id"].as_str().unwrap().to_owned());
    let line = phone.line("shift.start", "");
    phone.send(&[line]).await.unwrap();
    for (path, list) in [
        ("entries", "/v1/entries"),
        ("events", "/v1/events"),
        ("users", "/v1/users"),
        ("profiles", "/v1/profiles"),
    ] {
        let list = office.get(list).await.unwrap().json();
        fixtures.insert(path, list["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{list}")).to_owned());
    }
    let upload = axum::http::Request::post("/v1/files").header("content-type", "image/png");
    let stored = office.send(upload.body(b"map".to_vec().into()).unwrap()).await.unwrap();
    fixtures.insert("files", stored.json()["hash"].as_str().unwrap().to_owned());
    transfers(&office, &mut fixtures).await;
    let many = json!({ "tasks": [{ "task_number": 7, "notes": "x" }, { "task_number": 8 }] });
    office.post("/v1/tasks/batch", &many).await.unwrap();
    let mut tx = account.app.db.begin().await.unwrap();
    tx.execute(
        "insert into notice (account, id, kind, cause, detail, permission, times, first_us, last_us) \
         values ($1, $2, 'channel_gone', 'fixture', '{}', 'manage_channels', 1, 1, 1)",
        (account.id, account.app.environment.uuid()),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let forgotten = json!({ "employee": deleted_employee(account, &office, "ZZ9").await });
    let erasure = office.post("/v1/erasures", &forgotten).await.unwrap().json();
    fixtures.insert("erasures", erasure["id"].as_str().unwrap_or_else(|| panic!("{erasure}")).to_owned());
    for (path, list) in [("acts", "/v1/acts"), ("notices", "/v1/notices")] {
        let list = office.get(list).await.unwrap().json();
        fixtures.insert(path, list["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{list}")).to_owned());
    }
    fixtures
}

/// An employee who is deleted.
pub(crate) async fn deleted_employee(account: &Account, office: &Client, number: &str) -> Uuid {
    let employee = account.employee(number).await.unwrap();
    let path = format!("/v1/employees/{employee}");
    let gone = office.call(Method::DELETE, &path, &[("if-match", "*")], None).await.unwrap();
    assert_eq!(gone.status, 204, "{}", String::from_utf8_lossy(&gone.body));
    employee
}

/// What is made by documents alone, in an order in which each finds what it names.
fn documents(ana: Uuid) -> Vec<(&'static str, Value)> {
    vec![
        ("work-orders", json!({ "number": "W-1", "description": "x" })),
        ("catalogue-items", json!({ "code": "CABLE", "name": "x" })),
        ("non-working-days", non_working_days()),
        (
            "working-time-rules",
            json!({ "code": "R", "name": "x", "from_date": "2026-01-01", "whole_company": true }),
        ),
        (
            "channels",
            json!({ "code": "own", "name": "x", "url": "http://127.0.0.1:9/", "events": ["task.deleted"] }),
        ),
        ("import-templates", crate::imports::simple()),
        ("tasks", json!({ "task_number": 7, "poi": "code:C-1", "assignments": [{ "employee": ana }] })),
        ("keys", json!({ "code": "erp", "name": "x" })),
        ("agents", json!({ "code": "planta", "name": "x" })),
        (
            "remotes",
            json!({
                "code": "erp", "name": "x", "protocol": "sftp", "host": "127.0.0.1", "port": 9, "user": "x",
                "password": "x",
            }),
        ),
        ("enrolments", json!({})),
        (
            "intakes",
            json!({ "code": "in", "name": "x", "template": "code:simple", "folder": "x", "pattern": "*.csv" }),
        ),
        (
            "exports",
            json!({ "code": "out", "name": "x", "what": "tasks", "file_name": "x_{n}.csv", "format": "csv" }),
        ),
    ]
}

/// An import, a draft of one, and a run of an export.
async fn transfers(office: &Client, fixtures: &mut BTreeMap<&'static str, String>) {
    let import = axum::http::Request::post("/v1/imports?template=code:simple&file_name=a.csv")
        .header("content-type", "application/octet-stream");
    let import = import.body("Número;Trabajo\n1;x\n".into()).unwrap();
    let import = office.send(import).await.unwrap();
    fixtures.insert("imports", import.json()["id"].as_str().unwrap().to_owned());
    let draft = axum::http::Request::post("/v1/imports/drafts?template=code:simple&file_name=b.csv")
        .header("content-type", "application/octet-stream");
    let draft = office.send(draft.body("Número;Trabajo\n2;x\n".into()).unwrap()).await.unwrap();
    fixtures.insert(
        "drafts",
        draft.json()["id"].as_str().unwrap_or_else(|| panic!("{}", draft.json())).to_owned(),
    );
    let preview = format!("/v1/imports/drafts/{}/preview", fixtures["drafts"]);
    let preview = office.post(&preview, &json!({})).await.unwrap();
    assert_eq!(preview.status, 202, "{}", preview.json());
    let run = office.post(&format!("/v1/exports/{}/runs", fixtures["exports"]), &json!({})).await.unwrap();
    fixtures.insert(
        "export-runs",
        run.json()["id"].as_str().unwrap_or_else(|| panic!("{}", run.json())).to_owned(),
    );
}

fn non_working_days() -> Value {
    json!({
        "code": "H", "name": "x", "from_date": "2030-01-01", "to_date": "2030-01-01", "whole_company": true
    })
}

/// The path with its parameters filled, the first one from what stands in the account. True when it is from there.
pub(crate) fn filled(path: &str, fixtures: &BTreeMap<&'static str, String>) -> (String, bool) {
    let mut known = None;
    let mut is_fixture = false;
    let parts = path.split('/').map(|part| {
        let filling = part.starts_with('{').then(|| match known.take().and_then(|name| fixtures.get(name)) {
            Some(id) => {
                is_fixture = true;
                id.clone()
            }
            None => "0198c0de-0000-7000-8000-000000000000".to_owned(),
        });
        known = Some(part);
        filling.unwrap_or_else(|| part.to_owned())
    });
    let path = parts.collect::<Vec<_>>().join("/");
    (path, is_fixture)
}

async fn call(world: &World, bearer: Option<&str>, operation: &Operation, path: &str) -> Answer {
    let client = Client::new(&world.app, bearer);
    let key = world.app.environment.uuid().to_string();
    let headers = [("if-match", "\"1\""), ("idempotency-key", key.as_str())];
    let body = operation
        .example()
        .filter(|body| !body.is_null())
        .cloned()
        .or_else(|| (operation.method != Method::GET).then(|| json!({})));
    client.call(operation.method.clone(), path, &headers, body.as_ref()).await.unwrap()
}

fn names(text: &BTreeSet<String>) -> Vec<PermissionName> {
    text.iter()
        .map(|text| {
            let known = PermissionName::ALL.iter().copied().find(|name| name.name() == text);
            known.unwrap_or_else(|| panic!("there is no permission `{text}`"))
        })
        .collect()
}

/// The bearer secret of somebody who has these permissions and no others.
async fn bearer(account: &Account, permissions: &[PermissionName]) -> String {
    if permissions.contains(&PermissionName::HandIn) {
        let number = account.app.environment.uuid().to_string();
        let employee = account.employee(&number[24..]).await.unwrap();
        return account.phone(employee).await.unwrap().bearer;
    }
    account.key(permissions).await.unwrap()
}

async fn every_route_refuses_nobody_and_the_wrong_permission_and_admits_the_right_one(world: World) {
    let account = world.account("acme").await.unwrap();
    let none = BTreeMap::new();
    for operation in operations() {
        let name = operation.name();
        let (path, _) = filled(&operation.path, &none);
        if operation.public {
            assert!(PUBLIC.contains(&name.as_str()), "{name} lets everybody in");
            continue;
        }
        let answer = call(&world, None, &operation, &path).await;
        assert_eq!(answer.status, 401, "{name} lets nobody in");
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{name}");

        let stated: BTreeSet<_> = operation.enough.iter().flatten().cloned().collect();
        let stated = names(&stated);
        if !stated.is_empty() && !operation.enough.contains(&BTreeSet::new()) {
            let others: Vec<_> = PermissionName::ALL
                .iter()
                .copied()
                .filter(|name| name.can_be_granted() && !stated.contains(name))
                .collect();
            let answer = call(&world, Some(&bearer(&account, &others).await), &operation, &path).await;
            assert_eq!(answer.status, 403, "{name} without {stated:?}: {}", answer.json());
            let named = answer.json()["parameters"]["permission"].as_str().unwrap_or_default().to_owned();
            assert!(stated.iter().any(|name| name.name() == named), "{name} names `{named}`");
        }
        for enough in &operation.enough {
            let bearer = bearer(&account, &names(enough)).await;
            let answer = call(&world, Some(&bearer), &operation, &path).await;
            let status = answer.status.as_u16();
            // What is one's own, such as a session, is not there for a key.
            // A 403 that names another permission is about what the body grants or subscribes to.
            let named = answer.json()["parameters"]["permission"].as_str().unwrap_or_default().to_owned();
            let refused = status == 401 || (status == 403 && enough.contains(&named));
            assert!(!refused && status < 500, "{name}: {status} {}", answer.json());
        }
    }
}

/// A filter that is not heeded would show everything as if it were what was asked for.
async fn a_misspelt_parameter_is_named_by_every_route_that_takes_any(world: World) {
    let account = world.account("acme").await.unwrap();
    let mut taking = 0;
    for operation in operations().iter().filter(|operation| !operation.public) {
        let parameters = operation.value["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        if !parameters.iter().any(|parameter| parameter["in"] == "query") {
            continue;
        }
        taking += 1;
        let (path, _) = filled(&operation.path, &BTreeMap::new());
        let bearer = bearer(&account, &names(&operation.enough[0])).await;
        let answer = call(&world, Some(&bearer), operation, &format!("{path}?misspelt=1")).await;
        let problem = answer.json();
        assert_eq!(answer.status, 422, "{}: {problem}", operation.name());
        let faults = problem["faults"].as_array().unwrap();
        let named =
            faults.iter().any(|fault| fault["field"] == "/misspelt" && fault["code"] == "unknown_field");
        assert!(named, "{}: {problem}", operation.name());
    }
    assert!(taking > 20, "{taking}");
}

async fn no_route_shows_one_account_what_is_anothers(world: World) {
    let (acme, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let fixtures = fixtures(&acme).await;
    let before = shown(&world, &acme, &fixtures).await;
    for operation in operations().iter().filter(|operation| !operation.public) {
        let (path, is_fixture) = filled(&operation.path, &fixtures);
        let Some(enough) = operation.enough.first() else { continue };
        let permissions = names(enough);
        let name = operation.name();
        if !operation.path.contains('{') {
            if operation.method == Method::GET {
                let answer = call(&world, Some(&bearer(&other, &permissions).await), operation, &path).await;
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                let leak = fixtures.iter().find(|(_, id)| text.contains(id.as_str()));
                assert!(leak.is_none(), "{name} lists {leak:?}");
            }
            continue;
        }
        let answer = call(&world, Some(&bearer(&other, &permissions).await), operation, &path).await;
        let status = answer.status.as_u16();
        let is_excused = NO_FIXTURE.iter().any(|begin| operation.path.starts_with(begin));
        assert!(is_fixture || is_excused, "{name} has no fixture");
        if operation.value["requestBody"].is_null() || operation.json().is_some() {
            let fits = status == 404 || (is_excused && [400, 403, 422].contains(&status));
            assert!(fits, "{name}: {status} {}", answer.json());
        } else {
            // Bytes are looked at first, and are JSON here.
            assert!([400, 404, 415, 422].contains(&status), "{name}: {status} {}", answer.json());
        }
        if is_fixture && !is_excused && operation.method == Method::GET {
            // Some need the permission of what they show besides, such as that of an act
            let all: Vec<_> =
                PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
            let own = call(&world, Some(&bearer(&acme, &all).await), operation, &path).await;
            assert_ne!(own.status, 404, "{name} shows its own account nothing, so that it proves nothing");
        }
    }
    let after = shown(&world, &acme, &fixtures).await;
    assert!(before.len() > 15, "{before:?}");
    assert_eq!(after, before, "what another account was refused left its mark");
}

/// What its own account sees of every fixture.
async fn shown(
    world: &World,
    account: &Account,
    fixtures: &BTreeMap<&'static str, String>,
) -> BTreeMap<String, Value> {
    let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    let office = Client::new(&world.app, Some(&account.key(&all).await.unwrap()));
    let mut shown = BTreeMap::new();
    for operation in operations() {
        let (path, is_fixture) = filled(&operation.path, fixtures);
        let ends_there = operation.path.ends_with('}') && operation.path.matches('{').count() == 1;
        if operation.method == Method::GET && is_fixture && ends_there && !path.starts_with("/v1/files/") {
            let answer = office.get(&path).await.unwrap();
            if answer.status != 403 {
                let mut answer = answer.json();
                // The keys that the walk makes here are events of the account, by which its log grows
                if let Some(progress) = answer.get_mut("progress").and_then(Value::as_object_mut) {
                    progress.remove("last_position");
                }
                shown.insert(path, answer);
            }
        }
    }
    shown
}

async fn a_route_takes_the_methods_that_the_document_names_and_no_others(world: World) {
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in operations() {
        let taken = methods.entry(operation.path.clone()).or_default();
        if operation.method == Method::GET {
            taken.insert("HEAD".to_owned());
        }
        taken.insert(operation.method.to_string());
    }
    let client = Client::new(&world.app, None);
    for (path, documented) in methods {
        let (filled, _) = filled(&path, &BTreeMap::new());
        let answer = client.call("BREW".parse().unwrap(), &filled, &[], None).await.unwrap();
        assert_eq!(answer.status, 405, "{path}");
        let taken: BTreeSet<_> =
            answer.header("allow").split(',').map(|name| name.trim().to_owned()).collect();
        assert_eq!(taken, documented, "{path}");
        assert_eq!(answer.json()["code"], "method_not_allowed");
    }
    for path in [
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v2/sync",
        "/health/",
        "/V1/sync",
        "/assets/none.js",
        "/index.html.br",
    ] {
        let answer = client.get(path).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (404, &json!("not_found")), "{path}");
    }
}

/// With or without a console in the binary, what is answered there may not be framed, and loads nothing of others.
async fn an_address_that_a_browser_opens_is_a_page_and_for_a_program_it_is_not_there(world: World) {
    let client = Client::new(&world.app, None);
    let page = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    for (path, asked) in
        [("/", &[][..]), ("/", &page), ("/tablero", &page), ("/integraciones/importar", &page)]
    {
        let answer = client.call(Method::GET, path, asked, None).await.unwrap();
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src"), "{policy}");
        assert_eq!(answer.header("x-frame-options"), "DENY");
    }
    for (method, path, asked) in [
        (Method::GET, "/tablero", &[][..]),
        (Method::POST, "/tablero", &page),
        (Method::GET, "/v1/nothing", &page),
        (Method::GET, "/../Cargo.toml", &page),
        (Method::GET, "/assets/../index.html", &page),
        (Method::GET, "/.vite/manifest.json.map", &page),
    ] {
        let answer = client.call(method, path, asked, None).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (404, &json!("not_found")), "{path}");
    }
}

#[test]
fn every_operation_describes_itself() {
    let mut ids = HashSet::new();
    let document = router::document();
    let described: HashSet<_> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    for operation in operations() {
        let (name, value) = (operation.name(), &operation.value);
        assert!(value["summary"].as_str().is_some_and(|text| !text.is_empty()), "{name} has no summary");
        let id = value["operationId"].as_str().unwrap_or_else(|| panic!("{name} has no id")).to_owned();
        assert!(ids.insert(id.clone()), "{name}: the id `{id}` is there twice");
        let tags = value["tags"].as_array().unwrap_or_else(|| panic!("{name} has no tag"));
        assert_eq!(tags.len(), 1, "{name}");
        assert!(described.contains(tags[0].as_str().unwrap()), "{name}: {} says nothing", tags[0]);
        let responses = value["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name} says no success");
        let problem = &responses["default"]["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(problem, "#/components/schemas/Problem", "{name}");
        let documented: BTreeSet<_> = value["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect();
        let named: BTreeSet<_> = operation
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(str::to_owned)
            .collect();
        assert_eq!(documented, named, "{name}");
    }
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = router::document();
    let mut open = vec![&document];
    let mut count = 0;
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    count += 1;
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
                }
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    assert!(count > 10);
}

#[tokio::test]
async fn every_problem_code_is_explained_in_both_languages_and_pages_load_nothing_of_others() {
    let world = World::sqlite().await.unwrap();
    let client = Client::new(&world.app, None);
    let all = client.get("/problems").await.unwrap().json();
    for code in campo_server::problem::Code::ALL {
        let path = format!("/problems/{}", code.name());
        let one = client.get(&path).await.unwrap().json();
        assert!(all.as_array().unwrap().contains(&one), "{path}");
        assert!(one["es"]["title"] != "" && one["en"]["detail"] != "" && one["es"] != one["en"], "{one}");
        let page = client.call(Method::GET, &path, &[("accept", "text/html,*/*")], None).await.unwrap();
        let text = String::from_utf8(page.body.clone()).unwrap();
        assert!(text.contains(one["es"]["title"].as_str().unwrap()), "{text}");
        assert!(page.header("content-security-policy").contains("default-src 'self'"));
    }
    assert_eq!(client.get("/problems/nonsense").await.unwrap().status, 404);

    let page = client.get("/docs/").await.unwrap();
    assert_eq!(page.header("x-frame-options"), "DENY");
    let text = String::from_utf8(page.body).unwrap();
    let loaded: Vec<_> = text.split(['"', '\'']).filter(|part| part.starts_with("./")).collect();
    assert!(loaded.len() > 3 && !text.contains("https://"), "{text}");
    for asset in loaded {
        let answer = client.get(&format!("/docs/{}", &asset[2..])).await.unwrap();
        assert_eq!(answer.status, 200, "{asset}");
    }
}

/// The document knows a type by its name alone: of two with one name, one would silently describe the other.
#[test]
fn no_two_types_of_the_document_share_a_name() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for folder in ["../server/src", "../protocol/src"] {
        for path in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            let source = fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = source.lines().map(str::trim).collect();
            for (place, line) in lines.iter().enumerate() {
                let declared = line.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
                let declared = declared.trim_start_matches("pub ");
                let Some(rest) = declared.strip_prefix("struct ").or_else(|| declared.strip_prefix("enum "))
                else {
                    continue;
                };
                let attributes: Vec<&str> =
                    lines[..place].iter().rev().take_while(|line| line.starts_with('#')).copied().collect();
                if !attributes.iter().any(|attribute| attribute.contains("ToSchema")) {
                    continue;
                }
                let named = attributes.iter().find_map(|attribute| attribute.split("schema(as = ").nth(1));
                let is_name = |character: char| character.is_alphanumeric() || character == '_';
                let name: String = named.unwrap_or(rest).chars().take_while(|c| is_name(*c)).collect();
                let here = path.display().to_string();
                if let Some(there) = seen.insert(name.clone(), here.clone()) {
                    panic!("{name} in {here} and in {there}: give one of them `#[schema(as = …)]`");
                }
            }
        }
    }
    assert!(seen.len() > 100, "found {} types", seen.len());
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

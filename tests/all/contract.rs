//! The OpenAPI document is a contract: what it says of a request is taken, and what it names has one meaning.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::http::Method;
use campo_server::{access::PermissionName, api::router, app::Limits};
use campo_tests::{
    api::Client,
    world::{Account, PASSWORD, World},
};
use serde_json::{Value, json};
use syn::{Attribute, Item};

use crate::routes::{Operation, deleted_employee, filled, fixtures, operations};

/// Sends each example in a company of its own, so that none stands on what another did.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_is_taken() {
    let world = World::sqlite().await.unwrap();
    let programs = tempfile::tempdir().unwrap();
    fs::write(programs.path().join("campo-agent-linux-x86_64"), "a program").unwrap();
    let (mut sent, mut wrong) = (0, Vec::new());
    for (number, operation) in operations().iter().enumerate() {
        let Some(example) = operation.example() else { continue };
        if example.is_null() {
            wrong.push(format!("{} has no example", operation.name()));
            continue;
        }
        sent += 1;
        let mut account = world.account(&format!("a{number}")).await.unwrap();
        let agent_folder = Some(programs.path().to_owned());
        let public_url = Some("https://campo.example.com".to_owned());
        account.app.limits = Arc::new(Limits { agent_folder, public_url, ..(*account.app.limits).clone() });
        account.app.mail = Some(crate::mail::nowhere());
        if let Err(reason) = take(&account, operation, example).await {
            wrong.push(format!("{}: {reason}", operation.name()));
        }
    }
    assert!(wrong.is_empty(), "{}\nsee server/src/api/openapi/examples.rs", wrong.join("\n"));
    assert!(sent > 60, "{sent}");
}

async fn take(account: &Account, operation: &Operation, example: &Value) -> Result<(), String> {
    let mut fixtures = fixtures(account).await;
    let name = operation.name();
    let text = example.to_string();
    let mut body: Value = serde_json::from_str(&text).unwrap();
    // log-ins are unique on the server, and the same examples go to many companies
    let login = format!("ana.{}", account.id);
    let bearer = match name.as_str() {
        "POST /v1/session" | "PUT /v1/session/password" | "PUT /v1/session/email" | "POST /v1/sessions" => {
            account.user(&login, &[]).await.unwrap();
            if name.starts_with("POST") {
                body["login"] = login.as_str().into();
            }
            account.session(&login).await.unwrap()
        }
        "POST /v1/enrolments/redeem" => {
            body["code"] = account.enrolment_code(&[]).await.unwrap().into();
            String::new()
        }
        "PUT /v1/email-confirmation" | "PUT /v1/password-reset" => {
            body["token"] =
                crate::mail::link(account, &login, name.starts_with("PUT /v1/email")).await.into();
            String::new()
        }
        "PUT /v1/recipient-confirmation" => {
            body["token"] = crate::mail::recipient_link(account).await.into();
            String::new()
        }
        "PUT /v1/sync/push-token" => account.enrol(&[]).await.unwrap().0,
        "POST /v1/agents/enrol" => {
            body["code"] = agent_code(account, &fixtures).await.into();
            String::new()
        }
        "POST /v1/agents/report" => {
            let secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
            let given = json!({ "code": agent_code(account, &fixtures).await, "secret": secret });
            let nobody = Client::new(&account.app, None);
            let enrolled = nobody.post("/v1/agents/enrol", &given).await.unwrap().json();
            enrolled["token"].as_str().unwrap().to_owned()
        }
        _ => {
            for (path, unique) in [("POST /v1/users", "login"), ("PUT /v1/keys/{key}/password", "login")] {
                if name == path {
                    let taken = body[unique].as_str().unwrap().to_owned();
                    body[unique] = format!("{}{taken}", account.id).into();
                }
            }
            if name == "POST /v1/erasures" {
                let all: Vec<_> =
                    PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
                let office = Client::new(&account.app, Some(&account.key(&all).await.unwrap()));
                body["employee"] = deleted_employee(account, &office, "ZZ8").await.to_string().into();
            }
            if name == "POST /v1/users" {
                body["profile"] = fixtures["profiles"].as_str().into();
            }
            prepare(account, &name, &mut fixtures).await;
            let all: Vec<_> =
                PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
            account.key(&all).await.unwrap()
        }
    };
    let client = Client::new(&account.app, Some(bearer.as_str()).filter(|bearer| !bearer.is_empty()));
    let (path, _) = filled(&operation.path, &fixtures);
    let etag = client.get(&path).await.unwrap().header("etag").to_owned();
    let etag = if etag.is_empty() { "\"1\"".to_owned() } else { etag };
    let answer =
        client.call(operation.method.clone(), &path, &[("if-match", &etag)], Some(&body)).await.unwrap();
    let status = answer.status.as_u16();
    let documented = operation.value["responses"].get(status.to_string()).is_some();
    if answer.status.is_success() && documented && !refuses(&answer.json()) {
        return Ok(());
    }
    Err(format!("{status} {}", answer.json()))
}

/// A code by which a program becomes the agent of the fixtures.
async fn agent_code(account: &Account, fixtures: &BTreeMap<&'static str, String>) -> String {
    let key = account.key(&[PermissionName::ManageExchange]).await.unwrap();
    let path = format!("/v1/agents/{}/enrolment", fixtures["agents"]);
    let issued = Client::new(&account.app, Some(&key)).post(&path, &json!({})).await.unwrap().json();
    issued["code"].as_str().unwrap_or_else(|| panic!("{issued}")).to_owned()
}

/// True where an item of a batch was refused.
fn refuses(answer: &Value) -> bool {
    answer["items"].as_array().into_iter().flatten().any(|item| item["problem"].is_object())
}

/// What an example needs besides the fixtures.
async fn prepare(account: &Account, name: &str, fixtures: &mut BTreeMap<&'static str, String>) {
    if name == "PATCH /v1/keys/{key}/logins/{login}" {
        let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
        let key = account.key(&all).await.unwrap();
        let path = format!("/v1/keys/{}/logins", fixtures["keys"]);
        let login = json!({ "login": format!("login-{}", account.id) });
        let made = Client::new(&account.app, Some(&key)).post(&path, &login).await.unwrap().json();
        let id = made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
        fixtures.insert("logins", id);
    }
    if name == "POST /v1/imports/{import}/withdrawals" {
        // It is over, and asks
        let mut tx = account.app.db.begin().await.unwrap();
        let id: uuid::Uuid = fixtures["imports"].parse().unwrap();
        tx.execute("delete from job where account = $1 and id = $2", (account.id, id)).await.unwrap();
        let asks =
            "update import_run set state = 'done', withdrawals = 'asked' where account = $1 and id = $2";
        tx.execute(asks, (account.id, id)).await.unwrap();
        tx.commit().await.unwrap();
    }
    if name.starts_with("POST /v1/entries/") {
        let mut phone = account.phone(fixtures["employees"].parse().unwrap()).await.unwrap();
        let line = phone.line("shift.start", "");
        let punch = phone.send(&[line]).await.unwrap().receipts[0].id;
        let request = format!(r#","corrects":"{punch}","reason":"x","body":{{"change":"remove"}}"#);
        let asked = phone.line("punch.correction", &request);
        let asked = phone.send(&[asked]).await.unwrap().receipts[0].id;
        let id = if name.ends_with("agreement") { asked } else { punch };
        fixtures.insert("entries", id.to_string());
    }
    if name == "POST /v1/remotes/{remote}/accept" {
        let mut tx = account.app.db.begin().await.unwrap();
        let offered = "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8";
        tx.execute("update remote set offered = $2 where account = $1", (account.id, offered)).await.unwrap();
        tx.commit().await.unwrap();
    }
    if name == "POST /v1/channels/{channel}/recipients/link" {
        fixtures.insert("channels", crate::mail::channel(account).await);
    }
    if name == "POST /v1/periods/reopen" {
        let office = crate::tasks::Office::of(account).await;
        let days = json!({ "from": "2025-12-01", "to": "2025-12-31", "whole_company": true });
        office.post("/v1/periods/close", days).await;
    }
    if name == "POST /v1/tasks/delete" {
        let office = crate::tasks::Office::of(account).await;
        for task in [json!({ "external_number": "A-700124" }), json!({ "task_number": 990_001 })] {
            office.task(task).await;
        }
    }
}

#[test]
fn every_answer_is_described_and_no_patch_needs_anything() {
    let document = router::document();
    let schemas = &document["components"]["schemas"];
    for operation in operations() {
        let name = operation.name();
        for (status, response) in operation.value["responses"].as_object().unwrap() {
            assert!(
                response["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{name}: {status}"
            );
            for (kind, content) in response["content"].as_object().into_iter().flatten() {
                assert_bytes(&format!("{name}: {status}"), kind, content);
            }
        }
        for (kind, content) in operation.value["requestBody"]["content"].as_object().into_iter().flatten() {
            assert_bytes(&name, kind, content);
        }
        if operation.method == Method::PATCH {
            let contents = operation.value["requestBody"]["content"].as_object().unwrap();
            let reference = contents["application/merge-patch+json"]["schema"]["$ref"].as_str().unwrap();
            let schema = &schemas[reference.rsplit('/').next().unwrap()];
            assert!(schema["required"].is_null() && schema["properties"].is_object(), "{name}: {schema}");
        }
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            assert!(!parameter["schema"].to_string().contains("\"null\""), "{name}: {parameter}");
        }
    }
    let text = document.to_string();
    assert!(!text.contains("[`") && !text.contains("crate::"), "links between sources are in the texts");
}

fn assert_bytes(name: &str, kind: &str, content: &Value) {
    let is_json = kind.ends_with("json");
    assert!(is_json || content["schema"]["type"] == "string", "{name}: {content} as {kind}");
}

/// The schema of one would be shown as that of the other.
#[test]
fn no_two_types_have_one_name_in_the_document() {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["server/src", "protocol/src"] {
        collect(&root.join(folder), &mut files);
    }
    for file in files {
        let source = syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap();
        for item in source.items {
            let (name, attributes) = match item {
                Item::Struct(item) => (item.ident.to_string(), item.attrs),
                Item::Enum(item) => (item.ident.to_string(), item.attrs),
                _ => continue,
            };
            if let Some(name) = schema_name(&name, &attributes) {
                names.entry(name).or_default().insert(file.display().to_string());
            }
        }
    }
    assert!(names.len() > 100, "{}", names.len());
    let shared: Vec<_> = names.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(shared.is_empty(), "give one of them another by `#[schema(as = …)]`: {shared:?}");
}

/// The name of the schema of a type, where it has one.
fn schema_name(name: &str, attributes: &[Attribute]) -> Option<String> {
    let text = |attribute: &Attribute| quote::ToTokens::to_token_stream(attribute).to_string();
    let texts: Vec<String> = attributes.iter().map(text).collect();
    if !texts.iter().any(|text| text.contains("derive") && text.contains("ToSchema")) {
        return None;
    }
    let own = texts.iter().find_map(|text| text.split_once("as = ").filter(|_| text.contains("schema")));
    let own = own
        .map(|(_, rest)| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default());
    Some(own.unwrap_or(name).to_owned())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn the_committed_document_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let text = serde_json::to_string_pretty(&router::document()).unwrap() + "\n";
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == text,
        "run `UPDATE_GENERATED=1 cargo test -p campo-tests --test all contract::the_committed` and commit docs/openapi.json"
    );
}

/// Whoever reads the document knows the password of tests by its examples.
#[test]
fn the_examples_log_in_as_the_kit_does() {
    let operations = operations();
    let log_in = operations.iter().find(|operation| operation.name().starts_with("POST /v1/session"));
    assert_eq!(log_in.unwrap().example().unwrap()["password"], PASSWORD);
}

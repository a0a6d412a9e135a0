//! Folders over HTTPS, as an agent uses them.

use axum::{
    body::Body,
    http::{Method, Request},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::World,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Site, created, tasks};

on_both! {
    a_program_becomes_an_agent_once_and_may_do_nothing_else,
    a_file_that_an_agent_brings_arrives_once_whatever_is_cut,
    what_is_there_to_be_taken_is_shown_until_it_was_taken,
}

/// An agent that has enrolled; its id.
pub(super) async fn agent(site: &Site, code: &str) -> (String, Client) {
    let made = site.office.post("/v1/agents", &json!({ "code": code, "name": "Sede" })).await.unwrap();
    let made = created(&made);
    let body = json!({ "code": made["enrolment"]["code"], "secret": URL_SAFE_NO_PAD.encode([7; 32]) });
    let nobody = Client::new(&site.account.app, None);
    let enrolled = nobody.post("/v1/agents/enrol", &body).await.unwrap();
    assert_eq!(enrolled.status, 200, "{}", enrolled.json());
    let client = Client::new(&site.account.app, Some(enrolled.json()["token"].as_str().unwrap()));
    (made["id"].as_str().unwrap().to_owned(), client)
}

async fn bring(client: &Client, id: Uuid, name: &str, offset: usize, bytes: &[u8]) -> Answer {
    let uri = format!("/v1/folders/arrivals/{id}?folder=in/tareas&name={name}&offset={offset}");
    let request = Request::put(uri).header("content-type", "application/octet-stream");
    client.send(request.body(Body::from(bytes.to_vec())).unwrap()).await.unwrap()
}

async fn finish(client: &Client, id: Uuid, name: &str, bytes: &[u8]) -> Answer {
    let hash = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let body = json!({ "folder": "in/tareas", "name": name, "hash": hash });
    client.post(&format!("/v1/folders/arrivals/{id}"), &body).await.unwrap()
}

async fn a_program_becomes_an_agent_once_and_may_do_nothing_else(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let made = created(&site.office.post("/v1/agents", &json!({ "code": "a", "name": "x" })).await.unwrap());
    let nobody = Client::new(&account.app, None);
    let enrol = async |code: &Value, byte: u8| {
        let body = json!({ "code": code, "secret": URL_SAFE_NO_PAD.encode([byte; 32]) });
        nobody.post("/v1/agents/enrol", &body).await.unwrap()
    };
    let code = &made["enrolment"]["code"];
    let first = enrol(code, 1).await;
    assert_eq!(first.status, 200, "{}", first.json());
    assert_eq!(enrol(code, 1).await.json(), first.json(), "asked again after a cut");
    let other = enrol(code, 2).await;
    assert_eq!((other.status.as_u16(), &other.json()["code"]), (403, &json!("enrolment_code_invalid")));
    for wrong in [json!("x"), json!(""), first.json()["token"].clone()] {
        assert_eq!(enrol(&wrong, 3).await.status, 403);
    }
    let agent = Client::new(&account.app, first.json()["token"].as_str());
    assert_eq!(agent.get("/v1/folders/waiting").await.unwrap().status, 200);
    // The code opens nothing by itself
    let by_code = Client::new(&account.app, code.as_str());
    assert_eq!(by_code.get("/v1/folders/waiting").await.unwrap().status, 401);
    for path in ["/v1/tasks", "/v1/agents", "/v1/exports", "/v1/received-files", "/v1/users"] {
        assert_eq!(agent.get(path).await.unwrap().status, 403, "{path}");
    }
    let report = json!({ "version": "0.1.0", "system": "Linux", "folders": ["/srv/in"], "problems": [] });
    assert_eq!(agent.post("/v1/agents/report", &report).await.unwrap().status, 204);
    let shown = site.office.get("/v1/agents/code:a").await.unwrap().json();
    assert_eq!((&shown["enrolled"], &shown["report"]["system"]), (&json!(true), &json!("Linux")));
    assert_eq!(shown["permissions"], json!(["use_file_exchange"]));

    // From the next request on
    let again = site.office.post("/v1/agents/code:a/enrolment", &json!({})).await.unwrap();
    assert_eq!(again.status, 200);
    assert_eq!(agent.get("/v1/folders/waiting").await.unwrap().status, 401);
    let replica = world.virtual_replica(1).await.unwrap();
    replica.environment.advance(25 * 3600 * 1_000_000);
    let late = json!({ "code": again.json()["code"], "secret": URL_SAFE_NO_PAD.encode([4; 32]) });
    let late = Client::new(&replica, None).post("/v1/agents/enrol", &late).await.unwrap();
    assert_eq!(late.status, 403, "a code is over after a day");
}

async fn a_file_that_an_agent_brings_arrives_once_whatever_is_cut(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "tareas", "*.csv", json!({})).await;
    let (id, client) = agent(&site, "sede").await;
    let (text, arrival) = (tasks(1, 40), Uuid::from_u128(1));
    let cut = text.len() / 2;
    let state = async |arrival: Uuid| {
        let path = format!("/v1/folders/arrivals/{arrival}?folder=in/tareas&name=a.csv");
        client.get(&path).await.unwrap().json()
    };
    assert_eq!(state(arrival).await, json!({ "arrived": false, "received_bytes": 0 }));
    let part = bring(&client, arrival, "a.csv", 0, &text[..cut]).await;
    assert_eq!((part.status.as_u16(), &part.json()["received_bytes"]), (200, &json!(cut)));
    assert_eq!(bring(&client, arrival, "a.csv", 1, &text[cut..]).await.json()["code"], "upload_out_of_order");
    assert_eq!(state(arrival).await["received_bytes"], cut);
    // Not whole: it is no file, and what is there is not what it should be
    assert_eq!(finish(&client, arrival, "a.csv", &text).await.json()["parameters"]["with"], "hash");
    assert_eq!(state(arrival).await, json!({ "arrived": false, "received_bytes": 0 }));
    assert!(site.received().await.is_empty());
    assert_eq!(bring(&client, arrival, "a.csv", 0, &text[..cut]).await.status, 200);
    assert_eq!(bring(&client, arrival, "a.csv", cut, &text[cut..]).await.status, 200);
    for _ in 0..3 {
        let arrived = finish(&client, arrival, "a.csv", &text).await;
        assert_eq!((arrived.status.as_u16(), &arrived.json()["arrived"]), (200, &json!(true)));
        site.work_off().await;
    }
    assert_eq!(bring(&client, arrival, "a.csv", 0, b"late").await.json()["arrived"], true);
    let received = site.received().await;
    assert_eq!(
        (received.len(), &received[0]["way"], &received[0]["way_id"]),
        (1, &json!("agent"), &json!(id))
    );
    assert_eq!(site.tasks().await, 40);
    // Its results are there to be taken, and not the file itself
    let waiting = client.get("/v1/folders/waiting").await.unwrap().json();
    let names: Vec<_> = waiting["items"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["a.csv.resultado.txt"]);
    for (folder, name) in [("out", "a.csv"), ("in", "../a.csv"), ("in/..", "a.csv"), ("in", "a/b.csv")] {
        let uri = format!("/v1/folders/arrivals/{}?folder={folder}&name={name}", Uuid::from_u128(2));
        let request = Request::put(uri).body(Body::from("x")).unwrap();
        let status = client.send(request).await.unwrap().status.as_u16();
        assert!([403, 404, 422].contains(&status), "{folder} {name}: {status}");
    }
}

async fn what_is_there_to_be_taken_is_shown_until_it_was_taken(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let (_, client) = agent(&site, "sede").await;
    let (_, other) = agent(&site, "otra").await;
    let export = json!({
        "code": "t", "name": "Tareas", "what": "tasks", "format": "csv", "file_name": "T_{n}.csv", "folder": "tareas",
        "agent": "code:sede", "empty_files": true,
    });
    created(&site.office.post("/v1/exports", &export).await.unwrap());
    let begun = site.office.post("/v1/exports/code:t/runs", &json!({})).await.unwrap();
    site.work_off().await;
    let waiting = client.get("/v1/folders/waiting").await.unwrap().json();
    let file = &waiting["items"][0];
    assert_eq!((&file["folder"], &file["name"]), (&json!("out/tareas"), &json!("T_1.csv")), "{waiting}");
    assert_eq!(other.get("/v1/folders/waiting").await.unwrap().json()["items"], json!([]));
    let path = format!("/v1/folders/waiting/{}", file["id"].as_str().unwrap());
    let whole = client.get(&format!("{path}/content")).await.unwrap();
    assert_eq!(whole.body.len(), file["size_bytes"].as_u64().unwrap() as usize);
    let rest = client.get(&format!("{path}/content?offset=5")).await.unwrap();
    assert_eq!((rest.status.as_u16(), &rest.body[..]), (200, &whole.body[5..]));
    assert_eq!(client.get(&format!("{path}/content?offset=99999")).await.unwrap().status, 416);
    for (name, who) in [("content", &other), ("taken", &other)] {
        let method = if name == "content" { Method::GET } else { Method::POST };
        let answer = who.call(method, &format!("{path}/{name}"), &[], None).await.unwrap();
        assert_eq!(answer.status, 404, "{name}");
    }
    for _ in 0..2 {
        let taken = client.call(Method::POST, &format!("{path}/taken"), &[], None).await.unwrap();
        assert_eq!(taken.status, 204);
    }
    assert_eq!(client.get("/v1/folders/waiting").await.unwrap().json()["items"], json!([]));
    let run = site.office.get(begun.header("location")).await.unwrap().json();
    assert_eq!(run["state"], "taken", "{run}");
}

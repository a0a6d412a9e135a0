//! Channels as the office keeps them.

use axum::http::Method;
use campo_server::access::PermissionName;
use campo_tests::{api::Client, on_both, receiver::Receiver, world::World};
use serde_json::{Value, json};

use super::{Stage, done};

on_both! {
    a_channel_is_made_read_changed_and_removed,
    what_is_wrong_with_a_channel_is_named,
    whoever_may_not_read_entries_can_not_have_them_sent,
    headers_do_not_move_to_another_server,
}

async fn a_channel_is_made_read_changed_and_removed(world: World) {
    let stage = Stage::new(world).await;
    let channel = stage.channel().await;
    assert_eq!((&channel["kind"], &channel["order"]), (&json!("http"), &json!("per_task")));
    assert_eq!((&channel["state"], &channel["format"]), (&json!("enabled"), &json!(1)));
    assert_eq!(channel.get("secret"), None);
    let list = done(&stage.office.get("/v1/channels").await.unwrap(), 200);
    assert_eq!(list["items"], json!([channel]));
    let path = "/v1/channels/code:erp";
    let patch = async |version: &str, body: Value| {
        stage.office.call(Method::PATCH, path, &[("if-match", version)], Some(&body)).await.unwrap()
    };
    assert_eq!(patch("7", json!({"name": "x"})).await.status, 412);
    let changed = done(&patch("1", json!({"name": "SAP", "order": "none"})).await, 200);
    assert_eq!(
        (&changed["name"], &changed["order"], &changed["version"]),
        (&json!("SAP"), &json!("none"), &json!(2))
    );
    assert_eq!(
        stage
            .office
            .post("/v1/channels", &json!({"code": "erp", "name": "x", "url": stage.receiver.url()}))
            .await
            .unwrap()
            .status,
        409
    );
    let delete = async |version: &str| {
        stage.office.call(Method::DELETE, path, &[("if-match", version)], None).await.unwrap().status
    };
    assert_eq!(
        (delete("1").await, delete("2").await, delete("2").await),
        (412.try_into().unwrap(), 204.try_into().unwrap(), 404.try_into().unwrap())
    );
    let again = json!({"code": "erp", "name": "x", "url": stage.receiver.url()});
    assert_eq!(
        stage.office.post("/v1/channels", &again).await.unwrap().status,
        201,
        "the code is free again"
    );
}

async fn what_is_wrong_with_a_channel_is_named(world: World) {
    let stage = Stage::new(world).await;
    let good = json!({"code": "x", "name": "x", "url": "https://example.com/"});
    for (field, value) in [
        ("/url", json!("")),
        ("/url", json!("example.com")),
        ("/url", json!("ftp://example.com/")),
        ("/url", json!("https://user:secret@example.com/")),
        ("/url", json!("https://10.0.0.1/")),
        ("/url", json!("https://169.254.169.254/latest/meta-data/")),
        ("/url", json!("https://[::1]/")),
        ("/url", json!("https://[::ffff:10.0.0.1]/")),
        ("/url", json!("https://example.com:22/")),
        ("/url", json!("https://example.com:25/")),
        ("/authority", json!("nobody")),
        ("/events/0", json!(["entry.gone"])),
        ("/events/1", json!(["entry.added", "entry.added"])),
        ("/format", json!(campo_server::notifications::format::NEWEST + 1)),
        ("/format", json!(0)),
        ("/order", json!("sideways")),
        ("/kind", json!("fax")),
        ("/state", json!("deleted")),
        ("/name", json!("")),
        ("/secret", json!("whsec_x")),
    ] {
        let mut draft = good.clone();
        draft[field.split('/').nth(1).unwrap()] = value.clone();
        let answer = stage.office.post("/v1/channels", &draft).await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["faults"][0]["field"]),
            (422, &json!(field)),
            "{value}"
        );
        if value.as_str().is_some_and(|url| url.contains(".com:2")) {
            assert!(answer.json()["faults"][0]["expected"].as_str().unwrap().contains("port"), "{value}");
        }
        if field == "/url" {
            assert!(!answer.json().to_string().contains("secret"), "{}", answer.json());
        }
    }
}

async fn whoever_may_not_read_entries_can_not_have_them_sent(world: World) {
    let account = world.account("acme").await.unwrap();
    let key = account.key(&[PermissionName::ManageChannels]).await.unwrap();
    let client = Client::new(&world.app, Some(&key));
    let receiver = Receiver::down().unwrap();
    let draft = json!({"code": "x", "name": "x", "url": receiver.url()});
    let answer = client.post("/v1/channels", &draft).await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["parameters"]["permission"]),
        (403, &json!("view_entries"))
    );
}

async fn headers_do_not_move_to_another_server(world: World) {
    let stage = Stage::new(world).await;
    let (path, other) = ("/v1/channels/code:erp", Receiver::start().unwrap());
    let call = async |method, path: &str, version: &str, body: Value| {
        stage.office.call(method, path, &[("if-match", version)], Some(&body)).await.unwrap()
    };
    let patch = async |version: &str, body: Value| call(Method::PATCH, path, version, body).await;
    let own_path = format!("{}/other/path", stage.receiver.url().trim_end_matches('/'));
    // Without headers there is nothing to keep
    done(&patch("1", json!({"url": other.url()})).await, 200);
    done(&patch("2", json!({"url": stage.receiver.url()})).await, 200);
    let set = json!({"headers": {"x-api-key": "hunter2"}});
    done(&call(Method::PUT, &format!("{path}/headers"), "3", set).await, 200);
    for url in
        [other.url(), stage.receiver.url().replace("http:", "https:"), "https://example.com/".to_owned()]
    {
        let answer = patch("4", json!({ "url": url })).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["faults"][0]["field"]),
            (422, &json!("/headers")),
            "{url}"
        );
    }
    let moved = done(&patch("4", json!({"url": own_path})).await, 200);
    assert_eq!(moved["headers"], json!(["x-api-key"]));
    for wrong in [json!("hunter3"), json!({"x": ["hunter3"]}), json!({"host": "hunter3"})] {
        let answer = patch("5", json!({"url": other.url(), "headers": wrong})).await;
        assert_eq!(answer.status, 422, "{}", answer.json());
        assert!(!answer.json().to_string().contains("hunter3"), "{}", answer.json());
    }
    let moved = done(&patch("5", json!({"url": other.url(), "headers": {"X-Other": "new"}})).await, 200);
    assert_eq!(moved["headers"], json!(["x-other"]));
    done(&stage.post("test", &json!({})).await, 200);
    let sent = &other.journal().unwrap()[0];
    assert_eq!((sent.header("x-api-key"), sent.header("x-other")), ("", "new"));
    let moved = done(&patch("6", json!({"url": stage.receiver.url(), "headers": null})).await, 200);
    assert_eq!(moved["headers"], json!([]));
}

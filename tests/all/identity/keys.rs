use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request},
};
use campo_server::{
    access::PermissionName::{ManageKeys, ViewTasks},
    environment::Environment,
    keys::password,
};
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::World,
};
use serde_json::{Value, json};

use super::{all_mighty, delete, done, patch, put, refused};

on_both! {
    a_key_is_made_changed_rotated_and_removed,
    the_secret_before_holds_until_the_end_that_was_asked_for,
    a_key_may_what_its_scopes_say,
    a_key_is_refused_from_other_networks,
    a_key_expires,
    a_key_has_a_password_for_soap_and_ftp,
    a_key_does_not_lift_its_own_bounds,
}

async fn who(client: &Client) -> Answer {
    client.get("/v1/session").await.unwrap()
}

async fn a_key_is_made_changed_rotated_and_removed(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let draft = json!({"code": "erp", "name": "ERP", "permissions": ["view_tasks"]});
    let made = done(&office.post("/v1/keys", &draft).await.unwrap(), 201);
    refused(&office.post("/v1/keys", &draft).await.unwrap(), 409, "already_exists");
    let first = Client::new(&world.app, made["secret"].as_str());
    done(&who(&first).await, 200);
    let shown = done(&office.get("/v1/keys/code:erp").await.unwrap(), 200);
    assert_eq!(shown.get("secret"), None);

    let rotated = done(&office.post("/v1/keys/code:erp/rotate", &json!(null)).await.unwrap(), 200);
    refused(&who(&first).await, 401, "unauthenticated");
    let second = Client::new(&world.app, rotated["secret"].as_str());
    done(&who(&second).await, 200);
    done(&patch(&office, "/v1/keys/code:erp", 2, &json!({"state": "disabled"})).await, 200);
    refused(&who(&second).await, 401, "unauthenticated");
    done(&patch(&office, "/v1/keys/code:erp", 3, &json!({"state": "enabled"})).await, 200);
    done(&who(&second).await, 200);
    done(&delete(&office, "/v1/keys/code:erp", 4).await, 204);
    refused(&who(&second).await, 401, "unauthenticated");
    let again = done(&office.post("/v1/keys", &draft).await.unwrap(), 201);
    assert_ne!(again["id"], made["id"]);
}

async fn the_secret_before_holds_until_the_end_that_was_asked_for(world: World) {
    let account = world.account("acme").await.unwrap();
    let clock = Environment::seeded(1, 2_000_000_000_000_000);
    let replica = world.replica_with(clock.clone()).await.unwrap();
    let office = Client::new(&replica, Some(&account.key(&[ManageKeys, ViewTasks]).await.unwrap()));
    let rotate = async |body: Value| office.post("/v1/keys/code:erp/rotate", &body).await.unwrap();
    let client = |made: &Value| Client::new(&replica, made["secret"].as_str());
    let draft = json!({"code": "erp", "name": "ERP", "permissions": ["view_tasks"]});
    let first = client(&done(&office.post("/v1/keys", &draft).await.unwrap(), 201));
    for (wrong, field) in [
        (json!({"overlap_hours": 721}), "/overlap_hours"),
        (json!({"overlap_hours": -1}), "/overlap_hours"),
        (json!({"overlap": 1}), "/overlap"),
    ] {
        let answer = rotate(wrong).await;
        refused(&answer, 422, "validation_failed");
        assert_eq!(answer.json()["faults"][0]["field"], field);
    }
    let rotated = done(&rotate(json!({"overlap_hours": 24})).await, 200);
    assert_eq!(rotated["previous_until"], "2033-05-19T03:33:20Z");
    let second = client(&rotated);
    for shown in ["/v1/keys/code:erp", "/v1/keys"] {
        let shown = done(&office.get(shown).await.unwrap(), 200);
        let key = shown["items"].as_array().and_then(|keys| keys.iter().find(|key| key["code"] == "erp"));
        assert_eq!(key.unwrap_or(&shown)["previous_until"], rotated["previous_until"]);
    }
    clock.advance(24 * 3600 * 1_000_000 - 1);
    done(&who(&first).await, 200);
    done(&who(&second).await, 200);
    clock.advance(1);
    refused(&who(&first).await, 401, "unauthenticated");
    done(&who(&second).await, 200);
    assert_eq!(done(&office.get("/v1/keys/code:erp").await.unwrap(), 200).get("previous_until"), None);

    // Of three the first holds no longer; what ends the key ends each of them
    let third = client(&done(&rotate(json!({"overlap_hours": 720})).await, 200));
    done(&who(&second).await, 200);
    let fourth = client(&done(&rotate(json!({"overlap_hours": 1})).await, 200));
    refused(&who(&second).await, 401, "unauthenticated");
    done(&who(&third).await, 200);
    done(&who(&fourth).await, 200);
    done(&patch(&office, "/v1/keys/code:erp", 4, &json!({"state": "disabled"})).await, 200);
    refused(&who(&third).await, 401, "unauthenticated");
    done(&patch(&office, "/v1/keys/code:erp", 5, &json!({"state": "enabled"})).await, 200);
    done(&who(&third).await, 200);
    // Without a body the one before ends at once
    let bare = office.call(Method::POST, "/v1/keys/code:erp/rotate", &[], None).await.unwrap();
    let fifth = client(&done(&bare, 200));
    refused(&who(&fourth).await, 401, "unauthenticated");
    done(&who(&fifth).await, 200);
}

async fn a_key_may_what_its_scopes_say(world: World) {
    let account = world.account("acme").await.unwrap();
    let key = Client::new(&world.app, Some(&account.key(&[ViewTasks]).await.unwrap()));
    assert_eq!(done(&who(&key).await, 200)["permissions"], json!(["view_tasks"]));
    for path in ["/v1/account", "/v1/users", "/v1/profiles", "/v1/keys", "/v1/installations"] {
        refused(&key.get(path).await.unwrap(), 403, "forbidden");
    }
}

async fn a_key_is_refused_from_other_networks(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    for network in ["192.0.2.0/33", "nowhere", ""] {
        let draft = json!({"code": "x", "name": "x", "networks": ["10.0.0.0/8", network]});
        let answer = office.post("/v1/keys", &draft).await.unwrap();
        refused(&answer, 422, "validation_failed");
        assert_eq!(answer.json()["faults"][0]["field"], "/networks/1");
    }
    let draft = json!({"code": "erp", "name": "ERP", "networks": ["192.0.2.77/24", "2001:db8::/32"]});
    let made = done(&office.post("/v1/keys", &draft).await.unwrap(), 201);
    assert_eq!(made["networks"], json!(["192.0.2.0/24", "2001:db8::/32"]));
    let key = Client::new(&world.app, made["secret"].as_str());
    for (peer, allowed) in [
        ("192.0.2.200:1", true),
        ("[::ffff:192.0.2.1]:1", true),
        ("[2001:db8:7::1]:1", true),
        ("192.0.3.1:1", false),
        ("[2001:db9::1]:1", false),
    ] {
        let mut request = Request::get("/v1/session").body(Body::empty()).unwrap();
        // What a stranger says of itself is not believed.
        request.headers_mut().insert("x-forwarded-for", "192.0.2.1".parse().unwrap());
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = key.send(request).await.unwrap();
        if allowed {
            done(&answer, 200);
        } else {
            refused(&answer, 403, "network_not_allowed");
        }
    }
    refused(&who(&key).await, 403, "network_not_allowed");
}

async fn a_key_expires(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let clock = Environment::seeded(1, 2_000_000_000_000_000);
    let replica = world.replica_with(clock.clone()).await.unwrap();
    let draft = json!({"code": "erp", "name": "ERP", "expires_at": "2033-05-18T03:33:21Z"});
    let made = done(&office.post("/v1/keys", &draft).await.unwrap(), 201);
    assert_eq!(made["expires_at"], "2033-05-18T03:33:21Z");
    let key = Client::new(&replica, made["secret"].as_str());
    clock.advance(999_999);
    done(&who(&key).await, 200);
    clock.advance(1);
    refused(&who(&key).await, 401, "unauthenticated");
    done(&patch(&office, "/v1/keys/code:erp", 1, &json!({"expires_at": null})).await, 200);
    done(&who(&key).await, 200);
}

async fn a_key_has_a_password_for_soap_and_ftp(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    for code in ["erp", "crm"] {
        let draft = json!({"code": code, "name": "x", "permissions": ["use_web_services"], "networks": ["192.0.2.0/24"]});
        done(&office.post("/v1/keys", &draft).await.unwrap(), 201);
    }
    let inside = Some("192.0.2.1".parse().unwrap());
    let find = async |name: &str, address| password::find(&world.app, name, address).await.unwrap().pop();
    assert!(find("acme-erp", inside).await.is_none());
    let made = done(&put(&office, "/v1/keys/code:erp/password", &json!({"login": "Acme-ERP"})).await, 200);
    assert_eq!(made["login"], "acme-erp");
    let known = find("ACME-erp", inside).await.unwrap();
    assert_eq!(Some(known.password.reveal()), made["password"].as_str());
    assert_eq!((known.caller.account, known.caller.permissions.names().len()), (account.id, 1));
    assert!(find("acme-erp", Some("198.51.100.1".parse().unwrap())).await.is_none(), "from another network");
    assert_eq!(done(&office.get("/v1/keys/code:erp").await.unwrap(), 200)["login"], "acme-erp");

    let taken = put(&office, "/v1/keys/code:crm/password", &json!({"login": "acme-erp"})).await;
    refused(&taken, 409, "already_exists");
    let given = json!({"login": "acme-crm", "password": "from the old system"});
    let set = done(&put(&office, "/v1/keys/code:crm/password", &given).await, 200);
    assert_eq!(set, json!({"login": "acme-crm"}), "what was given is not shown");
    assert_eq!(find("acme-crm", inside).await.unwrap().password.reveal(), "from the old system");

    // A password moved to the row of another key does not open.
    let allowed = account.operator().allow::<campo_server::access::permissions::ManageKeys>().unwrap();
    let mut write = world.app.log.begin(&allowed, campo_server::scheduler::Class::Office).await.unwrap();
    write
        .tx()
        .execute(
            "update access_key set sealed_password = (select o.sealed_password from access_key o \
             where o.account = $1 and o.code = 'erp') where account = $1 and code = 'crm'",
            (account.id,),
        )
        .await
        .unwrap();
    write.commit().await.unwrap();
    assert!(password::find(&world.app, "acme-crm", inside).await.is_err());

    let removed =
        office.call(axum::http::Method::DELETE, "/v1/keys/code:erp/password", &[], None).await.unwrap();
    done(&removed, 204);
    assert!(find("acme-erp", inside).await.is_none());
}

async fn a_key_does_not_lift_its_own_bounds(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let (networks, end) = (json!(["127.0.0.0/8"]), "2100-01-01T00:00:00Z");
    let bound = json!({"code": "bound", "name": "x", "permissions": ["manage_keys"], "networks": networks,
        "expires_at": end});
    let made = done(&office.post("/v1/keys", &bound).await.unwrap(), 201);
    let free = json!({"code": "free", "name": "x", "permissions": ["manage_keys"]});
    done(&office.post("/v1/keys", &free).await.unwrap(), 201);
    let key = Client::new(&world.app, made["secret"].as_str());
    let call = async |method: Method, path: &str, body: &Value| {
        let builder = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let mut request = builder.header("if-match", "\"1\"").body(Body::from(body.to_string())).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
        key.send(request).await.unwrap()
    };
    let refused_at = |answer: &Answer, fields: &[&str]| {
        refused(answer, 422, "validation_failed");
        let faults = answer.json()["faults"].as_array().unwrap().clone();
        assert_eq!(faults.iter().map(|fault| fault["field"].as_str().unwrap()).collect::<Vec<_>>(), fields);
    };
    let both = ["/networks", "/expires_at"];
    let lifted = json!({"networks": [], "expires_at": null});
    refused_at(&call(Method::PATCH, "/v1/keys/code:bound", &lifted).await, &both);
    refused_at(&call(Method::POST, "/v1/keys", &json!({"code": "new", "name": "x"})).await, &both);
    // The secret or the password of a key that reaches further would do as well
    refused_at(&call(Method::POST, "/v1/keys/code:free/rotate", &json!(null)).await, &both);
    let login = json!({"login": "free.acme"});
    refused_at(&call(Method::PUT, "/v1/keys/code:free/password", &login).await, &both);
    let within = json!({"code": "new", "name": "x", "networks": ["127.0.0.1"], "expires_at": end});
    done(&call(Method::POST, "/v1/keys", &within).await, 201);
    done(&call(Method::PATCH, "/v1/keys/code:bound", &json!({"name": "y"})).await, 200);
    done(&patch(&office, "/v1/keys/code:bound", 2, &lifted).await, 200);
}

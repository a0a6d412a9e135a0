use axum::http::Method;
use campo_server::access::PermissionName::ViewTasks;
use campo_tests::{api::Client, on_both, world::World};
use serde_json::json;

use super::{all_mighty, done, everything, refused};

on_both! {
    what_another_account_owns_is_not_found,
    a_secret_of_one_account_is_nobody_in_another,
}

async fn what_another_account_owns_is_not_found(world: World) {
    let (acme, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let owner = all_mighty(&acme).await;
    let user = acme.user("ana", &[ViewTasks]).await.unwrap();
    let profile = done(&owner.get("/v1/profiles/code:ana").await.unwrap(), 200)["id"].clone();
    let key = json!({"code": "erp", "name": "x"});
    let key = done(&owner.post("/v1/keys", &key).await.unwrap(), 201)["id"].clone();
    let employee = acme.employee("ZZ1").await.unwrap();
    let phone = acme.phone(employee).await.unwrap();
    let enrolment = done(&owner.post("/v1/enrolments", &json!({})).await.unwrap(), 201)["id"].clone();
    let (profile, key) = (profile.as_str().unwrap(), key.as_str().unwrap());
    let (installation, enrolment) = (phone.installation, enrolment.as_str().unwrap());
    let mut addresses = vec![
        (Method::DELETE, format!("/v1/enrolments/{enrolment}"), json!(null)),
        (Method::PUT, format!("/v1/employees/{employee}/pin"), json!({"pin": "4829"})),
        (Method::DELETE, "/v1/employees/number:ZZ1/pin".to_owned(), json!(null)),
    ];
    for path in [
        format!("/v1/users/{user}"),
        "/v1/users/code:ana".to_owned(),
        format!("/v1/profiles/{profile}"),
        "/v1/profiles/code:ana".to_owned(),
        format!("/v1/keys/{key}"),
        "/v1/keys/code:erp".to_owned(),
        format!("/v1/installations/{installation}"),
    ] {
        addresses.push((Method::GET, path.clone(), json!(null)));
        addresses.push((Method::PATCH, path.clone(), json!({"name": "x"})));
        if !path.contains("installations") {
            addresses.push((Method::DELETE, path, json!(null)));
        }
    }
    for (method, path, body) in [
        (Method::PUT, format!("/v1/users/{user}/password"), json!({"password": "mine from now"})),
        (Method::POST, format!("/v1/keys/{key}/rotate"), json!(null)),
        (Method::PUT, format!("/v1/keys/{key}/password"), json!({"login": "erp"})),
        (Method::DELETE, format!("/v1/keys/{key}/password"), json!(null)),
        (Method::POST, format!("/v1/installations/{installation}/revoke"), json!(null)),
        (Method::POST, format!("/v1/installations/{installation}/stolen"), json!(null)),
        (Method::GET, format!("/v1/installations/{installation}/roster"), json!(null)),
        (Method::PUT, format!("/v1/installations/{installation}/roster"), json!({})),
    ] {
        addresses.push((method, path, body));
    }
    let intruder = all_mighty(&other).await;
    for (method, path, body) in &addresses {
        let answer = intruder.call(method.clone(), path, &[("if-match", "1")], Some(body)).await.unwrap();
        refused(&answer, 404, "not_found");
    }
    for path in ["users", "profiles", "installations", "enrolments", "employee-sessions"] {
        let listed = done(&intruder.get(&format!("/v1/{path}")).await.unwrap(), 200);
        assert_eq!(listed["items"], json!([]), "{path}");
    }
    for (field, path, body) in [
        ("/employees/0", "/v1/enrolments", json!({"roster": {"employees": [employee]}})),
        ("/profile", "/v1/users", json!({"code": "x", "name": "x", "login": "x", "profile": profile})),
    ] {
        let answer = intruder.post(path, &body).await.unwrap();
        refused(&answer, 422, "validation_failed");
        assert_eq!(answer.json()["faults"][0]["field"], field);
    }
}

async fn a_secret_of_one_account_is_nobody_in_another(world: World) {
    let (acme, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let employee = acme.employee("ZZ1").await.unwrap();
    acme.user("ana", &[ViewTasks]).await.unwrap();
    for bearer in [
        acme.key(&everything()).await.unwrap(),
        acme.session("ana").await.unwrap(),
        acme.phone(employee).await.unwrap().bearer,
    ] {
        done(&Client::new(&world.app, Some(&bearer)).get("/v1/session").await.unwrap(), 200);
        let moved = bearer.replacen(&format!("_{}_", acme.id), &format!("_{}_", other.id), 1);
        assert_ne!(moved, bearer);
        let answer = Client::new(&world.app, Some(&moved)).get("/v1/session").await.unwrap();
        refused(&answer, 401, "unauthenticated");
    }
}

use axum::http::Method;
use campo_protocol::model::Ref;
use campo_server::{
    access::PermissionName::{ManageTasks, ManageUsers, ViewTasks},
    accounts::{self, Administrator, NewAccount},
    users::rescue,
};
use campo_tests::{
    api::Client,
    on_both,
    world::{PASSWORD, World},
};
use serde_json::{Value, json};

use super::{all_mighty, delete, done, everything, patch, put, refused};

on_both! {
    somebody_is_left_who_manages_users,
    a_key_with_bounds_makes_nobody_without_them,
    the_operator_lets_in_who_is_locked_out,
    profiles_are_kept_with_versions_and_codes,
    a_permission_that_cannot_be_granted_is_named_with_those_that_can,
    nobody_gives_more_than_they_hold_nor_acts_on_somebody_who_has_more,
    a_user_is_made_once_and_a_password_made_here_is_shown_then_only,
    a_name_to_log_in_with_says_nothing_of_who_else_has_it,
    users_are_listed_in_pages,
    the_administrator_of_an_account_of_the_release_before_holds_what_is_new,
    the_administrators_profile_stays_as_it_is,
}

/// An account with its administrator, logged in.
async fn administered(world: &World) -> Client {
    let new = NewAccount {
        code: "acme".to_owned(),
        name: "Acme".to_owned(),
        zone: "America/Lima".to_owned(),
        language: "es".to_owned(),
    };
    let administrator = Administrator { login: "boss".to_owned(), name: "Boss".to_owned() };
    let made = accounts::create_with_administrator(&world.app, &new, &administrator).await.unwrap();
    let body = json!({"login": "boss", "password": made.password.reveal()});
    let session = Client::new(&world.app, None).post("/v1/session", &body).await.unwrap().json();
    Client::new(&world.app, session["token"].as_str())
}

async fn the_administrator_of_an_account_of_the_release_before_holds_what_is_new(world: World) {
    let client = administered(&world).await;
    // As the release before wrote it: without the permissions that it did not know, and without the sign for all;
    // then the statement of the migration
    let before =
        "update profile set permissions = '[\"manage_users\",\"view_tasks\"]' where code = 'administrator'";
    world.meddle(before, before).await.unwrap();
    let new = json!({"code": "new", "name": "New", "permissions": ["manage_channels"]});
    refused(&client.post("/v1/profiles", &new).await.unwrap(), 403, "forbidden");
    let text = campo_server::database::migrations::MIGRATIONS[1].2;
    let begin = text.find("update profile").unwrap();
    let sql = text[begin..].split(';').next().unwrap();
    world.meddle(sql, sql).await.unwrap();
    done(&client.post("/v1/profiles", &new).await.unwrap(), 201);
}

async fn the_administrators_profile_stays_as_it_is(world: World) {
    let client = administered(&world).await;
    let path = "/v1/profiles/code:administrator";
    let profile = client.get(path).await.unwrap().json();
    assert_eq!(profile["built_in"], true);
    let narrowed = patch(&client, path, 1, &json!({"permissions": ["view_tasks"]})).await;
    refused(&narrowed, 422, "validation_failed");
    refused(&patch(&client, path, 1, &json!({"state": "disabled"})).await, 422, "validation_failed");
    refused(&delete(&client, path, 1).await, 409, "conflict");
    done(&patch(&client, path, 1, &json!({"name": "Gerencia"})).await, 200);
    assert_eq!(client.get(path).await.unwrap().json()["permissions"], profile["permissions"]);
}

async fn profiles_are_kept_with_versions_and_codes(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = all_mighty(&account).await;
    let draft = json!({"code": "dispatcher", "name": "Despacho", "permissions": ["view_tasks", "manage_tasks"],
        "custom": {"area": "north"}});
    let made = client.post("/v1/profiles", &draft).await.unwrap();
    let profile = done(&made, 201);
    assert_eq!(made.header("location"), format!("/v1/profiles/{}", profile["id"].as_str().unwrap()));
    assert_eq!(profile["permissions"], draft["permissions"]);
    refused(&client.post("/v1/profiles", &draft).await.unwrap(), 409, "already_exists");

    let path = "/v1/profiles/code:dispatcher";
    let change = json!({"permissions": ["view_tasks"], "custom": {"area": null}});
    let changed = done(&patch(&client, path, 1, &change).await, 200);
    assert_eq!((&changed["permissions"], &changed["custom"]), (&json!(["view_tasks"]), &json!({})));
    assert_eq!(done(&client.get(made.header("location")).await.unwrap(), 200), changed);
    refused(&delete(&client, path, 1).await, 412, "version_mismatch");

    account.user("ana", &[ViewTasks]).await.unwrap();
    refused(&delete(&client, "/v1/profiles/code:ana", 1).await, 409, "conflict");
    done(&delete(&client, path, 2).await, 204);
    refused(&client.get(path).await.unwrap(), 404, "not_found");
    done(&client.post("/v1/profiles", &draft).await.unwrap(), 201);
}

async fn a_permission_that_cannot_be_granted_is_named_with_those_that_can(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = all_mighty(&account).await;
    for path in ["/v1/profiles", "/v1/keys"] {
        for name in ["fly", "hand_in"] {
            let draft = json!({"code": "x", "name": "x", "permissions": ["view_tasks", name]});
            let answer = client.post(path, &draft).await.unwrap();
            refused(&answer, 422, "validation_failed");
            let fault = &answer.json()["faults"][0];
            assert_eq!(
                (&fault["field"], &fault["code"]),
                (&json!("/permissions/1"), &json!("unknown_value"))
            );
            assert_eq!(fault["found"], name);
            assert!(fault["expected"].as_str().unwrap().contains("`manage_pois`"), "{fault}");
        }
    }
}

async fn nobody_gives_more_than_they_hold_nor_acts_on_somebody_who_has_more(world: World) {
    let account = world.account("acme").await.unwrap();
    let all = all_mighty(&account).await;
    account.user("boss", &everything()).await.unwrap();
    account.user("peer", &[ViewTasks]).await.unwrap();
    account.user("helper", &[ManageUsers, ViewTasks]).await.unwrap();
    let helper = Client::new(&world.app, Some(&account.session("helper").await.unwrap()));
    let profile = |permissions: &[&str]| json!({"code": "new", "name": "x", "permissions": permissions});
    let user = |profile: &str| json!({"code": "n", "name": "x", "login": "n", "profile": profile});

    for (method, path, body, lacking) in [
        (Method::POST, "/v1/profiles", profile(&["view_tasks", "manage_tasks"]), "manage_tasks"),
        (Method::PATCH, "/v1/profiles/code:peer", profile(&["manage_keys"]), "manage_keys"),
        (Method::PATCH, "/v1/profiles/code:boss", json!({"name": "x"}), "manage_account"),
        (Method::PATCH, "/v1/profiles/code:boss", json!({"permissions": []}), "manage_account"),
        (Method::DELETE, "/v1/profiles/code:boss", Value::Null, "manage_account"),
        (Method::POST, "/v1/users", user("code:boss"), "manage_account"),
        (Method::PATCH, "/v1/users/code:peer", json!({"profile": "code:boss"}), "manage_account"),
        (Method::PATCH, "/v1/users/code:helper", json!({"profile": "code:boss"}), "manage_account"),
        (Method::PATCH, "/v1/users/code:boss", json!({"state": "disabled"}), "manage_account"),
        (Method::PATCH, "/v1/users/code:boss", json!({"profile": "code:peer"}), "manage_account"),
        (Method::PUT, "/v1/users/code:boss/password", json!({"password": "mine from now"}), "manage_account"),
        (Method::DELETE, "/v1/users/code:boss", Value::Null, "manage_account"),
    ] {
        let answer = helper.call(method, path, &[("if-match", "1")], Some(&body)).await.unwrap();
        refused(&answer, 403, "forbidden");
        assert_eq!(answer.json()["parameters"]["permission"], lacking, "{path}");
    }
    // What they hold they may give.
    done(&helper.post("/v1/profiles", &profile(&["view_tasks"])).await.unwrap(), 201);
    done(&helper.post("/v1/users", &user("code:new")).await.unwrap(), 201);
    done(&patch(&helper, "/v1/users/code:peer", 1, &json!({"state": "disabled"})).await, 200);

    // Of keys too, whose secret would be theirs.
    let key = Client::new(
        &world.app,
        Some(&account.key(&[campo_server::access::PermissionName::ManageKeys, ManageTasks]).await.unwrap()),
    );
    done(
        &all.post("/v1/keys", &json!({"code": "big", "name": "x", "permissions": ["manage_channels"]}))
            .await
            .unwrap(),
        201,
    );
    for (method, path, body) in [
        (Method::POST, "/v1/keys", json!({"code": "n", "name": "x", "permissions": ["manage_channels"]})),
        (Method::PATCH, "/v1/keys/code:big", json!({"permissions": []})),
        (Method::POST, "/v1/keys/code:big/rotate", Value::Null),
        (Method::PUT, "/v1/keys/code:big/password", json!({"login": "big"})),
        (Method::DELETE, "/v1/keys/code:big/password", Value::Null),
        (Method::DELETE, "/v1/keys/code:big", Value::Null),
    ] {
        let answer = key.call(method, path, &[("if-match", "1")], Some(&body)).await.unwrap();
        refused(&answer, 403, "forbidden");
        assert_eq!(answer.json()["parameters"]["permission"], "manage_channels", "{path}");
    }
    let draft = json!({"code": "n", "name": "x", "permissions": ["manage_tasks"]});
    done(&key.post("/v1/keys", &draft).await.unwrap(), 201);
}

async fn a_user_is_made_once_and_a_password_made_here_is_shown_then_only(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = all_mighty(&account).await;
    account.user("first", &[ViewTasks]).await.unwrap();
    let draft =
        json!({"code": "U-1", "name": "Ana", "login": " Ana ", "profile": "code:first", "language": "en"});
    let once = [("idempotency-key", "k-1")];
    let made = client.call(Method::POST, "/v1/users", &once, Some(&draft)).await.unwrap();
    let again = client.call(Method::POST, "/v1/users", &once, Some(&draft)).await.unwrap();
    let user = done(&made, 201);
    assert_eq!((&user["login"], &user["language"]), (&json!("ana"), &json!("en")));
    assert_eq!(done(&again, 201), user, "the same answer, the password too");
    let mut other = draft.clone();
    other["password"] = json!(PASSWORD);
    let conflict = client.call(Method::POST, "/v1/users", &once, Some(&other)).await.unwrap();
    refused(&conflict, 409, "idempotency_conflict");

    let shown = done(&client.get("/v1/users/code:U-1").await.unwrap(), 200);
    assert_eq!(shown.get("password"), None);
    let stranger = Client::new(&world.app, None);
    let credentials = json!({"login": "ANA", "password": user["password"]});
    done(&stranger.post("/v1/session", &credentials).await.unwrap(), 201);

    for (change, field) in [
        (json!({"password": "short"}), "/password"),
        (json!({"password": "first-1 ", "login": "First-1"}), "/password"),
        (json!({"password": "contraseña1"}), "/password"),
        (json!({"password": "            "}), "/password"),
        (json!({"password": 7}), "/password"),
        (json!({"login": ""}), "/login"),
        (json!({"login": "a b"}), "/login"),
        (json!({"profile": "code:nobody"}), "/profile"),
        (json!({"state": "deleted"}), "/state"),
        (json!({"role": "x"}), ""),
    ] {
        let mut draft = json!({"code": "U-2", "name": "x", "login": "two", "profile": "code:first"});
        draft.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = client.post("/v1/users", &draft).await.unwrap();
        refused(&answer, 422, "validation_failed");
        assert_eq!(answer.json()["faults"][0]["field"], field, "{change}");
    }
    let reset = done(&put(&client, "/v1/users/code:U-1/password", &json!({})).await, 200);
    assert_ne!(reset["password"], user["password"]);
    refused(&stranger.post("/v1/session", &credentials).await.unwrap(), 401, "credentials_wrong");
    let given = done(&put(&client, "/v1/users/code:U-1/password", &json!({"password": PASSWORD})).await, 200);
    assert_eq!(given, json!({}), "what was given is not shown");
    account.session("ana").await.unwrap();
}

async fn a_name_to_log_in_with_says_nothing_of_who_else_has_it(world: World) {
    let (acme, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    acme.user("ana", &[ViewTasks]).await.unwrap();
    other.user("bert", &[ViewTasks]).await.unwrap();
    let (client, acme_client) = (all_mighty(&other).await, all_mighty(&acme).await);
    let stranger = Client::new(&world.app, None);
    // Taken in another company or not: the same answer
    let draft =
        |login: &str, code: &str| json!({"code": code, "name": "x", "login": login, "profile": "code:bert"});
    let with = |mut draft: Value, password: &str| {
        draft["password"] = password.into();
        draft
    };
    let own = "another password of tests";
    let taken = done(&client.post("/v1/users", &with(draft("ANA", "x"), own)).await.unwrap(), 201);
    let free = done(&client.post("/v1/users", &with(draft("eva", "y"), own)).await.unwrap(), 201);
    let members = |user: &Value| user.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&taken), members(&free));
    // In its own company it is unique, whoever asks
    refused(&client.post("/v1/users", &draft("ana", "z")).await.unwrap(), 409, "already_exists");
    refused(&patch(&client, "/v1/users/code:bert", 1, &json!({"login": "ana"})).await, 409, "already_exists");
    // The password says who is meant
    let log_in = async |body: Value| stranger.post("/v1/session", &body).await.unwrap();
    for (password, company) in [(PASSWORD, "acme"), (own, "other")] {
        let session = done(&log_in(json!({"login": "ana", "password": password})).await, 201);
        assert_eq!(session["account"]["code"], company);
    }
    refused(&log_in(json!({"login": "ana", "password": "neither of both"})).await, 401, "credentials_wrong");
    // Where it does not, whoever had the name first, or who is named
    done(&put(&client, "/v1/users/code:x/password", &json!({"password": PASSWORD})).await, 200);
    for (more, company) in
        [(json!({}), "acme"), (json!({"account": "other"}), "other"), (json!({"account": "acme"}), "acme")]
    {
        let mut body = json!({"login": "ana", "password": PASSWORD});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(done(&log_in(body).await, 201)["account"]["code"], company);
    }
    let nowhere = json!({"login": "ana", "password": PASSWORD, "account": "third"});
    refused(&log_in(nowhere).await, 401, "credentials_wrong");
    // A name is free again when its user is renamed or removed, and the other one keeps it
    done(&patch(&acme_client, "/v1/users/code:ana", 1, &json!({"login": "ana2"})).await, 200);
    done(&delete(&acme_client, "/v1/users/code:ana", 2).await, 204);
    done(&patch(&client, "/v1/users/code:bert", 1, &json!({"login": "ana2"})).await, 200);
    assert_eq!(
        done(&log_in(json!({"login": "ana", "password": PASSWORD})).await, 201)["account"]["code"],
        "other"
    );
}

async fn users_are_listed_in_pages(world: World) {
    let account = world.account("acme").await.unwrap();
    for login in ["c", "a", "b"] {
        account.user(login, &[ViewTasks]).await.unwrap();
    }
    let client = all_mighty(&account).await;
    done(&delete(&client, "/v1/users/code:b", 1).await, 204);
    let mut found = Vec::new();
    let mut path = "/v1/users?limit=1".to_owned();
    loop {
        let page = done(&client.get(&path).await.unwrap(), 200);
        found.extend(page["items"].as_array().unwrap().iter().map(|user| user["code"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/users?limit=1&after={next}");
    }
    assert_eq!(found, ["a", "c"]);
}

async fn somebody_is_left_who_manages_users(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = all_mighty(&account).await;
    account.user("ana", &[ManageUsers, ViewTasks]).await.unwrap();
    let (user, profile) = ("/v1/users/code:ana", "/v1/profiles/code:ana");
    refused(&delete(&client, user, 1).await, 409, "conflict");
    refused(&patch(&client, user, 1, &json!({"state": "disabled"})).await, 409, "conflict");
    refused(&patch(&client, profile, 1, &json!({"permissions": ["view_tasks"]})).await, 409, "conflict");
    refused(&patch(&client, profile, 1, &json!({"state": "disabled"})).await, 409, "conflict");
    account.user("boss", &[ManageUsers]).await.unwrap();
    done(&delete(&client, user, 1).await, 204);
    refused(&delete(&client, "/v1/users/code:boss", 1).await, 409, "conflict");
}

async fn a_key_with_bounds_makes_nobody_without_them(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    account.user("bert", &[ViewTasks]).await.unwrap();
    let draft = json!({"code": "bound", "name": "x", "permissions": ["manage_users", "view_tasks"],
        "expires_at": "2999-01-01T00:00:00Z"});
    let made = done(&office.post("/v1/keys", &draft).await.unwrap(), 201);
    let bound = Client::new(&world.app, made["secret"].as_str());
    done(&bound.get("/v1/users").await.unwrap(), 200);
    let profile = json!({"code": "p", "name": "P", "permissions": ["view_tasks"]});
    refused(&bound.post("/v1/profiles", &profile).await.unwrap(), 403, "forbidden");
    let user = json!({"code": "u", "name": "U", "login": "u", "profile": "code:bert"});
    refused(&bound.post("/v1/users", &user).await.unwrap(), 403, "forbidden");
    let password = json!({"password": "mine from now"});
    refused(&put(&bound, "/v1/users/code:bert/password", &password).await, 403, "forbidden");
    refused(&patch(&bound, "/v1/profiles/code:bert", 1, &json!({"name": "x"})).await, 403, "forbidden");
    done(&office.post("/v1/users", &user).await.unwrap(), 201);
}

async fn the_operator_lets_in_who_is_locked_out(world: World) {
    let account = world.account("acme").await.unwrap();
    account.user("boss", &[ManageUsers]).await.unwrap();
    account.user("ana", &[ViewTasks]).await.unwrap();
    let (operator, ana) = (account.operator(), Ref::Code("ana".to_owned()));
    let client = all_mighty(&account).await;
    done(&patch(&client, "/v1/users/code:ana", 1, &json!({"state": "disabled"})).await, 200);
    rescue::enable(&world.app, &operator, &ana).await.unwrap();
    let password = rescue::reset_password(&world.app, &operator, &ana).await.unwrap();
    rescue::remove_second_factor(&world.app, &operator, &ana).await.unwrap();
    let credentials = json!({"login": "ana", "password": password.reveal()});
    let session = Client::new(&world.app, None).post("/v1/session", &credentials).await.unwrap();
    assert_eq!(session.status, 201, "{}", session.json());
    let listed = rescue::list(&world.app, &operator).await.unwrap();
    let codes: Vec<&str> = listed.iter().map(|user| user.draft.code.as_str()).collect();
    assert_eq!(codes, ["ana", "boss"]);
    let nobody = rescue::enable(&world.app, &operator, &Ref::Code("nobody".to_owned())).await;
    assert_eq!(nobody.unwrap_err().code(), campo_server::problem::Code::NotFound);
}

use campo_server::{
    access::{
        Duty,
        PermissionName::{ManageTasks, RunImports, ViewTasks},
        Principal, permissions,
        recheck::recheck,
    },
    environment::Environment,
    problem::Code,
};
use campo_tests::{on_both, world::World};
use serde_json::json;
use uuid::Uuid;

use super::{all_mighty, delete, done, patch};

on_both! {
    background_work_has_the_permissions_of_now,
    a_principal_that_may_nothing_any_more_stops_its_work,
    duties_are_a_closed_list_and_end_with_their_account,
}

async fn background_work_has_the_permissions_of_now(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let user = account.user("ana", &[RunImports, ViewTasks]).await.unwrap();
    // As a job stores it
    let principal = Principal::User(user);
    let (kind, id) = (principal.kind(), principal.id());
    let caller = recheck(&world.app, account.id, kind, id).await.unwrap();
    assert_eq!(caller.principal, principal);
    caller.allow::<permissions::RunImports>().unwrap();
    assert_eq!(caller.allow::<permissions::ManageTasks>().unwrap_err().code(), Code::Forbidden);

    let change = json!({"permissions": ["view_tasks", "manage_tasks"]});
    done(&patch(&office, "/v1/profiles/code:ana", 1, &change).await, 200);
    let caller = recheck(&world.app, account.id, kind, id).await.unwrap();
    caller.allow::<permissions::ManageTasks>().unwrap();
    assert_eq!(caller.allow::<permissions::RunImports>().unwrap_err().code(), Code::Forbidden);
}

async fn a_principal_that_may_nothing_any_more_stops_its_work(world: World) {
    let (account, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let office = all_mighty(&account).await;
    let user = account.user("ana", &[ManageTasks]).await.unwrap();
    let draft = json!({"code": "erp", "name": "x", "permissions": ["manage_tasks"]});
    let key = done(&office.post("/v1/keys", &draft).await.unwrap(), 201)["id"]
        .as_str()
        .unwrap()
        .parse::<Uuid>()
        .unwrap();
    let employee = account.employee("ZZ1").await.unwrap();
    let phone = account.phone(employee).await.unwrap().installation;
    let stops = async |account: i64, kind: &str, id: Option<Uuid>| {
        let problem = recheck(&world.app, account, kind, id).await.unwrap_err();
        assert_eq!(problem.code(), Code::Revoked, "{kind}");
    };
    for (account, kind, id) in [
        (other.id, "user", Some(user)),
        (other.id, "key", Some(key)),
        (account.id, "key", Some(user)),
        (account.id, "user", Some(key)),
        (account.id, "user", None),
        (account.id, "installation", Some(phone)),
        (account.id, "sweep", Some(user)),
    ] {
        stops(account, kind, id).await;
    }
    recheck(&world.app, account.id, "key", Some(key)).await.unwrap();
    let soon = json!({"expires_at": "2033-05-18T03:33:20Z"});
    done(&patch(&office, "/v1/keys/code:erp", 1, &soon).await, 200);
    let later = world.replica_with(Environment::seeded(1, 2_000_000_000_000_000)).await.unwrap();
    assert!(recheck(&later, account.id, "key", Some(key)).await.is_err(), "expired");
    recheck(&world.app, account.id, "key", Some(key)).await.unwrap();
    done(&delete(&office, "/v1/keys/code:erp", 2).await, 204);
    stops(account.id, "key", Some(key)).await;

    recheck(&world.app, account.id, "user", Some(user)).await.unwrap();
    done(&patch(&office, "/v1/users/code:ana", 1, &json!({"state": "disabled"})).await, 200);
    stops(account.id, "user", Some(user)).await;
    done(&patch(&office, "/v1/users/code:ana", 2, &json!({"state": "enabled"})).await, 200);
    recheck(&world.app, account.id, "user", Some(user)).await.unwrap();
    done(&patch(&office, "/v1/profiles/code:ana", 1, &json!({"state": "disabled"})).await, 200);
    stops(account.id, "user", Some(user)).await;
}

async fn duties_are_a_closed_list_and_end_with_their_account(world: World) {
    let account = world.account("acme").await.unwrap();
    for duty in Duty::ALL {
        let caller = recheck(&world.app, account.id, duty.name(), None).await.unwrap();
        assert_eq!(caller.principal, Principal::Duty(*duty));
    }
    for (account, name) in [(account.id, "rule_the_world"), (account.id, ""), (account.id + 1, "sweep")] {
        let problem = recheck(&world.app, account, name, None).await.unwrap_err();
        assert_eq!(problem.code(), Code::Revoked, "{name}");
    }
}

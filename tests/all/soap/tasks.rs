//! What a caller may, and whose tasks it sees.

use campo_server::access::PermissionName;
use campo_tests::{on_both, world::World};

use super::{Customer, assert_ok, code, within};

on_both! {
    one_account_never_sees_anothers_task,
    a_key_may_what_its_permissions_say_from_where_its_networks_say,
    a_task_is_shown_with_what_was_told_of_it,
}

const NEW: &str = "<operation>Create</operation><task><TaskNumber>7</TaskNumber><Description>mine</Description>\
    <DescriptionHasValue>true</DescriptionHasValue></task>";

async fn one_account_never_sees_anothers_task(world: World) {
    let (acme, other) = (Customer::of(&world, "acme").await, Customer::of(&world, "other").await);
    assert_ok(&acme.call("CreateOrUpdateTask", NEW).await);
    let seen = other.call("GetTaskDetails", "<taskNumber>7</taskNumber>").await;
    assert_eq!(code(&seen), "TaskNumberNotFound");
    assert_ok(&other.call("CreateOrUpdateTask", NEW).await);
    assert_eq!(code(&acme.call("CreateOrUpdateTask", NEW).await), "TaskNumberAlreadyExists");
}

async fn a_key_may_what_its_permissions_say_from_where_its_networks_say(world: World) {
    let account = world.account("acme").await.unwrap();
    let may = |names: &[PermissionName]| names.to_vec();
    for (name, permissions, networks, expected) in [
        ("none", may(&[PermissionName::ManageTasks]), &[][..], "OperationNotAllowed"),
        (
            "reader",
            may(&[PermissionName::UseWebServices, PermissionName::ViewTasks]),
            &[],
            "OperationNotAllowed",
        ),
        (
            "elsewhere",
            may(&[PermissionName::UseWebServices, PermissionName::ManageTasks]),
            &["192.0.2.0/24"],
            "InvalidUserNameOrPasswordOrIPAddress",
        ),
        ("writer", may(&[PermissionName::UseWebServices, PermissionName::ManageTasks]), &[], "OK"),
    ] {
        let customer = Customer::with(&account, name, &permissions, networks).await;
        let result = customer.call("CreateOrUpdateTask", NEW).await;
        assert_eq!(code(&result), expected, "{name}: {result}");
    }
}

async fn a_task_is_shown_with_what_was_told_of_it(world: World) {
    let customer = Customer::of(&world, "acme").await;
    assert_ok(
        &customer
            .call(
                "CreateOrUpdateTask",
                "<operation>Create</operation><task><TaskNumber>8</TaskNumber><VIN>v1</VIN><Capacity1>1.5</Capacity1>\
                 <OrderInRoute>3</OrderInRoute><Data40>forty</Data40><VINHasValue>true</VINHasValue>\
                 <Capacity1HasValue>true</Capacity1HasValue><OrderInRouteHasValue>true</OrderInRouteHasValue>\
                 <Data40HasValue>true</Data40HasValue><ExternalFiles><TaskExternalFile><Id>1</Id><Url>https://example.com</Url>\
                 </TaskExternalFile></ExternalFiles><ExternalFilesHasValue>true</ExternalFilesHasValue></task>",
            )
            .await,
    );
    let shown = customer.call("GetTaskDetails", "<taskNumber>8</taskNumber>").await;
    for (name, expected) in [
        ("VIN", "v1"),
        ("Capacity1", "1.5"),
        ("OrderInRoute", "3"),
        ("Data40", "forty"),
        ("Status", "NewTask"),
    ] {
        assert_eq!(within(&shown, name), expected, "{shown}");
    }
    assert_eq!(customer.office.get("/v1/tasks/number:8").await["received"]["external_files"][0]["id"], "1");
}

//! Employees, their places, and work orders by the services.

use campo_tests::{on_both, world::World};
use serde_json::json;

use super::{Customer, assert_ok, code, within};

on_both! {
    employees_are_listed_and_found_where_they_were_last,
    a_work_order_comes_with_its_tasks,
    what_campo_does_not_have_is_said_so,
}

async fn employees_are_listed_and_found_where_they_were_last(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let listed = customer.call("GetEmployeeList", "<employeeStatus>Enabled</employeeStatus>").await;
    assert_ok(&listed);
    assert_eq!(within(&listed, "EmployeeNum"), "ZZ1001");
    assert_eq!(within(&within(&listed, "Group"), "Code"), "FIELD");
    let nowhere =
        customer.call("GetMobileDeviceCurrentLocation", "<employeeNumber>ZZ1001</employeeNumber>").await;
    assert_eq!(code(&nowhere), "MobileDevicePositionIsUnknown");
    let employee =
        customer.office.get("/v1/employees/code:ZZ1001").await["id"].as_str().unwrap().parse().unwrap();
    let mut phone = customer.office.account.phone(employee).await.unwrap();
    let first = phone.line("shift.start", r#","place":{"latitude":-12.05,"longitude":-77.05}"#);
    let second = phone.line("shift.end", "");
    phone.send(&[first, second]).await.unwrap();
    let found =
        customer.call("GetMobileDeviceCurrentLocation", "<employeeNumber>ZZ1001</employeeNumber>").await;
    assert_ok(&found);
    assert_eq!((within(&found, "X"), within(&found, "Y")), ("-77.05".to_owned(), "-12.05".to_owned()));
    for (inner, expected) in [
        ("<employeeNumber>none</employeeNumber>", "EmployeeNumberNotFound"),
        ("<mobileNumber>+51 1</mobileNumber>", "InvalidMobileNumber"),
        ("", "RequiredDataIsMissing"),
    ] {
        assert_eq!(code(&customer.call("GetMobileDeviceCurrentLocation", inner).await), expected);
    }
}

async fn a_work_order_comes_with_its_tasks(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let flat = "<operation>Create</operation><workOrderNumber>50017</workOrderNumber><status>InProgress</status>\
        <description>d</description><startDate>20300115</startDate><data1>one</data1>";
    assert_ok(&customer.call("CreateOrUpdateWorkOrder", flat).await);
    assert_eq!(code(&customer.call("CreateOrUpdateWorkOrder", flat).await), "WorkOrderNumberAlreadyExists");
    let order = customer.office.get("/v1/work-orders/code:50017").await;
    crate::tasks::assert_has(
        &order,
        &json!({ "status": "in_progress", "description": "d", "data": { "data1": "one" } }),
    );
    let dynamic = "<operation>Update</operation><workOrder><WorkOrderNumber>50017</WorkOrderNumber><Status>DontChange</Status>\
        <Notes>n</Notes><Description>other</Description><NotesHasValue>true</NotesHasValue></workOrder>";
    assert_ok(&customer.call("CreateOrUpdateDynamicWorkOrder", dynamic).await);
    let order = customer.office.get("/v1/work-orders/code:50017").await;
    crate::tasks::assert_has(&order, &json!({ "status": "in_progress", "description": "d", "notes": "n" }));
    let with = |tasks: &str, option: &str| {
        format!(
            "<operation>AutoSelect</operation><workOrder><WorkOrderNumber>50018</WorkOrderNumber>\
             <DefaultEmployeeNumber>ZZ1001</DefaultEmployeeNumber></workOrder><tasks>{tasks}</tasks>\
             <options><TasksNotInRequestOption>{option}</TasksNotInRequestOption></options>"
        )
    };
    let two = "<Task><Description>a</Description></Task><Task><TaskNumber>71</TaskNumber></Task>\
        <Task><TaskTypeCode>none</TaskTypeCode></Task>";
    let saved = customer.call("CreateOrUpdateWorkOrderAndTasks", &with(two, "Leave")).await;
    assert_eq!(code(&saved), "OKSomeErrorsEncountered");
    let outcomes = within(&saved, "Tasks");
    assert_eq!(outcomes.matches("<ResultCode>OK</ResultCode>").count(), 2, "{outcomes}");
    assert!(outcomes.contains("<ResultCode>TaskTypeNotFound</ResultCode>"), "{outcomes}");
    let given = within(&outcomes, "TaskNumber");
    let task = customer.office.get(&format!("/v1/tasks/number:{given}")).await;
    assert_eq!(task["links"]["work_order"]["code"], "50018");
    assert_eq!(task["progress"]["assignments"][0]["number"], "ZZ1001");
    let one = "<Task><TaskNumber>71</TaskNumber></Task>";
    assert_ok(&customer.call("CreateOrUpdateWorkOrderWithTasks", &with(one, "Delete")).await);
    let gone = customer.call("GetTaskDetails", &format!("<taskNumber>{given}</taskNumber>")).await;
    assert_eq!(code(&gone), "TaskNumberNotFound");
    assert_ok(&customer.call("GetTaskDetails", "<taskNumber>71</taskNumber>").await);
}

async fn what_campo_does_not_have_is_said_so(world: World) {
    let customer = Customer::of(&world, "acme").await;
    for method in [
        "InsertEmployeeRating",
        "ReserveServiceTime",
        "GetServiceTimeList",
        "CancelReservedServiceTime",
        "SetBidWinner",
    ] {
        assert_eq!(code(&customer.call(method, "").await), "ModuleNotSet", "{method}");
    }
    assert_eq!(code(&customer.call("Geocode", "<address>x</address>").await), "ZeroResults");
}

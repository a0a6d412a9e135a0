//! Requests as customers' programs write them, with the exact answers that these test for. All data are invented.

use campo_tests::{on_both, world::World};
use serde_json::json;

use super::{Customer, assert_ok, code, envelope, within};
use crate::tasks::assert_has;

on_both! {
    the_document_of_an_erp_makes_and_changes_a_task,
    documents_are_taken_as_they_are_written,
    a_document_that_cannot_be_done_says_why_as_text,
    a_typed_request_changes_only_what_is_flagged,
    numbers_disorder_and_blanks_are_taken_in_typed_requests,
}

const DOCUMENT: &str = "<?xml version=\"1.0\"?>
<CreateOrUpdateTaskRequest><UserName>acme-api</UserName><Password>a secret &amp; a half</Password><Operation>AutoSelect</Operation>
<TaskNumber>700123</TaskNumber><EmployeeNumber>ZZ1001</EmployeeNumber><DueDateAsYYYYMMDDHHMMSS>20300115180000</DueDateAsYYYYMMDDHHMMSS>
<Duration>2.00</Duration><Notes/><Description>700123-55501</Description><Status>NewTask</Status>
<CustomerName>16:00 - 18:00 / EXAMPLE CUSTOMER</CustomerName>
<Location><East>-77.05</East><North>-12.05</North><Address>Sample Street 100</Address></Location>
<Data2>55501</Data2><Data4>NO</Data4><Data30>1) ITEM(2)&#10;2) ITEM(1)</Data30>
<Options>SendNotificationToMobile</Options><MaximalRadiusForEntries>0.3</MaximalRadiusForEntries><ProhibitEntriesOutsideRadius>1</ProhibitEntriesOutsideRadius>
</CreateOrUpdateTaskRequest>
";

async fn the_document_of_an_erp_makes_and_changes_a_task(world: World) {
    let customer = Customer::of(&world, "acme").await;
    assert_eq!(customer.document(DOCUMENT).await, "OK");
    let task = customer.office.get("/v1/tasks/number:700123").await;
    assert_has(
        &task,
        &json!({
            "task_number": 700_123, "description": "700123-55501", "duration_minutes": 120.0, "radius_m": 300.0,
            "customer_name": "16:00 - 18:00 / EXAMPLE CUSTOMER", "prohibit_outside_radius": true,
            "due": { "local": "2030-01-15T18:00:00", "zone": "America/Lima" },
            "location": { "latitude": -12.05, "longitude": -77.05, "address": "Sample Street 100" },
            "data": { "data2": "55501", "data4": "NO", "data30": "1) ITEM(2)\n2) ITEM(1)" },
        }),
    );
    assert_has(&task["progress"], &json!({ "status": "sent" }));
    assert_eq!(task["progress"]["assignments"][0]["number"], "ZZ1001");
    // the same once more changes nothing, and another one what it names
    assert_eq!(customer.document(DOCUMENT).await, "OK");
    assert_eq!(customer.office.get("/v1/tasks/number:700123").await["version"], task["version"]);
    let later = DOCUMENT.replace("20300115180000", "20300116180000").replace("<Data4>NO</Data4>", "<Data4/>");
    assert_eq!(customer.document(&later).await, "OK");
    let changed = customer.office.get("/v1/tasks/number:700123").await;
    assert_eq!(changed["due"]["local"], "2030-01-16T18:00:00");
    assert_eq!(changed["data"]["data4"], json!(null));
    assert_eq!(changed["location"]["latitude"], -12.05);
}

/// Documents, and what of the task they make.
async fn documents_are_taken_as_they_are_written(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let head = "<UserName >acme-api</UserName><Password>a secret &amp; a half</Password>";
    for (number, inner, expected) in [
        // in any order, with unknown elements, blanks behind names of elements and in those of enumerations
        (
            1,
            "<Status >NewTask </Status><Colour>red</Colour><Notes >n</Notes ><TaskNumber > 1 </TaskNumber>",
            json!({ "notes": "n" }),
        ),
        // zeros and blanks are no place, a comma parts thousands, a URL keeps what its writer escaped by hand
        (
            2,
            "<TaskNumber>2</TaskNumber><Location><East>0</East><North>0.0</North><Address/></Location>\
             <Duration>1,234.50</Duration><Data1>https://example.com/?a=1%26b=2</Data1>",
            json!({ "location": null, "duration_minutes": 74070.0, "data": { "data1": "https://example.com/?a=1%26b=2" } }),
        ),
        // an ampersand that nobody escaped
        (
            3,
            "<TaskNumber>3</TaskNumber><CustomerName>SMITH & SONS</CustomerName>",
            json!({ "customer_name": "SMITH & SONS" }),
        ),
        // numbers where names belong
        (
            4,
            "<TaskNumber>4</TaskNumber><Priority>5</Priority><Status>8</Status>",
            json!({ "priority": "highest", "status": null }),
        ),
        // a decimal comma, and latitude and longitude as degrees with it
        (
            5,
            "<TaskNumber>5</TaskNumber><Duration>0,75</Duration><Location><East>-77,05</East><North>-12,05</North></Location>",
            json!({ "duration_minutes": 45.0, "location": { "latitude": -12.05, "longitude": -77.05 } }),
        ),
        // two elements for one time, of which one is empty
        (
            6,
            "<TaskNumber>6</TaskNumber><DueDateAsYYYYMMDDHHMMSS>20300115180000</DueDateAsYYYYMMDDHHMMSS><DueDate/>",
            json!({ "due": { "local": "2030-01-15T18:00:00", "zone": "America/Lima" } }),
        ),
        // text that is no number, and a number with zeros before it
        (7, "<TaskNumber>0007</TaskNumber>", json!({ "external_number": "0007" })),
    ] {
        let document = format!(
            "<?xml version=\"1.0\" encoding=\"utf-16\"?><CreateOrUpdateTaskRequest>{head}{inner}</CreateOrUpdateTaskRequest>"
        );
        assert_eq!(customer.document(&document).await, "OK", "{inner}");
        let task = customer.office.get(&format!("/v1/tasks/number:{number}")).await;
        assert_has(&task, &expected);
    }
    assert_eq!(customer.office.get("/v1/tasks/number:4").await["progress"]["status"], "in_progress");
}

async fn a_document_that_cannot_be_done_says_why_as_text(world: World) {
    let customer = Customer::of(&world, "acme").await;
    for (from, to, expected) in [
        ("ZZ1001", "ZZ9999", "EmployeeNumberNotFound: assignments/0/employee: `code:ZZ9999`:"),
        ("20300115180000", "tomorrow", "InvalidDateFormat: No se entiende la fecha `tomorrow`."),
        ("a secret &amp; a half", "wrong", "InvalidUserNameOrPasswordOrIPAddress: "),
        ("AutoSelect", "Update", "TaskNumberNotFound: "),
        ("NewTask", "Unheard", "ValidationError: Status: `Unheard`:"),
        ("<Data2>", "<TaskTypeCode>X</TaskTypeCode><Data2>", "TaskTypeNotFound: "),
        ("</Data2>", "</Data3>", "ValidationError: "),
    ] {
        let answer = customer.document(&DOCUMENT.replace(from, to)).await;
        assert!(answer.starts_with(expected), "{to}: {answer}");
    }
    let none = customer.office.get("/v1/tasks").await;
    assert_eq!(none["items"], json!([]));
}

async fn a_typed_request_changes_only_what_is_flagged(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let task = |inner: &str| {
        format!(
            "<operation>AutoSelect</operation><task><TaskNumber>7</TaskNumber><Status>DontChange</Status>{inner}</task>"
        )
    };
    let made = customer
        .call(
            "CreateOrUpdateTask",
            &task(
                "<Notes>first</Notes><Description>d</Description><EmployeeNumber>ZZ1001</EmployeeNumber>\
                 <NotesHasValue>true</NotesHasValue><DescriptionHasValue>true</DescriptionHasValue>\
                 <EmployeeNumberHasValue>true</EmployeeNumberHasValue>",
            ),
        )
        .await;
    assert_ok(&made);
    assert_eq!(within(&made, "TaskNumber"), "7");
    let changed = customer
        .call(
            "CreateOrUpdateTask",
            &task("<Notes>second</Notes><Description>other</Description><NotesHasValue>true</NotesHasValue>"),
        )
        .await;
    assert_ok(&changed);
    assert!(within(&changed, "ResultMessages").contains("DescriptionHasValue"), "{changed}");
    let stands = customer.office.get("/v1/tasks/number:7").await;
    assert_has(&stands, &json!({ "notes": "second", "description": "d" }));
    // nobody has it where the flag says so
    let parted = task("<EmployeeNumberHasValue>true</EmployeeNumberHasValue>");
    assert_ok(&customer.call("CreateOrUpdateTask", &parted).await);
    let stands = customer.office.get("/v1/tasks/number:7").await;
    assert_eq!(stands["progress"]["assignments"], json!([]));
    // an account whose programs never set flags
    let account = customer.office.call(axum::http::Method::GET, "/v1/account", &[], None).await;
    let version = account.header("etag").to_owned();
    let settings = json!({ "settings": { "soap_flags_optional": true } });
    let edited = customer
        .office
        .call(axum::http::Method::PATCH, "/v1/account", &[("If-Match", &version)], Some(settings))
        .await;
    assert_eq!(edited.status, 200, "{}", edited.json());
    assert_ok(&customer.call("CreateOrUpdateTask", &task("<Description>other</Description>")).await);
    let stands = customer.office.get("/v1/tasks/number:7").await;
    assert_has(&stands, &json!({ "notes": "second", "description": "other" }));
}

async fn numbers_disorder_and_blanks_are_taken_in_typed_requests(world: World) {
    let customer = Customer::of(&world, "acme").await;
    // the parameters in another order, the namespace with a prefix, no SOAPAction, SOAP 1.2 by its content type alone
    let body = envelope(
        "<t:CreateOrUpdateTask xmlns:t=\"Trackem.Web.Services\"><t:task><t:Status>1 </t:Status><t:Duration>0.5</t:Duration>\
         <t:TaskNumber> 9 </t:TaskNumber><t:PriorityHasValue>1</t:PriorityHasValue><t:Priority>5</t:Priority>\
         <t:DurationHasValue> True </t:DurationHasValue></t:task><t:operation> autoselect </t:operation>\
         <t:password>a secret &amp; a half</t:password><t:userName> ACME-api </t:userName></t:CreateOrUpdateTask>",
    );
    let answer = customer.send("WEBSERVICES.ASMX", "text/xml", body).await;
    let text = String::from_utf8(answer.body).unwrap();
    assert_eq!(code(&within(&text, "CreateOrUpdateTaskResult")), "OK", "{text}");
    let task = customer.office.get("/v1/tasks/number:9").await;
    assert_has(&task, &json!({ "duration_minutes": 30.0, "priority": "highest" }));
    assert_eq!(task["progress"]["status"], "new");
    // one method by plain GET and POST
    let query = format!("userName={}&password=a%20secret%20%26%20a%20half&taskNumber=9", customer.login);
    let got = customer.get(&format!("/Services/WebServices.asmx/GetTaskDetails?{query}")).await;
    let text = String::from_utf8(got.body).unwrap();
    assert!(text.contains("<TaskDetailsResult ") && text.contains("<ResultCode>OK</ResultCode>"), "{text}");
    let posted = customer
        .send(
            "webservices.asmx/AddTaskAuditNote",
            "application/x-www-form-urlencoded",
            format!("{query}&note=n"),
        )
        .await;
    let text = String::from_utf8(posted.body).unwrap();
    assert!(text.contains("<ResultBase ") && text.contains("<ResultCode>OK</ResultCode>"), "{text}");
    assert_eq!(customer.get("/services/webservices.asmx/CreateOrUpdateTask").await.status, 404);
}

//! What strangers send, and what is answered where a request cannot be read.

use campo_tests::{on_both, world::World};

use super::{Customer, PASSWORD, code, envelope, within};

on_both! {
    what_cannot_be_read_is_a_fault_and_never_a_hang,
    whoever_guesses_is_slowed_down,
    a_system_goes_on_while_somebody_guesses_elsewhere,
    the_wsdl_is_one_file_with_the_address_of_the_request,
}

async fn what_cannot_be_read_is_a_fault_and_never_a_hang(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let many = (0..10_000).map(|number| format!(" a{number}=\"1\"")).collect::<Vec<_>>().concat();
    let deep = "<a>".repeat(5_000) + &"</a>".repeat(5_000);
    for (body, expected) in [
        ("<!DOCTYPE a [<!ENTITY a \"aaaa\">]>".to_owned() + &envelope("<a>&a;</a>"), "document type"),
        (envelope("<GetTaskDetails>&unheard;</GetTaskDetails>"), "entity `&amp;unheard;`"),
        (envelope(&format!("<GetTaskDetails{many}/>")), "attributes of one element"),
        (envelope(&deep), "elements within each other"),
        (envelope("<Unheard/>"), "has no method `Unheard`"),
        (envelope("<GetTaskDetails>"), "well-formed"),
        (envelope(""), "body is empty"),
        ("nothing".to_owned(), "outside"),
        (String::new(), "no XML element"),
    ] {
        let answer = customer.send("webservices.asmx", "text/xml", body).await;
        let text = String::from_utf8(answer.body).unwrap();
        assert_eq!(answer.status, 500, "{text}");
        assert!(
            text.contains("<soap:Fault>") && within(&text, "faultstring").contains(expected),
            "{expected}: {text}"
        );
    }
    let wrong = customer.send("webservices.asmx", "application/soap+xml", b"<a>\xF1</a>".to_vec()).await;
    let text = String::from_utf8(wrong.body).unwrap();
    assert!(text.contains("http://www.w3.org/2003/05/soap-envelope") && text.contains("UTF-8"), "{text}");
    let large = customer.send("webservices.asmx", "text/xml", vec![b' '; 40_000_000]).await;
    assert_eq!(large.status, 413);
    assert_eq!(customer.get("/services/unheard.asmx?wsdl").await.status, 404);
}

async fn whoever_guesses_is_slowed_down(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let guess = |name: &str| {
        let inner =
            format!("<GetTaskDetails><userName>{name}</userName><password>guess</password></GetTaskDetails>");
        let body = envelope(&inner);
        async { String::from_utf8(customer.send("webservices.asmx", "text/xml", body).await.body).unwrap() }
    };
    let mut last = String::new();
    for _ in 0..12 {
        last = guess(&customer.login).await;
        assert_eq!(code(&last), "InvalidUserNameOrPasswordOrIPAddress");
    }
    assert_ne!(
        within(&last, "string"),
        within(&guess("nobody").await, "string"),
        "the last one was told to wait"
    );
    // and the right password waits too, since whoever guesses could guess it
    let right = customer.call("GetTaskDetails", "<taskNumber>1</taskNumber>").await;
    assert_eq!(code(&right), "InvalidUserNameOrPasswordOrIPAddress");
}

async fn a_system_goes_on_while_somebody_guesses_elsewhere(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let (own, other) = ([192, 0, 2, 1], [198, 51, 100, 7]);
    assert_eq!(customer.ask_from(own, PASSWORD).await, "OK");
    assert_eq!(customer.ask_from(other, PASSWORD).await, "OK");
    assert_eq!(customer.ask_from(own, PASSWORD).await, "OK");
    for guess in 0..80 {
        let code = customer.ask_from([203, 0, 113, guess % 20], "guess").await;
        assert_eq!(code, "InvalidUserNameOrPasswordOrIPAddress");
    }
    assert_eq!(customer.ask_from(own, PASSWORD).await, "OK", "from where it called last");
    let refused = customer.ask_from(other, PASSWORD).await;
    assert_eq!(refused, "InvalidUserNameOrPasswordOrIPAddress", "whoever comes from elsewhere waits");
}

async fn the_wsdl_is_one_file_with_the_address_of_the_request(world: World) {
    let customer = Customer::of(&world, "acme").await;
    for (path, location) in [
        ("/services/webservices.asmx?wsdl", "http://localhost/services/webservices.asmx"),
        ("/SERVICES/WebServices.asmx?WSDL", "http://localhost/services/webservices.asmx"),
        ("/Services/TaskManagement.asmx?WSDL", "http://localhost/services/TaskManagement.asmx"),
    ] {
        let answer = customer.get(path).await;
        let text = String::from_utf8(answer.body).unwrap();
        assert_eq!(answer.status, 200, "{path}");
        assert!(text.contains(&format!("location=\"{location}\"")) && !text.contains(":import "), "{text}");
    }
}

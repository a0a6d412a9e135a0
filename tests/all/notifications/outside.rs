//! Nothing that a customer configures leads inside.

use campo_server::outbound::{Outbound, PlainHttp, Rules};
use campo_tests::{api::Client, on_both, receiver::Receiver, world::World};
use serde_json::json;

use super::{all_mighty, done};

on_both! {
    an_address_inside_is_reached_neither_by_number_nor_by_name,
}

async fn an_address_inside_is_reached_neither_by_number_nor_by_name(world: World) {
    let account = world.account("acme").await.unwrap();
    let receiver = Receiver::start().unwrap();
    let port = receiver.url();
    let port = port.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    // The channel was made while the operator allowed more than now.
    let office = all_mighty(&account).await;
    for (code, host) in [("number", "127.0.0.1"), ("name", "localhost")] {
        let draft = json!({"code": code, "name": "x", "url": format!("http://{host}:{port}/")});
        done(&office.post("/v1/channels", &draft).await.unwrap(), 201);
    }
    let key = account.key(&[campo_server::access::PermissionName::ManageChannels]).await.unwrap();
    for (rules, problem) in [
        (Rules { plain_http: PlainHttp::Everybody, ..Rules::default() }, "address_refused"),
        (
            Rules { networks: vec!["127.0.0.0/8".parse().unwrap()], plain_http: PlainHttp::Nobody },
            "plain_http",
        ),
    ] {
        let mut strict = world.app.clone();
        strict.outbound = Outbound::new(rules);
        let client = Client::new(&strict, Some(&key));
        for code in ["number", "name"] {
            let path = format!("/v1/channels/code:{code}/test");
            let tested = done(&client.post(&path, &json!({})).await.unwrap(), 200);
            assert_eq!(
                (&tested["delivered"], &tested["problem"]),
                (&json!(false), &json!(problem)),
                "{code}"
            );
        }
    }
    assert_eq!(receiver.journal().unwrap(), []);
}

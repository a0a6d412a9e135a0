//! The programs that the reference shows, run against a real server, and the page itself.

use std::{path::Path, process::Command};

use axum::http::header;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use campo_server::access::PermissionName;
use campo_tests::{api::Client, on_both, served::Served, world::World};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{Customer, PASSWORD, clients::python};

on_both! {
    the_samples_of_the_reference_do_what_they_say,
    the_reference_is_read_without_log_in_in_both_languages,
}

async fn run(program: &str, sample: &str, environment: &[(&str, String)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples").join(sample);
    let mut command = Command::new(program);
    command.arg(path).envs(environment.iter().map(|(name, value)| (name, value)));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{sample}: {out}\n{err}");
    out.trim().to_owned()
}

async fn the_samples_of_the_reference_do_what_they_say(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let server = Served::start(&world.app).await.unwrap();
    let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    let environment = [
        ("CAMPO_URL", server.url.clone()),
        ("CAMPO_KEY", customer.office.account.key(&all).await.unwrap()),
        ("CAMPO_LOGIN", customer.login.clone()),
        ("CAMPO_PASSWORD", PASSWORD.replace('&', "&amp;")),
    ];
    let mut plain = environment.clone();
    PASSWORD.clone_into(&mut plain[3].1);
    let python = python().await;
    assert!(run("sh", "soap.sh", &environment).await.contains(">OK</CreateOrUpdateTaskResult>"));
    assert_eq!(run(&python, "soap.py", &plain).await, "700123 NewTask Install the router");
    assert_eq!(run("php", "soap.php", &plain).await, "OK");
    assert!(run("sh", "rest.sh", &plain).await.contains("\"outcome\":\"created\""));
    let listed = run(&python, "rest.py", &plain).await;
    assert_eq!(listed, "700123 new Install the router\n700124 new Install the router");

    // the receiver's part, against the signature as Campo makes it
    let (key, body) = ([7_u8; 24], br#"{"a":"\u00f1"}"#);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(b"id-1.1894744800.");
    mac.update(body);
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let check = format!(
        "import sys; sys.path.insert(0, {:?}); from webhook import verify; h = {{'webhook-id': 'id-1', \
         'webhook-timestamp': '1894744800', 'webhook-signature': 'v1,x v1,{signature}'}}; b = {:?}.encode(); \
         s = 'whsec_{}'; print(verify(s, h, b, 1894744801), verify(s, h, b + b' ', 1894744801), verify(s, h, b, 1894745801))",
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples").display().to_string(),
        String::from_utf8_lossy(body),
        STANDARD.encode(key)
    );
    let output = Command::new(&python).args(["-c", &check]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "True False False", "{output:?}");
}

async fn the_reference_is_read_without_log_in_in_both_languages(world: World) {
    let client = Client::new(&world.app, None);
    for (path, expected) in [
        ("/referencia", "De OfficeTrack a Campo en una tarde"),
        ("/referencia?lang=en", "From OfficeTrack to Campo in an afternoon"),
        ("/reference", "From OfficeTrack to Campo in an afternoon"),
        ("/docs/", "<html"),
    ] {
        let answer = client.get(path).await.unwrap();
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.headers[header::CONTENT_TYPE].as_bytes().starts_with(b"text/html"), "{path}");
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.contains(expected), "{path}");
    }
    let page = client.get("/services/webservices.asmx").await.unwrap();
    assert_eq!((page.status.as_u16(), page.header("location")), (307, "/referencia"));
}

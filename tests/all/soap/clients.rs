//! Clients that we did not write call the services by our WSDL.

use std::{path::Path, process::Command};

use campo_tests::{on_both, served::Served, world::World};

use super::{Customer, PASSWORD};

on_both! {
    zeep_calls_every_method_that_works,
    php_calls_the_services_by_http_1_1_and_1_0,
}

fn script(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name).display().to_string()
}

/// Installs the clients where they are missing, and names python.
pub(crate) async fn python() -> String {
    run("sh", vec![script("soap_clients.sh"), "install".to_owned()]).await
}

async fn run(program: &str, arguments: Vec<String>) -> String {
    let program = program.to_owned();
    let output = tokio::task::spawn_blocking(move || Command::new(&program).args(arguments).output());
    let output = output.await.unwrap().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    out.trim().to_owned()
}

async fn zeep_calls_every_method_that_works(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let server = Served::start(&world.app).await.unwrap();
    let arguments = vec![script("soap/client.py"), server.url.clone(), customer.login, PASSWORD.to_owned()];
    let said = run(&python().await, arguments).await;
    assert!(said.starts_with("zeep"), "{said}");
}

async fn php_calls_the_services_by_http_1_1_and_1_0(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let server = Served::start(&world.app).await.unwrap();
    python().await;
    let said =
        run("php", vec![script("soap/client.php"), server.url.clone(), customer.login, PASSWORD.to_owned()])
            .await;
    assert!(said.starts_with("PHP"), "{said}");
}

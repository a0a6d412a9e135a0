//! What a real phone's core says of what it still holds.

use std::time::Duration;

use anyhow::Result;
use campo_mobile_core::{
    capture::{Action, Capture, Photo},
    core::{Core, enrolment::Device},
};
use campo_server::{access::PermissionName, api::router::router};
use campo_tests::{api::Client, core_phone, on_both, wait, world::World};
use serde_json::{Value, json};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

on_both!(an_office_sees_that_nothing_is_left_once_a_photo_has_arrived);

async fn an_office_sees_that_nothing_is_left_once_a_photo_has_arrived(world: World) {
    let account = world.account("acme").await.unwrap();
    let employee = account.employee("ZZ1").await.unwrap();
    let code = core_phone::code(&account, employee).await.unwrap();
    let key = account.key(&[PermissionName::ManageInstallations]).await.unwrap();
    let office = Client::new(&world.app, Some(&key));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(axum::serve(listener, router(world.app.clone())).into_future());
    let folder = TempDir::new().unwrap();
    let core = core_phone::open(folder.path()).unwrap();
    core.enrol(&server, &code, Device::default()).await.unwrap();
    let listed = async || Ok(core.roster()?.into_iter().next());
    let ana = wait::until("the roster", PATIENCE, listed).await.unwrap();
    core.open_session("open", ana.id, core_phone::PIN).unwrap();

    let picture = folder.path().join("photo.jpg");
    std::fs::write(&picture, vec![7; 300_000]).unwrap();
    take_photo(&core, &picture).unwrap();
    let shown = async |expected: Value| {
        world.app.contacts.write(&world.app).await?;
        let installations = office.get("/v1/installations").await?.json();
        Ok((installations["items"][0]["unsent"] == expected).then_some(()))
    };
    let nothing = json!({ "entries": 0, "files": 0 });
    let sent = async || Ok((core.unsent()?.files == 0).then_some(()));
    wait::until("the photo to be sent", PATIENCE, sent).await.unwrap();
    wait::until("the office to see it", PATIENCE, async || shown(nothing.clone()).await).await.unwrap();
    drop(core);
    serving.abort();
}

fn take_photo(core: &Core, picture: &std::path::Path) -> Result<()> {
    let photo = Photo { file: core.take_file(picture)?, field: None, media_type: "image/jpeg".to_owned() };
    let action = Action::Photo { photo, task: None };
    core.capture(Capture { intent: "photo".to_owned(), session: None, action, place: None, note: None })?;
    Ok(())
}

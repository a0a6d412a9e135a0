//! `campo import`: a spreadsheet is imported from a command line, as a customer's schedule does.

use std::process::Output;

use campo_server::access::PermissionName;
use campo_tests::{on_both, process::run, world::World};

use super::{Desk, many, simple};

on_both! {
    a_file_is_tried_and_imported_from_the_command_line,
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

async fn a_file_is_tried_and_imported_from_the_command_line(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let mut template = simple();
    template["unlisted"] = serde_json::json!("withdraw");
    desk.template(template).await;
    let server = world.process(&[]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tareas del día.csv");
    let key = account.key(&[PermissionName::RunImports, PermissionName::ManageTasks]).await.unwrap();
    let import = async |more: &[&str], secret: &str| {
        let file = path.to_str().unwrap();
        let line = [&["import", file, "--template", "simple", "--server", server.url()], more].concat();
        run(&line, vec![("CAMPO_KEY".to_owned(), secret.to_owned())]).await.unwrap()
    };

    let mut bytes = many(20);
    bytes.extend_from_slice(b";sin numero\n");
    std::fs::write(&path, &bytes).unwrap();
    let tried = import(&["--dry-run"], &key).await;
    let text = said(&tried);
    assert_eq!(tried.status.code(), Some(1), "{text}");
    assert!(text.contains("created 20, updated 0, unchanged 0, refused 1"), "{text}");
    assert!(text.contains("! A22: "), "{text}");
    assert_eq!(desk.tasks_and_entries().await, (0, 0));
    assert_eq!(desk.get("/v1/imports/drafts").await["items"], serde_json::json!([]), "it leaves no draft");

    std::fs::write(&path, many(20)).unwrap();
    let done = import(&[], &key).await;
    let text = said(&done);
    assert_eq!(done.status.code(), Some(0), "{text}");
    assert!(text.contains("created 20, updated 0, unchanged 0, refused 0"), "{text}");
    assert_eq!(desk.tasks_and_entries().await.0, 20);
    let again = import(&[], &key).await;
    assert!(said(&again).contains("imported before") && again.status.success(), "{}", said(&again));

    std::fs::write(&path, many(10)).unwrap();
    let asks = import(&[], &key).await;
    let text = said(&asks);
    assert!(asks.status.code() == Some(1) && text.contains("10 of 20 (asked)"), "{text}");
    let yes = import(&["--again", "--confirm-withdrawals", "10"], &key).await;
    let text = said(&yes);
    assert!(yes.status.success() && text.contains("withdrawn 10"), "{text}");

    let stranger = import(&[], "wrong").await;
    assert!(stranger.status.code() == Some(1) && said(&stranger).contains("401"), "{}", said(&stranger));
    let nowhere = run(&["import", path.to_str().unwrap(), "--template", "simple"], Vec::new()).await.unwrap();
    assert_eq!(nowhere.status.code(), Some(2), "{}", said(&nowhere));
}

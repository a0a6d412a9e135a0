//! Storing and reading files.

use std::{path::Path, sync::Arc};

use axum::{
    body::Body,
    http::{Method, Request},
};
use campo_server::{
    app::Limits,
    files::sweep::{UNREFERENCED_US, sweep},
};
use campo_tests::{api::Client, on_both, world::World};
use futures_util::stream;

use super::{hash, system, upload};

on_both! {
    the_same_content_gets_the_same_answer_and_is_kept_once,
    a_file_is_read_in_parts_and_never_run_by_a_browser,
    another_account_has_nothing_of_a_file,
    what_is_too_large_or_breaks_off_leaves_nothing,
    what_nothing_refers_to_is_swept_after_a_day,
    a_sweep_never_takes_what_is_uploaded_again,
}

/// The files in the store, drafts included.
pub(super) fn files(folder: &Path) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.join("files")]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    found
}

async fn the_same_content_gets_the_same_answer_and_is_kept_once(world: World) {
    let client = system(&world.account("acme").await.unwrap()).await;
    let first = upload(&client, "image/png", b"picture").await;
    assert_eq!(first.status, 200, "{}", first.json());
    assert_eq!(first.json()["hash"], hash(b"picture"));
    assert_eq!(first.json()["size_bytes"], 7);
    let again = upload(&client, "text/html", b"picture").await;
    assert_eq!(again.json(), first.json());
    assert_eq!(files(world.folder.path()).len(), 1);
    assert_eq!(upload(&client, "", b"").await.json()["media_type"], "application/octet-stream");
}

async fn a_file_is_read_in_parts_and_never_run_by_a_browser(world: World) {
    let client = system(&world.account("acme").await.unwrap()).await;
    let bytes: Vec<u8> = (0..700_000_u32).map(|n| n as u8).collect();
    upload(&client, "image/svg+xml", &bytes).await;
    upload(&client, "image/jpeg", b"photo").await;
    let path = format!("/v1/files/{}", hash(&bytes));
    let whole = client.get(&path).await.unwrap();
    assert_eq!((whole.status.as_u16(), whole.header("content-length")), (200, "700000"));
    assert!(whole.body == bytes);
    for (name, value) in [
        ("content-type", "image/svg+xml"),
        ("content-disposition", "attachment"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
    ] {
        assert_eq!(whole.header(name), value);
    }
    let photo = client.get(&format!("/v1/files/{}", hash(b"photo"))).await.unwrap();
    assert_eq!(photo.header("content-disposition"), "inline");
    let etag = whole.header("etag").to_owned();
    for (headers, status, range, body) in [
        (vec![("range", "bytes=300000-599999")], 206, "bytes 300000-599999/700000", &bytes[300_000..600_000]),
        (vec![("range", "bytes=-3")], 206, "bytes 699997-699999/700000", &bytes[699_997..]),
        (vec![("range", "bytes=0-9"), ("if-range", &etag)], 206, "bytes 0-9/700000", &bytes[..10]),
        (vec![("range", "bytes=0-9"), ("if-range", "\"other\"")], 200, "", &bytes[..]),
        (vec![("if-none-match", &etag)], 304, "", &[]),
    ] {
        let answer = client.call(Method::GET, &path, &headers, None).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.header("content-range")), (status, range), "{headers:?}");
        assert!(answer.body == body, "{headers:?}");
    }
    let beyond = client.call(Method::GET, &path, &[("range", "bytes=700000-")], None).await.unwrap();
    assert_eq!(
        (beyond.status.as_u16(), beyond.json()["code"].as_str()),
        (416, Some("range_not_satisfiable"))
    );
}

async fn another_account_has_nothing_of_a_file(world: World) {
    let acme = system(&world.account("acme").await.unwrap()).await;
    let other = system(&world.account("other").await.unwrap()).await;
    upload(&acme, "image/png", b"secret").await;
    let path = format!("/v1/files/{}", hash(b"secret"));
    for path in [path.as_str(), "/v1/files/zz", "/v1/files/00"] {
        assert_eq!(other.get(path).await.unwrap().status, 404, "{path}");
    }
    upload(&other, "text/plain", b"secret").await;
    assert_eq!(other.get(&path).await.unwrap().header("content-type"), "text/plain");
    assert_eq!(files(world.folder.path()).len(), 2);
}

async fn what_is_too_large_or_breaks_off_leaves_nothing(world: World) {
    let mut account = world.account("acme").await.unwrap();
    account.app.limits = Arc::new(Limits { file_bytes: 10, ..Limits::default() });
    let client = system(&account).await;
    assert_eq!(upload(&client, "text/plain", &[7; 10]).await.status, 200);
    let large = upload(&client, "text/plain", &[7; 11]).await;
    assert_eq!((large.status.as_u16(), large.json()["code"].as_str()), (413, Some("payload_too_large")));
    let parts = [Ok("begin"), Err(std::io::Error::other("the line broke"))];
    let broken = Request::post("/v1/files").body(Body::from_stream(stream::iter(parts))).unwrap();
    assert_eq!(client.send(broken).await.unwrap().json()["code"], "body_incomplete");
    assert_eq!(files(world.folder.path()).len(), 1);
    let nobody = Client::new(&account.app, None);
    assert_eq!(upload(&nobody, "text/plain", b"x").await.status, 401);
}

async fn what_nothing_refers_to_is_swept_after_a_day(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = system(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let mention = format!(r#","files":[{{"hash":"{}","size_bytes":9}}]"#, hash(b"mentioned"));
    let line = phone.line("photo", &mention);
    phone.send(&[line]).await.unwrap();
    upload(&client, "text/plain", b"mentioned").await;
    upload(&client, "text/plain", b"forgotten").await;
    // What a crash leaves behind: bytes without a row, and half an upload
    let store = world.folder.path().join("files").join(account.id.to_string());
    std::fs::create_dir_all(store.join("00")).unwrap();
    std::fs::write(store.join("00").join(format!("{}.{}", "00".repeat(32), uuid::Uuid::nil().simple())), "x")
        .unwrap();
    std::fs::write(store.join("incoming/half"), "x").unwrap();
    let now_us = world.app.environment.now_us();
    assert_eq!(sweep(&world.app, account.id, now_us).await.unwrap(), 0);
    assert_eq!(files(world.folder.path()).len(), 4);
    // a minute more than a day: the clock of the file system may be a little behind
    let later_us = now_us + UNREFERENCED_US + 60_000_000;
    assert_eq!(sweep(&world.app, account.id, later_us).await.unwrap(), 1);
    assert_eq!(files(world.folder.path()).len(), 2, "the bytes stay for a backup that saw the row");
    let later_us = later_us + UNREFERENCED_US + 60_000_000;
    assert_eq!(sweep(&world.app, account.id, later_us).await.unwrap(), 0);
    assert_eq!(files(world.folder.path()).len(), 1);
    assert_eq!(client.get(&format!("/v1/files/{}", hash(b"mentioned"))).await.unwrap().status, 200);
    assert_eq!(client.get(&format!("/v1/files/{}", hash(b"forgotten"))).await.unwrap().status, 404);
}

async fn a_sweep_never_takes_what_is_uploaded_again(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = system(&account).await;
    let path = format!("/v1/files/{}", hash(b"again"));
    for _ in 0..20 {
        upload(&client, "text/plain", b"again").await;
        let mut tx = world.app.db.begin().await.unwrap();
        tx.execute("update file set created_us = 0 where account = $1", (account.id,)).await.unwrap();
        tx.commit().await.unwrap();
        let now_us = world.app.environment.now_us();
        let (swept, again) =
            tokio::join!(sweep(&world.app, account.id, now_us), upload(&client, "text/plain", b"again"));
        swept.unwrap();
        assert_eq!(again.status, 200);
        assert_eq!(client.get(&path).await.unwrap().body, b"again");
        // with those whose row was swept, for a day
        assert!(!files(world.folder.path()).is_empty());
    }
    assert_eq!(sweep(&world.app, account.id, world.app.environment.now_us()).await.unwrap(), 0);
}

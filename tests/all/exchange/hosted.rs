//! The folders of a key, whatever the door.

use campo_file_names::VirtualPath;
use campo_server::{
    exchange::hosted::{Beginning, ItemKind},
    problem::Code,
};
use campo_tests::{on_both, world::World};
use serde_json::json;

use super::{Site, tasks};

on_both! {
    a_broken_upload_is_seen_by_nobody_who_does_not_ask_for_it,
    two_uploads_of_one_name_make_one_file,
    a_file_that_is_replaced_while_it_is_imported_is_imported_as_it_was_and_as_it_is,
    folders_have_bounds,
    what_was_imported_takes_no_room_and_goes_after_its_time,
}

fn path(text: &str) -> VirtualPath {
    VirtualPath::parse(text).unwrap()
}

async fn a_broken_upload_is_seen_by_nobody_who_does_not_ask_for_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let hosted = site.hosted().await;
    for (name, bytes) in [("a.csv", 10), ("b.csv", 1024 * 1024), ("c.csv", 2_500_000)] {
        let at = path(&format!("/in/{name}"));
        let mut upload = hosted.create(&at, Beginning::Start).await.unwrap();
        upload.write(&vec![b'x'; bytes]).await.unwrap();
        upload.suspend().await.unwrap();
        assert!(hosted.list(&path("/in")).await.unwrap().is_empty());
        let item = hosted.stat(&at).await.unwrap();
        assert_eq!((item.kind, item.size_bytes), (ItemKind::Part, bytes as u64));
        assert_eq!(hosted.open(&at).await.unwrap_err().code(), Code::NotFound);
        let wrong = hosted.create(&at, Beginning::At(bytes as u64 + 1)).await.unwrap_err();
        assert_eq!(wrong.code(), Code::UploadOutOfOrder);

        // At another replica
        let replica = world.replica().await.unwrap();
        let mut elsewhere = hosted.clone();
        elsewhere.app = replica;
        let mut upload = elsewhere.create(&at, Beginning::End).await.unwrap();
        assert_eq!(upload.size_bytes(), bytes as u64);
        upload.write(b"y").await.unwrap();
        upload.finish().await.unwrap();
        let mut download = hosted.open(&at).await.unwrap();
        assert_eq!(download.size_bytes(), bytes as u64 + 1);
        assert_eq!(download.read(bytes as u64, 100).await.unwrap(), b"y");
        assert_eq!(download.read(0, 3).await.unwrap(), b"xxx");
        hosted.remove(&at).await.unwrap();
    }
}

async fn two_uploads_of_one_name_make_one_file(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let hosted = site.hosted().await;
    let at = path("/in/a.csv");
    let mut one = hosted.create(&at, Beginning::Start).await.unwrap();
    let mut other = hosted.create(&at, Beginning::Start).await.unwrap();
    for part in 0..6 {
        one.write(&vec![b'1'; 1024 * 1024]).await.unwrap();
        let second = other.write(&vec![b'2'; 1024 * 1024]).await;
        assert!(second.is_ok(), "part {part}: {second:?}");
    }
    other.finish().await.unwrap();
    // The other one took the place
    assert_eq!(one.finish().await.unwrap_err().code(), Code::Conflict);
    let mut download = hosted.open(&at).await.unwrap();
    assert_eq!(download.size_bytes(), 6 * 1024 * 1024);
    assert_eq!(download.read(0, 2).await.unwrap(), b"22");
}

async fn a_file_that_is_replaced_while_it_is_imported_is_imported_as_it_was_and_as_it_is(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    let hosted = site.hosted().await;
    for first in [1, 11] {
        let mut upload = hosted.create(&path("/in/a.csv"), Beginning::Start).await.unwrap();
        upload.write(&tasks(first, 10)).await.unwrap();
        upload.finish().await.unwrap();
        campo_server::exchange::take::run(&account.app).await.unwrap();
    }
    let states: Vec<_> = site.received().await.iter().map(|file| file["state"].clone()).collect();
    assert_eq!(states, ["importing", "waiting"], "files of one intake are taken in their order");
    site.work_off().await;
    assert_eq!(site.tasks().await, 20);
    let states: Vec<_> = site.received().await.iter().map(|file| file["state"].clone()).collect();
    assert_eq!(states, ["done", "done"]);
    assert!(hosted.list(&path("/in")).await.unwrap().is_empty());
    let mut download = hosted.open(&path("/done/a.csv")).await.unwrap();
    assert_eq!(download.read(0, 1 << 20).await.unwrap(), tasks(11, 10), "the latest of a name is in `done`");
}

async fn folders_have_bounds(mut world: World) {
    let mut limits = (*world.app.limits).clone();
    (limits.hosted_bytes, limits.hosted_files, limits.file_bytes) = (1000, 3, 600);
    world.app.limits = limits.into();
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let hosted = site.hosted().await;
    let put = async |name: &str, bytes: usize| {
        let mut upload = hosted.create(&path(name), Beginning::Start).await?;
        upload.announce(bytes as u64)?;
        upload.write(&vec![b'x'; bytes]).await?;
        upload.finish().await
    };
    assert_eq!(put("/in/large", 601).await.unwrap_err().code(), Code::PayloadTooLarge);
    put("/in/1", 600).await.unwrap();
    assert_eq!(put("/in/2", 401).await.unwrap_err().code(), Code::FolderFull);
    put("/in/2", 400).await.unwrap();
    put("/in/3", 0).await.unwrap();
    assert_eq!(put("/in/4", 0).await.unwrap_err().code(), Code::FolderFull);
    hosted.remove(&path("/in/1")).await.unwrap();
    put("/in/4", 600).await.unwrap();
    assert_eq!(hosted.make_folder(&path("/in/a/b")).await.unwrap_err().code(), Code::NotFound);
    hosted.make_folder(&path("/in/a")).await.unwrap();
    assert_eq!(hosted.make_folder(&path("/in/A/../a")).await.unwrap_err().code(), Code::AlreadyExists);
    assert_eq!(hosted.make_folder(&path("/out/a")).await.unwrap_err().code(), Code::FolderReadOnly);
    hosted.remove_folder(&path("/in/a")).await.unwrap();
}

async fn what_was_imported_takes_no_room_and_goes_after_its_time(mut world: World) {
    let mut limits = (*world.app.limits).clone();
    (limits.hosted_bytes, limits.hosted_files) = (1000, 3);
    world.app.limits = limits.into();
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    let hosted = site.hosted().await;
    for number in 0..8 {
        let mut upload = hosted.create(&path(&format!("/in/{number}.csv")), Beginning::Start).await.unwrap();
        upload.write(&tasks(10 * number + 1, 8)).await.unwrap();
        upload.finish().await.unwrap();
        site.work_off().await;
    }
    assert_eq!(site.tasks().await, 64);
    // With the counts of each
    let count = async || hosted.list(&path("/done")).await.unwrap().len();
    assert_eq!(count().await, 16);
    let mut tx = world.app.db.begin().await.unwrap();
    let older =
        "update hosted_file set modified_us = modified_us - $2 where account = $1 and name like '0.csv%'";
    tx.execute(older, (account.id, campo_server::retention::SHOWN_US)).await.unwrap();
    tx.commit().await.unwrap();
    campo_server::sweep::duty(&world.app).await.unwrap();
    assert_eq!(count().await, 14);
    let references: (i64,) = world
        .app
        .db
        .fetch_one("select count(*) from file_reference where owner_kind = 'hosted_file'", ())
        .await
        .unwrap();
    assert_eq!(references.0, 14);
    assert_eq!(site.received().await.len(), 8, "that they came stays");
}

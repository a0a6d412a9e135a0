//! The store: what survives, what waits, what is left alone.

use std::{fs, sync::Arc};

use campo_protocol::{
    digest,
    scope::Scope,
    sync::{Change, ScopePage, ViewPage},
};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    Store,
    entries::{self, NewEntry},
    failure::{Result, StoreFailure},
    objects,
    space::{FileSpace as _, Folder},
    writer::Writer,
};

fn entry(number: u128) -> NewEntry {
    NewEntry {
        id: Uuid::from_u128(number),
        installation: Uuid::from_u128(1),
        sequence: number as i64,
        kind: "shift.start",
        employee: None,
        session: None,
        task: None,
        bytes: vec![b'x'; 1000],
        hash: [0; 32],
        captured_us: 0,
        at_us: 0,
        intent: number.to_string(),
    }
}

fn insert(store: &mut Store, number: u128) -> Result<()> {
    let transaction = store.begin()?;
    entries::insert(&transaction, &entry(number))?;
    Ok(transaction.commit()?)
}

fn count(store: &Store) -> usize {
    store.all_entries().unwrap().len()
}

#[test]
fn durability_is_set_as_promised() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("campo.db")).unwrap();
    for (pragma, expected) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("fullfsync", "1"),
        ("checkpoint_fullfsync", "1"),
        ("temp_store", "2"),
    ] {
        let sql = format!("pragma {pragma}");
        let found = store.read().query_row(&sql, (), |row| row.get::<_, rusqlite::types::Value>(0)).unwrap();
        let found = match found {
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Integer(number) => number.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected, "{pragma}");
    }
}

fn page(after: i64, position: i64, bodies: &[(u128, Option<&str>)], holds: &[(u128, &str)]) -> ViewPage {
    let change = |(id, body): &(u128, Option<&str>)| Change {
        kind: "poi".to_owned(),
        id: Uuid::from_u128(*id),
        body: body.map(|body| RawValue::from_string(body.to_owned()).unwrap()),
    };
    let digests =
        holds.iter().map(|(id, body)| digest::of_object("poi", Uuid::from_u128(*id), body.as_bytes()));
    let page = ScopePage {
        scope: Scope::Catalogue,
        after,
        position,
        objects: holds.len() as i64,
        digest: digests.fold(0, i64::wrapping_add),
        complete: !holds.is_empty(),
        changes: bodies.iter().map(change).collect(),
    };
    ViewPage { dropped: Vec::new(), scopes: vec![page], more: holds.is_empty(), digest: None }
}

#[test]
fn an_object_that_changes_while_its_scope_is_read_counts_once() {
    let store = Store::in_memory().unwrap();
    let pages = [
        page(0, 3, &[(1, Some("1")), (2, Some("2")), (3, Some("3"))], &[]),
        page(3, 6, &[(2, Some("22")), (3, None), (4, Some("4"))], &[(1, "1"), (2, "22"), (4, "4")]),
        // Read from 0 again, and then only what is new
        page(0, 7, &[(1, Some("1")), (2, Some("222"))], &[(1, "1"), (2, "222")]),
        page(7, 8, &[(1, Some("11"))], &[(1, "11"), (2, "222")]),
    ];
    for (number, page) in pages.iter().enumerate() {
        assert!(objects::apply(store.read(), page).unwrap(), "page {number}");
    }
    let held = store.objects(&Scope::Catalogue, "poi").unwrap();
    let held: Vec<&[u8]> = held.iter().map(|object| &object.body[..]).collect();
    assert_eq!(held, [b"11", &b"222"[..]]);
}

#[test]
fn a_database_of_a_newer_release_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("campo.db");
    let mut store = Store::open(&path).unwrap();
    store.make_ready().unwrap();
    insert(&mut store, 1).unwrap();
    store
        .read()
        .execute_batch(
            "alter table entry add column mood text not null default 'good'; \
             create table mood (id integer primary key); insert into mood values (1); \
             insert or replace into setting (name, value) values ('access', '\"only_on_sundays\"'), ('epoch', '{\"new\":1}'); \
             insert into scope values ('planet/1', 1, 1, 1, 1, 0); pragma user_version = 99;",
        )
        .unwrap();
    drop(store);
    let mut store = Store::open(&path).unwrap();
    insert(&mut store, 2).unwrap();
    let book = store.book().unwrap();
    assert_eq!((book.outbox.len(), book.scopes.len(), book.epoch), (2, 0, None));
    let version: i64 = store.read().query_row("pragma user_version", (), |row| row.get(0)).unwrap();
    assert_eq!(version, 99, "the newer release finds what it left");
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("campo.db")).unwrap();
    insert(&mut store, 1).unwrap();
    store.read().pragma_update(None, "max_page_count", 40).unwrap();
    let failure = (2..1000).find_map(|number| insert(&mut store, number).err()).unwrap();
    assert!(matches!(failure, StoreFailure::DiskFull), "{failure}");
    let kept = count(&store);
    assert!(kept > 1);
    store.read().pragma_update(None, "max_page_count", 100_000).unwrap();
    insert(&mut store, 2000).unwrap();
    assert_eq!(count(&store), kept + 1);
}

#[test]
fn what_is_no_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("campo.db");
    fs::write(&path, vec![7; 10_000]).unwrap();
    let failure = Store::open(&path).unwrap_err();
    assert!(matches!(failure, StoreFailure::Corrupt(_)), "{failure}");
    assert_eq!(fs::read(&path).unwrap(), vec![7; 10_000]);
}

/// How many locks of this process on files in `folder` the kernel knows.
#[cfg(target_os = "linux")]
fn locks(folder: &std::path::Path) -> usize {
    use std::os::unix::fs::MetadataExt as _;
    let inodes: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().ino().to_string())
        .collect();
    let own = std::process::id().to_string();
    let held = |line: &&str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let inode = fields[5].rsplit(':').next().unwrap();
        fields[4] == own && inodes.iter().any(|known| known == inode)
    };
    fs::read_to_string("/proc/locks").unwrap().lines().filter(held).count()
}

#[cfg(target_os = "linux")]
#[test]
fn a_paused_store_holds_no_lock_and_takes_no_work() {
    let folder = tempfile::tempdir().unwrap();
    let writer = Writer::open(&folder.path().join("campo.db")).unwrap();
    writer.write(|store| insert(store, 1)).unwrap();
    assert!(locks(folder.path()) > 0, "an open database holds one: this test can fail");
    writer.pause().unwrap();
    assert_eq!(locks(folder.path()), 0);
    assert!(matches!(writer.write(|store| insert(store, 2)), Err(StoreFailure::Paused)));
    assert!(matches!(writer.read(Store::all_entries), Err(StoreFailure::Paused)));
    writer.pause().unwrap();
    writer.resume().unwrap();
    writer.resume().unwrap();
    writer.write(|store| insert(store, 3)).unwrap();
    assert_eq!(writer.read(|store| Ok(count(store))).unwrap(), 2);
}

#[test]
fn captures_of_many_threads_take_turns_while_others_read() {
    let folder = tempfile::tempdir().unwrap();
    let writer = Arc::new(Writer::open(&folder.path().join("campo.db")).unwrap());
    std::thread::scope(|scope| {
        for thread in 0..4_u128 {
            let writer = &writer;
            scope.spawn(move || {
                for number in 0..25 {
                    writer.write(move |store| insert(store, thread * 100 + number)).unwrap();
                    writer.read(|store| Ok(count(store))).unwrap();
                }
            });
        }
    });
    assert_eq!(writer.read(|store| Ok(count(store))).unwrap(), 100);
}

#[test]
fn a_photo_is_moved_into_the_space_under_its_hash() {
    let folder = tempfile::tempdir().unwrap();
    let space = Folder::new(&folder.path().join("files")).unwrap();
    let photo = folder.path().join("photo.jpg");
    fs::write(&photo, b"a picture").unwrap();
    let taken = space.take(&photo).unwrap();
    assert!(!photo.exists());
    assert_eq!(taken.size_bytes, 9);
    assert_eq!(taken.hash, campo_protocol::text::hex(&campo_protocol::entry::hash(b"a picture")));
    assert_eq!(space.read(&taken.hash, 2, 3).unwrap(), b"pic");
    assert_eq!(space.read(&taken.hash, 7, 100).unwrap(), b"re");
    fs::write(&photo, b"a picture").unwrap();
    assert_eq!(space.take(&photo).unwrap(), taken, "the same picture again is the same file");
    fs::write(&photo, b"").unwrap();
    assert!(space.take(&photo).is_err(), "an empty file is no photo");
    for hash in ["../photo", "", "zz", &"é".repeat(32)] {
        assert!(space.read(hash, 0, 1).is_err(), "{hash}");
    }
    space.remove(&taken.hash).unwrap();
    space.remove(&taken.hash).unwrap();
    assert!(space.read(&taken.hash, 0, 1).is_err());
}

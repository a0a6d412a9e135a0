//! What is not whole, or does not belong here, is refused by name and changes nothing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use campo_server::{
    access::permissions::ManageTasks,
    backup::{self, BackupError},
    files::upload,
    scheduler::Class,
    secrets::{MasterKey, Secrets},
};
use campo_tests::world::World;
use futures_util::stream;
use tempfile::TempDir;

use super::is_empty;

/// What is done to a backup.
type Harm = Box<dyn Fn(&Path)>;

/// A backup with one file in it.
async fn backup_in(place: &Path) -> PathBuf {
    let world = World::sqlite().await.unwrap();
    let account = world.account("acme").await.unwrap();
    let body = stream::iter([Ok::<_, std::io::Error>(b"photo".to_vec())]);
    let allowed = account.operator().allow::<ManageTasks>().unwrap();
    upload::store(&world.app, &allowed, Class::Office, "image/png", body).await.unwrap();
    let folder = place.join("backup");
    backup::make(&world.app, &folder).await.unwrap();
    let again = backup::make(&world.app, &folder).await.unwrap_err();
    assert!(matches!(again, BackupError::Exists(_)), "{again}");
    fs::create_dir(place.join("other.partial")).unwrap();
    let remains = backup::make(&world.app, &place.join("other")).await.unwrap_err();
    assert!(matches!(remains, BackupError::Remains(_)), "{remains}");
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

/// The only file of the backup.
fn photo(folder: &Path) -> PathBuf {
    let mut path = folder.join("files/1");
    while path.is_dir() {
        path = fs::read_dir(&path).unwrap().next().unwrap().unwrap().path();
    }
    path
}

fn flip_the_last_byte(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path, bytes).unwrap();
}

fn replace_in_manifest(folder: &Path, from: &str, to: &str) {
    let path = folder.join("manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).unwrap();
}

#[tokio::test]
async fn what_is_damaged_is_refused_by_name_and_changes_nothing() {
    let place = TempDir::new().unwrap();
    let whole = backup_in(place.path()).await;
    let table = |folder: &Path| folder.join("tables/account.ndjson.zst");
    let cases: Vec<(&str, Harm)> = vec![
        (
            "it has no manifest.json",
            Box::new(|folder| fs::remove_file(folder.join("manifest.json")).unwrap()),
        ),
        (
            "manifest.json is damaged",
            Box::new(|folder| fs::write(folder.join("manifest.json"), "{").unwrap()),
        ),
        ("account.ndjson.zst is damaged", Box::new(move |folder| flip_the_last_byte(&table(folder)))),
        (
            "account.ndjson.zst is damaged",
            Box::new(move |folder| {
                let path = table(folder);
                let bytes = fs::read(&path).unwrap();
                fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
            }),
        ),
        ("account.ndjson.zst", Box::new(move |folder| fs::remove_file(table(folder)).unwrap())),
        (
            "manifest.json is damaged",
            Box::new(|folder| {
                replace_in_manifest(folder, r#""table": "file_reference""#, r#""table": "file""#);
            }),
        ),
        ("is damaged: its content is not", Box::new(|folder| flip_the_last_byte(&photo(folder)))),
        ("is damaged: it is missing", Box::new(|folder| fs::remove_file(photo(folder)).unwrap())),
        (
            "account.ndjson.zst is damaged: it has 1 rows",
            Box::new(|folder| {
                replace_in_manifest(folder, "\"rows\": 1", "\"rows\": 3");
            }),
        ),
        ("has format 2", Box::new(|folder| replace_in_manifest(folder, r#""format": 1"#, r#""format": 2"#))),
        (
            "has the tables of schema 99",
            Box::new(|folder| {
                let (schema, ..) = campo_server::database::migrations::MIGRATIONS.last().unwrap();
                replace_in_manifest(folder, &format!(r#""schema": {schema}"#), r#""schema": 99"#);
            }),
        ),
    ];
    let world = World::sqlite().await.unwrap();
    for (number, (expected, harm)) in cases.iter().enumerate() {
        let folder = place.path().join(number.to_string());
        copy(&whole, &folder);
        harm(&folder);
        let error = backup::restore(&world.app, &folder).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
        assert!(is_empty(&world.app).await, "{expected}");
    }
    // After all of these, some of which broke off late, the whole one is restored
    backup::restore(&world.app, &whole).await.unwrap();
    let error = backup::restore(&world.app, &whole).await.unwrap_err();
    assert!(matches!(error, BackupError::NotEmpty("account")), "{error}");
}

#[tokio::test]
async fn a_backup_of_another_master_secret_is_refused() {
    let place = TempDir::new().unwrap();
    let folder = backup_in(place.path()).await;
    let world = World::sqlite().await.unwrap();
    let mut app = world.app.clone();
    app.secrets = Secrets::new(MasterKey::from_hex("the test", &"08".repeat(32)).unwrap());
    let error = backup::restore(&app, &folder).await.unwrap_err();
    assert!(matches!(error, BackupError::OtherSecret), "{error}");
    assert!(is_empty(&world.app).await);
}

//! A phone that was reported stolen keeps nothing.

use std::{fs, time::Duration};

use campo_protocol::text::hex;
use serde_json::json;

use super::{Phone, answer, device, enrolled, open_session, phone};
use crate::{
    capture::{Action, Capture, Photo},
    core::{bearers::BEARERS, failure::CoreFailure, wipe},
    machine::{book::Access, event::Failure},
    store::{failure::StoreFailure, writer::Writer},
    wire::HttpAnswer,
};

/// What a thief would look for.
const NOTE: &str = "the key is under the third flowerpot";

fn stolen() -> Result<HttpAnswer, Failure> {
    answer(403, "application/problem+json", &json!({ "code": "stolen", "title": "x" }))
}

/// A phone on which Ana took a photo and wrote a note.
async fn in_use() -> Phone {
    let phone = phone(vec![enrolled(), Err(Failure::Offline)]);
    phone.core.enrol("https://campo.example", "A", device()).await.unwrap();
    open_session(&phone.core);
    let path = phone.folder.path().join("photo.jpg");
    fs::write(&path, NOTE).unwrap();
    let photo = Photo {
        file: phone.core.take_file(&path).unwrap(),
        field: None,
        media_type: "image/jpeg".to_owned(),
    };
    let action = Action::Photo { photo, task: None };
    let note = Some(NOTE.to_owned());
    phone.core.capture(Capture { intent: "1".to_owned(), session: None, action, place: None, note }).unwrap();
    phone.core.put_draft("form", NOTE).unwrap();
    assert!(finds_something(&phone), "this test can fail");
    phone
}

/// True when the note, or the secret, is anywhere on the phone.
fn finds_something(phone: &Phone) -> bool {
    let mut folders = vec![phone.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read(path).unwrap().windows(NOTE.len()).any(|part| part == NOTE.as_bytes()) {
                return true;
            }
        }
    }
    !phone.secrets.0.lock().unwrap().is_empty()
}

async fn hears_that_it_is_stolen(phone: &Phone) {
    let mut state = phone.core.watch();
    *phone.played.answers.lock().unwrap() = [stolen()].into();
    phone.core.woken();
    let stolen = state.wait_for(|state| state.access == Access::Stolen && !state.busy);
    assert!(tokio::time::timeout(Duration::from_secs(20), stolen).await.is_ok());
}

fn assert_wiped(phone: &Phone) {
    assert!(!finds_something(phone));
    assert!(!wipe::is_begun(&phone.folder.path().join("campo.db")));
    assert_eq!(phone.core.enrolment().unwrap(), None);
    assert_eq!(phone.core.writer.read(|store| Ok(store.book()?.access)).unwrap(), Access::Stolen);
}

#[tokio::test]
async fn a_stolen_phone_keeps_nothing() {
    let phone = in_use().await;
    hears_that_it_is_stolen(&phone).await;
    assert_wiped(&phone);
    let phone = phone.restart();
    assert_wiped(&phone);
    assert_eq!(phone.core.sync_now().await.access, Access::Stolen);
    assert_eq!(phone.core.session().unwrap(), None);
}

#[test]
fn a_paused_database_is_replaced_without_being_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let writer = Writer::open(&folder.path().join("campo.db")).unwrap();
    writer.write(|store| store.put_draft("form", NOTE, 0)).unwrap();
    writer.pause().unwrap();
    writer.replace_by_stolen().unwrap();
    assert!(matches!(writer.read(|store| store.draft("form")), Err(StoreFailure::Paused)));
    writer.resume().unwrap();
    assert_eq!(writer.read(|store| store.draft("form")).unwrap(), None);
    assert_eq!(writer.read(|store| Ok(store.book()?.access)).unwrap(), Access::Stolen);
}

#[tokio::test]
async fn a_wipe_that_was_cut_off_is_made_at_the_next_start() {
    for steps in 0..5 {
        let phone = in_use().await;
        let Phone { core, played, secrets, folder } = phone;
        drop(core);
        let database = folder.path().join("campo.db");
        fs::write(folder.path().join("campo.db.stolen"), "").unwrap();
        if steps > 0 {
            secrets.0.lock().unwrap().remove(BEARERS);
        }
        if steps > 1 {
            let photo = hex(&campo_protocol::entry::hash(NOTE.as_bytes()));
            fs::remove_file(folder.path().join("files").join(photo)).unwrap();
        }
        if steps > 2 {
            fs::remove_file(&database).unwrap();
        }
        if steps > 3 {
            drop(crate::store::Store::replace_by_stolen(&database).unwrap());
        }
        let core = super::open(folder.path(), played.clone(), &secrets);
        assert_wiped(&Phone { core, played, secrets, folder });
    }
}

#[tokio::test]
async fn what_cannot_be_removed_keeps_nothing_else_and_is_removed_later() {
    let phone = in_use().await;
    phone.secrets.1.store(true, std::sync::atomic::Ordering::Relaxed);
    hears_that_it_is_stolen(&phone).await;
    assert_eq!(phone.core.enrolment().unwrap(), None);
    assert!(fs::read_dir(phone.folder.path().join("files")).unwrap().next().is_none());
    assert!(wipe::is_begun(&phone.folder.path().join("campo.db")));
    *phone.played.answers.lock().unwrap() = [enrolled()].into();
    let failure = phone.core.enrol("https://campo.example", "B", device()).await.unwrap_err();
    assert_eq!(failure, CoreFailure::refused("stolen"));
    phone.secrets.1.store(false, std::sync::atomic::Ordering::Relaxed);
    assert_wiped(&phone.restart());
}

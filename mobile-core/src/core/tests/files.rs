//! Files: photos as the account wants them, those that nobody captured, and those that cannot be read any more.

use std::{fs, path::PathBuf};

use campo_protocol::{entry::hash, text::hex};
use serde_json::json;
use uuid::Uuid;

use super::{
    device, enrolled, open_session,
    servers::{Instead, Phone},
};
use crate::{
    capture::{Action, Capture, Photo},
    machine::event::Failure,
    store::space::TakenFile,
};

const SERVER: &str = "https://campo.example";

#[tokio::test]
async fn a_photo_that_is_gone_or_shorter_than_it_was_does_not_hold_back_the_next_one() {
    let phone = Phone::new();
    phone.servers.say_instead(SERVER, Some(Instead::IsNotReached));
    phone.enrol(SERVER, "1").await;
    for content in ["gone", "cut off", "good"] {
        phone.photo(content, content);
    }
    let hash_of = |content: &str| hex(&hash(content.as_bytes()));
    let path_of = |content: &str| phone.folder.path().join("files").join(hash_of(content));
    fs::remove_file(path_of("gone")).unwrap();
    fs::write(path_of("cut off"), "cut").unwrap();
    phone.servers.say_instead(SERVER, None);
    let uploaded = |content: &str| phone.servers.has_uploaded(SERVER, &hash_of(content));
    phone.comes_to("the good one is sent", |_| uploaded("good")).await;
    assert!(!uploaded("gone") && !uploaded("cut off"));
}

/// A phone on which Ana works, without network.
async fn in_use() -> super::Phone {
    let phone = super::phone(vec![enrolled(), Err(Failure::Offline)]);
    phone.core.enrol(SERVER, "A", device()).await.unwrap();
    open_session(&phone.core);
    phone
}

/// Where the camera of the phone writes.
fn camera(phone: &super::Phone, content: &[u8]) -> PathBuf {
    let path = phone.folder.path().join("photo.jpg");
    fs::write(&path, content).unwrap();
    path
}

fn take(phone: &super::Phone, content: &str) -> TakenFile {
    phone.core.take_file(&camera(phone, content.as_bytes())).unwrap()
}

#[tokio::test]
async fn a_photo_that_no_capture_took_is_gone_after_the_next_start() {
    let phone = in_use().await;
    let captured = take(&phone, "captured");
    let photo = Photo { file: captured.clone(), field: None, media_type: "image/jpeg".to_owned() };
    let action = Action::Photo { photo, task: None };
    let capture = Capture { intent: "1".to_owned(), session: None, action, place: None, note: None };
    phone.core.capture(capture).unwrap();
    let drafted = take(&phone, "drafted");
    let draft = json!({ "answers": [{ "field": "picture", "files": [drafted.hash] }] });
    phone.core.put_draft("of a shape that is not known", &draft.to_string()).unwrap();
    let given_up = take(&phone, "given up");
    let half = phone.folder.path().join("files").join("half.part");
    fs::write(&half, "half").unwrap();
    assert!(phone.core.file(&given_up.hash).unwrap().is_some(), "it may still be captured");
    let phone = phone.restart();
    for (file, stays) in [(captured, true), (drafted, true), (given_up, false)] {
        assert_eq!(phone.core.file(&file.hash).unwrap().is_some(), stays);
    }
    assert!(!half.exists());
}

#[tokio::test]
async fn a_photo_is_taken_as_the_account_wants_it() {
    let phone = in_use().await;
    let account = json!({ "name": "Muestra", "photos": { "longest_edge_px": 320 } }).to_string();
    phone
        .core
        .writer
        .write(move |store| {
            let sql = "insert into object (scope, kind, id, body, digest, mark) \
                       values ('account', 'account', ?1, ?2, 0, 0)";
            store.read().execute(sql, (Uuid::nil().as_bytes(), account.as_bytes()))?;
            Ok(())
        })
        .unwrap();
    let mut photo = Vec::new();
    let grey = vec![128; 640 * 480];
    let encoder = jpeg_encoder::Encoder::new(&mut photo, 90);
    encoder.encode(&grey, 640, 480, jpeg_encoder::ColorType::Luma).unwrap();
    let path = camera(&phone, &photo);
    let taken = phone.core.take_file(&path).unwrap();
    let kept = phone.core.file(&taken.hash).unwrap().unwrap();
    assert_eq!(taken.size_bytes, kept.len() as i64);
    let mut decoder = jpeg_decoder::Decoder::new(kept.as_slice());
    decoder.read_info().unwrap();
    assert_eq!(decoder.info().map(|info| (info.width, info.height)), Some((320, 240)));
    assert!(fs::read_dir(phone.folder.path()).unwrap().all(|entry| {
        let name = entry.unwrap().file_name();
        !name.to_string_lossy().starts_with("photo")
    }));
}

//! Files that the phone cannot read any more.

use std::fs;

use campo_protocol::{entry::hash, text::hex};

use super::servers::{Instead, Phone};

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

//! Files of phones by ticket, whole and part by part.

use axum::{
    body::Body,
    http::{Method, Request},
};
use campo_mobile_core::wire::{HttpAnswer, read_upload};
use campo_protocol::model::Ref;
use campo_protocol::{
    sync::{FileAnswer, HeldFile, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES},
    text::hex,
};
use campo_server::{
    access::{PermissionName, permissions::ManageInstallations},
    app::App,
    installations::installation::{self, InstallationState},
    uploads::{self, Ticket},
};
use campo_tests::{
    api::{Answer, Client},
    on_both,
    random::Random,
    world::{Account, Phone, World},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const DAY_US: i64 = 24 * 3600 * 1_000_000;

on_both! {
    a_file_arrives_part_by_part_over_a_line_that_breaks,
    a_part_that_does_not_follow_is_told_where_to_go_on,
    parts_of_another_file_are_forgotten_and_the_file_can_be_sent_again,
    what_is_no_ticket_or_is_over_opens_nothing,
    a_phone_that_was_revoked_may_send_and_a_stolen_one_may_not,
    every_file_that_a_phone_asks_about_has_an_answer,
    parts_that_nobody_ended_are_swept_when_their_ticket_is_over,
    two_replicas_take_the_parts_of_one_file,
}

fn photo(random: &mut Random, size: usize) -> Vec<u8> {
    (0..size).map(|_| random.number() as u8).collect()
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

async fn ana(account: &Account) -> Phone {
    account.phone(account.employee("ZZ1").await.unwrap()).await.unwrap()
}

/// Hands in an entry with these files, and gets the tickets for them.
async fn tickets(phone: &mut Phone, files: &[&[u8]]) -> Vec<String> {
    let files: Vec<HeldFile> =
        files.iter().map(|bytes| HeldFile { hash: hash(bytes), size_bytes: bytes.len() as i64 }).collect();
    let mentioned: Vec<Value> = files
        .iter()
        .map(|file| json!({ "hash": file.hash, "size_bytes": file.size_bytes, "media_type": "image/jpeg" }))
        .collect();
    let line = phone.line("photo", &format!(r#","files":{}"#, Value::from(mentioned)));
    phone.send(&[line]).await.unwrap();
    let answers = phone.announce(None, files).await.unwrap().files;
    answers
        .into_iter()
        .map(|answer| match answer {
            FileAnswer::Wanted { ticket, received_bytes: 0, .. } => ticket,
            other => panic!("{other:?}"),
        })
        .collect()
}

async fn put(app: &App, ticket: &str, range: Option<&str>, bytes: &[u8]) -> Answer {
    let mut request = Request::put(format!("/v1/uploads/{ticket}"));
    if let Some(range) = range {
        request = request.header("content-range", range);
    }
    let request = request.body(Body::from(bytes.to_vec())).unwrap();
    Client::new(app, None).send(request).await.unwrap()
}

/// Sends the bytes from `from` to `until` of a file.
async fn part(app: &App, ticket: &str, file: &[u8], from: usize, until: usize) -> Answer {
    let range = format!("bytes {from}-{}/{}", until - 1, file.len());
    put(app, ticket, Some(&range), &file[from..until]).await
}

async fn received(app: &App, ticket: &str) -> Value {
    Client::new(app, None).get(&format!("/v1/uploads/{ticket}")).await.unwrap().json()
}

/// The file as the office reads it.
async fn stored(account: &Account, bytes: &[u8]) -> Answer {
    let key = account.key(&[PermissionName::ViewEntries]).await.unwrap();
    Client::new(&account.app, Some(&key)).get(&format!("/v1/files/{}", hash(bytes))).await.unwrap()
}

/// How many parts are in the store.
fn parts(world: &World, account: &Account) -> usize {
    let folder = world.folder.path().join("files").join(account.id.to_string()).join("parts");
    let uploads = std::fs::read_dir(folder).into_iter().flatten();
    uploads.map(|upload| std::fs::read_dir(upload.unwrap().path()).unwrap().count()).sum()
}

async fn a_file_arrives_part_by_part_over_a_line_that_breaks(world: World) {
    let account = world.account("acme").await.unwrap();
    let mut phone = ana(&account).await;
    let mut random = Random::new(1);
    for size in [1, MIN_CHUNK_BYTES, 300_000, MAX_CHUNK_BYTES, 2 * MAX_CHUNK_BYTES + 1] {
        let file = photo(&mut random, size);
        let ticket = tickets(&mut phone, &[&file]).await.remove(0);
        let mut from = 0;
        while from < size {
            let most = (size - from).min(MAX_CHUNK_BYTES);
            let length =
                (random.within(&(MIN_CHUNK_BYTES as u64..=MAX_CHUNK_BYTES as u64)) as usize).min(most);
            let answer = part(&world.app, &ticket, &file, from, from + length).await;
            assert_eq!(answer.status, 200, "{}", answer.json());
            let again = part(&world.app, &ticket, &file, from, from + length).await;
            assert_eq!(answer.json(), again.json(), "its answer was lost");
            from += length;
            let whole = from == size;
            let expected = json!({ "received_bytes": from, "size_bytes": size, "stored": whole });
            assert_eq!(answer.json(), expected);
            assert_eq!(answer.header("upload-offset"), from.to_string());
            assert_eq!(received(&world.app, &ticket).await, expected);
            let held = HeldFile { hash: hash(&file), size_bytes: size as i64 };
            match phone.announce(None, vec![held]).await.unwrap().files.remove(0) {
                FileAnswer::Stored { .. } => assert!(whole),
                FileAnswer::Wanted { ticket: same, received_bytes, .. } => {
                    assert_eq!((received_bytes, same), (from as i64, ticket.clone()));
                }
                FileAnswer::Unknown { .. } | FileAnswer::Later => panic!("an entry mentions it"),
            }
        }
        let read = stored(&account, &file).await;
        assert!(read.body == file && read.header("content-type") == "image/jpeg");
        assert_eq!(parts(&world, &account), 0);
    }
}

/// The answer as a phone's transport hands it over.
fn as_received(answer: &Answer) -> HttpAnswer {
    HttpAnswer {
        status: answer.status.as_u16(),
        content_type: Some(answer.header("content-type").to_owned()),
        retry_after_s: None,
        body: answer.body.clone(),
    }
}

async fn a_part_that_does_not_follow_is_told_where_to_go_on(world: World) {
    let account = world.account("acme").await.unwrap();
    let mut phone = ana(&account).await;
    let file = photo(&mut Random::new(2), 200_000);
    let ticket = tickets(&mut phone, &[&file]).await.remove(0);
    let app = &world.app;
    let conflict = async |from, until, expected: i64| {
        let answer = part(app, &ticket, &file, from, until).await;
        let json = answer.json();
        assert_eq!((answer.status.as_u16(), &json["code"]), (409, &json!("upload_out_of_order")), "{json}");
        assert_eq!(json["parameters"]["received_bytes"], expected.to_string());
        assert_eq!(read_upload(&as_received(&answer)), Ok(Some(expected)), "the phone goes on from there");
    };
    conflict(50_000, 100_000, 0).await;
    assert_eq!(part(app, &ticket, &file, 0, 50_000).await.status, 200);
    conflict(60_000, 100_000, 50_000).await;
    conflict(40_000, 100_000, 50_000).await;
    for (range, bytes, status, code) in [
        ("bytes 50000-99999/200001", 50_000, 416, "range_not_satisfiable"),
        ("bytes 50000-250000/200000", 150_000, 416, "range_not_satisfiable"),
        ("bytes */200000", 0, 416, "range_not_satisfiable"),
        ("bytes 50000-50009/200000", 10, 422, "validation_failed"),
        ("bytes 50000-99999/200000", 49_999, 400, "body_incomplete"),
        ("bytes 50000-99999/200000", 50_001, 413, "payload_too_large"),
    ] {
        let answer = put(app, &ticket, Some(range), &vec![0; bytes]).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (status, &json!(code)), "{range}");
    }
    assert_eq!(received(app, &ticket).await["received_bytes"], 50_000);
    let head = Client::new(app, None).call(Method::HEAD, &format!("/v1/uploads/{ticket}"), &[], None).await;
    assert_eq!(head.unwrap().header("upload-offset"), "50000");
    // The platform's own uploader sends it whole, whatever is there.
    assert_eq!(put(app, &ticket, None, &file).await.json()["stored"], true);
    assert_eq!((parts(&world, &account), stored(&account, &file).await.status.as_u16()), (0, 200));
}

async fn parts_of_another_file_are_forgotten_and_the_file_can_be_sent_again(world: World) {
    let account = world.account("acme").await.unwrap();
    let mut phone = ana(&account).await;
    let file = photo(&mut Random::new(3), 100_000);
    let other = photo(&mut Random::new(4), 100_000);
    let ticket = tickets(&mut phone, &[&file]).await.remove(0);
    let app = &world.app;
    for wrong in [other.clone(), [&file[..50_000], &other[50_000..]].concat()] {
        assert_eq!(part(app, &ticket, &wrong, 0, 50_000).await.status, 200);
        let answer = part(app, &ticket, &wrong, 50_000, 100_000).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["faults"][0]["code"]),
            (422, &json!("other_content"))
        );
        assert_eq!(
            (received(app, &ticket).await["received_bytes"].as_i64(), parts(&world, &account)),
            (Some(0), 0)
        );
    }
    let longer = [&file[..], b"x"].concat();
    assert_eq!(put(app, &ticket, None, &longer).await.status, 413);
    assert_eq!(put(app, &ticket, None, &file[1..]).await.status, 422);
    assert_eq!(stored(&account, &file).await.status, 404);
    // Parts that a restore does not have are sent again.
    assert_eq!(part(app, &ticket, &file, 0, 50_000).await.status, 200);
    let folder = world.folder.path().join("files").join(account.id.to_string()).join("parts");
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(part(app, &ticket, &file, 50_000, 100_000).await.status, 409);
    assert_eq!(part(app, &ticket, &file, 0, 50_000).await.status, 200);
    assert_eq!(part(app, &ticket, &file, 50_000, 100_000).await.json()["stored"], true);
    assert_eq!(stored(&account, &file).await.body, file);
}

async fn what_is_no_ticket_or_is_over_opens_nothing(world: World) {
    let (account, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let mut phone = ana(&account).await;
    let file = photo(&mut Random::new(5), 1000);
    let ticket = tickets(&mut phone, &[&file]).await.remove(0);
    let read = Ticket::parse(&ticket, &world.app.secrets).unwrap();
    let over = Ticket { expires_us: world.app.environment.now_us() - 1, ..read };
    let moved = Ticket { account: other.id, ..read };
    let mut forged = ticket.clone().into_bytes();
    forged[10] ^= 1;
    for (text, status) in [
        (String::from_utf8(forged).unwrap(), 404),
        ("x".to_owned(), 404),
        (ticket[..ticket.len() - 1].to_owned(), 404),
        ("A".repeat(5000), 404),
        ("%00".to_owned(), 404),
        (over.format(&world.app.secrets), 410),
        // Even one that we signed says nothing of another account's phone.
        (moved.format(&world.app.secrets), 404),
    ] {
        let answer = put(&world.app, &text, None, &file).await;
        assert_eq!(answer.status.as_u16(), status, "{text}");
        assert_eq!(received(&world.app, &text).await["status"], status, "{text}");
    }
    assert_eq!(stored(&account, &file).await.status, 404);
    assert_eq!(put(&world.app, &ticket, None, &file).await.json()["stored"], true);
    assert_eq!(stored(&other, &file).await.status, 404);
}

async fn a_phone_that_was_revoked_may_send_and_a_stolen_one_may_not(world: World) {
    let account = world.account("acme").await.unwrap();
    let mut phone = ana(&account).await;
    let (one, two) = (photo(&mut Random::new(6), 1000), photo(&mut Random::new(7), 1000));
    let tickets = tickets(&mut phone, &[&one, &two]).await;
    let allowed = account.operator().allow::<ManageInstallations>().unwrap();
    let which = Ref::Id(phone.installation);
    installation::end(&world.app, &allowed, &which, InstallationState::Revoked).await.unwrap();
    assert_eq!(put(&world.app, &tickets[0], None, &one).await.json()["stored"], true);
    assert_eq!(phone.announce(None, vec![]).await.unwrap().files, []);
    installation::end(&world.app, &allowed, &which, InstallationState::Stolen).await.unwrap();
    let refused = put(&world.app, &tickets[1], None, &two).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (403, &json!("stolen")));
}

async fn every_file_that_a_phone_asks_about_has_an_answer(world: World) {
    let account = world.account("acme").await.unwrap();
    let mut phone = ana(&account).await;
    let (one, two) = (photo(&mut Random::new(8), 10), photo(&mut Random::new(9), 20));
    let tickets = tickets(&mut phone, &[&one, &two]).await;
    put(&world.app, &tickets[0], None, &one).await;
    let file = |hash: &str, size_bytes| HeldFile { hash: hash.to_owned(), size_bytes };
    let too_large = world.app.limits.file_bytes as i64 + 1;
    let asked = vec![
        file(&hash(b"nothing"), 7),
        file(&hash(&two), 20),
        file("no hash", 1),
        file("", 1),
        file(&hash(&one), 10),
        file(&hash(&two), 0),
        file(&hash(&two), -1),
        file(&hash(&two), too_large),
        file(&hash(&two).to_uppercase(), 20),
        file(&hash(&two), i64::MAX),
    ];
    let answers = phone.announce(None, asked).await.unwrap().files;
    let state = |answer: &FileAnswer| match answer {
        FileAnswer::Stored { .. } => 's',
        FileAnswer::Wanted { .. } => 'w',
        FileAnswer::Unknown { .. } => 'u',
        FileAnswer::Later => panic!("this release names its states"),
    };
    assert_eq!(answers.iter().map(state).collect::<String>(), "uwuusuuuwu");
    let many = vec![file("x", 1); 201];
    let refused = phone.announce(None, many).await.unwrap_err();
    assert!(refused.to_string().contains("/files"), "{refused}");
}

async fn parts_that_nobody_ended_are_swept_when_their_ticket_is_over(world: World) {
    let account = world.account("acme").await.unwrap();
    let mut phone = ana(&account).await;
    let file = photo(&mut Random::new(10), 100_000);
    let ticket = tickets(&mut phone, &[&file]).await.remove(0);
    part(&world.app, &ticket, &file, 0, 50_000).await;
    let now_us = world.app.environment.now_us();
    for (later_us, left) in [(29 * DAY_US, 1), (32 * DAY_US, 0)] {
        assert!(!uploads::sweep::expired(&world.app, now_us + later_us).await.unwrap());
        assert_eq!(parts(&world, &account), left);
    }
    // What a crash left behind without a row
    part(&world.app, &ticket, &file, 0, 50_000).await;
    let mut tx = world.app.db.begin().await.unwrap();
    tx.execute("delete from upload where account = $1", (account.id,)).await.unwrap();
    tx.commit().await.unwrap();
    for (later_us, left) in [(32 * DAY_US, 1), (34 * DAY_US, 0)] {
        uploads::sweep::forgotten(&world.app, account.id, now_us + later_us).await.unwrap();
        assert_eq!(parts(&world, &account), left);
    }
}

async fn two_replicas_take_the_parts_of_one_file(world: World) {
    let account = world.account("acme").await.unwrap();
    let other = world.replica().await.unwrap();
    let mut phone = ana(&account).await;
    for seed in 20..26 {
        let file = photo(&mut Random::new(seed), 90_000);
        let ticket = tickets(&mut phone, &[&file]).await.remove(0);
        for (from, until) in [(0, 30_000), (30_000, 60_000), (60_000, 90_000)] {
            let (one, two) = tokio::join!(
                part(&world.app, &ticket, &file, from, until),
                part(&other, &ticket, &file, from, until)
            );
            assert_eq!(
                (one.status.as_u16(), two.status.as_u16()),
                (200, 200),
                "{} {}",
                one.json(),
                two.json()
            );
        }
        assert_eq!(stored(&account, &file).await.body, file);
    }
    assert_eq!(parts(&world, &account), 0);
}

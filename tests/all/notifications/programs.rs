//! Documents as customers' programs take them apart: by position, by epoch, by attachment. Each program here reads as one
//! that was seen: it knows no schema, and stores a wrong row where an element stands elsewhere.

use axum::{body::Body, http::Request};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use campo_soap::xml::{Element, Strictness, read};
use campo_tests::{on_both, receiver::Behaviour, world::World};
use serde_json::json;

use super::{Sending, Stage, done};

on_both! {
    a_form_with_table_place_and_photos_reaches_programs_that_know_no_schema,
}

const PHOTOS: [&[u8]; 2] = [b"\xFF\xD8\xFFbefore\xFF\xD9", b"\xFF\xD8\xFFafter, somewhat longer\xFF\xD9"];

/// The rows of a program that reads forms by position: id and value, `id[row].id` and value within tables.
fn by_position(form: &Element) -> (String, Vec<(String, String)>) {
    let code = form.children[0].text.clone();
    let mut rows = Vec::new();
    let fields = form.children.last().unwrap();
    for field in &fields.children {
        let (id, content) = (&field.children[0].text, &field.children[1]);
        if content.children.is_empty() {
            rows.push((id.clone(), content.text.clone()));
            continue;
        }
        for (number, row) in content.children.iter().enumerate() {
            for cell in &row.children {
                let (cell, value) = (&cell.children[0].text, &cell.children[1].text);
                rows.push((format!("{id}[{number}].{cell}"), value.clone()));
            }
        }
    }
    (code, rows)
}

/// The instant of a program that takes milliseconds, and that of one that takes 14 digits in the zone of its office.
fn by_epoch(root: &Element, prefix: &str) -> (jiff::Timestamp, jiff::Timestamp) {
    let epoch = root.child_text(&format!("{prefix}DateFromEpoch")).unwrap();
    assert_eq!(epoch.len(), 13, "{epoch}");
    let digits = root.child_text(&format!("{prefix}Date")).unwrap();
    let local = jiff::civil::DateTime::strptime("%d%m%Y%H%M%S", digits).unwrap();
    let zoned = local.in_tz("America/Lima").unwrap();
    (jiff::Timestamp::from_millisecond(epoch.parse().unwrap()).unwrap(), zoned.timestamp())
}

/// The pictures of a program that stores one row per entry with its files: the field and the bytes of each.
fn by_attachment(root: &Element) -> Vec<(String, String, Vec<u8>)> {
    let files = root.child("Files").unwrap();
    files
        .children
        .iter()
        .map(|file| {
            let text = |name: &str| file.child_text(name).unwrap().to_owned();
            let (guid, name) = (text("Guid"), text("Filename"));
            let counter = name.strip_prefix(&format!("{guid}_")).and_then(|rest| rest.strip_suffix(".jpg"));
            assert!(counter.is_some_and(|counter| counter.parse::<u8>().is_ok()), "{name}");
            (text("Id"), name, STANDARD.decode(text("Data")).unwrap())
        })
        .collect()
}

async fn a_form_with_table_place_and_photos_reaches_programs_that_know_no_schema(world: World) {
    let mut stage = Stage::new(world).await;
    stage.receiver.behave(&Behaviour { answer: Some("_OK_".to_owned()), ..Behaviour::status(200) }).unwrap();
    let channel = json!({
        "code": "old", "name": "Old", "url": stage.receiver.url(), "form_field": "RequestString",
        "document": { "kind": "office_track", "zone": "America/Lima" },
        "acknowledgement": { "kind": "text", "text": "_OK_" }
    });
    done(&stage.office.post("/v1/channels", &channel).await.unwrap(), 201);
    let form = stage.account.form("VISITA").await.unwrap();
    let task = stage.task().await;
    let mut mentions = Vec::new();
    for (bytes, field) in PHOTOS.into_iter().zip(["antes", "despues"]) {
        let upload = Request::post("/v1/files").header("content-type", "image/jpeg");
        let stored = stage.office.send(upload.body(Body::from(bytes)).unwrap()).await.unwrap();
        let hash = stored.json()["hash"].clone();
        mentions.push(
            json!({ "hash": hash, "size_bytes": bytes.len(), "media_type": "image/jpeg", "field": field }),
        );
    }
    let body = json!({ "form": form, "version": 1, "answers": [
        { "field": "nota", "value": "Válvula < 3\" & sin fuga" },
        { "field": "vacio" },
        { "field": "lugar", "value": "-12.046374,-77.042793" },
        { "field": "partes", "values": ["cable", "caja"], "texts": ["Cable", "Caja"] },
        { "field": "repuestos", "rows": [
            [{ "field": "parte", "value": "cable" }, { "field": "cantidad", "value": "2" }],
            [{ "field": "parte", "value": "caja" }, { "field": "cantidad", "value": "" }]
        ] }
    ] });
    let more = format!(r#","task":"{task}","body":{body},"files":{}"#, json!(mentions));
    let line = stage.phone.line("form", &more);
    let receipt = stage.phone.send(&[line]).await.unwrap().receipts.remove(0);
    let sending = Sending::start(&stage.world, 7).await;
    let document = sending
        .until("the document", async || {
            let journal = stage.receiver.journal()?;
            Ok(journal.into_iter().find(|request| request.body.starts_with("RequestString=")))
        })
        .await;
    let sent: Vec<(String, String)> = serde_html_form::from_str(&document.body).unwrap();
    let root = read(&sent[0].1, Strictness::Strict).unwrap();
    assert_eq!(
        (root.child_text("EntryType"), root.child_text("EntryGuid")),
        (Some("33"), Some(&*receipt.id.to_string()))
    );

    let (code, rows) = by_position(root.child("Form").unwrap());
    assert_eq!(code, "VISITA");
    let expected = [
        ("nota", "Válvula < 3\" & sin fuga"),
        ("vacio", ""),
        ("lugar", "-12.046374,-77.042793"),
        ("partes", "cable;caja"),
        ("repuestos[0].parte", "cable"),
        ("repuestos[0].cantidad", "2"),
        ("repuestos[1].parte", "caja"),
        ("repuestos[1].cantidad", ""),
    ];
    assert_eq!(rows, expected.map(|(id, value)| (id.to_owned(), value.to_owned())));

    for prefix in ["Event", "Entry"] {
        let (epoch, local) = by_epoch(&root, prefix);
        assert_eq!(epoch.as_second(), local.as_second(), "{prefix}");
    }
    let (event, entry) = (by_epoch(&root, "Event").0, by_epoch(&root, "Entry").0);
    let age: i64 = root.child_text("EntryDateAge").unwrap().parse().unwrap();
    assert_eq!(event.as_second() - entry.as_second(), age);

    let files = by_attachment(&root);
    assert_eq!(files.len(), PHOTOS.len());
    for ((field, name, bytes), (expected, number)) in files.into_iter().zip([("antes", 1), ("despues", 2)]) {
        assert_eq!((field.as_str(), bytes.as_slice()), (expected, PHOTOS[number - 1]));
        assert!(name.ends_with(&format!("_{number}.jpg")), "{name}");
    }
}

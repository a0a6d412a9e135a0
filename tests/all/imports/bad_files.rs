//! Files that cannot be imported: each says why, and costs nobody else anything.

use campo_tests::{on_both, world::World};
use serde_json::json;

use super::{Desk, TAREAS, TAREAS_TEMPLATE, counts, many, simple};

on_both! {
    whatever_is_wrong_with_a_file_is_said_and_nothing_of_it_is_imported,
    what_cannot_be_begun_is_refused_at_once,
}

async fn whatever_is_wrong_with_a_file_is_said_and_nothing_of_it_is_imported(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(serde_json::from_str(TAREAS_TEMPLATE).unwrap()).await;
    let mut other_sheet: serde_json::Value = serde_json::from_str(TAREAS_TEMPLATE).unwrap();
    other_sheet["code"] = json!("otra-hoja");
    other_sheet["sheet"] = json!("Enero");
    desk.template(other_sheet).await;
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encrypted = [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &[0; 600], &name].concat();
    let many_columns = format!("{}\n{}\n", "a;".repeat(300), "b;".repeat(300));
    let broken_rows = format!("Nº de tarea;Cliente\n{}", "x;y\n".repeat(600));
    for (template, file, bytes, code, parameter) in [
        ("tareas-diarias", "cortada.xlsx", &TAREAS[..TAREAS.len() / 2], "file_damaged", ""),
        ("tareas-diarias", "casi.xlsx", &TAREAS[..TAREAS.len() - 30], "file_damaged", ""),
        ("tareas-diarias", "factura.xlsx", &b"%PDF-1.7"[..], "not_a_spreadsheet", "found"),
        ("tareas-diarias", "secreta.xlsx", &encrypted[..], "file_password_protected", ""),
        ("tareas-diarias", "blanca.csv", &b"\n \n"[..], "file_empty", ""),
        ("tareas-diarias", "titulos.csv", "Nº de tarea;Cliente\n".as_bytes(), "no_rows", "row"),
        ("tareas-diarias", "ancha.csv", many_columns.as_bytes(), "spreadsheet_too_large", "what"),
        ("tareas-diarias", "faltan.csv", broken_rows.as_bytes(), "headings_missing", "headings"),
        ("otra-hoja", "tareas.xlsx", TAREAS, "sheet_missing", "sheet"),
    ] {
        let run = desk.import(template, file, bytes).await;
        assert_eq!(
            (&run["state"], &run["problem"]["code"]),
            (&json!("failed"), &json!(code)),
            "{file}: {run}"
        );
        assert_eq!(run["problem"]["parameters"]["file"], file);
        assert!(parameter.is_empty() || run["problem"]["parameters"][parameter].is_string(), "{run}");
        assert_eq!(counts(&run), [0; 4]);
        let rows = desk.get(&format!("/v1/imports/{}/rows", run["id"].as_str().unwrap())).await;
        assert_eq!(rows["items"], json!([]), "{file}");
    }
    assert_eq!(desk.tasks_and_entries().await, (0, 0));
    // Whoever sends a failed file again gets another try, and others are not held up
    let run = desk.import("tareas-diarias", "factura.xlsx", b"%PDF-1.7").await;
    assert_eq!(run["state"], "failed");
    let other = Desk::of(&world.account("other").await.unwrap()).await;
    other.template(simple()).await;
    assert_eq!(counts(&other.import("simple", "a.csv", &many(2)).await), [2, 0, 0, 0]);
}

async fn what_cannot_be_begun_is_refused_at_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let large = vec![b'a'; 20 * 1024 * 1024 + 1];
    let named = format!("/v1/imports?template=code:simple&file_name={}", "x".repeat(201));
    for (path, bytes, status, code) in [
        ("/v1/imports", &b"a"[..], 422, "validation_failed"),
        ("/v1/imports?template=code:none", &b"a"[..], 422, "validation_failed"),
        ("/v1/imports?template=code:simple&again=maybe", &b"a"[..], 422, "validation_failed"),
        (named.as_str(), &b"a"[..], 422, "validation_failed"),
        ("/v1/imports?template=code:simple", &b""[..], 422, "file_empty"),
        ("/v1/imports?template=code:simple", &large[..], 413, "payload_too_large"),
        ("/v1/imports/preview", &large[..], 413, "payload_too_large"),
        ("/v1/imports/preview?makes=cars", &b"a"[..], 422, "validation_failed"),
    ] {
        let answer = desk.send(path, bytes).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (status, &json!(code)), "{path}");
    }
    assert_eq!(desk.get("/v1/imports").await["items"], json!([]));
}

//! The sample spreadsheet, from LibreOffice to phones.

use campo_tests::{
    on_both,
    world::{Account, World},
};
use serde_json::{Value, json};

use super::{Desk, TAREAS, TAREAS_TEMPLATE, counts};
use crate::tasks::{Office, assert_has};

on_both! {
    a_spreadsheet_of_libreoffice_becomes_tasks_on_phones,
    every_format_of_the_same_table_says_the_same,
    a_file_is_imported_once,
    a_preview_shows_what_a_file_would_become_and_imports_nothing,
    points_of_interest_come_from_text_of_any_encoding,
    a_task_brings_and_changes_its_point_of_interest,
}

/// The technicians of the sample.
async fn technicians(account: &Account) -> Vec<uuid::Uuid> {
    let mut ids = Vec::new();
    for number in ["ZZ1001", "ZZ1002", "ZZ1003", "ZZ1004"] {
        ids.push(account.employee(number).await.unwrap());
    }
    ids
}

async fn desk(account: &Account) -> Desk {
    let desk = Desk::of(account).await;
    desk.template(serde_json::from_str(TAREAS_TEMPLATE).unwrap()).await;
    desk
}

async fn a_spreadsheet_of_libreoffice_becomes_tasks_on_phones(world: World) {
    let account = world.account("acme").await.unwrap();
    let technicians = technicians(&account).await;
    let desk = desk(&account).await;
    let run = desk.import("tareas-diarias", "tareas.xlsx", TAREAS).await;
    assert_has(&run, &json!({ "state": "done", "rows": 42, "sheet": "Tareas", "file_name": "tareas.xlsx" }));
    assert_eq!(counts(&run), [40, 0, 0, 2], "{run}");

    let task = desk.get("/v1/tasks/number:1").await;
    assert_has(
        &task,
        &json!({
            "external_number": "00001", "customer_name": "Peña Núñez, María", "phone1": "014450000",
            "priority": "high", "start": { "local": "2030-01-15T08:00:00", "zone": "America/Lima" },
            "duration_minutes": 30.0, "notes": "Llamar antes de ir & tocar el timbre",
        }),
    );
    assert_eq!(
        task["location"],
        json!({ "latitude": -12.046_374, "longitude": -77.042_793, "address": "Av. Arequipa 100" })
    );
    let poi = desk.get("/v1/pois/number:C-0100").await;
    assert_eq!(poi["name"], "Peña Núñez, María");
    assert_eq!(task["poi"], poi["id"]);
    let office = Office::of(&account).await;
    assert_eq!(office.held("task", technicians[0]).await.len(), 10);

    let refused = desk.rows(&run, "refused").await;
    let faults: Vec<&Value> = refused.iter().map(|row| &row["faults"][0]).collect();
    assert_has(
        faults[0],
        &json!({
            "sheet": "Tareas", "row": 43, "column": "G", "heading": "Técnico", "field": "employee",
            "code": "unknown_reference", "found": "ZZ9999",
        }),
    );
    assert_has(faults[1], &json!({ "row": 44, "column": "E", "heading": "Latitud", "code": "out_of_range" }));
    let created = desk.rows(&run, "created").await;
    assert_eq!((created.len(), &created[0]["task"]), (40, &task["id"]));
    assert_eq!(created[0]["cells"][0], "00001");

    let (author,): (String,) = account
        .app
        .db
        .fetch_one(
            "select distinct author from entry where account = $1 and kind = 'task.created'",
            (account.id,),
        )
        .await
        .unwrap();
    assert_eq!(author, "key");
    let id = run["id"].as_str().unwrap();
    let answer = desk
        .call(
            axum::http::Method::GET,
            &format!("/v1/imports/{id}/outcomes.csv"),
            &[("accept-language", "es")],
            None,
        )
        .await;
    let text = String::from_utf8(answer.body).unwrap();
    assert_eq!(text.lines().count(), 43);
    let book =
        desk.call(axum::http::Method::GET, &format!("/v1/imports/{id}/outcomes.xlsx"), &[], None).await;
    let mut rows = Vec::new();
    campo_spreadsheets::read(&book.body, &campo_spreadsheets::Options::default(), &mut |row| {
        rows.push(row);
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!((rows.len(), rows[1].cells[1].shown()), (43, "00001".to_owned()));
    let last = text.lines().last().unwrap();
    assert!(last.starts_with("44,00042,") && last.contains("Rechazada,"), "{last}");
}

async fn every_format_of_the_same_table_says_the_same(world: World) {
    let account = world.account("acme").await.unwrap();
    technicians(&account).await;
    let desk = desk(&account).await;
    desk.import("tareas-diarias", "tareas.xlsx", TAREAS).await;
    let ods = desk.import("tareas-diarias", "tareas.ods", include_bytes!("../../samples/tareas.ods")).await;
    assert_eq!((counts(&ods), &ods["state"]), ([0, 0, 40, 2], &json!("done")), "{ods}");
    // What number formats show is not known of an xls: the number is 1 there, and 00001 may be another order
    let xls = desk.import("tareas-diarias", "tareas.xls", include_bytes!("../../samples/tareas.xls")).await;
    assert_eq!(counts(&xls)[0], 0, "{xls}");
    assert_eq!(desk.get("/v1/tasks/number:1").await["external_number"], "00001");
    assert_eq!(desk.tasks_and_entries().await, (40, 40));
}

async fn a_file_is_imported_once(world: World) {
    let account = world.account("acme").await.unwrap();
    technicians(&account).await;
    let desk = desk(&account).await;
    let run = desk.import("tareas-diarias", "tareas.xlsx", TAREAS).await;
    let path = "/v1/imports?template=code:tareas-diarias";
    let repeated = desk.send(path, TAREAS).await;
    assert_eq!(repeated.status, 200);
    assert_eq!((&repeated.json()["repeated"], &repeated.json()["id"]), (&json!(true), &run["id"]));
    let again = desk.send(&format!("{path}&again=true"), TAREAS).await;
    assert_eq!((again.status.as_u16(), &again.json()["repeated"]), (202, &json!(false)));
    campo_server::jobs::work_off(&account.app, campo_server::capabilities::JOBS).await.unwrap();
    let run = desk.get(again.header("location")).await;
    assert_eq!(counts(&run), [0, 0, 40, 2], "{run}");
    assert_eq!(desk.get("/v1/imports").await["items"].as_array().unwrap().len(), 2);
}

async fn a_preview_shows_what_a_file_would_become_and_imports_nothing(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = desk(&account).await;
    let suggested = desk.send("/v1/imports/preview", TAREAS).await.json();
    assert_has(
        &suggested,
        &json!({ "kind": "xlsx", "sheet": "Tareas", "sheets": ["Tareas"], "heading_row": 1 }),
    );
    let fields: Vec<&Value> =
        suggested["headings"].as_array().unwrap().iter().map(|one| &one["field"]).collect();
    assert_eq!(
        json!(fields),
        json!([
            "external_number",
            "poi",
            "customer_name",
            "address",
            "latitude",
            "longitude",
            "employee",
            "start_date",
            "start_time",
            "duration_minutes",
            "description",
            "phone1",
            "priority",
            "notes"
        ])
    );
    assert_eq!(suggested["rows"].as_array().unwrap().len(), 20);
    assert_eq!(suggested["rows"][0]["document"]["external_number"], "00001");
    let by_template = desk.send("/v1/imports/preview?template=code:tareas-diarias", TAREAS).await.json();
    assert_eq!(by_template["rows"][0]["document"], suggested["rows"][0]["document"]);
    let wrong = desk.send("/v1/imports/preview?file_name=a.xlsx", b"%PDF-1.7").await;
    assert_eq!((wrong.status.as_u16(), &wrong.json()["code"]), (422, &json!("not_a_spreadsheet")));
    assert_eq!(desk.get("/v1/imports").await["items"], json!([]));
    assert_eq!(desk.tasks_and_entries().await, (0, 0));
}

async fn points_of_interest_come_from_text_of_any_encoding(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(json!({
        "code": "clientes", "name": "Clientes", "makes": "pois", "key": "number",
        "columns": [
            { "heading": "Código", "field": "number" }, { "heading": "Nombre", "field": "name" },
            { "heading": "Latitud", "field": "latitude" }, { "heading": "Longitud", "field": "longitude" },
            { "heading": "Dirección", "field": "street" },
        ],
    }))
    .await;
    let text = "Código;Nombre;Latitud;Longitud;Dirección\n0042;Ñandú S.A.;-12,05;-77,05;Jr. Ñuñoa 5\n\
                0043;Otro;;;\n0042;Ñandú S.A.C.;;;\n;Sin código;;;\n0044;;;;\n0045;Mitad;-12;;\n";
    let windows: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let run = desk.import("clientes", "clientes.csv", &windows).await;
    assert_eq!(counts(&run), [2, 1, 0, 3], "{run}");
    let poi = desk.get("/v1/pois/number:0042").await;
    assert_eq!((&poi["name"], &poi["address"]["street"]), (&json!("Ñandú S.A.C."), &json!("Jr. Ñuñoa 5")));
    assert_eq!(poi["place"], json!({ "latitude": -12.05, "longitude": -77.05 }));
    let refused = desk.rows(&run, "refused").await;
    let named: Vec<_> = refused
        .iter()
        .map(|row| {
            (
                row["row"].as_i64().unwrap(),
                row["faults"][0]["column"].as_str().unwrap(),
                row["faults"][0]["code"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(named, [(5, "A", "required"), (6, "B", "required"), (7, "D", "required")]);
}

async fn a_task_brings_and_changes_its_point_of_interest(world: World) {
    let account = world.account("acme").await.unwrap();
    account.employee("ZZ1").await.unwrap();
    account.poi("C-1").await.unwrap();
    let desk = Desk::of(&account).await;
    let mut template = json!({
        "code": "ordenes", "name": "Órdenes", "makes": "tasks",
        "columns": [
            { "letter": "A", "field": "task_number" }, { "letter": "B", "field": "poi.number" },
            { "letter": "C", "field": "poi.name" }, { "letter": "D", "field": "employee" },
        ],
    });
    desk.template(template.clone()).await;
    let file = b"n,c,m,t\n1,C-1,Nuevo nombre,ZZ1\n2,C-2,Desconocido,ZZ1\n";
    let run = desk.import("ordenes", "ordenes.csv", file).await;
    assert_eq!(counts(&run), [1, 0, 0, 1], "{run}");
    assert_eq!(desk.get("/v1/pois/number:C-1").await["name"], "Nuevo nombre");
    assert_has(
        &desk.rows(&run, "refused").await[0]["faults"][0],
        &json!({ "column": "B", "code": "unknown_reference", "field": "poi.number" }),
    );
    template["code"] = json!("crea");
    template["unknown_poi"] = json!("create");
    desk.template(template).await;
    let run = desk.import("crea", "ordenes.csv", file).await;
    assert_eq!(counts(&run), [1, 0, 1, 0], "{run}");
    assert_eq!(desk.get("/v1/pois/number:C-2").await["name"], "Desconocido");
}

//! Drafts: a file is uploaded once, mapped, tried without effects, started, and saved as a template.

use axum::{
    body::Body,
    http::{Method, Request},
};
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{Desk, TAREAS, counts, many, simple};
use crate::tasks::assert_has;

on_both! {
    a_draft_becomes_an_import_without_being_sent_twice,
    a_file_comes_in_parts_and_as_a_form,
    what_a_column_leaves_open_is_asked_and_an_answer_counts,
    a_preview_says_what_the_import_then_does_and_changes_nothing,
    the_same_file_with_other_options_is_another_import,
    a_template_that_nearly_fits_says_what_differs_and_fits_itself,
    headings_are_proposed_as_this_company_mapped_them,
}

async fn draft(desk: &Desk, name: &str, bytes: &[u8]) -> Value {
    let answer = desk.send(&format!("/v1/imports/drafts?file_name={name}"), bytes).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()
}

fn path(draft: &Value) -> String {
    format!("/v1/imports/drafts/{}", draft["id"].as_str().unwrap())
}

async fn patch(desk: &Desk, draft: &Value, change: Value) -> Value {
    let version = format!("\"{}\"", draft["version"]);
    let headers = [("if-match", version.as_str())];
    let answer = desk.call(Method::PATCH, &path(draft), &headers, Some(&change)).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

async fn post(desk: &Desk, path: &str, body: Value, status: u16) -> Value {
    let answer = desk.call(Method::POST, path, &[], Some(&body)).await;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.json());
    answer.json()
}

async fn preview(desk: &Desk, draft: &Value) -> Value {
    post(desk, &format!("{}/preview", path(draft)), json!({}), 202).await;
    desk.work_off().await;
    desk.get(&format!("{}/preview", path(draft))).await
}

async fn a_draft_becomes_an_import_without_being_sent_twice(world: World) {
    let account = world.account("acme").await.unwrap();
    for number in ["ZZ1001", "ZZ1002", "ZZ1003", "ZZ1004"] {
        account.employee(number).await.unwrap();
    }
    let desk = Desk::of(&account).await;
    let mut draft = draft(&desk, "tareas.xlsx", TAREAS).await;
    assert_has(
        &draft,
        &json!({ "state": "ready", "kind": "xlsx", "rows": 42, "can_start": true, "makes": "tasks" }),
    );
    assert_eq!(draft["reading"]["heading_row"], json!({ "value": 1, "found": true }));
    let column = &draft["columns"][0];
    assert_eq!((&column["letter"], &column["mapped"][0]["field"]), (&json!("A"), &json!("external_number")));
    assert_eq!(column["samples"][0], "00001");
    draft =
        patch(&desk, &draft, json!({ "options": { "unknown_poi": "create" }, "columns": { "N": [] } })).await;
    assert_eq!(draft["columns"][13]["mapped"], json!([]));
    let started = post(&desk, &format!("{}/start", path(&draft)), json!({}), 202).await;
    desk.work_off().await;
    let run = desk.get(&format!("/v1/imports/{}", started["id"].as_str().unwrap())).await;
    assert_eq!((counts(&run), &run["file_name"]), ([40, 0, 0, 2], &json!("tareas.xlsx")), "{run}");
    let over = desk.get(&path(&draft)).await;
    assert_eq!((&over["state"], &over["run"]), (&json!("started"), &run["id"]));
    let answer = desk.call(Method::POST, &format!("{}/start", path(&draft)), &[], Some(&json!({}))).await;
    assert_eq!(answer.status, 409);
    let saved = json!({ "code": "tareas", "name": "Tareas" });
    let template = post(&desk, &format!("{}/template", path(&draft)), saved, 201).await;
    assert_has(&template["columns"][0], &json!({ "heading": "Nº de tarea", "field": "external_number" }));
    assert_eq!(counts(&desk.import("tareas", "tareas.xlsx", TAREAS).await), [0, 0, 40, 2]);
    assert_eq!(desk.call(Method::DELETE, &path(&draft), &[], None).await.status, 204);
    assert_eq!(desk.call(Method::GET, &path(&draft), &[], None).await.status, 404);
}

async fn a_file_comes_in_parts_and_as_a_form(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let announced = json!({ "file_name": "tareas.xlsx", "size_bytes": TAREAS.len() });
    let begun = post(&desk, "/v1/imports/drafts", announced, 201).await;
    assert_eq!(begun["state"], "uploading");
    let (half, size) = (TAREAS.len() / 2, TAREAS.len());
    let put = async |first: usize, end: usize| {
        let request = Request::put(format!("{}/content", path(&begun)))
            .header("content-range", format!("bytes {first}-{}/{size}", end - 1))
            .body(Body::from(TAREAS[first..end].to_vec()));
        desk.client.send(request.unwrap()).await.unwrap()
    };
    assert_eq!(put(half, size).await.status, 409, "it does not follow");
    assert_eq!(put(0, half).await.json()["file"]["received_bytes"], json!(half));
    assert_eq!(put(0, half).await.status, 200, "a part that is there is taken again");
    let whole = put(half, size).await.json();
    assert_has(&whole, &json!({ "state": "ready", "rows": 42 }));
    let form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"makes\"\r\n\r\npois\r\n--x\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"C:\\\\clientes.csv\"\r\n\r\n{}\r\n--x--\r\n",
        "Código;Nombre\n1;Ana\n"
    );
    let request = Request::post("/v1/imports/drafts")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::from(form));
    let answer = desk.client.send(request.unwrap()).await.unwrap();
    assert_eq!(answer.status, 201, "{}", answer.json());
    assert_eq!(answer.json()["file"]["name"], "clientes.csv");
    assert_has(&answer.json(), &json!({ "kind": "text", "rows": 1 }));
    let broken = draft(&desk, "factura.pdf", b"%PDF-1.7").await;
    assert_eq!(
        (&broken["state"], &broken["problem"]["code"]),
        (&json!("unreadable"), &json!("not_a_spreadsheet"))
    );
}

async fn what_a_column_leaves_open_is_asked_and_an_answer_counts(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let text = "Reporte\nTarea;Fecha;Descripcion\nA-1;03/04/2030;x\nA-2;05/06/2030;y\nTOTAL;2;\n";
    let mut draft = draft(&desk, "a.csv", text.as_bytes()).await;
    assert_eq!((&draft["rows"], &draft["can_start"]), (&json!(2), &json!(false)), "{draft}");
    assert_eq!(draft["left_out"][0]["why"], "row_of_totals");
    let question = &draft["questions"][0];
    assert_eq!(
        (&question["id"], &question["choices"][0]["label"]),
        (&json!("B.date_order"), &json!("3 de abril de 2030"))
    );
    let refused = desk.call(Method::POST, &format!("{}/start", path(&draft)), &[], Some(&json!({}))).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["faults"][0]["field"]),
        (422, &json!("/answers/B.date_order"))
    );
    draft = patch(&desk, &draft, json!({ "answers": { "B.date_order": "month_day_year" } })).await;
    assert_eq!((&draft["questions"], &draft["can_start"]), (&json!([]), &json!(true)));
    let run = post(&desk, &format!("{}/start", path(&draft)), json!({}), 202).await;
    desk.work_off().await;
    let run = desk.get(&format!("/v1/imports/{}", run["id"].as_str().unwrap())).await;
    let refused = desk.rows(&run, "refused").await;
    assert_eq!((&run["state"], &run["created"]), (&json!("done"), &json!(2)), "{run} {refused:?}");
    let task = desk.get("/v1/tasks/external:A-1").await;
    assert_eq!(task["start"]["local"], "2030-03-04T00:00:00");
}

async fn a_preview_says_what_the_import_then_does_and_changes_nothing(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let first = draft(&desk, "a.csv", "Tarea;Descripcion;Tecnico\nA-1;vieja;\n".as_bytes()).await;
    post(&desk, &format!("{}/start", path(&first)), json!({}), 202).await;
    desk.work_off().await;
    let text = "Tarea;Descripcion;Tecnico\nA-1;nueva;\nA-2;otra;\nA-3;x;NADIE\n";
    let draft = draft(&desk, "b.csv", text.as_bytes()).await;
    let shown = preview(&desk, &draft).await;
    assert_has(
        &shown,
        &json!({ "state": "done", "is_current": true, "created": 1, "updated": 1, "refused": 1, "rows": 3 }),
    );
    assert_eq!(
        shown["first"][0]["changes"],
        json!([{ "field": "description", "heading": "Descripcion", "before": "vieja", "after": "nueva" }])
    );
    assert_eq!((&shown["faults"][0]["column"], &shown["faults"][0]["found"]), (&json!("C"), &json!("NADIE")));
    assert_eq!(desk.tasks_and_entries().await, (1, 1), "nothing of it stays");
    assert_eq!(desk.get("/v1/tasks/external:A-1").await["description"], "vieja");
    let started = post(&desk, &format!("{}/start", path(&draft)), json!({}), 202).await;
    desk.work_off().await;
    let run = desk.get(&format!("/v1/imports/{}", started["id"].as_str().unwrap())).await;
    assert_eq!(counts(&run), [1, 1, 0, 1]);
}

async fn the_same_file_with_other_options_is_another_import(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let laid = async || {
        let answer = desk.send("/v1/imports/drafts?template=code:simple&file_name=a.csv", &many(3)).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()
    };
    let start = async |draft: &Value, status: u16| {
        let started = post(&desk, &format!("{}/start", path(draft)), json!({}), status).await;
        desk.work_off().await;
        started
    };
    let first = start(&laid().await, 202).await;
    let repeated = start(&laid().await, 200).await;
    assert_eq!((&repeated["repeated"], &repeated["id"]), (&json!(true), &first["id"]));
    let draft = patch(&desk, &laid().await, json!({ "options": { "operation": "create" } })).await;
    assert_eq!(draft["template"]["code"], "simple");
    let other = start(&draft, 202).await;
    assert_eq!(other["repeated"], false);
    let run = desk.get(&format!("/v1/imports/{}", other["id"].as_str().unwrap())).await;
    assert_eq!(counts(&run), [0, 0, 0, 3], "they are there already: {run}");
    // By each of both it was imported
    let draft = patch(&desk, &laid().await, json!({ "options": { "operation": "create" } })).await;
    assert_eq!(start(&draft, 200).await["id"], other["id"]);
    assert_eq!(start(&laid().await, 200).await["id"], first["id"]);
}

async fn a_template_that_nearly_fits_says_what_differs_and_fits_itself(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let text = "Nº de tarea;Trabajo;Notas\n7;Cambiar medidor;x\n";
    let address = "/v1/imports/drafts?template=code:simple&file_name=a.csv";
    let draft = desk.send(address, text.as_bytes()).await.json();
    assert_eq!((&draft["state"], &draft["can_start"]), (&json!("ready"), &json!(false)), "{draft}");
    assert_eq!(draft["template"]["missing"], json!(["Número"]));
    assert_has(
        &draft["template"]["differs"][0],
        &json!({ "heading": "Número", "field": "external_number", "column": "A", "found": "Nº de tarea" }),
    );
    let draft = patch(&desk, &draft, json!({ "fit": true })).await;
    assert_eq!((&draft["can_start"], &draft["template"]), (&json!(true), &json!(null)), "{draft}");
    assert_eq!(draft["columns"][0]["mapped"][0]["field"], "external_number");
    let started = post(&desk, &format!("{}/start", path(&draft)), json!({}), 202).await;
    desk.work_off().await;
    let run = desk.get(&format!("/v1/imports/{}", started["id"].as_str().unwrap())).await;
    assert_eq!(counts(&run), [1, 0, 0, 0]);
    assert_eq!(desk.get("/v1/tasks/external:7").await["description"], "Cambiar medidor");
    // What has no other name is named
    let far = desk.send(address, "Alfa;Trabajo\n7;x\n".as_bytes()).await.json();
    let version = format!("\"{}\"", far["version"]);
    let headers = [("if-match", version.as_str())];
    let refused = desk.call(Method::PATCH, &path(&far), &headers, Some(&json!({ "fit": true }))).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["faults"][0]["found"]),
        (422, &json!("Número")),
        "{}",
        refused.json()
    );
}

async fn headings_are_proposed_as_this_company_mapped_them(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let text = "Cta;Descripcion;Latitud;Longitud\nA-1;x;-77.05;-12.05\n";
    let first = draft(&desk, "a.csv", text.as_bytes()).await;
    assert_eq!(first["columns"][0]["mapped"], json!([]));
    assert_has(&first["columns"][1]["proposal"], &json!({ "field": "description", "why": "synonym" }));
    assert_has(&first["warnings"][0], &json!({ "code": "swapped_coordinates", "column": "C" }));
    let mut template = simple();
    template["columns"][0]["heading"] = json!("CTA");
    desk.template(template).await;
    let second = draft(&desk, "a.csv", text.as_bytes()).await;
    assert_has(
        &second["columns"][0]["proposal"],
        &json!({ "field": "external_number", "why": "mapped_before", "how_sure": "sure" }),
    );
    assert_eq!(second["columns"][0]["mapped"][0]["field"], "external_number");
}

//! Besides tasks and places: employees, groups, non-working days, and areas of places.

use axum::http::Method;
use campo_server::access::PermissionName;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{Desk, counts};
use crate::tasks::assert_has;

on_both! {
    groups_and_employees_come_from_the_file_of_an_office,
    a_list_of_holidays_needs_no_codes,
    places_get_areas_of_wkt_and_geojson,
    who_may_not_manage_employees_imports_none,
}

/// Uploads, starts by what was proposed, and does it; the draft and its run.
async fn import(desk: &Desk, makes: &str, text: &str) -> (Value, Value) {
    let path = format!("/v1/imports/drafts?file_name=a.csv&makes={makes}");
    let draft = desk.send(&path, text.as_bytes()).await;
    assert_eq!(draft.status, 201, "{}", draft.json());
    let draft = draft.json();
    assert_eq!(draft["makes"], makes, "what the caller said counts");
    let start = format!("/v1/imports/drafts/{}/start", draft["id"].as_str().unwrap());
    let started = desk.call(Method::POST, &start, &[], Some(&json!({}))).await;
    assert_eq!(started.status, 202, "{}", started.json());
    desk.work_off().await;
    let run = desk.get(&format!("/v1/imports/{}", started.json()["id"].as_str().unwrap())).await;
    (draft, run)
}

async fn groups_and_employees_come_from_the_file_of_an_office(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let (_, run) = import(
        &desk,
        "groups",
        "Código de grupo;Nombre del grupo;Depende de\nNORTE;Norte;\nN-1;Cuadrilla 1;NORTE\n",
    )
    .await;
    assert_eq!(counts(&run), [2, 0, 0, 0], "{:?}", desk.rows(&run, "refused").await);
    let north = desk.get("/v1/groups/code:NORTE").await;
    assert_eq!(desk.get("/v1/groups/code:N-1").await["parent"], north["id"]);
    let text = "Nº de empleado;Nombres;Apellidos;Cuadrilla;Celular\n0007;Ana;Peña;N-1;+51 999\n0008;Luis;Ríos;NADA;\n";
    let (draft, run) = import(&desk, "employees", text).await;
    assert_eq!(draft["columns"][3]["mapped"][0]["field"], "group");
    let refused = desk.rows(&run, "refused").await;
    assert_eq!(counts(&run), [1, 0, 0, 1], "{refused:?}");
    assert_has(&refused[0]["faults"][0], &json!({ "column": "D", "found": "NADA" }));
    assert_has(
        &desk.get("/v1/employees/number:0007").await,
        &json!({ "first_name": "Ana", "last_name": "Peña", "phone_number": "+51 999" }),
    );
    let undo = format!("/v1/acts/{}/undo", run["act"].as_str().unwrap());
    let undone = desk.call(Method::POST, &undo, &[], None).await.json();
    assert_eq!((&undone["removed"], &undone["stays"]), (&json!(1), &json!(0)), "{undone}");
    assert_eq!(desk.call(Method::GET, "/v1/employees/number:0007", &[], None).await.status, 404);
}

async fn a_list_of_holidays_needs_no_codes(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    account.group("SUR").await.unwrap();
    let text = "Fecha;Feriado;Grupo\n25/12/2030;Navidad;\n29/06/2030;San Pedro;SUR\n31/02/2030;x;\n";
    let (_, run) = import(&desk, "non_working_days", text).await;
    let refused = desk.rows(&run, "refused").await;
    assert_eq!(counts(&run), [2, 0, 0, 1], "{refused:?}");
    assert_eq!(refused[0]["faults"][0]["code"], "not_a_date");
    assert_has(
        &desk.get("/v1/non-working-days/code:2030-12-25").await,
        &json!({ "name": "Navidad", "from_date": "2030-12-25", "whole_company": true }),
    );
    let of_group = desk.get("/v1/non-working-days/code:2030-06-29-SUR").await;
    assert_eq!(of_group["groups"].as_array().map(Vec::len), Some(1), "{of_group}");
    let again = text.replace("Navidad", "Día de Navidad");
    let (_, run) = import(&desk, "non_working_days", &again).await;
    assert_eq!(counts(&run), [0, 1, 1, 1], "{run}");
}

async fn places_get_areas_of_wkt_and_geojson(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let geojson = r#"{""type"":""Polygon"",""coordinates"":[[[-77,-12],[-76,-12],[-76,-11],[-77,-12]]]}"#;
    let text = format!(
        "Código;Nombre;Polígono\nC-1;Uno;POLYGON((-77 -12, -76 -12, -76 -11, -77 -12))\nC-2;Dos;\"{geojson}\"\n\
         C-3;Tres;POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))\n"
    );
    let (_, run) = import(&desk, "pois", &text).await;
    let refused = desk.rows(&run, "refused").await;
    assert_eq!(counts(&run), [2, 0, 0, 1], "{refused:?}");
    assert_has(&refused[0]["faults"][0], &json!({ "column": "C", "code": "not_a_polygon" }));
    let area = desk.get("/v1/pois/number:C-1").await["polygon"].clone();
    assert_eq!(area[2], json!({ "latitude": -11.0, "longitude": -76.0 }));
    assert_eq!(desk.get("/v1/pois/number:C-2").await["polygon"], area);
}

async fn who_may_not_manage_employees_imports_none(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::with(&account, &[PermissionName::RunImports, PermissionName::ManageTasks]).await;
    let text = "Código de grupo;Nombre\nNORTE;Norte\n";
    let draft = desk.send("/v1/imports/drafts?makes=groups", text.as_bytes()).await.json();
    let start = format!("/v1/imports/drafts/{}/start", draft["id"].as_str().unwrap());
    let refused = desk.call(Method::POST, &start, &[], Some(&json!({}))).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["parameters"]["permission"]),
        (403, &json!("manage_employees"))
    );
}

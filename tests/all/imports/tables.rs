//! A spreadsheet becomes a look-up table of forms, and changes it.

use axum::http::Method;
use campo_server::access::PermissionName;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{Desk, counts};
use crate::tasks::{assert_has, faults};

on_both! {
    a_draft_asks_for_the_table_tries_and_makes_it,
    an_import_of_a_table_is_taken_back_whole,
    rows_of_several_tables_are_told_apart_and_go_when_the_file_lists_them_no_longer,
    a_row_whose_table_cannot_be_read_holds_withdrawing_back,
    items_without_names_are_named_as_their_codes_and_keep_names_that_they_have,
    wrong_rows_are_refused_by_row_column_and_what_was_found,
    who_may_not_change_definitions_imports_no_tables,
    a_table_of_fifty_thousand_rows_is_made_and_changed,
}

const CITIES: &str = "Código;Nombre;Población;Categoría\n7;Lima;10 millones;Costa\n8;Cusco;;Sierra\n";

/// A template of rows that say their table.
fn template(more: &Value) -> Value {
    let mut template = json!({
        "code": "tablas", "name": "Tablas", "makes": "catalogue_items", "key": "code",
        "columns": [
            { "heading": "Tabla", "field": "table" }, { "heading": "Código", "field": "code" },
            { "heading": "Nombre", "field": "name" },
        ],
    });
    campo_protocol::document::merge(&mut template, more);
    template
}

async fn draft(desk: &Desk, text: &str) -> (String, Value) {
    let answer = desk.send("/v1/imports/drafts?file_name=a.csv&makes=catalogue_items", text.as_bytes()).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let draft = answer.json();
    (format!("/v1/imports/drafts/{}", draft["id"].as_str().unwrap()), draft)
}

/// Says of which table the rows of a draft are.
async fn of_table(desk: &Desk, path: &str, draft: &Value, table: &str) -> Value {
    let version = format!("\"{}\"", draft["version"]);
    let patch = json!({ "constants": { "table": table } });
    let answer = desk.call(Method::PATCH, path, &[("if-match", &version)], Some(&patch)).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

async fn started(desk: &Desk, path: &str) -> Value {
    let started = desk.call(Method::POST, &format!("{path}/start"), &[], Some(&json!({}))).await;
    assert_eq!(started.status, 202, "{}", started.json());
    desk.work_off().await;
    desk.get(&format!("/v1/imports/{}", started.json()["id"].as_str().unwrap())).await
}

/// Imports a text as a table; its run.
async fn import(desk: &Desk, table: &str, text: &str) -> Value {
    let (path, begun) = draft(desk, text).await;
    of_table(desk, &path, &begun, table).await;
    started(desk, &path).await
}

async fn codes(desk: &Desk, table: &str) -> Vec<String> {
    let list = desk.get(&format!("/v1/catalogue-items?table={table}&limit=500")).await;
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

async fn a_draft_asks_for_the_table_tries_and_makes_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let (path, begun) = draft(&desk, CITIES).await;
    let fields: Vec<&Value> = (0..4).map(|index| &begun["columns"][index]["mapped"][0]["field"]).collect();
    assert_eq!(fields, ["code", "name", "custom.Población", "category"]);
    assert_eq!(begun["columns"][2]["proposal"]["why"], "own_column");
    assert_eq!((&begun["can_start"], &begun["missing"][0]["field"]), (&json!(false), &json!("table")));
    let refused = desk.call(Method::POST, &format!("{path}/start"), &[], Some(&json!({}))).await;
    assert_eq!(faults(&refused.json()), [("/constants/table", "required")]);
    let patched = of_table(&desk, &path, &begun, "cities").await;
    assert_eq!((&patched["can_start"], &patched["missing"]), (&json!(true), &json!([])), "{patched}");
    let begun = desk.call(Method::POST, &format!("{path}/preview"), &[], Some(&json!({}))).await;
    assert_eq!(begun.status, 202, "{}", begun.json());
    desk.work_off().await;
    let preview = desk.get(&format!("{path}/preview")).await;
    assert_eq!((&preview["state"], counts(&preview)), (&json!("done"), [2, 0, 0, 0]), "{preview}");
    assert_eq!(codes(&desk, "cities").await, [""; 0], "a preview changes nothing");
    let run = started(&desk, &path).await;
    assert_eq!(counts(&run), [2, 0, 0, 0], "{:?}", desk.rows(&run, "refused").await);
    assert_has(
        &desk.get("/v1/catalogue-items/code:cities:7").await,
        &json!({
            "name": "Lima", "table": "cities", "category": "Costa", "values": { "Población": "10 millones" },
        }),
    );
    // The next file changes it; a cell without a value erases nothing
    let again = "Código;Nombre;Población\n7;Lima;\n8;Qosqo;1 millón\n9;Puno;\n";
    let run = import(&desk, "cities", again).await;
    assert_eq!(counts(&run), [1, 1, 1, 0], "{run}");
    let changed = desk.rows(&run, "updated").await;
    assert_has(&changed[0]["changes"][0], &json!({ "field": "name", "before": "Cusco", "after": "Qosqo" }));
    let item = desk.get("/v1/catalogue-items/code:cities:8").await;
    assert_eq!(changed[0]["object"], item["id"]);
    assert_has(&item, &json!({ "category": "Sierra", "values": { "Población": "1 millón" } }));
    let item = desk.get("/v1/catalogue-items/code:cities:7").await;
    assert_eq!((&item["version"], &item["values"]["Población"]), (&json!(1), &json!("10 millones")));
}

async fn an_import_of_a_table_is_taken_back_whole(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    import(&desk, "cities", CITIES).await;
    let run = import(&desk, "cities", "Código;Nombre\n8;Qosqo\n9;Puno\n10;Tacna\n").await;
    assert_eq!(counts(&run), [2, 1, 0, 0], "{run}");
    let changed = json!({ "name": "Tacna la heroica" });
    let edit = "/v1/catalogue-items/code:cities:10";
    assert_eq!(desk.call(Method::PATCH, edit, &[("if-match", "\"1\"")], Some(&changed)).await.status, 200);
    let undo = format!("/v1/acts/{}/undo", run["act"].as_str().unwrap());
    let undone = desk.call(Method::POST, &undo, &[], None).await.json();
    assert_has(&undone, &json!({ "went_back": 1, "removed": 1, "stays": 1 }));
    assert_eq!(undone["kept"][0]["reason"], "changed_since");
    assert_eq!(codes(&desk, "cities").await, ["cities:8", "cities:7", "cities:10"]);
    let item = desk.get("/v1/catalogue-items/code:cities:8").await;
    assert_has(&item, &json!({ "name": "Cusco", "category": "Sierra" }));
}

async fn rows_of_several_tables_are_told_apart_and_go_when_the_file_lists_them_no_longer(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(template(&json!({ "unlisted": "withdraw", "repeated": "refuse" }))).await;
    let file = |causes: usize| {
        let causes = (1..=causes).map(|number| format!("causas;{number};Causa {number}\n"));
        let rows = ["Tabla;Código;Nombre\n", "ciudades;1;Lima\n", "catalogue;1;Cable\n"].map(str::to_owned);
        rows.into_iter().chain(causes).collect::<String>().into_bytes()
    };
    let run = desk.import("tablas", "a.csv", &file(20)).await;
    assert_eq!(counts(&run), [22, 0, 0, 0], "{:?}", desk.rows(&run, "refused").await);
    for (code, name) in [("ciudades:1", "Lima"), ("causas:1", "Causa 1"), ("1", "Cable")] {
        assert_eq!(desk.get(&format!("/v1/catalogue-items/code:{code}")).await["name"], name);
    }
    let run = desk.import("tablas", "b.csv", &file(18)).await;
    assert_eq!((counts(&run), &run["withdrawn"]), ([0, 0, 20, 0], &json!(2)), "{run}");
    assert_has(&run["withdrawals"], &json!({ "state": "done", "unlisted": 2, "managed": 22 }));
    assert_eq!(codes(&desk, "causas").await.len(), 18);
    // What stands twice in one table is no more than one item
    let mut twice = file(18);
    twice.extend_from_slice(b"causas;1;Otra\n");
    let run = desk.import("tablas", "c.csv", &twice).await;
    assert_eq!(counts(&run), [0, 0, 19, 2], "{run}");
    assert_eq!(desk.rows(&run, "refused").await[0]["faults"][0]["code"], "repeated_key");
    // Taking the withdrawing import back gives the two again
    let withdrew = desk.get("/v1/imports?limit=2").await["items"][1].clone();
    let undo = format!("/v1/acts/{}/undo", withdrew["act"].as_str().unwrap());
    let undone = desk.call(Method::POST, &undo, &[], None).await.json();
    assert_has(&undone, &json!({ "went_back": 2, "stays": 0 }));
    assert_eq!(codes(&desk, "causas").await.len(), 20);
}

async fn a_row_whose_table_cannot_be_read_holds_withdrawing_back(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(template(&json!({ "unlisted": "withdraw" }))).await;
    let rows: Vec<String> = (1..=20).map(|number| format!("causas;{number};Causa {number}\n")).collect();
    let file = format!("Tabla;Código;Nombre\n{}", rows.concat());
    desk.import("tablas", "a.csv", file.as_bytes()).await;
    // A table with a colon is none, but what the row names can be told
    let wrong = file.replace("causas;19;", "cau:sas;19;");
    let run = desk.import("tablas", "b.csv", wrong.as_bytes()).await;
    assert_eq!((&run["withdrawals"]["state"], &run["withdrawn"]), (&json!("done"), &json!(1)), "{run}");
    // Of a failed formula it cannot
    let wrong = file.replace("causas;19;", "causas;18;").replace("causas;20;", "#N/A;20;");
    let run = desk.import("tablas", "c.csv", wrong.as_bytes()).await;
    assert_eq!((&run["withdrawals"]["state"], &run["withdrawn"]), (&json!("unclear"), &json!(0)), "{run}");
}

async fn items_without_names_are_named_as_their_codes_and_keep_names_that_they_have(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    import(&desk, "placas", "Código;Nombre\nABC-1;La roja\n").await;
    let run = import(&desk, "placas", "Código\nABC-1\nABC-2\n").await;
    assert_eq!(counts(&run), [1, 0, 1, 0], "{:?}", desk.rows(&run, "refused").await);
    let name =
        async |code: &str| desk.get(&format!("/v1/catalogue-items/code:placas:{code}")).await["name"].clone();
    assert_eq!((name("ABC-1").await, name("ABC-2").await), (json!("La roja"), json!("ABC-2")));
}

async fn wrong_rows_are_refused_by_row_column_and_what_was_found(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let text = format!("Código;Nombre\n1;Uno\n{};Largo\n;Sin código\n", "9".repeat(101));
    let run = import(&desk, "cosas", &text).await;
    let refused = desk.rows(&run, "refused").await;
    assert_eq!(counts(&run), [1, 0, 0, 2], "{refused:?}");
    let long = &refused[0]["faults"][0];
    assert_has(long, &json!({ "row": 3, "column": "A", "heading": "Código", "code": "too_long" }));
    assert!(long["found"].as_str().unwrap().starts_with("999"), "as the cell has it: {long}");
    assert_has(&refused[1]["faults"][0], &json!({ "row": 4, "column": "A", "code": "required" }));
    let run = import(&desk, "a:b", "Código;Nombre\n1;Uno\n").await;
    let refused = desk.rows(&run, "refused").await;
    assert_has(&refused[0]["faults"][0], &json!({ "field": "table", "code": "invalid_value" }));
    let without = json!({ "columns": [{ "heading": "Código", "field": "code" }] });
    let refused = desk
        .call(Method::POST, "/v1/import-templates", &[("accept-language", "es")], Some(&template(&without)))
        .await;
    assert_eq!(faults(&refused.json()), [("/constants/table", "required")]);
    let message = refused.json()["faults"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("una columna o una constante que llene el campo"), "{message}");
}

async fn who_may_not_change_definitions_imports_no_tables(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::with(&account, &[PermissionName::RunImports, PermissionName::ManageEmployees]).await;
    let (path, begun) = draft(&desk, CITIES).await;
    of_table(&desk, &path, &begun, "cities").await;
    for way in ["start", "preview"] {
        let refused = desk.call(Method::POST, &format!("{path}/{way}"), &[], Some(&json!({}))).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["parameters"]["permission"]),
            (403, &json!("manage_definitions"))
        );
    }
    // Whoever may not change them takes no import of them back either
    let office = Desk::of(&account).await;
    let run = import(&office, "cities", CITIES).await;
    let undo = format!("/v1/acts/{}/undo", run["act"].as_str().unwrap());
    assert_eq!(desk.call(Method::POST, &undo, &[], None).await.status, 403);
}

async fn a_table_of_fifty_thousand_rows_is_made_and_changed(world: World) {
    const ROWS: usize = 50_000;
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let constant = json!({ "constants": { "table": "materiales" }, "unlisted": "withdraw", "columns": [
        { "heading": "Código", "field": "code" }, { "heading": "Nombre", "field": "name" },
    ] });
    desk.template(template(&constant)).await;
    let file = |rows: usize, word: &str| {
        let lines = (1..=rows)
            .map(|row| format!("M-{row};{} {row}\n", if row % 500 == 0 { word } else { "Material" }));
        std::iter::once("Código;Nombre\n".to_owned()).chain(lines).collect::<String>().into_bytes()
    };
    let run = desk.import("tablas", "a.csv", &file(ROWS, "Material")).await;
    assert_eq!((&run["state"], counts(&run)), (&json!("done"), [50_000, 0, 0, 0]), "{run}");
    let run = desk.import("tablas", "b.csv", &file(ROWS - 10, "Otro")).await;
    assert_eq!((counts(&run), &run["withdrawn"]), ([0, 99, 49_891, 0], &json!(10)), "{run}");
    assert_has(&run["withdrawals"], &json!({ "unlisted": 10, "managed": 50_000, "needs_yes": false }));
    let item = desk.get("/v1/catalogue-items/code:materiales:M-49500").await;
    assert_eq!((&item["name"], &item["version"]), (&json!("Otro 49500"), &json!(2)));
    let gone = desk.call(Method::GET, "/v1/catalogue-items/code:materiales:M-50000", &[], None).await;
    assert_eq!(gone.status, 404);
}

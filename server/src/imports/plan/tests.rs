use campo_protocol::{faults::Faults, task::fields::TaskFields};
use campo_spreadsheets::Cell;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{fault::RowFault, *};
use crate::{api::patch, imports::fields::Target, problem::Problem};

fn template(more: &Value) -> TemplateDraft {
    let mut document = json!({
        "code": "t", "name": "T", "makes": "tasks",
        "columns": [
            { "heading": "Nº de tarea", "field": "external_number" },
            { "heading": "Cliente", "field": "customer_name", "default": "Sin nombre" },
            { "heading": "Latitud", "field": "latitude" },
            { "heading": "Longitud", "field": "longitude" },
            { "heading": "Técnico", "field": "employee" },
            { "heading": "Fecha", "field": "start_date" },
            { "heading": "Hora", "field": "start_time" },
            { "heading": "Prioridad", "field": "priority", "values": { "A": "alta", "-": "" } },
            { "letter": "I", "field": "custom.COLOUR", "optional": true },
            { "heading": "Duración", "field": "duration_hours", "optional": true },
        ],
        "constants": { "type": "SUP99" },
        "zone": "America/Lima",
    });
    campo_protocol::document::merge(&mut document, more);
    let draft: TemplateDraft = patch::new(&document).unwrap();
    draft.check().unwrap();
    draft
}

const HEADINGS: [&str; 8] =
    [" nº DE tarea ", "CLIENTE:", "Latitud", "Longitud", "tecnico", "Fecha", "Hora", "Prioridad"];

fn plan(more: &Value) -> Plan {
    let headings: Vec<String> = HEADINGS.map(str::to_owned).to_vec();
    Plan::new(template(more), "UTC", "Hoja1", &headings).unwrap()
}

fn row(cells: &[&str]) -> Row {
    Row { number: 7, hidden: false, cells: cells.iter().map(|text| Cell::Text((*text).to_owned())).collect() }
}

#[test]
fn the_row_of_a_look_up_table_is_told_by_its_table_and_its_code() {
    let draft: TemplateDraft = patch::new(&json!({
        "code": "t", "name": "T", "makes": "catalogue_items",
        "columns": [
            { "letter": "A", "field": "table" }, { "letter": "B", "field": "code" },
            { "letter": "C", "field": "custom.Población" },
        ],
    }))
    .unwrap();
    draft.check().unwrap();
    let plan = Plan::new(draft, "UTC", "", &["", "", ""].map(str::to_owned)).unwrap();
    assert_eq!(
        plan.document(&row(&["cities", "7", "10"])).unwrap().row,
        json!({ "table": "cities", "code": "cities:7", "values": { "Población": "10" } })
    );
    for (cells, key) in [
        (["cities", " 7"], "cities:7"),
        (["towns", "7"], "towns:7"),
        (["catalogue", "7"], "7"),
        (["", "7"], "7"),
    ] {
        assert_eq!(plan.named(&row(&cells)), Ok(Some(key.to_owned())));
    }
    let mut failed = row(&["", "7"]);
    failed.cells[0] = Cell::Error { error: "#N/A".to_owned() };
    assert_eq!(plan.named(&failed), Err(()));
}

#[test]
fn a_row_becomes_the_document_of_a_task() {
    let mut row = row(&["00042", "", "-12,05", "-77.05", " ZZ1001", "15/01/2030", "6:05 p. m.", "A", "rojo"]);
    row.cells[1] = Cell::Empty;
    let document = plan(&json!({})).document(&row).unwrap();
    assert_eq!(
        document.row,
        json!({
            "external_number": "00042", "customer_name": "Sin nombre", "type": "code:SUP99", "priority": "high",
            "location": { "latitude": -12.05, "longitude": -77.05 },
            "assignments": [{ "employee": "code:ZZ1001", "role": "lead" }],
            "start": { "local": "2030-01-15T18:05:00", "zone": "America/Lima" },
            "custom": { "COLOUR": "rojo" },
        })
    );
    assert_eq!(document.poi, None);
}

#[test]
fn cells_of_the_spreadsheet_need_no_reading() {
    let mut row = row(&["x", "x", "x", "x", "x", "x", "x", "-"]);
    row.cells[0] = Cell::Number { number: 42.0, shown: Some("00042".to_owned()) };
    row.cells[2] = Cell::Number { number: -12.05, shown: None };
    row.cells[3] = Cell::Number { number: -77.05, shown: None };
    row.cells[5] = Cell::Date { date: jiff::civil::date(2030, 1, 15) };
    row.cells[6] = Cell::Empty;
    let document = plan(&json!({})).document(&row).unwrap().row;
    assert_eq!(document["external_number"], "00042");
    assert_eq!(document["start"]["local"], "2030-01-15T00:00:00");
    assert_eq!(document.get("priority"), None, "what means nothing leaves the field as it is");
}

#[test]
fn every_wrong_cell_is_named() {
    let mut row = row(&["", "x", "abc", "-77.05", "x", "", "18:00", "z"]);
    row.cells[1] = Cell::Error { error: "#N/A".to_owned() };
    let faults = plan(&json!({ "key": "external_number" })).document(&row).unwrap_err();
    let found: Vec<_> = faults
        .iter()
        .map(|one| {
            let RowFault { sheet, row, column, heading, fault } = one;
            assert_eq!((sheet.as_str(), *row), ("Hoja1", 7));
            let (column, heading) = (column.as_deref().unwrap(), heading.as_deref().unwrap());
            (column, heading.trim(), fault.field.as_str(), fault.code.as_str(), fault.found.as_str())
        })
        .collect();
    assert_eq!(
        found,
        [
            ("A", "nº DE tarea", "external_number", "required", ""),
            ("B", "CLIENTE:", "customer_name", "failed_formula", "#N/A"),
            ("C", "Latitud", "latitude", "not_a_number", "abc"),
            ("H", "Prioridad", "priority", "unknown_value", "z"),
            ("G", "Hora", "start_time", "required", ""),
        ]
    );
}

#[test]
fn what_the_office_refuses_is_named_by_the_column_it_came_from() {
    let plan = plan(&json!({}));
    let document = plan.document(&row(&["1", "x", "-12", "-77", "ZZ1", "15/01/2030", "18:00", "A"])).unwrap();
    for (pointer, column) in [
        ("/location/latitude", Some("C")),
        ("/location", Some("C")),
        ("/assignments/0/employee", Some("E")),
        ("/start/local", Some("F")),
        ("/external_number", Some("A")),
        ("/type", None),
        ("/notes", None),
    ] {
        let mut faults = Faults::default();
        faults.add(pointer, "out_of_range", "", "");
        let named = plan.refused(7, &document, Target::Row, &faults.into());
        assert_eq!(named[0].column.as_deref(), column, "{pointer}");
    }
    let problem = Problem::new(crate::problem::Code::NotFound);
    let named = plan.refused(7, &document, Target::Row, &problem).remove(0);
    assert_eq!((named.column.as_deref(), named.fault.found.as_str()), (Some("A"), "1"));
}

#[test]
fn a_missing_column_is_named_unless_it_is_optional() {
    let headings = vec!["Nº de tarea".to_owned(), "Cliente".to_owned()];
    let missing = Plan::new(template(&json!({})), "UTC", "", &headings).unwrap_err();
    assert_eq!(missing.missing, ["Latitud", "Longitud", "Técnico", "Fecha", "Hora", "Prioridad"]);
}

#[test]
fn a_task_can_bring_its_point_of_interest() {
    let columns = json!([
        { "letter": "A", "field": "poi.number" },
        { "letter": "B", "field": "poi.name" },
        { "letter": "C", "field": "due" },
    ]);
    let plan = Plan::new(template(&json!({ "columns": columns })), "UTC", "", &[]).unwrap();
    let document = plan.document(&row(&["C-42", "Bodega", "15/01/2030"])).unwrap();
    assert_eq!(document.row["poi"], "code:C-42");
    assert_eq!(document.row["due"]["local"], "2030-01-15T23:59:00", "a day is over at its end");
    let poi = document.poi.unwrap();
    assert!(poi.is_told && poi.number == "C-42");
    assert_eq!(poi.document, json!({ "number": "C-42", "name": "Bodega" }));
}

#[test]
fn a_template_names_what_is_wrong_with_it() {
    let refused = |document: Value| {
        let draft: TemplateDraft = patch::new(&document).unwrap();
        let faults = draft.check().err().map(|problem| problem.faults().to_vec()).unwrap_or_default();
        faults.into_iter().map(|fault| (fault.field, fault.code)).collect::<Vec<_>>()
    };
    let base = json!({ "code": "t", "name": "T", "makes": "pois", "columns": [{ "letter": "A", "field": "number" }] });
    for (more, field, code) in [
        (json!({ "columns": [] }), "/columns", "required"),
        (json!({ "columns": [{ "letter": "A", "field": "priority" }] }), "/columns/0/field", "unknown_value"),
        (json!({ "columns": [{ "letter": "A1", "field": "number" }] }), "/columns/0/letter", "invalid_value"),
        (json!({ "columns": [{ "field": "number" }] }), "/columns/0/heading", "invalid_value"),
        (
            json!({ "columns": [{ "letter": "A", "field": "number" }, { "letter": "B", "field": "number" }] }),
            "/columns/1/field",
            "repeated",
        ),
        (json!({ "zone": "Lima" }), "/zone", "unknown_zone"),
        (json!({ "key": "name" }), "/key", "unknown_value"),
        (json!({ "heading_row": -1 }), "/heading_row", "out_of_range"),
        (json!({ "constants": { "nothing": "x" } }), "/constants/nothing", "unknown_value"),
    ] {
        let mut document = base.clone();
        campo_protocol::document::merge(&mut document, &more);
        assert!(refused(document).contains(&(field.to_owned(), code.to_owned())), "{more}");
    }
    assert_eq!(refused(base), []);
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Empty),
        any::<bool>().prop_map(Cell::Boolean),
        "\\PC{0,12}".prop_map(Cell::Text),
        "[0-9,.:/ -]{0,16}".prop_map(Cell::Text),
        (-1e12..1e12_f64).prop_map(|number| Cell::Number { number, shown: None }),
        (0..2_000_000_i32).prop_map(|days| {
            let date = jiff::civil::date(1, 1, 1).checked_add(jiff::Span::new().days(days));
            Cell::Date { date: date.unwrap() }
        }),
        Just(Cell::Error { error: "#REF!".to_owned() }),
    ]
}

proptest! {
    #[test]
    fn every_row_is_a_document_or_faults(cells in proptest::collection::vec(any_cell(), 0..12)) {
        match plan(&json!({})).document(&Row { number: 7, hidden: false, cells }) {
            Err(faults) => prop_assert!(!faults.is_empty() && faults.iter().all(|one| one.row == 7)),
            Ok(mut document) => {
                document.row.as_object_mut().unwrap().remove("assignments");
                // What a cell means can still be refused by the office, never for its shape
                let read = campo_protocol::document::read::<TaskFields>(&document.row);
                let codes: Vec<_> = read.err().map(Faults::into_vec).unwrap_or_default();
                prop_assert!(codes.iter().all(|fault| fault.code != "wrong_type" && fault.code != "unknown_field"), "{codes:?}");
            }
        }
    }
}

#[test]
fn cells_and_codes_call_the_same_characters_invisible() {
    for c in '\0'..=char::MAX {
        assert_eq!(campo_spreadsheets::cell::is_invisible(c), campo_protocol::text::is_invisible(c), "{c:?}");
    }
}

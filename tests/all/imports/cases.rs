//! Small files of kinds that went wrong in other programs (`samples/cases`): a value is right, or its row is refused with
//! the cell named; no row is lost, merged or moved.

use std::path::Path;

use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{Desk, counts};

on_both! {
    every_case_is_right_or_refused,
}

/// What becomes of the rows of a file, or why none is imported.
enum Expected {
    /// Created, unchanged, refused, and rows that are no data
    Rows([i64; 4]),
    /// The code of the problem
    Failed(&'static str),
}

use Expected::{Failed, Rows};

/// A case: its folder, what is expected, and values of tasks by their external number.
type Case = (&'static str, Expected, &'static [(&'static str, &'static str, &'static str)]);

const CASES: &[Case] = &[
    ("01-csv-preamble-then-commas", Rows([2, 0, 0, 0]), &[("C01-1", "/start/local", "2030-01-15T00:00:00")]),
    (
        "02-csv-preamble-with-comma-then-semicolons",
        Rows([2, 0, 0, 0]),
        &[("C02-2", "/description", "Revisar fuga")],
    ),
    ("03-csv-cr-only", Rows([3, 0, 0, 0]), &[("C03-3", "/description", "Otra, mas")]),
    (
        "04-datetime-with-offset",
        Rows([6, 0, 0, 0]),
        &[
            ("C04-1", "/start/local", "2030-01-15T13:00:00"),
            ("C04-3", "/start/local", "2030-01-15T11:00:00"),
            ("C04-4", "/start/local", "2030-01-15T18:00:00"),
            ("C04-6", "/start/local", "2030-01-15T13:00:00"),
        ],
    ),
    (
        "05-zero-width-and-nfd-headings",
        Rows([1, 0, 0, 0]),
        &[("C05-1", "/location/address", "Av. Lima 1"), ("C05-1", "/start/local", "2030-01-15T00:00:00")],
    ),
    ("06-tsv-unbalanced-quote", Rows([4, 0, 0, 0]), &[("C06-1", "/description", "\"Bodega central")]),
    (
        "11-xlsx-iso-date-cells",
        Rows([5, 0, 0, 0]),
        &[
            ("C11-1", "/due/local", "2030-01-15T23:59:00"),
            ("C11-2", "/due/local", "2030-01-15T23:59:00"),
            ("C11-5", "/due/local", "2030-01-15T23:59:00"),
            ("C11-3", "/due/local", "2030-01-15T13:00:00"),
        ],
    ),
    (
        "12-time-with-point-or-float",
        Rows([2, 0, 6, 0]),
        &[("C12-1", "/start/local", "2030-01-15T08:30:00"), ("C12-6", "/start/local", "2030-01-15T08:00:00")],
    ),
    ("13-decimal-comma-in-point-file", Rows([0, 0, 2, 0]), &[]),
    ("14-duplicate-headings", Failed("headings_ambiguous"), &[]),
    ("15-ctrl-z-at-end", Rows([1, 0, 0, 0]), &[]),
    ("16-one-latin1-byte-in-utf8", Rows([1, 0, 1, 0]), &[("C16-1", "/description", "Inspección")]),
    ("18-sep-quoted", Rows([1, 0, 0, 0]), &[]),
    ("18-sep-tab", Rows([1, 0, 0, 0]), &[]),
    ("18-sep-upper", Rows([1, 0, 0, 0]), &[]),
    (
        "45-xlsx-16-digit-numbers",
        Rows([4, 0, 0, 0]),
        &[
            ("1234567890123457", "/description", "orden 1234567890123457"),
            ("9007199254740991", "/description", "orden 9007199254740991"),
        ],
    ),
    ("45-xlsx-16-digit-scientific", Rows([0, 0, 3, 0]), &[]),
    ("46-repeated-heading-rows", Rows([2, 0, 0, 1]), &[]),
    ("60-blank-lines-first", Rows([1, 0, 0, 0]), &[]),
    ("60-delim-preamble-20", Rows([1, 0, 0, 0]), &[("V60-40", "/description", "x")]),
    ("61-cr-cr-lf", Rows([2, 0, 0, 0]), &[]),
    ("61-cr-only-quoted", Rows([2, 0, 0, 0]), &[("V61-6", "/description", "uno\ndos")]),
    ("61-header-lf-rest-cr", Rows([3, 0, 0, 0]), &[]),
    ("61-utf16-cr-only", Rows([2, 0, 0, 0]), &[]),
    ("62-offset-due", Rows([1, 0, 0, 0]), &[("V62-30", "/due/local", "2030-01-15T23:59:00")]),
    (
        "62-offset-forms",
        Rows([12, 0, 1, 0]),
        &[
            ("V62-5", "/start/local", "2030-01-15T13:00:00"),
            ("V62-7", "/start/local", "2030-01-15T07:30:00"),
            ("V62-12", "/start/local", "2030-01-15T13:00:00"),
        ],
    ),
    ("63-quote-all-lost", Rows([10, 0, 0, 0]), &[("V63-10", "/description", "\"Bodega")]),
    ("63-quote-alone", Rows([2, 0, 1, 0]), &[("V63-6", "/start/local", "2030-01-17T00:00:00")]),
    ("63-quote-semicolon", Rows([3, 0, 0, 0]), &[("V63-1", "/start/local", "2030-01-15T00:00:00")]),
    ("63-quote-then-text", Rows([2, 0, 0, 0]), &[("V63-7", "/description", "\"El Sol\" Ferretería")]),
    ("64-bom-inside-quotes", Rows([1, 0, 0, 0]), &[]),
    ("64-double-bom", Rows([1, 0, 0, 0]), &[]),
    ("64-nfd-values", Rows([1, 0, 0, 0]), &[("V64-7", "/priority", "highest")]),
    ("64-soft-hyphen-and-joiners", Rows([1, 0, 0, 0]), &[("V64-5", "/description", "x")]),
    ("64-zero-width-heading-only", Rows([1, 0, 0, 0]), &[]),
    ("64-zero-width-in-values", Rows([1, 3, 0, 0]), &[("V64-6", "/priority", "high")]),
    ("65-24-00-without-start", Rows([1, 0, 3, 0]), &[("V65-4", "/due/local", "2030-01-15T00:00:00")]),
    (
        "66-timespan",
        Rows([3, 0, 8, 0]),
        &[("V66-1", "/duration_minutes", "1590.0"), ("V66-6", "/duration_minutes", "150.0")],
    ),
    ("67-time-with-words", Rows([0, 0, 16, 0]), &[]),
    (
        "68-fractions-of-seconds",
        Rows([7, 0, 0, 0]),
        &[("V68-1", "/start/local", "2030-01-15T10:30:45"), ("V68-6", "/start/local", "2030-01-15T10:30:45")],
    ),
    ("80-cp850", Rows([1, 0, 0, 0]), &[("V80-3", "/description", "Inspección ñandú")]),
    ("80-utf8-cut-in-last-char", Rows([1, 0, 1, 0]), &[("V80-1", "/description", "Inspección")]),
    ("80-utf8-one-bad-in-500", Rows([3, 0, 1, 0]), &[("V80-502", "/description", "Reparación")]),
    ("81-cr-ends-some-rows", Rows([3, 0, 0, 0]), &[]),
    ("81-cr-within-quotes-ok", Rows([2, 0, 0, 0]), &[]),
    ("82-dup-heading-by-folding", Failed("headings_ambiguous"), &[]),
    ("86-xls-that-is-html-as-xls", Rows([1, 0, 0, 0]), &[("H1", "/external_number", "H1")]),
    ("86-xls-that-is-html-comment", Failed("no_rows"), &[]),
    ("86-xls-that-is-html-fragment", Failed("no_rows"), &[]),
    ("86-xls-that-is-json-named-csv", Failed("not_a_spreadsheet"), &[]),
    ("86-xls-that-is-mhtml", Failed("not_a_spreadsheet"), &[]),
    ("86-xls-that-is-spreadsheetml-2003", Failed("no_rows"), &[]),
    ("86-xls-that-is-style-first", Failed("no_rows"), &[]),
];

/// The template of all cases: by headings, each of which a file may lack but for the number.
fn template() -> Value {
    let optional =
        |heading: &str, field: &str| json!({ "heading": heading, "field": field, "optional": true });
    let mut columns = vec![json!({ "heading": "Tarea", "field": "external_number" })];
    for (heading, field) in [
        ("Descripcion", "description"),
        ("Dirección", "address"),
        ("Nota", "notes"),
        ("Fecha", "start_date"),
        ("Hora", "start_time"),
        ("Inicio", "start"),
        ("Vence", "due"),
        ("FechaFin", "due_date"),
        ("HoraFin", "due_time"),
        ("RadioKm", "radius_km"),
        ("RadioM", "radius_m"),
        ("DuracionH", "duration_hours"),
        ("Duracion", "duration_minutes"),
        ("Prioridad", "priority"),
        ("Dato", "data1"),
    ] {
        columns.push(optional(heading, field));
    }
    json!({
        "code": "casos", "name": "Casos", "makes": "tasks", "key": "external_number", "columns": columns,
        "zone": "America/Lima", "decimal_comma": false,
    })
}

async fn every_case_is_right_or_refused(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(template()).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/cases");
    let mut wrong = Vec::new();
    for (case, expected, values) in CASES {
        let input = std::fs::read_dir(folder.join(case)).unwrap().next().unwrap().unwrap().path();
        let run = desk
            .import("casos", &input.file_name().unwrap().to_string_lossy(), &std::fs::read(&input).unwrap())
            .await;
        match expected {
            Failed(code) => {
                if (&run["state"], &run["problem"]["code"]) != (&json!("failed"), &json!(code)) {
                    wrong.push(format!("{case}: {run}"));
                }
            }
            Rows(expected) => {
                let [created, _, unchanged, refused] = counts(&run);
                let found = [created, unchanged, refused, run["skipped"].as_i64().unwrap()];
                if found != *expected {
                    let faults = desk.rows(&run, "refused").await;
                    wrong.push(format!("{case}: {found:?} instead of {expected:?}: {run} {faults:?}"));
                }
            }
        }
        for row in desk.rows(&run, "refused").await {
            let fault = &row["faults"][0];
            if fault["found"].as_str().is_none_or(str::is_empty) || fault["column"].as_str().is_none() {
                wrong.push(format!("{case}: a fault without its cell: {row}"));
            }
        }
        for (number, pointer, value) in *values {
            let found = task(&desk, number).await;
            let found =
                found.pointer(pointer).map(|found| found.as_str().map_or(found.to_string(), str::to_owned));
            if found.as_deref() != Some(*value) {
                wrong.push(format!("{case}: {number} has {found:?} at {pointer} instead of {value}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The task of that external number.
async fn task(desk: &Desk, number: &str) -> Value {
    let reference = if number.bytes().all(|byte| byte.is_ascii_digit()) { "number" } else { "external" };
    let answer =
        desk.call(axum::http::Method::GET, &format!("/v1/tasks/{reference}:{number}"), &[], None).await;
    answer.json()
}

//! Files are read by a process of their own: what a file does to it costs one import a clear error, and nothing else.

use std::{
    fmt::Write as _,
    fs,
    io::{Cursor, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use campo_server::{
    app::{App, Limits},
    imports::{Reader, Readers},
};
use campo_tests::{on_both, process, wait, world::World};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{Desk, TAREAS, TAREAS_TEMPLATE, counts, many, simple};

on_both! {
    a_child_reads_what_the_server_would,
    hostile_files_cost_one_import_a_clear_error,
    a_reader_that_dies_hangs_or_lies_costs_one_import,
}

const MIB: u64 = 1024 * 1024;

/// The same server, whose files `program` reads.
pub(super) fn reading_by(app: &App, program: PathBuf, memory_bytes: u64, seconds: u64) -> App {
    let readers = Readers { reader: Reader::Child, program, memory_bytes, seconds };
    App { limits: Arc::new(Limits { readers, ..(*app.limits).clone() }), ..app.clone() }
}

async fn desk_of(world: &World, code: &str, app: App) -> Desk {
    let account = world.account(code).await.unwrap();
    let desk = Desk::of(&campo_tests::world::Account { app, ..account }).await;
    desk.template(simple()).await;
    desk
}

async fn a_child_reads_what_the_server_would(world: World) {
    let child = reading_by(&world.app, process::binary().unwrap(), 256 * MIB, 60);
    let mut seen = Vec::new();
    for (code, app) in [("inside", world.app.clone()), ("child", child)] {
        let desk = desk_of(&world, code, app).await;
        desk.template(serde_json::from_str(TAREAS_TEMPLATE).unwrap()).await;
        let looked = desk.send("/v1/imports/preview?makes=tasks", TAREAS).await.json();
        let run = desk.import("tareas-diarias", "tareas.xlsx", TAREAS).await;
        let rows: Vec<Value> = desk
            .rows(&run, "refused")
            .await
            .into_iter()
            .map(|row| json!([row["row"], row["cells"], row["faults"]]))
            .collect();
        let long = desk.import("simple", "larga.csv", &many(1700)).await;
        seen.push((looked, counts(&run), rows, counts(&long)));
    }
    assert!(seen[0].0["rows"].as_array().is_some_and(|rows| rows.len() == 20), "{}", seen[0].0);
    assert_eq!(seen[0], seen[1]);
}

/// A workbook with this sheet and these texts.
fn workbook(sheet: &str, texts: &str) -> Vec<u8> {
    const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const OF_WORKBOOK: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    const BOOK: &str =
        r#"<workbook xmlns:r="r"><sheets><sheet name="Hoja1" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", OF_WORKBOOK),
        ("xl/sharedStrings.xml", texts),
        ("xl/worksheets/sheet1.xml", sheet),
    ] {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn sheet(rows: &str) -> String {
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
}

/// Many texts, each another one.
fn texts(bytes: usize) -> String {
    let mut texts = "<sst>".to_owned();
    for number in 0.. {
        if texts.len() > bytes {
            break;
        }
        write!(texts, "<si><t>{number:0>30000}</t></si>").unwrap();
    }
    texts + "</sst>"
}

/// A workbook of some KiB that unpacks to more text than its reader has memory for.
pub(super) fn heavy(bytes: usize) -> Vec<u8> {
    workbook(&sheet(""), &texts(bytes))
}

async fn hostile_files_cost_one_import_a_clear_error(world: World) {
    let program = process::binary().unwrap();
    // Others have their time, however busy the machine is
    let hasty = desk_of(&world, "hasty", reading_by(&world.app, program.clone(), 48 * MIB, 3)).await;
    let app = reading_by(&world.app, program, 48 * MIB, 300);
    let (desk, other) = (desk_of(&world, "acme", app.clone()).await, desk_of(&world, "other", app).await);
    let one = "Número;Trabajo\n1;";
    let bomb = workbook(&sheet(&"<row/>".repeat(20_000_000)), "<sst/>");
    let huge = workbook(&sheet(""), &format!("<sst><si><t>{}</t></si></sst>", "x".repeat(40_000_000)));
    let deep = workbook(&sheet(&"<c><is>".repeat(1_000_000)), "<sst/>");
    let columns = format!("{}\n", "a;".repeat(100_000));
    assert!(bomb.len() < 2_000_000, "{}", bomb.len());
    for (name, bytes, code, parameter) in [
        ("bomba.xlsx", bomb, "spreadsheet_too_large", "seconds"),
        ("memoria.xlsx", heavy(120_000_000), "spreadsheet_too_large", "memory"),
        ("celda.xlsx", huge, "spreadsheet_too_large", "characters"),
        ("hondo.xlsx", deep, "file_damaged", "file"),
        ("columnas.csv", columns.into_bytes(), "spreadsheet_too_large", "columns"),
        ("corta.xlsx", TAREAS[..TAREAS.len() / 2].to_vec(), "file_damaged", "file"),
    ] {
        let desk = if parameter == "seconds" { &hasty } else { &desk };
        let run = desk.import("simple", name, &bytes).await;
        assert_eq!(
            (&run["state"], &run["problem"]["code"]),
            (&json!("failed"), &json!(code)),
            "{name}: {run}"
        );
        assert_eq!(run["problem"]["parameters"]["file"], name);
        assert!(run["problem"]["parameters"][parameter].is_string(), "{name}: {run}");
        assert_eq!(counts(&run), [0; 4]);
    }
    // One huge cell of a text is that row's fault alone
    let run =
        desk.import("simple", "celda.csv", format!("{one}{}\n2;x\n", "y".repeat(9_000_000)).as_bytes()).await;
    assert_eq!(counts(&run), [1, 0, 0, 1], "{run}");
    assert_eq!(counts(&other.import("simple", "a.csv", &many(2)).await), [2, 0, 0, 0]);
}

/// A program that stands for a reader.
fn script(folder: &Path, name: &str, lines: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

async fn a_reader_that_dies_hangs_or_lies_costs_one_import(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let hangs = format!("echo $$ >{}\nexec sleep 1000", pid.display());
    for (name, lines, code) in [
        ("dies", "kill -9 $$", "file_reader_gone"),
        ("fails", "cat >/dev/null; echo broken >&2; exit 3", "file_reader_gone"),
        ("ends", "exit 0", "file_reader_gone"),
        ("lies", "cat >/dev/null; echo nonsense", "file_reader_gone"),
        // A frame that says it has 4 GiB
        ("boasts", r"printf 'R\377\377\377\377'; exec sleep 1000", "file_reader_gone"),
        // Rows, and no end
        ("stops", r"printf 'R\000\000\000\000'; exit 0", "file_reader_gone"),
        ("hangs", &hangs, "spreadsheet_too_large"),
    ] {
        let program = script(folder.path(), name, lines);
        let seconds = if name == "hangs" { 1 } else { 60 };
        let desk = desk_of(&world, name, reading_by(&world.app, program, 64 * MIB, seconds)).await;
        let run = desk.import("simple", "a.csv", &many(3)).await;
        assert_eq!(
            (&run["state"], &run["problem"]["code"]),
            (&json!("failed"), &json!(code)),
            "{name}: {run}"
        );
        assert_eq!(run["problem"]["parameters"]["file"], "a.csv");
        let looked = desk.send("/v1/imports/preview?makes=tasks&file_name=a.csv", &many(3)).await;
        assert_eq!((looked.status.as_u16(), &looked.json()["code"]), (422, &json!(code)), "{name}");
    }
    let pid = fs::read_to_string(pid).unwrap();
    let process = PathBuf::from(format!("/proc/{}", pid.trim()));
    wait::until("the reader that hung to be gone", Duration::from_mins(1), async || {
        Ok((!process.exists()).then_some(()))
    })
    .await
    .unwrap();
    // That there is no reader is no fault of the file: the import waits for one
    let nowhere = folder.path().join("nowhere");
    let desk = desk_of(&world, "nowhere", reading_by(&world.app, nowhere, 64 * MIB, 1)).await;
    let looked = desk.send("/v1/imports/preview?makes=tasks", &many(3)).await;
    assert_eq!(looked.status, 500, "{}", looked.json());
}

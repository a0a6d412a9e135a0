//! Spreadsheets: reading 1,000,000 rows, against the bare reader of the same file; and 200,000 rows that become tasks,
//! against the raw write of every row that this wrote.

use std::{fmt::Write as _, io::Cursor, ops::ControlFlow, time::Instant};

use anyhow::{Context as _, Result, ensure};
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use calamine::{Reader as _, Xlsx};
use campo_server::{access::PermissionName, capabilities, jobs};
use campo_spreadsheets::{
    Limits, Options,
    write::{Format, Table, Value},
};
use campo_tests::{api::Client, world::Account};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use crate::{
    cast, reader,
    report::{Figure, Goal, Round, Side},
    stage::{self, Content, Kind, Stage},
};

const READ_ROWS: usize = 1_000_000;
const COLUMNS: usize = 10;
const LOADED_ROWS: usize = 200_000;
const ROUNDS: usize = 3;

/// How fast 1,000,000 rows of 10 columns are read, each value as what it is; by a process of its own against reading
/// inside; and how much memory that process takes.
pub(crate) fn reading() -> Result<Vec<Figure>> {
    let xlsx = table(Format::Xlsx, READ_ROWS)?;
    let csv = table(Format::Csv, READ_ROWS)?;
    let figure = |name: &str, rounds| Figure {
        name: format!("reading {READ_ROWS} rows of {name}"),
        database: Kind::Sqlite,
        unit: "rows/s",
        beside: "bare reader",
        // 1.5 times as long
        goal: Some(Goal::AtLeast(1.0 / 1.5)),
        rounds,
    };
    let (mut of_xlsx, mut of_csv) = (Vec::new(), Vec::new());
    let mut apart = Vec::new();
    for _ in 0..ROUNDS {
        of_xlsx.push(pair(ours(&xlsx)?, bare_xlsx(&xlsx)?));
        of_csv.push(pair(ours(&csv)?, bare_csv(&csv)?));
    }
    for (name, bytes) in [("xlsx", &xlsx), ("csv", &csv)] {
        let (mut speed, mut memory) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let inside = ours(bytes)?;
            let (seconds, peak_bytes) = reader::read(bytes, READ_ROWS + 1)?;
            speed.push(pair(seconds, inside));
            let mib = |bytes: u64| Side::of(bytes as f64 / (1024.0 * 1024.0));
            memory.push(Round { measured: mib(peak_bytes), beside: mib(bytes.len() as u64), group: None });
        }
        apart.push(Figure { beside: "inside", goal: None, ..figure(&format!("{name} in a process"), speed) });
        apart.push(Figure {
            name: format!("memory of that process, {name}"),
            unit: "MiB",
            beside: "its file",
            goal: None,
            ..figure(name, memory)
        });
    }
    Ok([vec![figure("xlsx", of_xlsx), figure("csv", of_csv)], apart].concat())
}

fn pair(measured: f64, beside: f64) -> Round {
    let rate = |seconds: f64| Side::of(READ_ROWS as f64 / seconds);
    Round { measured: rate(measured), beside: rate(beside), group: None }
}

/// A file as spreadsheets write it: numbers, texts, amounts, and what is empty now and then.
fn table(format: Format, rows: usize) -> Result<Vec<u8>> {
    let headings: Vec<String> = (1..=COLUMNS).map(|column| format!("Columna {column}")).collect();
    let mut table = Table::begin(format, "Tareas", &headings)?;
    let mut bytes = Vec::new();
    for row in 0..rows {
        let text = |what: &str| Value::text(format!("{what} {row}"));
        let values = [
            text("OT-"),
            text("Cambiar medidor"),
            text("Av. Arequipa"),
            Value::text("Miraflores"),
            Value::Number(row as f64 / 7.0),
            Value::Number(-12.05),
            Value::Number(-77.05),
            Value::text("ZZ1"),
            if row % 3 == 0 { Value::Empty } else { text("Llamar antes") },
            Value::Number(row as f64),
        ];
        table.row(&values)?;
        bytes.extend(table.take());
    }
    table.end(&mut bytes)?;
    Ok(bytes)
}

fn ours(bytes: &[u8]) -> Result<f64> {
    let limits = Limits { rows: READ_ROWS + 1, ..Limits::default() };
    let started = Instant::now();
    let mut rows = 0;
    campo_spreadsheets::read(bytes, &Options { limits, ..Options::default() }, &mut |_| {
        rows += 1;
        ControlFlow::Continue(())
    })?;
    ensure!(rows == READ_ROWS + 1, "{rows} rows were read");
    Ok(started.elapsed().as_secs_f64())
}

fn bare_xlsx(bytes: &[u8]) -> Result<f64> {
    let started = Instant::now();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let name = book.sheet_names().first().context("a sheet")?.clone();
    let mut cells = book.worksheet_cells_reader(&name)?;
    let mut last = 0;
    while let Some(cell) = cells.next_cell()? {
        last = cell.get_position().0;
    }
    ensure!(last as usize == READ_ROWS, "the last row is {last}");
    Ok(started.elapsed().as_secs_f64())
}

fn bare_csv(bytes: &[u8]) -> Result<f64> {
    let started = Instant::now();
    let mut rows = 0;
    let mut record = csv::StringRecord::new();
    let mut reader = csv::Reader::from_reader(bytes);
    while reader.read_record(&mut record)? {
        rows += 1;
    }
    ensure!(rows == READ_ROWS, "{rows} rows were read");
    Ok(started.elapsed().as_secs_f64())
}

/// How long 200,000 rows take to become tasks, from the upload to the last outcome.
pub(crate) async fn loading(kind: Kind) -> Result<Figure> {
    let stage = Stage::new(kind, Content::Empty).await?;
    let app = stage.app().await?;
    let id = cast::account(&app, 0).await?;
    let account = Account { app, id };
    let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    let bearer = account.key(&all).await?;
    let client = Client::new(&account.app, Some(&bearer));
    let columns = ["external_number", "description", "address", "contact_name"];
    let columns: Vec<_> = columns
        .iter()
        .zip(1..)
        .map(|(field, number)| json!({ "heading": format!("Columna {number}"), "field": field }))
        .collect();
    let template = json!({
        "code": "bench", "name": "Bench", "makes": "tasks", "key": "external_number", "columns": columns,
    });
    let made = client.post("/v1/import-templates", &template).await?;
    ensure!(made.status == 201, "{}", made.json());
    let file = table(Format::Csv, LOADED_ROWS)?;
    let started = Instant::now();
    let request = Request::builder()
        .method(Method::POST)
        .uri("/v1/imports?template=code:bench&file_name=bench.csv")
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(Body::from(file))?;
    let begun = client.send(request).await?;
    ensure!(begun.status == 202, "{}", begun.json());
    jobs::work_off(&account.app, capabilities::JOBS).await?;
    let measured = started.elapsed().as_secs_f64();
    let run = client.get(begun.header("location")).await?.json();
    ensure!(run["created"] == LOADED_ROWS, "{run}");
    account.app.db.close().await;
    let beside = raw(&stage).await?;
    let rate = |seconds: f64| Side::of(LOADED_ROWS as f64 / seconds);
    Ok(Figure {
        name: format!("import of {LOADED_ROWS} rows as tasks"),
        database: kind,
        unit: "rows/s",
        beside: "raw copy",
        // Twice as long
        goal: Some(Goal::AtLeast(0.5)),
        rounds: vec![Round { measured: rate(measured), beside: rate(beside), group: None }],
    })
}

/// Copies every row of every table into tables like them, with their indexes, in one transaction; seconds.
async fn raw(stage: &Stage) -> Result<f64> {
    if let Some(file) = stage.file() {
        return raw_sqlite(&file.display().to_string());
    }
    let mut connection = PgConnection::connect(&stage.url()).await?;
    let (mut made, mut copied) = ("create schema raw; ".to_owned(), "begin; ".to_owned());
    let names = sqlx::query("select tablename from pg_tables where schemaname = 'public'");
    for row in names.fetch_all(&mut connection).await? {
        let name: String = row.get(0);
        write!(made, "create table raw.\"{name}\" (like public.\"{name}\" including all); ")?;
        write!(copied, "insert into raw.\"{name}\" select * from public.\"{name}\"; ")?;
    }
    copied.push_str("commit");
    sqlx::raw_sql(AssertSqlSafe(made)).execute(&mut connection).await?;
    let started = Instant::now();
    sqlx::raw_sql(AssertSqlSafe(copied)).execute(&mut connection).await?;
    let taken = started.elapsed().as_secs_f64();
    connection.close().await?;
    Ok(taken)
}

fn raw_sqlite(file: &str) -> Result<f64> {
    let folder = stage::folder()?;
    let connection = rusqlite::Connection::open(folder.path().join("raw.db"))?;
    connection.execute_batch("pragma journal_mode = wal; pragma synchronous = full")?;
    connection.execute("attach ? as full", [file])?;
    let mut statement = connection.prepare(
        "select type, name, sql from full.sqlite_schema where sql is not null and name not like 'sqlite_%' \
         order by type desc",
    )?;
    let made: Vec<(String, String, String)> = statement
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (.., sql) in &made {
        connection.execute_batch(sql)?;
    }
    let started = Instant::now();
    connection.execute_batch("begin")?;
    for (_, name, _) in made.iter().filter(|(kind, ..)| kind == "table") {
        connection.execute_batch(&format!("insert into main.\"{name}\" select * from full.\"{name}\""))?;
    }
    connection.execute_batch("commit")?;
    Ok(started.elapsed().as_secs_f64())
}

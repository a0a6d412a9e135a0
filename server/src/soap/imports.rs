//! Imports of files by the mapping of the request: points of interest by the imports that files and console use, small
//! tables at once.

use std::{convert::Infallible, time::Duration};

use campo_protocol::{
    entry::hash,
    model::{
        Ref,
        catalogue::{CatalogueItem, code_in_table},
        group::Group,
    },
    text::{hex, sort_key, tidy},
};
use campo_soap::{record::Record, value::Value};
use campo_spreadsheets::{Cell, Row};
use futures_util::stream;
use serde_json::{Map, json};
use uuid::Uuid;

use super::{
    answer::{Done, Refused},
    call::Call,
    describe::{DAYS, POI_COLUMNS, ResultCode},
    tasks::missing,
};
use crate::{
    access::permissions::{ManageDefinitions, ManageEmployees, RunImports, ViewDefinitions},
    api::{edit::Once, page::PageQuery},
    imports::{self, ImportRow, ImportRun, RunState, TemplateDraft, Upload},
    objects::{self, Filter, Kept, Operation, Outcome},
    problem::{Code, Problem},
    scheduler::Class,
};

/// How long an import is waited for before its end is left to `AsyncImportResult`.
const WAITED: Duration = Duration::from_secs(50);
/// How often is looked.
const LOOKED: Duration = Duration::from_millis(200);
/// Objects that are saved in one transaction.
const TOGETHER: usize = 500;
/// The most refused rows that an answer shows.
const MAX_SHOWN: usize = 5000;
/// The format of the refused rows.
const REFUSED_FORMAT: &str = "CsvCommaDelimited_Utf8";

/// The fields of points of interest by the names of the mapping.
fn poi_field(column: &str) -> String {
    match column {
        "CustomerNumber" => "number".to_owned(),
        "HouseNum" => "house_number".to_owned(),
        "State" => "region".to_owned(),
        "X" => "longitude".to_owned(),
        "Y" => "latitude".to_owned(),
        "ParentPoi" => "parent".to_owned(),
        "IsParent" => "is_parent".to_owned(),
        other => other.to_lowercase(),
    }
}

pub(super) async fn pois(call: &mut Call<'_>) -> Result<Done, Refused> {
    let request = call.parameters;
    let mapping = request.record("ColumnMapping").ok_or_else(|| missing("ColumnMapping"))?;
    let names = POI_COLUMNS.iter().map(|name| (*name).to_owned()).chain((1..=30).map(|n| format!("Data{n}")));
    let columns: Vec<_> = names
        .filter_map(|name| Some(json!({ "heading": mapping.word(&name)?, "field": poi_field(&name) })))
        .collect();
    if mapping.word("CustomerNumber").is_none() {
        return Err(missing("ColumnMapping/CustomerNumber"));
    }
    let unlisted = request.record("UnlistedPoiHandling");
    let unlisted = unlisted.map(|handling| handling.choice("Method")).transpose()?.flatten();
    if let Some(method) = unlisted.filter(|method| *method != "DoNotChange") {
        return Err(Refused::because(ResultCode::OperationNotAllowed, "option_refused", method));
    }
    let (mut constants, mut operation) = (Map::new(), "auto_select");
    if let Some(options) = request.record("Options") {
        if options.boolean("AllowPoiUpdate")? == Some(false) {
            operation = "create";
        }
        let by_name = options.choice("TargetParentOption")? == Some("ByName");
        if let Some(parent) = options.word("TargetParent").filter(|_| by_name) {
            constants.insert("parent".to_owned(), json!(parent));
        }
    }
    let template = json!({
        "makes": "pois", "operation": operation, "columns": columns, "constants": constants, "key": "number",
        "decimal_comma": false,
    });
    let (id, run) = import(call, template, "Web service: ImportPointsOfInterest").await?;
    result(call, id, run, "RowsImported").await
}

/// The fields of non-working days by the names of the mapping, besides the days of the week.
const DAY_FIELDS: [(&str, &str); 13] = [
    ("Code", "code"),
    ("Description", "name"),
    ("WholeCompany", "whole_company"),
    ("Group", "group"),
    ("Employee", "employee"),
    ("ScheduleType", "schedule_type"),
    ("FromDateTime", "from"),
    ("ToDateTime", "to"),
    ("FromDate", "from_date"),
    ("ToDate", "to_date"),
    ("FromTime", "from_time"),
    ("ToTime", "to_time"),
    ("Notes", "notes"),
];

/// Days on which people do not work.
pub(super) async fn non_working_days(call: &mut Call<'_>) -> Result<Done, Refused> {
    let request = call.parameters;
    let mapping = request.record("ColumnMapping").ok_or_else(|| missing("ColumnMapping"))?;
    let refused = |option: &str| Refused::because(ResultCode::OperationNotAllowed, "option_refused", option);
    if mapping.word("Vehicle").is_some() {
        return Err(refused("ColumnMapping/Vehicle"));
    }
    let named = DAY_FIELDS.map(|(name, field)| (name, field.to_owned())).into_iter();
    let weekdays = DAYS.into_iter().map(|day| (day, day.to_lowercase()));
    let columns: Vec<_> = named
        .chain(weekdays)
        .filter_map(|(name, field)| Some(json!({ "heading": mapping.word(name)?, "field": field })))
        .collect();
    let (mut operation, mut date_order) = ("auto_select", "day_month_year");
    if let Some(options) = request.record("Options") {
        if options.choice("UnlistedNonWorkingDaysHandling")? == Some("Delete") {
            return Err(refused("UnlistedNonWorkingDaysHandling"));
        }
        if options.boolean("AllowNonWorkingDayUpdate")? == Some(false) {
            operation = "create";
        }
        // A format of .NET such as `MM/dd/yyyy`: of its letters the order alone counts
        let format = options.word("DateTimeFormat").or_else(|| options.word("DateFormat"));
        date_order = match format.and_then(|format| format.chars().find(|c| matches!(c, 'd' | 'M' | 'y'))) {
            Some('M') => "month_day_year",
            Some('y') => "year_month_day",
            _ => "day_month_year",
        };
    }
    let template = json!({
        "makes": "non_working_days", "operation": operation, "columns": columns, "key": "code",
        "date_order": date_order,
    });
    let (id, run) = import(call, template, "Web service: ImportNonWorkingDays").await?;
    result(call, id, run, "RowsImported").await
}

/// Takes the points whose numbers stand in a file out of use.
pub(super) async fn delete_pois(call: &mut Call<'_>) -> Result<Done, Refused> {
    let mapping = call.parameters.record("ColumnMapping").ok_or_else(|| missing("ColumnMapping"))?;
    let heading = mapping.word("CustomerNumber").ok_or_else(|| missing("ColumnMapping/CustomerNumber"))?;
    let template = json!({
        "makes": "pois", "operation": "update", "key": "number", "constants": { "state": "deleted" },
        "columns": [{ "heading": heading, "field": "number" }],
    });
    let (id, run) = import(call, template, "Web service: DeletePointsOfInterest").await?;
    result(call, id, run, "RowsDeleted").await
}

/// Begins an import by a template that is kept under a name made of what it says, and waits a while for its end.
async fn import(
    call: &Call<'_>,
    mut template: serde_json::Value,
    name: &str,
) -> Result<(Uuid, ImportRun), Refused> {
    let (bytes, file_name) = file(call.parameters)?;
    let said = hex(&hash(template.to_string().as_bytes()));
    template["code"] = json!(format!("soap-{}", &said[..12]));
    template["name"] = json!(name);
    let draft: TemplateDraft = serde_json::from_value(template).map_err(Problem::internal)?;
    let allowed = call.allow::<RunImports>()?;
    let template = imports::ensure_template(call.app, &allowed, draft).await?;
    let upload = Upload { template: Ref::Id(template), file_name, again: true, confirm_withdrawals: None };
    let body = stream::iter([Ok::<_, Infallible>(bytes)]);
    let begun = imports::upload(call.app, &allowed, &Once::default(), &upload, call.language(), body).await;
    let (_, created) = begun.map_err(refused_file)?;
    let id = created.location.rsplit('/').next().and_then(|id| id.parse().ok()).ok_or(Code::Internal)?;
    let begun_us = call.app.environment.monotonic_us();
    loop {
        let run = imports::get(call.app, &allowed, id, call.language()).await?;
        let waited_us = call.app.environment.monotonic_us() - begun_us;
        if run.state.is_over() || waited_us > WAITED.as_micros() as i64 {
            return Ok((id, run));
        }
        call.app.environment.sleep(LOOKED).await;
    }
}

/// The file of a request.
fn file(request: Record<'_>) -> Result<(Vec<u8>, String), Refused> {
    let source = request.record("DataSource").ok_or_else(|| missing("DataSource"))?;
    let text = source.text("DataString").filter(|text| !text.is_empty()).map(|text| text.as_bytes().to_vec());
    let bytes = source.bytes("Data")?.or(text).ok_or_else(|| missing("DataSource/Data"))?;
    let name: String = source.word("FileName").unwrap_or_default().chars().take(200).collect();
    Ok((bytes, name))
}

fn refused_file(problem: Problem) -> Refused {
    match problem.code() {
        Code::FileEmpty | Code::NotASpreadsheet | Code::FileDamaged | Code::FilePasswordProtected => {
            Refused::of(ResultCode::ItemNotFound, problem)
        }
        _ => problem.into(),
    }
}

/// What became of an import, as far as it is over.
async fn result(call: &mut Call<'_>, id: Uuid, run: ImportRun, imported: &str) -> Result<Done, Refused> {
    let refused = refused_rows(call, id, run.refused).await?;
    let value = match (run.state, run.refused) {
        (RunState::Done, 0) => "OK",
        (RunState::Done, _) => "SomeRowsSkipped",
        (RunState::Failed, _) => of_failure(&run),
        (RunState::Stopped, _) => "UnknownErrorHasoccurred",
        _ => {
            call.remark("import_goes_on", &id.to_string());
            "OK"
        }
    };
    if let Some(problem) = &run.problem {
        call.remark("import_failed", &problem.detail);
    }
    let mut fields = vec![
        ("ReturnValue".to_owned(), value.into()),
        (imported.to_owned(), (run.created + run.updated + run.unchanged).into()),
        ("RowsRead".to_owned(), run.rows.into()),
        ("DataFormat".to_owned(), REFUSED_FORMAT.into()),
        ("DataString".to_owned(), refused.into()),
    ];
    if imported == "RowsImported" {
        fields.push(("ImportGuid".to_owned(), id.to_string().into()));
    }
    Ok(Done { code: None, fields })
}

fn of_failure(run: &ImportRun) -> &'static str {
    match run.problem.as_ref().map(|problem| problem.code) {
        Some("headings_missing" | "sheet_missing") => "InvalidColumnMapping",
        Some("internal" | "unavailable") => "UnknownErrorHasoccurred",
        _ => "InvalidDataFile",
    }
}

/// The rows that were refused, as a table: their cells, and why.
async fn refused_rows(call: &Call<'_>, id: Uuid, count: i64) -> Result<Option<String>, Refused> {
    if count == 0 {
        return Ok(None);
    }
    let allowed = call.allow::<RunImports>()?;
    let (mut lines, mut after) = (Vec::new(), None);
    loop {
        let query = PageQuery { after, limit: Some(500) };
        let page = imports::rows(call.app, &allowed, id, Some("refused"), &query, call.language()).await?;
        lines.extend(page.items.iter().map(line));
        after = page.next;
        if after.is_none() || lines.len() >= MAX_SHOWN {
            return Ok(Some(lines.concat()));
        }
    }
}

fn line(row: &ImportRow) -> String {
    let why: Vec<_> = row.faults.iter().map(|fault| fault.message.as_str()).collect();
    let number = row.row.to_string();
    let why = why.join(" ");
    let cells = row.cells.iter().map(String::as_str).chain([number.as_str(), why.as_str()]);
    csv_line(cells)
}

/// A line of a table, so that no spreadsheet takes a cell for a formula.
fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let quoted = cells.map(|cell| {
        let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

/// How an import goes.
pub(super) async fn status(call: &mut Call<'_>) -> Result<Done, Refused> {
    let id = guid(call)?;
    let allowed = call.allow::<RunImports>()?;
    let run = imports::get(call.app, &allowed, id, call.language()).await.map_err(not_found)?;
    let refused = refused_rows(call, id, run.refused).await?;
    let (status, sub) = match run.state {
        RunState::Waiting => ("Queued", None),
        RunState::Reading => ("Starting", None),
        RunState::Applying => ("InProgress", None),
        RunState::Done if run.refused > 0 => ("Done", Some("Done_WithErrorsInRows")),
        RunState::Done => ("Done", Some("Done_NoErrors")),
        RunState::Failed if of_failure(&run) == "InvalidColumnMapping" => {
            ("Done", Some("Done_RequiredColumnMappingIsMissing"))
        }
        RunState::Failed if of_failure(&run) == "InvalidDataFile" => ("Done", Some("Done_UnableToLoadFile")),
        RunState::Failed => ("StoppedUnexpectedly", None),
        RunState::Stopped => ("Aborted", None),
    };
    let format = refused.as_ref().map(|_| REFUSED_FORMAT);
    Ok(Done {
        code: None,
        fields: vec![
            ("ReturnValue".to_owned(), "OK".into()),
            ("ImportStatus".to_owned(), status.into()),
            ("ImportSubStatus".to_owned(), sub.into()),
            ("RowsImportedCount".to_owned(), (run.created + run.updated + run.unchanged).into()),
            ("ErrorsCount".to_owned(), run.refused.into()),
            ("WarningsCount".to_owned(), 0.into()),
            ("DataString".to_owned(), refused.into()),
            ("DataFormat".to_owned(), format.into()),
        ],
    })
}

pub(super) async fn abort(call: &mut Call<'_>) -> Result<Done, Refused> {
    let id = guid(call)?;
    let allowed = call.allow::<RunImports>()?;
    imports::stop(call.app, &allowed, id).await.map_err(not_found)?;
    Ok(Done::nothing())
}

fn guid(call: &Call<'_>) -> Result<Uuid, Refused> {
    let text = call.parameters.word("importGuid").ok_or_else(|| missing("importGuid"))?;
    let unknown = || Refused::because(ResultCode::ImportGuidNotFound, "no_import", text);
    text.trim_matches(['{', '}']).parse().map_err(|_| unknown())
}

fn not_found(problem: Problem) -> Refused {
    super::tasks::not_found(ResultCode::ImportGuidNotFound, problem)
}

/// Groups from a file, at once.
pub(super) async fn groups(call: &mut Call<'_>) -> Result<Done, Refused> {
    let request = call.parameters;
    let mapping = request.record("ColumnMapping").ok_or_else(|| missing("ColumnMapping"))?;
    let code = mapping.word("Code").ok_or_else(|| missing("ColumnMapping/Code"))?;
    let name = mapping.word("Name").unwrap_or(code);
    let handling =
        request.record("Options").map(|options| options.choice("UnlistedGroupHandling")).transpose()?;
    if handling.flatten() == Some("Delete") {
        return Err(Refused::because(
            ResultCode::OperationNotAllowed,
            "option_refused",
            "UnlistedGroupHandling",
        ));
    }
    let table = table(call).await?;
    let (code, name) = (table.column(code)?, table.column(name)?);
    let documents =
        table.rows.iter().map(|row| json!({ "code": cell(row, code), "name": cell(row, name) })).collect();
    call.allow::<ManageEmployees>()?;
    save_all::<Group>(call, documents).await
}

/// A table of data of forms from a file, at once.
pub(super) async fn form_data_table(call: &mut Call<'_>) -> Result<Done, Refused> {
    let request = call.parameters;
    let name = tidy(request.word("Code").ok_or_else(|| missing("Code"))?);
    let option =
        request.record("Options").map(|options| options.choice("ItemsNotInFileOption")).transpose()?;
    let deletes = option.flatten() == Some("Delete");
    let table = table(call).await?;
    let code = table.column("Code").or_else(|_| table.column("Codigo")).unwrap_or(0);
    let shown = table.column("Name").or_else(|_| table.column("Nombre")).unwrap_or(1);
    let mut documents: Vec<_> = table
        .rows
        .iter()
        .map(|row| {
            let values: Map<_, _> = table
                .headings
                .iter()
                .enumerate()
                .filter(|(index, heading)| *index != code && *index != shown && !heading.is_empty())
                .filter_map(|(index, heading)| {
                    Some((
                        heading.clone(),
                        json!(cell(row, index)).as_str().filter(|text| !text.is_empty())?.into(),
                    ))
                })
                .collect();
            let own = cell(row, code);
            let text = Some(cell(row, shown)).filter(|text| !text.is_empty()).unwrap_or_else(|| own.clone());
            json!({ "code": code_in_table(&name, &own), "name": text, "table": name, "values": values })
        })
        .collect();
    if deletes {
        documents.extend(unlisted(call, &name, &documents).await?);
    }
    call.allow::<ManageDefinitions>()?;
    save_all::<CatalogueItem>(call, documents).await
}

/// What of a table is not in the file, to be taken out of use.
async fn unlisted(
    call: &Call<'_>,
    name: &str,
    listed: &[serde_json::Value],
) -> Result<Vec<serde_json::Value>, Refused> {
    let allowed = call.allow::<ViewDefinitions>()?;
    let listed: std::collections::HashSet<&str> =
        listed.iter().filter_map(|one| one["code"].as_str()).collect();
    let filter = Filter { table: Some(name.to_owned()), ..Filter::default() };
    let (mut others, mut after) = (Vec::new(), None);
    loop {
        let query = PageQuery { after, limit: Some(500) };
        let page = objects::list::<CatalogueItem>(&call.app.db, &allowed, &filter, &query).await?;
        let gone =
            page.items.iter().map(|item| item.object.code.as_str()).filter(|code| !listed.contains(code));
        others.extend(gone.map(|code| json!({ "code": code, "state": "deleted" })));
        after = page.next;
        if after.is_none() {
            return Ok(others);
        }
    }
}

async fn save_all<K: Kept>(call: &mut Call<'_>, documents: Vec<serde_json::Value>) -> Result<Done, Refused> {
    let allowed = call.allow::<K::Manage>()?;
    let (mut imported, mut refused) = (0_i64, String::new());
    for part in documents.chunks(TOGETHER) {
        let mut write = call.app.log.begin(&allowed, Class::Import).await?;
        let outcomes = objects::save_many::<K>(&mut write, &allowed, Operation::AutoSelect, part).await?;
        write.commit().await?;
        for (document, outcome) in part.iter().zip(outcomes) {
            match told(call, outcome) {
                None => imported += 1,
                Some(why) => {
                    let code = document["code"].as_str().unwrap_or_default();
                    refused += &csv_line([code, why.as_str()].into_iter());
                }
            }
        }
    }
    let value = if refused.is_empty() { "OK" } else { "SomeRowsSkipped" };
    Ok(Done {
        code: None,
        fields: vec![
            ("ReturnValue".to_owned(), value.into()),
            ("RowsImported".to_owned(), imported.into()),
            ("RowsRead".to_owned(), (documents.len() as i64).into()),
            ("DataFormat".to_owned(), REFUSED_FORMAT.into()),
            (
                "DataString".to_owned(),
                Some(refused).filter(|refused| !refused.is_empty()).map_or(Value::Nil, Value::Text),
            ),
        ],
    })
}

/// Why an object was refused.
fn told<K>(call: &Call<'_>, outcome: Outcome<K>) -> Option<String> {
    outcome.err().map(|problem| Refused::from(problem).sentences(call.language()).join(" "))
}

/// The rows of a small file.
struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn column(&self, name: &str) -> Result<usize, Refused> {
        let wanted = sort_key(name.trim());
        let found = self.headings.iter().position(|heading| sort_key(heading.trim()) == wanted);
        found.ok_or_else(|| Refused::because(ResultCode::RequiredDataIsMissing, "no_column", name))
    }
}

fn cell(row: &[String], index: usize) -> String {
    row.get(index).map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// The table that a request brought.
async fn table(call: &Call<'_>) -> Result<Table, Refused> {
    let (bytes, name) = file(call.parameters)?;
    let rows = match imports::whole_table(call.app, call.caller.account, bytes).await {
        Ok(rows) => rows,
        Err(broken) => return Err(refused_file(broken.told(&name)?)),
    };
    let shown = |row: &Row| row.cells.iter().map(Cell::shown).collect();
    let mut rows = rows.iter().map(shown);
    let headings = rows.next().unwrap_or_default();
    Ok(Table { headings, rows: rows.collect() })
}

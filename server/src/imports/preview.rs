//! What a file would become: its headings, a mapping, and its first rows. Nothing is stored.

use campo_protocol::model::Ref;
use campo_spreadsheets::{Book, Kind, Options, Row};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    columns,
    draft::{Column, DateOrder, HiddenRows, Repeated, TemplateDraft, UnknownPoi, Unlisted},
    makes::Makes,
    plan::Plan,
    problem::of_file,
    reading::{Broken, Reading, Source},
    rows::RowFaultShown,
    sift::{Sifted, Sifter, texts},
    stage::{account_zone, misfit, options},
    suggest, template,
};
use crate::{
    access::{AccessState, Allowed, permissions::RunImports},
    app::App,
    problem::Result,
    tasks::save::Operation,
    texts::Language,
};

/// Rows that are shown.
const ROWS: usize = 20;
/// Rows among which headings are looked for.
const LOOKED_AT: usize = 50;

/// How a file is to be looked at.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PreviewQuery {
    /// The import template; without one a mapping is suggested
    pub template: Option<Ref>,
    /// Without a template: what the rows are to become, `tasks` or `pois`
    pub makes: Option<Makes>,
    /// The sheet; the template's, or the first one, when absent
    pub sheet: Option<String>,
    /// The name of the file, for people
    #[serde(default)]
    pub file_name: String,
}

/// A format that is read.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it documents `Kind`, whose crate knows no OpenAPI")]
enum SpreadsheetKind {
    /// Excel since 2007, and what LibreOffice writes as such
    Xlsx,
    /// Excel until 2003
    Xls,
    /// OpenDocument
    Ods,
    /// Text with a delimiter between columns
    Text,
    /// A table of HTML
    Html,
    /// The XML of Excel 2003
    XmlSpreadsheet,
}

/// What a file would become.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPreview)]
pub(super) struct Preview {
    /// The format of the file
    #[schema(value_type = SpreadsheetKind)]
    pub kind: Kind,
    /// The names of its sheets that are shown
    pub sheets: Vec<String>,
    /// The sheet that was read
    pub sheet: String,
    /// The number of the row with the headings
    pub heading_row: Option<i64>,
    /// The columns
    pub headings: Vec<FileColumn>,
    /// The mapping: the template's, or the one that the headings suggest
    pub columns: Vec<Column>,
    /// The first rows
    pub rows: Vec<PreviewRow>,
}

/// A column of the file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFileColumn)]
pub(super) struct FileColumn {
    /// Its letter
    pub letter: String,
    /// Its heading
    pub heading: String,
    /// The field that it would fill
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// A row of the file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPreviewRow)]
pub(super) struct PreviewRow {
    /// Its number
    pub row: i64,
    /// What a person reads in its cells
    pub cells: Vec<String>,
    /// What it would become, before the office looks at it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub document: Option<Value>,
    /// What is wrong with its cells
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<RowFaultShown>,
}

/// Looks at a file.
pub(super) async fn preview(
    app: &App,
    allowed: &Allowed<RunImports>,
    query: &PreviewQuery,
    language: Language,
    bytes: Vec<u8>,
) -> Result<Preview> {
    let account = allowed.account();
    let known = match &query.template {
        Some(which) => Some(template::used(&app.db, account, which).await?.draft),
        None => None,
    };
    let mut draft = known.unwrap_or_else(|| nothing(query.makes.unwrap_or(Makes::Tasks)));
    draft.sheet = query.sheet.clone().or(draft.sheet);
    let zone = account_zone(app, account).await?;
    let (book, rows) = match first_rows(app, account, bytes, &draft).await {
        Ok(read) => read,
        Err(broken) => return Err(broken.told(&query.file_name)?),
    };
    if query.template.is_none() {
        let heading = draft_columns(&mut draft, &rows);
        draft.heading_row = heading;
    }
    let columns = draft.columns.clone();
    let mut sifter = Sifter::new(draft, zone);
    let mut sifted: Vec<Sifted> = rows.into_iter().filter_map(|row| sifter.take(row)).collect();
    sifted.extend(sifter.end());
    let heading = sifter.heading().cloned();
    let headings = heading.as_ref().map(|heading| heading.texts.clone()).unwrap_or_default();
    let plan =
        sifter.plan(&book.sheet).map_err(|unfit| of_file(misfit(&unfit, &headings), &query.file_name))?;
    let data = sifted.into_iter().filter_map(|one| match one {
        Sifted::Data(row) => Some(row),
        Sifted::LeftOut(..) => None,
    });
    let rows = data.take(ROWS).map(|row| shown(&plan, &row, language)).collect();
    Ok(Preview {
        kind: book.kind,
        sheets: book.sheets.into_iter().filter(|sheet| !sheet.hidden).map(|sheet| sheet.name).collect(),
        sheet: book.sheet,
        heading_row: heading.map(|heading| heading.row),
        headings: named(&plan, &headings),
        columns,
        rows,
    })
}

/// The first rows of a file.
async fn first_rows(
    app: &App,
    account: i64,
    bytes: Vec<u8>,
    template: &TemplateDraft,
) -> Result<(Book, Vec<Row>), Broken> {
    let most = ROWS + LOOKED_AT + template.heading_row.unwrap_or(0).max(0) as usize;
    let options = Options { first_rows: Some(most), ..options(template) };
    let mut reading = Reading::begin(app, account, Source::Bytes(bytes), options).await;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(batch) = reading.next().await {
        rows.extend(batch);
    }
    Ok((reading.end().await?, rows))
}

/// Maps the columns below the row whose texts are known best as headings; the number of that row.
fn draft_columns(draft: &mut TemplateDraft, rows: &[Row]) -> Option<i64> {
    let known = |row: &&Row| suggest::columns(draft.makes, &texts(row)).len();
    let row = rows.iter().take(LOOKED_AT).rev().max_by_key(known)?;
    draft.columns = suggest::columns(draft.makes, &texts(row));
    Some(row.number)
}

fn named(plan: &Plan, headings: &[String]) -> Vec<FileColumn> {
    let heading = |(index, heading): (usize, &String)| FileColumn {
        letter: columns::letter(index),
        heading: heading.clone(),
        field: plan.filled().find(|(filled, _)| *filled == index).map(|(_, field)| field.to_owned()),
    };
    headings.iter().enumerate().map(heading).collect()
}

fn shown(plan: &Plan, row: &Row, language: Language) -> PreviewRow {
    let (document, faults) = match plan.document(row) {
        Ok(document) => (Some(document.row), Vec::new()),
        Err(faults) => (None, faults),
    };
    PreviewRow {
        row: row.number,
        cells: texts(row),
        document,
        faults: faults.into_iter().map(|fault| RowFaultShown::new(fault, language)).collect(),
    }
}

/// A template that says nothing yet.
pub(super) fn nothing(makes: Makes) -> TemplateDraft {
    TemplateDraft {
        code: String::new(),
        name: String::new(),
        makes,
        operation: Operation::AutoSelect,
        sheet: None,
        heading_row: None,
        first_row: None,
        encoding: None,
        delimiter: None,
        hidden_rows: HiddenRows::Take,
        repeated: Repeated::Last,
        all_or_nothing: false,
        unlisted: Unlisted::Leave,
        unlisted_parent: None,
        columns: Vec::new(),
        constants: std::collections::BTreeMap::new(),
        key: None,
        date_order: DateOrder::DayMonthYear,
        decimal_comma: true,
        zone: None,
        unknown_poi: UnknownPoi::Refuse,
        state: AccessState::Enabled,
        custom: std::collections::BTreeMap::new(),
    }
}

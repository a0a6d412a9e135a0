//! What was found out of a file, as people see it.

use campo_spreadsheets::{Encoding, Kind};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    analysis::Analysis,
    proposals::{self, Proposal},
    questions::{self, Question},
    warnings::{self, DraftWarning},
};
use crate::{
    imports::{
        columns,
        draft::{Column, HiddenRows, TemplateDraft},
    },
    texts::Language,
};

/// What was found out of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportDraftFound)]
pub(super) struct Found {
    /// The format of the file
    #[schema(value_type = String, example = "xlsx")]
    pub kind: Kind,
    /// Its sheets
    pub sheets: Vec<DraftSheet>,
    /// How it is read
    pub reading: DraftReading,
    /// Rows of data
    pub rows: i64,
    /// Rows that are no data; the first ones
    pub left_out: Vec<LeftOut>,
    /// The columns
    pub columns: Vec<DraftColumn>,
    /// What must be answered
    pub questions: Vec<Question>,
    /// What should be known
    pub warnings: Vec<DraftWarning>,
}

/// A sheet of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DraftSheet {
    /// Its name
    pub name: String,
    /// True when the spreadsheet does not show it
    pub hidden: bool,
}

/// How a file is read. What was found can be set.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DraftReading {
    /// The sheet
    pub sheet: ReadText,
    /// The row with the headings, 0 for a file without
    pub heading_row: ReadRow,
    /// The first row of data
    pub first_row: ReadRow,
    /// The encoding of a text
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<ReadText>,
    /// What stands between the fields of a text
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<ReadText>,
    /// What is done with hidden rows
    pub hidden_rows: HiddenRows,
    /// How many rows are hidden
    pub hidden_count: i64,
}

/// Something of how a file is read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReadText {
    /// What is used
    pub value: String,
    /// True when it was found, false when somebody set it
    pub found: bool,
    /// True when it was found by looks alone
    pub guessed: bool,
}

/// A row that matters for how a file is read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReadRow {
    /// Its number
    pub value: i64,
    /// True when it was found, false when somebody set it
    pub found: bool,
}

/// A row that is no data.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LeftOut {
    /// Its number
    pub row: i64,
    /// `repeated_heading` or `row_of_totals`
    pub why: String,
    /// The same for people
    pub message: String,
}

/// A column of the file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportDraftColumn)]
pub(super) struct DraftColumn {
    /// Its letter
    pub letter: String,
    /// Its heading
    pub heading: String,
    /// Some of its values as written
    pub samples: Vec<String>,
    /// How many rows have one
    pub filled: i64,
    /// `text`, `number`, `date`, `time`, `moment`, `boolean` or `blank`
    pub looks: String,
    /// What it may fill
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// What it fills
    pub mapped: Vec<Column>,
}

impl Found {
    pub(super) fn of(mapping: &TemplateDraft, analysis: &Analysis, language: Language) -> Self {
        let proposed = proposals::all(mapping.makes, analysis, language);
        let column = |(index, facts): (usize, &super::analysis::Facts)| {
            let (letter, heading) =
                (columns::letter(index), analysis.headings.get(index).cloned().unwrap_or_default());
            DraftColumn {
                samples: facts.samples.clone(),
                filled: facts.filled,
                looks: facts.looks().to_owned(),
                proposal: proposed.get(index).cloned().flatten(),
                mapped: mapped(mapping, &letter, &heading),
                letter,
                heading,
            }
        };
        Self {
            kind: analysis.book.kind,
            sheets: analysis
                .book
                .sheets
                .iter()
                .map(|sheet| DraftSheet { name: sheet.name.clone(), hidden: sheet.hidden })
                .collect(),
            reading: reading(mapping, analysis),
            rows: analysis.rows,
            left_out: analysis
                .left_out
                .iter()
                .map(|(row, why)| LeftOut { row: *row, why: why.clone(), message: said(why, language) })
                .collect(),
            columns: analysis.columns.iter().enumerate().map(column).collect(),
            questions: questions::open(mapping, analysis, language),
            warnings: warnings::all(mapping, analysis, language),
        }
    }
}

/// What a column of the file fills: by its letter, or by its heading where a template names that.
fn mapped(mapping: &TemplateDraft, letter: &str, heading: &str) -> Vec<Column> {
    let is_it = |column: &&Column| {
        column.letter.as_deref() == Some(letter)
            || column.heading.as_deref().is_some_and(|named| {
                !heading.is_empty() && columns::folded(named) == columns::folded(heading)
            })
    };
    mapping.columns.iter().filter(is_it).cloned().collect()
}

/// The sentence of a code of faults.
fn said(code: &str, language: Language) -> String {
    crate::texts::fault(language, code).first().cloned().unwrap_or_default()
}

fn reading(mapping: &TemplateDraft, analysis: &Analysis) -> DraftReading {
    let text =
        |value: String, found: bool, guessed: bool| ReadText { value, found, guessed: found && guessed };
    let book = &analysis.book;
    DraftReading {
        sheet: text(book.sheet.clone(), mapping.sheet.is_none(), false),
        heading_row: ReadRow { value: analysis.heading_row, found: mapping.heading_row.is_none() },
        first_row: ReadRow {
            value: mapping.first_row.unwrap_or(analysis.heading_row + 1),
            found: mapping.first_row.is_none(),
        },
        encoding: book
            .encoding
            .map(|encoding| text(name_of(encoding), mapping.encoding.is_none(), book.is_guessed)),
        delimiter: book
            .delimiter
            .map(|delimiter| text(delimiter.to_string(), mapping.delimiter.is_none(), false)),
        hidden_rows: mapping.hidden_rows,
        hidden_count: analysis.hidden,
    }
}

fn name_of(encoding: Encoding) -> String {
    serde_json::to_value(encoding).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

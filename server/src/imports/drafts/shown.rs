//! Drafts as people see them.

use std::collections::BTreeMap;

use campo_protocol::text::hex;
use campo_spreadsheets::{Encoding, Kind};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    analysis::Analysis,
    questions::{self, Question},
    row::DraftRow,
};
use crate::{
    api::time::Instant,
    imports::{
        columns,
        draft::{Column, HiddenRows, Makes, Repeated, TemplateDraft, UnknownPoi, Unlisted},
        problem, suggest,
    },
    objects::read::Author,
    problem::{ProblemShown, Result},
    tasks::save::Operation,
    texts::Language,
};

/// A draft of an import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportDraft)]
pub(super) struct DraftShown {
    /// Its id
    pub id: Uuid,
    /// Its version
    pub version: i64,
    /// `uploading`, `ready`, `unreadable` or `started`
    pub state: String,
    /// The file
    pub file: DraftFile,
    /// Who uploads it
    pub author: Author,
    /// When it was begun
    pub created_at: Instant,
    /// When it was changed last
    pub updated_at: Instant,
    /// Until when it is kept
    pub expires_at: Instant,
    /// What its rows become
    pub makes: Makes,
    /// The template that was laid over it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<DraftTemplate>,
    /// Why the file cannot be read
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemShown>,
    /// What was found out of the file, once it is there
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// What every row gets, by field
    pub constants: BTreeMap<String, String>,
    /// How it is imported
    pub options: DraftOptions,
    /// What keeps it from starting besides questions
    pub missing: Vec<MissingField>,
    /// True when it can be started
    pub can_start: bool,
    /// The import that it became
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Uuid>,
}

/// The file of a draft.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DraftFile {
    /// Its name, for people
    pub name: String,
    /// Its length
    pub size_bytes: i64,
    /// How much of it is there
    pub received_bytes: i64,
    /// SHA-256, hexadecimal, once it is there whole
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// The template of a draft.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DraftTemplate {
    /// Its id
    pub id: Uuid,
    /// Its code
    pub code: String,
    /// Its version
    pub version: i64,
    /// Headings that the template needs and the file lacks
    pub missing: Vec<String>,
}

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

/// A proposal for a column.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportProposal)]
pub(super) struct Proposal {
    /// The field
    pub field: String,
    /// `synonym`: headings like this one usually mean the field
    pub why: String,
    /// The same for people
    pub message: String,
    /// `sure` or `likely`
    pub how_sure: String,
}

/// Something that should be known.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DraftWarning {
    /// `guessed_encoding` or `duplicate_heading`
    pub code: String,
    /// The letter of the column
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The same for people
    pub message: String,
}

/// What keeps a draft from starting.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MissingField {
    /// The field, empty where any would do
    pub field: String,
    /// The same for people
    pub message: String,
}

/// How a draft is imported.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DraftOptions {
    /// What is done when there is one with the number of the row already, or none
    pub operation: Operation,
    /// The field that must have a value in each row
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The IANA zone of the times; that of the account when absent
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What is done when a row names a point of interest that is not there
    pub unknown_poi: UnknownPoi,
    /// Which row counts when several have the same key
    pub repeated: Repeated,
    /// True when nothing is applied where a single row is refused
    pub all_or_nothing: bool,
    /// What is done with what earlier imports by the template made and the file lists no longer; without a template
    /// there is nothing of the kind
    pub unlisted: Unlisted,
}

impl DraftShown {
    pub(super) fn of(row: &DraftRow, language: Language) -> Result<Self> {
        let (mapping, analysis) = (row.mapping()?, row.analysis()?);
        let problem = row.problem.as_deref().map(|stored| problem::shown(stored, language)).transpose()?;
        let missing = missing(&mapping, language);
        let found = analysis.as_ref().map(|analysis| Found::of(&mapping, analysis, language));
        let answered = found.as_ref().is_some_and(|found| found.questions.is_empty());
        let template = row.template.map(|id| {
            let known = analysis.as_ref().map(|analysis| analysis.headings.as_slice()).unwrap_or_default();
            let known: Vec<String> = known.iter().map(|heading| columns::folded(heading)).collect();
            let lacks = |heading: &&String| !known.contains(&columns::folded(heading));
            let needed = mapping.columns.iter().filter(|column| !column.optional);
            let named = needed.filter_map(|column| column.heading.as_ref());
            let missing = named.filter(lacks).cloned().collect();
            DraftTemplate {
                id,
                code: mapping.code.clone(),
                version: row.template_version.unwrap_or(0),
                missing: if analysis.is_some() { missing } else { Vec::new() },
            }
        });
        let fits = template.as_ref().is_none_or(|template| template.missing.is_empty());
        Ok(Self {
            id: row.id,
            version: row.version,
            state: row.state.clone(),
            file: DraftFile {
                name: row.file_name.clone(),
                size_bytes: row.size_bytes,
                received_bytes: row.received_bytes,
                hash: row.hash.as_deref().map(hex),
            },
            author: Author { kind: row.author.clone(), id: row.author_id },
            created_at: Instant(row.created_us),
            updated_at: Instant(row.updated_us),
            expires_at: Instant(row.expires_us),
            makes: mapping.makes,
            can_start: row.state == "ready" && answered && fits && missing.is_empty(),
            template,
            problem,
            found,
            constants: mapping.constants.clone(),
            options: DraftOptions {
                operation: mapping.operation,
                key: mapping.key.clone(),
                zone: mapping.zone.clone(),
                unknown_poi: mapping.unknown_poi,
                repeated: mapping.repeated,
                all_or_nothing: mapping.all_or_nothing,
                unlisted: mapping.unlisted,
            },
            missing,
            run: row.run,
        })
    }
}

fn missing(mapping: &TemplateDraft, language: Language) -> Vec<MissingField> {
    if !mapping.columns.is_empty() {
        return Vec::new();
    }
    let message = match language {
        Language::Spanish => "Elija al menos una columna.",
        Language::English => "Choose at least one column.",
    };
    vec![MissingField { field: String::new(), message: message.to_owned() }]
}

impl Found {
    fn of(mapping: &TemplateDraft, analysis: &Analysis, language: Language) -> Self {
        let proposed = suggest::columns(mapping.makes, &analysis.headings);
        let column = |(index, facts): (usize, &super::analysis::Facts)| {
            let (letter, heading) =
                (columns::letter(index), analysis.headings.get(index).cloned().unwrap_or_default());
            let proposal =
                proposed.iter().find(|one| one.heading.as_ref() == Some(&heading) && !heading.is_empty());
            DraftColumn {
                samples: facts.samples.clone(),
                filled: facts.filled,
                looks: facts.looks().to_owned(),
                proposal: proposal.map(|one| synonym(&one.field, language)),
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
            warnings: warnings(analysis, language),
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

fn synonym(field: &str, language: Language) -> Proposal {
    let message = match language {
        Language::Spanish => "Un encabezado así suele ser este campo.",
        Language::English => "Such a heading usually means this field.",
    };
    Proposal {
        field: field.to_owned(),
        why: "synonym".to_owned(),
        message: message.to_owned(),
        how_sure: "sure".to_owned(),
    }
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

fn warnings(analysis: &Analysis, language: Language) -> Vec<DraftWarning> {
    let mut warnings = Vec::new();
    if analysis.book.is_guessed {
        let message = match language {
            Language::Spanish => "Nada en el archivo dice su codificación; revise los acentos.",
            Language::English => "Nothing in the file says its encoding; check the accents.",
        };
        let code = "guessed_encoding".to_owned();
        warnings.push(DraftWarning { code, column: None, message: message.to_owned() });
    }
    let folded: Vec<String> = analysis.headings.iter().map(|heading| columns::folded(heading)).collect();
    for (index, heading) in folded.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
        if let Some(first) = folded[..index].iter().position(|before| before == heading) {
            let (shown, first) = (&analysis.headings[index], columns::letter(first));
            let message = match language {
                Language::Spanish => format!("«{shown}» también es el encabezado de la columna {first}."),
                Language::English => format!("“{shown}” is the heading of column {first}, too."),
            };
            let code = "duplicate_heading".to_owned();
            warnings.push(DraftWarning { code, column: Some(columns::letter(index)), message });
        }
    }
    warnings
}

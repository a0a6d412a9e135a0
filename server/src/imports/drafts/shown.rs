//! Drafts as people see them.

use std::collections::BTreeMap;

use campo_protocol::text::hex;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    found::Found,
    nearly::{self, Differing},
    row::DraftRow,
};
use crate::{
    api::time::Instant,
    imports::{
        draft::{Repeated, TemplateDraft, UnknownPoi, Unlisted},
        makes::Makes,
        problem,
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
    /// The same, each with the column of the file that it may be: `fit` takes those
    pub differs: Vec<Differing>,
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
    /// The number of the point of interest below which it is moved, with `unlisted: move`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlisted_parent: Option<String>,
}

impl DraftShown {
    pub(super) fn of(row: &DraftRow, language: Language) -> Result<Self> {
        let (mapping, analysis) = (row.mapping()?, row.analysis()?);
        let problem = row.problem.as_deref().map(|stored| problem::shown(stored, language)).transpose()?;
        let missing = missing(&mapping, language);
        let found = analysis.as_ref().map(|analysis| Found::of(&mapping, analysis, language));
        let answered = found.as_ref().is_some_and(|found| found.questions.is_empty());
        let template = row.template.map(|id| {
            let headings = analysis.as_ref().map(|analysis| analysis.headings.as_slice());
            let differs =
                headings.map(|headings| nearly::differing(&mapping, headings, language)).unwrap_or_default();
            DraftTemplate {
                id,
                code: mapping.code.clone(),
                version: row.template_version.unwrap_or(0),
                missing: differs.iter().map(|one| one.heading.clone()).collect(),
                differs,
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
                unlisted_parent: mapping.unlisted_parent.clone(),
            },
            missing,
            run: row.run,
        })
    }
}

fn missing(mapping: &TemplateDraft, language: Language) -> Vec<MissingField> {
    if !mapping.columns.is_empty() {
        let missing =
            |field: &str| MissingField { field: field.to_owned(), message: lacking(field, language) };
        return mapping.lacking().map(missing).collect();
    }
    let message = match language {
        Language::Spanish => "Elija al menos una columna.",
        Language::English => "Choose at least one column.",
    };
    vec![MissingField { field: String::new(), message: message.to_owned() }]
}

/// What is to be done about a field that something must fill.
fn lacking(field: &str, language: Language) -> String {
    match (field, language) {
        ("table", Language::Spanish) => "Diga de qué tabla son las filas.".to_owned(),
        ("table", Language::English) => "Say which table the rows are of.".to_owned(),
        (field, Language::Spanish) => format!("Falta el campo «{field}»."),
        (field, Language::English) => format!("The field “{field}” is missing."),
    }
}

//! Changes of a draft: how the file is read, what its columns fill, answers to questions.

use std::collections::BTreeMap;

use campo_protocol::{
    document,
    faults::{Faults, pointer},
    model::Ref,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    nearly, proposals,
    receive::{self, key_of},
    row::DraftRow,
    shown::DraftShown,
};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::edit::{IfMatch, Versioned},
    app::App,
    imports::{
        columns,
        draft::{Column, DateOrder, TemplateDraft, Unlisted},
        makes::Makes,
        template,
    },
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::Language,
};

/// A change of a draft: a JSON Merge Patch of these members. `null` in `reading` means: find it again.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportDraftPatch)]
pub(super) struct DraftPatch {
    /// The name of the file, for people
    #[serde(default)]
    pub file_name: Option<String>,
    /// What the rows become; the columns are mapped anew
    #[serde(default)]
    pub makes: Option<Makes>,
    /// The import template to lay over the file
    #[serde(default)]
    pub template: Option<Ref>,
    /// True to take the columns that headings of the template may be which the file lacks (`template.differs`)
    #[serde(default)]
    pub fit: bool,
    /// `sheet`, `heading_row`, `first_row`, `encoding`, `delimiter`, `hidden_rows`
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub reading: Option<BTreeMap<String, Value>>,
    /// What columns fill, by letter; an empty list or `null` for nothing
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub columns: Option<BTreeMap<String, Option<Vec<Mapped>>>>,
    /// What every row gets, by field; `null` takes it away
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub constants: Option<BTreeMap<String, Option<String>>>,
    /// `operation`, `key`, `zone`, `unknown_poi`, `repeated`, `all_or_nothing`, `unlisted`,
    /// `unlisted_parent`
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub options: Option<BTreeMap<String, Value>>,
    /// Answers to questions, by their ids
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub answers: Option<BTreeMap<String, String>>,
}

/// What a column fills: as in a template, without heading and letter.
type Mapped = Value;

const READING: [&str; 6] = ["sheet", "heading_row", "first_row", "encoding", "delimiter", "hidden_rows"];
const OPTIONS: [&str; 8] =
    ["operation", "key", "zone", "unknown_poi", "repeated", "all_or_nothing", "unlisted", "unlisted_parent"];

/// Changes a draft.
pub(super) async fn edit(
    app: &App,
    allowed: &Allowed<RunImports>,
    id: Uuid,
    if_match: IfMatch,
    patch: DraftPatch,
    language: Language,
) -> Result<Versioned<DraftShown>> {
    let account = allowed.account();
    let mut row = DraftRow::load(&app.db, account, id, app.environment.now_us()).await?;
    if_match.check(row.version)?;
    if !matches!(row.state.as_str(), "ready" | "unreadable") {
        return Err(Problem::new(Code::Conflict).with("with", "state"));
    }
    let mut mapping = row.mapping()?;
    if let Some(which) = &patch.template {
        let known = template::used(&app.db, account, which).await?;
        (row.template, row.template_version) = (Some(known.id), Some(known.version));
        mapping = known.draft;
    }
    let reads_anew = patch.reading.is_some() || patch.template.is_some() || row.analysis.is_none();
    let changes_mapping = patch.columns.is_some() || patch.makes.is_some() || patch.fit;
    if patch.fit {
        let headings = row.analysis()?.unwrap_or_default().headings;
        nearly::fit(&mut mapping, &headings)?;
    }
    if changes_mapping {
        // From here on it is another mapping than the template's
        by_letters(&mut mapping, &row)?;
        (row.template, row.template_version) = (None, None);
    }
    apply(&mut mapping, &patch, &row)?;
    check(&mapping)?;
    if reads_anew {
        let found = receive::look(app, account, &row, mapping).await?;
        return store(app, allowed, row, if_match, &patch, &found, language).await;
    }
    if let Some(analysis) = row.analysis()?.filter(|_| row.template.is_none()) {
        super::questions::decide(&mut mapping, &analysis);
    }
    let mapping = serde_json::to_string(&mapping).map_err(Problem::internal)?;
    let (analysis, problem) = (row.analysis.clone(), row.problem.clone());
    let state = if row.state == "ready" { "ready" } else { "unreadable" };
    let found = receive::Looked { state, mapping, analysis, problem };
    store(app, allowed, row, if_match, &patch, &found, language).await
}

async fn store(
    app: &App,
    allowed: &Allowed<RunImports>,
    row: DraftRow,
    if_match: IfMatch,
    patch: &DraftPatch,
    found: &receive::Looked,
    language: Language,
) -> Result<Versioned<DraftShown>> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let current = DraftRow::locked(write.tx(), account, row.id, now_us).await?;
    if_match.check(current.version)?;
    receive::keep(&mut write, row.id, found).await?;
    let name = patch.file_name.clone().unwrap_or(current.file_name);
    write
        .tx()
        .execute(
            "update import_draft set file_name = $3, template = $4, template_version = $5 \
             where account = $1 and id = $2",
            (account, row.id, name.as_str(), row.template, row.template_version),
        )
        .await?;
    let row = DraftRow::locked(write.tx(), account, row.id, now_us).await?;
    write.commit().await?;
    Ok(Versioned(row.version, DraftShown::of(&row, language)?))
}

/// Names the columns of a mapping by their letters in this file.
fn by_letters(mapping: &mut TemplateDraft, row: &DraftRow) -> Result<()> {
    let Some(analysis) = row.analysis()? else { return Ok(()) };
    let folded: Vec<String> = analysis.headings.iter().map(|heading| columns::folded(heading)).collect();
    for column in &mut mapping.columns {
        if let Some(heading) = column.heading.as_deref()
            && let Some(index) = folded.iter().position(|known| *known == columns::folded(heading))
        {
            (column.heading, column.letter) = (None, Some(columns::letter(index)));
        }
    }
    mapping.columns.retain(|column| column.letter.is_some());
    Ok(())
}

fn apply(mapping: &mut TemplateDraft, patch: &DraftPatch, row: &DraftRow) -> Result<()> {
    let mut faults = Faults::default();
    if let Some(makes) = patch.makes.filter(|makes| *makes != mapping.makes) {
        mapping.makes = makes;
        mapping.columns = proposals::mapping(makes, &row.analysis()?.unwrap_or_default());
        mapping.constants.clear();
        if mapping.unlisted == Unlisted::Move {
            // Only points of interest are moved
            mapping.unlisted = Unlisted::Leave;
        }
        mapping.key = key_of(mapping);
    }
    for (name, list) in patch.columns.iter().flatten() {
        columns_of(mapping, name, list.as_deref().unwrap_or_default(), &mut faults);
    }
    if patch.columns.is_some() && patch.options.as_ref().is_none_or(|options| !options.contains_key("key")) {
        let filled =
            mapping.key.as_ref().is_some_and(|key| mapping.columns.iter().any(|one| one.field == *key));
        if !filled {
            mapping.key = key_of(mapping);
        }
    }
    for (name, value) in patch.constants.iter().flatten() {
        match value {
            Some(value) => drop(mapping.constants.insert(name.clone(), value.clone())),
            None => drop(mapping.constants.remove(name)),
        }
    }
    for (question, answer) in patch.answers.iter().flatten() {
        answered(mapping, question, answer, &mut faults);
    }
    let mut merged = serde_json::to_value(&*mapping).map_err(Problem::internal)?;
    for (given, known, field) in
        [(&patch.reading, &READING[..], "/reading"), (&patch.options, &OPTIONS[..], "/options")]
    {
        for (name, value) in given.iter().flatten() {
            if known.contains(&name.as_str()) {
                document::merge(&mut merged, &json!({ name: value }));
            } else {
                faults.add(pointer(field, name), "unknown_field", "", format!("one of {}", known.join(", ")));
            }
        }
    }
    faults.into_result()?;
    *mapping = document::read(&merged)?;
    Ok(())
}

fn columns_of(mapping: &mut TemplateDraft, name: &str, list: &[Mapped], faults: &mut Faults) {
    let at = pointer("/columns", name);
    let Some(index) = columns::index(name) else {
        return faults.add(at, "invalid_value", name, "the letter of a column such as C");
    };
    let letter = columns::letter(index);
    mapping.columns.retain(|column| column.letter.as_deref() != Some(&letter));
    for (place, given) in list.iter().enumerate() {
        let mut given = given.clone();
        if let Some(members) = given.as_object_mut() {
            members.remove("heading");
            members.insert("letter".to_owned(), letter.clone().into());
        }
        match document::read::<Column>(&given) {
            Ok(column) => {
                // A field is filled by one column
                mapping.columns.retain(|other| other.field != column.field);
                mapping.columns.push(column);
            }
            Err(found) => {
                for fault in found.into_vec() {
                    let field = format!("{}{}", pointer(&at, place), fault.field);
                    faults.add(field, &fault.code, &fault.found, fault.expected);
                }
            }
        }
    }
}

fn answered(mapping: &mut TemplateDraft, question: &str, answer: &str, faults: &mut Faults) {
    let at = pointer("/answers", question);
    let Some((letter, kind)) = question.split_once('.') else {
        return faults.add(at, "unknown_value", question, "the id of a question");
    };
    let columns = mapping.columns.iter_mut().filter(|column| column.letter.as_deref() == Some(letter));
    for column in columns {
        match (kind, answer) {
            ("date_order", "day_month_year") => column.date_order = Some(DateOrder::DayMonthYear),
            ("date_order", "month_day_year") => column.date_order = Some(DateOrder::MonthDayYear),
            ("date_order", "year_month_day") => column.date_order = Some(DateOrder::YearMonthDay),
            ("decimal_sign", "comma") => column.decimal_comma = Some(true),
            ("decimal_sign", "point") => column.decimal_comma = Some(false),
            _ => return faults.add(at, "unknown_value", answer, "one of the choices of the question"),
        }
    }
}

/// Checks a mapping as a template is, but for what makes it one.
fn check(mapping: &TemplateDraft) -> Result<()> {
    if mapping.columns.is_empty() && mapping.constants.is_empty() {
        return Ok(());
    }
    let mut whole = TemplateDraft { code: Uuid::nil().to_string(), name: "-".to_owned(), ..mapping.clone() };
    whole.constants.extend(mapping.lacking().map(|field| (field.to_owned(), "-".to_owned())));
    whole.check()
}

//! Forms: which may be filled, what one asks, its draft, and what is still wrong with the answers.

use std::collections::{BTreeMap, BTreeSet};

use campo_protocol::{
    entry::{Entry, Kind},
    model::{
        Ref, State,
        answers::{FieldAnswer, FilledForm, check_answers},
        catalogue::CatalogueItem,
        form::{FormDefinition, FormField, FormFieldKind},
        form_logic::LOGIC_VERSION,
    },
};
use rusqlite::OptionalExtension as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    documents::TypeDocument,
    texts::{self, Language},
    worker::Worker,
};
use crate::{
    capture::form_draft,
    store::{Store, failure::Result, objects},
};

/// How far a form of a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FormProgress {
    /// Nobody began it here
    New,
    /// It was begun
    Draft,
    /// It was filled here
    Filled,
}

/// A form that may be filled.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FormOfTask {
    /// The form
    pub form: String,
    /// Its name
    pub name: String,
    /// True when the task is not closed without it
    pub required: bool,
    /// How far it is
    pub progress: FormProgress,
    /// `Borrador, 6 de 14`, `Hace falta para terminar`, `Enviado 10:42`
    pub text: String,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[expect(missing_docs, reason = "each is the kind of `protocol::model::form` of the same name")]
pub enum QuestionKind {
    Text,
    Number,
    Date,
    Choice,
    Choices,
    Location,
    Photo,
    Signature,
    Table,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Choice {
    /// What the answer says
    pub value: String,
    /// What the worker reads
    pub text: String,
}

/// One question of a form.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Question {
    /// By what answers name it
    pub id: String,
    /// What the worker reads
    pub label: String,
    /// What kind of answer it takes
    pub kind: QuestionKind,
    /// True when it must be answered
    pub required: bool,
    /// The most that is taken: photos, rows, characters, or a number's value
    pub maximum: Option<f64>,
    /// What is chosen from
    pub choices: Vec<Choice>,
    /// What each row of a table asks
    pub columns: Vec<TableColumn>,
}

/// What each row of a table asks.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct TableColumn {
    /// By what answers name it
    pub id: String,
    /// What the worker reads
    pub label: String,
    /// What kind of answer it takes
    pub kind: QuestionKind,
    /// True when it must be answered
    pub required: bool,
    /// What is chosen from
    pub choices: Vec<Choice>,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AnswerFault {
    /// The question
    pub field: String,
    /// The row of a table, from 0
    pub row: Option<u32>,
    /// The column of a table
    pub column: Option<String>,
    /// True when it is not answered: shown when the worker goes on, not before
    pub missing: bool,
    /// `680: lo más que se acepta es 500. Revise el valor.`
    pub text: String,
}

/// How far a form is filled.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FormState {
    /// How many questions are answered
    pub answered: u32,
    /// How many are asked
    pub asked: u32,
    /// The questions that are not asked, by what was answered
    pub hidden: Vec<String>,
    /// What is wrong
    pub faults: Vec<AnswerFault>,
    /// True when it can be handed in
    pub complete: bool,
}

/// A form with its draft.
#[derive(Debug, Clone, PartialEq)]
pub struct FormPage {
    /// The form
    pub form: Uuid,
    /// The version of what it asks
    pub version: i64,
    /// Its name
    pub name: String,
    /// What it asks
    pub questions: Vec<Question>,
    /// What was answered so far
    pub draft: Draft,
    /// When the draft was kept, `11:23`; empty without one
    pub saved: String,
    /// How far it is
    pub state: FormState,
    /// True when its logic is of a later release: it cannot be filled by this one
    pub needs_newer_app: bool,
}

/// The answers of an unfinished form. Committed at each change; never sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The answers
    #[serde(default)]
    pub answers: Vec<FieldAnswer>,
    /// The photos and signatures that they mention, in the file space by now
    #[serde(default)]
    pub photos: Vec<DraftPhoto>,
}

/// A photo of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "its fields are those of `capture::Photo`")]
pub struct DraftPhoto {
    pub hash: String,
    pub size_bytes: i64,
    pub field: Option<String>,
    pub media_type: String,
}

/// What a form asks, and who may fill it.
#[derive(Debug, Clone)]
pub(crate) struct KnownForm {
    pub(crate) id: Uuid,
    pub(crate) definition: FormDefinition,
}

impl Store {
    /// The forms that whoever works with the phone may fill, by name.
    pub(crate) fn known_forms(&self) -> Result<Vec<KnownForm>> {
        let mut statement = self
            .read()
            .prepare_cached("select distinct id, body from object where kind = 'form' order by id")?;
        let mut rows = statement.query(())?;
        let mut forms: BTreeMap<Uuid, KnownForm> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let id: Vec<u8> = row.get(0)?;
            let body: Vec<u8> = row.get(1)?;
            let id = crate::store::id_of(&id)?;
            let Ok(definition) = serde_json::from_slice::<FormDefinition>(&body) else { continue };
            if definition.state == State::Enabled {
                forms.insert(id, KnownForm { id, definition });
            }
        }
        let mut forms: Vec<KnownForm> = forms.into_values().collect();
        forms.sort_by(|one, other| one.definition.name.cmp(&other.definition.name));
        Ok(forms)
    }

    /// The forms that may be filled without a task.
    pub fn forms(&self, now_us: i64) -> Result<Vec<FormOfTask>> {
        let Some(worker) = self.worker(now_us)? else { return Ok(Vec::new()) };
        if !worker.may(Kind::Form) {
            return Ok(Vec::new());
        }
        let known = self.known_forms()?;
        known.iter().map(|form| self.form_of_task(&worker, None, form, false, None)).collect()
    }

    /// The forms of a task: what it requires, then every other.
    pub(crate) fn forms_of_task(
        &self,
        worker: &Worker,
        task: Uuid,
        task_type: &TypeDocument,
    ) -> Result<Vec<FormOfTask>> {
        if !worker.may(Kind::Form) {
            return Ok(Vec::new());
        }
        let required: Vec<Uuid> = task_type.required_forms.iter().filter_map(Ref::id).collect();
        let filled = self.filled_when(task)?;
        let mut known = self.known_forms()?;
        known.sort_by_key(|form| !required.contains(&form.id));
        let form_of = |form: &KnownForm| {
            self.form_of_task(
                worker,
                Some(task),
                form,
                required.contains(&form.id),
                filled.get(&form.id).copied(),
            )
        };
        known.iter().map(form_of).collect()
    }

    fn form_of_task(
        &self,
        worker: &Worker,
        task: Option<Uuid>,
        form: &KnownForm,
        required: bool,
        filled: Option<(i64, bool)>,
    ) -> Result<FormOfTask> {
        let language = worker.dates.language;
        let draft = self.form_draft(task, form.id)?;
        let (progress, text) = match (draft, filled) {
            (Some((draft, _)), _) => {
                let today = worker.dates.today().to_string();
                let state = check(&form.definition, form.id, &draft.answers, &today, language);
                (FormProgress::Draft, texts::draft(language, state.answered, state.asked))
            }
            (None, Some((at_us, sent))) => {
                (FormProgress::Filled, texts::filled(language, &worker.dates.when(at_us), sent))
            }
            (None, None) => (FormProgress::New, texts::unfilled(language, required).to_owned()),
        };
        Ok(FormOfTask {
            form: form.id.to_string(),
            name: form.definition.name.clone(),
            required,
            progress,
            text,
        })
    }

    /// The forms that were filled here for a task.
    pub(crate) fn filled_forms(&self, task: Uuid) -> Result<BTreeSet<Uuid>> {
        Ok(self.filled_when(task)?.into_keys().collect())
    }

    /// When forms were last filled here for a task, and whether the server has them.
    fn filled_when(&self, task: Uuid) -> Result<BTreeMap<Uuid, (i64, bool)>> {
        let mut statement = self.read().prepare_cached(
            "select bytes, coalesce(occurred_at_us, captured_us), state from entry \
             where task = ?1 and kind = 'form' and state in ('waiting', 'settled') order by number",
        )?;
        let mut rows = statement.query((task.as_bytes(),))?;
        let mut filled = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(0)?;
            let Ok(entry) = serde_json::from_slice::<Entry>(&bytes) else { continue };
            let body = entry.body.as_deref().map(serde_json::value::RawValue::get).unwrap_or_default();
            if let Ok(form) = serde_json::from_str::<FilledForm>(body) {
                filled.insert(form.form, (row.get(1)?, row.get::<_, String>(2)? == "settled"));
            }
        }
        Ok(filled)
    }

    /// A form with its draft; none when the phone does not hold it, or cannot read it.
    pub fn form_page(&self, form: Uuid, task: Option<Uuid>, now_us: i64) -> Result<Option<FormPage>> {
        let Some(definition) = self.form_definition(form)? else { return Ok(None) };
        let dates = self.dates(now_us)?;
        let (draft, saved_us) = self.form_draft(task, form)?.unzip();
        let draft = draft.unwrap_or_default();
        Ok(Some(FormPage {
            form,
            version: definition.version,
            name: definition.name.clone(),
            questions: self.questions(&definition.fields)?,
            state: check(&definition, form, &draft.answers, &dates.today().to_string(), dates.language),
            needs_newer_app: definition.logic_version > LOGIC_VERSION,
            saved: saved_us.map(|at_us| dates.when(at_us)).unwrap_or_default(),
            draft,
        }))
    }

    /// How far answers to a form are.
    pub fn form_state(&self, form: Uuid, answers: &[FieldAnswer], now_us: i64) -> Result<Option<FormState>> {
        let dates = self.dates(now_us)?;
        let today = dates.today().to_string();
        let definition = self.form_definition(form)?;
        Ok(definition.map(|definition| check(&definition, form, answers, &today, dates.language)))
    }

    /// What the fields ask, with the items of the look-up tables from which they have one choose.
    fn questions(&self, fields: &[FormField]) -> Result<Vec<Question>> {
        let columns = fields.iter().flat_map(|field| &field.columns);
        let named = fields.iter().chain(columns).map(|field| field.choices_from.as_str());
        let tables = self.look_up_tables(&named.filter(|table| !table.is_empty()).collect())?;
        Ok(fields.iter().map(|field| question(field, &tables)).collect())
    }

    /// The items in use of these look-up tables, by name.
    fn look_up_tables(&self, wanted: &BTreeSet<&str>) -> Result<LookUpTables> {
        let mut tables = LookUpTables::new();
        if wanted.is_empty() {
            return Ok(tables);
        }
        let mut statement = self
            .read()
            .prepare_cached("select body from object where kind = 'catalogue_item' order by id")?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let body: Vec<u8> = row.get(0)?;
            let Ok(item) = serde_json::from_slice::<CatalogueItem>(&body) else { continue };
            if item.state == State::Enabled && wanted.contains(item.table.as_str()) {
                let choice = Choice { value: item.own_code().to_owned(), text: item.name };
                tables.entry(item.table).or_default().push(choice);
            }
        }
        for choices in tables.values_mut() {
            choices.sort_by_cached_key(|choice| choice.text.to_lowercase());
        }
        Ok(tables)
    }

    pub(super) fn form_definition(&self, form: Uuid) -> Result<Option<FormDefinition>> {
        let body = objects::object(self.read(), "form", form)?;
        Ok(body.and_then(|body| serde_json::from_slice(&body).ok()))
    }

    /// The draft of a form of whoever works with the phone, and when it was kept.
    pub(super) fn form_draft(&self, task: Option<Uuid>, form: Uuid) -> Result<Option<(Draft, i64)>> {
        let Some(session) = self.session()? else { return Ok(None) };
        let row: Option<(String, i64)> = self
            .read()
            .prepare_cached("select body, updated_us from draft where employee = ?1 and name = ?2")?
            .query_row((session.employee.as_bytes(), form_draft(task, form)), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        Ok(row.and_then(|(body, at_us)| Some((serde_json::from_str(&body).ok()?, at_us))))
    }
}

/// What is said of answers: how many, and what is wrong.
pub(crate) fn check(
    definition: &FormDefinition,
    form: Uuid,
    answers: &[FieldAnswer],
    today: &str,
    language: Language,
) -> FormState {
    let hidden = definition.judge(answers, today).hidden;
    let filled = FilledForm { form, version: definition.version, answers: answers.to_vec() };
    let faults: Vec<AnswerFault> = check_answers(definition, &filled, today)
        .into_vec()
        .into_iter()
        .filter_map(|mark| fault(definition, answers, &mark, language))
        .collect();
    let answered: BTreeSet<&str> =
        answers.iter().filter(|answer| !answer.is_empty()).map(|answer| answer.field.as_str()).collect();
    let asked = || definition.fields.iter().filter(|field| !hidden.contains(&field.id));
    FormState {
        answered: asked().filter(|field| answered.contains(field.id.as_str())).count() as u32,
        asked: asked().count() as u32,
        hidden: hidden.iter().cloned().collect(),
        complete: faults.is_empty(),
        faults,
    }
}

/// A mark in words, at the question that it is about.
fn fault(
    definition: &FormDefinition,
    answers: &[FieldAnswer],
    mark: &campo_protocol::faults::Fault,
    language: Language,
) -> Option<AnswerFault> {
    let at: Vec<&str> = mark.field.split('/').skip(1).collect();
    let index = |part: Option<&&str>| part.and_then(|part| part.parse::<usize>().ok());
    let answer = index(at.get(1)).and_then(|index| answers.get(index));
    let field_id = match answer {
        Some(answer) => answer.field.clone(),
        // `an answer to `x``: the field itself has no answer to point at
        None => quoted(&mark.expected)?,
    };
    let field = definition.fields.iter().find(|field| field.id == field_id)?;
    let row = at.get(2).filter(|part| **part == "rows").and(index(at.get(3)));
    let column = row.and_then(|row| {
        let cells = answer?.rows.as_ref()?.get(row)?;
        match index(at.get(4)).and_then(|index| cells.get(index)) {
            Some(cell) => Some(cell.field.clone()),
            None => quoted(&mark.expected),
        }
    });
    let about = match &column {
        Some(column) => field.columns.iter().find(|known| known.id == *column)?,
        None => field,
    };
    Some(AnswerFault {
        field: field_id,
        row: row.map(|row| row as u32),
        column,
        missing: mark.code == "required",
        text: if mark.code == "constraint" && !mark.expected.is_empty() {
            mark.expected.clone()
        } else {
            texts::answer_fault(language, &mark.code, &mark.found, about)
        },
    })
}

fn quoted(text: &str) -> Option<String> {
    text.split('`').nth(1).map(str::to_owned)
}

/// The items of look-up tables, by the code of the table.
type LookUpTables = BTreeMap<String, Vec<Choice>>;

fn question(field: &FormField, tables: &LookUpTables) -> Question {
    Question {
        id: field.id.clone(),
        label: field.label.clone(),
        kind: kind(field.kind),
        required: field.required,
        maximum: field.maximum,
        choices: choices(field, tables),
        columns: field
            .columns
            .iter()
            .map(|column| TableColumn {
                id: column.id.clone(),
                label: column.label.clone(),
                kind: kind(column.kind),
                required: column.required,
                choices: choices(column, tables),
            })
            .collect(),
    }
}

fn choices(field: &FormField, tables: &LookUpTables) -> Vec<Choice> {
    if let Some(items) = tables.get(&field.choices_from) {
        return items.clone();
    }
    let choice = |choice: &campo_protocol::model::form::FormChoice| Choice {
        value: choice.value.clone(),
        text: choice.text.clone(),
    };
    field.choices.iter().map(choice).collect()
}

const fn kind(kind: FormFieldKind) -> QuestionKind {
    match kind {
        FormFieldKind::Text => QuestionKind::Text,
        FormFieldKind::Number => QuestionKind::Number,
        FormFieldKind::Date => QuestionKind::Date,
        FormFieldKind::Choice => QuestionKind::Choice,
        FormFieldKind::Choices => QuestionKind::Choices,
        FormFieldKind::Location => QuestionKind::Location,
        FormFieldKind::Photo => QuestionKind::Photo,
        FormFieldKind::Signature => QuestionKind::Signature,
        FormFieldKind::Table => QuestionKind::Table,
    }
}

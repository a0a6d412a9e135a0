//! The receipt of an entry: provisional from the phone, final from the server. It can be shared as text, with what
//! proves it.

use campo_protocol::{
    entry::{Entry, FileMention},
    model::form::{FormDefinition, FormField, FormFieldKind},
    text::hex,
};
use rusqlite::OptionalExtension as _;
use uuid::Uuid;

use super::{
    dates::grouped,
    documents::{NamedDocument, TaskDocument},
    task::find,
    task_page::Labelled,
    texts,
};
use crate::store::{Store, failure::Result};

/// The receipt of an entry.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReceiptPage {
    /// `Guardado en este teléfono`, `Recibido por la empresa`
    pub title: String,
    /// What it was: `Entrada`, `Lectura de equipos, 14 respuestas y 2 fotos`
    pub what: String,
    /// When, task, who, where, entry
    pub lines: Vec<Labelled>,
    /// True once the server has it
    pub is_final: bool,
    /// `Provisional`, `N.º 18 467`
    pub state: String,
    /// The whole as text to be shared: instant, kind, number, hash, signed head
    pub shared: String,
}

impl Store {
    /// The receipt of an entry of whoever works with the phone; none where the phone does not have it.
    pub fn receipt_page(&self, entry: Uuid, now_us: i64) -> Result<Option<ReceiptPage>> {
        let Some(worker) = self.worker(now_us)? else { return Ok(None) };
        let found = self.entries_since(worker.session.employee, i64::MIN)?;
        let Some(stored) = found.into_iter().find(|stored| stored.id == entry) else { return Ok(None) };
        let dates = &worker.dates;
        let language = dates.language;
        let Ok(read) = serde_json::from_slice::<Entry>(&stored.bytes) else { return Ok(None) };
        let at_us = stored.occurred_at_us.unwrap_or(stored.captured_us);
        let mut lines = vec![(texts::happened(language), dates.full(at_us))];
        if let Some(number) = self.number_of_task(stored.task)? {
            lines.push((texts::task_word(language), number));
        }
        lines.push((texts::who(language), worker.session.name.clone()));
        if let Some(place) = &read.place {
            lines.push((texts::where_word(language), texts::accuracy(language, place.accuracy_m)));
        }
        lines.push((texts::entry_word(language), short_id(stored.id)));
        let lines: Vec<Labelled> =
            lines.into_iter().map(|(label, value)| Labelled { label: label.to_owned(), value }).collect();
        let what = self.what(&read, language)?;
        let number = stored.position.map(grouped);
        let title = texts::receipt_title(language, number.is_some()).to_owned();
        let state = number.as_ref().map_or_else(
            || texts::provisional(language).to_owned(),
            |number| texts::number(language, number),
        );
        let head = self.head_for(stored.position)?;
        let hash = hex(&campo_protocol::entry::hash(&stored.bytes));
        let mut shared = format!("Campo · {title}\n{what}\n");
        for Labelled { label, value } in &lines {
            shared.extend([label, ": ", value, "\n"]);
        }
        let id = stored.id.to_string();
        shared.extend([&state, "\n", &read.kind, " ", &id, "\nSHA-256 ", &hash, "\n"]);
        if let Some(head) = head {
            shared.extend([&head, "\n"]);
        }
        Ok(Some(ReceiptPage { title, what, lines, is_final: number.is_some(), state, shared }))
    }

    fn what(&self, entry: &Entry, language: texts::Language) -> Result<String> {
        let named = texts::entry(language, &entry.kind);
        if entry.kind != "form" {
            return Ok(named);
        }
        let body = entry.body.as_deref().map(serde_json::value::RawValue::get).unwrap_or_default();
        let Ok(filled) = serde_json::from_str::<campo_protocol::model::answers::FilledForm>(body) else {
            return Ok(named);
        };
        let form: Option<NamedDocument> = find(self.read(), "form", Some(filled.form))?;
        let answers = filled.answers.iter().filter(|answer| !answer.is_empty()).count();
        let name = form.map(|form| form.name).unwrap_or(named);
        let definition: Option<FormDefinition> = find(self.read(), "form", Some(filled.form))?;
        let fields = definition.map(|definition| definition.fields).unwrap_or_default();
        let is_signature = |file: &&FileMention| {
            let is_it = |field: &FormField| {
                field.kind == FormFieldKind::Signature && file.field.as_ref() == Some(&field.id)
            };
            fields.iter().any(|field| is_it(field) || field.columns.iter().any(is_it))
        };
        let photos = entry.files.iter().filter(|file| !is_signature(file)).count();
        Ok(texts::filled_form(language, &name, answers, photos))
    }

    fn number_of_task(&self, task: Option<Uuid>) -> Result<Option<String>> {
        let document: Option<TaskDocument> = find(self.read(), "task", task)?;
        Ok(document.and_then(|document| {
            document.external_number.or_else(|| document.task_number.map(|number| number.to_string()))
        }))
    }

    /// The newest signed head of the account's chain, where it covers the entry.
    fn head_for(&self, position: Option<i64>) -> Result<Option<String>> {
        let Some(position) = position else { return Ok(None) };
        Ok(self
            .read()
            .prepare_cached("select body from head where chain = 'account' and number >= ?1")?
            .query_row((position,), |row| row.get(0))
            .optional()?)
    }
}

/// `0193 8c4f…a1d7`
fn short_id(id: Uuid) -> String {
    let text = id.simple().to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    format!("{} {}…{}", part(0, 4), part(4, 8), part(28, 32))
}

//! A file as a template expects it: its headings where they stand, and a row that shows what a cell may hold. For whoever
//! shall send such files, and has none yet.

use axum::response::Response;
use campo_protocol::model::Ref;
use campo_spreadsheets::write::{Format, Value};
use futures_util::stream;
use jiff::civil;

use super::{
    columns,
    draft::{Column, TemplateDraft},
    field_list,
    fields::{self, Kind},
    template::find,
};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::table::{self, Line},
    app::App,
    problem::{Code, Result},
    texts::Language,
};

/// The most rows that stand before the headings, whatever a template says.
const MOST_BEFORE: i64 = 100;

/// The answer with the file.
pub(super) async fn sample(
    app: &App,
    allowed: &Allowed<RunImports>,
    which: &Ref,
    format: Format,
    language: Language,
) -> Result<Response> {
    let template = find(&app.db, allowed.account(), which).await?.ok_or(Code::NotFound)?.draft;
    let sheet = template.sheet.clone().unwrap_or_else(|| {
        match language {
            Language::Spanish => "Ejemplo",
            Language::English => "Sample",
        }
        .to_owned()
    });
    let (first, rest) = lines(&template, language);
    let pages = stream::iter([Ok(rest)]);
    table::answer(format, "sample", &sheet, &first, pages).await
}

/// The first row, which is text, and the rows behind it.
fn lines(template: &TemplateDraft, language: Language) -> (Vec<String>, Vec<Line>) {
    let placed = placed(&template.columns);
    let width = placed.iter().map(|(index, _)| index + 1).max().unwrap_or(0);
    let mut headings = vec![String::new(); width];
    for (index, column) in &placed {
        if headings[*index].is_empty() {
            headings[*index] = column.heading.clone().unwrap_or_default();
        }
    }
    let heading_row = template.heading_row.unwrap_or(1).clamp(0, MOST_BEFORE);
    let first_row =
        template.first_row.unwrap_or(heading_row + 1).clamp(heading_row + 1, heading_row + MOST_BEFORE);
    let blank = || Line { values: vec![Value::Empty; width], marked: Vec::new() };
    let mut rows: Vec<Line> = (1..first_row).map(|_| blank()).collect();
    let mut first = vec![String::new(); width];
    match usize::try_from(heading_row) {
        Ok(1) => first = headings,
        Ok(row) if row > 1 => rows[row - 1].values = headings.into_iter().map(Value::text).collect(),
        _ => {}
    }
    let mut example = blank();
    let labels = field_list::all(template.makes, language).items;
    for index in 0..width {
        let own: Vec<&Column> =
            placed.iter().filter(|(at, _)| *at == index).map(|(_, column)| *column).collect();
        let label = |field: &str| {
            labels
                .iter()
                .find(|one| one.field == field)
                .map_or_else(|| field.to_owned(), |one| one.label.clone())
        };
        example.values[index] = cell(template, &own, label);
    }
    if rows.is_empty() {
        // Without headings the first row is the example itself
        return (example.values.iter().map(text).collect(), Vec::new());
    }
    rows.remove(0);
    rows.push(example);
    (first, rows)
}

/// Where each column stands: at its letter, else at the next free place. Several of one heading share a place.
fn placed(all: &[Column]) -> Vec<(usize, &Column)> {
    let mut placed: Vec<(usize, &Column)> = Vec::new();
    let lettered: Vec<usize> = all.iter().filter_map(|one| columns::index(one.letter.as_deref()?)).collect();
    let mut next = 0;
    for column in all {
        let own = column.letter.as_deref().and_then(columns::index);
        let shared = column.heading.as_deref().and_then(|heading| {
            let same = |other: &Column| {
                other.heading.as_deref().is_some_and(|one| columns::folded(one) == columns::folded(heading))
            };
            placed.iter().find(|(_, other)| same(other)).map(|(index, _)| *index)
        });
        let index = own.or(shared).unwrap_or_else(|| {
            while lettered.contains(&next) {
                next += 1;
            }
            next += 1;
            next - 1
        });
        placed.push((index, column));
    }
    placed
}

/// What a cell may hold from which these fields are read.
fn cell(template: &TemplateDraft, own: &[&Column], label: impl Fn(&str) -> String) -> Value<'static> {
    let parts: Vec<(usize, &str, &Column)> = own
        .iter()
        .filter_map(|column| column.split.as_ref().map(|split| (split.part, split.by.as_str(), *column)))
        .collect();
    if let Some((_, by, _)) = parts.first() {
        let most = parts.iter().map(|(part, ..)| *part).max().unwrap_or(1).min(20);
        let texts = (1..=most).map(|part| {
            let column = parts.iter().find(|(at, ..)| *at == part).map(|(.., column)| *column);
            column.map(|column| text(&example(template, column, &label))).unwrap_or_default()
        });
        return Value::text(texts.collect::<Vec<_>>().join(by));
    }
    own.first().map_or(Value::Empty, |column| example(template, column, &label))
}

/// What stands for nobody's data. References stay empty where they may: what they name must be there.
fn example(template: &TemplateDraft, column: &Column, label: impl Fn(&str) -> String) -> Value<'static> {
    if let Some(word) = column.values.keys().next() {
        return Value::text(word.clone());
    }
    let Some(field) = fields::field(template.makes, &column.field) else { return Value::Empty };
    let day = civil::date(2030, 1, 15);
    let is_key = template.makes.keys().contains(&column.field.as_str());
    match field.kind {
        Kind::Text if is_key || column.field == "poi.number" => Value::text("1001"),
        Kind::Text => Value::text(label(&column.field)),
        Kind::Reference if column.required => Value::text("1001"),
        Kind::Whole => Value::Whole(if is_key { 1001 } else { 1 }),
        Kind::Number | Kind::Hours | Kind::Kilometres => Value::Number(1.0),
        Kind::Degrees if field.pointer.ends_with("latitude") => Value::Number(4.6097),
        Kind::Degrees => Value::Number(-74.0817),
        Kind::Minutes => Value::Whole(60),
        Kind::Boolean => Value::Boolean(true),
        Kind::Date => Value::Date(day),
        Kind::Time => Value::Time(civil::time(8, 0, 0, 0)),
        Kind::Moment => Value::Moment(day.at(8, 0, 0, 0)),
        Kind::Schedule if column.field.ends_with("_date") => Value::Date(day),
        Kind::Reference | Kind::Schedule | Kind::Priority | Kind::Status | Kind::State | Kind::Polygon => {
            Value::Empty
        }
    }
}

/// The same as text, as people write it in Spanish and English alike.
fn text(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Whole(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Date(day) => day.to_string(),
        Value::Time(time) => time.strftime("%H:%M").to_string(),
        Value::Moment(moment) => moment.strftime("%Y-%m-%d %H:%M").to_string(),
        Value::Empty | Value::Boolean(_) | Value::Duration(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(template: serde_json::Value, first: &[&str], rest: &[&[&str]]) {
        let template: TemplateDraft = serde_json::from_value(template).unwrap();
        let (headings, lines) = lines(&template, Language::Spanish);
        let lines: Vec<Vec<String>> =
            lines.iter().map(|line| line.values.iter().map(text).collect()).collect();
        assert_eq!(
            (headings, lines),
            (
                first.iter().map(ToString::to_string).collect(),
                rest.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
            )
        );
    }

    #[test]
    fn headings_stand_where_the_template_looks_for_them() {
        let columns = json!([
            { "heading": "N° OT", "field": "external_number" },
            { "heading": "Fecha", "field": "start_date" },
            { "heading": "Estado", "field": "status", "values": { "PEND": "new" } },
            { "heading": "Coordenadas", "field": "latitude", "split": { "by": ", ", "part": 1 } },
            { "heading": "coordenadas", "field": "longitude", "split": { "by": ", ", "part": 2 } },
        ]);
        let example = &["1001", "2030-01-15", "PEND", "4.6097, -74.0817"][..];
        let headings = &["N° OT", "Fecha", "Estado", "Coordenadas"][..];
        let with = |more: serde_json::Value| {
            let mut all = json!({ "code": "x", "name": "x", "makes": "tasks", "columns": columns });
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        check(with(json!({})), headings, &[example]);
        check(with(json!({ "heading_row": 2 })), &[""; 4], &[headings, example]);
        check(with(json!({ "heading_row": 0 })), example, &[]);
        check(with(json!({ "first_row": 3 })), headings, &[&[""; 4], example]);
    }

    #[test]
    fn letters_are_kept_and_the_others_take_what_is_free() {
        let template = json!({ "code": "x", "name": "x", "makes": "pois", "columns": [
            { "letter": "B", "field": "number" }, { "heading": "Nombre", "field": "name" },
        ] });
        check(template, &["Nombre", ""], &[&["Nombre", "1001"]]);
    }
}

//! A template that nearly fits a file: which of its headings the file lacks, and which columns of the file they may be.

use campo_protocol::faults::Faults;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    imports::{
        columns::{self, folded},
        draft::{Column, TemplateDraft},
        suggest,
    },
    problem::Result,
    texts::Language,
};

/// From here on two headings are taken for one that somebody wrote differently (Jaro-Winkler).
const NEAR: f64 = 0.88;

/// A heading of a template that a file lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportDiffering)]
pub(super) struct Differing {
    /// The heading
    pub heading: String,
    /// The field that its column fills
    pub field: String,
    /// The letter of the column of the file that it may be
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The heading of that column
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// The same for people
    pub message: String,
}

/// The headings that the template needs and the file lacks.
pub(super) fn differing(mapping: &TemplateDraft, headings: &[String], language: Language) -> Vec<Differing> {
    let lacking = |(column, index): (&Column, Option<usize>)| {
        let heading = column.heading.clone()?;
        let found = index.and_then(|index| headings.get(index)).cloned();
        let message = match (&found, language) {
            (Some(found), Language::Spanish) => format!("«{heading}» puede ser «{found}»."),
            (Some(found), Language::English) => format!("“{heading}” may be “{found}”."),
            (None, Language::Spanish) => format!("«{heading}» falta en el archivo."),
            (None, Language::English) => format!("“{heading}” is missing in the file."),
        };
        let column_letter = index.map(columns::letter);
        Some(Differing { heading, field: column.field.clone(), column: column_letter, found, message })
    };
    nearest(mapping, headings).into_iter().filter_map(lacking).collect()
}

/// Takes the columns that headings may be; what is missing then is named.
pub(super) fn fit(mapping: &mut TemplateDraft, headings: &[String]) -> Result<()> {
    let mut faults = Faults::default();
    let near: Vec<(String, Option<usize>)> = nearest(mapping, headings)
        .into_iter()
        .map(|(column, index)| (column.heading.clone().unwrap_or_default(), index))
        .collect();
    for (heading, index) in near {
        let Some(index) = index else {
            faults.add("/fit", "not_applicable", &heading, "a column of the file that is nearly called so");
            continue;
        };
        let column = mapping.columns.iter_mut().find(|column| column.heading.as_ref() == Some(&heading));
        if let Some(column) = column {
            (column.heading, column.letter) = (None, Some(columns::letter(index)));
        }
    }
    faults.into_result()?;
    Ok(())
}

/// The columns of the template that the file lacks and needs, each with the one that it may be: one that usually means its
/// field, or else is written nearly so. Each column of the file is one of them at most.
fn nearest<'a>(mapping: &'a TemplateDraft, headings: &[String]) -> Vec<(&'a Column, Option<usize>)> {
    let known: Vec<String> = headings.iter().map(|heading| folded(heading)).collect();
    let named = |column: &Column| {
        let own = column.heading.as_deref().map(folded);
        let letter = column.letter.as_deref().and_then(columns::index);
        letter.or_else(|| known.iter().position(|heading| Some(heading) == own.as_ref()))
    };
    let mut taken: Vec<usize> = mapping.columns.iter().filter_map(named).collect();
    let lacking = mapping.columns.iter().filter(|column| !column.optional && named(column).is_none());
    lacking
        .map(|column| {
            let free = |index: &usize| !taken.contains(index) && !known[*index].is_empty();
            let means = |index: &usize| {
                let usual = suggest::columns(mapping.makes, &headings[*index..=*index]);
                usual.iter().any(|usual| usual.field == column.field)
            };
            let own = column.heading.as_deref().map(folded).unwrap_or_default();
            let nearness = |index: usize| strsim::jaro_winkler(&own, &known[index]);
            let written = (0..known.len())
                .filter(free)
                .map(|index| (nearness(index), index))
                .filter(|(nearness, _)| *nearness >= NEAR)
                .max_by(|one, other| one.0.total_cmp(&other.0))
                .map(|(_, index)| index);
            let found = (0..known.len()).filter(free).find(means).or(written);
            taken.extend(found);
            (column, found)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::patch;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn headings_that_are_written_differently_are_found() {
        let mut mapping: TemplateDraft = patch::new(&json!({
            "code": "t", "name": "T", "makes": "tasks",
            "columns": [
                { "heading": "OT", "field": "external_number" },
                { "heading": "Descripción del trabajo", "field": "description" },
                { "heading": "Color", "field": "custom.COLOR" },
                { "heading": "Notas", "field": "notes", "optional": true },
                { "letter": "D", "field": "phone1" },
            ],
        }))
        .unwrap();
        let headings = texts(&["Nº de orden", "Descripcion de trabajo", "Matiz", "Teléfono"]);
        let found: Vec<_> = differing(&mapping, &headings, Language::Spanish)
            .into_iter()
            .map(|one| (one.heading, one.column.unwrap_or_default()))
            .collect();
        let expected = [("OT", "A"), ("Descripción del trabajo", "B"), ("Color", "")];
        assert_eq!(found, expected.map(|(heading, column)| (heading.to_owned(), column.to_owned())));
        assert!(fit(&mut mapping, &headings).is_err(), "a column has no other name");
        let headings = texts(&["Nº de orden", "Descripcion de trabajo", "COLOR", "Teléfono"]);
        fit(&mut mapping, &headings).unwrap();
        let letters: Vec<_> = mapping.columns.iter().map(|column| column.letter.as_deref()).collect();
        assert_eq!(letters, [Some("A"), Some("B"), None, None, Some("D")]);
        assert_eq!(differing(&mapping, &headings, Language::English), []);
    }
}

//! What of a file should be known, and keeps nobody from importing it.

use serde::Serialize;
use utoipa::ToSchema;

use super::analysis::{Analysis, Facts};
use crate::{
    imports::{columns, draft::TemplateDraft},
    texts::Language,
};

/// Something that should be known.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DraftWarning {
    /// `guessed_encoding`, `duplicate_heading` or `swapped_coordinates`
    pub code: String,
    /// The letter of the column
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The same for people
    pub message: String,
}

/// All that should be known.
pub(super) fn all(mapping: &TemplateDraft, analysis: &Analysis, language: Language) -> Vec<DraftWarning> {
    let mut warnings = Vec::new();
    warnings.extend(guessed(analysis, language));
    warnings.extend(duplicates(analysis, language));
    for of in ["", "poi."] {
        warnings.extend(swapped(mapping, analysis, of, language));
    }
    warnings
}

fn guessed(analysis: &Analysis, language: Language) -> Option<DraftWarning> {
    let message = match language {
        Language::Spanish => "Nada en el archivo dice su codificación; revise los acentos.",
        Language::English => "Nothing in the file says its encoding; check the accents.",
    };
    let code = "guessed_encoding".to_owned();
    analysis.book.is_guessed.then(|| DraftWarning { code, column: None, message: message.to_owned() })
}

fn duplicates(analysis: &Analysis, language: Language) -> Vec<DraftWarning> {
    let folded: Vec<String> = analysis.headings.iter().map(|heading| columns::folded(heading)).collect();
    let mut warnings = Vec::new();
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

/// Latitude and longitude that look exchanged: the one has degrees that only the other can have, or they are where nobody
/// works while exchanged they are in the Americas or in Spain.
fn swapped(
    mapping: &TemplateDraft,
    analysis: &Analysis,
    of: &str,
    language: Language,
) -> Option<DraftWarning> {
    let (latitude, facts) = filled(mapping, analysis, &format!("{of}latitude"))?;
    let (longitude, others) = filled(mapping, analysis, &format!("{of}longitude"))?;
    let (latitudes, longitudes) = (facts.degrees()?, others.degrees()?);
    let can_be = |range: (f64, f64), least: f64, most: f64| range.0 >= least && range.1 <= most;
    let impossible = !can_be(latitudes, -90.0, 90.0) && can_be(longitudes, -90.0, 90.0);
    // From Tierra del Fuego to Canada, and from Hawaii to the Balearic Islands
    let is_place = |latitudes, longitudes| can_be(latitudes, -56.0, 72.0) && can_be(longitudes, -161.0, 5.0);
    let unlikely = !is_place(latitudes, longitudes) && is_place(longitudes, latitudes);
    let message = match language {
        Language::Spanish => format!(
            "La latitud (columna {latitude}) y la longitud (columna {longitude}) parecen intercambiadas."
        ),
        Language::English => {
            format!("Latitude (column {latitude}) and longitude (column {longitude}) look exchanged.")
        }
    };
    let code = "swapped_coordinates".to_owned();
    (impossible || unlikely).then_some(DraftWarning { code, column: Some(latitude), message })
}

/// The letter of the column that fills a field, and what was found out of it.
fn filled<'a>(mapping: &TemplateDraft, analysis: &'a Analysis, field: &str) -> Option<(String, &'a Facts)> {
    let column = mapping.columns.iter().find(|column| column.field == field && column.join.is_empty())?;
    let named = || {
        let wanted = columns::folded(column.heading.as_deref()?);
        analysis.headings.iter().position(|heading| columns::folded(heading) == wanted)
    };
    let index = column.letter.as_deref().and_then(columns::index).or_else(named)?;
    Some((columns::letter(index), analysis.columns.get(index)?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use campo_spreadsheets::Cell;
    use serde_json::json;

    use super::*;
    use crate::api::patch;

    #[test]
    fn coordinates_that_look_exchanged_are_told() {
        let mapping: TemplateDraft = patch::new(&json!({
            "code": "t", "name": "T", "makes": "tasks",
            "columns": [
                { "letter": "A", "field": "latitude" }, { "heading": "Longitud", "field": "longitude" },
            ],
        }))
        .unwrap();
        for (rows, is_swapped) in [
            (vec![("-12.05", "-77,05")], false),
            (vec![("-77.05", "-12.05")], true),
            (vec![("-12.05", "-77.05"), ("-77.05", "-12.05")], false),
            (vec![("-101.2", "20.5")], true),
            (vec![("40.4", "-3.7")], false),
            // Somewhere else, either way
            (vec![("35.6", "139.7")], false),
            (vec![("x", "y")], false),
        ] {
            let mut columns = vec![Facts::default(), Facts::default()];
            let mut seen = BTreeSet::default();
            for (latitude, longitude) in &rows {
                for (facts, text) in columns.iter_mut().zip([latitude, longitude]) {
                    facts.take(2, &Cell::Text((*text).to_owned()), &mut seen);
                }
            }
            let headings = vec!["Latitud".to_owned(), "Longitud".to_owned()];
            let analysis = Analysis { headings, columns, ..Analysis::default() };
            let warnings = all(&mapping, &analysis, Language::Spanish);
            assert_eq!(warnings.iter().any(|one| one.code == "swapped_coordinates"), is_swapped, "{rows:?}");
        }
    }
}

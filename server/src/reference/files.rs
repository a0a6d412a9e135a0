//! Files in both directions: the fields of imports, the columns of exports, the document of OfficeTrack.

use std::fmt::Write as _;

use uuid::Uuid;

use super::labels::label;
use crate::{
    api::html::escape,
    exchange::exports::{fields, what::ExportWhat},
    imports::{self, Makes},
    notifications::office_track::{self, OfficeTrackSettings},
    texts::Language,
};

/// When the entry of the shown document was made: 15 January 2030, 18:27 UTC.
const SHOWN_US: i64 = 1_894_732_038_000_000;

/// How the cells of a kind of field are written; the words have one `cell_…` for each.
const KINDS: &[&str] = &["text", "reference", "number", "boolean", "date", "time", "moment", "choice"];

/// The section.
pub(super) fn section(language: Language) -> String {
    let text = match language {
        Language::Spanish => include_str!("files.es.html"),
        Language::English => include_str!("files.en.html"),
    };
    let word = |name: &str| label(language, name);
    format!(
        "<section><h2 id=\"files\">{}</h2>{text}{}{}<h3 id=\"office-track\">{}</h3><p>{}</p><pre>{}</pre></section>",
        word("files"),
        of_imports(language),
        of_exports(language),
        word("office_track"),
        word("office_track_intro"),
        escape(&office_track())
    )
}

/// The document of a form in a task, as a receiver gets it, an element a line.
fn office_track() -> String {
    let settings = OfficeTrackSettings::default();
    office_track::sample("form.task", Uuid::nil(), SHOWN_US, &settings).replace("><", ">\n<")
}

fn of_imports(language: Language) -> String {
    let word = |name: &str| label(language, name);
    let mut html = format!("<table><tr><th>{}</th><th>{}</th></tr>", word("kind"), word("cell"));
    for kind in KINDS {
        // Writing to a String cannot fail
        let _ =
            write!(html, "<tr><td><code>{kind}</code></td><td>{}</td></tr>", word(&format!("cell_{kind}")));
    }
    html.push_str("</table>");
    for makes in Makes::ALL {
        let mut group = String::new();
        for field in imports::fields_shown(makes, language).items {
            // Forty fields of free text say the same forty times
            let shown = match field.field.as_str() {
                "data1" => "data1 … data40",
                name if name.starts_with("data") || name.starts_with("poi.data") => continue,
                name => name,
            };
            if field.group != group {
                if !group.is_empty() {
                    html.push_str("</table>");
                }
                let _ = write!(
                    html,
                    "<h4>{}: {}</h4><table><tr><th>{}</th><th>{}</th><th>{}</th></tr>",
                    word("import_fields"),
                    escape(&field.group),
                    word("field"),
                    word("meaning"),
                    word("kind")
                );
                group.clone_from(&field.group);
            }
            let key = if field.is_key { format!(" · {}", word("is_key")) } else { String::new() };
            let _ = write!(
                html,
                "<tr><td><code>{shown}</code></td><td>{}{key}</td><td><code>{}</code></td></tr>",
                escape(&field.label),
                field.kind
            );
        }
        html.push_str("</table>");
    }
    html + &format!("<p>{}</p>", word("own_fields"))
}

fn of_exports(language: Language) -> String {
    let word = |name: &str| label(language, name);
    let mut html = format!("<h3>{}</h3><p>{}</p>", word("exports"), word("exports_intro"));
    for what in ExportWhat::ALL {
        // The name of a variant always serializes as a text
        let name = serde_json::to_value(what).ok().and_then(|name| name.as_str().map(str::to_owned));
        let _ = write!(
            html,
            "<h4>{} <code>{}</code></h4><table><tr><th>{}</th><th>{}</th></tr>",
            word("export_columns"),
            name.unwrap_or_default(),
            word("field"),
            word("meaning")
        );
        for field in fields::shown(what, language) {
            let _ = write!(
                html,
                "<tr><td><code>{}</code></td><td>{}</td></tr>",
                field.field,
                escape(&field.label)
            );
        }
        html.push_str("</table>");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_column_is_described() {
        for language in Language::ALL {
            let page = section(language);
            for makes in Makes::ALL {
                for field in imports::fields_shown(makes, language).items {
                    assert!(KINDS.contains(&field.kind.as_str()), "{} is a {}", field.field, field.kind);
                    let is_shown = page.contains(&format!("<code>{}</code>", field.field));
                    assert!(is_shown || field.field.contains("data"), "{}", field.field);
                }
            }
            for what in ExportWhat::ALL {
                for field in fields::shown(what, language) {
                    assert!(page.contains(&format!("<code>{}</code>", field.field)), "{}", field.field);
                }
            }
        }
    }

    #[test]
    fn the_document_of_office_track_is_shown() {
        let page = section(Language::Spanish);
        for element in ["EntryType", "EntryGuid", "Employee", "Task", "Form", "Fields"] {
            assert!(page.contains(&format!("&lt;{element}&gt;")), "{element}");
        }
    }
}

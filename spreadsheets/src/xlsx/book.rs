//! What a workbook is made of: its sheets, and where its parts are.

use std::{
    collections::HashMap,
    io::{BufReader, Read},
};

use quick_xml::{Reader, events::Event};

use super::{Parts, resolved};
use crate::{
    Sheet, Unreadable,
    archive::{attribute, broken},
    collect::{damaged, too_large},
};

/// More sheets and relations than any workbook has.
const MOST: usize = 10_000;

/// The map of a workbook.
#[derive(Debug, Default)]
pub(super) struct Workbook {
    /// The sheets with cells and the paths of their parts
    pub(super) sheets: Vec<(Sheet, String)>,
    pub(super) is_1904: bool,
    pub(super) styles: Option<String>,
    /// True when the workbook says that it has formats, and where
    pub(super) has_styles: bool,
    pub(super) strings: Option<String>,
}

struct Relation {
    kind: String,
    path: String,
}

pub(super) fn read(parts: &mut Parts<'_>) -> Result<Workbook, Unreadable> {
    let main = match parts.find("_rels/.rels")? {
        Some(mut reader) => relations(&mut reader, "")?
            .into_values()
            .find(|relation| relation.kind == "officeDocument")
            .map(|relation| relation.path),
        None => None,
    };
    let path = main.unwrap_or_else(|| "xl/workbook.xml".to_owned());
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let related = match parts.find(&format!("{folder}/_rels/{name}.rels"))? {
        Some(mut reader) => relations(&mut reader, &path)?,
        None => return Err(damaged("its workbook has no relations")),
    };
    let mut book = Workbook::default();
    for relation in related.values() {
        match relation.kind.as_str() {
            "styles" => (book.styles, book.has_styles) = (Some(relation.path.clone()), true),
            "sharedStrings" => book.strings = Some(relation.path.clone()),
            _ => {}
        }
    }
    // Where nothing says where they are they stand where they usually do
    book.styles.get_or_insert_with(|| resolved(&path, "styles.xml"));
    book.strings.get_or_insert_with(|| resolved(&path, "sharedStrings.xml"));
    sheets(&mut parts.part(&path)?, &related, &mut book)?;
    Ok(book)
}

fn relations<R: Read>(
    reader: &mut Reader<BufReader<R>>,
    base: &str,
) -> Result<HashMap<String, Relation>, Unreadable> {
    let (mut buffer, mut found) = (Vec::new(), HashMap::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let of = |name: &str| attribute(&element, name).unwrap_or_default();
                let kind = of("Type").rsplit('/').next().unwrap_or_default().to_owned();
                if of("TargetMode") != "External" {
                    found.insert(of("Id"), Relation { kind, path: resolved(base, &of("Target")) });
                }
                if found.len() > MOST {
                    return Err(too_large("parts", MOST as u64));
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

fn sheets<R: Read>(
    reader: &mut Reader<BufReader<R>>,
    related: &HashMap<String, Relation>,
    book: &mut Workbook,
) -> Result<(), Unreadable> {
    let mut buffer = Vec::new();
    let mut ended = false;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "workbookPr" => {
                    book.is_1904 = matches!(attribute(&element, "date1904").as_deref(), Some("1" | "true"));
                }
                "sheet" => {
                    let relation = attribute(&element, "id").and_then(|id| related.get(&id));
                    let hidden = attribute(&element, "state").is_some_and(|state| state != "visible");
                    let name = attribute(&element, "name").unwrap_or_default();
                    // Charts and dialogs are sheets, too, and have no cells
                    if let Some(relation) = relation.filter(|relation| relation.kind == "worksheet") {
                        book.sheets.push((Sheet { name, hidden }, relation.path.clone()));
                    }
                    if book.sheets.len() > MOST {
                        return Err(too_large("sheets", MOST as u64));
                    }
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "workbook" => ended = true,
            Event::Eof if ended => return Ok(()),
            Event::Eof => return Err(damaged("its workbook is cut off")),
            _ => {}
        }
    }
}

//! The number formats of cells.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::Parts;
use crate::{
    Unreadable,
    archive::{attribute, broken},
    collect::too_large,
    number_format::NumberFormat,
};

/// The most formats of cells; Excel writes at most 65,490.
const MAX_FORMATS: usize = 65_536;

/// The format of each style of cells.
pub(super) fn read(parts: &mut Parts<'_>, path: Option<&str>) -> Result<Vec<NumberFormat>, Unreadable> {
    let Some(mut reader) = (match path {
        Some(path) => parts.find(path)?,
        None => None,
    }) else {
        return Ok(Vec::new());
    };
    let (mut own, mut formats) = (HashMap::new(), Vec::new());
    let (mut buffer, mut in_cells) = (Vec::new(), false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                    let code = attribute(&element, "formatCode").unwrap_or_default();
                    let code: String = code.chars().take(1024).collect();
                    own.extend(id.map(|id| (id, NumberFormat::read(&code))));
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id =
                        attribute(&element, "numFmtId").and_then(|id| id.parse::<u32>().ok()).unwrap_or(0);
                    formats.push(own.get(&id).cloned().unwrap_or_else(|| NumberFormat::built_in(id)));
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => in_cells = false,
            Event::Eof => return Ok(formats),
            _ => {}
        }
        if formats.len() > MAX_FORMATS || own.len() > MAX_FORMATS {
            return Err(too_large("formats", MAX_FORMATS as u64));
        }
    }
}

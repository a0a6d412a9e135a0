//! The table of texts that cells share, in one piece of memory.

use quick_xml::events::Event;

use super::{Parts, text_of, unescaped};
use crate::{
    Unreadable,
    archive::broken,
    collect::{damaged, too_large},
};

/// Texts by number.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    /// Where each text ends
    ends: Vec<u32>,
}

impl Strings {
    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)? as usize;
        let begin = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(begin..end)
    }
}

pub(super) fn read(
    parts: &mut Parts<'_>,
    path: Option<&str>,
    most_bytes: usize,
) -> Result<Strings, Unreadable> {
    let mut strings = Strings::default();
    let Some(mut reader) = (match path {
        Some(path) => parts.find(path)?,
        None => None,
    }) else {
        return Ok(strings);
    };
    let (mut buffer, mut text, mut ended) = (Vec::new(), String::new(), false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) if element.local_name().as_ref() == "si" => {
                text.clear();
                text_of(&mut reader, &mut buffer, "si", &mut text)?;
                strings.text.push_str(&unescaped(&text));
                // An end takes room, too
                if strings.text.len() + 4 * strings.ends.len() > most_bytes.min(u32::MAX as usize) {
                    return Err(too_large("bytes_of_text", most_bytes as u64));
                }
                strings.ends.push(strings.text.len() as u32);
            }
            Event::End(element) if element.local_name().as_ref() == "sst" => ended = true,
            Event::Eof if ended || strings.ends.is_empty() => return Ok(strings),
            Event::Eof => return Err(damaged("its texts are cut off")),
            _ => {}
        }
    }
}

//! Office Open XML workbooks, streamed cell by cell: what is held in memory is the table of texts and the formats.

mod book;
mod sheet;
mod strings;
mod styles;

use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use zip::{ZipArchive, read::ZipFile};

use crate::{
    Book, Kind, Options, Unreadable,
    archive::{self, Bounded},
    choose,
    collect::{Rows, damaged, ended},
};

type Part<'a, 'b> = Reader<BufReader<Bounded<ZipFile<'a, Cursor<&'b [u8]>>>>>;

pub(super) fn read(bytes: &[u8], options: &Options, rows: &mut Rows<'_>) -> Result<Book, Unreadable> {
    let mut parts = Parts::open(bytes, options.limits.unpacked_bytes)?;
    let workbook = book::read(&mut parts)?;
    let sheets = workbook.sheets.iter().map(|(sheet, _)| sheet.clone()).collect::<Vec<_>>();
    let chosen = choose(&sheets, options.sheet.as_deref())?.clone();
    let path = workbook.sheets.iter().find(|(sheet, _)| *sheet == chosen).map(|(_, path)| path.clone());
    let path = path.ok_or_else(|| damaged("a sheet has no part"))?;
    if let Some(path) = workbook.styles.as_deref().filter(|_| workbook.has_styles) {
        // Without the formats that it speaks of its numbers and days would be others
        parts.part(path)?;
    }
    let formats = styles::read(&mut parts, workbook.styles.as_deref())?;
    let strings = strings::read(&mut parts, workbook.strings.as_deref(), options.limits.shared_text_bytes)?;
    let within = sheet::Within { strings: &strings, formats: &formats, is_1904: workbook.is_1904 };
    ended(sheet::read(&mut parts.part(&path)?, &within, rows))?;
    Ok(Book { sheets, sheet: chosen.name, ..Book::of(Kind::Xlsx) })
}

/// The parts of a workbook.
struct Parts<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    unpacked_bytes: u64,
}

impl<'b> Parts<'b> {
    fn open(bytes: &'b [u8], unpacked_bytes: u64) -> Result<Self, Unreadable> {
        Ok(Self { archive: archive::open(bytes)?, unpacked_bytes })
    }

    /// The part of that path, without regard to case and to the way of its slashes.
    fn part(&mut self, path: &str) -> Result<Part<'_, 'b>, Unreadable> {
        self.find(path)?.ok_or_else(|| damaged(format!("it has no part {path}")))
    }

    fn find(&mut self, path: &str) -> Result<Option<Part<'_, 'b>>, Unreadable> {
        let wanted = path.trim_start_matches('/').to_lowercase();
        let is_wanted = |name: &str| name.replace('\\', "/").to_lowercase() == wanted;
        let index = self.archive.file_names().position(|name| name.is_ok_and(|name| is_wanted(&name)));
        let Some(index) = index else { return Ok(None) };
        let part = self.archive.by_index(index).map_err(archive::unreadable)?;
        Ok(Some(archive::reader(Bounded::new(part, self.unpacked_bytes))))
    }
}

/// A path as a relation of the part `base` names it.
fn resolved(base: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = base.split('/').collect();
    path.pop();
    for step in target.split(['/', '\\']) {
        match step {
            "." | "" => {}
            ".." => drop(path.pop()),
            other => path.push(other),
        }
    }
    path.join("/")
}

/// The text of an element up to its end, as a spreadsheet stores it: in one piece or in runs, without how it is read aloud.
fn text_of<R: Read>(
    reader: &mut Reader<BufReader<R>>,
    buffer: &mut Vec<u8>,
    end: &str,
    text: &mut String,
) -> Result<(), Unreadable> {
    use quick_xml::events::Event;
    let (mut in_text, mut aloud) = (matches!(end, "t" | "v" | "f"), 0_u32);
    loop {
        buffer.clear();
        match reader.read_event_into(buffer).map_err(archive::broken)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "rPh" => aloud += 1,
                "t" => in_text = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                name if name == end => return Ok(()),
                "rPh" => aloud = aloud.saturating_sub(1),
                "t" => in_text = false,
                _ => {}
            },
            Event::Eof => return Err(damaged("a part is cut off")),
            event if in_text && aloud == 0 => archive::push_text(&event, text)?,
            _ => {}
        }
        if text.len() > 4 * 1024 * 1024 {
            return Err(damaged("a text has more than 4 MiB"));
        }
    }
}

/// `_x000D_` and the like, as spreadsheets write what XML cannot hold (ST_Xstring).
fn unescaped(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("_x") {
        return text.into();
    }
    let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let character = code
            .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        if let Some(c) = character {
            shown.push_str(&rest[..at]);
            shown.push(c);
            rest = &rest[at + 7..];
        } else {
            shown.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
        }
    }
    shown.push_str(rest);
    shown.into()
}

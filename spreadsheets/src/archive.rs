//! Looks through an archive before anybody trusts what it claims: what it unpacks to, and the numbers by which readers
//! reserve memory.

use std::io::{BufReader, Cursor, Read as _};

use quick_xml::{Reader, events::Event};
use zip::{ZipArchive, result::ZipError};

use super::{
    Limits, Unreadable,
    collect::{damaged, too_large},
};

/// More parts than any workbook has.
const MAX_PARTS: usize = 10_000;
/// The most formats of cells; Excel writes at most 65,490.
const MAX_FORMATS: usize = 65_536;
/// The most bytes of one element of the formats: every cell format holds copies of what it names.
const MAX_FORMAT_BYTES: usize = 1024;

pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Opens an archive whose parts unpack to no more than the bound, none of them broken.
pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Archive<'a>, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > MAX_PARTS {
        return Err(too_large("parts", MAX_PARTS as u64));
    }
    let mut left = limits.unpacked_bytes;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(unreadable)?;
        // What the directory says of a part's length binds nobody, so the part is unpacked to see.
        let unpacked = std::io::copy(&mut part.by_ref().take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(damaged)?;
        left = left.checked_sub(unpacked).ok_or(too_large("unpacked_bytes", limits.unpacked_bytes))?;
    }
    Ok(archive)
}

/// Refuses an Office Open XML workbook whose parts claim more than they hold.
pub(super) fn check_workbook(archive: &mut Archive<'_>) -> Result<(), Unreadable> {
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(unreadable)?;
        let name = part.name().map_err(unreadable)?.to_ascii_lowercase();
        if name.ends_with("sharedstrings.xml") {
            let unpacked_bytes = part.size();
            check_strings(reader(part), unpacked_bytes)?;
        } else if name.ends_with("styles.xml") {
            check_formats(reader(part))?;
        }
    }
    Ok(())
}

type PartReader<R> = Reader<BufReader<R>>;

/// Reads XML as calamine does.
pub(super) fn reader<R: std::io::Read>(part: R) -> PartReader<R> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.trim_text(false);
    config.check_comments = false;
    config.expand_empty_elements = true;
    reader
}

/// calamine reserves room for as many texts as the table of texts claims to have.
fn check_strings<R: std::io::Read>(mut reader: PartReader<R>, unpacked_bytes: u64) -> Result<(), Unreadable> {
    /// `<si/>`, the shortest text
    const SHORTEST: u64 = 5;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) if element.local_name().as_ref() == "sst" => {
                let claimed = attribute(&element, "uniqueCount").and_then(|count| count.parse::<u64>().ok());
                let most = unpacked_bytes / SHORTEST + 1;
                return match claimed {
                    Some(count) if count > most => {
                        Err(damaged(format!("sharedStrings.xml claims {count} texts")))
                    }
                    _ => Ok(()),
                };
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn check_formats<R: std::io::Read>(mut reader: PartReader<R>) -> Result<(), Unreadable> {
    let (mut buffer, mut formats) = (Vec::new(), 0);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) => {
                let is_format = matches!(
                    element.local_name().as_ref(),
                    "xf" | "numFmt" | "font" | "name" | "rFont" | "fill" | "border"
                );
                if is_format && element.len() > MAX_FORMAT_BYTES {
                    return Err(too_large("bytes_of_one_format", MAX_FORMAT_BYTES as u64));
                }
                formats += usize::from(element.local_name().as_ref() == "xf");
                if formats > MAX_FORMATS {
                    return Err(too_large("formats", MAX_FORMATS as u64));
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The value of an attribute by its local name, unescaped.
pub(super) fn attribute(element: &quick_xml::events::BytesStart<'_>, name: &str) -> Option<String> {
    let found = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    quick_xml::escape::unescape(&found.value).ok().map(std::borrow::Cow::into_owned)
}

pub(super) fn unreadable(error: ZipError) -> Unreadable {
    match error {
        ZipError::UnsupportedArchive(reason) if reason == ZipError::PASSWORD_REQUIRED => {
            Unreadable::PasswordProtected
        }
        other => damaged(other),
    }
}

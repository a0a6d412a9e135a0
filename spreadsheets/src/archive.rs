//! Archives and the XML in them, within bounds: what a part unpacks to, and how long a piece of it is, is counted while it
//! is read.

use std::io::{BufReader, Cursor, Read};

use quick_xml::{Reader, events::Event};
use zip::{ZipArchive, result::ZipError};

use super::{
    Unreadable,
    collect::{damaged, too_large},
};

/// More parts than any workbook has.
const MAX_PARTS: usize = 10_000;
/// The most bytes between two brackets: readers of XML hold a piece of it whole.
const MAX_PIECE_BYTES: usize = 1024 * 1024;

/// An archive in memory.
pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Opens an archive.
pub(super) fn open(bytes: &[u8]) -> Result<Archive<'_>, Unreadable> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > MAX_PARTS {
        return Err(too_large("parts", MAX_PARTS as u64));
    }
    Ok(archive)
}

/// Reads no more than so many bytes, and no XML whose pieces have no end. What the directory of an archive says of a part's
/// length binds nobody.
#[derive(Debug)]
pub(super) struct Bounded<R> {
    inner: R,
    left: u64,
    limit: u64,
    /// Bytes since the last bracket
    piece: usize,
}

impl<R> Bounded<R> {
    pub(super) const fn new(inner: R, limit: u64) -> Self {
        Self { inner, left: limit, limit, piece: 0 }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let Some(left) = self.left.checked_sub(count as u64) else {
            return Err(std::io::Error::other(too_large("unpacked_bytes", self.limit)));
        };
        self.left = left;
        let bytes = buffer.get(..count).unwrap_or_default();
        let is_bracket = |byte: &u8| matches!(byte, b'<' | b'>');
        let first = bytes.iter().position(is_bracket);
        let until = self.piece + first.unwrap_or(count);
        if until > MAX_PIECE_BYTES {
            return Err(std::io::Error::other(too_large(
                "characters_of_one_cell",
                super::cell::MAX_CHARACTERS as u64,
            )));
        }
        self.piece = match bytes.iter().rposition(is_bracket) {
            Some(last) => count - last,
            None => until,
        };
        Ok(count)
    }
}

/// Reads XML as spreadsheets write it.
pub(super) fn reader<R: Read>(part: R) -> Reader<BufReader<R>> {
    let mut reader = Reader::from_reader(BufReader::with_capacity(64 * 1024, part));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.trim_text(false);
    config.check_comments = false;
    config.expand_empty_elements = true;
    reader
}

/// Why XML cannot be read on.
pub(super) fn broken(error: quick_xml::Error) -> Unreadable {
    if let quick_xml::Error::Io(io) = &error
        && let Some(bound) = io.get_ref().and_then(|inner| inner.downcast_ref::<Unreadable>())
    {
        return bound.clone();
    }
    damaged(error)
}

/// Adds what an event says in words to `text`.
pub(super) fn push_text(event: &Event<'_>, text: &mut String) -> Result<(), Unreadable> {
    match event {
        Event::Text(part) => text.push_str(&part.xml10_content()),
        Event::CData(part) => text.push_str(&part.xml10_content()),
        Event::GeneralRef(reference) => {
            if let Some(c) = reference.resolve_char_ref().map_err(damaged)? {
                text.push(c);
            } else if let Some(named) = quick_xml::escape::resolve_xml_entity(&reference.xml10_content()) {
                text.push_str(named);
            }
        }
        _ => {}
    }
    Ok(())
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

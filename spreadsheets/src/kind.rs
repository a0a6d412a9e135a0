//! What a file is, by its content. Names and media types lie.

use serde::Serialize;

use super::Unreadable;

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Excel since 2007, and what LibreOffice writes as such
    Xlsx,
    /// Excel until 2003
    Xls,
    /// OpenDocument
    Ods,
    /// Text with a delimiter between columns
    Text,
}

const ZIP: &[u8] = b"PK\x03\x04";
const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
const ODS_MIME: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet";

/// Beginnings of what people send by mistake, and the name of each in every language.
const OTHERS: &[(&[u8], &str)] = &[
    (b"%PDF", "PDF"),
    (b"\xFF\xD8\xFF", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"PK\x05\x06", "ZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xBC\xAF", "7z"),
    (b"\x1F\x8B", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
];

/// The format of a file.
pub(super) fn detect(bytes: &[u8]) -> Result<Kind, Unreadable> {
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(Unreadable::Empty);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(Unreadable::NotASpreadsheet(what));
    }
    if bytes.starts_with(ZIP) {
        return of_archive(bytes);
    }
    if bytes.starts_with(OLE) {
        return of_container(bytes);
    }
    let start = &bytes[..bytes.len().min(512)];
    let text = String::from_utf8_lossy(start).trim_start_matches('\u{FEFF}').trim_start().to_lowercase();
    if text.starts_with("<!doctype html") || text.starts_with("<html") || text.starts_with("<table") {
        return Err(Unreadable::NotASpreadsheet("HTML"));
    }
    if text.starts_with("<?xml") {
        return Err(Unreadable::NotASpreadsheet("XML"));
    }
    Ok(Kind::Text)
}

/// OpenDocument begins with its media type, by its standard; Office Open XML has no such mark, so it is looked for among
/// the names of the parts, which stand in the file as they are.
fn of_archive(bytes: &[u8]) -> Result<Kind, Unreadable> {
    let start = &bytes[..bytes.len().min(512)];
    if contains(start, ODS_MIME) {
        return Ok(Kind::Ods);
    }
    if contains(start, b"mimetypeapplication/vnd.oasis.opendocument") {
        return Err(Unreadable::NotASpreadsheet("ODT"));
    }
    if contains(bytes, b"workbook.bin") {
        return Err(Unreadable::NotASpreadsheet("XLSB"));
    }
    if contains(bytes, b"word/document.xml") || contains(bytes, b"ppt/presentation.xml") {
        return Err(Unreadable::NotASpreadsheet("DOCX"));
    }
    // A workbook that was cut off has no directory, but its first parts say what it was.
    if contains(bytes, b"[Content_Types].xml") || contains(bytes, b"_rels/.rels") || contains(bytes, b"xl/") {
        return Ok(Kind::Xlsx);
    }
    Err(Unreadable::NotASpreadsheet("ZIP"))
}

/// Names in a container are UTF-16.
fn of_container(bytes: &[u8]) -> Result<Kind, Unreadable> {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        contains(bytes, &name)
    };
    if has("EncryptedPackage") || has("EncryptionInfo") {
        return Err(Unreadable::PasswordProtected);
    }
    if has("Workbook") || has("Book") {
        return Ok(Kind::Xls);
    }
    if has("WordDocument") || has("PowerPoint Document") {
        return Err(Unreadable::NotASpreadsheet("DOC"));
    }
    // Cut off before its directory
    Ok(Kind::Xls)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

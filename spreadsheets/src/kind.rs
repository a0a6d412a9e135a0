//! What a file is, by its content. Names and media types lie.

use serde::{Deserialize, Serialize};

use super::Unreadable;

/// A format that is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Excel since 2007, and what LibreOffice writes as such
    Xlsx,
    /// Excel until 2003
    Xls,
    /// OpenDocument
    Ods,
    /// Text with a delimiter between columns
    #[default]
    Text,
    /// A table of HTML, which programs on the web call `.xls`
    Html,
    /// The XML of Excel 2003
    XmlSpreadsheet,
}

const ZIP: &[u8] = b"PK\x03\x04";
const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
const ODS_MIME: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

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

/// The format of a file; `Text` stands for whatever is text.
pub(super) fn detect(bytes: &[u8]) -> Result<Kind, Unreadable> {
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(Unreadable::Empty);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(Unreadable::NotASpreadsheet((*what).into()));
    }
    if bytes.starts_with(ZIP) {
        return of_archive(bytes);
    }
    if bytes.starts_with(OLE) {
        return of_container(bytes);
    }
    Ok(Kind::Text)
}

/// What a text is.
pub(super) fn of_text(text: &str) -> Result<Kind, Unreadable> {
    let start = visible(text);
    let head: String = start.chars().take(1000).collect::<String>().to_lowercase();
    let other = |name: &'static str| Err(Unreadable::NotASpreadsheet(name.into()));
    if head.starts_with("mime-version:") || head.contains("content-type: multipart/related") {
        return other("MHTML");
    }
    if head.starts_with("--") && head.contains("content-disposition: form-data") {
        return other("multipart/form-data");
    }
    if let Some(inside) = head.strip_prefix(['{', '[']) {
        let first = inside.trim_start().chars().next();
        if matches!(first, Some('"' | '{' | '[' | ']' | '}')) {
            return other("JSON");
        }
    }
    if !start.starts_with('<') {
        return Ok(Kind::Text);
    }
    if head.contains("urn:schemas-microsoft-com:office:spreadsheet") && head.contains("<workbook") {
        return Ok(Kind::XmlSpreadsheet);
    }
    let is_tag = start[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '/');
    let lower = |part: &str| contains_without_case(start.as_bytes(), part.as_bytes());
    if is_tag && lower("<table") {
        return Ok(Kind::Html);
    }
    if head.contains("<html") || head.starts_with("<!doctype html") {
        return other("HTML");
    }
    if start.starts_with("<?xml") || (is_tag && lower("</")) {
        return if lower("<table") { Ok(Kind::Html) } else { other("XML") };
    }
    Ok(Kind::Text)
}

/// A text from where a person sees something, comments and the declaration of XML left out.
fn visible(text: &str) -> &str {
    let mut rest = crate::cell::trimmed(text);
    while let Some(comment) = rest.strip_prefix("<!--") {
        let Some(end) = comment.find("-->") else { break };
        rest = crate::cell::trimmed(&comment[end + 3..]);
    }
    rest
}

/// OpenDocument names its media type; Office Open XML has no such mark, so it is looked for among the names of the parts,
/// which stand in the file as they are.
fn of_archive(bytes: &[u8]) -> Result<Kind, Unreadable> {
    if contains(bytes, b"xl/workbook.bin") {
        return Err(Unreadable::NotASpreadsheet("XLSB".into()));
    }
    if contains(bytes, b"word/document.xml") || contains(bytes, b"ppt/presentation.xml") {
        return Err(Unreadable::NotASpreadsheet("DOCX".into()));
    }
    // A workbook that was cut off has no directory, but its first parts say what it was.
    let is_office = contains(bytes, b"[Content_Types].xml") || contains(bytes, b"xl/");
    let start = &bytes[..bytes.len().min(512)];
    if contains(start, ODS_MIME) {
        return Ok(Kind::Ods);
    }
    if contains(start, b"mimetypeapplication/vnd.oasis.opendocument") {
        return Err(Unreadable::NotASpreadsheet("ODT".into()));
    }
    if is_office || (contains(bytes, b"_rels/.rels") && !contains(bytes, b"content.xml")) {
        return Ok(Kind::Xlsx);
    }
    // The media type may stand anywhere, and packed
    if contains(bytes, b"content.xml") && contains(bytes, b"META-INF/manifest.xml") {
        return Ok(Kind::Ods);
    }
    Err(Unreadable::NotASpreadsheet("ZIP".into()))
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
        return Err(Unreadable::NotASpreadsheet("DOC".into()));
    }
    // Cut off before its directory
    Ok(Kind::Xls)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn contains_without_case(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

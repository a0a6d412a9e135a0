//! The encoding of a text, decided from the whole of it.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::{Encoding, Unreadable};

/// A text that was decoded. What could not be is U+FFFD in it.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) encoding: Encoding,
    /// True when nothing but its looks speaks for the encoding
    pub(crate) guessed: bool,
}

/// Decodes a text: as somebody says; by its byte order mark; UTF-16 without one by its zeros; UTF-8 where lines speak
/// for it; otherwise as Windows-1252, in which every byte means something and which Excel writes in the countries of
/// Latin America and Spain, or as the code page of DOS there.
///
/// A line that speaks for another encoding than the rest is no reason to read the rest wrongly, nor is it read as what it
/// is not: what cannot be decided in it becomes U+FFFD.
pub(crate) fn decode(bytes: &[u8], said: Option<Encoding>) -> Result<Decoded<'_>, Unreadable> {
    let (marked, bytes) = without_marks(bytes);
    let (encoding, guessed) = match (said, marked) {
        (Some(encoding), _) | (None, Some(encoding)) => (encoding, false),
        (None, None) => guess(bytes),
    };
    let text = match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(bytes),
        Encoding::Utf16Le => UTF_16LE.decode_without_bom_handling(bytes).0,
        Encoding::Utf16Be => UTF_16BE.decode_without_bom_handling(bytes).0,
        Encoding::Windows1252 => by_lines(bytes, |line| WINDOWS_1252.decode_without_bom_handling(line).0),
        Encoding::Ibm850 => by_lines(bytes, ibm850),
    };
    let controls = text.chars().take(4096).filter(|c| c.is_control() && !c.is_whitespace()).count();
    // One lost character does no harm; a program or a picture has many.
    if controls * 50 > text.len().clamp(50, 4096) || text.contains('\0') {
        return Err(Unreadable::NotASpreadsheet("binary".into()));
    }
    Ok(Decoded { text: without_end(text), encoding, guessed })
}

/// What byte order marks say, and the bytes behind them: some programs write two.
fn without_marks(bytes: &[u8]) -> (Option<Encoding>, &[u8]) {
    let marks: [(&[u8], Encoding); 3] = [
        (b"\xEF\xBB\xBF", Encoding::Utf8),
        (b"\xFF\xFE", Encoding::Utf16Le),
        (b"\xFE\xFF", Encoding::Utf16Be),
    ];
    for (mark, encoding) in marks {
        let mut rest = bytes;
        while let Some(behind) = rest.strip_prefix(mark) {
            rest = behind;
        }
        if rest.len() < bytes.len() {
            return (Some(encoding), rest);
        }
    }
    (None, bytes)
}

fn guess(bytes: &[u8]) -> (Encoding, bool) {
    let start = &bytes[..bytes.len().min(1024)];
    let zeros = |offset: usize| start.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let half = start.len() / 2;
    if half >= 2 && zeros(1) * 10 > half * 7 && zeros(0) == 0 {
        return (Encoding::Utf16Le, false);
    }
    if half >= 2 && zeros(0) * 10 > half * 7 && zeros(1) == 0 {
        return (Encoding::Utf16Be, false);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return (Encoding::Utf8, false);
    }
    let (mut good, mut bad) = (0_usize, 0_usize);
    for line in bytes.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_ascii()) {
        match std::str::from_utf8(line) {
            Ok(_) => good += 1,
            Err(_) => bad += 1,
        }
    }
    if good >= bad.max(1) {
        (Encoding::Utf8, false)
    } else if of_dos(bytes) {
        (Encoding::Ibm850, true)
    } else {
        (Encoding::Windows1252, true)
    }
}

/// True where letters are followed by what is a letter in the code page of DOS more often than in that of Windows.
fn of_dos(bytes: &[u8]) -> bool {
    const DOS: &[u8] = b"\x81\x82\x90\xA0\xA1\xA2\xA3\xA4\xA5\xA6\xA7\xB5\xD6\xE0";
    const WINDOWS: &[u8] = b"\xC1\xC9\xCD\xD1\xD3\xDA\xDC\xE1\xE9\xED\xF1\xF3\xFA\xFC";
    let behind_letters = |letters: &[u8]| {
        bytes.windows(2).filter(|pair| pair[0].is_ascii_alphabetic() && letters.contains(&pair[1])).count()
    };
    behind_letters(DOS) > behind_letters(WINDOWS)
}

/// Decodes line by line; in a line that is UTF-8 what is not ASCII is lost, since it is no line of this encoding.
fn by_lines<'a>(bytes: &'a [u8], decode: impl Fn(&'a [u8]) -> Cow<'a, str>) -> Cow<'a, str> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for line in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        if line.is_ascii() {
            text.push_str(std::str::from_utf8(line).unwrap_or_default());
        } else if let Ok(other) = std::str::from_utf8(line) {
            text.extend(other.chars().map(|c| if c.is_ascii() { c } else { char::REPLACEMENT_CHARACTER }));
        } else {
            text.push_str(&decode(line));
        }
    }
    Cow::Owned(text)
}

/// The upper half of code page 850.
const IBM850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";

fn ibm850(line: &[u8]) -> Cow<'_, str> {
    let upper: Vec<char> = IBM850.chars().collect();
    let character = |byte: &u8| match byte {
        0..=127 => char::from(*byte),
        128..=255 => upper.get(usize::from(*byte) - 128).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    Cow::Owned(line.iter().map(character).collect())
}

/// Without what old programs end a file with.
fn without_end(text: Cow<'_, str>) -> Cow<'_, str> {
    let kept = text.trim_end_matches(['\u{1A}', '\0']).len();
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..kept]),
        Cow::Owned(mut text) => {
            text.truncate(kept);
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_of_the_office_is_read() {
        let text = "Dirección;Año\nJirón Ñuñoa;2030\n";
        let utf16 =
            |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let windows = WINDOWS_1252.encode(text).0.into_owned();
        let dos: Vec<u8> = text
            .chars()
            .map(|c| match IBM850.chars().position(|upper| upper == c) {
                Some(at) => 128 + at as u8,
                None => c as u8,
            })
            .collect();
        for (bytes, encoding, guessed) in [
            (text.as_bytes().to_vec(), Encoding::Utf8, false),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), Encoding::Utf8, false),
            ([b"\xEF\xBB\xBF\xEF\xBB\xBF", text.as_bytes()].concat(), Encoding::Utf8, false),
            ([&b"\xFF\xFE"[..], &utf16(text, u16::to_le_bytes)].concat(), Encoding::Utf16Le, false),
            ([&b"\xFE\xFF"[..], &utf16(text, u16::to_be_bytes)].concat(), Encoding::Utf16Be, false),
            (utf16(text, u16::to_le_bytes), Encoding::Utf16Le, false),
            (utf16(text, u16::to_be_bytes), Encoding::Utf16Be, false),
            (windows, Encoding::Windows1252, true),
            (dos, Encoding::Ibm850, true),
        ] {
            let found = decode(&bytes, None).unwrap();
            assert_eq!((&*found.text, found.encoding, found.guessed), (text, encoding, guessed));
        }
        assert!(decode(&[1, 2, 3, 4, 0, 0, 5, 6], None).is_err());
    }

    #[test]
    fn a_line_of_another_encoding_costs_only_itself() {
        let mixed = b"Inspecci\xC3\xB3n\nJir\xC3\xB3n\nRevisi\xF3n\nRevisi\xC3";
        let found = decode(mixed, None).unwrap();
        assert_eq!(&*found.text, "Inspección\nJirón\nRevisi\u{FFFD}n\nRevisi\u{FFFD}");
        let mixed = b"Inspecci\xF3n\nJir\xF3n\nA\xF1o\nRevisi\xC3\xB3n\n";
        let found = decode(mixed, None).unwrap();
        assert_eq!(&*found.text, "Inspección\nJirón\nAño\nRevisi\u{FFFD}n\n");
        assert_eq!(IBM850.chars().count(), 128);
    }
}

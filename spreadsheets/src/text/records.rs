//! From a text to records: quotes, line ends, and the lines on which records begin.
//!
//! A field in quotes ends where quotes are followed by a delimiter, the end of the line or that of the text. Where that
//! is not so, its quotes are characters like others and the line ends the field: an unclosed quote never takes the lines
//! behind it. A line ends with LF, CR, CR LF or CR CR LF, whatever the others do.

use std::borrow::Cow;

/// The longest text in quotes that is looked for.
const MAX_QUOTED: usize = 256 * 1024;

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) text: Cow<'a, str>,
    /// True when its quotes can be read in two ways, and one of them makes several rows one
    pub(super) ambiguous: bool,
}

/// The records of a text.
#[derive(Debug)]
pub(super) struct Records<'a> {
    text: &'a str,
    at: usize,
    line: i64,
    delimiter: u8,
    /// How many fields most lines have
    fields: usize,
}

/// Quotes that were read to their end.
struct Quoted<'a> {
    text: Cow<'a, str>,
    /// Behind the closing quote
    end: usize,
    lines: i64,
}

impl<'a> Records<'a> {
    /// The records from `begin` on, which is on line `line`.
    pub(super) const fn new(text: &'a str, begin: usize, line: i64, delimiter: u8, fields: usize) -> Self {
        Self { text, at: begin, line, delimiter, fields }
    }

    /// The next record and the line on which it begins.
    pub(super) fn next(&mut self, record: &mut Vec<Field<'a>>) -> Option<i64> {
        record.clear();
        let bytes = self.text.as_bytes();
        if self.at >= bytes.len() {
            return None;
        }
        let (line, begin) = (self.line, self.at);
        loop {
            let (field, lines) = self.field(begin);
            record.push(field);
            self.line += lines;
            match bytes.get(self.at) {
                Some(byte) if *byte == self.delimiter => self.at += 1,
                Some(_) => {
                    self.at += line_end(bytes, self.at);
                    self.line += 1;
                    return Some(line);
                }
                None => return Some(line),
            }
        }
    }

    /// Reads a field up to what ends it; and how many line ends are in it.
    fn field(&mut self, record: usize) -> (Field<'a>, i64) {
        let bytes = self.text.as_bytes();
        let mut ambiguous = false;
        if bytes.get(self.at) == Some(&b'"')
            && let Some(quoted) = self.quoted()
        {
            ambiguous = quoted.lines > 0 && self.is_row_by_row(record, quoted.end);
            if !ambiguous {
                self.at = quoted.end;
                return (Field { text: quoted.text, ambiguous: false }, quoted.lines);
            }
        }
        let rest = &bytes[self.at..];
        let ends = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\n' | b'\r');
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let text = &self.text[self.at..self.at + length];
        self.at += length;
        (Field { text: Cow::Borrowed(text), ambiguous }, 0)
    }

    /// The field in quotes that begins here, if they are closed as they should be.
    fn quoted(&self) -> Option<Quoted<'a>> {
        let bytes = self.text.as_bytes();
        let begin = self.at + 1;
        let (mut at, mut doubled) = (begin, false);
        loop {
            at += bytes.get(at..)?.iter().take(MAX_QUOTED).position(|byte| *byte == b'"')?;
            if at - begin > MAX_QUOTED {
                return None;
            }
            match bytes.get(at + 1) {
                Some(b'"') => (at, doubled) = (at + 2, true),
                None | Some(b'\n' | b'\r') => break,
                Some(byte) if *byte == self.delimiter => break,
                Some(_) => return None,
            }
        }
        let inside = &self.text[begin..at];
        let text = if doubled { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) };
        Some(Quoted { text, end: at + 1, lines: line_ends(inside.as_bytes()) })
    }

    /// True when each line up to `end` is a row as most are, if quotes are characters like others: then a quote that
    /// somebody forgot to close is as likely as a text of several lines.
    fn is_row_by_row(&self, record: usize, end: usize) -> bool {
        let bytes = self.text.as_bytes();
        let rest = &bytes[end..];
        let until = end + rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        let lines = bytes[record..until].split(|byte| matches!(byte, b'\n' | b'\r'));
        let mut lines = lines.filter(|line| !line.is_empty());
        self.fields > 1
            && lines.all(|line| {
                line.iter().map(|byte| usize::from(*byte == self.delimiter)).sum::<usize>() + 1 == self.fields
            })
    }
}

/// How long the line end at `at` is; 0 at the end of the text.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..).unwrap_or_default() {
        [b'\r', b'\r', b'\n', ..] => 3,
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

fn line_ends(bytes: &[u8]) -> i64 {
    let (mut at, mut count) = (0, 0);
    while at < bytes.len() {
        match line_end(bytes, at) {
            0 => at += 1,
            length => (at, count) = (at + length, count + 1),
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(i64, Vec<String>)> {
        let found = super::super::delimiter::find(text, None);
        let mut records = Records::new(text, 0, 1, found.delimiter, found.fields);
        let (mut all, mut record) = (Vec::new(), Vec::new());
        while let Some(line) = records.next(&mut record) {
            let shown =
                |field: &Field<'_>| format!("{}{}", if field.ambiguous { "?" } else { "" }, field.text);
            all.push((line, record.iter().map(shown).collect()));
        }
        all
    }

    #[test]
    fn quotes_end_where_they_should_or_are_characters() {
        for (text, expected) in [
            ("a;\"b;c\"\n", vec![(1, vec!["a", "b;c"])]),
            ("a;\"b\"\"c\"\n", vec![(1, vec!["a", "b\"c"])]),
            ("\"\";b\n", vec![(1, vec!["", "b"])]),
            (
                "a;b;c\n1;\"dos\nlíneas\";3\n4;5;6",
                vec![(1, vec!["a", "b", "c"]), (2, vec!["1", "dos\nlíneas", "3"]), (4, vec!["4", "5", "6"])],
            ),
            (
                "a;b;c\n1;\"Casa azul;3\n4;5;6\n",
                vec![(1, vec!["a", "b", "c"]), (2, vec!["1", "\"Casa azul", "3"]), (3, vec!["4", "5", "6"])],
            ),
            (
                "a;b;c\n1;\";3\n4;\";6\n7;8;9\n",
                vec![
                    (1, vec!["a", "b", "c"]),
                    (2, vec!["1", "?\"", "3"]),
                    (3, vec!["4", "\"", "6"]),
                    (4, vec!["7", "8", "9"]),
                ],
            ),
            (
                "a;b\n\"El Sol\" Ferretería;x \"y\" z\n",
                vec![(1, vec!["a", "b"]), (2, vec!["\"El Sol\" Ferretería", "x \"y\" z"])],
            ),
        ] {
            let expected: Vec<(i64, Vec<String>)> = expected
                .into_iter()
                .map(|(line, fields)| (line, fields.into_iter().map(str::to_owned).collect()))
                .collect();
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_end_in_every_way() {
        for (text, lines) in [
            ("a;b\r\n1;2\r\n", vec![1, 2]),
            ("a;b\r1;2\r3;4\r", vec![1, 2, 3]),
            ("a;b\r\r\n1;2\r\r\n", vec![1, 2]),
            ("a;b\n1;2\r3;4\r\n5;6", vec![1, 2, 3, 4]),
            ("a;b\r\n\r\n1;2\r\n", vec![1, 2, 3]),
            ("\"a\";\"b\"\r\"uno\ndos\";\"x\"\r\"y\";\"z\"\r", vec![1, 2, 4]),
        ] {
            assert_eq!(read(text).iter().map(|(line, _)| *line).collect::<Vec<_>>(), lines, "{text:?}");
        }
    }
}

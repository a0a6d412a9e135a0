//! The delimiter of a text, decided from all its lines.

use std::collections::HashMap;

/// The delimiters in the order in which they win a draw: the first is the one that Spanish Excel writes.
pub(super) const DELIMITERS: [u8; 4] = [b';', b',', b'\t', b'|'];
/// The most delimiters of a line that count.
const MOST: usize = 1000;

/// What was found out of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) delimiter: u8,
    /// How many fields most of its lines have
    pub(super) fields: usize,
    /// Where the table begins: behind a line in which Excel names the delimiter
    pub(super) begin: usize,
}

/// The delimiter that most lines have the same number of times, the more often the better; that which a first line
/// `sep=;` names; or the one that somebody says.
pub(super) fn find(text: &str, said: Option<u8>) -> Found {
    let (named, begin) = named(text).map_or((None, 0), |(delimiter, begin)| (Some(delimiter), begin));
    let counts = Counts::of(&text.as_bytes()[begin..]);
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| counts.score(*delimiter));
    let delimiter = said.or(named).or(best).unwrap_or(b';');
    Found { delimiter, fields: counts.score(delimiter).1 + 1, begin }
}

/// The line in which Excel says by what it divided, `sep=;`, in whatever case and quotes.
fn named(text: &str) -> Option<(u8, usize)> {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let line = text[..end].trim_start_matches('\u{FEFF}').trim_matches(['"', ' ']);
    let rest = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep="))?;
    let [delimiter] = &line.as_bytes()[rest.len()..] else { return None };
    Some((*delimiter, end + super::records::line_end(text.as_bytes(), end)))
}

/// For each delimiter how many lines have it how often.
struct Counts([HashMap<usize, usize>; 4]);

impl Counts {
    fn of(bytes: &[u8]) -> Self {
        let mut counts: [HashMap<usize, usize>; 4] = Default::default();
        for line in bytes.split(|byte| matches!(byte, b'\n' | b'\r')) {
            if line.is_empty() {
                continue;
            }
            for (delimiter, known) in DELIMITERS.into_iter().zip(&mut counts) {
                let count = outside_quotes(line, delimiter);
                if count > 0 {
                    *known.entry(count.min(MOST)).or_default() += 1;
                }
            }
        }
        Self(counts)
    }

    /// How many lines agree, and on how many of them.
    fn score(&self, delimiter: u8) -> (usize, usize) {
        let at = DELIMITERS.iter().position(|known| *known == delimiter);
        let Some(known) = at.map(|at| &self.0[at]) else { return (0, 0) };
        known.iter().map(|(count, lines)| (*lines, *count)).max().unwrap_or((0, 0))
    }
}

/// How often a line has a delimiter outside of fields in quotes that it ends itself.
fn outside_quotes(line: &[u8], delimiter: u8) -> usize {
    if !line.contains(&b'"') {
        return line.iter().map(|byte| usize::from(*byte == delimiter)).sum();
    }
    let (mut at, mut count, mut begins) = (0, 0, true);
    while at < line.len() {
        if begins
            && line[at] == b'"'
            && let Some(end) = closing(line, at + 1)
        {
            at = end;
        }
        begins = line[at] == delimiter;
        count += usize::from(begins);
        at += 1;
    }
    count
}

/// Where the quotes end that began before `at`.
fn closing(line: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += line.get(at..)?.iter().position(|byte| *byte == b'"')?;
        if line.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_most_lines_agree_on() {
        for (text, expected) in [
            ("a;b;c\n1;2;3\n", (b';', 3)),
            ("a,b,c\n1,2,3\n", (b',', 3)),
            ("a\tb\n1\t2\n", (b'\t', 2)),
            ("a|b\n1|2\n", (b'|', 2)),
            ("Nombre;Latitud\nAna;-12,05\nBeto;-12,06\n", (b';', 2)),
            ("\"a;b\",c\n\"d\",e\n", (b',', 2)),
            ("Reporte, zona norte\nA;B;C\n1;2;3\n4;5;6\n", (b';', 3)),
            ("Reporte\nGenerado el 15/01/2030\nA,B,C\n1,2,3\n", (b',', 3)),
            ("only\none\n", (b';', 1)),
            ("", (b';', 1)),
            ("sep=\t\na\tb\n", (b'\t', 2)),
            ("\"sep=;\"\r\na,b;c\r\n", (b';', 2)),
            ("SEP=|\na|b\n", (b'|', 2)),
        ] {
            let found = find(text, None);
            assert_eq!((found.delimiter, found.fields), expected, "{text}");
        }
        assert_eq!(find("a;b,c\n", Some(b',')).delimiter, b',');
    }
}

//! Names of files that are made: text with `{n}` for a number, `{fecha:yyyyMMdd}` for a moment and `{EntryGuid}` for the
//! id of what the file tells of.

use crate::{PatternFault, path::check_name};

/// A moment on somebody's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub struct Moment {
    pub year: i16,
    pub month: i8,
    pub day: i8,
    pub hour: i8,
    pub minute: i8,
    pub second: i8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Number,
    Id,
    Year,
    ShortYear,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// A name with places for a number, a moment and an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate(Vec<Piece>);

impl NameTemplate {
    /// Reads a template; what it makes can be the name of a file.
    pub fn parse(text: &str) -> Result<Self, PatternFault> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 150 {
            return Err(PatternFault::Length);
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '{' => {
                    let (part, after) =
                        rest.split_once('}').ok_or_else(|| PatternFault::Part(rest.to_owned()))?;
                    rest = after;
                    read_part(part, &mut pieces)?;
                }
                '}' => return Err(PatternFault::Part("}".to_owned())),
                // What Windows cannot have in a name
                c if c.is_control() || "/\\:*?\"<>|".contains(c) => return Err(PatternFault::Character),
                c => push(&mut pieces, c),
            }
        }
        let template = Self(pieces);
        let moment = Moment { year: 2030, month: 12, day: 31, hour: 23, minute: 59, second: 59 };
        check_name(&template.name(moment, i64::MAX, &"0".repeat(36))).map_err(|_| PatternFault::Length)?;
        Ok(template)
    }

    /// True where each id has a name of its own.
    pub fn has_id(&self) -> bool {
        self.0.contains(&Piece::Id)
    }

    /// True where each number has a name of its own.
    pub fn has_number(&self) -> bool {
        self.0.contains(&Piece::Number)
    }

    /// The name at a moment.
    pub fn name(&self, moment: Moment, number: i64, id: &str) -> String {
        let two = |part: i8| format!("{part:02}");
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Number => number.to_string(),
            Piece::Id => id.to_owned(),
            Piece::Year => format!("{:04}", moment.year),
            Piece::ShortYear => format!("{:02}", moment.year.rem_euclid(100)),
            Piece::Month => two(moment.month),
            Piece::Day => two(moment.day),
            Piece::Hour => two(moment.hour),
            Piece::Minute => two(moment.minute),
            Piece::Second => two(moment.second),
        });
        pieces.collect()
    }
}

fn push(pieces: &mut Vec<Piece>, c: char) {
    if let Some(Piece::Text(text)) = pieces.last_mut() {
        text.push(c);
    } else {
        pieces.push(Piece::Text(c.to_string()));
    }
}

fn read_part(part: &str, pieces: &mut Vec<Piece>) -> Result<(), PatternFault> {
    let unknown = || PatternFault::Part(part.to_owned());
    let whole = match part {
        "n" => Some(Piece::Number),
        "EntryGuid" | "id" => Some(Piece::Id),
        _ => None,
    };
    if let Some(piece) = whole {
        pieces.push(piece);
        return Ok(());
    }
    let mut rest = part.strip_prefix("fecha:").or_else(|| part.strip_prefix("date:")).ok_or_else(unknown)?;
    if rest.is_empty() {
        return Err(unknown());
    }
    while let Some(c) = rest.chars().next() {
        let letters = [
            ("yyyy", Piece::Year),
            ("yy", Piece::ShortYear),
            ("MM", Piece::Month),
            ("dd", Piece::Day),
            ("HH", Piece::Hour),
            ("mm", Piece::Minute),
            ("ss", Piece::Second),
        ];
        if let Some((letters, piece)) = letters.into_iter().find(|(letters, _)| rest.starts_with(letters)) {
            pieces.push(piece);
            rest = &rest[letters.len()..];
        } else if matches!(c, '-' | '_' | '.' | ' ') {
            push(pieces, c);
            rest = &rest[1..];
        } else {
            return Err(unknown());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_a_number_a_moment_and_an_id() {
        let moment = Moment { year: 2030, month: 1, day: 5, hour: 7, minute: 0, second: 9 };
        for (template, name) in [
            ("TAREAS_{fecha:yyyyMMdd}_{n}.xlsx", Some("TAREAS_20300105_12.xlsx")),
            ("{date:yy-MM-dd HH.mm.ss}.csv", Some("30-01-05 07.00.09.csv")),
            ("x", Some("x")),
            ("{EntryGuid}.xml", Some("7a.xml")),
            ("{id}_{n}.json", Some("7a_12.json")),
            ("", None),
            ("a/b", None),
            ("a:b", None),
            ("{x}", None),
            ("{fecha:QQ}", None),
            ("{fecha:}", None),
            ("a}", None),
            ("..", None),
        ] {
            let found = NameTemplate::parse(template).ok().map(|template| template.name(moment, 12, "7a"));
            assert_eq!(found.as_deref(), name, "{template}");
        }
    }
}

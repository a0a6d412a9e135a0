//! Patterns of file names: `*` for any characters, `{n}` for digits, `{fecha:yyyyMMdd}` for a date, everything else as
//! it is written, without regard to case. Two patterns that one name could fit are found before they are saved.

use std::{collections::HashSet, fmt};

use crate::fold;

/// The most characters of a pattern.
const MAX_CHARACTERS: usize = 200;

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternFault {
    /// It is empty, or longer than 200 characters
    Length,
    /// It has a `/`, a `\` or a control character
    Character,
    /// A `{` without `}`, or what stands between is not known
    Part(String),
}

impl fmt::Display for PatternFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("1 to 200 characters"),
            Self::Character => f.write_str("a name without `/` and `\\`; the folder is a field of its own"),
            Self::Part(_) => f.write_str("`*`, `{n}` or a date such as `{fecha:yyyyMMdd}`"),
        }
    }
}

impl std::error::Error for PatternFault {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Any,
    Digit,
    One(char),
}

impl Class {
    const fn takes(self, c: char) -> bool {
        match self {
            Self::Any => true,
            Self::Digit => c.is_ascii_digit(),
            Self::One(own) => own == c,
        }
    }

    const fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) | (Self::Digit, Self::Digit) => true,
            (Self::One(c), class) | (class, Self::One(c)) => class.takes(c),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    One(Class),
    Many(Class),
}

/// A pattern that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    steps: Vec<Step>,
    text: String,
}

impl Pattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self, PatternFault> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MAX_CHARACTERS {
            return Err(PatternFault::Length);
        }
        if text.chars().any(|c| c.is_control() || matches!(c, '/' | '\\')) {
            return Err(PatternFault::Character);
        }
        let mut steps = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '*' => steps.push(Step::Many(Class::Any)),
                '{' => {
                    let (part, after) =
                        rest.split_once('}').ok_or_else(|| PatternFault::Part(rest.to_owned()))?;
                    rest = after;
                    steps.extend(part_steps(part)?);
                }
                '}' => return Err(PatternFault::Part("}".to_owned())),
                c => steps.extend(fold(c.encode_utf8(&mut [0; 4])).chars().map(|c| Step::One(Class::One(c)))),
            }
        }
        // Several stars say what one does
        steps.dedup_by(|next, before| next == before && *next == Step::Many(Class::Any));
        Ok(Self { steps, text: text.to_owned() })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True when a name fits.
    pub fn fits(&self, name: &str) -> bool {
        let name: Vec<char> = fold(name).chars().collect();
        // The steps that can be next, as in any simulation of an automaton: no name makes it slow
        let mut states = vec![false; self.steps.len() + 1];
        states[0] = true;
        self.skip(&mut states);
        for c in name {
            let mut next = vec![false; states.len()];
            for (index, step) in self.steps.iter().enumerate().filter(|(index, _)| states[*index]) {
                match step {
                    Step::One(class) if class.takes(c) => next[index + 1] = true,
                    Step::Many(class) if class.takes(c) => next[index] = true,
                    Step::One(_) | Step::Many(_) => {}
                }
            }
            self.skip(&mut next);
            states = next;
        }
        states[self.steps.len()]
    }

    /// What may be empty can be passed over.
    fn skip(&self, states: &mut [bool]) {
        for (index, step) in self.steps.iter().enumerate() {
            if states[index] && matches!(step, Step::Many(_)) {
                states[index + 1] = true;
            }
        }
    }

    /// True when there can be a name that fits both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (mut open, mut seen) = (vec![(0, 0)], HashSet::new());
        while let Some((a, b)) = open.pop() {
            if !seen.insert((a, b)) {
                continue;
            }
            match (self.steps.get(a), other.steps.get(b)) {
                (None, None) => return true,
                (Some(Step::Many(_)), Some(Step::Many(_))) => open.extend([(a + 1, b), (a, b + 1)]),
                (Some(Step::Many(one)), rest) => {
                    open.push((a + 1, b));
                    if let Some(Step::One(two)) = rest
                        && one.meets(*two)
                    {
                        open.push((a, b + 1));
                    }
                }
                (rest, Some(Step::Many(two))) => {
                    open.push((a, b + 1));
                    if let Some(Step::One(one)) = rest
                        && one.meets(*two)
                    {
                        open.push((a + 1, b));
                    }
                }
                (Some(Step::One(one)), Some(Step::One(two))) if one.meets(*two) => open.push((a + 1, b + 1)),
                _ => {}
            }
        }
        false
    }
}

/// The steps of what stands between braces.
fn part_steps(part: &str) -> Result<Vec<Step>, PatternFault> {
    let unknown = || PatternFault::Part(part.to_owned());
    if part == "n" {
        return Ok(vec![Step::One(Class::Digit), Step::Many(Class::Digit)]);
    }
    let format = part.strip_prefix("fecha:").or_else(|| part.strip_prefix("date:")).ok_or_else(unknown)?;
    let mut steps = Vec::new();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        if let Some(letters) =
            ["yyyy", "yy", "MM", "dd", "HH", "mm", "ss"].iter().find(|letters| rest.starts_with(**letters))
        {
            steps.extend(std::iter::repeat_n(Step::One(Class::Digit), letters.len()));
            rest = &rest[letters.len()..];
        } else if matches!(c, '-' | '_' | '.' | ' ') {
            steps.push(Step::One(Class::One(c)));
            rest = &rest[1..];
        } else {
            return Err(unknown());
        }
    }
    if steps.is_empty() { Err(unknown()) } else { Ok(steps) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text).unwrap()
    }

    #[test]
    fn a_name_fits_whatever_its_case() {
        for (text, name, fits) in [
            ("tareas*.xlsx", "TAREAS_hoy.XLSX", true),
            ("tareas*.xlsx", "tareas.xlsx", true),
            ("tareas*.xlsx", "mis tareas.xlsx", false),
            ("*", "x", true),
            ("ÑANDÚ.csv", "ñandu\u{301}.csv", true),
            ("t_{fecha:yyyyMMdd}.csv", "T_20300115.csv", true),
            ("t_{fecha:yyyyMMdd}.csv", "t_2030115.csv", false),
            ("t_{fecha:yyyy-MM-dd}.csv", "t_2030-01-15.csv", true),
            ("t{n}.csv", "t7.csv", true),
            ("t{n}.csv", "t.csv", false),
            ("a*b*c", "abbbc", true),
            ("a*b*c", "acb", false),
        ] {
            assert_eq!(pattern(text).fits(name), fits, "{text} {name}");
        }
    }

    #[test]
    fn patterns_that_one_name_could_fit_are_found() {
        for (one, other, overlap) in [
            ("tareas*.xlsx", "*.xlsx", true),
            ("tareas*.xlsx", "pois*.xlsx", false),
            ("a*", "*b", true),
            ("a*c", "b*c", false),
            ("t_{fecha:yyyyMMdd}.csv", "t_*.csv", true),
            ("t_{fecha:yyyyMMdd}.csv", "t_a*.csv", false),
            ("t{n}.csv", "t{fecha:yyyy}.csv", true),
            ("T.csv", "t.CSV", true),
            ("t.csv", "t.xlsx", false),
            ("*", "*", true),
        ] {
            assert_eq!(pattern(one).overlaps(&pattern(other)), overlap, "{one} {other}");
            assert_eq!(pattern(other).overlaps(&pattern(one)), overlap, "{other} {one}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", "a/b", "a\\b", "{x}", "{fecha:QQ}", "{fecha:}", "a{", "a}", &"x".repeat(201)] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_fits_two_patterns_shows_that_they_overlap(
            one in "[ab*]{1,6}", other in "[ab*]{1,6}", name in "[ab]{0,6}"
        ) {
            let (one, other) = (pattern(&one), pattern(&other));
            if one.fits(&name) && other.fits(&name) {
                prop_assert!(one.overlaps(&other));
            }
        }
    }
}

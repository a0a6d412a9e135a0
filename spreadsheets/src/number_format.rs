//! What a spreadsheet shows of a number, where that is more than the value: leading zeros, and percentages.

/// What is understood of a number format (ECMA-376, 18.8.31).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NumberFormat {
    /// Shows the value itself, for what is imported
    Plain,
    /// Zeros and text between them, such as `00000` and `00-000`: the value's digits fill the zeros from the right
    Digits(Vec<Part>),
    /// A percentage
    Percent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Digit,
    Text(char),
}

/// More digits than a whole number of a spreadsheet can have.
const MAX_PARTS: usize = 40;

impl NumberFormat {
    pub(super) fn read(code: &str) -> Self {
        let mut parts = Vec::new();
        let (mut quoted, mut percent, mut plain) = (false, false, false);
        let mut characters = code.chars();
        while let Some(c) = characters.next() {
            match c {
                '"' => quoted = !quoted,
                _ if quoted => parts.push(Part::Text(c)),
                // Other sections are for negative numbers and zero
                ';' => break,
                '\\' => parts.extend(characters.next().map(Part::Text)),
                '_' | '*' => plain = characters.next().is_none() || plain,
                '0' => parts.push(Part::Digit),
                '-' | ' ' | '/' | '(' | ')' | '+' => parts.push(Part::Text(c)),
                '%' => percent = true,
                _ => plain = true,
            }
        }
        let digits = parts.iter().filter(|part| **part == Part::Digit).count();
        if percent {
            Self::Percent
        } else if plain || parts.len() > MAX_PARTS || digits < 2 {
            Self::Plain
        } else {
            Self::Digits(parts)
        }
    }

    /// What is shown of `number`; none where it is the value itself.
    pub(super) fn shown(&self, number: f64) -> Option<String> {
        match self {
            Self::Plain => None,
            Self::Percent => {
                let percent = super::Cell::number((number * 1e9).round() / 1e7);
                Some(format!("{}%", percent.shown()))
            }
            Self::Digits(parts) => {
                let whole = number >= 0.0 && number.fract() == 0.0 && number < 1e15;
                whole.then(|| fill(parts, number as u64))
            }
        }
    }
}

fn fill(parts: &[Part], number: u64) -> String {
    let digits = number.to_string();
    let places = parts.iter().filter(|part| **part == Part::Digit).count();
    let padded = format!("{digits:0>places$}");
    // Digits that have no place of their own stand before the first one
    let mut left = padded.chars();
    let mut before = padded.len() - places;
    let mut shown = String::new();
    for part in parts {
        match part {
            Part::Text(c) => shown.push(*c),
            Part::Digit => {
                shown.extend(left.by_ref().take(before + 1));
                before = 0;
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_number_is_kept() {
        for (format, number, shown) in [
            ("General", 42.0, None),
            ("0", 42.0, None),
            ("0.00", 42.0, None),
            ("#,##0", 42.0, None),
            ("@", 42.0, None),
            ("00000", 42.0, Some("00042")),
            ("00000", 1_234_567.0, Some("1234567")),
            ("00000", 0.0, Some("00000")),
            ("00000", -42.0, None),
            ("00000", 42.5, None),
            ("00000;[Red]-00000", 42.0, Some("00042")),
            ("00-000", 42.0, Some("00-042")),
            ("00\\-000", 1_234_567.0, Some("1234-567")),
            ("\"OT-\"0000", 7.0, Some("OT-0007")),
            ("000\" \"000\" \"000", 987_654_321.0, Some("987 654 321")),
            ("0%", 0.5, Some("50%")),
            ("0.00%", 0.125, Some("12.5%")),
            ("dd/mm/yyyy", 42.0, None),
        ] {
            assert_eq!(NumberFormat::read(format).shown(number).as_deref(), shown, "{format} {number}");
        }
    }
}

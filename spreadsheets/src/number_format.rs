//! What a spreadsheet shows of a number, where that is more than the value: leading zeros, text, percentages, and whether
//! it is a day or a time.

/// What is understood of a number format (ECMA-376, 18.8.31).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NumberFormat {
    /// Shows the value itself, for what is imported
    Plain,
    /// Zeros and text around them, such as `00000`, `00-000` and `"OT-"0`: the value's digits fill the zeros from the right
    Digits(Vec<Part>),
    /// A percentage with so many decimals
    Percent(usize),
    /// A day, or a day and a time
    Date,
    /// A time of day
    Time,
    /// A length of time, as `[h]:mm` shows it
    Length,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Digit,
    Text(char),
}

/// More digits than a whole number of a spreadsheet can have.
const MAX_PARTS: usize = 60;

impl NumberFormat {
    /// The format of this id, where the workbook does not define it (18.8.30).
    pub(super) fn built_in(id: u32) -> Self {
        match id {
            9 => Self::Percent(0),
            10 => Self::Percent(2),
            14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Self::Date,
            18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Self::Time,
            46 => Self::Length,
            _ => Self::Plain,
        }
    }

    pub(super) fn read(code: &str) -> Self {
        if code.eq_ignore_ascii_case("general") || code == "@" {
            return Self::Plain;
        }
        let mut parts = Vec::new();
        let (mut quoted, mut plain, mut decimals) = (false, false, None);
        let (mut percent, mut length) = (false, false);
        let mut when = When::default();
        let mut characters = code.chars();
        while let Some(c) = characters.next() {
            match c {
                '"' => quoted = !quoted,
                _ if quoted => parts.push(Part::Text(c)),
                // Other sections are for negative numbers and zero
                ';' => break,
                '\\' => parts.extend(characters.next().map(Part::Text)),
                '[' => {
                    let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    match inside.strip_prefix('$') {
                        // A currency: amounts are no codes
                        Some(currency) => plain |= !currency.starts_with('-') && !currency.is_empty(),
                        None => length |= When::counts_all(&inside),
                    }
                }
                '_' | '*' => plain = characters.next().is_none() || plain,
                '0' => {
                    decimals = decimals.map(|count| count + 1);
                    parts.push(Part::Digit);
                }
                '.' => (decimals, plain) = (Some(0), true),
                '-' | ' ' | '/' | '(' | ')' | '+' | ':' => parts.push(Part::Text(c)),
                '%' => percent = true,
                'y' | 'Y' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' | 'm' | 'M' => when.letter(c),
                _ => plain = true,
            }
        }
        let digits = parts.iter().filter(|part| **part == Part::Digit).count();
        let has_text = parts.iter().any(|part| matches!(part, Part::Text(c) if c.is_alphanumeric()));
        if length {
            Self::Length
        } else if let Some(when) = when.format() {
            when
        } else if percent {
            Self::Percent(decimals.unwrap_or(0))
        } else if plain || parts.len() > MAX_PARTS || digits == 0 || (digits < 2 && !has_text) {
            Self::Plain
        } else {
            Self::Digits(parts)
        }
    }

    /// What is shown of `number`; none where it is the value itself.
    pub(super) fn shown(&self, number: f64) -> Option<String> {
        match self {
            Self::Percent(decimals) => Some(percent(number, *decimals)),
            Self::Digits(parts) => {
                let whole = number >= 0.0 && number.fract() == 0.0 && number < 9_007_199_254_740_992.0;
                whole.then(|| fill(parts, number as u64))
            }
            Self::Plain | Self::Date | Self::Time | Self::Length => None,
        }
    }
}

/// What the letters of a format say of days and times.
#[derive(Debug, Default)]
struct When {
    day: bool,
    clock: bool,
    month_or_minute: bool,
}

impl When {
    fn letter(&mut self, letter: char) {
        match letter.to_ascii_lowercase() {
            'y' | 'd' => self.day = true,
            'h' | 's' => self.clock = true,
            _ => self.month_or_minute = true,
        }
    }

    /// `[h]` counts all hours; a colour or a condition says nothing.
    fn counts_all(inside: &str) -> bool {
        let counts =
            |letter: char| !inside.is_empty() && inside.chars().all(|c| c.eq_ignore_ascii_case(&letter));
        ['h', 'm', 's'].into_iter().any(counts)
    }

    const fn format(&self) -> Option<NumberFormat> {
        if self.day || (self.month_or_minute && !self.clock) {
            Some(NumberFormat::Date)
        } else if self.clock {
            Some(NumberFormat::Time)
        } else {
            None
        }
    }
}

/// A percentage with as many decimals as are shown, and more where the value has more.
pub(super) fn percent(number: f64, decimals: usize) -> String {
    let percent = super::Cell::number((number * 1e13).round() / 1e11).shown();
    let there = percent.split_once('.').map_or(0, |(_, behind)| behind.len());
    if there >= decimals {
        return format!("{percent}%");
    }
    let point = if there == 0 { "." } else { "" };
    format!("{percent}{point}{}%", "0".repeat(decimals - there))
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
            ("\"OT-\"0", 7.0, Some("OT-7")),
            ("000\" \"000\" \"000", 987_654_321.0, Some("987 654 321")),
            ("0%", 0.5, Some("50%")),
            ("0.00%", 0.125, Some("12.50%")),
            ("0%", 0.12345, Some("12.345%")),
            ("\"S/\" 0.00", 12.5, None),
            ("[$S/-280A]00", 12.0, None),
        ] {
            assert_eq!(NumberFormat::read(format).shown(number).as_deref(), shown, "{format} {number}");
        }
    }

    #[test]
    fn days_times_and_lengths_are_told_apart() {
        for (format, expected) in [
            ("dd/mm/yyyy", NumberFormat::Date),
            ("[$-409]d-mmm-yy;@", NumberFormat::Date),
            ("mmmm", NumberFormat::Date),
            ("dd/mm/yyyy hh:mm", NumberFormat::Date),
            ("h:mm", NumberFormat::Time),
            ("h:mm AM/PM", NumberFormat::Time),
            ("mm:ss", NumberFormat::Time),
            ("[h]:mm:ss", NumberFormat::Length),
            ("[mm]:ss", NumberFormat::Length),
            ("[Red]0", NumberFormat::Plain),
            ("0.00E+00", NumberFormat::Plain),
        ] {
            assert_eq!(NumberFormat::read(format), expected, "{format}");
        }
    }
}

//! Delimited text (RFC 4180).

use super::{Value, duration, looks_like_a_formula};

/// Text with commas between cells. It begins with a byte order mark, by which spreadsheets know UTF-8.
#[derive(Debug)]
pub(super) struct Delimited {
    text: String,
}

impl Delimited {
    pub(super) fn begin(headings: &[String]) -> Self {
        let mut begun = Self { text: String::from("\u{FEFF}") };
        let headings: Vec<Value<'_>> = headings.iter().map(|heading| Value::text(heading.as_str())).collect();
        begun.row(&headings);
        begun
    }

    pub(super) fn row(&mut self, values: &[Value<'_>]) {
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.value(value);
        }
        // Without quotes a row of one empty cell is none
        if let [Value::Empty] = values {
            self.text.push_str("\"\"");
        }
        self.text.push_str("\r\n");
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text).into_bytes()
    }

    fn value(&mut self, value: &Value<'_>) {
        match value {
            Value::Empty => {}
            Value::Text(text) => self.quoted(text),
            Value::Whole(number) => self.text.push_str(&number.to_string()),
            Value::Number(number) => self.text.push_str(&number.to_string()),
            Value::Boolean(yes) => self.text.push_str(if *yes { "true" } else { "false" }),
            Value::Date(date) => self.text.push_str(&date.to_string()),
            Value::Time(time) => self.text.push_str(&time.to_string()),
            Value::Moment(moment) => {
                self.text.push_str(&moment.date().to_string());
                self.text.push(' ');
                self.text.push_str(&moment.time().to_string());
            }
            Value::Duration(us) => self.text.push_str(&duration(*us)),
        }
    }

    /// What begins with an apostrophe before a formula gets another one, so that reading takes off the right one.
    fn quoted(&mut self, text: &str) {
        let is_protected = looks_like_a_formula(text)
            || text
                .strip_prefix('\'')
                .is_some_and(|rest| looks_like_a_formula(rest.trim_start_matches('\'')));
        let needs_quotes = is_protected
            || text.starts_with(' ')
            || text.ends_with(' ')
            || text.contains([',', '"', '\r', '\n', ';', '\'', '\t']);
        if !needs_quotes {
            return self.text.push_str(text);
        }
        self.text.push('"');
        if is_protected {
            self.text.push('\'');
        }
        self.text.push_str(&text.replace('"', "\"\""));
        self.text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_shown_and_never_run() {
        for (cell, shown) in [
            ("Ana Quispe", "Ana Quispe"),
            ("Quispe, Ana", "\"Quispe, Ana\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+51 999 111", "+51 999 111"),
            ("--5", "\"'--5\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-2+3", "\"'-2+3\""),
            ("'=1", "\"''=1\""),
            ("a\r\nb", "\"a\r\nb\""),
            (" x ", "\" x \""),
        ] {
            let mut text = Delimited { text: String::new() };
            text.row(&[Value::text(cell), Value::Whole(-1)]);
            assert_eq!(text.text, format!("{shown},-1\r\n"), "{cell:?}");
        }
    }
}

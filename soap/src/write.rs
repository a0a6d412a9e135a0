//! XML as it is written: escaped so that every reader gets back what was meant.

use std::fmt::Write as _;

/// A document while it is written.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
}

impl Writer {
    /// A document that begins with its declaration.
    pub fn new() -> Self {
        Self { out: String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n") }
    }

    /// `<name a="b">`; the names are ours.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.out.push('>');
    }

    /// `<name a="b"/>`.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.out.push_str("/>");
    }

    /// `<name>text</name>`.
    pub fn leaf(&mut self, name: &str, text: &str) {
        self.open(name, &[]);
        self.text(text);
        self.close(name);
    }

    /// `</name>`.
    pub fn close(&mut self, name: &str) {
        // Writing to a String does not fail
        let _ = write!(self.out, "</{name}>");
    }

    /// Text, escaped.
    pub fn text(&mut self, text: &str) {
        escape(&mut self.out, text);
    }

    /// The document.
    pub fn finish(self) -> String {
        self.out
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            let _ = write!(self.out, " {name}=\"");
            escape(&mut self.out, value);
            self.out.push('"');
        }
    }
}

/// Writes text so that every reader gets it back; what XML cannot hold becomes U+FFFD.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(c),
            '\u{FFFE}' | '\u{FFFF}' | '\0'..'\u{20}' => out.push('\u{FFFD}'),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut writer = Writer::new();
        writer.open("a", &[("x", "1 < \"2\" & 3")]);
        writer.leaf("b", "ñ < > & ' \" \r\n\t\u{1}\u{10FFFF}");
        writer.empty("c", &[]);
        writer.close("a");
        let root = crate::xml::read(&writer.finish(), crate::xml::Strictness::Strict).unwrap();
        assert_eq!(root.attribute("", "x"), Some("1 < \"2\" & 3"));
        assert_eq!(root.child_text("b"), Some("ñ < > & ' \" \r\n\t\u{FFFD}\u{10FFFF}"));
        assert_eq!(root.child_text("c"), Some(""));
    }
}

//! The parameters of a request by their description, forgivingly: in any order, missing, empty, with blanks, with
//! numbers where names belong.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    description::{Field, Kind, Service},
    xml::Element,
};

/// A record of a request.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    service: &'a Service,
    fields: &'a [Field],
    element: &'a Element,
}

/// A field that holds what it cannot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: found `{found}`, expected {expected}")]
pub struct Wrong {
    /// Its name
    pub field: String,
    /// What was found, shortened
    pub found: String,
    /// What was expected
    pub expected: String,
}

impl<'a> Record<'a> {
    /// What `element` holds of these fields.
    pub const fn new(service: &'a Service, fields: &'a [Field], element: &'a Element) -> Self {
        Self { service, fields, element }
    }

    /// The fields that there can be.
    pub const fn fields(&self) -> &'a [Field] {
        self.fields
    }

    /// The text of a field; none when it is not there or nil. What was sent is not trimmed.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.element(name).map(|element| element.text.as_str())
    }

    /// A field that is a name, a number or a code: without blanks around it; none when nothing is left.
    pub fn word(&self, name: &str) -> Option<&'a str> {
        self.text(name).map(str::trim).filter(|text| !text.is_empty())
    }

    /// True when the field is there, empty or not; nil is there, too.
    pub fn has(&self, name: &str) -> bool {
        debug_assert!(self.knows(name), "there is no field {name}");
        self.element.child(name).is_some()
    }

    /// An integer; none when it is not there or empty.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Wrong> {
        self.parsed(name, "an integer", |text| text.parse().ok().or_else(|| whole(number(text)?)))
    }

    /// A number, with a point or a comma; none when it is not there or empty.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Wrong> {
        self.parsed(name, "a number such as 0.75", number)
    }

    /// A number of which a comma is never one of thousands.
    pub fn degrees(&self, name: &str) -> Result<Option<f64>, Wrong> {
        let read = |text: &str| text.replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite());
        self.parsed(name, "degrees such as -12.05", read)
    }

    /// Yes or no; none when it is not there or empty.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Wrong> {
        self.parsed(name, "true or false", |text| match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "si" | "sí" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        })
    }

    /// Bytes; none when they are not there or empty.
    pub fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Wrong> {
        self.parsed(name, "base64", |text| {
            let packed: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(packed).ok()
        })
    }

    /// The name of an enumeration; none when it is not there or empty.
    pub fn choice(&self, name: &str) -> Result<Option<&'static str>, Wrong> {
        let Some(text) = self.word(name) else { return Ok(None) };
        self.meant(name, text).map(Some)
    }

    /// The names of an enumeration of which several can be given.
    pub fn choices(&self, name: &str) -> Result<Vec<&'static str>, Wrong> {
        let words = self.word(name).unwrap_or_default().split(|c: char| c.is_whitespace() || c == ',');
        words.filter(|word| !word.is_empty()).map(|word| self.meant(name, word)).collect()
    }

    /// A record in it.
    pub fn record(&self, name: &str) -> Option<Self> {
        let Some(Kind::Of(of)) = self.kind(name) else { return None };
        let fields = &self.service.record(of)?.fields;
        self.element(name).map(|element| Self { fields, element, ..*self })
    }

    /// The records of a list. One that stands without the element around it is a list of one.
    pub fn records(&self, name: &str) -> Vec<Self> {
        let Some(Kind::List(list)) = self.kind(name) else { return Vec::new() };
        let Kind::Of(of) = *list.of else { return Vec::new() };
        let Some(fields) = self.service.record(of).map(|record| record.fields.as_slice()) else {
            return Vec::new();
        };
        let same_name = |child: &&'a Element| child.name.eq_ignore_ascii_case(name);
        let mut records = Vec::new();
        for element in self.element.children.iter().filter(same_name) {
            let items: Vec<_> =
                element.children.iter().filter(|child| child.name.eq_ignore_ascii_case(list.item)).collect();
            let bare = items.is_empty() && !element.children.is_empty();
            let found = if bare { vec![element] } else { items };
            records.extend(found.into_iter().map(|element| Self { fields, element, ..*self }));
        }
        records
    }

    /// The texts of a list.
    pub fn texts(&self, name: &str) -> Vec<&'a str> {
        let Some(Kind::List(list)) = self.kind(name) else { return Vec::new() };
        if *list.of != Kind::Text {
            return Vec::new();
        }
        let Some(element) = self.element(name) else { return Vec::new() };
        let items = element.children.iter().filter(|child| child.name.eq_ignore_ascii_case(list.item));
        items.map(|item| item.text.as_str()).collect()
    }

    /// The elements that the description does not know, at most ten.
    pub fn unknown(&self) -> Vec<&'a str> {
        let known =
            |child: &&Element| self.fields.iter().any(|field| field.name.eq_ignore_ascii_case(&child.name));
        self.element
            .children
            .iter()
            .filter(|child| !known(child))
            .map(|child| child.name.as_str())
            .take(10)
            .collect()
    }

    /// Says that a field is wrong.
    pub fn wrong(name: &str, found: &str, expected: impl Into<String>) -> Wrong {
        let mut short: String = found.chars().take(80).collect();
        if short.len() < found.len() {
            short.push('…');
        }
        Wrong { field: name.to_owned(), found: short, expected: expected.into() }
    }

    fn meant(&self, name: &str, text: &str) -> Result<&'static str, Wrong> {
        let Some(Kind::Of(of)) = self.kind(name) else { return Err(Self::wrong(name, text, "nothing")) };
        let Some(enumeration) = self.service.enumeration(of) else {
            return Err(Self::wrong(name, text, "nothing"));
        };
        enumeration.meant(text).ok_or_else(|| {
            let names: Vec<_> = enumeration.values.iter().map(|(name, _)| *name).collect();
            Self::wrong(name, text, format!("one of {}", names.join(", ")))
        })
    }

    fn parsed<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Wrong> {
        let Some(text) = self.word(name) else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| Self::wrong(name, text, expected))
    }

    fn element(&self, name: &str) -> Option<&'a Element> {
        debug_assert!(self.knows(name), "there is no field {name}");
        self.element.child(name).filter(|element| !element.is_nil())
    }

    fn kind(&self, name: &str) -> Option<&'a Kind> {
        self.fields.iter().find(|field| field.name == name).map(|field| &field.kind)
    }

    fn knows(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }
}

/// A number as people of two customs write it: `1,234.5`, `0,75`, `1,500` (a thousand and a half).
fn number(text: &str) -> Option<f64> {
    let plain = match (text.rsplit_once(','), text.contains('.')) {
        (None, _) => text.to_owned(),
        (Some(_), true) => text.replace(',', ""),
        (Some((before, after)), false) => {
            let thousands = after.len() == 3 && !before.trim_start_matches(['-', '0']).is_empty();
            if thousands || before.contains(',') { text.replace(',', "") } else { text.replace(',', ".") }
        }
    };
    plain.parse().ok().filter(|number: &f64| number.is_finite())
}

fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::float_cmp, reason = "a whole number is exactly its integer")]
    let is_whole = number.trunc() == number && number.abs() < 9e15;
    is_whole.then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        description::testing::service,
        xml::{Strictness, read},
    };

    fn check(inner: &str, seen: impl Fn(Record<'_>)) {
        let service = service();
        let element =
            read(&format!("<Thing xmlns:xsi='urn:xsi'>{inner}</Thing>"), Strictness::Strict).unwrap();
        seen(Record::new(&service, &service.record("Thing").unwrap().fields, &element));
    }

    #[test]
    fn fields_are_read_as_old_clients_send_them() {
        check("<options> Loud  2 </options><Weight>1,234.5</Weight><number> 7 </number><Name/>", |thing| {
            assert_eq!(thing.integer("Number"), Ok(Some(7)));
            assert_eq!((thing.text("Name"), thing.word("Name"), thing.has("Name")), (Some(""), None, true));
            assert_eq!(thing.number("Weight"), Ok(Some(1234.5)));
            assert_eq!(thing.choices("Options"), Ok(vec!["Loud", "Quick"]));
            assert_eq!((thing.boolean("Heavy"), thing.has("Heavy")), (Ok(None), false));
            assert!(thing.records("Parts").is_empty() && thing.record("Name").is_none());
        });
        check(
            "<Number>x</Number><Heavy>TRUE</Heavy><Weight xsi:nil='true'/><Colour/><Data>  YQ\n==</Data>",
            |thing| {
                let wrong = thing.integer("Number").unwrap_err();
                assert_eq!(wrong.to_string(), "Number: found `x`, expected an integer");
                assert_eq!((thing.number("Weight"), thing.has("Weight")), (Ok(None), true));
                assert_eq!((thing.boolean("Heavy"), thing.unknown()), (Ok(Some(true)), vec!["Colour"]));
                assert_eq!(thing.bytes("Data"), Ok(Some(b"a".to_vec())));
            },
        );
    }

    #[test]
    fn a_list_of_one_may_stand_bare() {
        for (inner, expected) in [
            ("<Parts><Thing><Number>1</Number></Thing><Thing><Number>2</Number></Thing></Parts>", vec![1, 2]),
            ("<Parts><Number>1</Number></Parts>", vec![1]),
            ("<Parts><Number>1</Number></Parts><Parts><Number>2</Number></Parts>", vec![1, 2]),
            ("<Parts/>", vec![]),
        ] {
            check(inner, |thing| {
                let numbers: Vec<_> = thing
                    .records("Parts")
                    .iter()
                    .map(|part| part.integer("Number").unwrap().unwrap())
                    .collect();
                assert_eq!(numbers, expected, "{inner}");
            });
        }
    }

    #[test]
    fn numbers_are_read_by_two_customs() {
        for (text, expected) in [
            ("0.75", Some(0.75)),
            ("0,75", Some(0.75)),
            ("1,234.50", Some(1234.5)),
            ("1,500", Some(1500.0)),
            ("0,500", Some(0.5)),
            ("1,000,000", Some(1_000_000.0)),
            ("-12,05", Some(-12.05)),
            ("2.00", Some(2.0)),
            ("NaN", None),
            ("inf", None),
            ("two", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        assert_eq!((whole(7.0), whole(7.5)), (Some(7), None));
    }
}

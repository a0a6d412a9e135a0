//! Answers by their description, strictly: every field in order, and nothing that the schema does not know.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    description::{Field, Kind, Presence, Service},
    write::Writer,
};

/// A value of an answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing
    #[default]
    Nil,
    /// Text, or the name of an enumeration
    Text(String),
    /// An integer
    Integer(i64),
    /// A number
    Number(f64),
    /// Yes or no
    Boolean(bool),
    /// Bytes
    Bytes(Vec<u8>),
    /// The fields of a record, in any order; those that are missing have nothing
    Record(Vec<(String, Value)>),
    /// The items of a list
    List(Vec<Value>),
}

impl Value {
    /// A record of these fields.
    pub fn record<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The same with one more field, where it is a record.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Self>) -> Self {
        if let Self::Record(fields) = &mut self {
            fields.push((name.to_owned(), value.into()));
        }
        self
    }

    /// The field of this name, where it is a record.
    pub fn field(&self, name: &str) -> Option<&Self> {
        let Self::Record(fields) = self else { return None };
        fields.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Boolean(yes)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nil, Into::into)
    }
}

impl<T: Into<Self>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// Writes a field.
pub(crate) fn write(writer: &mut Writer, service: &Service, field: &Field, value: Option<&Value>) {
    match value.filter(|value| **value != Value::Nil) {
        Some(value) => element(writer, service, &field.name, &[], &field.kind, value),
        None => match field.presence {
            Presence::Optional => {}
            Presence::Nillable => writer.empty(&field.name, &[("xsi:nil", "true")]),
            Presence::Always => {
                element(writer, service, &field.name, &[], &field.kind, &nothing(service, &field.kind));
            }
        },
    }
}

/// Writes a result alone, its element named like its type.
pub(crate) fn write_root(writer: &mut Writer, service: &Service, field: &Field, value: &Value) {
    let attributes = [
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
        ("xmlns", service.namespace.as_str()),
    ];
    element(writer, service, type_name(&field.kind), &attributes, &field.kind, value);
}

/// The name of a type in schemas, without prefix.
pub fn type_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Long => "long",
        Kind::Int => "int",
        Kind::Short => "short",
        Kind::Byte => "unsignedByte",
        Kind::Double => "double",
        Kind::Float => "float",
        Kind::Boolean => "boolean",
        Kind::Base64 => "base64Binary",
        Kind::DateTime => "dateTime",
        Kind::Of(name) => name,
        Kind::List(list) => list.name,
    }
}

/// What stands where something must and there is nothing.
fn nothing(service: &Service, kind: &Kind) -> Value {
    match kind {
        Kind::Text | Kind::Base64 => Value::Text(String::new()),
        Kind::DateTime => Value::Text("0001-01-01T00:00:00".to_owned()),
        Kind::Boolean => Value::Boolean(false),
        Kind::List(_) => Value::List(Vec::new()),
        Kind::Of(name) => match service.enumeration(name) {
            Some(enumeration) => {
                Value::Text(enumeration.values.first().map_or("", |(name, _)| name).to_owned())
            }
            None => Value::Record(Vec::new()),
        },
        Kind::Long | Kind::Int | Kind::Short | Kind::Byte | Kind::Double | Kind::Float => Value::Integer(0),
    }
}

fn element(
    writer: &mut Writer,
    service: &Service,
    name: &str,
    attributes: &[(&str, &str)],
    kind: &Kind,
    value: &Value,
) {
    if let Value::List(items) = value
        && items.is_empty()
    {
        return writer.empty(name, attributes);
    }
    writer.open(name, attributes);
    match (kind, value) {
        (_, Value::Text(text)) => {
            debug_assert!(is_named(service, kind, text), "{name} cannot be `{text}`");
            writer.text(text);
        }
        (_, Value::Integer(number)) => writer.text(&number.to_string()),
        (_, Value::Number(number)) => writer.text(&number.to_string()),
        (_, Value::Boolean(yes)) => writer.text(if *yes { "true" } else { "false" }),
        (_, Value::Bytes(bytes)) => writer.text(&STANDARD.encode(bytes)),
        (Kind::Of(of), Value::Record(fields)) => {
            let record = service.record(of);
            debug_assert!(record.is_some(), "{name} is no record");
            for (field, _) in fields {
                let known = record.is_some_and(|record| record.fields.iter().any(|one| one.name == *field));
                debug_assert!(known, "{of} has no field {field}");
            }
            for field in record.map_or(&[][..], |record| &record.fields) {
                write(writer, service, field, value.field(&field.name));
            }
        }
        (Kind::List(list), Value::List(items)) => {
            for item in items {
                element(writer, service, list.item, &[], &list.of, item);
            }
        }
        (_, Value::Nil | Value::Record(_) | Value::List(_)) => {
            debug_assert!(false, "{name} is not what its description says");
        }
    }
    writer.close(name);
}

fn is_named(service: &Service, kind: &Kind, text: &str) -> bool {
    let Kind::Of(of) = kind else { return true };
    let Some(enumeration) = service.enumeration(of) else { return false };
    text.split(' ').all(|word| enumeration.values.iter().any(|(name, _)| *name == word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        description::testing::service,
        envelope::{self, Version},
        xml::{Strictness, read},
    };

    #[test]
    fn an_answer_is_exactly_the_schema_in_order() {
        let service = service();
        let thing = Value::record([
            ("Notes", ["a < b", ""].into_iter().collect()),
            ("Options", "Loud Quick".into()),
            ("Name", Some("Ñandú").into()),
            ("Number", 7.into()),
            ("Parts", Value::List(vec![Value::record([("Weight", 1.5.into()), ("Options", "None".into())])])),
        ]);
        let result = Value::record([("Thing", thing), ("Messages", Value::List(Vec::new()))]);
        let text = envelope::write(&service, &service.methods[0], &result, Version::Soap11, "");
        let expected = "<SaveThingResponse xmlns=\"urn:things\"><SaveThingResult><Code>0</Code><Thing><Number>7</Number>\
            <Name>Ñandú</Name><Weight xsi:nil=\"true\"/><Heavy>false</Heavy><Options>Loud Quick</Options>\
            <Parts><Thing><Number>0</Number><Weight>1.5</Weight><Heavy>false</Heavy><Options>None</Options></Thing></Parts>\
            <Notes><string>a &lt; b</string><string></string></Notes></Thing><Messages/></SaveThingResult></SaveThingResponse>";
        assert!(text.contains(expected), "{text}");
        assert!(read(&text, Strictness::Strict).is_ok());
    }

    #[test]
    fn a_result_alone_is_named_like_its_type() {
        let service = service();
        let text = envelope::write_bare(&service, &service.methods[1], &7.into());
        assert!(text.ends_with("xmlns=\"urn:things\">7</int>"), "{text}");
    }
}

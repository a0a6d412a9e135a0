//! How a task is addressed: by its id, or by the customer's own number.

use std::{convert::Infallible, fmt, str::FromStr};

use campo_protocol::{
    task::fields::number_of_text,
    text::{is_blank, storable, tidy},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

/// Names a task: its id, `number:700123` or `external:A-7`. Text of digits means the number in either form, since
/// 00042 and 42 are one task. Deleted tasks are found by id alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskReference {
    /// By id
    Id(Uuid),
    /// By task number
    Number(i64),
    /// By the customer's own text as it is [kept](tidy)
    External(String),
    /// Names nothing
    Nothing(String),
}

impl FromStr for TaskReference {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let own = text.strip_prefix("number:").or_else(|| text.strip_prefix("external:"));
        Ok(match own {
            Some(own) if !is_blank(own) => {
                let own = tidy(own);
                number_of_text(&own).map_or_else(|| Self::External(storable(&own).into_owned()), Self::Number)
            }
            _ => text.parse().map_or_else(|_| Self::Nothing(text.to_owned()), Self::Id),
        })
    }
}

impl fmt::Display for TaskReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Number(number) => write!(f, "number:{number}"),
            Self::External(text) => write!(f, "external:{text}"),
            Self::Nothing(text) => f.write_str(text),
        }
    }
}

impl Serialize for TaskReference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TaskReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.parse() {
            Ok(Self::Nothing(_)) | Err(_) => {
                Err(serde::de::Error::custom("expected a UUID, `number:` or `external:` and the number"))
            }
            Ok(reference) => Ok(reference),
        }
    }
}

impl utoipa::PartialSchema for TaskReference {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("A UUID, or `number:` or `external:` and the customer's own number"))
            .examples(["number:700123"])
            .into()
    }
}

impl ToSchema for TaskReference {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_named_by_id_or_by_the_customers_own_number() {
        let id = Uuid::from_u128(7);
        for (text, reference) in [
            (id.to_string(), TaskReference::Id(id)),
            ("number:42".to_owned(), TaskReference::Number(42)),
            ("number:00042".to_owned(), TaskReference::Number(42)),
            ("external:00042".to_owned(), TaskReference::Number(42)),
            ("external:A-42".to_owned(), TaskReference::External("A-42".to_owned())),
            ("external:\u{FEFF}A-42 ".to_owned(), TaskReference::External("A-42".to_owned())),
            ("number:A-42".to_owned(), TaskReference::External("A-42".to_owned())),
            (
                "external:99999999999999999999".to_owned(),
                TaskReference::External("99999999999999999999".to_owned()),
            ),
            ("number:".to_owned(), TaskReference::Nothing("number:".to_owned())),
            ("external: ".to_owned(), TaskReference::Nothing("external: ".to_owned())),
            ("42".to_owned(), TaskReference::Nothing("42".to_owned())),
        ] {
            assert_eq!(text.parse(), Ok(reference), "{text}");
        }
    }
}

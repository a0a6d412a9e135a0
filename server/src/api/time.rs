//! Instants as the API shows them.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// An instant: microseconds since 1970 UTC in tables, RFC 3339 with offset on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub i64);

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // an instant beyond the calendar was never accepted; it is shown as the nearest one
        let timestamp = Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        });
        serializer.collect_str(&timestamp)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let timestamp: Timestamp = text.parse().map_err(|_| {
            serde::de::Error::custom(
                "expected a time with offset as in RFC 3339, such as 2030-01-15T18:00:00-05:00",
            )
        })?;
        Ok(Self(timestamp.as_microsecond()))
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .examples(["2030-01-15T18:00:00Z"])
            .into()
    }
}

impl ToSchema for Instant {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_with_any_offset_and_shown_in_utc() {
        let instant: Instant = serde_json::from_str(r#""2030-01-15T18:00:00.000001-05:00""#).unwrap();
        assert_eq!(serde_json::to_string(&instant).unwrap(), r#""2030-01-15T23:00:00.000001Z""#);
        assert!(serde_json::from_str::<Instant>(r#""2030-01-15T18:00:00""#).is_err());
        assert!(serde_json::to_string(&Instant(i64::MAX)).unwrap().contains("9999-12-30"));
    }
}

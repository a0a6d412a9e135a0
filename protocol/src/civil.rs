//! Planned times: civil time and zone as people mean them. Their instant is derived, never stored as the truth, so
//! that a country that changes its summer time moves the instant and not the appointment.
//!
//! Every look-up goes through the one zone database in use, see [`crate::zones`]; the system's is never read, so that
//! every server and phone derives the same instants.

use std::{fmt, str::FromStr};

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::{PartialSchema, ToSchema};

use crate::{
    faults::{Faults, pointer},
    zones::ZoneDatabase,
};

/// The years in which something can be planned: outside them a date is a typing error.
pub const PLANNED_YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;

/// The release of the IANA zone database that is in use, such as `2026a`.
pub fn zone_database_version() -> String {
    ZoneDatabase::current().version().to_owned()
}

/// The names of all zones, sorted.
pub fn zone_names() -> Vec<String> {
    ZoneDatabase::current().names()
}

/// The zone of exactly that IANA name; other spellings (`america/lima`) are not taken, since phones would not
/// find them.
pub fn zone(name: &str) -> Option<TimeZone> {
    ZoneDatabase::current().zone(name).filter(|zone| zone.iana_name() == Some(name))
}

/// Refuses a zone that the zone database does not know (`unknown_zone`), naming the right spelling if only
/// upper and lower case differ.
pub fn check_zone(faults: &mut Faults, field: &str, name: &str) {
    if zone(name).is_some() {
        return;
    }
    let known = ZoneDatabase::current().zone(name);
    let expected = match known.as_ref().and_then(TimeZone::iana_name) {
        Some(spelling) => format!("`{spelling}`"),
        None => "an IANA zone such as `America/Lima`".to_owned(),
    };
    faults.add(field, "unknown_zone", name, expected);
}

/// A time on a calendar and a clock in a zone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct CivilTime {
    /// What calendar and clock show there: `2030-01-15T18:00:00`, without offset; seconds may be left out
    #[serde(with = "local_time")]
    #[schema(value_type = String, example = "2030-01-15T18:00:00")]
    pub local: civil::DateTime,
    /// The IANA zone, spelled exactly so
    #[schema(example = "America/Lima")]
    pub zone: String,
}

impl CivilTime {
    /// The instant in microseconds since 1970 UTC; `None` when the zone is not known.
    ///
    /// Where summer time makes a local time occur twice the first one counts; where it skips a local time, the
    /// clock is read as if it had not been moved yet (02:30 becomes 03:30). This is what RFC 5545 and jiff call
    /// compatible.
    pub fn instant_us(&self) -> Option<i64> {
        instant_us(self.local, &zone(&self.zone)?)
    }

    /// Refuses an unknown zone and a year outside [`PLANNED_YEARS`].
    pub fn check(&self, faults: &mut Faults, field: &str) {
        check_zone(faults, &pointer(field, "zone"), &self.zone);
        check_year(faults, &pointer(field, "local"), self.local.date());
    }
}

/// The instant of a local time by the rule of [`CivilTime::instant_us`]; `None` at the ends of the calendar.
pub fn instant_us(local: civil::DateTime, zone: &TimeZone) -> Option<i64> {
    zone.to_ambiguous_timestamp(local).compatible().ok().map(jiff::Timestamp::as_microsecond)
}

/// Refuses two times of which the second lies before the first (`end_before_start`), at the second's field.
pub fn check_order(faults: &mut Faults, end_field: &str, start: Option<&CivilTime>, end: Option<&CivilTime>) {
    let (Some(start), Some(end)) = (start, end) else { return };
    if let (Some(start_us), Some(end_us)) = (start.instant_us(), end.instant_us())
        && end_us < start_us
    {
        faults.add(end_field, "end_before_start", &end.to_string(), format!("not before {start}"));
    }
}

impl fmt::Display for CivilTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.local, self.zone)
    }
}

/// A day on the calendar, on the wire `2030-01-15`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(pub civil::Date);

impl CivilDate {
    /// Refuses a year outside [`PLANNED_YEARS`].
    pub fn check(self, faults: &mut Faults, field: &str) {
        check_year(faults, field, self.0);
    }
}

/// A time of day, on the wire `18:00:00`; seconds may be left out on input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(pub civil::Time);

fn check_year(faults: &mut Faults, field: &str, date: civil::Date) {
    if !PLANNED_YEARS.contains(&date.year()) {
        let (first, last) = (PLANNED_YEARS.start(), PLANNED_YEARS.end());
        faults.add(field, "out_of_range", &date.to_string(), format!("a year from {first} to {last}"));
    }
}

/// Text that is not the date or time expected.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected {0}")]
pub struct NotCivil(&'static str);

impl FromStr for CivilDate {
    type Err = NotCivil;

    fn from_str(text: &str) -> Result<Self, NotCivil> {
        parse(text, is_date, "a date such as 2030-01-15").map(Self)
    }
}

impl FromStr for TimeOfDay {
    type Err = NotCivil;

    fn from_str(text: &str) -> Result<Self, NotCivil> {
        parse(text, is_time, "a time of day such as 18:00").map(Self)
    }
}

/// A local time as [`CivilTime::local`] is written.
pub fn parse_local(text: &str) -> Result<civil::DateTime, NotCivil> {
    let shaped = |text: &str| text.split_once('T').is_some_and(|(date, time)| is_date(date) && is_time(time));
    parse(text, shaped, "a local time without offset such as 2030-01-15T18:00:00")
}

/// jiff reads much more than Campo takes (an offset, for one, would be dropped silently), so the shape is checked
/// first.
fn parse<T: FromStr>(text: &str, shaped: fn(&str) -> bool, expected: &'static str) -> Result<T, NotCivil> {
    if !shaped(text) {
        return Err(NotCivil(expected));
    }
    text.parse().map_err(|_| NotCivil(expected))
}

/// True for `dddd-dd-dd`.
fn is_date(text: &str) -> bool {
    fits(text, "dddd-dd-dd")
}

/// True for `dd:dd` and `dd:dd:dd`, the latter with a fraction of one to nine digits if any.
fn is_time(text: &str) -> bool {
    let (whole, fraction) =
        text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let fraction_fits =
        |digits: &str| (1..=9).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    match fraction {
        None => fits(whole, "dd:dd") || fits(whole, "dd:dd:dd"),
        Some(digits) => fits(whole, "dd:dd:dd") && fraction_fits(digits),
    }
}

fn fits(text: &str, pattern: &str) -> bool {
    let fit = |(c, p): (u8, u8)| if p == b'd' { c.is_ascii_digit() } else { c == p };
    text.len() == pattern.len() && text.bytes().zip(pattern.bytes()).all(fit)
}

mod local_time {
    use super::{Deserialize, Deserializer, Serializer, civil, de, parse_local};

    pub(super) fn serialize<S: Serializer>(
        local: &civil::DateTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(local)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<civil::DateTime, D::Error> {
        parse_local(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

macro_rules! text_on_the_wire {
    ($type:ident, $description:literal, $example:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some($description))
                    .examples([$example])
                    .into()
            }
        }

        impl ToSchema for $type {}
    };
}

text_on_the_wire!(CivilDate, "A day on the calendar", "2030-01-15");
text_on_the_wire!(TimeOfDay, "A time of day; seconds may be left out", "18:00:00");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(local: &str, zone: &str) -> CivilTime {
        CivilTime { local: parse_local(local).unwrap(), zone: zone.to_owned() }
    }

    #[test]
    fn an_instant_is_derived_by_one_rule() {
        for (local, zone, utc) in [
            ("2030-01-15T18:00", "America/Lima", "2030-01-15T23:00:00Z"),
            ("2026-07-01T12:00:00.5", "Europe/Madrid", "2026-07-01T10:00:00.5Z"),
            // skipped by summer time: read by the offset before
            ("2026-03-29T02:30", "Europe/Madrid", "2026-03-29T01:30:00Z"),
            // occurs twice: the first
            ("2026-10-25T02:30", "Europe/Madrid", "2026-10-25T00:30:00Z"),
            // Chile skips midnight itself
            ("2026-09-06T00:15", "America/Santiago", "2026-09-06T04:15:00Z"),
            ("2030-01-15T18:00", "UTC", "2030-01-15T18:00:00Z"),
        ] {
            let expected = utc.parse::<jiff::Timestamp>().unwrap().as_microsecond();
            assert_eq!(time(local, zone).instant_us(), Some(expected), "{local} {zone}");
        }
        assert_eq!(time("2030-01-15T18:00", "Nowhere/Land").instant_us(), None);
    }

    #[test]
    fn only_the_written_shape_is_taken() {
        for text in [
            "2030-01-15T18:00-05:00",
            "2030-01-15T18:00Z",
            "2030-01-15T18:00[America/Lima]",
            "2030-01-15 18:00",
            "2030-01-15",
            "20300115T1800",
            "2030-13-15T18:00",
            "2030-02-30T18:00",
            "2030-01-15T24:00",
            "2030-01-15T18",
            "-02030-01-15T18:00",
            "2030-01-15T18:00:00.",
            "2030-01-15T18:00:00,5",
            "",
            "é030-01-15T18:00",
        ] {
            assert!(parse_local(text).is_err(), "{text}");
        }
        for text in ["2030-1-15", "2030-01-15T00:00", "15-01-2030", "2030-01-32"] {
            assert!(text.parse::<CivilDate>().is_err(), "{text}");
        }
        for text in ["18", "18:00:00Z", "T18:00", "25:00", "18:60", "6:00 PM"] {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
        assert_eq!("18:00".parse::<TimeOfDay>().unwrap().to_string(), "18:00:00");
        assert_eq!("2030-01-15".parse::<CivilDate>().unwrap().to_string(), "2030-01-15");
    }

    #[test]
    fn what_cannot_be_planned_is_named() {
        for (local, zone, field, code, expected) in [
            ("2030-01-15T18:00", "america/lima", "/due/zone", "unknown_zone", "`America/Lima`"),
            ("2030-01-15T18:00", "Lima", "/due/zone", "unknown_zone", "an IANA zone such as `America/Lima`"),
            (
                "2030-01-15T18:00",
                "Etc/Unknown",
                "/due/zone",
                "unknown_zone",
                "an IANA zone such as `America/Lima`",
            ),
            ("0030-01-15T18:00", "UTC", "/due/local", "out_of_range", "a year from 1970 to 2199"),
            ("9999-12-31T23:59", "UTC", "/due/local", "out_of_range", "a year from 1970 to 2199"),
        ] {
            let mut faults = Faults::default();
            time(local, zone).check(&mut faults, "/due");
            let fault = faults.into_vec().remove(0);
            assert_eq!(
                (fault.field.as_str(), fault.code.as_str(), fault.expected.as_str()),
                (field, code, expected)
            );
        }
    }

    #[test]
    fn the_order_of_two_times_is_that_of_their_instants() {
        let check = |start: &CivilTime, end: &CivilTime| {
            let mut faults = Faults::default();
            check_order(&mut faults, "/due", Some(start), Some(end));
            faults.is_empty()
        };
        let (lima, madrid) =
            (time("2030-01-15T12:00", "America/Lima"), time("2030-01-15T18:00", "Europe/Madrid"));
        assert!(check(&lima, &madrid));
        assert!(check(&lima, &lima));
        assert!(!check(&lima, &time("2030-01-15T17:59", "Europe/Madrid")));
    }

    /// jiff's default features would look at the system's zones first; with any of them these answers differ.
    #[test]
    fn the_zones_are_those_compiled_in() {
        assert!(TimeZone::try_system().is_err());
        let compiled_in = jiff::tz::TimeZoneDatabase::bundled();
        assert_eq!(format!("{:?}", jiff::tz::db()), format!("{compiled_in:?}"));
        assert!(zone_database_version().starts_with("20"));
        assert!(zone("America/Lima").is_some());
    }

    proptest! {
        #[test]
        fn a_civil_time_is_read_back(second in 0_i64..7_258_118_399, nanosecond in 0_i32..1_000_000_000) {
            let local = TimeZone::UTC.to_datetime(jiff::Timestamp::new(second, nanosecond).unwrap());
            let time = CivilTime { local, zone: "Europe/Madrid".to_owned() };
            let text = serde_json::to_string(&time).unwrap();
            prop_assert_eq!(serde_json::from_str::<CivilTime>(&text).unwrap(), time.clone());
            prop_assert!(time.instant_us().is_some());
        }

        #[test]
        fn no_text_makes_reading_panic(text in "\\PC{0,30}") {
            let _ = parse_local(&text);
            let _ = text.parse::<CivilDate>();
            let _ = text.parse::<TimeOfDay>();
            let _ = zone(&text);
        }
    }
}

//! Places that the office gives: points on the earth and postal addresses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{MAX_NAME, is_default};
use crate::faults::{Faults, pointer};

/// Degrees beyond which no customer of Campo works: south of 60° is Antarctica only, north of 72° nobody's route.
const INHABITED_LATITUDES: std::ops::RangeInclusive<f64> = -60.0..=72.0;

/// A point on the earth, WGS84.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Point {
    /// Degrees north of the equator, -90 to 90
    #[schema(example = -12.05)]
    pub latitude: f64,
    /// Degrees east of Greenwich, -180 to 180
    #[schema(example = -77.05)]
    pub longitude: f64,
}

impl Point {
    /// Refuses coordinates that are not on the earth, and says so when they would be the other way round.
    pub fn check(&self, faults: &mut Faults, field: &str) {
        check_latitude(faults, &pointer(field, "latitude"), self.latitude, self.looks_swapped());
        faults.check_range(&pointer(field, "longitude"), self.longitude, -180.0, 180.0);
    }

    /// True when this cannot be a customer's place, but could be with latitude and longitude exchanged, as some
    /// customers' programs send them. A warning, not a fault, as long as the point is on the earth.
    ///
    /// What swaps into another inhabited latitude (Madrid, São Paulo) is not seen: see [`Self::nearer_when_swapped`].
    pub fn looks_swapped(&self) -> bool {
        !INHABITED_LATITUDES.contains(&self.latitude) && INHABITED_LATITUDES.contains(&self.longitude)
    }

    /// True when exchanging latitude and longitude brings this within 15° of `home`, a place where the account works,
    /// from more than 30° away.
    pub fn nearer_when_swapped(&self, home: &Self) -> bool {
        let swapped = Self { latitude: self.longitude, longitude: self.latitude };
        self.apart_degrees(home) > 30.0 && swapped.apart_degrees(home) < 15.0
    }

    /// The larger difference of the two coordinates: coarse, but enough to tell continents apart.
    fn apart_degrees(&self, other: &Self) -> f64 {
        let east = (self.longitude - other.longitude).abs();
        (self.latitude - other.latitude).abs().max(east.min(360.0 - east))
    }
}

/// Refuses a latitude beyond the poles.
fn check_latitude(faults: &mut Faults, field: &str, latitude: f64, swapped: bool) {
    if swapped && !(-90.0..=90.0).contains(&latitude) {
        let expected = "a number from -90 to 90; latitude and longitude look exchanged";
        faults.add(field, "out_of_range", &latitude.to_string(), expected);
    } else {
        faults.check_range(field, latitude, -90.0, 90.0);
    }
}

/// Where something is: a point, an address as people write it, or both.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Location {
    /// Degrees north of the equator, -90 to 90; together with the longitude or not at all
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = -12.05)]
    pub latitude: Option<f64>,
    /// Degrees east of Greenwich, -180 to 180
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = -77.05)]
    pub longitude: Option<f64>,
    /// The address as people write it
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(example = "Sample Street 100")]
    pub address: String,
}

impl Location {
    /// The point, when both coordinates are there.
    pub fn point(&self) -> Option<Point> {
        Some(Point { latitude: self.latitude?, longitude: self.longitude? })
    }

    /// Refuses half a point, a point that is not on the earth, and an address that cannot be stored.
    pub fn check(&self, faults: &mut Faults, field: &str) {
        match (self.latitude, self.longitude) {
            (Some(_), None) => {
                faults.add(pointer(field, "longitude"), "required", "", "latitude and longitude");
            }
            (None, Some(_)) => {
                faults.add(pointer(field, "latitude"), "required", "", "latitude and longitude");
            }
            _ => {}
        }
        if let Some(point) = self.point() {
            point.check(faults, field);
        }
        faults.check_text(&pointer(field, "address"), &self.address, MAX_NAME);
    }
}

/// A postal address; each part as the customer writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Address {
    /// Street without the number
    #[serde(default, skip_serializing_if = "is_default")]
    pub street: String,
    /// Number of the house, with letters and floors if any
    #[serde(default, skip_serializing_if = "is_default")]
    pub house_number: String,
    /// City
    #[serde(default, skip_serializing_if = "is_default")]
    pub city: String,
    /// State, department or region
    #[serde(default, skip_serializing_if = "is_default")]
    pub state: String,
    /// Postal code
    #[serde(default, skip_serializing_if = "is_default")]
    pub zip: String,
    /// The whole address in one text, where the parts are not known or do not say it all
    #[serde(default, skip_serializing_if = "is_default")]
    pub text: String,
}

impl Address {
    /// Refuses parts that cannot be stored.
    pub fn check(&self, faults: &mut Faults, field: &str) {
        for (name, part) in [
            ("street", &self.street),
            ("house_number", &self.house_number),
            ("city", &self.city),
            ("state", &self.state),
            ("zip", &self.zip),
            ("text", &self.text),
        ] {
            faults.check_text(&pointer(field, name), part, MAX_NAME);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMA: Point = Point { latitude: -12.05, longitude: -77.05 };
    const MADRID: Point = Point { latitude: 40.4, longitude: -3.7 };

    #[test]
    fn exchanged_coordinates_are_suspected() {
        for (latitude, longitude, alone, near_lima, near_madrid) in [
            (-12.05, -77.05, false, false, false),
            (-77.05, -12.05, true, true, false),
            (40.4, -3.7, false, false, false),
            (-3.7, 40.4, false, false, true),
            // Mexico City the other way round is beyond the pole
            (-99.1, 19.4, true, false, false),
            (0.0, 0.0, false, false, false),
            (-77.0, 166.0, false, false, false),
        ] {
            let point = Point { latitude, longitude };
            assert_eq!(point.looks_swapped(), alone, "{point:?}");
            assert_eq!(point.nearer_when_swapped(&LIMA), near_lima, "{point:?}");
            assert_eq!(point.nearer_when_swapped(&MADRID), near_madrid, "{point:?}");
        }
    }

    #[test]
    fn a_latitude_beyond_the_pole_says_that_it_looks_exchanged() {
        for (point, expected) in [
            (
                Point { latitude: -99.1, longitude: 19.4 },
                "a number from -90 to 90; latitude and longitude look exchanged",
            ),
            (Point { latitude: -99.1, longitude: 119.4 }, "a number from -90 to 90"),
        ] {
            let mut faults = Faults::default();
            point.check(&mut faults, "/place");
            let fault = faults.into_vec().remove(0);
            assert_eq!((fault.field.as_str(), fault.expected.as_str()), ("/place/latitude", expected));
        }
    }
}

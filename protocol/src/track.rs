//! Tracks: where a worker was between the entries of a shift. A phone gathers points and captures them together.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entry::Place;

/// The most points of a track.
pub const MAX_POINTS: usize = 100;

/// The body of a `track` entry. The entry's own place is that of the last point.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Track {
    /// Where the worker was, in the order in which it was seen; at most 100
    pub points: Vec<TrackPoint>,
}

/// Where a worker was at one instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackPoint {
    /// The wall clock: microseconds since 1970 UTC
    pub wall_us: i64,
    /// The monotonic clock, where it is that of the entry's own boot: by both, what the server fixes for the entry holds for
    /// the point
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monotonic_us: Option<i64>,
    /// The place as the platform reported it
    #[serde(flatten)]
    pub place: Place,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::MAX_ENTRY_BYTES;

    #[test]
    fn the_longest_track_fits_into_an_entry_and_newer_members_are_left_out() {
        let text =
            r#"{"points":[{"wall_us":1,"latitude":4.8,"longitude":-74.0,"speed_mps":3}],"of":"newer"}"#;
        let read: Track = serde_json::from_str(text).unwrap();
        assert_eq!((read.points[0].wall_us, read.points[0].monotonic_us), (1, None));
        let point = TrackPoint {
            wall_us: i64::MIN,
            monotonic_us: Some(i64::MIN),
            place: Place {
                latitude: -4.861_700_000_000_001,
                longitude: -174.046_612_345_678_9,
                accuracy_m: Some(12_345.678_901_234),
                provider: Some("fused".to_owned()),
                mock: Some(false),
            },
        };
        let longest = Track { points: vec![point; MAX_POINTS] };
        let text = serde_json::to_string(&longest).unwrap();
        assert!(text.len() < MAX_ENTRY_BYTES / 8, "{}", text.len());
        assert_eq!(serde_json::from_str::<Track>(&text).unwrap(), longest);
    }
}

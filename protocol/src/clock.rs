//! Clocks as a phone saw them, and the instant that the server fixes once from them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 2015-01-01T00:00:00Z in microseconds: no phone that runs Campo was ever set right before it.
pub const EARLIEST_US: i64 = 1_420_070_400_000_000;
/// How far a right clock may be ahead of the server's.
const TOLERANCE_US: i64 = 5 * 60 * 1_000_000;

/// The clocks at one moment on one phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clock {
    /// The wall clock: microseconds since 1970 UTC
    pub wall_us: i64,
    /// The clock that also runs during sleep, in microseconds since an arbitrary start
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monotonic_us: Option<i64>,
    /// The boot, or the clock session where the platform names no boot: monotonic clocks compare only within it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<String>,
    /// The IANA zone, if the platform knows it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The offset seen, in seconds east of UTC
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_s: Option<i32>,
    /// True when the platform sets the wall clock by itself
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<bool>,
}

/// A phone's clocks as sent with a request, and when the server received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The clocks in the request
    pub clock: Clock,
    /// The server's clock, microseconds since 1970 UTC
    pub received_us: i64,
}

/// How an instant was fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OccurredKind {
    /// From the monotonic clock and an anchor of the same boot
    Anchored,
    /// From the wall clock, which nothing contradicts
    Wall,
    /// The clocks contradict each other or the calendar
    Suspect,
}

impl OccurredKind {
    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anchored => "anchored",
            Self::Wall => "wall",
            Self::Suspect => "suspect",
        }
    }
}

/// When something happened, fixed once on acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurred {
    /// Microseconds since 1970 UTC
    pub at_us: i64,
    /// How it was fixed
    pub kind: OccurredKind,
}

/// Fixes the instant of an entry. An anchor of the same boot wins over any wall clock; a wall clock before 2015
/// or ahead of the server is suspect, and then the time of receipt stands in for it.
pub fn occurred(clock: Option<&Clock>, anchor: Option<&Anchor>, received_us: i64) -> Occurred {
    let suspect = Occurred { at_us: received_us, kind: OccurredKind::Suspect };
    let Some(clock) = clock else { return suspect };
    if let Some(at_us) = anchor.and_then(|anchor| anchored(clock, anchor)) {
        return Occurred { at_us, kind: OccurredKind::Anchored };
    }
    if clock.wall_us < EARLIEST_US || clock.wall_us > received_us.saturating_add(TOLERANCE_US) {
        return suspect;
    }
    Occurred { at_us: clock.wall_us.min(received_us), kind: OccurredKind::Wall }
}

/// The instant by the monotonic clock, when both clocks ran in the same boot and the entry lies before the anchor.
fn anchored(clock: &Clock, anchor: &Anchor) -> Option<i64> {
    if clock.boot.is_none() || clock.boot != anchor.clock.boot {
        return None;
    }
    let elapsed_us = anchor.clock.monotonic_us?.checked_sub(clock.monotonic_us?)?;
    let at_us = anchor.received_us.checked_sub(elapsed_us)?;
    (elapsed_us >= 0 && at_us >= EARLIEST_US).then_some(at_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000_000;

    fn clock(wall_us: i64, monotonic_us: i64, boot: &str) -> Clock {
        Clock {
            wall_us,
            monotonic_us: Some(monotonic_us),
            boot: Some(boot.to_owned()),
            zone: None,
            offset_s: None,
            automatic: None,
        }
    }

    #[test]
    fn an_instant_is_fixed_by_the_best_clock() {
        let anchor = Anchor { clock: clock(0, 900, "b"), received_us: NOW };
        let year_2100 = 4_102_444_800_000_000;
        for (entry_clock, anchor, at_us, kind) in [
            (Some(clock(0, 400, "b")), Some(&anchor), NOW - 500, OccurredKind::Anchored),
            (Some(clock(NOW - 7, 400, "other")), Some(&anchor), NOW - 7, OccurredKind::Wall),
            (Some(clock(NOW - 7, 1000, "b")), Some(&anchor), NOW - 7, OccurredKind::Wall),
            (Some(clock(NOW + 9, 400, "b")), None, NOW, OccurredKind::Wall),
            (Some(clock(0, 400, "b")), None, NOW, OccurredKind::Suspect),
            (Some(clock(year_2100, 400, "b")), None, NOW, OccurredKind::Suspect),
            (Some(clock(i64::MIN, i64::MIN, "b")), Some(&anchor), NOW, OccurredKind::Suspect),
            (None, Some(&anchor), NOW, OccurredKind::Suspect),
        ] {
            assert_eq!(
                occurred(entry_clock.as_ref(), anchor, NOW),
                Occurred { at_us, kind },
                "{entry_clock:?}"
            );
        }
    }
}

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
#[serde(rename_all = "snake_case", from = "String")]
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

    /// The kind of that name. One that a later release knows is not to be relied on here.
    pub fn from_name(name: &str) -> Self {
        [Self::Anchored, Self::Wall].into_iter().find(|kind| kind.name() == name).unwrap_or(Self::Suspect)
    }
}

impl From<String> for OccurredKind {
    fn from(name: String) -> Self {
        Self::from_name(&name)
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

/// How much faster or slower than the server's a phone's monotonic clock may run: one part in so many. Quartz is within
/// 100 parts in a million.
const DRIFT: i64 = 10_000;

/// How much later than the clocks that it carries a request can arrive. An anchor that is further from those before is
/// another clock's: of a server that was wrong, then or now.
const LONGEST_REQUEST_US: u64 = 15 * 60 * 1_000_000;

/// A boot of a phone as its entries so far have fixed it, in the order of their sequence.
///
/// An anchor is as late as its request took on its way. Were each exchange's entries fixed by its own anchor alone, those
/// of a slow exchange would move behind those of the quick one that followed, and a task would end before it began. So
/// the anchor that took least time stands for the whole boot (the minimum filter of RFC 5905, section 10, which is the
/// network time protocol's), and no entry is fixed before the one that was captured before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boot {
    /// As the phone names it
    pub name: String,
    /// When its monotonic clock began: microseconds since 1970 UTC
    pub started_us: i64,
    /// The instant of the last entry
    pub last_us: i64,
}

impl Boot {
    /// Fixes an entry of the boot that the anchor of its exchange puts at `anchored_us`, and which shows `monotonic_us`;
    /// returns the instant. `is_next` when it was captured after all those before.
    pub fn fix(&mut self, monotonic_us: i64, anchored_us: i64, is_next: bool) -> i64 {
        let started_us = anchored_us.saturating_sub(monotonic_us);
        let since_last_us = monotonic_us.saturating_sub(self.last_us.saturating_sub(self.started_us)).max(0);
        let drifted_us = since_last_us / DRIFT;
        let latest_us = self.started_us.saturating_add(drifted_us);
        if started_us.abs_diff(self.started_us) > LONGEST_REQUEST_US.saturating_add(drifted_us.unsigned_abs())
        {
            if is_next {
                (self.started_us, self.last_us) = (started_us, anchored_us);
            }
            return anchored_us;
        }
        self.started_us = started_us.min(latest_us);
        let at_us = self.started_us.saturating_add(monotonic_us);
        if !is_next {
            return at_us;
        }
        self.last_us = at_us.max(self.last_us);
        self.last_us
    }

    /// Fixes an entry of the boot that was handed in after it ended, by what was known of it then; none when that makes it
    /// later than `received_us`. `is_next` as in [`Self::fix`].
    pub fn place(&mut self, monotonic_us: i64, received_us: i64, is_next: bool) -> Option<i64> {
        let at_us = self.started_us.checked_add(monotonic_us)?;
        if !(EARLIEST_US..=received_us).contains(&at_us) {
            return None;
        }
        if !is_next {
            return Some(at_us);
        }
        self.last_us = at_us.max(self.last_us);
        Some(self.last_us)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn a_kind_of_a_later_release_is_read_as_the_weakest() {
        for (text, expected) in [
            (r#""anchored""#, OccurredKind::Anchored),
            (r#""wall""#, OccurredKind::Wall),
            (r#""suspect""#, OccurredKind::Suspect),
            (r#""satellite""#, OccurredKind::Suspect),
        ] {
            assert_eq!(serde_json::from_str::<OccurredKind>(text).unwrap(), expected);
        }
    }

    #[test]
    fn a_slow_exchange_moves_nothing_behind_what_was_captured_later() {
        let mut boot = Boot { name: "b".to_owned(), started_us: NOW, last_us: NOW };
        // each exchange took so long: captured at, anchored at
        for (monotonic_us, delay_us, expected_us) in [
            (10 * SECOND, 20 * SECOND, 10 * SECOND + 10 * SECOND / DRIFT),
            (11 * SECOND, 0, 11 * SECOND),
            (12 * SECOND, 30 * SECOND, 12 * SECOND + SECOND / DRIFT),
        ] {
            let at_us = boot.fix(monotonic_us, NOW + monotonic_us + delay_us, true);
            assert_eq!(at_us - NOW, expected_us);
        }
    }

    #[test]
    fn a_server_whose_clock_was_wrong_for_a_moment_costs_that_moment_alone() {
        let hour = 3600 * SECOND;
        for wrong_us in [-hour, hour] {
            let mut boot = Boot { name: "b".to_owned(), started_us: NOW, last_us: NOW };
            let mut fix = |monotonic_us, at_us| boot.fix(monotonic_us, at_us, true);
            assert_eq!(fix(10 * SECOND, NOW + 10 * SECOND), NOW + 10 * SECOND);
            assert_eq!(fix(20 * SECOND, NOW + 20 * SECOND + wrong_us), NOW + 20 * SECOND + wrong_us);
            assert_eq!(fix(30 * SECOND, NOW + 30 * SECOND), NOW + 30 * SECOND);
        }
    }

    #[test]
    fn no_monotonic_clock_makes_an_instant_that_is_none() {
        for monotonic_us in [0, i64::MIN, i64::MAX] {
            for is_next in [true, false] {
                let mut boot = Boot { name: "b".to_owned(), started_us: NOW - i64::MAX / 2, last_us: NOW };
                assert_eq!(boot.fix(monotonic_us, NOW, is_next), NOW);
                let mut boot = Boot { name: "b".to_owned(), started_us: i64::MIN, last_us: NOW };
                assert_eq!(boot.place(monotonic_us, NOW, is_next), None);
            }
        }
    }

    #[test]
    fn an_entry_of_a_boot_that_ended_is_fixed_by_what_was_known_of_it() {
        let mut boot = Boot { name: "b".to_owned(), started_us: NOW, last_us: NOW + 5 * SECOND };
        let received_us = NOW + 60 * SECOND;
        assert_eq!(boot.place(10 * SECOND, received_us, true), Some(NOW + 10 * SECOND));
        assert_eq!(
            boot.place(9 * SECOND, received_us, true),
            Some(NOW + 10 * SECOND),
            "as the one before it"
        );
        assert_eq!(boot.place(7 * SECOND, received_us, false), Some(NOW + 7 * SECOND));
        assert_eq!(boot.place(61 * SECOND, received_us, true), None);
    }

    #[test]
    fn a_clock_that_runs_slow_is_followed() {
        let mut boot = Boot { name: "b".to_owned(), started_us: NOW, last_us: NOW };
        let day = 24 * 3600 * SECOND;
        for days in 1..=30 {
            let real_us = NOW + days * day;
            let shown_us = days * day - days * 4 * SECOND;
            assert_eq!(boot.fix(shown_us, real_us, true), real_us, "after {days} days");
        }
    }

    proptest! {
        #[test]
        fn whatever_exchanges_take_a_phone_s_order_is_kept_and_no_instant_is_later_than_its_own_anchor(
            entries in prop::collection::vec((0..3600 * SECOND, 0..600 * SECOND), 1..40),
        ) {
            let mut boot: Option<Boot> = None;
            let (mut monotonic_us, mut last_us, mut quickest_us) = (0, i64::MIN, i64::MAX);
            for (pause_us, delay_us) in entries {
                monotonic_us += pause_us;
                let anchored_us = NOW + monotonic_us + delay_us;
                quickest_us = quickest_us.min(delay_us);
                let begun = Boot { name: "b".to_owned(), started_us: NOW + delay_us, last_us: i64::MIN };
                let boot = boot.get_or_insert(begun);
                let at_us = boot.fix(monotonic_us, anchored_us, true);
                prop_assert!(at_us >= last_us);
                prop_assert!(at_us <= anchored_us.max(last_us));
                prop_assert!(at_us >= NOW + monotonic_us + quickest_us, "earlier than the quickest says");
                last_us = at_us;
            }
        }
    }

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

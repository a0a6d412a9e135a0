//! Chance that repeats itself: the same seed gives the same numbers on every machine.

use std::ops::RangeInclusive;

/// A small generator (SplitMix64) for faults and scenarios; of no use for secrets.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A generator for this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator of its own for the part `number`, so that parts that run at once do not disturb each other.
    #[must_use]
    pub fn part(seed: u64, number: u64) -> Self {
        Self(Self(seed.wrapping_add(number.wrapping_mul(0xA24B_AED4_963E_E407))).number())
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number of the range; its first when the range is empty.
    pub fn within(&mut self, range: &RangeInclusive<u64>) -> u64 {
        match range.end().saturating_sub(*range.start()).checked_add(1) {
            Some(count) => range.start() + self.number() % count,
            None => self.number(),
        }
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: u8) -> bool {
        self.number() % 100 < u64::from(percent)
    }
}

//! When a delivery is tried again, and when it is given up.

use jiff::fmt::rfc2822::DateTimeParser;

const SECOND_US: i64 = 1_000_000;
const MINUTE_US: i64 = 60 * SECOND_US;
const HOUR_US: i64 = 60 * MINUTE_US;

/// The first step of the wait of one event, which each failure doubles.
const EVENT_FIRST_US: i64 = 5 * SECOND_US;
/// The longest wait of one event.
const EVENT_MOST_US: i64 = HOUR_US;
/// The first step of the wait of a channel by which nothing could be delivered.
const CHANNEL_FIRST_US: i64 = 2 * SECOND_US;
/// The longest wait of a channel: so long after it is mended a receiver hears of us at the latest.
const CHANNEL_MOST_US: i64 = 5 * MINUTE_US;
/// The shortest wait of either.
const LEAST_US: i64 = SECOND_US / 2;
/// For how long an event is tried that a receiver refuses: 3 days from its first try.
pub const PATIENCE_US: i64 = 72 * HOUR_US;
/// The longest wait that a receiver may ask for.
const MOST_ASKED_US: i64 = 24 * HOUR_US;

/// How long to wait after the `attempts`th failure of one event. `chance` is random.
pub fn event_wait_us(attempts: i64, chance: u64) -> i64 {
    full_jitter(EVENT_FIRST_US, EVENT_MOST_US, attempts, chance)
}

/// How long to wait after nothing could be delivered by a channel `failures` times in a row. `chance` is random.
pub fn channel_wait_us(failures: i64, chance: u64) -> i64 {
    full_jitter(CHANNEL_FIRST_US, CHANNEL_MOST_US, failures, chance)
}

/// True when an event that has been tried since `since_us` is given up. While the whole receiver cannot be reached
/// (`is_down`), nothing is: it gets everything when it is back, however late.
pub fn is_given_up(since_us: i64, now_us: i64, is_down: bool) -> bool {
    !is_down && now_us.saturating_sub(since_us) >= PATIENCE_US
}

/// What `Retry-After` asks for, in seconds or as a date, from `now_us` on; at most 24 hours.
pub fn asked_us(header: &str, now_us: i64) -> Option<i64> {
    let header = header.trim();
    let wait_us = match header.parse::<u32>() {
        Ok(seconds) => i64::from(seconds).saturating_mul(SECOND_US),
        Err(_) => DateTimeParser::new().parse_timestamp(header).ok()?.as_microsecond().saturating_sub(now_us),
    };
    Some(wait_us.clamp(0, MOST_ASKED_US))
}

/// Anything between nothing and a bound that doubles with each failure, so that those who failed together do not come
/// again together.
fn full_jitter(first_us: i64, most_us: i64, failures: i64, chance: u64) -> i64 {
    let doublings = u32::try_from(failures.saturating_sub(1).clamp(0, 40)).unwrap_or(0);
    let bound_us = first_us.saturating_mul(1 << doublings).min(most_us);
    // The bounds are small against 2^64, so that no wait is noticeably likelier than another.
    let wait_us = (chance % bound_us.unsigned_abs()) as i64;
    wait_us.max(LEAST_US)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_wait_lies_within_a_bound_that_doubles(failures in 0i64..100, chance: u64) {
            let wait_us = event_wait_us(failures, chance);
            let bound_us = EVENT_FIRST_US.saturating_mul(1 << (failures.clamp(1, 30) - 1)).min(EVENT_MOST_US);
            prop_assert!((LEAST_US..=bound_us).contains(&wait_us), "{wait_us}");
            prop_assert!(channel_wait_us(failures, chance) <= CHANNEL_MOST_US);
        }
    }

    #[test]
    fn waits_spread_over_the_whole_bound() {
        assert_eq!(event_wait_us(2, 2 * EVENT_FIRST_US as u64 - 1), 2 * EVENT_FIRST_US - 1);
        assert_eq!(event_wait_us(2, 2 * EVENT_FIRST_US as u64), LEAST_US);
        assert_eq!(event_wait_us(1000, EVENT_MOST_US as u64 - 1), EVENT_MOST_US - 1);
    }

    #[test]
    fn a_receiver_may_say_how_long_to_wait() {
        let now_us = 1_795_516_543 * SECOND_US;
        for (header, asked) in [
            ("120", Some(120 * SECOND_US)),
            (" 0 ", Some(0)),
            ("4000000000", Some(MOST_ASKED_US)),
            ("Tue, 24 Nov 2026 10:35:53 GMT", Some(10 * SECOND_US)),
            ("Tue, 24 Nov 2020 10:35:53 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(asked_us(header, now_us), asked, "{header}");
        }
    }

    #[test]
    fn an_event_is_given_up_after_three_days_unless_its_receiver_is_down() {
        assert!(!is_given_up(0, PATIENCE_US - 1, false));
        assert!(is_given_up(0, PATIENCE_US, false));
        assert!(!is_given_up(0, 10 * PATIENCE_US, true));
    }
}

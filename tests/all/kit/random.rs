//! Chance repeats itself.

use campo_tests::random::Random;

#[test]
fn the_same_seed_gives_the_same_numbers_and_another_gives_others() {
    let numbers = |mut random: Random| (0..8).map(|_| random.number()).collect::<Vec<_>>();
    assert_eq!(numbers(Random::new(7)), numbers(Random::new(7)));
    assert_ne!(numbers(Random::new(7)), numbers(Random::new(8)));
    assert_eq!(numbers(Random::part(7, 1)), numbers(Random::part(7, 1)));
    assert_ne!(numbers(Random::part(7, 1)), numbers(Random::part(7, 2)));
}

#[test]
fn a_number_within_a_range_reaches_both_ends_and_stays_between() {
    let mut random = Random::new(1);
    let numbers: Vec<u64> = (0..200).map(|_| random.within(&(3..=5))).collect();
    assert!((3..=5).all(|number| numbers.contains(&number)));
    assert!(numbers.iter().all(|number| (3..=5).contains(number)));
    assert_eq!(random.within(&(4..=4)), 4);
}

//! The deterministic simulator: see `campo_tests::sim`. `make simulate` plays many more seeds, and looks for planted
//! faults; here is the code as it is built for everything else.
//!
//! `SIM_SEEDS=10000` plays more seeds, `SIM_FIRST=4711` begins with another one.

use campo_tests::sim::{self, Hits};

/// How many seeds are played unless the environment says otherwise.
const SEEDS: u64 = 10;
/// How many threads play, each its own seeds.
const THREADS: u64 = 2;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

/// Plays a seed on a runtime of one thread.
fn play(seed: u64) -> anyhow::Result<sim::Report> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(sim::run(seed))
}

#[test]
fn the_same_seed_has_the_same_trace() {
    for seed in [1, 2] {
        assert_eq!(play(seed).unwrap(), play(seed).unwrap());
    }
    assert_ne!(play(1).unwrap().trace, play(2).unwrap().trace);
}

#[test]
fn whatever_goes_wrong_nothing_is_lost_or_doubled_and_every_phone_agrees_with_the_server() {
    let (first, seeds) = (setting("SIM_FIRST", 1), setting("SIM_SEEDS", SEEDS));
    let part = |thread: u64| {
        let (mut hits, mut captured) = (Hits::default(), 0);
        for seed in (first..first + seeds).filter(|seed| seed % THREADS == thread) {
            let report = play(seed).unwrap_or_else(|error| panic!("{error:?}"));
            hits.merge(&report.hits);
            captured += report.captured;
        }
        (hits, captured)
    };
    let mut hits = Hits::default();
    let mut captured = 0;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || part(thread))).collect();
        for thread in threads {
            let (more, count) = thread.join().unwrap();
            hits.merge(&more);
            captured += count;
        }
    });
    println!("{seeds} seeds, {captured} entries captured");
    for ((fault, step), count) in &hits.0 {
        println!("{fault:<14} {step:<22} {count:>6}", fault = fault.to_string());
    }
    assert!(seeds < 50 || sim::Fault::ALL.iter().all(|fault| hits.0.keys().any(|key| key.0 == *fault)));
}

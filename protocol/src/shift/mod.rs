//! Working time: from punches to shifts, from shifts to days, and what corrections, agreements and closed periods make
//! of them. Pure functions over the entries of one employee; nothing derived here is ever stored as the truth.
//!
//! The road: [`fact`] reads what an entry says, [`correct`] puts corrections in force, [`pair`] makes shifts of punches,
//! [`cut`] cuts them by dated [`rules`], [`day`] gathers days, and [`sheet`] holds closed periods as they were closed
//! and shows what came late as adjustments.
//!
//! Punches are ordered by corrected instant, then sequence, then id, so that the result is the same for every order of
//! arrival and for repeats. Only what is *late* is judged by positions in the log, since being late is about arrival.

pub mod correct;
pub mod cut;
pub mod day;
pub mod fact;
pub mod pair;
pub mod rules;
pub mod sheet;

#[cfg(test)]
mod tests;

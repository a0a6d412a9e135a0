//! What screens show: plain records, in the worker's language and the company's words.

mod dates;
pub mod day;
pub mod diagnostics;
pub mod documents;
pub mod form;
pub mod home;
pub mod messages;
pub mod my_time;
pub mod permitted;
pub(crate) mod place;
pub mod receipt;
pub mod shift;
pub mod steps;
pub mod task;
pub mod task_page;
pub mod tasks;
mod texts;
pub mod trays;
pub mod unsent;
mod worker;

#[cfg(test)]
mod pages_tests;
#[cfg(test)]
mod position_tests;
#[cfg(test)]
mod tests;

pub use texts::Language;

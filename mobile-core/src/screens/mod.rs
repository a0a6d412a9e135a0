//! What screens show: plain records, in the worker's language and the company's words.

pub mod day;
pub mod documents;
pub mod task;
mod texts;
pub mod unsent;

#[cfg(test)]
mod tests;

pub use texts::Language;

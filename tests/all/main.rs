//! All tests of whole Campo, in one binary since linking is what costs.

mod kit;
mod log;

//! The expressions of forms: when a question is asked (`relevant`) and which answers are taken (`constraint`). One
//! evaluator for phone, server and the designer's preview, with the meaning of XLSForm as far as it goes.
//!
//! ```text
//! ${temperature} > 4 and selected(${found}, 'ice')
//! . >= 0 and . <= 500
//! string-length(.) = 8 or . = ''
//! ```
//!
//! - `${field}` is the answer to a field of the form, in a table first to a column of the same row; `.` is the answer that
//!   the expression belongs to. What is not answered is empty text, and counts as 0 nowhere: a comparison by size with it
//!   is false.
//! - Literals: `12.5`, `'text'`, `"text"`, `true()`, `false()`, `today()` (the day of the phone, `2030-01-15`).
//! - Operators by rising rank: `or`; `and`; `=` `!=`; `<` `<=` `>` `>=`; `+` `-`; `*` `div` `mod`; `-x`.
//! - Two sides are compared as numbers when both read as numbers, else as text: dates of the form `2030-01-15` compare
//!   as they should. The answer to several choices equals a text when it has that one choice alone.
//! - Functions: `not`, `selected`, `count-selected`, `string-length`, `contains`, `starts-with`, `ends-with`, `concat`,
//!   `coalesce`, `if`, `number`, `round`, `int`, `count` (the rows of a table, or the photos).
//!
//! Evaluation is total: it always ends, never fails, and reads no clock. What cannot be parsed is refused where a form is
//! defined ([`Expression::parse`] says where and why).

mod evaluate;
mod parse;

#[cfg(test)]
mod tests;

pub use evaluate::{Answers, Value};
pub use parse::{Expression, Function, Mistake, Node, Operator};

/// The longest expression, in characters.
pub const MAX_EXPRESSION: usize = 2000;
/// How deep parentheses, functions and signs may be nested.
pub const MAX_DEPTH: usize = 40;

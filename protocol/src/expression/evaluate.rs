//! What an expression comes to. Total: every expression has a value for all answers.

use std::cmp::Ordering;

use super::{Expression, Function, Node, Operator};

/// What a part of an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text, also what was not answered
    Text(String),
    /// A number
    Number(f64),
    /// True or false
    Truth(bool),
    /// The values of several choices, or as many things as there are rows or photos
    Several(Vec<String>),
}

/// The answers that an expression reads.
pub trait Answers {
    /// The answer to a field; empty text when there is none.
    fn field(&self, id: &str) -> Value;
    /// The answer that the expression belongs to.
    fn own(&self) -> Value;
    /// The day, `2030-01-15`.
    fn today(&self) -> String;
}

impl Value {
    /// Nothing answered.
    pub const fn empty() -> Self {
        Self::Text(String::new())
    }

    /// True for what counts as true: `true`, a number that is not 0, text that is not empty.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Truth(truth) => *truth,
            Self::Several(several) => !several.is_empty(),
        }
    }

    fn number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Truth(truth) => f64::from(u8::from(*truth)),
            Self::Text(text) => decimal(text),
            Self::Several(several) => match several.as_slice() {
                [one] => decimal(one),
                _ => f64::NAN,
            },
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) if number.is_nan() => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
            Self::Several(several) => several.join(" "),
        }
    }
}

/// A finite decimal number; NaN for everything else, also for `inf` and `nan`, which nobody typed.
fn decimal(text: &str) -> f64 {
    let text = text.trim();
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'))
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.' | 'e' | 'E' | '+'));
    let number = if is_number { text.parse().unwrap_or(f64::NAN) } else { f64::NAN };
    if number.is_finite() { number } else { f64::NAN }
}

impl Expression {
    /// What it comes to.
    pub fn value(&self, answers: &dyn Answers) -> Value {
        value(&self.root, answers)
    }

    /// Whether it holds.
    pub fn holds(&self, answers: &dyn Answers) -> bool {
        self.value(answers).is_true()
    }
}

fn value(node: &Node, answers: &dyn Answers) -> Value {
    match node {
        Node::Number(number) => Value::Number(*number),
        Node::Text(text) => Value::Text(text.clone()),
        Node::Field(id) => answers.field(id),
        Node::Own => answers.own(),
        Node::Negative(inner) => Value::Number(-value(inner, answers).number()),
        Node::Both(operator, one, other) => both(*operator, one, other, answers),
        Node::Call(function, arguments) => call(*function, arguments, answers),
    }
}

fn both(operator: Operator, one: &Node, other: &Node, answers: &dyn Answers) -> Value {
    // What is decided by one side does not look at the other
    match operator {
        Operator::Or => {
            return Value::Truth(value(one, answers).is_true() || value(other, answers).is_true());
        }
        Operator::And => {
            return Value::Truth(value(one, answers).is_true() && value(other, answers).is_true());
        }
        _ => {}
    }
    let (one, other) = (value(one, answers), value(other, answers));
    let arithmetic = |compute: fn(f64, f64) -> f64| Value::Number(compute(one.number(), other.number()));
    match operator {
        Operator::Or | Operator::And => Value::Truth(false),
        Operator::Equal => Value::Truth(equal(&one, &other)),
        Operator::NotEqual => Value::Truth(!equal(&one, &other)),
        Operator::Less => Value::Truth(order(&one, &other) == Some(Ordering::Less)),
        Operator::LessOrEqual => Value::Truth(order(&one, &other).is_some_and(Ordering::is_le)),
        Operator::Greater => Value::Truth(order(&one, &other) == Some(Ordering::Greater)),
        Operator::GreaterOrEqual => Value::Truth(order(&one, &other).is_some_and(Ordering::is_ge)),
        Operator::Plus => arithmetic(|one, other| one + other),
        Operator::Minus => arithmetic(|one, other| one - other),
        Operator::Times => arithmetic(|one, other| one * other),
        Operator::Divided => arithmetic(|one, other| one / other),
        Operator::Modulo => arithmetic(|one, other| one % other),
    }
}

fn equal(one: &Value, other: &Value) -> bool {
    if let (Value::Truth(_), _) | (_, Value::Truth(_)) = (one, other) {
        return one.is_true() == other.is_true();
    }
    let (left, right) = (one.number(), other.number());
    if left.is_nan() || right.is_nan() {
        one.text() == other.text()
    } else {
        left.total_cmp(&right).is_eq() || left - right == 0.0
    }
}

/// By size; none where a side is empty, or one is a number and the other is not.
fn order(one: &Value, other: &Value) -> Option<Ordering> {
    let (left, right) = (one.number(), other.number());
    if !left.is_nan() && !right.is_nan() {
        return left.partial_cmp(&right);
    }
    let (one, other) = (one.text(), other.text());
    let both_text = left.is_nan() && right.is_nan() && !one.is_empty() && !other.is_empty();
    both_text.then(|| one.cmp(&other))
}

fn call(function: Function, arguments: &[Node], answers: &dyn Answers) -> Value {
    let argument = |index: usize| arguments.get(index).map_or_else(Value::empty, |node| value(node, answers));
    let text = |index: usize| argument(index).text();
    match function {
        Function::Not => Value::Truth(!argument(0).is_true()),
        Function::True => Value::Truth(true),
        Function::False => Value::Truth(false),
        Function::Today => Value::Text(answers.today()),
        Function::Selected => {
            let wanted = text(1);
            Value::Truth(match argument(0) {
                Value::Several(several) => several.contains(&wanted),
                one => one.text() == wanted,
            })
        }
        Function::CountSelected | Function::Count => Value::Number(match argument(0) {
            Value::Several(several) => several.len() as f64,
            one => f64::from(u8::from(!one.text().is_empty())),
        }),
        Function::StringLength => Value::Number(text(0).chars().count() as f64),
        Function::Contains => Value::Truth(text(0).contains(&text(1))),
        Function::StartsWith => Value::Truth(text(0).starts_with(&text(1))),
        Function::EndsWith => Value::Truth(text(0).ends_with(&text(1))),
        Function::Concat => Value::Text((0..arguments.len()).map(text).collect()),
        Function::Coalesce => {
            let first = argument(0);
            if first.text().is_empty() { argument(1) } else { first }
        }
        Function::If => argument(if argument(0).is_true() { 1 } else { 2 }),
        Function::Number => Value::Number(argument(0).number()),
        Function::Round => {
            let digits = if arguments.len() > 1 { argument(1).number().clamp(0.0, 9.0) } else { 0.0 };
            let scale = 10_f64.powf(digits.round());
            Value::Number((argument(0).number() * scale).round() / scale)
        }
        Function::Int => Value::Number(argument(0).number().trunc()),
    }
}

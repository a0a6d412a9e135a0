//! An expression of a form: refused with a place within it, or evaluated whatever the answers are.
#![no_main]

use campo_protocol::expression::{Answers, Expression, Value};

struct Whatever<'a>(&'a str);

impl Answers for Whatever<'_> {
    fn field(&self, id: &str) -> Value {
        match id.len() % 3 {
            0 => Value::Text(self.0.to_owned()),
            1 => Value::Number(self.0.len() as f64 - 3.0),
            _ => Value::Text(String::new()),
        }
    }

    fn own(&self) -> Value {
        Value::Text(self.0.to_owned())
    }

    fn today(&self) -> String {
        "2030-01-15".to_owned()
    }
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    match Expression::parse(text) {
        Ok(expression) => {
            let _ = expression.holds(&Whatever(text));
            let _ = expression.fields();
        }
        Err(mistake) => assert!(mistake.at <= text.chars().count(), "{mistake:?}"),
    }
});

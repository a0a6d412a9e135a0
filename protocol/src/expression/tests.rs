//! What expressions mean, and that none of them does harm.

use proptest::prelude::*;

use super::{Answers, Expression, MAX_DEPTH, Value};

struct Filled;

impl Answers for Filled {
    fn field(&self, id: &str) -> Value {
        match id {
            "temperature" => Value::Text("-18.5".to_owned()),
            "found" => Value::Several(vec!["ice".to_owned(), "leak".to_owned()]),
            "one" => Value::Several(vec!["ice".to_owned()]),
            "state" => Value::Text("ok".to_owned()),
            "visit" => Value::Text("2030-02-01".to_owned()),
            _ => Value::empty(),
        }
    }

    fn own(&self) -> Value {
        Value::Text("680".to_owned())
    }

    fn today(&self) -> String {
        "2030-01-15".to_owned()
    }
}

#[test]
fn expressions_mean_what_they_say() {
    for (text, expected) in [
        ("${temperature} < 4", true),
        ("${temperature} < -20", false),
        (". >= 0 and . <= 500", false),
        (". = 680.0", true),
        ("${state} = 'ok'", true),
        ("${state} != \"ok\"", false),
        ("selected(${found}, 'ice') and not(selected(${found}, 'noise'))", true),
        ("selected(${state}, 'ok')", true),
        ("${one} = 'ice' and ${found} != 'ice'", true),
        ("count-selected(${found}) = 2", true),
        ("${unanswered} = ''", true),
        ("${unanswered} < 5 or ${unanswered} >= 5", false),
        ("${unanswered} = 0", false),
        ("${visit} > today()", true),
        ("${visit} < '2030-01-31'", false),
        ("string-length(.) = 3", true),
        ("1 + 2 * 3 = 7 and (1 + 2) * 3 = 9", true),
        ("7 mod 4 = 3 and 7 div 2 = 3.5", true),
        ("-2 < 1 - 2", true),
        ("1 or 0 and 0", true),
        ("if(${state} = 'ok', 'a', 'b') = 'a'", true),
        ("coalesce(${unanswered}, 'x') = 'x'", true),
        ("round(2.345, 2) = 2.35 or round(2.345, 2) = 2.34", true),
        ("concat(${state}, '-', 1) = 'ok-1'", true),
        ("starts-with(${state}, 'o') and contains(., '8') and ends-with(., '0')", true),
        ("true() and not(false())", true),
        ("1 div 0 > 5", true),
        ("0 div 0 = 0", false),
    ] {
        let expression = Expression::parse(text).unwrap_or_else(|mistake| panic!("{text}: {mistake:?}"));
        assert_eq!(expression.holds(&Filled), expected, "{text}");
    }
    let read = Expression::parse("${a} = 1 and (${b} = 2 or ${a} = 3)").unwrap();
    assert_eq!(read.fields(), ["a", "b"]);
}

#[test]
fn a_mistake_says_where_it_is_and_what_would_be_right() {
    for (text, at, expected) in [
        ("", 0, "a value"),
        ("${a} =", 6, "a value"),
        ("${a} 5", 5, "an operator, or the end"),
        ("(1 + 2", 6, "`)`"),
        ("'open", 5, "the closing quote"),
        ("${}", 2, "the id of a field"),
        ("selectd(${a}, 'b')", 0, "a function"),
        ("selected(${a})", 13, "2 arguments"),
        ("1.2.3", 0, "a number"),
        ("android = 1", 0, "a function"),
    ] {
        let mistake = Expression::parse(text).unwrap_err();
        assert_eq!(mistake.at, at, "{text}: {mistake:?}");
        assert!(mistake.expected.starts_with(expected), "{text}: {mistake:?}");
    }
    assert!(Expression::parse(&"(".repeat(MAX_DEPTH + 1)).is_err());
    assert!(Expression::parse(&"-".repeat(1999)).is_err());
    assert!(Expression::parse(&"1".repeat(3000)).is_err());
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_or_refused_and_always_has_a_value(
        text in "([ .$(){}'a-z0-9=<>!,+*-]|and|or|div|not\\(|\\$\\{a\\}){0,60}"
    ) {
        if let Ok(expression) = Expression::parse(&text) {
            let _ = expression.holds(&Filled);
        }
    }
}

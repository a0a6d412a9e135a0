//! What the tests of every kind share: one valid document, and cases made of it by patches.

use std::{cell::Cell, fmt::Debug};

use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    document::{merge, read},
    faults::Faults,
};

/// A type under test, with a document of it that has every member and nothing wrong.
pub(crate) struct Subject<T> {
    check: fn(&T, &mut Faults),
    example: Value,
}

/// A JSON Merge Patch of the example, and the field and code of each fault it causes.
pub(crate) type Case<'a> = (Value, &'a [(&'a str, &'a str)]);

impl<T: Serialize + DeserializeOwned + PartialEq + Clone + Debug> Subject<T> {
    pub(crate) fn new(check: fn(&T, &mut Faults), example: Value) -> Self {
        Self { check, example }
    }

    /// The example is taken and read back, each case has its faults, and whatever is accepted can be stored.
    pub(crate) fn check(&self, cases: &[Case<'_>]) {
        self.check_case(&json!({}), &[]);
        let object: T = read(&self.example).unwrap();
        assert_eq!(serde_json::to_value(&object).unwrap(), self.example, "the example is not read back");
        for (patch, faults) in cases {
            self.check_case(patch, faults);
        }
        self.check_that_what_is_accepted_can_be_stored();
    }

    fn check_case(&self, patch: &Value, expected: &[(&str, &str)]) {
        let mut document = self.example.clone();
        merge(&mut document, patch);
        let mut faults = Faults::default();
        match read(&document) {
            Ok(object) => (self.check)(&object, &mut faults),
            Err(unreadable) => faults = unreadable,
        }
        let faults = faults.into_vec();
        let found: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
        assert_eq!(found, expected, "{patch}");
    }

    /// Changes any part of the example: what is then accepted serializes without U+0000 and reads back equal. The type
    /// alone must see to it, since not every way in passes `document::read`.
    fn check_that_what_is_accepted_can_be_stored(&self) {
        let accepted = Cell::new(0);
        let config = Config { cases: 1000, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let property = |changes: Vec<Change>| {
            let mut document = self.example.clone();
            for change in &changes {
                change.apply(&mut document);
            }
            let Ok(object) = serde_json::from_value::<T>(document) else { return Ok(()) };
            let mut faults = Faults::default();
            (self.check)(&object, &mut faults);
            if faults.is_empty() {
                accepted.set(accepted.get() + 1);
                let text = serde_json::to_string(&object).unwrap();
                prop_assert!(!text.contains("\\u0000"), "{}", text);
                prop_assert_eq!(serde_json::from_str::<T>(&text).unwrap(), object);
            }
            Ok(())
        };
        runner.run(&prop::collection::vec(any_change(), 1..3), property).unwrap();
        assert!(accepted.get() > 100, "only {} of 1000 accepted: the property says nothing", accepted.get());
    }
}

/// A change of one part of a document.
#[derive(Debug, Clone)]
struct Change {
    place: Index,
    text: String,
    value: Value,
    /// True when the part becomes `value`, whatever it was; otherwise it keeps its shape
    shape_changes: bool,
}

impl Change {
    fn apply(&self, document: &mut Value) {
        let pointers = pointers(document);
        let Some(part) = document.pointer_mut(self.place.get(&pointers).as_str()) else { return };
        match part {
            _ if self.shape_changes => part.clone_from(&self.value),
            Value::String(text) => text.clone_from(&self.text),
            Value::Object(members) => {
                drop(members.insert(self.text.clone(), Value::from(self.text.as_str())));
            }
            Value::Array(items) => drop(items.pop()),
            Value::Bool(flag) => *flag = !*flag,
            Value::Number(number) => {
                let half = number.as_f64().unwrap_or_default() / 2.0 + self.text.len() as f64 / 10.0;
                *part = if number.is_f64() { Value::from(half) } else { Value::from(half as i64) };
            }
            Value::Null => {}
        }
    }
}

fn any_change() -> impl Strategy<Value = Change> {
    (any::<Index>(), any_text(), any_value(), prop::bool::weighted(0.2))
        .prop_map(|(place, text, value, shape_changes)| Change { place, text, value, shape_changes })
}

/// A pointer to every value in `document`.
fn pointers(document: &Value) -> Vec<String> {
    fn collect(field: String, value: &Value, pointers: &mut Vec<String>) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    collect(crate::faults::pointer(&field, index), item, pointers);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    collect(crate::faults::pointer(&field, name), member, pointers);
                }
            }
            _ => {}
        }
        pointers.push(field);
    }
    let mut pointers = Vec::new();
    collect(String::new(), document, &mut pointers);
    pointers
}

/// Texts that databases and readers trip over, and some that mean something.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z\u{0}é/~\"\\\\ ]{0,12}",
        1 => prop::sample::select(vec!["2030-01-15T18:00:00", "2030-01-15", "code:7", "data7", "closed", "form"])
            .prop_map(str::to_owned),
    ]
}

/// Values of every shape.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => any_text().prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        2 => (-200.0..200.0).prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any_text(), inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

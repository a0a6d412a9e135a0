//! Items of the catalogue, and rows of the customer's own tables that forms choose from.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Custom, Link, MAX_CODE, MAX_NAME, Reference, State, basics, check_custom, is_default};
use crate::{
    faults::Faults,
    scope::Scope,
    text::{is_blank, tidy},
};

/// The table of items that say nothing else.
pub const CATALOGUE: &str = "catalogue";

/// An item of the catalogue or a row of another table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueItem {
    /// Stable code, unique in the account over all tables. In the table `catalogue` it is the item's own code; in any
    /// other the code of the table, a colon and the row's own code (`cities:7`), since two tables often have the same
    /// codes
    #[schema(example = "CABLE-5M")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// The code of the customer's table it belongs to, without colon
    #[serde(default = "catalogue")]
    #[schema(default = "catalogue")]
    pub table: String,
    /// The category by which the worker finds it
    #[serde(default, skip_serializing_if = "is_default")]
    pub category: String,
    /// The unit in which it is counted, as written
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(example = "m")]
    pub unit: String,
    /// The customer's own columns
    #[serde(default, skip_serializing_if = "is_default")]
    pub values: Custom,
    /// Whether it is in use
    #[serde(default)]
    pub state: State,
}

fn catalogue() -> String {
    CATALOGUE.to_owned()
}

/// The code in the account of a row with its `own` code in its `table`, both [tidied](tidy).
pub fn code_in_table(table: &str, own: &str) -> String {
    let (table, own) = (tidy(table), tidy(own));
    if table == CATALOGUE { own } else { format!("{table}:{own}") }
}

/// Refuses the code of a table that could not be told from one of its items; true where it did.
pub(super) fn check_table_code(faults: &mut Faults, at: &str, table: &str) -> bool {
    let is_wrong = table.contains(':');
    if is_wrong {
        faults.add(at, "invalid_value", table, "a code without colon");
    }
    is_wrong
}

impl CatalogueItem {
    /// The code that it has in its table.
    pub fn own_code(&self) -> &str {
        if self.table == CATALOGUE {
            return &self.code;
        }
        let own = self.code.strip_prefix(&self.table).and_then(|rest| rest.strip_prefix(':'));
        own.unwrap_or(&self.code)
    }

    fn check_table(&self, faults: &mut Faults) {
        faults.check_required_text("/table", &self.table, MAX_CODE);
        if check_table_code(faults, "/table", &self.table) {
            return;
        }
        if self.table != CATALOGUE && self.own_code().len() == self.code.len() {
            let expected = format!("a code that begins with `{}:`", self.table);
            faults.add("/code", "code_without_table", &self.code, expected);
        } else if is_blank(self.own_code()) && !self.code.is_empty() {
            faults.add("/code", "required", &self.code, "a code behind that of the table");
        } else if tidy(self.own_code()) != self.own_code() {
            faults.add(
                "/code",
                "invalid_value",
                &self.code,
                "a code without blanks behind that of the table",
            );
        }
    }
}

impl Reference for CatalogueItem {
    basics!(CatalogueItem, code);

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        Vec::new()
    }

    fn check(&self, faults: &mut Faults) {
        let table_characters = self.code.chars().count() - self.own_code().chars().count();
        faults.check_required_text("/code", &self.code, MAX_CODE + table_characters);
        faults.check_required_text("/name", &self.name, MAX_NAME);
        self.check_table(faults);
        faults.check_text("/category", &self.category, MAX_NAME);
        faults.check_text("/unit", &self.unit, MAX_CODE);
        check_custom(faults, "/values", &self.values);
    }

    /// The scope of all catalogues, which is read last.
    fn scopes(&self, _id: Uuid) -> Vec<Scope> {
        vec![Scope::Catalogue]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    fn example() -> serde_json::Value {
        json!({
            "code": "cities:7",
            "name": "Lima",
            "table": "cities",
            "category": "Costa",
            "unit": "m",
            "values": {"Población": "10"},
            "state": "enabled"
        })
    }

    #[test]
    fn items_are_checked() {
        Subject::new(CatalogueItem::check, example()).check(&[
            (json!({"code": null}), &[("/code", "required")]),
            (json!({"code": "7"}), &[("/code", "code_without_table")]),
            (json!({"code": "towns:7"}), &[("/code", "code_without_table")]),
            (json!({"code": "cities:"}), &[("/code", "required")]),
            (json!({"code": format!("cities:{}", "7".repeat(101))}), &[("/code", "too_long")]),
            (json!({"table": "catalogue"}), &[]),
            (json!({"table": null}), &[]),
            (json!({"table": "a:b", "code": "a:b:7"}), &[("/table", "invalid_value")]),
            (json!({"name": " "}), &[("/name", "required")]),
            (json!({"values": {"a": ["x"]}}), &[("/values/a", "wrong_type")]),
            (json!({"price": 7}), &[("/price", "unknown_field")]),
        ]);
    }

    #[test]
    fn an_item_has_a_code_of_its_own_in_its_table() {
        for (table, own) in
            [("catalogue", "CABLE-5M"), ("catalogue", "a:b"), ("cities", "7"), ("cities", "a:b")]
        {
            let code = code_in_table(table, own);
            let item: CatalogueItem =
                serde_json::from_value(json!({"code": code, "name": "x", "table": table})).unwrap();
            assert_eq!(item.own_code(), own);
            let mut faults = Faults::default();
            item.check(&mut faults);
            assert!(faults.is_empty(), "{faults:?}");
            assert_eq!(item.scopes(Uuid::from_u128(7)), [Scope::Catalogue]);
        }
    }
}

//! Groups of employees, in a tree.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Custom, Kind, Link, Ref, Reference, State, basics, check_common, check_ref, is_default, link};
use crate::{faults::Faults, scope::Scope};

/// A group of employees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Group {
    /// Stable code, unique among groups
    #[schema(example = "NORTH")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// The group above it; none for a group at the top. The server refuses a circle
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Ref>,
    /// Whether it is in use
    #[serde(default)]
    pub state: State,
    /// Text under the customer's own names
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Custom,
}

impl Reference for Group {
    basics!(Group, code);

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn parent(&self) -> Option<&Ref> {
        self.parent.as_ref()
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        link("/parent", Kind::Group, self.parent.as_mut()).into_iter().collect()
    }

    fn check(&self, faults: &mut Faults) {
        check_common(faults, "/code", &self.code, "/name", &self.name, &self.custom);
        check_ref(faults, "/parent", self.parent.as_ref());
    }

    /// Its own tree: members of the group and of every group below it see it, and so each phone has the path from
    /// its group to the top.
    fn scopes(&self, id: Uuid) -> Vec<Scope> {
        vec![Scope::Tree(id)]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    #[test]
    fn groups_are_checked() {
        let subject = Subject::new(
            Group::check,
            json!({
                "code": "NORTH",
                "name": "Zona norte",
                "parent": "code:PERU",
                "state": "deleted",
                "custom": {"cost/centre": "77"}
            }),
        );
        subject.check(&[
            (json!({"code": " "}), &[("/code", "required")]),
            (json!({"code": "x".repeat(101)}), &[("/code", "too_long")]),
            (json!({"name": null}), &[("/name", "required")]),
            (json!({"name": "a\0"}), &[("/name", "text_not_storable")]),
            (json!({"parent": "PERU"}), &[("/parent", "invalid_value")]),
            (json!({"parent": "code: "}), &[("/parent", "required")]),
            (json!({"state": "disabled"}), &[("/state", "unknown_value")]),
            (json!({"custom": {"a": 1}}), &[("/custom/a", "wrong_type")]),
            (json!({"custom": {"": "x"}}), &[("/custom/", "required")]),
            (json!({"custom": {"a~": "x".repeat(20_001)}}), &[("/custom/a~0", "too_long")]),
            (json!({"parnet": "code:PERU"}), &[("/parnet", "unknown_field")]),
        ]);
    }

    #[test]
    fn a_group_is_seen_by_all_below_it() {
        let mut group: Group =
            serde_json::from_value(json!({"code": "A", "name": "A", "parent": "code:P"})).unwrap();
        let id = Uuid::from_u128(7);
        assert_eq!(group.scopes(id), [Scope::Tree(id)]);
        assert_eq!(group.parent(), Some(&Ref::Code("P".to_owned())));
        assert_eq!(group.links()[0].field, "/parent");
    }
}

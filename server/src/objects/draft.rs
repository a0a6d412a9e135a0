//! An edit between its document and the tables, the same for every kind.

use std::collections::BTreeSet;

use campo_protocol::{
    document::later::Later,
    model::{Kind, Ref, State, place::Point},
    scope::Scope,
};
use uuid::Uuid;

use super::{
    Kept,
    object::{Object, Row, sort_key},
};
use crate::problem::{Problem, Result};

/// That an object names another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    /// JSON Pointer of the field, without the numbers of lists
    pub(super) field: String,
    /// The kind of the other
    pub(super) kind: Kind,
    /// The other
    pub(super) target: Uuid,
}

/// What an object was before the edit.
#[derive(Debug)]
pub(super) struct Before {
    /// The row, whose body is the before-image
    pub(super) row: Row,
    pub(super) code: String,
    pub(super) state: State,
    pub(super) parent: Option<Uuid>,
    /// The body as this release writes it, to see whether anything changed
    pub(super) body: String,
    pub(super) named: BTreeSet<Named>,
    pub(super) handed_down: Vec<Scope>,
}

/// What an object will be.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) id: Uuid,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) sort_key: String,
    pub(super) state: State,
    pub(super) parent: Option<Uuid>,
    pub(super) table: Option<String>,
    /// Where it is, for lists of tasks at it
    pub(super) place: Option<Point>,
    pub(super) body: String,
    pub(super) named: BTreeSet<Named>,
    /// What it is filed under for phones; none when it is deleted
    pub(super) scopes: Vec<Scope>,
    /// What everything below it is filed under too
    pub(super) handed_down: Vec<Scope>,
    pub(super) before: Option<Before>,
}

impl Draft {
    /// The draft of an object whose links are resolved.
    pub(super) fn new<K: Kept>(id: Uuid, object: &K, before: Option<&(Row, Object<K>)>) -> Result<Self> {
        let state = object.state();
        let later = match before {
            Some((row, _)) => Later::of::<K>(&row.body).map_err(Problem::internal)?,
            None => Later::default(),
        };
        Ok(Self {
            id,
            code: object.code().to_owned(),
            name: object.name().into_owned(),
            sort_key: sort_key(object),
            state,
            parent: object.parent().and_then(Ref::id),
            table: object.table().map(str::to_owned),
            place: object.place(),
            body: later.write(object).map_err(Problem::internal)?,
            named: named(object),
            scopes: if state == State::Enabled { object.scopes(id) } else { Vec::new() },
            handed_down: object.handed_down(),
            before: before.map(|before| Before::new(before, &later)).transpose()?,
        })
    }

    /// True when there is something to write.
    pub(super) fn changes(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.body != self.body)
    }

    /// The version after the edit.
    pub(super) fn version(&self) -> i64 {
        self.before.as_ref().map_or(1, |before| before.row.version + i64::from(self.changes()))
    }

    /// True when it comes into use, or its code changes while it is in use.
    pub(super) fn takes_code(&self) -> bool {
        self.state == State::Enabled
            && self
                .before
                .as_ref()
                .is_none_or(|before| before.state != State::Enabled || before.code != self.code)
    }

    /// True when it goes out of use.
    pub(super) fn removes(&self) -> bool {
        self.state == State::Deleted
            && self.before.as_ref().is_some_and(|before| before.state == State::Enabled)
    }

    /// The links that stand in the tables after the edit; an object out of use holds nothing.
    pub(super) fn live_links(&self) -> &BTreeSet<Named> {
        if self.state == State::Enabled { &self.named } else { &NONE }
    }

    /// The links that stood in the tables before it.
    pub(super) fn links_before(&self) -> &BTreeSet<Named> {
        let before = self.before.as_ref().filter(|before| before.state == State::Enabled);
        before.map_or(&NONE, |before| &before.named)
    }
}

static NONE: BTreeSet<Named> = BTreeSet::new();

impl Before {
    fn new<K: Kept>((row, object): &(Row, Object<K>), later: &Later) -> Result<Self> {
        let object = &object.object;
        Ok(Self {
            row: row.clone(),
            code: object.code().to_owned(),
            state: object.state(),
            parent: object.parent().and_then(Ref::id),
            body: later.write(object).map_err(Problem::internal)?,
            named: named(object),
            handed_down: object.handed_down(),
        })
    }
}

/// Everything that an object names by id.
pub(super) fn named<K: Kept>(object: &K) -> BTreeSet<Named> {
    let mut object = object.clone();
    let links = object.links().into_iter();
    links
        .filter_map(|link| {
            Some(Named { field: without_numbers(&link.field), kind: link.kind, target: link.target.id()? })
        })
        .collect()
}

/// `/links/groups/0/group` becomes `/links/groups/group`, so that a link is the same wherever in its list it stands.
fn without_numbers(field: &str) -> String {
    let parts = field.split('/').filter(|part| part.parse::<usize>().is_err());
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_the_same_wherever_in_its_list_it_stands() {
        for (field, expected) in [
            ("/parent", "/parent"),
            ("/links/groups/0/group", "/links/groups/group"),
            ("/required_forms/12", "/required_forms"),
        ] {
            assert_eq!(without_numbers(field), expected);
        }
    }
}

//! The tree of groups, walked in memory.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::{database::Tx, problem::Result};

/// The groups of an account in their tree. What is removed is no longer part of it, nor is what stands below.
#[derive(Debug, Default)]
pub(super) struct Tree {
    parents: HashMap<Uuid, Option<Uuid>>,
    children: HashMap<Uuid, Vec<Uuid>>,
}

impl Tree {
    pub(super) async fn load(tx: &mut Tx, account: i64) -> Result<Self> {
        let rows: Vec<(Uuid, Option<Uuid>)> = tx
            .fetch_all(
                "select id, parent from object where account = $1 and kind = 'group' and state = 'enabled'",
                (account,),
            )
            .await?;
        Ok(Self::new(rows))
    }

    fn new(rows: Vec<(Uuid, Option<Uuid>)>) -> Self {
        let mut tree = Self::default();
        for (id, parent) in rows {
            tree.parents.insert(id, parent);
            tree.children.entry(parent.unwrap_or_default()).or_default().push(id);
        }
        tree
    }

    /// A group and every group below it, if it is there.
    pub(super) fn below(&self, group: Uuid) -> BTreeSet<Uuid> {
        if self.parents.contains_key(&group) { self.with_below(group) } else { BTreeSet::new() }
    }

    /// A group, also one that was removed, and every group below it.
    pub(super) fn with_below(&self, group: Uuid) -> BTreeSet<Uuid> {
        let (mut found, mut open) = (BTreeSet::from([group]), vec![group]);
        while let Some(group) = open.pop() {
            let children = self.children.get(&group).into_iter().flatten();
            open.extend(children.filter(|child| found.insert(**child)));
        }
        found
    }

    /// A group and every group above it, as far as they are there.
    pub(super) fn above(&self, group: Uuid) -> BTreeSet<Uuid> {
        let (mut found, mut next) = (BTreeSet::new(), Some(group));
        while let Some(group) = next
            && let Some(parent) = self.parents.get(&group)
            && found.insert(group)
        {
            next = *parent;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_walked_in_both_directions_and_a_circle_ends() {
        let id = Uuid::from_u128;
        let tree = Tree::new(vec![
            (id(1), None),
            (id(2), Some(id(1))),
            (id(3), Some(id(2))),
            (id(4), Some(id(9))),
            (id(5), Some(id(6))),
            (id(6), Some(id(5))),
        ]);
        for (group, below, above) in [
            (1, &[1, 2, 3][..], &[1][..]),
            (2, &[2, 3], &[1, 2]),
            (3, &[3], &[1, 2, 3]),
            (4, &[4], &[4]),
            (5, &[5, 6], &[5, 6]),
            (9, &[], &[]),
        ] {
            let ids = |numbers: &[u128]| numbers.iter().copied().map(id).collect::<BTreeSet<_>>();
            assert_eq!(tree.below(id(group)), ids(below), "below {group}");
            assert_eq!(tree.above(id(group)), ids(above), "above {group}");
        }
        assert_eq!(tree.with_below(id(9)), [id(4), id(9)].into(), "below one that was removed");
    }
}

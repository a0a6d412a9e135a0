//! Whom the office names for an installation: employees and groups, by id or by code.

use std::collections::{BTreeSet, HashMap, HashSet};

use campo_protocol::{
    faults::{Faults, pointer},
    model::{Kind, Ref, check_refs},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{database::Tx, log::write::Write, problem::Result};

/// Who an installation is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// Employees by themselves
    #[serde(default)]
    pub employees: Vec<Ref>,
    /// Groups: everybody in them and in the groups below
    #[serde(default)]
    pub groups: Vec<Ref>,
}

/// Members by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ResolvedMembers {
    pub(super) employees: Vec<Uuid>,
    pub(super) groups: Vec<Uuid>,
}

impl Members {
    /// The members by id; those that the account does not have are named.
    pub(super) async fn resolve(&self, write: &mut Write) -> Result<ResolvedMembers> {
        let mut faults = Faults::default();
        check_refs(&mut faults, "/employees", &self.employees);
        check_refs(&mut faults, "/groups", &self.groups);
        let account = write.account();
        let employees =
            resolve(write.tx(), account, Kind::Employee, ("/employees", &self.employees), &mut faults)
                .await?;
        let groups =
            resolve(write.tx(), account, Kind::Group, ("/groups", &self.groups), &mut faults).await?;
        faults.into_result()?;
        Ok(ResolvedMembers { employees, groups })
    }
}

async fn resolve(
    tx: &mut Tx,
    account: i64,
    kind: Kind,
    (field, given): (&str, &[Ref]),
    faults: &mut Faults,
) -> Result<Vec<Uuid>> {
    let ids: Vec<Uuid> = given.iter().filter_map(Ref::id).collect();
    let codes: Vec<String> = given.iter().filter_map(|one| one.code().map(str::to_owned)).collect();
    let by_id: Vec<(Uuid,)> = tx
        .fetch_many(
            "a, d, i",
            (vec![account; ids.len()], vec![kind.name(); ids.len()], ids),
            "select o.id from k join object o on o.account = k.a and o.kind = k.d and o.id = k.i \
             where o.state <> 'deleted'",
        )
        .await?;
    let by_code: Vec<(String, Uuid)> = tx
        .fetch_many(
            "a, d, c",
            (vec![account; codes.len()], vec![kind.name(); codes.len()], codes),
            "select o.code, o.id from k join object o on o.account = k.a and o.kind = k.d and o.code = k.c \
             where o.state <> 'deleted'",
        )
        .await?;
    let known: HashSet<Uuid> = by_id.into_iter().map(|row| row.0).collect();
    let coded: HashMap<String, Uuid> = by_code.into_iter().collect();
    let mut found = BTreeSet::new();
    for (index, one) in given.iter().enumerate() {
        let id = match one {
            Ref::Id(id) => known.get(id),
            Ref::Code(code) => coded.get(code),
        };
        match id {
            Some(id) => {
                found.insert(*id);
            }
            None => faults.add(
                pointer(field, index),
                "unknown_reference",
                &one.to_string(),
                format!("an object of the kind `{}`", kind.name()),
            ),
        }
    }
    Ok(found.into_iter().collect())
}

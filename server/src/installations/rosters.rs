//! Rosters: who may open a session on which installation.
//!
//! The office names employees and groups; the phone gets the employees that these come to, each with the verifier of
//! the PIN, so that a session opens without network. What was filed last stands in `roster_employee`, so that an
//! employee who leaves a group is taken from the phones that still list them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use campo_protocol::{model::Kind, scope::Scope};
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{members::ResolvedMembers, tree::Tree};
use crate::{
    database::{Tx, columns},
    log::{changes::View, write::Write},
    problem::{Problem, Result},
};

/// An employee of a roster, as the office sees it: without the PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct RosterEmployee {
    /// The employee
    pub id: Uuid,
    /// The customer's own number
    pub number: String,
    /// First and last name
    pub name: String,
    /// True when the employee has a PIN, without which no session opens
    pub has_pin: bool,
}

/// A roster.
#[derive(Debug, Serialize, ToSchema)]
pub struct Roster {
    /// Employees by themselves
    pub employees: Vec<Uuid>,
    /// Groups
    pub groups: Vec<Uuid>,
    /// Everybody that these come to, in order of numbers
    pub listed: Vec<RosterEmployee>,
}

#[derive(Debug, FromRow)]
struct Listed {
    id: Uuid,
    parent: Option<Uuid>,
    code: String,
    name: String,
    verifier: Option<String>,
}

/// An employee as the phone knows it.
#[derive(Serialize)]
struct ListedView<'a> {
    id: Uuid,
    number: &'a str,
    name: &'a str,
    /// Argon2id in PHC form: its own salt and parameters
    #[serde(skip_serializing_if = "Option::is_none")]
    pin: Option<&'a str>,
}

struct FiledRow {
    account: i64,
    installation: Uuid,
    employee: Uuid,
    listed: bool,
}

struct MemberRow {
    account: i64,
    installation: Uuid,
    member_kind: &'static str,
    member: Uuid,
}

/// Replaces the members of an installation, and files its roster anew.
pub(super) async fn replace(write: &mut Write, installation: Uuid, members: &ResolvedMembers) -> Result<()> {
    let account = write.account();
    write
        .tx()
        .execute("delete from roster where account = $1 and installation = $2", (account, installation))
        .await?;
    let employees = members.employees.iter().map(|member| (Kind::Employee.name(), *member));
    let groups = members.groups.iter().map(|member| (Kind::Group.name(), *member));
    let rows: Vec<MemberRow> = employees
        .chain(groups)
        .map(|(member_kind, member)| MemberRow { account, installation, member_kind, member })
        .collect();
    write
        .tx()
        .insert_many(
            "insert into roster (account, installation, member_kind, member)",
            columns!(rows => account, installation, member_kind, member),
            "",
        )
        .await?;
    refile(write, &[installation]).await
}

/// Files what the phones of `installations` must know of their rosters. One that is not active gets nothing.
pub async fn refile(write: &mut Write, installations: &[Uuid]) -> Result<()> {
    let account = write.account();
    let installations: BTreeSet<Uuid> = installations.iter().copied().collect();
    let keys = || (vec![account; installations.len()], installations.iter().copied().collect::<Vec<_>>());
    let active: Vec<(Uuid,)> = write
        .tx()
        .fetch_many(
            "a, i",
            keys(),
            "select i.id from k join installation i on i.account = k.a and i.id = k.i where i.state = 'active'",
        )
        .await?;
    let filed: Vec<(Uuid, Uuid)> = write
        .tx()
        .fetch_many(
            "a, i",
            keys(),
            "select r.installation, r.employee from k \
             join roster_employee r on r.account = k.a and r.installation = k.i where r.listed",
        )
        .await?;
    let active: BTreeSet<Uuid> = active.into_iter().map(|row| row.0).collect();
    let rosters = expand(write.tx(), account, &active).await?;
    let mut listed: BTreeSet<(Uuid, Uuid)> = BTreeSet::new();
    for installation in &installations {
        let employees = rosters.get(installation).map_or(&[][..], Vec::as_slice);
        listed.extend(employees.iter().map(|employee| (*installation, employee.id)));
        let scopes =
            active.contains(installation).then_some(Scope::Installation(*installation)).into_iter().collect();
        write.view(View { kind: "roster", id: *installation, scopes, body: body(employees)? });
    }
    note_filed(write.tx(), account, &listed, &filed.into_iter().collect()).await
}

/// Notes in `roster_employee` what differs between what is listed now and what was filed before.
async fn note_filed(
    tx: &mut Tx,
    account: i64,
    listed: &BTreeSet<(Uuid, Uuid)>,
    filed: &BTreeSet<(Uuid, Uuid)>,
) -> Result<()> {
    let rows: Vec<FiledRow> = listed
        .symmetric_difference(filed)
        .map(|pair| FiledRow {
            account,
            installation: pair.0,
            employee: pair.1,
            listed: listed.contains(pair),
        })
        .collect();
    tx.insert_many(
        "insert into roster_employee (account, installation, employee, listed)",
        columns!(rows => account, installation, employee, listed),
        "on conflict (account, installation, employee) do update set listed = excluded.listed",
    )
    .await?;
    Ok(())
}

fn body(employees: &[Listed]) -> Result<Vec<u8>> {
    #[derive(Serialize)]
    struct RosterView<'a> {
        employees: Vec<ListedView<'a>>,
    }
    let employees = employees
        .iter()
        .map(|employee| ListedView {
            id: employee.id,
            number: &employee.code,
            name: &employee.name,
            pin: employee.verifier.as_deref(),
        })
        .collect();
    serde_json::to_vec(&RosterView { employees }).map_err(Problem::internal)
}

/// The employees that the members of each installation come to, in order of numbers.
async fn expand(
    tx: &mut Tx,
    account: i64,
    installations: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Vec<Listed>>> {
    let members: Vec<(Uuid, String, Uuid)> = tx
        .fetch_many(
            "a, i",
            (vec![account; installations.len()], installations.iter().copied().collect::<Vec<_>>()),
            "select r.installation, r.member_kind, r.member from k \
             join roster r on r.account = k.a and r.installation = k.i",
        )
        .await?;
    let (groups, employees): (Vec<_>, Vec<_>) =
        members.into_iter().partition(|(_, kind, _)| kind == Kind::Group.name());
    let tree = if groups.is_empty() { Tree::default() } else { Tree::load(tx, account).await? };
    let below: Vec<(Uuid, Uuid)> = groups
        .into_iter()
        .flat_map(|(installation, _, group)| {
            tree.below(group).into_iter().map(move |group| (installation, group))
        })
        .collect();
    let known = employees_of(tx, account, &below, &employees).await?;
    let mut in_group: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for employee in known.values() {
        in_group.entry(employee.parent.unwrap_or_default()).or_default().push(employee.id);
    }
    let mut ids: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    for (installation, group) in below {
        ids.entry(installation).or_default().extend(in_group.get(&group).into_iter().flatten());
    }
    for (installation, _, employee) in employees {
        ids.entry(installation).or_default().insert(employee);
    }
    Ok(ids
        .into_iter()
        .map(|(installation, ids)| {
            let mut employees: Vec<Listed> =
                ids.iter().filter_map(|id| known.get(id)).map(Listed::copy).collect();
            employees.sort_by(|one, other| one.code.cmp(&other.code));
            (installation, employees)
        })
        .collect())
}

/// The employees in use who are in one of the groups or named themselves.
async fn employees_of(
    tx: &mut Tx,
    account: i64,
    groups: &[(Uuid, Uuid)],
    named: &[(Uuid, String, Uuid)],
) -> Result<HashMap<Uuid, Listed>> {
    let groups: BTreeSet<Uuid> = groups.iter().map(|pair| pair.1).collect();
    let named: BTreeSet<Uuid> = named.iter().map(|member| member.2).collect();
    let mut rows: Vec<Listed> = tx
        .fetch_many(
            "a, g",
            (vec![account; groups.len()], groups.into_iter().collect::<Vec<_>>()),
            "select o.id, o.parent, o.code, o.name, p.verifier from k \
             join object o on o.account = k.a and o.kind = 'employee' and o.parent = k.g \
             left join pin_verifier p on p.account = o.account and p.employee = o.id where o.state = 'enabled'",
        )
        .await?;
    let alone: Vec<Listed> = tx
        .fetch_many(
            "a, e",
            (vec![account; named.len()], named.into_iter().collect::<Vec<_>>()),
            "select o.id, o.parent, o.code, o.name, p.verifier from k \
             join object o on o.account = k.a and o.kind = 'employee' and o.id = k.e \
             left join pin_verifier p on p.account = o.account and p.employee = o.id where o.state = 'enabled'",
        )
        .await?;
    rows.extend(alone);
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Files the rosters anew that list, or should list, these employees. To be called in the transaction that makes,
/// changes (number, name, group, state) or removes an employee, or their PIN, after it has written the rows.
pub async fn employees_changed(write: &mut Write, employees: &[Uuid]) -> Result<()> {
    let account = write.account();
    let keys = || (vec![account; employees.len()], employees.to_vec());
    let mut installations: Vec<(Uuid,)> = write
        .tx()
        .fetch_many(
            "a, e",
            keys(),
            "select r.installation from k \
             join roster_employee r on r.account = k.a and r.employee = k.e where r.listed",
        )
        .await?;
    let named: Vec<(Uuid,)> = write
        .tx()
        .fetch_many(
            "a, e",
            keys(),
            "select r.installation from k \
             join roster r on r.account = k.a and r.member_kind = 'employee' and r.member = k.e",
        )
        .await?;
    let parents: Vec<(Uuid,)> = write
        .tx()
        .fetch_many(
            "a, e",
            keys(),
            "select o.parent from k join object o on o.account = k.a and o.kind = 'employee' and o.id = k.e \
             where o.parent is not null",
        )
        .await?;
    installations.extend(named);
    if !parents.is_empty() {
        let tree = Tree::load(write.tx(), account).await?;
        let groups: BTreeSet<Uuid> = parents.into_iter().flat_map(|parent| tree.above(parent.0)).collect();
        installations.extend(of_groups(write.tx(), account, &groups).await?);
    }
    refile(write, &installations.into_iter().map(|row| row.0).collect::<Vec<_>>()).await
}

/// Files the rosters anew that a change of the tree of groups concerns. To be called in the transaction that moves or
/// removes a group, after it has written the rows.
pub async fn groups_changed(write: &mut Write, groups: &[Uuid]) -> Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    let account = write.account();
    let tree = Tree::load(write.tx(), account).await?;
    let below: BTreeSet<Uuid> = groups.iter().flat_map(|group| tree.with_below(*group)).collect();
    let employees: Vec<(Uuid,)> = write
        .tx()
        .fetch_many(
            "a, g",
            (vec![account; below.len()], below.into_iter().collect::<Vec<_>>()),
            "select o.id from k join object o on o.account = k.a and o.kind = 'employee' and o.parent = k.g",
        )
        .await?;
    employees_changed(write, &employees.into_iter().map(|row| row.0).collect::<Vec<_>>()).await
}

async fn of_groups(tx: &mut Tx, account: i64, groups: &BTreeSet<Uuid>) -> Result<Vec<(Uuid,)>> {
    tx.fetch_many(
        "a, g",
        (vec![account; groups.len()], groups.iter().copied().collect::<Vec<_>>()),
        "select r.installation from k \
         join roster r on r.account = k.a and r.member_kind = 'group' and r.member = k.g",
    )
    .await
}

/// The roster of an installation, for the office.
pub(super) async fn shown(tx: &mut Tx, account: i64, installation: Uuid) -> Result<Roster> {
    let members: Vec<(String, Uuid)> = tx
        .fetch_all(
            "select member_kind, member from roster where account = $1 and installation = $2 order by member",
            (account, installation),
        )
        .await?;
    let (groups, employees): (Vec<_>, Vec<_>) =
        members.into_iter().partition(|(kind, _)| kind == Kind::Group.name());
    let listed = tx
        .fetch_all(
            "select o.id, o.code as number, o.name, p.verifier is not null as has_pin from roster_employee r \
             join object o on o.account = r.account and o.kind = 'employee' and o.id = r.employee \
             left join pin_verifier p on p.account = o.account and p.employee = o.id \
             where r.account = $1 and r.installation = $2 and r.listed order by o.code",
            (account, installation),
        )
        .await?;
    let ids = |members: Vec<(String, Uuid)>| members.into_iter().map(|(_, id)| id).collect();
    Ok(Roster { employees: ids(employees), groups: ids(groups), listed })
}

impl Listed {
    fn copy(&self) -> Self {
        Self {
            id: self.id,
            parent: self.parent,
            code: self.code.clone(),
            name: self.name.clone(),
            verifier: self.verifier.clone(),
        }
    }
}

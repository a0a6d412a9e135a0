//! Whose timesheet it is: employees with their zones, and the rules and free days that hold for each.

use std::collections::{BTreeSet, HashMap};

use campo_protocol::{
    civil,
    model::{Kind, Ref, non_working_days::NonWorkingDays, working_time_rules::WorkingTimeRules},
    shift::{
        pair::Setting,
        rules::{DatedTerms, FreeDays, Rules},
    },
};
use jiff::tz::TimeZone;
use serde::Deserialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    database::Tx,
    problem::{Code, Problem, Result},
};

/// The rank of rules that name the employee.
const OWN_RANK: i64 = 1_000_000;
/// The rank of rules that name the employee's group; one less for each group above it.
const GROUP_RANK: i64 = 1_000;

/// An employee.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) number: String,
    pub(super) name: String,
    /// Where it stands in lists
    pub(super) sort_key: String,
    /// The employee's own zone, or the account's
    pub(super) zone_name: String,
    zone: TimeZone,
    pub(super) rules: Rules,
}

impl Person {
    /// By what shifts are made of the punches.
    pub(super) fn setting(&self, as_of_us: i64) -> Setting<'_> {
        Setting { zone: self.zone.clone(), zone_name: &self.zone_name, rules: &self.rules, as_of_us }
    }

    /// The zone of punches that say none.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

/// An employee as it is stored.
#[derive(Debug, FromRow)]
pub(super) struct PersonRow {
    pub(super) id: Uuid,
    code: String,
    name: String,
    pub(super) sort_key: String,
    parent: Option<Uuid>,
    body: String,
}

/// What the office decided for the whole account.
#[derive(Debug)]
pub(super) struct Company {
    zone: String,
    /// The groups with those above them
    parents: HashMap<Uuid, Option<Uuid>>,
    /// The codes of paid breaks, by profile
    paid_breaks: HashMap<Uuid, Vec<String>>,
    rules: Vec<WorkingTimeRules>,
    free: Vec<NonWorkingDays>,
}

#[derive(FromRow)]
struct ObjectRow {
    kind: String,
    id: Uuid,
    parent: Option<Uuid>,
    body: String,
}

#[derive(Deserialize)]
struct ProfilePart {
    #[serde(default)]
    break_kinds: Vec<BreakPart>,
}

#[derive(Deserialize)]
struct BreakPart {
    code: String,
    #[serde(default)]
    paid: bool,
}

#[derive(Deserialize)]
struct EmployeePart {
    #[serde(default)]
    zone: Option<String>,
    #[serde(default)]
    profile: Option<Uuid>,
}

impl Company {
    /// Reads it with two statements.
    pub(super) async fn load(tx: &mut Tx, account: i64) -> Result<Self> {
        let own: Option<(String,)> =
            tx.fetch_optional("select zone from account where id = $1", (account,)).await?;
        let (zone,) = own.ok_or(Code::NotFound)?;
        let rows: Vec<ObjectRow> = tx
            .fetch_all(
                "select kind, id, parent, body from object where account = $1 and state = 'enabled' \
                 and kind in ('group', 'employee_profile', 'working_time_rules', 'non_working_days')",
                (account,),
            )
            .await?;
        let mut company = Self {
            zone,
            parents: HashMap::new(),
            paid_breaks: HashMap::new(),
            rules: Vec::new(),
            free: Vec::new(),
        };
        for row in rows {
            company.take(row)?;
        }
        Ok(company)
    }

    fn take(&mut self, ObjectRow { kind, id, parent, body }: ObjectRow) -> Result<()> {
        match Kind::from_name(&kind) {
            Some(Kind::Group) => drop(self.parents.insert(id, parent)),
            Some(Kind::EmployeeProfile) => {
                let part: ProfilePart = serde_json::from_str(&body).map_err(Problem::internal)?;
                let paid = part.break_kinds.into_iter().filter(|kind| kind.paid).map(|kind| kind.code);
                self.paid_breaks.insert(id, paid.collect());
            }
            Some(Kind::WorkingTimeRules) => {
                self.rules.push(serde_json::from_str(&body).map_err(Problem::internal)?);
            }
            Some(Kind::NonWorkingDays) => {
                self.free.push(serde_json::from_str(&body).map_err(Problem::internal)?);
            }
            _ => {}
        }
        Ok(())
    }

    /// A group and those above it, the nearest first.
    fn path(&self, group: Option<Uuid>) -> Vec<Uuid> {
        let (mut path, mut next) = (Vec::new(), group);
        while let Some(group) = next
            && !path.contains(&group)
            && let Some(parent) = self.parents.get(&group)
        {
            path.push(group);
            next = *parent;
        }
        path
    }

    /// A group and every group below it; none when it is not there.
    pub(super) fn below(&self, group: Uuid) -> BTreeSet<Uuid> {
        self.parents.keys().copied().filter(|one| self.path(Some(*one)).contains(&group)).collect()
    }

    /// The employee with the rules that hold for it.
    pub(super) fn person(&self, row: PersonRow) -> Result<Person> {
        let part: EmployeePart = serde_json::from_str(&row.body).map_err(Problem::internal)?;
        let named = [part.zone.unwrap_or_default(), self.zone.clone()];
        // A zone that this database does not know any more counts as none.
        let known = named.into_iter().find_map(|name| Some((civil::zone(&name)?, name)));
        let (zone, zone_name) = known.unwrap_or_else(|| (TimeZone::UTC, "UTC".to_owned()));
        let path = self.path(row.parent);
        let rules = Rules {
            terms: self.rules.iter().filter_map(|rules| dated(rules, row.id, &path)).collect(),
            free: self.free.iter().filter(|free| holds_for(free, row.id, &path)).map(free_days).collect(),
            paid_break_kinds: part
                .profile
                .and_then(|profile| self.paid_breaks.get(&profile).cloned())
                .unwrap_or_default(),
        };
        let PersonRow { id, code: number, name, sort_key, .. } = row;
        Ok(Person { id, number, name, sort_key, zone_name, zone, rules })
    }
}

/// How closely a list of people names an employee.
fn rank(whole_company: bool, groups: &[Ref], employees: &[Ref], own: Uuid, path: &[Uuid]) -> Option<i64> {
    if employees.iter().any(|target| target.id() == Some(own)) {
        return Some(OWN_RANK);
    }
    let distance = path.iter().position(|group| groups.iter().any(|target| target.id() == Some(*group)));
    distance.map(|distance| GROUP_RANK - distance as i64).or_else(|| whole_company.then_some(0))
}

fn dated(rules: &WorkingTimeRules, own: Uuid, path: &[Uuid]) -> Option<DatedTerms> {
    let rank = rank(rules.whole_company, &rules.groups, &rules.employees, own, path)?;
    let (from, to) = (rules.from_date, rules.to_date);
    Some(DatedTerms { code: rules.code.clone(), rank, from, to, terms: rules.terms() })
}

fn holds_for(free: &NonWorkingDays, own: Uuid, path: &[Uuid]) -> bool {
    rank(free.whole_company, &free.groups, &free.employees, own, path).is_some()
}

fn free_days(free: &NonWorkingDays) -> FreeDays {
    FreeDays {
        code: free.code.clone(),
        schedule_type: free.schedule_type,
        from_date: free.from_date,
        to_date: free.to_date,
        from_time: free.from_time,
        to_time: free.to_time,
        weekdays: free.weekdays.clone(),
        zone: free.zone.clone(),
    }
}

/// The employee that `reference` names; by id also one that is no longer in use.
pub(super) async fn find(tx: &mut Tx, account: i64, reference: &Ref) -> Result<PersonRow> {
    let row: Option<PersonRow> = match reference {
        Ref::Id(id) => {
            tx.fetch_optional(
                "select id, code, name, sort_key, parent, body from object \
                 where account = $1 and kind = 'employee' and id = $2",
                (account, *id),
            )
            .await?
        }
        Ref::Code(code) => {
            tx.fetch_optional(
                "select id, code, name, sort_key, parent, body from object \
                 where account = $1 and kind = 'employee' and code = $2 and state <> 'deleted'",
                (account, code.as_str()),
            )
            .await?
        }
    };
    row.ok_or_else(|| Problem::new(Code::NotFound))
}

/// The employees behind `after` in the list, `limit` at most, who were in use at `since_us` or later; of these groups
/// only, where groups are named.
pub(super) async fn list(
    tx: &mut Tx,
    account: i64,
    groups: Option<&BTreeSet<Uuid>>,
    since_us: i64,
    after: (String, Uuid),
    limit: i64,
) -> Result<Vec<PersonRow>> {
    let Some(groups) = groups else {
        return tx
            .fetch_all(
                "select id, code, name, sort_key, parent, body from object \
                 where account = $1 and kind = 'employee' and (state = 'enabled' or updated_us >= $2) \
                 and (sort_key, id) > ($3, $4) order by sort_key, id limit $5",
                (account, since_us, after.0, after.1, limit),
            )
            .await;
    };
    let count = groups.len();
    let mut rows: Vec<PersonRow> = tx
        .fetch_many(
            "a, g, s",
            (vec![account; count], groups.iter().copied().collect::<Vec<_>>(), vec![since_us; count]),
            "select o.id, o.code, o.name, o.sort_key, o.parent, o.body from k \
             join object o on o.account = k.a and o.kind = 'employee' and o.parent = k.g \
             and (o.state = 'enabled' or o.updated_us >= k.s)",
        )
        .await?;
    rows.retain(|row| (&row.sort_key, row.id) > (&after.0, after.1));
    rows.sort_by(|a, b| (&a.sort_key, a.id).cmp(&(&b.sort_key, b.id)));
    rows.truncate(limit as usize);
    Ok(rows)
}

/// The group that `reference` names, a fault of `/group` when there is none.
pub(super) async fn group(tx: &mut Tx, account: i64, reference: &Ref) -> Result<Uuid> {
    use campo_protocol::faults::Faults;

    let links = crate::tasks::Links::resolve(tx, account, [(Kind::Group, reference.clone())]).await?;
    let mut faults = Faults::default();
    let found = links.find(&mut faults, "/group", Kind::Group, reference);
    faults.into_result()?;
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

//! Which events a channel wants, at the source: what does not pass is never given to it, and leaves no row.

use std::collections::{HashMap, HashSet};

use campo_protocol::{
    entry,
    faults::{Faults, pointer},
    model::{Kind, Ref},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{database::Tx, problem::Result, tasks::Links};

/// The most of one list.
const MOST: usize = 200;

/// What an event about an entry or a task must be about. A list that is empty asks nothing; of one that is not, one must
/// fit. Events of the server, which are wanted by name, pass whatever stands here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChannelFilter)]
pub struct Filter {
    /// Kinds of entries, such as `shift.start`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entry_kinds: Vec<String>,
    /// Types of the task
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub task_types: Vec<Ref>,
    /// Groups of the employee, with those below them; of an event about a task alone, of one who has it
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Ref>,
    /// Employees; of an event about a task alone, those who have it
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub employees: Vec<Ref>,
    /// Forms that were filled
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<Ref>,
}

/// Where a filter stands, for the names of its fields.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NamedIn {
    /// In the member `filter` of a document
    Document,
    /// In parameters of a query, one for each item
    Query,
}

impl NamedIn {
    fn field(self, name: &str) -> String {
        match self {
            Self::Document => format!("/filter/{name}s"),
            Self::Query => format!("/{name}"),
        }
    }
}

/// What a snapshot holds of all that a filter asks for.
#[derive(Deserialize)]
struct Seen {
    entry: Option<SeenEntry>,
    employee: Option<SeenEmployee>,
    task: Option<SeenTask>,
    form: Option<SeenId>,
}

#[derive(Deserialize)]
struct SeenEntry {
    content: Option<SeenContent>,
}

#[derive(Deserialize)]
struct SeenContent {
    kind: String,
}

#[derive(Deserialize)]
struct SeenEmployee {
    id: Uuid,
    group: Option<Uuid>,
}

#[derive(Deserialize)]
struct SeenTask {
    task_type: Option<Uuid>,
    progress: Option<SeenProgress>,
}

#[derive(Deserialize)]
struct SeenProgress {
    #[serde(default)]
    assignments: Vec<SeenAssignment>,
}

#[derive(Deserialize)]
struct SeenAssignment {
    employee: Uuid,
}

#[derive(Deserialize)]
struct SeenId {
    id: Uuid,
}

/// A filter with its groups spread over those below them.
struct Sieve<'a> {
    filter: &'a Filter,
    groups: HashSet<Uuid>,
    /// The groups of those who have tasks, as they are now
    groups_of: HashMap<Uuid, Uuid>,
}

impl Filter {
    /// True when everything passes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn lists(&mut self) -> [(&'static str, Kind, &mut Vec<Ref>); 4] {
        [
            ("task_type", Kind::TaskType, &mut self.task_types),
            ("group", Kind::Group, &mut self.groups),
            ("employee", Kind::Employee, &mut self.employees),
            ("form", Kind::Form, &mut self.forms),
        ]
    }

    /// Names what is wrong with it, and replaces codes by ids. What it named before may stay named, also when it was
    /// deleted since.
    pub(crate) async fn resolve(
        &mut self,
        (tx, account): (&mut Tx, i64),
        named_in: NamedIn,
        before: Option<&Self>,
        faults: &mut Faults,
    ) -> Result<()> {
        let entry_kinds = named_in.field("entry_kind");
        faults.check_count(&entry_kinds, self.entry_kinds.len(), MOST);
        for (index, kind) in self.entry_kinds.iter().enumerate() {
            if entry::Kind::from_name(kind).is_none() {
                let field = pointer(&entry_kinds, index);
                faults.add(field, "unknown_value", kind, "a kind of entry such as `shift.start`");
            }
        }
        let kept: HashSet<Uuid> = before.into_iter().flat_map(Filter::named).filter_map(Ref::id).collect();
        let wanted: Vec<(Kind, Ref)> = self
            .lists()
            .into_iter()
            .filter(|(_, _, list)| list.len() <= MOST)
            .flat_map(|(_, kind, list)| {
                list.iter().map(move |target| (kind, target.clone())).collect::<Vec<_>>()
            })
            .collect();
        let links = Links::resolve(tx, account, wanted).await?;
        for (field, kind, list) in self.lists() {
            let field = named_in.field(field);
            faults.check_count(&field, list.len(), MOST);
            if list.len() > MOST {
                continue;
            }
            for (index, target) in list.iter_mut().enumerate() {
                if target.id().is_some_and(|id| kept.contains(&id)) {
                    continue;
                }
                if let Some(id) = links.find(faults, &pointer(&field, index), kind, target) {
                    *target = Ref::Id(id);
                }
            }
        }
        Ok(())
    }

    fn named(&self) -> impl Iterator<Item = &Ref> {
        self.task_types.iter().chain(&self.groups).chain(&self.employees).chain(&self.forms)
    }

    /// Of each snapshot the member of the filter that it does not pass by; none where it passes, and where it cannot be
    /// read, so that what is wrong with it shows.
    pub async fn refused<'s>(
        &self,
        tx: &mut Tx,
        account: i64,
        snapshots: impl Iterator<Item = Option<&'s [u8]>>,
    ) -> Result<Vec<Option<&'static str>>> {
        let read = |bytes: Option<&[u8]>| serde_json::from_slice::<Seen>(bytes?).ok();
        let seen: Vec<Option<Seen>> = snapshots.map(read).collect();
        let sieve = self.sieve(tx, account, &seen).await?;
        Ok(seen.iter().map(|seen| seen.as_ref().and_then(|seen| sieve.refuses(seen))).collect())
    }

    async fn sieve(&self, tx: &mut Tx, account: i64, seen: &[Option<Seen>]) -> Result<Sieve<'_>> {
        let mut sieve = Sieve { filter: self, groups: HashSet::new(), groups_of: HashMap::new() };
        if self.groups.is_empty() {
            return Ok(sieve);
        }
        let top: Vec<Uuid> = self.groups.iter().filter_map(Ref::id).collect();
        let groups: Vec<(Uuid,)> = tx
            .fetch_many(
                "a, i",
                (vec![account; top.len()], top),
                "select o.id from (with recursive below(a, i) as (select o.account, o.id from k join object o \
                 on o.account = k.a and o.kind = 'group' and o.id = k.i \
                 union select o.account, o.id from below cross join object o \
                 where o.account = below.a and o.kind = 'group' and o.parent = below.i and o.state <> 'deleted') \
                 select a, i from below) x cross join object o \
                 where o.account = x.a and o.kind = 'group' and o.id = x.i",
            )
            .await?;
        sieve.groups = groups.into_iter().map(|row| row.0).collect();
        let mut having: Vec<Uuid> = seen.iter().flatten().flat_map(Seen::having).collect();
        having.sort_unstable();
        having.dedup();
        let rows: Vec<(Uuid, Uuid)> = tx
            .fetch_many(
                "a, i",
                (vec![account; having.len()], having),
                "select o.id, o.parent from k join object o on o.account = k.a and o.kind = 'employee' \
                 and o.id = k.i where o.parent is not null",
            )
            .await?;
        sieve.groups_of = rows.into_iter().collect();
        Ok(sieve)
    }
}

impl Seen {
    /// Those who have the task, of an event about it alone.
    fn having(&self) -> Vec<Uuid> {
        let about_task = self.entry.is_none().then_some(self.task.as_ref()).flatten();
        let progress = about_task.and_then(|task| task.progress.as_ref());
        progress.into_iter().flat_map(|progress| &progress.assignments).map(|one| one.employee).collect()
    }
}

impl Sieve<'_> {
    /// The first member of the filter by which an event does not pass.
    fn refuses(&self, seen: &Seen) -> Option<&'static str> {
        if seen.entry.is_none() && seen.task.is_none() {
            return None;
        }
        let Filter { entry_kinds, task_types, groups, employees, forms } = self.filter;
        let names = |list: &[Ref], id: Uuid| list.contains(&Ref::Id(id));
        let content = seen.entry.as_ref().and_then(|entry| entry.content.as_ref());
        let task_type = seen.task.as_ref().and_then(|task| task.task_type);
        let having = seen.having();
        let employee = seen.employee.as_ref();
        let of_group = |group: Uuid| self.groups.contains(&group);
        let kind_fits = content.is_some_and(|content| entry_kinds.contains(&content.kind));
        let type_fits = task_type.is_some_and(|id| names(task_types, id));
        let group_fits = employee.and_then(|employee| employee.group).is_some_and(of_group)
            || having.iter().any(|id| self.groups_of.get(id).is_some_and(|group| of_group(*group)));
        let employee_fits = employee.is_some_and(|employee| names(employees, employee.id))
            || having.iter().any(|id| names(employees, *id));
        let form_fits = seen.form.as_ref().is_some_and(|form| names(forms, form.id));
        [
            ("entry_kinds", entry_kinds.is_empty() || kind_fits),
            ("task_types", task_types.is_empty() || type_fits),
            ("groups", groups.is_empty() || group_fits),
            ("employees", employees.is_empty() || employee_fits),
            ("forms", forms.is_empty() || form_fits),
        ]
        .into_iter()
        .find_map(|(member, fits)| (!fits).then_some(member))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ANA: Uuid = Uuid::from_u128(1);
    const NORTH: Uuid = Uuid::from_u128(2);
    const FIX: Uuid = Uuid::from_u128(3);
    const FORM: Uuid = Uuid::from_u128(4);
    const LUIS: Uuid = Uuid::from_u128(5);

    fn refused(filter: &Filter, snapshot: &serde_json::Value) -> Option<&'static str> {
        let seen: Seen = serde_json::from_value(snapshot.clone()).unwrap();
        let groups = filter.groups.iter().filter_map(Ref::id).collect();
        Sieve { filter, groups, groups_of: HashMap::from([(LUIS, NORTH)]) }.refuses(&seen)
    }

    #[test]
    fn each_list_that_is_not_empty_must_have_one_that_fits() {
        let form = json!({
            "entry": { "content": { "kind": "form" } }, "employee": { "id": ANA, "group": NORTH },
            "task": { "task_type": FIX }, "form": { "id": FORM },
        });
        let punch = json!({ "entry": { "content": { "kind": "shift.start" } }, "employee": { "id": ANA } });
        let task = json!({ "task": { "progress": { "assignments": [{ "employee": LUIS }] } } });
        let unreadable = json!({ "entry": {} });
        let server = json!({ "import": {} });
        let one = |id: Uuid| vec![Ref::Id(id)];
        let all = Filter {
            entry_kinds: vec!["form".to_owned()],
            task_types: one(FIX),
            groups: one(NORTH),
            employees: one(ANA),
            forms: one(FORM),
        };
        for (filter, by) in [
            (Filter::default(), [None, None, None, None]),
            (all.clone(), [None, Some("entry_kinds"), Some("entry_kinds"), Some("entry_kinds")]),
            (
                Filter { task_types: one(FIX), ..Filter::default() },
                [None, Some("task_types"), Some("task_types"), Some("task_types")],
            ),
            (
                Filter { groups: one(NORTH), ..Filter::default() },
                [None, Some("groups"), None, Some("groups")],
            ),
            (
                Filter { employees: one(LUIS), ..Filter::default() },
                [Some("employees"), Some("employees"), None, Some("employees")],
            ),
            (
                Filter { employees: one(ANA), ..Filter::default() },
                [None, None, Some("employees"), Some("employees")],
            ),
            (
                Filter { forms: one(FORM), ..Filter::default() },
                [None, Some("forms"), Some("forms"), Some("forms")],
            ),
        ] {
            let found = [&form, &punch, &task, &unreadable].map(|snapshot| refused(&filter, snapshot));
            assert_eq!(found, by, "{filter:?}");
            assert_eq!(refused(&filter, &server), None);
        }
    }
}

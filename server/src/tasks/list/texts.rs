//! The statements of lists of tasks: one for each index that narrows a list down, in each order.
//!
//! Each has one possible plan, whatever the databases believe of the sizes of their tables. On SQLite `cross join` keeps
//! the order in which tables are read, and `+` before a column keeps its index out of it. The other filters stand in one
//! `case`, since PostgreSQL would take each of them for one that lets hardly anything through; and the limit is the
//! largest page and one more, since it would take any other for a large one. It would sort the whole account by either
//! mistake. PostgreSQL learns the type of a parameter where it is compared, before it is asked whether it is null.

/// The statuses of tasks that are not over, as a list of SQL.
macro_rules! open_statuses {
    () => {
        "('new', 'sent', 'acknowledged', 'in_progress', 'suspended', 'en_route', 'loading', 'unloading', 'draft', \
         'arrived', 'ready_for_review', 'ready_for_approval', 'custom1', 'custom2', 'custom3', 'custom4')"
    };
}

/// The employees of the group $4 and of all below it.
macro_rules! members {
    () => {
        "(with recursive branch(id) as (select g.id from object g \
         where g.account = $1 and g.kind = 'group' and g.id = $4 union select o.id from branch b \
         join object o on o.account = $1 and o.kind = 'group' and o.parent = b.id and o.state <> 'deleted') \
         select e.id from branch b join object e on e.account = $1 and e.kind = 'employee' and e.parent = b.id)"
    };
}

/// True where a latitude and a longitude are in the box, which may reach over the 180th meridian.
macro_rules! within {
    ($place:literal) => {
        concat!(
            $place,
            ".latitude between $23 and $24 and ((",
            $place,
            ".longitude between $25 and $26 and $25 <= $26) or ((",
            $place,
            ".longitude >= $25 or ",
            $place,
            ".longitude <= $26) and $25 > $26))"
        )
    };
}

/// True where the task is filed for somebody and, as $27 says, each phone that is to have it has it as it is, or not.
macro_rules! on_phones {
    () => {
        "exists (select 1 from change c where c.account = t.account and c.kind = 'task' and c.id = t.id \
         and not c.removed) and $27 = (not exists (select 1 from change c \
         where c.account = t.account and c.kind = 'task' and c.id = t.id and not c.removed \
         and not exists (select 1 from installation_held h \
         join installation i on i.account = h.account and i.id = h.installation and i.state = 'active' \
         where h.account = c.account and h.scope = c.scope and h.position >= c.position)))"
    };
}

/// Everything that a list can be filtered by, of `t` and `s`. The cheap ones stand first.
macro_rules! filters {
    () => {
        concat!(
            "case when (t.state <> 'deleted' or $14) and (s.attention > 0 or not $14) \
             and ($5 = '' or $5 like '%,' || s.status || ',%') \
             and ($15 = (s.status in ",
            open_statuses!(),
            ") or $15 is null) and (t.task_type = $6 or $6 is null) and (t.poi = $7 or $7 is null) \
             and (t.work_order = $8 or $8 is null) \
             and (t.due_us >= $9 or $9 is null) and (t.due_us < $10 or $10 is null) \
             and (t.updated_us > $11 or s.updated_us > $11 or $11 is null) \
             and (t.start_us >= $16 or $16 is null) and (t.start_us < $17 or $17 is null) \
             and (t.ends_us >= $18 or $18 is null) and (t.begins_us < $19 or $19 is null) \
             and ($20 = '' or $20 like '%,' || t.priority || ',%') \
             and (not $22 or t.due_us < $28) \
             and (t.sort_key like $12 escape '!' or $12 is null) \
             and (cast($23 as double precision) is null or case when t.latitude is not null then ",
            within!("t"),
            " else exists (select 1 from object p where p.account = t.account and p.kind = 'poi' and p.id = t.poi and ",
            within!("p"),
            ") end) \
             and (not $21 or not exists (select 1 from assignment a \
             where a.account = t.account and a.task = t.id and a.until_us is null)) \
             and (cast($13 as uuid) is null or exists (select 1 from assignment a \
             where a.account = t.account and a.task = t.id and a.until_us is null and a.employee = $13)) \
             and (cast($4 as uuid) is null or exists (select 1 from assignment a \
             where a.account = t.account and a.task = t.id and a.until_us is null and a.employee in ",
            members!(),
            ")) and (cast($27 as boolean) is null or (",
            on_phones!(),
            ")) then true else false end"
        )
    };
}

macro_rules! page {
    ($from:expr, $key:expr, $behind:expr, $order:expr) => {
        concat!(
            "select t.id, ",
            $key,
            " as place from ",
            $from,
            " and (",
            $key,
            ", t.id) ",
            $behind,
            " ($2, $3) and ",
            filters!(),
            " order by ",
            $key,
            $order,
            ", t.id",
            $order,
            " limit 501"
        )
    };
}

macro_rules! texts {
    ($from:expr, $($key:literal),+) => {
        Texts {
            pages: [$([page!($from, $key, ">", ""), page!($from, $key, "<", " desc")]),+],
            totals: concat!(
                "select s.status, count(*) as tasks, \
                 cast(sum(case when not exists (select 1 from assignment a where a.account = t.account \
                 and a.task = t.id and a.until_us is null) then 1 else 0 end) as bigint) as unassigned, \
                 cast(sum(case when t.due_us < $28 then 1 else 0 end) as bigint) as late, \
                 cast(sum(case when s.attention > 0 then 1 else 0 end) as bigint) as attention from ",
                $from,
                " and (+t.task_number, t.id) > ($2, $3) and ",
                filters!(),
                " group by s.status"
            ),
        }
    };
}

/// The statements that read the tasks of the account in their order, by an index of it.
macro_rules! in_order {
    ($from:expr) => {
        texts!($from, "t.task_number", "t.begins_us", "t.ends_us", "t.priority")
    };
}

/// The statements that read what `$from` leads to, and sort it.
macro_rules! narrowed {
    ($from:expr) => {
        texts!($from, "+t.task_number", "+t.begins_us", "+t.ends_us", "+t.priority")
    };
}

/// The statements that begin at one place.
#[derive(Debug)]
pub(super) struct Texts {
    /// By [`Key`](super::Key), each rising and falling
    pub(super) pages: [[&'static str; 2]; 4],
    /// What passes the filters, counted by status
    pub(super) totals: &'static str,
}

/// Every task.
pub(super) const ALL: Texts = in_order!(
    "task t cross join task_state s \
     where t.account = $1 and t.state <> 'deleted' and s.account = t.account and s.task = t.id"
);
/// Those that are not over.
pub(super) const OPEN: Texts = narrowed!(concat!(
    "task_state s cross join task t where s.account = $1 and s.status in ",
    open_statuses!(),
    " and t.account = s.account and t.id = s.task"
));
/// Those of an employee.
pub(super) const OF_EMPLOYEE: Texts = narrowed!(
    "assignment m cross join task t cross join task_state s \
     where m.account = $1 and m.employee = $13 and m.until_us is null \
     and t.account = m.account and t.id = m.task and s.account = m.account and s.task = m.task"
);
/// Those of the employees of a group and of all below it.
pub(super) const OF_GROUP: Texts = narrowed!(concat!(
    "(select distinct m.task from ",
    members!(),
    " b cross join assignment m where m.account = $1 and m.employee = b.id and m.until_us is null) x \
     cross join task t cross join task_state s \
     where t.account = $1 and t.id = x.task and s.account = $1 and s.task = x.task"
));
/// Those of a work order.
pub(super) const OF_WORK_ORDER: Texts = narrowed!(
    "task t cross join task_state s \
     where t.account = $1 and t.work_order = $8 and s.account = t.account and s.task = t.id"
);
/// Those at a point of interest.
pub(super) const OF_POI: Texts = narrowed!(
    "task t cross join task_state s \
     where t.account = $1 and t.poi = $7 and s.account = t.account and s.task = t.id"
);
/// Those that are planned to end in a time.
pub(super) const DUE: Texts = narrowed!(
    "task t cross join task_state s \
     where t.account = $1 and t.due_us >= $9 and t.due_us < $10 and s.account = t.account and s.task = t.id"
);
/// Those that are planned to start in a time.
pub(super) const STARTING: Texts = narrowed!(
    "task t cross join task_state s where t.account = $1 and t.begins_us >= $16 and t.begins_us < $17 \
     and t.state <> 'deleted' and s.account = t.account and s.task = t.id"
);
/// Those that are planned to end behind the beginning of a time.
pub(super) const PLANNED: Texts = narrowed!(
    "task t cross join task_state s where t.account = $1 and t.ends_us >= $18 and t.ends_us < 9223372036854775807 \
     and t.state <> 'deleted' and s.account = t.account and s.task = t.id"
);
/// Those at the latitudes of a box.
pub(super) const IN_BOX: Texts = narrowed!(
    "(select b.id from task b where b.account = $1 and b.latitude between $23 and $24 \
     union select b.id from object p cross join task b where p.account = $1 and p.kind = 'poi' \
     and p.latitude between $23 and $24 and b.account = p.account and b.poi = p.id) x \
     cross join task t cross join task_state s \
     where t.account = $1 and t.id = x.id and s.account = $1 and s.task = x.id"
);
/// Those that the dispatcher must look at.
pub(super) const WITH_ATTENTION: Texts = narrowed!(
    "task_state s cross join task t \
     where s.account = $1 and s.attention > 0 and t.account = s.account and t.id = s.task"
);

/// All of them.
pub(super) const EVERY: [&Texts; 11] = [
    &ALL,
    &OPEN,
    &OF_EMPLOYEE,
    &OF_GROUP,
    &OF_WORK_ORDER,
    &OF_POI,
    &DUE,
    &STARTING,
    &PLANNED,
    &IN_BOX,
    &WITH_ATTENTION,
];

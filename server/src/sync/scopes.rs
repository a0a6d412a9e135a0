//! The scopes of a phone: its own, the account's, and those of the employees who work on it.

use std::collections::BTreeSet;

use campo_protocol::{scope::Scope, sync::MAX_SCOPES};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{access::Phone, database::Tx, problem::Result};

/// How long the view of an employee stays after the session was closed: 7 days, so that a morning without signal has its
/// tasks.
pub(crate) const AFTER_CLOSING_US: i64 = 7 * 24 * 3600 * 1_000_000;

/// An employee who works on the phone, with one of the groups above: the own one and those above it.
#[derive(Debug, Clone, Copy, FromRow)]
struct Row {
    employee: Uuid,
    in_group: Option<Uuid>,
    profile: Option<Uuid>,
    tree: Option<Uuid>,
}

/// The scopes in the order in which they are needed, at most [`MAX_SCOPES`]: where very many employees work on one
/// phone, those who did so last are served.
///
/// An employee counts whose session on this installation is open, or was closed within [`AFTER_CLOSING_US`], and whom
/// the roster still lists.
pub(super) async fn of_phone(tx: &mut Tx, phone: &Phone, now_us: i64) -> Result<Vec<Scope>> {
    let rows: Vec<Row> = tx
        .fetch_all(
            "with recursive mine(employee, until_us, in_group, profile) as ( \
             select o.id, max(coalesce(s.closed_us, 9223372036854775807)), o.parent, l.target \
             from employee_session s join roster_employee r on r.account = s.account \
             and r.installation = s.installation and r.employee = s.employee and r.listed \
             join object o on o.account = s.account and o.kind = 'employee' and o.id = s.employee \
             left join object_link l on l.account = o.account and l.kind = o.kind and l.id = o.id \
             and l.field = '/profile' \
             where s.account = $1 and s.installation = $2 and (s.closed_us is null or s.closed_us > $3) \
             group by o.id, o.parent, l.target), \
             above(employee, tree) as (select employee, in_group from mine where in_group is not null \
             union select a.employee, o.parent from above a join object o \
             on o.account = $1 and o.kind = 'group' and o.id = a.tree where o.parent is not null) \
             select m.employee, m.in_group, m.profile, a.tree from mine m \
             left join above a on a.employee = m.employee order by m.until_us desc, m.employee, a.tree",
            (phone.allowed.account(), phone.installation, now_us.saturating_sub(AFTER_CLOSING_US)),
        )
        .await?;
    Ok(ordered(phone.installation, &rows))
}

fn ordered(installation: Uuid, rows: &[Row]) -> Vec<Scope> {
    let mut scopes = BTreeSet::from([Scope::Installation(installation), Scope::Account, Scope::Catalogue]);
    for own in rows.chunk_by(|one, next| one.employee == next.employee) {
        let of_row = |row: &Row| {
            let scopes = [
                Some(Scope::Employee(row.employee)),
                row.profile.map(Scope::Profile),
                row.in_group.map(Scope::Group),
                row.tree.map(Scope::Tree),
            ];
            scopes.into_iter().flatten()
        };
        let with_own: BTreeSet<Scope> = scopes.iter().copied().chain(own.iter().flat_map(of_row)).collect();
        if with_own.len() > MAX_SCOPES {
            break;
        }
        scopes = with_own;
    }
    let mut scopes: Vec<Scope> = scopes.into_iter().collect();
    scopes.sort_by_key(|scope| (rank(scope), *scope));
    scopes
}

/// What is needed first comes first: who may log in, by which rules, the tasks, and last what is only looked up.
const fn rank(scope: &Scope) -> u8 {
    match scope {
        Scope::Installation(_) => 0,
        Scope::Account => 1,
        Scope::Profile(_) => 2,
        Scope::Employee(_) => 3,
        Scope::Group(_) => 4,
        Scope::Tree(_) => 5,
        Scope::Catalogue => 6,
        Scope::Later(..) => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_stand_in_the_order_in_which_they_are_needed_each_once() {
        let id = Uuid::from_u128;
        let row = |employee, tree| Row {
            employee: id(employee),
            in_group: Some(id(10)),
            profile: Some(id(5)),
            tree: Some(id(tree)),
        };
        let scopes = ordered(id(1), &[row(3, 10), row(3, 9), row(2, 10), row(2, 9)]);
        let expected = [
            Scope::Installation(id(1)),
            Scope::Account,
            Scope::Profile(id(5)),
            Scope::Employee(id(2)),
            Scope::Employee(id(3)),
            Scope::Group(id(10)),
            Scope::Tree(id(9)),
            Scope::Tree(id(10)),
            Scope::Catalogue,
        ];
        assert_eq!(scopes, expected);
    }

    #[test]
    fn of_more_employees_than_a_phone_can_hold_the_last_to_work_are_served_whole() {
        let rows: Vec<Row> = (1..=400)
            .map(|number| Row {
                employee: Uuid::from_u128(number),
                in_group: Some(Uuid::from_u128(1000 + number)),
                profile: None,
                tree: Some(Uuid::from_u128(1000 + number)),
            })
            .collect();
        let scopes = ordered(Uuid::nil(), &rows);
        assert_eq!(scopes.len(), 3 + 165 * 3);
        assert!(scopes.contains(&Scope::Tree(Uuid::from_u128(1165))));
        assert!(!scopes.contains(&Scope::Employee(Uuid::from_u128(166))));
    }
}

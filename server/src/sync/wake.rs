//! In whose view something changed: from the scopes that changed back to the phones that have them.

use std::collections::BTreeMap;

use campo_protocol::scope::Scope;
use uuid::Uuid;

use super::scopes::AFTER_CLOSING_US;
use crate::{
    database::{Tx, columns},
    problem::Result,
};

/// Of more changed scopes than this, every phone of the account is told: to find out would cost more than an idle
/// exchange of each.
const MOST_SCOPES: usize = 2000;

/// The active installations of an account in whose view something may have changed behind the position `after`, each
/// with the position of the last such change.
pub(crate) async fn installations(
    tx: &mut Tx,
    account: i64,
    after: i64,
    now_us: i64,
) -> Result<BTreeMap<Uuid, i64>> {
    let scopes: Vec<(String, i64)> = tx
        .fetch_all(
            "select scope, position from scope where account = $1 and position > $2 \
             order by position desc limit $3",
            (account, after, MOST_SCOPES as i64 + 1),
        )
        .await?;
    let mut everybody = scopes.first().filter(|_| scopes.len() > MOST_SCOPES).map(|scope| scope.1);
    let mut keys = Vec::new();
    for (scope, position) in scopes {
        let (kind, id) = match scope.parse() {
            Ok(Scope::Account | Scope::Catalogue) => {
                everybody = everybody.max(Some(position));
                continue;
            }
            Ok(Scope::Installation(id)) => ("installation", id),
            Ok(Scope::Employee(id)) => ("employee", id),
            Ok(Scope::Profile(id)) => ("profile", id),
            Ok(Scope::Group(id)) => ("group", id),
            Ok(Scope::Tree(id)) => ("tree", id),
            // A newer replica knows what it is, and wakes whom it concerns.
            Ok(Scope::Later(..)) | Err(_) => continue,
        };
        keys.push(Key {
            account,
            kind,
            id,
            position,
            closed_since_us: now_us.saturating_sub(AFTER_CLOSING_US),
        });
    }
    let mut found: BTreeMap<Uuid, i64> = BTreeMap::new();
    if let Some(position) = everybody {
        let all: Vec<(Uuid,)> = tx
            .fetch_all("select id from installation where account = $1 and state = 'active'", (account,))
            .await?;
        found.extend(all.into_iter().map(|row| (row.0, position)));
    }
    for (id, position) in of_scopes(tx, keys).await? {
        let last = found.entry(id).or_default();
        *last = position.max(*last);
    }
    Ok(found)
}

struct Key {
    account: i64,
    kind: &'static str,
    id: Uuid,
    position: i64,
    closed_since_us: i64,
}

/// The same rule as in [`super::scopes`], read backwards.
async fn of_scopes(tx: &mut Tx, keys: Vec<Key>) -> Result<Vec<(Uuid, i64)>> {
    tx.fetch_many(
        "a, d, i, p, c",
        columns!(keys => account, kind, id, position, closed_since_us),
        "select x.id, max(x.p) from (with recursive below(a, g, p, c) as ( \
         select k.a, k.i, k.p, k.c from k where k.d = 'tree' \
         union select o.account, o.id, b.p, b.c from below b cross join object o \
         where o.account = b.a and o.kind = 'group' and o.parent = b.g), \
         touched(a, e, p, c) as (select k.a, k.i, k.p, k.c from k where k.d = 'employee' \
         union select o.account, o.id, b.p, b.c from below b cross join object o \
         where o.account = b.a and o.kind = 'employee' and o.parent = b.g \
         union select o.account, o.id, k.p, k.c from k cross join object o \
         where o.account = k.a and o.kind = 'employee' and o.parent = k.i and k.d = 'group' \
         union select l.account, l.id, k.p, k.c from k cross join object_link l where l.account = k.a \
         and l.target_kind = 'employee_profile' and l.target = k.i and l.kind = 'employee' \
         and l.field = '/profile' and k.d = 'profile') \
         select s.account, s.installation as id, t.p from touched t cross join roster_employee r \
         cross join employee_session s where r.account = t.a and r.employee = t.e and r.listed \
         and s.account = r.account and s.installation = r.installation \
         and s.employee = r.employee and (s.closed_us is null or s.closed_us > t.c) \
         union select k.a, k.i, k.p from k where k.d = 'installation') x \
         cross join installation n where n.account = x.account and n.id = x.id and n.state = 'active' group by x.id",
    )
    .await
}

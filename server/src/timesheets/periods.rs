//! Closing and opening periods: one entry for each employee, so that it stays true whatever the groups become, and
//! carries the rules by which that employee's days were cut.

use campo_protocol::{
    civil::{self, CivilDate},
    entry::Kind,
    faults::Faults,
    model::{MAX_TEXT, Ref},
    shift::{
        fact::{Closing, Reopening, check_span},
        sheet,
    },
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    entries::{self, Book},
    people::{self, Company, Person},
};
use crate::{
    access::{Allowed, permissions::ClosePeriods},
    app::App,
    database::Tx,
    events::kinds::{PERIOD_CLOSED, PeriodTold},
    log::write::{About, Write},
    problem::{Problem, Result},
    scheduler::Class,
};

/// The longest period, in days.
const MAX_DAYS: i64 = 366;
/// How many employees are closed in one transaction.
const BATCH: i64 = 250;

/// The days that are closed or opened, and whose.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodDraft {
    /// The first day
    pub from: CivilDate,
    /// The last day, included; not after today
    pub to: CivilDate,
    /// Those of one employee
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee: Option<Ref>,
    /// Those of a group and of the groups below it, as they are now
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Ref>,
    /// Those of everybody
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole_company: bool,
    /// Why; needed to open days again
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// For how many employees it was done.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeriodOutcome {
    /// For how many it was done now
    pub done: i64,
    /// For how many there was nothing to do, since all of these days were closed, or none
    pub unchanged: i64,
}

/// How many employees are named of those who are ahead.
const MAX_NAMED: usize = 10;

/// What is done to the days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Close,
    Reopen,
}

/// Closes or opens days of the employees that `draft` names, some hundred in a transaction. Doing it again does what is
/// left.
pub(super) async fn act(
    app: &App,
    allowed: &Allowed<ClosePeriods>,
    draft: &PeriodDraft,
    act: Act,
) -> Result<PeriodOutcome> {
    check(draft, act)?;
    check_not_ahead(app, allowed.account(), draft).await?;
    let mut outcome = PeriodOutcome::default();
    let mut after = (String::new(), Uuid::nil());
    loop {
        let mut write = app.log.begin(allowed, Class::Office).await?;
        let account = write.account();
        let people = batch(write.tx(), account, draft, after.clone()).await?;
        let Some(last) = people.last() else {
            if act == Act::Close && outcome.done > 0 {
                tell_closed(&mut write, draft, outcome.done)?;
                write.commit().await?;
            }
            return Ok(outcome);
        };
        after = (last.sort_key.clone(), last.id);
        let is_last = (people.len() as i64) < BATCH;
        let changed = append(&mut write, draft, act, &people).await?;
        outcome.done += changed;
        outcome.unchanged += people.len() as i64 - changed;
        let is_told = is_last && act == Act::Close && outcome.done > 0;
        if is_told {
            tell_closed(&mut write, draft, outcome.done)?;
        }
        if changed > 0 || is_told {
            write.commit().await?;
        }
        if is_last {
            return Ok(outcome);
        }
    }
}

/// Makes the event of days that were closed, once for all whose they are.
fn tell_closed(write: &mut Write, draft: &PeriodDraft, employees: i64) -> Result<()> {
    let (from, to) = (draft.from.to_string(), draft.to.to_string());
    let whose = serde_json::to_string(&(&draft.employee, &draft.group)).map_err(Problem::internal)?;
    let name = format!("{}/{from}/{to}/{whose}", write.account());
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
    write.event(&PERIOD_CLOSED, id, &PeriodTold { id, from, to, employees })
}

/// The next employees whose days these are.
async fn batch(tx: &mut Tx, account: i64, draft: &PeriodDraft, after: (String, Uuid)) -> Result<Vec<Person>> {
    let company = Company::load(tx, account).await?;
    let rows = match (&draft.employee, &draft.group) {
        (Some(employee), _) => vec![people::find(tx, account, employee).await?],
        (None, Some(group)) => {
            let groups = company.below(people::group(tx, account, group).await?);
            let since_us = entries::utc_us(draft.from.0);
            people::list(tx, account, Some(&groups), since_us, after, BATCH).await?
        }
        (None, None) => {
            let since_us = entries::utc_us(draft.from.0);
            people::list(tx, account, None, since_us, after, BATCH).await?
        }
    };
    rows.into_iter().map(|row| company.person(row)).collect()
}

/// Appends the entries of those for whom something changes; how many these are.
async fn append(write: &mut Write, draft: &PeriodDraft, act: Act, people: &[Person]) -> Result<i64> {
    let (account, (from, to)) = (write.account(), (draft.from, draft.to));
    let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
    // Days are never closed before they are over, so that what closed these stands behind the first of them.
    let since_us = entries::utc_us(from.0.checked_sub(2.days()).unwrap_or(Date::MIN));
    let since_us = ids.iter().map(|id| (*id, since_us)).collect();
    let rows = entries::changes(write.tx(), account, since_us).await?;
    let mut books: std::collections::HashMap<Uuid, Book> = std::collections::HashMap::new();
    for row in rows {
        if let Some(employee) = row.employee {
            books.entry(employee).or_default().add(row);
        }
    }
    let mut changed = 0;
    for person in people {
        let records = books.get(&person.id).map_or(&[][..], |book| &book.records);
        let closed = sheet::closed_days_among(records, from.0, to.0);
        let about = About { employee: Some(person.id), reason: draft.reason.clone(), ..About::default() };
        match act {
            Act::Close if closed < days(from, to) => {
                write.entry(Kind::PeriodClosed, about, &closing(person, from, to))?;
            }
            Act::Reopen if closed > 0 => {
                write.entry(Kind::PeriodReopened, about, &Reopening { from, to })?;
            }
            Act::Close | Act::Reopen => continue,
        }
        changed += 1;
    }
    Ok(changed)
}

/// What is frozen: the rules of the period, and of the week in which it begins.
fn closing(person: &Person, from: CivilDate, to: CivilDate) -> Closing {
    let first = from.0.checked_sub(7.days()).unwrap_or(Date::MIN);
    let last = to.0.checked_add(3.days()).unwrap_or(Date::MAX);
    Closing {
        from,
        to,
        zone: person.zone_name.clone(),
        rules: person.rules.between(first, last),
        zone_database: civil::zone_database_version(),
    }
}

fn days(from: CivilDate, to: CivilDate) -> i64 {
    i64::from((to.0 - from.0).get_days()) + 1
}

fn check(draft: &PeriodDraft, act: Act) -> Result<()> {
    let mut faults = Faults::default();
    check_span(&mut faults, draft.from, draft.to);
    if faults.is_empty() && days(draft.from, draft.to) > MAX_DAYS {
        let found = days(draft.from, draft.to).to_string();
        faults.add("/to", "too_many", &found, format!("at most {MAX_DAYS} days"));
    }
    let named = [draft.employee.is_some(), draft.group.is_some(), draft.whole_company];
    match named.into_iter().filter(|named| *named).count() {
        1 => {}
        0 => faults.add("/employee", "required", "", "an employee, a group or the whole company"),
        _ => {
            faults.add("/employee", "not_applicable", "", "either an employee, a group or the whole company");
        }
    }
    match &draft.reason {
        Some(reason) => faults.check_required_text("/reason", reason, MAX_TEXT),
        None if act == Act::Reopen => faults.add("/reason", "required", "", "text that is not blank"),
        None => {}
    }
    Ok(faults.into_result()?)
}

/// Days that are not over are not closed: what comes on them would be late before it was made. Everybody is asked
/// before anything is done for anybody.
async fn check_not_ahead(app: &App, account: i64, draft: &PeriodDraft) -> Result<()> {
    let now = Timestamp::from_microsecond(app.environment.now_us()).unwrap_or_default();
    let mut tx = app.db.begin_snapshot().await?;
    let (mut after, mut ahead, mut today) = ((String::new(), Uuid::nil()), Vec::new(), None);
    loop {
        let people = batch(&mut tx, account, draft, after).await?;
        for person in &people {
            let date = person.zone().to_datetime(now).date();
            if draft.to.0 > date {
                ahead.push(person.number.clone());
                today = today.into_iter().chain([date]).min();
            }
        }
        match people.last() {
            Some(last) if people.len() as i64 == BATCH => after = (last.sort_key.clone(), last.id),
            _ => break,
        }
    }
    tx.rollback().await;
    let Some(today) = today else { return Ok(()) };
    if ahead.len() > MAX_NAMED {
        ahead.truncate(MAX_NAMED);
        ahead.push("…".to_owned());
    }
    let named = ahead.join(", ");
    let mut faults = Faults::default();
    let expected = format!("not after {}, which is today where these work: {named}", CivilDate(today));
    faults.add("/to", "out_of_range", &draft.to.to_string(), expected);
    Ok(faults.into_result()?)
}

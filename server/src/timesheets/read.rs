//! Reading timesheets: of one employee, or of a page of them with the same few statements.

use campo_protocol::{
    civil::CivilDate,
    faults::Faults,
    model::Ref,
    shift::{
        correct::Corrected,
        fact::check_span,
        sheet::{self, Sheet},
    },
};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{
    entries::{self, Book},
    people::{self, Company, Person},
    shown::{Showing, Timesheet},
};
use crate::{
    access::{Allowed, permissions::ViewTimesheets},
    api::page::Page,
    app::App,
    database::Tx,
    problem::{Code, Problem, Result},
};

/// The most days of one employee's timesheet.
const MAX_DAYS: i64 = 93;
/// The most days of the timesheets of many.
pub(super) const MAX_DAYS_OF_MANY: i64 = 31;
/// The most employees of one table.
const MAX_ROWS_EMPLOYEES: i64 = 2000;
/// How many employees are read at a time.
pub(super) const BATCH: i64 = 100;

/// Days that somebody asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) from: CivilDate,
    pub(super) to: CivilDate,
}

impl Span {
    /// The days from `from` to `to`, at most `most` of them.
    pub(super) fn new(from: CivilDate, to: CivilDate, most: i64) -> Result<Self> {
        let mut faults = Faults::default();
        check_span(&mut faults, from, to);
        if faults.is_empty() {
            // Both are within the years that can be planned, which are few enough days for an i32.
            let days = i64::from((to.0 - from.0).get_days()) + 1;
            if days > most {
                faults.add("/to", "too_many", &days.to_string(), format!("at most {most} days"));
            }
        }
        faults.into_result()?;
        Ok(Self { from, to })
    }
}

/// The timesheet of one employee, until today where no last day is named, from the first of that month on where no
/// first day is.
pub(super) async fn one(
    app: &App,
    allowed: &Allowed<ViewTimesheets>,
    reference: &Ref,
    (from, to): (Option<CivilDate>, Option<CivilDate>),
) -> Result<Timesheet> {
    let (account, now_us) = (allowed.account(), app.environment.now_us());
    let mut tx = app.db.begin_snapshot().await?;
    let company = Company::load(&mut tx, account).await?;
    let person = company.person(people::find(&mut tx, account, reference).await?)?;
    let now = jiff::Timestamp::from_microsecond(now_us).unwrap_or_default();
    let to = to.unwrap_or_else(|| CivilDate(person.zone().to_datetime(now).date()));
    let span = Span::new(from.unwrap_or_else(|| CivilDate(to.0.first_of_month())), to, MAX_DAYS)?;
    let sheets = sheets(&mut tx, account, vec![person], span, now_us).await?;
    tx.rollback().await;
    sheets.into_iter().next().ok_or_else(|| Problem::new(Code::NotFound))
}

/// Whose timesheets are wanted.
#[derive(Debug, Default)]
pub(super) struct Whose {
    /// Of this group and those below it only
    pub(super) group: Option<Ref>,
    /// Those behind this one
    pub(super) after: (String, Uuid),
}

/// The timesheets of a page of employees, sorted by name.
pub(super) async fn many(
    app: &App,
    allowed: &Allowed<ViewTimesheets>,
    whose: Whose,
    span: Span,
    limit: i64,
) -> Result<Page<Timesheet>> {
    let account = allowed.account();
    let mut tx = app.db.begin_snapshot().await?;
    let company = Company::load(&mut tx, account).await?;
    let people = page(&mut tx, account, &company, &whose, span, limit).await?;
    let page = Page::new(people, limit, |person: &Person| (person.sort_key.clone(), person.id));
    let sheets = sheets(&mut tx, account, page.items, span, app.environment.now_us()).await?;
    tx.rollback().await;
    Ok(Page { items: sheets, next: page.next })
}

/// The timesheets of all employees, or of those of a group, for a table.
pub(super) async fn all(
    app: &App,
    allowed: &Allowed<ViewTimesheets>,
    group: Option<Ref>,
    span: Span,
) -> Result<Vec<Timesheet>> {
    let account = allowed.account();
    let mut tx = app.db.begin_snapshot().await?;
    let company = Company::load(&mut tx, account).await?;
    let whose = Whose { group, ..Whose::default() };
    let mut people = page(&mut tx, account, &company, &whose, span, MAX_ROWS_EMPLOYEES).await?;
    if people.len() as i64 > MAX_ROWS_EMPLOYEES {
        let mut faults = Faults::default();
        let expected = format!("a group of at most {MAX_ROWS_EMPLOYEES} employees");
        faults.add("/group", "too_many", &format!("more than {MAX_ROWS_EMPLOYEES}"), expected);
        return Err(faults.into());
    }
    let mut all = Vec::with_capacity(people.len());
    while !people.is_empty() {
        let rest = people.split_off(people.len().min(BATCH as usize));
        all.extend(sheets(&mut tx, account, people, span, app.environment.now_us()).await?);
        people = rest;
    }
    tx.rollback().await;
    Ok(all)
}

/// One employee more than `limit`, where there are as many.
pub(super) async fn page(
    tx: &mut Tx,
    account: i64,
    company: &Company,
    whose: &Whose,
    span: Span,
    limit: i64,
) -> Result<Vec<Person>> {
    let groups = match &whose.group {
        Some(group) => Some(company.below(people::group(tx, account, group).await?)),
        None => None,
    };
    let since_us = entries::utc_us(span.from.0);
    let rows = people::list(tx, account, groups.as_ref(), since_us, whose.after.clone(), limit + 1).await?;
    rows.into_iter().map(|row| company.person(row)).collect()
}

/// The timesheets of these employees, in their order. They are derived beside the threads that serve requests.
pub(super) async fn sheets(
    tx: &mut Tx,
    account: i64,
    people: Vec<Person>,
    span: Span,
    as_of_us: i64,
) -> Result<Vec<Timesheet>> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
    let mut books = entries::books(tx, account, &ids, span.from.0, span.to.0).await?;
    let derive = move || {
        let derived = people.into_iter().map(|person| {
            let book = books.remove(&person.id).unwrap_or_default();
            let sheet = sheet::sheet(&book.records, &person.setting(as_of_us), span.from.0, span.to.0);
            (person, book, sheet)
        });
        derived.collect::<Vec<(Person, Book, Sheet)>>()
    };
    let derived = spawn_blocking(derive).await.map_err(Problem::internal)?;
    let shown = derived.iter().flat_map(|(_, book, sheet)| positions(book, &sheet.corrected));
    let links = entries::links(tx, account, shown.collect()).await?;
    let show = move || {
        let sheets = derived.iter().map(|(person, book, sheet)| {
            Showing { person, book, links: &links, as_of_us }.timesheet(sheet, span.from, span.to)
        });
        sheets.collect::<Vec<Timesheet>>()
    };
    spawn_blocking(show).await.map_err(Problem::internal)
}

/// The positions of all entries that can be shown.
fn positions(book: &Book, corrected: &Corrected) -> Vec<i64> {
    let punches = corrected.punches.iter().chain(&corrected.removed).map(|punch| punch.id);
    let all = punches.chain(corrected.corrections.iter().map(|seen| seen.id));
    let mut positions: Vec<i64> =
        all.filter_map(|id| book.entries.get(&id)).map(|known| known.row.position).collect();
    positions.sort_unstable();
    positions.dedup();
    positions
}

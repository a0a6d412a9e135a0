//! What a file lists, and what earlier imports by its template made that it does not.
//!
//! A row that was refused lists what its key names. Where the key of a refused row cannot be read nothing is withdrawn,
//! since it may be anything.

use std::collections::HashSet;

use campo_protocol::task::{fields::number_of_text, status::Status};
use campo_spreadsheets::{Cell, Row};
use uuid::Uuid;

use crate::{
    app::App,
    imports::{makes::Makes, plan::Plan, rows::RowOutcome, run::RunRow},
    jobs::Claim,
    problem::{Problem, Result},
};

/// Rows and things that one statement reads.
const PAGE: i64 = 2000;

/// What a file lists.
#[derive(Default)]
pub(super) struct Listed {
    subjects: HashSet<Uuid>,
    /// What the keys of rows say that came to nothing
    keys: HashSet<String>,
    numbers: HashSet<i64>,
    /// True when the key of a refused row cannot be read
    pub(super) unclear: bool,
}

impl Listed {
    fn has(&self, thing: &Thing) -> bool {
        self.subjects.contains(&thing.id)
            || thing.code.as_ref().is_some_and(|code| self.keys.contains(code))
            || thing.number.is_some_and(|number| self.numbers.contains(&number))
    }
}

/// A thing that imports by the template made.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    pub(super) id: Uuid,
    /// The customer's own number
    pub(super) code: Option<String>,
    /// The number of a task
    number: Option<i64>,
    /// The place above it
    parent: Option<Uuid>,
    /// True when nobody began to work on it
    pub(super) untouched: bool,
}

/// What the rows of the file name.
pub(super) async fn listed(app: &App, claim: &Claim, plan: &Plan) -> Result<Listed> {
    let (mut listed, mut after) = (Listed::default(), 0);
    loop {
        let rows: Vec<(i64, String, Option<Uuid>, Option<String>)> = app
            .db
            .fetch_all(
                "select number, outcome, subject, case when subject is null then cells end from import_row \
                 where account = $1 and run = $2 and number > $3 order by number limit $4",
                (claim.account, claim.id, after, PAGE),
            )
            .await?;
        let count = rows.len() as i64;
        for (number, outcome, subject, cells) in rows {
            after = number;
            listed.subjects.extend(subject);
            let Some(cells) = cells else { continue };
            let cells: Vec<Cell> = serde_json::from_str(&cells).map_err(Problem::internal)?;
            let row = Row { number, hidden: false, cells };
            match plan.named(&row) {
                Ok(Some(key)) => {
                    listed.numbers.extend(number_of_text(&key));
                    listed.keys.insert(key);
                }
                Ok(None) => {}
                // A row that is no data names nothing
                Err(()) => listed.unclear |= outcome == RowOutcome::Refused.name(),
            }
        }
        if count < PAGE {
            return Ok(listed);
        }
    }
}

/// How many things that earlier imports by the template made are open, and which of them the file does not list; without
/// those that this import dealt with already. Where they are moved `below` a place, neither that one nor what stands there
/// already counts.
pub(super) async fn things(
    app: &App,
    claim: &Claim,
    plan: &Plan,
    run: &RunRow,
    listed: &Listed,
    below: Option<Uuid>,
) -> Result<(i64, Vec<Thing>)> {
    let (mut managed, mut unlisted, mut after) = (0, Vec::new(), Uuid::nil());
    loop {
        let page = page(app, claim, plan, run, after).await?;
        let Some(last) = page.last() else { return Ok((managed, unlisted)) };
        after = last.id;
        for thing in page {
            let is_listed = listed.has(&thing);
            let stays = below.is_some() && [Some(thing.id), thing.parent].contains(&below);
            if is_listed || !stays {
                managed += 1;
            }
            if !is_listed && !stays {
                unlisted.push(thing);
            }
        }
    }
}

async fn page(app: &App, claim: &Claim, plan: &Plan, run: &RunRow, after: Uuid) -> Result<Vec<Thing>> {
    let (account, template) = (claim.account, run.template);
    if plan.template.makes == Makes::Tasks {
        let rows: Vec<(Uuid, Option<String>, i64, String)> = app
            .db
            .fetch_all(
                "select t.id, t.external_number, t.task_number, s.status from import_made m \
                 join task t on t.account = m.account and t.id = m.subject and t.state <> 'deleted' \
                 join task_state s on s.account = t.account and s.task = t.id \
                 where m.account = $1 and m.template = $2 and m.subject_kind = 'task' and m.subject > $3 \
                 and s.status not in ('closed', 'canceled', 'not_done', 'declined') \
                 and not exists (select 1 from import_withdrawal w where w.account = m.account and w.run = $4 \
                 and w.subject_kind = m.subject_kind and w.subject = m.subject) order by m.subject limit $5",
                (account, template, after, claim.id, PAGE),
            )
            .await?;
        let thing = |(id, code, number, status): (Uuid, Option<String>, i64, String)| {
            let untouched = matches!(
                Status::from_name(&status),
                Some(Status::New | Status::Sent | Status::Acknowledged | Status::Draft)
            );
            Thing { id, code, number: Some(number), parent: None, untouched }
        };
        return Ok(rows.into_iter().map(thing).collect());
    }
    let rows: Vec<(Uuid, String, Option<Uuid>)> = app
        .db
        .fetch_all(
            "select o.id, o.code, o.parent from import_made m join object o on o.account = m.account \
             and o.kind = m.subject_kind and o.id = m.subject and o.state <> 'deleted' \
             where m.account = $1 and m.template = $2 and m.subject_kind = $3 and m.subject > $4 \
             and not exists (select 1 from import_withdrawal w where w.account = m.account and w.run = $5 \
             and w.subject_kind = m.subject_kind and w.subject = m.subject) order by m.subject limit $6",
            (account, template, plan.template.makes.subject_kind(), after, claim.id, PAGE),
        )
        .await?;
    let thing = |(id, code, parent)| Thing { id, code: Some(code), number: None, parent, untouched: true };
    Ok(rows.into_iter().map(thing).collect())
}

//! Reads a file and stages its rows. Nothing is imported before the whole file could be read; reading it again stages
//! the same rows, so that it can be done again from the start.

use std::collections::{BTreeMap, HashMap};

use campo_spreadsheets::{Options, Row, Unreadable};
use uuid::Uuid;

use super::{
    draft::{Repeated, TemplateDraft},
    plan::{Plan, Unfit, fault::RowFault},
    problem::of_file,
    reading::{Broken, Reading, Source},
    rows::RowOutcome,
    run::RunRow,
    sift::{Sifted, Sifter},
    work::{Failure, Proofs},
};
use crate::{
    app::App,
    database::columns,
    jobs::Claim,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// Rows that are staged in one transaction.
const ROWS: usize = 500;
/// The most rows of data of one file.
const MAX_ROWS: usize = 1_000_000;

/// Stages the rows of the run's file.
pub(super) async fn stage(
    app: &App,
    claim: &Claim,
    run: &RunRow,
    template: &TemplateDraft,
    proofs: &Proofs,
) -> Result<(), Failure> {
    let source = Source::Stored(run.hash.clone());
    let mut reading = Reading::begin(app, claim.account, source, options(template)).await;
    let zone = account_zone(app, claim.account).await?;
    let mut sieve = Sieve::new(Sifter::new(template.clone(), zone));
    let unfit =
        |unfit: &Unfit, sieve: &Sieve| Failure::failed(of_file(problem_of(unfit, sieve), &run.file_name));
    while let Some(rows) = reading.next().await {
        let staged = sieve.take(rows).map_err(|error| unfit(&error, &sieve))?;
        if sieve.data > MAX_ROWS {
            let limit = MAX_ROWS as u64;
            let error = Unreadable::TooLarge { what: "rows".into(), limit };
            return Err(broken(error.into(), &run.file_name));
        }
        if !staged.is_empty() {
            insert(app, claim, proofs, staged).await?;
        }
    }
    let book = reading.end().await.map_err(|error| broken(error, &run.file_name))?;
    let rest = sieve.end().map_err(|error| unfit(&error, &sieve))?;
    if !rest.is_empty() {
        insert(app, claim, proofs, rest).await?;
    }
    if sieve.data == 0 {
        let row = sieve.sifter.heading().map_or(0, |heading| heading.row);
        return Err(Failure::failed(of_file(Problem::new(Code::NoRows).with("row", row), &run.file_name)));
    }
    refuse_first(app, claim, proofs, sieve.to_refuse()).await?;
    done(app, claim, proofs, &book.sheet, &sieve).await?;
    Ok(())
}

/// What a file that was not read is for its import: its end, or another try where the server is at fault.
fn broken(broken: Broken, file: &str) -> Failure {
    broken.told(file).map_or_else(Failure::Again, Failure::failed)
}

/// How a template says that a file is read.
pub(super) fn options(template: &TemplateDraft) -> Options {
    Options {
        sheet: template.sheet.clone(),
        encoding: template.encoding,
        delimiter: template.delimiter.as_ref().and_then(|delimiter| delimiter.bytes().next()),
        ..Options::default()
    }
}

/// A row that is staged: to be imported, or with what is said of it already.
struct Staged {
    row: Row,
    outcome: RowOutcome,
    faults: Vec<RowFault>,
}

/// Rows on their way to the table, and which keys were there before.
struct Sieve {
    sifter: Sifter,
    plan: Option<Plan>,
    /// Rows of data
    data: usize,
    /// The first row of each key
    keys: HashMap<String, i64>,
    /// Rows to refuse besides, since another one has their key
    firsts: BTreeMap<i64, (String, i64)>,
}

impl Sieve {
    fn new(sifter: Sifter) -> Self {
        Self { sifter, plan: None, data: 0, keys: HashMap::new(), firsts: BTreeMap::new() }
    }

    fn take(&mut self, rows: Vec<Row>) -> Result<Vec<Staged>, Unfit> {
        let mut staged = Vec::new();
        for row in rows {
            let sifted = self.sifter.take(row);
            if self.sifter.is_lost() {
                staged.extend(self.end()?);
            } else if let Some(sifted) = sifted {
                staged.push(self.staged(sifted)?);
            }
        }
        Ok(staged)
    }

    fn end(&mut self) -> Result<Vec<Staged>, Unfit> {
        self.sifter.end().into_iter().map(|sifted| self.staged(sifted)).collect()
    }

    fn staged(&mut self, sifted: Sifted) -> Result<Staged, Unfit> {
        if self.plan.is_none() {
            self.plan = Some(self.sifter.plan("")?);
        }
        let Some(plan) = &self.plan else { return Err(Unfit::default()) };
        let row = match sifted {
            Sifted::LeftOut(row, why) => {
                let faults = vec![plan.left_out(&row, why)];
                return Ok(Staged { row, outcome: RowOutcome::Skipped, faults });
            }
            Sifted::Data(row) => row,
        };
        self.data += 1;
        let Some(key) = plan.key(&row) else {
            return Ok(Staged { row, outcome: RowOutcome::Pending, faults: Vec::new() });
        };
        let first = *self.keys.entry(key.clone()).or_insert(row.number);
        if first == row.number {
            return Ok(Staged { row, outcome: RowOutcome::Pending, faults: Vec::new() });
        }
        let faults = vec![plan.repeated(&row, &key, first)];
        let outcome = match plan.template.repeated {
            // It is imported in its turn, and the fault is a note
            Repeated::Last => RowOutcome::Pending,
            Repeated::First => RowOutcome::Refused,
            Repeated::Refuse => {
                self.firsts.entry(first).or_insert((key, row.number));
                RowOutcome::Refused
            }
        };
        Ok(Staged { row, outcome, faults })
    }

    /// The first rows of keys of which no row counts, with what is said of them.
    fn to_refuse(&self) -> Vec<(i64, RowFault)> {
        let Some(plan) = &self.plan else { return Vec::new() };
        let fault = |(first, (key, other)): (&i64, &(String, i64))| {
            let row = Row { number: *first, hidden: false, cells: Vec::new() };
            (*first, plan.repeated(&row, key, *other))
        };
        self.firsts.iter().map(fault).collect()
    }
}

/// Refuses rows that were staged before another one with their key came.
async fn refuse_first(
    app: &App,
    claim: &Claim,
    proofs: &Proofs,
    rows: Vec<(i64, RowFault)>,
) -> Result<(), Failure> {
    for part in rows.chunks(ROWS) {
        let mut write = app.log.begin(&proofs.run, Class::Import).await?;
        claim.go_on(app, &mut write).await?;
        for (number, fault) in part {
            let faults = serde_json::to_string(&[fault]).map_err(Problem::internal)?;
            write
                .tx()
                .execute(
                    "update import_row set outcome = 'refused', faults = $4 \
                     where account = $1 and run = $2 and number = $3",
                    (claim.account, claim.id, *number, faults),
                )
                .await?;
        }
        write.commit().await?;
    }
    Ok(())
}

fn problem_of(unfit: &Unfit, sieve: &Sieve) -> Problem {
    let found = sieve.sifter.heading().map(|heading| heading.texts.clone()).unwrap_or_default();
    misfit(unfit, &found)
}

/// Why a template does not fit a file with these headings.
pub(super) fn misfit(unfit: &Unfit, found: &[String]) -> Problem {
    const SHOWN: usize = 30;
    let quoted = |texts: &[String]| {
        let shown: Vec<String> = texts
            .iter()
            .filter(|text| !text.is_empty())
            .take(SHOWN)
            .map(|text| format!("`{}`", text.chars().take(60).collect::<String>()))
            .collect();
        shown.join(", ")
    };
    if unfit.missing.is_empty() {
        let each =
            unfit.ambiguous.iter().map(|(heading, letters)| format!("`{heading}` ({})", letters.join(", ")));
        return Problem::new(Code::HeadingsAmbiguous).with("headings", each.collect::<Vec<_>>().join(", "));
    }
    let problem = Problem::new(Code::HeadingsMissing).with("headings", quoted(&unfit.missing));
    let found = quoted(found);
    if found.is_empty() { problem } else { problem.with("found", found) }
}

/// The zone in which the company counts its days.
pub(super) async fn account_zone(app: &App, account: i64) -> Result<String> {
    let (zone,): (String,) = app.db.fetch_one("select zone from account where id = $1", (account,)).await?;
    Ok(zone)
}

struct StagedRow {
    account: i64,
    run: Uuid,
    number: i64,
    cells: String,
    outcome: &'static str,
    faults: String,
}

async fn insert(app: &App, claim: &Claim, proofs: &Proofs, staged: Vec<Staged>) -> Result<()> {
    let rows = staged
        .into_iter()
        .map(|staged| {
            Ok(StagedRow {
                account: claim.account,
                run: claim.id,
                number: staged.row.number,
                cells: serde_json::to_string(&staged.row.cells).map_err(Problem::internal)?,
                outcome: staged.outcome.name(),
                faults: serde_json::to_string(&staged.faults).map_err(Problem::internal)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let mut write = app.log.begin(&proofs.run, Class::Import).await?;
    claim.go_on(app, &mut write).await?;
    write
        .tx()
        .insert_many(
            "insert into import_row (account, run, number, cells, outcome, faults)",
            columns!(rows => account, run, number, cells, outcome, faults),
            "on conflict (account, run, number) do nothing",
        )
        .await?;
    write
        .tx()
        .execute(
            "update import_run set state = 'reading' where account = $1 and id = $2 and state = 'waiting'",
            (claim.account, claim.id),
        )
        .await?;
    write.commit().await?;
    Ok(())
}

/// The file was read whole: from now on its rows are imported.
async fn done(app: &App, claim: &Claim, proofs: &Proofs, sheet: &str, sieve: &Sieve) -> Result<()> {
    let texts = sieve.sifter.heading().map(|heading| heading.texts.as_slice()).unwrap_or_default();
    let headings = serde_json::to_string(texts).map_err(Problem::internal)?;
    let mut write = app.log.begin(&proofs.run, Class::Import).await?;
    claim.go_on(app, &mut write).await?;
    write
        .tx()
        .execute(
            "update import_run set state = 'applying', sheet = $3, headings = $4, read_rows = $5, \
             refused = (select count(*) from import_row r where r.account = $1 and r.run = $2 and r.outcome = 'refused'), \
             skipped = (select count(*) from import_row r where r.account = $1 and r.run = $2 and r.outcome = 'skipped') \
             where account = $1 and id = $2",
            (claim.account, claim.id, sheet, headings, sieve.data as i64),
        )
        .await?;
    write.commit().await?;
    Ok(())
}

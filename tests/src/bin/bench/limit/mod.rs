//! The limit: the rows that a measured run wrote, inserted raw into empty tables of the same schema.
//!
//! The same bytes, the same mean group size, the same durability, as many connections as the measured run can use,
//! and the same phones beside it, which hand their lines over and wait for the commit. Nothing is looked up, folded,
//! hashed or signed.

mod groups;
mod postgres;
mod sqlite;

use std::sync::Arc;

use anyhow::Result;
use tokio::sync::{Barrier, Mutex, mpsc, oneshot};
use uuid::Uuid;

use crate::{
    cpu::Meter,
    load::{Pace, Phone, Timing},
    stage::{Content, Kind, Stage},
};

pub(crate) use groups::Written;

/// A value of a column, with the types that both databases have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Cell {
    Null,
    Bool(bool),
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
    Uuid(Uuid),
}

/// A row, in the order of its table's columns.
type Row = Vec<Cell>;

/// The rows of one table.
#[derive(Debug)]
struct Table {
    name: &'static str,
    columns: Vec<String>,
    rows: Vec<Row>,
}

impl Table {
    /// Where the column stands.
    fn column(&self, name: &str) -> Result<usize> {
        let at = self.columns.iter().position(|column| column == name);
        at.ok_or_else(|| anyhow::anyhow!("{} has no column {name}", self.name))
    }

    /// Takes the rows out that have `value` there, as a table of their own.
    fn take(&mut self, column: &str, value: &Cell) -> Result<Self> {
        let column = self.column(column)?;
        let rows = self.rows.extract_if(.., |row| row[column] == *value).collect();
        Ok(Self { name: self.name, columns: self.columns.clone(), rows })
    }
}

/// Rows of one table that are written together. With `keys` they replace the rows that have the same.
#[derive(Debug)]
struct Batch {
    table: &'static str,
    columns: Vec<String>,
    keys: &'static [&'static str],
    rows: Vec<Row>,
}

impl Batch {
    /// What follows the values.
    fn tail(&self) -> String {
        if self.keys.is_empty() {
            return String::new();
        }
        let others = self.columns.iter().filter(|column| !self.keys.contains(&column.as_str()));
        let set: Vec<String> = others.map(|column| format!("{column} = excluded.{column}")).collect();
        format!("on conflict ({}) do update set {}", self.keys.join(", "), set.join(", "))
    }
}

/// What one transaction writes.
#[derive(Debug)]
struct Group {
    account: i64,
    entries: usize,
    batches: Vec<Batch>,
}

impl Written {
    /// Reads what the run on `stage` wrote.
    pub(crate) async fn read(stage: &Stage) -> Result<Self> {
        let tables = match stage.file() {
            Some(file) => tokio::task::spawn_blocking(move || sqlite::read(&file)).await??,
            None => postgres::read(&stage.url()).await?,
        };
        Self::from_tables(tables, stage.file().is_none())
    }
}

/// Inserts `written` in groups of `group_entries`, handed over by `phones`, over at most `connections`.
pub(crate) async fn run(
    kind: Kind,
    written: &Written,
    group_entries: f64,
    phones: Vec<Phone>,
    connections: usize,
) -> Result<Pace> {
    let stage = Stage::new(kind, Content::Empty).await?;
    let groups = written.groups(group_entries);
    let entries = groups.iter().map(|group| group.entries).sum();
    let start = Arc::new(Barrier::new(phones.len() + 1));
    let (sender, receiver) = mpsc::channel(phones.len());
    let handed = Arc::new(Mutex::new(Handed { receiver, working: phones.len(), surplus: 0 }));

    let (writing, meter) = if let Some(file) = stage.file() {
        let writer = sqlite::Writer::open(&file, groups)?;
        (vec![tokio::task::spawn_blocking(move || writer.write(&handed))], Meter::own())
    } else {
        let mut writing = Vec::new();
        for groups in by_account(groups, connections) {
            let writer = postgres::Writer::open(&stage.url(), groups).await?;
            writing.push(tokio::spawn(writer.write(Arc::clone(&handed))));
        }
        drop(handed);
        (writing, Meter::with_server(&stage.url()).await?)
    };
    let handing: Vec<_> = phones
        .into_iter()
        .map(|phone| tokio::spawn(hand_over(phone, sender.clone(), Arc::clone(&start))))
        .collect();
    drop(sender);
    let timing = Timing::start(&meter, &start).await;
    for writer in writing {
        writer.await??;
    }
    let pace = timing.end(&meter, entries);
    for phone in handing {
        phone.await?;
    }
    Ok(pace)
}

/// Deals the groups out to connections, all groups of an account to the same.
fn by_account(groups: Vec<Group>, connections: usize) -> Vec<Vec<Group>> {
    let mut dealt: Vec<Vec<Group>> = Vec::new();
    dealt.resize_with(connections, Vec::new);
    for group in groups {
        dealt[group.account as usize % connections].push(group);
    }
    dealt.retain(|groups| !groups.is_empty());
    dealt
}

/// A submission on its way to a raw writer.
#[derive(Debug)]
struct Submission {
    lines: Vec<Vec<u8>>,
    answer: oneshot::Sender<()>,
}

/// One phone; at its end it says that it is done.
async fn hand_over(phone: Phone, sender: mpsc::Sender<Option<Submission>>, start: Arc<Barrier>) {
    start.wait().await;
    for lines in phone.submissions {
        let (answer, done) = oneshot::channel();
        if sender.send(Some(Submission { lines, answer })).await.is_err() || done.await.is_err() {
            break;
        }
    }
    // the writers may have ended
    let _ = sender.send(None).await;
}

/// What the phones have handed over, taken by one writer at a time.
#[derive(Debug)]
struct Handed {
    receiver: mpsc::Receiver<Option<Submission>>,
    /// Phones that have not said that they are done
    working: usize,
    /// Entries that were taken beyond what the groups so far needed; negative near the end, when the phones that
    /// still work have less under way than a group needs
    surplus: i64,
}

impl Handed {
    /// Waits for the submissions of `entries`, or for all that can be under way.
    async fn take(&mut self, entries: usize) -> Vec<Submission> {
        let mut taken = Vec::new();
        self.surplus -= entries as i64;
        while self.surplus < 0 && taken.len() < self.working {
            match self.receiver.recv().await {
                Some(Some(submission)) => {
                    self.surplus += submission.lines.len() as i64;
                    taken.push(submission);
                }
                Some(None) => self.working -= 1,
                None => break,
            }
        }
        taken
    }
}

/// Tells the phones that their entries are durable.
fn answer(taken: Vec<Submission>) {
    for submission in taken {
        let _ = submission.answer.send(());
    }
}

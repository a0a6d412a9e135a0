//! Which rows belong to which entry, and which entries to which group.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context as _, Result};

use super::{Batch, Cell, Group, Row, Table};

/// The tables that get new rows with each entry, and the column that holds the entry's position.
pub(super) const INSERTED: &[(&str, &str)] = &[
    ("entry", "position"),
    ("entry_body", "position"),
    ("entry_file", "position"),
    ("chain_link", "position"),
    ("event", "entry"),
    ("event_snapshot", "snapshot"),
    ("message", "position"),
];
const ENTRY: usize = 0;
const LINK: usize = 3;
const EVENT: usize = 4;
const MESSAGE: usize = 6;
/// Behind these: what phones are shown of messages, which is new, too.
const SHOWN: usize = 7;
const SHOWN_BODY: usize = 8;

/// The tables whose rows a group writes anew, their keys, and the columns by which an entry touches them.
pub(super) const REPLACED: &[(&str, &[&str], &[&str])] = &[
    ("account_head", &["account"], &["account"]),
    ("installation_head", &["account", "installation"], &["account", "installation"]),
    ("chain_head", &["account", "chain"], &["account", "chain"]),
    ("task_state", &["account", "task"], &["account", "task"]),
    ("scope", &["account", "scope"], &["account", "scope"]),
    ("change", &["account", "kind", "id", "scope"], &["account", "id"]),
    ("change_body", &["account", "kind", "id"], &["account", "id"]),
];
const ACCOUNT_HEAD: usize = 0;
const INSTALLATION_HEAD: usize = 1;
const CHAIN_HEAD: usize = 2;
const TASK_STATE: usize = 3;
const SCOPE: usize = 4;
const CHANGE: usize = 5;
const CHANGE_BODY: usize = 6;

/// What a measured run wrote.
#[derive(Debug)]
pub(crate) struct Written {
    inserted: Vec<Table>,
    replaced: Vec<Table>,
    /// In the order in which the log took them
    entries: Vec<Entry>,
    /// How many groups the run made
    groups: usize,
    /// Whether each group was of one account
    apart: bool,
}

/// The rows of one entry.
#[derive(Debug)]
struct Entry {
    account: i64,
    /// Table and row in `inserted`
    inserts: Vec<(usize, usize)>,
    /// Table and row in `replaced`
    replaces: Vec<(usize, usize)>,
}

impl Written {
    /// How many entries a group of the run had in the mean.
    pub(crate) fn mean_group(&self) -> f64 {
        self.entries.len() as f64 / self.groups as f64
    }

    /// `tables` are those of [`INSERTED`], in the order of the log, then those of [`REPLACED`].
    /// The groups of the run were of one account each if `apart`.
    pub(super) fn from_tables(mut tables: Vec<Table>, apart: bool) -> Result<Self> {
        let mut replaced = tables.split_off(INSERTED.len());
        let mut inserted = tables;
        // what the office wrote was there before
        let installation = inserted[ENTRY].column("installation")?;
        inserted[ENTRY].rows.retain(|row| row[installation] != Cell::Null);
        for shown in [CHANGE, CHANGE_BODY] {
            inserted.push(replaced[shown].take("kind", &Cell::Text("message".to_owned()))?);
        }
        let rows = rows_of_entries(&inserted)?;
        let touched = replaced
            .iter()
            .zip(REPLACED)
            .map(|(table, (_, _, columns))| by_columns(table, columns))
            .collect::<Result<Vec<_>>>()?;
        let groups = count_groups(&inserted[EVENT], &rows, apart)?;
        let entries = entries(&inserted, rows, &replaced, &touched)?;
        Ok(Self { inserted, replaced, entries, groups, apart })
    }

    /// Groups of `size` entries in the mean.
    pub(super) fn groups(&self, size: f64) -> Vec<Group> {
        let mut shares: BTreeMap<i64, Vec<&Entry>> = BTreeMap::new();
        for entry in &self.entries {
            shares.entry(if self.apart { entry.account } else { 0 }).or_default().push(entry);
        }
        let mut groups = Vec::new();
        for (account, entries) in shares {
            // Of equal size, so that no remainder makes a small group of its own; never larger than the mean, which
            // may be all that the phones have under way.
            let count = (entries.len() as f64 / size).ceil().max(1.0) as usize;
            for number in 0..count {
                let (from, to) = (number * entries.len() / count, (number + 1) * entries.len() / count);
                groups.push((number, self.group(account, &entries[from..to])));
            }
        }
        // accounts in rotation, as in the run
        groups.sort_by_key(|(number, _)| *number);
        groups.into_iter().map(|(_, group)| group).collect()
    }

    fn group(&self, account: i64, entries: &[&Entry]) -> Group {
        let inserts = entries.iter().flat_map(|entry| &entry.inserts).copied().collect();
        let replaces = entries.iter().flat_map(|entry| &entry.replaces).copied().collect();
        let mut batches = batches_of(&self.inserted, &inserts, |_| &[]);
        batches.extend(batches_of(&self.replaced, &replaces, |table| REPLACED[table].1));
        Group { account, entries: entries.len(), batches }
    }
}

fn batches_of(
    tables: &[Table],
    rows: &BTreeSet<(usize, usize)>,
    keys: impl Fn(usize) -> &'static [&'static str],
) -> Vec<Batch> {
    let batch = |(number, table): (usize, &Table)| Batch {
        table: table.name,
        columns: table.columns.clone(),
        keys: keys(number),
        rows: rows.range((number, 0)..(number + 1, 0)).map(|(_, row)| table.rows[*row].clone()).collect(),
    };
    tables.iter().enumerate().map(batch).filter(|batch| !batch.rows.is_empty()).collect()
}

/// Table and row in `inserted` of what belongs to an entry, by account and position.
type RowsOfEntries = HashMap<(i64, i64), Vec<(usize, usize)>>;

fn rows_of_entries(inserted: &[Table]) -> Result<RowsOfEntries> {
    let mut rows = RowsOfEntries::new();
    let mut snapshots: HashMap<(i64, i64), i64> = HashMap::new();
    for (number, (table, (name, position))) in inserted.iter().zip(INSERTED).enumerate() {
        let (account, position) = (table.column("account")?, table.column(position)?);
        let snapshot = (*name == "event").then(|| table.column("snapshot")).transpose()?;
        for (at, row) in table.rows.iter().enumerate() {
            let (Cell::Integer(account), Cell::Integer(own)) = (&row[account], &row[position]) else {
                continue;
            };
            let entry = if *name == "event_snapshot" { snapshots.get(&(*account, *own)) } else { Some(own) };
            let Some(entry) = entry.copied() else { continue };
            if let Some(Cell::Integer(snapshot)) = snapshot.map(|column| &row[column]) {
                snapshots.insert((*account, *snapshot), entry);
            }
            if number == ENTRY {
                rows.insert((*account, entry), vec![(number, at)]);
            } else if let Some(rows) = rows.get_mut(&(*account, entry)) {
                rows.push((number, at));
            }
        }
    }
    Ok(rows)
}

/// The rows of one replaced table, by the columns through which entries touch them.
type Touched = HashMap<Row, Vec<usize>>;

fn by_columns(table: &Table, columns: &[&str]) -> Result<Touched> {
    let columns = columns.iter().map(|name| table.column(name)).collect::<Result<Vec<_>>>()?;
    let mut touched = Touched::new();
    for (at, row) in table.rows.iter().enumerate() {
        touched.entry(columns.iter().map(|column| row[*column].clone()).collect()).or_default().push(at);
    }
    Ok(touched)
}

fn entries(
    inserted: &[Table],
    mut rows: HashMap<(i64, i64), Vec<(usize, usize)>>,
    replaced: &[Table],
    touched: &[Touched],
) -> Result<Vec<Entry>> {
    let (entry, link, message) = (&inserted[ENTRY], &inserted[LINK], &inserted[MESSAGE]);
    let change = &replaced[CHANGE];
    let by_message = |table: usize| Ok((table, by_columns(&inserted[table], &["account", "id"])?));
    let shown: Vec<(usize, Touched)> =
        [SHOWN, SHOWN_BODY].map(by_message).into_iter().collect::<Result<_>>()?;
    let shown_scope = inserted[SHOWN].column("scope")?;
    let (account, position) = (entry.column("account")?, entry.column("position")?);
    let (installation, task) = (entry.column("installation")?, entry.column("task")?);
    let (chain, scope, message_id) = (link.column("chain")?, change.column("scope")?, message.column("id")?);
    let mut entries = Vec::with_capacity(entry.rows.len());
    for row in &entry.rows {
        let own = integer(&row[account])?;
        let mut inserts = rows.remove(&(own, integer(&row[position])?)).context("an entry without rows")?;
        let key = |cell: &Cell| vec![row[account].clone(), cell.clone()];
        let mut replaces = Vec::new();
        let mut touch = |table: usize, key: &Row| {
            replaces.extend(touched[table].get(key).into_iter().flatten().map(|row| (table, *row)));
        };
        touch(ACCOUNT_HEAD, &vec![row[account].clone()]);
        touch(INSTALLATION_HEAD, &key(&row[installation]));
        for (_, at) in inserts.iter().filter(|(table, _)| *table == LINK) {
            touch(CHAIN_HEAD, &key(&link.rows[*at][chain]));
        }
        let task = key(&row[task]);
        touch(TASK_STATE, &task);
        touch(CHANGE, &task);
        touch(CHANGE_BODY, &task);
        for at in touched[CHANGE].get(&task).into_iter().flatten() {
            touch(SCOPE, &key(&change.rows[*at][scope]));
        }
        let messages = inserts.iter().filter(|(table, _)| *table == MESSAGE);
        let messages: Vec<Row> = messages.map(|(_, at)| key(&message.rows[*at][message_id])).collect();
        for (table, rows) in &shown {
            for at in messages.iter().filter_map(|message| rows.get(message)).flatten() {
                inserts.push((*table, *at));
                if *table == SHOWN {
                    touch(SCOPE, &key(&inserted[SHOWN].rows[*at][shown_scope]));
                }
            }
        }
        entries.push(Entry { account: own, inserts, replaces });
    }
    Ok(entries)
}

/// A group gives one instant to all its events; two groups of an account never share one.
fn count_groups(event: &Table, rows: &RowsOfEntries, apart: bool) -> Result<usize> {
    let created = event.column("created_us")?;
    let mut instants = BTreeSet::new();
    for ((account, _), rows) in rows {
        for (_, at) in rows.iter().filter(|(table, _)| *table == EVENT) {
            instants.insert((if apart { *account } else { 0 }, integer(&event.rows[*at][created])?));
        }
    }
    Ok(instants.len())
}

fn integer(cell: &Cell) -> Result<i64> {
    match cell {
        Cell::Integer(value) => Ok(*value),
        other => anyhow::bail!("{other:?} is not an integer"),
    }
}

//! The account's own chain, which holds every entry.

use std::collections::BTreeMap;

use campo_protocol::{
    chain::{self, ACCOUNT_CHAIN, GENESIS},
    entry,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{BATCH, Walk, What, columns::Columns};
use crate::{log::chains::as_link, problem::Result};

/// What there is of one number.
type Number = (Option<Row>, Option<EntryRow>);

#[derive(FromRow)]
struct Row {
    number: i64,
    position: i64,
    leaf: Vec<u8>,
    link: Vec<u8>,
}

#[derive(FromRow)]
struct EntryRow {
    position: i64,
    id: Uuid,
    hash: Vec<u8>,
    establishment: Option<String>,
    salt: Option<Vec<u8>>,
    bytes: Option<Vec<u8>>,
    #[sqlx(flatten)]
    columns: Columns,
}

/// How many bodies without an entry are named.
const NAMED: i64 = 100;

impl Walk<'_> {
    /// Walks the account's chain.
    pub(super) async fn account_chain(&mut self) -> Result<()> {
        let head: Option<(i64, Vec<u8>)> = self
            .tx
            .fetch_optional("select entry, link from account_head where account = $1", (self.account,))
            .await?;
        let mut link = GENESIS;
        let (mut next_link, mut next_entry) = (1, 1);
        let mut after = i64::MIN;
        loop {
            let (numbers, until) = self.numbers(after).await?;
            for (number, (row, entry)) in numbers {
                if number < 1 {
                    self.stray(number, row.is_some(), entry.is_some());
                    continue;
                }
                if let Some(row) = &row {
                    self.gap(next_link, number, |until| What::LinkMissing { until });
                    next_link = number.saturating_add(1);
                    self.check_link(row, &mut link);
                }
                if let Some(entry) = entry {
                    self.gap(next_entry, number, |until| What::EntryMissing { until });
                    next_entry = number.saturating_add(1);
                    self.check_entry(entry, row.as_ref());
                }
            }
            match until {
                Some(until) => after = until,
                None => break,
            }
        }
        self.gap(next_link, next_entry, |until| What::LinkMissing { until });
        self.gap(next_entry, next_link, |until| What::EntryMissing { until });
        self.check_bodies().await?;
        self.check_erased();
        self.check_head(ACCOUNT_CHAIN, head, (next_link - 1, &link));
        self.summary.chains += 1;
        Ok(())
    }

    /// Notes what stands before the first number.
    fn stray(&mut self, number: i64, link: bool, entry: bool) {
        if link {
            self.found(ACCOUNT_CHAIN, number, What::LinkStray);
        }
        if entry {
            self.found(ACCOUNT_CHAIN, number, What::EntryStray);
        }
    }

    /// Notes what is missing before `number`, where `next` was to come.
    fn gap(&mut self, next: i64, number: i64, missing: impl Fn(i64) -> What) {
        if number > next {
            self.found(ACCOUNT_CHAIN, next, missing(number - 1));
        }
    }

    /// Some numbers behind `after` with what there is of each, and the last of them; none when they are all.
    async fn numbers(&mut self, after: i64) -> Result<(BTreeMap<i64, Number>, Option<i64>)> {
        let links: Vec<Row> = self
            .tx
            .fetch_all(
                "select number, position, leaf, link from chain_link \
                 where account = $1 and chain = $2 and number > $3 order by number limit $4",
                (self.account, ACCOUNT_CHAIN, after, BATCH),
            )
            .await?;
        let entries: Vec<EntryRow> = self
            .tx
            .fetch_all(
                "select e.position, e.id, e.hash, e.establishment, e.author, e.author_id, e.installation, e.sequence, \
                 e.kind, e.session, e.employee, e.task, e.form, e.corrects, b.salt, b.bytes from entry e \
                 left join entry_body b on b.account = e.account and b.position = e.position \
                 where e.account = $1 and e.position > $2 order by e.position limit $3",
                (self.account, after, BATCH),
            )
            .await?;
        let end = |count: usize, last: Option<i64>| last.filter(|_| count as i64 == BATCH);
        let ends = [
            end(links.len(), links.last().map(|row| row.number)),
            end(entries.len(), entries.last().map(|row| row.position)),
        ];
        let until = ends.into_iter().flatten().min();
        let mut numbers: BTreeMap<i64, Number> = BTreeMap::new();
        for link in links {
            let number = numbers.entry(link.number).or_default();
            number.0 = Some(link);
        }
        for entry in entries {
            let number = numbers.entry(entry.position).or_default();
            number.1 = Some(entry);
        }
        numbers.retain(|number, _| until.is_none_or(|until| *number <= until));
        Ok((numbers, until))
    }

    /// Finds bytes that are no entry's.
    async fn check_bodies(&mut self) -> Result<()> {
        let stray: Vec<(i64,)> = self
            .tx
            .fetch_all(
                "select b.position from entry_body b where b.account = $1 and not exists \
                 (select 1 from entry e where e.account = b.account and e.position = b.position) \
                 order by b.position limit $2",
                (self.account, NAMED),
            )
            .await?;
        for (position,) in stray {
            self.found(ACCOUNT_CHAIN, position, What::BytesStray);
        }
        Ok(())
    }

    fn check_link(&mut self, row: &Row, before: &mut [u8; 32]) {
        let leaf = as_link(&row.leaf);
        if chain::link(self.account, ACCOUNT_CHAIN, row.number, before, &leaf)[..] != row.link {
            self.found(ACCOUNT_CHAIN, row.number, What::LinkWrong);
        }
        if row.position != row.number {
            self.found(ACCOUNT_CHAIN, row.number, What::PositionWrong { found: row.position });
        }
        // Going on from what is stored, one alteration is one finding and not one for each link after it
        *before = as_link(&row.link);
    }

    fn check_entry(&mut self, row: EntryRow, link: Option<&Row>) {
        self.summary.entries += 1;
        let position = row.position;
        if let Some(establishment) = row.establishment {
            *self.punches.entry(establishment).or_default() += 1;
        }
        let (Some(salt), Some(bytes)) = (row.salt, row.bytes) else {
            self.without_bytes.insert(row.id, position);
            return;
        };
        if link.is_some_and(|link| link.leaf != chain::leaf(&salt, &bytes)) {
            self.found(ACCOUNT_CHAIN, position, What::LeafWrong);
        }
        if row.hash != entry::hash(&bytes) {
            self.found(ACCOUNT_CHAIN, position, What::HashWrong);
        }
        for what in row.columns.check(row.id, &bytes) {
            self.found(ACCOUNT_CHAIN, position, what);
        }
        if row.columns.is_erasure() {
            self.erased.extend(super::columns::erased(&bytes));
        }
    }
}

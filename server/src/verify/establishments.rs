//! The chains of establishments, which hold the punches that count for them.

use std::collections::{BTreeMap, BTreeSet};

use campo_protocol::chain::{self, ACCOUNT_CHAIN, GENESIS};
use sqlx::FromRow;

use super::{BATCH, Walk, What};
use crate::{log::chains::as_link, problem::Result};

/// How many missing punches of one establishment are named.
const NAMED: i64 = 100;

/// A link, with what its entry and the account's chain say of the same position.
#[derive(FromRow)]
struct Row {
    number: i64,
    position: i64,
    leaf: Vec<u8>,
    link: Vec<u8>,
    account_leaf: Option<Vec<u8>>,
    establishment: Option<String>,
}

impl Walk<'_> {
    /// Walks the chain of every establishment that has links, a head, or punches.
    pub(super) async fn establishments(&mut self) -> Result<()> {
        let heads: Vec<(String, i64, Vec<u8>)> = self
            .tx
            .fetch_all("select chain, number, link from chain_head where account = $1", (self.account,))
            .await?;
        let mut heads: BTreeMap<String, (i64, Vec<u8>)> =
            heads.into_iter().map(|(chain, number, link)| (chain, (number, link))).collect();
        let punches: BTreeMap<String, (String, i64)> = std::mem::take(&mut self.punches)
            .into_iter()
            .map(|(code, count)| (chain::establishment_chain(&code), (code, count)))
            .collect();
        let mut names: BTreeSet<String> = heads.keys().chain(punches.keys()).cloned().collect();
        names.extend(self.linked_chains().await?);
        for name in names {
            let links = self.establishment(&name, heads.remove(&name)).await?;
            if let Some((code, count)) = punches.get(&name)
                && *count != links
            {
                self.missing_punches(&name, code).await?;
            }
            self.summary.chains += 1;
        }
        Ok(())
    }

    /// The names of the chains that have links, found by stepping from one to the next.
    async fn linked_chains(&mut self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let mut after = String::new();
        loop {
            let next: (Option<String>,) = self
                .tx
                .fetch_one(
                    "select min(chain) from chain_link where account = $1 and chain > $2",
                    (self.account, after.as_str()),
                )
                .await?;
            let Some(name) = next.0 else { return Ok(names) };
            if name != ACCOUNT_CHAIN {
                names.push(name.clone());
            }
            after = name;
        }
    }

    /// Walks one chain and returns how many links it has.
    async fn establishment(&mut self, name: &str, head: Option<(i64, Vec<u8>)>) -> Result<i64> {
        let (mut link, mut position, mut number) = (GENESIS, 0, 0);
        let mut count = 0;
        let mut after = i64::MIN;
        loop {
            let rows = self.establishment_links(name, after).await?;
            let Some(last) = rows.last() else { break };
            after = last.number;
            for row in rows {
                count += 1;
                if row.number < 1 {
                    self.found(name, row.number, What::LinkStray);
                    continue;
                }
                if row.number > number + 1 {
                    self.found(name, number + 1, What::LinkMissing { until: row.number - 1 });
                }
                self.check_establishment_link(name, &row, &link, position);
                (link, position, number) = (as_link(&row.link), row.position, row.number);
            }
        }
        self.check_head(name, head, (number, &link));
        Ok(count)
    }

    async fn establishment_links(&mut self, name: &str, after: i64) -> Result<Vec<Row>> {
        self.tx
            .fetch_all(
                "select l.number, l.position, l.leaf, l.link, a.leaf as account_leaf, e.establishment \
                 from chain_link l \
                 left join chain_link a on a.account = l.account and a.chain = $3 and a.number = l.position \
                 left join entry e on e.account = l.account and e.position = l.position \
                 where l.account = $1 and l.chain = $2 and l.number > $4 order by l.number limit $5",
                (self.account, name, ACCOUNT_CHAIN, after, BATCH),
            )
            .await
    }

    fn check_establishment_link(&mut self, name: &str, row: &Row, before: &[u8; 32], position_before: i64) {
        let position = row.position;
        let leaf = as_link(&row.leaf);
        if chain::link(self.account, name, row.number, before, &leaf)[..] != row.link {
            self.found(name, row.number, What::LinkWrong);
        }
        if row.account_leaf.as_ref() != Some(&row.leaf) {
            self.found(name, row.number, What::LeafDiffers { position });
        }
        let is_of = row.establishment.as_deref().map(chain::establishment_chain);
        if is_of.as_deref() != Some(name) {
            self.found(name, row.number, What::NotOfEstablishment { position });
        }
        if position <= position_before {
            self.found(name, row.number, What::Order { position });
        }
    }

    /// Names the punches that count for the establishment and are not in its chain.
    async fn missing_punches(&mut self, name: &str, code: &str) -> Result<()> {
        let missing: Vec<(i64,)> = self
            .tx
            .fetch_all(
                "select e.position from entry e where e.account = $1 and e.establishment = $2 and not exists \
                 (select 1 from chain_link l where l.account = e.account and l.chain = $3 and l.position = e.position) \
                 order by e.position limit $4",
                (self.account, code, name, NAMED),
            )
            .await?;
        for (position,) in missing {
            self.found(name, 0, What::PunchMissing { position });
        }
        Ok(())
    }
}

//! What somebody kept of an account's chains, outside the database: signed heads and receipts, as phones got them.

use std::collections::{BTreeMap, BTreeSet};

use campo_protocol::{
    chain::{GENESIS, SignedHead},
    sync::Receipt,
    text::hex,
};
use serde::Deserialize as _;
use serde_json::Value;
use uuid::Uuid;

use super::{Finding, Walk, What};
use crate::{database::Db, problem::Result};

/// How many heads or receipts are looked up at a time.
const CHUNK: usize = 500;

/// Kept heads and receipts, by account.
#[derive(Debug, Default)]
pub struct Evidence {
    heads: BTreeMap<i64, Vec<SignedHead>>,
    receipts: BTreeMap<i64, Vec<Receipt>>,
    /// Receipts that stood beside no head, so that their account is not known
    homeless: Vec<Receipt>,
}

/// A file of which nothing can be compared.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// It is neither one JSON document nor lines of JSON
    #[error("line {line} is not JSON: {source}")]
    NotJson {
        /// The line, from 1
        line: usize,
        /// What is wrong with it
        source: serde_json::Error,
    },
    /// Nothing in it is a head or a receipt
    #[error("it holds neither signed heads nor receipts")]
    Nothing,
}

impl Evidence {
    /// Adds what is in `text`: one JSON document or one a line, such as whole answers of `/v1/sync` or `/v1/chains`. Heads
    /// and receipts are found at any depth. A receipt belongs to the account of the heads that stand beside it.
    pub fn add(&mut self, text: &[u8]) -> Result<(), EvidenceError> {
        let mut found = 0;
        if let Ok(document) = serde_json::from_slice::<Value>(text) {
            found += self.collect(&document, None);
        } else {
            for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
                let line = line.trim_ascii();
                if line.is_empty() {
                    continue;
                }
                let document = serde_json::from_slice(line)
                    .map_err(|source| EvidenceError::NotJson { line: number + 1, source })?;
                found += self.collect(&document, None);
            }
        }
        if found == 0 { Err(EvidenceError::Nothing) } else { Ok(()) }
    }

    /// The accounts of which it holds something.
    pub(super) fn accounts(&self) -> BTreeSet<i64> {
        self.heads.keys().chain(self.receipts.keys()).copied().collect()
    }

    /// Gives the receipts whose account is not known to the one of `accounts` that has an entry of their id, or to the
    /// only one. Returns those that are of none.
    pub(super) async fn place(&mut self, db: &Db, accounts: &[i64]) -> Result<Vec<Receipt>> {
        let mut homeless = std::mem::take(&mut self.homeless);
        if let [only] = accounts {
            self.receipts.entry(*only).or_default().append(&mut homeless);
        }
        for account in accounts {
            let ids: Vec<Uuid> = homeless.iter().map(|receipt| receipt.id).collect();
            let mut tx = db.begin_snapshot().await?;
            let known: Vec<(Uuid,)> = tx
                .fetch_many(
                    "a, i",
                    (vec![*account; ids.len()], ids),
                    "select e.id from k join entry e on e.account = k.a and e.id = k.i",
                )
                .await?;
            tx.rollback().await;
            let known: BTreeSet<Uuid> = known.into_iter().map(|row| row.0).collect();
            let (own, rest) = homeless.into_iter().partition(|receipt| known.contains(&receipt.id));
            self.receipts.entry(*account).or_default().extend::<Vec<_>>(own);
            homeless = rest;
        }
        Ok(homeless)
    }

    /// What to say when the account is not there any more.
    pub(super) fn all_lost(&self, account: i64) -> Vec<Finding> {
        let heads = self.heads.get(&account).into_iter().flatten().map(|head| Finding {
            account,
            chain: head.chain.clone(),
            number: head.number,
            what: if head.is_genuine() { What::HeadGone } else { What::HeadForged },
        });
        let receipts = self.receipts.get(&account).into_iter().flatten();
        heads.chain(receipts.map(|receipt| Finding::of_lost_receipt(account, receipt))).collect()
    }

    /// Adds what is in `value` and says how much that was.
    fn collect(&mut self, value: &Value, account: Option<i64>) -> usize {
        match value {
            Value::Array(items) => items.iter().map(|item| self.collect(item, account)).sum(),
            Value::Object(members) => {
                if let Ok(head) = SignedHead::deserialize(value) {
                    self.heads.entry(head.account).or_default().push(head);
                    return 1;
                }
                if let Ok(receipt) = Receipt::deserialize(value) {
                    match account {
                        Some(account) => self.receipts.entry(account).or_default().push(receipt),
                        None => self.homeless.push(receipt),
                    }
                    return 1;
                }
                let beside = members.get("heads").and_then(|heads| heads[0]["account"].as_i64());
                members.values().map(|member| self.collect(member, beside.or(account))).sum()
            }
            _ => 0,
        }
    }
}

impl Walk<'_> {
    /// Compares the chains with the kept heads of the account.
    pub(super) async fn compare_heads(&mut self, kept: &Evidence) -> Result<()> {
        let expected = hex(self.secrets.head_key(self.account).verifying_key().as_bytes());
        let heads = kept.heads.get(&self.account).map_or(&[][..], Vec::as_slice);
        for chunk in heads.chunks(CHUNK) {
            let links = self.links(chunk).await?;
            for head in chunk {
                self.summary.heads += 1;
                if let Some(what) = check_head(head, &expected, &links) {
                    self.found(&head.chain, head.number, what);
                }
            }
        }
        Ok(())
    }

    /// The links that `heads` name, by chain and number.
    async fn links(&mut self, heads: &[SignedHead]) -> Result<BTreeMap<(String, i64), String>> {
        let rows: Vec<(String, i64, Vec<u8>)> = self
            .tx
            .fetch_many(
                "a, c, n",
                (
                    vec![self.account; heads.len()],
                    heads.iter().map(|head| head.chain.replace('\0', "")).collect::<Vec<_>>(),
                    heads.iter().map(|head| head.number).collect::<Vec<_>>(),
                ),
                "select l.chain, l.number, l.link from k \
                 join chain_link l on l.account = k.a and l.chain = k.c and l.number = k.n",
            )
            .await?;
        Ok(rows.into_iter().map(|(chain, number, link)| ((chain, number), hex(&link))).collect())
    }

    /// Compares the entries with the kept receipts of the account.
    pub(super) async fn compare_receipts(&mut self, kept: &Evidence) -> Result<()> {
        let receipts = kept.receipts.get(&self.account).map_or(&[][..], Vec::as_slice);
        for chunk in receipts.chunks(CHUNK) {
            let entries = self.entries(chunk).await?;
            for receipt in chunk {
                self.summary.receipts += 1;
                for what in check_receipt(receipt, entries.get(&receipt.id)) {
                    self.found(campo_protocol::chain::ACCOUNT_CHAIN, receipt.position, what);
                }
            }
        }
        Ok(())
    }

    async fn entries(&mut self, receipts: &[Receipt]) -> Result<BTreeMap<Uuid, EntryRow>> {
        let rows: Vec<(Uuid, i64, Vec<u8>, i64, String)> = self
            .tx
            .fetch_many(
                "a, i",
                (
                    vec![self.account; receipts.len()],
                    receipts.iter().map(|receipt| receipt.id).collect::<Vec<_>>(),
                ),
                "select e.id, e.position, e.hash, e.occurred_us, e.occurred_kind from k \
                 join entry e on e.account = k.a and e.id = k.i",
            )
            .await?;
        Ok(rows
            .into_iter()
            .map(|(id, position, hash, at_us, kind)| (id, (position, hash, at_us, kind)))
            .collect())
    }
}

/// Position, hash, instant and how it was fixed.
type EntryRow = (i64, Vec<u8>, i64, String);

fn check_head(head: &SignedHead, expected: &str, links: &BTreeMap<(String, i64), String>) -> Option<What> {
    if !head.is_genuine() {
        return Some(What::HeadForged);
    }
    if head.key != expected {
        return Some(What::HeadOfOtherKey { found: head.key.clone(), expected: expected.to_owned() });
    }
    let genesis = (head.number == 0).then(|| hex(&GENESIS));
    match links.get(&(head.chain.clone(), head.number)).or(genesis.as_ref()) {
        None => Some(What::HeadGone),
        Some(link) if *link != head.link => {
            Some(What::HeadContradicts { found: link.clone(), expected: head.link.clone() })
        }
        Some(_) => None,
    }
}

fn check_receipt(receipt: &Receipt, entry: Option<&EntryRow>) -> Vec<What> {
    let id = receipt.id;
    let Some((position, hash, at_us, kind)) = entry else { return vec![What::ReceiptGone { id }] };
    let mut wrong = Vec::new();
    let mut compare = |field, found: String, expected: String| {
        if found != expected {
            wrong.push(What::ReceiptContradicts { id, field, found, expected });
        }
    };
    compare("position", position.to_string(), receipt.position.to_string());
    compare("hash", hex(hash), receipt.hash.clone());
    compare("occurred_at_us", at_us.to_string(), receipt.occurred_at_us.to_string());
    compare("occurred_kind", kind.clone(), receipt.occurred_kind.name().to_owned());
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn head(account: i64) -> Value {
        json!({ "account": account, "chain": "account", "number": 1, "link": "", "key": "", "signature": "" })
    }

    fn receipt(position: i64) -> Value {
        json!({ "id": Uuid::nil(), "hash": "", "position": position, "occurred_at_us": 1, "occurred_kind": "wall",
            "outcome": "applied" })
    }

    #[test]
    fn heads_and_receipts_are_found_at_any_depth() {
        let answer = json!({ "epoch": "x", "receipts": [receipt(1), receipt(2)], "heads": [head(7)] });
        for (text, heads, receipts, homeless) in [
            (answer.to_string(), 1, 2, 0),
            (format!("{answer}\n\n{}\n", head(7)), 2, 2, 0),
            (format!("{}\n{}", head(7), receipt(1)), 1, 0, 1),
            (json!([{ "kept": answer }]).to_string(), 1, 2, 0),
            (json!({ "items": [head(7)] }).to_string(), 1, 0, 0),
        ] {
            let mut kept = Evidence::default();
            kept.add(text.as_bytes()).unwrap();
            let count = |all: &BTreeMap<i64, Vec<_>>| all.get(&7).map_or(0, Vec::len);
            assert_eq!((count(&kept.heads), kept.homeless.len()), (heads, homeless), "{text}");
            assert_eq!(kept.receipts.get(&7).map_or(0, Vec::len), receipts, "{text}");
        }
    }

    #[test]
    fn a_file_that_proves_nothing_is_refused() {
        for text in ["", "{}", "[1,2]", "{}\nnonsense", "\u{0}"] {
            assert!(Evidence::default().add(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}

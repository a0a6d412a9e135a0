//! `campo verify`: walks every chain of an account and says what was altered, removed, inserted or cut off.
//!
//! Within the database alone everything is found that does not agree with itself. Somebody who may write the database
//! can make all chains anew; only what somebody else kept, a signed head or a receipt, tells then: see [`evidence`].

mod account_chain;
mod columns;
mod establishments;
pub mod evidence;
mod finding;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::AddAssign,
};

use campo_protocol::chain::{ACCOUNT_CHAIN, GENESIS};
use uuid::Uuid;

use self::evidence::Evidence;
pub use self::finding::{Finding, What};
use crate::{
    access::{Allowed, permissions::ViewEntries},
    app::App,
    database::Tx,
    problem::Result,
    secrets::Secrets,
};

/// How many links are read at a time.
const BATCH: i64 = 250;

/// What was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Entries
    pub entries: u64,
    /// Entries whose bytes were erased, as an `erased` entry says
    pub erased: u64,
    /// Chains, the accounts' own among them
    pub chains: u64,
    /// Kept heads that were compared
    pub heads: u64,
    /// Kept receipts that were compared
    pub receipts: u64,
    /// What was found
    pub findings: u64,
}

/// The walk of one account.
struct Walk<'a> {
    account: i64,
    secrets: &'a Secrets,
    tx: Tx,
    summary: Summary,
    report: &'a mut (dyn FnMut(Finding) + Send),
    /// How many entries stand in the chain of each establishment, as the entries say
    punches: BTreeMap<String, i64>,
    /// Entries without bytes, by id, with their positions
    without_bytes: BTreeMap<Uuid, i64>,
    /// Entries that `erased` entries name
    erased: BTreeSet<Uuid>,
}

/// Verifies the chains of `accounts`, which are all those of the server when `all` is set, and compares them with what
/// was kept. What was kept of an account that is not there is a finding too; of one that is not to be verified nothing
/// is said.
pub async fn verify(
    app: &App,
    accounts: &[Allowed<ViewEntries>],
    all: bool,
    mut kept: Evidence,
    report: &mut (dyn FnMut(Finding) + Send),
) -> Result<Summary> {
    let mut summary = Summary::default();
    let ids: Vec<i64> = accounts.iter().map(Allowed::account).collect();
    let mut lost: Vec<Finding> = kept
        .place(&app.db, &ids)
        .await?
        .into_iter()
        .map(|receipt| Finding::of_lost_receipt(0, &receipt))
        .collect();
    for account in kept.accounts().into_iter().filter(|account| all && !ids.contains(account)) {
        lost.extend(kept.all_lost(account));
    }
    for finding in lost {
        summary.findings += 1;
        report(finding);
    }
    for allowed in accounts {
        summary += account(app, allowed, &kept, report).await?;
    }
    Ok(summary)
}

/// Verifies one account. Reads one state of the database in batches; a server may run meanwhile.
async fn account(
    app: &App,
    allowed: &Allowed<ViewEntries>,
    kept: &Evidence,
    report: &mut (dyn FnMut(Finding) + Send),
) -> Result<Summary> {
    let mut walk = Walk {
        account: allowed.account(),
        secrets: &app.secrets,
        tx: app.db.begin_snapshot().await?,
        summary: Summary::default(),
        report,
        punches: BTreeMap::new(),
        without_bytes: BTreeMap::new(),
        erased: BTreeSet::new(),
    };
    walk.account_chain().await?;
    walk.establishments().await?;
    walk.compare_heads(kept).await?;
    walk.compare_receipts(kept).await?;
    walk.tx.rollback().await;
    Ok(walk.summary)
}

impl AddAssign for Summary {
    fn add_assign(&mut self, other: Self) {
        self.entries += other.entries;
        self.erased += other.erased;
        self.chains += other.chains;
        self.heads += other.heads;
        self.receipts += other.receipts;
        self.findings += other.findings;
    }
}

impl Walk<'_> {
    fn found(&mut self, chain: &str, number: i64, what: What) {
        self.summary.findings += 1;
        (self.report)(Finding { account: self.account, chain: chain.to_owned(), number, what });
    }

    /// Compares the head that the database holds of a chain with its last link.
    fn check_head(&mut self, chain: &str, head: Option<(i64, Vec<u8>)>, last: (i64, &[u8])) {
        let (number, link) = head.unwrap_or((0, GENESIS.to_vec()));
        if number != last.0 {
            self.found(chain, number, What::HeadNumber { head: number, last: last.0 });
        } else if link != last.1 {
            self.found(chain, number, What::HeadLink);
        }
    }

    /// Finds the entries without bytes that no `erased` entry names.
    fn check_erased(&mut self) {
        for (id, position) in std::mem::take(&mut self.without_bytes) {
            if self.erased.contains(&id) {
                self.summary.erased += 1;
            } else {
                self.found(ACCOUNT_CHAIN, position, What::BytesMissing);
            }
        }
    }
}

//! The chains of the accounts in a group: every entry in the account's, those about working time also in
//! their establishment's.

use std::collections::{HashMap, HashSet};

use campo_protocol::{
    chain::{self, ACCOUNT_CHAIN, GENESIS, SALT_BYTES, SignedHead},
    model,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Shared,
    context::Context,
    entry::Incoming,
    head::Head,
    rows::{EntryRows, LinkRow},
};
use crate::{
    database::{Inserts, Tx, columns},
    problem::Result,
};

/// The heads of the chains beside the accounts' own, as they grow.
pub struct Chains {
    heads: HashMap<(i64, String), ChainHead>,
}

#[derive(Debug, Clone, FromRow)]
struct ChainHead {
    account: i64,
    chain: String,
    number: i64,
    link: Vec<u8>,
}

impl Chains {
    /// Reads the heads of the establishments' chains that `entries` will grow.
    pub async fn load<'a>(
        tx: &mut Tx,
        context: &Context,
        entries: impl Iterator<Item = (i64, &'a Incoming)>,
    ) -> Result<Self> {
        let wanted: HashSet<(i64, String)> = entries
            .filter_map(|(account, incoming)| {
                let establishment = establishment(context, account, incoming)?;
                Some((account, chain::establishment_chain(&establishment)))
            })
            .collect();
        let known: Vec<ChainHead> = tx
            .fetch_many(
                "a, c",
                (
                    wanted.iter().map(|key| key.0).collect::<Vec<_>>(),
                    wanted.iter().map(|key| key.1.clone()).collect::<Vec<_>>(),
                ),
                "select h.account, h.chain, h.number, h.link from k \
                 join chain_head h on h.account = k.a and h.chain = k.c",
            )
            .await?;
        let mut heads: HashMap<_, _> = wanted
            .into_iter()
            .map(|(account, chain)| {
                ((account, chain.clone()), ChainHead { account, chain, number: 0, link: GENESIS.to_vec() })
            })
            .collect();
        heads.extend(known.into_iter().map(|head| ((head.account, head.chain.clone()), head)));
        Ok(Self { heads })
    }

    /// Links an entry that stands at `head.entry` into its chains. Returns the establishment whose chain it stands in.
    pub fn append(
        &mut self,
        head: &mut Head,
        context: &Context,
        incoming: &Incoming,
        salt: &[u8; SALT_BYTES],
        rows: &mut EntryRows,
    ) -> Option<String> {
        let (account, position) = (head.account, head.entry);
        let leaf = chain::leaf(salt, &incoming.bytes);
        let link = chain::link(account, ACCOUNT_CHAIN, position, &as_link(&head.link), &leaf);
        head.link = link.to_vec();
        rows.links.push(LinkRow {
            account,
            chain: ACCOUNT_CHAIN.to_owned(),
            number: position,
            position,
            leaf: leaf.to_vec(),
            link: link.to_vec(),
        });
        let establishment = establishment(context, account, incoming)?;
        let own = self.heads.get_mut(&(account, chain::establishment_chain(&establishment)))?;
        own.number += 1;
        let link = chain::link(account, &own.chain, own.number, &as_link(&own.link), &leaf);
        own.link = link.to_vec();
        rows.links.push(LinkRow {
            account,
            chain: own.chain.clone(),
            number: own.number,
            position,
            leaf: leaf.to_vec(),
            link: link.to_vec(),
        });
        Some(establishment)
    }

    /// Writes the heads of the establishments' chains.
    pub fn write(&self, inserts: &mut Inserts) -> Result<()> {
        let heads: Vec<ChainHead> = self.heads.values().cloned().collect();
        inserts.insert_many(
            "insert into chain_head (account, chain, number, link)",
            columns!(heads => account, chain, number, link),
            "on conflict (account, chain) do update set number = excluded.number, link = excluded.link",
        )
    }

    /// The signed heads of an account's chains that this group grew, the account's own first.
    pub fn signed(&self, shared: &Shared, head: &Head) -> Vec<SignedHead> {
        let key = shared.secrets.head_key(head.account);
        let own = SignedHead::sign(&key, head.account, ACCOUNT_CHAIN, head.entry, &as_link(&head.link));
        let mut signed: Vec<SignedHead> = self
            .heads
            .values()
            .filter(|other| other.account == head.account)
            .map(|other| {
                SignedHead::sign(&key, other.account, &other.chain, other.number, &as_link(&other.link))
            })
            .collect();
        signed.sort_by(|a, b| a.chain.cmp(&b.chain));
        signed.insert(0, own);
        signed
    }
}

/// The establishment for which this entry about working time counts; none for other entries.
fn establishment(context: &Context, account: i64, incoming: &Incoming) -> Option<String> {
    let content = incoming.content.as_ref().ok().filter(|content| content.kind.is_working_time())?;
    let employee: Option<Uuid> = content.entry.employee;
    context.object(account, model::Kind::Employee, employee)?.establishment.clone()
}

/// A stored link; a damaged one becomes the genesis link, which `campo verify` then finds.
pub fn as_link(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap_or(GENESIS)
}

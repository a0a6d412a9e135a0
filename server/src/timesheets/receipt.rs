//! The final receipt of an entry: with it alone, years later and without this server, anybody can tell that the entry
//! stood there.

use campo_protocol::{
    chain::{ACCOUNT_CHAIN, GENESIS, SignedHead},
    clock::OccurredKind,
    sync::{Outcome, Receipt},
    text::hex,
};
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{Allowed, permissions::ViewEntries},
    app::App,
    log::chains::as_link,
    problem::{Code, Result},
};

/// The receipt of an entry, with its place in each chain that it stands in. `campo verify --against` takes it as it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryReceipt {
    /// What was acknowledged, in a list as in the answers to phones
    pub receipts: Vec<Receipt>,
    /// Its links: the account's chain first, then that of the establishment for working time
    pub links: Vec<LinkShown>,
    /// The chains signed up to these links, and as they are now
    pub heads: Vec<SignedHead>,
}

/// A link of a chain. `leaf` is SHA-256(salt ‖ bytes of the entry); `link` is SHA-256 over `campo-link-1`, a zero byte,
/// the account (8 bytes, big endian), the length of the chain's name (8 bytes), the name, the number (8 bytes),
/// `previous` and `leaf`.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkShown {
    /// The chain
    pub chain: String,
    /// The number in it, without gaps
    pub number: i64,
    /// The link before, hexadecimal
    pub previous: String,
    /// The leaf, hexadecimal
    pub leaf: String,
    /// The link, hexadecimal
    pub link: String,
    /// The salt of the leaf, hexadecimal; absent when the entry was erased
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
}

#[derive(FromRow)]
struct EntryRow {
    position: i64,
    hash: Vec<u8>,
    occurred_us: i64,
    occurred_kind: String,
    outcome: String,
    reason: Option<String>,
    salt: Option<Vec<u8>>,
}

/// A link with the one before it, and the last one of its chain now.
#[derive(FromRow)]
struct LinkRow {
    chain: String,
    number: i64,
    leaf: Vec<u8>,
    link: Vec<u8>,
    previous: Option<Vec<u8>>,
    last_number: Option<i64>,
    last_link: Option<Vec<u8>>,
}

/// The receipt of an entry.
pub async fn receipt(app: &App, allowed: &Allowed<ViewEntries>, id: Uuid) -> Result<EntryReceipt> {
    let account = allowed.account();
    let mut tx = app.db.begin_snapshot().await?;
    let entry: Option<EntryRow> = tx
        .fetch_optional(
            "select e.position, e.hash, e.occurred_us, e.occurred_kind, e.outcome, e.reason, b.salt from entry e \
             left join entry_body b on b.account = e.account and b.position = e.position \
             where e.account = $1 and e.id = $2",
            (account, id),
        )
        .await?;
    let entry = entry.ok_or(Code::NotFound)?;
    // The number in the account's chain is the position: both parts are found by an index.
    let rows: Vec<LinkRow> = tx
        .fetch_all(
            "select l.chain, l.number, l.leaf, l.link, \
             (select p.link from chain_link p where p.account = l.account and p.chain = l.chain \
             and p.number = l.number - 1) as previous, h.entry as last_number, h.link as last_link \
             from chain_link l join account_head h on h.account = l.account \
             where l.account = $1 and l.chain = 'account' and l.number = $2 \
             union all select l.chain, l.number, l.leaf, l.link, \
             (select p.link from chain_link p where p.account = l.account and p.chain = l.chain \
             and p.number = l.number - 1) as previous, c.number as last_number, c.link as last_link \
             from chain_link l left join chain_head c on c.account = l.account and c.chain = l.chain \
             where l.account = $1 and l.position = $2 and l.chain <> 'account'",
            (account, entry.position),
        )
        .await?;
    tx.rollback().await;
    let salt = entry.salt.as_deref().map(hex);
    Ok(EntryReceipt {
        heads: heads(app, account, &rows),
        links: links(rows, salt.as_ref()),
        receipts: vec![Receipt {
            id,
            hash: hex(&entry.hash),
            position: entry.position,
            occurred_at_us: entry.occurred_us,
            occurred_kind: OccurredKind::from_name(&entry.occurred_kind),
            outcome: Outcome::from_name(&entry.outcome).unwrap_or(Outcome::SetAside),
            reason: entry.reason,
        }],
    })
}

fn links(mut rows: Vec<LinkRow>, salt: Option<&String>) -> Vec<LinkShown> {
    rows.sort_by(|a, b| (a.chain != ACCOUNT_CHAIN, &a.chain).cmp(&(b.chain != ACCOUNT_CHAIN, &b.chain)));
    rows.into_iter()
        .map(|row| LinkShown {
            previous: row.previous.as_deref().map_or_else(|| hex(&GENESIS), hex),
            leaf: hex(&row.leaf),
            link: hex(&row.link),
            salt: salt.cloned(),
            chain: row.chain,
            number: row.number,
        })
        .collect()
}

/// For each chain its head when it ended with the entry, and the one of now, where that is another.
fn heads(app: &App, account: i64, rows: &[LinkRow]) -> Vec<SignedHead> {
    let key = app.secrets.head_key(account);
    let sign =
        |chain: &str, number, link: &[u8]| SignedHead::sign(&key, account, chain, number, &as_link(link));
    rows.iter()
        .flat_map(|row| {
            let own = sign(&row.chain, row.number, &row.link);
            let last = row.last_number.zip(row.last_link.as_deref());
            let last = last.filter(|(number, _)| *number != row.number);
            [own].into_iter().chain(last.map(|(number, link)| sign(&row.chain, number, link)))
        })
        .collect()
}

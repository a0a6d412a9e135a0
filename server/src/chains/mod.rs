//! The heads of an account's chains, signed: whoever keeps them can later prove what the chains were.

mod routes;

pub use self::routes::routes;

use campo_protocol::chain::{ACCOUNT_CHAIN, SignedHead};

use crate::{
    access::{Allowed, permissions::ViewEntries},
    app::App,
    log::chains::as_link,
    problem::Result,
};

/// The signed heads of all chains, the account's own first. They are of one moment.
pub async fn heads(app: &App, allowed: &Allowed<ViewEntries>) -> Result<Vec<SignedHead>> {
    let account = allowed.account();
    let mut rows: Vec<(String, i64, Vec<u8>)> = app
        .db
        .fetch_all(
            "select cast('account' as text), h.entry, h.link from account_head h where h.account = $1 \
             union all select c.chain, c.number, c.link from chain_head c where c.account = $1",
            (account,),
        )
        .await?;
    rows.sort_by(|a, b| (a.0 != ACCOUNT_CHAIN, &a.0).cmp(&(b.0 != ACCOUNT_CHAIN, &b.0)));
    let key = app.secrets.head_key(account);
    let sign = |(chain, number, link): &(String, i64, Vec<u8>)| {
        SignedHead::sign(&key, account, chain, *number, &as_link(link))
    };
    Ok(rows.iter().map(sign).collect())
}

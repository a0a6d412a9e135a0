//! What somebody does who may write the database, but not sign.

use std::{future::Future, pin::Pin};

use campo_protocol::{
    chain::{self, ACCOUNT_CHAIN, GENESIS},
    entry,
};
use campo_server::database::Tx;

/// An open transaction on the rows of one account.
pub(super) struct Tamper {
    pub(super) tx: Tx,
    pub(super) account: i64,
}

type Done<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// One attack, and what must be found.
pub(super) struct Attack {
    pub(super) name: &'static str,
    pub(super) act: fn(&mut Tamper) -> Done<'_>,
    /// What is found within the database alone
    pub(super) alone: &'static [&'static str],
    /// What is found besides with what was kept
    pub(super) against: &'static [&'static str],
    /// Some places among those that are found
    pub(super) places: &'static [(&'static str, i64)],
}

const ESTABLISHMENT: &str = "establishment/LIMA-1";

macro_rules! attacks {
    ($($name:literal, |$tamper:ident| $act:block, $alone:expr, $against:expr, $places:expr;)*) => {
        &[$(Attack {
            name: $name,
            act: |$tamper| Box::pin(async move { $act }),
            alone: $alone,
            against: $against,
            places: $places,
        }),*]
    };
}

/// Attacks that leave the database in contradiction with itself.
pub(super) const ALTERED: &[Attack] = attacks! {
    "a changed byte", |tamper| {
        tamper.change_byte(60).await;
    }, &["HashWrong", "LeafWrong"], &[], &[("account", 60)];

    "a changed byte with its hash", |tamper| {
        tamper.change_byte(60).await;
        tamper.hash_anew(60).await;
    }, &["LeafWrong"], &["ReceiptContradicts"], &[("account", 60)];

    "a changed byte with its hash and leaf", |tamper| {
        tamper.change_byte(60).await;
        tamper.hash_anew(60).await;
        tamper.leaf_anew(60).await;
    }, &["LinkWrong"], &["ReceiptContradicts"], &[("account", 60)];

    "another salt", |tamper| {
        tamper.run("update entry_body set salt = (select b.salt from entry_body b where b.account = $1 and \
            b.position = 61) where account = $1 and position = 60").await;
    }, &["LeafWrong"], &[], &[("account", 60)];

    "two bodies swapped", |tamper| {
        tamper.swap_bodies(60, 61).await;
    }, &["ColumnWrong", "HashWrong", "LeafWrong"], &[], &[("account", 60), ("account", 61)];

    "two entries swapped with all that belongs to them", |tamper| {
        for sql in [
            "update entry set position = -position where account = $1 and position in (60, 61)",
            "update entry set position = 121 + position where account = $1 and position < 0",
            "update entry_body set position = -position where account = $1 and position in (60, 61)",
            "update entry_body set position = 121 + position where account = $1 and position < 0",
            "update chain_link set position = 121 - position where account = $1 and position in (60, 61)",
            "update chain_link set number = -number where account = $1 and chain = 'account' and number in (60, 61)",
            "update chain_link set number = 121 + number where account = $1 and chain = 'account' and number < 0",
        ] {
            tamper.run(sql).await;
        }
    }, &["LinkWrong"], &["ReceiptContradicts"], &[("account", 60), ("account", 61)];

    "an entry removed", |tamper| {
        tamper.run("delete from entry where account = $1 and position = 60").await;
    }, &["BytesStray", "EntryMissing"], &["ReceiptGone"], &[("account", 60)];

    "a body removed", |tamper| {
        tamper.run("delete from entry_body where account = $1 and position = 60").await;
    }, &["BytesMissing"], &[], &[("account", 60)];

    "a link removed", |tamper| {
        tamper.run("delete from chain_link where account = $1 and chain = 'account' and number = 60").await;
    }, &["LinkMissing", "LinkWrong"], &[], &[("account", 60)];

    "an entry removed with all that belongs to it", |tamper| {
        tamper.remove_from_account_chain(60, 60).await;
    }, &["EntryMissing", "LinkMissing", "LinkWrong"], &["ReceiptGone"], &[("account", 60)];

    "all links removed", |tamper| {
        tamper.run("delete from chain_link where account = $1").await;
    }, &["HeadNumber", "LinkMissing", "PunchMissing"], &["HeadGone"], &[("account", 1)];

    "an entry put in before the first", |tamper| {
        tamper.run("insert into entry (account, position, id, hash, kind, author, sequence, occurred_us, \
            occurred_kind, received_us, outcome, marks) select account, -1, author_id, hash, kind, author, sequence, \
            occurred_us, occurred_kind, received_us, outcome, marks from entry where account = $1 \
            and position = 61").await;
        tamper.run("insert into chain_link (account, chain, number, position, leaf, link) \
            select account, chain, 0, position, leaf, link from chain_link where account = $1 and number = 1 \
            and chain = 'account'").await;
        tamper.run("insert into chain_link (account, chain, number, position, leaf, link) \
            select account, chain, 0, position, leaf, link from chain_link where account = $1 and number = 1 \
            and chain <> 'account'").await;
    }, &["EntryStray", "LinkStray"], &[], &[("account", -1), ("account", 0), (ESTABLISHMENT, 0)];

    "a link far behind the last", |tamper| {
        tamper.run("insert into chain_link (account, chain, number, position, leaf, link) \
            select account, chain, 9000000000000000000, position, leaf, link from chain_link where account = $1 \
            and number = 1").await;
    }, &["EntryMissing", "HeadNumber", "LinkMissing", "LinkWrong", "Order", "PositionWrong"], &[], &[("account", 9_000_000_000_000_000_000)];

    "a column altered that people see", |tamper| {
        tamper.run("update entry set employee = id where account = $1 and position = 60").await;
    }, &["ColumnWrong"], &[], &[("account", 60)];

    "an instant altered that people see", |tamper| {
        tamper.run("update entry set occurred_us = occurred_us - 1, kind = 'form', task = id \
            where account = $1 and position = 60").await;
    }, &["ColumnWrong"], &["ReceiptContradicts"], &[("account", 60)];

    "a link that names another position", |tamper| {
        tamper.run("update chain_link set position = 61 where account = $1 and chain = 'account' \
            and number = 60").await;
    }, &["PositionWrong"], &[], &[("account", 60)];

    "the last hundred cut off", |tamper| {
        let last = tamper.last().await;
        tamper.remove_from_account_chain(last - 99, last).await;
    }, &["HeadNumber", "LeafDiffers", "NotOfEstablishment"], &["HeadGone", "ReceiptGone"], &[];

    "the head altered", |tamper| {
        tamper.run("update account_head set link = (select l.link from chain_link l where l.account = $1 \
            and l.chain = 'account' and l.number = 1) where account = $1").await;
    }, &["HeadLink"], &[], &[];

    "the head removed", |tamper| {
        tamper.run("delete from account_head where account = $1").await;
        tamper.run("delete from chain_head where account = $1").await;
    }, &["HeadNumber"], &[], &[("account", 0), (ESTABLISHMENT, 0)];

    "a punch taken from its establishment's chain", |tamper| {
        tamper.run("delete from chain_link where account = $1 and chain <> 'account' and number = 20").await;
    }, &["LinkMissing", "LinkWrong", "PunchMissing"], &[], &[(ESTABLISHMENT, 20)];

    "the last punch taken from its establishment's chain, and the head set back", |tamper| {
        tamper.run("delete from chain_link where account = $1 and chain <> 'account' and number = (select number \
            from chain_head h where h.account = $1)").await;
        tamper.run("update chain_head set number = number - 1, link = (select l.link from chain_link l \
            where l.account = $1 and l.chain = chain_head.chain and l.number = chain_head.number - 1) \
            where account = $1").await;
    }, &["PunchMissing"], &["HeadGone"], &[(ESTABLISHMENT, 0)];

    "a punch that counts for another establishment", |tamper| {
        tamper.run("update entry set establishment = 'CUSCO' where account = $1 and position = \
            (select l.position from chain_link l where l.account = $1 and l.chain <> 'account' and l.number = 20)").await;
    }, &["NotOfEstablishment", "PunchMissing"], &[], &[(ESTABLISHMENT, 20), ("establishment/CUSCO", 0)];

    "a punch that counts for none", |tamper| {
        tamper.run("update entry set establishment = null where account = $1 and position = \
            (select l.position from chain_link l where l.account = $1 and l.chain <> 'account' and l.number = 20)").await;
    }, &["NotOfEstablishment"], &[], &[(ESTABLISHMENT, 20)];

    "another leaf in the establishment's chain", |tamper| {
        tamper.run("update chain_link set leaf = link where account = $1 and chain <> 'account' and number = 20").await;
    }, &["LeafDiffers", "LinkWrong"], &[], &[(ESTABLISHMENT, 20)];
};

/// Attacks after which the database agrees with itself: whoever has nothing kept finds nothing.
pub(super) const MADE_ANEW: &[Attack] = attacks! {
    "a changed byte, and every chain made anew", |tamper| {
        tamper.change_byte(60).await;
        tamper.hash_anew(60).await;
        tamper.leaf_anew(60).await;
        tamper.chains_anew().await;
    }, &[], &["HeadContradicts", "ReceiptContradicts"], &[("account", 60)];

    "a link between altered, and every chain made anew", |tamper| {
        tamper.run("update entry_body set salt = (select b.salt from entry_body b where b.account = $1 and \
            b.position = 61) where account = $1 and position = 2").await;
        tamper.leaf_anew(2).await;
        tamper.chains_anew().await;
    }, &[], &["HeadContradicts"], &[];

    "the last hundred cut off, and the heads set back", |tamper| {
        let last = tamper.last().await;
        tamper.remove_from_account_chain(last - 99, last).await;
        tamper.run("delete from chain_link where account = $1 and chain <> 'account' and position > \
            (select max(e.position) from entry e where e.account = $1)").await;
        tamper.chains_anew().await;
    }, &[], &["HeadGone", "ReceiptGone"], &[];

    "the first entry removed, and every chain made anew", |tamper| {
        tamper.remove_from_account_chain(1, 1).await;
        for sql in [
            "update entry set position = -position where account = $1",
            "update entry set position = -position - 1 where account = $1",
            "update entry_body set position = -position where account = $1",
            "update entry_body set position = -position - 1 where account = $1",
            "update chain_link set number = -number where account = $1 and chain = 'account'",
            "update chain_link set number = -number - 1 where account = $1 and chain = 'account'",
            "update chain_link set position = position - 1 where account = $1",
        ] {
            tamper.run(sql).await;
        }
        tamper.chains_anew().await;
    }, &[], &["HeadContradicts", "HeadGone", "ReceiptContradicts"], &[];
};

impl Tamper {
    /// Runs a statement that must do something.
    async fn run(&mut self, sql: &'static str) {
        assert_ne!(self.tx.execute(sql, (self.account,)).await.unwrap(), 0, "{sql}");
    }

    async fn last(&mut self) -> i64 {
        let sql = "select max(position) from entry where account = $1";
        self.tx.fetch_one::<(i64,)>(sql, (self.account,)).await.unwrap().0
    }

    async fn body(&mut self, position: i64) -> (Vec<u8>, Vec<u8>) {
        let sql = "select salt, bytes from entry_body where account = $1 and position = $2";
        self.tx.fetch_one(sql, (self.account, position)).await.unwrap()
    }

    async fn set_body(&mut self, position: i64, (salt, bytes): (Vec<u8>, Vec<u8>)) {
        let sql = "update entry_body set salt = $3, bytes = $4 where account = $1 and position = $2";
        assert_eq!(self.tx.execute(sql, (self.account, position, salt, bytes)).await.unwrap(), 1);
    }

    /// Moves the wall clock that an entry names by some seconds.
    async fn change_byte(&mut self, position: i64) {
        let (salt, bytes) = self.body(position).await;
        let mut text = String::from_utf8(bytes).unwrap();
        let place = text.find(r#""wall_us":"#).unwrap() + 17;
        let digit = if text.as_bytes()[place] == b'5' { "6" } else { "5" };
        text.replace_range(place..=place, digit);
        self.set_body(position, (salt, text.into_bytes())).await;
    }

    async fn swap_bodies(&mut self, one: i64, other: i64) {
        let (first, second) = (self.body(one).await, self.body(other).await);
        self.set_body(one, second).await;
        self.set_body(other, first).await;
    }

    async fn hash_anew(&mut self, position: i64) {
        let (_, bytes) = self.body(position).await;
        let sql = "update entry set hash = $3 where account = $1 and position = $2";
        let hash = entry::hash(&bytes).to_vec();
        assert_eq!(self.tx.execute(sql, (self.account, position, hash)).await.unwrap(), 1);
    }

    /// In every chain in which the entry stands.
    async fn leaf_anew(&mut self, position: i64) {
        let (salt, bytes) = self.body(position).await;
        let sql = "update chain_link set leaf = $3 where account = $1 and position = $2";
        let leaf = chain::leaf(&salt, &bytes).to_vec();
        assert_ne!(self.tx.execute(sql, (self.account, position, leaf)).await.unwrap(), 0);
    }

    async fn remove_from_account_chain(&mut self, from: i64, to: i64) {
        for sql in [
            "delete from entry where account = $1 and position between $2 and $3",
            "delete from entry_body where account = $1 and position between $2 and $3",
            "delete from chain_link where account = $1 and chain = 'account' and number between $2 and $3",
        ] {
            let removed = self.tx.execute(sql, (self.account, from, to)).await.unwrap();
            assert_eq!(removed as i64, to - from + 1, "{sql}");
        }
    }

    /// Links every chain anew over the leaves as they are now, and sets the heads.
    async fn chains_anew(&mut self) {
        for name in [ACCOUNT_CHAIN, ESTABLISHMENT] {
            let sql = "select number, leaf from chain_link where account = $1 and chain = $2 order by number";
            let leaves: Vec<(i64, Vec<u8>)> = self.tx.fetch_all(sql, (self.account, name)).await.unwrap();
            let (mut link, mut last) = (GENESIS, 0);
            for (number, leaf) in leaves {
                link = chain::link(self.account, name, number, &link, &leaf.try_into().unwrap());
                last = number;
                let sql = "update chain_link set link = $4 where account = $1 and chain = $2 and number = $3";
                self.tx.execute(sql, (self.account, name, number, link.to_vec())).await.unwrap();
            }
            let sql = "update chain_head set number = $3, link = $4 where account = $1 and chain = $2";
            self.tx.execute(sql, (self.account, name, last, link.to_vec())).await.unwrap();
            if name == ACCOUNT_CHAIN {
                let sql = "update account_head set entry = $2, link = $3 where account = $1";
                self.tx.execute(sql, (self.account, last, link.to_vec())).await.unwrap();
            }
        }
    }
}

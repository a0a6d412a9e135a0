//! What can be found.

use std::fmt;

use campo_protocol::{chain::ACCOUNT_CHAIN, sync::Receipt};
use uuid::Uuid;

/// One place where a chain, or what stands in it, is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The account, 0 for a kept receipt that is of no account
    pub account: i64,
    /// The chain
    pub chain: String,
    /// The number in the chain; in the account's chain it is the entry's position. 0 where no number fits
    pub number: i64,
    /// What is wrong there
    pub what: What,
}

/// What is wrong, with what was found and expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The chain has no link from this number on, although there are later ones, or entries
    LinkMissing {
        /// The last number that is missing
        until: i64,
    },
    /// There is a link before the beginning of the chain
    LinkStray,
    /// The link is not made from the one before it and its leaf
    LinkWrong,
    /// The leaf is not made from salt and bytes
    LeafWrong,
    /// There is no entry from this position on, although there are later ones, or links
    EntryMissing {
        /// The last position where there is none
        until: i64,
    },
    /// There is an entry before the first position
    EntryStray,
    /// There are bytes of no entry
    BytesStray,
    /// The entry's hash is not that of its bytes
    HashWrong,
    /// The bytes are gone, and no `erased` entry names them
    BytesMissing,
    /// A column says something else than the bytes from which it was extracted
    ColumnWrong {
        /// The column
        column: &'static str,
        /// What the column says
        found: String,
        /// What the bytes say
        expected: String,
    },
    /// The account's link of this number stands at another position
    PositionWrong {
        /// The position it names
        found: i64,
    },
    /// The head in the database is another number than the last link
    HeadNumber {
        /// The head's number
        head: i64,
        /// The last link's
        last: i64,
    },
    /// The head in the database is another link than the last one
    HeadLink,
    /// The chain of an establishment holds an entry that does not count for it
    NotOfEstablishment {
        /// The entry's position
        position: i64,
    },
    /// The leaf is another one than the same entry has in the account's chain
    LeafDiffers {
        /// The entry's position
        position: i64,
    },
    /// The chain of an establishment is not in the order of positions, or holds an entry twice
    Order {
        /// The entry's position
        position: i64,
    },
    /// A punch is not in the chain of its establishment
    PunchMissing {
        /// The entry's position
        position: i64,
    },
    /// A kept head is not what it says it is: its signature does not fit
    HeadForged,
    /// A kept head is signed by another key than this server's for the account
    HeadOfOtherKey {
        /// The key that signed it
        found: String,
        /// This server's
        expected: String,
    },
    /// The chain has no link of the kept head's number: it was cut off since
    HeadGone,
    /// The link is not the one that the kept head names: the chain was made anew since
    HeadContradicts {
        /// The link in the database
        found: String,
        /// The link that was kept
        expected: String,
    },
    /// A kept receipt names an entry that is not there
    ReceiptGone {
        /// The entry
        id: Uuid,
    },
    /// The entry is not as its kept receipt says
    ReceiptContradicts {
        /// The entry
        id: Uuid,
        /// What of it
        field: &'static str,
        /// In the database
        found: String,
        /// In the receipt
        expected: String,
    },
}

impl Finding {
    pub(super) fn of_lost_receipt(account: i64, receipt: &Receipt) -> Self {
        let what = What::ReceiptGone { id: receipt.id };
        Self { account, chain: ACCOUNT_CHAIN.to_owned(), number: receipt.position, what }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, chain, number, what } = self;
        write!(f, "account {account}, chain `{chain}`, number {number}: {what}")
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LinkMissing { until } => write!(f, "links are missing up to number {until}"),
            Self::LinkStray => f.write_str("there is a link before the beginning of the chain"),
            Self::LinkWrong => f.write_str("the link does not follow from the one before it and its leaf"),
            Self::LeafWrong => f.write_str("the leaf is not that of the stored bytes"),
            Self::EntryMissing { until } => write!(f, "entries are missing up to position {until}"),
            Self::EntryStray => f.write_str("there is an entry before the first position"),
            Self::BytesStray => f.write_str("there are bytes that are no entry's"),
            Self::HashWrong => f.write_str("the hash is not that of the stored bytes"),
            Self::BytesMissing => {
                f.write_str("the bytes are missing, and no entry says that they were erased")
            }
            Self::ColumnWrong { column, found, expected } => {
                write!(f, "the column `{column}` is `{found}`, the bytes say `{expected}`")
            }
            Self::PositionWrong { found } => write!(f, "the link names position {found}"),
            Self::HeadNumber { head, last } => {
                write!(f, "the head in the database is number {head}, the last link is number {last}")
            }
            Self::HeadLink => f.write_str("the head in the database is not the last link"),
            Self::NotOfEstablishment { position } => {
                write!(f, "the entry at position {position} does not count for this establishment")
            }
            Self::LeafDiffers { position } => {
                write!(f, "the leaf is not the one that position {position} has in the account's chain")
            }
            Self::Order { position } => write!(f, "position {position} does not follow the one before it"),
            Self::PunchMissing { position } => {
                write!(f, "the punch at position {position} is not in the chain")
            }
            Self::HeadForged => f.write_str("the signature of the kept head is not genuine"),
            Self::HeadOfOtherKey { found, expected } => {
                write!(f, "the kept head is signed by the key {found}, this server's is {expected}")
            }
            Self::HeadGone => f.write_str("the link of the kept head is not there"),
            Self::HeadContradicts { found, expected } => {
                write!(f, "the link is {found}, the kept head says {expected}")
            }
            Self::ReceiptGone { id } => write!(f, "the entry {id} of a kept receipt is not there"),
            Self::ReceiptContradicts { id, field, found, expected } => {
                write!(f, "the entry {id} has {field} `{found}`, its kept receipt says `{expected}`")
            }
        }
    }
}

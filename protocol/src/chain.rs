//! Chains: links over entries by which anyone who kept one signed head finds what was altered, removed, inserted,
//! cut off or made anew.
//!
//! A leaf is SHA-256(salt ‖ bytes), so that bytes and salt can be erased later while the leaf stays. A link is
//! SHA-256 over a domain tag, the account, the chain, the number, the link before and the leaf.

use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::text::{hex, unhex};

/// The name of the chain that holds every entry of an account.
pub const ACCOUNT_CHAIN: &str = "account";
/// The link before the first one.
pub const GENESIS: [u8; 32] = [0; 32];
/// Length of a salt in bytes.
pub const SALT_BYTES: usize = 16;

/// The chain of the punches of one establishment of the employer.
pub fn establishment_chain(establishment: &str) -> String {
    format!("establishment/{establishment}")
}

/// The leaf of an entry.
pub fn leaf(salt: &[u8], bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(bytes).finalize().into()
}

/// The link with `number` (the first is 1) of a chain.
pub fn link(account: i64, chain: &str, number: i64, previous: &[u8; 32], leaf: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"campo-link-1\0")
        .chain_update(account.to_be_bytes())
        .chain_update((chain.len() as u64).to_be_bytes())
        .chain_update(chain.as_bytes())
        .chain_update(number.to_be_bytes())
        .chain_update(previous)
        .chain_update(leaf)
        .finalize()
        .into()
}

/// The head of a chain, signed by the server: whoever keeps it can later prove what the chain was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedHead {
    /// The account
    pub account: i64,
    /// The chain: `account`, or `establishment/` and its code
    pub chain: String,
    /// How many links the chain had
    pub number: i64,
    /// The last link, hexadecimal
    pub link: String,
    /// Ed25519 public key, hexadecimal
    pub key: String,
    /// Ed25519 signature over account, chain, number and link, hexadecimal
    pub signature: String,
}

impl SignedHead {
    /// Signs the head of a chain. The same head always gets the same signature (RFC 8032).
    pub fn sign(key: &SigningKey, account: i64, chain: &str, number: i64, link: &[u8; 32]) -> Self {
        let link = hex(link);
        let signature = key.sign(&message(account, chain, number, &link));
        Self {
            account,
            chain: chain.to_owned(),
            number,
            link,
            key: hex(key.verifying_key().as_bytes()),
            signature: hex(&signature.to_bytes()),
        }
    }

    /// True when the signature is that of the key it names.
    pub fn is_genuine(&self) -> bool {
        let check = || {
            let key = VerifyingKey::from_bytes(&unhex(&self.key)?.try_into().ok()?).ok()?;
            let signature = Signature::from_bytes(&unhex(&self.signature)?.try_into().ok()?);
            key.verify(&message(self.account, &self.chain, self.number, &self.link), &signature).ok()
        };
        check().is_some()
    }
}

fn message(account: i64, chain: &str, number: i64, link: &str) -> Vec<u8> {
    format!("campo-head-1\n{account}\n{number}\n{link}\n{chain}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_genuine_until_anything_in_it_changes() {
        let head = SignedHead::sign(&SigningKey::from_bytes(&[7; 32]), 1, ACCOUNT_CHAIN, 2, &[9; 32]);
        assert!(head.is_genuine());
        for forged in [
            SignedHead { account: 2, ..head.clone() },
            SignedHead { chain: establishment_chain("1"), ..head.clone() },
            SignedHead { number: 3, ..head.clone() },
            SignedHead { link: hex(&[8; 32]), ..head.clone() },
            SignedHead { key: hex(&[1; 32]), ..head.clone() },
            SignedHead { signature: "x".to_owned(), ..head.clone() },
        ] {
            assert!(!forged.is_genuine(), "{forged:?}");
        }
    }

    #[test]
    fn a_link_depends_on_all_that_it_covers() {
        let base = link(1, "a", 1, &GENESIS, &[1; 32]);
        for other in [
            link(2, "a", 1, &GENESIS, &[1; 32]),
            link(1, "b", 1, &GENESIS, &[1; 32]),
            link(1, "a", 2, &GENESIS, &[1; 32]),
            link(1, "a", 1, &[2; 32], &[1; 32]),
            link(1, "a", 1, &GENESIS, &[2; 32]),
        ] {
            assert_ne!(base, other);
        }
    }
}

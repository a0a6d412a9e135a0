//! Bearer secrets as their holders send them: `campo_<account>_<holder and id>_<secret>`.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::{Secrets, same};
use crate::environment::Environment;

/// How many of the 32 bytes of a secret are random; those behind them are a keyed check of what is before.
const RANDOM_BYTES: usize = 26;

/// Who holds a bearer secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A customer's system; the id is the key's
    Key,
    /// A person at the console; the id is the session's
    Session,
    /// A phone; the id is the installation's
    Installation,
    /// A program at a customer's site; the id is the agent's
    Agent,
    /// Whoever reads a mail; the id is the link's in it. It is no bearer secret of requests
    Link,
}

impl Holder {
    const ALL: [Self; 5] = [Self::Key, Self::Session, Self::Installation, Self::Agent, Self::Link];

    const fn letter(self) -> char {
        match self {
            Self::Key => 'k',
            Self::Session => 's',
            Self::Installation => 'i',
            Self::Agent => 'a',
            Self::Link => 'l',
        }
    }
}

/// A bearer secret taken apart. It names its account, so that whoever checks it knows where to look.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The account
    pub account: i64,
    /// What the id names
    pub holder: Holder,
    /// The key, session, installation, agent or link
    pub id: Uuid,
    /// 32 bytes in base64url: 43 characters. Those of agents, and of releases before the check, are random all
    pub secret: String,
}

impl Bearer {
    /// A new secret for the holder with this id. Shown once; tables keep [`super::Secrets::token_hash`] of
    /// [`Self::secret`].
    pub fn new(account: i64, holder: Holder, id: Uuid, secrets: &Secrets, environment: &Environment) -> Self {
        let mut bearer = Self { account, holder, id, secret: String::new() };
        let random = environment.random::<RANDOM_BYTES>();
        let check = bearer.check(&random, secrets);
        bearer.secret = URL_SAFE_NO_PAD.encode([&random[..], &check[..32 - RANDOM_BYTES]].concat());
        bearer
    }

    /// True when this server made it for this account, holder and id, whether or not it still holds. False for one that
    /// somebody made up, and for one that has no check.
    pub fn is_checked(&self, secrets: &Secrets) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(&self.secret) else { return false };
        let Some((random, check)) = bytes.split_at_checked(RANDOM_BYTES) else { return false };
        same(&self.check(random, secrets)[..32 - RANDOM_BYTES], check)
    }

    fn check(&self, random: &[u8], secrets: &Secrets) -> [u8; 32] {
        let named = format!("{}_{}{}_", self.account, self.holder.letter(), self.id.simple());
        secrets.bearer_check(&[named.as_bytes(), random].concat())
    }

    /// The secret of the link with this id, see [`super::Secrets::link_secret`].
    pub fn of_link(account: i64, id: Uuid, secrets: &Secrets) -> Self {
        let secret = URL_SAFE_NO_PAD.encode(secrets.link_secret(id));
        Self { account, holder: Holder::Link, id, secret }
    }

    /// The text that the holder sends.
    pub fn format(&self) -> String {
        format!("campo_{}_{}{}_{}", self.account, self.holder.letter(), self.id.simple(), self.secret)
    }

    /// Takes apart what a holder sent; `None` for anything that [`Self::format`] would not have written.
    pub fn parse(text: &str) -> Option<Self> {
        let (account, rest) = text.strip_prefix("campo_")?.split_once('_')?;
        let (holder_and_id, secret) = rest.split_once('_')?;
        let holder = Holder::ALL.into_iter().find(|holder| holder_and_id.starts_with(holder.letter()))?;
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
        let bearer = Self {
            account: account.parse().ok().filter(|account| *account > 0)?,
            holder,
            id: Uuid::try_parse(&holder_and_id[1..]).ok()?,
            secret: URL_SAFE_NO_PAD.encode(bytes),
        };
        // One secret has one text: no leading zeros, capitals or hyphens that would pass a list of blocked texts.
        (bearer.format() == text).then_some(bearer)
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "campo_{}_{}{}_***", self.account, self.holder.letter(), self.id.simple())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::{super::MasterKey, *};

    fn secrets(byte: u8) -> Secrets {
        Secrets::new(MasterKey(Zeroizing::new([byte; 32])))
    }

    fn bearer(holder: Holder) -> Bearer {
        Bearer::new(12, holder, Uuid::from_u128(7), &secrets(1), &Environment::seeded(1, 0))
    }

    #[test]
    fn a_server_knows_the_bearers_that_it_made_and_no_others() {
        let made = bearer(Holder::Key);
        assert!(made.is_checked(&secrets(1)));
        assert!(!made.is_checked(&secrets(2)), "of another server");
        let random = URL_SAFE_NO_PAD.encode(Environment::seeded(2, 0).random::<32>());
        let mut altered = made.secret.clone();
        altered.replace_range(..1, if altered.starts_with('A') { "B" } else { "A" });
        for other in [
            Bearer { account: 13, ..made.clone() },
            Bearer { holder: Holder::Session, ..made.clone() },
            Bearer { id: Uuid::from_u128(8), ..made.clone() },
            Bearer { secret: altered, ..made.clone() },
            Bearer { secret: random, ..made.clone() },
            Bearer { secret: String::new(), ..made.clone() },
        ] {
            assert!(!other.is_checked(&secrets(1)), "{other:?}");
        }
    }

    #[test]
    fn a_bearer_is_read_back_from_its_text() {
        for holder in Holder::ALL {
            let text = bearer(holder).format();
            assert_eq!(Bearer::parse(&text), Some(bearer(holder)), "{text}");
        }
    }

    #[test]
    fn what_was_not_written_so_is_no_bearer() {
        let good = bearer(Holder::Key).format();
        let secret = bearer(Holder::Key).secret;
        assert_eq!(secret.len(), 43);
        for (from, to) in [
            ("campo_", "Campo_"),
            ("_12_", "_012_"),
            ("_12_", "_+12_"),
            ("_12_", "_0_"),
            ("_12_", "_-12_"),
            ("_12_", "_99999999999999999999_"),
            ("_12_", "_"),
            ("_k0", "_x0"),
            ("_k0", "_ñ0"),
            ("_k0000", "_k000"),
            ("_k00000000", "_k00000000-"),
            (secret.as_str(), ""),
            (secret.as_str(), &secret[1..]),
            (secret.as_str(), &format!("{secret}=")),
            (&secret[..1], "+"),
        ] {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good, "{from} is in it");
            assert_eq!(Bearer::parse(&text), None, "{text}");
        }
        assert_eq!(Bearer::parse(&format!("{good} ")), None);
    }

    #[test]
    fn a_bearer_in_a_log_does_not_show_its_secret() {
        let bearer = bearer(Holder::Installation);
        assert!(!format!("{bearer:?}").contains(&bearer.secret));
    }

    proptest! {
        #[test]
        fn any_text_is_either_a_bearer_of_that_text_or_none(text in "(campo_[0-9]{1,20}_[ksia][0-9a-f]{32}_[A-Za-z0-9_-]{43})|\\PC*") {
            if let Some(bearer) = Bearer::parse(&text) {
                prop_assert_eq!(bearer.format(), text);
            }
        }
    }
}

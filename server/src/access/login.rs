//! The names under which people and systems log in: the one table outside the accounts.
//!
//! A name is unique for each host name of this server; now there is one, `""`. Whoever asks for a taken name is told
//! so, and never whose it is.

use campo_protocol::faults::Faults;
use uuid::Uuid;

use crate::{
    database::Tx,
    problem::{Code, Problem, Result},
};

/// The most characters of a name.
const MAX_NAME: usize = 100;

/// What logs in under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginHolder {
    /// A person at the console
    User,
    /// A key, for SOAP and FTP
    Key,
    /// A log-in of a key to exchange files
    KeyLogin,
}

impl LoginHolder {
    const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Key => "key",
            Self::KeyLogin => "key_login",
        }
    }
}

/// A name as tables hold it: people write theirs with and without capitals.
pub fn login_name(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Names what is wrong with a name at `field`.
pub fn check(field: &str, name: &str, faults: &mut Faults) {
    faults.check_required_text(field, name, MAX_NAME);
    if name.trim().chars().any(|c| c.is_whitespace() || c.is_control()) {
        faults.add(field, "invalid_value", name, "a name without spaces");
    }
}

/// Gives `holder_id` this name and takes its former one away. [`Code::AlreadyExists`] when it is taken.
pub async fn set(tx: &mut Tx, account: i64, holder: LoginHolder, holder_id: Uuid, name: &str) -> Result<()> {
    remove(tx, account, holder, holder_id).await?;
    let set = tx
        .execute(
            "insert into login (host, name, account, holder, holder_id) values ('', $1, $2, $3, $4) \
             on conflict (host, name) do nothing",
            (name, account, holder.name(), holder_id),
        )
        .await?;
    if set == 1 {
        Ok(())
    } else {
        Err(Problem::new(Code::AlreadyExists).with("field", "/login").with("value", name))
    }
}

/// Takes the name of `holder_id` away.
pub async fn remove(tx: &mut Tx, account: i64, holder: LoginHolder, holder_id: Uuid) -> Result<()> {
    tx.execute(
        "delete from login where account = $1 and holder = $2 and holder_id = $3",
        (account, holder.name(), holder_id),
    )
    .await?;
    Ok(())
}

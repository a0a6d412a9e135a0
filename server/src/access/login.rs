//! The names under which people and systems log in: the one table outside the accounts.
//!
//! A name is unique in its account. Several accounts may have the same one, so that nobody learns from a refusal who else
//! uses this server: the first has it with the empty host, the others with their id in its place. The password, which
//! each of them is asked for, says who is meant; all take the same time, however many there are.

use campo_protocol::{
    faults::Faults,
    text::{is_invisible, tidy},
};
use uuid::Uuid;

use crate::{
    app::App,
    database::Tx,
    problem::{Code, Problem, Result},
    secrets::{NOBODY, Secret, verify_password},
};

/// The most characters of a name.
const MAX_NAME: usize = 100;
/// How many accounts may have the same name. So many passwords are tried at each log-in, of nobody where they are fewer.
pub const HOLDERS: usize = 3;

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

/// A name as tables hold it, [tidied](tidy): people write theirs with and without capitals.
pub fn login_name(text: &str) -> String {
    tidy(&text.to_lowercase())
}

/// Of whom this is the password, by the hashes of those who have a name, in their order; never of somebody without one.
/// As many are tried as there can be, so that nobody learns from the time how many there are.
pub async fn whose_password(app: &App, given: &Secret, hashes: Vec<Option<String>>) -> Result<Vec<bool>> {
    let count = hashes.len();
    let (given, mut tried) = (given.clone(), hashes);
    tried.resize(count.max(HOLDERS), None);
    let verify = move || {
        let of = |hash: Option<String>| {
            let is_right = verify_password(given.reveal(), hash.as_deref().unwrap_or(NOBODY));
            is_right && hash.is_some()
        };
        tried.into_iter().map(of).collect::<Vec<_>>()
    };
    let mut right = app.guards.hash(verify).await?;
    right.truncate(count);
    Ok(right)
}

/// Names what is wrong with a name at `field`.
pub fn check(field: &str, name: &str, faults: &mut Faults) {
    faults.check_required_text(field, name, MAX_NAME);
    if tidy(name).chars().any(|c| c.is_whitespace() || is_invisible(c)) {
        faults.add(field, "invalid_value", name, "a name without spaces");
    }
}

/// Gives `holder_id` this name and takes its former one away. [`Code::AlreadyExists`] when it is taken in this account, or
/// by [`HOLDERS`] others.
pub async fn set(tx: &mut Tx, account: i64, holder: LoginHolder, holder_id: Uuid, name: &str) -> Result<()> {
    remove(tx, account, holder, holder_id).await?;
    let (all, own): (i64, i64) = tx
        .fetch_one(
            "select count(*), count(case when account = $2 then 1 end) from login where name = $1",
            (name, account),
        )
        .await?;
    if own == 0 && all < HOLDERS as i64 {
        for host in [String::new(), account.to_string()] {
            let set = tx
                .execute(
                    "insert into login (host, name, account, holder, holder_id) values ($5, $1, $2, $3, $4) \
                     on conflict (host, name) do nothing",
                    (name, account, holder.name(), holder_id, host),
                )
                .await?;
            if set == 1 {
                return Ok(());
            }
        }
    }
    Err(Problem::new(Code::AlreadyExists).with("field", "/login").with("value", name))
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

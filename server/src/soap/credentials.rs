//! Who calls: a name and a password in the request, or a token of WS-Security.

use std::net::IpAddr;

use campo_protocol::entry::hash;
use campo_soap::{
    security::{MAX_AGE_S, Password, Security, UsernameToken},
    xml::Element,
};

use super::{answer::Refused, describe::ResultCode};
use crate::{
    access::{Caller, login::login_name, tries::Try},
    app::App,
    keys::{
        key::TokenRule,
        password::{self, KnownLogin},
    },
    problem::{Problem, Result},
    scheduler::Class,
    secrets::same,
};

/// How long a nonce is remembered: for as long as a digest with it would count, on either side of now.
const REMEMBERED_US: i64 = 2 * MAX_AGE_S * 1_000_000;

/// What the body says of who calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    name: Option<&'a str>,
    password: Option<&'a str>,
}

impl<'a> Given<'a> {
    /// The texts of two elements, as they were sent.
    pub(super) fn of(element: &'a Element, name: &str, password: &str) -> Self {
        Self { name: element.child_text(name), password: element.child_text(password) }
    }
}

/// The caller, if name and password are right from this address. A wrong name, a wrong password, a wrong address, a
/// token that was used before and one that the key does not take are answered alike.
pub(super) async fn caller(
    app: &App,
    address: Option<IpAddr>,
    given: Given<'_>,
    security: Option<&Security>,
) -> Result<Caller, Refused> {
    let token = security.and_then(|security| security.token.as_ref());
    let name = token.map(|token| token.username.as_str()).or(given.name);
    let name = login_name(name.unwrap_or_default());
    let mut tries = Try::begin(app);
    tries.count_log_in(&name, address, password::CALLED_FROM).await.map_err(too_many)?;
    let timely = security.is_none_or(|security| security.is_timely(app.environment.now_us()));
    for known in password::find(app, &name, address).await? {
        let right = if let Some(token) = token {
            timely && known.token_rule != TokenRule::Off && is_right(app, &known, token).await?
        } else {
            let secret = known.password.reveal().as_bytes();
            let given = given.password.is_some_and(|given| same(given.as_bytes(), secret));
            timely && given && known.token_rule != TokenRule::Required
        };
        if right {
            tries.right();
            password::note_call(app, &known, address).await?;
            return Ok(known.caller);
        }
    }
    tries.wrong().await;
    Err(wrong())
}

/// Whether a token proves its holder. A digest counts once: its nonce is remembered when it is known to be right, and
/// before any work is done.
async fn is_right(app: &App, known: &KnownLogin, token: &UsernameToken) -> Result<bool> {
    if token.verify(known.password.reveal(), app.environment.now_us()).is_err() {
        return Ok(false);
    }
    if matches!(token.password, Password::Text(_)) {
        return Ok(true);
    }
    let (account, now_us) = (known.caller.account, app.environment.now_us());
    let key = known.caller.principal.id().unwrap_or_default();
    let created = token.created.as_deref().unwrap_or_default();
    let used = hash(&[token.nonce.as_deref().unwrap_or_default(), created.as_bytes()].concat());
    let mut transaction = app.log.begin_beside(account, Class::Office).await?;
    let tx = transaction.tx();
    tx.execute(
        "delete from nonce where account = $1 and key = $2 and used_us < $3",
        (account, key, now_us - REMEMBERED_US),
    )
    .await?;
    let remembered = tx
        .execute(
            "insert into nonce (account, key, hash, used_us) values ($1, $2, $3, $4) \
             on conflict (account, key, hash) do nothing",
            (account, key, used.to_vec(), now_us),
        )
        .await?;
    transaction.commit().await?;
    Ok(remembered == 1)
}

fn wrong() -> Refused {
    Refused::because(ResultCode::InvalidUserNameOrPasswordOrIPAddress, "credentials", "")
}

fn too_many(problem: Problem) -> Refused {
    Refused::of(ResultCode::InvalidUserNameOrPasswordOrIPAddress, problem)
}

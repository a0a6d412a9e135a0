//! Passwords of users: given or made, set by those who manage users, changed by oneself.

use campo_protocol::{faults::Faults, model::Ref};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::user::{end_sessions, locked};
use crate::{
    access::{Allowed, OwnSession, Principal, login::login_name, permissions::ManageUsers, tries::Try},
    app::App,
    environment::Environment,
    keys::bounds,
    log::write::Write,
    mail::{self, Purpose},
    problem::{Code, Problem, Result},
    scheduler::Class,
    secrets::{NOBODY, Secret, hash_password, is_weak_password, readable_secret, verify_password},
};

/// The fewest and the most characters of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=200;
/// The characters of a password made here, each of five random bits
const MADE: usize = 20;

/// A password that somebody sets for a user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordGiven {
    /// The new password; one is made where none is given
    #[serde(default)]
    pub password: Option<Secret>,
}

/// What became of a password.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordSet {
    /// The password, where it was made here: it is shown this once
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// A change of one's own password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password now
    pub current: Secret,
    /// The password from now on
    pub password: Secret,
}

/// Takes the password out of a document, so that nothing that handles the rest can show it.
pub(super) fn take(document: &mut Value) -> Result<Option<Secret>> {
    match document.as_object_mut().and_then(|members| members.remove("password")) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(password)) => Ok(Some(Secret::new(password))),
        Some(_) => {
            let mut faults = Faults::default();
            faults.add("/password", "wrong_type", "", "text");
            Err(faults.into())
        }
    }
}

/// A password that is easy to read and type, with 100 random bits.
pub fn generate(environment: &Environment) -> Secret {
    readable_secret::<MADE>(environment)
}

/// The password for a user who logs in as `login`, its hash, and whether it was made here because none was given.
pub(super) async fn new(app: &App, given: Option<&Secret>, login: &str) -> Result<(Secret, String, bool)> {
    let password = match given {
        Some(password) => {
            check(password, login)?;
            password.clone()
        }
        None => generate(&app.environment),
    };
    let (to_hash, environment) = (password.clone(), app.environment.clone());
    let hash = app.guards.hash(move || hash_password(to_hash.reveal(), &environment)).await??;
    Ok((password, hash, given.is_none()))
}

/// Refuses passwords that are guessed first. What was found is not repeated.
fn check(password: &Secret, login: &str) -> Result<()> {
    let mut faults = Faults::default();
    if !LENGTH.contains(&password.reveal().chars().count()) {
        let (least, most) = LENGTH.into_inner();
        faults.add("/password", "out_of_range", "", format!("{least} to {most} characters"));
    }
    if login_name(password.reveal()) == login {
        faults.add("/password", "invalid_value", "", "something else than the name to log in with");
    }
    if faults.is_empty() && is_weak_password(password.reveal(), &[login]) {
        faults.add(
            "/password",
            "invalid_value",
            "",
            "a password that is not among the first that are guessed",
        );
    }
    Ok(faults.into_result()?)
}

/// Sets the password of a user who holds nothing that the caller does not hold, and ends the user's sessions.
pub async fn set(
    app: &App,
    allowed: &Allowed<ManageUsers>,
    which: &Ref,
    given: &PasswordGiven,
) -> Result<PasswordSet> {
    let user = super::user::get(app, allowed, which).await?.1;
    let (password, hash, made) = new(app, given.password.as_ref(), &user.draft.login).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    bounds::must_be_unbound(&mut write, allowed).await?;
    let user = locked(app, &mut write, allowed, &Ref::Id(user.id)).await?;
    let by_another = allowed.principal() != Principal::User(user.id);
    store(&mut write, user.id, &hash, by_another).await?;
    write.commit().await?;
    Ok(PasswordSet { password: made.then(|| password.reveal().to_owned()) })
}

/// Refuses whoever does not know the password of their own session; tries are counted as those to log in are. What is
/// stored of it, and the name to log in with.
pub(super) async fn check_own(app: &App, own: &OwnSession, current: &Secret) -> Result<(String, String)> {
    let (account, user) = (own.caller.account, own.user);
    let row: Option<(String, String)> = app
        .db
        .fetch_optional(
            "select u.password, l.name from account_user u \
             join login l on l.account = u.account and l.holder = 'user' and l.holder_id = u.id \
             where u.account = $1 and u.id = $2",
            (account, user),
        )
        .await?;
    let (stored, login) = row.unwrap_or_else(|| (NOBODY.to_owned(), String::new()));
    let mut tries = Try::begin(app);
    tries.count(&app.guards.login_names, &login).await?;
    let (current, phc) = (current.clone(), stored.clone());
    let right = app.guards.hash(move || verify_password(current.reveal(), &phc)).await?;
    tries.end(if right { Ok(()) } else { Err(Code::CredentialsWrong.into()) }).await?;
    Ok((stored, login))
}

/// Changes one's own password. Every session ends, this one too, so that nobody else keeps one.
pub async fn change(app: &App, own: &OwnSession, change: &PasswordChange) -> Result<()> {
    let (account, user) = (own.caller.account, own.user);
    let (stored, login) = check_own(app, own, &change.current).await?;
    let (_, hash, _) = new(app, Some(&change.password), &login).await?;
    let mut write = app.log.begin(&own.caller.oneself(), Class::Office).await?;
    let now: Option<(String,)> = write
        .tx()
        .fetch_optional("select password from account_user where account = $1 and id = $2", (account, user))
        .await?;
    // Somebody else set another one meanwhile: theirs stands.
    if now.is_none_or(|(now,)| now != stored) {
        return Err(Code::CredentialsWrong.into());
    }
    store(&mut write, user, &hash, false).await?;
    write.commit().await?;
    Ok(())
}

/// Keeps another password. Links to set one anew are of no use any more, and every session ends.
pub(super) async fn store(write: &mut Write, user: Uuid, hash: &str, must_change: bool) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    let changed = write
        .tx()
        .execute(
            "update account_user set password = $3, must_change = $5, version = version + 1, updated_us = $4 \
             where account = $1 and id = $2 and state <> 'deleted'",
            (account, user, hash, now_us, must_change),
        )
        .await?;
    if changed == 0 {
        return Err(Problem::new(Code::NotFound));
    }
    mail::forget(write.tx(), (account, user), Some(Purpose::ResetPassword)).await?;
    end_sessions(write.tx(), account, user, now_us).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_password_that_is_guessed_first_is_refused_without_being_repeated() {
        for (password, code) in [
            ("1234567", Some("out_of_range")),
            (&"x".repeat(201), Some("out_of_range")),
            ("ANA@example.com", Some("invalid_value")),
            ("password", Some("invalid_value")),
            ("            ", Some("invalid_value")),
            ("ñandú-ñu", None),
            (&"a long one ".repeat(18), None),
        ] {
            let problem = check(&Secret::new(password.to_owned()), "ana@example.com").err();
            let fault = problem.as_ref().and_then(|problem| problem.faults().first());
            assert_eq!(fault.map(|fault| fault.code.as_str()), code, "{password}");
            assert!(fault.is_none_or(|fault| fault.found.is_empty()));
        }
    }

    #[test]
    fn the_password_is_taken_out_of_its_document() {
        let mut document = json!({"password": "hunter22", "name": "x"});
        assert_eq!(take(&mut document).unwrap().unwrap().reveal(), "hunter22");
        assert_eq!(document, json!({"name": "x"}));
        for document in [json!({}), json!({"password": null}), json!("hunter22")] {
            assert!(take(&mut document.clone()).unwrap().is_none());
        }
        assert!(take(&mut json!({"password": ["hunter22"]})).is_err());
    }
}

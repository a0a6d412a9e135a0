//! Who is who, attacked: accounts, profiles, users, sessions, keys, installations.

mod accounts;
mod bearers;
mod browser;
mod enrolments;
mod installations;
mod keys;
mod other_account;
mod principals;
mod rosters;
mod sessions;
mod users;

use axum::http::Method;
use campo_server::access::{PermissionName, Permissions};
use campo_tests::{
    api::{Answer, Client},
    world::Account,
};
use serde_json::Value;

/// Everything that can be granted.
pub(crate) fn everything() -> Vec<PermissionName> {
    Permissions::grantable().names()
}

/// A system of the account that may do everything.
pub(crate) async fn all_mighty(account: &Account) -> Client {
    Client::new(&account.app, Some(&account.key(&everything()).await.unwrap()))
}

/// `PATCH` of a version.
pub(crate) async fn patch(client: &Client, path: &str, version: i64, body: &Value) -> Answer {
    let version = format!("\"{version}\"");
    client.call(Method::PATCH, path, &[("if-match", &version)], Some(body)).await.unwrap()
}

/// `PUT`.
pub(crate) async fn put(client: &Client, path: &str, body: &Value) -> Answer {
    client.call(Method::PUT, path, &[], Some(body)).await.unwrap()
}

/// `DELETE` of a version.
pub(crate) async fn delete(client: &Client, path: &str, version: i64) -> Answer {
    let version = format!("\"{version}\"");
    client.call(Method::DELETE, path, &[("if-match", &version)], None).await.unwrap()
}

/// The status and the code of a problem.
pub(crate) fn problem(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

/// Asserts the status and the code of a problem.
#[track_caller]
pub(crate) fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(problem(answer), (status, code.to_owned()), "{}", answer.json());
}

/// Asserts a success.
#[track_caller]
pub(crate) fn done(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.json());
    answer.json()
}

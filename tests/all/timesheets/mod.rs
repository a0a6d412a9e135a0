//! Working time through the API and through the entries of phones.

#![expect(clippy::float_cmp, reason = "quarters of hours are exact")]

mod closed;
mod corrected;
mod many;
mod refused;
mod shown;

use axum::http::Method;
use campo_protocol::civil::{CivilTime, parse_local};
use campo_tests::world::{Account, Phone};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::tasks::Office;

pub(crate) const HOUR_US: i64 = 3600 * 1_000_000;

/// The instant of a local time in Lima.
pub(crate) fn lima_us(local: &str) -> i64 {
    let local = parse_local(local).unwrap();
    CivilTime { local, zone: "America/Lima".to_owned() }.instant_us().unwrap()
}

/// The bytes of an entry that was captured at a local time in Lima, with these members besides.
pub(crate) fn line(phone: &mut Phone, kind: &str, local: &str, more: &Value) -> Vec<u8> {
    phone.sequence += 1;
    let mut entry = json!({
        "id": phone.app.environment.uuid(),
        "kind": kind,
        "installation": phone.installation,
        "employee": phone.employee,
        "sequence": phone.sequence,
        "clock": { "wall_us": lima_us(local), "zone": "America/Lima", "offset_s": -18000 },
    });
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    entry.to_string().into_bytes()
}

/// Hands punches in; their ids.
pub(crate) async fn punch(phone: &mut Phone, punches: &[(&str, &str)]) -> Vec<Uuid> {
    let lines: Vec<_> = punches.iter().map(|(kind, local)| line(phone, kind, local, &json!({}))).collect();
    let receipts = phone.send(&lines).await.unwrap().receipts;
    receipts.into_iter().map(|receipt| receipt.id).collect()
}

/// Somebody with a phone, in an account with an office.
pub(crate) async fn ana(account: &Account) -> (Office, Phone) {
    let office = Office::of(account).await;
    let employee = account.employee("ZZ1").await.unwrap();
    let phone = account.phone(employee).await.unwrap();
    (office, phone)
}

/// The timesheet of ZZ1.
pub(crate) async fn sheet(office: &Office, from: &str, to: &str) -> Value {
    office.get(&format!("/v1/employees/number:ZZ1/timesheet?from={from}&to={to}")).await
}

/// Changes a setting of the account.
pub(crate) async fn set(office: &Office, settings: Value) {
    let own = office.call(Method::GET, "/v1/account", &[], None).await;
    let version = own.header("etag").to_owned();
    let patch = json!({ "settings": settings });
    let answer = office.call(Method::PATCH, "/v1/account", &[("If-Match", &version)], Some(patch)).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
}

/// Hours worked.
pub(crate) fn worked(totals: &Value) -> f64 {
    totals["worked_us"].as_i64().unwrap() as f64 / HOUR_US as f64
}

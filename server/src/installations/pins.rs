//! PINs of employees. The server keeps a verifier only, which phones get with their rosters.
//!
//! The verifier is Argon2id (version 19, 19 MiB, two passes, one lane, 16 bytes of salt, 32 bytes of hash) in PHC
//! form, which a phone computes in a fraction of a second. A PIN has few digits, so that whoever takes the verifier
//! out of a phone can try them all in minutes: it stands between colleagues who share a phone, not before a thief.

use campo_protocol::{faults::Faults, model::Ref};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rosters;
use crate::{
    access::{Allowed, permissions::ManageEmployees},
    app::App,
    log::write::Write,
    problem::{Code, Result},
    scheduler::Class,
    secrets::{Secret, hash_password, is_weak_pin},
};

/// The fewest and the most digits of a PIN.
const DIGITS: std::ops::RangeInclusive<usize> = 4..=12;

/// A PIN for an employee.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinGiven {
    /// 4 to 12 digits
    pub pin: Secret,
}

/// Sets the PIN of an employee. The phones whose rosters list the employee get the new verifier.
pub async fn set(app: &App, allowed: &Allowed<ManageEmployees>, which: &Ref, given: &PinGiven) -> Result<()> {
    check(&given.pin)?;
    let (pin, environment) = (given.pin.clone(), app.environment.clone());
    let verifier = app.guards.hash(move || hash_password(pin.reveal(), &environment)).await??;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let employee = employee(&mut write, which).await?;
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "insert into pin_verifier (account, employee, verifier, updated_us) values ($1, $2, $3, $4) \
             on conflict (account, employee) do update set verifier = excluded.verifier, \
             updated_us = excluded.updated_us",
            (account, employee, verifier, now_us),
        )
        .await?;
    rosters::employees_changed(&mut write, &[employee]).await?;
    write.commit().await?;
    Ok(())
}

/// Takes the PIN of an employee away, who then opens no session.
pub async fn remove(app: &App, allowed: &Allowed<ManageEmployees>, which: &Ref) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let employee = employee(&mut write, which).await?;
    let account = write.account();
    write
        .tx()
        .execute("delete from pin_verifier where account = $1 and employee = $2", (account, employee))
        .await?;
    rosters::employees_changed(&mut write, &[employee]).await?;
    write.commit().await?;
    Ok(())
}

async fn employee(write: &mut Write, which: &Ref) -> Result<Uuid> {
    let account = write.account();
    let row: Option<(Uuid,)> = write
        .tx()
        .fetch_optional(
            "select id from object where account = $1 and kind = 'employee' and (id = $2 or code = $3) \
             and state <> 'deleted'",
            (account, which.id(), which.code()),
        )
        .await?;
    Ok(row.ok_or(Code::NotFound)?.0)
}

/// Refuses what is no PIN, without repeating it.
fn check(pin: &Secret) -> Result<()> {
    let mut faults = Faults::default();
    let digits = pin.reveal().bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !DIGITS.contains(&pin.reveal().len()) {
        let (least, most) = DIGITS.into_inner();
        faults.add("/pin", "invalid_value", "", format!("{least} to {most} digits"));
    } else if is_weak_pin(pin.reveal()) {
        faults.add("/pin", "invalid_value", "", "a PIN that is not among the first that are guessed");
    }
    Ok(faults.into_result()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_four_to_twelve_digits() {
        for (pin, good) in [
            ("0000", false),
            ("123456789012", true),
            ("123", false),
            ("1234567890123", false),
            ("12a4", false),
            ("１２３４", false),
            ("", false),
        ] {
            assert_eq!(check(&Secret::new(pin.to_owned())).is_ok(), good, "{pin}");
        }
    }
}

//! Who the phone is, and how it becomes somebody.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    failure::{CoreFailure, Result},
    transport::HttpRequest,
};
use crate::{
    machine::book::Access,
    store::{
        Store, earlier, failure,
        settings::{self, name},
    },
    wire::{self, HttpAnswer},
};

/// An enrolment, without its secret, which is in the platform's secure store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The address of the server, without path
    pub server: String,
    /// The installation, which the entries carry
    pub installation: Uuid,
    /// The company's name
    pub company: String,
}

/// What a phone says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Device {
    /// Such as `android`
    pub platform: String,
    /// Such as `Pixel 9`
    pub model: String,
    /// The version of its system
    pub os_version: String,
    /// The version of the app
    pub app_version: String,
}

/// An enrolment that was asked for: asked again, the server gives the same answer.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    code: String,
    key: String,
}

#[derive(Deserialize)]
struct Redeemed {
    installation: RedeemedInstallation,
    account: RedeemedAccount,
    token: String,
}

#[derive(Deserialize)]
struct RedeemedInstallation {
    id: Uuid,
}

#[derive(Deserialize)]
struct RedeemedAccount {
    name: String,
}

impl Store {
    /// Who the phone is enrolled as.
    pub fn enrolment(&self) -> failure::Result<Option<Enrolment>> {
        settings::get(self.read(), name::ENROLMENT)
    }

    /// The idempotency key with which a code is redeemed: `key` at the first time, and that one again later.
    pub(super) fn begin_enrolment(&mut self, code: &str, key: &str) -> failure::Result<String> {
        let asked: Option<Asked> = settings::get(self.read(), name::ENROLLING)?;
        if let Some(asked) = asked.filter(|asked| asked.code == code) {
            return Ok(asked.key);
        }
        let asked = Asked { code: code.to_owned(), key: key.to_owned() };
        settings::set(self.read(), name::ENROLLING, &asked)?;
        Ok(asked.key)
    }

    /// The phone is enrolled from now on. What was captured under another enrolment stays, and is handed in under that
    /// one; its view is forgotten.
    pub fn enrol(&mut self, enrolment: &Enrolment) -> failure::Result<()> {
        let transaction = self.begin()?;
        let before: Option<Enrolment> = settings::get(&transaction, name::ENROLMENT)?;
        if let Some(before) = before.filter(|before| before.installation != enrolment.installation) {
            earlier::keep(&transaction, &before)?;
        }
        // One whose code is brought again is the current one again
        earlier::forget(&transaction, enrolment.installation)?;
        settings::set(&transaction, name::ENROLMENT, enrolment)?;
        settings::set(&transaction, name::ACCESS, &Access::Active.name())?;
        for name in [name::EPOCH, name::ANCHOR, name::SESSION, name::ENROLLING] {
            settings::remove(&transaction, name)?;
        }
        // Positions that are in no entry yet belong to the session that ends here; nobody hands them in under another name
        transaction.execute_batch("delete from object; delete from scope; delete from track_point;")?;
        Ok(transaction.commit()?)
    }
}

/// The request that redeems a one-time code.
pub(super) fn redemption(server: &str, code: &str, device: &Device, key: &str) -> Result<HttpRequest> {
    let body = json!({ "code": code, "device": device });
    let body = serde_json::to_vec(&body).map_err(|error| CoreFailure::internal(&error))?;
    Ok(HttpRequest {
        method: "POST",
        url: format!("{server}/v1/enrolments/redeem"),
        headers: vec![("content-type", "application/json".to_owned()), ("idempotency-key", key.to_owned())],
        body,
    })
}

/// Who the phone is by the server's answer, and the secret.
pub(super) fn read(server: String, answer: &HttpAnswer) -> Result<(Enrolment, String)> {
    if answer.status != 201 {
        return Err(wire::failure(answer).into());
    }
    // Anything else that answers 201 is not Campo
    let redeemed: Redeemed = serde_json::from_slice(&answer.body).map_err(|_| CoreFailure::Offline)?;
    let enrolment =
        Enrolment { server, installation: redeemed.installation.id, company: redeemed.account.name };
    Ok((enrolment, redeemed.token))
}

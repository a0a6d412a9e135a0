//! Files under attack: uploads, entries that wait for them, attachments, sweeps, loss of power.

mod attachments;
mod powerloss;
mod uploads;
mod waiting;

use axum::http::Request;
use campo_protocol::text::hex;
use campo_server::access::PermissionName;
use campo_tests::{
    api::{Answer, Client},
    world::Account,
};
use sha2::{Digest as _, Sha256};

/// The hash of a file, as it is written.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A system of the customer that may do everything with files.
async fn system(account: &Account) -> Client {
    let key = account
        .key(&[
            PermissionName::ManageTasks,
            PermissionName::ViewTasks,
            PermissionName::ManagePois,
            PermissionName::ViewPois,
            PermissionName::ViewEntries,
        ])
        .await
        .unwrap();
    Client::new(&account.app, Some(&key))
}

/// Stores a file as the office does.
async fn upload(client: &Client, media_type: &str, bytes: &[u8]) -> Answer {
    let request = Request::post("/v1/files").header("content-type", media_type).body(bytes.to_vec().into());
    client.send(request.unwrap()).await.unwrap()
}

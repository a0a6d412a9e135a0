//! Logging in at a customer's server, through the one check of connections that leave.

use std::time::Duration;

use campo_remote_files::{Protocol, Server, Session};
use uuid::Uuid;

use super::{
    definition::{Loaded, RemoteProtocol},
    secrets::RemoteSecrets,
    trouble::Trouble,
};
use crate::{app::App, log::write::Write, problem::Result};

/// How long a customer's server may be silent.
const PATIENCE: Duration = Duration::from_secs(30);
/// The ports of other services than HTTP that are those of files.
const PORTS: &[u16] = &[21, 22];

impl RemoteProtocol {
    const fn of_files(self) -> Protocol {
        match self {
            Self::Sftp => Protocol::Sftp,
            Self::Ftps => Protocol::Ftps,
            Self::Ftp => Protocol::Ftp,
        }
    }
}

/// Connects and logs in.
pub(super) async fn open(
    app: &App,
    remote: &Loaded,
    secrets: &RemoteSecrets,
) -> std::result::Result<Session, Trouble> {
    let draft = &remote.remote.draft;
    let credential = secrets.credential().ok_or_else(|| Trouble::new("configuration", "no_credential"))?;
    let connected = app.outbound.connect(&draft.host, draft.port(), PORTS).await;
    let stream = connected.map_err(Trouble::of_connection)?;
    let server = Server {
        protocol: draft.protocol.of_files(),
        host: draft.host.clone(),
        user: draft.user.clone(),
        credential,
        accepted: remote.remote.accepted_fingerprint.clone(),
        patience: PATIENCE,
    };
    Session::open(stream, &server).await.map_err(|fault| Trouble::of_fault(&fault, secrets))
}

/// Keeps by what a server is known that was reached for the first time. Another replica's, if that was first, stays.
pub(super) async fn pin(write: &mut Write, remote: Uuid, session: &Session) -> Result<()> {
    let Some(fingerprint) = session.fingerprint() else { return Ok(()) };
    let account = write.account();
    write
        .tx()
        .execute(
            "update remote set accepted = $3, offered = null where account = $1 and id = $2 and accepted is null",
            (account, remote, fingerprint),
        )
        .await?;
    Ok(())
}

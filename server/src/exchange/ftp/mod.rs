//! FTP and FTPS as doors to the folders of a key. Off unless the operator names an address; without TLS only for log-ins
//! that are made for it, and only where the operator allows it.

mod certificate;
mod folders;

use std::{net::IpAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use campo_ftp_server::{Settings, Start, serve as answer};
use tokio::net::TcpListener;

use self::folders::FtpBackend;
use crate::{app::App, problem::Result};

/// Connections at a time; more wait to be accepted.
const CONNECTIONS: usize = 1000;
/// How long a connection may be silent.
const IDLE_TIME: Duration = Duration::from_mins(5);

/// How FTP is answered.
#[derive(Debug, Clone)]
pub struct Options {
    /// True where log-ins that are made for it may come without TLS
    pub plain: bool,
    /// The ports to which clients connect for data
    pub passive_ports: RangeInclusive<u16>,
    /// The address that they are told, where it is another one than this machine's
    pub passive_address: Option<IpAddr>,
    /// Certificate chain and key (PEM); one that the server signs itself where there is none
    pub certificate: Option<(PathBuf, PathBuf)>,
}

/// Answers FTP on these listeners for ever. The second ones begin with TLS.
pub async fn serve(
    app: App,
    options: Options,
    explicit: Option<TcpListener>,
    implicit: Option<TcpListener>,
) -> Result<()> {
    let tls = certificate::config(&app, options.certificate.as_ref()).await?;
    let settings = Settings {
        tls,
        plain: options.plain,
        passive_ports: options.passive_ports,
        passive_address: options.passive_address,
        connections: CONNECTIONS,
        idle: IDLE_TIME,
    };
    let explicit = explicit.map(|listener| (listener, Start::Explicit));
    let implicit = implicit.map(|listener| (listener, Start::Implicit));
    answer(FtpBackend::new(app), settings, explicit.into_iter().chain(implicit).collect()).await;
    Ok(())
}

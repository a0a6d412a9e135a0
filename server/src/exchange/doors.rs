//! How customers reach the exchange of files: what a page tells that says how to connect.

use std::{net::SocketAddr, ops::RangeInclusive};

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::sftp;
use crate::{
    access::{
        Anybody,
        permissions::{ManageExchange, ViewTransfers},
    },
    app::App,
    extract::Json,
    problem::Result,
};

/// Where files are exchanged, as the operator set it.
#[derive(Debug, Clone)]
pub struct Doors {
    /// SFTP
    pub sftp: Option<SocketAddr>,
    /// FTP, with TLS once a client begins it
    pub ftp: Option<SocketAddr>,
    /// FTP with TLS from the first byte
    pub ftps: Option<SocketAddr>,
    /// True where log-ins that are made for it may come without TLS
    pub plain_ftp: bool,
    /// The ports to which clients of FTP connect for data
    pub passive_ports: RangeInclusive<u16>,
}

impl Default for Doors {
    fn default() -> Self {
        Self { sftp: None, ftp: None, ftps: None, plain_ftp: false, passive_ports: 49152..=49407 }
    }
}

/// How customers reach the exchange of files.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileExchange {
    /// True where files are exchanged by SFTP or FTP
    pub on: bool,
    /// The name of the server, where the operator named one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// SFTP, where it is on
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sftp: Option<SftpDoor>,
    /// FTP, with TLS once a client begins it (explicit), where it is on
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ftp: Option<FtpDoor>,
    /// FTP with TLS from the first byte (implicit), where it is on
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ftps: Option<FtpDoor>,
}

/// SFTP.
#[derive(Debug, Serialize, ToSchema)]
pub struct SftpDoor {
    /// Its port
    pub port: u16,
    /// By which clients recognise this server
    #[schema(example = json!(["SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8"]))]
    pub host_key_fingerprints: Vec<String>,
}

/// FTP.
#[derive(Debug, Serialize, ToSchema)]
pub struct FtpDoor {
    /// Its port
    pub port: u16,
    /// True where log-ins that are made for it may come without TLS
    pub plain: bool,
    /// The first port to which clients connect for data
    pub first_passive_port: u16,
    /// The last one
    pub last_passive_port: u16,
}

/// The routes of how to connect.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_file_exchange))
}

/// How customers reach the exchange of files
///
/// Whether it is on, at which ports, and the fingerprints of the SSH host key.
#[utoipa::path(
    get, path = "/v1/file-exchange", tag = "exchange",
    security(("bearer" = ["view_transfers"]), ("bearer" = ["manage_exchange"])),
    responses((status = OK, body = FileExchange))
)]
async fn get_file_exchange(State(app): State<App>, Anybody(caller): Anybody) -> Result<Json<FileExchange>> {
    if caller.allow::<ViewTransfers>().is_err() {
        caller.allow::<ManageExchange>()?;
    }
    let doors = &app.limits.doors;
    let sftp = match doors.sftp {
        None => None,
        Some(address) => {
            let host_key_fingerprints = vec![sftp::fingerprint(&app).await?];
            Some(SftpDoor { port: address.port(), host_key_fingerprints })
        }
    };
    let door = |address: Option<SocketAddr>, plain: bool| {
        address.map(|address| FtpDoor {
            port: address.port(),
            plain,
            first_passive_port: *doors.passive_ports.start(),
            last_passive_port: *doors.passive_ports.end(),
        })
    };
    let (ftp, ftps) = (door(doors.ftp, doors.plain_ftp), door(doors.ftps, false));
    let on = sftp.is_some() || ftp.is_some() || ftps.is_some();
    Ok(Json(FileExchange { on, host: host(&app), sftp, ftp, ftps }))
}

/// The name under which people reach this installation, or the address on which it listens.
fn host(app: &App) -> Option<String> {
    let named = app.limits.public_url.as_ref().and_then(|url| reqwest::Url::parse(url).ok());
    let named = named.and_then(|url| url.host_str().map(str::to_owned));
    let doors = &app.limits.doors;
    named.or_else(|| {
        let address = doors.sftp.or(doors.ftp).or(doors.ftps)?;
        (!address.ip().is_unspecified()).then(|| address.ip().to_string())
    })
}

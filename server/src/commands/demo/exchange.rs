//! The exchange of files: a log-in for a customer's system and an intake, so that a file that somebody puts there by
//! SFTP or FTP becomes tasks.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::Result;
use serde_json::json;

use super::{api::text, company::Company, stage::Stage, texts::fill};

const LOGIN: &str = "erp-archivos";
const FOLDER: &str = "tareas";

/// Where files are exchanged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doors {
    pub(super) sftp: SocketAddr,
    pub(super) ftp: SocketAddr,
}

impl Doors {
    /// Two that are free.
    pub(super) fn find() -> Result<Self> {
        let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr();
        Ok(Self { sftp: free()?, ftp: free()? })
    }
}

/// Makes a key with a log-in and an intake by the template of the sample, and shows how files are brought and taken.
pub(super) async fn open(stage: &Stage, company: &Company, doors: Doors) -> Result<()> {
    let administrator = &company.administrator;
    let key = json!({ "code": LOGIN, "name": "ERP", "permissions": ["use_file_exchange"] });
    let key = administrator.post("/v1/keys", &key).await?;
    let path = format!("/v1/keys/{}/logins", text(&key, "/id"));
    let login = administrator.post(&path, &json!({ "login": LOGIN })).await?;
    let password = text(&login, "/password");
    let intake = json!({
        "code": FOLDER, "name": "Tareas", "folder": FOLDER, "pattern": "*.xlsx", "template": "code:tareas-diarias",
    });
    administrator.post("/v1/intakes", &intake).await?;
    let export = json!({
        "code": FOLDER, "name": "Tareas", "what": "tasks", "key": key["id"], "file_name": "TAREAS_{n}.xlsx",
    });
    let export = administrator.post("/v1/exports", &export).await?;
    administrator.post(&format!("/v1/exports/{}/runs", text(&export, "/id")), &json!({})).await?;
    let texts = stage.texts;
    stage.screen.block(&[
        format!("  {}", stage.screen.heading(&texts.exchange_title)),
        format!("  {}", fill(&texts.exchange_login, &[("login", &LOGIN), ("password", &password)])),
        format!("  sftp://{LOGIN}@{}/", doors.sftp),
        format!("  ftp://{LOGIN}@{}/", doors.ftp),
        format!("  {}", stage.screen.aside(&format!("# {}", texts.exchange_note))),
        format!("  sftp -P {} {LOGIN}@{}", doors.sftp.port(), doors.sftp.ip()),
        format!(
            "  lftp -e 'set ssl:verify-certificate no; ls out; mirror out .' -u {LOGIN},{password} ftp://{}",
            doors.ftp
        ),
    ]);
    Ok(())
}

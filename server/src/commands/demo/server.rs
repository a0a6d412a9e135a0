//! The server: `campo serve` on SQLite, in a process of its own.

use std::{net::SocketAddr, path::Path};

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

use super::{
    child::{self, Child},
    exchange::Doors,
};

/// The file of what it logs, in the folder of the demo.
pub(super) const LOG: &str = "server.log";
const LISTENING: &str = "campo listening on http://";

/// `campo` with the settings of the demo, and no file of settings.
fn campo(folder: &Path) -> Result<Command> {
    let settings = folder.join("campo.toml");
    std::fs::write(&settings, "")?;
    let mut command = child::campo()?;
    command
        .env("CAMPO_CONFIG", settings)
        .env("CAMPO_DATA_FOLDER", folder.join("server"))
        .env("CAMPO_LOG_LEVEL", "warn")
        // The receiver is on this machine
        .env("CAMPO_OUTBOUND_NETWORKS", "127.0.0.0/8")
        .env("CAMPO_OUTBOUND_HTTP", "true");
    Ok(command)
}

/// Makes the account with its administrator, whose password it returns.
pub(super) async fn create_account(folder: &Path, name: &str, language: &str, login: &str) -> Result<String> {
    let mut command = campo(folder)?;
    command.args(["account", "create", "--code", "demo", "--name", name, "--zone", super::company::ZONE]);
    command.args(["--language", language, "--administrator", login]);
    let made = command.output().await?;
    if !made.status.success() {
        bail!("campo account create: {}", String::from_utf8_lossy(&made.stderr));
    }
    let output = String::from_utf8(made.stdout)?;
    Ok(output.lines().nth(1).context("the administrator's password")?.to_owned())
}

/// Starts the server; returns it with its URL, which has no slash at the end.
pub(super) async fn serve(folder: &Path, listen: SocketAddr, doors: Doors) -> Result<(Child, String)> {
    let mut command = campo(folder)?;
    command.args(["serve", "--end-with-input"]).env("CAMPO_LISTEN", listen.to_string());
    command.env("CAMPO_SFTP_LISTEN", doors.sftp.to_string()).env("CAMPO_FTP_LISTEN", doors.ftp.to_string());
    let log = folder.join(LOG);
    let mut server = Child::start(command, child::log(&log)?)?;
    let Ok(line) = server.line().await else {
        bail!("campo serve: {}", last_words(&log));
    };
    let address: SocketAddr = line.strip_prefix(LISTENING).context("its address")?.trim().parse()?;
    let host = if address.ip().is_unspecified() { "127.0.0.1".to_owned() } else { address.ip().to_string() };
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    Ok((server, format!("http://{host}:{}", address.port())))
}

/// The last lines of a log.
pub(super) fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}

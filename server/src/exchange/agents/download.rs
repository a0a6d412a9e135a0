//! The download of an agent: its program, its configuration with a fresh code, and how it is set up, in one zip.

use std::{
    io::{Cursor, Write as _},
    path::Path,
};

use campo_protocol::model::Ref;
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{definition, enrol};
use crate::{
    access::{Allowed, permissions::ManageExchange},
    app::App,
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::Language,
};

const CONFIGURATION: &str = include_str!("../../../../packaging/campo-agent.toml");
const UNIT: &str = include_str!("../../../../packaging/campo-agent.service");
const SPANISH: &str = include_str!("leeme.txt");
const ENGLISH: &str = include_str!("readme.txt");
/// The largest program that is given out.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// For which system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentSystem {
    /// Linux on x86-64
    Linux,
    /// Windows on x86-64
    Windows,
}

/// What is given to download an agent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentDownload {
    /// For which system
    pub system: AgentSystem,
}

impl AgentSystem {
    /// The name of its program in the folder of programs.
    const fn program(self) -> &'static str {
        match self {
            Self::Linux => "campo-agent-linux-x86_64",
            Self::Windows => "campo-agent-windows-x86_64.exe",
        }
    }

    /// The name of its program for whoever starts it.
    const fn starts(self) -> &'static str {
        match self {
            Self::Linux => "campo-agent",
            Self::Windows => "campo-agent.exe",
        }
    }

    const fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::Linux => ("Linux", "make agent"),
            Self::Windows => ("Windows", "make agent-windows"),
        }
    }
}

/// The zip. The program that had enrolled as this agent is refused from then on, as by a new code.
pub(super) async fn download(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    (which, system): (&Ref, AgentSystem),
    headers: &HeaderMap,
) -> Result<Vec<u8>> {
    let language = Language::of(headers);
    // Whose it is comes before what this server lacks
    definition::get(app, allowed, which).await?;
    let program = program(app, system).await?;
    let server = server(app, headers)?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let agent = definition::locked(&mut write, which).await?;
    let code = enrol::issue(&mut write, agent.id).await?;
    write.commit().await?;
    let configuration = configuration(system, &server, &code.code);
    let (manual, name) = match language {
        Language::Spanish => (SPANISH, "L\u{c9}EME.txt"),
        Language::English => (ENGLISH, "README.txt"),
    };
    let until = serde_json::to_value(code.until).map_err(Problem::internal)?;
    let manual = manual
        .replace("{name}", &agent.draft.name)
        .replace("{server}", &server)
        .replace("{until}", until.as_str().unwrap_or_default())
        .replace("{program}", system.starts());
    let unit = (system == AgentSystem::Linux).then(|| UNIT.to_owned());
    let packed = tokio::task::spawn_blocking(move || {
        let mut files = vec![
            (system.starts(), 0o755, program),
            ("campo-agent.toml", 0o600, lines(system, &configuration)),
            (name, 0o644, lines(system, &manual)),
        ];
        files.extend(unit.map(|unit| ("campo-agent.service", 0o644, unit.into_bytes())));
        pack(&files)
    });
    packed.await.map_err(Problem::internal)?.map_err(Problem::internal)
}

/// The program, from the folder that the operator named.
async fn program(app: &App, system: AgentSystem) -> Result<Vec<u8>> {
    let (name, command) = system.named();
    let missing = || Problem::new(Code::AgentProgramMissing).with("system", name).with("command", command);
    let folder = app.limits.agent_folder.as_deref().ok_or_else(missing)?;
    let path = folder.join(system.program());
    let read = tokio::task::spawn_blocking(move || read(&path)).await.map_err(Problem::internal)?;
    read.map_err(|error| {
        tracing::warn!(%error, folder = %folder.display(), "the program of the agent is not there");
        missing()
    })
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let length = std::fs::metadata(path)?.len();
    if length == 0 || length > MOST_BYTES {
        return Err(std::io::Error::other(format!("{length} bytes are no program")));
    }
    std::fs::read(path)
}

/// Where the agent reaches this installation: as the operator said, else as whoever asks does.
fn server(app: &App, headers: &HeaderMap) -> Result<String> {
    if let Some(url) = &app.limits.public_url {
        return Ok(url.trim_end_matches('/').to_owned());
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.filter(|host| {
        host.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'))
    });
    let host = host.ok_or_else(|| Problem::new(Code::Conflict).with("with", "public_url"))?;
    let is_near = ["localhost", "127.0.0.1", "[::1]"].iter().any(|near| host.starts_with(near));
    Ok(if is_near { format!("http://{host}") } else { format!("https://{host}") })
}

/// The configuration with address and code; on Windows with a folder of Windows.
fn configuration(system: AgentSystem, server: &str, code: &str) -> String {
    let text = CONFIGURATION
        .replace("server = \"https://campo.example.com\"", &format!("server = \"{server}\""))
        .replace("code = \"\"", &format!("code = \"{code}\""));
    match system {
        AgentSystem::Linux => text,
        AgentSystem::Windows => text
            .replace("\"/var/lib/campo-agent\"", "'C:\\ProgramData\\campo-agent'")
            .replace("\"/srv/erp/salida\"", "'C:\\ERP\\salida'")
            .replace("\"/srv/erp/entrada\"", "'C:\\ERP\\entrada'"),
    }
}

/// Text as the programs of a system expect it.
fn lines(system: AgentSystem, text: &str) -> Vec<u8> {
    match system {
        AgentSystem::Linux => text.as_bytes().to_vec(),
        AgentSystem::Windows => text.replace('\n', "\r\n").into_bytes(),
    }
}

fn pack(files: &[(&str, u32, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, mode, bytes) in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(*mode);
        archive.start_file(*name, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_has_address_and_code() {
        for system in [AgentSystem::Linux, AgentSystem::Windows] {
            let text = configuration(system, "https://campo.acme.example", "C0DE");
            for line in ["server = \"https://campo.acme.example\"", "code = \"C0DE\""] {
                assert!(text.contains(line), "{text}");
            }
            assert_eq!(text.contains("/var/lib"), system == AgentSystem::Linux);
        }
    }
}

//! Has the agent start with the machine, or with a person's session: as a unit of systemd; on Windows as a service, or as a
//! task.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::{task, tell};

/// Its name as a unit, a service and a task.
pub(crate) const NAME: &str = "campo-agent";
/// What it is, for whoever finds it among others.
pub(crate) const DESCRIPTION: &str = "Carries files between folders of this machine and Campo";

/// For whom it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// The machine: before anybody has a session, as whom the folder `state` belongs to
    Machine,
    /// The person who installs it: with what that person can reach, such as shares
    Person,
}

/// Installs it and starts it.
pub(crate) fn install(config: &Path, state: &Path, whom: For) -> Result<()> {
    let program = std::env::current_exe().context("where this program is")?;
    let config = fs::canonicalize(config).context("where the configuration is")?;
    #[cfg(windows)]
    if whom == For::Machine {
        return crate::service::install(&program, &config);
    }
    if cfg!(windows) {
        return install_task(&program, &config, state);
    }
    let folder = units(whom)?;
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let path = folder.join(format!("{NAME}.service"));
    let text = unit(&program, &config, owner(state, whom)?, whom);
    fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    tell(&format!("{}", path.display()));
    carry_out(&enabling(whom))
}

/// The folder of systemd's units.
fn units(whom: For) -> Result<PathBuf> {
    if whom == For::Machine {
        return Ok(PathBuf::from("/etc/systemd/system"));
    }
    let own = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let own = own.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".config")));
    Ok(own.context("HOME is not set")?.join("systemd/user"))
}

/// Whose folder `state` is; the agent of a machine runs as that.
#[cfg(unix)]
fn owner(state: &Path, whom: For) -> Result<Option<u32>> {
    use std::os::unix::fs::MetadataExt as _;
    if whom == For::Person {
        return Ok(None);
    }
    let found = fs::metadata(state);
    let found = found.with_context(|| {
        format!("make the folder {} for the user as whom the agent is to run", state.display())
    })?;
    Ok(Some(found.uid()))
}

#[cfg(not(unix))]
fn owner(_: &Path, _: For) -> Result<Option<u32>> {
    Ok(None)
}

fn unit(program: &Path, config: &Path, user: Option<u32>, whom: For) -> String {
    let [program, config] = [program, config].map(quoted);
    let user = user.map(|user| format!("User={user}\n")).unwrap_or_default();
    let wanted_by = if whom == For::Machine { "multi-user.target" } else { "default.target" };
    format!(
        "[Unit]\nDescription={DESCRIPTION}\n\
         Wants=network-online.target\nAfter=network-online.target\n\n\
         [Service]\nExecStart={program} --config {config} run\n{user}Restart=always\nRestartSec=10\n\
         NoNewPrivileges=yes\n\n[Install]\nWantedBy={wanted_by}\n"
    )
}

/// A path as systemd reads one: blanks part words, `%` and `$` begin something else.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{text}\"")
}

fn enabling(whom: For) -> [Vec<String>; 2] {
    let systemctl = |words: &[&str]| {
        let mut line = vec!["systemctl".to_owned()];
        line.extend((whom == For::Person).then(|| "--user".to_owned()));
        line.extend(words.iter().map(|word| (*word).to_owned()));
        line
    };
    [systemctl(&["daemon-reload"]), systemctl(&["enable", "--now", "campo-agent.service"])]
}

/// A task of Windows with the session of whoever installs it, which begins at once.
fn install_task(program: &Path, config: &Path, state: &Path) -> Result<()> {
    let named = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
    let person = format!("{}\\{}", named("USERDOMAIN")?, named("USERNAME")?);
    let path = state.join("task.xml");
    fs::create_dir_all(state).with_context(|| format!("{} cannot be made", state.display()))?;
    fs::write(&path, task::file(program, config, &person))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    let path = path.display().to_string();
    let line = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    carry_out(&[
        line(&["schtasks", "/create", "/f", "/tn", NAME, "/xml", &path]),
        line(&["schtasks", "/run", "/tn", NAME]),
    ])
}

fn carry_out(lines: &[Vec<String>]) -> Result<()> {
    for line in lines {
        let (program, arguments) = line.split_first().context("a command")?;
        let said = line.join(" ");
        let ended = Command::new(program).args(arguments).status();
        if !ended.with_context(|| format!("run by hand: {said}"))?.success() {
            bail!("this did not go well: {said}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_names_paths_as_systemd_reads_them() {
        let (program, config) = (Path::new("/opt/mi campo/campo-agent"), Path::new("/etc/50%/a\"$b.toml"));
        let text = unit(program, config, Some(998), For::Machine);
        let line = r#"ExecStart="/opt/mi campo/campo-agent" --config "/etc/50%%/a\"$$b.toml" run"#;
        assert!(text.contains(line) && text.contains("\nUser=998\n"), "{text}");
        assert!(text.ends_with("WantedBy=multi-user.target\n"), "{text}");
        let text = unit(program, config, None, For::Person);
        assert!(!text.contains("User=") && text.ends_with("WantedBy=default.target\n"), "{text}");
    }
}

//! `campo-agent.toml`.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use campo_file_names::{Pattern, VirtualPath};
use serde::Deserialize;

/// What becomes of a file here once it was brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Then {
    /// It is moved to the folder `enviados` beside it
    #[default]
    Move,
    /// It is removed
    Delete,
    /// It stays; another file of its name is brought as well
    Keep,
}

/// A folder from which files are brought to Campo.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bring {
    pub(crate) folder: PathBuf,
    #[serde(default = "anything")]
    pub(crate) pattern: String,
    /// The folder at Campo: `in`, or one below it
    pub(crate) to: String,
    #[serde(default)]
    pub(crate) then: Then,
    /// For how long a file must have been left alone
    #[serde(default = "quiet")]
    pub(crate) quiet_seconds: u64,
}

/// A folder into which files are put that Campo has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Take {
    /// The folder at Campo: `out`, `done`, `errors`, or one below them
    pub(crate) from: String,
    pub(crate) folder: PathBuf,
}

/// What the agent does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where Campo is: `https://campo.example.com`
    pub(crate) server: String,
    /// The code from the console, used once
    #[serde(default)]
    pub(crate) code: String,
    /// Where it keeps what it knows
    pub(crate) state: PathBuf,
    /// Where it writes its log; in `state` when absent
    #[serde(default)]
    pub(crate) log: Option<PathBuf>,
    #[serde(default = "often")]
    pub(crate) every_seconds: u64,
    #[serde(default, rename = "in")]
    pub(crate) bring: Vec<Bring>,
    #[serde(default, rename = "out")]
    pub(crate) take: Vec<Take>,
}

fn anything() -> String {
    "*".to_owned()
}

const fn quiet() -> u64 {
    5
}

const fn often() -> u64 {
    15
}

impl Config {
    /// Reads it; what is wrong is named with the file and what to do.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let config: Self = toml::from_str(&text).with_context(|| format!("{} is wrong", path.display()))?;
        config.check().with_context(|| format!("{} is wrong", path.display()))?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        let plain = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        if !self.server.starts_with("https://") && !plain.iter().any(|begin| self.server.starts_with(begin)) {
            bail!("server: `{}` is no address that begins with https://", self.server);
        }
        for bring in &self.bring {
            if let Err(fault) = Pattern::parse(&bring.pattern) {
                bail!("in: pattern `{}`: {fault}", bring.pattern);
            }
            if VirtualPath::parse(&bring.to).ok().and_then(|path| path.parts().first().cloned()).as_deref()
                != Some("in")
            {
                bail!("in: to = `{}` is neither `in` nor a folder below it, such as `in/tareas`", bring.to);
            }
        }
        for take in &self.take {
            let first = VirtualPath::parse(&take.from).ok().and_then(|path| path.parts().first().cloned());
            if !first.is_some_and(|first| ["out", "done", "errors"].contains(&first.as_str())) {
                bail!("out: from = `{}` is none of `out`, `done`, `errors`, nor below them", take.from);
            }
        }
        Ok(())
    }

    pub(crate) fn every(&self) -> Duration {
        Duration::from_secs(self.every_seconds.clamp(1, 3600))
    }

    /// Into which folder a file of that folder at Campo is put; the folder that says most of it.
    pub(crate) fn place(&self, folder: &str) -> Option<&Take> {
        let fits = |take: &&Take| {
            let from = take.from.trim_matches('/');
            folder == from || folder.strip_prefix(from).is_some_and(|rest| rest.starts_with('/'))
        };
        self.take.iter().filter(fits).max_by_key(|take| take.from.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config> {
        let config: Config = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = "server = 'https://x'\nstate = '/s'\n[[in]]\nfolder = '/a'\nto = 'in/t'\n[[out]]\nfrom = 'out'\nfolder = '/b'\n\
                    [[out]]\nfrom = 'out/t'\nfolder = '/c'\n";
        let read = config(good).unwrap();
        let place = |folder: &str| read.place(folder).map(|take| take.folder.display().to_string());
        assert_eq!(place("out/t/u").as_deref(), Some("/c"));
        assert_eq!(place("out/tu").as_deref(), Some("/b"));
        assert_eq!(place("done"), None);
        for (from, to, named) in [
            ("https://x", "http://x", "server"),
            ("in/t", "out", "to"),
            ("in/t", "in/../..", "to"),
            ("'out'", "'in'", "from"),
            ("to =", "too =", "too"),
            ("state =", "stat =", "stat"),
        ] {
            let error = format!("{:#}", config(&good.replacen(from, to, 1)).unwrap_err());
            assert!(error.contains(named), "{error}");
        }
    }
}

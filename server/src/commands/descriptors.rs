//! How many files and connections the process may have open.

use anyhow::Result;
use campo_server::config::Config;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is open besides connections to the API and the database: files, folders, connections to receivers, and those
/// of file exchange.
const BESIDES: u64 = 256;

/// Raises the bound of open descriptors to the highest that the system allows, which is commonly far above the one a
/// process begins with. An error where even that is too low for the connections of the configuration.
pub(super) fn raise(config: &Config) -> Result<()> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let needed = config.connections as u64 + u64::from(config.database_connections) + BESIDES;
    check(maximum, needed, config.connections)?;
    // Some systems have no bound, and refuse to be told so
    let raised = Rlimit { current: maximum.or(Some(needed)).max(current), maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, ?current, needed, "the bound of open files cannot be raised");
    }
    Ok(())
}

fn check(maximum: Option<u64>, needed: u64, connections: usize) -> Result<()> {
    if let Some(maximum) = maximum.filter(|maximum| *maximum < needed) {
        anyhow::bail!(
            "the system lets this process open {maximum} files and connections, and `connections` = {connections} \
             needs {needed}: lower `connections`, or raise the system's bound (LimitNOFILE in a systemd unit, \
             `ulimit -Hn` in a shell)"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_that_cannot_fit_is_refused_by_its_name() {
        assert!(check(None, 10_256, 10_000).is_ok() && check(Some(10_256), 10_256, 10_000).is_ok());
        let refused = check(Some(4096), 10_256, 10_000).unwrap_err().to_string();
        assert!(refused.contains("`connections` = 10000") && refused.contains("4096"), "{refused}");
    }
}

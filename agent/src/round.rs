//! Round after round: what is ready is brought, what is there is taken; where Campo does not answer, it is waited.

use std::{fs::File, time::Duration};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;

use crate::{
    api::{Campo, Refused},
    clock,
    config::Config,
    inward::{self, Looks},
    journal::Journal,
    logfile::Log,
    outward, tell,
};

/// The longest rest where Campo does not answer.
const LONGEST_REST: Duration = Duration::from_mins(5);
/// How often it is said how the agent does, where nothing changed.
const REPORT_SECONDS: u64 = 300;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Report {
    version: &'static str,
    system: String,
    folders: Vec<String>,
    problems: Vec<String>,
}

/// Carries files until the process is stopped, or once.
pub(crate) async fn run(config: &Config, once: bool) -> Result<()> {
    let journal = Journal::open(&config.state)?;
    let lock = File::create(config.state.join("lock")).context("cannot write into the folder `state`")?;
    if lock.try_lock().is_err() {
        bail!("another campo-agent works with {}", config.state.display());
    }
    let log = Log::new(config.log.as_ref().unwrap_or(&config.state));
    log.line(concat!("campo-agent ", env!("CARGO_PKG_VERSION"), " begins"));
    let mut looks = Looks::new();
    let (mut rest, mut told, mut told_at) = (config.every(), None, clock::now());
    loop {
        let worked = round(config, &journal, &log, &mut looks).await;
        let (problems, reached) = match &worked {
            Ok((campo, problems)) => (problems.clone(), Some(campo)),
            Err(error) => (vec![format!("{error:#}")], None),
        };
        let report = report(config, problems);
        if told.as_ref() != Some(&report) {
            for problem in &report.problems {
                log.line(problem);
            }
        }
        let old = clock::now().duration_since(told_at).unsigned_abs() >= Duration::from_secs(REPORT_SECONDS);
        if let Some(campo) = reached
            && (old || told.as_ref() != Some(&report))
            && campo.report(&report).await.is_ok()
        {
            told_at = clock::now();
        }
        told = Some(report);
        if once {
            let problems = told.map(|report| report.problems).unwrap_or_default();
            return if problems.is_empty() { Ok(()) } else { bail!("{}", problems.join("; ")) };
        }
        rest = if reached.is_some() { config.every() } else { (rest * 2).min(LONGEST_REST) };
        clock::rest(rest).await;
    }
}

/// One round: Campo, and what went wrong with single files. An error where Campo was not reached.
async fn round(
    config: &Config,
    journal: &Journal,
    log: &Log,
    looks: &mut Looks,
) -> Result<(Campo, Vec<String>)> {
    let campo = enrolled(config, journal).await?;
    let mut problems = Vec::new();
    inward::forget_gone(journal)?;
    for folder in &config.bring {
        problems.extend(inward::bring(&campo, journal, log, looks, folder).await);
    }
    problems.extend(outward::take(&campo, journal, log, config).await?);
    Ok((campo, problems.iter().map(|error| format!("{error:#}").chars().take(400).collect()).collect()))
}

/// Campo, as the agent that the code names.
async fn enrolled(config: &Config, journal: &Journal) -> Result<Campo> {
    let campo = Campo::new(&config.server)?;
    match journal.token() {
        Some((code, token)) if config.code.is_empty() || code == config.code => Ok(campo.with_token(token)),
        _ if config.code.is_empty() => bail!("`code` is missing: take one from the console of Campo"),
        before => {
            if before.is_some() {
                // Another code is another agent, or the same one made anew
                journal.forget_secret();
            }
            let token = campo.enrol(&config.code, &journal.secret()?).await;
            let token = token.map_err(|error| match error.downcast_ref::<Refused>() {
                Some(refused) if refused.status.is_client_error() => error
                    .context("the code is wrong, used or over: take another one from the console of Campo"),
                _ => error,
            })?;
            journal.keep_token(&config.code, &token)?;
            Ok(campo.with_token(token))
        }
    }
}

fn report(config: &Config, problems: Vec<String>) -> Report {
    let bring = config.bring.iter().map(|one| one.folder.display().to_string());
    let folders = bring.chain(config.take.iter().map(|one| one.folder.display().to_string()));
    Report {
        version: env!("CARGO_PKG_VERSION"),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        folders: folders.take(50).collect(),
        problems: problems.into_iter().take(50).collect(),
    }
}

/// Says whether Campo answers.
pub(crate) async fn status(config: &Config) -> Result<()> {
    let campo = enrolled(config, &Journal::open(&config.state)?).await?;
    let waiting = campo.waiting().await?.len();
    tell(&format!("{}: ok, {waiting}", config.server));
    Ok(())
}

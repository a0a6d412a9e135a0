//! A real `campo serve`, started, stopped and killed by tests.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use tokio::sync::oneshot;

use crate::{place, wait};

/// The path of the binary to test, instead of the one beside the tests.
pub const BINARY_VARIABLE: &str = "TEST_CAMPO";

const BUILD_COMMAND: &str = "cargo build --workspace --bins";
const LISTENING: &str = "campo listening on ";
const START_TIME: Duration = Duration::from_mins(1);
const STOP_TIME: Duration = Duration::from_mins(1);

/// Runs `campo` with these arguments and variables, and no others that begin with `CAMPO_`, to its end.
pub async fn run(arguments: &[&str], environment: Vec<(String, String)>) -> Result<Output> {
    let mut command = command(&binary()?);
    command.args(arguments).envs(environment);
    Ok(tokio::task::spawn_blocking(move || command.output()).await??)
}

/// A running server process. Killed when dropped; its output is then shown if the test failed.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    environment: Vec<(String, String)>,
    url: String,
    /// None between a kill or stop and the next start.
    child: Option<Child>,
    /// What all lives of the process wrote to standard output and error; the reading threads append.
    output: Arc<Mutex<String>>,
    /// The threads that read the pipes of the last process.
    readers: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts `campo serve` with these environment variables, and no others that begin with `CAMPO_`, on a port that
    /// the system chooses, and returns when it says that it is ready.
    pub async fn start<Name: Into<String>, Value: Into<String>>(
        environment: impl IntoIterator<Item = (Name, Value)>,
    ) -> Result<Self> {
        Self::start_binary(binary()?, environment).await
    }

    /// The same with another binary, for example of another release.
    pub async fn start_binary<Name: Into<String>, Value: Into<String>>(
        binary: PathBuf,
        environment: impl IntoIterator<Item = (Name, Value)>,
    ) -> Result<Self> {
        let environment = environment.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let mut server = Self {
            binary,
            environment,
            url: String::new(),
            child: None,
            output: Arc::default(),
            readers: Vec::new(),
        };
        server.start_again().await?;
        Ok(server)
    }

    /// Where the server answers, such as `http://127.0.0.1:40123`, without a slash at the end. Changes with each start.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host and port of [`Self::url`].
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The number of the process, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// What the server has written so far.
    pub fn output(&self) -> String {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds or replaces an environment variable for the next start.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.into()));
    }

    /// Kills the process as an out-of-memory killer would: nothing of it runs any more when this returns.
    pub fn kill_nine(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Asks the process to end (SIGTERM) and waits until it has.
    pub async fn terminate(&mut self) -> Result<ExitStatus> {
        self.signal("TERM")?;
        self.ended().await
    }

    /// Waits until the process has ended by itself, for example at an injected fault.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        let child = self.child.as_mut().context("the server does not run")?;
        let status = wait::until("the server to end", STOP_TIME, async || Ok(child.try_wait()?)).await;
        let status = status.with_context(|| self.output())?;
        self.child = None;
        self.all_read().await;
        Ok(status)
    }

    /// Sends a signal by its name without `SIG`; `STOP` and `CONT` let a process hang and go on.
    pub fn signal(&self, name: &str) -> Result<()> {
        let child = self.child.as_ref().context("the server does not run")?;
        let status = Command::new("kill").args(["-s", name, &child.id().to_string()]).status()?;
        if !status.success() {
            bail!("kill -s {name} failed");
        }
        Ok(())
    }

    /// Ends the process in order, if it still runs, and starts it with the same environment.
    pub async fn restart(&mut self) -> Result<()> {
        if self.child.is_some() {
            self.terminate().await?;
        }
        self.start_again().await
    }

    /// Starts the process again after a kill, with the same environment.
    pub async fn start_again(&mut self) -> Result<()> {
        if let Err(error) = self.launch().await {
            self.kill_nine()?;
            self.all_read().await;
            return Err(error.context(format!("starting campo serve, which wrote:\n{}", self.output())));
        }
        Ok(())
    }

    /// Waits until the last words of an ended process have arrived. A child of its own that lives on may hold the pipes
    /// open, which must not stop us.
    async fn all_read(&self) {
        let finished = async || Ok(self.readers.iter().all(JoinHandle::is_finished).then_some(()));
        let _ = wait::until("the end of the output", Duration::from_secs(2), finished).await;
    }

    async fn launch(&mut self) -> Result<()> {
        self.kill_nine()?;
        let mut child = command(&self.binary)
            .arg("serve")
            .env("CAMPO_LISTEN", "127.0.0.1:0")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (announce, announced) = oneshot::channel();
        if let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) {
            self.readers = vec![
                collect(stdout, Arc::clone(&self.output), Some(announce)),
                collect(stderr, Arc::clone(&self.output), None),
            ];
        }
        self.child = Some(child);
        self.url = tokio::time::timeout(START_TIME, announced)
            .await
            .map_err(|_| anyhow!("it did not say where it listens within {START_TIME:?}"))?
            .map_err(|_| anyhow!("it ended before it said where it listens"))?;
        self.ready().await
    }

    async fn ready(&mut self) -> Result<()> {
        let address = format!("{}/health/ready", self.url);
        campo_server::outbound::use_ring();
        let client = reqwest::Client::new();
        let child = self.child.as_mut().context("the server does not run")?;
        wait::until("the server to be ready", START_TIME, async || {
            if let Some(status) = child.try_wait()? {
                bail!("it ended with {status}");
            }
            let answer = client.get(&address).send().await;
            Ok(answer.is_ok_and(|answer| answer.status().is_success()).then_some(()))
        })
        .await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.kill_nine();
        if std::thread::panicking() {
            #[expect(clippy::print_stderr, reason = "the test harness shows it with the failed test only")]
            {
                eprintln!("--- what campo serve wrote ---\n{}", self.output());
            }
        }
    }
}

/// Reads lines to the end, so that the process never waits for a full pipe.
fn collect(
    from: impl Read + Send + 'static,
    into: Arc<Mutex<String>>,
    mut announce: Option<oneshot::Sender<String>>,
) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            if let Some(url) = line.strip_prefix(LISTENING)
                && let Some(announce) = announce.take()
            {
                // Nobody waits any more when the start has failed.
                let _ = announce.send(url.trim().trim_end_matches('/').to_owned());
            }
            let mut into = into.lock().unwrap_or_else(PoisonError::into_inner);
            into.push_str(&line);
            into.push('\n');
        }
    })
}

/// The binary with this process's variables except those that begin with `CAMPO_`.
fn command(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CAMPO_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// The binary to test: the one that [`BINARY_VARIABLE`] names, or the one beside the tests.
pub fn binary() -> Result<PathBuf> {
    match std::env::var_os(BINARY_VARIABLE) {
        Some(given) => Ok(given.into()),
        None => built_binary(&place::build_folder()?),
    }
}

/// The binary in a build folder of cargo. One that is older than its sources is refused, since its failures would be
/// those of yesterday.
pub fn built_binary(build_folder: &Path) -> Result<PathBuf> {
    let built = build_folder.join("campo");
    if !built.exists() {
        bail!("{} is missing; build it with: {BUILD_COMMAND}", built.display());
    }
    if let Some(newer) = newer_source(&built)? {
        bail!("{} is older than {newer}; build it with: {BUILD_COMMAND}", built.display());
    }
    Ok(built)
}

/// The first source of the binary that changed after it was built; cargo writes the list beside it.
fn newer_source(built: &Path) -> Result<Option<String>> {
    let built_at = fs::metadata(built)?.modified()?;
    let Ok(list) = fs::read_to_string(built.with_extension("d")) else { return Ok(None) };
    let sources = list.split_once(": ").map_or("", |(_, sources)| sources);
    // A space within a path is written as "\ "; `split` cannot see that, and such a path is taken for unchanged.
    let newer = sources.split_whitespace().find(|source| {
        fs::metadata(source)
            .and_then(|source| source.modified())
            .is_ok_and(|changed_at| changed_at > built_at)
    });
    Ok(newer.map(str::to_owned))
}

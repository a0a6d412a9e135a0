//! `campo demo`: what it shows is true, and it leaves nothing behind, however it ends.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Result;
use campo_tests::{process, wait};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A machine that does much else.
const LONG: Duration = Duration::from_mins(4);
const PROMPT: Duration = Duration::from_mins(1);

/// A running demo, with a folder for temporary files of its own.
struct Demo {
    temporary: TempDir,
    child: Child,
    output: Arc<Mutex<String>>,
}

impl Demo {
    fn start(arguments: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), arguments)
    }

    fn start_in(temporary: TempDir, arguments: &[&str]) -> Self {
        let mut demo = Self::unread(temporary, arguments);
        let (stdout, stderr) = (demo.stdout(), demo.child.stderr.take().unwrap());
        for pipe in [Box::new(stdout) as Box<dyn Read + Send>, Box::new(stderr)] {
            let output = Arc::clone(&demo.output);
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
                    output.push_str(&line);
                    output.push('\n');
                }
            });
        }
        demo
    }

    /// One whose output nobody reads yet.
    fn unread(temporary: TempDir, arguments: &[&str]) -> Self {
        let binary = process::binary().unwrap();
        let child = Command::new(binary)
            .args(["demo", "--pace", "25"])
            .args(arguments)
            .env("TMPDIR", temporary.path())
            .env("LC_ALL", "en_US.UTF-8")
            // Settings of whoever runs it are none of the demo's
            .env("CAMPO_LISTEN", "nonsense")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { temporary, child, output: Arc::default() }
    }

    fn stdout(&mut self) -> ChildStdout {
        self.child.stdout.take().unwrap()
    }

    fn output(&self) -> String {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has shown `text`.
    async fn shows(&self, text: &str) {
        self.until(text, |output| output.contains(text).then_some(())).await;
    }

    async fn until<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let found = wait::until(what, LONG, async || Ok(find(&self.output()))).await;
        found.unwrap_or_else(|error| panic!("{error}; it showed:\n{}", self.output()))
    }

    /// The word behind `label` at the beginning of a line.
    async fn word(&self, label: &str) -> String {
        let of = |output: &str| {
            let line = output.lines().find_map(|line| line.trim_start().strip_prefix(label))?;
            line.split_whitespace().next().map(str::to_owned)
        };
        self.until(label, of).await
    }

    fn signal(&self, name: &str) {
        kill(name, self.child.id());
    }

    async fn ended(&mut self) -> ExitStatus {
        let child = &mut self.child;
        wait::until("the demo to end", PROMPT, async || Ok(child.try_wait()?)).await.unwrap()
    }

    /// Waits until no process of the demo is left.
    async fn nobody_is_left(&self) {
        let gone = async || Ok(processes(self.temporary.path()).is_empty().then_some(()));
        wait::until("every process to end", PROMPT, gone).await.unwrap();
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.temporary.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn kill(name: &str, process: u32) {
    let status = Command::new("kill").args(["-s", name, &process.to_string()]).status().unwrap();
    assert!(status.success());
}

/// The processes that were started with this folder for temporary files, with their command lines.
fn processes(temporary: &Path) -> Vec<(u32, String)> {
    let variable = format!("TMPDIR={}", temporary.display());
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().map_while(Result::ok) {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // Those of others cannot be read, and one that has just ended is gone
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.split(|byte| *byte == 0).any(|set| set == variable.as_bytes()) {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            found.push((id, String::from_utf8_lossy(&line).replace('\0', " ")));
        }
    }
    found
}

fn listens(address: &str) -> bool {
    TcpStream::connect(address.trim_start_matches("http://").split('/').next().unwrap()).is_ok()
}

async fn call(request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    answer.json().await.unwrap()
}

#[tokio::test]
async fn the_demo_shows_the_whole_journey_and_leaves_nothing_behind() {
    let mut demo = Demo::start(&[]);
    demo.shows("import done: 40 tasks created, 2 rows refused").await;
    demo.shows("syncs and receives 10 tasks").await;
    demo.shows("with valid signatures").await;
    demo.shows("has no network and works on").await;
    demo.shows("still in session, nothing lost or doubled").await;
    demo.shows("nothing left to send").await;
    demo.shows("a photo, the comment left empty").await;
    demo.shows("channel “ERP” cannot deliver").await;
    demo.shows("channel “ERP” is up to date: nothing was lost").await;
    let worked = |output: &str| {
        let rows = output.lines().filter(|line| line.starts_with("  Ana Quispe"));
        rows.filter_map(|row| row.split_whitespace().last())
            .find(|worked| *worked > "0:00:00")
            .map(str::to_owned)
    };
    demo.until("worked time in the timesheet", worked).await;
    assert!(!demo.output().contains('\x1b'), "colour without a terminal");

    let (api, key) = (demo.word("API ").await, demo.word("KEY=").await);
    let receiver = demo.until("the receiver", |output| {
        let (_, line) = output.split_once("waits for notifications at ")?;
        line.split_whitespace().next().map(str::to_owned)
    });
    let receiver = receiver.await;
    campo_server::outbound::use_ring();
    let client = reqwest::Client::new();
    let task = call(client.get(format!("{api}/tasks/number:1")).bearer_auth(&key)).await;
    assert_eq!(task["external_number"], "00001");
    let login = demo.until("the user", |output| {
        let mut words =
            output.lines().find(|line| line.contains("  password ")).unwrap_or_default().split_whitespace();
        Some(json!({ "login": words.nth(1)?, "password": words.nth(1)? }))
    });
    let session = call(client.post(format!("{api}/session")).json(&login.await)).await;
    assert!(session["token"].is_string());
    let console = client.get(demo.word("Console").await).send().await.unwrap();
    assert!(console.status().is_success() && console.headers()["content-type"] == "text/html; charset=utf-8");
    assert!(client.get(demo.word("Reference").await).send().await.unwrap().status().is_success());
    assert!(client.get(demo.word("Health").await).send().await.unwrap().status().is_success());
    assert!(listens(&api) && listens(&receiver));

    demo.signal("INT");
    assert!(demo.ended().await.success(), "{}", demo.output());
    assert_eq!((processes(demo.temporary.path()), demo.files()), (vec![], vec![]));
    assert!(!listens(&api) && !listens(&receiver));
    demo.shows("Done: no process and no file is left.").await;
}

#[tokio::test]
async fn what_a_killed_demo_leaves_behind_ends_by_itself_and_is_swept_by_the_next() {
    let mut demo = Demo::start(&[]);
    let api = demo.word("API ").await;
    assert!(processes(demo.temporary.path()).len() >= 7);
    demo.signal("KILL");
    demo.ended().await;
    demo.nobody_is_left().await;
    assert!(!listens(&api));
    assert_eq!(demo.files().len(), 1);
    let temporary = std::mem::replace(&mut demo.temporary, tempfile::tempdir().unwrap());

    // Whose output is read for one line, as by `head`
    let mut next = Demo::unread(temporary, &[]);
    let mut line = String::new();
    let mut output = BufReader::new(next.stdout());
    while line.trim().is_empty() {
        output.read_line(&mut line).unwrap();
    }
    drop(output);
    assert!(next.ended().await.success());
    assert_eq!((processes(next.temporary.path()), next.files()), (vec![], vec![]));
}

#[tokio::test]
async fn a_demo_whose_port_is_taken_says_so_and_cleans_up() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut demo = Demo::start(&["--listen", &address]);
    assert_eq!(demo.ended().await.code(), Some(1));
    demo.shows(&format!("cannot listen on {address}")).await;
    assert_eq!((processes(demo.temporary.path()), demo.files()), (vec![], vec![]));
}

#[tokio::test]
async fn a_demo_that_loses_a_part_ends_in_order() {
    for (part, message) in [(" serve ", "server ended too early"), ("ZZ1003", "Rosa Huamán: the phone")] {
        let mut demo = Demo::start(&[]);
        demo.shows("import done").await;
        demo.shows("Rosa Huamán   clocks in").await;
        let all = processes(demo.temporary.path());
        let (id, _) = all.iter().find(|(_, line)| line.contains(part)).unwrap();
        kill("KILL", *id);
        assert_eq!(demo.ended().await.code(), Some(1), "{}", demo.output());
        demo.shows(message).await;
        assert_eq!((processes(demo.temporary.path()), demo.files()), (vec![], vec![]));
    }
}

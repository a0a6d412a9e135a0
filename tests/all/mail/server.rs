//! A real mail server on loopback, see `tests/mail/server.py`.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use tempfile::TempDir;

/// A running mail server. It ends when dropped.
pub(super) struct MailServer {
    folder: TempDir,
    arguments: Vec<String>,
    port: u16,
    /// None while it is down
    child: Option<Child>,
    taken: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Written {
    from: String,
    to: Vec<String>,
    mail: String,
    tls: bool,
    login: bool,
}

/// A mail as it came.
#[derive(Debug, Clone)]
pub(super) struct Mail {
    /// From whom, by the envelope
    pub(super) from: String,
    /// For whom, by the envelope; several with a comma between
    pub(super) to: String,
    /// Its headers, unfolded, as they were sent
    pub(super) headers: Vec<(String, String)>,
    /// What it says
    pub(super) text: String,
    /// Whether the connection was protected
    pub(super) tls: bool,
    /// Whether the sender had logged in
    pub(super) login: bool,
}

impl Mail {
    /// The header of this name.
    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// What stands behind `#` in the link to this page.
    pub(super) fn token(&self, page: &str) -> String {
        let start = format!("{}/entrar/{page}#", super::PUBLIC);
        let (_, rest) = self.text.split_once(&start).unwrap_or_else(|| panic!("no link in {}", self.text));
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// The attached file, by its name.
    pub(super) fn attached(&self) -> (String, Vec<u8>) {
        let boundary = self.header("Content-Type").split("boundary=\"").nth(1).unwrap().trim_end_matches('"');
        let part = self.text.split(&format!("--{boundary}")).nth(2).unwrap();
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        // One that is long comes in pieces (RFC 2231): `filename*0="…"; filename*1="…"`
        let name = head.split("filename").skip(1).map(|rest| rest.split('"').nth(1).unwrap()).collect();
        assert!(head.contains("Content-Transfer-Encoding: base64"), "{head}");
        (name, STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap())
    }

    fn read(written: Written) -> Self {
        let (head, body) = written.mail.split_once("\r\n\r\n").unwrap();
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in head.split("\r\n") {
            if line.starts_with([' ', '\t']) {
                headers.last_mut().expect("a header goes on").1.push_str(line);
            } else {
                let (name, value) = line.split_once(": ").unwrap();
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
        let mut mail = Self {
            from: written.from,
            to: written.to.join(","),
            headers,
            text: body.to_owned(),
            tls: written.tls,
            login: written.login,
        };
        mail.text = match mail.header("Content-Transfer-Encoding") {
            "base64" => {
                let text = STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap();
                String::from_utf8(text).unwrap()
            }
            "quoted-printable" => unquoted(body),
            _ => body.to_owned(),
        };
        mail
    }
}

fn unquoted(body: &str) -> String {
    let (body, mut bytes) = (body.replace("=\r\n", ""), Vec::new());
    let mut parts = body.split('=');
    bytes.extend_from_slice(parts.next().unwrap().as_bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

impl MailServer {
    /// Starts one with these arguments, on a port that the system chooses.
    pub(super) async fn start(arguments: &[&str]) -> Self {
        let mut server = Self {
            folder: tempfile::tempdir().unwrap(),
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            port: 0,
            child: None,
            taken: BTreeSet::new(),
        };
        server.up().await;
        server
    }

    /// Starts it again, on the port that it had.
    pub(super) async fn up(&mut self) {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (install, script) = (tests.join("mail_server.sh"), tests.join("mail/server.py"));
        let (folder, port) = (self.folder.path().to_owned(), self.port);
        let arguments = self.arguments.clone();
        let started = tokio::task::spawn_blocking(move || {
            let installed = Command::new("sh").arg(install).output().unwrap();
            assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
            let python = String::from_utf8(installed.stdout).unwrap();
            let mut child = Command::new(python.trim())
                .arg(script)
                .arg(folder)
                .arg(port.to_string())
                .args(arguments)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            let port = line.trim().strip_prefix("listening ").unwrap_or_else(|| panic!("{line}"));
            (child, port.parse().unwrap())
        });
        let (child, port) = started.await.unwrap();
        (self.child, self.port) = (Some(child), port);
    }

    /// Kills it.
    pub(super) fn down(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Its port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The mails that came since this was asked last, in order.
    pub(super) fn take(&mut self) -> Vec<Mail> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let new = names.filter(|name| !name.starts_with('.') && !self.taken.contains(name));
        let mut new: Vec<String> = new.collect();
        new.sort_by_key(|name| name.trim_end_matches(".json").parse::<u32>().unwrap());
        self.taken.extend(new.iter().cloned());
        let read = |name: &String| fs::read_to_string(self.folder.path().join(name)).unwrap();
        new.iter().map(|name| Mail::read(serde_json::from_str(&read(name)).unwrap())).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.down();
    }
}

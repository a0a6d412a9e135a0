//! Files come and go, by the programs that customers have.

mod agent_process;
mod agents;
mod bad_days;
mod channel_folder;
mod cuts;
mod doors;
mod export_files;
mod exports;
mod ftp;
mod hosted;
mod intakes;
mod parked;
#[path = "../../../remote-files/tests/peers/mod.rs"]
mod peers;
mod remotes;
mod sftp;
mod strange;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use axum::http::Method;
use campo_server::{
    access::PermissionName,
    capabilities,
    duties::Left,
    exchange::{
        self,
        hosted::{Door, Hosted, by_password},
        sftp as server, take,
    },
    jobs,
};
use campo_tests::{
    api::{Answer, Client},
    world::Account,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, net::TcpListener, process::Command, task::JoinHandle};

/// A company that exchanges files: its office, a key with a log-in, and a server.
pub(super) struct Site {
    pub(super) account: Account,
    pub(super) office: Client,
    /// Of the key
    pub(super) key: String,
    pub(super) login: String,
    pub(super) password: String,
    pub(super) folder: TempDir,
    pub(super) address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Site {
    pub(super) async fn of(account: &Account, login: &str) -> Self {
        let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
        let office = Client::new(&account.app, Some(&account.key(&all).await.unwrap()));
        let key = json!({ "code": login, "name": "ERP", "permissions": ["use_file_exchange"] });
        let key = created(&office.post("/v1/keys", &key).await.unwrap());
        let key = key["id"].as_str().unwrap().to_owned();
        let made = office.post(&format!("/v1/keys/{key}/logins"), &json!({ "login": login })).await.unwrap();
        let password = created(&made)["password"].as_str().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = account.app.clone();
        let serving = tokio::spawn(async move { server::serve(app, listener).await.unwrap() });
        Self {
            account: account.clone(),
            office,
            key,
            login: login.to_owned(),
            password,
            folder: tempfile::tempdir().unwrap(),
            address,
            serving,
        }
    }

    /// A template for texts with a number and a description, and an intake for `pattern` in `folder`.
    pub(super) async fn intake(&self, code: &str, folder: &str, pattern: &str, more: Value) -> Value {
        let template = json!({
            "code": code, "name": "Simple", "makes": "tasks", "key": "external_number",
            "columns": [
                { "heading": "Número", "field": "external_number" },
                { "heading": "Trabajo", "field": "description" },
                { "heading": "Técnico", "field": "employee", "optional": true },
            ],
        });
        created(&self.office.post("/v1/import-templates", &template).await.unwrap());
        let mut intake = json!({
            "code": code, "name": code, "folder": folder, "pattern": pattern, "template": format!("code:{code}"),
        });
        intake.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        created(&self.office.post("/v1/intakes", &intake).await.unwrap())
    }

    /// What the log-in sees, without a protocol.
    pub(super) async fn hosted(&self) -> Hosted {
        by_password(&self.account.app, Door::Sftp, None, &self.login, &self.password).await.unwrap()
    }

    /// Takes every file there is to its end.
    pub(super) async fn work_off(&self) {
        let app = &self.account.app;
        for _ in 0..50 {
            let before = take::run(app).await.unwrap();
            let jobs = jobs::work_off(app, capabilities::JOBS).await.unwrap();
            let after = take::run(app).await.unwrap();
            if jobs == 0 && [before, after] == [Left::Nothing; 2] {
                return;
            }
        }
        panic!("there is no end of files");
    }

    pub(super) async fn received(&self) -> Vec<Value> {
        let answer = self.office.get("/v1/received-files").await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.json());
        // The oldest first
        answer.json()["items"].as_array().unwrap().iter().rev().cloned().collect()
    }

    pub(super) async fn tasks(&self) -> i64 {
        let (tasks,): (i64,) = self
            .account
            .app
            .db
            .fetch_one("select count(*) from task where account = $1", (self.account.id,))
            .await
            .unwrap();
        tasks
    }

    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs OpenSSH's `sftp` with a password and these commands; what it wrote, and whether all went well.
    pub(super) async fn sftp(&self, commands: &str) -> (bool, String) {
        let login = self.login.clone();
        sftp(self.address, self.folder.path(), &login, Secret::Password(&self.password), commands).await
    }

    /// The same at another address: through a proxy, at another replica.
    pub(super) async fn sftp_at(&self, address: SocketAddr, commands: &str) -> (bool, String) {
        sftp(address, self.folder.path(), &self.login, Secret::Password(&self.password), commands).await
    }

    pub(super) async fn sftp_as(&self, login: &str, secret: Secret<'_>, commands: &str) -> (bool, String) {
        sftp(self.address, self.folder.path(), login, secret, commands).await
    }

    /// Runs OpenSSH's `ssh` with these arguments; it must end.
    pub(super) async fn ssh(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = openssh("ssh", self.folder.path(), Secret::Password(&self.password));
        command.args(["-p", &self.address.port().to_string(), &format!("{}@127.0.0.1", self.login)]);
        command.args(arguments).stdin(Stdio::null());
        let output = tokio::time::timeout(Duration::from_mins(1), command.output());
        let output = output.await.expect("ssh ends").expect("tests/clients.sh install");
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    }

    pub(super) async fn delete(&self, path: &str) -> Answer {
        self.office.call(Method::DELETE, path, &[("if-match", "\"1\"")], None).await.unwrap()
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Secret<'a> {
    Password(&'a str),
    Key(&'a Path),
}

async fn sftp(
    address: SocketAddr,
    folder: &Path,
    login: &str,
    secret: Secret<'_>,
    commands: &str,
) -> (bool, String) {
    let mut command = openssh("sftp", folder, secret);
    command.args(["-b", "-", "-P", &address.port().to_string(), &format!("{login}@127.0.0.1")]);
    command.stdin(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("tests/clients.sh install: {error}"));
    let mut input = child.stdin.take().unwrap();
    let commands = commands.to_owned();
    let feeding = tokio::spawn(async move {
        // It is gone early where it could not log in
        let _ = input.write_all(commands.as_bytes()).await;
    });
    let output = child.wait_with_output().await.unwrap();
    feeding.await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// A program of OpenSSH that trusts the server and has nothing but this secret.
fn openssh(program: &str, folder: &Path, secret: Secret<'_>) -> Command {
    let ask = folder.join("ask");
    let mut command = Command::new(program);
    command.current_dir(folder).env_remove("SSH_AUTH_SOCK").kill_on_drop(true);
    for option in [
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "LogLevel=ERROR",
        "NumberOfPasswordPrompts=1",
        "ConnectTimeout=20",
    ] {
        command.arg("-o").arg(option);
    }
    match secret {
        Secret::Password(password) => {
            std::fs::write(&ask, format!("#!/bin/sh\nprintf '%s\\n' '{password}'\n")).unwrap();
            std::fs::set_permissions(&ask, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
            command.env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force");
            // `-b` alone would forbid to ask
            command.args(["-o", "BatchMode=no", "-o", "PreferredAuthentications=password"]);
        }
        Secret::Key(path) => {
            command.arg("-i").arg(path);
            command.args(["-o", "IdentitiesOnly=yes", "-o", "PreferredAuthentications=publickey"]);
        }
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(super) fn created(answer: &Answer) -> Value {
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()
}

/// A text of so many tasks, from number `first` on.
pub(super) fn tasks(first: usize, count: usize) -> Vec<u8> {
    let lines = (first..first + count).map(|row| format!("{row};Trabajo {row}\n"));
    std::iter::once("Número;Trabajo\n".to_owned()).chain(lines).collect::<String>().into_bytes()
}

#[tokio::test]
async fn the_host_key_is_the_same_at_all_replicas() {
    let world = campo_tests::world::World::sqlite().await.unwrap();
    let one = exchange::sftp::fingerprint(&world.app).await.unwrap();
    let other = exchange::sftp::fingerprint(&world.replica().await.unwrap()).await.unwrap();
    assert_eq!(one, other);
}

//! lftp and curl against our server, with and without TLS.

use std::{path::Path, process::Stdio, time::Duration};

use campo_file_names::VirtualPath;
use campo_server::exchange::{
    ftp::{self, Options},
    hosted::{Beginning, ItemKind},
};
use campo_tests::{on_both, wait, world::World};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    process::Command,
    task::JoinHandle,
};

use super::{Site, created, tasks};

on_both! {
    a_file_that_comes_by_ftps_becomes_tasks_and_its_results_can_be_taken,
    without_tls_only_a_log_in_that_is_made_for_it_opens_and_nothing_else,
    an_upload_that_ends_otherwise_than_in_order_is_no_file,
    old_clients_find_what_they_know,
}

/// Where FTP is answered.
struct Door {
    /// With `AUTH TLS`
    explicit: u16,
    /// With TLS from the first byte
    implicit: u16,
    serving: JoinHandle<()>,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Door {
    async fn open(site: &Site, plain: bool) -> Self {
        let [explicit, implicit] = [
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        ];
        let ports = [&explicit, &implicit].map(|listener| listener.local_addr().unwrap().port());
        let app = site.account.app.clone();
        // Below the ports that systems lend to outgoing connections
        let options =
            Options { plain, passive_ports: 21_000..=32_000, passive_address: None, certificate: None };
        let serving = tokio::spawn(async move {
            ftp::serve(app, options, Some(explicit), Some(implicit)).await.unwrap();
        });
        Self { explicit: ports[0], implicit: ports[1], serving }
    }
}

async fn run(program: &str, arguments: &[&str], folder: &Path) -> (bool, String) {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("HOME", folder).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = tokio::time::timeout(Duration::from_mins(2), command.output());
    let output =
        output.await.expect("it ends").unwrap_or_else(|error| panic!("tests/clients.sh install: {error}"));
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// Runs lftp with these commands.
async fn lftp(site: &Site, url: &str, login: &str, password: &str, commands: &str) -> (bool, String) {
    let script = format!(
        "set cmd:fail-exit yes; set net:max-retries 1; set net:timeout 20; set ssl:verify-certificate no; \
         set xfer:clobber yes; open -u '{login},{password}' {url}; {commands}"
    );
    run("lftp", &["-c", &script], site.folder.path()).await
}

async fn a_file_that_comes_by_ftps_becomes_tasks_and_its_results_can_be_taken(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let door = Door::open(&site, false).await;
    site.intake("tareas", "tareas", "*.csv", json!({})).await;
    let explicit = format!("ftp://127.0.0.1:{}", door.explicit);
    let implicit = format!("ftps://127.0.0.1:{}", door.implicit);
    let force = "set ftp:ssl-force yes; set ftp:ssl-protect-data yes";
    for (number, url) in [(1, &explicit), (2, &implicit)] {
        let name = format!("tareas {number} ñ.csv");
        let text = tasks(number * 100, 3);
        site.file(&name, &text);
        let commands = format!("{force}; put -O in/tareas '{name}'; cls -1 in/tareas");
        let (went_well, output) = lftp(&site, url, &site.login, &site.password, &commands).await;
        assert!(went_well && output.contains(&name), "{url}: {output}");
        site.work_off().await;
        assert_eq!(site.tasks().await, 3 * number as i64);
        let commands = format!(
            "{force}; get 'done/tareas/{name}' -o back.csv; get 'done/tareas/{name}.resultado.txt' -o counts.txt; \
             rm 'done/tareas/{name}'"
        );
        let (went_well, output) = lftp(&site, url, &site.login, &site.password, &commands).await;
        assert!(went_well, "{url}: {output}");
        assert_eq!(std::fs::read(site.folder.path().join("back.csv")).unwrap(), text);
        let counts = std::fs::read_to_string(site.folder.path().join("counts.txt")).unwrap();
        assert!(counts.contains("Creadas: 3"), "{counts}");
    }
    // curl: explicit TLS, upload under another name, rename, listing, download, going on with a part
    let text = tasks(900, 2);
    site.file("c.csv", &text);
    let user = format!("{}:{}", site.login, site.password);
    let curl = async |more: &[&str]| {
        let mut arguments = vec!["-sS", "-k", "--ssl-reqd", "-u", &user, "--max-time", "60"];
        arguments.extend(more);
        run("curl", &arguments, site.folder.path()).await
    };
    let into = format!("{explicit}/in/tareas/");
    let (went_well, output) =
        curl(&["-T", "c.csv", &format!("{into}c.csv.part"), "-Q", "-RNFR c.csv.part", "-Q", "-RNTO c.csv"])
            .await;
    assert!(went_well, "{output}");
    let (went_well, output) = curl(&["-T", "c.csv", &format!("{into}c.csv")]).await;
    assert!(went_well, "{output}");
    let (went_well, output) = curl(&[&into]).await;
    assert!(went_well && output.contains("c.csv"), "{output}");
    let (went_well, output) = curl(&["-r", "3-", &format!("{into}c.csv"), "-o", "tail.csv"]).await;
    assert!(went_well, "{output}");
    assert_eq!(std::fs::read(site.folder.path().join("tail.csv")).unwrap(), text[3..]);
}

async fn without_tls_only_a_log_in_that_is_made_for_it_opens_and_nothing_else(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let path = format!("/v1/keys/{}/logins", site.key);
    let draft = |more: serde_json::Value| {
        let mut draft = json!({ "login": "acme-viejo", "plain_ftp": true });
        draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        draft
    };
    for more in [json!({}), json!({ "purposes": ["ftp"] }), json!({ "networks": ["127.0.0.0/8"] })] {
        assert_eq!(site.office.post(&path, &draft(more)).await.unwrap().status, 422);
    }
    let made = draft(json!({ "purposes": ["ftp"], "networks": ["127.0.0.0/8"] }));
    let made = created(&site.office.post(&path, &made).await.unwrap());
    let password = made["password"].as_str().unwrap();
    let (open, closed) = (Door::open(&site, true).await, Door::open(&site, false).await);
    site.file("x.csv", b"x");
    let plain = "set ftp:ssl-allow no; put x.csv -o in/x.csv";
    let tls = "set ftp:ssl-force yes; ls";
    for (door, login, password, commands, opens) in [
        (&open, "acme-viejo", password, plain, true),
        (&open, "acme-viejo", password, tls, true),
        (&open, "acme-viejo", "wrong", plain, false),
        (&open, site.login.as_str(), site.password.as_str(), plain, false),
        (&closed, "acme-viejo", password, plain, false),
        (&closed, site.login.as_str(), site.password.as_str(), tls, true),
    ] {
        let url = format!("ftp://127.0.0.1:{}", door.explicit);
        let (went_well, output) = lftp(&site, &url, login, password, commands).await;
        assert_eq!(went_well, opens, "{login} {commands}: {output}");
    }
    let (went_well, _) = site.sftp_as("acme-viejo", super::Secret::Password(password), "ls\n").await;
    assert!(!went_well, "a log-in for FTP without TLS opens SFTP");
}

/// A client that says what it wants, line by line, without TLS.
struct Talk {
    control: BufReader<TcpStream>,
}

impl Talk {
    async fn begin(door: &Door, login: &str, password: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", door.explicit)).await.unwrap();
        let mut talk = Self { control: BufReader::new(stream) };
        talk.heard("220").await;
        talk.say(&format!("USER {login}"), "331").await;
        talk.say(&format!("PASS {password}"), "230").await;
        talk
    }

    async fn send(&mut self, line: &str) {
        self.control.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
    }

    /// The last line of a reply, which begins with this code.
    async fn heard(&mut self, code: &str) -> String {
        loop {
            let mut line = String::new();
            let read = tokio::time::timeout(Duration::from_secs(20), self.control.read_line(&mut line));
            assert!(read.await.expect("a reply").unwrap() > 0, "the connection ended, {code} was expected");
            if line.as_bytes().get(3) == Some(&b' ') && line.as_bytes()[0].is_ascii_digit() {
                assert!(line.starts_with(code), "{code} was expected: {line}");
                return line;
            }
        }
    }

    async fn say(&mut self, line: &str, code: &str) -> String {
        self.send(line).await;
        self.heard(code).await
    }

    async fn passive(&mut self) -> TcpStream {
        let reply = self.say("EPSV", "229").await;
        let port = reply.split("|||").nth(1).unwrap().split('|').next().unwrap().parse().unwrap();
        TcpStream::connect(("127.0.0.1", port)).await.unwrap()
    }

    /// What comes over a data connection after this command.
    async fn take(&mut self, line: &str) -> String {
        let mut data = self.passive().await;
        self.say(line, "150").await;
        let mut text = String::new();
        data.read_to_string(&mut text).await.unwrap();
        self.heard("226").await;
        text
    }
}

async fn plain(site: &Site) -> String {
    let draft = json!({
        "login": "acme-viejo", "plain_ftp": true, "purposes": ["ftp"], "networks": ["127.0.0.0/8"],
    });
    let path = format!("/v1/keys/{}/logins", site.key);
    let made = created(&site.office.post(&path, &draft).await.unwrap());
    made["password"].as_str().unwrap().to_owned()
}

async fn an_upload_that_ends_otherwise_than_in_order_is_no_file(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let password = plain(&site).await;
    let door = Door::open(&site, true).await;
    let hosted = site.hosted().await;
    let at = |name: &str| VirtualPath::parse(&format!("/in/{name}")).unwrap();
    let part = async |name: &str, bytes: u64| {
        wait::until("a part", Duration::from_secs(20), async || {
            let item = hosted.stat(&at(name)).await;
            Ok(item.ok().filter(|item| item.kind == ItemKind::Part && item.size_bytes == bytes))
        })
        .await
        .unwrap();
        assert!(hosted.open(&at(name)).await.is_err());
    };

    // The client dies: control and data connection end together
    let mut talk = Talk::begin(&door, "acme-viejo", &password).await;
    let mut data = talk.passive().await;
    talk.say("STOR in/dead.csv", "150").await;
    data.write_all(b"12345").await.unwrap();
    drop((data, talk));
    part("dead.csv", 5).await;

    // The data connection is reset
    let mut talk = Talk::begin(&door, "acme-viejo", &password).await;
    let mut data = talk.passive().await;
    talk.say("STOR in/reset.csv", "150").await;
    data.write_all(b"123").await.unwrap();
    let socket = data.into_std().unwrap();
    tokio::time::timeout(Duration::from_secs(1), std::future::pending::<()>()).await.unwrap_err();
    socket2::SockRef::from(&socket).set_linger(Some(Duration::ZERO)).unwrap();
    drop(socket);
    talk.heard("426").await;
    // What the system threw away with the reset is not in the part
    assert!(hosted.open(&at("reset.csv")).await.is_err());

    // It is aborted
    let mut data = talk.passive().await;
    talk.say("STOR in/abort.csv", "150").await;
    data.write_all(b"1234").await.unwrap();
    tokio::time::timeout(Duration::from_secs(1), std::future::pending::<()>()).await.unwrap_err();
    talk.say("ABOR", "426").await;
    talk.heard("226").await;
    drop(data);
    assert!(hosted.open(&at("abort.csv")).await.is_err());

    // It has another length than was told
    talk.say("ALLO 10", "202").await;
    let mut data = talk.passive().await;
    talk.say("STOR in/short.csv", "150").await;
    data.write_all(b"123456").await.unwrap();
    drop(data);
    talk.heard("426").await;
    part("short.csv", 6).await;

    // It is gone on with, by `REST` and by `APPE`
    assert!(talk.say("SIZE in/short.csv", "213").await.contains(" 6"));
    assert!(!talk.take("NLST in").await.contains("short"), "a part is listed");
    talk.say("REST 5", "350").await;
    talk.say("STOR in/short.csv", "554").await;
    talk.say("REST 6", "350").await;
    let mut data = talk.passive().await;
    talk.say("STOR in/short.csv", "150").await;
    data.write_all(b"7890").await.unwrap();
    drop(data);
    talk.heard("226").await;
    let mut data = talk.passive().await;
    talk.say("APPE in/dead.csv", "150").await;
    data.write_all(b"6").await.unwrap();
    drop(data);
    talk.heard("226").await;
    for (name, text) in [("short.csv", "1234567890"), ("dead.csv", "123456")] {
        let mut download = hosted.open(&at(name)).await.unwrap();
        assert_eq!(download.read(0, 100).await.unwrap(), text.as_bytes(), "{name}");
    }
    let upload = hosted.create(&at("never.csv"), Beginning::Start).await.unwrap();
    drop(upload);
    assert!(hosted.stat(&at("never.csv")).await.is_err());
}

async fn old_clients_find_what_they_know(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let password = plain(&site).await;
    let door = Door::open(&site, true).await;
    let mut talk = Talk::begin(&door, "acme-viejo", &password).await;
    for (line, code) in [
        ("SYST", "215"),
        ("FEAT", "211"),
        ("TYPE A", "200"),
        ("TYPE E", "504"),
        ("OPTS UTF8 ON", "200"),
        ("PBSZ 0", "200"),
        ("PROT P", "503"),
        ("PWD", "257"),
        ("CWD in", "250"),
        ("CWD nowhere", "550"),
        ("MKD sub", "257"),
        ("RMD sub", "250"),
        ("CWD \\..\\..", "553"),
        ("CDUP", "250"),
        ("CDUP", "250"),
        ("MODE Z", "504"),
        ("PORT 8,8,8,8,1,1", "504"),
        ("PORT 127,0,0,1,0,22", "504"),
        ("EPRT |1|127.0.0.1|80|", "504"),
        ("PORT x", "501"),
        ("LIST", "425"),
        ("RNTO x", "503"),
        ("SITE CHMOD 644 x", "200"),
        ("XYZZY", "502"),
        ("STOR out/x.csv", "550"),
        ("STAT", "211"),
    ] {
        talk.say(line, code).await;
    }
    // Active mode, as Windows' ftp.exe does, and text of Windows' Latin
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let [high, low] = listener.local_addr().unwrap().port().to_be_bytes();
    talk.say(&format!("PORT 127,0,0,1,{high},{low}"), "200").await;
    talk.control.get_mut().write_all(b"STOR in/a\xf1o.csv\r\n").await.unwrap();
    talk.heard("150").await;
    let (mut data, _) = listener.accept().await.unwrap();
    data.write_all(b"a\r\nb\n").await.unwrap();
    drop(data);
    talk.heard("226").await;
    let listing = talk.take("LIST -la in").await;
    assert!(listing.starts_with("-rw-r--r--") && listing.trim_end().ends_with("año.csv"), "{listing}");
    assert_eq!(talk.take("NLST in/*.CSV").await, "año.csv\r\n");
    assert_eq!(talk.take("NLST in/*.xlsx").await, "");
    assert!(talk.take("MLSD in").await.starts_with("type=file;size=5;modify="));
    talk.say("SITE DIRSTYLE", "200").await;
    assert!(talk.take("LIST").await.contains("<DIR>"), "DOS style");
    assert_eq!(talk.take("RETR in/año.csv").await, "a\r\nb\n", "byte for byte");
    talk.say("QUIT", "221").await;
}

//! Transfers that are cut at every stage: the connection at chosen bytes, the client, the server, the customer's server.
//! A file is imported exactly once, and a run of an export comes exactly once, byte for byte.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use campo_file_names::VirtualPath;
use campo_server::exchange::{
    ftp::{self, Options},
    hosted::ItemKind,
};
use campo_tests::{
    on_both,
    proxy::{Faults, Proxy},
    wait,
    world::World,
};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, pki_types::ServerName};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

use super::{
    Secret, Site, openssh,
    peers::Peer,
    remotes::{content, export, look_once, remote, run, shown},
    tasks,
};

on_both! {
    a_file_whose_connection_is_cut_anywhere_is_imported_once,
    a_file_whose_client_is_killed_is_imported_once,
    a_file_whose_server_is_killed_is_imported_once,
    an_upload_over_tls_that_does_not_say_good_bye_is_no_file,
    an_export_to_openssh_that_is_cut_anywhere_comes_once,
    an_export_to_vsftpd_that_is_cut_anywhere_comes_once,
}

const WAIT: Duration = Duration::from_mins(2);

/// How clients say that a file is whole.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// It is closed
    Closed,
    /// It gets its name when it is whole
    Renamed,
    /// A second file says so
    Marked,
}

impl Way {
    const ALL: [Self; 3] = [Self::Closed, Self::Renamed, Self::Marked];

    const fn folder(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Renamed => "renamed",
            Self::Marked => "marked",
        }
    }

    /// What a client does, from the start.
    fn commands(self, name: &str) -> String {
        let at = format!("in/{}/{name}", self.folder());
        match self {
            Self::Closed => format!("put t.csv {at}\n"),
            Self::Renamed => format!("put t.csv {at}.part\nrename {at}.part {at}\n"),
            Self::Marked => format!("put t.csv {at}\nput marker {at}.done\n"),
        }
    }

    async fn intake(self, site: &Site) {
        let complete = match self {
            Self::Closed => "closed",
            Self::Renamed => "renamed",
            Self::Marked => "marker",
        };
        let more = json!({ "complete": complete, "marker_suffix": ".done" });
        site.intake(self.folder(), self.folder(), "*.csv", more).await;
    }
}

/// Three tasks, and so many bytes behind them that are nothing.
fn large(first: usize, bytes: usize) -> Vec<u8> {
    let mut text = tasks(first, 3);
    let blank = [&[b' '; 999][..], b"\n"].concat();
    text.extend(blank.repeat(bytes / blank.len()));
    text
}

async fn ways(site: &Site) {
    site.file("marker", b"");
    for way in Way::ALL {
        way.intake(site).await;
    }
}

async fn came(site: &Site, name: &str) -> usize {
    site.received().await.iter().filter(|file| file["name"] == name).count()
}

async fn a_file_whose_connection_is_cut_anywhere_is_imported_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    ways(&site).await;
    let proxy = Proxy::start(site.address, 1).await.unwrap();
    let mut number = 0;
    for way in Way::ALL {
        // While it logs in, in the middle, and before the last words
        for bytes in [2_000, 600_000, 1_150_000] {
            site.file("t.csv", &large(10 * number + 1, 1_200_000));
            let name = format!("{}-{bytes}.csv", way.folder());
            proxy.set(Faults { request_bytes: Some(bytes..=bytes), ..Faults::default() });
            let (went_well, output) = site.sftp_at(proxy.address(), &way.commands(&name)).await;
            assert!(!went_well, "{way:?} {bytes}: {output}");
            site.work_off().await;
            let early = came(&site, &name).await;
            proxy.set(Faults::default());
            if early == 0 {
                let (went_well, output) = site.sftp_at(proxy.address(), &way.commands(&name)).await;
                assert!(went_well, "{way:?} {bytes}: {output}");
                site.work_off().await;
            }
            number += 1;
            assert_eq!(came(&site, &name).await, 1, "{way:?} {bytes}");
            assert_eq!(site.tasks().await, 3 * number as i64, "{way:?} {bytes}");
        }
        for file in site.received().await {
            assert_eq!(file["state"], "done", "{way:?} {file}");
        }
    }
}

/// OpenSSH's `sftp` with these commands, which somebody kills.
async fn client(site: &Site, address: SocketAddr, commands: &str) -> tokio::process::Child {
    let mut command = openssh("sftp", site.folder.path(), Secret::Password(&site.password));
    command.args(["-b", "-", "-P", &address.port().to_string(), &format!("{}@127.0.0.1", site.login)]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(commands.as_bytes()).await.unwrap();
    child
}

/// Waits until the child ends, but no longer than this. True when it ended by itself.
async fn ends_within(child: &mut tokio::process::Child, time: Duration) -> bool {
    tokio::time::timeout(time, child.wait()).await.is_ok()
}

async fn a_file_whose_client_is_killed_is_imported_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    ways(&site).await;
    let mut kills = 0;
    for round in 1..=6_u64 {
        let way = Way::ALL[round as usize % 3];
        let name = format!("{round}.csv");
        site.file("t.csv", &large(10 * round as usize, 4_000_000));
        let mut child = client(&site, site.address, &way.commands(&name)).await;
        // A moment later each time, so that several stages are met; the first is sooner than anybody logs in
        if !ends_within(&mut child, Duration::from_millis(60 * round)).await {
            child.kill().await.unwrap();
            kills += 1;
        }
        // What a client that was killed sent last is written still
        let connections = &site.account.app.connections;
        wait::until("the connection to be over", WAIT, async || Ok((connections.count() == 0).then_some(())))
            .await
            .unwrap();
        site.work_off().await;
        if came(&site, &name).await == 0 {
            let (went_well, output) = site.sftp(&way.commands(&name)).await;
            assert!(went_well, "{way:?} {output}");
            site.work_off().await;
        }
        assert_eq!(came(&site, &name).await, 1, "{way:?}");
        assert_eq!(site.tasks().await, 3 * round as i64, "{way:?}");
    }
    assert!(kills > 0, "no client was killed");
}

async fn a_file_whose_server_is_killed_is_imported_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    ways(&site).await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut server =
        world.process(&[("CAMPO_SFTP_LISTEN", &free.to_string()), ("CAMPO_LEASE_S", "3")]).await.unwrap();
    for round in 1..=6_u64 {
        let way = Way::ALL[round as usize % 3];
        let name = format!("{round}.csv");
        site.file("t.csv", &large(10 * round as usize, 4_000_000));
        let mut child = client(&site, free, &way.commands(&name)).await;
        ends_within(&mut child, Duration::from_millis(250 * round)).await;
        server.kill_nine().unwrap();
        server.start_again().await.unwrap();
        let _ = child.kill().await;
        if came(&site, &name).await == 0 {
            let (went_well, output) = site.sftp_at(free, &way.commands(&name)).await;
            assert!(went_well, "{way:?} {output}");
        }
        let over = async || {
            let received = site.received().await;
            let own = received.iter().filter(|file| file["name"] == name.as_str());
            let states: Vec<Value> = own.map(|file| file["state"].clone()).collect();
            Ok((states == [json!("done")]).then_some(()))
        };
        wait::until("the file to be imported once", WAIT, over).await.unwrap();
        assert_eq!(site.tasks().await, 3 * round as i64, "{way:?}");
    }
}

/// A client of FTP with TLS from the first byte.
struct Secure {
    control: StreamOwned<ClientConnection, TcpStream>,
    config: Arc<ClientConfig>,
}

impl Secure {
    fn stream(config: &Arc<ClientConfig>, port: u16) -> StreamOwned<ClientConnection, TcpStream> {
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::clone(config), name).unwrap();
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        StreamOwned::new(connection, stream)
    }

    /// The reply, which must begin so.
    fn heard(&mut self, code: &str) -> String {
        loop {
            let mut line = Vec::new();
            let mut byte = [0];
            while byte != *b"\n" {
                self.control.read_exact(&mut byte).unwrap();
                line.extend(byte);
            }
            let line = String::from_utf8(line).unwrap();
            if line.as_bytes()[3] == b' ' {
                assert!(line.starts_with(code), "{code} was expected: {line}");
                return line;
            }
        }
    }

    fn say(&mut self, line: &str, code: &str) -> String {
        self.control.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        self.heard(code)
    }

    /// Sends a file; the reply to that.
    fn store(&mut self, name: &str, bytes: &[u8], says_good_bye: bool, code: &str) {
        let reply = self.say("EPSV", "229");
        let port = reply.split("|||").nth(1).unwrap().split('|').next().unwrap().parse().unwrap();
        let mut data = Self::stream(&self.config, port);
        self.say(&format!("STOR in/{name}"), "150");
        data.write_all(bytes).unwrap();
        if says_good_bye {
            data.conn.send_close_notify();
        }
        data.flush().unwrap();
        drop(data);
        self.heard(code);
    }
}

async fn an_upload_over_tls_that_does_not_say_good_bye_is_no_file(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let [chain, key] = ["cert.pem", "key.pem"].map(|name| site.folder.path().join(name));
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (app, certificate) = (site.account.app.clone(), Some((chain, key)));
    let options =
        Options { plain: false, passive_ports: 21_000..=32_000, passive_address: None, certificate };
    let serving = tokio::spawn(async move { ftp::serve(app, options, None, Some(listener)).await });
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let (login, password) = (site.login.clone(), site.password.clone());
    let talked = tokio::task::spawn_blocking(move || {
        let mut client = Secure { control: Secure::stream(&config, port), config };
        client.heard("220");
        client.say(&format!("USER {login}"), "331");
        client.say(&format!("PASS {password}"), "230");
        client.say("PBSZ 0", "200");
        client.say("PROT P", "200");
        let text = tasks(1, 3);
        client.store("cut.csv", &text, false, "426");
        client.store("whole.csv", &text, true, "226");
        client.say("ALLO 1000", "202");
        client.store("short.csv", &text, true, "426");
        client.say("QUIT", "221");
    });
    talked.await.unwrap();
    serving.abort();
    site.work_off().await;
    let names: Vec<_> = site.received().await.iter().map(|file| file["name"].clone()).collect();
    assert_eq!(names, [json!("whole.csv")]);
    let hosted = site.hosted().await;
    for name in ["cut.csv", "short.csv"] {
        let item = hosted.stat(&VirtualPath::parse(&format!("/in/{name}")).unwrap()).await.unwrap();
        assert_eq!((item.kind, item.size_bytes), (ItemKind::Part, tasks(1, 3).len() as u64), "{name}");
    }
}

/// An export to a customer's server behind a proxy, cut at so many stages in either direction. The server has the file
/// once each time, the same bytes.
async fn export_through_cuts(site: &Site, peer: &Peer, proxy: &Proxy, stages: u64) {
    site.intake("tareas", "", "*.csv", json!({})).await;
    site.file("t.csv", &tasks(1, 600));
    let (went_well, output) = site.sftp("put t.csv in/t.csv\n").await;
    assert!(went_well, "{output}");
    site.work_off().await;
    export(site, json!({ "file_name": "T_{n}.csv" })).await;
    let first = run(site).await;
    assert!(first["delivered_at"].is_string(), "{first} {}", shown(site).await);
    let before = proxy.passed_bytes();
    let second = run(site).await;
    assert!(second["delivered_at"].is_string(), "{second}");
    let after = proxy.passed_bytes();
    let (up, down) = (after.0 - before.0, after.1 - before.1);
    let mut number = 2;
    for stage in 1..=stages {
        for is_up in [true, false] {
            let bytes = if is_up { up } else { down } * stage / (stages + 1);
            let cut = Some(bytes..=bytes);
            proxy.set(if is_up {
                Faults { request_bytes: cut, ..Faults::default() }
            } else {
                Faults { answer_bytes: cut, ..Faults::default() }
            });
            let made = run(site).await;
            number += 1;
            proxy.set(Faults::default());
            look_once(site).await;
            let told = format!("cut at {bytes} of {up} up, {down} down: {}", shown(site).await);
            let names = peer.names("in");
            assert_eq!(names.len(), number, "{told} {names:?}");
            let file = std::fs::read(peer.folder.join(format!("in/T_{number}.csv")));
            assert_eq!(file.unwrap(), content(site, &made).await, "{told}");
        }
    }
}

async fn an_export_to_openssh_that_is_cut_anywhere_comes_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let peer = Peer::sshd().await;
    std::fs::create_dir(peer.folder.join("in")).unwrap();
    let proxy = Proxy::start(([127, 0, 0, 1], peer.port).into(), 2).await.unwrap();
    remote(&site, &peer, json!({ "port": proxy.address().port() })).await;
    export_through_cuts(&site, &peer, &proxy, 7).await;
}

/// The control connection is cut; that of the data ends with it.
async fn an_export_to_vsftpd_that_is_cut_anywhere_comes_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let peer = Peer::vsftpd(false).await;
    std::fs::create_dir(peer.folder.join("in")).unwrap();
    let proxy = Proxy::start(([127, 0, 0, 1], peer.port).into(), 3).await.unwrap();
    let draft = json!({
        "code": "sap", "name": "SAP", "protocol": "ftp", "host": "127.0.0.1", "port": proxy.address().port(),
        "user": "anonymous", "password": "x@example.com",
    });
    super::created(&site.office.post("/v1/remotes", &draft).await.unwrap());
    export_through_cuts(&site, &peer, &proxy, 7).await;
}

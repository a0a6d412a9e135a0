//! Against servers that others wrote, and against one that means no good.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::disallowed_methods, reason = "a stranger's server tells by its port alone that it is there")]
mod peers;

use std::time::Duration;

use campo_remote_files::{Cause, Credential, Fault, Protocol, Server, Session, Step};
use peers::Peer;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

fn server(peer: &Peer, protocol: Protocol) -> Server {
    let (user, credential) = match protocol {
        Protocol::Sftp => (peers::user(), Credential::Key(peer.private_key().into(), None)),
        Protocol::Ftps | Protocol::Ftp => {
            ("anonymous".to_owned(), Credential::Password("x@example.com".to_owned().into()))
        }
    };
    let (host, patience) = ("localhost".to_owned(), Duration::from_secs(20));
    Server { protocol, host, user, credential, accepted: None, patience }
}

async fn open(peer: &Peer, server: &Server) -> Result<Session, Fault> {
    Session::open(TcpStream::connect(("127.0.0.1", peer.port)).await.unwrap(), server).await
}

async fn read(session: &mut Session, path: &str) -> Vec<u8> {
    let mut reader = session.read(path).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(block) = reader.next().await.unwrap() {
        bytes.extend_from_slice(block);
    }
    reader.end().await.unwrap();
    bytes
}

async fn put(session: &mut Session, path: &str, bytes: &[u8]) {
    let mut writer = session.write(path).await.unwrap();
    writer.write(bytes).await.unwrap();
    let sent = writer.end().await.unwrap();
    session.verify(path, sent).await.unwrap();
}

/// Bytes that no mode of text would leave alone.
fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|index| (index * 31 % 251) as u8).chain(*b"\r\n\n\r\0\xff").collect()
}

/// The same with every protocol.
async fn whole_road(peer: &Peer, server: &Server, root: &str) {
    let at = |path: &str| campo_remote_files::join(root, path);
    let mut session = open(peer, server).await.unwrap();
    let large = bytes(3_000_000);
    peer.put("out/órdenes 1.csv", &large);
    peer.put("out/b.csv", b"");
    peer.put("out/sub/c.csv", b"x");
    let mut items = session.list(&at("out"), |name| name != "notes.txt").await.unwrap();
    items.sort_by(|a, b| a.name.cmp(&b.name));
    let named: Vec<_> = items.iter().map(|item| (item.name.as_str(), item.size_bytes)).collect();
    assert_eq!(named, [("b.csv", 0), ("órdenes 1.csv", large.len() as u64)]);
    assert!(items.iter().all(|item| item.modified_s.is_some_and(|at| at > 1_500_000_000)), "{items:?}");
    assert_eq!(read(&mut session, &at("out/órdenes 1.csv")).await, large);
    assert_eq!(read(&mut session, &at("out/b.csv")).await, b"");

    peer.put("in/there.csv", b"theirs");
    put(&mut session, &at("in/new.csv.1.part"), &large).await;
    let taken = session.publish(&at("in/new.csv.1.part"), &at("in/there.csv")).await.unwrap_err();
    assert_eq!((taken.step, taken.cause), (Step::Rename, Cause::Exists));
    assert_eq!(std::fs::read(peer.folder.join("in/there.csv")).unwrap(), b"theirs");
    session.publish(&at("in/new.csv.1.part"), &at("in/new.csv")).await.unwrap();
    assert_eq!(std::fs::read(peer.folder.join("in/new.csv")).unwrap(), large);
    assert_eq!(session.size(&at("in/new.csv")).await.unwrap(), Some(large.len() as u64));
    assert_eq!(session.size(&at("in/nothing.csv")).await.unwrap(), None);
    session.remove(&at("out/b.csv")).await.unwrap();
    session.remove(&at("out/b.csv")).await.unwrap();
    assert_eq!(peer.names("in"), ["new.csv", "there.csv"]);
    assert_eq!(peer.names("out"), ["sub", "órdenes 1.csv"]);
    assert_eq!(session.read(&at("out/b.csv")).await.unwrap_err().cause, Cause::NotFound);
    assert_eq!(session.list(&at("nothing"), |_| true).await.map_or(0, |items| items.len()), 0);
    session.close().await;
}

#[tokio::test]
async fn openssh_takes_and_gives_files_and_a_changed_key_is_refused() {
    let mut peer = Peer::sshd().await;
    let mut server = server(&peer, Protocol::Sftp);
    let root = peer.folder.display().to_string();
    whole_road(&peer, &server, &root).await;
    let session = open(&peer, &server).await.unwrap();
    let accepted = session.fingerprint().unwrap().to_owned();
    assert!(accepted.starts_with("SHA256:"), "{accepted}");
    session.close().await;
    server.accepted = Some(accepted.clone());
    open(&peer, &server).await.unwrap().close().await;
    peer.with_another_key().await;
    let fault = open(&peer, &server).await.unwrap_err();
    let Cause::Changed(found) = &fault.cause else { panic!("{fault}") };
    assert!(fault.step == Step::Identity && *found != accepted, "{fault}");
    server.accepted = Some(found.clone());
    open(&peer, &server).await.unwrap().close().await;

    server.user = "nobody-of-that-name".to_owned();
    let fault = open(&peer, &server).await.unwrap_err();
    assert_eq!((fault.step, fault.cause), (Step::LogIn, Cause::Refused));
    server.credential = Credential::Key("no key".to_owned().into(), None);
    assert_eq!(open(&peer, &server).await.unwrap_err().cause, Cause::UnreadableKey);
}

#[tokio::test]
async fn vsftpd_takes_and_gives_files_over_tls_once_somebody_accepted_its_certificate() {
    let peer = Peer::vsftpd(true).await;
    let mut server = server(&peer, Protocol::Ftps);
    let fault = open(&peer, &server).await.unwrap_err();
    let Cause::Unknown(found) = &fault.cause else { panic!("{fault}") };
    assert_eq!(fault.step, Step::Identity);
    server.accepted = Some("SHA256:other".to_owned());
    let fault = open(&peer, &server).await.unwrap_err();
    assert_eq!(fault.cause, Cause::Changed(found.clone()));
    server.accepted = Some(found.clone());
    whole_road(&peer, &server, "").await;
    assert_eq!(open(&peer, &server).await.unwrap().fingerprint(), Some(found.as_str()));
}

#[tokio::test]
async fn vsftpd_takes_and_gives_files_without_tls_only_where_that_is_wanted() {
    let peer = Peer::vsftpd(false).await;
    whole_road(&peer, &server(&peer, Protocol::Ftp), "").await;
    let fault = open(&peer, &server(&peer, Protocol::Ftps)).await.unwrap_err();
    assert_eq!((fault.step, fault.cause), (Step::Tls, Cause::Refused));
}

/// A server of FTP that answers a listing at `port` of an address that is not its own; never where there is none.
async fn liar(port: Option<u16>) -> (u16, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let data = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = port.map(|port| if port == 0 { data.local_addr().unwrap().port() } else { port });
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading).lines();
        writing.write_all(b"220 hello\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match (line.split(' ').next().unwrap(), port) {
                ("USER", _) => "331 password\r\n".to_owned(),
                ("PASS", _) => "230 in\r\n".to_owned(),
                ("TYPE", _) => "200 fine\r\n".to_owned(),
                ("PASV", Some(port)) => {
                    format!("227 Entering Passive Mode (192,0,2,1,{},{})\r\n", port >> 8, port & 255)
                }
                ("PASV", None) => continue,
                ("LIST", _) => {
                    writing.write_all(b"150 here\r\n").await.unwrap();
                    let (mut stream, _) = data.accept().await.unwrap();
                    let names = ["a.csv", "../x", "a\u{1}b"];
                    for name in names {
                        let line = format!("-rw-r--r-- 1 0 0 5 Nov 30 02:45 {name}\r\n");
                        stream.write_all(line.as_bytes()).await.unwrap();
                    }
                    drop(stream);
                    "226 done\r\n".to_owned()
                }
                _ => "502 what\r\n".to_owned(),
            };
            if writing.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    });
    (own, serving)
}

#[tokio::test]
async fn an_address_that_a_server_tells_is_not_followed() {
    let credential = Credential::Password("x".to_owned().into());
    let (host, user, patience) = ("localhost".to_owned(), "x".to_owned(), Duration::from_secs(5));
    let server = Server { protocol: Protocol::Ftp, host, user, credential, accepted: None, patience };
    let list = async |port: Option<u16>, server: &Server| {
        let (own, serving) = liar(port).await;
        let stream = TcpStream::connect(("127.0.0.1", own)).await.unwrap();
        let mut session = Session::open(stream, server).await.unwrap();
        let listed = session.list("", |_| true).await;
        serving.abort();
        listed
    };
    let items = list(Some(0), &server).await.unwrap();
    assert_eq!(items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), ["a.csv"]);
    assert_eq!(list(Some(25), &server).await.unwrap_err().cause, Cause::Refused);
    let hasty = Server { patience: Duration::from_millis(200), ..server };
    assert_eq!(list(None, &hasty).await.unwrap_err().cause, Cause::TimedOut);
}

//! Customers' servers that misbehave: they list nonsense, refuse to rename, are full, have a wrong clock, hang, or break off
//! at every stage. Nothing is lost, nothing comes twice, and what is wrong is said.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use campo_tests::{on_both, wait, world::World};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::{
    Site, created,
    peers::Peer,
    remotes::{content, export, look, look_once, remote, run, shown},
    tasks,
};

on_both! {
    what_a_server_lists_of_nonsense_is_not_taken_and_what_is_right_is_taken_once,
    the_clock_of_a_server_does_not_matter,
    an_export_comes_once_byte_for_byte_whatever_the_server_refuses_or_where_it_breaks_off,
    servers_that_hang_hold_up_no_other_account,
}

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Right,
    /// It lists what no file is, and gives fewer bytes than it listed
    Nonsense,
    /// Its clock is far off
    WrongClock,
    /// It takes a file and does not give it another name
    RefusesRename,
    /// It has no room
    Full,
    /// The connections break off when so many bytes of a file came
    BreaksAt(usize),
    /// They break off when a file came whole, before that is said
    BreaksBeforeReply,
    /// They break off when a file was renamed, before that is said
    BreaksAfterRename,
}

#[derive(Debug)]
struct State {
    manner: Manner,
    files: BTreeMap<String, Vec<u8>>,
}

/// A server of FTP without TLS, in memory.
struct Strange {
    port: u16,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl Drop for Strange {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Strange {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State { manner: Manner::Right, files: BTreeMap::new() }));
        let shared = Arc::clone(&state);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let session = Session::new(stream, Arc::clone(&shared)).await;
                tokio::spawn(session.serve());
            }
        });
        Self { port, state, serving }
    }

    fn behaves(&self, manner: Manner) {
        self.state.lock().unwrap().manner = manner;
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        self.state.lock().unwrap().files.insert(path.to_owned(), bytes.to_owned());
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.state.lock().unwrap().files.clone()
    }

    async fn remote(&self, site: &Site, more: &Value) {
        let mut draft = json!({
            "code": "sap", "name": "SAP", "protocol": "ftp", "host": "127.0.0.1", "port": self.port, "user": "x",
            "password": "x",
        });
        draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        created(&site.office.post("/v1/remotes", &draft).await.unwrap());
    }
}

struct Session {
    control: BufReader<TcpStream>,
    data: TcpListener,
    state: Arc<Mutex<State>>,
    from: String,
}

impl Session {
    async fn new(stream: TcpStream, state: Arc<Mutex<State>>) -> Self {
        let data = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { control: BufReader::new(stream), data, state, from: String::new() }
    }

    fn manner(&self) -> Manner {
        self.state.lock().unwrap().manner
    }

    /// Answers until it breaks off.
    async fn serve(mut self) {
        if self.say("220 hello").await.is_none() {
            return;
        }
        loop {
            let mut line = String::new();
            match self.control.read_line(&mut line).await {
                Ok(1..) => {}
                _ => return,
            }
            let (verb, argument) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
            if self.answer(&verb.to_uppercase(), argument).await.is_none() {
                return;
            }
        }
    }

    async fn say(&mut self, line: &str) -> Option<()> {
        self.control.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()
    }

    async fn answer(&mut self, verb: &str, argument: &str) -> Option<()> {
        let argument = argument.to_owned();
        let file = self.state.lock().unwrap().files.get(&argument).cloned();
        match verb {
            "USER" => self.say("331 password").await,
            "PASS" => self.say("230 in").await,
            "TYPE" => self.say("200 fine").await,
            "PASV" => {
                // A connection that came for nothing must not be taken for the next one
                self.data = TcpListener::bind("127.0.0.1:0").await.ok()?;
                let port = self.data.local_addr().unwrap().port();
                self.say(&format!("227 here (127,0,0,1,{},{})", port >> 8, port & 255)).await
            }
            "SIZE" => match file {
                Some(bytes) => self.say(&format!("213 {}", bytes.len())).await,
                None => self.say("550 none").await,
            },
            "MDTM" if file.is_none() => self.say("550 none").await,
            "MDTM" if self.manner() == Manner::WrongClock => self.say("213 20990229000000").await,
            "MDTM" => self.say("213 19700101000100").await,
            "LIST" => self.list(&argument).await,
            "RETR" => self.retrieve(file).await,
            "STOR" => self.store(argument).await,
            "DELE" => {
                self.state.lock().unwrap().files.remove(&argument);
                self.say("250 gone").await
            }
            "RNFR" => {
                self.from = argument;
                self.say("350 and to?").await
            }
            "RNTO" => self.rename(argument).await,
            "QUIT" => {
                let _ = self.say("221 bye").await;
                None
            }
            _ => self.say("502 what").await,
        }
    }

    async fn list(&mut self, folder: &str) -> Option<()> {
        let nonsense = self.manner() == Manner::Nonsense;
        self.say("150 here").await?;
        let (mut data, _) = self.data.accept().await.ok()?;
        let files = self.state.lock().unwrap().files.clone();
        let below = format!("{folder}/");
        for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with(&below)) {
            // A length that the file does not have
            let size = bytes.len() + usize::from(nonsense) * 7;
            let line = format!("-rw-r--r-- 1 0 0 {size} Nov 30 02:45 {}\r\n", &path[below.len()..]);
            data.write_all(line.as_bytes()).await.ok()?;
        }
        if nonsense {
            for line in [
                &b"-rw-r--r-- 1 0 0 99999999999999999999999 Nov 30 02:45 large.csv\r\n"[..],
                b"-rw-r--r-- 1 0 0 -5 Nov 30 02:45 less.csv\r\n",
                b"-rw-r--r-- 1 0 0 5 Feb 31 99:99 ../../etc/passwd.csv\r\n",
                b"drwxr-xr-x 1 0 0 5 Nov 30 02:45 folder.csv\r\n",
                b"-rw-r--r-- 1 0 0 5 Nov 30 02:45 \xff\xfe\x00.csv\r\n",
                b"\x00\x01\x02 total nonsense .csv\r\n",
                b"-rw-r--r-- 1 0 0 5 Nov 30 02:45 not-there.csv\r\n",
            ] {
                data.write_all(line).await.ok()?;
            }
        }
        drop(data);
        self.say("226 done").await
    }

    async fn retrieve(&mut self, file: Option<Vec<u8>>) -> Option<()> {
        let Some(bytes) = file else { return self.say("550 none").await };
        self.say("150 here").await?;
        let (mut data, _) = self.data.accept().await.ok()?;
        data.write_all(&bytes).await.ok()?;
        drop(data);
        self.say("226 done").await
    }

    async fn store(&mut self, path: String) -> Option<()> {
        let manner = self.manner();
        self.say("150 go").await?;
        let (mut data, _) = self.data.accept().await.ok()?;
        let most = match manner {
            Manner::BreaksAt(bytes) => bytes as u64,
            Manner::Full => 10,
            _ => u64::MAX,
        };
        let mut bytes = Vec::new();
        (&mut data).take(most).read_to_end(&mut bytes).await.ok()?;
        self.state.lock().unwrap().files.insert(path, bytes);
        drop(data);
        match manner {
            Manner::BreaksAt(_) | Manner::BreaksBeforeReply => None,
            Manner::Full => self.say("552 no room").await,
            _ => self.say("226 done").await,
        }
    }

    async fn rename(&mut self, to: String) -> Option<()> {
        let manner = self.manner();
        if manner == Manner::RefusesRename {
            return self.say("553 not so").await;
        }
        {
            let mut state = self.state.lock().unwrap();
            if let Some(bytes) = state.files.remove(&self.from) {
                state.files.insert(to, bytes);
            }
        }
        if manner == Manner::BreaksAfterRename { None } else { self.say("250 done").await }
    }
}

async fn what_a_server_lists_of_nonsense_is_not_taken_and_what_is_right_is_taken_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    let peer = Strange::start().await;
    peer.put("out/a.csv", &tasks(1, 4));
    peer.behaves(Manner::Nonsense);
    peer.remote(&site, &json!({ "fetches": [{ "folder": "out" }] })).await;
    for _ in 0..3 {
        look(&site).await;
    }
    assert!(site.received().await.is_empty(), "{:?}", site.received().await);
    peer.behaves(Manner::Right);
    for _ in 0..3 {
        look(&site).await;
    }
    assert_eq!((site.tasks().await, site.received().await.len()), (4, 1));
    assert!(shown(&site).await["problem"].is_null());
}

async fn the_clock_of_a_server_does_not_matter(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    let peer = Strange::start().await;
    peer.put("out/a.csv", &tasks(1, 4));
    peer.remote(&site, &json!({ "fetches": [{ "folder": "out" }] })).await;
    for _ in 0..3 {
        look(&site).await;
    }
    assert_eq!(site.received().await.len(), 1);
    // A day that there is not, and as far ahead as that
    peer.behaves(Manner::WrongClock);
    peer.put("out/b.csv", &tasks(11, 4));
    for _ in 0..3 {
        look(&site).await;
    }
    assert_eq!(site.tasks().await, 8);
}

async fn an_export_comes_once_byte_for_byte_whatever_the_server_refuses_or_where_it_breaks_off(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    site.file("t.csv", &tasks(1, 300));
    let (went_well, output) = site.sftp("put t.csv in/t.csv\n").await;
    assert!(went_well, "{output}");
    site.work_off().await;
    let peer = Strange::start().await;
    peer.remote(&site, &json!({})).await;
    export(&site, json!({ "file_name": "T_{n}.csv" })).await;
    let manners = [
        (Manner::RefusesRename, Some(("rename", "refused"))),
        (Manner::Full, Some(("write", "refused"))),
        (Manner::BreaksAt(1), None),
        (Manner::BreaksAt(700), None),
        (Manner::BreaksBeforeReply, None),
        (Manner::BreaksAfterRename, None),
        (Manner::Right, None),
    ];
    for (index, (manner, told)) in manners.into_iter().enumerate() {
        peer.behaves(manner);
        let made = run(&site).await;
        let name = format!("in/T_{}.csv", index + 1);
        assert_eq!(made["delivered_at"].is_string(), manner == Manner::Right, "{manner:?} {made}");
        let problem = shown(&site).await["problem"].clone();
        if let Some((step, cause)) = told {
            assert_eq!((&problem["step"], &problem["cause"]), (&json!(step), &json!(cause)), "{manner:?}");
            assert!(!peer.files().contains_key(&name), "{manner:?}");
        }
        // The customer takes what it finds at once
        let early = peer.state.lock().unwrap().files.remove(&name);
        assert_eq!(
            early.is_some(),
            matches!(manner, Manner::BreaksAfterRename | Manner::Right),
            "{manner:?}"
        );
        peer.behaves(Manner::Right);
        for _ in 0..2 {
            look_once(&site).await;
        }
        let late = peer.state.lock().unwrap().files.remove(&name);
        let found: Vec<_> = early.into_iter().chain(late).collect();
        assert_eq!(found, [content(&site, &made).await], "{manner:?}");
        assert!(found[0].len() > 1000);
        assert_eq!(peer.files().keys().collect::<Vec<_>>(), Vec::<&String>::new(), "{manner:?}");
        let remote = shown(&site).await;
        assert!(remote["problem"].is_null() && remote["waiting"] == 0, "{manner:?} {remote}");
    }
}

/// More of them than one account may wait for at a time.
async fn servers_that_hang_hold_up_no_other_account(world: World) {
    let (acme, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let (site, calm) = (Site::of(&acme, "acme-erp").await, Site::of(&other, "other-erp").await);
    // It takes connections and says nothing
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for number in 0..8 {
        let draft = json!({
            "code": format!("h{number}"), "name": "Mudo", "protocol": "sftp", "host": "127.0.0.1",
            "port": hung.local_addr().unwrap().port(), "user": "x", "password": "x", "fetches": [{ "folder": "x" }],
        });
        created(&site.office.post("/v1/remotes", &draft).await.unwrap());
    }
    calm.intake("tareas", "", "*.csv", json!({})).await;
    let peer = Peer::sshd().await;
    peer.put("out/a.csv", &tasks(1, 4));
    remote(&calm, &peer, json!({ "fetches": [{ "folder": "out" }] })).await;
    for number in 0..8 {
        let asked = site.office.post(&format!("/v1/remotes/code:h{number}/look"), &json!({})).await.unwrap();
        assert_eq!(asked.status, 202, "{}", asked.json());
    }
    let _server = world.process(&[]).await.unwrap();
    let begun = std::time::Instant::now();
    wait::until("the file of the calm account", Duration::from_secs(25), async || {
        // The second look takes what the first one saw
        calm.office.post("/v1/remotes/code:sap/look", &json!({})).await?;
        Ok((calm.tasks().await == 4).then_some(()))
    })
    .await
    .unwrap();
    assert!(begun.elapsed() < Duration::from_secs(25), "it waited for those that hang");
    let problem = wait::until("what is said of one that hangs", Duration::from_secs(90), async || {
        let remote = site.office.get("/v1/remotes/code:h0").await?.json();
        Ok(Some(remote["problem"].clone()).filter(Value::is_object))
    })
    .await
    .unwrap();
    assert_eq!(problem["cause"], "timed_out", "{problem}");
}

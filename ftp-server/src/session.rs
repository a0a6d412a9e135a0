//! One control connection: its state, and what each command does.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use campo_file_names::VirtualPath;
use tokio::time::timeout;

use crate::{
    Shared,
    command::{Command, extended_port, port},
    control::{Control, Heard},
    data::{self, Wanted},
    folders::{Backend, Beginning, Fault, FaultKind, Folders as _, ItemKind, LogIn},
    listing::{Style, facts, instant},
};

/// How long somebody may take to log in.
pub(crate) const LOGIN_TIME: Duration = Duration::from_mins(1);
/// Wrong passwords before the connection is closed.
const TRIES: usize = 3;

/// Whether to go on with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Command,
    End,
}

/// A connection.
pub(crate) struct Session<B: Backend> {
    pub(crate) backend: B,
    pub(crate) shared: Arc<Shared>,
    pub(crate) control: Control,
    local: SocketAddr,
    pub(crate) peer: IpAddr,
    user: Option<String>,
    tries: usize,
    pub(crate) folders: Option<Arc<B::Folders>>,
    pub(crate) here: VirtualPath,
    /// Data goes over TLS
    pub(crate) protected: bool,
    pub(crate) wanted: Wanted,
    /// After `EPSV ALL` no other way to make data connections is taken
    extended_only: bool,
    /// Of `REST`, for the next transfer
    pub(crate) offset: u64,
    /// Of `ALLO`, for the next transfer
    pub(crate) announced: Option<u64>,
    rename_from: Option<VirtualPath>,
    pub(crate) style: Style,
}

impl<B: Backend> Session<B> {
    pub(crate) fn new(
        backend: B,
        shared: Arc<Shared>,
        control: Control,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> Self {
        let protected = control.is_tls();
        Self {
            backend,
            shared,
            control,
            local,
            peer: peer.ip().to_canonical(),
            user: None,
            tries: 0,
            folders: None,
            here: VirtualPath::default(),
            protected,
            wanted: Wanted::Nothing,
            extended_only: false,
            offset: 0,
            announced: None,
            rename_from: None,
            style: Style::Unix,
        }
    }

    pub(crate) async fn run(mut self) {
        if self.control.reply(220, "Campo").await.is_err() {
            return;
        }
        loop {
            let patience = if self.folders.is_some() { self.shared.settings.idle } else { LOGIN_TIME };
            let Ok(heard) = timeout(patience, self.control.next()).await else {
                let _ = self.control.reply(421, "Too long without a command").await;
                break;
            };
            let Heard::Command(command) = heard else { break };
            match self.answer(command).await {
                Ok(Next::Command) => {}
                Ok(Next::End) | Err(_) => break,
            }
        }
        self.control.close().await;
    }

    async fn answer(&mut self, command: Command) -> io::Result<Next> {
        let Command { verb, argument } = command;
        match verb.as_str() {
            "" | "NOOP" | "CLNT" | "LANG" | "HOST" => self.ok(200, "OK").await,
            "QUIT" => {
                self.control.reply(221, "Goodbye").await?;
                Ok(Next::End)
            }
            "USER" => self.user(argument).await,
            "PASS" => self.pass(&argument).await,
            "AUTH" => self.auth(&argument).await,
            "PBSZ" => self.ok(200, "PBSZ=0").await,
            "PROT" => self.prot(&argument).await,
            "CCC" => self.ok(534, "The control connection stays encrypted").await,
            "FEAT" => self.features().await,
            "SYST" => self.ok(215, "UNIX Type: L8").await,
            "OPTS" => self.options(&argument).await,
            "HELP" => self.ok(214, "RFC 959, 2228, 2389, 2428, 3659, 4217").await,
            "TYPE" => self.kind(&argument).await,
            "MODE" => self.only(&argument, "S", "MODE S").await,
            "STRU" => self.only(&argument, "F", "STRU F").await,
            _ if self.folders.is_none() => self.ok(530, "Log in with USER and PASS").await,
            _ => self.of_somebody(&verb, argument).await,
        }
    }

    /// What only somebody who logged in may do.
    async fn of_somebody(&mut self, verb: &str, argument: String) -> io::Result<Next> {
        match verb {
            "PWD" | "XPWD" => {
                let text = format!("\"{}\"", self.here.to_string().replace('"', "\"\""));
                self.ok(257, &text).await
            }
            "CWD" | "XCWD" => self.change(&argument).await,
            "CDUP" | "XCUP" => self.change("..").await,
            "MKD" | "XMKD" => self.make_folder(&argument).await,
            "RMD" | "XRMD" => self.remove_folder(&argument).await,
            "DELE" => self.remove(&argument).await,
            "RNFR" => self.rename_from(&argument).await,
            "RNTO" => self.rename_to(&argument).await,
            "SIZE" => self.size(&argument).await,
            "MDTM" => self.modified(&argument).await,
            "MFMT" => self.set_modified(&argument).await,
            "MLST" => self.facts_of(&argument).await,
            "REST" => self.rest(&argument).await,
            "ALLO" => self.allocate(&argument).await,
            "PASV" | "EPSV" => self.passive(verb, &argument).await,
            "PORT" | "EPRT" => self.active(verb, &argument).await,
            "STAT" => self.ok(211, "Campo").await,
            "SITE" => self.site(&argument).await,
            "ABOR" => self.ok(226, "Nothing to abort").await,
            "ACCT" => self.ok(202, "Not needed").await,
            "LIST" | "NLST" | "MLSD" => self.list(verb, &argument).await,
            "RETR" => self.retrieve(&argument).await,
            "STOR" => {
                let beginning = match std::mem::take(&mut self.offset) {
                    0 => Beginning::Start,
                    offset => Beginning::At(offset),
                };
                self.store(&argument, beginning).await
            }
            "APPE" => self.store(&argument, Beginning::End).await,
            _ => self.ok(502, "Not known here").await,
        }
    }

    /// Replies and goes on.
    pub(crate) async fn ok(&mut self, code: u16, text: &str) -> io::Result<Next> {
        self.control.reply(code, text).await?;
        Ok(Next::Command)
    }

    /// Replies with what was wrong.
    pub(crate) async fn fault(&mut self, fault: &Fault) -> io::Result<Next> {
        let code = match fault.kind {
            FaultKind::NotFound | FaultKind::Denied | FaultKind::Exists => 550,
            FaultKind::Name => 553,
            // A client that tries for ever after 552 is told once
            FaultKind::Full => 552,
            FaultKind::Offset => 554,
            FaultKind::Unavailable => 451,
        };
        self.ok(code, &fault.text).await
    }

    /// Replies with `text`, or with what was wrong.
    async fn done(&mut self, result: Result<(), Fault>, code: u16, text: &str) -> io::Result<Next> {
        match result {
            Ok(()) => self.ok(code, text).await,
            Err(fault) => self.fault(&fault).await,
        }
    }

    /// The path that an argument names. Quotes and blanks at its end are a part of it.
    pub(crate) fn path(&self, argument: &str) -> Result<VirtualPath, Fault> {
        self.here.join(argument).map_err(|fault| Fault { kind: FaultKind::Name, text: fault.to_string() })
    }

    pub(crate) fn folders(&self) -> Result<Arc<B::Folders>, Fault> {
        let nobody = || Fault { kind: FaultKind::Denied, text: "Log in first".to_owned() };
        self.folders.clone().ok_or_else(nobody)
    }

    async fn user(&mut self, name: String) -> io::Result<Next> {
        if self.folders.is_some() {
            return self.ok(503, "Somebody is logged in already").await;
        }
        if !self.control.is_tls() && !self.shared.settings.plain {
            return self.ok(530, "Begin TLS first: AUTH TLS").await;
        }
        self.user = Some(name);
        self.ok(331, "The password, please").await
    }

    async fn pass(&mut self, password: &str) -> io::Result<Next> {
        let Some(user) = self.user.take() else { return self.ok(503, "USER first").await };
        let who = LogIn { user: &user, password, address: self.peer, tls: self.control.is_tls() };
        match self.backend.log_in(who).await {
            Ok(folders) => {
                self.folders = Some(Arc::new(folders));
                self.ok(230, "Logged in").await
            }
            Err(fault) => {
                self.tries += 1;
                self.control.reply(530, &fault.text).await?;
                Ok(if self.tries >= TRIES { Next::End } else { Next::Command })
            }
        }
    }

    async fn auth(&mut self, how: &str) -> io::Result<Next> {
        if self.control.is_tls() {
            return self.ok(503, "It is encrypted already").await;
        }
        if !["TLS", "TLS-C", "SSL", "TLS-P"].contains(&how.trim().to_ascii_uppercase().as_str()) {
            return self.ok(504, "AUTH TLS").await;
        }
        self.control.reply(234, "TLS begins").await?;
        let tls = self.shared.tls.clone();
        timeout(LOGIN_TIME, self.control.begin_tls(&tls)).await??;
        // Who was named before is not believed any more (RFC 4217)
        (self.user, self.folders, self.here) = (None, None, VirtualPath::default());
        Ok(Next::Command)
    }

    /// Also before the log-in, as some clients send it.
    async fn prot(&mut self, level: &str) -> io::Result<Next> {
        match (level.trim().to_ascii_uppercase().as_str(), self.control.is_tls()) {
            ("P", true) => {
                self.protected = true;
                self.ok(200, "Data is encrypted").await
            }
            ("C", true) => self.ok(534, "Data is encrypted, too: PROT P").await,
            ("C", false) => self.ok(200, "Data is not encrypted").await,
            (_, false) => self.ok(503, "AUTH TLS first").await,
            _ => self.ok(536, "PROT P").await,
        }
    }

    async fn features(&mut self) -> io::Result<Next> {
        let features = "211-Features\r\n AUTH TLS\r\n EPRT\r\n EPSV\r\n MDTM\r\n MFMT\r\n \
                        MLST type*;size*;modify*;perm*;\r\n PBSZ\r\n PROT\r\n REST STREAM\r\n SIZE\r\n TVFS\r\n UTF8\r\n\
                        211 End\r\n";
        self.control.send(features).await?;
        Ok(Next::Command)
    }

    async fn options(&mut self, argument: &str) -> io::Result<Next> {
        let argument = argument.to_ascii_uppercase();
        if argument.starts_with("UTF8") || argument.starts_with("UTF-8") {
            return self.ok(200, "UTF-8 always").await;
        }
        if argument.starts_with("MLST") {
            return self.ok(200, "MLST OPTS type;size;modify;perm;").await;
        }
        self.ok(501, "Not known here").await
    }

    /// Whatever the type, files are kept and sent byte for byte: clients whose default is ASCII send workbooks so.
    async fn kind(&mut self, argument: &str) -> io::Result<Next> {
        match argument.trim().chars().next().map(|c| c.to_ascii_uppercase()) {
            Some('A' | 'I' | 'L') => self.ok(200, "Byte for byte").await,
            _ => self.ok(504, "TYPE I or TYPE A").await,
        }
    }

    async fn only(&mut self, argument: &str, one: &str, name: &str) -> io::Result<Next> {
        if argument.trim().eq_ignore_ascii_case(one) {
            return self.ok(200, "OK").await;
        }
        self.ok(504, name).await
    }

    async fn change(&mut self, argument: &str) -> io::Result<Next> {
        let found = async {
            let path = self.path(argument)?;
            let item = self.folders()?.stat(&path).await?;
            let is_folder = item.kind == ItemKind::Folder;
            let none = || Fault { kind: FaultKind::NotFound, text: "That is no folder".to_owned() };
            is_folder.then_some(path).ok_or_else(none)
        };
        match found.await {
            Ok(path) => {
                self.here = path;
                self.ok(250, "OK").await
            }
            Err(fault) => self.fault(&fault).await,
        }
    }

    async fn make_folder(&mut self, argument: &str) -> io::Result<Next> {
        let made = async {
            let path = self.path(argument)?;
            self.folders()?.make_folder(&path).await?;
            Ok(path)
        };
        match made.await {
            Ok(path) => {
                let text = format!("\"{}\"", path.to_string().replace('"', "\"\""));
                self.ok(257, &text).await
            }
            Err(fault) => self.fault(&fault).await,
        }
    }

    async fn remove_folder(&mut self, argument: &str) -> io::Result<Next> {
        let removed = async { self.folders()?.remove_folder(&self.path(argument)?).await };
        let removed = removed.await;
        self.done(removed, 250, "OK").await
    }

    async fn remove(&mut self, argument: &str) -> io::Result<Next> {
        let removed = async { self.folders()?.remove(&self.path(argument)?).await };
        let removed = removed.await;
        self.done(removed, 250, "OK").await
    }

    async fn rename_from(&mut self, argument: &str) -> io::Result<Next> {
        let found = async {
            let path = self.path(argument)?;
            self.folders()?.stat(&path).await.map(|_| path)
        };
        match found.await {
            Ok(path) => {
                self.rename_from = Some(path);
                self.ok(350, "RNTO, please").await
            }
            Err(fault) => self.fault(&fault).await,
        }
    }

    async fn rename_to(&mut self, argument: &str) -> io::Result<Next> {
        let Some(from) = self.rename_from.take() else { return self.ok(503, "RNFR first").await };
        let renamed = async { self.folders()?.rename(&from, &self.path(argument)?).await };
        let renamed = renamed.await;
        self.done(renamed, 250, "OK").await
    }

    async fn size(&mut self, argument: &str) -> io::Result<Next> {
        let found = async { self.folders()?.stat(&self.path(argument)?).await };
        match found.await {
            Ok(item) if item.kind == ItemKind::Folder => self.ok(550, "That is a folder").await,
            Ok(item) => self.ok(213, &item.size_bytes.to_string()).await,
            Err(fault) => self.fault(&fault).await,
        }
    }

    async fn modified(&mut self, argument: &str) -> io::Result<Next> {
        let found = async { self.folders()?.stat(&self.path(argument)?).await };
        match found.await {
            Ok(item) => self.ok(213, &instant(item.modified_us)).await,
            Err(fault) => self.fault(&fault).await,
        }
    }

    /// When a file came is Campo's own to say; the client hears what it wants to hear.
    async fn set_modified(&mut self, argument: &str) -> io::Result<Next> {
        let Some((time, name)) = argument.split_once(' ') else {
            return self.ok(501, "MFMT time name").await;
        };
        let found = async { self.folders()?.stat(&self.path(name)?).await };
        match found.await {
            Ok(_) => self.ok(213, &format!("Modify={time}; {name}")).await,
            Err(fault) => self.fault(&fault).await,
        }
    }

    async fn facts_of(&mut self, argument: &str) -> io::Result<Next> {
        let found = async { self.folders()?.stat(&self.path(argument)?).await };
        match found.await {
            Ok(item) => {
                let text = format!("250-Facts\r\n {}\r\n250 End\r\n", facts(&item));
                self.control.send(&text).await?;
                Ok(Next::Command)
            }
            Err(fault) => self.fault(&fault).await,
        }
    }

    async fn rest(&mut self, argument: &str) -> io::Result<Next> {
        match argument.trim().parse() {
            Ok(offset) => {
                self.offset = offset;
                self.ok(350, "The transfer, please").await
            }
            Err(_) => self.ok(501, "REST and a number of bytes").await,
        }
    }

    async fn allocate(&mut self, argument: &str) -> io::Result<Next> {
        self.announced = argument.split_whitespace().next().and_then(|size| size.parse().ok());
        self.ok(202, "Noted").await
    }

    async fn site(&mut self, argument: &str) -> io::Result<Next> {
        let verb = argument.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "DIRSTYLE" => {
                self.style = if self.style == Style::Unix { Style::Dos } else { Style::Unix };
                self.ok(200, "OK").await
            }
            "CHMOD" | "UMASK" | "UTIME" => self.ok(200, "OK").await,
            _ => self.ok(502, "Not known here").await,
        }
    }

    async fn passive(&mut self, verb: &str, argument: &str) -> io::Result<Next> {
        if verb == "EPSV" && argument.trim().eq_ignore_ascii_case("ALL") {
            self.extended_only = true;
            return self.ok(200, "EPSV alone from now on").await;
        }
        if verb == "PASV" && self.extended_only {
            return self.ok(503, "EPSV ALL was said").await;
        }
        let local = self.local.ip();
        let told = self.shared.settings.passive_address.unwrap_or(local).to_canonical();
        let Ok(listener) = data::listen(&self.shared, local).await else {
            return self.ok(425, "No port is free").await;
        };
        let port = listener.local_addr()?.port();
        let text = if verb == "EPSV" {
            format!("Entering Extended Passive Mode (|||{port}|)")
        } else if let IpAddr::V4(address) = told {
            let ([a, b, c, d], [high, low]) = (address.octets(), port.to_be_bytes());
            format!("Entering Passive Mode ({a},{b},{c},{d},{high},{low})")
        } else {
            return self.ok(425, "EPSV over IPv6").await;
        };
        self.wanted = Wanted::Passive(listener);
        self.ok(if verb == "EPSV" { 229 } else { 227 }, &text).await
    }

    /// Connects to nobody but the client itself, and to no port that a service could have.
    async fn active(&mut self, verb: &str, argument: &str) -> io::Result<Next> {
        if self.extended_only {
            return self.ok(503, "EPSV ALL was said").await;
        }
        let address = if verb == "PORT" { port(argument) } else { extended_port(argument) };
        match address {
            Some((address, port)) if address.to_canonical() == self.peer && port >= 1024 => {
                self.wanted = Wanted::Active(SocketAddr::new(address, port));
                self.ok(200, "OK").await
            }
            Some(_) => self.ok(504, "Data goes to the address of the control connection").await,
            None => self.ok(501, "An address and a port").await,
        }
    }
}

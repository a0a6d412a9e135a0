//! The folders of a key as the control loop of FTP sees them.

use std::net::IpAddr;

use campo_file_names::VirtualPath;
use campo_ftp_server::{
    Backend, Beginning, Download, Fault, FaultKind, Folders, Item, ItemKind, LogIn, Upload,
};

use crate::{
    app::App,
    exchange::hosted::{self, Door, Hosted},
    problem::{Code, Problem},
    texts::Language,
};

/// Whoever comes by FTP.
#[derive(Debug, Clone)]
pub(super) struct FtpBackend {
    app: App,
}

impl FtpBackend {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }
}

/// Why something was not done, in the company's language.
fn fault(problem: &Problem, language: Language) -> Fault {
    let kind = match problem.code() {
        Code::NotFound => FaultKind::NotFound,
        Code::AlreadyExists => FaultKind::Exists,
        Code::FileNameInvalid => FaultKind::Name,
        Code::PayloadTooLarge | Code::FolderFull | Code::StorageFull => FaultKind::Full,
        Code::UploadOutOfOrder => FaultKind::Offset,
        Code::Unavailable | Code::Internal | Code::QueueFull | Code::TooManyRequests => {
            FaultKind::Unavailable
        }
        _ => FaultKind::Denied,
    };
    Fault { kind, text: problem.detail(language) }
}

impl Backend for FtpBackend {
    type Folders = Hosted;

    fn may_connect(&self, address: IpAddr) -> bool {
        self.app.connections.enter(address)
    }

    fn disconnected(&self, address: IpAddr) {
        self.app.connections.leave(address);
    }

    fn now_us(&self) -> i64 {
        self.app.environment.now_us()
    }

    async fn log_in(&self, who: LogIn<'_>) -> Result<Hosted, Fault> {
        let door = if who.tls { Door::FtpTls } else { Door::FtpPlain };
        match hosted::by_password(&self.app, door, Some(who.address), who.user, who.password).await {
            Ok(hosted) => {
                tracing::info!(account = hosted.account, key = %hosted.key, address = %who.address, tls = who.tls, "logged in by FTP");
                Ok(hosted)
            }
            Err(problem) => Err(fault(&problem, Language::English)),
        }
    }
}

impl Folders for Hosted {
    type Upload = Incoming;
    type Download = Outgoing;

    async fn list(&self, path: &VirtualPath) -> Result<Vec<Item>, Fault> {
        let items = Self::list(self, path).await.map_err(|problem| fault(&problem, self.language))?;
        Ok(items.into_iter().map(item).collect())
    }

    async fn stat(&self, path: &VirtualPath) -> Result<Item, Fault> {
        Self::stat(self, path).await.map(item).map_err(|problem| fault(&problem, self.language))
    }

    async fn create(&self, path: &VirtualPath, beginning: Beginning) -> Result<Incoming, Fault> {
        let beginning = match beginning {
            Beginning::Start => hosted::Beginning::Start,
            Beginning::End => hosted::Beginning::End,
            Beginning::At(offset) => hosted::Beginning::At(offset),
        };
        let upload = Self::create(self, path, beginning).await;
        let upload = upload.map_err(|problem| fault(&problem, self.language))?;
        Ok(Incoming { upload, language: self.language })
    }

    async fn open(&self, path: &VirtualPath) -> Result<Outgoing, Fault> {
        let download = Self::open(self, path).await.map_err(|problem| fault(&problem, self.language))?;
        Ok(Outgoing { download, language: self.language })
    }

    async fn rename(&self, from: &VirtualPath, to: &VirtualPath) -> Result<(), Fault> {
        Self::rename(self, from, to).await.map_err(|problem| fault(&problem, self.language))
    }

    async fn remove(&self, path: &VirtualPath) -> Result<(), Fault> {
        Self::remove(self, path).await.map_err(|problem| fault(&problem, self.language))
    }

    async fn make_folder(&self, path: &VirtualPath) -> Result<(), Fault> {
        Self::make_folder(self, path).await.map_err(|problem| fault(&problem, self.language))
    }

    async fn remove_folder(&self, path: &VirtualPath) -> Result<(), Fault> {
        Self::remove_folder(self, path).await.map_err(|problem| fault(&problem, self.language))
    }
}

fn item(item: hosted::Item) -> Item {
    let kind = match item.kind {
        hosted::ItemKind::Folder => ItemKind::Folder,
        hosted::ItemKind::File => ItemKind::File,
        hosted::ItemKind::Part => ItemKind::Part,
    };
    let hosted::Item { name, size_bytes, modified_us, writable, .. } = item;
    Item { name, kind, size_bytes, modified_us, writable }
}

/// A file on its way in.
#[derive(Debug)]
pub struct Incoming {
    upload: hosted::Upload,
    language: Language,
}

impl Upload for Incoming {
    fn size_bytes(&self) -> u64 {
        self.upload.size_bytes()
    }

    fn announce(&self, size_bytes: u64) -> Result<(), Fault> {
        self.upload.announce(size_bytes).map_err(|problem| fault(&problem, self.language))
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.upload.write(bytes).await.map_err(|problem| fault(&problem, self.language))
    }

    async fn finish(self) -> Result<(), Fault> {
        self.upload.finish().await.map_err(|problem| fault(&problem, self.language))
    }

    async fn suspend(self) -> Result<(), Fault> {
        self.upload.suspend().await.map_err(|problem| fault(&problem, self.language))
    }
}

/// A file on its way out.
#[derive(Debug)]
pub struct Outgoing {
    download: hosted::Download,
    language: Language,
}

impl Download for Outgoing {
    fn size_bytes(&self) -> u64 {
        self.download.size_bytes()
    }

    async fn read(&mut self, offset: u64, most: usize) -> Result<Vec<u8>, Fault> {
        self.download.read(offset, most).await.map_err(|problem| fault(&problem, self.language))
    }

    async fn close(self) -> Result<(), Fault> {
        self.download.close().await.map_err(|problem| fault(&problem, self.language))
    }
}

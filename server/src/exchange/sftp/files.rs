//! The SFTP protocol (version 3) over the folders of a key.

use std::collections::HashMap;

use bytes::Bytes;
use campo_file_names::{NameFault, VirtualPath};
use russh_sftp::protocol::{
    Attrs, Data, ExtendedReply, File, FileAttributes, Handle, Name, Open, OpenFlags, Packet, StatusCode,
    Version,
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::{
    exchange::hosted::{Beginning, Download, Hosted, Item, ItemKind, Upload},
    problem::{Code, Problem, Result},
};

/// The most bytes of a packet.
const MAX_PACKET: usize = 300 * 1024;
/// The most bytes that are read or written at a time.
const MAX_DATA: usize = 255 * 1024;
/// Files and folders that are open at a time.
const MAX_OPEN: usize = 64;
/// Names in one answer.
const NAMES: usize = 100;

/// What a client has open.
enum Opened {
    Upload {
        path: VirtualPath,
        upload: Box<Upload>,
        /// True until something was written: it may begin anew at the first byte
        untouched: bool,
    },
    Download(Box<Download>),
    Folder(std::vec::IntoIter<Item>),
}

struct Session {
    hosted: Hosted,
    open: HashMap<String, Opened>,
    last: u64,
}

/// Answers until the client leaves. What it had not closed is kept as a part.
pub(super) async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, hosted: Hosted) {
    let mut session = Session { hosted, open: HashMap::new(), last: 0 };
    while let Ok(payload) = receive(&mut stream).await {
        let answer = session.answer(payload).await;
        let Ok(answer) = Bytes::try_from(answer) else { break };
        if stream.write_all(&answer).await.is_err() || stream.flush().await.is_err() {
            break;
        }
    }
    session.end().await;
}

async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let length = stream.read_u32().await? as usize;
    if length == 0 || length > MAX_PACKET {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await?;
    Ok(payload)
}

impl Session {
    async fn answer(&mut self, payload: Vec<u8>) -> Packet {
        // Behind the kind of packet
        let id = payload.get(1..5).and_then(|id| id.try_into().ok()).map_or(0, u32::from_be_bytes);
        let Ok(packet) = Packet::try_from(&mut Bytes::from(payload)) else {
            return Packet::error(id, StatusCode::BadMessage);
        };
        match self.handle(id, packet).await {
            Ok(packet) => packet,
            Err(problem) => {
                let text = problem.detail(self.hosted.language);
                Packet::status(id, status(problem.code()), &text, self.hosted.language.tag())
            }
        }
    }

    async fn handle(&mut self, id: u32, packet: Packet) -> Result<Packet> {
        let ok = Packet::error(id, StatusCode::Ok);
        match packet {
            Packet::Init(_) => return Ok(Packet::Version(version())),
            Packet::Open(open) => return self.open(open).await,
            Packet::Close(close) => self.close(&close.handle).await?,
            Packet::Read(read) => return self.read(id, &read.handle, read.offset, read.len).await,
            Packet::Write(write) => self.write(&write.handle, write.offset, &write.data).await?,
            Packet::Stat(stat) => return self.stat(id, &stat.path).await,
            Packet::Lstat(stat) => return self.stat(id, &stat.path).await,
            Packet::Fstat(stat) => return self.stat_open(id, &stat.handle),
            Packet::OpenDir(open) => return self.open_folder(id, &open.path).await,
            Packet::ReadDir(read) => return self.read_folder(id, &read.handle),
            Packet::Remove(remove) => self.hosted.remove(&path(&remove.filename)?).await?,
            Packet::MkDir(make) => self.hosted.make_folder(&path(&make.path)?).await?,
            Packet::RmDir(remove) => self.hosted.remove_folder(&path(&remove.path)?).await?,
            Packet::Rename(rename) => self.rename(&rename.oldpath, &rename.newpath).await?,
            Packet::RealPath(real) => return Ok(real_path(id, &path(&real.path)?)),
            // Times and rights are Campo's own; clients set them and expect no refusal
            Packet::SetStat(set) => drop(self.hosted.stat(&path(&set.path)?).await?),
            Packet::FSetStat(_) => {}
            Packet::Extended(extended) => return self.extended(id, &extended.request, &extended.data).await,
            _ => return Ok(Packet::error(id, StatusCode::OpUnsupported)),
        }
        Ok(ok)
    }

    fn keep(&mut self, id: u32, opened: Opened) -> Result<Packet> {
        if self.open.len() >= MAX_OPEN {
            return Err(Problem::new(Code::TooManyRequests));
        }
        self.last += 1;
        let handle = self.last.to_string();
        self.open.insert(handle.clone(), opened);
        Ok(Packet::Handle(Handle { id, handle }))
    }

    async fn open(&mut self, open: Open) -> Result<Packet> {
        let path = path(&open.filename)?;
        let flags = open.pflags;
        if !flags.intersects(OpenFlags::WRITE | OpenFlags::APPEND) {
            let download = Box::new(self.hosted.open(&path).await?);
            return self.keep(open.id, Opened::Download(download));
        }
        if flags.contains(OpenFlags::EXCLUDE) {
            match self.hosted.stat(&path).await {
                Ok(item) if item.kind != ItemKind::Part => {
                    let value = path.to_string();
                    return Err(Problem::new(Code::AlreadyExists)
                        .with("field", "/name")
                        .with("value", value));
                }
                _ => {}
            }
        }
        let beginning = if flags.contains(OpenFlags::TRUNCATE) { Beginning::Start } else { Beginning::End };
        let upload = Box::new(self.hosted.create(&path, beginning).await?);
        if let Some(size) = open.attrs.size {
            upload.announce(size)?;
        }
        self.keep(open.id, Opened::Upload { path, upload, untouched: true })
    }

    async fn close(&mut self, handle: &str) -> Result<()> {
        match self.open.remove(handle) {
            None => Err(Code::NotFound.into()),
            Some(Opened::Folder(_)) => Ok(()),
            Some(Opened::Download(download)) => download.close().await,
            Some(Opened::Upload { upload, .. }) => upload.finish().await,
        }
    }

    async fn read(&mut self, id: u32, handle: &str, offset: u64, most: u32) -> Result<Packet> {
        let Some(Opened::Download(download)) = self.open.get_mut(handle) else {
            return Err(Code::NotFound.into());
        };
        let data = download.read(offset, (most as usize).min(MAX_DATA)).await?;
        if data.is_empty() {
            return Ok(Packet::error(id, StatusCode::Eof));
        }
        Ok(Packet::Data(Data { id, data }))
    }

    async fn write(&mut self, handle: &str, offset: u64, bytes: &[u8]) -> Result<()> {
        let Some(Opened::Upload { path, upload, untouched }) = self.open.get_mut(handle) else {
            return Err(Code::NotFound.into());
        };
        if *untouched && offset == 0 && upload.size_bytes() > 0 {
            **upload = self.hosted.create(path, Beginning::Start).await?;
        }
        *untouched = false;
        upload.write_at(offset, bytes).await
    }

    async fn stat(&mut self, id: u32, text: &str) -> Result<Packet> {
        let attrs = attributes(&self.hosted.stat(&path(text)?).await?);
        Ok(Packet::Attrs(Attrs { id, attrs }))
    }

    fn stat_open(&self, id: u32, handle: &str) -> Result<Packet> {
        let (size_bytes, writable) = match self.open.get(handle) {
            Some(Opened::Upload { upload, .. }) => (upload.size_bytes(), true),
            Some(Opened::Download(download)) => (download.size_bytes(), false),
            Some(Opened::Folder(_)) | None => return Err(Code::NotFound.into()),
        };
        let modified_us = self.hosted.app.environment.now_us();
        let (name, kind) = (String::new(), ItemKind::File);
        let attrs = attributes(&Item { name, kind, size_bytes, modified_us, writable });
        Ok(Packet::Attrs(Attrs { id, attrs }))
    }

    async fn open_folder(&mut self, id: u32, text: &str) -> Result<Packet> {
        let path = path(text)?;
        if self.hosted.stat(&path).await?.kind != ItemKind::Folder {
            return Err(Code::NotFound.into());
        }
        let items = self.hosted.list(&path).await?;
        self.keep(id, Opened::Folder(items.into_iter()))
    }

    fn read_folder(&mut self, id: u32, handle: &str) -> Result<Packet> {
        let Some(Opened::Folder(items)) = self.open.get_mut(handle) else {
            return Err(Code::NotFound.into());
        };
        let files: Vec<File> =
            items.take(NAMES).map(|item| File::new(item.name.clone(), attributes(&item))).collect();
        if files.is_empty() {
            return Ok(Packet::error(id, StatusCode::Eof));
        }
        Ok(Packet::Name(Name { id, files }))
    }

    async fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.hosted.rename(&path(from)?, &path(to)?).await
    }

    async fn extended(&mut self, id: u32, request: &str, data: &[u8]) -> Result<Packet> {
        match request {
            "posix-rename@openssh.com" => {
                let (from, rest) = text(data).ok_or(Code::BadRequest)?;
                let (to, _) = text(rest).ok_or(Code::BadRequest)?;
                self.rename(from, to).await?;
                Ok(Packet::error(id, StatusCode::Ok))
            }
            // What is acknowledged is durable when it is closed
            "fsync@openssh.com" => Ok(Packet::error(id, StatusCode::Ok)),
            "limits@openssh.com" => {
                let limits = [MAX_PACKET, MAX_DATA, MAX_DATA, MAX_OPEN];
                let data = limits.iter().flat_map(|limit| (*limit as u64).to_be_bytes()).collect();
                Ok(Packet::ExtendedReply(ExtendedReply { id, data }))
            }
            _ => Ok(Packet::error(id, StatusCode::OpUnsupported)),
        }
    }

    /// The client left: nothing that it had not closed becomes a file.
    async fn end(self) {
        for opened in self.open.into_values() {
            if let Opened::Upload { upload, .. } = opened
                && let Err(problem) = upload.suspend().await
            {
                tracing::warn!(%problem, "a part of a broken upload was not kept");
            }
        }
    }
}

fn version() -> Version {
    let mut version = Version::new();
    for name in ["posix-rename@openssh.com", "fsync@openssh.com", "limits@openssh.com"] {
        version.extensions.insert(name.to_owned(), "1".to_owned());
    }
    version
}

fn path(text: &str) -> Result<VirtualPath> {
    VirtualPath::parse(text)
        .map_err(|fault: NameFault| Problem::new(Code::FileNameInvalid).with("reason", fault))
}

fn real_path(id: u32, path: &VirtualPath) -> Packet {
    Packet::Name(Name { id, files: vec![File::dummy(path.to_string())] })
}

/// A text of SSH, and what follows it.
fn text(data: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = data.split_first_chunk::<4>()?;
    let (text, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

fn attributes(item: &Item) -> FileAttributes {
    let modified_s = u32::try_from(item.modified_us / 1_000_000).unwrap_or(0);
    let permissions = match (item.kind, item.writable) {
        (ItemKind::Folder, true) => 0o040_755,
        (ItemKind::Folder, false) => 0o040_555,
        (ItemKind::File | ItemKind::Part, true) => 0o100_644,
        (ItemKind::File | ItemKind::Part, false) => 0o100_444,
    };
    FileAttributes {
        size: Some(item.size_bytes),
        uid: Some(0),
        gid: Some(0),
        permissions: Some(permissions),
        atime: Some(modified_s),
        mtime: Some(modified_s),
        ..FileAttributes::default()
    }
}

const fn status(code: Code) -> StatusCode {
    match code {
        Code::NotFound => StatusCode::NoSuchFile,
        Code::Forbidden | Code::Revoked | Code::FolderReadOnly => StatusCode::PermissionDenied,
        Code::BadRequest => StatusCode::BadMessage,
        _ => StatusCode::Failure,
    }
}
